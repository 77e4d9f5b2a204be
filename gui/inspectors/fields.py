"""Choices, seeds, rows with a label, and sections that fold: the rest of an inspector's parts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QEvent, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui import i18n, icons, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.number_field import Check, NumberField, SliderField, accept_all
from gui.inspectors.scales import Scale

LABEL_WIDTH = 104
GAP = 8
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


class Row(QWidget):
    """A label of the common width and the field that it names, with help for the pointer."""

    def __init__(
        self,
        label: str,
        field: QWidget,
        help_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._label, self._help = label, help_text
        self.field = field
        self.label = QLabel()
        self.label.setFixedWidth(LABEL_WIDTH)
        self.label.setWordWrap(True)
        self.label.setMinimumHeight(30)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.label.setBuddy(field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.label, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(field, 1)
        if field.maximumWidth() <= field.minimumWidth():
            layout.setStretch(1, 0)
            layout.addStretch(1)
        self._word()
        i18n.notifier.changed.connect(self._word)

    def rename(self, label: str, help_text: str = "") -> None:
        """Give the row another label (English)."""
        self._label, self._help = label, help_text
        self._word()

    def _word(self) -> None:
        if not self._label:
            return
        name, help_text = tr(self._label), tr(self._help)
        self.label.setText(name)
        self.label.setToolTip(help_text)
        describe = getattr(self.field, "describe_to", None)
        if describe is not None:
            describe(name, help_text)
        else:
            self.field.setAccessibleName(name)
            if help_text:
                self.field.setToolTip(help_text)


class Section(QWidget):
    """What is needed less often, folded away under a header; remembers whether it was open."""

    def __init__(self, key: str, title: str = mark("More"), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setting = f"inspector/open/{key}"
        self.header = QToolButton()
        self.header.setAutoRaise(True)
        self.header.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setIconSize(QSize(16, 16))
        bind(self.header, "setText", title)
        bind(self.header, "setAccessibleName", title)
        bind(self.header, "setToolTip", "Show or hide further settings")
        self.body = QWidget()
        self.rows = QVBoxLayout(self.body)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addWidget(self.header)
        layout.addWidget(self.body)
        self.header.clicked.connect(self._toggle)
        self.set_open(bool(QSettings().value(self._setting, False, type=bool)))

    def add(self, *widgets: QWidget) -> None:
        """Append rows."""
        for widget in widgets:
            self.rows.addWidget(widget)

    @property
    def is_open(self) -> bool:
        """Whether the rows are on show."""
        return not self.body.isHidden()

    def set_open(self, is_open: bool) -> None:
        """Show or hide the rows."""
        self.body.setVisible(is_open)
        icons.bind(self.header, "chevron_down" if is_open else "chevron_right", "muted")
        state = mark("open") if is_open else mark("closed")
        bind(self.header, "setAccessibleDescription", state)

    def _toggle(self) -> None:
        self.set_open(not self.is_open)
        QSettings().setValue(self._setting, self.is_open)


class Page(QScrollArea):
    """Rows below each other that scroll when there is no room, never sideways."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QWidget()
        self.body.setObjectName("page")
        self.rows = QVBoxLayout()
        self.rows.setSpacing(GAP)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(12, 12, 12, 12)
        outer.setSpacing(0)
        outer.addLayout(self.rows)
        outer.addStretch(1)
        self.setWidget(self.body)

    def add(self, *widgets: QWidget) -> None:
        """Append rows."""
        for widget in widgets:
            self.rows.addWidget(widget)


class Offer(QFrame):
    """A remark with one button that does what it proposes; it goes away by itself or on request.

    Signals
    -------
    accepted
        The button was pressed.
    """

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.set_role(self, "notice")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.yes = QPushButton()
        self.yes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.no = QPushButton()
        self.no.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.set_role(self.no, "quiet")
        bind(self.no, "setText", "No, thanks")
        bind(self.no, "setToolTip", "Leave everything as it is")
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.no)
        buttons.addWidget(self.yes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(GAP)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.yes.clicked.connect(self._accept)
        self.no.clicked.connect(self.hide)
        self.hide()

    def make(self, text: str, button: str, *arguments: object) -> None:
        """Show an offer, worded in English; arguments fill the places of both texts."""
        bind(self.text, "setText", text, *arguments)
        bind(self.yes, "setText", button, *arguments)
        bind(self.yes, "setToolTip", text, *arguments)
        self.show()

    def _accept(self) -> None:
        self.hide()
        self.accepted.emit()


def tool_button(icon: str, token: str = "text") -> QToolButton:
    """Make a small square button with an icon."""
    button = QToolButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(18, 18))
    button.setFixedSize(30, 30)
    icons.bind(button, icon, token)
    return button


def card(*widgets: QWidget) -> QFrame:
    """Put widgets that belong together into a frame."""
    frame = QFrame()
    theme.set_role(frame, "card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget)
    return frame


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


__all__ = [
    "GAP",
    "CheckField",
    "ChoiceField",
    "NumberField",
    "Offer",
    "Page",
    "Row",
    "Section",
    "SeedField",
    "SliderField",
    "card",
    "claims_key",
    "heading",
    "labels_of",
    "note",
    "tool_button",
]
