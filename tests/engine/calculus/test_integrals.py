"""Integrals, Riemann sums, and the area function."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import roots_legendre

from engine.calculus import RULES, Rule, area_function, integral, riemann_sum
from engine.calculus.integrals import _GAUSS, _KRONROD, _NODES
from engine.errors import NablaError
from engine.expression import parse


def test_the_gauss_nodes_are_those_of_scipy() -> None:
    nodes, weights = roots_legendre(7)
    inner = _GAUSS > 0.0
    np.testing.assert_allclose(_NODES[inner], nodes, atol=1e-15)
    np.testing.assert_allclose(_GAUSS[inner], weights, atol=1e-15)


def test_the_kronrod_rule_is_exact_up_to_degree_22() -> None:
    for degree in range(23):
        wanted = 2.0 / (degree + 1) if degree % 2 == 0 else 0.0
        assert _KRONROD @ _NODES**degree == pytest.approx(wanted, abs=1e-15)
    assert abs(_KRONROD @ _NODES**24 - 2.0 / 25.0) > 1e-12


@pytest.mark.parametrize(
    ("text", "a", "b"),
    [
        ("x^2", 0.0, 2.0),
        ("x^20", -1.0, 3.0),
        ("sin(50x)", 0.0, 3.0),
        ("exp(-x^2)", -5.0, 5.0),
        ("sqrt(x)", 0.0, 1.0),
        ("1/(0.0001 + x^2)", -1.0, 1.0),
        ("|x - 0.3|", -1.0, 1.0),
        ("step(x - 0.3)", 0.0, 1.0),
        ("1/x", 1.0, 2.0),
        ("relu(x)*x", -3.0, 2.0),
    ],
)
def test_integrals_agree_with_quadpack(text: str, a: float, b: float) -> None:
    f = parse(text)
    points = [0.3] if "0.3" in text else [0.0] if a < 0.0 < b else None
    # With full output it keeps its worries about rounding to itself.
    wanted = quad(lambda x: f(x=x), a, b, points=points, epsrel=1e-12, full_output=1)[0]
    found = integral(f, a, b)
    assert found.certain
    assert found.value == pytest.approx(wanted, rel=1e-11)
    assert abs(found.value - wanted) <= 10.0 * found.error + 1e-14 * abs(wanted)
    assert integral(f, b, a).value == pytest.approx(-found.value, rel=1e-14)


def test_an_integrable_infinity_is_integrated() -> None:
    assert integral(parse("1/sqrt(x)"), 0.0, 1.0).value == pytest.approx(2.0, rel=1e-9)
    assert integral(parse("ln(x)"), 0.0, 1.0).value == pytest.approx(-1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "a", "b"),
    [
        ("1/x", -1.0, 1.0),
        ("1/x", -1.0, 1.1),
        ("1/x", 0.0, 1.0),
        ("1/x^2", -1.0, 2.0),
        ("tan(x)", 0.0, 3.0),
        ("ln(x)", -1.0, 1.0),
        ("exp(1000x)", 0.0, 1.0),
    ],
)
def test_an_area_that_does_not_exist_is_no_number(text: str, a: float, b: float) -> None:
    found = integral(parse(text), a, b)
    assert np.isnan(found.value)
    assert not found.certain


def test_an_integral_that_resists_says_so() -> None:
    found = integral(parse("sin(1/x)"), 0.0, 1.0)
    assert not found.certain
    assert abs(found.value - 0.504067061906928) <= found.error


def test_nothing_over_nothing() -> None:
    assert integral(parse("x"), 1.0, 1.0).value == 0.0
    with pytest.raises(NablaError) as caught:
        integral(parse("x"), 0.0, np.inf)
    assert caught.value.code == "calculus.bounds"


@pytest.mark.parametrize(("rule", "order"), [
    ("left", 1), ("right", 1), ("midpoint", 2), ("trapezoid", 2), ("simpson", 4),
])  # fmt: skip
def test_sums_converge_with_their_order(rule: Rule, order: int) -> None:
    f = parse("exp(x)")
    exact = np.exp(1.0) - 1.0
    errors = [abs(riemann_sum(f, 0.0, 1.0, n, rule).total - exact) for n in (8, 16)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.1)


@pytest.mark.parametrize("rule", RULES)
def test_the_shapes_have_the_areas_of_the_pieces(rule: Rule) -> None:
    """By the shoelace formula; a parabola's arc is drawn by few points, so it is a little off."""
    found = riemann_sum(parse("3 - x^2"), -1.0, 2.0, 6, rule)
    for outline, area in zip(found.outlines, found.areas, strict=True):
        x, y = outline.T
        drawn = 0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))
        assert drawn == pytest.approx(abs(area), rel=0.02, abs=2e-3)
    assert len(found.areas) == 6
    assert found.width == 0.5
    for x, y in found.samples:
        assert y == 3.0 - x * x


def test_areas_below_the_axis_and_backward_are_negative() -> None:
    assert riemann_sum(parse("-1"), 0.0, 2.0, 4).total == -2.0
    assert riemann_sum(parse("1"), 2.0, 0.0, 4).total == -2.0
    assert np.isnan(riemann_sum(parse("ln(x)"), -1.0, 1.0, 4).total)


@pytest.mark.parametrize("pieces", [0, -3, 100_001])
def test_the_number_of_pieces_is_bounded(pieces: int) -> None:
    with pytest.raises(NablaError) as caught:
        riemann_sum(parse("x"), 0.0, 1.0, pieces)
    assert caught.value.code == "calculus.pieces"
    with pytest.raises(NablaError):
        riemann_sum(parse("x"), 0.0, np.nan, 3)


def test_the_area_function_starts_anywhere() -> None:
    x = np.linspace(-2.0, 3.0, 101)
    for start in (-2.0, 0.123, 3.0, -5.0):
        found = area_function(parse("cos(x)"), start, x)
        np.testing.assert_allclose(found.values, np.sin(x) - np.sin(start), atol=1e-14)
        assert (found.errors < 1e-9).all()


def test_the_area_stops_at_a_pole_and_where_there_is_no_function() -> None:
    x = np.linspace(-2.0, 3.0, 100)
    found = area_function(parse("1/x"), 1.0, x)
    assert np.isnan(found.values[x < 0.0]).all()
    right = x > 0.05
    np.testing.assert_allclose(found.values[right], np.log(x[right]), atol=1e-10)
    found = area_function(parse("sqrt(x)"), 0.0, x)
    assert np.isnan(found.values[x < -0.1]).all()
    np.testing.assert_allclose(found.values[x > 0.0], x[x > 0.0] ** 1.5 / 1.5, atol=1e-8)


def test_the_area_function_goes_over_a_jump() -> None:
    x = np.linspace(-1.0, 1.0, 41)
    found = area_function(parse("step(x)"), -1.0, x)
    np.testing.assert_allclose(found.values, np.maximum(x, 0.0), atol=1e-9)
