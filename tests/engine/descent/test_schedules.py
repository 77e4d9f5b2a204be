"""How the learning rate changes over the iterations (see also test_against_pytorch)."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.descent import Schedule
from engine.descent.schedules import TABLE
from engine.errors import NablaError


def factors(schedule: Schedule, *iterations: int) -> list[float]:
    return [schedule.factor(iteration) for iteration in iterations]


def test_constant_is_one() -> None:
    assert factors(Schedule(), 0, 1, 10**9) == [1.0, 1.0, 1.0]


def test_steps_go_down_at_the_end_of_each_period() -> None:
    steps = Schedule("step", (("period", 10), ("gamma", 0.5)))
    assert factors(steps, 0, 9, 10, 19, 20) == [1.0, 1.0, 0.5, 0.5, 0.25]


def test_exponential_multiplies_each_time() -> None:
    exponential = Schedule("exponential", (("gamma", 0.5),))
    assert factors(exponential, 0, 1, 2, 10) == [1.0, 0.5, 0.25, 2.0**-10]


def test_cosine_falls_to_its_floor_and_stays() -> None:
    cosine = Schedule("cosine", (("period", 100), ("floor", 0.2)))
    assert factors(cosine, 0, 50, 100, 5000) == pytest.approx([1.0, 0.6, 0.2, 0.2], rel=1e-15)


def test_warm_up_rises_in_equal_steps_and_stays() -> None:
    warm_up = Schedule("warm_up", (("period", 4),))
    assert factors(warm_up, 0, 1, 2, 3, 4, 100) == [0.25, 0.5, 0.75, 1.0, 1.0, 1.0]


@given(st.sampled_from(sorted(TABLE)), st.integers(0, 10**12))
def test_factors_lie_between_zero_and_one(key: str, iteration: int) -> None:
    assert 0.0 <= Schedule(key).factor(iteration) <= 1.0


@given(st.integers(1, 500), st.floats(0, 1), st.integers(0, 1000))
def test_cosine_never_rises(period: int, floor: float, iteration: int) -> None:
    cosine = Schedule("cosine", (("period", period), ("floor", floor)))
    assert cosine.factor(iteration + 1) <= cosine.factor(iteration) + 1e-15


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Schedule("linear"), "schedule.unknown"),
        (lambda: Schedule("step", (("period", 0),)), "setting.out_of_bounds"),
        (lambda: Schedule("step", (("period", 2.5),)), "setting.not_whole"),
        (lambda: Schedule("exponential", (("gamma", 1.5),)), "setting.out_of_bounds"),
        (lambda: Schedule("cosine", (("floor", math.nan),)), "setting.out_of_bounds"),
        (lambda: Schedule("warm_up", (("gamma", 0.5),)), "setting.unknown"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(NablaError) as caught:
        make()
    assert caught.value.code == code
