"""The table of difference quotients: h, slope, error, from both sides."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from engine.numbers import shown
from engine.session.derivative import APPROACHES, DIVISORS, Study, study
from engine.session.slots import DerivativeLook
from engine.table import Table
from gui import theme
from gui.formula import symbol_path
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.painted import PaintedView

ROW = 24.0
HEADER = 42.0
MARGIN = 12.0
FORMULA = 15.0


@dataclass(frozen=True, slots=True)
class Row:
    """One h with the quotient from either side and its error; NaN where there is none."""

    step: float
    left: float
    left_error: float
    right: float
    right_error: float


def rows_of(own: Study, first: float, divisor: float, count: int) -> tuple[Row, ...]:
    """The table for h falling from ``first``, divided each time."""
    steps = first / divisor ** np.arange(count + 1)
    columns = [steps]
    for side in (-1.0, 1.0):
        at = own.point + side * steps
        with np.errstate(all="ignore"):
            # What is divided by is the step as it comes out: a step lost in rounding gives NaN.
            slopes = (own.curve(at) - own.value) / np.where(at == own.point, np.nan, at - own.point)
        columns += [slopes, slopes - own.slope]
    return tuple(Row(*row) for row in zip(*(c.tolist() for c in columns), strict=True))


class QuotientView(PaintedView):
    """One row a step of h; the row of the moment stands out. A click on a row goes there."""

    key = "quotients"
    title = mark("Difference quotients")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, Aspect.SLOTS, parent)
        self._rows: tuple[Row, ...] = ()
        self._study: Study | None = None
        self._current = 0
        self._scroll = 0.0
        self.header.hide()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows on show."""
        self._follower.catch_up()
        return self._rows

    @property
    def current(self) -> int:
        """Number of the row of the moment."""
        return self._current

    def refresh(self) -> None:
        slot, look = self._store.document.derivative, self._store.view.derivative_lab
        pace = _pace(look)
        self._study = study(slot)
        self._rows = rows_of(self._study, slot.step, DIVISORS[pace], APPROACHES[pace])
        self._current = min(look.approach if look.time in DIVISORS else 0, len(self._rows) - 1)
        self._show_current()

    def _show_current(self) -> None:
        room = max(self.picture_area().height() - HEADER, ROW)
        top, bottom = self._current * ROW, (self._current + 2) * ROW
        self._scroll = min(max(self._scroll, bottom - room, 0.0), max(top - ROW, 0.0))
        self._hold_scroll()

    def _hold_scroll(self) -> None:
        room = max(self.picture_area().height() - HEADER, ROW)
        most = max(len(self._rows) * ROW + 6.0 - room, 0.0)
        self._scroll = min(max(self._scroll, 0.0), most)

    # ---------------------------------------------------------------------------------- intents

    def go_to(self, row: int) -> None:
        """Let h be that of a row."""
        if 0 <= row < len(self._rows):
            pace = _pace(self._store.view.derivative_lab)
            self._store.look_in("derivative_lab", time=pace, approach=row)

    def _row_at(self, y: float) -> int:
        top = self.picture_area().top() + HEADER - self._scroll
        return int((y - top) // ROW) if y >= self.picture_area().top() + HEADER else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.go_to(self._row_at(event.position().y()))
        super().mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._scroll -= event.angleDelta().y() * ROW / 60.0
        self._hold_scroll()
        self.update()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self.go_to(self._current + steps[key])
        else:
            super().keyPressEvent(event)

    # ---------------------------------------------------------------------------------- drawing

    def paint(self, painter: QPainter, area: QRectF) -> None:
        exporting = area != self.picture_area()
        scroll = 0.0 if exporting else self._scroll
        edges = _columns(area)
        body = area.adjusted(0, HEADER, 0, 0)
        painter.save()
        painter.setClipRect(body)
        for number, row in enumerate(self._rows):
            top = body.top() + number * ROW - scroll
            if top + ROW >= body.top() and top <= body.bottom():
                line = QRectF(area.left(), top, area.width(), ROW)
                self._paint_row(painter, line, edges, row, number == self._current)
        painter.restore()
        self._paint_header(painter, QRectF(area.left(), area.top(), area.width(), HEADER), edges)

    def _paint_header(self, painter: QPainter, area: QRectF, edges: list[QRectF]) -> None:
        painter.fillRect(area, theme.color("panel"))
        entries = (
            ("h", "text"),
            (r"\frac{f(a) - f(a - h)}{h}", "secant"),
            ("", "muted"),
            (r"\frac{f(a + h) - f(a)}{h}", "secant"),
            ("", "muted"),
        )
        for (latex, token), edge in zip(entries, edges, strict=True):
            place = QRectF(edge.left(), area.top(), edge.width(), area.height() - 4)
            if latex:
                _paint_symbol(painter, latex, place, token)
            else:
                painter.setFont(_font(11))
                painter.setPen(theme.color("muted"))
                painter.drawText(place, _RIGHT, tr("error"))
        painter.setPen(theme.color("border"))
        painter.drawLine(
            QPointF(area.left() + 8, area.bottom() - 1),
            QPointF(area.right() - 8, area.bottom() - 1),
        )

    def _paint_row(
        self, painter: QPainter, line: QRectF, edges: list[QRectF], row: Row, current: bool
    ) -> None:
        if current:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("secant", 0.16))
            painter.drawRoundedRect(line.adjusted(6, 1, -6, -1), 4, 4)
            painter.setBrush(theme.color("secant"))
            painter.drawRoundedRect(QRectF(line.left() + 6, line.top() + 4, 3, ROW - 8), 1.5, 1.5)
        painter.setFont(_font(12, current))
        font = painter.font()
        values = (row.step, row.left, row.left_error, row.right, row.right_error)
        for number, (value, edge) in enumerate(zip(values, edges, strict=True)):
            is_error = number in (2, 4)
            known = math.isfinite(value)
            text = _fitting(value, edge.width(), font, 2 if is_error else 6) if known else "–"
            painter.setPen(theme.color("muted" if is_error or not known else "text"))
            painter.drawText(QRectF(edge.left(), line.top(), edge.width(), ROW), _RIGHT, text)

    def table(self) -> Table:
        """One row a step: h, and from either side the quotient and its error."""
        columns = ("h", "quotient_left", "error_left", "quotient_right", "error_right")
        rows = [astuple(row) for row in self.rows]
        return Table(columns, [tuple(_cell(value) for value in row) for row in rows])


