"""Descents as simulations: figures of the lessons, ends with names, time, and what is counted."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest

from engine.descent import (
    Descent,
    Method,
    Noisy,
    Optimizer,
    Schedule,
    descend,
    explain_descent,
    optimizers,
)
from engine.descent.functions import TABLE
from engine.descent.objective import Objective, Vector
from engine.descent.outcome import outcome_of
from engine.errors import NablaError
from engine.expression import parse
from engine.timeline import Timeline

EVERY = pytest.mark.parametrize("key", optimizers.ALL)
RATES = {"gradient_descent": 0.02, "momentum": 0.01, "nesterov": 0.01, "adadelta": 1.0}


def method(key: str) -> Method:
    """An optimizer with a learning rate that suits the oval bowl."""
    rate = RATES.get(key, 0.05 if key in optimizers.TABLE else 1.0)
    return optimizers.method(key, rate)


@pytest.mark.parametrize(
    ("rate", "end"), [(0.01, 2.451218), (0.1, 0.322123), (0.9, 0.322123), (1.05, 7.781227)]
)
def test_ten_steps_on_a_parabola(rate: float, end: float) -> None:
    path = descend(TABLE["parabola"], (3,), optimizers.gradient_descent(rate), 10)
    assert path.points[-1, 0] == pytest.approx(end, abs=5e-7)
    assert path.points.shape == (11, 1)


def test_a_learning_rate_of_nine_tenths_zigzags() -> None:
    points = descend(TABLE["parabola"], (3,), optimizers.gradient_descent(0.9), 10).points[:, 0]
    assert (points[1:] * points[:-1] < 0).all()


def test_a_learning_rate_of_one_swings_for_ever() -> None:
    points = descend(TABLE["parabola"], (3,), optimizers.gradient_descent(1.0), 10).points[:, 0]
    assert points.tolist() == [3.0, -3.0] * 5 + [3.0]


def test_ten_steps_on_a_surface() -> None:
    path = descend(TABLE["bowl"], (3, 2), optimizers.gradient_descent(0.1), 10)
    assert path.points[-1] == pytest.approx([0.322123, 0.012093], abs=5e-7)


def test_downhill_blindfolded_one_may_end_in_a_local_valley() -> None:
    hills = TABLE["hills"]
    ends = [
        descend(hills, start, optimizers.gradient_descent(0.2), 400).points[-1]
        for start in ((0.5, -1.0), (-3.0, 4.0), (4.0, 4.0), (-4.0, -4.0))
    ]
    reached = [
        int(np.argmin([math.dist(end, minimum) for minimum in hills.minima])) for end in ends
    ]
    assert reached == [0, 1, 2, 3]
    values = [float(hills.value(end)) for end in ends]
    assert values[0] < min(values[1:])


def test_the_entry_point_takes_an_expression() -> None:
    f = parse("3*x**2 + x*y")
    path = descend(f, start=(1.0, 1.0), optimizer=optimizers.adam(learning_rate=0.1), steps=50)
    assert path.points.shape == (51, 2)
    assert path.values.tolist() == pytest.approx([f(x=x, y=y) for x, y in path.points])


def test_an_expression_descends_as_the_same_function_of_the_table() -> None:
    rosenbrock = TABLE["rosenbrock"]
    for key in ("momentum", "newton", "bfgs"):
        one = descend(parse(rosenbrock.text), rosenbrock.start, optimizers.method(key), 12)
        other = descend(rosenbrock, rosenbrock.start, optimizers.method(key), 12)
        np.testing.assert_allclose(one.points, other.points, rtol=1e-8)


def test_one_variable_needs_no_tuple() -> None:
    one = descend(TABLE["parabola"], 3.0, optimizers.gradient_descent(0.1), 10)
    assert one.points[-1, 0] == pytest.approx(0.322123, abs=5e-7)


def test_constructors_take_what_the_table_knows() -> None:
    adam = optimizers.adam(learning_rate=0.1, beta_1=0.8)
    assert adam == Method(Optimizer("adam", (("beta_1", 0.8),)), 0.1)
    assert optimizers.nadam().learning_rate == 2e-3
    for key in optimizers.ALL:
        assert getattr(optimizers, key)() == optimizers.method(key)
    with pytest.raises(NablaError):
        optimizers.adam(beta=0.9)


@EVERY
def test_all_optimizers_go_down_on_a_bowl(key: str) -> None:
    path = descend(TABLE["bowl"], (1.0, 1.0), method(key), 300)
    assert path.values[-1] < 0.05 * path.values[0]
    assert len(path.points) == 301


@EVERY
def test_stepping_back_and_forward_gives_the_same_bits(key: str) -> None:
    descent = Descent(TABLE["rosenbrock"], (-1.2, 1.0), method(key))
    timeline = Timeline(descent, budget=4000)
    timeline.extend(40)
    last = timeline.newest
    once = [timeline[i].point.tobytes() for i in range(last + 1)]
    again = [timeline[i].point.tobytes() for i in reversed(range(last + 1))]
    assert once == again[::-1]
    chunks = Timeline(descent)
    while chunks.newest < last:
        chunks.extend(min(7, last - chunks.newest))
    assert [chunks[i].point.tobytes() for i in range(last + 1)] == once


@EVERY
def test_states_are_read_only_and_know_their_size(key: str) -> None:
    descent = Descent(TABLE["bowl"], (1.0, 1.0), method(key))
    state = descent.advance(descent.initial(), 3).states[-1]
    for array in (state.point, state.gradient, *state.memory):
        assert not array.flags.writeable
    assert state.nbytes > 0


class Hole:
    """√x: no value left of 0."""

    names = ("x",)
    minima: tuple[tuple[float, ...], ...] = ()

    def value(self, points: Vector) -> Vector:
        return np.sqrt(points[..., 0])

    def gradient(self, points: Vector) -> Vector:
        return 0.5 / np.sqrt(points)

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        return -0.25 * points**-1.5 * directions

    def at(self, iteration: int) -> Objective:
        return self


@EVERY
def test_a_start_without_a_value_is_named(key: str) -> None:
    descent = Descent(Hole(), (-1.0,), method(key))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        state = descent.initial()
        block = descent.advance(state, 10)
    assert math.isnan(state.value)
    assert not block.states
    assert block.stop is not None
    assert (block.stop.code, block.stop.iteration) == ("descent.start_undefined", 0)


def test_who_steps_out_of_the_domain_is_told_so() -> None:
    path = descend(Hole(), (1.0,), optimizers.gradient_descent(3.0), 10)
    assert path.stop is not None
    assert path.stop.code == "descent.diverged"
    assert path.stop.details["what"] == "value"
    assert len(path.points) == 1


@EVERY
@pytest.mark.parametrize(
    "name", ["rosenbrock", "bowl", "saddle", "monkey_saddle", "styblinski_tang"]
)
def test_a_learning_rate_of_a_million_never_freezes_and_never_warns(key: str, name: str) -> None:
    f = TABLE[name]
    descent = Descent(f, f.start, optimizers.method(key, 1e6))
    block = descent.advance(descent.initial(), 300)
    assert len(block.states) == 300 or block.stop is not None
    assert all(np.isfinite(state.point).all() for state in block.states)
    assert all(math.isfinite(state.value) for state in block.states)


@EVERY
@pytest.mark.parametrize("rate", [1e-12, 1e6])
def test_nothing_that_one_can_choose_breaks_a_descent(key: str, rate: float) -> None:
    """Also not its trace, its explanation and its verdict; warnings are errors in tests."""
    for f in TABLE.values():
        for place in (0.0, 1e3, 1e200):
            start = (place,) * len(f.start)
            method = optimizers.method(key, rate)
            outcome_of(f, descend(f, start, method, 8))
            descent = Descent(f, start, method)
            trace = descent.trace(descent.initial())
            for position in range(1, trace.count + 1):
                explain_descent(trace, position)


def test_what_overflows_is_named() -> None:
    path = descend(TABLE["rosenbrock"], (-1.2, 1.0), optimizers.gradient_descent(1e6), 300)
    assert path.stop is not None
    assert path.stop.code == "descent.diverged"
    assert path.stop.iteration == len(path.points) - 1
    assert path.stop.details["what"] in ("point", "value")


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("saddle", (0.0, 0.0), "saddle"),
        ("sphere", (0.0, 0.0), "minimum"),
        ("monkey_saddle", (0.0, 0.0), "flat"),
        ("plateau", (60.0, 0.0), "flat"),
        ("himmelblau", (-0.27084459, -0.92303856), "maximum"),
    ],
)
@EVERY
def test_a_start_without_a_slope_is_named(
    key: str, name: str, start: tuple[float, float], kind: str
) -> None:
    descent = Descent(TABLE[name], start, method(key), tolerance=1e-6)
    block = descent.advance(descent.initial(), 10)
    assert not block.states
    assert block.stop is not None
    assert block.stop.code == "descent.zero_gradient"
    assert block.stop.details["kind"] == kind


@EVERY
def test_without_a_tolerance_a_start_without_a_slope_stays_there(key: str) -> None:
    path = descend(TABLE["saddle"], (0.0, 0.0), method(key), 5)
    assert path.points.tolist() == [[0.0, 0.0]] * 6


def test_who_converges_stops_there() -> None:
    descent = Descent(TABLE["bowl"], (3.0, 2.0), optimizers.gradient_descent(0.2))
    block = descent.advance(descent.initial(), 10_000)
    assert block.stop is not None
    assert block.stop.code == "descent.converged"
    assert block.stop.details["kind"] == "minimum"
    assert len(block.states) < 100
    assert block.states[-1].gradient_norm <= 1e-8


def test_a_heavy_ball_does_not_stop_where_it_passes_the_bottom() -> None:
    """From 1 with β = 0.5 and η = 0.5 the first step ends exactly on the bottom."""
    path = descend(TABLE["parabola"], (1.0,), optimizers.momentum(0.5, beta=0.5), 3, 1e-8)
    assert path.points[1, 0] == 0.0
    assert path.points[2, 0] != 0.0


def test_who_comes_to_a_saddle_is_told_so() -> None:
    path = descend(TABLE["saddle"], (1.0, 0.0), optimizers.gradient_descent(0.4), 1000, 1e-8)
    assert path.stop is not None
    assert path.stop.code == "descent.stuck_at_saddle"


def test_evaluations_are_counted() -> None:
    bowl = TABLE["bowl"]
    assert descend(bowl, (3, 2), optimizers.adam(0.1), 7).evaluations == (0, 7, 0)
    newton = descend(bowl, (3, 2), optimizers.newton(), 1).evaluations
    assert newton == (2, 1, 1)


def test_a_schedule_changes_the_rate() -> None:
    half = Schedule("step", (("period", 1), ("gamma", 0.5)))
    path = descend(TABLE["parabola"], (1.0,), optimizers.gradient_descent(0.25, schedule=half), 2)
    assert path.points[:, 0].tolist() == [1.0, 0.5, 0.375]


def test_clipping_shortens_long_gradients_only() -> None:
    clipped = optimizers.gradient_descent(0.1, clip=2.0)
    path = descend(TABLE["parabola"], (3.0,), clipped, 12)
    steps = -np.diff(path.points[:, 0])
    assert steps[:5] == pytest.approx([0.2] * 5, rel=1e-5)
    assert steps[-1] == pytest.approx(0.2 * path.points[-2, 0], rel=1e-12)
    with pytest.raises(NablaError) as caught:
        optimizers.adam(clip=0.0)
    assert caught.value.code == "descent.clip_not_positive"


def test_noise_leads_every_time_the_same_way() -> None:
    noisy = Noisy(TABLE["bowl"], 1.0, seed=4)
    one = descend(noisy, (3, 2), optimizers.gradient_descent(0.1), 40).points
    other = descend(noisy, (3, 2), optimizers.gradient_descent(0.1), 40).points
    plain = descend(TABLE["bowl"], (3, 2), optimizers.gradient_descent(0.1), 40).points
    assert one.tolist() == other.tolist()
    assert np.abs(one - plain).max() > 0.1


@EVERY
def test_noise_stops_no_optimizer(key: str) -> None:
    path = descend(Noisy(TABLE["bowl"], 0.3, seed=2), (3, 2), method(key), 100)
    assert len(path.points) == 101


def test_a_fork_keeps_the_memory_of_the_same_optimizer() -> None:
    bowl = TABLE["stretched_bowl"]
    heavy = Descent(bowl, (-4.0, 2.0), optimizers.momentum(0.02))
    timeline = Timeline(heavy)
    timeline.extend(10)
    faster = replace(heavy, method=optimizers.momentum(0.03))
    fork = timeline.fork(10, faster)
    assert fork[10].memory[0].tolist() == timeline[10].memory[0].tolist()
    assert fork[10].updates == 10
    other = timeline.fork(10, replace(heavy, method=optimizers.adam(0.1)))
    assert other[10].updates == 0
    assert not any(array.any() for array in other[10].memory)
    assert other[10].point.tolist() == timeline[10].point.tolist()


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ((1.0,), "descent.wrong_dimension"),
        ((1.0, math.nan), "descent.start_not_finite"),
        ((math.inf, 0.0), "descent.start_not_finite"),
    ],
)
def test_a_start_that_makes_no_sense_is_refused(start: tuple[float, ...], code: str) -> None:
    with pytest.raises(NablaError) as caught:
        Descent(TABLE["bowl"], start)
    assert caught.value.code == code


def test_a_rate_that_makes_no_sense_is_refused() -> None:
    for rate in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(NablaError) as caught:
            optimizers.adam(rate)
        assert caught.value.code == "learning_rate.out_of_bounds"


def test_an_expression_without_variables_cannot_be_descended() -> None:
    with pytest.raises(NablaError) as caught:
        descend(parse("3 + 4"), (), optimizers.adam(), 3)
    assert caught.value.code == "descent.no_variable"
