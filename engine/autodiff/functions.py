"""The operations that NumPy has no name for, for functions that are to be differentiated.

They take numbers, arrays and traced values: ``sigmoid(w * x + b)``. All others are NumPy's own:
``np.sin``, ``np.exp``, ``np.maximum``, ``np.sum``, ``@`` …
"""

from __future__ import annotations

from engine.autodiff.placeholder import Array
from engine.autodiff.table import TABLE
from engine.autodiff.traced import apply, where

__all__ = [
    "cot",
    "csc",
    "elu",
    "leaky_relu",
    "log",
    "relu",
    "sec",
    "sigmoid",
    "softplus",
    "step",
    "where",
]


def sigmoid(x: Array) -> Array:
    """σ(x) = 1/(1 + e⁻ˣ)."""
    return apply(TABLE["sigmoid"], x)


def relu(x: Array) -> Array:
    """max(0, x); its derivative at 0 is taken as 0."""
    return apply(TABLE["relu"], x)


def leaky_relu(x: Array, alpha: Array = 0.01) -> Array:
    """The x where it is positive, else αx; α may be traced as well."""
    return apply(TABLE["leaky_relu"], x, alpha)


def elu(x: Array, alpha: Array = 1.0) -> Array:
    """The x where it is positive, else α(eˣ − 1); α may be traced as well."""
    return apply(TABLE["elu"], x, alpha)


def softplus(x: Array) -> Array:
    """ln(1 + eˣ)."""
    return apply(TABLE["softplus"], x)


def step(x: Array) -> Array:
    """1 where x is positive, else 0."""
    return apply(TABLE["step"], x)


def log(x: Array, base: Array) -> Array:
    """The logarithm of x to a base."""
    return apply(TABLE["log"], x, base)


def cot(x: Array) -> Array:
    """cos x / sin x."""
    return apply(TABLE["cot"], x)


def sec(x: Array) -> Array:
    """1 / cos x."""
    return apply(TABLE["sec"], x)


def csc(x: Array) -> Array:
    """1 / sin x."""
    return apply(TABLE["csc"], x)
