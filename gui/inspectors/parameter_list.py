"""The table widget that shows parameters: keys, menu, selection shared with all views."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTableView,
    QWidget,
)

from gui.i18n import bind, tr
from gui.inspectors.parameter_model import NAME, STATE, VALUE, ParameterModel
from gui.inspectors.parameters import (
    are_frozen,
    is_connection,
    is_cut,
    select,
    selected_key,
    set_cut,
    set_frozen,
)
from gui.state.store import Store

ROW_HEIGHT = 26
_OWN_KEYS = frozenset(
    (
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_F,
        Qt.Key.Key_F2,
        Qt.Key.Key_Delete,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
    )
)


def _begins_number(event: QKeyEvent) -> bool:
    return bool(event.text()) and event.text() in "0123456789.-+−"


class ParameterList(QTableView):
    """Parameters in rows: F2 or typing changes a value, F freezes, Delete cuts.

    Parameters
    ----------
    follows
        Whether its current row and the selected parameter are one and the same.
    narrow
        Tell the state by an icon alone.

    Signals
    -------
    refused
        Emitted with the NablaError of an edit that was not made, with None after one that was.
    """

    refused = Signal(object)

    def __init__(
        self,
        store: Store,
        follows: bool = True,
        narrow: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._follows = store, follows
        self._syncing = False
        self.parameters = ParameterModel(store, self, icons_only=narrow)
        self.parameters.refused.connect(self.refused)
        self.setModel(self.parameters)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        # Widths that follow the contents would be measured anew at every step.
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(STATE, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(NAME, 64 if narrow else 88)
        header.resizeSection(STATE, 32 if narrow else 84)
        bind(self, "setAccessibleName", "Parameters")
        self.selectionModel().currentRowChanged.connect(self._current_changed)

    def take(self) -> None:
        """Show the moment and the selection as they are now."""
        self.parameters.take()
        self.take_selection()

    def take_selection(self) -> None:
        """Make the selected parameter the current row."""
        if not self._follows:
            return
        key = selected_key(self._store)
        row = None if key is None else self.parameters.row_of(key)
        self._syncing = True
        try:
            if row is None:
                self.selectionModel().clear()
            elif row != self.currentIndex().row():
                self.selectionModel().setCurrentIndex(
                    self.parameters.index(row, VALUE),
                    QItemSelectionModel.SelectionFlag.ClearAndSelect
                    | QItemSelectionModel.SelectionFlag.Rows,
                )
                self.scrollTo(self.currentIndex())
        finally:
            self._syncing = False

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if self._follows and not self._syncing and current.isValid():
            select(self._store, self.parameters.key(current.row()))

    def event(self, event: QEvent) -> bool:
        # These keys belong to the table; Space and ←/→ go on stepping through time.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if plain and (event.key() in _OWN_KEYS or _begins_number(event)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.currentIndex()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        # Return reaches the table from its open editor too.
        editing = self.state() == QAbstractItemView.State.EditingState
        if current.isValid() and plain and not editing:
            if event.key() == Qt.Key.Key_F:
                self._toggle_frozen()
                return
            if event.key() == Qt.Key.Key_Delete:
                self._toggle_cut()
                return
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.edit(self.parameters.index(current.row(), VALUE))
                return
            if _begins_number(event):
                self._begin(current.row(), event)
                return
        super().keyPressEvent(event)

    def _begin(self, row: int, event: QKeyEvent) -> None:
        """Open the editor on what is typed, whichever column is current."""
        index = self.parameters.index(row, VALUE)
        self.setCurrentIndex(index)
        self.edit(index)
        editor = self.viewport().findChild(QLineEdit)
        if editor is not None:
            editor.setText(event.text())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return the menu of the current row; the caller shows it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        key = self.parameters.key(self.currentIndex().row())
        experiment = self._store.experiment
        frozen = are_frozen(experiment, (key,))
        joined = not is_cut(experiment, key)
        entries = [
            (tr("Change the value"), "F2", self._edit_value, joined),
            (tr("Unfreeze") if frozen else tr("Freeze"), "F", self._toggle_frozen, True),
        ]
        if is_connection(key):
            text = tr("Cut the connection") if joined else tr("Join the connection")
            entries.append((text, "Del", self._toggle_cut, True))
        for text, shortcut, slot, enabled in entries:
            action = QAction(text, menu)
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setEnabled(enabled)
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    def _edit_value(self) -> None:
        self.edit(self.parameters.index(self.currentIndex().row(), VALUE))

    def _toggle_frozen(self) -> None:
        key = self.parameters.key(self.currentIndex().row())
        on = not are_frozen(self._store.experiment, (key,))
        self.refused.emit(set_frozen(self._store, (key,), on))

    def _toggle_cut(self) -> None:
        key = self.parameters.key(self.currentIndex().row())
        if is_connection(key):
            self.refused.emit(set_cut(self._store, key, not is_cut(self._store.experiment, key)))
