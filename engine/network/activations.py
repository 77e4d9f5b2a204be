"""Activation functions, each with its derivative, in one table.

The functions are branch-free arithmetic: they take arrays of any shape, or scalars. ``alpha`` is
the slope (or, for ELU, the scale) on the negative side; functions without it ignore it. At 0 the
derivative of the piecewise functions is that of the branch ``z ≤ 0``: a convention where none
exists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any  # a float64 array, or a scalar


@dataclass(frozen=True)
class Activation:
    """One activation function.

    Attributes
    ----------
    value
        ``value(z, alpha)``: the activation of a pre-activation.
    derivative
        ``derivative(z, a, alpha)``: its derivative, given ``a = value(z, alpha)``.
    alpha
        The fixed α, or the start of a learned one.
    alpha_derivative
        ``alpha_derivative(z)``: derivative with respect to α; None unless α is learned.
    mixes_units
        True if a unit's activation depends on the whole layer (softmax): then only
        ``pull_back`` tells how an error goes back.
    latex, derivative_latex
        The function of z and its derivative, for formulas.
    gain
        Scale of He and Xavier initializers (He et al. 2015; Glorot & Bengio 2010).
    """

    key: str
    label: str
    value: Callable[[Array, Array], Array]
    derivative: Callable[[Array, Array, Array], Array]
    latex: str
    derivative_latex: str
    alpha: float = 0.0
    alpha_derivative: Callable[[Array], Array] | None = None
    mixes_units: bool = False
    gain: float = 1.0

    @property
    def learned(self) -> bool:
        """Whether α is a parameter of the network."""
        return self.alpha_derivative is not None

    def pull_back(self, z: Array, a: Array, alpha: Array, error: Array) -> Array:
        """Carry ∂L/∂a (…, units) back to ∂L/∂z (…, units)."""
        if self.mixes_units:
            # Jacobian of softmax: diag(a) − a aᵀ, symmetric.
            return a * (error - (error * a).sum(axis=-1, keepdims=True))
        return error * self.derivative(z, a, alpha)


def _sigmoid(z: Array, alpha: Array = 0.0) -> Array:
    # Never overflows, and keeps its relative precision far to the left.
    small, positive = np.exp(-np.abs(z)), _step(z)
    return (positive + (1.0 - positive) * small) / (1.0 + small)


def _softmax(z: Array, alpha: Array = 0.0) -> Array:
    shifted = np.exp(z - z.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _leaky(z: Array, alpha: Array) -> Array:
    return np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0)


def _step(z: Array) -> Array:
    return np.maximum(np.sign(z), 0.0)


def _leaky_derivative(z: Array, a: Array, alpha: Array) -> Array:
    positive = _step(z)
    return positive + (1.0 - positive) * alpha


def _elu_derivative(z: Array, a: Array, alpha: Array) -> Array:
    # From z, not from a + α: that would cancel far to the left.
    positive = _step(z)
    return positive + (1.0 - positive) * alpha * np.exp(np.minimum(z, 0.0))


TABLE: dict[str, Activation] = {
    activation.key: activation
    for activation in (
        Activation(
            "identity",
            "Identity",
            lambda z, alpha: z * 1.0,
            lambda z, a, alpha: z * 0.0 + 1.0,
            "z",
            "1",
        ),
        Activation(
            "sigmoid",
            "Sigmoid",
            _sigmoid,
            lambda z, a, alpha: a * (1.0 - a),
            r"\frac{1}{1+e^{-z}}",
            "a(1-a)",
        ),
        Activation(
            "tanh",
            "Tanh",
            lambda z, alpha: np.tanh(z),
            lambda z, a, alpha: 1.0 - a * a,
            r"\tanh z",
            "1-a^2",
            gain=5.0 / 3.0,
        ),
        Activation(
            "relu",
            "ReLU",
            lambda z, alpha: np.maximum(z, 0.0),
            lambda z, a, alpha: _step(z),
            r"\max(0,z)",
            r"[z>0]",
            gain=2.0**0.5,
        ),
        Activation(
            "leaky_relu",
            "Leaky ReLU",
            _leaky,
            _leaky_derivative,
            r"\max(0,z)+\alpha\min(0,z)",
            r"[z>0]+\alpha[z\leq 0]",
            alpha=0.01,
            gain=(2.0 / (1.0 + 0.01**2)) ** 0.5,
        ),
        Activation(
            "prelu",
            "PReLU",
            _leaky,
            _leaky_derivative,
            r"\max(0,z)+\alpha\min(0,z)",
            r"[z>0]+\alpha[z\leq 0]",
            alpha=0.25,
            alpha_derivative=lambda z: np.minimum(z, 0.0),
            gain=(2.0 / (1.0 + 0.25**2)) ** 0.5,
        ),
        Activation(
            "elu",
            "ELU",
            lambda z, alpha: np.maximum(z, 0.0) + alpha * np.expm1(np.minimum(z, 0.0)),
            _elu_derivative,
            r"\max(0,z)+\alpha(e^{\min(0,z)}-1)",
            r"[z>0]+[z\leq 0](a+\alpha)",
            alpha=1.0,
            gain=2.0**0.5,
        ),
        Activation(
            "softmax",
            "Softmax",
            _softmax,
            lambda z, a, alpha: a * (1.0 - a),
            r"\frac{e^{z}}{\sum_k e^{z_k}}",
            r"\mathrm{diag}(a)-a a^{T}",
            mixes_units=True,
        ),
    )
}
