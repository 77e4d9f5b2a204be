"""The forward pass and backpropagation, vectorized over samples and over networks.

Every function takes the flat parameters with any leading dimensions: ``(size,)`` is one network,
``(n, size)`` are n of them at once, and results get the same leading dimensions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.architecture import Architecture
from engine.network.layout import Vector
from engine.network.losses import Loss


class Forward(NamedTuple):
    """All numbers of a forward pass.

    Attributes
    ----------
    pre_activations
        z of each layer, ``(…, n_samples, units)``; the first entry belongs to layer 1.
    activations
        a of each layer; the first entry is the input.
    """

    pre_activations: tuple[Vector, ...]
    activations: tuple[Vector, ...]

    @property
    def output(self) -> Vector:
        """The network's prediction ŷ."""
        return self.activations[-1]


class Backward(NamedTuple):
    """All numbers of a backward pass.

    Attributes
    ----------
    errors
        ∂L/∂a of each layer, one sample each, ``(n_samples, units)``.
    deltas
        δ = ∂L/∂z of each layer, one sample each.
    gradient
        Mean over the samples of ∂L/∂parameter, flat.
    """

    errors: tuple[Vector, ...]
    deltas: tuple[Vector, ...]
    gradient: Vector


def forward(architecture: Architecture, parameters: Vector, inputs: Vector) -> Forward:
    """Carry ``inputs`` (n_samples, n_inputs) through the network: z = a W + b, a = f(z)."""
    pre_activations: list[Vector] = []
    activations: list[Vector] = [inputs]
    for layer, own in zip(architecture.layers, architecture.layout.views(parameters), strict=True):
        z = activations[-1] @ own.weights
        if own.bias is not None:
            z = z + own.bias[..., None, :]
        activation = ACTIVATIONS[layer.activation]
        alpha = activation.alpha if own.alpha is None else own.alpha[..., None, :]
        pre_activations.append(z)
        activations.append(activation.value(z, alpha))
    return Forward(tuple(pre_activations), tuple(activations))


def sample_losses(loss: Loss, passed: Forward, targets: Vector) -> Vector:
    """Return the loss of each sample, ``(…, n_samples)``."""
    losses: Vector = loss.value(passed.pre_activations[-1], passed.output, targets)
    return losses


def backward(
    architecture: Architecture,
    parameters: Vector,
    passed: Forward,
    loss: Loss,
    targets: Vector,
    fused: bool = True,
    with_slope: bool = True,
) -> Backward:
    """Carry the error of one network back through the layers (Rumelhart, Hinton & Williams 1986).

    δ of the output is ∂L/∂ŷ · f′(z), or ŷ − y where loss and activation are fused; then
    ∂L/∂a = δ Wᵀ and δ = ∂L/∂a · f′(z) layer by layer. With one sample δ_i carried over the
    *old* weights gives ∂L/∂w = aᵀ δ and ∂L/∂b = δ; the gradient is the mean over the samples.

    ``fused=False`` takes the long way, as a check. ``with_slope=False`` carries ∂L/∂a itself over the
    weights, and brings f′ in only at the gradient: a picture found in print, and wrong as soon as the
    layer behind bends.
    """
    views = architecture.layout.views(parameters)
    gradient = np.zeros_like(parameters)
    slots = architecture.layout.slots
    n_samples = targets.shape[0]
    count = len(architecture.layers)
    errors: list[Vector] = [np.empty(0)] * count
    deltas: list[Vector] = [np.empty(0)] * count
    for number in range(count - 1, -1, -1):
        activation = ACTIVATIONS[architecture.layers[number].activation]
        own = views[number]
        alpha = activation.alpha if own.alpha is None else own.alpha
        z, a = passed.pre_activations[number], passed.activations[number + 1]
        output = number == count - 1
        if output:
            # Fused, ∂L/∂ŷ may be infinite although δ is not; it is shown, never used.
            error = loss.slope(a, targets)
        else:
            carried = deltas[number + 1] if with_slope else errors[number + 1]
            error = carried @ views[number + 1].weights.T
        errors[number] = error
        if output and fused and loss.fused_with == activation.key and loss.fused_error:
            delta = loss.fused_error(a, targets)
        else:
            delta = activation.pull_back(z, a, alpha, error)
        deltas[number] = delta
        gradient[slots[number].weights] = (passed.activations[number].T @ delta).ravel()
        if own.bias is not None:
            gradient[slots[number].bias] = delta.sum(axis=0)
        if own.alpha is not None and activation.alpha_derivative is not None:
            gradient[slots[number].alpha] = (errors[number] * activation.alpha_derivative(z)).sum()
    gradient /= n_samples
    return Backward(tuple(errors), tuple(deltas), gradient)
