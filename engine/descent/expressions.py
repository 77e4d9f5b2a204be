"""A typed expression as an objective: differentiated automatically, as often as it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.autodiff import gradient, jvp
from engine.descent.objective import Objective, Vector
from engine.errors import NablaError
from engine.expression import Expression


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
    def _gradient(self) -> Callable[..., Any]:
        return gradient(self.expression, self.names)

    def value(self, points: Vector) -> Vector:
        """Return the values ``(…,)`` at points ``(…, d)``; NaN outside the domain."""
        named = {name: points[..., i] for i, name in enumerate(self.names)}
        values: Vector = np.asarray(self.expression(**named), dtype=np.float64)
        return values

    def gradient(self, points: Vector) -> Vector:
        """Return the gradients ``(…, d)`` at points ``(…, d)``, by reverse mode."""
        with np.errstate(all="ignore"):
            result = self._gradient(points)
        return np.array(result, dtype=np.float64)

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the products ``(…, d)``: the gradient, differentiated along the directions."""
        with np.errstate(all="ignore"):
            _, along = jvp(self._gradient, points, directions)
        return np.array(along, dtype=np.float64)

    def at(self, iteration: int) -> Objective:
        """Return itself."""
        return self
