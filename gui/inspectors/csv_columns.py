"""The columns of a table to tick as inputs, and its first rows to look at."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from engine.data import Column, Table
from gui import theme
from gui.i18n import mark, tr
from gui.wording import describe

Index = QModelIndex | QPersistentModelIndex
KINDS = {"number": mark("numbers"), "text": mark("text"), "empty": mark("empty")}
USE, KIND, REMARK = range(3)
HEADERS = (mark("Input"), mark("Kind"), mark("Remark"))


class ColumnModel(QAbstractTableModel):
    """One row a column of the table: whether it is an input, its kind, what is amiss.

    Signals
    -------
    ticked
        The user has chosen other inputs.
    """

    ticked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._inputs: set[str] = set()
        self._target = ""

    @property
    def inputs(self) -> tuple[str, ...]:
        """The ticked columns in the order of the file, the target never among them."""
        if self._table is None:
            return ()
        return tuple(
            name for name in self._table.names if name in self._inputs and name != self._target
        )

    def show(self, table: Table | None, inputs: tuple[str, ...], target: str) -> None:
        """Show the columns of another table."""
        self.beginResetModel()
        self._table, self._inputs, self._target = table, set(inputs), target
        self.endResetModel()

    def set_target(self, target: str) -> None:
        """Take the target out of the inputs; a column that was the target can be one again."""
        before, self._target = self._target, target
        columns = () if self._table is None else self._table.columns
        if before != target:
            self._inputs |= {c.name for c in columns if c.name == before and _can_be_input(c)}
        self._changed()

    def tick_all(self, on: bool) -> None:
        """Take all columns of numbers as inputs, or none."""
        columns = self._table.columns if self._table is not None and on else ()
        self._inputs = {column.name for column in columns if _can_be_input(column)}
        self._changed()
        self.ticked.emit()

    def _changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, REMARK))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(HEADERS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self._table is None:
            return Qt.ItemFlag.NoItemFlags
        column = self._table.columns[index.row()]
        usable = column.name != self._target and _can_be_input(column)
        flags = Qt.ItemFlag.ItemIsSelectable
        if usable:
            flags |= Qt.ItemFlag.ItemIsEnabled
            if index.column() == USE:
                flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or not index.isValid():
            return None
        column = self._table.columns[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == USE:
            return Qt.CheckState.Checked if column.name in self.inputs else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return (column.name, tr(KINDS[column.kind]), self._remark(column))[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(describe(problem) for problem in column.problems) or column.name
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == REMARK:
            return theme.color("muted" if column.name == self._target else "warning")
        return None

    def _remark(self, column: Column) -> str:
        if column.name == self._target:
            return tr("is the target")
        if not _can_be_input(column):
            return tr("not all numbers") if column.kind == "number" else ""
        missing = column.missing.count if column.missing else 0
        missing += column.not_finite.count if column.not_finite else 0
        return tr("missing values: {0}").format(missing) if missing else ""

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if self._table is None or role != Qt.ItemDataRole.CheckStateRole:
            return False
        name = self._table.columns[index.row()].name
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self._inputs.add(name)
        else:
            self._inputs.discard(name)
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True


class PreviewModel(QAbstractTableModel):
    """The first rows of a table as they stand in the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None

    def show(self, table: Table | None) -> None:
        """Show another table."""
        self.beginResetModel()
        self._table = table
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._table is None else len(self._table.preview)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if self._table is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Qt.ItemDataRole.DisplayRole else None
        column = self._table.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.name}\n{tr(KINDS[column.kind])}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.name
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or not index.isValid():
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._table.preview[index.row()][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self._table.columns[index.column()])
        return None


def _can_be_input(column: Column) -> bool:
    return column.kind == "number" and column.text is None


def _side(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.kind == "number" else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
