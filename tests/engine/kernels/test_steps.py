"""The compiled kernel computes what the reference computes, and the same bits in any chunks."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest

from engine.data import BundledData, FixedData, GeneratedData
from engine.descent import Optimizer, Schedule
from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.kernels.backend import Backend
from engine.network import ALPHA, BIAS, Architecture, Cut, Initializer
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.losses import TABLE as LOSSES
from engine.timeline import Timeline
from engine.training import Experiment, Penalty, Training, TrainingState
from tests.engine.training.examples import SHUFFLED, by_hand

pytestmark = pytest.mark.usefixtures("compiled")

CLASSES = GeneratedData("blobs", samples=30, noise=0.3, seed=4, test_share=0.2)
SPIRAL = GeneratedData("xor", samples=40, noise=0.1, seed=3, test_share=0.25)


def pair(experiment: Experiment) -> tuple[Training, Training]:
    return Training(experiment, "compiled"), Training(experiment)


def assert_steps_agree(experiment: Experiment, steps: int = 8) -> None:
    """Each step of the kernel is the reference's from the same state."""
    compiled, reference = pair(experiment)
    assert compiled.backend == "compiled"
    state = compiled.initial()
    block = compiled.advance(state, steps)
    assert len(block.states) == steps
    for found in block.states:
        (expected,) = reference.advance(state, 1).states
        np.testing.assert_allclose(found.parameters, expected.parameters, rtol=1e-12, atol=1e-14)
        for kept, wanted in zip(found.memory, expected.memory, strict=True):
            np.testing.assert_allclose(kept, wanted, rtol=1e-12, atol=1e-14)
        assert found.batch_loss == pytest.approx(expected.batch_loss, rel=1e-12, abs=1e-300)
        assert counters(found) == counters(expected)
        state = found


def counters(state: TrainingState) -> tuple[int, int, int, int]:
    return state.iteration, state.epoch, state.position, state.updates


def bits(state: TrainingState) -> bytes:
    return (
        b"".join(array.tobytes() for array in (state.parameters, *state.memory))
        + repr((counters(state), state.batch_loss)).encode()
    )


