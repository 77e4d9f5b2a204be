"""What stands in for a number while its derivative is computed, as far as the rules know it."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
"""A float, a float64 array, or something traced that stands for one."""


class Traced:
    """Stands for a number or an array and remembers what was done to it.

    The rules of differentiation are plain NumPy and run on traced values as well, so that a
    derivative can be differentiated again.
    """

    __slots__ = ()

    @property
    def value(self) -> Array:
        """The bare number or array."""
        raise NotImplementedError

    @property
    def is_zero(self) -> Array:
        """Where this is an exact 0 and stays 0 when its inputs move a little."""
        raise NotImplementedError

    def through(self, key: str, *arguments: Array, **parameters: Any) -> Array:
        """Apply the operation with this key, of which one argument is this one or alike."""
        raise NotImplementedError


def value_of(x: Array) -> Array:
    """Return the bare number or array behind ``x``."""
    return x.value if isinstance(x, Traced) else x


def is_zero(x: Array) -> Array:
    """Return where ``x`` is an exact 0, also in all that is traced about it."""
    return x.is_zero if isinstance(x, Traced) else np.equal(x, 0.0)


def shape_of(x: Array) -> tuple[int, ...]:
    """Return the shape, ``()`` for a number."""
    return np.shape(value_of(x))
