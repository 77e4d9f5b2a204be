"""The parts of the picture from above: coloured field, level lines, colour bar, paths."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from engine.numbers import shown
from gui import theme
from gui.i18n import tr
from gui.views.contours import Lines, levels_of, line_at, lines_of
from gui.views.height_field import HeightScale, Surface, SurfacePath
from gui.views.scene_export import density, is_vector
from gui.views.scene_item import SceneItem
from gui.views.surface_painter import (
    arrows,
    cap_color,
    channels,
    dots,
    draw_line,
    line_width,
    paint_ball,
    polygon,
    runs,
)

Floats = NDArray[np.float64]

_FIELD_PIXELS, _MOVING_PIXELS = 208, 96
"""Pixels of the image of the field along a side, at rest and in motion; Qt smooths between them."""
_REST_AFTER_MS = 260


def small_font(size: int = 11) -> QFont:
    """The application's font at a size in pixels."""
    font = QFont()
    font.setPixelSize(size)
    return font


def level_color(scale: HeightScale, level: float) -> QColor:
    """The colour in which the field shows a value."""
    share = float(scale.share(level))
    red, green, blue = (
        int(value) for value in theme.colormap("sequential")[round(share * 255)][:3]
    )
    return QColor(red, green, blue)


def ink_on(color: QColor) -> QColor:
    """Light or dark, whichever can be read on a colour."""
    light = 0.299 * color.redF() + 0.587 * color.greenF() + 0.114 * color.blueF()
    return QColor("#101418") if light > 0.5 else QColor("#FFFFFF")


def packed_colors() -> NDArray[np.uint32]:
    """The colours of heights, (256,) as Qt packs them into pixels."""
    table = theme.colormap("sequential").astype(np.uint32)
    packed = np.uint32(0xFF000000) | (table[:, 0] << 16) | (table[:, 1] << 8) | table[:, 2]
    return packed.astype(np.uint32)


def field_image(surface: Surface, scale: HeightScale, side: int = _FIELD_PIXELS) -> QImage:
    """The coloured field, its first row at the lowest y; gaps are transparent.

    The first and the last pixel stand on the first and the last point of the grid; there are at
    least ``side`` pixels along each axis.
    """
    values = _finer(surface.z, side)
    share = scale.share(values)
    capped = values >= scale.high if scale.capped else None
    gaps = np.isnan(share)
    has_gaps = bool(gaps.any())
    if has_gaps:
        share = np.where(gaps, 0.0, share)
    pixels = packed_colors().take((share * 255 + 0.5).astype(np.uint8))
    if capped is not None:
        red, green, blue = channels(cap_color())
        pixels[capped] = 0xFF000000 | red << 16 | green << 8 | blue
    if has_gaps:
        pixels[gaps] = 0
    pixels = np.ascontiguousarray(pixels, dtype=np.uint32)
    height, width = pixels.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
    return image.copy()


def _finer(z: Floats, side: int) -> Floats:
    """Values between those of a grid, bilinear, at least ``side`` along each axis; gaps are NaN."""
    z = np.where(np.isfinite(z), z, np.nan)
    for axis in (0, 1):
        count = z.shape[axis]
        before, share = _between(count, max(count, side))
        shares = share[:, None] if axis == 0 else share
        start = z.take(before, axis)
        z = start + (z.take(before + 1, axis) - start) * shares
    return z


@lru_cache(maxsize=32)
def _between(count: int, wanted: int) -> tuple[NDArray[np.intp], Floats]:
    """Of ``wanted`` even places on ``count`` even points: the point before, and the way to it."""
    places = np.linspace(0.0, count - 1.0, wanted)
    before = np.minimum(places.astype(np.intp), count - 2)
    return before, places - before


