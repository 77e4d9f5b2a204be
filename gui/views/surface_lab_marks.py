"""Curves, arrows, planes and words over a 3-D surface, hidden where the surface stands before."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gui import theme
from gui.views.height_field import HeightScale
from gui.views.projection import HEIGHT
from gui.views.surface_painter import Overlay, polygon, runs, thinned
from gui.views.surface_scene import BOTTOM, FLOOR, Scene

Floats = NDArray[np.float64]

Task = Callable[[Floats, NDArray[np.bool_]], None]
"""Draws (k, 2) pixels, given which of them the surface hides."""

_DASHES = Qt.PenStyle.DashLine
SHORTEST_NAMED = 24.0
"""Pixels of an arrow that gets a name: those of shorter ones would only cover each other."""
HEAD = 9.0
"""Length of an arrow's head in pixels."""
_LOWEST = (FLOOR - BOTTOM) / (HEIGHT - BOTTOM)
_HIGHEST = 1.03


def shares(scale: HeightScale, values: Floats) -> Floats:
    """Shares of the drawn range, not held inside it; NaN beyond floor and ceiling."""
    with np.errstate(all="ignore"):
        if scale.kind == "log":
            found = np.log10(values / scale.low) / math.log10(scale.high / scale.low)
        else:
            found = (values - scale.low) / (scale.high - scale.low)
        return np.where((found >= _LOWEST) & (found <= _HIGHEST), found, np.nan)


