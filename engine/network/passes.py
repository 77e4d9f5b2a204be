"""The forward pass and backpropagation, vectorized over samples and over networks.

Every function takes the flat parameters with any leading dimensions: ``(size,)`` is one network,
``(n, size)`` are n of them at once, and results get the same leading dimensions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.architecture import Architecture
from engine.network.layout import LayerParameters, Vector
from engine.network.losses import Loss

_NONE = np.empty(0)


class Forward(NamedTuple):
    """All numbers of a forward pass.

    Attributes
    ----------
    layers
        Views of the parameters that it went over.
    pre_activations
        z of each layer, ``(…, n_samples, units)``; the first entry belongs to layer 1.
    activations
        a of each layer; the first entry is the input.
    """

    layers: tuple[LayerParameters, ...]
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
        ∂L/∂a of each layer, for each sample by itself, ``(…, n_samples, units)``.
    deltas
        δ = ∂L/∂z of each layer, likewise.
    gradient
        Mean over the samples of ∂L/∂parameter, flat, ``(…, size)``.
    """

    errors: tuple[Vector, ...]
    deltas: tuple[Vector, ...]
    gradient: Vector


def forward(architecture: Architecture, parameters: Vector, inputs: Vector) -> Forward:
    """Carry ``inputs`` (n_samples, n_inputs) through the network: z = a W + b, a = f(z)."""
    layers = architecture.layout.views(parameters)
    pre_activations: list[Vector] = []
    activations: list[Vector] = [inputs]
    for layer, own in zip(architecture.layers, layers, strict=True):
        z = activations[-1] @ own.weights
        if own.bias is not None:
            z += own.bias[..., None, :]
        activation = ACTIVATIONS[layer.activation]
        alpha = activation.alpha if own.alpha is None else own.alpha[..., None, :]
        pre_activations.append(z)
        activations.append(activation.value(z, alpha))
    return Forward(layers, tuple(pre_activations), tuple(activations))


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
    *,
    fused: bool = True,
    with_slope: bool = True,
    output_error: bool = True,
) -> Backward:
    """Carry the error back through the layers (Rumelhart, Hinton & Williams 1986).

    δ of the output is ∂L/∂ŷ · f′(z), or ŷ − y where loss and activation are fused; then
    ∂L/∂a = δ Wᵀ, over the *old* weights, and δ = ∂L/∂a · f′(z), layer by layer. One sample's terms
    are ∂L/∂w = aᵀ δ and ∂L/∂b = δ; the gradient is their mean over the samples.

    Parameters
    ----------
    passed
        The forward pass with the same ``parameters``.
    targets
        ``(n_samples, n_outputs)``.
    fused
        False takes the long way even where there is a short one, as a check.
    with_slope
        False carries ∂L/∂a itself over the weights and brings f′ in only at the gradient: a picture
        found in print, and wrong as soon as the layer behind bends.
    output_error
        False leaves ∂L/∂ŷ out (an empty array) where nothing depends on it, to save time.
    """
    lead = parameters.shape[:-1]
    gradient: list[Vector] = []
    last = len(architecture.layers) - 1
    errors: list[Vector] = [_NONE] * (last + 1)
    deltas: list[Vector] = [_NONE] * (last + 1)
    for number in range(last, -1, -1):
        activation = ACTIVATIONS[architecture.layers[number].activation]
        own = passed.layers[number]
        a = passed.activations[number + 1]
        short = number == last and fused and loss.fused_with == activation.key
        if number < last:
            carried = deltas[number + 1] if with_slope else errors[number + 1]
            errors[number] = carried @ passed.layers[number + 1].weights.mT
        elif output_error or not short or not with_slope:
            errors[number] = loss.slope(a, targets)
        if short:
            delta = loss.fused_error(a, targets)
        else:
            z = passed.pre_activations[number]
            alpha = activation.alpha if own.alpha is None else own.alpha[..., None, :]
            delta = activation.pull_back(z, a, alpha, errors[number])
        deltas[number] = delta
        terms = [(passed.activations[number].mT @ delta).reshape((*lead, -1))]
        if own.bias is not None:
            terms.append(np.add.reduce(delta, axis=-2))
        if activation.alpha_derivative is not None:
            by_alpha = errors[number] * activation.alpha_derivative(passed.pre_activations[number])
            terms.append(np.add.reduce(by_alpha, axis=(-2, -1)).reshape((*lead, 1)))
        gradient[:0] = terms
    total = np.concatenate(gradient, axis=-1)
    total /= targets.shape[-2]
    return Backward(tuple(errors), tuple(deltas), total)
