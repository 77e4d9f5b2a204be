"""The colours of a map: probabilities, classes, values and single units as images."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from engine.network import Vector
from gui import palette, theme
from gui.views.plane_map import PlaneMap, round_up

CALM = 0.5
"""How far the colours of classes go, so that the points stay what is seen first."""


def class_color(index: int) -> QColor:
    """The colour of a class."""
    return theme.color(class_token(index))


def class_token(index: int) -> str:
    """The token of a class; from the eleventh on they come again."""
    return f"class_{index % 10}"


def _image(packed: NDArray[np.uint32]) -> QImage:
    """An image from packed colours (rows upwards as y is, so turned here)."""
    pixels = np.ascontiguousarray(packed[::-1])
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _packed(table: NDArray[np.integer]) -> NDArray[np.uint32]:
    """Colours (…, 3 or more) of bytes as one number each."""
    wide = table.astype(np.uint32)
    red, green, blue = wide[..., 0], wide[..., 1], wide[..., 2]
    return (np.uint32(0xFF000000) | (red << 16) | (green << 8) | blue).astype(np.uint32)


def _looked_up(shares: Vector, name: str) -> NDArray[np.uint32]:
    known = np.where(np.isnan(shares), 0.5, np.clip(shares, 0.0, 1.0))
    index = (known * 255.0 + 0.5).astype(np.uint8)
    colors: NDArray[np.uint32] = _packed(theme.colormap(name)).take(index)
    return colors


def _calmed(shares: Vector) -> Vector:
    """Shares from 0 to 1 drawn towards the middle."""
    calmed: Vector = 0.5 + (np.clip(shares, 0.0, 1.0) - 0.5) * CALM
    return calmed


def probability_image(probability: Vector) -> QImage:
    """Probability of the second class, (m, n): its colour above ½, the first one's below."""
    return _image(_looked_up(_calmed(probability), "diverging"))


def classes_image(outputs: Vector) -> QImage:
    """The most likely class, (m, n, k) outputs: its colour, the paler the less sure."""
    best = outputs.argmax(axis=2)
    top = np.take_along_axis(outputs, best[:, :, None], axis=2)[:, :, 0]
    least = 1.0 / outputs.shape[2]
    top = np.where(np.isnan(top), least, np.clip(top, least, 1.0))
    sure = (top - least) / (1.0 - least)
    colors = np.array(
        [palette.channels(theme.tokens[class_token(k)]) for k in range(outputs.shape[2])],
        dtype=float,
    )[best]
    panel = np.array(palette.channels(theme.tokens["panel"]), dtype=float)
    weight = (0.06 + 0.42 * sure)[:, :, None]
    return _image(_packed(np.rint(panel + (colors - panel) * weight).astype(np.uint32)))


def value_image(values: Vector, low: float, high: float) -> QImage:
    """Values (m, n) from low to high."""
    return _image(_looked_up((values - low) / (high - low), "sequential"))


def value_color(value: float, low: float, high: float) -> QColor:
    """The colour in which :func:`value_image` shows a value."""
    share = min(max((value - low) / (high - low), 0.0), 1.0)
    red, green, blue = (int(part) for part in theme.colormap("sequential")[round(255 * share)][:3])
    return QColor(red, green, blue)


def unit_scale(activation: str, values: Vector) -> tuple[float, float]:
    """The values at the ends of a unit's colours; their middle is neutral."""
    if activation in ("sigmoid", "softmax"):
        return 0.0, 1.0
    if activation == "tanh":
        return -1.0, 1.0
    finite = values[np.isfinite(values)]
    reach = round_up(float(np.abs(finite).max())) if finite.size else 1.0
    return -reach, reach


def unit_image(values: Vector, low: float, high: float) -> QImage:
    """A unit's activation (m, n): blue above the middle of its scale, orange below."""
    return _image(_looked_up(_calmed((values - low) / (high - low)), "diverging"))


def image_of(answer: PlaneMap, low: float, high: float) -> QImage:
    """The image that fits what was asked."""
    kind = answer.question.kind
    if kind == "probability":
        return probability_image(answer.values[:, :, 0])
    if kind == "classes":
        return classes_image(answer.values)
    if kind == "value":
        return value_image(answer.values[:, :, 0], low, high)
    return unit_image(answer.values[:, :, 0], low, high)