class Marks:
    """Collects marks over a surface, given in the axes of its function, and draws them at once.

    What is hidden is found out for all points together, which is most of the work.
    """

    def __init__(self, painter: QPainter, scene: Scene, overlay: Overlay, font: QFont) -> None:
        self.painter, self.scene, self.overlay = painter, scene, overlay
        self.font = QFont(font)
        self.font.setPixelSize(13)
        self.font.setWeight(QFont.Weight.DemiBold)
        self._points: list[Floats] = []
        self._count = 0
        self._tasks: list[tuple[slice, Task]] = []

    # -------------------------------------------------------------------------- places

    def free(self, points: Floats) -> Floats:
        """(k, 3) points at their own heights, as they stand in the box; NaN outside of it."""
        across, up = self.scene.surface.to_box(points[:, 0], points[:, 1])
        z = BOTTOM + shares(self.scene.scale, points[:, 2]) * (HEIGHT - BOTTOM)
        return _inside(np.stack([across, up, z], axis=1))

    def on_surface(self, points: Floats) -> Floats:
        """(k, 3) points of the surface in the box: above the cap they lie on it."""
        across, up = self.scene.surface.to_box(points[:, 0], points[:, 1])
        return _inside(np.stack([across, up, self.scene.height(points[:, 2])], axis=1))

    def on_floor(self, points: Floats) -> Floats:
        """(k, 2) points on the floor of the box."""
        across, up = self.scene.surface.to_box(points[:, 0], points[:, 1])
        return _inside(np.stack([across, up, np.full(len(points), FLOOR)], axis=1))

    # -------------------------------------------------------------------------- drawing

    def add(self, box: Floats, task: Task) -> None:
        """Have points of the box projected, and handed to a task with what hides them."""
        self._points.append(box)
        self._tasks.append((slice(self._count, self._count + len(box)), task))
        self._count += len(box)

    def draw(self) -> None:
        """Draw everything, in the order in which it came."""
        if not self._count:
            return
        pixels, hidden = self.overlay.hidden(np.concatenate(self._points))
        for own, task in self._tasks:
            task(pixels[own], hidden[own])

    # --------------------------------------------------------------------------- lines

    def line(
        self,
        box: Floats,
        color: QColor,
        width: float = 2.2,
        *,
        casing: bool = True,
        hidden_alpha: float = 0.6,
        style: Qt.PenStyle = Qt.PenStyle.SolidLine,
    ) -> None:
        """A line in the box; thin and pale where the surface hides it."""

        def task(pixels: Floats, hidden: NDArray[np.bool_]) -> None:
            self._line(pixels, hidden, color, width, casing, hidden_alpha, style)

        self.add(box, task)

    def _line(
        self,
        pixels: Floats,
        hidden: NDArray[np.bool_],
        color: QColor,
        width: float,
        casing: bool,
        hidden_alpha: float,
        style: Qt.PenStyle,
    ) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        if hidden_alpha > 0.0 and hidden.any():
            behind = QColor(color)
            behind.setAlphaF(hidden_alpha * color.alphaF())
            self._draw(list(runs(pixels, hidden)), QPen(behind, 0.6 * width))
        visible = list(runs(pixels, ~hidden))
        if casing:
            self._draw(visible, QPen(theme.color("panel", 0.8), width + 2.2))
        self._draw(visible, QPen(color, width, style))

    def _draw(self, parts: list[Floats], pen: QPen) -> None:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
        self.painter.setPen(pen)
        for part in parts:
            self.painter.drawPolyline(polygon(thinned(part)))

    def floor_arrow(
        self,
        start: tuple[float, float],
        tip: tuple[float, float],
        color: QColor,
        text: str,
        width: float = 2.6,
        middle: bool = False,
    ) -> None:
        """An arrow on the floor with its name at the tip or, below, at the ``middle``."""
        steps = np.linspace(0.0, 1.0, 25)[:, None]
        way = np.array(start) + steps * (np.array(tip) - np.array(start))

        def task(pixels: Floats, hidden: NDArray[np.bool_]) -> None:
            ink = QColor(color)
            if hidden.any():
                # Through the surface it shines as if that were tinted glass.
                glass = QColor(color)
                glass.setAlphaF(0.75)
                white = theme.color("panel", 0.45)
                self._draw(list(runs(pixels, hidden)), QPen(white, width + 1.6))
                self._draw(list(runs(pixels, hidden)), QPen(glass, 0.8 * width, _DASHES))
            visible = list(runs(pixels, ~hidden))
            self._draw(visible, QPen(theme.color("panel", 0.8), width + 2.2))
            self._draw(visible, QPen(ink, width))
            end, before = pixels[-1], pixels[-2]
            length = float(np.hypot(*(pixels[0] - end)))
            if np.isnan(end).any() or not length > 3.0:
                return
            away = end - before
            tip_at = QPointF(*end.tolist())
            angle = math.atan2(away[1], away[0])
            paint_head(self.painter, tip_at, angle, ink, min(HEAD, 0.6 * length))
            if length >= SHORTEST_NAMED:
                where = beyond(tip_at, angle, text, self.font)
                if middle:
                    where = QPointF(*pixels[len(pixels) // 2].tolist()) + QPointF(4.0, 13.0)
                paint_words(self.painter, where, text, ink, self.font)

        self.add(self.on_floor(way), task)

    # ------------------------------------------------------------------------- patches

    def patch(
        self, x: Floats, y: Floats, z: Floats, color: QColor, alpha: float, lines: bool = False
    ) -> None:
        """A piece of another surface over a grid (m, n): clear in front, faint behind."""
        rows, columns = z.shape
        box = self.free(np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1))

        def task(pixels: Floats, hidden: NDArray[np.bool_]) -> None:
            self._patch(
                pixels.reshape(rows, columns, 2), hidden.reshape(rows, columns), color, alpha
            )

        self.add(box, task)
        grid = box.reshape(rows, columns, 3)
        rim = QColor(color)
        rim.setAlphaF(0.9)
        around = np.concatenate([grid[0], grid[1:, -1], grid[-1, -2::-1], grid[-2::-1, 0]])
        self.line(around, rim, 1.3, casing=False, hidden_alpha=0.4)
        if lines:
            soft = QColor(color)
            soft.setAlphaF(0.6)
            step = max(rows // 4, 1)
            for index in range(step, rows - 1, step):
                self.line(grid[index], soft, 1.0, casing=False, hidden_alpha=0.0)
                self.line(grid[:, index], soft, 1.0, casing=False, hidden_alpha=0.0)

    def _patch(
        self, pixels: Floats, hidden: NDArray[np.bool_], color: QColor, alpha: float
    ) -> None:
        cells = [pixels[:-1, :-1], pixels[:-1, 1:], pixels[1:, 1:], pixels[1:, :-1]]
        corners = np.stack(cells, axis=2).reshape(-1, 4, 2)
        behind = (
            hidden[:-1, :-1].astype(int) + hidden[:-1, 1:] + hidden[1:, 1:] + hidden[1:, :-1]
        ).reshape(-1) >= 2
        drawable = np.isfinite(corners).all(axis=(1, 2))
        painter = self.painter
        painter.save()
        # Neighbours that are smoothed at their common edge would show a seam.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for chosen, share in ((drawable & behind, 0.45 * alpha), (drawable & ~behind, alpha)):
            ink = QColor(color)
            ink.setAlphaF(share)
            painter.setBrush(ink)
            for corner in corners[chosen].tolist():
                painter.drawConvexPolygon(QPolygonF([QPointF(u, v) for u, v in corner]))
        painter.restore()

    # --------------------------------------------------------------------------- words

    def words(
        self,
        place: Floats,
        text: str,
        color: QColor,
        beside: tuple[float, float],
        dot: bool = False,
    ) -> None:
        """A few letters beside a point of the box, with a rim that keeps them readable."""

        def task(pixels: Floats, _: NDArray[np.bool_]) -> None:
            if np.isnan(pixels[0]).any():
                return
            where = QPointF(*pixels[0].tolist())
            if dot:
                self.painter.setPen(QPen(theme.color("panel"), 1.0))
                self.painter.setBrush(color)
                self.painter.drawEllipse(where, 4.0, 4.0)
            paint_words(self.painter, where + QPointF(*beside), text, color, self.font)

        self.add(place.reshape(1, 3), task)


def _inside(box: Floats) -> Floats:
    outside = (np.abs(box[:, :2]) > 1 + 1e-9).any(axis=1)
    box[outside] = np.nan
    return box


def paint_head(
    painter: QPainter, tip: QPointF, angle: float, color: QColor, size: float = HEAD
) -> None:
    """The head of an arrow that points along an angle, in radians clockwise on screen."""
    cos, sin = math.cos(angle), math.sin(angle)
    wide = 0.42 * size
    corners = [
        tip,
        tip + QPointF(-size * cos - wide * sin, -size * sin + wide * cos),
        tip + QPointF(-0.75 * size * cos, -0.75 * size * sin),
        tip + QPointF(-size * cos + wide * sin, -size * sin - wide * cos),
    ]
    painter.setPen(QPen(theme.color("panel", 0.85), 1.0))
    painter.setBrush(color)
    painter.drawPolygon(QPolygonF(corners))


def paint_words(
    painter: QPainter,
    middle: QPointF,
    text: str,
    color: QColor,
    font: QFont,
    within: QRectF | None = None,
) -> QRectF:
    """Letters around a point on a small plate of the panel's colour; returns the plate.

    ``within`` holds the plate inside an area.
    """
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text), metrics.height()
    plate = QRectF(middle.x() - width / 2 - 3, middle.y() - height / 2, width + 6, height)
    if within is not None:
        plate.moveLeft(min(max(plate.left(), within.left()), within.right() - plate.width()))
        plate.moveTop(min(max(plate.top(), within.top()), within.bottom() - plate.height()))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("panel", 0.78))
    painter.drawRoundedRect(plate, 3, 3)
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return plate


def beyond(tip: QPointF, angle: float, text: str, font: QFont) -> QPointF:
    """The middle of an arrow's name, a little way on from its tip."""
    way = QPointF(math.cos(angle), math.sin(angle))
    reach = 13.0 + 0.42 * QFontMetricsF(font).horizontalAdvance(text) * abs(way.x())
    return tip + way * reach


def right_angle(
    corner: Sequence[float], first: Sequence[float], second: Sequence[float], size: float
) -> Floats:
    """The three points (3, 2) of a right angle's mark between two directions."""
    at, one, two = np.array(corner), np.array(first), np.array(second)
    one, two = one / np.linalg.norm(one), two / np.linalg.norm(two)
    return np.stack([at + size * one, at + size * (one + two), at + size * two])


def fitting_scale(length: float, room: float) -> float:
    """A round factor ≤ 1 by which an arrow is shortened so that it fits: 1, 1/2, 1/3, 1/4, 1/5 …"""
    if not math.isfinite(length) or length <= room or room <= 0.0:
        return 1.0
    factor = 1.0
    while True:
        for divisor in (1.0, 2.0, 3.0, 4.0, 5.0, 8.0):
            if length * factor / divisor <= room:
                return factor / divisor
        factor /= 10.0
