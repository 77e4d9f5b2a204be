"""Secants and tangents, and how they are written."""

from __future__ import annotations

import math
from typing import Any

import pytest

from engine.calculus import StraightLine, differential, secant, tangent
from engine.calculus.latex import affine_latex, latex_number
from engine.errors import NablaError
from engine.expression import parse


def test_a_secant_goes_through_both_points() -> None:
    f = parse("x^3 - x")
    line = secant(f, 0.5, 2.0)
    assert line(0.5) == f(x=0.5)
    assert line(2.0) == pytest.approx(f(x=2.0))
    assert line.intercept == pytest.approx(line(0.0))
    assert secant(f, 2.0, 0.5).slope == line.slope


def test_the_secant_becomes_the_tangent() -> None:
    f = parse("sin(x)")
    slopes = [secant(f, 1.0, 1.0 + h).slope for h in (1.0, 0.1, 0.01, 0.001)]
    errors = [abs(slope - tangent(f, 1.0).slope) for slope in slopes]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 1e-3


def test_lines_are_written_with_as_few_signs_as_it_takes() -> None:
    assert tangent(parse("x^2"), 3.0).latex == "y = 9 + 6(x - 3)"
    assert tangent(parse("x^2"), 3.0).intercept_latex == "y = 6x - 9"
    assert tangent(parse("x^2"), -1.0).latex == "y = 1 - 2(x + 1)"
    assert tangent(parse("t^2"), 0.0).latex == "y = 0"
    assert tangent(parse("sin(t)"), 0.0).latex == "y = t"
    assert tangent(parse("-t"), 0.0).intercept_latex == "y = -t"
    assert tangent(parse("cbrt(x - 2)"), 2.0).latex == "x = 2"
    assert affine_latex(0.0, [(-1.0, "x", 1.0), (2.0, "y", 0.0)]) == "-(x - 1) + 2y"
    assert latex_number(1.5e-7) == r"1.5 \times 10^{-7}"
    assert latex_number(-math.inf) == r"-\infty"


def test_a_vertical_tangent_has_an_infinite_slope() -> None:
    line = tangent(parse("cbrt(x - 2)"), 2.0)
    assert line.slope == math.inf
    assert line.angle == pytest.approx(math.pi / 2)
    assert tangent(parse("-cbrt(x)"), 0.0).slope == -math.inf


def test_a_steep_or_bent_curve_still_has_a_tangent() -> None:
    assert tangent(parse("sin(1000x)"), 0.1).slope == pytest.approx(1000.0 * math.cos(100.0))
    assert tangent(parse("exp(30x)"), 1.0).slope == pytest.approx(30.0 * math.exp(30.0))
    assert tangent(parse("elu(x)"), 0.0).slope == 1.0


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: tangent(parse("|x|"), 0.0), "calculus.no_slope"),
        (lambda: tangent(parse("relu(x)"), 0.0), "calculus.no_slope"),
        (lambda: tangent(parse("sqrt(|x|)"), 0.0), "calculus.no_slope"),
        (lambda: tangent(parse("step(x)"), 0.0), "calculus.no_slope"),
        (lambda: tangent(parse("ln(x)"), -1.0), "calculus.no_value"),
        (lambda: secant(parse("ln(x)"), 1.0, -1.0), "calculus.no_value"),
        (lambda: secant(parse("x"), 1.0, 1.0), "calculus.zero_step"),
        (lambda: differential(parse("sqrt(x)"), 1.0, -2.0), "calculus.no_value"),
        (lambda: tangent(parse("x*y"), 1.0), "autodiff.missing_variable"),
    ],
)
def test_where_there_is_no_line_the_reason_is_named(call: Any, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        call()
    assert caught.value.code == code


def test_a_line_far_from_the_axis_keeps_its_digits() -> None:
    line = StraightLine(1e8, 1.0, 1e8, 1.0 - 1e16)
    assert line(1e8 + 1.0) == 1e8 + 1.0
