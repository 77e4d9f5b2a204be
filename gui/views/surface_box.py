"""Paints the box around a surface: walls, floor with level lines, axes with ticks and names."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from engine.numbers import shown
from gui import theme
from gui.views.height_field import nice_ticks, rounded
from gui.views.projection import HEIGHT, Projection
from gui.views.surface_painter import mixed, polygon
from gui.views.surface_scene import FLOOR, Scene

Floats = NDArray[np.float64]
Place = tuple[float, float, float]

_TICK, _GAP = 4.0, 3.0
_MOST_TICKS = 6
_NAME_SIZES = (12, 11, 10)
_SLIDES = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
"""Where along its axis a name may stand, the best places first."""
_LEAST_AXIS = 44.0
"""Pixels; an axis seen end on is shorter, and its name stands beside it upright."""


@dataclass(frozen=True)
class _Tick:
    """A mark on an axis: where it is in the box, where on screen, and its label."""

    place: Place
    point: QPointF
    text: str
    label: QRectF


@dataclass(frozen=True)
class _Edge:
    """One axis: its ends on screen, the way its labels go, its marks and its name."""

    first: QPointF
    last: QPointF
    outward: QPointF
    ticks: list[_Tick]
    name: str


class Box:
    """The walls, the floor and the axes around a surface, in a picture of some size.

    Marks are as many as there is room for; names run along their axes. What would be cut off by
    the rim of the picture is left out.

    Attributes
    ----------
    labels
        Where the numbers stand.
    names
        Where the names of the two floor axes stand, each covered by small rectangles; filled by
        painting.
    """

    def __init__(self, scene: Scene, projection: Projection, font: QFont, area: QRectF) -> None:
        self.scene = scene
        self.projection = projection
        self.area = area.adjusted(1, 1, -1, -1)
        self._turn, self._tilt = projection.turn, projection.tilt
        cos, sin = self._turn
        # The corner farthest away; walls stand there, axes opposite.
        self.back_x = -1.0 if sin > 0 else 1.0
        self.back_y = 1.0 if cos > 0 else -1.0
        self.font = QFont(font)
        self.font.setPixelSize(11)
        self.metrics = QFontMetricsF(self.font)
        self.labels: list[QRectF] = []
        self.names: list[list[QRectF]] = []
        self._edges = self._lay_out()

    def paint(self, painter: QPainter) -> None:
        """Paint all of it; the surface comes on top."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_planes(painter)
        for edge in self._edges:
            self._paint_edge(painter, edge)
        across, up, height = self._edges
        for edge in (across, up):
            self._paint_name(painter, edge)
        self._paint_height_name(painter, height)
        painter.restore()

    # ------------------------------------------------------------------------------- layout

    def _point(self, x: float, y: float, z: float) -> QPointF:
        projection = self.projection
        cos, sin = self._turn
        tilt_cos, tilt_sin = self._tilt
        return QPointF(
            projection.center_u + projection.scale_u * (cos * x + sin * y),
            projection.center_v
            - projection.scale * (tilt_cos * z + tilt_sin * (cos * y - sin * x)),
        )

    def _lay_out(self) -> tuple[_Edge, _Edge, _Edge]:
        surface, scale = self.scene.surface, self.scene.scale
        bx, by = self.back_x, self.back_y

        def x_marks(count: int) -> Iterator[tuple[Place, str]]:
            for value in nice_ticks(*surface.x_range, count):
                yield (float(surface.to_box(value, 0.0)[0]), -by, FLOOR), shown(value)

        def y_marks(count: int) -> Iterator[tuple[Place, str]]:
            for value in nice_ticks(*surface.y_range, count):
                yield (-bx, float(surface.to_box(0.0, value)[1]), FLOOR), shown(value)

        # Heights stand at the left one of the two upright edges in sight.
        corners = (bx, -by), (-bx, by)
        zx, zy = min(corners, key=lambda corner: self._point(corner[0], corner[1], 0.0).x())

        def z_marks(count: int) -> Iterator[tuple[Place, str]]:
            for value, text in scale.ticks(count):
                z = float(self.scene.height(value))
                if not scale.capped or z < HEIGHT - 0.12:
                    yield (zx, zy, z), text
            if scale.capped:
                yield (zx, zy, HEIGHT), "≥ " + shown(rounded(scale.high))

        middle = self._point(0.0, 0.0, FLOOR)
        height = self._edge(
            self._point(zx, zy, FLOOR),
            self._point(zx, zy, HEIGHT),
            QPointF(-1.0, 0.0),
            z_marks,
            surface.z_label,
        )
        across = self._edge(
            self._point(-1, -by, FLOOR),
            self._point(1, -by, FLOOR),
            _unit(self._point(0, -by, FLOOR) - middle),
            x_marks,
            surface.x_label,
        )
        up = self._edge(
            self._point(-bx, -1, FLOOR),
            self._point(-bx, 1, FLOOR),
            _unit(self._point(-bx, 0, FLOOR) - middle),
            y_marks,
            surface.y_label,
        )
        return across, up, height

    def _edge(
        self,
        first: QPointF,
        last: QPointF,
        outward: QPointF,
        marks: Callable[[int], Iterator[tuple[Place, str]]],
        name: str,
    ) -> _Edge:
        """Choose the most marks whose labels leave each other room."""
        ticks: list[_Tick] = []
        for count in range(_MOST_TICKS, 1, -1):
            ticks = [self._tick(place, text, outward) for place, text in marks(count)]
            wide = [tick.label.adjusted(-4, -2, 4, 2) for tick in ticks]
            if not any(one.intersects(other) for one, other in pairwise(wide)):
                break
        kept = []
        for tick in ticks:
            room = tick.label.adjusted(-3, 0, 3, 0)
            free = not any(room.intersects(taken) for taken in self.labels)
            if free and self.area.contains(tick.label):
                self.labels.append(tick.label)
                kept.append(tick)
        return _Edge(first, last, outward, kept, name)

    def _tick(self, place: Place, text: str, outward: QPointF) -> _Tick:
        point = self._point(*place)
        width, height = self.metrics.horizontalAdvance(text), self.metrics.height() - 3.0
        offset = _TICK + _GAP + _extent(outward, width, height)
        center = point + outward * offset
        label = QRectF(center.x() - width / 2, center.y() - height / 2, width, height)
        if label.left() < self.area.left() <= point.x() - _TICK:
            label.moveLeft(self.area.left())
        return _Tick(place, point, text, label)

    # ----------------------------------------------------------------------------- painting

    def _paint_planes(self, painter: QPainter) -> None:
        bx, by = self.back_x, self.back_y
        floor = ((-1, -1, FLOOR), (1, -1, FLOOR), (1, 1, FLOOR), (-1, 1, FLOOR))
        wall_x = ((bx, -1, FLOOR), (bx, 1, FLOOR), (bx, 1, HEIGHT), (bx, -1, HEIGHT))
        wall_y = ((-1, by, FLOOR), (1, by, FLOOR), (1, by, HEIGHT), (-1, by, HEIGHT))
        edge = QPen(theme.color("border"), 1.0)
        panel, tone = theme.color("panel"), theme.color("background")
        for corners, share in ((floor, 1.0), (wall_x, 0.45), (wall_y, 0.7)):
            painter.setPen(edge)
            painter.setBrush(mixed(panel, tone, share))
            painter.drawPolygon(QPolygonF([self._point(*corner) for corner in corners]))
        painter.setPen(QPen(theme.color("grid"), 1.0))
        across, up, height = self._edges
        for tick in across.ticks:
            x = tick.place[0]
            painter.drawLine(self._point(x, -1, FLOOR), self._point(x, 1, FLOOR))
            painter.drawLine(self._point(x, by, FLOOR), self._point(x, by, HEIGHT))
        for tick in up.ticks:
            y = tick.place[1]
            painter.drawLine(self._point(-1, y, FLOOR), self._point(1, y, FLOOR))
            painter.drawLine(self._point(bx, y, FLOOR), self._point(bx, y, HEIGHT))
        for tick in height.ticks:
            z = tick.place[2]
            painter.drawLine(self._point(bx, -1, z), self._point(bx, 1, z))
            painter.drawLine(self._point(-1, by, z), self._point(1, by, z))

    def _paint_edge(self, painter: QPainter, edge: _Edge) -> None:
        painter.setPen(QPen(theme.color("control"), 1.0))
        painter.drawLine(edge.first, edge.last)
        for tick in edge.ticks:
            painter.drawLine(tick.point, tick.point + edge.outward * _TICK)
        painter.setPen(theme.color("muted"))
        painter.setFont(self.font)
        for tick in edge.ticks:
            painter.drawText(tick.label, _CENTERED, tick.text)

    def _paint_name(self, painter: QPainter, edge: _Edge) -> None:
        """Write a name along its axis, outside of the labels, smaller or shorter if need be."""
        along = edge.last - edge.first
        length = math.hypot(along.x(), along.y())
        if length < _LEAST_AXIS:
            self._paint_upright_name(painter, edge)
            return
        angle = (math.degrees(math.atan2(along.y(), along.x())) + 90.0) % 180.0 - 90.0
        normal = QPointF(-along.y() / length, along.x() / length)
        if QPointF.dotProduct(normal, edge.outward) < 0.0:
            normal = -normal
        reach = max((_reach(tick, edge.first, normal) for tick in edge.ticks), default=_TICK)
        for size in _NAME_SIZES:
            font = QFont(self.font)
            font.setPixelSize(size)
            metrics = QFontMetricsF(font)
            smallest = size == _NAME_SIZES[-1]
            if not smallest and metrics.horizontalAdvance(edge.name) > 1.05 * length:
                continue
            text = metrics.elidedText(edge.name, Qt.TextElideMode.ElideRight, 1.05 * length)
            width, height = metrics.horizontalAdvance(text), metrics.height()
            for share in _SLIDES:
                center = edge.first + along * share + normal * (reach + _GAP - 1 + height / 2)
                parts = _parts(center, angle, width, height - 3.0)
                if self._is_free(parts):
                    self.names.append(parts)
                    _write(painter, font, center, angle, width, height, text)
                    return

    def _paint_upright_name(self, painter: QPainter, edge: _Edge) -> None:
        nearer = max((edge.first, edge.last), key=lambda point: point.y())
        width, height = self.metrics.horizontalAdvance(edge.name), self.metrics.height()
        for distance in (22.0, 34.0, 46.0):
            center = nearer + edge.outward * (distance + _extent(edge.outward, width, height))
            room = QRectF(center.x() - width / 2, center.y() - height / 2, width, height)
            if self._is_free([room]):
                self.names.append([room])
                _write(painter, self.font, center, 0.0, width, height, edge.name)
                return

    def _is_free(self, parts: list[QRectF]) -> bool:
        """Whether nothing else stands in these rectangles, and nothing of them is cut off."""
        taken = [*self.labels, *(part for name in self.names for part in name)]
        return all(self.area.contains(part) for part in parts) and not any(
            part.intersects(other) for part in parts for other in taken
        )

    def _paint_height_name(self, painter: QPainter, edge: _Edge) -> None:
        """Write the name of the heights over the upper end of their axis."""
        font = QFont(self.font)
        font.setPixelSize(_NAME_SIZES[0])
        metrics = QFontMetricsF(font)
        top = min(edge.first, edge.last, key=lambda point: point.y())
        room = min((tick.label.top() for tick in edge.ticks), default=top.y())
        text = metrics.elidedText(edge.name, Qt.TextElideMode.ElideRight, 0.5 * self.area.width())
        width, height = metrics.horizontalAdvance(text), metrics.height()
        x = max(top.x() - width / 2, self.area.left() + width / 2 + 2.0)
        y = max(min(top.y(), room) - height * 0.55, self.area.top() + height / 2)
        if self.area.contains(QPointF(x, y)) and top.y() > self.area.top():
            _write(painter, font, QPointF(x, y), 0.0, width, height, text)


