"""A cut connection is an exact 0 and masked everywhere; what is frozen stands still."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.descent import Optimizer
from engine.descent.optimizers import TABLE
from engine.network import ALPHA, BIAS, Architecture, Cut, transplant
from engine.training import Penalty, Training, TrainingState
from tests.engine.training.examples import SHUFFLED, shuffled

DENSE = SHUFFLED.architecture
FIRST, SECOND = DENSE.layers[0], DENSE.layers[1]
CUT_KEYS = ((1, FIRST.units[0]), (FIRST.units[2], SECOND.units[1]))
FROZEN_KEYS = frozenset(
    {
        (2, FIRST.units[1]),
        (BIAS, FIRST.units[3]),
        (ALPHA, SECOND.id),
        *DENSE.incoming(SECOND.units[0]),
    }
)
CUT = replace(DENSE, cut=tuple(Cut(key, 0.5) for key in CUT_KEYS))
FROZEN = replace(DENSE, frozen=FROZEN_KEYS)
PENALTY = Penalty(l1=0.01, l2=0.1)


def run(training: Training, n: int = 40) -> list[TrainingState]:
    start = training.initial()
    return [start, *training.advance(start, n).states]


@pytest.mark.parametrize("key", TABLE)
def test_a_cut_connection_stays_an_exact_zero_and_so_does_its_memory(key: str) -> None:
    training = shuffled(architecture=CUT, optimizer=Optimizer(key), penalty=PENALTY)
    cut = list(CUT.cut_indices)
    states = run(training)
    assert len(states) == 41
    for state in states:
        for array in (state.parameters, *state.memory):
            assert array[cut].tobytes() == bytes(16)
        assert training.gradient(state)[cut].tobytes() == bytes(16)


def test_a_network_with_a_cut_connection_computes_as_if_it_were_not_there() -> None:
    training = shuffled(architecture=CUT)
    state = run(training)[-1]
    inputs, _ = training.samples(training.experiment.dataset.train)
    trace = training.trace(state)
    first = training.layout.views(state.parameters)[0]
    assert first.bias is not None
    # The first hidden neuron sees the second input alone.
    expected = inputs[trace.focus] @ first.weights
    assert first.weights[0, 0] == 0.0
    own = training.experiment.dataset.inputs[trace.focus, 1] * first.weights[1, 0]
    assert trace.sample_forward.pre_activations[0][0, 0] == own + first.bias[0]
    assert expected.shape == (4,)


def test_a_state_never_holds_a_number_where_the_connection_is_cut() -> None:
    training = shuffled(architecture=CUT)
    state = training.state(np.ones(training.layout.size))
    assert state.parameters[list(CUT.cut_indices)].tolist() == [0.0, 0.0]
    assert state.parameters.sum() == training.layout.size - 2


@pytest.mark.parametrize("key", TABLE)
def test_what_is_frozen_keeps_its_bits_and_its_memory(key: str) -> None:
    optimizer = Optimizer(key)
    before = run(shuffled(optimizer=optimizer, learning_rate=0.01), 10)[-1]
    training = shuffled(
        architecture=FROZEN, optimizer=optimizer, penalty=PENALTY, learning_rate=0.01
    )
    frozen = list(FROZEN.frozen_indices)
    moving = [i for i in range(training.layout.size) if i not in frozen]
    after = training.advance(before, 30).states[-1]
    assert after.parameters[frozen].tobytes() == before.parameters[frozen].tobytes()
    assert (after.parameters[moving] != before.parameters[moving]).all()
    for old, new in zip(before.memory, after.memory, strict=True):
        assert new[frozen].tobytes() == old[frozen].tobytes()
        assert (new[moving] != old[moving]).all()


def test_what_is_frozen_still_shows_its_gradient() -> None:
    training = shuffled(architecture=FROZEN)
    gradient = training.gradient(training.initial())
    free = shuffled().gradient(training.initial())
    np.testing.assert_array_equal(gradient, free)


def test_freezing_does_not_change_what_the_others_do_in_one_step() -> None:
    free, held = shuffled(), shuffled(architecture=FROZEN)
    there, here = (
        free.advance(free.initial(), 1).states[0],
        held.advance(held.initial(), 1).states[0],
    )
    moving = np.ones(DENSE.layout.size, dtype=bool)
    moving[list(FROZEN.frozen_indices)] = False
    np.testing.assert_array_equal(here.parameters[moving], there.parameters[moving])


def test_a_network_that_is_frozen_whole_stands_still() -> None:
    training = shuffled(architecture=replace(DENSE, frozen=frozenset(DENSE.keys)))
    states = run(training, 12)
    assert {state.parameters.tobytes() for state in states} == {states[0].parameters.tobytes()}
    assert states[-1].iteration == 12


def test_cutting_in_the_middle_of_a_run_clears_the_memory() -> None:
    state = run(shuffled(), 10)[-1]
    fresh = np.zeros(DENSE.layout.size)
    for memory in state.memory:
        moved = transplant(DENSE, CUT, memory, fresh)
        assert moved[list(CUT.cut_indices)].tolist() == [0.0, 0.0]
        rest = [i for i in range(moved.size) if i not in CUT.cut_indices]
        np.testing.assert_array_equal(moved[rest], memory[rest])


def test_nothing_is_masked_where_nothing_is_held() -> None:
    assert shuffled().trainable is None
    trainable = shuffled(architecture=CUT).trainable
    assert trainable is not None
    assert np.flatnonzero(~trainable).tolist() == list(CUT.cut_indices)


def test_an_architecture_may_be_cut_and_frozen_at_once() -> None:
    both: Architecture = replace(CUT, frozen=FROZEN_KEYS)
    training = shuffled(architecture=both, penalty=PENALTY)
    held = sorted({*both.cut_indices, *both.frozen_indices})
    states = run(training)
    assert states[-1].parameters[held].tobytes() == states[0].parameters[held].tobytes()
