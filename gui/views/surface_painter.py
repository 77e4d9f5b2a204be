"""Paints the parts of a 3-D picture: the box with its axes, the surface, paths and the ball."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from gui import theme
from gui.views.height_raster import Raster
from gui.views.projection import Projection
from gui.views.surface_scene import FLOOR, LiftedPath, Scene, brightness

Floats = NDArray[np.float64]

BALL_RADIUS = 7.0
MOST_DOTS = 60
"""A path of more points is drawn as a line alone."""
_MANY_POINTS = 100
_ARROWS_APART = 60.0
_MOST_ARROWS = 12
_CLEAR = 36.0
_HALF_CHORD = 8.0


def channels(color: QColor) -> tuple[int, int, int]:
    """Red, green and blue of a colour."""
    return color.red(), color.green(), color.blue()


def mixed(first: QColor, second: QColor, share: float) -> QColor:
    """A colour between two."""
    return QColor(
        *(
            round(a + (b - a) * share)
            for a, b in zip(channels(first), channels(second), strict=True)
        )
    )


def cap_color() -> QColor:
    """The flat colour of what was cut off at the cap: neutral, as no height is."""
    return mixed(theme.color("panel"), theme.color("muted"), 0.45)


def mesh_color() -> QColor:
    """The colour of mesh lines, at full strength."""
    return QColor("#0B1020")


# --------------------------------------------------------------------------------- surface


def paint_quads(painter: QPainter, scene: Scene, projection: Projection) -> None:
    """Paint the surface as polygons from far to near: for files, where lines stay lines."""
    heights = scene.heights
    light = scene.light(projection)
    rows, columns = heights.shape
    stride = max(1, -(-max(rows, columns) // 64))
    row, column = (_thinned(count, stride) for count in (rows, columns))
    across, up = np.meshgrid(np.linspace(-1, 1, columns)[column], np.linspace(-1, 1, rows)[row])
    field = heights[np.ix_(row, column)]
    shine = light[np.ix_(row, column)]
    pixels, ahead = projection.project(np.stack([across, up, field], axis=-1))
    pixels, ahead = pixels.reshape(*field.shape, 2), ahead.reshape(field.shape)
    corners = np.stack([pixels[:-1, :-1], pixels[:-1, 1:], pixels[1:, 1:], pixels[1:, :-1]], axis=2)

    def middle(values: Floats) -> Floats:
        result: Floats = (values[:-1, :-1] + values[:-1, 1:] + values[1:, 1:] + values[1:, :-1]) / 4
        return result.reshape(-1)

    level, depth = middle(field), middle(ahead)
    visible = np.flatnonzero(np.isfinite(level))
    order = visible[np.argsort(-depth[visible], kind="stable")]
    corners = corners.reshape(-1, 4, 2)
    x, y = corners[..., 0], corners[..., 1]
    area = ((x - np.roll(x, -1, 1)) * (y + np.roll(y, -1, 1))).sum(axis=1)
    # Seen from above, corners run the same way round in every picture.
    below = area > 0
    factor = np.where(below, 0.55, brightness(middle(shine)))
    share = scene.share(level)
    index = np.clip(np.nan_to_num(share) * 255 + 0.5, 0, 255).astype(int)
    colors = np.clip(theme.colormap("sequential")[index][:, :3] * factor[:, None], 0, 255)
    if scene.scale.capped:
        flat = np.array(channels(cap_color()))
        capped = share > 1 - 1e-4
        colors[capped] = np.clip(flat * factor[capped, None], 0, 255)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    mesh = mesh_color()
    every = max(1, round(len(row) / 16))
    wide = field.shape[1] - 1
    for cell in order:
        color = QColor(*(int(value) for value in colors[cell]))
        # The outline in the colour of the face closes the hair between neighbours.
        painter.setPen(QPen(color, 0.7))
        painter.setBrush(color)
        painter.drawConvexPolygon(polygon(corners[cell]))
        down, right = divmod(int(cell), wide)
        painter.setPen(QPen(mixed(color, mesh, 0.3), 0.7))
        if down % every == 0:
            painter.drawLine(*_two(corners[cell], 0, 1))
        if right % every == 0:
            painter.drawLine(*_two(corners[cell], 0, 3))
    painter.restore()


def _thinned(count: int, stride: int) -> NDArray[np.intp]:
    """Every stride-th index, the last one included."""
    return np.unique(np.append(np.arange(0, count, stride), count - 1))


def _two(corners: Floats, first: int, second: int) -> tuple[QPointF, QPointF]:
    return QPointF(*corners[first].tolist()), QPointF(*corners[second].tolist())


def polygon(points: NDArray[np.floating]) -> QPolygonF:
    """(k, 2) pixels as Qt wants them."""
    if len(points) < 16:
        return QPolygonF([QPointF(u, v) for u, v in points.tolist()])
    result: QPolygonF = pg.functions.arrayToQPolygonF(points[:, 0], points[:, 1])
    return result


# --------------------------------------------------------------------------- paths and ball


class Overlay:
    """What moves over a surface that stands still: paths, their shadows, the ball."""

    def __init__(
        self,
        painter: QPainter,
        projection: Projection,
        raster: Raster,
        zoom: float,
        moving: bool = False,
    ) -> None:
        self.painter = painter
        self.projection = projection
        self.raster = raster
        # Pixels of the raster for one of the picture.
        self.zoom = zoom
        self.moving = moving

    def hidden(self, points: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Pixels of points of the box, and whether the surface is in front of each."""
        pixels, ahead = self.projection.project(points)
        safe = np.nan_to_num(pixels * self.zoom, nan=-1.0)
        return pixels, self.raster.hides(safe[:, 0], safe[:, 1], ahead)

    def shadow(self, lifted: LiftedPath) -> None:
        """The path on the floor, where it can be seen."""
        if len(lifted.line) < 2:
            return
        points = lifted.line.copy()
        points[:, 2] = np.where(np.isnan(points[:, 2]), np.nan, FLOOR)
        pixels, hidden = self.hidden(points)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for part in runs(pixels, ~hidden):
            draw_line(self.painter, part, QPen(theme.color("text", 0.28), 1.6), not self.moving)

    def path(self, lifted: LiftedPath) -> None:
        """The path on the surface: what is hidden thin, what is to come faint."""
        if not len(lifted.line):
            return
        painter = self.painter
        pixels, hidden = self.hidden(lifted.line)
        now = lifted.now
        color = theme.color(lifted.path.color)
        casing = theme.color("panel", 0.85)
        behind = QColor(color)
        behind.setAlphaF(0.8)
        later = QColor(color)
        later.setAlphaF(0.45)
        past, future = pixels[: now + 1], pixels[now:]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        fine = not self.moving
        width = line_width(len(lifted.points))
        dotted = Qt.PenStyle.DotLine if fine else Qt.PenStyle.SolidLine
        for part in runs(pixels, hidden):
            draw_line(painter, part, QPen(theme.color("panel", 0.4), 3.4), fine)
            draw_line(painter, part, QPen(behind, 1.5 if fine else 1.0, dotted))
        for part in runs(future, ~hidden[now:]):
            draw_line(painter, part, QPen(later, 1.6))
        for part in runs(past, ~hidden[: now + 1]):
            draw_line(painter, part, QPen(casing, width + 2.2), fine)
        for part in runs(past, ~hidden[: now + 1]):
            draw_line(painter, part, QPen(color, width))
        self._dots(lifted, color)

    def _dots(self, lifted: LiftedPath, color: QColor) -> None:
        """The steps themselves where they stand apart, and a ring at the start."""
        pixels, hidden = self.hidden(lifted.points)
        seen = np.isfinite(pixels).all(axis=1) & ~hidden
        past = np.arange(len(pixels)) <= lifted.path.now
        self.painter.setPen(QPen(theme.color("panel"), 1.0))
        self.painter.setBrush(color)
        for u, v in dots(pixels[seen & past], len(pixels)).tolist():
            self.painter.drawEllipse(QPointF(u, v), 2.9, 2.9)
        if seen[0]:
            self.painter.setPen(QPen(color, 2.0))
            self.painter.setBrush(theme.color("panel"))
            self.painter.drawEllipse(QPointF(*pixels[0].tolist()), 4.2, 4.2)

    def ball(self, place: Floats, ground: float | None) -> None:
        """The ball with its shadow, and a stem down to the surface where it floats."""
        painter = self.painter
        below = place.copy()
        below[2] = FLOOR
        foot, foot_hidden = self.hidden(below[None])
        pixels, hidden = self.hidden(place[None])
        u, v = pixels[0].tolist()
        if not foot_hidden[0]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("text", 0.25))
            tilt = self.projection.tilt[1]
            painter.drawEllipse(QPointF(*foot[0].tolist()), BALL_RADIUS, BALL_RADIUS * tilt)
        if ground is not None and abs(ground - place[2]) * self.projection.scale > 2.0:
            on_surface = np.array([[place[0], place[1], ground]])
            end = QPointF(*self.projection.project(on_surface)[0][0].tolist())
            painter.setPen(QPen(theme.color("text", 0.8), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(u, v), end)
        paint_ball(painter, QPointF(u, v), opacity=0.45 if hidden[0] else 1.0)

    def mark(self, place: Floats) -> None:
        """A small cross-hair where the pointer touches the surface."""
        u, v = self.projection.project(place[None])[0][0].tolist()
        self.painter.setPen(QPen(theme.color("panel"), 3.0))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawEllipse(QPointF(u, v), 4.0, 4.0)
        self.painter.setPen(QPen(theme.color("text"), 1.4))
        self.painter.drawEllipse(QPointF(u, v), 4.0, 4.0)


def paint_ball(
    painter: QPainter, center: QPointF, radius: float = BALL_RADIUS, opacity: float = 1.0
) -> None:
    """The ball: white with a dark rim, so that it stands out from every height and theme."""

    def ink(name: str) -> QColor:
        # In the colour itself, as PDF has no opacity for a gradient.
        color = QColor(name)
        color.setAlphaF(opacity)
        return color

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink("#14171C"), 1.8))
    if opacity == 1.0:
        shine = QRadialGradient(center - QPointF(radius * 0.35, radius * 0.4), radius * 1.5)
        for share, name in ((0.0, "#FFFFFF"), (0.55, "#F2F4F8"), (1.0, "#9AA3B2")):
            shine.setColorAt(share, ink(name))
        painter.setBrush(QBrush(shine))
    else:
        painter.setBrush(ink("#E8EBF1"))
    painter.drawEllipse(center, radius, radius)


