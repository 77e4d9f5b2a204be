"""Loss functions in one table: the term of each output, and the error that starts to go back.

A sample has a loss, the cost is the mean over the batch. Cross-entropies are computed from the
pre-activations z of the matching output activation (sigmoid, softmax): so the value is finite and
accurate for every finite z, and the error ∂L/∂z is simply ŷ − y.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import NablaError

Array = Any
_TINY = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True)
class Loss:
    """One loss function.

    The terms are branch-free arithmetic for one output: they take arrays of any shape, or scalars.

    Attributes
    ----------
    term
        ``term(z, output, target)``: what one output adds to the loss of a sample.
    term_slope
        ``term_slope(output, target)``: its derivative with respect to the output.
    averaged
        Whether the terms of a sample are averaged over its outputs, not summed.
    from_logarithms
        Whether ``term`` takes ln softmax(z), computed over all outputs, in the place of z.
    fused_with
        Output activation for which ∂L/∂z = ``fused_term(output, target, sum of all targets)`` is
        used instead of slope · derivative.
    outputs
        Output activations that fit; empty: all.
    task
        ``"classification"`` if targets must be classes; None: any.
    """

    key: str
    label: str
    term: Callable[[Array, Array, Array], Array]
    term_slope: Callable[[Array, Array], Array]
    latex: str
    slope_latex: str
    averaged: bool = False
    from_logarithms: bool = False
    fused_with: str | None = None
    fused_term: Callable[[Array, Array, Array], Array] | None = None
    outputs: tuple[str, ...] = ()
    task: str | None = None

    def value(self, z: Array, output: Array, target: Array) -> Array:
        """Return the loss of each sample, (…, n_samples), from (…, n_samples, n_outputs)."""
        if self.from_logarithms:
            z = _log_softmax(z)
        losses = self.term(z, output, target).sum(axis=-1)
        return losses / z.shape[-1] if self.averaged else losses

    def slope(self, output: Array, target: Array) -> Array:
        """Return ∂L/∂ŷ for each sample and output."""
        slopes = self.term_slope(output, target)
        return slopes / output.shape[-1] if self.averaged else slopes

    def fused_error(self, output: Array, target: Array) -> Array:
        """Return ∂L/∂z behind the activation ``fused_with``, for each sample and output."""
        assert self.fused_term is not None, f"{self.key} is fused with no activation"
        errors = self.fused_term(output, target, target.sum(axis=-1, keepdims=True))
        return errors / output.shape[-1] if self.averaged else errors

    def check(self, output_activation: str, n_outputs: int) -> None:
        """Raise NablaError if this loss does not fit the network's output."""
        if self.outputs and output_activation not in self.outputs:
            raise NablaError(
                "loss.does_not_fit_output",
                loss=self.label,
                activation=output_activation,
                fitting=", ".join(self.outputs),
            )
        if self.key == "cross_entropy" and n_outputs < 2:
            raise NablaError("loss.needs_two_outputs", loss=self.label, outputs=n_outputs)


def _log_softmax(z: Array) -> Array:
    # ln softmax(z) = z − ln Σ e^z; all z may be shifted by the largest one.
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _binary_cross_entropy(z: Array, output: Array, target: Array) -> Array:
    # −y ln σ(z) − (1 − y) ln(1 − σ(z)) = max(z, 0) − z y + ln(1 + e^−|z|)
    return np.maximum(z, 0.0) - z * target + np.log1p(np.exp(-np.abs(z)))


def _inverse(output: Array) -> Array:
    # Where an output has rounded to 0, the slope is huge but not infinite: 0 · ∞ would be NaN.
    return 1.0 / np.maximum(output, _TINY)


def _binary_cross_entropy_slope(output: Array, target: Array) -> Array:
    # (ŷ − y) / (ŷ (1 − ŷ)), in two parts that hold at ŷ = 0 and ŷ = 1 as well.
    return (1.0 - target) * _inverse(1.0 - output) - target * _inverse(output)


TABLE: dict[str, Loss] = {
    loss.key: loss
    for loss in (
        Loss(
            "half_squared",
            "Half squared error",
            lambda z, output, target: 0.5 * np.square(target - output),
            lambda output, target: output - target,
            r"\frac{1}{2}\sum_k(y_k-\hat{y}_k)^2",
            r"\hat{y}-y",
        ),
        Loss(
            "mean_squared",
            "Mean squared error",
            lambda z, output, target: np.square(target - output),
            lambda output, target: 2.0 * (output - target),
            r"\frac{1}{m}\sum_k(y_k-\hat{y}_k)^2",
            r"\frac{2}{m}(\hat{y}-y)",
            averaged=True,
        ),
        Loss(
            "binary_cross_entropy",
            "Binary cross-entropy",
            _binary_cross_entropy,
            _binary_cross_entropy_slope,
            r"-\frac{1}{m}\sum_k\left(y_k\ln\hat{y}_k+(1-y_k)\ln(1-\hat{y}_k)\right)",
            r"\frac{\hat{y}-y}{m\,\hat{y}(1-\hat{y})}",
            averaged=True,
            fused_with="sigmoid",
            fused_term=lambda output, target, total: output - target,
            outputs=("sigmoid",),
            task="classification",
        ),
        Loss(
            "cross_entropy",
            "Categorical cross-entropy",
            lambda z, output, target: -target * z,
            lambda output, target: -target * _inverse(output),
            r"-\sum_k y_k\ln\hat{y}_k",
            r"-\frac{y}{\hat{y}}",
            from_logarithms=True,
            fused_with="softmax",
            fused_term=lambda output, target, total: output * total - target,
            outputs=("softmax",),
            task="classification",
        ),
    )
}
