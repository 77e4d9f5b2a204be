"""Collects garbage in the window's thread only.

Python collects cycles in whatever thread happens to allocate. A worker that frees a Qt object on
the way would end the program, so automatic collection is off and a timer does it here.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

TURN_MS = 500


class GarbageCollector(QObject):
    """Looks after each turn whether a generation is due, as Python itself would."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect_what_is_due)
        self._timer.start(TURN_MS)

    def collect_what_is_due(self) -> int:
        """Collect the oldest generation that is due; returns its number, or −1 for none."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            threshold = self._thresholds[generation]
            if threshold and counts[generation] > threshold:
                gc.collect(generation)
                return generation
        return -1

    def leave_out_what_is_there(self) -> None:
        """Never look again at what is alive now: modules and the window stay anyway."""
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
