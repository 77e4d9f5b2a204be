"""Makes a pyqtgraph scene paint as on screen when it is painted into a file.

Plots use cosmetic pens, whose width counts in pixels of the device: at twice the pixels all lines
would be half as thick. And symbols are copied from a cache of small images unless an item knows
that it is being exported. Both are put right for the time of one painting.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtGui import QPaintEngine, QPainter, QPen

_VECTOR_ENGINES = (
    QPaintEngine.Type.SVG,
    QPaintEngine.Type.Pdf,
    QPaintEngine.Type.Picture,
)
_PENS = ("pen", "shadowPen", "_pen", "_tickPen")


def is_vector(painter: QPainter) -> bool:
    """Whether what is painted stays lines and letters (SVG, PDF) rather than becoming pixels."""
    return painter.paintEngine().type() in _VECTOR_ENGINES


def density(painter: QPainter) -> float:
    """Pixels of the device for one unit of the painter."""
    transform = painter.deviceTransform()
    return math.hypot(transform.m11(), transform.m12())


@contextmanager
def exporting(scene: Any, painter: QPainter) -> Iterator[None]:
    """Prepare the items of a scene for this painter, and restore them afterwards."""
    transform = painter.transform()
    zoom = math.sqrt(abs(transform.determinant()))
    vector, factor = is_vector(painter), density(painter)
    items = scene.items()
    options = {"antialias": True, "resolutionScale": zoom}
    widened = [] if vector else [entry for item in items for entry in _pens(item)]
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    for item in items:
        if hasattr(item, "setExportMode"):
            item.setExportMode(True, options)
    for holder, name, pen in widened:
        holder[name] = _wider(pen, factor)
    try:
        yield
    finally:
        for holder, name, pen in widened:
            holder[name] = pen
        for item in items:
            if hasattr(item, "setExportMode"):
                item.setExportMode(False)
            # Axes and pictures keep what they drew last.
            if hasattr(item, "picture"):
                item.picture = None


def _pens(item: Any) -> Iterator[tuple[Any, str, QPen]]:
    """The cosmetic pens that an item holds: where, under which name, and the pen."""
    options = getattr(item, "opts", None)
    holders = [vars(item)] if hasattr(item, "__dict__") else []
    if isinstance(options, dict):
        holders.append(options)
    for holder in holders:
        for name in _PENS:
            pen = holder.get(name)
            if isinstance(pen, QPen) and pen.isCosmetic():
                yield holder, name, pen
    if hasattr(item, "picture"):
        item.picture = None


def _wider(pen: QPen, factor: float) -> QPen:
    result = QPen(pen)
    # A width of 0 means one pixel.
    result.setWidthF((pen.widthF() or 1.0) * factor)
    return result
