"""Sampled curves: nothing is joined that does not belong together, and nothing is left out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calculus import SampledCurve, sample_curve, sample_surface
from engine.errors import NablaError
from engine.expression import Expression, parse
from tests.engine.expression.random_trees import random_trees


def joined(sampled: SampledCurve) -> list[tuple[float, float]]:
    """The intervals over which a line is drawn."""
    known = np.isfinite(sampled.y)
    both = known[1:] & known[:-1]
    return list(zip(sampled.x[:-1][both], sampled.x[1:][both], strict=True))


def crosses(sampled: SampledCurve, place: float) -> bool:
    # In float64 the pole of 1/(x − 1/3) may lie a digit beside 1/3.
    return any(left < place - 1e-13 < place + 1e-13 < right for left, right in joined(sampled))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("tan(x)", np.pi * np.array([-1.5, -0.5, 0.5, 1.5])),
        ("sec(x)", np.pi * np.array([-1.5, -0.5, 0.5, 1.5])),
        ("1/x", [0.0]),
        ("1/(x - 0.123)", [0.123]),
        ("1/(x - 0.123)^2", [0.123]),
        ("|1/(x - 1/3)|", [1.0 / 3.0]),
        ("1/(x - 1)/(x + 2)", [-2.0, 1.0]),
        ("1/(x^2 - 0.0001)", [-0.01, 0.01]),
        ("ln|x - 0.01|", [0.01]),
        ("1/sin(20x)", np.pi / 20.0 * np.arange(-31, 32)),
        ("tan(x)^2", np.pi * np.array([-1.5, -0.5, 0.5, 1.5])),
    ],
)
@pytest.mark.parametrize("pixels", [300, 901])
def test_no_line_goes_over_a_pole(text: str, places: Any, pixels: int) -> None:
    for heights in (None, (-5.0, 5.0)):
        sampled = sample_curve(parse(text), -5.0, 5.0, pixels, heights=heights)
        for place in places:
            assert not crosses(sampled, place), place
        poles = [gap for gap in sampled.gaps if gap.kind == "pole"]
        if "ln" not in text:
            assert len(poles) == len(places)
            np.testing.assert_allclose([gap.left for gap in poles], places, atol=1e-9)
            np.testing.assert_allclose([gap.right for gap in poles], places, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "place", "left", "right"),
    [
        ("step(x)", 0.0, 0.0, 1.0),
        ("step(x - 0.3)", 0.3, 0.0, 1.0),
        ("sign(x - 1/3)", 1.0 / 3.0, -1.0, 1.0),
        ("{x^2 if x < 1 else 3 - x}", 1.0, 1.0, 2.0),
        ("arctan(1/(x - 0.7))", 0.7, -np.pi / 2.0, np.pi / 2.0),
    ],
)
def test_a_jump_is_a_gap_with_both_ends(text: str, place: float, left: float, right: float) -> None:
    sampled = sample_curve(parse(text), -5.0, 5.0, 900)
    assert not crosses(sampled, place)
    (gap,) = sampled.gaps
    assert gap.kind == "jump"
    assert (gap.left, gap.right) == pytest.approx((place, place), abs=1e-9)
    assert (gap.left_value, gap.right_value) == pytest.approx((left, right), abs=1e-6)


@pytest.mark.parametrize(
    "text",
    ["x^2", "sin(x)", "cbrt(x)", "tanh(1000x)", "arctan(1e5*(x - 0.3))", "exp(x)", "exp(20x)",
     "|x|", "relu(x)", "sin(30x)", "1/(1 + 1e6x^2)", "sqrt(x^2 + 1e-9)", "x^20", "3", "0",
     "sin(x)*exp(x)/(1 + x^2)*cos(3x)", "1000 + 1e-9x", "1e300x^9", "cbrt(x - 0.01)*x"],
)  # fmt: skip
def test_a_continuous_curve_has_no_gap(text: str) -> None:
    sampled = sample_curve(parse(text), -5.0, 5.0, 900)
    assert sampled.gaps == ()
    assert np.isfinite(sampled.y).all()
    np.testing.assert_allclose(sampled.y, parse(text)(x=sampled.x))
    assert sampled.low < sampled.high
    assert (np.diff(sampled.x) > 0.0).all()


@pytest.mark.parametrize(
    ("text", "edges"),
    [
        ("sqrt(x)", [0.0]),
        ("ln(x)", [0.0]),
        ("arcsin(x)", [-1.0, 1.0]),
        ("sqrt(x^2 - 2)", [-(2.0**0.5), 2.0**0.5]),
        ("ln(1 - x)", [1.0]),
    ],
)
def test_a_curve_goes_on_to_the_edge_of_its_domain(text: str, edges: list[float]) -> None:
    f = parse(text)
    sampled = sample_curve(f, -5.0, 5.0, 777)
    assert {gap.kind for gap in sampled.gaps} == {"domain"}
    ends = [end for gap in sampled.gaps for end in (gap.left, gap.right) if np.isfinite(end)]
    assert ends == pytest.approx(edges, abs=1e-9)
    middle = sampled.x[np.isnan(sampled.y)]
    assert np.isnan(f(x=middle)).all()


def test_a_missing_point_is_a_hole() -> None:
    sampled = sample_curve(parse("sin(x)/x"), -5.0, 5.0, 900)
    (gap,) = sampled.gaps
    assert gap.kind == "hole"
    assert gap.left == pytest.approx(0.0, abs=1e-9)
    assert gap.left_value == pytest.approx(1.0)


def test_an_asymptote_is_told_from_a_high_end() -> None:
    (gap,) = sample_curve(parse("{1/x if x > 0 else 51}"), -5.0, 5.0, 900).gaps
    assert (gap.kind, gap.left_endless, gap.right_endless) == ("pole", False, True)
    (gap,) = sample_curve(parse("{51 if x > 4.9 else x}"), -5.0, 5.0, 900).gaps
    assert (gap.kind, gap.endless) == ("jump", False)
    (gap,) = sample_curve(parse("ln(x)"), -5.0, 5.0, 900).gaps
    assert (gap.kind, gap.right_endless) == ("domain", True)
    assert not any(gap.endless for gap in sample_curve(parse("sin(1/x)"), -5.0, 5.0, 900).gaps)


def test_a_curve_without_values_is_one_gap() -> None:
    sampled = sample_curve(parse("1/0"), -5.0, 5.0)
    assert np.isnan(sampled.y).all()
    assert [gap.kind for gap in sampled.gaps] == ["domain"]


def test_a_bend_gets_more_points_than_a_line() -> None:
    assert len(sample_curve(parse("3x"), -5.0, 5.0, 500).x) == 501
    bent = sample_curve(parse("tanh(40x)"), -5.0, 5.0, 500)
    near = np.abs(bent.x) < 0.1
    assert near.sum() > 4 * 0.02 * 500
    assert len(bent.x) < 700


def test_the_drawn_line_is_as_good_as_the_curve() -> None:
    """Between points the line is off by less than a pixel of the plot's height."""
    for text in ("sin(5x)", "exp(x)*sin(3x)", "1/(0.05 + x^2)", "tanh(40x)", "|x - 0.111|"):
        f = parse(text)
        sampled = sample_curve(f, -3.0, 3.0, 800)
        x = np.random.default_rng(1).uniform(-3.0, 3.0, 5000)
        off = np.abs(np.interp(x, sampled.x, sampled.y) - f(x=x))
        assert off.max() < (sampled.high - sampled.low) / 800.0, text


