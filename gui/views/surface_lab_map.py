"""The map of the function that is studied: level lines, the point, arrows on the floor."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engine.calculus.presets import Span
from engine.table import Table
from gui.i18n import mark
from gui.state.store import Aspect, Store
from gui.views.contour import ContourView
from gui.views.follow import Follower
from gui.views.surface_lab_3d import value_at
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_map_items import StudyItem

_GRIP = 10.0
_FRAME_MS = 120


class LabMap(ContourView):
    """A contour plot on which the point and the direction can be dragged.

    Both axes have the same scale, so that a right angle looks like one. Zooming and panning choose
    the frame of all views.
    """

    key: ClassVar[str] = "surface_contour"
    title: ClassVar[str] = mark("Contours")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intents = Intents(store)
        self.marks = StudyItem()
        self.marks.setZValue(0.5)
        self.plot.addItem(self.marks, ignoreBounds=True)
        self.box.setAspectLocked(True)
        self._turning = False
        self._frame_timer = QTimer(self)
        self._frame_timer.setSingleShot(True)
        self._frame_timer.setInterval(_FRAME_MS)
        self._frame_timer.timeout.connect(self._choose_frame)

        self.ball_dragged.connect(self._intents.move)
        self.ball_released.connect(self._intents.release)
        self.readout = self._read_out
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    def _refresh(self) -> None:
        """Read the document again."""
        study = self._intents.study
        self.set_height_scale("log" if study.log_height else "auto")
        self.show_surface(study.picture)
        self.show_ball(study.x, study.y)
        self.marks.show(study)

    def _read_out(self, x: float, y: float) -> str:
        return value_at(self._intents.study, x, y)

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)

    def table(self) -> Table:
        """One row a point of the grid."""
        self._follower.catch_up()
        return super().table()

    # ----------------------------------------------------------------------------- the frame

    def _zoomed(self, _: Any) -> None:
        super()._zoomed(_)
        self._frame_timer.start()

    def zoom_by(self, factor: float) -> None:
        super().zoom_by(factor)
        self._frame_timer.start()

    def turn_by(self, right: int, up: int) -> None:
        self._intents.move_by(right, up)

    def reset_view(self) -> None:
        self._frame_timer.stop()
        super().reset_view()
        self._intents.set_frame(None)

    def _choose_frame(self) -> None:
        (left, right), (bottom, top) = self.box.viewRange()
        frame: Span = (float(left), float(right), float(bottom), float(top))
        self._zoomed_by_hand = False
        if all(map(math.isfinite, frame)):
            self._intents.set_frame(frame)

    # ------------------------------------------------------------------------- the direction

    def _on_tip(self, position: QPointF) -> bool:
        tip = self.marks.direction_tip()
        if tip is None:
            return False
        offset = tip - position
        return math.hypot(offset.x(), offset.y()) <= _GRIP

    def _claim_drag(self, event: Any) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.isStart():
            start = event.buttonDownScenePos()
            self._turning = self._offset_to_ball(start) is None and self._on_tip(start)
        if not self._turning:
            return super()._claim_drag(event)
        study = self.marks.study
        point = self.box.mapSceneToView(event.scenePos())
        if study is not None:
            angle = math.degrees(math.atan2(point.y() - study.y, point.x() - study.x))
            self._intents.turn(float(round(angle)))
        if event.isFinish():
            self._turning = False
            self._intents.release()
        return True

    def _mouse_moved(self, position: QPointF) -> None:
        super()._mouse_moved(position)
        if self._on_tip(position):
            self.widget.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
