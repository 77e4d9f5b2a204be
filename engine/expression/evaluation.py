"""Values of a tree: a flat program over NumPy arrays, each different subtree computed once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from engine.expression.arrays import chosen, power, ratio
from engine.expression.errors import ExpressionError
from engine.expression.functions import TABLE
from engine.expression.tree import (
    Call,
    Conditional,
    Constant,
    Negation,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
)

Array = Any  # a float64 array, or a scalar
CONSTANTS = {"e": np.e, "pi": np.pi}


@dataclass(frozen=True, slots=True)
class _Operation:
    compute: Callable[..., Array]
    operands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Program:
    """Leaves first, then operations on what stands before; the last one is the result."""

    leaves: tuple[float | str, ...]
    operations: tuple[_Operation, ...]


def evaluate(root: Node, values: Mapping[str, Any]) -> Array:
    """Evaluate a tree.

    Parameters
    ----------
    root
        The tree.
    values
        A number or an array for each variable, and perhaps for others; shapes broadcast.

    Returns
    -------
    float or ndarray
        float64 of the common shape of all values, also of those that do not occur; a float where
        all are numbers. NaN outside the domain; no warnings.

    Raises
    ------
    ExpressionError
        ``expression.missing_value``: a variable has no value.
    ValueError
        Shapes that do not broadcast, or values that are no real numbers.
    """
    for name in sorted(root.variables):
        if name not in values:
            raise ExpressionError("expression.missing_value", variable=name)
    arrays = {name: np.asarray(value, dtype=np.float64)[()] for name, value in values.items()}
    program = _program(root)
    with np.errstate(all="ignore"):
        results = [
            arrays[leaf] if isinstance(leaf, str) else np.float64(leaf) for leaf in program.leaves
        ]
        for operation in program.operations:
            results.append(operation.compute(*(results[i] for i in operation.operands)))
    shape = np.broadcast_shapes(*(np.shape(array) for array in arrays.values()))
    result = results[-1]
    if not shape:
        return float(result)
    # The result of f(x) = x is x itself: it is the caller's, and stays so.
    shared = any(result is array for array in arrays.values())
    if np.shape(result) != shape or shared:
        return np.array(np.broadcast_to(result, shape))
    return result


@lru_cache(maxsize=256)
def _program(root: Node) -> _Program:
    leaves: dict[Node, float | str] = {}
    places: dict[Node, int] = {}
    inner: list[Node] = []

    def visit(node: Node, children: list[None]) -> None:
        if isinstance(node, Number):
            leaves.setdefault(node, float(node.text))
        elif isinstance(node, Constant):
            leaves.setdefault(node, CONSTANTS[node.name])
        elif isinstance(node, Variable):
            leaves.setdefault(node, node.name)
        elif node not in places:
            places[node] = len(inner)
            inner.append(node)

    fold(root, visit)
    where = {node: place for place, node in enumerate([*leaves, *inner])}
    operations = tuple(_operation(node, where) for node in inner)
    return _Program(tuple(leaves.values()), operations)


def _operation(node: Node, where: Mapping[Node, int]) -> _Operation:
    operands = tuple(where[child] for child in node.children)
    match node:
        case Negation():
            return _Operation(np.negative, operands)
        case Sum():
            return _Operation(_total, operands)
        case Product():
            return _Operation(_multiplied, operands)
        case Quotient():
            return _Operation(ratio, operands)
        case Power(base=Constant(name="e")):
            return _Operation(np.exp, operands[1:])
        case Power():
            return _Operation(power, operands)
        case Call(function=function):
            return _Operation(TABLE[function].value, operands)
        case Conditional(sign=sign):
            return _Operation(
                lambda value, left, right, otherwise: chosen(sign, left, right, value, otherwise),
                operands,
            )
    raise TypeError(f"a derivative that is still to be taken has no value: {type(node).__name__}")


def _total(*terms: Array) -> Array:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _multiplied(*factors: Array) -> Array:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product
