"""The small things of which the picture is made: numbers, symbols, pills, halos, arrows, marks."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from engine.network.activations import TABLE as ACTIVATIONS
from engine.numbers import shown
from gui import theme
from gui.formula import number_font, symbol_path

# Of the numbers' font, in em.
CAP_HEIGHT = 0.656
NO_PEN = Qt.PenStyle.NoPen
NO_BRUSH = Qt.BrushStyle.NoBrush


@lru_cache(maxsize=64)
def _metrics(size: float) -> QFontMetricsF:
    return QFontMetricsF(number_font(size))


@lru_cache(maxsize=8192)
def number_width(text: str, size: float) -> float:
    """Width of a number at a font size in pixels."""
    return _metrics(size).horizontalAdvance(text)


@lru_cache(maxsize=4096)
def fitted(value: float, width: float, size: float, most: int = 6) -> str:
    """A number with as many of its six digits as fit into a width; at least one."""
    for digits in range(most, 1, -1):
        text = shown(value, digits)
        if number_width(text, size) <= width:
            return text
    return shown(value, 1)


def draw_number(
    painter: QPainter,
    text: str,
    x: float,
    y: float,
    size: float,
    color: QColor,
    align: float = 0.5,
) -> None:
    """Write a number around the height ``y``; ``align`` 0: from x on, 0.5: around, 1: up to x."""
    painter.setFont(number_font(size))
    painter.setPen(color)
    left = x - align * number_width(text, size)
    painter.drawText(QPointF(left, y + 0.5 * CAP_HEIGHT * size), text)


def symbol_width(latex: str, size: float) -> float:
    """Width of a typeset symbol."""
    return symbol_path(latex, size)[1]


def draw_symbol(
    painter: QPainter,
    latex: str,
    x: float,
    y: float,
    size: float,
    color: QColor,
    align: float = 0.5,
) -> None:
    """Write a symbol, LaTeX, with the middle of its small letters at the height ``y``."""
    path, advance, _, _ = symbol_path(latex, size)
    shift = QPointF(x - align * advance, y + 0.24 * size)
    painter.translate(shift)
    painter.fillPath(path, color)
    painter.translate(-shift)


@lru_cache(maxsize=64)
def words_font(size: int, bold: bool = False) -> QFont:
    """The window's font at a size in pixels."""
    font = QFont()
    font.setPixelSize(size)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


@lru_cache(maxsize=2048)
def words_width(text: str, size: int, bold: bool = False) -> float:
    """Width of words in pixels."""
    return QFontMetricsF(words_font(size, bold)).horizontalAdvance(text)


def elided(text: str, width: float, size: int, bold: bool = False) -> str:
    """Words cut to a width, with an ellipsis."""
    if words_width(text, size, bold) <= width:
        return text
    return QFontMetricsF(words_font(size, bold)).elidedText(
        text, Qt.TextElideMode.ElideRight, width
    )


def draw_words(
    painter: QPainter,
    text: str,
    x: float,
    y: float,
    size: int,
    color: QColor,
    align: float = 0.5,
    bold: bool = False,
) -> None:
    """Write words around the height ``y``; ``align`` as for numbers."""
    painter.setFont(words_font(size, bold))
    painter.setPen(color)
    left = x - align * words_width(text, size, bold)
    painter.drawText(QPointF(left, y + 0.36 * size), text)


