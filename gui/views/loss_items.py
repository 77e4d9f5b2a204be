"""The parts of the loss curve: lines and cursor, their names, accuracy above, figures on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from shiboken6 import wrapInstance

from gui import theme
from gui.views.contour_items import small_font
from gui.views.loss_lines import Line, decimated, heights, spread, stretches
from gui.views.scale_axis import ScaleAxis
from gui.views.scene_export import is_vector
from gui.views.scene_item import SceneItem

Floats = NDArray[np.float64]

DASH, GAP = 6.0, 4.0
MANY_POINTS = 40
"""Up to here each iteration has its own dot."""
FAR = 30_000.0
"""Pixels beyond which Qt's own arithmetic gets into trouble."""


@dataclass(frozen=True)
class Mark:
    """A value that is pointed out: at an iteration, in a colour, with its name and its text."""

    step: float
    value: float
    color: str
    name: str = ""
    text: str = ""


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything that the loss curve draws.

    Attributes
    ----------
    loss, accuracy
        Their lines, those of the run under the cursor last; no accuracy: no strip for it.
    cursor
        The iteration on screen.
    marks, accuracy_marks
        The dots of the cursor.
    edits
        Iterations at which the rules were changed.
    single
        What stands beside the value of a run that has only one point; empty: there are more.
    figures
        What stands above the plot, the most important first.
    at_end
        Whether the cursor stands where the lines end: then the values go with the lines' names.
    """

    loss: tuple[Line, ...] = ()
    accuracy: tuple[Line, ...] = ()
    log: bool = False
    cursor: float = 0.0
    marks: tuple[Mark, ...] = ()
    accuracy_marks: tuple[Mark, ...] = ()
    edits: tuple[int, ...] = ()
    single: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    at_end: bool = True


def pen(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen with round joints."""
    result = QPen(color, width, style)
    result.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return result


def draw_line(
    painter: QPainter, x: Floats, y: Floats, color: QColor, width: float, dashed: bool
) -> None:
    """A line through points in pixels, gaps where they are not finite.

    On screen it is drawn piece by piece: stroking a long, noisy line as one takes 25 times as long.
    """
    vector = is_vector(painter)
    for part in stretches(y):
        across, up = x[part], np.clip(y[part], -FAR, FAR)
        if not vector:
            across, up = decimated(across, up)
        if vector or len(across) <= 2 * MANY_POINTS:
            line_pen = pen(color, width)
            if dashed:
                line_pen.setDashPattern([DASH / width, GAP / width])
                line_pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(line_pen)
            points = [QPointF(a, b) for a, b in zip(across.tolist(), up.tolist(), strict=True)]
            painter.drawPolyline(QPolygonF(points))
            continue
        painter.setPen(pen(color, width))
        corners = _pieces(across, up, dashed)
        if len(corners):
            # Qt reads the array itself: an object for each segment would take as long as drawing.
            first = cast(QLineF, wrapInstance(corners.ctypes.data, QLineF))
            painter.drawLines(first, len(corners))


def _pieces(x: Floats, y: Floats, dashed: bool) -> Floats:
    """The line as separate segments; a dashed one without those that fall into a gap.

    (k, 4) the ends of each, in the order in which a QLineF has them in memory.
    """
    if dashed:
        travelled = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        # Cut where dashes begin and end, so that each piece is wholly one or the other.
        period = DASH + GAP
        rounds = np.arange(math.ceil(travelled[-1] / period) + 1) * period
        cuts = np.concatenate([rounds, rounds + DASH])
        cuts = cuts[cuts < travelled[-1]]
        places = np.sort(np.concatenate([travelled, cuts]))
        x, y = np.interp(places, travelled, x), np.interp(places, travelled, y)
        drawn = (places[:-1] + places[1:]) / 2 % period < DASH
    else:
        drawn = np.ones(len(x) - 1, dtype=bool)
    corners = np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))
    return np.ascontiguousarray(corners[drawn], dtype=np.float64)


def draw_dots(painter: QPainter, x: Floats, y: Floats, color: QColor, hollow: bool) -> None:
    """A dot for each point in pixels."""
    painter.setPen(pen(color, 1.4))
    painter.setBrush(theme.color("panel") if hollow else color)
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        if math.isfinite(b):
            painter.drawEllipse(QPointF(a, b), 2.4, 2.4)


def draw_mark(painter: QPainter, where: QPointF, color: QColor, radius: float = 4.5) -> None:
    """A dot that stands out from the line it lies on."""
    painter.setPen(QPen(theme.color("panel"), 1.6))
    painter.setBrush(color)
    painter.drawEllipse(where, radius, radius)


def draw_text(painter: QPainter, where: QPointF, text: str, color: QColor) -> None:
    """Text on a veil in the colour of the panel, to be read over lines; ``where``: its base."""
    metrics = QFontMetricsF(painter.font())
    width = metrics.horizontalAdvance(text)
    veil = QRectF(where.x() - 3.0, where.y() - metrics.ascent(), width + 6.0, metrics.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("panel", 0.8))
    painter.drawRoundedRect(veil.adjusted(0, 1, 0, -1), 3, 3)
    painter.setPen(color)
    painter.drawText(where, text)


