"""What one operation knows: its value, how it carries changes forward and errors backward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from engine.autodiff.placeholder import Array, is_zero, shape_of, value_of

Partial = Callable[..., Array]
"""``partial(y, *arguments)``: the derivative of y = f(arguments) by one of them."""


@dataclass(frozen=True, slots=True)
class Primitive:
    """One operation of which every derivative is made.

    Element-wise operations have ``partials``; from them jvp and vjp follow. The others bring their
    own pair.

    Attributes
    ----------
    key
        Name in the table.
    arity
        Number of arguments; None where there may be any number.
    value
        ``value(*arguments, **parameters)`` over float64 arrays, broadcasting.
    partials
        ``partial(y, *arguments)`` by each argument; an argument that only chooses has None.
    latex
        The operation, ``{0}`` and ``{1}`` being its arguments, which have to be atoms.
    partials_latex
        The partials, ``{y}`` being the result.
    symbol
        Short LaTeX for a node in a graph.
    push
        ``push(y, arguments, tangents, **parameters)``: own jvp; a tangent is None where it is 0.
    pull
        ``pull(y, cotangent, arguments, position, **parameters)``: own vjp for one argument.
    """

    key: str
    arity: int | None
    value: Callable[..., Array]
    partials: tuple[Partial | None, ...] = ()
    latex: str = ""
    partials_latex: tuple[str, ...] = ()
    symbol: str = ""
    push: Callable[..., Array] | None = None
    pull: Callable[..., Array] | None = None

    def written(self, *arguments: str) -> str:
        """The operation in LaTeX with these arguments, each of them an atom."""
        if self.arity is None:
            return self.latex.format(", ".join(arguments))
        return self.latex.format(*arguments)

    def partial_written(self, position: int, result: str, *arguments: str) -> str:
        """The partial derivative by one argument in LaTeX; all names have to be atoms."""
        return self.partials_latex[position].format(*arguments, y=result)

    def partial(self, position: int, y: Array, arguments: Sequence[Array]) -> Array:
        """Return ∂y/∂argument of an element-wise operation; NaN where y is.

        Raises
        ------
        TypeError
            The operation is not element-wise, or does not depend smoothly on this argument.
        """
        rule = self.partials[position] if self.partials else None
        if rule is None:
            raise TypeError(f"{self.key} has no partial derivative by argument {position}")
        derivative = rule(y, *arguments)
        # 1/x is a number where ln x is none: a rule knows less of the domain than its function.
        outside = np.isnan(value_of(y))
        return np.where(outside, np.nan, derivative) if np.any(outside) else derivative

    def jvp(
        self,
        y: Array,
        arguments: Sequence[Array],
        tangents: Sequence[Array | None],
        **parameters: Any,
    ) -> Array:
        """Return the change of y for these changes of the arguments (Jacobian times vector)."""
        if self.push is not None:
            return self.push(y, arguments, tangents, **parameters)
        terms = [
            tangent * self.partial(position, y, arguments)
            for position, tangent in enumerate(tangents)
            if tangent is not None
        ]
        return broadcast(reduce(add, terms), shape_of(y))

    def vjp(
        self,
        y: Array,
        cotangent: Array,
        arguments: Sequence[Array],
        position: int,
        **parameters: Any,
    ) -> Array:
        """Return what one argument gets of the error at y (vector times Jacobian)."""
        if self.pull is not None:
            return self.pull(y, cotangent, arguments, position, **parameters)
        derivative = self.partial(position, y, arguments)
        return summed_to(_times(cotangent, derivative), shape_of(arguments[position]))


def _times(cotangent: Array, derivative: Array) -> Array:
    """Multiply; where no error arrives, none goes on, however steep the way is.

    Without this the branch of a conditional that was not taken would spoil the one that was:
    0 · ∞ is not a number.
    """
    product = cotangent * derivative
    if np.all(np.isfinite(value_of(product))):
        return product
    unused = is_zero(cotangent) & ~np.isfinite(value_of(derivative))
    return np.where(unused, 0.0, product) if np.any(unused) else product


def broadcast(x: Array, shape: tuple[int, ...]) -> Array:
    """Repeat ``x`` up to a shape, if it does not have it."""
    return x if shape_of(x) == shape else np.broadcast_to(x, shape)


def summed_to(x: Array, shape: tuple[int, ...]) -> Array:
    """Sum ``x`` over the axes along which something of this shape was repeated."""
    have = shape_of(x)
    if have == shape:
        return x
    extra = len(have) - len(shape)
    repeated = tuple(range(extra)) + tuple(
        axis for axis in range(extra, len(have)) if shape[axis - extra] == 1 and have[axis] != 1
    )
    return np.reshape(np.sum(x, axis=repeated), shape)
