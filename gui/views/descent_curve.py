"""A function of one variable as a curve: balls, tangents, and the way of each runner."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.calculus import worth_showing
from engine.descent.trace import DescentPhase
from engine.session.descent import Subject
from engine.table import Table
from gui import theme
from gui.i18n import mark
from gui.state.store import Aspect, Store
from gui.views.descent_intents import Intents
from gui.views.descent_map import paths_table
from gui.views.descent_stage import PATCH, Floats, Lane, Stage, stage_of, value_text
from gui.views.follow import Follower
from gui.views.scale_axis import ScaleAxis
from gui.views.scene_item import SceneItem
from gui.views.surface_painter import draw_line, paint_ball, polygon, runs
from gui.views.view import PlotView

_SAMPLES = 801
_REACH = 12.0
_FRAME_MS = 120
_MOST_HOPS = 120


@lru_cache(maxsize=6)
def _curve(own: Subject, left: float, right: float) -> Floats:
    """(k, 2) points of the curve; NaN where there is no value."""
    x = np.linspace(left, right, _SAMPLES)
    with np.errstate(all="ignore"):
        y = np.array(own.objective.value(x[:, None]))
    y[~np.isfinite(y)] = np.nan
    return np.column_stack([x, y])


class DescentCurve(PlotView):
    """The curve with a ball a runner; the white ball is the start, to be dragged."""

    key: ClassVar[str] = "descent_curve"
    title: ClassVar[str] = mark("Curve")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._intents = store, Intents(store)
        self._framed: tuple[float, ...] = ()
        self._name = ""
        self._held = False
        for side, spacing in (("bottom", 80.0), ("left", 46.0)):
            self.plot.setAxisItems({side: ScaleAxis(side, spacing)})
        self._set_fonts()
        self.plot.showGrid(x=True, y=True, alpha=0.15)
        self.box.disableAutoRange()
        self.item = _CurveItem()
        self.plot.addItem(self.item, ignoreBounds=True)
        self.box.claim = self._claim_drag
        self.box.sigRangeChangedManually.connect(self._zoomed)
        self._frame_timer = QTimer(self)
        self._frame_timer.setSingleShot(True)
        self._frame_timer.setInterval(_FRAME_MS)
        self._frame_timer.timeout.connect(self._choose_frame)
        self.widget.scene().sigMouseClicked.connect(self._clicked)
        self.readout = self._read_out
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    @property
    def stage(self) -> Stage:
        """What is shown now."""
        return stage_of(self._store)

    def _refresh(self) -> None:
        """Read the document again."""
        stage = self.stage
        if stage.study.is_plane:
            self.item.show(None)
            return
        name = stage.subject.names[0]
        if name != self._name:
            self._name = name
            self.plot.setLabel("bottom", name)
            self.plot.setLabel("left", f"f({name})")
        self._apply_frame(stage)
        self.item.show(stage)
        self.refresh_readout()

    def _apply_frame(self, stage: Stage) -> None:
        left, right, bottom, top = stage.frame
        if len(stage.look.frame) != 4:
            curve = _curve(stage.subject, left, right)
            bottom, top = worth_showing(curve[:, 1])
            margin = 0.08 * (top - bottom) or 1.0
            bottom, top = bottom - margin, top + margin
        frame = (left, right, bottom, top)
        if frame != self._framed and bottom < top:
            self._framed = frame
            self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)

    def _read_out(self, x: float, y: float) -> str | None:
        del y
        stage = self.stage
        if stage.study.is_plane or stage.is_blind:
            return None
        return value_text(stage, np.array([x]))

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)

    def table(self) -> Table:
        """One row a state of a runner: its number, the iteration, the point, the value."""
        return paths_table(self.stage)

    # --------------------------------------------------------------------------- the start

    def start_pixel(self) -> QPointF:
        """Where the start is drawn, in the widget."""
        return self.scene_point(*self.item.on_curve(self.stage.study.start[0]))

    def _claim_drag(self, event: Any) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or self.stage.study.is_plane:
            return False
        if event.isStart():
            offset = self.start_pixel() - event.buttonDownScenePos()
            self._held = math.hypot(offset.x(), offset.y()) <= _REACH
        if not self._held:
            return False
        self._put(event.scenePos())
        if event.isFinish():
            self._held = False
            self._intents.release()
        return True

    def _put(self, position: QPointF) -> None:
        (left, right), _ = self.box.viewRange()
        x = min(max(float(self.box.mapSceneToView(position).x()), left), right)
        self._intents.move(float(f"{x:.4g}"))

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or event.double():
            return
        if not self.stage.study.is_plane and self.data_at(event.scenePos()) is not None:
            self._put(event.scenePos())
            self._intents.release()

    def turn_by(self, right: int, up: int) -> None:
        self._intents.move_by(right, up)

    # --------------------------------------------------------------------------- the frame

    def _zoomed(self, _: object) -> None:
        self._frame_timer.start()

    def zoom_by(self, factor: float) -> None:
        super().zoom_by(factor)
        self._frame_timer.start()

    def reset_view(self) -> None:
        self._frame_timer.stop()
        self._framed = ()
        self._intents.set_frame(None)
        self._follower.mark()

    def _choose_frame(self) -> None:
        (left, right), (bottom, top) = self.box.viewRange()
        frame = (float(left), float(right), float(bottom), float(top))
        if all(map(math.isfinite, frame)) and left < right and bottom < top:
            self._framed = frame
            self._intents.set_frame(frame)


class _CurveItem(SceneItem):
    """The curve and everything on it."""

    def __init__(self) -> None:
        super().__init__()
        self._stage: Stage | None = None

    def show(self, stage: Stage | None) -> None:
        """Draw this moment."""
        self._stage = stage
        self.update()

    def on_curve(self, x: float) -> tuple[float, float]:
        """The point of the curve at a place."""
        if self._stage is None:
            return x, 0.0
        with np.errstate(all="ignore"):
            return x, float(self._stage.subject.objective.value(np.array([x])))

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        stage = self._stage
        if stage is None:
            return
        (left, right), _ = self.getViewBox().viewRange()
        if not stage.is_blind:
            curve = np.clip(self.to_pixels(_curve(stage.subject, left, right)), -30_000, 30_000)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for part in runs(curve, np.ones(len(curve), dtype=bool)):
                draw_line(painter, part, QPen(theme.color("text"), 2.2))
        order = sorted(stage.lanes, key=lambda lane: lane.number == stage.number)
        if not stage.is_blind:
            for lane in order:
                self._hops(painter, lane)
                self._ghost(painter, lane)
        if stage.chosen is not None:
            self._tangent(painter, stage, stage.chosen, area)
        if not stage.is_blind:
            start = self._pixel(stage.study.start[0])
            if start is not None:
                paint_ball(painter, start)
        for lane in order:
            is_chosen = lane.number == stage.number
            if not stage.is_blind or is_chosen:
                self._ball(painter, lane, is_chosen)

    def _pixel(self, x: float) -> QPointF | None:
        at = self.on_curve(x)
        if not all(map(math.isfinite, at)):
            return None
        with np.errstate(all="ignore"):
            where = self.to_pixel(*at)
        return where if max(abs(where.x()), abs(where.y())) < 30_000 else None

    def _hops(self, painter: QPainter, lane: Lane) -> None:
        """From state to state in straight hops, a dot at each state."""
        points = lane.past[-_MOST_HOPS:, 0]
        values = lane.course.values[: lane.at + 1]
        if len(values) > len(points):
            with np.errstate(all="ignore"):
                values = lane.course.descent.objective.value(points[:, None])
        with np.errstate(all="ignore"):
            pixels = np.clip(self.to_pixels(np.column_stack([points, values])), -30_000, 30_000)
        color = theme.color(lane.color)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in runs(pixels, np.ones(len(pixels), dtype=bool)):
            draw_line(painter, part, QPen(QColor(theme.color(lane.color, 0.6)), 1.4))
        painter.setPen(QPen(theme.color("panel"), 1.0))
        painter.setBrush(color)
        for u, v in pixels[np.isfinite(pixels).all(axis=1)].tolist():
            painter.drawEllipse(QPointF(u, v), 2.8, 2.8)

    def _ghost(self, painter: QPainter, lane: Lane) -> None:
        following = lane.following
        if following is None:
            return
        here, there = self._pixel(float(lane.point[0])), self._pixel(float(following[0]))
        if here is None or there is None:
            return
        color = theme.color(lane.color, 0.85)
        painter.setPen(QPen(color, 1.4, Qt.PenStyle.DotLine))
        painter.drawLine(here, there)
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(theme.color("panel"))
        painter.drawEllipse(there, 4.2, 4.2)

    def _tangent(self, painter: QPainter, stage: Stage, lane: Lane, area: QRectF) -> None:
        """The tangent at the chosen ball; at the points of a search the ray's values."""
        del area
        (left, right), _ = self.getViewBox().viewRange()
        x = float(lane.point[0])
        _, y = self.on_curve(x)
        with np.errstate(all="ignore"):
            slope = float(stage.subject.objective.gradient(np.array([x]))[0])
        if not (math.isfinite(y) and math.isfinite(slope)):
            return
        reach = (PATCH if stage.is_blind else 0.16) * (right - left)
        ends = np.array([[x - reach, y - reach * slope], [x + reach, y + reach * slope]])
        pixels = np.clip(self.to_pixels(ends), -30_000, 30_000)
        for color, width in ((theme.color("panel", 0.8), 4.6), (theme.color("tangent"), 2.4)):
            painter.setPen(QPen(color, width))
            painter.drawPolyline(polygon(pixels))
        trace = stage.trace
        if trace is None or stage.is_blind:
            return
        for step in trace.steps[: stage.micro]:
            if step.phase is DescentPhase.TRIAL:
                trial = trace.result.trials[step.number]
                place = self._pixel(float(trace.trial_point(step.number)[0]))
                if place is not None:
                    ink = theme.color("success" if trial.accepted else "error")
                    painter.setPen(QPen(ink, 1.8))
                    painter.setBrush(ink if trial.accepted else theme.color("panel"))
                    painter.drawEllipse(place, 4.0, 4.0)

    def _ball(self, painter: QPainter, lane: Lane, is_chosen: bool) -> None:
        where = self._pixel(float(lane.point[0]))
        if where is None:
            return
        radius = 7.0 if is_chosen else 5.2
        painter.setPen(QPen(theme.color("panel"), 3.6))
        painter.setBrush(theme.color(lane.color))
        painter.drawEllipse(where, radius, radius)
        painter.setPen(QPen(theme.color("text"), 1.6 if is_chosen else 1.0))
        painter.drawEllipse(where, radius + 0.4, radius + 0.4)
