"""A line of text that gives way: shortened where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QStyleOption, QWidget

NARROWEST = 6
"""Characters that stay."""


class ElidedLabel(QLabel):
    """A label that asks for its text's width, or for that of a usual text, but takes less.

    A usual width keeps its neighbours still while the text changes.
    """

    def __init__(self, usual: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual = usual

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        usual = self.fontMetrics().averageCharWidth() * self._usual
        return QSize(max(hint.width(), usual), hint.height())

    def minimumSizeHint(self) -> QSize:
        width = self.fontMetrics().averageCharWidth() * NARROWEST
        return QSize(width, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        text = self._fitting(self.contentsRect())
        self.setToolTip("" if text == self.text() else self.text())
        option = QStyleOption()
        option.initFrom(self)
        painter = QPainter(self)
        self.style().drawItemText(
            painter,
            self.contentsRect(),
            self.alignment(),
            option.palette,
            self.isEnabled(),
            text,
            QPalette.ColorRole.WindowText,
        )
        painter.end()

    def _fitting(self, area: QRect) -> str:
        metrics = self.fontMetrics()
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
