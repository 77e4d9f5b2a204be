"""The map of the descent lab: level lines, the ways of all runners, and their next steps."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from engine.table import Table
from gui.i18n import mark
from gui.state.store import Aspect, Store
from gui.views.contour import ContourView
from gui.views.descent_intents import Intents
from gui.views.descent_map_items import RunnersItem
from gui.views.descent_stage import Stage, stage_of, value_text
from gui.views.follow import Follower

_FRAME_MS = 120


class DescentMap(ContourView):
    """A contour plot of the function: the white ball is the start, to be dragged or put elsewhere.

    A click puts the start there; zooming and panning choose the frame of all views.
    """

    key: ClassVar[str] = "descent_contour"
    title: ClassVar[str] = mark("Contours")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._intents = store, Intents(store)
        self.runners = RunnersItem()
        self.runners.setZValue(1.5)
        self.plot.addItem(self.runners, ignoreBounds=True)
        self._frame_timer = QTimer(self)
        self._frame_timer.setSingleShot(True)
        self._frame_timer.setInterval(_FRAME_MS)
        self._frame_timer.timeout.connect(self._choose_frame)
        self.ball_dragged.connect(self._intents.move)
        self.ball_released.connect(self._intents.release)
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
        self.set_height_scale("log" if stage.look.log_height else "auto")
        self.show_surface(stage.surface)
        if stage.study.is_plane and not stage.is_blind:
            self.show_ball(*stage.study.start)
        else:
            self.show_ball(None)
        self.runners.show(stage)
        self.refresh_readout()

    def _read_out(self, x: float, y: float) -> str | None:
        stage = self.stage
        if stage.is_blind or not stage.study.is_plane:
            return None
        return value_text(stage, np.array([x, y]))

    def point_at(self, x: float, y: float) -> None:
        super().point_at(x, y)
        if self.stage.is_blind:
            self._ways.pointed = None

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)

    def table(self) -> Table:
        """One row a state of a runner: its number, the iteration, the point, the value."""
        return paths_table(self.stage)

    # ------------------------------------------------------------------------- the start

    def put_start(self, position: QPointF) -> None:
        """Put the start at a point of the widget."""
        where = self.data_at(position)
        stage = self.stage
        if where is None or not stage.study.is_plane:
            return
        self._intents.move(*(float(f"{value:.4g}") for value in where))
        self._intents.release()

    def _clicked(self, event: Any) -> None:
        if event.button() == Qt.MouseButton.LeftButton and not event.double():
            self.put_start(event.scenePos())

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
        frame = (float(left), float(right), float(bottom), float(top))
        self._zoomed_by_hand = False
        if all(map(math.isfinite, frame)) and left < right and bottom < top:
            self._intents.set_frame(frame)


def paths_table(stage: Stage) -> Table:
    """One row a state of a runner, up to the moment on screen."""
    names = stage.subject.names
    rows: list[tuple[object, ...]] = []
    for number, (runner, course) in enumerate(
        zip(stage.study.runners, stage.study.courses, strict=True), 1
    ):
        last = course.last(stage.iteration) + 1
        columns = (
            course.points[:last].tolist(),
            course.values[:last].tolist(),
            course.gradient_norms[:last].tolist(),
            course.distances[:last].tolist(),
            course.step_lengths[:last].tolist(),
        )
        for iteration, (point, *others) in enumerate(zip(*columns, strict=True)):
            rows.append((number, runner.optimizer, iteration, *point, *others))
    columns_ = ("runner", "optimizer", "iteration", *names)
    return Table((*columns_, "value", "gradient_norm", "distance", "step_length"), rows)
