"""Pictures as PDF: one page of the size of the picture, with fonts inside."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QPageSize, QPdfWriter

from gui.export.drawing import Drawing, Metadata, described, paint, painter_on

_POINTS_PER_PIXEL = 72 / 96


def pdf_bytes(drawing: Drawing, metadata: Metadata) -> bytes:
    """A PDF file of a drawing; its creator line holds the metadata."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(96)
    page = QSizeF(drawing.size) * _POINTS_PER_PIXEL
    writer.setPageSize(
        QPageSize(page, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(drawing.title)
    writer.setCreator(described({"software": "Nabla", **metadata}))
    with painter_on(writer) as painter:
        paint(painter, drawing)
    return bytes(buffer.data().data())
