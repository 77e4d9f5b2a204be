"""The application: look, language, the first document, and the window."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from engine.errors import NablaError
from engine.kernels.backend import BACKEND
from engine.session import Document
from engine.session.sources import source_document
from gui import failures, i18n, icons, theme
from gui.formula.glyphs import KEPT
from gui.state import settings
from gui.state.garbage import GarbageCollector
from gui.state.store import Store

FIRST_LESSON = "backprop-by-hand"
KEEP_MS = 2000
"""After this time the symbols on screen are kept for the next launch."""


def has_screen() -> bool:
    """Whether there is a screen to open a window on."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def make_application(arguments: list[str] | None = None) -> QApplication:
    """Return the application, with its name, theme and language set."""
    QCoreApplication.setOrganizationName("Nabla")
    QCoreApplication.setApplicationName("Nabla")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        application = existing
    else:
        application = QApplication(arguments or sys.argv[:1])
    application.setApplicationDisplayName("Nabla")
    application.setDesktopFileName("nabla-lab")
    application.setWindowIcon(icons.application_icon())
    theme.install(application, settings.text(settings.THEME, "system"))  # type: ignore[arg-type]
    i18n.set_language(settings.text(settings.LANGUAGE, "system"))  # type: ignore[arg-type]
    return application


def first_document() -> Document:
    """Return what the very first launch shows: the first lesson's network, without its panel."""
    return replace(source_document(FIRST_LESSON), lesson="")


def run(source: str | None) -> int:
    """Open the window on a source, or on what was open last; return the exit code."""
    application = make_application()
    # Imported late: a message about a missing file need not wait for the window's modules.
    document = source_document(source) if source is not None else None
    from gui.main_window import MainWindow

    trouble: NablaError | None = None
    collector = GarbageCollector()
    store = Store(first_document() if document is None else document)
    window = MainWindow(store)
    failures.install(window.files.save_as)
    if source is None:
        # What stays on screen if nothing was open before.
        window.files.opened(FIRST_LESSON)
        try:
            window.files.restore_last()
        except NablaError as error:
            trouble = error
    else:
        window.files.opened(source)
    window.show()
    if trouble is not None:
        window.show_error(trouble)
    window.coach.start_if_first_launch()
    window.files.start_autosave()
    # After the first paint: compiling may take some seconds, in a process of its own.
    QTimer.singleShot(0, BACKEND.start)
    QTimer.singleShot(KEEP_MS, KEPT.write)
    collector.leave_out_what_is_there()
    try:
        return application.exec()
    finally:
        KEPT.write()
        BACKEND.stop()
        collector.stop()
