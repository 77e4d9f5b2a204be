"""Frame times of the window while it trains: `python -m tests.benchmarks.frames [--seconds S]`.

Prints one JSON object. A frame is a turn of the event loop in which the window painted; its time is
that since the frame before. Training counts against the same training without any window.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
if "DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QSettings
from PySide6.QtWidgets import QApplication

from engine.data import GeneratedData
from engine.descent import Optimizer
from engine.kernels.backend import BACKEND
from engine.network import Architecture
from engine.session import Document, View
from engine.training import COMPILED, REFERENCE, Experiment, Training
from gui.app import make_application
from gui.main_window import MainWindow
from gui.state.garbage import GarbageCollector
from gui.state.store import Store
from gui.state.trainer import CHUNK_SECONDS

SIZE = (1400, 900)
WARM_UP = 0.5
"""Seconds in which the window lays itself out and the first pictures come."""

ALL = "all of them"
SHOWN: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "network with neuron maps": (("network",), ()),
    "boundary": (("data",), ()),
    "surface with path and contours": (("surface",), ()),
    "loss curve": (("loss",), ()),
    "inspector and derivation": ((), ("inspector", "derivation")),
    ALL: (("network", "data", "surface", "loss"), ("inspector", "derivation")),
}
"""Panels of the lab, and those beside it, that are visible in each measurement."""


class Paints(QObject):
    """Notes whether a window has painted."""

    painted = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.UpdateRequest:
            self.painted = True
        return False


def document() -> Document:
    """Two rings of 250 points, 2-8-8-1 with Adam, at full speed."""
    experiment = Experiment(
        GeneratedData("circles", samples=250, noise=0.1, seed=1),
        Architecture.dense((2, 8, 8, 1), ("tanh", "tanh", "sigmoid")),
        loss="binary_cross_entropy",
        optimizer=Optimizer("adam"),
        learning_rate=0.01,
        batch_size=10,
        seed=1,
    )
    return Document.of(experiment, View(speed=0.0))


def windowless(seconds: float) -> float:
    """Iterations a second of the same training, chunk by chunk, where nothing else runs."""
    training = Training(document().experiment, COMPILED if BACKEND.ready() else REFERENCE)
    state, chunk, done = training.initial(), 16, 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        before = time.perf_counter()
        states = training.advance(state, chunk).states
        state, done = states[-1], done + chunk
        taken = time.perf_counter() - before
        chunk = max(1, min(int(chunk * CHUNK_SECONDS / taken), 4 * chunk))
    return done / (time.perf_counter() - start)


@contextmanager
def main_window(application: QApplication) -> Iterator[MainWindow]:
    """Give the window as a user sees it, at the size of the measurement."""
    with tempfile.TemporaryDirectory() as folder:
        ini, user = QSettings.Format.IniFormat, QSettings.Scope.UserScope
        QSettings.setPath(ini, user, folder)
        window = MainWindow(Store(document()))
        window.resize(*SIZE)
        window.show()
        application.processEvents()
        try:
            yield window
        finally:
            window.player.pause()
            for lab in window.labs.values():
                lab.shut_down()
            window.hide()
            window.deleteLater()


def frames(window: MainWindow, seconds: float) -> dict[str, float]:
    """Play, and time the turns of the event loop that painted."""
    paints = Paints()
    window.installEventFilter(paints)
    store = window.store
    window.player.play()
    _turn(WARM_UP, paints)
    first, start, cpu = store.document.active.newest, time.perf_counter(), time.thread_time()
    apart, own = _turn(seconds, paints)
    iterations = store.document.active.newest - first
    taken, busy = time.perf_counter() - start, time.thread_time() - cpu
    window.player.pause()
    window.removeEventFilter(paints)
    return {
        "median": float(np.median(apart)),
        "p99": float(np.percentile(apart, 99)),
        "frames": len(apart),
        "work, median": float(np.median(own)),
        "work, p99": float(np.percentile(own, 99)),
        "busy": busy / taken,
        "iterations": iterations / taken,
    }


def _turn(seconds: float, paints: Paints) -> tuple[list[float], list[float]]:
    """Turn the event loop; seconds between the turns that painted, and of their thread's work."""
    wait = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    apart, own = [], []
    start = last = time.perf_counter()
    worked = time.thread_time()
    while time.perf_counter() - start < seconds:
        paints.painted = False
        QApplication.processEvents(wait)
        if paints.painted:
            now, work = time.perf_counter(), time.thread_time()
            apart.append(now - last)
            own.append(work - worked)
            last, worked = now, work
    return apart, own


def measure(seconds: float, only: str = "") -> dict[str, dict[str, float]]:
    """Measure each view alone and all together, or those whose names hold a text."""
    application = make_application()
    if not BACKEND.wait():
        print(f"No compiled kernels: {BACKEND.status.value}", file=sys.stderr)
    collector = GarbageCollector()
    found: dict[str, dict[str, float]] = {}
    for name, (panels, docks) in SHOWN.items():
        if only not in name:
            continue
        with main_window(application) as window:
            for key, panel in window.network.panels.items():
                panel.setVisible(key in panels)
            for key, dock in window.docks.items():
                dock.setVisible(key in docks)
            window._share_out()
            application.processEvents()
            collector.leave_out_what_is_there()
            alone = windowless(seconds / 2)
            found[name] = frames(window, seconds)
            # Before and after: a busy machine changes its mind.
            alone = (alone + windowless(seconds / 2)) / 2
            found[name]["share"] = found[name]["iterations"] / alone
        application.processEvents()
    collector.stop()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure Nabla's frames.")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--only", default="", help="views whose name holds this text")
    options = parser.parse_args()
    print(json.dumps(measure(options.seconds, options.only)))


if __name__ == "__main__":
    main()
