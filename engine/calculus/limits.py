"""One-sided limits of functions of a step h → 0, found numerically.

Values are taken at steps that halve. If they behave like L + c₁hᵖ + c₂hᵍ + …, whatever the
exponents, each term is a geometric sequence, and Wynn's epsilon algorithm (1956) removes them one
by one. What is left over tells how far the limit can be trusted. Values that keep growing, or keep
changing, have none.

Steps stop at about 1e-8: below, functions such as √(1 − cos x) are nothing but rounding errors, and
would look constant.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine.calculus.functions import Array

Behaviour = Literal["converges", "grows", "undecided", "outside"]

_HALVINGS = 24
_WINDOW = 9
"""Values that one application of the epsilon algorithm looks at; odd."""
_TAIL = 6
_BELIEVED = 1e-5
"""A limit is believed if it is certain to this, relative to it or to the first values."""
_STEADY = 0.98
"""From halving to halving, the changes of a sequence that converges shrink to less than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """What a function of h does as h → 0 from above.

    Attributes
    ----------
    behaviour
        ``converges``; ``grows`` without bound; ``undecided``: neither, as an oscillation does; or
        ``outside``: there are no values near 0.
    value
        The limit, ±∞ where it grows, NaN where there is none.
    error
        Estimate of its error.
    steps, values
        The table that it was read from, h falling.
    """

    behaviour: Behaviour
    value: float
    error: float
    steps: Array
    values: Array

    @property
    def exists(self) -> bool:
        """Whether there is a finite limit."""
        return self.behaviour == "converges"


def halving_steps(x: float) -> Array:
    """Return steps from 1/8 down to 1.5e-8, relative to ``x`` where that is larger than 1."""
    scale = 2.0 ** math.ceil(math.log2(min(max(1.0, abs(x)), 1e300)))
    return np.asarray(scale * 0.5 ** np.arange(3, 3 + _HALVINGS))


def limit(
    steps: Array, function: Callable[[Array], Array], noise: Callable[[Array, Array], Array]
) -> Limit:
    """Return the limit of a function of h as h falls to 0.

    Parameters
    ----------
    steps
        Values of h, each half of the one before.
    function
        Takes steps and returns a value for each, NaN where it has none.
    noise
        Takes steps and values and returns the rounding error of each value.
    """
    with np.errstate(all="ignore"):
        values = np.asarray(function(steps), dtype=np.float64)
        missing = np.flatnonzero(~np.isfinite(values))
        own = values[missing[-1] + 1 :] if len(missing) else values
        if len(own) < _WINDOW + 3:
            return Limit("outside", np.nan, np.inf, steps, values)
        rounding = np.asarray(noise(steps[-len(own) :], own), dtype=np.float64)
        if _grows(own, rounding):
            return Limit("grows", float(np.sign(own[-1])) * np.inf, np.inf, steps, values)
        value, error = _tail(own, rounding)
        accelerated = _accelerated(own, rounding)
        # A little better may be luck: irregular values, as those of x sin(1/x), fool acceleration.
        if accelerated[1] < 0.01 * error:
            value, error = accelerated
    size = max(abs(value), float(np.abs(own[:3]).max()))
    if error <= _BELIEVED * size + 100.0 * float(rounding[0]):
        value = 0.0 if abs(value) <= error else value
        return Limit("converges", value, error, steps, values)
    return Limit("undecided", np.nan, error, steps, values)


def _grows(values: Array, rounding: Array) -> bool:
    """Whether values grow without bound: steadily, by changes that do not shrink."""
    clear = values[np.abs(values) > 1e3 * rounding]
    last = clear[-2 * _TAIL :]
    if len(last) < _TAIL:
        return False
    sizes = np.abs(last)
    changes = np.diff(sizes)
    return bool(
        np.all(np.sign(last) == np.sign(last[-1]))
        and np.all(changes > 0.0)
        and np.median(changes[1:] / changes[:-1]) > _STEADY
        and np.min(changes[1:] / changes[:-1]) > 0.9
    )


def _tail(values: Array, rounding: Array) -> tuple[float, float]:
    """Return the value around which the sequence varies least, and how much it does there."""
    windows = sliding_window_view(values, _TAIL)
    errors = np.abs(windows - windows[:, -1:]).max(axis=1) + rounding[_TAIL - 1 :]
    best = int(errors.argmin())
    return float(windows[best, -1]), float(errors[best])


def _accelerated(values: Array, rounding: Array) -> tuple[float, float]:
    """Return the limit by the epsilon algorithm, from the window that it is most sure about."""
    windows = sliding_window_view(values, _WINDOW)
    before = np.zeros((len(windows), _WINDOW + 1))
    column = np.array(windows)
    found = [column[:, -1]]
    for step in range(1, _WINDOW):
        before, column = column, before[:, 1:-1] + 1.0 / np.diff(column, axis=1)
        if step % 2 == 0:
            found.append(column[:, -1])
    estimates = np.array(found)
    # An estimate is as sure as it agrees with those of three windows before: once or twice a
    # sequence that has no limit agrees with itself by chance.
    now = estimates[:, 3:]
    changes = [np.abs(now - estimates[:, 3 - back : -back]) for back in (1, 2, 3)]
    errors = np.max(changes, axis=0) + 10.0 * rounding[_WINDOW + 2 :]
    errors = np.where(np.isfinite(errors), errors, np.inf)
    order, place = np.unravel_index(int(errors.argmin()), errors.shape)
    return float(now[order, place]), float(errors[order, place])
