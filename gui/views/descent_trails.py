"""The ways of the runners, kept as a picture to which only what is new is added."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.views.descent_stage import Floats, Lane
from gui.views.scene_export import density
from gui.views.surface_painter import draw_line, runs

MOST_DOTS = 60
"""Beyond so many steps a way is drawn without dots."""
_APART = 9.0
_WIDTH, _FINE = 2.2, 1.6

Draw = Callable[[QPainter, Lane, int], None]
"""Draws the way of a lane from a state on up to where it stands."""


class Trails:
    """Draws the ways of lanes; on screen only the steps since the last picture are drawn anew."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self._key: object = None
        self._picture: QPixmap | None = None
        self._done: dict[int, int] = {}

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._key = None

    def paint(
        self, painter: QPainter, area: QRectF, lanes: Sequence[Lane], key: tuple[object, ...]
    ) -> None:
        """Draw the ways into an area; ``key`` says what else the picture depends on."""
        if not isinstance(painter.device(), QWidget):
            for lane in lanes:
                self._draw(painter, lane, 0)
            return
        fine = density(painter)
        courses = tuple((id(lane.course), lane.color, lane.number) for lane in lanes)
        whole = (key, area.getRect(), fine, theme.scheme(), courses)
        went_back = any(lane.at < self._done.get(lane.number, 0) for lane in lanes)
        left, top = math.floor(area.left() * fine), math.floor(area.top() * fine)
        corner = QPointF(left / fine, top / fine)
        picture = self._picture
        if picture is None or whole != self._key or went_back:
            picture = self._picture = QPixmap(
                math.ceil(area.right() * fine) - left, math.ceil(area.bottom() * fine) - top
            )
            picture.setDevicePixelRatio(fine)
            picture.fill(Qt.GlobalColor.transparent)
            self._key, self._done = whole, {}
        if any(lane.at > self._done.get(lane.number, -1) for lane in lanes):
            inside = QPainter(picture)
            inside.setRenderHint(QPainter.RenderHint.Antialiasing)
            inside.translate(-corner)
            for lane in lanes:
                done = self._done.get(lane.number, -1)
                if lane.at > done:
                    self._draw(inside, lane, max(done, 0))
                    self._done[lane.number] = lane.at
            inside.end()
        painter.drawPixmap(corner, picture)


def paint_way(
    painter: QPainter, pixels: Floats, seen: NDArray[np.bool_], color: str, start: int, dotted: bool
) -> None:
    """Draw (k, 2) pixels as a line with a rim, and dots at its own states where they stand apart.

    ``start`` is the iteration of the first of them.
    """
    width = _WIDTH if start < 2 * MOST_DOTS else _FINE
    parts = list(runs(pixels, seen))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for part in parts:
        draw_line(painter, part, QPen(theme.color("panel", 0.85), width + 2.2), len(part) < 200)
    for part in parts:
        draw_line(painter, part, QPen(theme.color(color), width))
    if dotted:
        paint_dots(painter, pixels[seen], color, start)


def paint_dots(painter: QPainter, pixels: Floats, color: str, start: int) -> None:
    """Draw dots at the first states, as far as they stand apart."""
    pixels = pixels[: max(MOST_DOTS - start, 0)]
    pixels = pixels[np.isfinite(pixels).all(axis=1)]
    painter.setPen(QPen(theme.color("panel"), 1.0))
    painter.setBrush(theme.color(color))
    last: Floats | None = None
    for point in pixels:
        if last is None or float(np.abs(point - last).max()) >= _APART:
            painter.drawEllipse(QPointF(*point.tolist()), 2.8, 2.8)
            last = point
