"""Pictures as SVG: lines stay lines and text stays text."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRect
from PySide6.QtSvg import QSvgGenerator

from gui.export.drawing import Drawing, Metadata, described, paint, painter_on


def svg_bytes(drawing: Drawing, metadata: Metadata) -> bytes:
    """An SVG file of a drawing; its description holds the metadata."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Tiny SVG, the usual one, has no clipping: a zoomed plot would run over its axes.
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setSize(drawing.size)
    generator.setViewBox(QRect(0, 0, drawing.size.width(), drawing.size.height()))
    generator.setResolution(96)
    generator.setTitle(drawing.title)
    generator.setDescription(described({"software": "Nabla", **metadata}))
    with painter_on(generator) as painter:
        paint(painter, drawing)
    return bytes(buffer.data().data())
