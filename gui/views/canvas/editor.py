"""A small field in which a weight is typed, at the place where the weight stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.errors import NablaError
from engine.network import Key
from engine.numbers import exact
from gui import i18n, theme
from gui.i18n import tr
from gui.views.canvas.edits import Edits, parse_number
from gui.wording import describe

WIDTH = 132


class WeightEditor(QFrame):
    """Enter takes what is typed, Esc leaves everything as it was, ↑ and ↓ change the value.

    What cannot be taken is said under the field, and nothing changes.
    """

    stepped: SignalInstance = Signal(int, bool)  # type: ignore[assignment]
    """An arrow key: up or down, and whether finely."""

    def __init__(self, edits: Edits, parent: QWidget) -> None:
        super().__init__(parent)
        self._edits = edits
        self.parameter: Key | None = None
        self._before = ""
        self.setObjectName("weightEditor")
        self.field = QLineEdit(self)
        self.field.setMaxLength(40)
        self.field.installEventFilter(self)
        i18n.bind(self.field, "setAccessibleName", "Weight")
        i18n.bind(self.field, "setToolTip", "Enter: take it, Esc: leave it, ↑ ↓: change it")
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        theme.set_role(self.message, "error")
        self.message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.setSpacing(4)
        layout.addWidget(self.field)
        layout.addWidget(self.message)
        self.field.textEdited.connect(self._clear_message)
        theme.notifier.changed.connect(self._dress)
        self._dress()
        self.hide()

    def open(self, key: Key, place: QRect) -> None:
        """Show the field for a parameter beside its place, with all its digits selected."""
        self.parameter = key
        self.refresh()
        self._clear_message()
        self._stand(place)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self.field.selectAll()

    def refresh(self) -> None:
        """Show the value that the parameter has now."""
        if self.parameter is not None:
            self._before = exact(self._edits.value(self.parameter))
            self.field.setText(self._before)

    def commit(self) -> bool:
        """Take what is typed; if it cannot be taken, say why and stay."""
        if self.parameter is None:
            return False
        text = self.field.text()
        if text == self._before:
            self.dismiss()
            return True
        try:
            value = parse_number(text)
        except NablaError as error:
            self._say(error)
            return False
        if not self._edits.set_value(self.parameter, value):
            # Who shows the store's refusals has said why.
            return False
        self.dismiss()
        return True

    def dismiss(self) -> None:
        """Close, leaving everything as it is; the keyboard goes back to the canvas."""
        if self.parameter is None:
            return
        self.parameter = None
        had_focus = self.field.hasFocus()
        self.hide()
        parent = self.parentWidget()
        if had_focus and parent is not None:
            parent.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.dismiss()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # Taken here: passed on, it would open the field again.
                self.commit()
                return True
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.stepped.emit(1 if event.key() == Qt.Key.Key_Up else -1, fine)
                self.refresh()
                return True
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Letters, arrows and Esc belong to the field as long as it is open.
            event.accept()
            return True
        leaves = event.type() == QEvent.Type.FocusOut and self.parameter is not None
        # Who types and clicks elsewhere means it; what cannot be read is dropped.
        if leaves and not self.commit():
            self.dismiss()
        return super().eventFilter(watched, event)

    def _say(self, error: NablaError) -> None:
        self.message.setText(describe(error))
        self.message.show()
        self.field.setAccessibleDescription(self.message.text())
        self._resize()

    def _clear_message(self) -> None:
        self.message.hide()
        self.field.setAccessibleDescription(tr("The value of the selected weight"))
        self._resize()

    def _resize(self) -> None:
        self.setFixedWidth(WIDTH if self.message.isHidden() else int(1.7 * WIDTH))
        self.adjustSize()
        self._keep_inside()

    def _stand(self, place: QRect) -> None:
        """Under the place, or over it where there is no room."""
        self.adjustSize()
        corner = QPoint(place.center().x() - self.width() // 2, place.bottom() + 6)
        parent = self.parentWidget()
        if parent is not None and corner.y() + self.height() > parent.height():
            corner.setY(place.top() - self.height() - 6)
        self.move(corner)
        self._keep_inside()

    def _keep_inside(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.move(
            max(2, min(self.x(), parent.width() - self.width() - 2)),
            max(2, min(self.y(), parent.height() - self.height() - 2)),
        )

    def _dress(self) -> None:
        self.setStyleSheet(
            f"#weightEditor {{ background: {theme.tokens['raised']};"
            f" border: 1px solid {theme.tokens['selection']}; border-radius: 6px; }}"
        )
