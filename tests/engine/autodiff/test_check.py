"""The gradient check: all ways agree where they should, and a wrong gradient is seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.autodiff import GradientCheck, check_gradient, rounding_sensitivity
from engine.autodiff.placeholder import value_of
from engine.errors import NablaError
from engine.expression import Expression, ExpressionError, parse
from tests.engine.expression.random_trees import random_trees


def finite(check: GradientCheck) -> bool:
    ways = [check.forward, check.reverse, check.symbolic, check.sensitivity]
    return bool(np.isfinite(ways).all() and np.isfinite(check.value))


def assert_random_expressions_agree(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    compared = 0
    for tree in random_trees(seed, count):
        f = Expression(tree)
        point = rng.uniform(-2.0, 3.0, len(f.variables))
        try:
            check = check_gradient(f, point)
        except ExpressionError as error:
            assert error.code == "expression.derivative_too_large"  # noqa: PT017
            continue
        value = f(**dict(zip(f.variables, point, strict=True)))
        assert check.value == pytest.approx(value, rel=1e-9, nan_ok=True), (str(f), point)
        if finite(check):
            compared += 1
            assert check.exact_agree, (str(f), point)
    assert compared > 0.8 * count


def test_forward_reverse_and_rules_agree_on_random_expressions() -> None:
    assert_random_expressions_agree(seed=11, count=400)


@pytest.mark.soak
def test_forward_reverse_and_rules_agree_on_ten_thousand_random_expressions() -> None:
    assert_random_expressions_agree(seed=12, count=10_000)


def test_a_check_tells_all_ways_side_by_side() -> None:
    check = check_gradient(parse("3x^2 + xy"), (1.0, 2.0))
    assert check.names == ("x", "y")
    assert check.value == 5.0
    for way in (check.forward, check.reverse, check.symbolic):
        np.testing.assert_array_equal(way, [8.0, 1.0])
    np.testing.assert_allclose(check.central, [8.0, 1.0], atol=1e-12)
    assert check.passed
    assert (check.condition >= 1.0).all()


def test_differences_agree_within_what_they_claim() -> None:
    for text in ("sin(10x)*y", "exp(x) - 1e6*y", "tanh(50x) + y^5", "ln(x)/y", "1e-8*x*y"):
        check = check_gradient(parse(text), (0.3, 1.7))
        assert check.central_agrees, text
        assert (check.central_error <= 1e-5 * np.maximum(np.abs(check.reverse), 1e-6)).all()


def test_a_gradient_that_is_wrong_is_seen() -> None:
    def forgetful(x: Any) -> Any:
        return np.sum(x * x * value_of(x))  # as if the last factor were a constant

    check = check_gradient(forgetful, [1.0, 2.0])
    assert check.exact_agree
    assert not check.central_agrees
    assert not check.passed
    np.testing.assert_allclose(check.reverse, [2.0, 8.0])
    np.testing.assert_allclose(check.central, [3.0, 12.0])
    assert check.worst == "x_2"


def test_a_corner_is_seen() -> None:
    assert not check_gradient(parse("relu(x)"), (0.0,)).passed
    assert check_gradient(parse("relu(x)"), (0.5,)).passed


def test_functions_of_arrays_of_any_shape_are_checked() -> None:
    check = check_gradient(lambda x: np.sum(np.tanh(x) @ x.T), np.ones((2, 3)))
    assert check.symbolic is None
    assert check.reverse.shape == (6,)
    assert check.passed


def test_cancellation_shows_in_the_condition() -> None:
    calm = check_gradient(parse("x^2"), (1.0,))
    cancelling = check_gradient(parse("(1 + x) - x * (1 + 1e-9)"), (1.0,))
    assert calm.condition[0] < 10.0
    assert cancelling.condition[0] > 1e8
    assert cancelling.passed


def test_the_sensitivity_of_a_value_bounds_its_rounding_error() -> None:
    f = parse("(x + 1e8) - 1e8")
    assert rounding_sensitivity(f, (1.0,)) == pytest.approx(1e8, rel=1e-6)
    assert abs(f(x=0.1) - 0.1) < 1.2e-16 * rounding_sensitivity(f, (0.1,))
    assert rounding_sensitivity(parse("x"), (1.0,)) == 0.0


def test_a_check_needs_one_number() -> None:
    with pytest.raises(NablaError) as caught:
        check_gradient(lambda x: x * x, [1.0, 2.0])
    assert caught.value.code == "autodiff.not_scalar"
    with pytest.raises(NablaError) as caught:
        check_gradient(parse("x + y"), [1.0])
    assert caught.value.code == "autodiff.wrong_number"
