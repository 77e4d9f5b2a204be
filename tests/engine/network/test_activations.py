"""Activations and their derivatives against SymPy with fifty digits."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from engine.network import Vector
from engine.network.activations import TABLE

z = sympy.Symbol("z", real=True)
HARD = (-1e3, -40.0, -1.0, -0.3, -1e-8, -1e-300, 0.0, 1e-300, 1e-8, 0.3, 1.0, 40.0, 1e3)

# For z > 0 and for z ≤ 0.
FORMULAS: dict[str, tuple[sympy.Expr, sympy.Expr]] = {
    "identity": (z, z),
    "sigmoid": (1 / (1 + sympy.exp(-z)), 1 / (1 + sympy.exp(-z))),
    "tanh": (sympy.tanh(z), sympy.tanh(z)),
    "relu": (z, sympy.Integer(0)),
    "leaky_relu": (z, sympy.Rational(1, 100) * z),
    "prelu": (z, sympy.Rational(1, 4) * z),
    "elu": (z, sympy.exp(z) - 1),
}


def true_value(key: str, at: float, derivative: bool) -> float:
    formula = FORMULAS[key][0 if at > 0 else 1]
    if derivative:
        formula = sympy.diff(formula, z)
    # exp(z) − 1 at 1e-300 needs more than 300 digits.
    return float(formula.subs(z, sympy.Rational(at)).evalf(400))


def value_of(key: str, at: float) -> float:
    return float(TABLE[key].value(np.array(at), TABLE[key].alpha))


@pytest.mark.parametrize("at", HARD)
@pytest.mark.parametrize("key", FORMULAS)
def test_values_are_right_to_the_last_digits(key: str, at: float) -> None:
    expected = true_value(key, at, derivative=False)
    assert value_of(key, at) == pytest.approx(expected, rel=4e-16, abs=1e-323)


@pytest.mark.parametrize("at", HARD)
@pytest.mark.parametrize("key", FORMULAS)
def test_derivatives_are_right(key: str, at: float) -> None:
    activation = TABLE[key]
    a = activation.value(np.array(at), activation.alpha)
    found = float(activation.derivative(np.array(at), a, activation.alpha))
    # a (1 − a) and 1 − a² are what the formula says on screen; to the right they round to 0.
    assert found == pytest.approx(true_value(key, at, derivative=True), rel=1e-15, abs=2e-16)


def test_at_zero_the_left_branch_counts() -> None:
    zero = np.zeros(1)
    slopes = {
        key: float(TABLE[key].derivative(zero, zero, TABLE[key].alpha)[0])
        for key in ("relu", "leaky_relu", "prelu", "elu")
    }
    assert slopes == {"relu": 0.0, "leaky_relu": 0.01, "prelu": 0.25, "elu": 1.0}


@given(st.floats(-50, 50), st.floats(-3, 3))
def test_the_derivative_by_a_learned_slope_is_the_negative_part(at: float, slope: float) -> None:
    derivative = TABLE["prelu"].alpha_derivative
    assert derivative is not None
    assert float(derivative(np.array(at))) == min(at, 0.0)
    leaning = TABLE["prelu"].value(np.array([at]), np.array([slope]))
    assert leaning[0] == (at if at > 0 else slope * at)


def test_only_prelu_learns_its_slope() -> None:
    assert [key for key, activation in TABLE.items() if activation.learned] == ["prelu"]


@given(st.floats(-1e3, 1e3))
def test_activations_stay_in_their_ranges(at: float) -> None:
    assert 0.0 <= value_of("sigmoid", at) <= 1.0
    assert -1.0 <= value_of("tanh", at) <= 1.0
    assert value_of("relu", at) >= 0.0
    assert value_of("elu", at) >= -1.0


@given(st.floats(-700, 700))
def test_the_sigmoid_is_symmetric(at: float) -> None:
    assert value_of("sigmoid", at) + value_of("sigmoid", -at) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize("key", FORMULAS)
def test_numbers_and_arrays_give_the_same_bits(key: str) -> None:
    activation = TABLE[key]
    points = np.array(HARD)
    together = activation.value(points, activation.alpha)
    slopes = activation.derivative(points, together, activation.alpha)
    for at, value, slope in zip(points, together, slopes, strict=True):
        alone = activation.value(at, activation.alpha)
        assert float(alone) == float(value)
        assert float(activation.derivative(at, alone, activation.alpha)) == float(slope)


class TestSoftmax:
    def softmax(self, *at: float) -> Vector:
        found: Vector = TABLE["softmax"].value(np.array([at]), 0.0)[0]
        return found

    def test_probabilities_add_up_to_one(self) -> None:
        assert self.softmax(1.0, 2.0, 3.0).sum() == pytest.approx(1.0, rel=1e-15)
        expected = [
            float((sympy.exp(k) / sum(sympy.exp(i) for i in (1, 2, 3))).evalf(30))
            for k in (1, 2, 3)
        ]
        np.testing.assert_allclose(self.softmax(1.0, 2.0, 3.0), expected, rtol=1e-15)

    def test_huge_numbers_neither_overflow_nor_warn(self) -> None:
        assert self.softmax(1e3, -1e3, 0.0).tolist() == [1.0, 0.0, 0.0]
        assert self.softmax(1e300, 1e300).tolist() == [0.5, 0.5]
        assert self.softmax(-1e300, -1e300).tolist() == [0.5, 0.5]

    @given(st.lists(st.floats(-30, 30), min_size=2, max_size=5), st.floats(-1e3, 1e3))
    def test_only_differences_count(self, at: list[float], shift: float) -> None:
        moved = self.softmax(*(value + shift for value in at))
        np.testing.assert_allclose(moved, self.softmax(*at), rtol=1e-11, atol=1e-14)

    def test_errors_go_back_over_the_jacobian(self) -> None:
        at = np.array([[0.3, -1.2, 0.8]])
        a = TABLE["softmax"].value(at, 0.0)
        rows = [TABLE["softmax"].pull_back(at, a, 0.0, unit[None])[0] for unit in np.eye(3)]
        symbols = sympy.symbols("z1:4", real=True)
        total = sum(sympy.exp(symbol) for symbol in symbols)
        jacobian = sympy.Matrix([sympy.exp(symbol) / total for symbol in symbols]).jacobian(symbols)
        expected = jacobian.evalf(30, subs=dict(zip(symbols, at[0].tolist(), strict=True)))
        np.testing.assert_allclose(rows, np.array(expected, dtype=float), rtol=1e-14)
        np.testing.assert_allclose(rows, np.diag(a[0]) - np.outer(a[0], a[0]), rtol=1e-14)
