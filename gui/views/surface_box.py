"""Paints the box around a surface: walls, floor with level lines, axes with ticks and names."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from engine.numbers import shown
from gui import theme
from gui.views.height_field import nice_ticks, rounded
from gui.views.projection import HEIGHT, Projection
from gui.views.surface_painter import mixed, polygon
from gui.views.surface_scene import FLOOR, Scene

Floats = NDArray[np.float64]


class Box:
    """The walls, the floor and the axes around a surface."""

    def __init__(self, scene: Scene, projection: Projection, font: QFont) -> None:
        self.scene = scene
        self.projection = projection
        cos, sin = projection.turn
        # The corner farthest away; walls stand there, axes opposite.
        self.back_x = -1.0 if sin > 0 else 1.0
        self.back_y = 1.0 if cos > 0 else -1.0
        self.font = QFont(font)
        self.font.setPixelSize(11)
        self.title_font = QFont(font)
        self.title_font.setPixelSize(13)
        self._taken: list[QRectF] = []

    def paint(self, painter: QPainter) -> None:
        """Paint all of it; the surface comes on top."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_planes(painter)
        self._paint_axes(painter)
        painter.restore()

    def _points(self, *corners: tuple[float, float, float]) -> list[QPointF]:
        pixels, _ = self.projection.project(np.array(corners))
        return [QPointF(float(u), float(v)) for u, v in pixels]

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
            painter.drawPolygon(QPolygonF(self._points(*corners)))
        painter.setPen(QPen(theme.color("grid"), 1.0))
        surface = self.scene.surface
        for value, _ in _axis_ticks(surface.x_range):
            x = float(surface.to_box(value, 0.0)[0])
            self._lines(painter, (x, -1, FLOOR), (x, 1, FLOOR))
            self._lines(painter, (x, by, FLOOR), (x, by, HEIGHT))
        for value, _ in _axis_ticks(surface.y_range):
            y = float(surface.to_box(0.0, value)[1])
            self._lines(painter, (-1, y, FLOOR), (1, y, FLOOR))
            self._lines(painter, (bx, y, FLOOR), (bx, y, HEIGHT))
        for value, _ in self.scene.scale.ticks(5):
            z = float(self.scene.height(value))
            self._lines(painter, (bx, -1, z), (bx, 1, z))
            self._lines(painter, (-1, by, z), (1, by, z))

    def _lines(
        self,
        painter: QPainter,
        start: tuple[float, float, float],
        end: tuple[float, float, float],
    ) -> None:
        painter.drawLine(*self._points(start, end))

    def _paint_axes(self, painter: QPainter) -> None:
        surface, scale = self.scene.surface, self.scene.scale
        bx, by = self.back_x, self.back_y
        x_ticks = [
            ((float(surface.to_box(value, 0.0)[0]), -by, FLOOR), text)
            for value, text in _axis_ticks(surface.x_range)
        ]
        y_ticks = [
            ((-bx, float(surface.to_box(0.0, value)[1]), FLOOR), text)
            for value, text in _axis_ticks(surface.y_range)
        ]
        # Heights stand at the left one of the two upright edges in sight.
        left, right = self._points((bx, -by, 0), (-bx, by, 0))
        zx, zy = (bx, -by) if left.x() <= right.x() else (-bx, by)
        z_ticks = [
            ((zx, zy, float(self.scene.height(value))), text) for value, text in scale.ticks(5)
        ]
        if scale.capped:
            z_ticks = [tick for tick in z_ticks if tick[0][2] < HEIGHT - 0.12]
            z_ticks.append(((zx, zy, HEIGHT), "≥ " + shown(rounded(scale.high))))
        self._axis(
            painter, (-1, -by, FLOOR), (1, -by, FLOOR), (0, -by, 0), x_ticks, surface.x_label
        )
        self._axis(
            painter, (-bx, -1, FLOOR), (-bx, 1, FLOOR), (-bx, 0, 0), y_ticks, surface.y_label
        )
        self._axis(painter, (zx, zy, FLOOR), (zx, zy, HEIGHT), None, z_ticks, surface.z_label)

    def _axis(
        self,
        painter: QPainter,
        start: tuple[float, float, float],
        end: tuple[float, float, float],
        outward: tuple[float, float, float] | None,
        ticks: list[tuple[tuple[float, float, float], str]],
        title: str,
    ) -> None:
        """One edge with ticks and labels on its outer side; ``outward`` None means to the left."""
        first, last = self._points(start, end)
        if outward is None:
            direction = QPointF(-1.0, 0.0)
        else:
            origin, tip = self._points((0, 0, FLOOR), (outward[0], outward[1], FLOOR))
            direction = tip - origin
            length = (direction.x() ** 2 + direction.y() ** 2) ** 0.5 or 1.0
            direction = direction * (1.0 / length)
        painter.setPen(QPen(theme.color("control"), 1.0))
        painter.drawLine(first, last)
        metrics = QFontMetricsF(self.font)
        painter.setFont(self.font)
        reach = 0.0
        for place, text in ticks:
            point = self._points(place)[0]
            painter.setPen(QPen(theme.color("control"), 1.0))
            painter.drawLine(point, point + direction * 4.0)
            size = metrics.boundingRect(text).size()
            width, height = metrics.horizontalAdvance(text), size.height()
            offset = 7.0 + _extent(direction, width, height)
            if self._write(painter, metrics, point + direction * offset, text, "muted"):
                reach = max(reach, offset + _extent(direction, width, height))
        painter.setFont(self.title_font)
        metrics = QFontMetricsF(self.title_font)
        width, height = metrics.horizontalAdvance(title), metrics.height()
        if outward is None:
            where = QPointF(last.x() - width / 2 + 6.0, last.y() - height * 0.9)
            where.setX(max(where.x(), width / 2 + 4.0))
        else:
            offset = reach + 5.0 + _extent(direction, width, height)
            where = (first + last) * 0.5 + direction * offset
        self._write(painter, metrics, where, title, "text", always=True)

    def _write(
        self,
        painter: QPainter,
        metrics: QFontMetricsF,
        center: QPointF,
        text: str,
        token: str,
        always: bool = False,
    ) -> bool:
        """Write a text around a point unless it would run into another; True if written."""
        width, height = metrics.horizontalAdvance(text), metrics.height()
        area = QRectF(center.x() - width / 2, center.y() - height / 2, width, height)
        if not always and any(
            area.adjusted(-3, 0, 3, 0).intersects(taken) for taken in self._taken
        ):
            return False
        self._taken.append(area)
        painter.setPen(theme.color(token))
        painter.drawText(QPointF(area.left(), area.top() + metrics.ascent()), text)
        return True


def _extent(direction: QPointF, width: float, height: float) -> float:
    """How far a text reaches from its middle towards a direction."""
    return abs(direction.x()) * width / 2 + abs(direction.y()) * height / 2


def _axis_ticks(limits: tuple[float, float]) -> list[tuple[float, str]]:
    return [(value, shown(value)) for value in nice_ticks(*limits, 5)]


def paint_floor_lines(
    painter: QPainter, scene: Scene, projection: Projection, lines: list[tuple[float, Floats]]
) -> None:
    """Level lines on the floor: (level, (k, 2) points in the axes of the surface)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colors = theme.colormap("sequential")
    soft = theme.color("panel")
    for level, points in lines:
        share = float(scene.scale.share(level))
        red, green, blue = (int(value) for value in colors[round(share * 255)][:3])
        painter.setPen(QPen(mixed(QColor(red, green, blue), soft, 0.35), 1.0))
        across, up = scene.surface.to_box(points[:, 0], points[:, 1])
        box = np.stack([across, up, np.full(len(points), FLOOR)], axis=1)
        painter.drawPolyline(polygon(projection.project(box)[0]))
    painter.restore()
