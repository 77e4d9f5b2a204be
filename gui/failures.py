"""What happens when something fails that should not: a log, and a chance to save."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QApplication, QMessageBox

from gui.i18n import tr

_log = logging.getLogger("nabla")


def log_file() -> Path:
    """Return where the log is written."""
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(folder) / "nabla.log"


def install(save: Callable[[], object]) -> None:
    """Log unexpected errors and tell the user, who may ``save`` and go on."""
    path = log_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            path, maxBytes=500_000, backupCount=1, encoding="utf-8"
        )
    except OSError:
        handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    telling = False

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        nonlocal telling
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        _log.error("".join(traceback.format_exception(kind, error, trace)))
        if telling or QApplication.instance() is None:
            return
        telling = True
        try:
            if _ask(kind, error):
                save()
        finally:
            telling = False

    sys.excepthook = hook


def _ask(kind: type[BaseException], error: BaseException) -> bool:
    box = QMessageBox(QApplication.activeWindow())
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Something went wrong"))
    box.setText(tr("An unexpected error occurred. Your work is still here; save it to be safe."))
    box.setInformativeText(tr("Details were written to {0}").format(log_file()))
    box.setDetailedText(f"{kind.__name__}: {error}")
    save = box.addButton(tr("Save as…"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Go on"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is save
