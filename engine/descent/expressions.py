"""A typed expression as an objective: differentiated by rule, which is quick to evaluate.

Where a derivative written out would be too large, automatic differentiation takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.autodiff import gradient, jvp
from engine.descent.objective import Objective, Vector
from engine.errors import NablaError
from engine.expression import (
    Expression,
    ExpressionError,
    gradient_expressions,
    hessian_expressions,
)


@dataclass(frozen=True)
class ExpressionObjective:
    """An expression of one or more variables.

    Attributes
    ----------
    names
        Order of the variables; more may be named than occur. That of the alphabet if left out.
    minima
        Those that somebody knows.
    """

    expression: Expression
    names: tuple[str, ...] = ()
    minima: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        """Fill in the names.

        Raises
        ------
        NablaError
            ``descent.no_variable``: there is none to go along; ``autodiff.missing_variable``: one
            that occurs is not named.
        """
        if not self.names:
            object.__setattr__(self, "names", self.expression.variables)
        if not self.names:
            raise NablaError("descent.no_variable", text=str(self.expression))
        for name in self.expression.variables:
            if name not in self.names:
                raise NablaError("autodiff.missing_variable", name=name)

    @cached_property
    def _partials(self) -> tuple[Expression, ...] | None:
        try:
            return gradient_expressions(self.expression, self.names)
        except ExpressionError:
            return None

    @cached_property
    def _second(self) -> tuple[tuple[Expression, ...], ...] | None:
        try:
            return hessian_expressions(self.expression, self.names)
        except ExpressionError:
            return None

    def value(self, points: Vector) -> Vector:
        """Return the values ``(…,)`` at points ``(…, d)``; NaN outside the domain."""
        named = {name: points[..., i] for i, name in enumerate(self.names)}
        values: Vector = np.asarray(self.expression(**named), dtype=np.float64)
        return values

    def gradient(self, points: Vector) -> Vector:
        """Return the gradients ``(…, d)`` at points ``(…, d)``."""
        if self._partials is None:
            with np.errstate(all="ignore"):
                return np.array(gradient(self.expression, self.names)(points), dtype=np.float64)
        named = {name: points[..., i] for i, name in enumerate(self.names)}
        # Coordinate by coordinate in memory, which keeps work on many points quick.
        result = np.empty((len(self.names), *points.shape[:-1]))
        for i, derivative in enumerate(self._partials):
            result[i] = derivative(**named)
        return np.moveaxis(result, 0, -1)

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the Hessians at points ``(…, d)`` times directions ``(…, d)``."""
        if self._second is None:
            of = gradient(self.expression, self.names)
            with np.errstate(all="ignore"):
                return np.array(jvp(of, points, directions)[1], dtype=np.float64)
        named = {name: points[..., i] for i, name in enumerate(self.names)}
        size = len(self.names)
        entries = {(i, j): self._second[i][j](**named) for i in range(size) for j in range(i, size)}
        result = np.empty((size, *points.shape[:-1]))
        with np.errstate(all="ignore"):
            for i in range(size):
                result[i] = sum(
                    entries[min(i, j), max(i, j)] * directions[..., j] for j in range(size)
                )
        return np.moveaxis(result, 0, -1)

    def at(self, iteration: int) -> Objective:
        """Return itself."""
        return self
