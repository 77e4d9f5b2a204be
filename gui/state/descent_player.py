"""Time in the descent lab: iterations of all runners, and the micro-steps of one of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance

from engine.descent.trace import Trace
from engine.session.descent import (
    MOST_ITERATIONS,
    Study,
    iteration_of,
    micro_of,
    study_of,
    trace_of,
)
from gui.state.player import FRAME_MS
from gui.state.store import Aspect, Store

LOOK = "descent_lab"
PATIENCE, TURN = 0.15, 0.03
"""Seconds that a look far ahead may take at once; what is missing follows in turns."""
PAUSE_MS = 30
FASTEST = 20
"""Iterations a frame, where time runs as fast as it goes."""


class DescentPlayer(QObject):
    """Moves all runners through their iterations.

    With ``inside`` in the look a step is a micro-step of the chosen runner.

    Signals
    -------
    playing_changed
        Play was started or has ended.
    """

    playing_changed: SignalInstance = Signal(bool)  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE_MS)
        self._rest.timeout.connect(self._catch_up)
        store.changed.connect(self._on_changed)

    @property
    def study(self) -> Study:
        """What is on screen, worked out."""
        return study_of(self._store.document)

    @property
    def trace(self) -> Trace | None:
        """The micro-steps of the chosen runner's next iteration."""
        return trace_of(self.study, self._store.view.descent_lab)

    @property
    def iteration(self) -> int:
        """Iterations that are done."""
        return iteration_of(self._store.view.descent_lab)

    @property
    def micro(self) -> int:
        """Micro-steps of the next iteration that are done."""
        look = self._store.view.descent_lab
        return micro_of(self.trace, look) if look.micro else 0

    @property
    def newest(self) -> int:
        """The last iteration that was ever reached."""
        return max(self.study.farthest, self.iteration)

    @property
    def is_playing(self) -> bool:
        """Whether time runs."""
        return self._timer.isActive()

    # ----------------------------------------------------------------------------------- steps

    def step(self) -> bool:
        """Go one step forward; False where no runner has a further one."""
        if self._store.view.descent_lab.inside:
            trace = self.trace
            if trace is not None and self.micro + 1 < trace.count:
                self._go(self.iteration, self.micro + 1)
                return True
        return self.seek(self.iteration + 1)

    def back(self) -> bool:
        """Go one step back; False at the start."""
        iteration, micro = self.iteration, self.micro
        if micro:
            inside = self._store.view.descent_lab.inside
            self._go(iteration, micro - 1 if inside else 0)
            return True
        if iteration == 0:
            return False
        self._go(iteration - 1)
        if self._store.view.descent_lab.inside:
            trace = self.trace
            if trace is not None:
                self._go(iteration - 1, trace.count - 1)
        return True

    def finish_phase(self) -> bool:
        """Go to the end of the phase in work: all kinds of memory, all points on the line."""
        trace = self.trace
        if trace is None:
            return self.seek(self.iteration + 1)
        end = trace.phase_end(self.micro)
        if end < trace.count:
            self._go(self.iteration, end)
            return True
        return self.seek(self.iteration + 1)

    def home(self) -> None:
        """Go to the start."""
        self.pause()
        self._go(0)

    def end(self) -> None:
        """Go to the last iteration that was ever reached."""
        self.pause()
        self._go(self.newest)

    def seek(self, iteration: int) -> bool:
        """Go to an iteration, as far as anybody runs; False if nobody runs so far."""
        iteration = min(max(iteration, 0), MOST_ITERATIONS)
        own = self.study
        if iteration > self.iteration and own.ends_by(self.iteration):
            return False
        if not own.reach(iteration, PATIENCE):
            self._go(iteration)
            return True
        reached = iteration <= own.newest
        self._go(min(iteration, own.newest))
        return reached

    def _catch_up(self) -> None:
        """Follow the runners to where the moment is, a turn at a time."""
        own = self.study
        if own.has_reached(self.iteration):
            return
        if own.reach(self.iteration, TURN) and own.newest < self.iteration:
            self._go(own.newest)
        else:
            # The document is the same, but more of what it says is known now.
            self._store.changed.emit(Aspect.SLOTS)

    def _go(self, iteration: int, micro: int = 0) -> None:
        self._store.look_in(LOOK, iteration=iteration, micro=micro)

    # -------------------------------------------------------------------------------- playing

    def play(self) -> None:
        """Let time run; from the start again, where nobody has a further step."""
        if self.is_playing or not self.study.courses:
            return
        if self.study.ends_by(self.iteration):
            self._go(0)
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
        self._rest.stop()

    def _interval(self) -> int:
        speed = self._store.view.speed
        return FRAME_MS if speed == 0 else max(FRAME_MS, round(1000 / speed))

    def _tick(self) -> None:
        if self._store.view.descent_lab.inside:
            if not self.step():
                self.pause()
            return
        speed = self._store.view.speed
        steps = max(1, round(speed * FRAME_MS / 1000)) if speed else FASTEST
        own, target = self.study, min(self.iteration + steps, MOST_ITERATIONS)
        # What cannot be computed within a frame has to wait for the next one.
        own.reach(target, FRAME_MS / 2000)
        slowest = min(
            (course.newest for course in own.courses if course.stop is None), default=target
        )
        self.seek(max(self.iteration + 1, min(target, slowest)))
        if own.ends_by(self.iteration):
            self.pause()

    def _on_changed(self, aspects: Aspect) -> None:
        in_front = self._store.view.lab == "descent" and aspects & (Aspect.SLOTS | Aspect.LAB)
        if in_front and not self.is_playing and not self.study.has_reached(self.iteration):
            self._rest.start()
        if self.is_playing and Aspect.VIEW in aspects:
            interval = self._interval()
            if interval != self._timer.interval():
                self._timer.setInterval(interval)
