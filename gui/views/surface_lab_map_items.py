"""What lies over the map of the function that is studied: arrows, the level line, the axes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gui import theme
from gui.views.scene_item import SceneItem
from gui.views.surface_lab_3d import FAN, arrow_factor, gradient_name, marks_name
from gui.views.surface_lab_marks import SHORTEST_NAMED, beyond, paint_head, paint_words, right_angle
from gui.views.surface_lab_study import Study
from gui.views.surface_painter import polygon, thinned

Floats = NDArray[np.float64]

_MARK = 11.0
"""Side of a right angle's mark in pixels."""
_KNOB = 5.0


class StudyItem(SceneItem):
    """The marks of a study on the floor."""

    def __init__(self) -> None:
        super().__init__()
        self.study: Study | None = None

    def show(self, study: Study) -> None:
        """Draw another study."""
        self.study = study
        self.update()

    def direction_tip(self) -> QPointF | None:
        """Where the tip of u is drawn, in pixels of the scene; None where it is not."""
        study = self.study
        if study is None or "direction" not in study.shown:
            return None
        return self.to_pixel(study.x + study.u[0], study.y + study.u[1])

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        study = self.study
        if study is None:
            return
        font = QFont()
        font.setPixelSize(13)
        font.setWeight(QFont.Weight.DemiBold)
        pen = _Pencil(self, painter, font, area)
        _paint_lines(study, pen)
        if study.is_smooth:
            _paint_level(study, pen)
            _paint_arrows(study, pen)
        if "direction" in study.shown:
            pen.arrow(
                (study.x, study.y),
                (study.x + study.u[0], study.y + study.u[1]),
                theme.color("direction"),
                "u",
                knob=True,
            )


