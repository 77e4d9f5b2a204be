"""Which class is taken for which: the confusion matrix, with precision, recall and accuracy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.network import Vector
from engine.numbers import shown
from engine.table import Table
from engine.training import Experiment
from gui import palette, theme
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.contour_items import small_font
from gui.views.outcomes import Confusion, confusion
from gui.views.painted import PaintedView, Segments, parameters_on_screen

SIDEWAYS = 30.0
"""Pixels that the word beside the rows takes, gaps included."""
LONGEST_NAME = 90.0
LISTED = 6
"""Samples of a cell that the read-out names."""


@dataclass(frozen=True)
class Grid:
    """Where the cells stand: the corner of the first one, their size and number."""

    left: float
    top: float
    width: float
    height: float
    classes: int
    recall: float
    precision: float

    def cell(self, true: int, predicted: int) -> QRectF:
        """The rectangle of a cell."""
        x, y = self.left + predicted * self.width, self.top + true * self.height
        return QRectF(x, y, self.width, self.height)

    def at(self, x: float, y: float) -> tuple[int, int] | None:
        """(true class, predicted class) at a point."""
        column = math.floor((x - self.left) / self.width)
        row = math.floor((y - self.top) / self.height)
        inside = 0 <= row < self.classes and 0 <= column < self.classes
        return (row, column) if inside else None


class ConfusionView(PaintedView):
    """True classes down, predicted ones across; a click on a cell focuses one of its samples."""

    key: ClassVar[str] = "confusion"
    title: ClassVar[str] = mark("Confusion matrix")
    own_keys: ClassVar[frozenset[Qt.Key]] = frozenset(
        {Qt.Key.Key_T, Qt.Key.Key_Return, Qt.Key.Key_Enter}
    )

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        aspects = Aspect.MOMENT | Aspect.EXPERIMENT | Aspect.VIEW
        super().__init__(store, aspects, parent)
        self._known: tuple[Experiment, Vector, str, Confusion] | None = None
        self._cell: tuple[int, int] | None = None
        self.parts = Segments(
            (
                ("train", mark("Train"), mark("Count the training samples (T)")),
                ("test", mark("Test"), mark("Count the held-out samples (T)")),
            ),
            "test",
            self.header,
        )
        self.parts.chosen.connect(self._part_chosen)
        self._row.addWidget(self.parts)
        self.end_header()
        self.readout = self._read
        bind(self, "setAccessibleName", "Confusion matrix")

    # ----------------------------------------------------------------------- what is shown

    @property
    def confusion(self) -> Confusion | None:
        """The counts on screen; None where there are no classes."""
        return None if self._known is None else self._known[3]

    def refresh(self) -> None:
        """Read the store again."""
        experiment = self._store.experiment
        dataset = experiment.dataset
        if dataset.task != "classification":
            self._known = None
            return
        has_test = bool(len(dataset.test))
        self.parts.buttons["test"].setEnabled(has_test)
        part = self.parts.current if has_test else "train"
        if not has_test:
            self.parts.choose("train")
        parameters = parameters_on_screen(self._store)
        known = self._known
        if (
            known is not None
            and known[0] is experiment
            and known[1] is parameters
            and known[2] == part
        ):
            return
        rows = dataset.test if part == "test" else dataset.train
        self._known = experiment, parameters, part, confusion(experiment, parameters, rows)

    def _part_chosen(self, _: str) -> None:
        self._follower.mark()

    def table(self) -> Table:
        """One row a cell: true class, predicted class, count, share of the true class."""
        self._follower.catch_up()
        counted = self.confusion
        columns = ("true", "predicted", "count", "share")
        if counted is None:
            return Table(columns, ())
        names = self._store.experiment.dataset.classes
        rows = [
            (names[i], names[j], int(counted.counts[i, j]), _or_none(float(counted.shares[i, j])))
            for i in range(counted.classes)
            for j in range(counted.classes)
        ]
        return Table(columns, tuple(rows))

    # ------------------------------------------------------------------------------ drawing

    def grid(self, area: QRectF) -> Grid:
        """Where the cells stand in an area."""
        counted = self.confusion
        names = self._store.experiment.dataset.classes
        classes = counted.classes if counted is not None else 1
        metrics = QFontMetricsF(small_font())
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0.0)
        left = SIDEWAYS + min(longest, 0.22 * area.width(), LONGEST_NAME)
        share = metrics.horizontalAdvance("100 %") + 14.0
        recall = share if area.width() >= 260 else 8.0
        precision = 22.0 if area.height() >= 150 else 6.0
        top = 58.0
        width = min((area.width() - left - recall - 4.0) / classes, 180.0)
        height = min((area.height() - top - precision - 4.0) / classes, 100.0)
        spare = area.width() - left - recall - 4.0 - classes * width
        below = area.height() - top - precision - 4.0 - classes * height
        return Grid(
            area.left() + left + max(spare / 2, 0.0),
            area.top() + top + max(below / 3, 0.0),
            max(width, 1.0),
            max(height, 1.0),
            classes,
            recall,
            precision,
        )

    def paint(self, painter: QPainter, area: QRectF) -> None:
        counted = self.confusion
        painter.setFont(small_font())
        if counted is None:
            painter.setPen(theme.color("muted"))
            text = tr("Only a classification has classes to confuse")
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(area.adjusted(12, 12, -12, -12), int(flags), text)
            return
        grid = self.grid(area)
        self._draw_headline(painter, area, counted)
        self._draw_names(painter, grid)
        for true in range(grid.classes):
            for predicted in range(grid.classes):
                self._draw_cell(painter, grid, counted, true, predicted)
        self._draw_margins(painter, grid, counted)
        self._draw_outlines(painter, grid, counted)

    def _draw_headline(self, painter: QPainter, area: QRectF, counted: Confusion) -> None:
        font = small_font(12)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        base = area.top() + 6.0 + metrics.ascent()
        text = tr("accuracy {0}").format(_percent(counted.accuracy))
        painter.setPen(theme.color("text"))
        painter.drawText(QPointF(area.left() + 10.0, base), text)
        right = int(np.trace(counted.counts))
        part = tr("{0} of {1} right").format(right, counted.total)
        x = area.left() + 10.0 + metrics.horizontalAdvance(text) + 12.0
        painter.setFont(small_font())
        painter.setPen(theme.color("muted"))
        painter.drawText(QPointF(x, base), part)

    def _draw_names(self, painter: QPainter, grid: Grid) -> None:
        names = self._store.experiment.dataset.classes
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        painter.setPen(theme.color("muted"))
        above = QRectF(grid.left, grid.top - 34.0, grid.classes * grid.width, 15.0)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, tr("predicted"))
        beside = QRectF(0, 0, grid.classes * grid.height, 15.0)
        painter.save()
        painter.translate(grid.left - self._names_width(grid) - 24.0, grid.top + beside.width())
        painter.rotate(-90.0)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, tr("true"))
        painter.restore()
        painter.setPen(theme.color("text"))
        # Where there are very many classes, some of them go without a name.
        across, down = (math.ceil(10.0 / size) for size in (grid.width, grid.height))
        for index, name in enumerate(names):
            column = QRectF(grid.cell(0, index).left(), grid.top - 18.0, grid.width, 16.0)
            if index % across == 0:
                room = grid.width * across - 2.0
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
                painter.drawText(column, Qt.AlignmentFlag.AlignCenter, text)
            if index % down == 0:
                row, width = grid.cell(index, 0), self._names_width(grid)
                text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)
                room_left = QRectF(row.left() - width - 6.0, row.top(), width, row.height())
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(room_left, flags | Qt.TextFlag.TextDontClip, text)

    def _names_width(self, grid: Grid) -> float:
        metrics = QFontMetricsF(small_font())
        names = self._store.experiment.dataset.classes
        longest = max(metrics.horizontalAdvance(name) for name in names)
        return min(longest, max(grid.left - SIDEWAYS, 8.0), LONGEST_NAME)

    def _draw_cell(
        self, painter: QPainter, grid: Grid, counted: Confusion, true: int, predicted: int
    ) -> None:
        count = int(counted.counts[true, predicted])
        share = float(counted.shares[true, predicted])
        cell = grid.cell(true, predicted).adjusted(0.5, 0.5, -0.5, -0.5)
        ground = cell_color(true == predicted, share)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(cell, 2.0, 2.0)
        if not count or cell.height() < 9.0 or cell.width() < 9.0:
            return
        painter.setPen(ink_for(ground))
        size = int(min(15.0, max(8.0, 0.5 * cell.height())))
        font = small_font(size)
        while size > 7 and QFontMetricsF(font).horizontalAdvance(str(count)) > cell.width() - 3.0:
            size -= 1
            font = small_font(size)
        percent = tr("{0} %").format(shown(round(100.0 * share, 1)))
        below = small_font(10)
        fits = QFontMetricsF(below).horizontalAdvance(percent) <= cell.width() - 4.0
        if cell.height() >= 34.0 and fits:
            middle = cell.center().y()
            upper = QRectF(cell.left(), cell.top(), cell.width(), middle - cell.top() + 4.0)
            lower = QRectF(cell.left(), middle + 1.0, cell.width(), cell.bottom() - middle - 1.0)
            painter.setFont(below)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
            painter.drawText(lower, flags, percent)
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
            painter.drawText(upper, flags, str(count))
        else:
            painter.setFont(font)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(count))

    def _draw_margins(self, painter: QPainter, grid: Grid, counted: Confusion) -> None:
        painter.setFont(small_font(10))
        painter.setPen(theme.color("muted"))
        metrics = QFontMetricsF(painter.font())
        right = grid.left + grid.classes * grid.width
        bottom = grid.top + grid.classes * grid.height
        if grid.recall > 20.0 and grid.height >= metrics.height() - 3.0:
            head = QRectF(right + 2.0, grid.top - 18.0, grid.recall, 16.0)
            painter.drawText(head, Qt.AlignmentFlag.AlignCenter, tr("recall"))
            for index, value in enumerate(counted.recall.tolist()):
                room = QRectF(right + 2.0, grid.cell(index, 0).top(), grid.recall, grid.height)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, _percent(value))
        if grid.precision > 10.0:
            self._draw_precision(painter, grid, counted, right, bottom + 3.0)

    def _draw_precision(
        self, painter: QPainter, grid: Grid, counted: Confusion, right: float, top: float
    ) -> None:
        texts = [_percent(value) for value in counted.precision.tolist()]
        metrics = QFontMetricsF(painter.font())
        if max(metrics.horizontalAdvance(text) for text in texts) > grid.width:
            # Whole numbers, and the sign only once.
            painter.setFont(small_font(9))
            metrics = QFontMetricsF(painter.font())
            texts = [
                "–" if math.isnan(value) else str(round(100.0 * value))
                for value in counted.precision.tolist()
            ]
        if metrics.horizontalAdvance("100") > grid.width - 1.0:
            return
        for index, text in enumerate(texts):
            room = QRectF(grid.cell(0, index).left(), top, grid.width, 16.0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        if grid.recall > 20.0:
            painter.setFont(small_font(10))
            room = QRectF(right + 2.0, top, grid.recall, 16.0)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, tr("precision"))

    def _draw_outlines(self, painter: QPainter, grid: Grid, counted: Confusion) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        focused = self.cell_of(self._store.view.focus)
        if focused is not None:
            painter.setPen(QPen(theme.color("panel"), 4.0))
            painter.drawRoundedRect(grid.cell(*focused), 3.0, 3.0)
            painter.setPen(QPen(theme.color("accent"), 2.0))
            painter.drawRoundedRect(grid.cell(*focused), 3.0, 3.0)
        if self._cell is not None and self._by_keyboard and self.hasFocus():
            painter.setPen(QPen(theme.color("text"), 1.6, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(grid.cell(*self._cell).adjusted(3, 3, -3, -3), 2.0, 2.0)

    # ------------------------------------------------------------------------------ samples

    def cell_of(self, row: int | None) -> tuple[int, int] | None:
        """The cell that counts a row of the data set; None where it is not counted."""
        counted = self.confusion
        if counted is None or row is None:
            return None
        found = np.flatnonzero(counted.rows == row)
        if not found.size:
            return None
        return int(counted.true[found[0]]), int(counted.predicted[found[0]])

    def look_at(self, cell: tuple[int, int]) -> None:
        """Focus the next sample of a cell."""
        counted = self.confusion
        if counted is None:
            return
        rows = counted.samples(*cell).tolist()
        if not rows:
            return
        focus = self._store.view.focus
        position = rows.index(focus) + 1 if focus in rows else 0
        self._store.look(focus=rows[position % len(rows)])

    def _read(self, x: float, y: float) -> str | None:
        counted = self.confusion
        if counted is None:
            return None
        cell = self.grid(self.picture_area()).at(x, y)
        if cell is None:
            return None
        names = self._store.experiment.dataset.classes
        true, predicted = names[cell[0]], names[cell[1]]
        count, share = int(counted.counts[cell]), float(counted.shares[cell])
        lines = [tr("true {0}, predicted {1}").format(true, predicted)]
        text = tr("{0} samples, {1} of this class")
        lines.append(text.format(count, _percent(share)))
        rows = counted.samples(*cell)[:LISTED].tolist()
        if rows:
            listed = ", ".join(str(row + 1) for row in rows) + (" …" if count > LISTED else "")
            lines.append(tr("samples {0} (click for the next)").format(listed))
        return "\n".join(lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self.confusion is None:
            return
        place = event.position()
        cell = self.grid(self.picture_area()).at(place.x(), place.y())
        if cell is not None:
            self._cell = cell
            self.look_at(cell)

    def turn_by(self, right: int, up: int) -> None:
        """Arrow keys walk over the cells; Return looks at the next sample of one."""
        counted = self.confusion
        if counted is None:
            return
        row, column = self._cell or (0, 0)
        if self._cell is not None:
            row, column = row - up, column + right
        last = counted.classes - 1
        self._cell = min(max(row, 0), last), min(max(column, 0), last)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cell is not None:
            self.look_at(self._cell)
        elif event.key() == Qt.Key.Key_T and self.parts.buttons["test"].isEnabled():
            self.parts.choose("train" if self.parts.current == "test" else "test")
            self._follower.mark()
        else:
            super().keyPressEvent(event)


def cell_color(right: bool, share: float) -> QColor:
    """Blue for what is right, orange for what is not, the stronger the larger the share."""
    panel = palette.channels(theme.tokens["panel"])
    strong = palette.channels(theme.tokens["positive" if right else "negative"])
    empty = palette.channels(theme.tokens["hover"])
    if not share > 0.0:
        mixed = [round(a + 0.5 * (b - a)) for a, b in zip(panel, empty, strict=True)]
        return QColor(*mixed)
    # Few mistakes should still be seen, so the root of their share counts.
    weight = 0.1 + 0.75 * (share if right else math.sqrt(share))
    return QColor(*(round(a + weight * (b - a)) for a, b in zip(panel, strong, strict=True)))


def ink_for(ground: QColor) -> QColor:
    """Black or white, whichever stands out more from a colour."""
    name = ground.name()
    best = max(("#000000", "#FFFFFF"), key=lambda ink: palette.contrast(ink, name))
    return QColor(best)


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else tr("{0} %").format(shown(round(100.0 * share, 1)))


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
