"""What stands beside and under a map: the scale of its colours, and a line of text."""

from __future__ import annotations

from collections.abc import Callable

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPolygonF

from gui import theme
from gui.views.contour_items import packed_colors, small_font
from gui.views.guard import guarded
from gui.views.height_field import HeightScale
from gui.views.surface_painter import cap_color


class ColorBar(pg.GraphicsWidget):
    """The scale of heights as a bar of colours beside the plot."""

    WIDTH, BAR = 66.0, 13.0

    def __init__(self) -> None:
        super().__init__()
        self.scale: HeightScale | None = None
        self.label = ""
        self.setFixedWidth(self.WIDTH)

    def show(self, scale: HeightScale | None, label: str) -> None:
        """Draw this scale under this name."""
        self.scale, self.label = scale, label
        self.update()

    @guarded
    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        scale = self.scale
        if scale is None:
            return
        area = QRectF(self.rect())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        top = 22.0 if scale.capped else 20.0
        bar = QRectF(8.0, top, self.BAR, max(area.height() - top, 1.0))
        colors = packed_colors()[::-1].copy()
        strip = QImage(colors.data, 1, len(colors), 4, QImage.Format.Format_RGB32)
        painter.drawImage(bar, strip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("muted"))
        for value, text in _bar_ticks(scale, bar.height(), metrics.height()):
            y = bar.bottom() - float(scale.share(value)) * bar.height()
            painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + 3, y))
            painter.drawText(QPointF(bar.right() + 6, y + metrics.ascent() * 0.38), text)
        if scale.capped:
            tip = QPointF(bar.center().x(), bar.top() - 9)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(cap_color())
            painter.drawPolygon(QPolygonF([bar.topLeft(), tip, bar.topRight()]))
        painter.setPen(theme.color("text"))
        text = metrics.elidedText(self.label, Qt.TextElideMode.ElideRight, area.width() - 4)
        painter.drawText(QPointF(4.0, metrics.ascent() - 2), text)


def _bar_ticks(scale: HeightScale, height: float, letter: float) -> list[tuple[float, str]]:
    """Ticks that leave each other room."""
    kept: list[tuple[float, str]] = []
    for value, text in scale.ticks(max(2, min(8, int(height / 34)))):
        y = float(scale.share(value)) * height
        if all(abs(y - float(scale.share(other)) * height) > letter for other, _ in kept):
            kept.append((value, text))
    return kept


class NoteLine(pg.GraphicsWidget):
    """One line of quiet text under the plot; its room stays, so that the plot does not jump."""

    def __init__(self, text: Callable[[], str]) -> None:
        super().__init__()
        self._text = text
        self.setFixedHeight(16.0)

    def refresh(self) -> None:
        """Ask for the text again."""
        self.update()

    @guarded
    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        text = self._text()
        if not text:
            return
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        area = QRectF(self.rect())
        painter.setPen(theme.color("muted"))
        line = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(QPointF(area.left(), area.top() + metrics.ascent()), line)
