"""The surface of the function that is studied, with everything that hangs on the point."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from engine.numbers import exact, shown
from engine.session.slots import SurfaceLook
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.follow import Follower
from gui.views.projection import Camera
from gui.views.surface3d import Surface3DView
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_marks import Marks, fitting_scale, right_angle
from gui.views.surface_lab_study import Study
from gui.views.surface_painter import Overlay
from gui.views.surface_scene import Scene

Floats = NDArray[np.float64]

FAN = 12
"""Directions of the fan of curves, all around."""
_CURVE, _FAN_CURVE = 97, 49
_PATCH = 10
_CAMERA_MS = 250


class LabSurface3D(Surface3DView):
    """A 3-D surface with cuts, tangents, planes and arrows; which of them, the study says."""

    key: ClassVar[str] = "surface_3d"
    title: ClassVar[str] = mark("Surface")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.study: Study | None = None
        self._store, self._intents = store, Intents(store)
        first = SurfaceLook()
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

    def _refresh(self) -> None:
        """Read the document again."""
        self.study = study = self._intents.study
        look = self._store.view.surface_lab
        camera = Camera(look.azimuth, look.elevation, look.zoom)
        if camera != self._saved:
            self._saved = camera
            self.set_camera(camera)
            self._camera_timer.stop()
        self.set_height_scale("log" if look.log_height else "linear")
        self.show_surface(study.picture)
        self.show_ball(study.x, study.y)
        self.update()

    def _save_camera(self) -> None:
        self._saved = camera = self.camera
        self._intents.look(azimuth=camera.azimuth, elevation=camera.elevation, zoom=camera.zoom)

    def _read_out(self, x: float, y: float) -> str:
        return value_at(self._intents.study, x, y)

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)

    def table(self) -> Table:
        """One row a point of the grid."""
        self._follower.catch_up()
        return super().table()

    def _paint_overlay(self, painter: QPainter, scene: Scene, overlay: Overlay) -> None:
        study = self.study
        if study is not None and math.isfinite(study.value):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            marks = Marks(painter, scene, overlay, self.font())
            mark_study(study, marks)
            marks.draw()
            painter.restore()
        super()._paint_overlay(painter, scene, overlay)


def value_at(study: Study, x: float, y: float) -> str:
    """The height over a point, from the function itself, for the pointer."""
    first, second = study.pair
    value = study.height(x, y)
    text = exact(value) if math.isfinite(value) else tr("no value")
    return f"z = {text}\n{first} = {shown(x)}, {second} = {shown(y)}"


def mark_study(study: Study, marks: Marks) -> None:
    """Mark what is switched on, from the floor upwards."""
    shown_ = study.shown
    smooth = study.is_smooth
    if smooth:
        _floor(study, marks)
    if "fan" in shown_:
        _fan(study, marks)
    if "level" in shown_:
        _level(study, marks)
    if smooth and "plane" in shown_:
        _plane(study, marks)
    if smooth and "paraboloid" in shown_:
        _paraboloid(study, marks)
    if "cuts" in shown_:
        for direction, slope, name in (
            ((1.0, 0.0), 0, "partial_x"),
            ((0.0, 1.0), 1, "partial_y"),
        ):
            _cut(study, marks, direction, study.slopes[slope], theme.color(name))
    if "direction" in shown_:
        _cut(study, marks, study.u, study.slope, theme.color("direction"))
    if smooth and "differential" in shown_:
        _differential(study, marks)


def _lengths(study: Study, direction: tuple[float, float], count: int) -> Floats:
    """Even lengths along a direction over the whole frame, with the point itself among them."""
    back, forth = study.reach(direction)
    even = np.linspace(back, forth, count)
    return np.sort(np.append(even, 0.0))


def _cut(
    study: Study, marks: Marks, direction: tuple[float, float], slope: float, color: QColor
) -> None:
    """The curve over a straight line through the point, and its tangent."""
    t = _lengths(study, direction, _CURVE)
    marks.line(marks.on_surface(study.along(direction, t)), color, 2.2)
    if not math.isfinite(slope):
        return
    reach = 0.22 * _extent(study)
    s = np.linspace(-reach, reach, 25)
    x, y = study.x + s * direction[0], study.y + s * direction[1]
    tangent = np.stack([x, y, study.value + s * slope], axis=1)
    marks.line(marks.free(tangent), color, 3.4, hidden_alpha=0.6)


def _extent(study: Study) -> float:
    left, right, bottom, top = study.frame
    return min(right - left, top - bottom)


def _fan(study: Study, marks: Marks) -> None:
    gap = np.full((1, 2), np.nan)
    ways = []
    for number in range(FAN):
        angle = math.pi * number / FAN
        direction = (math.cos(angle), math.sin(angle))
        t = _lengths(study, direction, _FAN_CURVE)
        ways += [np.array([study.x, study.y]) + t[:, None] * np.array(direction), gap]
    # All curves at once, with gaps between them.
    floor = np.concatenate(ways)
    points = np.column_stack([floor, study.heights(floor[:, 0], floor[:, 1])])
    ink = theme.color("text", 0.6)
    marks.line(marks.on_surface(points), ink, 1.0, casing=False, hidden_alpha=0.0)


def _level(study: Study, marks: Marks) -> None:
    """The level line through the point: on the surface and, as its shadow, on the floor."""
    ink = theme.color("text")
    for piece in study.level:
        marks.line(marks.on_floor(piece), ink, 1.6, hidden_alpha=0.0)
        lifted = np.column_stack([piece, np.full(len(piece), study.value)])
        marks.line(marks.on_surface(lifted), ink, 1.6, hidden_alpha=0.0)


def _patch_grid(study: Study, share: float, count: int) -> tuple[Floats, Floats]:
    left, right, bottom, top = study.frame
    reach_x, reach_y = share * (right - left), share * (top - bottom)
    steps = np.linspace(-1.0, 1.0, count)
    return np.meshgrid(
        np.clip(study.x + reach_x * steps, left, right),
        np.clip(study.y + reach_y * steps, bottom, top),
    )


def _plane(study: Study, marks: Marks) -> None:
    x, y = _patch_grid(study, 0.2, _PATCH)
    z = study.plane(x.ravel(), y.ravel()).reshape(x.shape)
    marks.patch(x, y, z, theme.color("tangent"), 0.5)


def _paraboloid(study: Study, marks: Marks) -> None:
    """Taylor's polynomial of second order around the point, with its axes."""
    second = study.second
    if second is None:
        return
    x, y = _patch_grid(study, 0.2, _PATCH)
    z = second.paraboloid(np.stack([x, y], axis=-1))
    marks.patch(x, y, z, theme.color("accent"), 0.3, lines=True)
    reach = 0.22 * _extent(study)
    t = np.linspace(-reach, reach, 41)
    for axis, curvature in zip(second.axes, second.curvatures, strict=True):
        ways = np.array([study.x, study.y]) + t[:, None] * axis
        curve = np.column_stack([ways, second.paraboloid(ways)])
        name = "positive" if curvature >= 0 else "negative"
        marks.line(marks.free(curve), theme.color(name), 2.6)


