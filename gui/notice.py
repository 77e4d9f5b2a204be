"""A strip above the lab for messages: what is wrong, where, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from gui import icons
from gui.i18n import bind

STAYS_MS = 12_000


class Notice(QFrame):
    """Shows one message at a time; it goes by itself, with Esc, or with its button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        self._icon = QLabel(self)
        row.addWidget(self._icon)
        self.message = QLabel(self)
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row.addWidget(self.message, 1)
        close = QToolButton(self)
        close.setAutoRaise(True)
        close.setIconSize(QSize(16, 16))
        icons.bind(close, "close")
        bind(close, "setToolTip", "Close this message (Esc)")
        bind(close, "setAccessibleName", "Close this message (Esc)")
        close.clicked.connect(self.hide)
        row.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def tell(self, text: str, kind: str = "info") -> None:
        """Show a message; ``kind`` is ``"info"``, ``"warning"`` or ``"error"``."""
        token = {"info": "accent"}.get(kind, kind)
        self._icon.setPixmap(icons.pixmap(kind, 20, token, self.devicePixelRatioF()))
        self.message.setText(text)
        self.setAccessibleName(text)
        self.show()
        self._timer.start(STAYS_MS)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)
