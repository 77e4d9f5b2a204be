"""What the tests of the charts share: stores, waiting, pictures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from engine.data import BundledData, FixedData, GeneratedData
from engine.network import Architecture
from engine.session import Cursor
from engine.training import Experiment
from gui import theme
from gui.state.store import Store
from gui.views.view import View
from tests.experiments import by_hand, document, moons

__all__ = ["by_hand", "moons"]


def iris() -> Experiment:
    """4-6-3 on Iris, standardized."""
    return Experiment(
        BundledData("iris", standardize=True),
        Architecture.dense((4, 6, 3), ("tanh", "softmax")),
        loss="cross_entropy",
        batch_size=10,
    )


def digits() -> Experiment:
    """64-10 on the digits."""
    return Experiment(
        BundledData("digits"),
        Architecture.dense((64, 10), "softmax"),
        loss="cross_entropy",
        batch_size=32,
    )


def sine() -> Experiment:
    """1-6-1 on the noisy sine."""
    return Experiment(
        GeneratedData("sine", samples=40),
        Architecture.dense((1, 6, 1), ("tanh", "identity")),
        batch_size=10,
    )


def bump() -> Experiment:
    """2-6-1 on the bump."""
    return Experiment(
        GeneratedData("bump", samples=60),
        Architecture.dense((2, 6, 1), ("tanh", "identity")),
        batch_size=10,
    )


def one_sample() -> Experiment:
    """A classification of a single sample."""
    data = FixedData(((0.5, 1.0),), ((1.0,),), "classification")
    return Experiment(data, Architecture.dense((2, 1)), loss="binary_cross_entropy")


def store_of(experiment: Experiment, newest: int = 0, **view: object) -> Store:
    """A store with a run that has come so far, the cursor at its end."""
    store = Store(document(experiment, **view))
    if newest:
        store.move(Cursor(1, newest))
    return store


def settle() -> None:
    """Let everything be laid out and painted."""
    for _ in range(4):
        QApplication.processEvents()


def shown(view: View, width: int = 640, height: int = 420) -> None:
    """Show a view in a size."""
    view.resize(width, height)
    view.show()
    settle()


def colors(image: QImage) -> NDArray[np.int64]:
    """Red, green and blue of all pixels, (height, width, 3)."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1, 4)
    return bits[:, : plain.width(), 2::-1].astype(np.int64)


def picture(view: View) -> NDArray[np.int64]:
    """What is on screen, (height, width, 3)."""
    settle()
    return colors(view.grab().toImage())


def exported(view: View, width: int = 640, height: int = 420) -> NDArray[np.int64]:
    """What an export draws, (height, width, 3)."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view.render_to(painter, QRectF(0, 0, width, height))
    painter.end()
    return colors(image)


def near(pixels: NDArray[np.int64], token: str, tolerance: int = 24) -> NDArray[np.bool_]:
    """Which pixels have about the colour of a token."""
    wanted = QColor(theme.tokens[token])
    distance = np.abs(pixels - np.array([wanted.red(), wanted.green(), wanted.blue()]))
    result: NDArray[np.bool_] = distance.max(axis=2) <= tolerance
    return result


def has_color_at(pixels: NDArray[np.int64], where: QPointF, token: str, reach: int = 3) -> bool:
    """Whether a token's colour is seen close to a point."""
    x, y = round(where.x()), round(where.y())
    part = pixels[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
    return bool(near(part, token).any())


def stores(*made: Store) -> Iterator[Store]:
    """Give stores and let them go afterwards."""
    yield from made
    for store in made:
        store.deleteLater()
