"""What theory says about quadratics is what descents do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.descent import descend, optimizers
from engine.descent.functions import TABLE
from engine.descent.quadratics import (
    best_momentum,
    best_rate,
    boundary,
    curvature,
    is_quadratic,
    observed_rate,
    theoretical_rate,
)

BOWL = TABLE["stretched_bowl"]
MINIMUM = np.zeros(2)


def test_condition_number_and_eigenvalues() -> None:
    found = curvature(BOWL, np.array(BOWL.start))
    assert found is not None
    assert found.eigenvalues.tolist() == [1.0, 20.0]
    assert found.condition_number == 20.0
    booth = curvature(TABLE["booth"], np.zeros(2))
    assert booth is not None
    assert booth.eigenvalues == pytest.approx([2.0, 18.0])
    saddle = curvature(TABLE["saddle"], np.zeros(2))
    assert saddle is not None
    assert math.isinf(saddle.condition_number)
    assert curvature(TABLE["ackley"], np.zeros(2)) is None


def test_what_is_quadratic() -> None:
    assert {key for key, f in TABLE.items() if is_quadratic(f)} == {
        "parabola",
        "sphere",
        "bowl",
        "stretched_bowl",
        "booth",
        "saddle",
    }


@pytest.mark.parametrize(
    "method",
    [
        optimizers.gradient_descent(0.05),
        optimizers.gradient_descent(2 / 21),
        optimizers.gradient_descent(0.002),
        optimizers.momentum(0.05, beta=0.3),
        optimizers.nesterov(0.04, beta=0.5),
        optimizers.nesterov(0.02, beta=0.3),
    ],
)
def test_the_observed_rate_comes_to_the_theoretical_one(method: optimizers.Method) -> None:
    points = descend(BOWL, BOWL.start, method, 400).points
    expected = theoretical_rate(method, np.array([1.0, 20.0]))
    assert observed_rate(points, MINIMUM) == pytest.approx(expected, rel=0.02)


def test_above_the_boundary_theory_says_that_it_grows() -> None:
    limit = float(boundary(np.array(0.9), 20.0))
    assert limit == pytest.approx(0.19)
    for factor, grows in ((0.99, False), (1.01, True)):
        rate = theoretical_rate(
            optimizers.momentum(factor * limit, beta=0.9), np.array([1.0, 20.0])
        )
        assert rate is not None
        assert (rate > 1.0) is grows


def test_the_best_rates() -> None:
    rate, factor = best_rate(1.0, 20.0)
    assert (rate, factor) == pytest.approx((2 / 21, 19 / 21))
    found = theoretical_rate(optimizers.gradient_descent(rate), np.array([1.0, 20.0]))
    assert found == pytest.approx(factor)
    rate, beta, factor = best_momentum(1.0, 20.0)
    found = theoretical_rate(optimizers.momentum(rate, beta=beta), np.array([1.0, 20.0]))
    assert found == pytest.approx(factor, rel=1e-6)


def test_the_worst_start_of_an_exact_line_search_meets_kantorovichs_bound() -> None:
    points = descend(BOWL, (20.0, 1.0), optimizers.exact_line_search(), 60).points
    expected = theoretical_rate(optimizers.exact_line_search(), np.array([1.0, 20.0]))
    assert expected == pytest.approx(19 / 21)
    assert observed_rate(points, MINIMUM) == pytest.approx(expected, rel=1e-3)


def test_theory_gives_no_number_for_others() -> None:
    assert theoretical_rate(optimizers.adam(0.1), np.array([1.0, 2.0])) is None
    assert theoretical_rate(optimizers.exact_line_search(), np.array([-1.0, 2.0])) is None


def test_too_few_steps_show_no_rate() -> None:
    assert observed_rate(np.zeros((1, 2)), MINIMUM) is None
    assert observed_rate(np.zeros((5, 2)), MINIMUM) is None
    assert observed_rate(np.array([[4.0, 0.0], [2.0, 0.0]]), MINIMUM) == 0.5