def test_what_is_seen_is_not_ruled_by_poles() -> None:
    sampled = sample_curve(parse("1/x"), -5.0, 5.0, 900)
    assert 1.0 < sampled.high < 50.0
    assert -50.0 < sampled.low < -1.0
    narrow = sample_curve(parse("1/(1 + 1e6x^2)"), -5.0, 5.0, 900)
    assert narrow.high == pytest.approx(1.0, abs=0.05)


def test_heights_are_cut_far_outside_of_the_plot() -> None:
    sampled = sample_curve(parse("1/x"), -5.0, 5.0, 900, heights=(-2.0, 2.0))
    assert np.nanmax(np.abs(sampled.y)) <= 100.0
    assert (sampled.low, sampled.high) == (-2.0, 2.0)


def test_wild_curves_stay_within_bounds() -> None:
    for text in ("sin(1/x)", "sin(10000x)", "sqrt(sin(300x))", "tan(1/x)", "tan(100x)", "x^x"):
        sampled = sample_curve(parse(text), -5.0, 5.0, 900)
        assert len(sampled.x) < 20 * 900


def test_any_expression_can_be_sampled() -> None:
    for tree in random_trees(5, 150):
        f = Expression(tree)
        if len(f.variables) == 1:
            sampled = sample_curve(f, -3.0, 4.0, 200)
            assert (np.diff(sampled.x) >= 0.0).all()
            assert sampled.low < sampled.high
            assert not np.isinf(sampled.y).any()


