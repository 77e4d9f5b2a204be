"""One quantity of all runners against the iteration; a click goes to that iteration."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.numbers import shown
from engine.session.descent import QUANTITIES
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.descent_map import paths_table
from gui.views.descent_stage import Floats, Stage, stage_of
from gui.views.descent_words import QUANTITY_BUTTONS, QUANTITY_LABELS, runner_name
from gui.views.painted import PaintedView, Segments
from gui.views.scale_axis import tick_texts, ticks
from gui.views.surface_painter import polygon, runs

_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 14.0, 8.0, 34.0
_MANY = 250
"""Points beyond which lines are drawn finer."""


class DescentProgress(PaintedView):
    """A chooser of the quantity, and a line a runner."""

    key: ClassVar[str] = "descent_progress"
    title: ClassVar[str] = mark("Against the iteration")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, Aspect.SLOTS, parent)
        self.quantity = Segments(QUANTITY_BUTTONS, "value", self.header)
        self.quantity.chosen.connect(self._choose)
        self._row.addWidget(self.quantity)
        self.log = self.add_button("histogram", mark("Logarithmic scale"), checkable=True)
        self.log.setText("log")
        self.log.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.log.clicked.connect(self._set_log)
        self.end_header()
        self._stage: Stage | None = None
        self._pressed = False
        self.readout = self._read_out

    def refresh(self) -> None:
        self._stage = stage = stage_of(self._store)
        self.quantity.choose(self._quantity(stage))
        self.log.setChecked(stage.look.log_quantity)

    def _quantity(self, stage: Stage) -> str:
        return stage.look.quantity if stage.look.quantity in QUANTITIES else "value"

    def _choose(self, key: str) -> None:
        self._store.look_in("descent_lab", quantity=key)

    def _set_log(self, on: bool) -> None:
        self._store.look_in("descent_lab", log_quantity=on)

    @property
    def stage(self) -> Stage:
        """What is shown now."""
        self._follower.catch_up()
        assert self._stage is not None
        return self._stage

    def table(self) -> Table:
        """One row a state of a runner, with all quantities."""
        return paths_table(self.stage)

    # ---------------------------------------------------------------------------- painting

    def _inner(self, area: QRectF) -> QRectF:
        return area.adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def _span(self, stage: Stage) -> int:
        """Iterations along the axis."""
        return max(stage.iteration, stage.study.farthest, 10)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        stage = self.stage
        inner = self._inner(area)
        if inner.width() < 40 or inner.height() < 30:
            return
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        quantity, span = self._quantity(stage), self._span(stage)
        lines = [(lane, np.array(lane.course.series(quantity)[: span + 1])) for lane in stage.lanes]
        if quantity == "distance" and not stage.subject.objective.minima:
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(inner, flags, tr("No minimum of this function is known."))
            return
        log = stage.look.log_quantity and _can_be_log([values for _, values in lines])
        if log:
            with np.errstate(all="ignore"):
                lines = [(lane, np.log10(np.where(v > 0.0, v, np.nan))) for lane, v in lines]
        low, high = _range([values for _, values in lines])
        self._axes(painter, inner, span, low, high, log, tr(QUANTITY_LABELS[quantity]))
        painter.save()
        painter.setClipRect(inner.adjusted(-1, -1, 1, 1))
        lines.sort(key=lambda entry: entry[0].number == stage.number)
        for lane, values in lines:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            width = 2.4 if lane.number == stage.number else 1.6
            if lane.at > _MANY:
                # Broad lines of many points take ten times as long.
                width = 1.6 if lane.number == stage.number else 1.0
            if len(values) > lane.at + 1:
                painter.setPen(QPen(theme.color(lane.color, 0.4), 1.0))
                self._line(painter, _pixels(values, inner, span, low, high))
            painter.setPen(QPen(theme.color(lane.color), width))
            self._line(painter, _pixels(values[: lane.at + 1], inner, span, low, high))
        if stage.iteration < span:
            u = inner.left() + stage.iteration / span * inner.width()
            painter.setPen(QPen(theme.color("muted"), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(u, inner.top()), QPointF(u, inner.bottom()))
        painter.restore()
        for lane, values in lines:
            last = values[lane.at]
            if not math.isfinite(last):
                continue
            u = inner.left() + lane.at / span * inner.width()
            v = inner.bottom() - (last - low) / (high - low) * inner.height()
            if inner.top() - 1 <= v <= inner.bottom() + 1:
                painter.setPen(QPen(theme.color("panel"), 1.4))
                painter.setBrush(theme.color(lane.color))
                painter.drawEllipse(QPointF(u, v), 4.0, 4.0)
        self._legend(painter, stage, inner)

    def _line(self, painter: QPainter, pixels: Floats) -> None:
        for part in runs(pixels, np.ones(len(pixels), dtype=bool)):
            painter.drawPolyline(polygon(part))

    def _axes(
        self,
        painter: QPainter,
        inner: QRectF,
        span: int,
        low: float,
        high: float,
        log: bool,
        name: str,
    ) -> None:
        metrics = QFontMetricsF(painter.font())
        grid, muted = QPen(theme.color("grid"), 1.0), theme.color("muted")
        across = [t for t in ticks(0, span, max(2, int(inner.width() / 70))) if t == int(t)]
        for place in across:
            u = inner.left() + place / span * inner.width()
            painter.setPen(grid)
            painter.drawLine(QPointF(u, inner.top()), QPointF(u, inner.bottom()))
            painter.setPen(muted)
            where = QRectF(u - 35, inner.bottom() + 2, 70, 14)
            painter.drawText(where, Qt.AlignmentFlag.AlignCenter, shown(place))
        upwards = ticks(low, high, max(2, int(inner.height() / 34)), log)
        for place, label in zip(upwards, tick_texts(upwards, log), strict=True):
            v = inner.bottom() - (place - low) / (high - low) * inner.height()
            painter.setPen(grid)
            painter.drawLine(QPointF(inner.left(), v), QPointF(inner.right(), v))
            painter.setPen(muted)
            where = QRectF(inner.left() - _LEFT, v - 7, _LEFT - 6, 14)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(where, flags, label)
        painter.setPen(QPen(theme.color("control"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inner)
        painter.setPen(theme.color("text"))
        below = QRectF(inner.left(), inner.bottom() + 16, inner.width(), metrics.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, f"{name} · {tr('iteration')}")

    def _legend(self, painter: QPainter, stage: Stage, inner: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        names = [(lane.color, runner_name(lane.runner)) for lane in stage.lanes]
        height = metrics.height() + 1.0
        most = max(int((inner.height() - 12) / height), 0)
        names = names[:most]
        if not names:
            return
        width = max(metrics.horizontalAdvance(text) for _, text in names) + 30.0
        if width > 0.6 * inner.width():
            return
        plate = QRectF(inner.right() - width - 6, inner.top() + 6, width, height * len(names) + 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("panel", 0.82))
        painter.drawRoundedRect(plate, 4, 4)
        for number, (color, text) in enumerate(names):
            top = plate.top() + 3 + number * height
            painter.setPen(QPen(theme.color(color), 2.4))
            middle = top + height / 2
            painter.drawLine(QPointF(plate.left() + 6, middle), QPointF(plate.left() + 20, middle))
            painter.setPen(theme.color("text"))
            row = QRectF(plate.left() + 25, top, width - 27, height)
            painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, text)

    # ----------------------------------------------------------------------------- pointer

    def iteration_at(self, x: float) -> int:
        """The iteration at a pixel of the widget."""
        inner = self._inner(self.picture_area())
        share = (x - inner.left()) / max(inner.width(), 1.0)
        return round(min(max(share, 0.0), 1.0) * self._span(self.stage))

    def _read_out(self, x: float, y: float) -> str | None:
        del y
        stage = self.stage
        iteration = self.iteration_at(x)
        rows = [tr("iteration {0}").format(iteration)]
        quantity = self._quantity(stage)
        for lane in stage.lanes:
            value = float(lane.course.series(quantity)[lane.course.last(iteration)])
            rows.append(f"{runner_name(lane.runner)}: {shown(value)}")
        return "\n".join(rows)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        inner = self._inner(self.picture_area())
        if event.button() == Qt.MouseButton.LeftButton and inner.contains(event.position()):
            farthest = max(self.stage.study.farthest, self.stage.iteration)
            iteration = min(self.iteration_at(event.position().x()), farthest)
            self._store.look_in("descent_lab", iteration=iteration, micro=0)
            event.accept()
        else:
            super().mousePressEvent(event)


def _can_be_log(lines: list[Floats]) -> bool:
    """Whether nothing is negative."""
    smallest = min((float(np.nanmin(v)) for v in lines if np.isfinite(v).any()), default=0.0)
    return smallest >= 0.0


def _range(lines: list[Floats]) -> tuple[float, float]:
    """The values to be shown: everything that is not far above where everybody starts."""
    finite = [values[np.isfinite(values)] for values in lines]
    finite = [values for values in finite if len(values)]
    if not finite:
        return 0.0, 1.0
    low = min(float(values.min()) for values in finite)
    high = max(float(values.max()) for values in finite)
    first = max(float(values[0]) for values in finite)
    room = max(first - low, 1e-12)
    high = min(high, first + 1.5 * room)
    margin = 0.04 * (high - low)
    return (low - margin, high + margin) if margin > 0 else (low - 0.5, high + 0.5)


def _pixels(values: Floats, inner: QRectF, span: int, low: float, high: float) -> Floats:
    """(k, 2) pixels of a line, the least and the largest value of each column of pixels."""
    count = len(values)
    places = np.arange(count, dtype=np.float64)
    columns = max(int(inner.width()), 1)
    if count > columns:
        every = -(-2 * count // columns)
        padded = np.full(-(-count // every) * every, np.nan)
        padded[:count] = values
        blocks = padded.reshape(-1, every)
        with np.errstate(all="ignore"):
            ends = np.stack(
                [np.fmin.reduce(blocks, axis=1), np.fmax.reduce(blocks, axis=1)], axis=1
            )
        values = ends.reshape(-1)
        places = np.repeat(np.arange(len(blocks)) * every, 2).astype(np.float64)
    up = np.clip((values - low) / (high - low), -3.0, 4.0)
    across = inner.left() + places / span * inner.width()
    return np.column_stack([across, inner.bottom() - up * inner.height()])
