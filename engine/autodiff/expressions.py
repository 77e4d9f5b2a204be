"""Expressions as sequences of primitive operations, over numbers, arrays and traced values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from engine.autodiff.placeholder import Array, value_of
from engine.autodiff.table import TABLE
from engine.autodiff.traced import apply, where
from engine.errors import NablaError
from engine.expression.functions import TABLE as FUNCTIONS
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

_CONSTANTS = {"e": np.float64(np.e), "pi": np.float64(np.pi)}
_COMPARISONS: dict[str, Callable[[Array, Array], Array]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def evaluate(tree: Node, values: Mapping[str, Array]) -> Array:
    """Apply the operations of a tree one after another.

    Parameters
    ----------
    tree
        The root of an expression.
    values
        A number, array or traced value for each variable.

    Raises
    ------
    NablaError
        A variable has no value.
    """

    def visit(node: Node, results: list[Array]) -> Array:
        if isinstance(node, Sum):
            return _sum(results)
        children = [_resolved(result) for result in results]
        match node:
            case Number():
                return np.float64(node.value)
            case Constant(name=name):
                return _CONSTANTS[name]
            case Variable(name=name):
                if name not in values:
                    raise NablaError("autodiff.missing_variable", variable=name)
                return values[name]
            case Negation():
                return _Negated(children[0])
            case Product():
                return reduce(lambda a, b: apply(TABLE["mul"], a, b), children)
            case Quotient():
                return apply(TABLE["div"], *children)
            case Power(base=Constant(name="e")):
                return apply(TABLE["exp"], children[1])
            case Power():
                return apply(TABLE["pow"], *children)
            case Call(function=name):
                return apply(TABLE[name], *children, *_left_out(name, len(children)))
            case Conditional(sign=sign):
                return _choice(sign, children)
        raise TypeError(f"{type(node).__name__} has no value")

    with np.errstate(all="ignore"):
        return _resolved(fold(tree, visit))


@dataclass(frozen=True, slots=True)
class _Negated:
    """−u, while it is open whether it will be subtracted: trees write a − b as a + (−b)."""

    value: Array


def _resolved(x: Array) -> Array:
    return apply(TABLE["neg"], x.value) if isinstance(x, _Negated) else x


def _sum(terms: Sequence[Array]) -> Array:
    total = _resolved(terms[0])
    for term in terms[1:]:
        if isinstance(term, _Negated):
            total = apply(TABLE["sub"], total, term.value)
        else:
            total = apply(TABLE["add"], total, term)
    return total


def _left_out(name: str, given: int) -> list[Array]:
    """Values of the parameters that a call may leave out, and has."""
    function = FUNCTIONS[name]
    return [float(function.defaults[parameter]) for parameter in function.parameters[given:]]


def _choice(sign: str, children: list[Array]) -> Array:
    value, left, right, otherwise = children
    left, right = value_of(left), value_of(right)
    chosen = where(_COMPARISONS[sign](left, right), value, otherwise)
    unknown = np.isnan(left) | np.isnan(right)
    return where(unknown, np.nan, chosen) if np.any(unknown) else chosen