@given(st.floats(-4.9, 4.9), st.floats(0.05, 100.0))
def test_a_jump_anywhere_is_found(place: float, size: float) -> None:
    sampled = sample_curve(lambda x: np.where(x < place, 0.3 * x, 0.3 * x + size), -5.0, 5.0, 400)
    assert [gap.kind for gap in sampled.gaps] == ["jump"]
    assert sampled.gaps[0].left == pytest.approx(place, abs=1e-9)


@given(st.floats(allow_nan=True), st.floats(allow_nan=True), st.integers(-5, 50))
def test_a_bad_range_is_refused_and_any_other_taken(a: float, b: float, pixels: int) -> None:
    try:
        sampled = sample_curve(parse("x^2 - 1/x"), a, b, pixels)
    except NablaError as error:
        assert error.code in ("calculus.bounds", "calculus.pixels")  # noqa: PT017
    else:
        assert sampled.x[0] == a
        assert sampled.x[-1] == b


def test_a_surface_has_a_row_for_each_y() -> None:
    sampled = sample_surface(parse("3x^2 + xy"), (-1.0, 1.0), (0.0, 2.0), columns=5, rows=4)
    assert (sampled.x.shape, sampled.y.shape, sampled.z.shape) == ((5,), (4,), (4, 5))
    assert sampled.z[3, 0] == 3.0 - 2.0
    assert (sampled.low, sampled.high) == (sampled.z.min(), sampled.z.max())


def test_a_surface_with_holes_and_poles() -> None:
    sampled = sample_surface(parse("ln(x*y)"), (-1.0, 1.0), (-1.0, 1.0), 40, 40)
    assert np.isnan(sampled.z[0, -1])
    assert np.isfinite(sampled.z[0, 0])
    poles = sample_surface(parse("1/(x^2 + y^2)"), (-1.0, 1.0), (-1.0, 1.0), 101, 101)
    assert poles.high < 1e3
    assert not np.isinf(poles.z).any()
    with pytest.raises(NablaError):
        sample_surface(parse("x"), (1.0, 1.0), (0.0, 1.0))
    with pytest.raises(NablaError):
        sample_surface(parse("x"), (0.0, 1.0), (0.0, 1.0), columns=1)


@pytest.mark.parametrize("text", ["x^2", "sin(x)", "exp(x)", "3x", "tanh(x)", "x^3 - x"])
def test_an_ordinary_curve_is_asked_about_once_a_pixel(text: str) -> None:
    f, asked = parse(text), 0

    def counted(x: Any) -> Any:
        nonlocal asked
        asked += np.size(x)
        return f(x=x)

    sample_curve(counted, -5.0, 5.0, 900)
    assert asked < 1.2 * 900
