"""Forward and reverse mode: jvp and vjp of functions of one array."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.autodiff.placeholder import Array, Traced, value_of
from engine.autodiff.primitive import broadcast
from engine.autodiff.traced import Dual, Node, below, new_level, tangent_of

Function = Callable[..., Any]
"""Takes arrays or traced values and returns one number or array, or a sequence of them."""


def jvp(function: Function, x: Array, direction: Array) -> tuple[Array, Array]:
    """Return a function's value and its derivative along a direction, in one pass (forward mode).

    Parameters
    ----------
    function
        A function of one array.
    x, direction
        The point, and the change of it, of the same shape.

    Returns
    -------
    value, tangent
        f(x) and J(x) · direction, of the shape of f(x).
    """
    x, level = as_array(x), new_level()
    with np.errstate(all="ignore"):
        result = as_one(function(Dual(level, x, broadcast(as_array(direction), np.shape(x)))))
    value, tangent = below(result, level), tangent_of(result, level)
    return value, zeros_like(value) if tangent is None else tangent


def vjp(function: Function, x: Array) -> tuple[Array, Callable[[Array], Array]]:
    """Return a function's value and what carries errors back through it (reverse mode).

    Returns
    -------
    value, pull_back
        f(x), and a function that takes an error of the shape of f(x) to error · J(x), of the shape
        of x. It can be called any number of times.
    """
    x, level = as_array(x), new_level()
    start = Node(level, x)
    with np.errstate(all="ignore"):
        result = as_one(function(start))
    value = below(result, level)

    def pull_back(cotangent: Array) -> Array:
        if not is_node(result, level):
            return zeros_like(x)
        return adjoints(result, cotangent).get(id(start), zeros_like(x))

    return value, pull_back


def is_node(x: Array, level: int) -> bool:
    """Whether ``x`` was recorded at a level."""
    return isinstance(x, Node) and x.level == level


def in_order(result: Node) -> list[Node]:
    """Return all nodes that ``result`` came from, each after its arguments, ``result`` last."""
    done: set[int] = set()
    order: list[Node] = []
    stack = [(result, False)]
    while stack:
        node, complete = stack.pop()
        if complete:
            order.append(node)
        elif id(node) not in done:
            done.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in reversed(node.parents))
    return order


def adjoints(result: Node, cotangent: Array = 1.0) -> dict[int, Array]:
    """Carry an error from a result back to every node: ∂(error · result)/∂node by ``id(node)``."""
    found: dict[int, Array] = {id(result): broadcast(as_array(cotangent), result.shape)}
    with np.errstate(all="ignore"):
        for node in reversed(in_order(result)):
            error = found.get(id(node))
            if error is None or node.primitive is None:
                continue
            primals = node.primals
            for position, argument in enumerate(node.arguments):
                if not is_node(argument, node.level):
                    continue
                share = node.primitive.vjp(node.primal, error, primals, position, **node.parameters)
                before = found.get(id(argument))
                found[id(argument)] = share if before is None else before + share
    return found


def as_array(x: Any) -> Array:
    """Return float64 numbers or an array of them; what is traced stays."""
    if isinstance(x, Traced):
        return x
    x = as_one(x)
    return x if isinstance(x, Traced) else np.asarray(x, dtype=np.float64)[()]


def as_one(result: Any) -> Array:
    """Return a list of numbers, traced or not, as one array."""
    if isinstance(result, list | tuple):
        return np.stack([as_one(part) for part in result]) if result else np.zeros(0)
    if isinstance(result, np.ndarray) and result.dtype == object:
        return np.stack([as_one(part) for part in result])
    return result


def zeros_like(x: Array) -> Array:
    """Return zeros of the shape of ``x``; a number where that is one."""
    return np.zeros(np.shape(value_of(x)))[()]
