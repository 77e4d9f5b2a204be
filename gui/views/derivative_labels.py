"""Labels at the lines themselves: each finds a free place near its line."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from gui import theme

PIXELS = 12
PADDING = 3.0
DISTANCE = 7.0
_WAYS = ((1, -1), (-1, -1), (1, 1), (-1, 1), (0, -1), (0, 1), (1, 0), (-1, 0))


def label_font(bold: bool = True) -> QFont:
    """The font of labels."""
    font = QFont()
    font.setPixelSize(PIXELS)
    font.setBold(bold)
    return font


@dataclass
class Labels:
    """Places labels in an area so that none covers another.

    Attributes
    ----------
    area
        Where labels may stand.
    taken
        What is covered: labels that were placed, and what else must stay free.
    """

    area: QRectF
    taken: list[QRectF] = field(default_factory=list)

    def keep_free(self, middle: QPointF, radius: float) -> None:
        """Let no label cover a mark."""
        self.taken.append(QRectF(middle.x() - radius, middle.y() - radius, 2 * radius, 2 * radius))

    def draw(
        self,
        painter: QPainter,
        text: str,
        token: str,
        anchors: tuple[QPointF, ...],
        ways: tuple[tuple[int, int], ...] = _WAYS,
    ) -> bool:
        """Draw a label beside the first of some points at which there is room; whether there was.

        ``ways`` are the directions from a point in which the label may stand, the best one first.
        """
        if not text:
            return False
        font = label_font()
        metrics = QFontMetricsF(font)
        width = metrics.horizontalAdvance(text) + 2 * PADDING
        height = metrics.height() + 2.0
        for anchor in anchors:
            for way in ways:
                box = _box_at(anchor, way, width, height)
                if self.area.contains(box) and not any(box.intersects(t) for t in self.taken):
                    self.taken.append(box)
                    painter.setFont(font)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(theme.color("panel", 0.82))
                    painter.drawRoundedRect(box, 3.0, 3.0)
                    painter.setPen(theme.color(token))
                    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
                    return True
        return False


def _box_at(anchor: QPointF, way: tuple[int, int], width: float, height: float) -> QRectF:
    right, down = way
    x = anchor.x() + right * (DISTANCE + width / 2) - width / 2
    y = anchor.y() + down * (DISTANCE + height / 2) - height / 2
    return QRectF(x, y, width, height)