_CENTERED = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip)


def _write(
    painter: QPainter,
    font: QFont,
    center: QPointF,
    angle: float,
    width: float,
    height: float,
    text: str,
) -> None:
    painter.save()
    painter.setFont(font)
    painter.setPen(theme.color("text"))
    painter.translate(center)
    painter.rotate(angle)
    painter.drawText(QRectF(-width / 2, -height / 2, width, height), _CENTERED, text)
    painter.restore()


def _parts(center: QPointF, angle: float, width: float, height: float) -> list[QRectF]:
    """Small rectangles that cover a turned text more closely than one large one would."""
    turned = math.radians(angle)
    direction = QPointF(math.cos(turned), math.sin(turned))
    count = 1 if abs(angle) < 1.0 else max(2, math.ceil(width / height))
    side = width / count
    half_width = (abs(direction.x()) * side + abs(direction.y()) * height) / 2
    half_height = (abs(direction.y()) * side + abs(direction.x()) * height) / 2
    parts = []
    for number in range(count):
        middle = center + direction * ((number + 0.5) * side - width / 2)
        parts.append(
            QRectF(
                middle.x() - half_width, middle.y() - half_height, 2 * half_width, 2 * half_height
            )
        )
    return parts


def _reach(tick: _Tick, start: QPointF, normal: QPointF) -> float:
    """How far a label reaches from its axis."""
    return QPointF.dotProduct(tick.label.center() - start, normal) + _extent(
        normal, tick.label.width(), tick.label.height()
    )


