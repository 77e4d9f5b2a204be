"""The parts of the data view: the map or the fitted curve, the samples, and their legend."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from engine.data.dataset import Integers
from engine.network import Vector
from engine.numbers import shown
from gui import theme
from gui.views import sample_marks
from gui.views.contour_items import ink_on, small_font
from gui.views.guard import guarded
from gui.views.loss_items import draw_text
from gui.views.plane_image import class_color, image_of, value_color
from gui.views.plane_map import PlaneMap, boundaries, level_lines, lines_at
from gui.views.scene_item import SceneItem

Flags = NDArray[np.bool_]

_KEPT_APART = 26.0


@dataclass(frozen=True, eq=False)
class Samples:
    """What is drawn of the samples.

    Attributes
    ----------
    rows
        (k,) rows of the data set that are drawn.
    points
        (k, 2) where.
    kinds
        (k,) shapes: classes, 0 for regression.
    values
        (k,) targets of a regression, to be told by colour, or None.
    test
        (k,) which are held out.
    wrong
        (k,) which the network gets wrong.
    token
        The one colour of all marks; empty: that of the class, or of the value.
    """

    rows: Integers
    points: Vector
    kinds: Integers
    values: Vector | None
    test: Flags
    wrong: Flags
    token: str = ""


class MapItem(SceneItem):
    """The answer over the plane as an image with its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.answer: PlaneMap | None = None
        self.range = (0.0, 1.0)
        self._image: QImage | None = None

    def show(self, answer: PlaneMap | None, low: float, high: float) -> None:
        """Draw this answer, colours from low to high."""
        if answer is not self.answer or (low, high) != self.range:
            self.answer, self.range = answer, (low, high)
            self.forget()

    def forget(self) -> None:
        """Draw anew, for example in other colours."""
        self._image = None
        self.update()

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        answer = self.answer
        if answer is None:
            return
        if self._image is None:
            self._image = image_of(answer, *self.range)
        left_bottom = self.to_pixel(float(answer.x[0]), float(answer.y[0]))
        right_top = self.to_pixel(float(answer.x[-1]), float(answer.y[-1]))
        frame = QRectF(left_bottom, right_top).normalized()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # The outermost pixels are centred on the edges: half of each lies outside.
        inner = QRectF(0.5, 0.5, self._image.width() - 1.0, self._image.height() - 1.0)
        painter.drawImage(frame, self._image, inner)
        kind = answer.question.kind
        if kind == "value":
            self._draw_levels(painter, area, answer)
        elif kind == "unit":
            pieces = lines_at(answer.x, answer.y, answer.pre_activations[:, :, 0], 0.0)
            self._draw_lines(painter, pieces, Qt.PenStyle.DashLine)
        else:
            self._draw_lines(painter, boundaries(answer), Qt.PenStyle.SolidLine)

    def _path(self, pieces: Sequence[Vector]) -> QPainterPath:
        path = QPainterPath()
        for piece in pieces:
            pixels = self.to_pixels(piece)
            path.addPath(pg.arrayToQPath(pixels[:, 0], pixels[:, 1], connect="all"))
        return path

    def _draw_lines(self, painter: QPainter, pieces: Sequence[Vector], style: Qt.PenStyle) -> None:
        path = self._path(pieces)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((theme.color("panel", 0.7), 3.6), (theme.color("text"), 1.7)):
            line_pen = QPen(color, width)
            line_pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            if width < 2.0:
                line_pen.setStyle(style)
            painter.setPen(line_pen)
            painter.drawPath(path)

    def _draw_levels(self, painter: QPainter, area: QRectF, answer: PlaneMap) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(small_font(10))
        metrics = painter.fontMetrics()
        taken: list[QPointF] = []
        for level, pieces in level_lines(answer, *self.range):
            ground = value_color(level, *self.range)
            ink = ink_on(ground)
            ink.setAlphaF(0.6)
            painter.setPen(QPen(ink, 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self._path(pieces))
            if not pieces or min(area.width(), area.height()) < 180.0:
                continue
            longest = self.to_pixels(max(pieces, key=len))
            width = metrics.horizontalAdvance(shown(level)) + 6
            room = area.adjusted(width, 12, -width, -12)
            for share in (0.5, 0.35, 0.65, 0.2, 0.8):
                where = QPointF(*longest[int(share * (len(longest) - 1))].tolist())
                free = all((where - other).manhattanLength() > _KEPT_APART for other in taken)
                if room.contains(where) and free:
                    taken.append(where)
                    label = QRectF(where.x() - width / 2, where.y() - 7, width, 14)
                    painter.setPen(Qt.PenStyle.NoPen)
                    painter.setBrush(ground)
                    painter.drawRoundedRect(label, 3, 3)
                    painter.setPen(ink_on(ground))
                    painter.drawText(label, Qt.AlignmentFlag.AlignCenter, shown(level))
                    break


class CurveItem(SceneItem):
    """The answer along one input as a curve, or several."""

    def __init__(self) -> None:
        super().__init__()
        self.x: Vector = np.empty(0)
        self.values: Vector = np.empty((0, 0))
        self.colors: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()
        self.level: float | None = None
        self.residual: tuple[float, float, float] | None = None

    def covers(self, low: float, high: float) -> bool:
        """Whether the curve reaches from one end of the axis to the other, and no further."""
        return bool(self.x.size) and (self.x[0], self.x[-1]) == (low, high)

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        if self.level is not None:
            y = self.to_pixel(0.0, self.level).y()
            painter.setPen(QPen(theme.color("control"), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        if self.residual is not None:
            x, start, end = self.residual
            painter.setPen(QPen(theme.color("backward"), 1.8))
            painter.drawLine(self.to_pixel(x, start), self.to_pixel(x, end))
        painter.setFont(small_font())
        for column, token in enumerate(self.colors):
            pixels = self.to_pixels(np.column_stack((self.x, self.values[:, column])))
            pixels = np.clip(pixels, -30000, 30000)
            path = pg.arrayToQPath(pixels[:, 0], pixels[:, 1], connect="finite")
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((theme.color("panel", 0.8), 4.6), (theme.color(token), 2.4)):
                painter.setPen(QPen(color, width))
                painter.drawPath(path)
            if column < len(self.names):
                self._draw_name(painter, area, pixels, self.names[column], theme.color(token))

    def _draw_name(
        self, painter: QPainter, area: QRectF, pixels: Vector, name: str, color: QColor
    ) -> None:
        metrics = QFontMetricsF(painter.font())
        inside = np.flatnonzero((pixels[:, 1] > area.top() + 16) & (pixels[:, 1] < area.bottom()))
        if inside.size:
            x, y = pixels[inside[-1]].tolist()
            x = min(x, area.right()) - metrics.horizontalAdvance(name) - 8.0
            draw_text(painter, QPointF(x, y - 8.0), name, color)


class SamplesItem(SceneItem):
    """The samples, kept as an image; only rings and the focus are drawn each time."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: Samples | None = None
        self.range = (0.0, 1.0)
        self.focus: QPointF | None = None
        self._layer: tuple[tuple[object, ...], QImage, Vector] | None = None

    def forget(self) -> None:
        """Draw anew, for example in other colours."""
        self._layer = None
        self.update()

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        samples = self.samples
        if samples is None:
            return
        pixels = self.to_pixels(samples.points)
        near = area.adjusted(-12, -12, 12, 12)
        seen = (
            (pixels[:, 0] > near.left())
            & (pixels[:, 0] < near.right())
            & (pixels[:, 1] > near.top())
            & (pixels[:, 1] < near.bottom())
        )
        radius = sample_marks.radius_in(area.width(), area.height(), len(samples.rows))
        wrong = pixels[samples.wrong & seen].tolist()
        sample_marks.draw_rings(painter, [QPointF(x, y) for x, y in wrong], radius)
        if self._exportOpts is not False:
            self._draw_marks(painter, samples, pixels, seen, radius)
        else:
            painter.drawImage(area.topLeft(), self._kept(painter, area, pixels, seen, radius))
        if self.focus is not None:
            where = self.to_pixel(self.focus.x(), self.focus.y())
            sample_marks.draw_focus(painter, where, radius)

    def _kept(
        self, painter: QPainter, area: QRectF, pixels: Vector, seen: Flags, radius: float
    ) -> QImage:
        samples = self.samples
        assert samples is not None
        density = painter.device().devicePixelRatioF()
        transform = self.sceneTransform()
        key = (
            density,
            area.getRect(),
            (transform.m11(), transform.m22(), transform.dx(), transform.dy()),
            self.range,
        )
        known = self._layer
        if known is None or known[0] != key or known[2] is not samples.points:
            image = QImage(
                math.ceil(area.width() * density),
                math.ceil(area.height() * density),
                QImage.Format.Format_ARGB32_Premultiplied,
            )
            image.setDevicePixelRatio(density)
            image.fill(Qt.GlobalColor.transparent)
            inside = QPainter(image)
            try:
                inside.setRenderHint(QPainter.RenderHint.Antialiasing)
                inside.translate(-area.topLeft())
                self._draw_marks(inside, samples, pixels, seen, radius)
            finally:
                # An image that goes while it is painted on takes the program with it.
                inside.end()
            known = self._layer = key, image, samples.points
        return known[1]

    def _draw_marks(
        self, painter: QPainter, samples: Samples, pixels: Vector, seen: Flags, radius: float
    ) -> None:
        colors = {
            kind: theme.color(samples.token) if samples.token else class_color(kind)
            for kind in set(samples.kinds.tolist())
        }
        # Training samples below, test samples on top.
        for index in np.argsort(samples.test, kind="stable").tolist():
            if not seen[index]:
                continue
            kind = int(samples.kinds[index])
            color = colors[kind]
            if samples.values is not None:
                color = value_color(float(samples.values[index]), *self.range)
            where = QPointF(*pixels[index].tolist())
            hollow = bool(samples.test[index])
            sample_marks.draw_mark(painter, where, kind, color, hollow, radius)


@dataclass(frozen=True)
class Entry:
    """One entry of the legend: a mark, or only text where ``kind`` is negative."""

    text: str
    kind: int = -1
    color: str = "text"
    hollow: bool = False
    ring: bool = False


class Legend(pg.GraphicsWidget):
    """What the marks mean, in one line above the plot; entries that do not fit are left out."""

    HEIGHT = 20.0

    def __init__(self, entries: Callable[[], Sequence[Entry]]) -> None:
        super().__init__()
        self._entries = entries
        self.setFixedHeight(self.HEIGHT)

    @guarded
    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        x, middle, right = 8.0, self.HEIGHT / 2 - 1.0, self.rect().width()
        for index, entry in enumerate(self._entries()):
            marked = entry.kind >= 0 or entry.ring
            width = metrics.horizontalAdvance(entry.text) + (14.0 if marked else 0.0)
            if x + width > right and index:
                return
            where = QPointF(x + 5.0, middle)
            if entry.ring:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.color("error"), 1.6))
                painter.drawEllipse(where, 5.0, 5.0)
            elif entry.kind >= 0:
                color = theme.color(entry.color)
                sample_marks.draw_mark(painter, where, entry.kind, color, entry.hollow, 4.0)
            painter.setPen(theme.color("text" if marked else "muted"))
            left = x + (14.0 if marked else 0.0)
            painter.drawText(QPointF(left, middle + metrics.capHeight() / 2), entry.text)
            x += width + 12.0
