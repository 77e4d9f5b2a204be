from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from engine.errors import NablaError
from engine.landscape import CancelledError
from gui.state.workers import Cancelled, Lane, Workers


@pytest.fixture
def workers(qtbot: QtBot) -> Iterator[Workers]:
    workers = Workers()
    yield workers
    workers.shut_down()


@pytest.fixture
def lane(workers: Workers) -> Iterator[Lane]:
    lane = Lane(workers=workers)
    yield lane
    lane.cancel()


class Gate:
    """Work that waits until it is let through, and tells whether it was cancelled."""

    def __init__(self, result: object) -> None:
        self.result = result
        self.begun = threading.Event()
        self.open = threading.Event()
        self.was_cancelled = False

    def __call__(self, cancelled: Cancelled) -> object:
        self.begun.set()
        while not self.open.wait(0.005):
            if cancelled():
                self.was_cancelled = True
                raise CancelledError
        return self.result


def returns(result: object) -> Callable[[Cancelled], object]:
    return lambda cancelled: result


def results_of(lane: Lane) -> list[object]:
    results: list[object] = []
    lane.ready.connect(results.append)
    return results


def test_a_result_comes_back_in_the_windows_thread(qtbot: QtBot, lane: Lane) -> None:
    threads: list[object] = []
    lane.ready.connect(lambda result: threads.extend((result, threading.current_thread())))
    with qtbot.waitSignal(lane.ready):
        lane.request(lambda cancelled: threading.current_thread())
    computed_in, heard_in = threads
    assert heard_in is threading.main_thread()
    assert computed_in is not heard_in


def test_the_newest_request_wins_and_the_one_in_work_is_finished(qtbot: QtBot, lane: Lane) -> None:
    results = results_of(lane)
    first = Gate("first")
    lane.request(first)
    assert first.begun.wait(5)
    lane.request(returns("second"))
    lane.request(returns("third"))
    first.open.set()
    qtbot.waitUntil(lambda: len(results) == 2)
    assert results == ["first", "third"]
    assert not lane.is_busy


def test_work_that_gives_way_is_given_up_for_a_newer_request(qtbot: QtBot, lane: Lane) -> None:
    results = results_of(lane)
    slow = Gate("slow")
    lane.request(slow, gives_way=True)
    assert slow.begun.wait(5)
    with qtbot.waitSignal(lane.ready):
        lane.request(returns("quick"))
    assert slow.was_cancelled
    assert results == ["quick"]


def test_cancelled_requests_are_never_heard_of(qtbot: QtBot, lane: Lane) -> None:
    results = results_of(lane)
    work = Gate("never")
    lane.request(work)
    assert work.begun.wait(5)
    lane.request(returns("neither"))
    lane.cancel()
    qtbot.waitUntil(lambda: not lane.is_busy)
    assert work.was_cancelled
    assert results == []


def test_two_lanes_work_side_by_side(qtbot: QtBot, workers: Workers, lane: Lane) -> None:
    other = Lane(workers=workers)
    slow = Gate("slow")
    lane.request(slow)
    assert slow.begun.wait(5)
    with qtbot.waitSignal(other.ready):
        other.request(returns("quick"))
    assert lane.is_busy
    slow.open.set()


def test_what_the_user_can_mend_is_passed_on(qtbot: QtBot, lane: Lane) -> None:
    error = NablaError("landscape.short_path", states=1, needed=3)

    def refuse(cancelled: Cancelled) -> object:
        raise error

    with qtbot.waitSignal(lane.failed) as heard:
        lane.request(refuse)
    assert heard.args == [error]


def test_a_mistake_is_logged_and_the_lane_goes_on(
    qtbot: QtBot, lane: Lane, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(cancelled: Cancelled) -> object:
        raise ZeroDivisionError("a mistake")

    lane.request(fail)
    qtbot.waitUntil(lambda: not lane.is_busy)
    assert "a mistake" in caplog.text
    with qtbot.waitSignal(lane.ready):
        lane.request(returns("on"))


def test_threads_end_and_start_again(qtbot: QtBot, workers: Workers, lane: Lane) -> None:
    with qtbot.waitSignal(lane.ready):
        lane.request(returns(1))
    workers.shut_down()
    assert not any(thread.name.startswith("picture-") for thread in threading.enumerate())
    with qtbot.waitSignal(lane.ready):
        lane.request(returns(2))


def test_the_result_for_a_lane_that_is_gone_is_dropped(qtbot: QtBot, workers: Workers) -> None:
    lane = Lane(workers=workers)
    work = Gate("late")
    lane.request(work)
    assert work.begun.wait(5)
    del lane
    work.open.set()
    other = Lane(workers=workers)
    with qtbot.waitSignal(other.ready):
        other.request(returns("alive"))