def _unit(vector: QPointF) -> QPointF:
    return vector * (1.0 / (math.hypot(vector.x(), vector.y()) or 1.0))


def _extent(direction: QPointF, width: float, height: float) -> float:
    """How far a text reaches from its middle towards a direction."""
    return abs(direction.x()) * width / 2 + abs(direction.y()) * height / 2


def paint_floor_lines(
    painter: QPainter,
    scene: Scene,
    projection: Projection,
    lines: list[tuple[float, Floats]],
    smooth: bool = True,
) -> None:
    """Level lines on the floor: (level, (k, 2) points in the axes of the surface)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    colors = theme.colormap("sequential")
    soft = theme.color("panel")
    level_before = math.nan
    if not lines:
        painter.restore()
        return
    whole = np.concatenate([points for _, points in lines])
    across, up = scene.surface.to_box(whole[:, 0], whole[:, 1])
    box = np.stack([across, up, np.full(len(whole), FLOOR)], axis=1)
    ends = np.cumsum([len(points) for _, points in lines])
    pieces = np.split(projection.project(box)[0], ends[:-1])
    for (level, _), pixels in zip(lines, pieces, strict=True):
        if level != level_before:
            share = float(scene.scale.share(level))
            red, green, blue = (int(value) for value in colors[round(share * 255)][:3])
            painter.setPen(QPen(mixed(QColor(red, green, blue), soft, 0.35), 1.0))
            level_before = level
        painter.drawPolyline(polygon(pixels))
    painter.restore()
