"""Garbage is collected in the window's thread, and nowhere else."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gui.state.garbage import GarbageCollector


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    yield collector
    collector.stop()
    gc.unfreeze()


class Knot:
    """An object that holds itself, as only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_a_worker_that_allocates_frees_nothing(collector: GarbageCollector) -> None:
    freed_in: list[str] = []
    knot = Knot()
    weakref.finalize(knot, lambda: freed_in.append(threading.current_thread().name))
    del knot
    kept: list[list[int]] = []
    worker = threading.Thread(target=lambda: kept.extend([] for _ in range(5000)), name="worker")
    worker.start()
    worker.join()
    assert freed_in == []
    assert collector.collect_what_is_due() >= 0
    assert freed_in == [threading.current_thread().name]


def test_nothing_is_collected_when_nothing_is_due(collector: GarbageCollector) -> None:
    gc.collect()
    assert collector.collect_what_is_due() == -1


def test_python_collects_by_itself_again_afterwards(qapp: QApplication) -> None:
    collector = GarbageCollector()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
