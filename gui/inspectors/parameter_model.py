"""The parameters of the network as a table model that is never reset while training runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from engine.errors import NablaError
from engine.network import Architecture, Key
from engine.numbers import exact, shown
from gui import icons, theme
from gui.i18n import mark, tr
from gui.inspectors.parameters import check_value, in_words, numbers, symbol
from gui.inspectors.scales import parse_number
from gui.state.store import Store

Index = QModelIndex | QPersistentModelIndex
NAME, VALUE, GRADIENT, STATE = range(4)
HEADERS = (mark("Name"), mark("Value"), mark("Gradient"), mark("State"))
UNKNOWN = "–"

Rows = Callable[[Architecture], Iterable[int]]


class ParameterModel(QAbstractTableModel):
    """Reads values and gradients from the store when the view asks for them.

    Signals
    -------
    refused
        Emitted with the NablaError of a value that was not taken, with None when one was.
    """

    refused = Signal(object)

    def __init__(
        self, store: Store, parent: QObject | None = None, icons_only: bool = False
    ) -> None:
        super().__init__(parent)
        self._icons_only = icons_only
        self._store = store
        self._architecture: Architecture | None = None
        self._rows: list[int] = []
        self._chosen: Rows | None = None
        self._wanted = ""
        self._cut: frozenset[int] = frozenset()
        self._frozen: frozenset[int] = frozenset()

    # ---------------------------------------------------------------------------- what is shown

    def choose(self, rows: Rows | None) -> None:
        """Show only some parameters: ``rows(architecture)`` gives their indices."""
        self._chosen = rows
        self._architecture = None
        self.take()

    def search(self, text: str) -> None:
        """Show only parameters whose exported name holds a text."""
        self._wanted = text.strip().lower()
        self._architecture = None
        self.take()

    def take(self) -> None:
        """Show the moment under the cursor; rows are made anew only for another network."""
        architecture = self._store.experiment.architecture
        if architecture is not self._architecture:
            same = self._architecture is not None and architecture.keys == self._architecture.keys
            if not same:
                self.beginResetModel()
            self._architecture = architecture
            self._cut = frozenset(architecture.cut_indices)
            self._frozen = frozenset(architecture.frozen_indices)
            if not same:
                self._rows = self._found(architecture)
                self.endResetModel()
                return
        if self._rows:
            self.dataChanged.emit(self.index(0, NAME), self.index(len(self._rows) - 1, STATE))

    def reword(self) -> None:
        """Ask for all words again."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HEADERS) - 1)
        self.take()

    def _found(self, architecture: Architecture) -> list[int]:
        rows = list(
            range(architecture.layout.size) if self._chosen is None else self._chosen(architecture)
        )
        if self._wanted:
            names = architecture.layout.names
            rows = [row for row in rows if self._wanted in names[row].lower()]
        return rows

    def key(self, row: int) -> Key:
        """Return the key of the parameter in a row."""
        return self._network.keys[self._rows[row]]

    def row_of(self, key: Key) -> int | None:
        """Return the row of a parameter, if it is shown."""
        index = self._network.index.get(key)
        if index is None:
            return None
        if len(self._rows) == self._network.layout.size:
            return index
        return self._rows.index(index) if index in self._rows else None

    @property
    def _network(self) -> Architecture:
        return self._architecture or self._store.experiment.architecture

    # -------------------------------------------------------------------------- what Qt asks for

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        bare = self._icons_only and section == STATE
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if bare else tr(HEADERS[section])
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return tr(HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        parameter, column = self._rows[index.row()], index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            bare = self._icons_only and column == STATE
            return "" if bare else self._text(parameter, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._text(parameter, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colour(parameter, column)
        if role == Qt.ItemDataRole.DecorationRole and column == STATE:
            if parameter in self._cut:
                return icons.icon("cut", "muted")
            return icons.icon("freeze", "muted") if parameter in self._frozen else None
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return self._help(parameter, column)
        return None

    def _text(self, parameter: int, column: int) -> str:
        network = self._network
        if column == NAME:
            return symbol(network, network.keys[parameter], self._store.view.notation)
        if column == STATE:
            return self.state_of(parameter)
        known = numbers(self._store)
        value = float((known.values if column == VALUE else known.gradient)[parameter])
        return UNKNOWN if math.isnan(value) else shown(value)

    def state_of(self, parameter: int) -> str:
        """Return "cut", "frozen" or nothing, in the language of the moment."""
        if parameter in self._cut:
            return tr("cut")
        return tr("frozen") if parameter in self._frozen else ""

    def _colour(self, parameter: int, column: int) -> Any:
        if column == GRADIENT:
            known = not math.isnan(float(numbers(self._store).gradient[parameter]))
            return theme.color("gradient" if known else "muted")
        if column == VALUE:
            value = float(numbers(self._store).values[parameter])
            if value:
                return theme.color("positive" if value > 0 else "negative")
        return theme.color("muted" if column == STATE else "text")

    def _help(self, parameter: int, column: int) -> str:
        network = self._network
        known = numbers(self._store)
        if column == VALUE:
            return exact(float(known.values[parameter]))
        if column == GRADIENT:
            value = float(known.gradient[parameter])
            if math.isnan(value):
                return tr("Not known yet at this step.")
            if known.past:
                return tr("{0}, at the update that led here").format(exact(value))
            return exact(value)
        if column == STATE and self.state_of(parameter):
            return self.state_of(parameter)
        words = in_words(network, network.keys[parameter])
        return f"{words} ({network.layout.names[parameter]})"

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == VALUE and self._rows[index.row()] not in self._cut:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != VALUE:
            return False
        parameter = self._rows[index.row()]
        text = str(value)
        if text == self._text(parameter, VALUE):
            # Leaving the editor without typing must not round the value to what is shown.
            return True
        try:
            number = parse_number(text)
            check_value(self._store, parameter, number)
        except NablaError as error:
            self.refused.emit(error)
            return False
        self.refused.emit(None)
        return self._store.edit_parameter(tr("Change a parameter"), parameter, number)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = (
        Qt.AlignmentFlag.AlignRight if column in (VALUE, GRADIENT) else Qt.AlignmentFlag.AlignLeft
    )
    return side | Qt.AlignmentFlag.AlignVCenter
