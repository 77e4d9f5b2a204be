"""Derivations say the numbers of the moment, and only those that are known by then."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.descent import Optimizer
from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.formula import Number, plain
from engine.network.notation import LABELS, notation_of
from engine.training import Experiment, Penalty, Trace, Training
from engine.training.explanation import (
    Derivation,
    explain_iteration,
    explain_parameter,
    explain_step,
    explain_unit,
)
from tests.experiments import by_hand, moons, signals


def trace_of(experiment: Experiment, iterations: int = 0) -> Trace:
    training = Training(experiment)
    state = training.initial()
    if iterations:
        state = training.advance(state, iterations).states[-1]
    return training.trace(state)


def lines_of(derivation: Derivation) -> list[str]:
    return [plain(line) for line in derivation.lines]


def numbers_of(derivation: Derivation) -> list[float]:
    return [p.value for line in derivation.lines for p in line.pieces if isinstance(p, Number)]


def test_the_chain_of_the_first_weight_is_120_times_1_times_40() -> None:
    trace = trace_of(by_hand())
    derivation = explain_parameter(trace, trace.count, notation_of("slides", (2, 3, 1)), 0)
    rule, numbers, *_ = lines_of(derivation)
    assert rule == "∂L/∂w¹₁₁ = ∂L/∂y′ · ∂y′/∂z₁ · ∂z₁/∂w¹₁₁"
    assert numbers == "= 120 · 1 · 40 = 4800"


def test_every_step_of_the_lesson_says_its_figure() -> None:
    trace = trace_of(by_hand())
    notation = notation_of("slides", (2, 3, 1))
    results = [numbers_of(explain_step(trace, k, notation)) for k in range(1, trace.count + 1)]
    assert [row[-1] for row in results[:9]] == [60, 60, 60, 180, 7200, 120, 120, 120, 120]
    assert [row[-1] for row in results[9:13]] == [7200, 9600, 9600, 9600]
    assert results[13][-1] == pytest.approx(0.928, abs=1e-15)
    assert results[14][-1] == pytest.approx(0.404, abs=1e-15)


def test_signals_count_errors_as_target_minus_output() -> None:
    experiment = signals()
    trace = trace_of(experiment)
    notation = notation_of("signals", experiment.architecture.widths)
    error = explain_step(trace, 8, notation)
    assert numbers_of(error)[-1] == pytest.approx(0.432675, abs=1e-6)
    first = experiment.architecture.layers[0].units[0]
    shown = explain_unit(trace, trace.count, notation, first)
    assert numbers_of(shown)[-1] == pytest.approx(0.008976, abs=1e-6)


@pytest.mark.parametrize("notation", LABELS)
def test_what_is_not_yet_known_has_no_number(notation: str) -> None:
    for experiment in (by_hand(), signals(), moons()):
        trace = trace_of(experiment)
        names = notation_of(notation, experiment.architecture.widths)
        for index in range(trace.training.layout.size):
            assert numbers_of(explain_parameter(trace, 0, names, index)) == []


@pytest.mark.parametrize("notation", LABELS)
@pytest.mark.parametrize(
    "experiment", [by_hand(), signals(), moons(), moons(penalty=Penalty(l1=0.01, l2=0.02))]
)
def test_a_gradient_line_multiplies_out_to_its_result(
    notation: str, experiment: Experiment
) -> None:
    trace = trace_of(experiment, iterations=3)
    names = notation_of(notation, experiment.architecture.widths)
    for index in range(trace.training.layout.size):
        derivation = explain_parameter(trace, trace.count, names, index)
        *factors, result = [
            piece.value for piece in derivation.lines[1].pieces if isinstance(piece, Number)
        ]
        assert math.prod(factors) == pytest.approx(result, rel=1e-9, abs=1e-12)
        own = trace.sample_backward.gradient[index]
        assert result == own


@pytest.mark.parametrize("key", OPTIMIZERS)
def test_an_update_ends_with_the_new_weight(key: str) -> None:
    trace = trace_of(moons(optimizer=Optimizer(key)), iterations=4)
    names = notation_of("standard", (2, 4, 1))
    for index in (0, 5, trace.training.layout.size - 1):
        derivation = explain_parameter(trace, trace.count, names, index)
        assert numbers_of(derivation)[-1] == trace.new_parameters[index]


def test_the_sum_of_a_neuron_adds_up() -> None:
    trace = trace_of(moons(), iterations=2)
    derivation = explain_step(trace, 2, notation_of("standard", (2, 4, 1)))
    w1, x1, w2, x2, bias, z = (
        piece.value for piece in derivation.lines[1].pieces if isinstance(piece, Number)
    )
    assert w1 * x1 + w2 * x2 + bias == pytest.approx(z, rel=1e-14)


def test_a_batch_shows_this_samples_term_beside_the_mean() -> None:
    trace = trace_of(moons())
    derivation = explain_parameter(trace, trace.count, notation_of("standard", (2, 4, 1)), 0)
    note = next(line for line in derivation.lines if line.kind == "note")
    assert "Mean of 10" in plain(note)
    assert [p.value for p in note.pieces if isinstance(p, Number)] == [trace.data_gradient[0]]


def test_a_focus_outside_the_batch_is_said() -> None:
    training = Training(moons())
    state = training.initial()
    outside = next(
        int(row)
        for row in training.experiment.dataset.train
        if row not in set(training.batch(state))
    )
    trace = training.trace(state, outside)
    derivation = explain_step(trace, 6, notation_of("standard", (2, 4, 1)))
    assert any("not in this batch" in line for line in lines_of(derivation))


def test_a_finished_iteration_says_the_loss_before_and_after() -> None:
    trace = trace_of(by_hand())
    derivation = explain_iteration(trace, notation_of("slides", (2, 3, 1)), 3225.13717248)
    assert lines_of(derivation)[0] == "L : 7200 → 3225.14"


def test_every_optimizer_line_is_true() -> None:
    """What stands left of the last equals sign, computed by hand, is what stands right of it."""
    trace = trace_of(moons(optimizer=Optimizer("momentum")), iterations=4)
    derivation = explain_parameter(trace, trace.count, notation_of("standard", (2, 4, 1)), 0)
    velocity, update = derivation.lines[-2:]
    beta, old, gradient, new = (p.value for p in velocity.pieces if isinstance(p, Number))
    assert beta * old + gradient == pytest.approx(new, rel=1e-12)
    x, rate, v, after = (p.value for p in update.pieces if isinstance(p, Number))
    assert x - rate * v == pytest.approx(after, rel=1e-12)
    assert np.isfinite(after)
