"""A few samples typed by hand: a small table of inputs and targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.data import FixedData, load
from engine.errors import NablaError
from engine.numbers import shown
from gui import i18n
from gui.i18n import bind, mark, tr
from gui.inspectors.changes import with_data
from gui.inspectors.number_field import message_label
from gui.inspectors.panel import attempt
from gui.inspectors.scales import parse_number
from gui.state.store import Store
from gui.wording import describe

Index = QModelIndex | QPersistentModelIndex
WORKED_EXAMPLE = FixedData(inputs=((40.0, 80.0),), targets=((60.0,),))
ROW_HEIGHT = 28
MOST_SHOWN = 6


class _Samples(QAbstractTableModel):
    """Reads and writes the samples of the experiment under the cursor."""

    refused = Signal(object)

    def __init__(self, store: Store, parent: QWidget) -> None:
        super().__init__(parent)
        self._store = store
        self._shown: FixedData | None = None
        self.take()

    def take(self) -> None:
        """Read the samples anew."""
        data = self._store.experiment.data
        if data is not self._shown:
            self.beginResetModel()
            self._shown = data if isinstance(data, FixedData) else None
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._shown is None else len(self._shown.inputs)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if parent.isValid() or self._shown is None:
            return 0
        return len(self._shown.inputs[0]) + len(self._shown.targets[0])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if self._shown is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        dataset = load(self._shown)
        if section < dataset.n_features:
            return dataset.feature_names[section]
        number = section - dataset.n_features
        if dataset.task == "regression" or len(dataset.target_names) > 2:
            return f"→ {dataset.target_names[number]}"
        return "→ y"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._shown is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            row = (*self._shown.inputs[index.row()], *self._shown.targets[index.row()])
            return shown(row[index.column()])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        data = self._shown
        if data is None or role != Qt.ItemDataRole.EditRole:
            return False
        try:
            number = parse_number(str(value))
        except NablaError as error:
            self.refused.emit(error)
            return False
        features = len(data.inputs[0])
        inputs, targets = [list(row) for row in data.inputs], [list(row) for row in data.targets]
        if index.column() < features:
            inputs[index.row()][index.column()] = number
        else:
            targets[index.row()][index.column() - features] = number
        return self.put(
            replace(
                data,
                inputs=tuple(tuple(row) for row in inputs),
                targets=tuple(tuple(row) for row in targets),
            )
        )

    def put(self, data: FixedData) -> bool:
        """Train on other samples from now on."""
        error = attempt(
            self._store, tr("Change samples"), lambda experiment: with_data(experiment, data)
        )
        self.refused.emit(error)
        return error is None


class SamplesTable(QWidget):
    """The table, and buttons that add and remove samples."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: NablaError | None = None
        self.model = _Samples(store, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setTabKeyNavigation(False)
        self.view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bind(self.view, "setAccessibleName", "Samples")
        bind(self.view, "setToolTip", "Inputs and target of each sample; type to change one (F2)")
        self.add_button = self._button(mark("Add a sample"), self._add)
        self.remove_button = self._button(mark("Remove"), self._remove)
        bind(self.remove_button, "setToolTip", "Remove the selected sample")
        self.message = message_label(self)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.view)
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        self.model.refused.connect(self._tell)
        i18n.notifier.changed.connect(self._word)

    def _button(self, text: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton()
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(button, "setText", text)
        bind(button, "setToolTip", text)
        button.clicked.connect(slot)
        return button

    def take(self) -> None:
        """Show the samples of the experiment under the cursor."""
        self.model.take()
        rows = min(max(self.model.rowCount(), 1), MOST_SHOWN)
        header = self.view.horizontalHeader().sizeHint().height()
        self.view.setFixedHeight(header + rows * ROW_HEIGHT + 4)
        self.remove_button.setEnabled(self.model.rowCount() > 1)

    def _add(self) -> None:
        data = self.model._store.experiment.data
        if isinstance(data, FixedData):
            self.model.put(
                replace(
                    data,
                    inputs=(*data.inputs, data.inputs[-1]),
                    targets=(*data.targets, data.targets[-1]),
                )
            )

    def _remove(self) -> None:
        data = self.model._store.experiment.data
        if not isinstance(data, FixedData) or len(data.inputs) < 2:
            return
        row = self.view.currentIndex().row() if self.view.currentIndex().isValid() else -1
        row %= len(data.inputs)
        self.model.put(
            replace(
                data,
                inputs=data.inputs[:row] + data.inputs[row + 1 :],
                targets=data.targets[:row] + data.targets[row + 1 :],
            )
        )

    def _tell(self, error: NablaError | None) -> None:
        self._error = error
        self._word()

    def _word(self) -> None:
        self.message.setText("" if self._error is None else describe(self._error))
        self.message.setVisible(self._error is not None)
