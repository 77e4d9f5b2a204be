"""The player moves the cursor: step, back, play, scrub, at any speed and granularity."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.kernels.backend import BACKEND, Status
from engine.session import Cursor, edits, granularities
from engine.training import Granularity
from gui.state.store import Aspect, Store
from gui.state.trainer import Chunk, Trainer

FRAME_MS = 16
KERNEL_POLL_MS = 50
REPLAY_STEP = 1000
"""Iterations of what is there already that pass in a frame at full speed."""


class Player(QObject):
    """Moves the store's cursor over time.

    Signals
    -------
    playing_changed
        Play was started or has ended.
    stopped
        Emitted with the Stop when a run cannot go on.
    waiting_changed
        Play waits for the compiled kernels, or no longer does.
    """

    playing_changed = Signal(bool)
    stopped = Signal(object)
    waiting_changed = Signal(bool)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._playing = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._waiting = QTimer(self)
        self._waiting.timeout.connect(self._look_for_kernels)
        self._trainer = Trainer(self)
        self._trainer.computed.connect(self._receive)
        store.changed.connect(self._on_changed)

    @property
    def is_playing(self) -> bool:
        """Whether time runs."""
        return self._playing

    @property
    def granularity(self) -> Granularity:
        """How far a step goes: the chosen one, or the next finer that makes a difference here."""
        chosen = self._store.view.granularity
        offered = granularities(self._store.document.segment)
        if chosen in offered:
            return chosen
        order = list(Granularity)
        return max((g for g in offered if order.index(g) <= order.index(chosen)), key=order.index)

    def step(self, granularity: Granularity | None = None) -> bool:
        """Go one step forward; False at the end of a run that cannot go on."""
        granularity = granularity or self.granularity
        cursor = self._store.document.cursor
        if granularity in (Granularity.NEURON, Granularity.LAYER):
            trace = self._store.moment.trace
            position = trace.after(cursor.micro, granularity)
            if position < trace.count:
                return self._store.move(replace(cursor, micro=position))
        return self._go(cursor.iteration + self._iterations(granularity))

    def back(self, granularity: Granularity | None = None) -> None:
        """Go one step back, to the same numbers."""
        granularity = granularity or self.granularity
        cursor = self._store.document.cursor
        store = self._store
        if granularity in (Granularity.NEURON, Granularity.LAYER):
            if cursor.micro > 0:
                position = store.moment.trace.ahead_of(cursor.micro, granularity)
                store.move(replace(cursor, micro=position))
            elif cursor.iteration > 0:
                store.move(Cursor(cursor.run, cursor.iteration - 1))
                trace = store.moment.trace
                store.move(
                    Cursor(
                        cursor.run,
                        cursor.iteration - 1,
                        trace.ahead_of(trace.count, granularity),
                    )
                )
            return
        if cursor.micro > 0 and granularity is Granularity.BATCH:
            store.move(replace(cursor, micro=0))
            return
        state = store.moment.state
        back = 1
        if granularity is Granularity.EPOCH:
            per_epoch = store.experiment.iterations_per_epoch
            behind = -(-state.position // store.experiment.effective_batch_size)
            back = behind or per_epoch
        store.move(Cursor(cursor.run, max(0, cursor.iteration - back)))

    def finish_phase(self) -> bool:
        """Go to the end of the phase in work: forward pass, errors, gradients, updates."""
        cursor = self._store.document.cursor
        trace = self._store.moment.trace
        position = trace.phase_end(cursor.micro)
        if position < trace.count:
            return self._store.move(replace(cursor, micro=position))
        return self._go(cursor.iteration + 1)

    def home(self) -> None:
        """Go to the start of the run."""
        self.pause()
        self._store.move(Cursor(self._store.document.cursor.run))

    def end(self) -> None:
        """Go to the newest state of the run."""
        self.pause()
        run = self._store.document.active
        self._store.move(Cursor(run.id, run.newest))

    def seek(self, iteration: int, micro: int = 0) -> bool:
        """Go to an iteration of the run."""
        return self._store.move(Cursor(self._store.document.cursor.run, max(0, iteration), micro))

    def play(self) -> None:
        """Let time run from the cursor on.

        At full speed it waits for the compiled kernels where they are on their way; a run that
        goes on by them gets a segment of its own. Slower speeds have no need of them.
        """
        if self._playing:
            return
        self._playing = True
        self.playing_changed.emit(True)
        if self._must_wait():
            self.waiting_changed.emit(True)
            self._waiting.start(KERNEL_POLL_MS)
        else:
            self._begin()

    def pause(self) -> None:
        """Hold time."""
        if not self._playing:
            return
        self._playing = False
        self._timer.stop()
        self._trainer.stop()
        self._end_waiting()
        self.playing_changed.emit(False)

    def _must_wait(self) -> bool:
        on_its_way = BACKEND.status in (Status.COMPILING, Status.LOADING)
        return on_its_way and self._store.view.speed == 0

    def _look_for_kernels(self) -> None:
        if not self._must_wait():
            self._end_waiting()
            self._begin()

    def _end_waiting(self) -> None:
        if self._waiting.isActive():
            self._waiting.stop()
            self.waiting_changed.emit(False)

    def _begin(self) -> None:
        if self._store.view.speed == 0:
            document = self._store.document
            self._store.restore(edits.choose_backend(document, self._store.moment.state))
        self._start_timer()

    def toggle(self) -> None:
        """Play or pause."""
        if self._playing:
            self.pause()
        else:
            self.play()

    def shut_down(self) -> None:
        """End the trainer's thread."""
        self.pause()
        self._trainer.shut_down()

    def _iterations(self, granularity: Granularity) -> int:
        if granularity is not Granularity.EPOCH:
            return 1
        experiment = self._store.experiment
        left = len(experiment.dataset.train) - self._store.moment.state.position
        return -(-left // experiment.effective_batch_size)

    def _go(self, iteration: int) -> bool:
        reached = self._store.move(Cursor(self._store.document.cursor.run, iteration))
        if not reached:
            self._announce()
        return reached

    def _announce(self) -> None:
        self.pause()
        stop = self._store.history.stop(self._store.document.active)
        if stop is not None:
            self.stopped.emit(stop)

    def _start_timer(self) -> None:
        speed = self._store.view.speed
        interval = FRAME_MS if speed == 0 else max(FRAME_MS, round(1000 / speed))
        self._timer.start(interval)

    def _on_changed(self, aspects: Aspect) -> None:
        if self._playing and Aspect.VIEW in aspects:
            speed = self._store.view.speed
            interval = FRAME_MS if speed == 0 else max(FRAME_MS, round(1000 / speed))
            if interval != self._timer.interval():
                self._timer.setInterval(interval)

    def _tick(self) -> None:
        speed = self._store.view.speed
        if speed == 0:
            self._play_fast()
            return
        # More than one step a frame where the speed asks for it, never more than a frame's work.
        steps = max(1, round(speed * FRAME_MS / 1000))
        started = time.perf_counter()
        for _ in range(steps):
            if not self.step() or not self._playing:
                return
            if time.perf_counter() - started > FRAME_MS / 1000:
                return

    def _play_fast(self) -> None:
        """Replay what is there already; at its end let the trainer go on."""
        document = self._store.document
        run = document.active
        if document.cursor.iteration < run.newest:
            self._go(min(run.newest, document.cursor.iteration + REPLAY_STEP))
            return
        timeline = self._store.history.timeline(run.segments[-1])
        if timeline.newest > document.cursor.iteration:
            self._go(timeline.newest)
        elif timeline.stop is not None:
            self._announce()
        elif not self._trainer.is_training:
            self._trainer.start(run.segments[-1], timeline.last)

    def _receive(self, chunk: Chunk) -> None:
        run = self._store.document.active
        timeline = self._store.history.timeline(chunk.segment)
        follows = timeline.newest == chunk.before.iteration
        if run.segments[-1] is not chunk.segment or not follows:
            # An edit, or a step by hand, in the meantime: the next turn starts the trainer anew.
            self._trainer.stop()
            return
        # Only remembered here; the cursor follows once a frame, whatever the trainer's pace.
        self._store.history.append(chunk.segment, chunk.block)