class FieldItem(SceneItem):
    """The field and its level lines, kept as an image until one of them or the frame changes.

    While surfaces follow each other, lines are drawn without smoothing and without labels; when
    nothing has changed for a moment, both come.
    """

    def __init__(self) -> None:
        super().__init__()
        self._surface: Surface | None = None
        self._scale: HeightScale | None = None
        self._images: dict[int, QImage] = {}
        self._cached: tuple[tuple[object, ...], QImage] | None = None
        self._moving = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_AFTER_MS)
        self._rest.timeout.connect(self._come_to_rest)

    @property
    def is_moving(self) -> bool:
        """Whether surfaces follow each other."""
        return self._moving

    def show(self, surface: Surface | None, scale: HeightScale | None) -> None:
        """Draw this surface."""
        if self._surface is not None:
            self._moving = True
            self._rest.start()
        self._surface, self._scale = surface, scale
        self.forget()

    def forget(self) -> None:
        """Draw anew, for example in other colours."""
        self._images = {}
        self._cached = None
        self.update()

    def _come_to_rest(self) -> None:
        self._moving = False
        self.update()

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        surface, scale = self._surface, self._scale
        if surface is None or scale is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tr("No surface yet"))
            return
        if is_vector(painter):
            self._draw(painter, surface, scale, area, moving=False)
            return
        moving = self._moving and isinstance(painter.device(), QWidget)
        fine = density(painter)
        transform = self.sceneTransform()
        key = (
            moving,
            fine,
            area.getRect(),
            (transform.m11(), transform.m22(), transform.dx(), transform.dy()),
        )
        # From one pixel of the device to another, or copying would blur.
        left, top = math.floor(area.left() * fine), math.floor(area.top() * fine)
        corner = QPointF(left / fine, top / fine)
        if self._cached is None or self._cached[0] != key:
            image = QImage(
                math.ceil(area.right() * fine) - left,
                math.ceil(area.bottom() * fine) - top,
                QImage.Format.Format_RGB32,
            )
            image.setDevicePixelRatio(fine)
            image.fill(theme.color("panel"))
            inside = QPainter(image)
            inside.setRenderHint(QPainter.RenderHint.Antialiasing, not moving)
            inside.translate(-corner)
            self._draw(inside, surface, scale, area, moving)
            inside.end()
            self._cached = key, image
        painter.drawImage(corner, self._cached[1])

    def _draw(
        self, painter: QPainter, surface: Surface, scale: HeightScale, area: QRectF, moving: bool
    ) -> None:
        side = _MOVING_PIXELS if moving else _FIELD_PIXELS
        if side not in self._images:
            self._images[side] = field_image(surface, scale, side)
        field = self._images[side]
        (left, right), (bottom, top) = surface.x_range, surface.y_range
        lower_left, upper_right = self.to_pixel(left, bottom), self.to_pixel(right, top)
        frame = QRectF(lower_left, upper_right).normalized()
        if not np.isfinite(surface.z).all():
            painter.fillRect(frame, theme.color("background"))
            painter.fillRect(frame, QBrush(theme.color("border"), Qt.BrushStyle.BDiagPattern))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # Rows run upwards, as y does. Half a pixel at each side lies outside the grid.
        painter.translate(frame.bottomLeft())
        painter.scale(1.0, -1.0)
        source = QRectF(0.5, 0.5, field.width() - 1, field.height() - 1)
        painter.drawImage(QRectF(0, 0, frame.width(), frame.height()), field, source)
        painter.restore()
        lines = lines_of(surface, levels_of(scale))
        longest = self._draw_lines(painter, scale, lines)
        if not moving:
            self._draw_labels(painter, scale, longest, area)

    def _draw_lines(
        self, painter: QPainter, scale: HeightScale, lines: Lines
    ) -> dict[float, tuple[float, Floats]]:
        """Draw the level lines; return each level's longest piece with its length in pixels."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        longest: dict[float, tuple[float, Floats]] = {}
        inked = math.nan
        for level, points in lines:
            if level != inked:
                ink = ink_on(level_color(scale, level))
                ink.setAlphaF(0.55)
                painter.setPen(QPen(ink, 1.0))
                inked = level
            pixels = self.to_pixels(points)
            painter.drawPolyline(polygon(pixels))
            length = float(np.hypot(*np.diff(pixels, axis=0).T).sum())
            if length > longest.get(level, (0.0, pixels))[0]:
                longest[level] = length, pixels
        return longest

    def _draw_labels(
        self,
        painter: QPainter,
        scale: HeightScale,
        longest: dict[float, tuple[float, Floats]],
        area: QRectF,
    ) -> None:
        font = small_font(10)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        taken: list[QRectF] = []
        for level, (length, pixels) in longest.items():
            text = shown(level)
            width = metrics.horizontalAdvance(text) + 6.0
            place = _straight_place(pixels, length, width, area, taken)
            if place is None:
                continue
            where, angle = place
            reach = width / 2 + 4.0
            taken.append(QRectF(where.x() - reach, where.y() - reach, 2 * reach, 2 * reach))
            color = level_color(scale, level)
            painter.save()
            painter.translate(where)
            painter.rotate(angle)
            label = QRectF(-width / 2, -metrics.height() / 2, width, metrics.height())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(label.adjusted(0, 1, 0, -1), 3, 3)
            painter.setPen(ink_on(color))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
            painter.restore()


def _straight_place(
    pixels: Floats, length: float, width: float, area: QRectF, taken: list[QRectF]
) -> tuple[QPointF, float] | None:
    """Where on a line a label of this width can stand, and at which angle in degrees."""
    if length < 2.5 * width:
        return None
    travelled = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(pixels, axis=0).T))])
    middles = np.linspace(0.06, 0.94, 23) * length
    middles = middles[(middles > width / 2) & (middles < length - width / 2)]
    ends = middles[:, None] + np.array([-0.5, 0.0, 0.5]) * width
    x = np.interp(ends, travelled, pixels[:, 0])
    y = np.interp(ends, travelled, pixels[:, 1])
    across, down = x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    chord = np.hypot(across, down)
    slope = (np.degrees(np.arctan2(down, across)) + 90.0) % 180.0 - 90.0
    # Straight pieces first, among these the level ones.
    badness = (1.0 - chord / width) + 0.002 * np.abs(slope)
    reach = width / 2 + 5.0
    for index in np.argsort(badness):
        where = QPointF(float(x[index, 1]), float(y[index, 1]))
        around = QRectF(where.x() - reach, where.y() - reach, 2 * reach, 2 * reach)
        free = area.contains(around) and not any(around.intersects(other) for other in taken)
        if free and chord[index] > 0.9 * width:
            return where, float(slope[index])
    return None


class WaysItem(SceneItem):
    """What moves over the field: paths, the ball, the level line under the pointer, a badge."""

    def __init__(self, field: FieldItem) -> None:
        super().__init__()
        self._over = field
        self.surface: Surface | None = None
        self.paths: tuple[SurfacePath, ...] = ()
        self.ball: tuple[float, float] | None = None
        self.pointed: tuple[float, float, float] | None = None

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        if self.surface is None:
            return
        if self.pointed is not None and self._exportOpts is False:
            self._draw_pointed(painter, self.surface, self.pointed)
        moving = self._over.is_moving and isinstance(painter.device(), QWidget)
        for path in self.paths:
            self._draw_path(painter, path, moving)
        if self.ball is not None:
            paint_ball(painter, self.to_pixel(*self.ball))
        if self.surface.stale:
            paint_badge(painter, area.topRight() + QPointF(-8, 8), tr("updating…"))

    def _draw_pointed(
        self, painter: QPainter, surface: Surface, pointed: tuple[float, float, float]
    ) -> None:
        x, y, value = pointed
        pieces = QPainterPath()
        for points in line_at(surface, value):
            pixels = self.to_pixels(points)
            pieces.addPath(pg.arrayToQPath(pixels[:, 0], pixels[:, 1], connect="all"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in ((QColor(16, 20, 24, 170), 4.0), (QColor("#FFFFFF"), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawPath(pieces)
        where = self.to_pixel(x, y)
        painter.setFont(small_font(11))
        metrics = painter.fontMetrics()
        # A name for the line, with few digits: the exact value is the model's, in the read-out.
        text = shown(value, 3)
        label = QRectF(where + QPointF(10, 10), QSizeF(metrics.horizontalAdvance(text) + 10, 18))
        painter.setPen(theme.color("border"))
        painter.setBrush(theme.color("raised"))
        painter.drawRoundedRect(label, 3, 3)
        painter.setPen(theme.color("text"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_path(self, painter: QPainter, path: SurfacePath, moving: bool) -> None:
        if not len(path.points):
            return
        pixels = np.clip(self.to_pixels(path.points), -30000, 30000)
        everywhere = np.ones(len(pixels), dtype=bool)
        color = theme.color(path.color)
        later = QColor(color)
        later.setAlphaF(0.5)
        past, future = pixels[: path.now + 1], pixels[path.now :]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        broad = line_width(len(pixels))
        for line, ink, width, smooth in (
            (future, later, 1.6, True),
            (past, theme.color("panel", 0.9), broad + 2.4, not moving),
            (past, color, broad, True),
        ):
            for part in runs(line, everywhere[: len(line)]):
                draw_line(painter, part, QPen(ink, width), smooth)
        painter.setPen(QPen(theme.color("panel"), 1.0))
        painter.setBrush(color)
        finite = past[np.isfinite(past).all(axis=1)]
        for u, v in dots(finite, len(pixels)).tolist():
            painter.drawEllipse(QPointF(u, v), 3.0, 3.0)
        for where, angle in arrows(finite):
            _draw_arrow(painter, where, angle)
        if np.isfinite(pixels[0]).all():
            painter.setPen(QPen(color, 2.2))
            painter.setBrush(theme.color("panel"))
            painter.drawEllipse(QPointF(*pixels[0].tolist()), 4.6, 4.6)


def _draw_arrow(painter: QPainter, where: QPointF, angle: float) -> None:
    painter.save()
    painter.translate(where)
    painter.rotate(angle)
    painter.drawPolygon(QPolygonF([QPointF(6.5, 0), QPointF(-4.5, -5), QPointF(-4.5, 5)]))
    painter.restore()


def paint_badge(painter: QPainter, corner: QPointF, text: str) -> None:
    """A small label whose top right corner stands at a point."""
    painter.setFont(small_font())
    metrics = QFontMetricsF(painter.font())
    width, height = metrics.horizontalAdvance(text) + 16.0, metrics.height() + 6.0
    area = QRectF(corner.x() - width, corner.y(), width, height)
    painter.setPen(theme.color("border"))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(area, 4, 4)
    painter.setPen(theme.color("muted"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
