"""What can be differentiated: an expression, several of them, or a Python function.

An expression is a function of points: an array ``(…, n)`` holds the n variables along its last
axis, so any number of points is worked on at once. A Python function takes one array of any shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.autodiff.expressions import evaluate
from engine.autodiff.modes import Function, as_array, as_one
from engine.autodiff.placeholder import Array, shape_of
from engine.autodiff.primitive import broadcast
from engine.errors import NablaError
from engine.expression import Expression

Differentiable = Expression | Sequence[Expression] | Callable[..., Array]


@dataclass(frozen=True, slots=True)
class PointFunction:
    """A function of one array that knows what its axes mean.

    Attributes
    ----------
    call
        The function.
    names
        Names of the variables along the last axis of a point; empty for a Python function.
    outputs
        Number of expressions along the last axis of the result; None for a single one.
    """

    call: Function
    names: tuple[str, ...] = ()
    outputs: int | None = None

    @property
    def takes_points(self) -> bool:
        """Whether it takes any number of points at once."""
        return bool(self.names)

    def point(self, arguments: Sequence[Array], values: dict[str, Array]) -> Array:
        """Return the point that a caller means, given as one array or by the variables' names.

        Raises
        ------
        NablaError
            A variable has no value, or the point has another number of variables.
        """
        if not self.names or arguments:
            if len(arguments) != 1 or values:
                raise TypeError("give one array, or the value of each variable by its name")
            point = as_array(arguments[0])
            shape = shape_of(point)
            if self.names and (not shape or shape[-1] != len(self.names)):
                raise NablaError(
                    "autodiff.wrong_number",
                    expected=len(self.names),
                    given=shape[-1] if shape else 1,
                    names=", ".join(self.names),
                )
            return point
        for name in self.names:
            if name not in values:
                raise NablaError("autodiff.missing_variable", variable=name)
        columns = [as_array(values[name]) for name in self.names]
        shape = np.broadcast_shapes(*(shape_of(column) for column in columns))
        return np.stack([broadcast(column, shape) for column in columns], axis=-1)


def point_function(f: Differentiable, variables: Sequence[str] | None = None) -> PointFunction:
    """Return ``f`` as a function of points.

    Parameters
    ----------
    f
        An expression, several of them, or a Python function.
    variables
        The order of an expression's variables; that of the alphabet where left out. It may name
        more than occur.

    Raises
    ------
    NablaError
        A variable that occurs is not among ``variables``.
    """
    if callable(f) and not isinstance(f, Expression):
        return PointFunction(lambda x: as_one(f(x)))
    several = not isinstance(f, Expression)
    parts = tuple(f) if not isinstance(f, Expression) else (f,)
    occurring = sorted({name for part in parts for name in part.variables})
    names = tuple(occurring if variables is None else variables)
    for name in occurring:
        if name not in names:
            raise NablaError("autodiff.missing_variable", variable=name)

    def call(points: Array) -> Array:
        values = {name: points[..., i] for i, name in enumerate(names)}
        shape = shape_of(points)[:-1]
        results = [broadcast(evaluate(part.tree, values), shape) for part in parts]
        return np.stack(results, axis=-1) if several else results[0]

    return PointFunction(call, names, len(parts) if several else None)
