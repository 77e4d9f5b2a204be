"""Arithmetic on arrays that answers NaN where a real expression has no value.

NumPy answers 1/0 with an infinity, as IEEE 754 asks; on a curve that would be a point, so here it
is NaN. Infinities that come from overflow, as in exp(1000), stay.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any  # a float64 array, or a scalar


def ratio(above: Array, below: Array) -> Array:
    """Divide; NaN where the divisor is 0."""
    return np.divide(above, np.where(below == 0.0, np.nan, below))


def power(base: Array, exponent: Array) -> Array:
    """Raise to a power; NaN for 0 to a negative one, and for a root of a negative number.

    0⁰ is 1, the limit that polynomials need.
    """
    if np.ndim(exponent) == 0:
        if exponent == 2.0:
            return np.multiply(base, base)
        if exponent > 0.0:
            return np.power(base, exponent)
    # IEEE 754 lets NaN⁰ and 1^NaN be 1; here what has no value stays without one.
    undefined = ((base == 0.0) & (exponent < 0.0)) | np.isnan(base) | np.isnan(exponent)
    return np.where(undefined, np.nan, np.power(base, exponent))


def chosen(sign: str, left: Array, right: Array, value: Array, otherwise: Array) -> Array:
    """Choose by a comparison, element by element; NaN where a side of it is NaN."""
    compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[sign]
    picked = np.where(compare(left, right), value, otherwise)
    return np.where(np.isnan(left) | np.isnan(right), np.nan, picked)
