"""Timelines take compiled blocks whole, and keep to their budget all the same."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from engine.session import Document, History
from engine.session.history import CURVE_POINTS
from engine.timeline import Timeline
from engine.training import Training, TrainingState
from engine.training.compiled import Stretch
from tests.engine.training.examples import SHUFFLED

pytestmark = pytest.mark.usefixtures("compiled")
BLOCK = 1000


def bytes_held(timeline: Timeline[TrainingState]) -> int:
    """Bytes of all arrays that can be reached from a timeline, shared ones counted once."""
    found: dict[int, int] = {}
    seen: set[int] = set()
    waiting: list[object] = [vars(timeline)]
    while waiting:
        here = waiting.pop()
        if id(here) in seen or isinstance(here, type | Training):
            continue
        seen.add(id(here))
        if isinstance(here, np.ndarray):
            whole = here if here.base is None else here.base
            if isinstance(whole, np.ndarray):
                waiting.append(whole) if whole is not here else found.update(
                    {id(here): here.nbytes}
                )
        elif isinstance(here, TrainingState):
            waiting += [here.parameters, *here.memory]
        elif isinstance(here, dict | list | tuple) or hasattr(here, "alone"):
            waiting += gc.get_referents(here)
    return sum(found.values())


@pytest.mark.parametrize("budget", [300_000, 3_000_000])
def test_memory_stays_within_the_budget_and_a_block(budget: int) -> None:
    training = Training(SHUFFLED, "compiled")
    timeline = Timeline(training, budget=budget)
    largest = 0
    for _ in range(20):
        block = training.advance(timeline.last, BLOCK)
        assert isinstance(block.states, Stretch)
        largest = max(largest, block.states.parameters.nbytes + block.states.memories.nbytes)
        timeline.append(block)
    for iteration in (3, 9_999, 15_001, 19_990):
        assert timeline[iteration].iteration == iteration
    assert bytes_held(timeline) <= budget + 2 * largest


def test_a_curve_of_large_blocks_is_thinned_at_once() -> None:
    document, history = Document.of(SHUFFLED), History()
    segment = document.segment
    timeline = history.timeline(segment)
    for _ in range(5):
        history.append(segment, segment.training.advance(timeline.last, BLOCK))
    stride, points = history.remembered(segment, 5 * BLOCK, 2)[1:]
    assert len(points) == 5 * BLOCK // stride + 1 <= CURVE_POINTS
    for point in points[:: max(1, len(points) // 7)]:
        assert point.loss == timeline[point.iteration].loss
