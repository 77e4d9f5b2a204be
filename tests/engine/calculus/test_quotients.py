"""Difference quotients and their error: truncation on the right, rounding on the left."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.calculus import difference_quotient, error_curve, quotient_table, step_grid
from engine.calculus.quotients import KINDS, Kind
from engine.errors import NablaError
from engine.expression import parse


def test_the_three_quotients() -> None:
    f = parse("x^2")
    assert difference_quotient(f, 1.0, 0.5).slope == 2.5
    assert difference_quotient(f, 1.0, 0.5, "backward").slope == 1.5
    assert difference_quotient(f, 1.0, 0.5, "central").slope == 2.0
    assert difference_quotient(f, 1.0, -0.5).slope == 1.5


def test_a_quotient_divides_by_the_step_that_was_really_taken() -> None:
    assert difference_quotient(parse("2x"), 1.0, 1e-15).slope == 2.0


def test_a_step_that_does_not_move_is_refused() -> None:
    for step in (0.0, 1e-30):
        with pytest.raises(NablaError) as caught:
            difference_quotient(parse("x"), 1.0, step)
        assert caught.value.code == "calculus.zero_step"


def test_the_error_is_unknown_without_a_derivative() -> None:
    line = quotient_table(lambda x: x * x, 1.0, [0.1])[0]
    assert np.isnan(line.error)
    assert difference_quotient(lambda x: x * x, 1.0, 0.5, exact=2.0).error == 0.5


def test_steps_are_even_on_a_log_axis() -> None:
    steps = step_grid(1.0, 1e-3, 1)
    np.testing.assert_allclose(steps, [1.0, 0.1, 0.01, 0.001])
    for bounds in ((0.0, 1.0), (1e-3, 1.0), (1.0, 0.0), (np.inf, 1.0)):
        with pytest.raises(NablaError) as caught:
            step_grid(*bounds)
        assert caught.value.code == "calculus.bad_steps"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["exp(x)", "sin(x) + 3", "1/x", "x^3"])
def test_the_estimates_describe_the_error(kind: Kind, text: str) -> None:
    found = error_curve(parse(text), 0.7, kind)
    coarse = (found.steps > 1e-3) & (found.steps < 0.02)
    np.testing.assert_allclose(found.errors[coarse], found.truncation[coarse], rtol=0.1)
    # Rounding errors are as large as estimated at most, but for the argument's own rounding.
    fine = found.steps < 1e-11
    assert (found.errors[fine] < 8.0 * found.rounding[fine]).all()
    # Within a decade or two of the best step nothing is much better than there.
    near = np.abs(np.log10(found.steps / found.best_step)) < 0.3
    assert found.errors[near].max() < 1e3 * np.median(found.errors[near])
    wanted = 1e-5 if kind == "central" else 1e-8
    assert wanted / 30.0 < found.best_step < wanted * 30.0


def test_central_quotients_are_better_by_orders() -> None:
    forward, central = (error_curve(parse("sin x"), 1.0, kind) for kind in ("forward", "central"))
    np.testing.assert_allclose(np.polyfit(*_slope(forward), 1)[0], 1.0, atol=0.02)
    np.testing.assert_allclose(np.polyfit(*_slope(central), 1)[0], 2.0, atol=0.02)


def _slope(found: Any) -> tuple[Any, Any]:
    coarse = (found.steps > 1e-3) & (found.steps < 0.1)
    return np.log(found.steps[coarse]), np.log(found.errors[coarse])


def test_a_line_has_no_truncation_error() -> None:
    found = error_curve(parse("3x + 1"), 0.3)
    assert (found.truncation == 0.0).all()
    assert np.isnan(found.best_step)
    assert found.best_found > 0.01


def test_functions_without_a_value_make_no_noise() -> None:
    found = error_curve(parse("ln(x)"), -1.0)
    assert np.isnan(found.errors).all()
    assert np.isnan(found.best_found)