def draw_line(painter: QPainter, points: Floats, pen: QPen, smooth: bool = True) -> None:
    """Draw a line through (k, 2) pixels; a long one without what nobody can see of it.

    Not to smooth a broad line takes a third of the time. That is for the rim around a smooth one,
    while things move.
    """
    points = thinned(points)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    # Round joins of hundreds of points take three times as long and look the same.
    many = len(points) > _MANY_POINTS
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin if many else Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    painter.drawPolyline(polygon(points))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def runs(pixels: Floats, chosen: NDArray[np.bool_]) -> Iterator[Floats]:
    """Pieces of a line that are finite and whose ends are all chosen, two points at least."""
    finite = ~np.isnan(pixels.sum(axis=1))
    padded = np.zeros(len(pixels) + 1, dtype=bool)
    padded[1:-1] = finite[:-1] & finite[1:] & chosen[:-1] & chosen[1:]
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        yield pixels[start : end + 1]


def thinned(points: Floats, least: float = 2.5) -> Floats:
    """Leave out points that are passed within so many pixels of way from the one before."""
    if len(points) < _MANY_POINTS:
        return points
    travelled = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    step = np.floor(travelled / least)
    keep = np.ones(len(points), dtype=bool)
    keep[1:-1] = step[1:-1] > step[:-2]
    result: Floats = points[keep]
    return result


