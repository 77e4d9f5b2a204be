"""The runs of the document: compare, name, show, duplicate, delete them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.numbers import exact, shown
from engine.session import Cursor, Document, Run, edits
from engine.session.edits import COLOURS
from gui import i18n, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import tool_button
from gui.inspectors.number_field import message_label
from gui.state.store import Aspect, Store
from gui.wording import describe

Index = QModelIndex | QPersistentModelIndex
SHOWN, NAME, ITERATIONS, LOSS = range(4)
HEADERS = ("", mark("Run"), mark("Iteration"), mark("Loss"))
ROW_HEIGHT = 28
SWATCH = 12


def run_name(run: Run) -> str:
    """Return a run's name, or its number in the language of the moment."""
    return run.name or tr("Run {0}").format(run.id)


class RunModel(QAbstractTableModel):
    """Reads the runs from the store when the view asks for them."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._ids: tuple[int, ...] = ()
        self.take()

    def take(self) -> None:
        """Show the runs as they are now; rows are made anew only when runs come or go."""
        ids = tuple(run.id for run in self._store.document.runs)
        if ids != self._ids:
            self.beginResetModel()
            self._ids = ids
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(len(ids) - 1, LOSS))

    def run(self, row: int) -> Run:
        """Return the run in a row."""
        return self._store.document.run(self._ids[row])

    def row_of(self, run_id: int) -> int:
        """Return the row of a run."""
        return self._ids.index(run_id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADERS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        if index.column() == SHOWN:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        run, column = self.run(index.row()), index.column()
        if role == Qt.ItemDataRole.CheckStateRole and column == SHOWN:
            return Qt.CheckState.Checked if run.visible else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(run, column)
        if role == Qt.ItemDataRole.EditRole and column == NAME:
            return run_name(run)
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return _swatch(theme.color(f"run_{run.colour % COLOURS}"), run.visible)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.FontRole and run.id == self._store.document.cursor.run:
            view = self.parent()
            if isinstance(view, QWidget):
                font = view.font()
                font.setBold(True)
                return font
        if role == Qt.ItemDataRole.ForegroundRole and not run.visible:
            return theme.color("muted")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._help(run, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == SHOWN:
            return tr("Shown in the plots") if run.visible else tr("Hidden in the plots")
        return None

    def _loss(self, run: Run) -> float:
        return self._store.history.state(run, run.newest).loss

    def _text(self, run: Run, column: int) -> str:
        if column == NAME:
            return run_name(run)
        if column == ITERATIONS:
            return str(run.newest)
        if column == LOSS:
            return shown(self._loss(run), 4)
        return ""

    def _help(self, run: Run, column: int) -> str:
        if column == SHOWN:
            return tr("Shown in the plots") if run.visible else tr("Hidden in the plots")
        if column == LOSS:
            loss = self._loss(run)
            return exact(loss) if math.isfinite(loss) else shown(loss)
        return tr("Click to go to this run; double-click or F2 to name it")

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        run = self.run(index.row())
        if role == Qt.ItemDataRole.CheckStateRole:
            visible = Qt.CheckState(value) == Qt.CheckState.Checked
            label = tr("Show a run") if visible else tr("Hide a run")
            return self._store.edit(
                label, lambda document: document.with_run(replace(run, visible=visible))
            )
        if role != Qt.ItemDataRole.EditRole or str(value).strip() == run_name(run):
            return False
        return self._store.edit(
            tr("Rename a run"), lambda document: edits.rename(document, run.id, str(value))
        )


class _RunTable(QTableView):
    """Claims the keys that act on a run."""

    _KEYS = frozenset(
        (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_Delete,
            Qt.Key.Key_F2,
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        )
    )

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in self._KEYS
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            event.accept()
            return True
        return super().event(event)


class RunsPanel(QWidget):
    """A run a line: shown or not, colour, name, how far it has come, its loss there.

    A click or Return goes to the newest state of a run; F2 names it, Delete deletes it.
    """

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._stale = True
        self._error: NablaError | None = None
        self.table = _RunTable()
        self.model = RunModel(store, self.table)
        self._dress_table()
        self.duplicate = self._button("new", mark("New run from the start"), self._duplicate)
        self.rename = self._button("rename", mark("Name this run (F2)"), self._rename)
        self.delete = self._button("trash", mark("Delete this run (Del)"), self._delete)
        self.message = message_label(self)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 0, 8, 0)
        buttons.setSpacing(4)
        buttons.addWidget(self.duplicate)
        buttons.addStretch(1)
        buttons.addWidget(self.rename)
        buttons.addWidget(self.delete)
        self.duplicate.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.duplicate.setMinimumWidth(0)
        self.duplicate.setMaximumWidth(16777215)
        bind(self.duplicate, "setText", "New run from the start")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        self.table.clicked.connect(self._activate)
        self.table.activated.connect(self._activate)
        store.changed.connect(self._on_changed)
        theme.notifier.changed.connect(self.model.take)
        i18n.notifier.changed.connect(self._reword)

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def _dress_table(self) -> None:
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setIconSize(QSize(SWATCH, SWATCH))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(SHOWN, 30)
        header.resizeSection(ITERATIONS, 74)
        header.resizeSection(LOSS, 72)
        bind(self.table, "setAccessibleName", "Runs")

    def _button(self, icon: str, help_text: str, slot: Any) -> QToolButton:
        button = tool_button(icon)
        bind(button, "setToolTip", help_text)
        bind(button, "setAccessibleName", help_text)
        button.clicked.connect(slot)
        return button

    # -------------------------------------------------------------------------------- following

    def _on_changed(self, aspects: Aspect) -> None:
        if not aspects & (Aspect.RUNS | Aspect.MOMENT):
            return
        if self.isVisible():
            self._refresh()
        else:
            self._stale = True

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self._refresh()
        super().showEvent(event)

    def _refresh(self) -> None:
        self._stale = False
        self.model.take()
        row = self.model.row_of(self._store.document.cursor.run)
        if self.table.currentIndex().row() != row:
            self.table.selectRow(row)
        self.delete.setEnabled(len(self._store.document.runs) > 1)

    def _reword(self) -> None:
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, LOSS)
        self.model.take()
        self._word()

    # ------------------------------------------------------------------------------------ edits

    def _current(self) -> Run:
        row = self.table.currentIndex().row()
        return self.model.run(row) if row >= 0 else self._store.document.active

    def _activate(self, index: QModelIndex) -> None:
        if index.column() == SHOWN:
            return
        run = self.model.run(index.row())
        if run.id != self._store.document.cursor.run:
            # The newest state: an edit there goes on with this run, in its past it would fork.
            self._store.move(Cursor(run.id, run.newest))

    def _duplicate(self) -> None:
        self._change(tr("New run"), edits.duplicate)

    def _rename(self) -> None:
        self.table.edit(self.model.index(self.model.row_of(self._current().id), NAME))

    def _delete(self) -> None:
        run = self._current()
        self._change(tr("Delete a run"), lambda document: edits.delete(document, run.id))

    def _change(self, label: str, change: Any) -> None:
        self._error = None
        try:
            after: Document = change(self._store.document)
        except NablaError as error:
            self._error = error
        else:
            self._store.edit(label, lambda _: after)
        self._word()

    def _word(self) -> None:
        self.message.setText("" if self._error is None else describe(self._error))
        self.message.setVisible(self._error is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self._delete()
        else:
            super().keyPressEvent(event)


def _swatch(colour: QColor, visible: bool) -> QIcon:
    """A disc in the colour of a run; a ring if the run is hidden."""
    picture = QPixmap(2 * SWATCH, 2 * SWATCH)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = painter.pen()
    pen.setColor(colour)
    pen.setWidthF(1.5)
    painter.setPen(pen)
    if visible:
        painter.setBrush(colour)
    painter.drawEllipse(1, 1, SWATCH - 2, SWATCH - 2)
    painter.end()
    return QIcon(picture)


def _alignment(column: int) -> Qt.AlignmentFlag:
    right = column in (ITERATIONS, LOSS)
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
