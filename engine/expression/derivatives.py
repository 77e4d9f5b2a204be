"""Derivatives of expressions: one, higher ones, gradient, Jacobian, Hessian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.expression import derivation
from engine.expression.derivation import Steps
from engine.expression.errors import ExpressionError
from engine.expression.expression import Expression, checked_variable
from engine.expression.tree import Pending

HIGHEST_ORDER = 10
"""Derivatives of higher order are refused: they grow without telling anything."""


@dataclass(frozen=True, slots=True)
class Derivative:
    """A derivative and how it comes about.

    Attributes
    ----------
    function
        What was differentiated.
    variable
        With respect to what.
    result
        The derivative in its simplest form. It may have values where the function has none: the
        derivative of ln x is 1/x, for x > 0 only.
    """

    function: Expression
    variable: str
    result: Expression

    @property
    def partial(self) -> bool:
        """Whether other variables are held: then it is written with ∂."""
        return bool(self.function.tree.variables - {self.variable})

    @property
    def steps(self) -> Steps:
        """The derivation, rule by rule; its last expression is ``result``."""
        return derivation.steps(Pending(self.function.tree, self.variable, self.partial))

    @property
    def kinks(self) -> tuple[Expression, ...]:
        """Expressions whose zeros are the places where the rules may fail: x, for sqrt(x)."""
        return tuple(
            Expression(tree) for tree in derivation.kinks(self.function.tree, self.variable)
        )


def differentiate(f: Expression, variable: str) -> Derivative:
    """Differentiate with respect to one variable; others are held.

    Raises
    ------
    ExpressionError
        ``expression.not_a_variable``, or ``expression.derivative_too_large``.
    """
    variable = checked_variable(variable)
    return Derivative(f, variable, Expression(derivation.derivative(f.tree, variable)))


def derivatives(f: Expression, variable: str, order: int) -> tuple[Derivative, ...]:
    """Differentiate again and again: the first derivative, that of it, up to an order.

    Raises
    ------
    ExpressionError
        As :func:`differentiate`; ``expression.order`` for an order below 1 or above 10.
    """
    if not 1 <= order <= HIGHEST_ORDER:
        raise ExpressionError("expression.order", order=order, highest=HIGHEST_ORDER)
    found: list[Derivative] = []
    for _ in range(order):
        found.append(differentiate(f, variable))
        f = found[-1].result
    return tuple(found)


def partial(f: Expression, *variables: str) -> Expression:
    """Differentiate with respect to each of some variables in turn: f_xy is ``"x", "y"``."""
    for variable in variables:
        f = differentiate(f, variable).result
    return f


def gradient_expressions(
    f: Expression, variables: Sequence[str] | None = None
) -> tuple[Expression, ...]:
    """Return the partial derivatives, one for each variable; by default for those of ``f``."""
    names = f.variables if variables is None else variables
    return tuple(partial(f, name) for name in names)


def jacobian_expressions(
    functions: Sequence[Expression], variables: Sequence[str] | None = None
) -> tuple[tuple[Expression, ...], ...]:
    """Return the partial derivatives, one row for each function; by default for all variables."""
    if variables is None:
        variables = sorted({name for f in functions for name in f.variables})
    return tuple(gradient_expressions(f, variables) for f in functions)


def hessian_expressions(
    f: Expression, variables: Sequence[str] | None = None
) -> tuple[tuple[Expression, ...], ...]:
    """Return the second derivatives, one row for each variable.

    Mixed derivatives are taken once and stand on both sides of the diagonal.
    """
    names = f.variables if variables is None else tuple(variables)
    first = gradient_expressions(f, names)
    upper = {
        (i, j): partial(first[i], names[j]) for i in range(len(names)) for j in range(i, len(names))
    }
    return tuple(
        tuple(upper[min(i, j), max(i, j)] for j in range(len(names))) for i in range(len(names))
    )
