"""Small pictures of the problems, drawn from the data themselves."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from engine.data import KINDS
from engine.data.bundled import BUNDLED, read_bundled
from engine.data.generated import HALF_WIDTH, generate
from gui import icons, theme

_POINTS = 90
_RADIUS = 1.25


def thumbnail(source: str, key: str, size: int, ratio: float) -> QPixmap:
    """Return a square picture of a problem, ``size`` points wide, in the theme of the moment.

    ``source`` is ``"generated"``, ``"bundled"``, ``"table"`` or ``"fixed"``; ``key`` names the
    problem within the first two.
    """
    return _thumbnail(source, key, size, ratio, theme.scheme())


@lru_cache(maxsize=128)
def _thumbnail(source: str, key: str, size: int, ratio: float, scheme: str) -> QPixmap:
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(0, 0, size, size)
    if source == "generated":
        _paint_generated(painter, area, key)
    elif source == "bundled":
        _paint_bundled(painter, area, key)
    else:
        icons.paint(painter, _centred(area, 24), "table" if source == "table" else "rename")
    painter.end()
    return picture


def _paint_generated(painter: QPainter, area: QRectF, key: str) -> None:
    kind = KINDS[key]
    inputs, targets = generate(kind, _POINTS, 0.03 if kind.task == "classification" else 0.0, 1)
    if inputs.shape[1] == 1:
        order = inputs[:, 0].argsort()
        points = np.column_stack((inputs[order, 0] / HALF_WIDTH, 0.75 * targets[order]))
        painter.setPen(QPen(theme.color("class_1"), 2.0))
        painter.drawPolyline(QPolygonF([_place(area, x, y) for x, y in points.tolist()]))
        return
    points = inputs / HALF_WIDTH
    if kind.task == "classification":
        colours = [theme.color(f"class_{int(label)}") for label in targets]
    else:
        low, high = float(targets.min()), float(targets.max())
        table = theme.colormap("sequential")
        shares = (targets - low) / (high - low) * 255
        colours = [QColor(*table[int(share)][:3].tolist()) for share in shares]
    _paint_points(painter, area, points.tolist(), colours)


def _paint_bundled(painter: QPainter, area: QRectF, key: str) -> None:
    record, table = BUNDLED[key], read_bundled(key)
    if record.image is not None:
        rows, columns = record.image
        shade = (table.inputs[3].reshape(rows, columns) * 255).astype(np.uint8)
        colour = theme.color("text")
        image = QImage(columns, rows, QImage.Format.Format_ARGB32)
        for row in range(rows):
            for column in range(columns):
                colour.setAlpha(int(shade[row, column]))
                image.setPixelColor(column, row, colour)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(area.adjusted(3, 3, -3, -3), image)
        return
    # The last two features tell the classes apart best.
    points = table.inputs[::2, -2:]
    low, high = points.min(axis=0), points.max(axis=0)
    scaled = 1.8 * (points - low) / (high - low) - 0.9
    colours = [theme.color(f"class_{int(label)}") for label in table.labels[::2]]
    _paint_points(painter, area, scaled.tolist(), colours)


def _paint_points(
    painter: QPainter, area: QRectF, points: list[list[float]], colours: list[QColor]
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for (x, y), colour in zip(points, colours, strict=True):
        painter.setBrush(colour)
        painter.drawEllipse(_place(area, x, y), _RADIUS, _RADIUS)


def _place(area: QRectF, x: float, y: float) -> QPointF:
    """Return the place of a point in [−1, 1]², a margin left around it."""
    half = area.width() / 2 - 2.5
    return area.center() + QPointF(x * half, -y * half)


def _centred(area: QRectF, size: float) -> QRectF:
    rectangle = QRectF(0, 0, size, size)
    rectangle.moveCenter(area.center())
    return rectangle
