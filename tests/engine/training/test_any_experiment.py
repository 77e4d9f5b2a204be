"""What holds for every experiment that can be put together."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.data import FixedData
from engine.descent import Optimizer, Schedule
from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.descent.schedules import TABLE as SCHEDULES
from engine.network import Cut, Initializer
from engine.network.losses import TABLE as LOSSES
from engine.timeline import Timeline
from engine.training import Experiment, Penalty, Training
from tests.engine.network.strategies import architectures


@st.composite
def trainings(draw: st.DrawFn) -> Training:
    """Any network, cut and frozen here and there, any optimizer, at any learning rate."""
    architecture = draw(architectures())
    weights = [key for key in architecture.keys if key[0] > 0]
    cut = draw(st.sets(st.sampled_from(weights), max_size=3))
    frozen = draw(st.sets(st.sampled_from(architecture.keys), max_size=3))
    architecture = replace(
        architecture, cut=tuple(Cut(key, 0.5) for key in sorted(cut)), frozen=frozenset(frozen)
    )
    outputs, activation = architecture.widths[-1], architecture.output.activation
    fitting = [
        key
        for key, loss in LOSSES.items()
        if (not loss.outputs or activation in loss.outputs)
        and not (key == "cross_entropy" and outputs < 2)
        and not (loss.task and outputs == 2)
    ]
    loss = draw(st.sampled_from(fitting))
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    inputs = generator.normal(size=(5, architecture.widths[0]))
    classes = np.eye(outputs)[generator.integers(outputs, size=5)]
    if outputs == 1:
        classes = generator.integers(2, size=(5, 1)).astype(float)
    classification = LOSSES[loss].task is not None
    targets = classes if classification else generator.normal(size=(5, outputs))
    return Training(
        Experiment(
            FixedData(
                tuple(map(tuple, inputs.tolist())),
                tuple(map(tuple, targets.tolist())),
                "classification" if classification else "regression",
            ),
            architecture,
            Initializer(draw(st.sampled_from(["xavier_uniform", "he_normal", "constant"]))),
            loss=loss,
            penalty=draw(st.sampled_from([Penalty(), Penalty(0.01, 0.1), Penalty(100.0, 100.0)])),
            optimizer=Optimizer(draw(st.sampled_from(sorted(OPTIMIZERS)))),
            learning_rate=draw(st.sampled_from([1e-4, 0.1, 3.0, 1000.0])),
            schedule=Schedule(draw(st.sampled_from(sorted(SCHEDULES)))),
            batch_size=draw(st.sampled_from([None, 1, 2, 5])),
            seed=draw(st.integers(0, 99)),
        )
    )


@given(trainings())
def test_every_state_is_finite_and_a_stop_says_where(training: Training) -> None:
    block = training.advance(training.initial(), 40)
    for state in block.states:
        assert np.isfinite(state.parameters).all()
        assert all(np.isfinite(array).all() for array in state.memory)
        assert math.isfinite(state.loss)
    if block.stop is None:
        assert len(block.states) == 40
    else:
        layers = training.experiment.architecture.layers
        assert block.stop.iteration == len(block.states)
        layer, unit = block.stop.details["layer"], block.stop.details["unit"]
        assert isinstance(layer, int)
        assert isinstance(unit, int)
        assert 1 <= layer <= len(layers)
        assert 0 <= unit <= len(layers[layer - 1].units)


@given(trainings(), st.lists(st.integers(0, 40), max_size=8))
def test_every_order_of_asking_gives_the_same_bits(training: Training, asked: list[int]) -> None:
    start = training.initial()
    states = [start, *training.advance(start, 40).states]
    timeline = Timeline(training, budget=0)
    timeline.extend(40)
    for iteration in asked:
        place = min(iteration, timeline.newest)
        assert timeline[place].parameters.tobytes() == states[place].parameters.tobytes()


@given(trainings())
def test_the_end_of_every_trace_is_the_next_state(training: Training) -> None:
    state = training.initial()
    for following in training.advance(state, 5).states:
        trace = training.trace(state)
        assert trace.parameters_at(trace.count).tobytes() == following.parameters.tobytes()
        state = following


@given(trainings())
def test_what_is_held_never_moves(training: Training) -> None:
    architecture = training.experiment.architecture
    held = [*architecture.cut_indices, *architecture.frozen_indices]
    start = training.initial()
    assert not start.parameters[list(architecture.cut_indices)].any()
    for state in training.advance(start, 20).states:
        assert state.parameters[held].tobytes() == start.parameters[held].tobytes()
