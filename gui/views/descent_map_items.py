"""What moves over the map: balls, ghosts of the next step, and how the chosen runner thinks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from engine.descent.trace import DescentPhase
from engine.numbers import shown
from gui import theme
from gui.views.contour_items import small_font
from gui.views.descent_stage import Lane, Stage
from gui.views.descent_trails import Trails, paint_way
from gui.views.scene_item import SceneItem
from gui.views.surface_lab_marks import paint_head, paint_words
from gui.views.surface_painter import paint_ball

Floats = NDArray[np.float64]

BALL, GHOST, TRIAL = 6.5, 5.0, 4.0
_FAR = 30_000.0


class RunnersItem(SceneItem):
    """Everything on the map that belongs to the runners, besides their ways."""

    def __init__(self) -> None:
        super().__init__()
        self._stage: Stage | None = None
        self._trails = Trails(self._trail)

    def show(self, stage: Stage) -> None:
        """Draw this moment."""
        self._stage = stage
        self.update()

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        stage = self._stage
        if stage is None or not stage.study.is_plane:
            return
        pen = _Pencil(self, painter, area)
        if not stage.is_blind:
            transform = self.sceneTransform()
            place = (transform.m11(), transform.m22(), transform.dx(), transform.dy())
            self._trails.paint(painter, area, stage.ordered, place)
            _paint_minima(stage, pen)
            self._start(painter, stage)
            for lane in stage.lanes:
                _paint_ghost(lane, pen)
        _paint_thought(stage, pen)
        for lane in stage.ordered:
            if not stage.is_blind or lane.number == stage.number:
                pen.ball(lane.point, lane.color, lane.number == stage.number)

    def _trail(self, painter: QPainter, lane: Lane, start: int) -> None:
        points = lane.course.points[start : lane.at + 1]
        with np.errstate(all="ignore"):
            pixels = np.clip(self.to_pixels(points), -_FAR, _FAR)
        paint_way(painter, pixels, np.ones(len(pixels), dtype=bool), lane.color, start, dotted=True)

    def _start(self, painter: QPainter, stage: Stage) -> None:
        paint_ball(painter, self.to_pixel(*stage.study.start))


class _Pencil:
    """Draws at points of the function, with lines and letters in pixels."""

    def __init__(self, item: SceneItem, painter: QPainter, area: QRectF) -> None:
        self.item, self.painter, self.area = item, painter, area
        self.font: QFont = small_font(12)
        self.font.setWeight(QFont.Weight.DemiBold)

    def place(self, point: Floats) -> QPointF | None:
        """The pixel of a point; None where it is too far to be drawn."""
        if not np.isfinite(point).all():
            return None
        with np.errstate(all="ignore"):
            where = self.item.to_pixels(point.reshape(1, 2))[0]
        return None if (np.abs(where) > _FAR).any() else QPointF(*where.tolist())

    def line(
        self,
        start: Floats,
        end: Floats,
        color: QColor,
        width: float,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
        casing: bool = True,
    ) -> None:
        first, last = self.place(start), self.place(end)
        if first is None or last is None:
            return
        if casing:
            self._draw(first, last, QPen(theme.color("panel", 0.75), width + 2.2))
        self._draw(first, last, QPen(color, width, style))

    def _draw(self, first: QPointF, last: QPointF, pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.painter.setPen(pen)
        self.painter.drawLine(first, last)

    def arrow(self, start: Floats, end: Floats, color: QColor, text: str, width: float) -> None:
        self.line(start, end, color, width)
        first, last = self.place(start), self.place(end)
        if first is None or last is None:
            return
        way = last - first
        length = math.hypot(way.x(), way.y())
        if length < 3.0:
            return
        angle = math.atan2(way.y(), way.x())
        paint_head(self.painter, last, angle, color, min(11.0, 0.6 * length))
        if text:
            aside = QPointF(math.cos(angle), math.sin(angle))
            reach = 13.0 + 0.42 * self.painter.fontMetrics().horizontalAdvance(text) * abs(
                aside.x()
            )
            paint_words(self.painter, last + aside * reach, text, color, self.font, self.area)

    def ball(self, point: Floats, token: str, is_chosen: bool) -> None:
        where = self.place(point)
        if where is None:
            return
        radius = BALL + (1.0 if is_chosen else -1.0)
        self.painter.setPen(QPen(theme.color("panel"), 4.0 if is_chosen else 3.0))
        self.painter.setBrush(theme.color(token))
        self.painter.drawEllipse(where, radius, radius)
        self.painter.setPen(QPen(theme.color("text"), 1.6 if is_chosen else 1.0))
        self.painter.drawEllipse(where, radius + 0.5, radius + 0.5)

    def dot(self, point: Floats, color: QColor, filled: bool, radius: float = TRIAL) -> None:
        where = self.place(point)
        if where is None:
            return
        self.painter.setPen(QPen(theme.color("panel", 0.9), 3.4))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawEllipse(where, radius, radius)
        self.painter.setPen(QPen(color, 1.8))
        self.painter.setBrush(color if filled else theme.color("panel"))
        self.painter.drawEllipse(where, radius, radius)


def _paint_minima(stage: Stage, pen: _Pencil) -> None:
    """A small cross at each known minimum."""
    minima = stage.study.subject.objective.minima
    if len(minima) > 40:
        minima = minima[:1]
    for point in minima:
        where = pen.place(np.array(point))
        if where is None:
            continue
        for color, width in ((theme.color("panel", 0.9), 4.0), (theme.color("text"), 1.6)):
            pen.painter.setPen(QPen(color, width))
            for dx, dy in ((4.0, 4.0), (4.0, -4.0)):
                offset = QPointF(dx, dy)
                pen.painter.drawLine(where - offset, where + offset)


def _paint_ghost(lane: Lane, pen: _Pencil) -> None:
    """The next step, before it is taken."""
    following = lane.following
    if following is None:
        return
    color = theme.color(lane.color, 0.85)
    pen.line(lane.point, following, color, 1.4, Qt.PenStyle.DotLine)
    pen.dot(following, color, filled=False, radius=GHOST - 0.8)


def _paint_thought(stage: Stage, pen: _Pencil) -> None:
    """The micro-steps of the chosen runner as arrows and points."""
    trace, lane = stage.trace, stage.chosen
    if trace is None or lane is None or (stage.micro == 0 and not stage.is_blind):
        return
    if not stage.draws_steps:
        return
    here, factor = lane.point, stage.arrow_factor
    suffix = "" if factor == 1.0 or stage.is_blind else f" · 1/{shown(1.0 / factor)}"
    gradient = trace.before.gradient
    if stage.knows(DescentPhase.GRADIENT) or stage.is_blind:
        color = theme.color("gradient")
        pen.arrow(here, here + factor * gradient, color, f"∇f{suffix}", 2.8)
    if stage.is_blind and stage.micro == 0:
        return
    if stage.knows(DescentPhase.MEMORY) and stage.velocity is not None:
        _paint_velocity(stage, pen, here, -factor)
    if stage.knows(DescentPhase.DIRECTION):
        _paint_line_search(stage, pen)
    if stage.knows(DescentPhase.CORRECTION) or stage.micro >= trace.count - 1:
        pen.arrow(here, trace.result.point, theme.color("update"), "", 2.4)


def _paint_velocity(stage: Stage, pen: _Pencil, here: Floats, factor: float) -> None:
    """What is remembered, downhill; its links are past gradients, each paler than the next."""
    links = stage.links
    at = here.copy()
    for age, link in zip(range(len(links) - 1, -1, -1), links, strict=True):
        ink = theme.color("forward", max(0.85 * 0.82**age, 0.08))
        following = at + factor * link
        pen.line(at, following, ink, 2.0, casing=False)
        pen.dot(following, ink, filled=True, radius=1.6) if age < 8 else None
        at = following
    velocity = stage.velocity
    assert velocity is not None
    tip = here + factor * velocity
    pen.arrow(here, tip, theme.color("forward"), "−v" if "velocity" in _names(stage) else "−m", 2.8)


def _names(stage: Stage) -> tuple[str, ...]:
    return () if stage.trace is None else stage.trace.memory_names


def _paint_line_search(stage: Stage, pen: _Pencil) -> None:
    """The ray and the points that were tried on it so far."""
    trace = stage.trace
    assert trace is not None
    direction = trace.result.direction
    if direction is None:
        return
    here = trace.before.point
    done = [s.number for s in trace.steps[: stage.micro] if s.phase is DescentPhase.TRIAL]
    lengths = [trial.length for trial in trace.result.trials]
    room = 1.2 * math.hypot(*stage.reach)
    norm = float(np.hypot(*direction)) or 1.0
    longest = min(max(lengths, default=1.0), room / norm)
    color = theme.color("direction")
    pen.line(here, here + longest * direction, color, 1.8, Qt.PenStyle.DashLine)
    for number in done:
        trial = trace.result.trials[number]
        ink = theme.color("success" if trial.accepted else "error")
        pen.dot(trace.trial_point(number), ink, filled=trial.accepted)


__all__ = ["RunnersItem"]
