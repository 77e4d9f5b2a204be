"""What stands around the loss curve: names of lines, accuracy above them, figures on top."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from engine.numbers import shown
from gui import theme
from gui.i18n import tr
from gui.views.contour_items import small_font
from gui.views.guard import guarded
from gui.views.loss_items import LossItem, Mark, draw_line, draw_mark
from gui.views.loss_lines import Line, heights, spread

Floats = NDArray[np.float64]


class LineNames(pg.GraphicsWidget):
    """The names of the lines, each at the height at which its line ends, and there its value."""

    def __init__(self, box: pg.ViewBox, item: LossItem) -> None:
        super().__init__()
        self._box, self._item = box, item

    def fit(self, most: float) -> None:
        """Take the room that the texts need, up to ``most`` pixels."""
        picture = self._item.drawing
        metrics, strong = QFontMetricsF(small_font()), QFontMetricsF(_strong_font())
        widths = [metrics.horizontalAdvance(share_text(mark)) for mark in picture.accuracy_marks]
        if not picture.single:
            widths += [metrics.horizontalAdvance(line.label) for line in picture.loss]
            widths += [strong.horizontalAdvance(mark.text) for mark in picture.marks]
            labels = [mark for mark in picture.marks if mark.text]
            if self._is_low(2.0 * len(labels), metrics):
                widths += [metrics.horizontalAdvance(share_text(mark)) for mark in labels]
        wanted = max(widths, default=0.0)
        # In steps and only growing, so that the frame does not tremble while numbers change.
        width = min(most, math.ceil((wanted + 8.0) / 12.0) * 12.0) if wanted else 0.0
        before = self.minimumWidth()
        if width > before or width < before - 30.0 or (before > most > 0.0):
            self.setFixedWidth(width)
        self.update()

    def _is_low(self, rows: float, metrics: QFontMetricsF) -> bool:
        """Whether so many rows of text are too much for the height of the plot."""
        step = metrics.height() - 1.0
        return rows * step > float(self._box.rect().height()) + step

    @guarded
    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        picture = self._item.drawing
        if picture.single:
            return
        name_font, value_font = small_font(), _strong_font()
        metrics = QFontMetricsF(name_font)
        frame = self.mapRectFromItem(self._box, QRectF(self._box.rect()))
        right = self._box.viewRange()[0][1]
        named: list[tuple[Line, float, str]] = []
        for line in picture.loss:
            if not line.label:
                continue
            end = min(right, float(line.steps[-1]))
            value = float(heights(np.array([line.at(end)]), picture.log)[0])
            if math.isfinite(value):
                y = self.mapFromItem(self._box, self._box.mapFromView(QPointF(end, value))).y()
                text = next((m.text for m in picture.marks if m.name == line.label), "")
                named.append((line, y, text if picture.at_end else ""))
        # A name and its value are one block of two lines, or one line where there is little room.
        step = metrics.height() - 1.0
        beside = self._is_low(sum(2.0 if text else 1.0 for _, _, text in named), metrics)
        tall = max((1.0 if beside or not text else 2.0 for *_, text in named), default=1.0) * step
        wanted = [y - (step / 2 if text and not beside else 0.0) for _, y, text in named]
        places = spread(wanted, tall + 1.0, frame.top() + 4.0, frame.bottom() + 4.0 - tall)
        room = self.rect().width() - 4.0
        for (line, _, text), middle in zip(named, places, strict=True):
            base = middle + metrics.capHeight() / 2
            painter.setPen(theme.color(line.color))
            painter.setFont(name_font)
            both = f"{line.label} {text}"
            if beside and text:
                # Where even that is too wide the value stands alone, in its line's colour.
                both = both if metrics.horizontalAdvance(both) <= room else text
                painter.drawText(QPointF(4.0, base), both)
                continue
            name = metrics.elidedText(line.label, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QPointF(4.0, base), name)
            if text:
                painter.setFont(value_font)
                painter.drawText(QPointF(4.0, base + step), text)


def _strong_font() -> QFont:
    font = small_font()
    font.setWeight(QFont.Weight.DemiBold)
    return font


def share_text(mark: Mark) -> str:
    """Name and value of an accuracy."""
    return f"{mark.name} {mark.text}"


class AccuracyStrip(pg.GraphicsWidget):
    """Accuracy over the same iterations, in a narrow plot above the loss."""

    LEAST, MOST = 44.0, 84.0

    def __init__(self, box: pg.ViewBox, item: LossItem) -> None:
        super().__init__()
        self._box, self._item = box, item
        self.setFixedHeight(0.0)

    def fit(self, height: float) -> None:
        """Take a share of the height of the panel, or nothing where there is no accuracy."""
        wanted = 0.0
        if self._item.drawing.accuracy:
            wanted = float(round(min(self.MOST, max(self.LEAST, 0.22 * height))))
        if wanted != self.minimumHeight():
            self.setFixedHeight(wanted)
        self.update()

    @property
    def lowest(self) -> float:
        """The lower end of the scale: 0, ½ or 0.9, whichever shows everything."""
        lines = self._item.drawing.accuracy
        least = min((float(np.nanmin(line.values)) for line in lines), default=0.0)
        return 0.9 if least >= 0.9 else 0.5 if least >= 0.5 else 0.0

    def _frame(self) -> QRectF:
        box = self.mapRectFromItem(self._box, QRectF(self._box.rect()))
        return QRectF(box.left(), 7.0, box.width(), self.rect().height() - 17.0)

    def _pixels(self, steps: Floats, values: Floats) -> tuple[Floats, Floats]:
        frame, lowest = self._frame(), self.lowest
        left, right = self._box.viewRange()[0]
        across = frame.left() + (steps - left) / (right - left) * frame.width()
        return across, frame.bottom() - (values - lowest) / (1.0 - lowest) * frame.height()

    def _pixel(self, step: float, value: float) -> QPointF:
        across, up = self._pixels(np.array([step]), np.array([value]))
        return QPointF(float(across[0]), float(up[0]))

    @guarded
    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        picture = self._item.drawing
        if not picture.accuracy or self.rect().height() < 10.0:
            return
        frame = self._frame()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_scale(painter, frame)
        painter.save()
        painter.setClipRect(frame.adjusted(-6, -6, 6, 6))
        cursor = self._pixel(picture.cursor, 0.0).x()
        painter.setPen(QPen(theme.color("accent", 0.75), 1.0))
        painter.drawLine(QPointF(cursor, frame.top()), QPointF(cursor, frame.bottom()))
        for line in picture.accuracy:
            color = theme.color(line.color, 0.45 if line.faint else 1.0)
            draw_line(painter, *self._pixels(line.steps, line.values), color, 1.6, line.dashed)
        places = [self._pixel(mark.step, mark.value) for mark in picture.accuracy_marks]
        for mark, place in zip(picture.accuracy_marks, places, strict=True):
            draw_mark(painter, place, theme.color(mark.color), 3.4)
        painter.restore()
        self._draw_shares(painter, frame, places)

    def _draw_scale(self, painter: QPainter, frame: QRectF) -> None:
        painter.setFont(small_font(10))
        metrics = QFontMetricsF(painter.font())
        for value in (self.lowest, 1.0):
            y = round(self._pixel(0.0, value).y()) + 0.5
            painter.setPen(QPen(theme.color("grid"), 1.0))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
            painter.setPen(theme.color("muted"))
            text = tr("{0} %").format(shown(100.0 * value))
            x = frame.left() - 6.0 - metrics.horizontalAdvance(text)
            painter.drawText(QPointF(x, y + metrics.capHeight() / 2), text)

    def _draw_shares(self, painter: QPainter, frame: QRectF, places: Sequence[QPointF]) -> None:
        """The accuracies at the cursor, in the margin to the right."""
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        wanted = [place.y() + metrics.capHeight() / 2 for place in places]
        bases = spread(wanted, metrics.height() - 1.0, frame.top() + 4.0, frame.bottom() + 4.0)
        for mark, base in zip(self._item.drawing.accuracy_marks, bases, strict=True):
            painter.setPen(theme.color(mark.color))
            painter.drawText(QPointF(frame.right() + 4.0, base), share_text(mark))


class FigureLine(pg.GraphicsWidget):
    """Figures side by side above the plot, the most important first; those that fit are shown."""

    HEIGHT = 18.0

    def __init__(self, figures: Callable[[], Sequence[str]]) -> None:
        super().__init__()
        self._figures = figures
        self.setFixedHeight(self.HEIGHT)

    @guarded
    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        x, right = 8.0, self.rect().width()
        for index, text in enumerate(self._figures()):
            width = metrics.horizontalAdvance(text)
            if x + width > right and index:
                return
            painter.setPen(theme.color("text" if index == 0 else "muted"))
            painter.drawText(QPointF(x, metrics.ascent() + 1.0), text)
            x += width + 14.0