def _fitting(value: float, width: float, font: QFont, digits: int) -> str:
    """A number with as many digits as there is room for."""
    metrics = QFontMetricsF(font)
    text = ""
    for count in range(digits, 1, -1):
        text = shown(float(f"{value:.{count - 1}e}"))
        if metrics.horizontalAdvance(text) <= width:
            break
    return text


def _cell(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _pace(look: DerivativeLook) -> str:
    """By which steps h falls; also while time steps through the rules."""
    return look.time if look.time in DIVISORS else "halve"


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _columns(area: QRectF) -> list[QRectF]:
    """The places of the five columns."""
    shares = (0.22, 0.22, 0.17, 0.22, 0.17)
    width = area.width() - 2 * MARGIN
    left, found = area.left() + MARGIN, []
    for share in shares:
        found.append(QRectF(left, area.top(), share * width - 8.0, area.height()))
        left += share * width
    return found


def _font(pixels: int, bold: bool = False) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


def _paint_symbol(painter: QPainter, latex: str, place: QRectF, token: str) -> None:
    path, advance, ascent, descent = symbol_path(latex, FORMULA)
    factor = min(1.0, place.width() / max(advance, 1.0))
    painter.save()
    painter.translate(
        place.right() - factor * advance, place.center().y() + factor * (ascent - descent) / 2
    )
    painter.scale(factor, factor)
    painter.fillPath(path, theme.color(token))
    painter.restore()
