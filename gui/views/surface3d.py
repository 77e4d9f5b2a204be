"""The surface of a function of two variables as a picture that can be turned, with a ball on it."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QImage,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.views.contour_items import paint_badge
from gui.views.contours import levels_of, lines_of
from gui.views.guard import guarded
from gui.views.height_field import ScaleKind, Surface, SurfacePath
from gui.views.height_raster import Raster, rasterize
from gui.views.projection import Camera, Projection, fitted
from gui.views.scene_export import density, is_vector
from gui.views.surface_box import Box, paint_floor_lines
from gui.views.surface_painter import (
    BALL_RADIUS,
    Overlay,
    cap_color,
    channels,
    mesh_color,
    paint_quads,
)
from gui.views.surface_scene import LiftedPath, Scene, surface_pixels
from gui.views.view import View

__all__ = ["Surface", "Surface3DView", "SurfacePath"]

# Pixels of the surface that are computed while it moves, and when it has come to rest.
_MOVING_PIXELS, _RESTING_PIXELS = 200_000, 2_400_000
_FILE_PIXELS = 6_000_000
_REST_AFTER_MS = 260
STRETCH = (0.75, 2.4)
"""How much narrower or wider than tall the box may be drawn, to fill its panel."""


class Surface3DView(View):
    """A height field seen from above: left drag turns, the wheel zooms, the ball can be dragged.

    The surface is kept as an image and made anew only when it, the camera, the size or the theme
    changes; paths and ball are painted over it.
    """

    key: ClassVar[str] = "surface3d"
    title: ClassVar[str] = mark("Loss surface")

    ball_dragged: SignalInstance = Signal(float, float)  # type: ignore[assignment]
    ball_released: SignalInstance = Signal()  # type: ignore[assignment]
    camera_changed: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.home = Camera()
        self.floor_lines = True
        self._camera = self.home
        self._kind: ScaleKind = "linear"
        self._scene: Scene | None = None
        self._paths: tuple[LiftedPath, ...] = ()
        self._ball: tuple[float, float, float | None] | None = None
        self._base: tuple[tuple[object, ...], QImage, Raster, float] | None = None
        self._press: QPointF | None = None
        self._grab: QPointF | None = None
        self._hover: NDArray[np.float64] | None = None
        self._moving = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_AFTER_MS)
        self._rest.timeout.connect(self._come_to_rest)

    # ----------------------------------------------------------------------- what is shown

    def show_surface(self, surface: Surface | None) -> None:
        """Draw this surface; paths and ball are laid over it anew."""
        before = self._scene.surface if self._scene is not None else None
        if surface is before:
            return
        if (
            self._scene is not None
            and surface is not None
            and surface.looks_like(self._scene.surface)
        ):
            self._scene = self._scene.said_of(surface)
            self.update()
            return
        self._scene = Scene.of(surface, self._kind) if surface is not None else None
        self._hover = None
        self.show_paths(tuple(lifted.path for lifted in self._paths))
        self._start_moving()

    def show_paths(self, paths: tuple[SurfacePath, ...]) -> None:
        """Draw these paths, the last one on top."""
        known = {id(lifted.path): lifted for lifted in self._paths}
        scene = self._scene
        if scene is None:
            empty = np.empty((0, 3))
            self._paths = tuple(LiftedPath(path, empty, empty, 0) for path in paths)
        else:
            fresh = self._lifted_for is not scene.look
            self._paths = tuple(
                known[id(path)] if id(path) in known and not fresh else scene.lift(path)
                for path in paths
            )
        self._lifted_for = None if scene is None else scene.look
        self.update()

    _lifted_for: object = None

    def show_ball(self, x: float | None, y: float = 0.0, z: float | None = None) -> None:
        """Put the ball at a point; z None puts it on the surface, x None takes it away."""
        self._ball = None if x is None else (x, y, z)
        self.update()

    def set_height_scale(self, kind: ScaleKind) -> None:
        """Draw heights ``"linear"`` or ``"log"``."""
        if kind == self._kind:
            return
        self._kind = kind
        if self._scene is not None:
            surface = self._scene.surface
            self._scene = None
            self.show_surface(surface)

    @property
    def height_scale(self) -> ScaleKind:
        """``"linear"`` or ``"log"``."""
        return self._kind

    @property
    def camera(self) -> Camera:
        """Where one looks from."""
        return self._camera

    def set_camera(self, camera: Camera) -> None:
        """Look from elsewhere."""
        if camera == self._camera:
            return
        self._camera = camera
        self._start_moving()
        self.camera_changed.emit()

    def reset_view(self) -> None:
        self.set_camera(self.home)

    def zoom_by(self, factor: float) -> None:
        self.set_camera(self._camera.zoomed(factor))

    def turn_by(self, right: int, up: int) -> None:
        self.set_camera(self._camera.rotated(7.5 * right, 5.0 * up))

    def table(self) -> Table:
        """One row a point of the grid: x, y and the value."""
        if self._scene is None:
            return Table(("x", "y", "z"), ())
        return self._scene.surface.table()

    def retheme(self) -> None:
        self._base = None

    # ----------------------------------------------------------------------------- painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        painter.fillRect(area, theme.color("panel"))
        self.paint(painter, area)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(theme.color("accent"))
            painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._scene is None:
            painter.setPen(theme.color("muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, tr("No surface yet"))
            painter.restore()
            return
        painter.translate(area.topLeft())
        painter.setClipRect(QRectF(0, 0, area.width(), area.height()))
        projection = self.projection(area.width(), area.height())
        if is_vector(painter):
            self._paint_box(painter, self._scene, projection, area)
            paint_quads(painter, self._scene, projection)
            raster = rasterize(
                self._scene.heights, projection, math.ceil(area.width()), math.ceil(area.height())
            )
            zoom = 1.0
        else:
            image, raster, zoom = self._base_image(painter, self._scene, projection, area)
            painter.drawImage(QPointF(0, 0), image)
        moving = self._moving and isinstance(painter.device(), QWidget)
        overlay = Overlay(painter, projection, raster, zoom, moving)
        self._paint_overlay(painter, self._scene, overlay)
        self._paint_words(painter, self._scene.surface, area)
        painter.restore()

    def projection(self, width: float, height: float) -> Projection:
        """The projection into a picture of this size, with room for labels around the box."""
        # Flat seen from the side, the names stand under the box; from above, beside it.
        flat = math.cos(math.radians(self._camera.elevation)) ** 2
        left, right = min(46.0, 0.16 * width), min(24.0, 0.08 * width)
        top, bottom = 6.0 + 14.0 * flat, 20.0 + 16.0 * flat
        if self._scene is not None and self._scene.surface.note:
            bottom += 16.0
        return fitted(self._camera, left, top, width - left - right, height - top - bottom, STRETCH)

    def _base_image(
        self, painter: QPainter, scene: Scene, projection: Projection, area: QRectF
    ) -> tuple[QImage, Raster, float]:
        """Box and surface as an image in the pixels of the painter, and what it shows where."""
        pixels_per_unit = density(painter)
        on_screen = isinstance(painter.device(), QWidget)
        moving = self._moving and on_screen
        key = (
            scene.look,
            self._camera,
            area.width(),
            area.height(),
            pixels_per_unit,
            moving,
            self.floor_lines,
            self.font().family(),
            theme.scheme(),
        )
        if self._base is not None and self._base[0] == key:
            return self._base[1:]
        width, height = area.width() * pixels_per_unit, area.height() * pixels_per_unit
        image = QImage(math.ceil(width), math.ceil(height), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(pixels_per_unit)
        image.fill(theme.color("panel"))
        budget = _MOVING_PIXELS if moving else _RESTING_PIXELS
        if not on_screen:
            budget = _FILE_PIXELS
        most = 1.0 if moving else 2.0
        zoom = pixels_per_unit * min(most, math.sqrt(budget / max(width * height, 1.0)))
        columns, rows = math.ceil(area.width() * zoom), math.ceil(area.height() * zoom)
        scaled = projection.scaled(zoom)
        raster = rasterize(scene.heights, scaled, columns, rows)
        pixels = surface_pixels(
            scene,
            raster,
            scaled,
            theme.colormap("sequential"),
            channels(cap_color()),
            channels(mesh_color()),
        )
        picture = QImage(
            pixels.data, columns, rows, 4 * columns, QImage.Format.Format_ARGB32_Premultiplied
        )
        inside = QPainter(image)
        self._paint_box(inside, scene, projection, area, moving)
        inside.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom != pixels_per_unit)
        inside.drawImage(QRectF(0, 0, columns / zoom, rows / zoom), picture)
        inside.end()
        self._base = (key, image, raster, zoom)
        return image, raster, zoom

    def _paint_box(
        self,
        painter: QPainter,
        scene: Scene,
        projection: Projection,
        area: QRectF,
        moving: bool = False,
    ) -> None:
        whole = QRectF(0, 0, area.width(), area.height())
        Box(scene, projection, self.font(), whole).paint(painter)
        if self.floor_lines:
            levels = levels_of(scene.scale)
            paint_floor_lines(
                painter, scene, projection, lines_of(scene.surface, levels), not moving
            )

    def _paint_overlay(self, painter: QPainter, scene: Scene, overlay: Overlay) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for lifted in self._paths:
            overlay.shadow(lifted)
        for lifted in self._paths:
            overlay.path(lifted)
        if self._ball is not None:
            place = scene.place(*self._ball)
            if place is not None:
                ground = scene.place(self._ball[0], self._ball[1], None)
                overlay.ball(place, None if ground is None else float(ground[2]))
        if self._hover is not None and self._grab is None and not is_vector(painter):
            overlay.mark(self._hover)

    def _paint_words(self, painter: QPainter, surface: Surface, area: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        if surface.note:
            painter.setPen(theme.color("muted"))
            line = QRectF(10, area.height() - 20, area.width() - 20, 16)
            note = QFontMetricsF(font).elidedText(
                surface.note, Qt.TextElideMode.ElideRight, line.width()
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft, note)
        if surface.stale:
            paint_badge(painter, QPointF(area.width() - 10, 10), tr("updating…"))

    # ------------------------------------------------------------------------------- motion

    def _start_moving(self) -> None:
        self._moving = True
        self._rest.start()
        self.update()

    def _come_to_rest(self) -> None:
        self._moving = False
        self.update()

    # ------------------------------------------------------------------------------- mouse

    def ball_pixel(self) -> QPointF | None:
        """Where the middle of the ball is drawn on screen; None where there is no ball."""
        if self._scene is None or self._ball is None:
            return None
        place = self._scene.place(*self._ball)
        if place is None:
            return None
        projection = self.projection(self.width(), self.height())
        return QPointF(*projection.project(place[None])[0][0].tolist())

    def pick(self, position: QPointF, nearest: bool = False) -> tuple[float, float] | None:
        """The point of the surface, in its axes, that is seen at a pixel."""
        if self._scene is None:
            return None
        projection = self.projection(self.width(), self.height())
        found = projection.unproject(position.x(), position.y(), self._scene.heights, nearest)
        return None if found is None else self._scene.surface.from_box(*found)

    def _on_ball(self, position: QPointF) -> QPointF | None:
        ball = self.ball_pixel()
        if ball is None:
            return None
        offset = ball - position
        near = math.hypot(offset.x(), offset.y()) <= BALL_RADIUS + 4.0
        return offset if near else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._grab = self._on_ball(event.position())
        self._press = event.position()
        self._hover = None
        self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._grab is not None:
            found = self.pick(position + self._grab, nearest=True)
            if found is not None:
                self.show_ball(*found)
                self.point_at(*found)
                self.ball_dragged.emit(*found)
        elif self._press is not None:
            moved = position - self._press
            self._press = position
            self.set_camera(self._camera.rotated(-0.45 * moved.x(), 0.35 * moved.y()))
        else:
            self._hover_at(position)

    def _hover_at(self, position: QPointF) -> None:
        self.setCursor(
            Qt.CursorShape.OpenHandCursor
            if self._on_ball(position) is not None
            else Qt.CursorShape.ArrowCursor
        )
        found = self.pick(position)
        if found is None:
            self.point_away()
        else:
            assert self._scene is not None
            self._hover = self._scene.place(*found, None)
            self.point_at(*found)
        self.update()

    def point_away(self) -> None:
        if self._hover is not None:
            self._hover = None
            self.update()
        super().point_away()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
            return
        dragged = self._grab is not None
        self._grab = self._press = None
        self.unsetCursor()
        if dragged:
            self.ball_released.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(1.0015 ** event.angleDelta().y())
        event.accept()

    def readout_corner(self) -> QPoint:
        return QPoint(10, 8)
