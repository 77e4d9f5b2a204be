"""Test functions: formulas by hand against SymPy, minima that are minima."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from engine.descent.functions import TABLE, Function, function
from engine.descent.objective import Noisy, Vector, dimension, hessian
from engine.errors import NablaError
from engine.expression import parse

ALL = pytest.mark.parametrize("f", TABLE.values(), ids=list(TABLE))
SYMBOLS = sympy.symbols("x y")


def points(f: Function, count: int = 60) -> Vector:
    """Points spread over the domain and beyond its edge."""
    low, high = np.array(f.domain).T
    return np.random.default_rng(3).uniform(1.2 * low, 1.2 * high, (count, len(low)))


def symbolic(f: Function) -> sympy.Expr:
    return sympy.sympify(f.text, locals={"x": SYMBOLS[0], "y": SYMBOLS[1], "e": sympy.E})


def evaluated(f: Function, expression: sympy.Expr, at: Vector) -> Vector:
    known = sympy.lambdify(SYMBOLS[: dimension(f)], expression, "numpy")
    return np.broadcast_to(known(*at.T), len(at))


@ALL
def test_values_gradients_and_hessians_are_those_of_the_formula(f: Function) -> None:
    at, expression, names = points(f), symbolic(f), SYMBOLS[: dimension(f)]
    np.testing.assert_allclose(f.value(at), evaluated(f, expression, at), rtol=1e-11, atol=1e-10)
    gradient = f.gradient(at)
    assert gradient.shape == at.shape
    for i, name in enumerate(names):
        expected = evaluated(f, sympy.diff(expression, name), at)
        np.testing.assert_allclose(gradient[:, i], expected, rtol=1e-10, atol=1e-9)
        unit = np.zeros_like(at)
        unit[:, i] = 1.0
        column = f.hessian_product(at, unit)
        for j, other in enumerate(names):
            expected = evaluated(f, sympy.diff(expression, name, other), at)
            np.testing.assert_allclose(column[:, j], expected, rtol=1e-9, atol=1e-8)


@ALL
def test_the_text_is_what_people_may_type(f: Function) -> None:
    at = points(f)
    typed = parse(f.text)
    assert typed.variables == f.names
    values = typed(**dict(zip(f.names, at.T, strict=True)))
    np.testing.assert_allclose(values, f.value(at), rtol=1e-11, atol=1e-10)


@ALL
def test_minima_are_minima(f: Function) -> None:
    lowest = [float(f.value(np.array(minimum))) for minimum in f.minima]
    assert not lowest or lowest[0] <= min(lowest) + 1e-12
    for minimum in f.minima:
        point = np.array(minimum)
        assert all(low <= c <= high for c, (low, high) in zip(minimum, f.domain, strict=True))
        assert np.abs(f.gradient(point)).max() < 1e-9
        around = (
            point + 1e-3 * np.array([[np.cos(a), np.sin(a)] for a in range(7)])[:, : point.size]
        )
        assert (f.value(around) > f.value(point)).all()
        if f.key != "ackley":
            assert np.linalg.eigvalsh(hessian(f, point))[0] > 0.0


@ALL
def test_no_minimum_is_missing(f: Function) -> None:
    """Newton's iteration from many starts finds no other point with a positive Hessian."""
    if not f.complete:
        return
    low, high = np.array(f.domain).T
    at = np.random.default_rng(5).uniform(low, high, (1500, dimension(f)))
    unit = np.eye(dimension(f))
    for _ in range(60):
        columns = np.stack(
            [f.hessian_product(at, np.broadcast_to(u, at.shape)) for u in unit], axis=-1
        )
        columns += 1e-300 * unit
        regular = np.abs(np.linalg.det(columns)) > 1e-12
        at, columns = at[regular], columns[regular]
        at = at - np.linalg.solve(columns, f.gradient(at)[..., None])[..., 0]
        at = at[np.isfinite(at).all(axis=-1) & (np.abs(at) < 1e3).all(axis=-1)]
    inside = ((at >= low) & (at <= high)).all(axis=-1)
    still = np.abs(f.gradient(at)).max(axis=-1) < 1e-9
    for point in at[inside & still]:
        if np.linalg.eigvalsh(hessian(f, point))[0] > 1e-6:
            assert min(np.hypot.reduce(point - np.array(m)) for m in f.minima) < 1e-5


@ALL
def test_one_point_is_as_good_as_many(f: Function) -> None:
    at = points(f, 6).reshape(2, 3, -1)
    assert f.value(at).shape == (2, 3)
    assert f.gradient(at).shape == at.shape
    one = at[1, 2]
    assert f.value(one) == f.value(at)[1, 2]
    assert f.gradient(one).tolist() == f.gradient(at)[1, 2].tolist()


@ALL
def test_records_are_whole(f: Function) -> None:
    assert f.label
    assert f.idea.endswith((".", "?"))
    assert f.latex
    assert all(low <= c <= high for c, (low, high) in zip(f.start, f.domain, strict=True))
    assert np.isfinite(f.gradient(np.array(f.start))).all()
    assert f.at(7) is f


def test_the_tip_of_ackleys_funnel_is_named_no_slope() -> None:
    ackley = TABLE["ackley"]
    assert ackley.gradient(np.zeros(2)).tolist() == [0.0, 0.0]
    assert ackley.value(np.zeros(2)) == pytest.approx(0.0, abs=1e-14)


def test_far_away_nothing_warns() -> None:
    for f in TABLE.values():
        far = np.full((2, dimension(f)), 1e200)
        f.value(far)
        f.gradient(far)


def test_an_unknown_function_is_refused() -> None:
    with pytest.raises(NablaError) as caught:
        function("banana")
    assert caught.value.code == "function.unknown"


def test_noise_is_the_same_whenever_it_is_asked_for() -> None:
    noisy = Noisy(TABLE["bowl"], 0.5, seed=3)
    at = np.array([1.0, 2.0])
    assert noisy.gradient(at).tolist() == [2.0, 8.0]
    seen = noisy.at(4).gradient(at)
    assert seen.tolist() == noisy.at(4).gradient(at).tolist()
    assert seen.tolist() != noisy.at(5).gradient(at).tolist()
    assert seen.tolist() != Noisy(TABLE["bowl"], 0.5, seed=4).at(4).gradient(at).tolist()


def test_noise_has_the_deviation_asked_for_and_no_bias() -> None:
    noisy = Noisy(TABLE["parabola"], 2.0, seed=1)
    drawn = np.array([noisy.at(i).gradient(np.array([0.0]))[0] for i in range(4000)])
    assert abs(drawn.mean()) < 0.1
    assert drawn.std() == pytest.approx(2.0, rel=0.05)


def test_noise_belongs_to_a_value_of_its_own() -> None:
    tilted, at = Noisy(TABLE["bowl"], 0.5).at(0), np.array([1.0, 2.0])
    for i in range(2):
        nudge = np.eye(2)[i] * 1e-6
        slope = (tilted.value(at + nudge) - tilted.value(at - nudge)) / 2e-6
        assert tilted.gradient(at)[i] == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("deviation", [-1.0, float("nan"), 1e9])
def test_noise_that_makes_no_sense_is_refused(deviation: float) -> None:
    with pytest.raises(NablaError):
        Noisy(TABLE["bowl"], deviation)
