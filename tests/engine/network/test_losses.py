"""Losses against SymPy, at arguments where the textbook formula would overflow."""

from __future__ import annotations

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NablaError
from engine.network import Vector
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.losses import TABLE

HARD = (-1e3, -40.0, -1.0, -1e-300, 0.0, 1e-300, 1.0, 40.0, 1e3)


def loss_of(key: str, z: list[float], target: list[float]) -> float:
    """Loss of one sample whose output layer is the one that the loss is made for."""
    loss = TABLE[key]
    at = np.array([z])
    output = at if loss.fused_with is None else ACTIVATIONS[loss.fused_with].value(at, 0.0)
    return float(loss.value(at, output, np.array([target]))[0])


def precise(expression: sympy.Expr) -> float:
    return float(expression.evalf(30, maxn=2000))


@pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("z", HARD)
def test_binary_cross_entropy_is_right_to_the_last_digits(z: float, target: float) -> None:
    at, y = sympy.Rational(z), sympy.Rational(target)
    expected = y * sympy.log(1 + sympy.exp(-at)) + (1 - y) * sympy.log(1 + sympy.exp(at))
    # Where z is far out on the right side, 1 + e^−z needs as many digits as e^−z is small.
    found = loss_of("binary_cross_entropy", [z], [target])
    assert found == pytest.approx(float(expected.evalf(500)), rel=1e-15, abs=1e-300)


@pytest.mark.parametrize("wrong", [0, 1, 2])
@pytest.mark.parametrize(
    "z", [(1e3, -1e3, 0.0), (40.0, 0.0, -40.0), (0.0, 0.0, 0.0), (1e-300,) * 3]
)
def test_cross_entropy_is_right(z: tuple[float, ...], wrong: int) -> None:
    total = sum(sympy.exp(sympy.Rational(value)) for value in z)
    expected = sympy.log(total) - sympy.Rational(z[wrong])
    target = [0.0, 0.0, 0.0]
    target[wrong] = 1.0
    found = loss_of("cross_entropy", list(z), target)
    assert found == pytest.approx(float(expected.evalf(1000)), rel=1e-15, abs=1e-15)


def test_cross_entropy_of_close_but_huge_numbers_keeps_their_difference() -> None:
    assert loss_of("cross_entropy", [1e15, 1e15 + 2.0], [1.0, 0.0]) == pytest.approx(
        precise(sympy.log(1 + sympy.exp(2))), rel=1e-15
    )


@given(
    st.sampled_from(["binary_cross_entropy", "cross_entropy"]),
    st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=4),
    st.integers(0, 1),
)
def test_cross_entropies_are_finite_and_not_negative(key: str, z: list[float], hot: int) -> None:
    target = [0.0] * len(z)
    target[hot] = 1.0
    found = loss_of(key, z, target)
    assert np.isfinite(found)
    assert found >= 0.0


def test_squared_errors() -> None:
    assert loss_of("half_squared", [1.0, -2.0], [4.0, 2.0]) == 12.5
    assert loss_of("mean_squared", [1.0, -2.0], [4.0, 2.0]) == 12.5
    assert loss_of("half_squared", [180.0], [60.0]) == 7200.0
    assert loss_of("mean_squared", [180.0], [60.0]) == 14400.0


def test_two_classes_as_one_output_or_two_have_the_same_loss() -> None:
    assert loss_of("binary_cross_entropy", [1.7], [1.0]) == pytest.approx(
        loss_of("cross_entropy", [0.0, 1.7], [0.0, 1.0]), rel=1e-15
    )


def symbolic_slopes(key: str, output: list[float], target: list[float]) -> list[float]:
    names = sympy.symbols(f"a1:{len(output) + 1}", positive=True)
    pairs = list(zip(names, (sympy.Rational(value) for value in target), strict=True))
    m = len(output)
    loss = {
        "half_squared": sum((y - a) ** 2 for a, y in pairs) / 2,
        "mean_squared": sum((y - a) ** 2 for a, y in pairs) / m,
        "binary_cross_entropy": -sum(
            y * sympy.log(a) + (1 - y) * sympy.log(1 - a) for a, y in pairs
        )
        / m,
        "cross_entropy": -sum(y * sympy.log(a) for a, y in pairs),
    }[key]
    point = dict(zip(names, (sympy.Rational(value) for value in output), strict=True))
    return [precise(sympy.diff(loss, name).subs(point)) for name in names]


@pytest.mark.parametrize("target", [[1.0, 0.0, 0.0], [0.25, 0.5, 0.25]])
@pytest.mark.parametrize("output", [[0.2, 0.7, 0.1], [1e-12, 0.5, 1.0 - 1e-12]])
@pytest.mark.parametrize("key", TABLE)
def test_slopes_are_the_derivatives(key: str, output: list[float], target: list[float]) -> None:
    found = TABLE[key].slope(np.array([output]), np.array([target]))[0]
    np.testing.assert_allclose(found, symbolic_slopes(key, output, target), rtol=1e-14)


@pytest.mark.parametrize("target", [0.0, 1.0])
@pytest.mark.parametrize("output", [0.0, 1.0])
@pytest.mark.parametrize("key", ["binary_cross_entropy", "cross_entropy"])
def test_slopes_of_rounded_outputs_are_numbers(key: str, output: float, target: float) -> None:
    slope = TABLE[key].slope(np.array([[output]]), np.array([[target]]))[0, 0]
    assert np.isfinite(slope)
    if output != target and (key, target) != ("cross_entropy", 0.0):
        assert abs(slope) > 1e300
        assert np.sign(slope) == np.sign(output - target)


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=4), st.integers(0, 1))
def test_the_fused_error_is_output_minus_target(z: list[float], hot: int) -> None:
    target = np.zeros((1, len(z)))
    target[0, hot] = 1.0
    softmax = ACTIVATIONS["softmax"].value(np.array([z]), 0.0)
    fused = TABLE["cross_entropy"].fused_error(softmax, target)
    np.testing.assert_array_equal(fused, softmax - target)


def test_each_sample_and_each_network_has_its_own_loss() -> None:
    generator = np.random.default_rng(0)
    z: Vector = generator.normal(size=(4, 5, 3))
    target = np.eye(3)[[0, 1, 2, 0, 1]]
    for loss in TABLE.values():
        output = z if loss.fused_with is None else ACTIVATIONS[loss.fused_with].value(z, 0.0)
        together = loss.value(z, output, target)
        assert together.shape == (4, 5)
        alone = loss.value(z[2, 3:4], output[2, 3:4], target[3:4])
        assert together[2, 3] == pytest.approx(alone[0], rel=1e-14)


@pytest.mark.parametrize(
    ("key", "activation", "outputs", "code"),
    [
        ("binary_cross_entropy", "identity", 1, "loss.does_not_fit_output"),
        ("binary_cross_entropy", "softmax", 2, "loss.does_not_fit_output"),
        ("cross_entropy", "sigmoid", 2, "loss.does_not_fit_output"),
        ("cross_entropy", "softmax", 1, "loss.needs_two_outputs"),
    ],
)
def test_a_loss_that_does_not_fit_the_output_is_refused(
    key: str, activation: str, outputs: int, code: str
) -> None:
    with pytest.raises(NablaError) as caught:
        TABLE[key].check(activation, outputs)
    assert caught.value.code == code


def test_squared_errors_fit_every_output() -> None:
    for key in ("half_squared", "mean_squared"):
        for activation in ACTIVATIONS:
            TABLE[key].check(activation, 1)
