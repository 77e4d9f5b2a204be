"""A small plot of one curve with a tangent, painted by hand: several of them make one view."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from engine.calculus import worth_showing
from gui import theme
from gui.views.scale_axis import tick_texts, ticks
from gui.views.surface_painter import draw_line, paint_ball, runs

Floats = NDArray[np.float64]

_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 40.0, 32.0


@dataclass(frozen=True, eq=False)
class SmallPlot:
    """What one small plot shows.

    Attributes
    ----------
    x, y
        The curve, (k,); NaN where there is none.
    at, value, slope
        The point on it, and the slope of its tangent; NaN: no tangent.
    color
        Token of curve and tangent.
    title, result
        What is held, and the slope in words.
    x_name, y_name
        Names of the axes.
    """

    x: Floats
    y: Floats
    at: float
    value: float
    slope: float
    color: str
    title: str
    result: str
    x_name: str
    y_name: str

    def range(self) -> tuple[float, float]:
        """Heights to be shown, with a margin."""
        low, high = worth_showing(self.y)
        if np.isfinite(self.value):
            low, high = min(low, self.value), max(high, self.value)
        margin = 0.08 * (high - low) or 1.0
        return low - margin, high + margin


@dataclass(frozen=True)
class Frame:
    """Where a small plot stands: from its data to pixels and back."""

    inner: QRectF
    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def of(cls, plot: SmallPlot, area: QRectF) -> Frame:
        """Place a plot in an area."""
        inner = area.adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        low, high = plot.range()
        return cls(inner, float(plot.x[0]), float(plot.x[-1]), low, high)

    def pixels(self, x: Floats, y: Floats) -> Floats:
        """(k, 2) pixels of points."""
        across = (x - self.left) / ((self.right - self.left) or 1.0)
        up = (y - self.bottom) / (self.top - self.bottom)
        return np.stack(
            [
                self.inner.left() + across * self.inner.width(),
                self.inner.bottom() - np.clip(up, -20.0, 20.0) * self.inner.height(),
            ],
            axis=1,
        )

    def x_at(self, pixel: float) -> float:
        """The place on the axis at a pixel, held inside."""
        share = (pixel - self.inner.left()) / max(self.inner.width(), 1.0)
        return self.left + min(max(share, 0.0), 1.0) * (self.right - self.left)


def paint_plot(painter: QPainter, plot: SmallPlot, area: QRectF, font: QFont) -> None:
    """Paint a small plot into an area."""
    frame = Frame.of(plot, area)
    inner = frame.inner
    if inner.width() < 30 or inner.height() < 20:
        return
    ink = theme.color(plot.color)
    painter.save()
    bold = QFont(font)
    bold.setPixelSize(13)
    bold.setWeight(QFont.Weight.DemiBold)
    small = QFont(font)
    small.setPixelSize(11)
    _paint_titles(painter, plot, area, bold, small)
    _paint_axes(painter, plot, frame, small)
    painter.setClipRect(inner.adjusted(-1, -1, 1, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    line = frame.pixels(plot.x, plot.y)
    for part in runs(line, np.ones(len(line), dtype=bool)):
        draw_line(painter, part, QPen(ink, 2.0))
    if np.isfinite(plot.slope) and np.isfinite(plot.value):
        _paint_tangent(painter, plot, frame)
    if np.isfinite(plot.value):
        here = frame.pixels(np.array([plot.at]), np.array([plot.value]))[0]
        paint_ball(painter, QPointF(*here.tolist()), 5.5)
    painter.restore()


def _paint_tangent(painter: QPainter, plot: SmallPlot, frame: Frame) -> None:
    """The tangent through the whole plot, and a step of its slope where there is room."""
    ends = np.array([frame.left, frame.right])
    heights = plot.value + plot.slope * (ends - plot.at)
    pixels = frame.pixels(ends, heights)
    ink = theme.color(plot.color)
    for color, width in ((theme.color("panel", 0.8), 4.4), (ink, 2.0)):
        pen = QPen(color, width, Qt.PenStyle.DashLine if width < 3 else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawLine(QPointF(*pixels[0].tolist()), QPointF(*pixels[1].tolist()))


def _paint_titles(
    painter: QPainter, plot: SmallPlot, area: QRectF, bold: QFont, small: QFont
) -> None:
    top = QRectF(area.left() + 10, area.top() + 3, area.width() - 14, 18)
    for size in (13, 12, 11, 10):
        bold.setPixelSize(size)
        metrics = QFontMetricsF(bold)
        if metrics.horizontalAdvance(plot.result) <= top.width():
            break
    painter.setFont(bold)
    painter.setPen(theme.color(plot.color))
    painter.drawText(
        top,
        Qt.AlignmentFlag.AlignLeft,
        metrics.elidedText(plot.result, Qt.TextElideMode.ElideRight, top.width()),
    )
    painter.setFont(small)
    painter.setPen(theme.color("muted"))
    below = top.translated(0, 18)
    painter.drawText(
        below,
        Qt.AlignmentFlag.AlignLeft,
        QFontMetricsF(small).elidedText(plot.title, Qt.TextElideMode.ElideRight, below.width()),
    )


def _paint_axes(painter: QPainter, plot: SmallPlot, frame: Frame, font: QFont) -> None:
    inner = frame.inner
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    grid, text = QPen(theme.color("grid"), 1.0), theme.color("muted")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    across = ticks(frame.left, frame.right, max(2, int(inner.width() / 52)))
    for place, label in zip(across, tick_texts(across), strict=True):
        u = float(frame.pixels(np.array([place]), np.array([frame.bottom]))[0, 0])
        painter.setPen(grid)
        painter.drawLine(QPointF(u, inner.top()), QPointF(u, inner.bottom()))
        painter.setPen(text)
        where = QRectF(u - 30, inner.bottom() + 2, 60, 14)
        painter.drawText(where, Qt.AlignmentFlag.AlignCenter, label)
    upwards = ticks(frame.bottom, frame.top, max(2, int(inner.height() / 32)))
    for place, label in zip(upwards, tick_texts(upwards), strict=True):
        v = float(frame.pixels(np.array([frame.left]), np.array([place]))[0, 1])
        painter.setPen(grid)
        painter.drawLine(QPointF(inner.left(), v), QPointF(inner.right(), v))
        painter.setPen(text)
        where = QRectF(inner.left() - 44, v - 7, 39, 14)
        painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, label)
    painter.setPen(QPen(theme.color("control"), 1.0))
    painter.drawRect(inner)
    painter.setPen(theme.color("text"))
    name = QRectF(inner.left(), inner.bottom() + 15, inner.width(), metrics.height())
    painter.drawText(name, Qt.AlignmentFlag.AlignCenter, plot.x_name)
