"""The cuts through the surface as small plots: one variable moves, the others are held."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from engine.numbers import shown
from engine.table import Table
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.painted import PaintedView
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_plot import Frame, SmallPlot, paint_plot
from gui.views.surface_lab_study import Study

_POINTS = 201
AXES: tuple[tuple[str, str], ...] = (("x", "partial_x"), ("y", "partial_y"), ("u", "direction"))


class SurfaceCuts(PaintedView):
    """Three plots: along both drawn variables and along the direction u.

    A drag across a plot moves the point along that cut, the arrow keys move it on the floor.
    """

    key: ClassVar[str] = "surface_cuts"
    title: ClassVar[str] = mark("Cuts")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        self._plots: tuple[SmallPlot, ...] = ()
        self._dragged: int | None = None
        self._drag_frame: tuple[Frame, float, float] | None = None
        super().__init__(store, Aspect.SLOTS, parent)
        self._intents = Intents(store)
        self.header.hide()
        self.readout = self._read_out

    def refresh(self) -> None:
        self._plots = plots_of(self._intents.study)

    @property
    def plots(self) -> tuple[SmallPlot, ...]:
        """What is drawn, from left to right."""
        self._follower.catch_up()
        return self._plots

    def paint(self, painter: QPainter, area: QRectF) -> None:
        for plot, part in zip(self._plots, self.parts(area), strict=True):
            paint_plot(painter, plot, part, self.font())

    def parts(self, area: QRectF) -> list[QRectF]:
        """Where the plots stand: beside each other, or below where there is more room."""
        count = max(len(self._plots), 1)
        if area.width() >= 1.1 * area.height():
            width = area.width() / count
            return [
                QRectF(area.left() + i * width, area.top(), width, area.height())
                for i in range(count)
            ]
        height = area.height() / count
        return [
            QRectF(area.left(), area.top() + i * height, area.width(), height) for i in range(count)
        ]

    def table(self) -> Table:
        """The points of all three curves."""
        rows = [
            (plot.x_name, float(x), float(y))
            for plot in self.plots
            for x, y in zip(plot.x, plot.y, strict=True)
        ]
        return Table(("along", "place", "value"), rows)

    # --------------------------------------------------------------------------- the pointer

    def _part_at(self, position: QPointF) -> int | None:
        parts = self.parts(self.picture_area())
        return next((i for i, part in enumerate(parts) if part.contains(position)), None)

    def _read_out(self, x: float, y: float) -> str | None:
        part = self._part_at(QPointF(x, y))
        if part is None or part >= len(self._plots):
            return None
        plot, area = self._plots[part], self.parts(self.picture_area())[part]
        frame = Frame.of(plot, area)
        if not frame.inner.contains(QPointF(x, y)):
            return None
        place = frame.x_at(x)
        study = self._intents.study
        value = study.height(*_floor_point(study, part, place))
        name = plot.x_name.split(" ")[0]
        return f"{name} = {shown(place)}\nz = {shown(value)}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self._part_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or part is None or not self._plots:
            super().mousePressEvent(event)
            return
        study = self._intents.study
        frame = Frame.of(self._plots[part], self.parts(self.picture_area())[part])
        self._dragged = part
        # The plot along u counts lengths from the point, which itself moves: keep where it was.
        self._drag_frame = frame, study.x, study.y
        self._drag_to(event.position())

    def _drag_to(self, position: QPointF) -> None:
        if self._dragged is None or self._drag_frame is None:
            return
        frame, x0, y0 = self._drag_frame
        study = self._intents.study
        place = frame.x_at(position.x())
        if self._dragged == 2:
            self._intents.move(x0 + place * study.u[0], y0 + place * study.u[1])
        else:
            self._intents.move(*_floor_point(study, self._dragged, place))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._drag_to(event.position())
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._dragged = self._drag_frame = None
            self._intents.release()
        super().mouseReleaseEvent(event)

    def turn_by(self, right: int, up: int) -> None:
        self._intents.move_by(right, up)


def _floor_point(study: Study, part: int, place: float) -> tuple[float, float]:
    """The point of the floor at a place of one of the plots."""
    if part == 0:
        return place, study.y
    if part == 1:
        return study.x, place
    return study.x + place * study.u[0], study.y + place * study.u[1]


def plots_of(study: Study) -> tuple[SmallPlot, ...]:
    """The three plots of a study."""
    left, right, bottom, top = study.frame
    names, (a, b) = study.pair, study.slopes
    x, y = study.x, study.y
    across, up = np.linspace(left, right, _POINTS), np.linspace(bottom, top, _POINTS)
    back, forth = study.reach(study.u)
    t = np.linspace(back, forth, _POINTS) if forth > back else np.linspace(-1.0, 1.0, _POINTS)
    along = study.along(study.u, t)[:, 2]
    letter = study.subject.letter
    held = tr("{0} = {1} is held")
    return (
        SmallPlot(
            across, study.heights(across, np.full(_POINTS, y)), x, study.value, a, "partial_x",
            held.format(names[1], shown(y)), f"∂{letter}/∂{names[0]} = {_slope(a)}", names[0], "z",
        ),
        SmallPlot(
            up, study.heights(np.full(_POINTS, x), up), y, study.value, b, "partial_y",
            held.format(names[0], shown(x)), f"∂{letter}/∂{names[1]} = {_slope(b)}", names[1], "z",
        ),
        SmallPlot(
            t, along, 0.0, study.value, study.slope, "direction",
            tr("along u, at {0}°").format(shown(study.degrees)),
            f"∇{letter} · u = {_slope(study.slope)}", "t", "z",
        ),
    )  # fmt: skip


def _slope(value: float) -> str:
    return shown(value) if math.isfinite(value) else tr("none")
