"""The surface of the descent lab: the ways of all runners over it, balls and next steps."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.descent.trace import DescentPhase
from engine.session.slots import DescentLook
from engine.table import Table
from gui import theme
from gui.i18n import mark
from gui.state.store import Aspect, Store
from gui.views.descent_intents import Intents
from gui.views.descent_map import paths_table
from gui.views.descent_stage import MOST_POINTS, Floats, Lane, Stage, stage_of, value_text
from gui.views.descent_trails import MOST_DOTS, Trails, paint_dots, paint_way
from gui.views.follow import Follower
from gui.views.height_field import SurfacePath
from gui.views.projection import Camera
from gui.views.surface3d import Surface3DView
from gui.views.surface_lab_marks import Marks
from gui.views.surface_painter import BALL_RADIUS, Overlay, draw_line, polygon, runs
from gui.views.surface_scene import Scene

_CAMERA_MS = 250
_GHOST_POINTS = 9


class DescentSurface(Surface3DView):
    """A 3-D surface that turns; the white ball is the start and can be dragged."""

    key: ClassVar[str] = "descent_3d"
    title: ClassVar[str] = mark("Surface")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._intents = store, Intents(store)
        self._trails = Trails(self._trail)
        first = DescentLook()
        self.home = Camera(first.azimuth, first.elevation, first.zoom)
        self._saved: Camera | None = None
        self._camera_timer = QTimer(self)
        self._camera_timer.setSingleShot(True)
        self._camera_timer.setInterval(_CAMERA_MS)
        self._camera_timer.timeout.connect(self._save_camera)
        self.camera_changed.connect(self._camera_timer.start)
        self.ball_dragged.connect(self._intents.move)
        self.ball_released.connect(self._intents.release)
        self.readout = self._read_out
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    @property
    def stage(self) -> Stage:
        """What is shown now."""
        return stage_of(self._store)

    _over: tuple[Scene, Overlay]

    def _refresh(self) -> None:
        """Read the document again."""
        stage = self.stage
        look = stage.look
        camera = Camera(look.azimuth, look.elevation, look.zoom)
        if camera != self._saved:
            self._saved = camera
            self.set_camera(camera)
            self._camera_timer.stop()
        self.set_height_scale("log" if look.log_height else "linear")
        self.floor_lines = not stage.is_blind
        self.show_surface(stage.surface)
        if stage.study.is_plane and not stage.is_blind:
            self.show_ball(*stage.study.start)
        else:
            self.show_ball(None)
        self.update()

    def _save_camera(self) -> None:
        self._saved = camera = self.camera
        self._intents.look(azimuth=camera.azimuth, elevation=camera.elevation, zoom=camera.zoom)

    def _read_out(self, x: float, y: float) -> str | None:
        stage = self.stage
        if stage.is_blind or not stage.study.is_plane:
            return None
        return value_text(stage, np.array([x, y]))

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)

    def table(self) -> Table:
        """One row a state of a runner: its number, the iteration, the point, the value."""
        return paths_table(self.stage)

    def _paint_overlay(self, painter: QPainter, scene: Scene, overlay: Overlay) -> None:
        stage = self.stage
        if not stage.is_blind and stage.study.is_plane:
            area = QRectF(0, 0, self.width(), self.height())
            if not isinstance(painter.device(), QWidget):
                area = painter.clipBoundingRect()
            self._over = scene, overlay
            key = (scene.look, self.camera, overlay.zoom, overlay.moving)
            self._trails.paint(painter, area, stage.ordered, key)
        super()._paint_overlay(painter, scene, overlay)
        if not stage.study.is_plane:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        marks = Marks(painter, scene, overlay, self.font())
        if not stage.is_blind:
            _ghosts(stage, marks)
        _thought(stage, marks)
        seen = stage.ordered
        if stage.is_blind:
            seen = tuple(lane for lane in seen if lane.number == stage.number)
        _balls(stage, seen, marks)
        marks.draw()
        painter.restore()

    def _trail(self, painter: QPainter, lane: Lane, start: int) -> None:
        """Lay some more of a way over the surface, with its shadow on the floor."""
        scene, overlay = self._over
        points = lane.course.points[start : lane.at + 1]
        if len(points) > MOST_POINTS:
            every = -(-len(points) // MOST_POINTS)
            points = np.concatenate([points[:-1:every], points[-1:]])
        lifted = scene.lift(SurfacePath(np.clip(points, -1e9, 1e9), None, lane.color))
        own = Overlay(painter, overlay.projection, overlay.raster, overlay.zoom, overlay.moving)
        if len(lifted.line) > 1:
            own.shadow(lifted)
            pixels, hidden = own.hidden(lifted.line)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for part in runs(pixels, hidden):
                draw_line(painter, part, QPen(theme.color(lane.color, 0.45), 1.2))
            paint_way(painter, pixels, ~hidden, lane.color, start, dotted=False)
        if start < MOST_DOTS:
            pixels, hidden = own.hidden(lifted.points)
            paint_dots(painter, pixels[~hidden], lane.color, start)


def _on_surface(stage: Stage, marks: Marks, points: Floats) -> Floats:
    with np.errstate(all="ignore"):
        heights = stage.subject.objective.value(points)
        points = np.clip(points, -1e9, 1e9)
    return marks.on_surface(np.column_stack([points, heights]))


def _balls(stage: Stage, lanes: tuple[Lane, ...], marks: Marks) -> None:
    """Balls in the colours of the runners, with their shadows on the floor."""
    if not lanes:
        return
    points = np.array([lane.point for lane in lanes])
    count = len(lanes)
    places = np.concatenate([_on_surface(stage, marks, points), marks.on_floor(points)])

    def task(pixels: Floats, hidden: NDArray[np.bool_]) -> None:
        painter = marks.painter
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("text", 0.22))
        for u, v in pixels[count:][~hidden[count:]].tolist():
            if math.isfinite(u):
                painter.drawEllipse(QPointF(u, v), 4.5, 2.4)
        for lane, (u, v), behind in zip(lanes, pixels[:count].tolist(), hidden, strict=False):
            if not (math.isfinite(u) and math.isfinite(v)):
                continue
            is_chosen = lane.number == stage.number
            radius = BALL_RADIUS if is_chosen else BALL_RADIUS - 1.8
            alpha = 0.5 if behind else 1.0
            painter.setPen(QPen(theme.color("panel", alpha), 3.6))
            painter.setBrush(theme.color(lane.color, alpha))
            painter.drawEllipse(QPointF(u, v), radius, radius)
            painter.setPen(QPen(theme.color("text", alpha), 1.5 if is_chosen else 1.0))
            painter.drawEllipse(QPointF(u, v), radius + 0.4, radius + 0.4)

    marks.add(places, task)


def _ghosts(stage: Stage, marks: Marks) -> None:
    """The next steps over the surface, before they are taken."""
    going = [(lane, lane.following) for lane in stage.lanes]
    ways = [(lane, end) for lane, end in going if end is not None]
    if not ways:
        return
    share = np.linspace(0.0, 1.0, _GHOST_POINTS)[:, None]
    points = np.concatenate([lane.point + share * (end - lane.point) for lane, end in ways])

    def task(pixels: Floats, hidden: NDArray[np.bool_]) -> None:
        painter = marks.painter
        for number, (lane, _) in enumerate(ways):
            own = slice(number * _GHOST_POINTS, (number + 1) * _GHOST_POINTS)
            way, behind = pixels[own], hidden[own]
            color = theme.color(lane.color, 0.8)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(color, 1.4, Qt.PenStyle.DotLine))
            for part in runs(way, ~behind):
                painter.drawPolyline(polygon(part))
            if np.isfinite(way[-1]).all() and not behind[-1]:
                painter.setPen(QPen(color, 1.6))
                painter.setBrush(theme.color("panel"))
                painter.drawEllipse(QPointF(*way[-1].tolist()), 3.6, 3.6)

    marks.add(_on_surface(stage, marks, points), task)


def _thought(stage: Stage, marks: Marks) -> None:
    """The gradient and what is remembered as arrows on the floor; points on the ray of a search."""
    trace, lane = stage.trace, stage.chosen
    if trace is None or lane is None or not stage.draws_steps:
        return
    if stage.micro == 0 and not stage.is_blind:
        return
    factor, here = stage.arrow_factor, lane.point
    if stage.knows(DescentPhase.GRADIENT) or stage.is_blind:
        _arrow(marks, here, here + factor * trace.before.gradient, "gradient", "∇f")
    if stage.is_blind and stage.micro == 0:
        return
    if stage.knows(DescentPhase.MEMORY) and stage.velocity is not None:
        name = "−v" if "velocity" in trace.memory_names else "−m"
        _arrow(marks, here, here - factor * stage.velocity, "forward", name)
    done = [s.number for s in trace.steps[: stage.micro] if s.phase is DescentPhase.TRIAL]
    tried = [(n, trace.trial_point(n)) for n in done]
    for number, point in tried:
        if np.isfinite(point).all():
            token = "success" if trace.result.trials[number].accepted else "error"
            place = _on_surface(stage, marks, point[None])
            if number == done[-1]:
                marks.words(place, str(number + 1), theme.color(token), (10, -10), dot=True)
            else:
                _dot(marks, place, token)


def _dot(marks: Marks, place: Floats, token: str) -> None:
    def task(pixels: Floats, hidden: NDArray[np.bool_]) -> None:
        if np.isfinite(pixels[0]).all():
            marks.painter.setPen(QPen(theme.color(token, 0.5 if hidden[0] else 1.0), 1.6))
            marks.painter.setBrush(theme.color("panel"))
            marks.painter.drawEllipse(QPointF(*pixels[0].tolist()), 3.2, 3.2)

    marks.add(place, task)


def _arrow(marks: Marks, start: Floats, tip: Floats, token: str, text: str) -> None:
    if np.isfinite(start).all() and np.isfinite(tip).all():
        ends = (float(start[0]), float(start[1])), (float(tip[0]), float(tip[1]))
        marks.floor_arrow(*ends, theme.color(token), text)
