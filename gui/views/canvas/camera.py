"""How near one looks, and where: the same for a screen of any size."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QTransform

NEAREST, FARTHEST = 8.0, 0.5


@dataclass(frozen=True, slots=True)
class Camera:
    """Zoom, and the shift of the picture as shares of its size."""

    zoom: float = 1.0
    across: float = 0.0
    down: float = 0.0

    def transform(self, area: QRectF, scale: float = 1.0) -> QTransform:
        """From the coordinates of a plan that is drawn at a scale to those of the area."""
        return QTransform(
            self.zoom * scale,
            0.0,
            0.0,
            self.zoom * scale,
            area.left() + self.across * area.width(),
            area.top() + self.down * area.height(),
        )

    def zoomed(self, factor: float, about: QPointF, area: QRectF) -> Camera:
        """Come nearer by a factor, while the point ``about`` of the area stays where it is."""
        zoom = min(max(self.zoom * factor, FARTHEST), NEAREST)
        point = self.transform(area).inverted()[0].map(about)
        return Camera(
            zoom,
            (about.x() - area.left() - point.x() * zoom) / area.width(),
            (about.y() - area.top() - point.y() * zoom) / area.height(),
        )._near()

    def moved(self, by: QPointF, area: QRectF) -> Camera:
        """Shift the picture by pixels."""
        return Camera(
            self.zoom, self.across + by.x() / area.width(), self.down + by.y() / area.height()
        )._near()

    def _near(self) -> Camera:
        """Never lose the picture out of sight."""
        low, high = 0.25 - self.zoom, 0.75
        return Camera(self.zoom, min(max(self.across, low), high), min(max(self.down, low), high))