def arrow_factor(study: Study) -> float:
    """By how much the gradient's arrow is shortened to end on the floor."""
    steepest, extent = study.steepest, _extent(study)
    if not math.isfinite(steepest) or steepest == 0.0:
        return 1.0
    a, b = study.slopes
    room = 0.97 * study.reach((a / steepest, b / steepest))[1]
    # At the rim of the floor there is no room; then it may leave the picture.
    return fitting_scale(steepest, min(max(room, 0.25 * extent), 0.7 * extent))


def gradient_name(study: Study, factor: float) -> str:
    """What stands at the gradient's arrow; a shortened one says so."""
    name = f"∇{study.subject.letter}"
    return name if factor == 1.0 else f"{name} · 1/{shown(1.0 / factor)}"


def _floor(study: Study, marks: Marks) -> None:
    """Gradient, legs and direction as arrows on the floor, and the right angle of the gradient."""
    start = (study.x, study.y)
    a, b = study.slopes
    factor = arrow_factor(study)
    tip = (study.x + factor * a, study.y + factor * b)
    if "level" in study.shown and study.steepest > 0.0:
        size = 0.035 * _extent(study)
        corner = right_angle(start, (a, b), (-b, a), size)
        marks.line(marks.on_floor(corner), theme.color("text"), 1.4, hidden_alpha=0.4)
    # A thin plumb line ties the arrows to the point above them.
    ends = marks.on_floor(np.array([start])), marks.on_surface(np.array([[*start, study.value]]))
    stem = ends[0] + np.linspace(0.0, 1.0, 25)[:, None] * (ends[1] - ends[0])
    ink = theme.color("text", 0.75)
    marks.line(stem, ink, 1.0, casing=False, hidden_alpha=0.8, style=Qt.PenStyle.DashLine)
    if "legs" in study.shown:
        bend = (tip[0], study.y)
        marks.floor_arrow(start, bend, theme.color("partial_x"), marks_name(study, 0), 2.4, True)
        marks.floor_arrow(bend, tip, theme.color("partial_y"), marks_name(study, 1), 2.4, True)
    if "gradient" in study.shown and study.steepest > 0.0:
        name = gradient_name(study, factor)
        marks.floor_arrow(start, tip, theme.color("gradient"), name, 3.0)
    if "direction" in study.shown:
        u = study.u
        tip = (study.x + u[0], study.y + u[1])
        marks.floor_arrow(start, tip, theme.color("direction"), "u")


