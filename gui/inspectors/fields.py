"""Choices, seeds, boxes to tick, and the small parts beside them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from gui import i18n, icons, theme
from gui.i18n import bind, tr
from gui.inspectors.number_field import Check, NumberField, accept_all
from gui.inspectors.rows import GAP
from gui.inspectors.scales import Scale

LARGEST_DICE = 9999
"""Seeds that are thrown stay short enough to be told to a neighbour."""


class ChoiceField(QComboBox):
    """One of a table's keys, shown by its label in the language of the moment.

    Signals
    -------
    chosen
        Emitted with the key that the user picked.
    """

    chosen = Signal(str)

    def __init__(
        self, entries: Iterable[tuple[str, str]] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._entries: list[tuple[str, str]] = []
        self._reasons: dict[str, Callable[[], str]] = {}
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(20)
        self.set_entries(entries)
        self.activated.connect(self._activated)
        i18n.notifier.changed.connect(self._word)

    @property
    def value(self) -> str:
        """The key on show."""
        return str(self.currentData() or "")

    def set_entries(self, entries: Iterable[tuple[str, str]]) -> None:
        """Offer other keys, each with its English label."""
        entries = list(entries)
        if entries == self._entries:
            return
        kept = self.value
        self._entries = entries
        self.clear()
        for key, _ in entries:
            self.addItem("", key)
        self._word()
        self.set_value(kept)

    def set_value(self, key: str) -> None:
        """Show a key of the model."""
        index = self.findData(key)
        if index != self.currentIndex():
            self.setCurrentIndex(index)

    def disable(self, reasons: dict[str, Callable[[], str]]) -> None:
        """Leave some keys to see but not to pick, each with the reason, worded when asked for."""
        self._reasons = reasons
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for row, (key, _) in enumerate(self._entries):
            item: QStandardItem = model.item(row)
            item.setEnabled(key not in reasons)
        self._word()

    def _word(self) -> None:
        for row, (key, label) in enumerate(self._entries):
            self.setItemText(row, tr(label))
            reason = self._reasons.get(key)
            self.setItemData(row, reason() if reason else None, Qt.ItemDataRole.ToolTipRole)

    def describe_to(self, name: str, help_text: str) -> None:
        """Name the field for screen readers and explain it to the pointer."""
        self.setAccessibleName(name)
        self.setToolTip(help_text)
        self.setAccessibleDescription(help_text)

    def _activated(self, row: int) -> None:
        self.chosen.emit(str(self.itemData(row)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Scrolling the panel over a closed box must not change the choice.
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SeedField(QWidget):
    """A whole number from which random numbers start, and a die that throws another one.

    Signals
    -------
    edited, thrown
        Another seed, typed or stepped to, or thrown.
    finished
        The gesture has ended.
    """

    edited = Signal(int)
    thrown = Signal(int)
    finished = Signal()

    def __init__(self, check: Check = accept_all, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = NumberField(Scale(0, 2**31 - 1, step=1, whole=True), check)
        self.dice = tool_button("dice")
        bind(self.dice, "setToolTip", "Another seed at random")
        bind(self.dice, "setAccessibleName", "Another seed at random")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.field, 1)
        layout.addWidget(self.dice, 0, Qt.AlignmentFlag.AlignTop)
        self.setFocusProxy(self.field)
        self.field.edited.connect(self._typed)
        self.field.finished.connect(self.finished)
        self.dice.clicked.connect(self._throw)

    def set_value(self, seed: int) -> None:
        """Show a seed of the model."""
        self.field.set_value(float(seed))

    def describe_to(self, name: str, help_text: str) -> None:
        """Name the field for screen readers and explain it to the pointer."""
        self.field.describe_to(name, help_text)

    def _typed(self, value: float) -> None:
        self.edited.emit(int(value))

    def _throw(self) -> None:
        seed = random.randint(0, LARGEST_DICE)
        if seed == self.field.value:
            seed = (seed + 1) % (LARGEST_DICE + 1)
        self.thrown.emit(seed)


class CheckField(QCheckBox):
    """A box to tick that words itself; ``chosen`` tells what the user made of it."""

    chosen = Signal(bool)

    def __init__(self, label: str, help_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self, "setText", label)
        if help_text:
            bind(self, "setToolTip", help_text)
            bind(self, "setAccessibleDescription", help_text)
        self.clicked.connect(self.chosen)

    def set_value(self, on: bool | None) -> None:
        """Show a flag of the model; None: some are on, some off."""
        if on is None:
            self.setTristate(True)
            self.setCheckState(Qt.CheckState.PartiallyChecked)
        else:
            self.setTristate(False)
            self.setChecked(on)


def tool_button(icon: str, token: str = "text") -> QToolButton:
    """Make a small square button with an icon."""
    button = QToolButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(18, 18))
    button.setFixedSize(30, 30)
    icons.bind(button, icon, token)
    return button


def note(role: str = "muted") -> QLabel:
    """Make a line of explanation that wraps."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
    theme.set_role(label, role)
    return label


def heading(text: str) -> QLabel:
    """Make a bold line over a group of rows."""
    label = QLabel()
    theme.set_role(label, "heading")
    bind(label, "setText", text)
    return label


def labels_of(table: Mapping[str, object], without: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return key and label of each entry of an engine's table."""
    return [(key, str(entry.label)) for key, entry in table.items() if key not in without]  # type: ignore[attr-defined]


KEYS_OF_FIELDS = frozenset(
    (
        Qt.Key.Key_Space,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
    )
)


def claims_key(event: QEvent) -> bool:
    """Tell whether a key belongs to the field with the focus rather than to the player."""
    return (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        and Qt.Key(event.key()) in KEYS_OF_FIELDS
    )
