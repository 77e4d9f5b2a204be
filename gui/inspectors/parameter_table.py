"""All parameters of the network in a table: the accessible mirror of the canvas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from engine.errors import NablaError
from engine.table import Table
from gui import theme
from gui.i18n import bind, mark, tr
from gui.inspectors.number_field import message_label
from gui.inspectors.parameter_list import ROW_HEIGHT, ParameterList
from gui.inspectors.parameter_model import HEADERS, STATE, ParameterModel
from gui.inspectors.parameters import numbers
from gui.state.store import Aspect, Store
from gui.views.view import View
from gui.wording import describe

PAINTED_COLUMNS = (0.26, 0.29, 0.29, 0.16)
MARGIN = 12.0


class ParameterTable(View):
    """Name, value, gradient and state of each parameter; the selection is that of all views."""

    key: ClassVar[str] = "parameters"
    title: ClassVar[str] = mark("Parameters")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._stale = True
        self._error: NablaError | None = None
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        bind(self.search, "setPlaceholderText", "Find by name, such as w1_2 or b2")
        bind(self.search, "setAccessibleName", "Find a parameter by its name")
        bind(self.search, "setToolTip", "Find a parameter by its exported name")
        self.list = ParameterList(store)
        bind(
            self.list,
            "setToolTip",
            "Type or press F2 to change a value, F freezes, Delete cuts a connection",
        )
        self.message = message_label(self)
        line = QHBoxLayout()
        line.setContentsMargins(8, 8, 8, 0)
        line.addWidget(self.search)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(line)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.message)
        self.setFocusProxy(self.list)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(120)
        self._typing.timeout.connect(self._search)
        self.search.textChanged.connect(self._typed)
        self.list.refused.connect(self._tell)
        store.changed.connect(self._on_changed)

    # ------------------------------------------------------------------------------- following

    def _on_changed(self, aspects: Aspect) -> None:
        if not self.isVisible():
            self._stale = True
            return
        if aspects & (Aspect.MOMENT | Aspect.EXPERIMENT):
            self.list.take()
        elif aspects & Aspect.VIEW:
            self.list.parameters.take()
        if aspects & Aspect.SELECTION:
            self.list.take_selection()

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self._stale = False
            self.list.take()
        super().showEvent(event)

    def reword(self) -> None:
        self.list.parameters.reword()
        self._word()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Leave the screen to the widgets."""

    def _typed(self) -> None:
        self._typing.start()

    def _search(self) -> None:
        self.list.parameters.search(self.search.text())
        self.list.take_selection()

    def _tell(self, error: NablaError | None) -> None:
        self._error = error
        self._word()

    def _word(self) -> None:
        self.message.setText("" if self._error is None else describe(self._error))
        self.message.setVisible(self._error is not None)

    # ----------------------------------------------------------------------------------- export

    def table(self) -> Table:
        known = numbers(self._store)
        architecture = self._store.experiment.architecture
        cut, frozen = set(architecture.cut_indices), set(architecture.frozen_indices)
        rows: list[tuple[object, ...]] = []
        for index, name in enumerate(architecture.layout.names):
            gradient = float(known.gradient[index])
            state = "cut" if index in cut else "frozen" if index in frozen else ""
            rows.append(
                (
                    name,
                    float(known.values[index]),
                    None if math.isnan(gradient) else gradient,
                    state,
                )
            )
        return Table(("name", "value", "gradient", "state"), rows)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        model = ParameterModel(self._store)
        model.take()
        inner = area.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        fitting = max(int(inner.height() // ROW_HEIGHT) - 1, 0)
        count = model.rowCount()
        shown = count if count <= fitting else max(fitting - 1, 0)
        painter.setPen(theme.color("muted"))
        for place, column in _cells(inner, 0):
            painter.drawText(place, _side(column), tr(HEADERS[column]))
        under = inner.top() + ROW_HEIGHT
        painter.setPen(QPen(theme.color("control"), 1.0))
        painter.drawLine(round(inner.left()), round(under), round(inner.right()), round(under))
        for row in range(shown):
            for place, column in _cells(inner, row + 1):
                index = model.index(row, column)
                painter.setPen(model.data(index, Qt.ItemDataRole.ForegroundRole))
                painter.drawText(place, _side(column), str(model.data(index)))
        if shown < count:
            painter.setPen(theme.color("muted"))
            place, _ = next(_cells(inner, shown + 1))
            place.setRight(inner.right())
            text = tr("… and {0} more").format(count - shown)
            painter.drawText(place, _side(0), text)


def _cells(area: QRectF, row: int) -> Iterator[tuple[QRectF, int]]:
    """Place the cells of a row, the header being row 0."""
    left = area.left()
    for column, share in enumerate(PAINTED_COLUMNS):
        width = share * area.width()
        inset = 16.0 if column == STATE else 0.0
        yield (
            QRectF(left + inset, area.top() + row * ROW_HEIGHT, width - inset, ROW_HEIGHT),
            column,
        )
        left += width


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (1, 2) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