def pill(
    painter: QPainter,
    rectangle: QRectF,
    fill: QColor,
    border: QColor | None = None,
    width: float = 1.0,
    radius: float | None = None,
) -> None:
    """Draw a rounded rectangle; without a radius its ends are half circles."""
    painter.setPen(QPen(border, width) if border is not None else QPen(NO_PEN))
    painter.setBrush(fill)
    r = rectangle.height() / 2 if radius is None else radius
    painter.drawRoundedRect(rectangle, r, r)


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two; ``share`` 1 is the second one."""

    def channel(a: float, b: float) -> float:
        return a + share * (b - a)

    return QColor.fromRgbF(
        channel(first.redF(), second.redF()),
        channel(first.greenF(), second.greenF()),
        channel(first.blueF(), second.blueF()),
    )


def glow(painter: QPainter, x: float, y: float, radius: float, color: QColor) -> None:
    """Light around a thing of some radius, fading outward."""
    reach = radius * 1.75 + 6.0
    gradient = QRadialGradient(QPointF(x, y), reach)
    inner, outer = QColor(color), QColor(color)
    inner.setAlphaF(0.42)
    middle = QColor(color)
    middle.setAlphaF(0.16)
    outer.setAlphaF(0.0)
    gradient.setColorAt(0.0, inner)
    gradient.setColorAt(radius / reach, inner)
    gradient.setColorAt((radius / reach + 1) / 2, middle)
    gradient.setColorAt(1.0, outer)
    painter.setPen(NO_PEN)
    painter.setBrush(QBrush(gradient))
    painter.drawEllipse(QPointF(x, y), reach, reach)


def arrow_head(
    painter: QPainter, x: float, y: float, dx: float, dy: float, size: float, color: QColor
) -> None:
    """A filled arrow head whose middle is at (x, y), pointing along (dx, dy)."""
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length * size, dy / length * size
    painter.setPen(NO_PEN)
    painter.setBrush(color)
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x + ux, y + uy),
                QPointF(x - ux - 0.85 * uy, y - uy + 0.85 * ux),
                QPointF(x - 0.45 * ux, y - 0.45 * uy),
                QPointF(x - ux + 0.85 * uy, y - uy - 0.85 * ux),
            ]
        )
    )


def snowflake(painter: QPainter, x: float, y: float, radius: float, color: QColor) -> None:
    """The mark of what is frozen."""
    painter.setPen(QPen(color, max(1.0, radius * 0.2), c=Qt.PenCapStyle.RoundCap))
    for arm in range(6):
        angle = math.pi / 6 + arm * math.pi / 3
        ux, uy = math.cos(angle), math.sin(angle)
        painter.drawLine(QPointF(x, y), QPointF(x + radius * ux, y + radius * uy))
        for side in (-0.9, 0.9):
            vx, vy = math.cos(angle + side), math.sin(angle + side)
            near = QPointF(x + 0.5 * radius * ux, y + 0.5 * radius * uy)
            painter.drawLine(near, near + QPointF(0.38 * radius * vx, 0.38 * radius * vy))


@lru_cache(maxsize=64)
def _curve(key: str) -> tuple[tuple[float, float], ...]:
    """The graph of an activation, in a box from −1 to 1."""
    z = np.linspace(-3.0, 3.0, 49)
    if ACTIVATIONS[key].mixes_units:
        # A softmax over two units is a sigmoid of their difference.
        a = ACTIVATIONS["sigmoid"].value(z, 0.0)
    else:
        # The slope of a leaky unit would not be seen at this size.
        alpha = max(ACTIVATIONS[key].alpha, 0.15 if key == "leaky_relu" else 0.0)
        a = np.asarray(ACTIVATIONS[key].value(z, alpha), dtype=float)
    low, high = float(a.min()), float(a.max())
    return tuple(
        zip((z / 3.0).tolist(), (2.0 * (a - low) / (high - low) - 1.0).tolist(), strict=True)
    )


def activation_curve(painter: QPainter, box: QRectF, key: str, color: QColor) -> None:
    """Draw the graph of an activation into a small box."""
    middle, wide, high = box.center(), box.width() / 2, box.height() / 2
    path = QPolygonF(
        [QPointF(middle.x() + wide * u, middle.y() - high * v) for u, v in _curve(key)]
    )
    painter.setBrush(NO_BRUSH)
    painter.setPen(QPen(color, 1.4, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(path)


def hatch(painter: QPainter, shape: QPainterPath, color: QColor) -> None:
    """Fine slanting lines over a shape: it does not move."""
    painter.setPen(NO_PEN)
    box = shape.boundingRect()
    painter.save()
    painter.setClipPath(shape, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(color, 1.0))
    offset = box.left() - box.height()
    while offset < box.right():
        painter.drawLine(QPointF(offset, box.bottom()), QPointF(offset + box.height(), box.top()))
        offset += 5.0
    painter.restore()


def tint(name: str, alpha: float) -> QColor:
    """A meaning's colour laid thinly over the panel, without being transparent."""
    return mixed(theme.color("panel"), theme.color(name), alpha)
