"""Threads for pictures: what is computed beside the window, and where the newest request wins.

One pool of two threads serves all pictures. Each picture has a lane: at most one job of a lane
runs, at most one waits, and a newer request takes the place of the one that waits. Results come
back in the window's thread; workers touch nothing but what a job was given.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from queue import SimpleQueue
from weakref import WeakValueDictionary

from PySide6.QtCore import QObject, Qt, Signal, SignalInstance

from engine.errors import NablaError
from engine.landscape import CancelledError

THREADS = 2
_TURN_SECONDS = 0.001
"""A busy window keeps a worker waiting so long each time the worker asks for its turn. With the
interpreter's 5 ms, a picture of many small steps would not be ready before training pauses."""

Cancelled = Callable[[], bool]
Work = Callable[[Cancelled], object]

log = logging.getLogger(__name__)


class Job:
    """One piece of work on its way."""

    def __init__(self, lane: int, work: Work, gives_way: bool) -> None:
        self.lane = lane
        self.gives_way = gives_way
        self._work = work
        self._cancelled = threading.Event()
        self.result: object = None
        self.error: Exception | None = None

    def cancel(self) -> None:
        """Ask the work to end early, and let nobody hear of it."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants the result any more."""
        return self._cancelled.is_set()

    def run(self) -> None:
        """Do the work, in a worker's thread."""
        if self.is_cancelled:
            return
        try:
            self.result = self._work(self._cancelled.is_set)
        except CancelledError:
            self.cancel()
        except Exception as error:  # noqa: BLE001 — told in the window's thread, where it is heard
            self.error = error


class _Mailbox(QObject):
    """Brings finished jobs into the window's thread. It lives as long as the process."""

    finished: SignalInstance = Signal(object)  # type: ignore[assignment]


class Workers:
    """The threads. They start with the first job and never keep the program from ending."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._mailbox = _Mailbox()
        self._mailbox.finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._lanes: WeakValueDictionary[int, Lane] = WeakValueDictionary()
        self._next_lane = 0

    def add(self, lane: Lane) -> int:
        """Take note of a lane; returns its number."""
        self._next_lane += 1
        self._lanes[self._next_lane] = lane
        return self._next_lane

    def submit(self, job: Job) -> None:
        """Have a job done as soon as a thread is free."""
        if not self._threads:
            sys.setswitchinterval(min(sys.getswitchinterval(), _TURN_SECONDS))
            self._threads = [
                threading.Thread(target=self._serve, name=f"picture-{number}", daemon=True)
                for number in range(THREADS)
            ]
            for thread in self._threads:
                thread.start()
        self._queue.put(job)

    def shut_down(self) -> None:
        """End the threads after the jobs in work; a later job starts new ones."""
        for lane in list(self._lanes.values()):
            lane.cancel()
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()
        self._threads = []

    def _serve(self) -> None:
        while (job := self._queue.get()) is not None:
            job.run()
            self._mailbox.finished.emit(job)

    def _deliver(self, job: Job) -> None:
        lane = self._lanes.get(job.lane)
        if lane is not None:
            lane.receive(job)


class Lane(QObject):
    """The requests of one picture.

    Signals
    -------
    ready
        Emitted with the result of a request.
    failed
        Emitted with the NablaError of a request that cannot be met.
    """

    ready: SignalInstance = Signal(object)  # type: ignore[assignment]
    failed: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, parent: QObject | None = None, workers: Workers | None = None) -> None:
        super().__init__(parent)
        self._workers = workers or shared()
        self._number = self._workers.add(self)
        self._running: Job | None = None
        self._waiting: Job | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a request is being met."""
        return self._running is not None

    def request(self, work: Work, gives_way: bool = False) -> None:
        """Have ``work(cancelled)`` done; it replaces a request that has not begun.

        One in work is finished first, so that a picture that moves is drawn now and then however
        fast requests come, unless it was made to give way.
        """
        job = Job(self._number, work, gives_way)
        if self._running is None:
            self._start(job)
            return
        self._waiting = job
        if self._running.gives_way:
            self._running.cancel()

    def cancel(self) -> None:
        """Take back all requests."""
        self._waiting = None
        if self._running is not None:
            self._running.cancel()

    def shut_down(self) -> None:
        """Take back all requests and end the threads."""
        self.cancel()
        self._workers.shut_down()

    def receive(self, job: Job) -> None:
        """Pass on the result of a job, in the window's thread."""
        if job is not self._running:
            return
        self._running = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._start(waiting)
        if job.is_cancelled:
            return
        if isinstance(job.error, NablaError):
            self.failed.emit(job.error)
        elif job.error is not None:
            log.error("a picture could not be computed", exc_info=job.error)
        else:
            self.ready.emit(job.result)

    def _start(self, job: Job) -> None:
        self._running = job
        self._workers.submit(job)


_shared: list[Workers] = []


def shared() -> Workers:
    """Return the workers of the window, made on first use."""
    if not _shared:
        _shared.append(Workers())
    return _shared[0]
