"""Copies a picture so that office programs and vector editors both find what they like."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.export.drawing import Drawing, ViewDrawing, WindowDrawing
from gui.export.export import DEFAULT_PAPER, Paper, scheme_of
from gui.export.png import image_of, png_bytes
from gui.export.svg import svg_bytes
from gui.i18n import tr
from gui.views.view import View


def mime_data(drawing: Drawing, paper: Paper, metadata: Mapping[str, object]) -> QMimeData:
    """A picture as image, PNG and SVG at once."""
    data = QMimeData()
    data.setImageData(image_of(drawing, paper.scale))
    data.setData("image/png", QByteArray(png_bytes(drawing, paper.scale, metadata)))
    data.setData("image/svg+xml", QByteArray(svg_bytes(drawing, metadata)))
    return data


def copy_view(
    view: View, paper: Paper = DEFAULT_PAPER, metadata: Mapping[str, object] | None = None
) -> None:
    """Copy what a view shows."""
    drawing = ViewDrawing(view, tr(view.name_now), paper.size or view.export_size())
    with theme.painting_in(scheme_of(paper)):
        data = mime_data(drawing, paper, metadata or {})
    QGuiApplication.clipboard().setMimeData(data)


def copy_window(
    window: QWidget, paper: Paper = DEFAULT_PAPER, metadata: Mapping[str, object] | None = None
) -> None:
    """Copy a whole window as it stands on screen."""
    drawing = WindowDrawing(window, window.windowTitle(), window.size())
    QGuiApplication.clipboard().setMimeData(mime_data(drawing, paper, metadata or {}))
