"""Time in a calculus lab: a number of steps, gone through by hand or played."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from gui.state.store import Aspect, Store

SLOWEST, FASTEST = 1.0, 30.0
"""Steps a second; a derivation is to be read."""


class Stepper(QObject):
    """Moves through the positions 0 … ``count`` of something that is kept in a document.

    Parameters
    ----------
    count, position
        Called to learn how many steps there are, and how many are done.
    go
        Called with the position to go to.

    Signals
    -------
    playing_changed
        Play was started or has ended.
    """

    playing_changed: SignalInstance = Signal(bool)  # type: ignore[assignment]

    def __init__(
        self,
        store: Store,
        count: Callable[[], int],
        position: Callable[[], int],
        go: Callable[[int], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._count, self._position, self._go = count, position, go
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        store.changed.connect(self._on_changed)

    @property
    def count(self) -> int:
        """How many steps there are."""
        return self._count()

    @property
    def position(self) -> int:
        """How many of them are done."""
        return min(max(self._position(), 0), self.count)

    @property
    def is_playing(self) -> bool:
        """Whether time runs."""
        return self._timer.isActive()

    def step(self) -> bool:
        """Go one step forward; False at the end."""
        return self.seek(self.position + 1)

    def back(self) -> bool:
        """Go one step back; False at the start."""
        return self.seek(self.position - 1)

    def finish_phase(self) -> bool:
        """Go to the end, as there is but one phase."""
        return self.seek(self.count)

    def home(self) -> None:
        """Go to the start."""
        self.pause()
        self.seek(0)

    def end(self) -> None:
        """Go to the end."""
        self.pause()
        self.seek(self.count)

    def seek(self, position: int) -> bool:
        """Go to a position; False if there is none such."""
        if not 0 <= position <= self.count:
            return False
        if position != self.position:
            self._go(position)
        return True

    def play(self) -> None:
        """Let time run; from the start again, if it is at the end."""
        if self.is_playing or not self.count:
            return
        if self.position == self.count:
            self.seek(0)
        self._timer.start(self._interval())
        self.playing_changed.emit(True)

    def pause(self) -> None:
        """Hold time."""
        if self.is_playing:
            self._timer.stop()
            self.playing_changed.emit(False)

    def toggle(self) -> None:
        """Play or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def shut_down(self) -> None:
        """Hold time for good."""
        self.pause()

    def _interval(self) -> int:
        speed = self._store.view.speed or FASTEST
        return round(1000 / min(max(speed, SLOWEST), FASTEST))

    def _tick(self) -> None:
        if not self.step():
            self.pause()

    def _on_changed(self, aspects: Aspect) -> None:
        if self.is_playing and Aspect.VIEW in aspects:
            interval = self._interval()
            if interval != self._timer.interval():
                self._timer.setInterval(interval)
