"""Loss functions in one table: the value for each sample, and the error that starts to go back.

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

    Attributes
    ----------
    value
        ``value(z, output, target)``: loss of each sample, shape ``(…, n_samples)``, from arrays
        ``(…, n_samples, n_outputs)``.
    slope
        ``slope(output, target)``: ∂L/∂ŷ for each sample and output.
    fused_with
        Output activation for which ∂L/∂z = ``fused_error(output, target)`` is used instead of
        slope · derivative.
    outputs
        Output activations that fit; empty: all.
    task
        ``"classification"`` if targets must be classes; None: any.
    """

    key: str
    label: str
    value: Callable[[Array, Array, Array], Array]
    slope: Callable[[Array, Array], Array]
    latex: str
    slope_latex: str
    fused_with: str | None = None
    fused_error: Callable[[Array, Array], Array] | None = None
    outputs: tuple[str, ...] = ()
    task: str | None = None

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


def _half_squared(z: Array, output: Array, target: Array) -> Array:
    return 0.5 * np.square(target - output).sum(axis=-1)


def _mean_squared(z: Array, output: Array, target: Array) -> Array:
    return np.square(target - output).sum(axis=-1) / output.shape[-1]


def _binary_cross_entropy(z: Array, output: Array, target: Array) -> Array:
    # −y ln σ(z) − (1 − y) ln(1 − σ(z)) = max(z, 0) − z y + ln(1 + e^−|z|)
    losses = np.maximum(z, 0.0) - z * target + np.log1p(np.exp(-np.abs(z)))
    return losses.sum(axis=-1) / z.shape[-1]


def _cross_entropy(z: Array, output: Array, target: Array) -> Array:
    # −Σ y ln softmax(z) = ln Σ e^z · Σ y − Σ y z; all z may be shifted by the largest one.
    shifted = z - z.max(axis=-1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=-1))
    return log_sum * target.sum(axis=-1) - (target * shifted).sum(axis=-1)


def _inverse(output: Array) -> Array:
    # Where an output has rounded to 0, the slope is huge but not infinite: 0 · ∞ would be NaN.
    return 1.0 / np.maximum(output, _TINY)


def _binary_cross_entropy_slope(output: Array, target: Array) -> Array:
    # (ŷ − y) / (ŷ (1 − ŷ)), in two parts that hold at ŷ = 0 and ŷ = 1 as well.
    slope = (1.0 - target) * _inverse(1.0 - output) - target * _inverse(output)
    return slope / output.shape[-1]


TABLE: dict[str, Loss] = {
    loss.key: loss
    for loss in (
        Loss(
            "half_squared",
            "Half squared error",
            _half_squared,
            lambda output, target: output - target,
            r"\frac{1}{2}\sum_k(y_k-\hat{y}_k)^2",
            r"\hat{y}-y",
        ),
        Loss(
            "mean_squared",
            "Mean squared error",
            _mean_squared,
            lambda output, target: 2.0 * (output - target) / output.shape[-1],
            r"\frac{1}{m}\sum_k(y_k-\hat{y}_k)^2",
            r"\frac{2}{m}(\hat{y}-y)",
        ),
        Loss(
            "binary_cross_entropy",
            "Binary cross-entropy",
            _binary_cross_entropy,
            _binary_cross_entropy_slope,
            r"-\frac{1}{m}\sum_k\left(y_k\ln\hat{y}_k+(1-y_k)\ln(1-\hat{y}_k)\right)",
            r"\frac{\hat{y}-y}{m\,\hat{y}(1-\hat{y})}",
            fused_with="sigmoid",
            fused_error=lambda output, target: (output - target) / output.shape[-1],
            outputs=("sigmoid",),
            task="classification",
        ),
        Loss(
            "cross_entropy",
            "Categorical cross-entropy",
            _cross_entropy,
            lambda output, target: -target * _inverse(output),
            r"-\sum_k y_k\ln\hat{y}_k",
            r"-\frac{y}{\hat{y}}",
            fused_with="softmax",
            fused_error=lambda output, target: output * target.sum(axis=-1, keepdims=True) - target,
            outputs=("softmax",),
            task="classification",
        ),
    )
}
