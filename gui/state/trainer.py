"""The trainer: one thread that computes ahead of the window, chunk after chunk."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from engine.session import Segment
from engine.timeline import Block
from engine.training import TrainingState

CHUNK_SECONDS = 0.025
"""One to two frames: the window draws at full rate and training keeps most of the other core."""
LARGEST_CHUNK = 100_000
LARGEST_BLOCK = 32 * 2**20
"""Bytes of the states in a chunk: the window's thread takes them over in a moment, and a timeline
need not cut them to what it may remember."""
AHEAD = 2
"""Chunks that may wait for the window; with one, training would stand still while it paints."""


class Chunk(NamedTuple):
    """States that follow ``before``, which belongs to ``segment``."""

    segment: Segment
    before: TrainingState
    block: Block[TrainingState]


class _Job:
    """One stream of chunks; it ends when it is told to, or when the run cannot go on."""

    def __init__(self) -> None:
        self.wanted = threading.Event()
        self.wanted.set()
        self.room = threading.Semaphore(AHEAD)


class Trainer(QObject):
    """Trains in a thread of its own from a state on, until it is stopped.

    Signals
    -------
    computed
        Emitted in the window's thread with each Chunk; call ``took`` when it has been dealt with.
    """

    computed: SignalInstance = Signal(object)  # type: ignore[assignment]
    _delivered: SignalInstance = Signal(object, object)  # type: ignore[assignment]

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="trainer")
        self._job: _Job | None = None
        self._delivered.connect(self._receive, Qt.ConnectionType.QueuedConnection)

    @property
    def is_training(self) -> bool:
        """Whether chunks are on their way."""
        return self._job is not None

    def start(self, segment: Segment, state: TrainingState) -> None:
        """Train on from a state; what was under way before is given up."""
        self.stop()
        self._job = _Job()
        self._threads.submit(self._train, self._job, segment, state)

    def stop(self) -> None:
        """Give up what is under way; nothing of it is delivered any more."""
        if self._job is not None:
            self._job.wanted.clear()
            self._job.room.release()
            self._job = None

    def shut_down(self) -> None:
        """End the thread."""
        self.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _train(self, job: _Job, segment: Segment, state: TrainingState) -> None:
        chunk = 1
        while job.wanted.is_set():
            started = time.perf_counter()
            block = segment.training.advance(state, chunk)
            seconds = max(time.perf_counter() - started, 1e-6)
            job.room.acquire()
            if not job.wanted.is_set():
                return
            self._delivered.emit(job, Chunk(segment, state, block))
            if block.stop is not None or not block.states:
                return
            state = block.states[-1]
            best = len(block.states) / seconds * CHUNK_SECONDS
            most = min(LARGEST_CHUNK, LARGEST_BLOCK // state.nbytes)
            chunk = max(1, int(min(best, 4 * chunk, most)))

    def _receive(self, job: _Job, chunk: Chunk) -> None:
        job.room.release()
        if job is self._job:
            if chunk.block.stop is not None:
                self._job = None
            self.computed.emit(chunk)