def line_width(total: int) -> float:
    """Pixels: a path of many points, which may go to and fro, is drawn with a finer line."""
    return 2.4 if total <= 2 * MOST_DOTS else 1.8


def dots(points: Floats, total: int) -> Floats:
    """Those of a path's points that get a dot: all that stand apart, if the path has few.

    Parameters
    ----------
    points
        (k, 2) pixels.
    total
        How many points the whole path has.
    """
    if total > MOST_DOTS:
        return np.empty((0, 2))
    kept: list[Floats] = []
    for point in points:
        if not kept or abs(point - kept[-1]).max() >= 9.0:
            kept.append(point)
    return np.array(kept) if kept else np.empty((0, 2))


def arrows(pixels: Floats) -> list[tuple[QPointF, float]]:
    """Where arrow heads tell which way a path goes: middles, and directions in degrees.

    They stand at least 40 pixels apart and clear of both ends, only where the path goes one way
    for some pixels: in the noise around a minimum there is no direction to tell.
    """
    if len(pixels) < 2:
        return []
    travelled = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(pixels, axis=0).T))])
    total = float(travelled[-1])
    if total < _CLEAR:
        return []
    count = int(np.clip(round(total / 90.0), 1, 120))
    middles = (np.arange(count) + 0.5) * (total / count)
    ends = middles[:, None] + np.array([-_HALF_CHORD, 0.0, _HALF_CHORD])
    x = np.interp(ends, travelled, pixels[:, 0])
    y = np.interp(ends, travelled, pixels[:, 1])
    across, down = x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    straight = np.flatnonzero(np.hypot(across, down) > 1.6 * _HALF_CHORD)
    taken = [pixels[0], pixels[-1]]
    places: list[tuple[QPointF, float]] = []
    for index in straight:
        here = np.array([x[index, 1], y[index, 1]])
        least = np.full(len(taken), _ARROWS_APART)
        least[:2] = _CLEAR / 2
        if (np.hypot(*(np.array(taken) - here).T) < least).any():
            continue
        taken.append(here)
        angle = float(np.degrees(np.arctan2(down[index], across[index])))
        places.append((QPointF(*here.tolist()), angle))
        if len(places) == _MOST_ARROWS:
            break
    return places
