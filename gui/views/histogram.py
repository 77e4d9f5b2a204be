"""How the weights, or their gradients, are spread: one histogram a layer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from engine.network import Vector
from engine.numbers import shown
from engine.table import Table
from gui import theme
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.contour_items import small_font
from gui.views.painted import PaintedView, Segments, parameters_on_screen
from gui.views.plane_map import round_up

LEAST_CELL = (128.0, 86.0)
"""A histogram needs so many pixels across and up."""


FEW = 24


@dataclass(frozen=True, eq=False)
class Histogram:
    """The numbers of one layer, counted.

    Attributes
    ----------
    layer
        Number of the layer, from 1.
    values
        (n,) the weights, or their gradients.
    biases
        (k,) those of the biases; empty: none, or not asked for.
    start
        (n,) the weights before the first iteration, to compare with; empty: not known.
    edges
        (bins + 1,) from −reach to reach, 0 among them.
    """

    layer: int
    values: Vector
    biases: Vector
    start: Vector
    edges: Vector

    @classmethod
    def of(cls, layer: int, values: Vector, biases: Vector, start: Vector) -> Histogram:
        """Choose the range and the number of bins, so that both change only now and then."""
        everything = np.concatenate([values, biases, start])
        finite = everything[np.isfinite(everything)]
        largest = float(np.abs(finite).max()) if finite.size else 1.0
        reach = round_up(largest * 1.0000001) if largest > 0.0 else 1.0
        bins = 16 if len(values) <= 16 else 24 if len(values) <= 128 else 40
        return cls(layer, values, biases, start, np.linspace(-reach, reach, bins + 1))

    def counts(self, values: Vector) -> Vector:
        """How many of some values fall into each bin."""
        return np.histogram(values[np.isfinite(values)], self.edges)[0].astype(float)

    @property
    def reach(self) -> float:
        """The end of the scale."""
        return float(self.edges[-1])

    @property
    def mean(self) -> float:
        """Mean of the values."""
        return float(self.values.mean())

    @property
    def deviation(self) -> float:
        """Standard deviation of the values, that of the whole population."""
        return float(self.values.std())


class HistogramView(PaintedView):
    """Small multiples, one a layer: bars for now, an outline for the start of the run."""

    key: ClassVar[str] = "weights"
    title: ClassVar[str] = mark("Weights")
    own_keys: ClassVar[frozenset[Qt.Key]] = frozenset({Qt.Key.Key_G, Qt.Key.Key_B})

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, Aspect.MOMENT | Aspect.EXPERIMENT, parent)
        self._histograms: tuple[Histogram, ...] = ()
        self.kinds = Segments(
            (
                ("weights", mark("Weights"), mark("Show the weights (G)")),
                ("gradients", mark("Gradients"), mark("Show the gradients of the batch (G)")),
            ),
            "weights",
            self.header,
        )
        self.kinds.chosen.connect(self._changed)
        self.biases = QToolButton(self.header)
        self.biases.setCheckable(True)
        bind(self.biases, "setText", "Biases")
        for setter in ("setToolTip", "setAccessibleName"):
            bind(self.biases, setter, mark("Show the biases too (B)"))
        self.biases.toggled.connect(self._changed)
        self._row.addWidget(self.kinds)
        self._row.addWidget(self.biases)
        self.end_header()
        self.readout = self._read
        bind(self, "setAccessibleName", "Weights")

    # ----------------------------------------------------------------------- what is shown

    @property
    def histograms(self) -> tuple[Histogram, ...]:
        """What is drawn, one a layer."""
        return self._histograms

    def _changed(self, _: object) -> None:
        self._follower.mark()

    def refresh(self) -> None:
        """Read the store again."""
        moment = self._store.moment
        experiment = moment.segment.training.experiment
        architecture, layout = experiment.architecture, experiment.architecture.layout
        gradients = self.kinds.current == "gradients"
        vector = moment.trace.gradient if gradients else parameters_on_screen(self._store)
        start = None
        first = moment.run.segments[0]
        if not gradients and first.training.experiment.architecture.widths == architecture.widths:
            start = first.state.parameters
        self.biases.setEnabled(any(layer.bias for layer in architecture.layers))
        with_biases = self.biases.isChecked()
        nothing = np.empty(0)
        made = []
        for number, slots in enumerate(layout.slots, 1):
            biases = vector[slots.bias] if with_biases else nothing
            before = nothing if start is None else start[slots.weights]
            if start is not None and moment.state.iteration == first.start:
                before = nothing
            made.append(Histogram.of(number, vector[slots.weights], biases, before))
        self._histograms = tuple(made)

    def table(self) -> Table:
        """One row a bin of a layer: its edges and how many weights lie in it."""
        self._follower.catch_up()
        rows: list[tuple[object, ...]] = []
        for histogram in self._histograms:
            counts = histogram.counts(histogram.values)
            for index, count in enumerate(counts.tolist()):
                low, high = histogram.edges[index : index + 2].tolist()
                rows.append((histogram.layer, low, high, int(count)))
        return Table(("layer", "from", "to", "count"), tuple(rows))

    # ------------------------------------------------------------------------------ drawing

    def cells(self, area: QRectF) -> list[QRectF]:
        """Where each layer's histogram stands; fewer than there are layers if they do not fit."""
        count = len(self._histograms)
        inner = area.adjusted(8.0, 2.0, -8.0, -4.0)
        columns_most = max(1, int(inner.width() / LEAST_CELL[0]))
        rows_most = max(1, int(inner.height() / LEAST_CELL[1]))
        if count > columns_most * rows_most:
            inner.setBottom(inner.bottom() - 14.0)
            rows_most = max(1, int(inner.height() / LEAST_CELL[1]))
            count = columns_most * rows_most

        def shape(columns: int) -> float:
            rows = math.ceil(count / columns)
            return abs(math.log((inner.width() / columns) / (inner.height() / rows) / 1.7))

        possible = [c for c in range(1, columns_most + 1) if math.ceil(count / c) <= rows_most]
        columns = min(possible or [columns_most], key=shape)
        rows = math.ceil(count / columns)
        width, height = inner.width() / columns, inner.height() / rows
        return [
            QRectF(
                inner.left() + index % columns * width,
                inner.top() + index // columns * height,
                width,
                height,
            ).adjusted(4.0, 2.0, -4.0, -2.0)
            for index in range(count)
        ]

    def paint(self, painter: QPainter, area: QRectF) -> None:
        cells = self.cells(area)
        for histogram, cell in zip(self._histograms, cells, strict=False):
            self._draw(painter, histogram, cell)
        left_out = len(self._histograms) - len(cells)
        if left_out > 0:
            painter.setFont(small_font())
            painter.setPen(theme.color("muted"))
            text = tr("… and {0} more layers").format(left_out)
            painter.drawText(QPointF(area.left() + 12.0, area.bottom() - 5.0), text)

    def frame(self, cell: QRectF) -> QRectF:
        """Where the bars stand in a cell."""
        head = 31.0 if cell.height() >= 92.0 else 16.0
        return cell.adjusted(4.0, head, -4.0, -24.0)

    def _draw(self, painter: QPainter, histogram: Histogram, cell: QRectF) -> None:
        frame = self.frame(cell)
        self._draw_head(painter, histogram, cell)
        counts = histogram.counts(histogram.values)
        most = max(
            float(counts.max()),
            float(histogram.counts(histogram.start).max()) if histogram.start.size else 0.0,
            1.0,
        )
        self._draw_bars(painter, histogram, frame, counts / most)
        if histogram.start.size:
            shares = histogram.counts(histogram.start) / most
            _draw_steps(painter, frame, shares, "muted", Qt.PenStyle.DotLine)
        if histogram.biases.size:
            shares = histogram.counts(histogram.biases)
            _draw_steps(painter, frame, shares / max(most, shares.max()), "update")
        if len(histogram.values) <= FEW:
            self._draw_rug(painter, histogram, frame)
        self._draw_axis(painter, histogram, frame)

    def _draw_rug(self, painter: QPainter, histogram: Histogram, frame: QRectF) -> None:
        """A few weights are told one by one as well, by a stroke each."""
        painter.setPen(QPen(theme.color("text"), 1.0))
        for value in histogram.values[np.isfinite(histogram.values)].tolist():
            x = frame.center().x() + value / histogram.reach * frame.width() / 2
            painter.drawLine(QPointF(x, frame.bottom() - 5.0), QPointF(x, frame.bottom()))

    def _draw_head(self, painter: QPainter, histogram: Histogram, cell: QRectF) -> None:
        font = small_font()
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        architecture = self._store.experiment.architecture
        fan_in, fan_out = architecture.widths[histogram.layer - 1 : histogram.layer + 1]
        name = tr("layer {0}").format(histogram.layer)
        base = cell.top() + metrics.ascent()
        painter.setPen(theme.color("text"))
        painter.drawText(QPointF(cell.left() + 4.0, base), name)
        x = cell.left() + 4.0 + metrics.horizontalAdvance(name) + 8.0
        painter.setFont(small_font(10))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(theme.color("muted"))
        size = f"{fan_in} × {fan_out}"
        painter.drawText(QPointF(x, base), size)
        if histogram.layer == 1 and histogram.start.size:
            note = tr("dotted: start")
            left = cell.right() - 4.0 - metrics.horizontalAdvance(note)
            if left > x + metrics.horizontalAdvance(size) + 8.0:
                painter.drawText(QPointF(left, base), note)
        if cell.height() >= 92.0:
            text = tr("mean {0}, deviation {1}")
            text = text.format(shown(histogram.mean, 3), shown(histogram.deviation, 3))
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, cell.width() - 6.0)
            painter.drawText(QPointF(cell.left() + 4.0, base + metrics.height() + 1.0), text)

    def _draw_bars(
        self, painter: QPainter, histogram: Histogram, frame: QRectF, shares: Vector
    ) -> None:
        width = frame.width() / len(shares)
        painter.setPen(Qt.PenStyle.NoPen)
        for index, share in enumerate(shares.tolist()):
            if share <= 0.0:
                continue
            positive = index >= len(shares) / 2
            painter.setBrush(theme.color("positive" if positive else "negative", 0.9))
            height = max(share * frame.height(), 1.5)
            left = frame.left() + index * width
            gap = min(1.0, 0.15 * width)
            painter.drawRect(QRectF(left + gap / 2, frame.bottom() - height, width - gap, height))

    def _draw_axis(self, painter: QPainter, histogram: Histogram, frame: QRectF) -> None:
        middle, reach = frame.center().x(), histogram.reach
        painter.setPen(QPen(theme.color("control"), 1.0))
        painter.drawLine(frame.bottomLeft(), frame.bottomRight())
        painter.drawLine(QPointF(middle, frame.top()), QPointF(middle, frame.bottom() + 3.0))
        # Mean and deviation as a dot with two arms, under the bars.
        scale = frame.width() / (2.0 * reach)
        centre = middle + histogram.mean * scale
        arm = histogram.deviation * scale
        y = frame.bottom() + 6.0
        if math.isfinite(centre) and math.isfinite(arm):
            ends = (max(centre - arm, frame.left()), min(centre + arm, frame.right()))
            painter.setPen(QPen(theme.color("text"), 1.6))
            painter.drawLine(QPointF(ends[0], y), QPointF(ends[1], y))
            painter.setBrush(theme.color("text"))
            painter.drawEllipse(QPointF(centre, y), 2.4, 2.4)
        painter.setFont(small_font(10))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(theme.color("muted"))
        base = frame.bottom() + 11.0 + metrics.ascent()
        for place, value in ((frame.left(), -reach), (middle, 0.0), (frame.right(), reach)):
            text = shown(value)
            width = metrics.horizontalAdvance(text)
            x = min(max(place - width / 2, frame.left()), frame.right() - width)
            painter.drawText(QPointF(x, base), text)

    # ------------------------------------------------------------------------ pointer, keys

    def _read(self, x: float, y: float) -> str | None:
        cells = self.cells(self.picture_area())
        for histogram, cell in zip(self._histograms, cells, strict=False):
            if not cell.contains(QPointF(x, y)):
                continue
            frame = self.frame(cell)
            bins = len(histogram.edges) - 1
            index = math.floor((x - frame.left()) / frame.width() * bins)
            lines = [
                tr("layer {0}").format(histogram.layer),
                tr("mean {0}, deviation {1}").format(
                    shown(histogram.mean), shown(histogram.deviation)
                ),
            ]
            finite = histogram.values[np.isfinite(histogram.values)]
            if finite.size:
                ends = shown(float(finite.min())), shown(float(finite.max()))
                lines.append(tr("from {0} to {1}").format(*ends))
            if 0 <= index < bins:
                count = int(histogram.counts(histogram.values)[index])
                low, high = histogram.edges[index : index + 2].tolist()
                text = tr("{0} of {1} between {2} and {3}")
                lines.append(text.format(count, len(histogram.values), shown(low), shown(high)))
            return "\n".join(lines)
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_G and not event.modifiers():
            self.kinds.choose("weights" if self.kinds.current == "gradients" else "gradients")
            self._follower.mark()
        elif event.key() == Qt.Key.Key_B and not event.modifiers() and self.biases.isEnabled():
            self.biases.toggle()
        else:
            super().keyPressEvent(event)


def _draw_steps(
    painter: QPainter,
    frame: QRectF,
    shares: Vector,
    token: str,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """The outline of a histogram."""
    width = frame.width() / len(shares)
    corners = [frame.bottomLeft()]
    for index, share in enumerate(shares.tolist()):
        y = frame.bottom() - share * frame.height()
        left = frame.left() + index * width
        corners += [QPointF(left, y), QPointF(left + width, y)]
    corners.append(frame.bottomRight())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color(token), 1.4, style))
    painter.drawPolyline(QPolygonF(corners))
