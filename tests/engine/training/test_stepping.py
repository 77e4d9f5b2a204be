"""Stepping forward and back gives the same bits, whatever the way."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.descent import Optimizer
from engine.descent.optimizers import TABLE
from engine.timeline import Timeline
from engine.training import Trace, Training, TrainingState
from tests.engine.training.examples import shuffled

LENGTH = 400
SMALL = 100_000
"""A budget in bytes that forgets most states of such a run."""

Moment = tuple[int, int]
"""Iteration and micro-step."""


class Walker:
    """A cursor that goes neuron by neuron over a timeline."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.timeline: Timeline[TrainingState] = Timeline(training, budget=SMALL)
        self.timeline.extend(LENGTH)

    def trace(self, iteration: int) -> Trace:
        return self.training.trace(self.timeline[iteration])

    def forward(self, moment: Moment) -> Moment:
        iteration, micro = moment
        count = self.trace(iteration).count
        return (iteration, micro + 1) if micro + 1 < count else (iteration + 1, 0)

    def back(self, moment: Moment) -> Moment:
        iteration, micro = moment
        return (
            (iteration, micro - 1)
            if micro
            else (iteration - 1, self.trace(iteration - 1).count - 1)
        )

    def bits(self, moment: Moment) -> bytes:
        """Everything that can be seen at a moment."""
        iteration, micro = moment
        return b"".join(seen(self.timeline[iteration], self.trace(iteration), micro))


def seen(state: TrainingState, trace: Trace, micro: int) -> Iterator[bytes]:
    counters = (state.iteration, state.epoch, state.position, state.updates, micro)
    yield repr((counters, trace.known(micro), trace.focus, trace.batch_loss)).encode()
    yield trace.rows.tobytes()
    yield trace.parameters_at(micro).tobytes()
    for array in (*state.memory, trace.gradient, *trace.new_memory):
        yield array.tobytes()
    for pass_ in (trace.sample_forward.pre_activations, trace.sample_forward.activations):
        yield from (array.tobytes() for array in pass_)
    for pass_ in (trace.sample_backward.errors, trace.sample_backward.deltas):
        yield from (array.tobytes() for array in pass_)


@pytest.fixture(scope="module")
def walker() -> Walker:
    return Walker(shuffled())


@pytest.fixture(scope="module")
def truth() -> list[TrainingState]:
    """The states of the same run, computed once from the start, all kept."""
    training = shuffled()
    start = training.initial()
    return [start, *training.advance(start, LENGTH).states]


def test_a_step_forward_and_back_gives_the_same_bits_at_1000_random_moments(
    walker: Walker, truth: list[TrainingState]
) -> None:
    chance = random.Random(20)
    count = walker.trace(0).count
    for _ in range(1000):
        moment = chance.randrange(1, LENGTH), chance.randrange(count)
        before = walker.bits(moment)
        ahead = walker.forward(moment)
        assert ahead != moment
        walker.bits(ahead)
        assert walker.back(ahead) == moment
        assert walker.bits(moment) == before
        behind = walker.back(moment)
        walker.bits(behind)
        assert walker.forward(behind) == moment
        assert walker.bits(moment) == before
        state = truth[moment[0]]
        fresh = walker.training.trace(state)
        assert b"".join(seen(state, fresh, moment[1])) == before


def test_walking_micro_step_by_micro_step_ends_where_it_began(walker: Walker) -> None:
    start = moment = (37, 5)
    way = [moment]
    for _ in range(120):
        moment = walker.forward(moment)
        way.append(moment)
    bits = [walker.bits(moment) for moment in way]
    for expected in reversed(way[:-1]):
        moment = walker.back(moment)
        assert moment == expected
    assert moment == start
    assert [walker.bits(moment) for moment in way] == bits


@pytest.mark.parametrize("key", TABLE)
def test_every_optimizer_gives_the_same_bits_in_any_order_of_asking(key: str) -> None:
    training = shuffled(optimizer=Optimizer(key), learning_rate=0.01)
    start = training.initial()
    states = [start, *training.advance(start, 150).states]
    timeline = Timeline(shuffled(optimizer=Optimizer(key), learning_rate=0.01), budget=0)
    chance = random.Random(1)
    for iteration in [150, *(chance.randrange(150) for _ in range(60))]:
        found, expected = timeline[iteration], states[iteration]
        assert found.parameters.tobytes() == expected.parameters.tobytes()
        assert b"".join(m.tobytes() for m in found.memory) == b"".join(
            m.tobytes() for m in expected.memory
        )
        assert found.batch_loss == expected.batch_loss
        assert (found.epoch, found.position) == (expected.epoch, expected.position)


@pytest.mark.parametrize("sizes", [(1,) * 60, (60,), (7, 13, 40)])
def test_blocks_of_any_size_give_the_same_bits(
    sizes: tuple[int, ...], truth: list[TrainingState]
) -> None:
    training = shuffled()
    state = training.initial()
    for size in sizes:
        state = training.advance(state, size).states[-1]
    assert state.parameters.tobytes() == truth[60].parameters.tobytes()


def test_a_fork_shares_the_bits_of_its_prefix_and_its_rules(truth: list[TrainingState]) -> None:
    fork = Timeline(shuffled()).fork(at=60)
    assert fork[60].parameters.tobytes() == truth[60].parameters.tobytes()
    assert fork[200].parameters.tobytes() == truth[200].parameters.tobytes()


def test_another_process_gives_the_same_bits(truth: list[TrainingState]) -> None:
    script = (
        "import hashlib\n"
        "from tests.engine.training.examples import shuffled\n"
        "training = shuffled()\n"
        "state = training.advance(training.initial(), 100).states[-1]\n"
        "print(hashlib.sha256(state.parameters.tobytes()).hexdigest())\n"
    )
    root = Path(__file__).resolve().parents[3]
    printed = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert printed == hashlib.sha256(truth[100].parameters.tobytes()).hexdigest()


def test_states_cannot_be_written_into(truth: list[TrainingState]) -> None:
    for state in (truth[0], truth[60]):
        for array in (state.parameters, *state.memory):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0


def test_what_lies_around_in_memory_changes_no_bit(truth: list[TrainingState]) -> None:
    """Copies of a state at other addresses lead to the same next state."""
    training = shuffled()
    for offset in range(8):
        room = np.empty(truth[50].parameters.size + 8)
        moved = room[offset : offset + truth[50].parameters.size]
        moved[:] = truth[50].parameters
        following = training.advance(replace(truth[50], parameters=moved), 1).states[0]
        assert following.parameters.tobytes() == truth[51].parameters.tobytes()
