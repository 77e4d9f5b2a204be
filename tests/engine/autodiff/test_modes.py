"""Tracing: what Python and NumPy may do to a value while it is differentiated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.autodiff import derivative, gradient, jvp, vjp
from engine.autodiff.functions import leaky_relu, relu, sigmoid, softplus, where
from engine.errors import NablaError


def slope(function: Any, x: float) -> float:
    forward = jvp(function, x, 1.0)[1]
    reverse = vjp(function, x)[1](1.0)
    assert forward == pytest.approx(reverse, rel=1e-14, nan_ok=True)
    return float(forward)


@pytest.mark.parametrize(
    ("function", "wanted"),
    [
        (lambda x: 3.0 + x - 1.0, 1.0),
        (lambda x: 3.0 - x, -1.0),
        (lambda x: 6.0 / x, -1.5),
        (lambda x: x / 4.0, 0.25),
        (lambda x: -((+x) ** 3), -12.0),
        (lambda x: 2.0**x, 4.0 * np.log(2.0)),
        (lambda x: abs(-x), 1.0),
        (lambda x: np.float64(3.0) * x, 3.0),
        (lambda x: np.square(x) + np.reciprocal(x), 3.75),
        (lambda x: np.log2(x) + np.log10(x), 0.5 / np.log(2.0) + 0.5 / np.log(10.0)),
        (lambda x: x if x > 1.0 else -x, 1.0),
        (lambda x: x * x if x <= 1.0 else 5.0 * x, 5.0),
        (lambda x: np.maximum(x, 1.0) * np.minimum(x, 1.0), 1.0),
        (lambda x: np.heaviside(x, 0.0) * x, 1.0),
        (lambda x: np.float64(7.0), 0.0),
    ],
)
def test_operators_and_functions(function: Any, wanted: float) -> None:
    assert slope(function, 2.0) == pytest.approx(wanted, rel=1e-14)


def test_a_list_of_traced_numbers_is_an_array() -> None:
    value, tangent = jvp(lambda x: [x[0] * x[1], np.sin(x[0])], [2.0, 3.0], [1.0, 0.0])
    np.testing.assert_allclose(value, [6.0, np.sin(2.0)])
    np.testing.assert_allclose(tangent, [3.0, np.cos(2.0)])
    _, tangent = jvp(lambda x: np.array([x[0], 2.0 * x[1]], dtype=object), [2.0, 3.0], [1.0, 1.0])
    np.testing.assert_allclose(tangent, [1.0, 2.0])


def test_derivatives_of_derivatives() -> None:
    assert slope(lambda x: slope_of_square(x) * x, 3.0) == pytest.approx(12.0)
    third = derivative(lambda x: x**5, order=3)
    np.testing.assert_allclose(third([1.0, 2.0]), [60.0, 240.0])


def slope_of_square(x: Any) -> Any:
    return jvp(lambda y: y * y, x, 1.0)[1]


def test_an_inner_derivative_is_not_mistaken_for_an_outer_one() -> None:
    """d/dx (x · d/dy (x + y)) is 1; mixing up the two changes makes it 2."""

    def function(x: Any) -> Any:
        return x * jvp(lambda y: x + y, 1.0, 1.0)[1]

    assert slope(function, 1.0) == 1.0

    def in_reverse(x: Any) -> Any:
        return x * vjp(lambda y: x * y, 1.0)[1](1.0)

    assert slope(in_reverse, 3.0) == 6.0


def test_a_branch_that_is_not_taken_does_not_spoil_the_other() -> None:
    x = np.array([-1.0, 0.0, 4.0])

    def function(at: Any) -> Any:
        return np.sum(where(at > 0.0, np.sqrt(at), 2.0 * at))

    np.testing.assert_allclose(gradient(function)(x), [2.0, 2.0, 0.25])
    np.testing.assert_allclose(jvp(function, x, np.ones(3))[1], 4.25)


def test_functions_with_a_kink() -> None:
    x = np.array([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(gradient(lambda at: np.sum(relu(at)))(x), [0.0, 0.0, 1.0])
    leaky = gradient(lambda at: np.sum(leaky_relu(at, 0.1)))
    np.testing.assert_allclose(leaky(x), [0.1, 0.1, 1.0])
    learned = gradient(lambda alpha: np.sum(leaky_relu(x, alpha)))
    assert learned(0.1) == -2.0


def test_activations_far_out_neither_overflow_nor_lose_their_digits() -> None:
    assert slope(sigmoid, 40.0) == pytest.approx(np.exp(-40.0), rel=1e-13)
    assert slope(np.tanh, 20.0) == pytest.approx(4.0 * np.exp(-40.0), rel=1e-13)
    assert slope(softplus, -40.0) == pytest.approx(np.exp(-40.0), rel=1e-13)
    assert slope(sigmoid, -800.0) == 0.0
    assert slope(np.tanh, 800.0) == 0.0


def test_further_arguments_are_handed_on() -> None:
    weights, x = np.array([0.5, -1.0]), np.array([2.0, 3.0])

    def loss(w: Any, inputs: Any, target: float) -> Any:
        return 0.5 * (w @ inputs - target) ** 2

    np.testing.assert_allclose(gradient(loss)(weights, x, 1.0), (1.0 - 3.0 - 1.0) * x)


@pytest.mark.parametrize(
    ("function", "named"),
    [
        (np.floor, "numpy.floor"),
        (lambda x: np.linalg.norm(np.stack([x, x])), "numpy.norm"),
        (lambda x: np.multiply.outer(x, x), "numpy.multiply.outer"),
    ],
)
def test_what_has_no_rule_is_named(function: Any, named: str) -> None:
    with pytest.raises(NablaError) as caught:
        jvp(function, 1.0, 1.0)
    assert caught.value.code == "autodiff.no_rule"
    assert caught.value.details == {"function": named}


def test_a_gradient_needs_one_number() -> None:
    with pytest.raises(NablaError) as caught:
        gradient(lambda x: x * x)([1.0, 2.0])
    assert caught.value.code == "autodiff.not_scalar"


def test_a_long_chain_does_not_exhaust_the_stack() -> None:
    def function(x: Any) -> Any:
        for _ in range(3000):
            x = x * 1.0005 - x * 0.0005
        return x

    assert slope(function, 2.0) == pytest.approx(1.0)


def test_a_network_agrees_with_its_own_backpropagation() -> None:
    from engine.network import Architecture, backward, forward
    from engine.network.losses import TABLE as LOSSES

    architecture = Architecture.dense((3, 4, 2), activations=("tanh", "sigmoid"), bias=True)
    rng = np.random.default_rng(3)
    parameters = rng.normal(size=architecture.layout.size)
    inputs, targets = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))

    def loss(flat: Any) -> Any:
        a = inputs
        for layer, slot in zip(architecture.layers, architecture.layout.slots, strict=True):
            units = len(layer.units)
            z = a @ np.reshape(flat[slot.weights], (-1, units)) + flat[slot.bias]
            a = np.tanh(z) if layer.activation == "tanh" else sigmoid(z)
        return 0.5 * np.sum((a - targets) ** 2) / len(inputs)

    passed = forward(architecture, parameters, inputs)
    own = backward(architecture, parameters, passed, LOSSES["half_squared"], targets).gradient
    np.testing.assert_allclose(gradient(loss)(parameters), own, rtol=1e-12, atol=1e-15)
