"""The line under the loss surface that says what the picture hides, in the room that there is."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from gui import theme

_PIXELS = 11
_BETWEEN = " · "


class NoteLabel(QLabel):
    """Shows as many sentences as fit into its lines; the tip tells all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.whole = ""
        self._sentences: list[str] = []
        self._lines = 2
        self._most = 1
        theme.set_role(self, "muted")
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setStyleSheet(f"font-size: {_PIXELS}px;")
        font = QFont(self.font())
        font.setPixelSize(_PIXELS)
        self.setFont(font)

    def say(self, sentences: list[str]) -> None:
        """Show these sentences, the most important first."""
        self._sentences = sentences
        self.whole = _BETWEEN.join(sentences)
        self.setToolTip(self.whole)
        self.setAccessibleName(self.whole)
        self._fill()

    def allow(self, lines: int) -> None:
        """Take at most so many lines from now on."""
        self._lines, self._most = lines, 1
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._most = 1
            self._fill()

    def _fill(self) -> None:
        for count in range(len(self._sentences), 0, -1):
            text = _BETWEEN.join(self._sentences[:count])
            if count < len(self._sentences):
                text += " …"
            if self._needed(text) <= self._lines:
                break
        else:
            text = self.whole
        self.setText(text)
        # A line that comes and goes would shake the pictures above: room once taken is kept.
        self._most = max(self._most, min(self._needed(text), self._lines))
        self.setFixedHeight(self._most * self.fontMetrics().lineSpacing() + 4)

    def _needed(self, text: str) -> int:
        """Lines that a text takes at this width."""
        metrics = self.fontMetrics()
        room = QRect(0, 0, max(self.width(), 40), 10_000)
        box = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), text)
        return max(1, round(box.height() / metrics.lineSpacing()))
