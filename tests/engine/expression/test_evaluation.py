"""Expressions have values on whole arrays, and NaN where they have none."""

from __future__ import annotations

import math
import random

import mpmath
import numpy as np
import pytest

from engine.expression import Expression, ExpressionError, parse
from tests.engine.expression.oracle import DIGITS, TooLargeError, precise
from tests.engine.expression.random_trees import random_trees


def test_values_of_the_lessons() -> None:
    assert parse("3x^2 + xy")(x=1.0, y=2.0) == 5.0
    assert parse("sigmoid(wx + b)")(w=2.0, b=-3.0, x=2.0) == pytest.approx(0.731059, abs=5e-7)
    assert parse("5t^2")(t=1.0) == 5.0


def test_arrays_broadcast() -> None:
    f = parse("3x^2 + xy")
    x, y = np.linspace(-1.0, 1.0, 5)[:, None], np.linspace(0.0, 1.0, 3)
    values = f(x=x, y=y)
    assert values.shape == (5, 3)
    assert values.dtype == np.float64
    np.testing.assert_array_equal(values, 3 * x * x + x * y)


def test_numbers_give_a_number() -> None:
    assert type(parse("x + 1")(x=1)) is float
    assert type(parse("pi")()) is float
    assert parse("pi")() == math.pi


def test_a_constant_has_the_shape_of_what_it_is_asked_for() -> None:
    np.testing.assert_array_equal(parse("3")(x=np.zeros(4)), np.full(4, 3.0))
    np.testing.assert_array_equal(parse("y")(x=np.zeros((2, 1)), y=np.ones(3)), np.ones((2, 3)))


def test_a_value_is_never_the_argument_itself() -> None:
    x = np.zeros(3)
    parse("x")(x=x)[0] = 1.0
    assert x[0] == 0.0


def test_whole_numbers_are_taken_as_float64() -> None:
    np.testing.assert_array_equal(parse("x^-1")(x=np.array([1, 2, 4])), [1.0, 0.5, 0.25])


def test_a_missing_value_is_named() -> None:
    with pytest.raises(ExpressionError) as caught:
        parse("x + y")(x=1.0)
    assert caught.value.code == "expression.missing_value"
    assert caught.value.details["variable"] == "y"


@pytest.mark.parametrize(
    ("typed", "x"),
    [
        ("1/x", 0.0), ("x^-1", 0.0), ("0/x", 0.0), ("x/x", 0.0), ("ln x", 0.0), ("ln x", -1.0),
        ("log(-1)", 0.0), ("log(x, 2)", 0.0), ("log(2, x)", 1.0), ("sqrt x", -1.0),
        ("x^0.5", -1.0), ("x^(1/3)", -8.0), ("arcsin x", 1.5), ("arccos x", -1.5),
        ("arcosh x", 0.5), ("artanh x", 1.0), ("artanh x", -2.0), ("cot x", 0.0), ("csc x", 0.0),
        ("ln(x)^0", -1.0), ("1^ln(x)", -1.0), ("0*ln(x)", -1.0), ("max(ln x, 1)", -1.0),
        ("relu(ln x)", -1.0), ("step(ln x)", -1.0), ("sign(ln x)", -1.0), ("|ln x|", -1.0),
        ("{1 if ln x > 0 else 2}", -1.0), ("{1 if 0 <= ln x else 2}", -1.0), ("1/0", 0.0),
    ],
)  # fmt: skip
def test_outside_its_domain_an_expression_is_nan(typed: str, x: float) -> None:
    f = parse(typed)
    assert math.isnan(f(x=x))
    assert np.isnan(f(x=np.array([x, x]))).all()


@pytest.mark.parametrize(
    ("typed", "x", "value"),
    [
        ("0^x", 0.0, 1.0),
        ("x^0", 0.0, 1.0),
        ("cbrt x", -8.0, -2.0),
        ("x^3", -2.0, -8.0),
        ("log(x, 10)", 1000.0, 3.0),
        ("log(x, 2)", 8.0, 3.0),
        ("sign x", -3.0, -1.0),
        ("sign x", 0.0, 0.0),
        ("step x", 0.0, 0.0),
        ("step x", 1e-300, 1.0),
        ("relu x", -1.0, 0.0),
        ("leaky_relu x", -1.0, -0.01),
        ("elu x", -1.0, math.expm1(-1.0)),
        ("elu(x, 2)", -1.0, 2 * math.expm1(-1.0)),
        ("softplus x", 1000.0, 1000.0),
        ("sigmoid x", -1000.0, 0.0),
        ("1/exp(x)", 1000.0, 0.0),
        ("exp x", 1000.0, math.inf),
        ("{ln x if x > 0 else 7}", -1.0, 7.0),
        ("{x if x >= 0 else -x}", 0.0, 0.0),
        ("min(x, 1) + max(x, 1)", 3.0, 4.0),
    ],
)
def test_inside_its_domain_an_expression_has_its_value(typed: str, x: float, value: float) -> None:
    f = parse(typed)
    assert f(x=x) == pytest.approx(value, rel=1e-15)
    np.testing.assert_allclose(f(x=np.array([x])), [value], rtol=1e-15)


def test_numbers_and_arrays_agree_with_fifty_digits() -> None:
    rng = random.Random(5)
    compared = 0
    for tree in random_trees(seed=5, count=600):
        point = {name: rng.choice((-1, 1)) * rng.uniform(0.1, 3.0) for name in ("x", "y")}
        with mpmath.workdps(DIGITS):
            exact = {name: mpmath.mpf(value) for name, value in point.items()}
            nudged = {name: value * (1 + mpmath.mpf(10) ** -13) for name, value in exact.items()}
            try:
                value, beside = precise(tree, exact), precise(tree, nudged)
            except TooLargeError:
                continue
        f = Expression(tree)
        number = f(**point)
        (array,) = f(**{name: np.array([value]) for name, value in point.items()})
        assert array == pytest.approx(number, rel=1e-12, nan_ok=True)
        if value is None or beside is None:
            continue
        # Rounding may move a value as much as a nudge of its arguments, or of a term within.
        slack = 1e-9 * max(1.0, abs(float(value))) + 100 * abs(float(value - beside))
        if math.isfinite(number):
            assert abs(number - float(value)) <= slack, f
            compared += 1
    assert compared > 400
