"""The way from one frame of the loss surface to a wider one, in small steps instead of a jump."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from engine.landscape import Frame

SECONDS = 0.35
_TICK_MS = 33


class Glide(QObject):
    """Knows which frame is shown now, on its way to the one that is wanted.

    Signals
    -------
    moved
        Another frame is to be shown.
    """

    moved: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._start: Frame | None = None
        self._goal: Frame | None = None
        self._began = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_under_way(self) -> bool:
        """Whether the frame shown is not yet the one wanted."""
        return self._timer.isActive()

    @property
    def frame(self) -> Frame | None:
        """The frame to be shown now; None before the first."""
        if not self._timer.isActive() or self._start is None or self._goal is None:
            return self._goal
        share = min((time.monotonic() - self._began) / SECONDS, 1.0)
        share = share * share * (3.0 - 2.0 * share)
        start, goal = self._start, self._goal
        return Frame(
            _between(start.left, goal.left, share),
            _between(start.right, goal.right, share),
            _between(start.bottom, goal.bottom, share),
            _between(start.top, goal.top, share),
        )

    def go(self, frame: Frame, smoothly: bool) -> None:
        """Show another frame, at once or on a way that begins at the one shown now."""
        if frame == self._goal:
            return
        shown = self.frame
        self._goal = frame
        if smoothly and shown is not None and _holds(frame, shown):
            self._start, self._began = shown, time.monotonic()
            self._timer.start()
        else:
            self._timer.stop()

    def finish(self) -> bool:
        """Be there at once; True if there was a way left to go."""
        was_under_way = self._timer.isActive()
        self._timer.stop()
        return was_under_way

    def _tick(self) -> None:
        if time.monotonic() - self._began >= SECONDS:
            self._timer.stop()
        self.moved.emit()


def _between(start: float, goal: float, share: float) -> float:
    return start + (goal - start) * share


def _holds(outer: Frame, inner: Frame) -> bool:
    """Whether one frame lies within another: then a picture of the outer one shows both."""
    return (
        outer.left <= inner.left
        and inner.right <= outer.right
        and outer.bottom <= inner.bottom
        and inner.top <= outer.top
    )
