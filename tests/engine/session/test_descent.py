"""The slot of the descent lab: stored as it is, refused where damaged, followed exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.descent import Method, Optimizer, descend
from engine.descent.functions import TABLE
from engine.descent.optimizers import ALL
from engine.errors import NablaError
from engine.session.descent import (
    MOST_ITERATIONS,
    QUANTITIES,
    micro_of,
    study,
    subject,
    trace_of,
)
from engine.session.descent_figures import descent_value
from engine.session.runners import MOST_RUNNERS, Runner, runner_to_json
from engine.session.slots import (
    DescentLook,
    DescentSlot,
    changed_slot,
    slot_from_json,
    slot_to_json,
)

FULL = DescentSlot(
    "",
    "x^2 + 3y^2",
    (1.5, -2.0),
    (
        Runner("adam", (("beta_1", 0.8),), 0.2, "step", (("period", 50.0),), 2.0, 3, False),
        Runner("bfgs", colour=1),
    ),
    0.25,
    7,
)


@pytest.mark.parametrize("slot", [DescentSlot(), FULL])
def test_a_slot_comes_back_as_it_was(slot: DescentSlot) -> None:
    assert slot_from_json(DescentSlot, "descent", slot_to_json(slot)) == slot


def test_a_look_comes_back_as_it_was() -> None:
    look = DescentLook(12, 3, 1, True, (0.0, 1.0, 2.0, 3.0), True, True, "distance", False, "rates")
    assert slot_from_json(DescentLook, "look", slot_to_json(look)) == look


@pytest.mark.parametrize(
    "runner",
    [
        {"optimizer": "no_such"},
        {"settings": {"beta": 0.9}},
        {"settings": [1]},
        {"optimizer": "momentum", "settings": {"beta": 7.0}},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"schedule": "no_such"},
        {"clip": -1.0},
        {"colour": 99},
        {"visible": 1},
        {"speed": 3},
        "adam",
    ],
)
def test_a_damaged_runner_is_refused(runner: object) -> None:
    content = slot_to_json(DescentSlot()) | {"runners": [runner]}
    with pytest.raises(NablaError) as caught:
        slot_from_json(DescentSlot, "descent", content)
    assert caught.value.code == "session.damaged"


def test_too_many_runners_are_refused() -> None:
    content = slot_to_json(DescentSlot())
    content["runners"] = [runner_to_json(Runner())] * (MOST_RUNNERS + 1)
    with pytest.raises(NablaError):
        slot_from_json(DescentSlot, "descent", content)


def test_a_lesson_names_only_what_differs_of_a_runner() -> None:
    changed = changed_slot(DescentSlot(), "lesson", {"runners": [{"learning_rate": 0.5}]})
    assert changed.runners == (Runner(learning_rate=0.5),)


@pytest.mark.parametrize("key", ALL)
def test_a_course_is_the_descent_itself(key: str) -> None:
    method = Method(Optimizer(key), ALL[key].learning_rate)
    path = descend(TABLE["bowl"], (3.0, 2.0), method, 40, tolerance=1e-8)
    runner = Runner(key, (), method.learning_rate)
    own = study(DescentSlot("bowl", "", (3.0, 2.0), (runner,)))
    own.reach(40)
    course = own.courses[0]
    count = len(path.points)
    assert np.array_equal(course.points[:count], path.points)
    assert np.array_equal(course.values[:count], path.values)
    assert np.array_equal(course.gradient_norms[:count], path.gradient_norms)
    assert np.array_equal(course.step_lengths[:count], path.step_lengths)
    assert np.allclose(course.distances[:count], np.hypot(*path.points.T))


def test_colour_and_visibility_do_not_compute_anything_anew() -> None:
    slot = DescentSlot()
    painted = replace(slot.runners[0], colour=5, visible=False)
    before, after = study(slot), study(replace(slot, runners=(painted, *slot.runners[1:])))
    assert [a is b for a, b in zip(before.courses, after.courses, strict=True)] == [True] * 3


def test_a_course_ends_where_the_descent_ends_and_says_why() -> None:
    own = study(DescentSlot("rosenbrock", "", (-1.2, 1.0), (Runner("newton", (), 1.0),)))
    assert not own.ends_by(3)
    own.reach(500)
    course = own.courses[0]
    assert course.newest < 100
    assert own.ends_by(course.newest)
    assert course.trace(course.newest) is None
    ((_, result),) = own.ranking(500)
    assert result.outcome.verdict == "converged"
    assert result.iterations == course.newest


def test_the_farthest_iteration_does_not_count_the_glimpse_ahead() -> None:
    own = study(DescentSlot("sphere", "", (3.5, 2.5), (Runner("gradient_descent", (), 0.01),)))
    own.reach(10)
    own.courses[0].reach(11)
    assert own.farthest == 10


@pytest.mark.parametrize("rate", [1e6, 1e12])
def test_a_huge_learning_rate_is_named_and_ends(rate: float) -> None:
    own = study(DescentSlot("himmelblau", "", (1.0, 1.0), (Runner("momentum", (), rate),)))
    own.reach(200)
    assert own.ends_by(200)
    ((_, result),) = own.ranking(200)
    assert result.outcome.verdict == "diverged"


def test_a_start_without_a_value_is_named_and_stays() -> None:
    own = study(DescentSlot("", "ln(x)", (-1.0,), (Runner(),)))
    own.reach(5)
    assert own.ends_by(0)
    ((_, result),) = own.ranking(0)
    assert result.outcome.verdict == "undefined"


def test_a_start_of_another_dimension_is_made_to_fit() -> None:
    assert study(DescentSlot("parabola", "", (3.0, 9.0))).start == (3.0,)
    assert study(DescentSlot("sphere", "", (3.0,))).start == (3.0, 0.0)


@pytest.mark.parametrize(
    ("text", "code"),
    [("3", "descent.no_variable"), ("x + y + z", "descent.too_many_variables")],
)
def test_functions_of_none_or_of_many_variables_are_refused(text: str, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        subject("", text)
    assert caught.value.code == code


def test_a_slot_that_cannot_be_read_shows_a_function_of_the_table() -> None:
    assert study(DescentSlot("", "x +")).subject.function is TABLE["parabola"]
    assert study(DescentSlot("no_such")).subject.function is TABLE["parabola"]


def test_who_has_no_time_goes_on_later_to_the_same_numbers() -> None:
    slot = DescentSlot("sphere", "", (1.25, 2.0), (Runner("adam", (), 0.01), Runner()))
    own = study(slot)
    assert not own.reach(300, 0.0)
    assert not own.has_reached(300)
    while not own.reach(300, 1e-4):
        pass
    assert own.has_reached(300)
    path = descend(TABLE["sphere"], (1.25, 2.0), slot.runners[0].method, 300, tolerance=1e-8)
    assert np.array_equal(own.courses[0].points[:301], path.points)


def test_nobody_is_followed_for_ever() -> None:
    own = study(DescentSlot("parabola", "", (3.0,), (Runner("gradient_descent", (), 1.0),)))
    own.reach(10**9)
    assert own.newest == MOST_ITERATIONS
    assert own.ends_by(MOST_ITERATIONS)


def test_the_micro_step_stays_inside_its_trace() -> None:
    own, look = study(DescentSlot()), DescentLook(iteration=2, micro=99)
    own.reach(2)
    trace = trace_of(own, look)
    assert trace is not None
    assert micro_of(trace, look) == trace.count - 1
    assert micro_of(None, look) == 0


def test_noise_blurs_the_steps_and_not_the_values() -> None:
    calm = DescentSlot("sphere", "", (3.0, 2.0), (Runner(),))
    blurred = study(replace(calm, noise=1.0, seed=3))
    again = study(replace(calm, noise=1.0, seed=3))
    for own in (blurred, again):
        own.reach(20)
    course = blurred.courses[0]
    assert np.array_equal(course.points, again.courses[0].points)
    assert not np.array_equal(course.points[1], (3.0 * 0.8, 2.0 * 0.8))
    assert np.allclose(course.values, np.square(course.points).sum(axis=1))


def test_the_chosen_quantities_are_all_there() -> None:
    course = study(DescentSlot()).courses[0]
    assert all(len(course.series(name)) == course.count for name in QUANTITIES)


def test_a_figure_that_asks_for_nobody_has_no_value() -> None:
    assert np.isnan(descent_value(DescentSlot(), "coordinate", 9, 0, 1))
    assert np.isnan(descent_value(DescentSlot(), "coordinate", 1, 0, 3))
    assert descent_value(DescentSlot(), "coordinate", 1, 0, 2) == 2.0