class _Pencil:
    """Draws in the coordinates of the data, with widths in pixels."""

    def __init__(self, item: StudyItem, painter: QPainter, font: QFont, area: QRectF) -> None:
        self.item, self.painter, self.font = item, painter, font
        self.area = area.adjusted(2, 2, -2, -2)

    def line(
        self,
        points: Floats,
        color: QColor,
        width: float,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
        casing: bool = True,
    ) -> None:
        pixels = np.clip(self.item.to_pixels(points), -30000, 30000)
        shape = polygon(thinned(pixels))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        if casing:
            self._draw(shape, QPen(theme.color("panel", 0.75), width + 2.2))
        self._draw(shape, QPen(color, width, style))

    def _draw(self, shape: QPolygonF, pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.painter.setPen(pen)
        self.painter.drawPolyline(shape)

    def arrow(
        self,
        start: tuple[float, float],
        tip: tuple[float, float],
        color: QColor,
        text: str,
        width: float = 2.8,
        knob: bool = False,
        outside: tuple[float, float] | None = None,
    ) -> None:
        """An arrow with its name at the tip, or beside its middle on the side ``outside``."""
        self.line(np.array([start, tip]), color, width)
        first, last = self.item.to_pixel(*start), self.item.to_pixel(*tip)
        way = last - first
        length = math.hypot(way.x(), way.y())
        if length < 3.0:
            return
        angle = math.atan2(way.y(), way.x())
        if knob:
            self.painter.setPen(QPen(theme.color("panel"), 1.5))
            self.painter.setBrush(color)
            self.painter.drawEllipse(last, _KNOB, _KNOB)
        else:
            paint_head(self.painter, last, angle, color, min(11.0, 0.6 * length))
        if length < SHORTEST_NAMED:
            return
        where = beyond(last, angle, text, self.font)
        if outside is not None:
            half = 0.5 * QFontMetricsF(self.font).horizontalAdvance(text)
            away = QPointF(outside[0] * (8.0 + half), -13.0 * outside[1])
            where = (first + last) * 0.5 + away
        paint_words(self.painter, where, text, color, self.font, self.area)


def _paint_lines(study: Study, pen: _Pencil) -> None:
    """Where the cuts are made, and the straight lines of the fan."""
    left, right, bottom, top = study.frame
    x, y = study.x, study.y
    if "fan" in study.shown:
        for number in range(FAN):
            angle = math.pi * number / FAN
            _through(study, pen, (math.cos(angle), math.sin(angle)), theme.color("panel", 0.7), 1.0)
    if "cuts" in study.shown:
        dash = Qt.PenStyle.DashLine
        pen.line(np.array([[left, y], [right, y]]), theme.color("partial_x"), 1.6, dash)
        pen.line(np.array([[x, bottom], [x, top]]), theme.color("partial_y"), 1.6, dash)
    if "direction" in study.shown:
        ink = theme.color("direction", 0.9)
        _through(study, pen, study.u, ink, 1.4, Qt.PenStyle.DashLine)
    if "paraboloid" in study.shown and study.second is not None:
        for axis, curvature in zip(study.second.axes, study.second.curvatures, strict=True):
            reach = 0.22 * min(right - left, top - bottom)
            ends = np.array([[x, y]]) + np.array([[-reach], [reach]]) * axis
            pen.line(ends, theme.color("positive" if curvature >= 0 else "negative"), 2.6)


def _through(
    study: Study,
    pen: _Pencil,
    direction: tuple[float, float],
    color: QColor,
    width: float,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    ends = np.array(study.reach(direction))[:, None] * np.array(direction)
    pen.line(np.array([study.x, study.y]) + ends, color, width, style, casing=False)


def _paint_level(study: Study, pen: _Pencil) -> None:
    """The level line through the point, and its right angle with the gradient."""
    if "level" not in study.shown:
        return
    for piece in study.level:
        pen.line(piece, QColor("#FFFFFF"), 2.2, casing=False)
        pen.line(piece, QColor(16, 20, 24), 1.2, casing=False)
    if study.steepest > 0.0:
        a, b = study.slopes
        # On screen y runs down.
        start = pen.item.to_pixel(study.x, study.y)
        ahead = pen.item.to_pixel(study.x + a, study.y + b) - start
        aside = pen.item.to_pixel(study.x - b, study.y + a) - start
        if math.hypot(ahead.x(), ahead.y()) > 0.0 and math.hypot(aside.x(), aside.y()) > 0.0:
            corner = right_angle(
                (start.x(), start.y()), (ahead.x(), ahead.y()), (aside.x(), aside.y()), _MARK
            )
            pen.painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((QColor(16, 20, 24, 190), 3.2), (QColor("#FFFFFF"), 1.4)):
                pen.painter.setPen(QPen(color, width))
                pen.painter.drawPolyline(polygon(corner))


def _paint_arrows(study: Study, pen: _Pencil) -> None:
    x, y = study.x, study.y
    a, b = study.slopes
    factor = arrow_factor(study)
    tip = (x + factor * a, y + factor * b)
    if "differential" in study.shown:
        dx, dy = study.changes[study.across], study.changes[study.up]
        corners = np.array([[x, y], [x + dx, y], [x + dx, y + dy]])
        pen.line(corners, theme.color("update"), 1.6, Qt.PenStyle.DashLine)
        pen.painter.setPen(QPen(theme.color("panel"), 1.0))
        pen.painter.setBrush(theme.color("update"))
        pen.painter.drawEllipse(pen.item.to_pixel(x + dx, y + dy), 4.0, 4.0)
    if "legs" in study.shown:
        bend = (tip[0], y)
        pen.arrow(
            (x, y),
            bend,
            theme.color("partial_x"),
            marks_name(study, 0),
            2.4,
            outside=(0.0, _away(b)),
        )
        pen.arrow(
            bend, tip, theme.color("partial_y"), marks_name(study, 1), 2.4, outside=(-_away(a), 0.0)
        )
    if "gradient" in study.shown and study.steepest > 0.0:
        pen.arrow((x, y), tip, theme.color("gradient"), gradient_name(study, factor), 3.2)


def _away(slope: float) -> float:
    return 1.0 if slope < 0.0 else -1.0
