"""Seconds from the start of a process to the painted window: `python -m tests.benchmarks.start`.

The process does what `python main.py` does and leaves as soon as the window has painted. Printed is
the moment of that, in seconds since the epoch: whoever started the process knows when that was.
"""

from __future__ import annotations

import os
import sys
import time

if "DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from gui import app


class FirstPaint(QObject):
    """Ends the application in the turn of the event loop after its window has painted."""

    seen = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        update = event.type() == QEvent.Type.UpdateRequest
        if update and isinstance(watched, QMainWindow) and watched.isWindow() and not self.seen:
            self.seen = True
            QTimer.singleShot(0, self, self.tell)
        return False

    def tell(self) -> None:
        print(time.time(), flush=True)
        QApplication.quit()


def main() -> int:
    """Start and leave."""
    first_paint = FirstPaint()
    app.make_application().installEventFilter(first_paint)
    return app.run(None)


if __name__ == "__main__":
    sys.exit(main())
