"""A plot item that paints in the pixels of its view box instead of the coordinates of the data.

Widths, letters and symbols then have one size at any zoom, and scale with an export.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QTransform

from gui.views.guard import guarded

Floats = NDArray[np.float64]


class SceneItem(pg.GraphicsObject):
    """Base of items that cover the whole view box; a subclass draws in :meth:`paint_pixels`.

    Add it to a plot with ``ignoreBounds=True``: it is as large as what is shown.
    """

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        super().viewTransformChanged()

    @guarded
    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        box = self.getViewBox()
        if box is None:
            return
        painter.save()
        try:
            painter.setTransform(_inverse(self.sceneTransform()) * painter.transform())
            area = box.sceneBoundingRect()
            painter.setClipRect(area)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.paint_pixels(painter, area)
        finally:
            painter.restore()

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        """Draw into ``area``, the view box, in pixels of the scene."""
        raise NotImplementedError

    def to_pixels(self, points: Floats) -> Floats:
        """(k, 2) coordinates of the data as (k, 2) pixels of the scene."""
        transform = self.sceneTransform()
        pixels = np.empty((len(points), 2))
        pixels[:, 0] = transform.m11() * points[:, 0] + transform.dx()
        pixels[:, 1] = transform.m22() * points[:, 1] + transform.dy()
        return pixels

    def to_pixel(self, x: float, y: float) -> QPointF:
        """One point of the data as a pixel of the scene."""
        return QPointF(*self.to_pixels(np.array([[x, y]]))[0].tolist())


def _inverse(transform: QTransform) -> QTransform:
    """Invert a scaling with a shift. Qt takes scales below 1e-12 for 0: losses above 1e14."""
    across, up = transform.m11(), transform.m22()
    return QTransform(1 / across, 0.0, 0.0, 1 / up, -transform.dx() / across, -transform.dy() / up)
