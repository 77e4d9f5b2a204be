"""A text field for one number, a slider, and the two together."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.numbers import exact, shown
from gui import i18n, theme
from gui.inspectors.scales import Scale, parse_number
from gui.wording import describe

PAUSE_MS = 700
"""Presses of a key or turns of the wheel that follow each other sooner are one edit."""
FIELD_WIDTH = 84

Check = Callable[[float], object]
"""Raises NablaError if a number cannot be taken."""


def accept_all(value: float) -> None:
    """Refuse nothing."""


class _Entry(QLineEdit):
    """The line of text; keys and wheel that step go to its owner."""

    stepped = Signal(int)
    escaped = Signal()
    left = Signal()
    hidden = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._turned = 0
        self.by_mouse = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.by_mouse = event.reason() == Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self.stepped.emit(steps[key])
        elif key == Qt.Key.Key_Escape:
            # With nothing to take back it closes the dialog, or deselects.
            if self.isModified() or self.property("state") == "error":
                self.escaped.emit()
            else:
                event.ignore()
        else:
            super().keyPressEvent(event)
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # It takes the number; it must not press the default button of a dialog too.
                event.accept()

    def event(self, event: QEvent) -> bool:
        # While a number is being typed its keys are no shortcuts of the window.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            held = event.modifiers() & ~(
                Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
            )
            if not held and event.key() < Qt.Key.Key_F1:
                event.accept()
                return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        steps = int(self._turned / 120)
        self._turned -= steps * 120
        if steps:
            self.stepped.emit(steps)
        event.accept()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A window that is torn down takes the focus from what it holds, at a time when Python may
        # have begun to clear it away.
        if self.isVisible() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hidden.emit()


class NumberField(QWidget):
    """Takes plain numbers (``0.1``, ``1e-5``, ``1/3``); what it refuses stands in red below.

    Enter or leaving the field takes what was typed, Escape takes it back; Up, Down and the wheel
    step while the field has the focus.

    Parameters
    ----------
    scale
        How the arrow keys step.
    check
        Called with each number before it is taken; raises the NablaError that is shown.

    Signals
    -------
    edited
        Another number was typed or stepped to, and passed the check.
    finished
        The gesture that edited it has ended.
    """

    edited = Signal(float)
    finished = Signal()

    def __init__(
        self,
        scale: Scale | None = None,
        check: Check = accept_all,
        width: int = FIELD_WIDTH,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.scale = scale or Scale()
        self.check = check
        self._value: float | None = None
        self._error: NablaError | None = None
        self.entry = _Entry()
        self.entry.setMinimumWidth(min(width, FIELD_WIDTH))
        self.entry.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.message = message_label(self)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.column.addWidget(self.entry)
        self.column.addWidget(self.message)
        self.setFocusProxy(self.entry)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.finished)
        self.entry.returnPressed.connect(self._take)
        self.entry.left.connect(self._leave)
        self.entry.hidden.connect(self._leave)
        self.entry.escaped.connect(self._take_back)
        self.entry.stepped.connect(self._step)
        self.entry.textEdited.connect(self._forget_error)
        i18n.notifier.changed.connect(self._word)

    @property
    def value(self) -> float | None:
        """The number in force; None if there is none to show."""
        return self._value

    def set_value(self, value: float | None) -> None:
        """Show a number of the model; what is being typed stays unless that number is another."""
        if value == self._value and (self.entry.isModified() or self._error is not None):
            return
        self._value = value
        self._show()

    def describe_to(self, name: str, help_text: str) -> None:
        """Name the field for screen readers and explain it to the pointer."""
        self.entry.setAccessibleName(name)
        self.entry.setToolTip(help_text)
        self.entry.setAccessibleDescription(help_text)

    def refuse(self, error: NablaError) -> None:
        """Show why a number was not taken; the one in force stays."""
        self._error = error
        _mark(self.entry, True)
        self._word()

    def _show(self) -> None:
        self.entry.setText("" if self._value is None else shown(self._value))
        self.entry.setModified(False)
        self._forget_error()

    def _word(self) -> None:
        self.message.setText("" if self._error is None else describe(self._error))
        self.message.setVisible(self._error is not None)

    def _forget_error(self) -> None:
        if self._error is not None:
            self._error = None
            _mark(self.entry, False)
            self._word()

    def _take(self) -> None:
        """Take what was typed."""
        if self.entry.isModified():
            self._try_text()
            self.finished.emit()
        self.entry.selectAll()
        if self.entry.by_mouse and self._error is None:
            # Who came by the mouse goes on stepping with the arrow keys; who came by Tab stays.
            self.entry.clearFocus()

    def _try_text(self) -> None:
        try:
            value = parse_number(self.entry.text(), self.scale.whole)
            self.check(value)
        except NablaError as error:
            self.refuse(error)
            return
        before, self._value = self._value, value
        self._show()
        if value != before:
            self.edited.emit(value)

    def _leave(self) -> None:
        if self.entry.isModified():
            self._try_text()
            if self._error is not None:
                # A field that is not worked in never shows a number that is not in force.
                self.entry.setText("" if self._value is None else shown(self._value))
                self.entry.setModified(False)
        self._end()

    def _take_back(self) -> None:
        self._show()
        self.entry.selectAll()

    def _step(self, steps: int) -> None:
        if self.entry.isReadOnly() or self._value is None:
            return
        if self.entry.isModified():
            self._try_text()
            if self._error is not None:
                return
        value = self.scale.stepped(self._value, steps)
        if value == self._value:
            return
        try:
            self.check(value)
        except NablaError as error:
            self.refuse(error)
            return
        self._value = value
        self._show()
        self._pause.start()
        self.edited.emit(value)

    def _end(self) -> None:
        if self._pause.isActive():
            self._pause.stop()
            self.finished.emit()


def message_label(parent: QWidget) -> QLabel:
    """Make the line that says why an entry was refused."""
    label = QLabel(parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    theme.set_role(label, "error")
    label.hide()
    return label


def exact_tip(value: float) -> str:
    """Return all digits of a number, for a tooltip; empty if the screen shows them already."""
    return "" if shown(value).replace("\N{MINUS SIGN}", "-") == exact(value) else exact(value)


def _mark(widget: QObject, refused: bool) -> None:
    """Give a text field the red frame of a refused entry, or take it away."""
    assert isinstance(widget, QWidget)
    widget.setProperty("state", "error" if refused else "")
    widget.style().unpolish(widget)
    widget.style().polish(widget)
