"""Marks of samples: a class has a shape as well as a colour, training is filled, test is hollow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from gui import theme

RADIUS = 4.2
"""Pixels from the middle of a mark to its edge, in a plot of usual size."""


def radius_in(width: float, height: float, count: int) -> float:
    """Pixels from the middle of a mark to its edge: smaller in a small plot, and among many."""
    radius = min(RADIUS, max(3.1, min(width, height) / 60.0))
    return radius * (0.75 if count > 600 else 1.0)


def _polygon(corners: int, turn: float, size: float = 1.0) -> QPainterPath:
    points = [
        QPointF(
            size * math.sin(turn + 2 * math.pi * k / corners),
            -size * math.cos(turn + 2 * math.pi * k / corners),
        )
        for k in range(corners)
    ]
    path = QPainterPath()
    path.addPolygon(QPolygonF([*points, points[0]]))
    return path


def _star(points: int, inner: float) -> QPainterPath:
    corners = []
    for k in range(2 * points):
        size = 1.3 if k % 2 == 0 else inner
        angle = math.pi * k / points
        corners.append(QPointF(size * math.sin(angle), -size * math.cos(angle)))
    path = QPainterPath()
    path.addPolygon(QPolygonF([*corners, corners[0]]))
    return path


def _cross(turn: float) -> QPainterPath:
    path = QPainterPath()
    arm, half = 1.15, 0.4
    path.addRect(QRectF(-arm, -half, 2 * arm, 2 * half))
    upright = QPainterPath()
    upright.addRect(QRectF(-half, -arm, 2 * half, 2 * arm))
    return QTransform().rotate(turn).map(path.united(upright))


@cache
def shape(index: int) -> QPainterPath:
    """The shape of a class, of about radius 1; the eleventh begins anew."""
    number = index % 10
    if number == 0:
        path = QPainterPath()
        path.addEllipse(QPointF(0, 0), 1.0, 1.0)
        return path
    if number == 1:
        path = QPainterPath()
        path.addRect(QRectF(-0.9, -0.9, 1.8, 1.8))
        return path
    return (
        _polygon(3, 0.0, 1.25),
        _polygon(4, 0.0, 1.25),
        _polygon(3, math.pi, 1.25),
        _cross(0.0),
        _polygon(5, 0.0, 1.12),
        _star(5, 0.6),
        _polygon(6, 0.0, 1.1),
        _cross(45.0),
    )[number - 2]


def draw_mark(
    painter: QPainter,
    where: QPointF,
    index: int,
    color: QColor,
    hollow: bool,
    radius: float = RADIUS,
) -> None:
    """One sample: the shape of its class, a rim that keeps it apart from what lies below."""
    painter.save()
    painter.translate(where)
    painter.scale(radius, radius)
    path = shape(index)
    rim = theme.color("panel")
    if hollow:
        stroke = 0.43
        outer, inner = QPen(rim, 2.0 * stroke), QPen(color, stroke)
        for pen in (outer, inner):
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setBrush(rim)
        painter.setPen(outer)
        painter.drawPath(path)
        painter.setPen(inner)
        painter.drawPath(path)
    else:
        painter.setPen(QPen(rim, 0.22))
        painter.setBrush(color)
        painter.drawPath(path)
    painter.restore()


def draw_rings(painter: QPainter, places: Sequence[QPointF], radius: float = RADIUS) -> None:
    """Around samples that the network gets wrong."""
    reach = 1.4 * radius + 2.2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((theme.color("panel"), 3.2), (theme.color("error"), 1.6)):
        painter.setPen(QPen(color, width))
        # One by one: a single path of all rings takes the rasterizer many times as long.
        for where in places:
            painter.drawEllipse(where, reach, reach)


def draw_focus(painter: QPainter, where: QPointF, radius: float = RADIUS) -> None:
    """Around the sample in focus: two brackets and a halo, told from a ring by its shape."""
    reach = 1.4 * radius + 4.0
    square = QRectF(where.x() - reach, where.y() - reach, 2 * reach, 2 * reach)
    painter.setBrush(theme.color("accent", 0.16))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(square, 3, 3)
    arm = 0.5 * reach
    corners = QPainterPath()
    for x, dx in ((square.left(), arm), (square.right(), -arm)):
        for y, dy in ((square.top(), arm), (square.bottom(), -arm)):
            corners.moveTo(x + dx, y)
            corners.lineTo(x, y)
            corners.lineTo(x, y + dy)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((theme.color("panel"), 4.4), (theme.color("accent"), 2.2)):
        painter.setPen(QPen(color, width))
        painter.drawPath(corners)
