"""The verdict on differentiability: the right kind of point, with the right limits."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calculus import differentiability, quotient_limits
from engine.expression import parse


@pytest.mark.parametrize(
    ("text", "x", "kind"),
    [
        ("x^2", 0.0, "differentiable"),
        ("x^2", -3.0, "differentiable"),
        ("3", 1.0, "differentiable"),
        ("sin x", 10000.0, "differentiable"),
        ("exp(100x)", 1.0, "differentiable"),
        ("tanh(1000x)", 0.0, "differentiable"),
        ("sin(100000x)", 0.3, "differentiable"),
        ("x*|x|", 0.0, "differentiable"),
        ("|x|^1.5", 0.0, "differentiable"),
        ("|x|^1.05", 0.0, "differentiable"),
        ("elu(x)", 0.0, "differentiable"),
        ("softplus(x)", 0.0, "differentiable"),
        ("{x^2 sin(1/x) if x > 0 else 0}", 0.0, "differentiable"),
        ("{exp(-1/x) if x > 0 else 0}", 0.0, "differentiable"),
        ("leaky_relu(x)", 0.0, "corner"),
        ("elu(x, 0.5)", 0.0, "corner"),
        ("|x - 0.3| + 1e6", 0.3, "corner"),
        ("sqrt(1 - cos(x))", 0.0, "corner"),
        ("max(x, x^2)", 1.0, "corner"),
        ("cbrt(x - 1) + 5", 1.0, "vertical_tangent"),
        ("-cbrt(x)", 0.0, "vertical_tangent"),
        ("sqrt(|x|)", 0.0, "cusp"),
        ("sqrt(relu(x))", 0.0, "half_vertical"),
        ("sign(x)", 0.0, "jump"),
        ("{x if x > 2 else -x}", 2.0, "jump"),
        ("{1/x if x > 0 else 0}", 0.0, "pole"),
        ("sqrt(x)", 0.0, "edge"),
        ("x^1.5", 0.0, "edge"),
        ("arcsin(x)", 1.0, "edge"),
        ("ln(x)", 0.0, "outside"),
        ("1/x", 0.0, "outside"),
        ("sqrt(x)", -1.0, "outside"),
        ("{x sin(1/x) if x > 0 else 0}", 0.0, "undecided"),
        ("{sin(1/x) if x > 0 else 0}", 0.0, "undecided"),
    ],
)
def test_the_kind_of_a_point(text: str, x: float, kind: str) -> None:
    verdict = differentiability(parse(text), x)
    assert verdict.kind == kind
    assert verdict.differentiable == (kind == "differentiable")
    assert verdict.code == f"calculus.{kind}"
    assert {type(value) for value in verdict.details.values()} == {float}


def test_a_value_that_is_not_the_limit() -> None:
    verdict = differentiability(lambda x: np.where(x == 1.0, 5.0, x * x), 1.0)
    assert verdict.kind == "removable"
    assert verdict.left_value.value == pytest.approx(1.0)
    assert verdict.value == 5.0


def test_one_sided_limits_are_sharp() -> None:
    left, right = quotient_limits(parse("|x|*exp(x) + x"), 0.0)
    assert left.value == pytest.approx(0.0, abs=1e-9)
    assert right.value == pytest.approx(2.0, abs=1e-9)
    assert abs(right.value - 2.0) <= right.error + 1e-12


def test_an_edge_has_a_derivative_from_one_side() -> None:
    verdict = differentiability(parse("x^1.5 + 2x"), 0.0)
    assert (verdict.kind, verdict.left.behaviour) == ("edge", "outside")
    assert verdict.slope == pytest.approx(2.0, abs=1e-9)


def test_the_table_behind_a_limit_is_kept() -> None:
    verdict = differentiability(parse("|x|"), 0.0)
    assert (verdict.right.values == 1.0).all()
    assert (np.diff(verdict.right.steps) < 0.0).all()


def test_the_slope_is_the_exact_one_where_it_is_known() -> None:
    assert differentiability(parse("sin x"), 1.0).slope == math.cos(1.0)
    assert differentiability(np.sin, 1.0).slope == pytest.approx(math.cos(1.0), rel=1e-9)


SMOOTH: list[tuple[Any, Any]] = [
    (np.sin, np.cos),
    (np.exp, np.exp),
    (np.arctan, lambda x: 1.0 / (1.0 + x * x)),
    (lambda x: x**3 - 2.0 * x, lambda x: 3.0 * x * x - 2.0),
]


@given(
    st.sampled_from(range(len(SMOOTH))),
    st.floats(-5.0, 5.0),
    st.floats(-3.0, 3.0).filter(lambda bend: abs(bend) > 1e-3),
)
def test_a_bend_added_to_a_smooth_function_is_found(which: int, x: float, bend: float) -> None:
    f, slope = SMOOTH[which]
    assert differentiability(f, x).kind == "differentiable"
    verdict = differentiability(lambda at: f(at) + bend * np.abs(at - x), x)
    assert verdict.kind == "corner"
    assert verdict.left.value == pytest.approx(slope(x) - bend, rel=1e-5, abs=1e-5)
    assert verdict.right.value == pytest.approx(slope(x) + bend, rel=1e-5, abs=1e-5)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_number_gets_a_verdict(x: float) -> None:
    for f in (parse("x^2"), parse("1/x"), parse("exp(x)")):
        differentiability(f, x)
