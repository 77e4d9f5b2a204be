"""What can be put on paper: a view, or a whole window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QRectF, QSize
from PySide6.QtGui import QPainter, QRegion
from PySide6.QtWidgets import QWidget

from engine.errors import NablaError
from gui.views import guard
from gui.views.scene_export import exporting
from gui.views.view import View

Metadata = Mapping[str, object]


class Drawing(Protocol):
    """Something with a size in logical pixels and a way to be painted."""

    @property
    def title(self) -> str:
        """What the file is called inside."""

    @property
    def size(self) -> QSize:
        """Logical pixels."""

    def paint(self, painter: QPainter) -> None:
        """Paint into the rectangle from the origin to ``size``."""


@dataclass(frozen=True, slots=True)
class ViewDrawing:
    """One view at a size."""

    view: View
    title: str
    size: QSize

    def paint(self, painter: QPainter) -> None:
        self.view.render_to(painter, QRectF(0, 0, self.size.width(), self.size.height()))


@dataclass(frozen=True, slots=True)
class WindowDrawing:
    """A window as it stands on screen."""

    window: QWidget
    title: str
    size: QSize

    def paint(self, painter: QPainter) -> None:
        flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
        with ExitStack() as prepared:
            for plot in self.window.findChildren(pg.GraphicsView):
                prepared.enter_context(exporting(plot.scene(), painter))
            self.window.render(painter, QPoint(0, 0), QRegion(), flags)


def paint(painter: QPainter, drawing: Drawing) -> None:
    """Paint a drawing; NablaError where a part of it could not be painted."""
    failed_before = guard.count()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    drawing.paint(painter)
    if guard.count() > failed_before:
        raise NablaError("export.not_drawn", view=drawing.title)


@contextmanager
def painter_on(device: object) -> Iterator[QPainter]:
    """A painter that is ended whatever happens, as an active one would end the program."""
    painter = QPainter(device)  # type: ignore[call-overload]
    try:
        yield painter
    finally:
        painter.end()


def described(metadata: Metadata) -> str:
    """Metadata in one line: ``version 0.1.0 · seed 7``."""
    return " · ".join(f"{name} {value}" for name, value in metadata.items())
