"""The curve of f with its point: secants, tangent, differential, area, all to be dragged."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engine.calculus.functions import Array
from engine.numbers import shown
from engine.session.derivative import SHOWN, Study, slot_at, step_at, study, usual_frame
from engine.table import Table
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.derivative_items import (
    HANDLE,
    AreaItem,
    AxesItem,
    CurveScene,
    CurvesItem,
    LinesItem,
    handles,
)
from gui.views.follow import Follower
from gui.views.height_field import nice_step
from gui.views.own_keys import claims
from gui.views.scale_axis import ScaleAxis
from gui.views.view import PlotView

REACH = HANDLE + 5.0
STICKY = 4.0
"""Pixels within which a dragged point comes to rest on a round number."""
STICKY_EVERY = 45.0
"""Pixels from one such number to the next, about."""
LABELS = {
    "point": mark("Move the point"),
    "step": mark("Change h"),
    "start": mark("Change the interval"),
    "end": mark("Change the interval"),
}
ROWS = 401


class CurveView(PlotView):
    """f, and what its derivative means at a point.

    The point, the second point of the secant and the limits of the area are dragged; [ and ] move
    the point, { and } change h.
    """

    key = "curve"
    title = mark("Curve")
    own_keys = frozenset(
        {
            Qt.Key.Key_BracketLeft,
            Qt.Key.Key_BracketRight,
            Qt.Key.Key_BraceLeft,
            Qt.Key.Key_BraceRight,
        }
    )

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._scene = CurveScene(self._study())
        self._frame: tuple[float, ...] = ()
        self._names: tuple[str, str] = ("", "")
        self._framing = False
        for side, spacing in (("bottom", 80.0), ("left", 52.0)):
            self.plot.setAxisItems({side: ScaleAxis(side, spacing)})
        self._set_fonts()
        self.box.disableAutoRange()
        self._items = (
            AxesItem(self._current_scene, self._ticks),
            *(kind(self._current_scene) for kind in (AreaItem, CurvesItem, LinesItem)),
        )
        for level, item in enumerate(self._items):
            item.setZValue(level)
            self.plot.addItem(item, ignoreBounds=True)
        self.box.claim = self._claim_drag
        self.box.sigRangeChangedManually.connect(self._zoomed)
        self.readout = self._read
        self._follower = Follower(self, store, Aspect.SLOTS, self.refresh)

    # -------------------------------------------------------------------------------- content

    def _study(self) -> Study:
        document = self._store.document
        return study(slot_at(document.derivative, document.view.derivative_lab))

    def _ticks(self) -> tuple[list[float], list[float]]:
        """Where the marks of both axes stand: the grid goes through them."""
        left, right, bottom, top = self._seen()
        axes = [self.plot.getAxis(side) for side in ("bottom", "left")]
        return (
            axes[0].places(left, right, float(self.box.width())),
            axes[1].places(bottom, top, float(self.box.height())),
        )

    def _current_scene(self) -> CurveScene:
        return self._scene

    @property
    def scene(self) -> CurveScene:
        """What is drawn now."""
        self._follower.catch_up()
        return self._scene

    def refresh(self) -> None:
        """Read the store again."""
        slot = self._store.document.derivative
        scene = self._scene
        scene.study = self._study()
        scene.name = scene.study.name
        scene.shown = frozenset(slot.shown) & frozenset(SHOWN)
        scene.unit_in = f" {slot.unit_in}" if slot.unit_in else ""
        scene.unit_out = f" {slot.unit_out}" if slot.unit_out else ""
        scene.slope_unit = slope_unit(slot.unit_in, slot.unit_out)
        self._apply_frame()
        self._name_axes()
        for item in self._items:
            item.update()
        self.refresh_readout()

    def _name_axes(self) -> None:
        slot, scene = self._store.document.derivative, self._scene
        variable = scene.study.subject.variable
        names = (
            f"{variable} ({slot.unit_in})" if slot.unit_in else variable,
            f"{scene.name}({variable})" + (f" ({slot.unit_out})" if slot.unit_out else ""),
        )
        if names != self._names:
            self._names = names
            self.plot.setLabel("bottom", names[0])
            self.plot.setLabel("left", names[1])

    # ---------------------------------------------------------------------------------- frame

    def _apply_frame(self) -> None:
        look = self._store.view.derivative_lab
        text = self._store.document.derivative.expression
        frame = look.frame if len(look.frame) == 4 else usual_frame(text)
        left, right, bottom, top = frame
        if not (left < right and bottom < top) or frame == self._frame:
            return
        self._frame = tuple(frame)
        self._framing = True
        try:
            self.box.setRange(xRange=(left, right), yRange=(bottom, top), padding=0)
        finally:
            self._framing = False

    def _zoomed(self, _: object) -> None:
        if self._framing:
            return
        (left, right), (bottom, top) = self.box.viewRange()
        self._frame = (left, right, bottom, top)
        self._store.look_in("derivative_lab", frame=self._frame)

    def zoom_by(self, factor: float) -> None:
        super().zoom_by(factor)
        self._zoomed(None)

    def turn_by(self, right: int, up: int) -> None:
        super().turn_by(right, up)
        self._zoomed(None)

    def reset_view(self) -> None:
        self._frame = ()
        self._store.look_in("derivative_lab", frame=())
        self._apply_frame()

    # ------------------------------------------------------------------------------- dragging

    def handle_pixel(self, key: str) -> QPointF:
        """Where a handle stands in the widget: ``point``, ``step``, ``start`` or ``end``."""
        for name, x, y in handles(self._scene, self._seen()):
            if name == key:
                return self.scene_point(x, y)
        raise KeyError(key)

    def _seen(self) -> tuple[float, float, float, float]:
        (left, right), (bottom, top) = self.box.viewRange()
        return left, right, bottom, top

    def _handle_at(self, position: QPointF) -> str:
        best, nearest = "", REACH
        for key, x, y in reversed(handles(self._scene, self._seen())):
            offset = self.scene_point(x, y) - position
            distance = math.hypot(offset.x(), offset.y())
            if distance < nearest:
                best, nearest = key, distance
        return best

    def _claim_drag(self, event: Any) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.isStart():
            self._scene.held = self._handle_at(event.buttonDownScenePos())
        held = self._scene.held
        if not held:
            return False
        self.drag_to(held, float(self.box.mapSceneToView(event.scenePos()).x()))
        if event.isFinish():
            self._scene.held = ""
            self._store.end_merge()
            self._items[-1].update()
        return True

    def drag_to(self, key: str, x: float) -> None:
        """Bring a handle to a place, as near as it can be told apart on screen."""
        left, right, _, _ = self._seen()
        pixel = (right - left) / max(self.box.width(), 1.0)
        x = _rounded(min(max(x, left), right), pixel)
        slot = self._store.document.derivative
        changes: dict[str, object] = {key: x}
        if key == "step":
            step = x - slot.point
            if abs(step) < pixel:
                step = math.copysign(pixel, step or 1.0)
            self._stop_approach()
            changes = {"step": float(f"{step:.12g}")}
        self._store.edit_slot(
            tr(LABELS[key]), "derivative", merge_key=("derivative", key), **changes
        )

    def _stop_approach(self) -> None:
        """Go on from h as it is, rather than from where its fall began."""
        look = self._store.view.derivative_lab
        if look.approach:
            self._store.look_in("derivative_lab", approach=0)

    def _mouse_moved(self, position: QPointF) -> None:
        over = self._handle_at(position)
        if over != self._scene.over:
            self._scene.over = over
            shape = Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor
            self.widget.viewport().setCursor(shape)
            self._items[-1].update()
        super()._mouse_moved(position)

    # ------------------------------------------------------------------------------- keyboard

    def event(self, event: QEvent) -> bool:
        return claims(event, self.own_keys) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        slot, look = self._store.document.derivative, self._store.view.derivative_lab
        left, right, _, _ = self._seen()
        if key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            way = 1 if key == Qt.Key.Key_BracketRight else -1
            self.drag_to("point", slot.point + way * (right - left) / 100.0)
        elif key in (Qt.Key.Key_BraceLeft, Qt.Key.Key_BraceRight):
            way = 1 if key == Qt.Key.Key_BraceRight else -1
            here = slot.point + step_at(slot, look)
            self.drag_to("step", here + way * (right - left) / 100.0)
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------------------- reading

    def _read(self, x: float, y: float) -> str | None:
        del y
        scene = self._scene
        own = scene.study
        variable, name = own.subject.variable, scene.name
        value, slope = float(own.curve(x)), float(own.curve.derivative(x))
        if not math.isfinite(value):
            gone = tr("{0} has no value here").format(name)
            return f"{variable} = {shown(x)}{scene.unit_in} · {gone}"
        parts = [
            f"{variable} = {shown(x)}{scene.unit_in}",
            f"{name}({variable}) = {shown(value)}{scene.unit_out}",
        ]
        if math.isfinite(slope):
            parts.append(f"{name}′({variable}) = {shown(slope)}{scene.slope_unit}")
        return " · ".join(parts)

    def table(self) -> Table:
        """One row a place: x, f and both derivatives over what is seen."""
        scene = self.scene
        own, (left, right, _, _) = scene.study, self._seen()
        x = _places(left, right)
        columns = (x, own.curve(x), own.subject.slope_curve(x), own.subject.bend_curve(x))
        rows = list(zip(*(column.tolist() for column in columns), strict=True))
        return Table((own.subject.variable, "f", "first_derivative", "second_derivative"), rows)

    def render_to(self, painter: Any, area: Any) -> None:
        self._follower.catch_up()
        held = replace(self._scene, over="", held="", anchors={})
        self._scene, before = held, self._scene
        try:
            super().render_to(painter, area)
        finally:
            self._scene = before


def slope_unit(unit_in: str, unit_out: str) -> str:
    """The unit of a slope, with the space before it: `` m/s``."""
    if not unit_in and not unit_out:
        return ""
    return f" {unit_out or '1'}/{unit_in}" if unit_in else f" {unit_out}"


def _places(left: float, right: float) -> Array:
    return np.linspace(left, right, ROWS)


def _rounded(x: float, pixel: float) -> float:
    """A number as round as a pixel allows, or a rounder one where it is near."""
    if not pixel > 0.0:
        return x
    sticky = nice_step(0.0, STICKY_EVERY * pixel, 1)
    near = round(x / sticky) * sticky
    if abs(near - x) <= STICKY * pixel:
        return float(f"{near:.12g}")
    step = 10.0 ** math.floor(math.log10(pixel))
    return float(f"{round(x / step) * step:.12g}")
