"""The layers of the network, one a line: name, width, activation, and a menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.network import Architecture
from engine.network.topology import insert_layer, move_layer, remove_layer
from engine.session import Selection
from gui import i18n, icons
from gui.i18n import bind, tr
from gui.inspectors.fields import tool_button
from gui.inspectors.layer_fields import (
    ActivationField,
    WidthField,
    architecture_edit,
    layer_name,
)
from gui.inspectors.number_field import message_label
from gui.inspectors.rows import GAP
from gui.state.store import Store
from gui.wording import describe

NAME_WIDTH = 58


class _LayerRow(QWidget):
    """One layer. Alt+Up and Alt+Down move it, Delete in its menu removes it."""

    def __init__(self, owner: LayerList, store: Store, number: int) -> None:
        super().__init__(owner)
        self._owner, self._store, self._number = owner, store, number
        self.name = QLabel()
        self.name.setFixedWidth(NAME_WIDTH)
        self.name.setMinimumHeight(30)
        self.width_field = WidthField(store, number)
        self.activation: ActivationField | None = None
        self.menu_button = tool_button("more", "muted")
        self.menu_button.setFixedSize(24, 30)
        self.menu_button.setIconSize(QSize(14, 14))
        self.menu_button.setAutoRaise(True)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        bind(self.menu_button, "setToolTip", "Select, move, insert or remove this layer")
        layout = QHBoxLayout()
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        top = Qt.AlignmentFlag.AlignTop
        layout.addWidget(self.name, 0, top)
        layout.addWidget(self.width_field, 0, top)
        if number > 0:
            self.activation = ActivationField(store, number)
            self.activation.setMinimumWidth(72)
            layout.addWidget(self.activation, 1, top)
        else:
            layout.addStretch(1)
        layout.addWidget(self.menu_button, 0, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(layout)
        column.addWidget(self.width_field.message)
        self.menu = QMenu(self.menu_button)
        self.menu.aboutToShow.connect(self._fill_menu)
        self.menu_button.setMenu(self.menu)

    def take(self) -> None:
        """Show the layer as it is in the experiment under the cursor."""
        architecture = self._store.experiment.architecture
        name = layer_name(architecture, self._number)
        self.name.setText(name)
        self.menu_button.setAccessibleName(name)
        self.width_field.set_value(architecture.widths[self._number])
        bound = self._number in (0, len(architecture.layers))
        self.width_field.describe_to(
            tr("Neurons of layer “{0}”").format(name),
            tr("The data say how many there are.")
            if bound
            else tr("Number of neurons (Up and Down change it)"),
        )
        if self.activation is not None:
            self.activation.take()
            self.activation.describe_to(
                tr("Activation of layer “{0}”").format(name), tr("Activation of this layer")
            )

    def _fill_menu(self) -> None:
        self.menu.clear()
        layers = len(self._store.experiment.architecture.layers)
        hidden = 0 < self._number < layers
        entries: list[tuple[str, str, Callable[[], None], bool]] = [
            (tr("Select this layer"), "", self._select, True),
            (tr("Insert a layer before it"), "", self._insert_before, self._number > 0),
            (tr("Insert a layer after it"), "", self._insert_after, self._number < layers),
            (tr("Move towards the input"), "Alt+Up", self.move_back, hidden and self._number > 1),
            (
                tr("Move towards the output"),
                "Alt+Down",
                self.move_on,
                hidden and self._number < layers - 1,
            ),
            (tr("Remove this layer"), "", self._remove, hidden),
        ]
        for text, shortcut, slot, enabled in entries:
            action = QAction(text, self.menu)
            if shortcut:
                action.setShortcut(shortcut)
                # The row's own keys: several rows would make one shortcut ambiguous.
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.setEnabled(enabled)
            action.triggered.connect(slot)
            self.menu.addAction(action)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {Qt.Key.Key_Up: self.move_back, Qt.Key.Key_Down: self.move_on}
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        move = moves.get(Qt.Key(event.key()))
        if held == Qt.KeyboardModifier.AltModifier and move is not None:
            move()
        else:
            super().keyPressEvent(event)

    def _select(self) -> None:
        self._store.look(selection=Selection("layer", (self._number, 0)))

    def _insert_before(self) -> None:
        self._owner.insert(self._number)

    def _insert_after(self) -> None:
        self._owner.insert(self._number + 1)

    def move_back(self) -> None:
        """Move the layer towards the input."""
        self._owner.move_layer(self._number, -1)

    def move_on(self) -> None:
        """Move the layer towards the output."""
        self._owner.move_layer(self._number, 1)

    def _remove(self) -> None:
        self._owner.remove(self._number)


class LayerList(QWidget):
    """All layers, and a button that adds one."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._error: NablaError | None = None
        self.lines: list[_LayerRow] = []
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        self.message = message_label(self)
        self.add_button = QPushButton()
        self.add_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.add_button.setIconSize(QSize(16, 16))
        icons.bind(self.add_button, "add")
        bind(self.add_button, "setText", "Add a layer")
        bind(self.add_button, "setToolTip", "Insert a hidden layer before the output")
        self.add_button.clicked.connect(self._add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(self._rows)
        layout.addWidget(self.message)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        i18n.notifier.changed.connect(self._word)

    def take(self) -> None:
        """Show the network of the experiment under the cursor."""
        count = len(self._store.experiment.architecture.layers) + 1
        while len(self.lines) > count:
            line = self.lines.pop()
            self._rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        while len(self.lines) < count:
            line = _LayerRow(self, self._store, len(self.lines))
            self._rows.addWidget(line)
            self.lines.append(line)
        for line in self.lines:
            line.take()

    def insert(self, before: int) -> None:
        """Insert a hidden layer in front of layer ``before``."""
        self._change(tr("Add a layer"), lambda network: insert_layer(network, before))

    def move_layer(self, number: int, by: int) -> None:
        """Move a hidden layer."""
        self._change(tr("Move a layer"), lambda network: move_layer(network, number, by))

    def remove(self, number: int) -> None:
        """Remove a hidden layer."""
        self._change(tr("Remove a layer"), lambda network: remove_layer(network, number))

    def _add(self) -> None:
        self.insert(len(self._store.experiment.architecture.layers))

    def _change(self, label: str, change: Callable[[Architecture], Architecture]) -> None:
        try:
            architecture = change(self._store.experiment.architecture)
            self._error = architecture_edit(self._store, label, architecture)
        except NablaError as error:
            self._error = error
        self._word()

    def _word(self) -> None:
        self.message.setText("" if self._error is None else describe(self._error))
        self.message.setVisible(self._error is not None)
