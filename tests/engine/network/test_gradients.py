"""Backpropagation against central differences, complex steps, SymPy, and itself."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from engine.network import Architecture, Vector, backward, forward, sample_losses
from engine.network.losses import TABLE as LOSSES
from tests.engine.network.combinations import HIDDEN, OUTPUTS, Case, case


def cost(of: Case, parameters: Vector) -> Vector:
    """Mean loss over the samples, for as many networks as ``parameters`` holds, (…, size)."""
    passed = forward(of.architecture, parameters, of.inputs)
    mean: Vector = sample_losses(of.loss, passed, of.targets).mean(axis=-1)
    return mean


def gradient(of: Case, *, fused: bool = True) -> Vector:
    passed = forward(of.architecture, of.parameters, of.inputs)
    return backward(
        of.architecture, of.parameters, passed, of.loss, of.targets, fused=fused
    ).gradient


def central_differences(of: Case) -> Vector:
    """All parameters at once: two networks for each, a little to both sides."""
    steps = 1e-5 * np.maximum(1.0, np.abs(of.parameters))
    shifts = np.diag(steps)
    differences: Vector = cost(of, of.parameters + shifts) - cost(of, of.parameters - shifts)
    return differences / (2.0 * steps)


def assert_agrees(of: Case, *, fused: bool = True) -> None:
    found, expected = gradient(of, fused=fused), central_differences(of)
    error = np.abs(found - expected) / np.maximum(1.0, np.abs(found))
    worst = int(error.argmax())
    assert error[worst] < 1e-6, of.architecture.layout.names[worst]


@pytest.mark.parametrize("bias", [True, False], ids=["biases", "no biases"])
@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
@pytest.mark.parametrize("hidden", HIDDEN)
def test_gradients_agree_with_central_differences(
    hidden: str, loss: str, output: str, bias: bool
) -> None:
    assert_agrees(case((3, 4, 3), (hidden, output), loss, bias))


@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
def test_gradients_of_a_deep_network_agree(loss: str, output: str) -> None:
    assert_agrees(case((2, 5, 4, 3, 4, 2), ("prelu", "tanh", "elu", "sigmoid", output), loss))


@pytest.mark.parametrize(("loss", "output"), [pair for pair in OUTPUTS if pair[1] != "softmax"])
def test_gradients_of_a_single_unit_agree(loss: str, output: str) -> None:
    assert_agrees(case((2, 1), (output,), loss))


@pytest.mark.parametrize("hidden", HIDDEN)
@pytest.mark.parametrize(
    ("loss", "output"), [("binary_cross_entropy", "sigmoid"), ("cross_entropy", "softmax")]
)
def test_the_short_way_back_agrees_with_the_long_one(hidden: str, loss: str, output: str) -> None:
    at = case((3, 4, 3), (hidden, output), loss)
    np.testing.assert_allclose(gradient(at), gradient(at, fused=False), rtol=1e-12, atol=1e-15)
    assert_agrees(at, fused=False)


def test_soft_targets_of_any_sum_have_the_right_gradient() -> None:
    at = case((3, 4, 3), ("tanh", "softmax"), "cross_entropy")
    soft = np.random.default_rng(1).uniform(0.0, 2.0, at.targets.shape)
    assert_agrees(Case(at.architecture, at.parameters, at.inputs, soft, at.loss))


@pytest.mark.parametrize("loss", ["half_squared", "mean_squared"])
@pytest.mark.parametrize("hidden", ["identity", "tanh"])
def test_gradients_agree_with_complex_steps_to_the_last_digits(hidden: str, loss: str) -> None:
    at = case((3, 4, 4, 2), (hidden, "tanh", "identity"), loss)
    shifted = at.parameters + 1e-30j * np.eye(at.parameters.size)
    steps = cost(at, shifted).imag / 1e-30
    np.testing.assert_allclose(gradient(at), steps, rtol=1e-12, atol=1e-15)


def test_gradients_agree_with_a_derivation_by_sympy() -> None:
    at = case((2, 2, 1), ("tanh", "sigmoid"), "binary_cross_entropy", samples=1)
    names = at.architecture.layout.names
    w = {name: sympy.Symbol(name) for name in names}
    x = [sympy.Float(float(value), 40) for value in at.inputs[0]]
    hidden = [
        sympy.tanh(x[0] * w[f"w1_1{j}"] + x[1] * w[f"w1_2{j}"] + w[f"b1_{j}"]) for j in (1, 2)
    ]
    z = hidden[0] * w["w2_11"] + hidden[1] * w["w2_21"] + w["b2_1"]
    output = 1 / (1 + sympy.exp(-z))
    target = int(at.targets[0, 0])
    loss = -sympy.log(output) if target else -sympy.log(1 - output)
    point = {w[name]: float(value) for name, value in zip(names, at.parameters, strict=True)}
    expected = [float(sympy.diff(loss, w[name]).evalf(30, subs=point)) for name in names]
    np.testing.assert_allclose(gradient(at), expected, rtol=1e-13)


def test_the_gradient_is_the_mean_of_the_samples_own() -> None:
    at = case((3, 4, 3), ("prelu", "softmax"), "cross_entropy")
    own = [
        gradient(Case(at.architecture, at.parameters, x[None], y[None], at.loss))
        for x, y in zip(at.inputs, at.targets, strict=True)
    ]
    np.testing.assert_allclose(gradient(at), np.mean(own, axis=0), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("lead", [(4,), (2, 3)])
@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
def test_many_networks_at_once_agree_with_one_by_one(
    lead: tuple[int, ...], loss: str, output: str
) -> None:
    at = case((3, 4, 3), ("prelu", output), loss)
    noise = np.random.default_rng(3).normal(size=(*lead, at.parameters.size))
    many = at.parameters + 0.1 * noise
    passed = forward(at.architecture, many, at.inputs)
    losses = sample_losses(at.loss, passed, at.targets)
    back = backward(at.architecture, many, passed, at.loss, at.targets)
    assert losses.shape == (*lead, 5)
    assert back.gradient.shape == many.shape
    for place in np.ndindex(*lead):
        alone = forward(at.architecture, many[place], at.inputs)
        np.testing.assert_allclose(passed.output[place], alone.output, rtol=1e-12)
        np.testing.assert_allclose(
            losses[place], sample_losses(at.loss, alone, at.targets), rtol=1e-12
        )
        one = backward(at.architecture, many[place], alone, at.loss, at.targets)
        np.testing.assert_allclose(back.gradient[place], one.gradient, rtol=1e-11, atol=1e-14)
        for together, by_itself in zip(back.deltas, one.deltas, strict=True):
            np.testing.assert_allclose(together[place], by_itself, rtol=1e-11, atol=1e-14)


def test_shapes_are_those_that_the_docstrings_say() -> None:
    at = case((3, 4, 2), ("tanh", "identity"), "half_squared")
    passed = forward(at.architecture, at.parameters, at.inputs)
    assert [z.shape for z in passed.pre_activations] == [(5, 4), (5, 2)]
    assert [a.shape for a in passed.activations] == [(5, 3), (5, 4), (5, 2)]
    assert passed.output is passed.activations[-1]
    assert sample_losses(at.loss, passed, at.targets).shape == (5,)
    back = backward(at.architecture, at.parameters, passed, at.loss, at.targets)
    assert [error.shape for error in back.errors] == [(5, 4), (5, 2)]
    assert [delta.shape for delta in back.deltas] == [(5, 4), (5, 2)]
    assert back.gradient.shape == at.parameters.shape


def test_leaving_out_the_output_error_changes_no_bit_of_the_gradient() -> None:
    at = case((3, 4, 3), ("tanh", "softmax"), "cross_entropy")
    passed = forward(at.architecture, at.parameters, at.inputs)
    full = backward(at.architecture, at.parameters, passed, at.loss, at.targets)
    quick = backward(
        at.architecture, at.parameters, passed, at.loss, at.targets, output_error=False
    )
    assert quick.gradient.tobytes() == full.gradient.tobytes()
    assert quick.errors[-1].size == 0
    assert full.errors[-1].shape == (5, 3)


@pytest.mark.parametrize(
    ("loss", "output", "width"),
    [("binary_cross_entropy", "sigmoid", 1), ("cross_entropy", "softmax", 2)],
)
def test_a_saturated_output_warns_of_nothing_and_learns_from_its_error(
    loss: str, output: str, width: int
) -> None:
    architecture = Architecture.dense((1, width), output)
    parameters = np.zeros(architecture.layout.size)
    parameters[0] = 1e4
    inputs = np.ones((1, 1))
    targets = np.array([[0.0]]) if width == 1 else np.array([[0.0, 1.0]])
    passed = forward(architecture, parameters, inputs)
    back = backward(architecture, parameters, passed, LOSSES[loss], targets)
    assert sample_losses(LOSSES[loss], passed, targets)[0] == 1e4
    assert back.deltas[-1][0, 0] == 1.0
    assert not np.isnan(back.errors[-1]).any()


def test_without_the_slope_the_error_itself_goes_over_the_weights() -> None:
    at = case((2, 3, 2), ("sigmoid", "sigmoid"), "half_squared", samples=1)
    passed = forward(at.architecture, at.parameters, at.inputs)
    back = backward(at.architecture, at.parameters, passed, at.loss, at.targets, with_slope=False)
    weights = at.architecture.layout.views(at.parameters)[1].weights
    a = passed.activations
    np.testing.assert_array_equal(back.errors[1], a[2] - at.targets)
    np.testing.assert_allclose(back.errors[0], (a[2] - at.targets) @ weights.T, rtol=1e-15)
    np.testing.assert_allclose(back.deltas[0], back.errors[0] * a[1] * (1.0 - a[1]), rtol=1e-15)
