"""Finite differences of functions of many variables, each with an estimate of its error."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.autodiff.placeholder import Array

_HALVINGS = np.arange(36)
_EPSILON = float(np.finfo(np.float64).eps)


class Differences(NamedTuple):
    """A gradient by central differences.

    Attributes
    ----------
    gradient
        One number for each variable, NaN where the function has no value nearby.
    error
        Estimate of its error: what extrapolation still changed, and rounding.
    step
        The step h that was trusted most.
    """

    gradient: Array
    error: Array
    step: Array


def central_differences(
    function: Callable[[Array], Array], x: Array, *, rounding: float = 0.0, many: bool = False
) -> Differences:
    """Differentiate by (f(x + h) − f(x − h)) / 2h, for the step with the smallest error.

    Each quotient is improved once by that of half its step (Richardson 1911); the estimate of the
    error is what this changed, plus rounding ε·|f|/h.

    Parameters
    ----------
    function
        Takes an array of the shape of ``x`` and returns one number; with ``many`` it takes any
        number of them, stacked along a first axis, and returns as many numbers.
    x
        The point, of any shape.
    rounding
        The rounding error of the function's values, where it is known to be more than ε·|f|.
    """
    x = np.asarray(x, dtype=np.float64)

    def values(points: Array) -> Array:
        at = points.reshape(-1, *x.shape)
        found = function(at) if many else [float(function(one)) for one in at]
        return np.asarray(found, dtype=np.float64).reshape(points.shape[:-1])

    found = np.full((3, x.size), np.nan)
    for index in range(x.size):
        found[:, index] = _along(values, x.ravel(), index, rounding)
    return Differences(*(part.reshape(x.shape)[()] for part in found))


def _along(
    values: Callable[[Array], Array], x: Array, index: int, rounding: float
) -> tuple[float, float, float]:
    """Return the partial derivative by one variable, its error, and the step."""
    steps = 0.125 * max(1.0, abs(float(x[index]))) * 0.5**_HALVINGS
    points = np.tile(x, (2, len(steps), 1))
    with np.errstate(all="ignore"):
        points[0, :, index] += steps
        points[1, :, index] -= steps
        above, below = values(points)
        # What was added is a little off the step that was asked for.
        quotients = (above - below) / (points[0, :, index] - points[1, :, index])
        heights = np.maximum(np.abs(above), np.abs(below))
        improved = (4.0 * quotients[1:] - quotients[:-1]) / 3.0
        noise = np.maximum(_EPSILON * heights[1:], rounding) / steps[1:]
        errors = np.abs(np.diff(quotients)) + noise
    errors = np.where(np.isfinite(errors), errors, np.inf)
    best = int(errors.argmin())
    if not np.isfinite(errors[best]):
        return np.nan, np.inf, np.nan
    return float(improved[best]), float(errors[best]), float(steps[best + 1])