def marks_name(study: Study, number: int) -> str:
    """What a leg of the gradient is called."""
    return f"∂{study.subject.letter}/∂{study.pair[number]}"


def _differential(study: Study, marks: Marks) -> None:
    """dx, then dy on the tangent plane; at the end dz beside Δz."""
    dx, dy = study.changes[study.across], study.changes[study.up]
    ink = theme.color("update")
    x0, y0 = study.x, study.y
    corners = np.array([[x0, y0], [x0 + dx, y0], [x0 + dx, y0 + dy]])
    levels = np.full(3, study.value)
    flat = np.column_stack([corners, levels])
    marks.line(marks.free(_finer(flat)), ink, 1.6, style=Qt.PenStyle.DashLine)
    end_x, end_y = np.array([x0 + dx]), np.array([y0 + dy])
    touched = float(study.plane(end_x, end_y)[0])
    reached = study.height(x0 + dx, y0 + dy)
    top = np.array([[x0 + dx, y0 + dy, study.value], [x0 + dx, y0 + dy, touched]])
    marks.line(marks.free(_finer(top)), theme.color("tangent"), 4.0)
    rest = np.array([[x0 + dx, y0 + dy, touched], [x0 + dx, y0 + dy, reached]])
    marks.line(marks.free(_finer(rest)), theme.color("error"), 4.0)
    place = marks.free(np.array([[x0 + dx, y0 + dy, reached]]))
    marks.words(place, "Δz", theme.color("error"), (14, -4), dot=True)
    place = marks.free(np.array([[x0 + dx, y0 + dy, (study.value + touched) / 2]]))
    marks.words(place, "dz", theme.color("tangent"), (14, 6))


def _finer(points: Floats, parts: int = 12) -> Floats:
    """The same broken line with points between, so that what hides part of it is found."""
    pieces = [
        start + np.linspace(0.0, 1.0, parts, endpoint=False)[:, None] * (end - start)
        for start, end in pairwise(points)
    ]
    return np.concatenate([*pieces, points[-1:]])


__all__ = ["LabSurface3D", "arrow_factor", "gradient_name", "mark_study", "marks_name"]
