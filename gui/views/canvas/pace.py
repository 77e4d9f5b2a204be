"""How quickly moments follow each other: single steps are seen moving, quick ones only change."""

from __future__ import annotations

import time

from PySide6.QtCore import (
    QEasingCurve,
    QObject,
    QTimer,
    QVariantAnimation,
    Signal,
    SignalInstance,
)

from engine.session import Cursor

QUICK_SECONDS = 0.16
"""Iterations that follow each other within this time are shown without comparisons …"""
FEWEST = 3
"""… once there have been so many of them …"""
REST_MS = 260
"""… until none has come for this long."""
STEP_MS = 420
"""How long the numbers of a step travel."""


class Pace(QObject):
    """Follows the cursor of a document.

    Signals
    -------
    rested
        Time stands still after quick moments.
    travelled
        The numbers of a step have gone on a bit.
    """

    rested: SignalInstance = Signal()  # type: ignore[assignment]
    travelled: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, cursor: Cursor, parent: QObject) -> None:
        super().__init__(parent)
        self._cursor = cursor
        self._quick = 0
        self._last = 0.0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._come_to_rest)
        self._travel = QVariantAnimation(self)
        self._travel.setStartValue(0.0)
        self._travel.setEndValue(1.0)
        self._travel.setDuration(STEP_MS)
        self._travel.setEasingCurve(QEasingCurve.Type.InOutQuad)
        self._travel.valueChanged.connect(self._on_travelled)

    @property
    def is_fast(self) -> bool:
        """Whether moments follow each other too quickly for comparisons to be read."""
        return self._quick >= FEWEST

    @property
    def share(self) -> float | None:
        """How far the numbers of the last step have gone; None when they have arrived."""
        if self._travel.state() is not QVariantAnimation.State.Running:
            return None
        return float(self._travel.currentValue())

    def move(self, cursor: Cursor, visible: bool) -> None:
        """Take note of a moment."""
        before, self._cursor = self._cursor, cursor
        now = time.monotonic()
        whole = cursor.micro == 0 and cursor != before
        self._quick = self._quick + 1 if whole and now - self._last < QUICK_SECONDS else 0
        self._last = now
        if self.is_fast:
            self._rest.start()
        self._travel.stop()
        if visible and cursor == Cursor(before.run, before.iteration, before.micro + 1):
            self._travel.start()

    def stop(self) -> None:
        """Let no number travel on, as when nobody looks."""
        self._travel.stop()

    def _come_to_rest(self) -> None:
        self._quick = 0
        self.rested.emit()

    def _on_travelled(self, _: object) -> None:
        self.travelled.emit()