def three_classes(**changes: object) -> Experiment:
    inputs = tuple(tuple(row) for row in np.random.default_rng(1).normal(size=(23, 2)).tolist())
    targets = tuple(tuple(np.eye(3)[k % 3].tolist()) for k in range(23))
    base = Experiment(
        FixedData(inputs, targets, task="classification"),
        Architecture.dense((2, 5, 4, 3), ("tanh", "tanh", "softmax")),
        Initializer("xavier_uniform", seed=2),
        loss="cross_entropy",
        learning_rate=0.02,
        batch_size=9,
        seed=5,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def with_loss(loss: str, output: str, hidden: str, **changes: object) -> Experiment:
    architecture = Architecture.dense((2, 5, 4, 3), (hidden, hidden, output))
    return three_classes(loss=loss, architecture=architecture, **changes)


COMBINATIONS = [
    (loss.key, output, hidden)
    for loss, output, hidden in itertools.product(LOSSES.values(), ACTIVATIONS, ACTIVATIONS)
    if output in (loss.outputs or ACTIVATIONS) and hidden != "softmax"
]


@pytest.mark.parametrize(("loss", "output", "hidden"), COMBINATIONS)
def test_every_loss_and_activation_steps_like_the_reference_with_every_optimizer(
    loss: str, output: str, hidden: str
) -> None:
    for key in OPTIMIZERS:
        assert_steps_agree(with_loss(loss, output, hidden, optimizer=Optimizer(key)), steps=4)


@pytest.mark.parametrize(
    "changes",
    [
        {"penalty": Penalty(l1=0.01, l2=0.02)},
        {"batch_size": None},
        {"batch_size": 1},
        {"schedule": Schedule("cosine")},
        {"seed": 2**31 - 1},
        {"optimizer": Optimizer("adam", (("beta_1", 0.5), ("epsilon", 1e-3)))},
    ],
    ids=str,
)
def test_settings_of_the_training_are_heeded(changes: dict[str, object]) -> None:
    assert_steps_agree(replace(SHUFFLED, **changes), steps=20)  # type: ignore[arg-type]


def test_batches_larger_than_a_tile_are_summed_tile_by_tile() -> None:
    data = GeneratedData("circles", samples=300, noise=0.1, seed=3, test_share=0.25)
    for size in (None, 100, 129):
        assert_steps_agree(replace(SHUFFLED, data=data, batch_size=size), steps=8)


def test_wide_inputs_and_no_biases() -> None:
    digits = replace(
        three_classes(),
        data=BundledData("digits"),
        architecture=Architecture.dense((64, 11, 10), ("prelu", "softmax"), bias=False),
        batch_size=32,
    )
    assert_steps_agree(digits)


def test_cut_connections_stay_0_and_what_is_frozen_stays() -> None:
    plain = SHUFFLED.architecture
    (first, *_), layers = plain.inputs, plain.layers
    architecture = replace(
        plain,
        cut=(Cut((first, layers[0].units[1]), 0.5),),
        frozen=frozenset({(BIAS, layers[1].units[0]), (ALPHA, layers[1].id)}),
    )
    experiment = replace(SHUFFLED, architecture=architecture, penalty=Penalty(l2=0.1))
    assert_steps_agree(experiment, steps=20)
    training = Training(experiment, "compiled")
    start = training.initial()
    last = training.advance(start, 50).states[-1]
    assert last.parameters[list(architecture.cut_indices)] == 0.0
    held = list(architecture.frozen_indices)
    np.testing.assert_array_equal(last.parameters[held], start.parameters[held])


def test_the_lesson_computed_by_hand_comes_out() -> None:
    training = Training(by_hand().experiment, "compiled")
    (state,) = training.advance(training.initial(), 1).states
    assert state.batch_loss == 7200.0
    np.testing.assert_allclose(state.parameters[6:], 0.928, rtol=1e-15)
    assert state.loss == pytest.approx(3225.137172, rel=1e-9)


def test_a_fresh_batch_size_in_the_middle_of_an_epoch_is_heeded() -> None:
    reference = Training(SHUFFLED)
    state = reference.advance(reference.initial(), 3).states[-1]
    changed, expected = pair(replace(SHUFFLED, batch_size=4))
    mine = changed.advance(changed.adopt(state, reference), 9).states
    theirs = expected.advance(expected.adopt(state, reference), 9).states
    assert [counters(s) for s in mine] == [counters(s) for s in theirs]
    np.testing.assert_allclose(mine[-1].parameters, theirs[-1].parameters, rtol=1e-11)


@pytest.mark.parametrize("sizes", [(1,) * 120, (120,), (7, 13, 40, 60), (119, 1)])
def test_chunks_of_any_size_give_the_same_bits(sizes: tuple[int, ...]) -> None:
    training = Training(SHUFFLED, "compiled")
    state = training.initial()
    truth = training.advance(state, 120).states
    for size in sizes:
        state = training.advance(state, size).states[-1]
        assert bits(state) == bits(truth[state.iteration - 1])


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_a_timeline_that_forgets_gives_the_same_bits_in_any_order(key: str) -> None:
    experiment = replace(SHUFFLED, optimizer=Optimizer(key), learning_rate=0.01)
    truth = [
        (start := Training(experiment, "compiled").initial()),
        *Training(experiment, "compiled").advance(start, 150).states,
    ]
    timeline = Timeline(Training(experiment, "compiled"), budget=0)
    chance = random.Random(1)
    for iteration in [150, *(chance.randrange(150) for _ in range(60))]:
        assert bits(timeline[iteration]) == bits(truth[iteration])


@pytest.mark.parametrize("every", [1, 3, 10, 100, 1000])
def test_thinned_states_are_those_of_the_whole_run(every: int) -> None:
    training = Training(SHUFFLED, "compiled")
    start = training.initial()
    truth = training.advance(start, 100).states
    found = training.thinned(start, 100, every).states
    wanted = sorted({*range(every, 101, every), 100})
    assert [state.iteration for state in found] == wanted
    for state in found:
        assert bits(state) == bits(truth[state.iteration - 1])


@pytest.mark.parametrize("every", [1, 4])
@pytest.mark.parametrize(
    "experiment",
    [
        replace(by_hand().experiment, learning_rate=2e-4),
        replace(SHUFFLED, learning_rate=900.0, optimizer=Optimizer("momentum")),
        replace(
            SHUFFLED,
            loss="half_squared",
            learning_rate=30.0,
            optimizer=Optimizer("gradient_descent"),
            architecture=Architecture.dense((2, 3, 1), ("identity", "identity")),
        ),
    ],
)
def test_what_overflows_stops_with_the_same_words(experiment: Experiment, every: int) -> None:
    compiled, reference = pair(experiment)
    expected = reference.advance(reference.initial(), 2000)
    found = compiled.thinned(compiled.initial(), 2000, every)
    assert found.stop == expected.stop
    if expected.stop is not None:
        assert found.states[-1].iteration == expected.stop.iteration
        assert np.isfinite(found.states[-1].loss)


def test_states_cannot_be_written_into() -> None:
    training = Training(SHUFFLED, "compiled")
    for state in training.advance(training.initial(), 2).states:
        for array in (state.parameters, *state.memory):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0


def test_what_has_no_kernel_runs_on_the_reference(compiled: Backend) -> None:
    slope = replace(SHUFFLED, error_without_slope=True)
    assert Training(slope, "compiled").backend == "reference"
    wide = Architecture.dense((2, 256, 256, 1), ("tanh", "tanh", "sigmoid"))
    assert Training(replace(SHUFFLED, architecture=wide), "compiled").backend == "reference"
