"""A function of two variables seen from above: filled contours, paths, and a ball to drag."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from engine.table import Table
from gui.i18n import mark
from gui.views.color_bar import ColorBar, NoteLine
from gui.views.contour_items import FieldItem, WaysItem
from gui.views.height_field import HeightScale, ScaleKind, Surface, SurfacePath, scale_of
from gui.views.surface_painter import BALL_RADIUS
from gui.views.view import PlotView

__all__ = ["ContourView", "Surface", "SurfacePath"]


class ContourView(PlotView):
    """The same data as :class:`gui.views.surface3d.Surface3DView`, as a map.

    The field and its lines are kept as an image: moving the ball or a path does not touch them.
    """

    key: ClassVar[str] = "contour"
    title: ClassVar[str] = mark("Loss contours")

    ball_dragged: SignalInstance = Signal(float, float)  # type: ignore[assignment]
    ball_released: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind: ScaleKind = "auto"
        self._surface: Surface | None = None
        self._scale: HeightScale | None = None
        self._grab: QPointF | None = None
        self._zoomed_by_hand = False
        self._names: tuple[str, str] | None = None
        self._field = FieldItem()
        self._ways = WaysItem(self._field)
        for layer, item in enumerate((self._field, self._ways)):
            item.setZValue(layer)
            self.plot.addItem(item, ignoreBounds=True)
        self._bar, self._note = ColorBar(), NoteLine(self._note_text)
        self.plot.layout.addItem(self._bar, 2, 3)
        self.plot.layout.addItem(self._note, 4, 1)
        self.box.disableAutoRange()
        self.box.claim = self._claim_drag
        self.box.sigRangeChangedManually.connect(self._zoomed)

    # ----------------------------------------------------------------------- what is shown

    def show_surface(self, surface: Surface | None) -> None:
        """Draw this surface; the frame follows it unless one has zoomed into it by hand."""
        if surface is self._surface:
            return
        before = self._surface
        self._surface = self._ways.surface = surface
        if before is not None and surface is not None and surface.looks_like(before):
            # Only what is said about it has changed.
            self._note.refresh()
            self._ways.update()
            return
        self._scale = None
        if surface is not None:
            self._scale = scale_of(surface.z, self._kind, surface.cap, levels=True)
            self._name_axes(surface)
            if before is None or not self._zoomed_by_hand:
                self._frame(surface)
        self._ways.pointed = None
        self._field.show(surface, self._scale)
        self._bar.show(self._scale, surface.z_label if surface is not None else "")
        self._note.refresh()
        self._ways.update()

    def show_paths(self, paths: tuple[SurfacePath, ...]) -> None:
        """Draw these paths, the last one on top."""
        self._ways.paths = paths
        self._ways.update()

    def show_ball(self, x: float | None, y: float = 0.0, z: float | None = None) -> None:
        """Put the ball at a point; x None takes it away. A height has no place on a map."""
        self._ways.ball = None if x is None else (x, y)
        self._ways.update()

    def set_height_scale(self, kind: ScaleKind) -> None:
        """Colours and lines by ``"linear"``, ``"log"`` or ``"quantile"`` heights, or ``"auto"``."""
        if kind != self._kind:
            self._kind = kind
            surface, self._surface = self._surface, None
            self.show_surface(surface)

    @property
    def height_scale(self) -> ScaleKind:
        """The kind that was asked for."""
        return self._kind

    def table(self) -> Table:
        """One row a point of the grid: x, y and the value."""
        return Table(("x", "y", "z"), ()) if self._surface is None else self._surface.table()

    def reset_view(self) -> None:
        self._zoomed_by_hand = False
        if self._surface is not None:
            self._frame(self._surface)

    def zoom_by(self, factor: float) -> None:
        self._zoomed_by_hand = True
        super().zoom_by(factor)

    def turn_by(self, right: int, up: int) -> None:
        self._zoomed_by_hand = True
        super().turn_by(right, up)

    def retheme(self) -> None:
        self._field.forget()

    def _name_axes(self, surface: Surface) -> None:
        names = (surface.x_label, surface.y_label)
        if names != self._names:
            # Each naming lays the whole plot out again.
            self._names = names
            self.plot.setLabel("bottom", surface.x_label)
            self.plot.setLabel("left", surface.y_label)

    def _frame(self, surface: Surface) -> None:
        self.box.setRange(xRange=surface.x_range, yRange=surface.y_range, padding=0)

    def _zoomed(self, _: Any) -> None:
        self._zoomed_by_hand = True

    def _note_text(self) -> str:
        return "" if self._surface is None else self._surface.note

    # ------------------------------------------------------------------------------- pointer

    def point_at(self, x: float, y: float) -> None:
        super().point_at(x, y)
        value = math.nan if self._surface is None else float(self._surface.at(x, y))
        self._ways.pointed = (x, y, value) if np.isfinite(value) and self._grab is None else None
        self._ways.update()

    def point_away(self) -> None:
        super().point_away()
        if self._ways.pointed is not None:
            self._ways.pointed = None
            self._ways.update()

    def _mouse_moved(self, position: QPointF) -> None:
        over = self._offset_to_ball(position) is not None
        shape = Qt.CursorShape.OpenHandCursor if over else Qt.CursorShape.ArrowCursor
        self.widget.viewport().setCursor(shape)
        super()._mouse_moved(position)

    def _offset_to_ball(self, position: QPointF) -> QPointF | None:
        """From a point of the scene to the middle of the ball, if the point is on the ball."""
        ball = self.ball_pixel()
        if ball is None:
            return None
        offset = ball - position
        return offset if math.hypot(offset.x(), offset.y()) <= BALL_RADIUS + 4.0 else None

    def ball_pixel(self) -> QPointF | None:
        """Where the middle of the ball is drawn on screen; None where there is no ball."""
        return None if self._ways.ball is None else self.scene_point(*self._ways.ball)

    def _claim_drag(self, event: Any) -> bool:
        """Take a drag that began on the ball."""
        if event.button() != Qt.MouseButton.LeftButton or self._surface is None:
            return False
        if event.isStart():
            self._grab = self._offset_to_ball(event.buttonDownScenePos())
        if self._grab is None:
            return False
        point = self.box.mapSceneToView(event.scenePos() + self._grab)
        x = float(np.clip(point.x(), *self._surface.x_range))
        y = float(np.clip(point.y(), *self._surface.y_range))
        self.show_ball(x, y)
        self.point_at(x, y)
        self.ball_dragged.emit(x, y)
        if event.isFinish():
            self._grab = None
            self.ball_released.emit()
        return True
