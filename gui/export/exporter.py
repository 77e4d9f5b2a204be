"""Joins views to copying and to the export dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, SignalInstance
from PySide6.QtWidgets import QMessageBox, QWidget

from engine.errors import NablaError
from gui.export.clipboard import copy_view, copy_window
from gui.export.context import ExportContext
from gui.export.dialog import ExportDialog
from gui.i18n import tr
from gui.views.view import View
from gui.wording import describe

__all__ = ["ExportContext", "Exporter"]


class Exporter(QObject):
    """Answers what views ask for in their menus; one a window.

    ``context`` is called each time, so that names and metadata are those of the moment.
    """

    exported: SignalInstance = Signal(str)  # type: ignore[assignment]
    copied: SignalInstance = Signal(str)  # type: ignore[assignment]

    def __init__(self, context: Callable[[], ExportContext], parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._window = parent

    def attach(self, view: View) -> None:
        """Serve "Copy picture" and "Export…" of a view."""
        view.copy_requested.connect(self.copy)
        view.export_requested.connect(self.open)

    def open(self, view: View | None = None) -> None:
        """Show the dialog, with this view chosen; None chooses the first one."""
        dialog = ExportDialog(self._context(), view, self._window)
        dialog.exported.connect(self.exported)
        dialog.copied.connect(self.copied)
        dialog.open()

    def copy(self, view: View | None = None) -> None:
        """Copy a view, or the whole window, as PNG and SVG."""
        context = self._context()
        try:
            if view is not None:
                copy_view(view, metadata=context.metadata)
                self.copied.emit(tr(view.name_now))
            elif context.window is not None:
                copy_window(context.window, metadata=context.metadata)
                self.copied.emit(context.window.windowTitle())
        except NablaError as error:
            QMessageBox.warning(self._window, tr("Export"), describe(error))
