"""Inside the optimizer: what it remembers as arrows and areas, and what it makes of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.descent.trace import DescentPhase, Trace
from engine.numbers import shown
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.descent_stage import Floats, stage_of
from gui.views.follow import Follower
from gui.views.guard import guarded
from gui.views.scale_axis import tick_texts, ticks
from gui.views.surface_lab_marks import paint_head
from gui.views.surface_painter import polygon, runs
from gui.views.view import View

AREAS = frozenset({"squares", "largest", "steps"})
"""Memories that hold squares: drawn as areas."""
_MOST_ROWS = 2
_RAY_POINTS = 121

NAMES = {
    "velocity": (mark("velocity"), "v"),
    "mean": (mark("mean of gradients"), "m"),
    "squares": (mark("squared gradients"), "v"),
    "largest": (mark("largest so far"), "u"),
    "steps": (mark("squared steps"), "u"),
    "spent": (mark("momentum spent"), "μ"),
    "inverse_hessian": (mark("inverse Hessian"), "H"),
}


@dataclass(frozen=True, eq=False)
class Column:
    """One quantity of all coordinates.

    Attributes
    ----------
    before
        Before this step, (d,); None where nothing is remembered.
    is_known
        Whether its micro-step is done.
    kind
        ``"arrow"``, ``"area"`` or ``"length"``.
    """

    name: str
    token: str
    kind: str
    now: Floats
    before: Floats | None
    is_known: bool


class DescentInside(View):
    """The numbers of the chosen runner's step as geometry, coordinate by coordinate."""

    key: ClassVar[str] = "descent_inside"
    title: ClassVar[str] = mark("Inside the optimizer")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._follower = Follower(self, store, Aspect.SLOTS, self.update)

    @property
    def step(self) -> tuple[Trace, int] | None:
        """The trace on screen and its position: at rest the step that has led here."""
        stage = stage_of(self._store)
        if stage.trace is not None and stage.micro:
            return stage.trace, stage.micro
        lane = stage.chosen
        if lane is None or lane.at == 0:
            return None
        trace = lane.course.trace(lane.at - 1)
        return None if trace is None else (trace, trace.count)

    @guarded
    def paintEvent(self, event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        self.paint(painter, QRectF(self.rect()))
        painter.end()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        found = self.step
        if found is None:
            painter.setPen(theme.color("muted"))
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            text = tr("Step once, and see how the step is made.")
            painter.drawText(area.adjusted(20, 10, -20, -10), flags, text)
            return
        trace, position = found
        if trace.result.direction is not None:
            _paint_ray(painter, area, trace, position)
        else:
            _paint_columns(painter, area, trace, columns_of(trace, position))

    def table(self) -> Table:
        """One row a quantity and coordinate, before and after this step."""
        found = self.step
        if found is None:
            return Table(("quantity", "coordinate", "before", "after"), ())
        trace, position = found
        rows = tuple(
            (
                column.name,
                name,
                None if column.before is None else float(column.before[i]),
                float(column.now[i]),
            )
            for column in columns_of(trace, position)
            for i, name in enumerate(trace.names)
        )
        return Table(("quantity", "coordinate", "before", "after"), rows)


def columns_of(trace: Trace, position: int) -> list[Column]:
    """What a rule goes through, from the gradient to the step."""
    done = position >= trace.count
    columns = [
        Column(mark("gradient"), "gradient", "arrow", trace.here.gradient, None, position > 0)
    ]
    for number, name in enumerate(trace.memory_names):
        new, old = trace.new_memory(name), trace.old_memory(name)
        if new.shape != trace.before.point.shape:
            continue
        words, _ = NAMES.get(name, (name, name))
        known = done or trace.is_known(position, DescentPhase.MEMORY, number)
        kind = "area" if name in AREAS else "arrow"
        columns.append(Column(words, "forward", kind, new, old, known))
    before_step = done or trace.is_known(position, DescentPhase.CORRECTION)
    rates = np.abs(trace.effective_rates)
    columns.append(Column(mark("effective rate"), "direction", "length", rates, None, before_step))
    columns.append(Column(mark("step"), "update", "arrow", trace.displacement, None, done))
    return columns


def _paint_columns(painter: QPainter, area: QRectF, trace: Trace, columns: list[Column]) -> None:
    names = trace.names[:_MOST_ROWS]
    left, head = 26.0, 24.0
    width = (area.width() - left - 8.0) / len(columns)
    height = (area.height() - head - 6.0) / len(names)
    metrics = painter.fontMetrics()
    for number, column in enumerate(columns):
        x = area.left() + left + number * width
        alpha = 1.0 if column.is_known else 0.3
        painter.setPen(theme.color(column.token, alpha))
        title = metrics.elidedText(tr(column.name), Qt.TextElideMode.ElideRight, int(width - 6))
        painter.drawText(QRectF(x, area.top(), width, head), Qt.AlignmentFlag.AlignCenter, title)
        values = [np.abs(column.now)]
        if column.before is not None:
            values.append(np.abs(column.before))
        finite = np.concatenate(values)
        finite = finite[np.isfinite(finite)]
        largest = float(finite.max(initial=0.0)) or 1.0
        for row in range(len(names)):
            cell = QRectF(x, area.top() + head + row * height, width, height)
            before = None if column.before is None else float(column.before[row])
            _paint_cell(painter, cell, column, float(column.now[row]), before, largest)
    painter.setPen(theme.color("text"))
    for row, name in enumerate(names):
        box = QRectF(area.left(), area.top() + head + row * height, left, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)


def _paint_cell(
    painter: QPainter,
    cell: QRectF,
    column: Column,
    now: float,
    before: float | None,
    largest: float,
) -> None:
    alpha = 1.0 if column.is_known else 0.25
    ink = theme.color(column.token, alpha)
    line = 16.0
    picture = cell.adjusted(6, 4, -6, -line - 2)
    painter.setPen(QPen(theme.color("border"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if column.kind == "area":
        _paint_area(painter, picture, now, before, largest, ink)
    elif column.kind == "length":
        share = min(now / largest, 1.0) if math.isfinite(now) else 0.0
        bar = QRectF(picture.left(), picture.center().y() - 5, share * picture.width(), 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(bar, 2, 2)
    else:
        middle = picture.center()
        painter.drawLine(QPointF(middle.x(), picture.top()), QPointF(middle.x(), picture.bottom()))
        if before is not None:
            faded = QColor(ink)
            faded.setAlphaF(0.35 * alpha)
            _paint_arrow(painter, picture, before / largest, middle.y() - 7.0, faded, 2.0)
        _paint_arrow(painter, picture, now / largest, middle.y(), ink, 3.0)
    text = shown(now, 4)
    if before is not None and column.is_known:
        text = f"{shown(before, 3)} → {shown(now, 3)}"
    painter.setPen(theme.color("text", 1.0 if column.is_known else 0.3))
    box = QRectF(cell.left(), cell.bottom() - line, cell.width(), line)
    fitting = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(cell.width()))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, fitting if column.is_known else "?")


def _paint_arrow(
    painter: QPainter, picture: QRectF, share: float, y: float, ink: QColor, width: float
) -> None:
    if not math.isfinite(share):
        return
    start = QPointF(picture.center().x(), y)
    end = start + QPointF(share * 0.5 * picture.width(), 0.0)
    painter.setPen(QPen(ink, width))
    painter.drawLine(start, end)
    if abs(end.x() - start.x()) > 3.0:
        size = min(9.0, 0.7 * abs(end.x() - start.x()))
        paint_head(painter, end, 0.0 if share > 0 else math.pi, ink, size)


def _paint_area(
    painter: QPainter,
    picture: QRectF,
    now: float,
    before: float | None,
    largest: float,
    ink: QColor,
) -> None:
    """Squares whose areas are the numbers: what is left of the old one inside the new."""
    room = min(picture.width(), picture.height())
    for value, is_new in ((now, True), (before, False)):
        if value is None or not math.isfinite(value):
            continue
        side = room * math.sqrt(max(value, 0.0) / largest)
        box = QRectF(picture.center().x() - side / 2, picture.bottom() - side, side, side)
        if is_new:
            fill = QColor(ink)
            fill.setAlphaF(0.45 * ink.alphaF())
            painter.setPen(QPen(ink, 1.6))
            painter.setBrush(fill)
        else:
            painter.setPen(QPen(ink, 1.2, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)


def _paint_ray(painter: QPainter, area: QRectF, trace: Trace, position: int) -> None:
    """The function along the ray of a search, with the points that were tried so far."""
    direction = trace.result.direction
    assert direction is not None
    trials = trace.result.trials
    inner = area.adjusted(58, 10, -14, -34)
    if inner.width() < 40 or inner.height() < 30:
        return
    tried = [trial.length for trial in trials if trial.length > 0.0] or [1.0]
    # Lengths that were halved again and again stand apart on a logarithmic axis only.
    log = max(tried) > 20.0 * min(tried)
    if log:
        first, last = math.log10(0.3 * min(tried)), math.log10(1.4 * max(tried))
        lengths = 10.0 ** np.linspace(first, last, _RAY_POINTS)
    else:
        first, last = 0.0, 1.15 * max(tried)
        lengths = np.linspace(first, last, _RAY_POINTS)
    points = trace.before.point + lengths[:, None] * direction
    with np.errstate(all="ignore"):
        values = np.asarray(trace.here.objective.value(points), dtype=np.float64)
    base = trace.here.value
    # By how much the value changes: near a minimum the values themselves look all the same.
    values = values - base
    finite = np.append(values[np.isfinite(values)], 0.0)
    low = float(finite.min())
    high = min(float(finite.max()), 1.5 * max(-low, 1e-12))
    margin = 0.08 * (high - low) or 1.0
    low, high = low - margin, high + margin

    def place(x: Floats, y: Floats) -> Floats:
        up = np.clip((y - low) / (high - low), -2.0, 3.0)
        across = ((np.log10(x) if log else x) - first) / (last - first)
        return np.column_stack(
            [inner.left() + across * inner.width(), inner.bottom() - up * inner.height()]
        )

    painter.setPen(theme.color("muted"))
    for tick, text in _labels(first, last, inner.width() / 70, log):
        u = inner.left() + (tick - first) / (last - first) * inner.width()
        box = QRectF(u - 35, inner.bottom() + 2, 70, 14)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    for tick, text in _labels(low, high, inner.height() / 34):
        v = inner.bottom() - (tick - low) / (high - low) * inner.height()
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(area.left(), v - 7, 52, 14), flags, text)
    painter.setPen(QPen(theme.color("control"), 1.0))
    painter.drawRect(inner)
    painter.setPen(theme.color("text"))
    name = QRectF(inner.left(), inner.bottom() + 16, inner.width(), 16)
    painter.drawText(name, Qt.AlignmentFlag.AlignCenter, tr("length α along the direction"))
    title = QRectF(inner.left(), inner.top() + 4, inner.width() - 8, 16)
    painter.drawText(title, Qt.AlignmentFlag.AlignRight, "f(w + αp) − f(w)")
    painter.save()
    painter.setClipRect(inner.adjusted(-1, -1, 1, 1))
    line = place(lengths, values)
    painter.setPen(QPen(theme.color("direction"), 2.2))
    for part in runs(line, np.isfinite(values)):
        painter.drawPolyline(polygon(part))
    bounds = [(trial.length, trial.bound) for trial in trials if math.isfinite(trial.bound)]
    if bounds:
        slope = (bounds[-1][1] - base) / bounds[-1][0]
        line = place(lengths, slope * lengths)
        painter.setPen(QPen(theme.color("warning"), 1.6, Qt.PenStyle.DashLine))
        painter.drawPolyline(polygon(line))
    done = {s.number for s in trace.steps[:position] if s.phase is DescentPhase.TRIAL}
    for number, trial in enumerate(trials):
        if number in done and math.isfinite(trial.value):
            ink = theme.color("success" if trial.accepted else "error")
            u, v = place(np.array([trial.length]), np.array([trial.value - base]))[0].tolist()
            painter.setPen(QPen(ink, 2.0))
            painter.setBrush(ink if trial.accepted else theme.color("panel"))
            # What lies above the picture stands at its edge.
            v = min(max(v, inner.top() + 5.0), inner.bottom() - 5.0)
            painter.drawEllipse(QPointF(u, v), 4.5, 4.5)
    painter.restore()


def _labels(low: float, high: float, count: float, log: bool = False) -> list[tuple[float, str]]:
    places = ticks(low, high, max(2, int(count)), log)
    return list(zip(places, tick_texts(places, log), strict=True))