class LossItem(SceneItem):
    """Grid, lines, cursor and marks inside the frame."""

    def __init__(self, bottom: ScaleAxis, left: ScaleAxis) -> None:
        super().__init__()
        self.drawing = Picture()
        self.pointed: tuple[float, tuple[Mark, ...]] | None = None
        self._bottom, self._left = bottom, left

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        self._draw_grid(painter, area)
        picture = self.drawing
        # Not clipped to a hair: half of a dot at the frame would be missing.
        beyond = 200.0 if self.drawing.single else 6.0
        painter.setClipRect(area.adjusted(-6, -6, beyond, 6))
        self._draw_edits(painter, area)
        if not picture.single:
            self._draw_vertical(painter, area, picture.cursor, theme.color("accent"))
        for line in picture.loss:
            self._draw(painter, line)
        if self.pointed is not None and self._exportOpts is False:
            self._draw_vertical(painter, area, self.pointed[0], theme.color("control"))
            for mark in self.pointed[1]:
                where = self._where(mark)
                if where is not None:
                    draw_mark(painter, where, theme.color(mark.color), 3.6)
        if picture.single and picture.marks:
            self._draw_single(painter, area, picture.marks[-1])
            return
        self._draw_marks(painter, area)

    def _draw_grid(self, painter: QPainter, area: QRectF) -> None:
        low, high = self.getViewBox().viewRange()[1]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(theme.color("grid"), 1.0))
        for place in self._left.places(low, high, area.height()):
            y = self.to_pixel(0.0, place).y()
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _draw_edits(self, painter: QPainter, area: QRectF) -> None:
        for step in self.drawing.edits:
            x = self.to_pixel(step, 0.0).x()
            if not area.left() <= x <= area.right():
                continue
            painter.setPen(pen(theme.color("control"), 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("muted"))
            foot = area.bottom()
            corners = (QPointF(x - 4.5, foot), QPointF(x + 4.5, foot), QPointF(x, foot - 7.0))
            painter.drawPolygon(QPolygonF(corners))

    def _draw_vertical(self, painter: QPainter, area: QRectF, step: float, color: QColor) -> None:
        x = self.to_pixel(step, 0.0).x()
        if area.left() - 1 <= x <= area.right() + 1:
            color.setAlphaF(0.75)
            painter.setPen(QPen(color, 1.0))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _draw(self, painter: QPainter, line: Line) -> None:
        points = np.column_stack((line.steps, heights(line.values, self.drawing.log)))
        pixels = self.to_pixels(points)
        color = theme.color(line.color, 0.45 if line.faint else 1.0)
        draw_line(painter, pixels[:, 0], pixels[:, 1], color, 1.8, line.dashed)
        if 1 < len(points) <= MANY_POINTS:
            draw_dots(painter, pixels[:, 0], pixels[:, 1], color, line.dashed)

    def _where(self, mark: Mark) -> QPointF | None:
        height = float(heights(np.array([mark.value]), self.drawing.log)[0])
        return self.to_pixel(mark.step, height) if math.isfinite(height) else None

    def _draw_marks(self, painter: QPainter, area: QRectF) -> None:
        font = small_font(12)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        placed = [(mark, self._where(mark)) for mark in self.drawing.marks]
        texts = (
            []
            if self.drawing.at_end
            else [(mark, where) for mark, where in placed if where is not None and mark.text]
        )
        wanted = [where.y() for _, where in texts]
        low, high = area.top() + metrics.ascent(), area.bottom() - 4.0
        # The lines end beside the cursor or fall towards it: above them there is room.
        bases = spread([y - 7.0 for y in wanted], metrics.height(), low, high)
        for mark, where in placed:
            if where is not None:
                draw_mark(painter, where, theme.color(mark.color))
        for (mark, where), base in zip(texts, bases, strict=True):
            width = metrics.horizontalAdvance(mark.text)
            x = where.x() + 8.0
            if x + width > area.right() - 2.0:
                x = where.x() - 8.0 - width
            draw_text(painter, QPointF(x, base), mark.text, theme.color(mark.color))

    def _draw_single(self, painter: QPainter, area: QRectF, mark: Mark) -> None:
        """One point is no line: its value stands large beside it."""
        where = self._where(mark)
        if where is None:
            return
        for other in self.drawing.marks:
            place = self._where(other)
            if place is not None:
                draw_mark(painter, place, theme.color(other.color), 6.0)
        large = small_font(int(min(30.0, max(18.0, area.height() * 0.2))))
        large.setWeight(QFont.Weight.DemiBold)
        painter.setFont(large)
        metrics = QFontMetricsF(large)
        left = where.x() + 18.0
        base = where.y() + metrics.capHeight() / 2
        draw_text(painter, QPointF(left, base), mark.text, theme.color(mark.color))
        painter.setFont(small_font())
        lines = [(text, "muted") for text in self.drawing.single]
        lines += [(f"{m.name} {m.text}", m.color) for m in self.drawing.marks if m is not mark]
        step, above = painter.fontMetrics().height() + 2.0, base - metrics.capHeight() + 4.0
        for text, color in lines:
            # What has no room under the number, in a low chart, stands over it.
            if base + step <= area.bottom() - 2.0:
                base += step
                line = base
            else:
                above -= step
                line = above
            # The margin is empty as long as there is no line.
            room = int(self.getViewWidget().width() - 8 - left)
            text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
            draw_text(painter, QPointF(left, line), text, theme.color(color))
