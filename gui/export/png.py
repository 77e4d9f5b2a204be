"""Pictures as PNG, with the metadata as texts inside."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from engine.errors import NablaError
from gui import theme
from gui.export.drawing import Drawing, Metadata, paint, painter_on

MOST_PIXELS = 120_000_000
_DOTS_PER_METER = 96 / 0.0254


def image_of(drawing: Drawing, scale: float) -> QImage:
    """Paint into an image with ``scale`` pixels for each logical one.

    Raises NablaError("export.too_large") beyond 120 million pixels.
    """
    width = max(1, round(drawing.size.width() * scale))
    height = max(1, round(drawing.size.height() * scale))
    if width * height > MOST_PIXELS:
        raise NablaError("export.too_large", width=width, height=height)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise NablaError("export.too_large", width=width, height=height)
    image.setDevicePixelRatio(scale)
    image.fill(theme.color("panel"))
    with painter_on(image) as painter:
        paint(painter, drawing)
    return image


def png_bytes(drawing: Drawing, scale: float, metadata: Metadata) -> bytes:
    """A PNG file of a drawing; each entry of the metadata becomes a text chunk."""
    image = image_of(drawing, scale)
    # Only now: before, letters given in points would grow with the resolution.
    image.setDotsPerMeterX(round(_DOTS_PER_METER * scale))
    image.setDotsPerMeterY(round(_DOTS_PER_METER * scale))
    image.setText("Title", drawing.title)
    image.setText("Software", "Nabla")
    for name, value in metadata.items():
        image.setText(name, str(value))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise NablaError("export.not_drawn", view=drawing.title)
    return bytes(buffer.data().data())
