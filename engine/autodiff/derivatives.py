"""Gradient, Jacobian, Hessian and their relatives, of expressions and of Python functions.

Each takes the function and returns a function of the same point, so they can be nested. What comes
back for an expression of n variables at points ``(…, n)`` has the same leading axes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from engine.autodiff.expressions import evaluate
from engine.autodiff.modes import (
    Function,
    adjoints,
    as_array,
    as_one,
    is_node,
    jvp,
    vjp,
    zeros_like,
)
from engine.autodiff.placeholder import Array, shape_of
from engine.autodiff.points import Differentiable, PointFunction, point_function
from engine.autodiff.traced import Node, below, new_level
from engine.errors import NablaError
from engine.expression import Expression

Mode = Literal["forward", "reverse"]


def derivative(
    f: Expression | Function, variable: str | None = None, *, order: int = 1
) -> Callable[..., Array]:
    """Return the derivative of a function of one number, by forward mode.

    Parameters
    ----------
    f
        An expression, or a Python function that works on each number by itself.
    variable
        The variable of an expression; its only one where left out.
    order
        1 for f′, 2 for f″ and so on.

    Returns
    -------
    callable
        Takes an array of any shape, element by element; further variables of an expression by
        their names: ``derivative(f, "x")(1.0, y=2.0)``.

    Raises
    ------
    NablaError
        The expression has several variables, and none is chosen.
    """
    if order < 0:
        raise ValueError("the order of a derivative is 0 or more")
    own = _only_variable(f, variable) if isinstance(f, Expression) else ""

    def along(x: Array, others: dict[str, Array], left: int) -> Array:
        if left:
            return jvp(lambda at: along(at, others, left - 1), x, 1.0)[1]
        if not isinstance(f, Expression):
            return as_one(f(x))
        result = evaluate(f.tree, {**others, own: x})
        shape = np.broadcast_shapes(shape_of(x), shape_of(result))
        return result if shape_of(result) == shape else result + zeros_like(x)

    def derived(x: Array, /, **others: Array) -> Array:
        arrays = {name: as_array(value) for name, value in others.items()}
        shape = np.broadcast_shapes(shape_of(as_array(x)), *map(shape_of, arrays.values()))
        return along(as_array(x) + np.zeros(shape)[()], arrays, order)

    return derived


def gradient(
    f: Expression | Function, variables: Sequence[str] | None = None
) -> Callable[..., Array]:
    """Return the gradient, by reverse mode.

    Returns
    -------
    callable
        For an expression it takes points ``(…, n)`` or the variables by name, and gives ``(…, n)``.
        For a Python function of one array it takes that array and gives one of the same shape;
        further arguments are handed on.

    Raises
    ------
    NablaError
        ``autodiff.not_scalar``: the Python function returns more than one number.
    """
    if callable(f) and not isinstance(f, Expression):
        return lambda x, *rest: _gradient_at(PointFunction(lambda at: as_one(f(at, *rest))), x)
    function = point_function(f, variables)

    def gradient_of(*point: Array, **values: Array) -> Array:
        return _gradient_at(function, function.point(point, values))

    return gradient_of


def jacobian(
    f: Differentiable, variables: Sequence[str] | None = None, *, mode: Mode | None = None
) -> Callable[..., Array]:
    """Return the Jacobian: the derivative of each output (rows) by each input (columns).

    Parameters
    ----------
    f
        Several expressions, or a Python function from one array to another.
    variables
        The order of the expressions' variables.
    mode
        ``"forward"`` takes a pass for each input, ``"reverse"`` one back for each output; where
        left out, the one with fewer passes.

    Returns
    -------
    callable
        For m expressions of n variables it takes points ``(…, n)`` and gives ``(…, m, n)``; for a
        Python function the shape is that of the output followed by that of the input.
    """
    function = point_function(f, variables)

    def jacobian_of(*point: Array, **values: Array) -> Array:
        x = function.point(point, values)
        value, pull_back = vjp(function.call, x)
        inputs = _unit_arrays(shape_of(x), function.takes_points)
        outputs = _unit_arrays(shape_of(value), function.outputs is not None)
        if function.takes_points and function.outputs is None:
            outputs = [np.ones(shape_of(value))]
        chosen = mode or ("forward" if len(inputs) <= len(outputs) else "reverse")
        if chosen == "forward":
            parts = [jvp(function.call, x, unit)[1] for unit in inputs]
        else:
            parts = [pull_back(unit) for unit in outputs]
        if not function.takes_points:
            stacked = np.stack(parts, axis=-1 if chosen == "forward" else 0)
            return np.reshape(stacked, shape_of(value) + shape_of(x))
        if function.outputs is None:
            return np.stack(parts, axis=-1) if chosen == "forward" else parts[0]
        return np.stack(parts, axis=-1 if chosen == "forward" else -2)

    return jacobian_of


def hessian(
    f: Expression | Function, variables: Sequence[str] | None = None
) -> Callable[..., Array]:
    """Return the Hessian, forward mode over reverse mode.

    Returns
    -------
    callable
        For an expression it takes points ``(…, n)`` and gives ``(…, n, n)``; for a Python function
        of an array of shape s it gives shape s + s.
    """
    function = point_function(f, variables)

    def hessian_of(*point: Array, **values: Array) -> Array:
        x = function.point(point, values)
        columns = [
            jvp(lambda at: _gradient_at(function, at), x, unit)[1]
            for unit in _unit_arrays(shape_of(x), function.takes_points)
        ]
        stacked = np.stack(columns, axis=-1)
        if function.takes_points:
            return stacked
        return np.reshape(stacked, shape_of(x) + shape_of(x))

    return hessian_of


def hessian_vector_product(
    f: Expression | Function, variables: Sequence[str] | None = None
) -> Callable[[Array, Array], Array]:
    """Return the product of the Hessian with a direction, without the Hessian (Pearlmutter 1994).

    Returns
    -------
    callable
        ``product(x, direction)``, both of the same shape, as is the result.
    """
    function = point_function(f, variables)

    def product(x: Array, direction: Array) -> Array:
        at = function.point((x,), {})
        return jvp(lambda inner: _gradient_at(function, inner), at, direction)[1]

    return product


def _gradient_at(function: PointFunction, x: Array) -> Array:
    x, level = as_array(x), new_level()
    start = Node(level, x)
    with np.errstate(all="ignore"):
        result = function.call(start)
    if not function.takes_points and shape_of(result) != ():
        raise NablaError("autodiff.not_scalar", shape=str(shape_of(result)))
    if not is_node(result, level):
        return zeros_like(below(x, level))
    return adjoints(result).get(id(start), zeros_like(x))


def _unit_arrays(shape: tuple[int, ...], points: bool) -> list[Array]:
    """Return a 1 at each place in turn; with ``points`` at each place of the last axis."""
    if not points:
        size = int(np.prod(shape))
        return [unit.reshape(shape)[()] for unit in np.eye(size)]
    return [np.broadcast_to(unit, shape) for unit in np.eye(shape[-1])]


def _only_variable(f: Expression, variable: str | None) -> str:
    if variable is not None:
        return variable
    if len(f.variables) > 1:
        raise NablaError("autodiff.which_variable", names=", ".join(f.variables))
    return f.variables[0] if f.variables else "x"
