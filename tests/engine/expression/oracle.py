"""A second opinion: SymPy differentiates, mpmath evaluates with fifty digits."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import mpmath
import sympy

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

DIGITS = 50
LARGEST = mpmath.mpf(10) ** 6
"""Larger arguments of growing and of periodic functions are left alone: they only take time."""

_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


class TooLargeError(Exception):
    """A number on the way would take more time than it is worth."""


@cache
def symbol(name: str) -> Any:
    """A real variable."""
    return sympy.Symbol(name, real=True)


class NoOpinionError(Exception):
    """SymPy cannot say: it met a complex constant in a comparison, or a division by zero."""


# ------------------------------------------------------------------------------ to SymPy


def to_sympy(root: Node) -> Any:
    """The same expression for SymPy, pieces and all."""
    return fold(root, _to_sympy)


def _to_sympy(node: Node, children: list[Any]) -> Any:
    match node:
        case Number():
            return sympy.Rational(node.value.numerator, node.value.denominator)
        case Constant(name=name):
            return sympy.E if name == "e" else sympy.pi
        case Variable(name=name):
            return symbol(name)
        case Negation():
            return -children[0]
        case Sum():
            return sympy.Add(*children)
        case Product():
            return sympy.Mul(*children)
        case Quotient():
            return children[0] / children[1]
        case Power():
            return children[0] ** children[1]
        case Conditional(sign=sign):
            value, left, right, otherwise = children
            return sympy.Piecewise((value, _COMPARISONS[sign](left, right)), (otherwise, True))
        case Call(function=function):
            return _FUNCTIONS[function](*children)
    raise TypeError(type(node).__name__)


def _positive(u: Any, value: Any, otherwise: Any) -> Any:
    return sympy.Piecewise((value, u > 0), (otherwise, True))


_FUNCTIONS: dict[str, Any] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "cot": sympy.cot, "sec": sympy.sec,
    "csc": sympy.csc, "arcsin": sympy.asin, "arccos": sympy.acos, "arctan": sympy.atan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "arsinh": sympy.asinh,
    "arcosh": sympy.acosh, "artanh": sympy.atanh, "exp": sympy.exp, "ln": sympy.log,
    "log": lambda u, a: sympy.log(u) / sympy.log(a),
    "sqrt": sympy.sqrt,
    "cbrt": lambda u: _positive(u, sympy.cbrt(u), -sympy.cbrt(-u)),
    "abs": lambda u: _positive(u, u, -u),
    "sign": lambda u: _positive(u, 1, sympy.Piecewise((-1, u < 0), (0, True))),
    "step": lambda u: _positive(u, 1, 0),
    "min": lambda u, v: sympy.Piecewise((u, u < v), (v, True)),
    "max": lambda u, v: sympy.Piecewise((u, u > v), (v, True)),
    "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)),
    "relu": lambda u: _positive(u, u, 0),
    "leaky_relu": lambda u, a=None: _positive(u, u, u / 100 if a is None else a * u),
    "elu": lambda u, a=1: _positive(u, u, a * (sympy.exp(u) - 1)),
    "softplus": lambda u: sympy.log(1 + sympy.exp(u)),
}  # fmt: skip


def sympy_derivative(root: Node, variable: str) -> Callable[[Mapping[str, Any]], Any]:
    """SymPy's derivative, as a function of values with fifty digits.

    It and its result raise NoOpinionError where SymPy gives up.
    """
    names = sorted(root.variables)
    with giving_up():
        slope = sympy.diff(to_sympy(root), symbol(variable))
        function = sympy.lambdify([symbol(name) for name in names], slope, "mpmath")

    def value(values: Mapping[str, Any]) -> Any:
        with giving_up():
            return mpmath.mpmathify(function(*(values[name] for name in names)))

    return value


@contextmanager
def giving_up() -> Iterator[None]:
    """Turn the different ways in which SymPy fails into one."""
    try:
        yield
    except (TypeError, KeyError, RecursionError, NotImplementedError) as error:
        raise NoOpinionError from error


# ----------------------------------------------------------------------------- by mpmath


def precise(root: Node, values: Mapping[str, Any]) -> Any:
    """The value of a tree over the real numbers with fifty digits; None where it has none.

    TooLargeError where a number on the way is too large.
    """
    return fold(root, lambda node, children: _precise(node, children, values))


def _precise(node: Node, children: list[Any], values: Mapping[str, Any]) -> Any:
    """A value, or None, which a choice that takes the other branch forgets."""
    match node:
        case Number():
            return mpmath.mpf(node.value.numerator) / node.value.denominator
        case Constant(name=name):
            return +(mpmath.e if name == "e" else mpmath.pi)
        case Variable(name=name):
            return values[name]
        case Conditional(sign=sign):
            value, left, right, otherwise = children
            if left is None or right is None:
                return None
            return value if _COMPARISONS[sign](left, right) else otherwise
    if any(child is None for child in children):
        return None
    try:
        value = _real(node, children)
    except (ValueError, ZeroDivisionError):
        return None
    if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value):
        return None
    if abs(value) > LARGEST**3:
        raise TooLargeError
    return value


def _real(node: Node, children: list[Any]) -> Any:
    match node:
        case Negation():
            return -children[0]
        case Sum():
            return mpmath.fsum(children)
        case Product():
            return mpmath.fprod(children)
        case Quotient():
            return children[0] / children[1]
        case Power():
            return _bounded(lambda u, v: mpmath.mpf(1) if v == 0 else mpmath.power(u, v), *children)
        case Call(function=function):
            return _bounded(_REAL[function], *children)
    raise TypeError(type(node).__name__)


def _bounded(function: Any, *arguments: Any) -> Any:
    if any(abs(argument) > LARGEST for argument in arguments):
        raise TooLargeError
    return function(*arguments)


def _domain(holds: bool, value: Any) -> Any:
    if not holds:
        raise ValueError
    return value()


_REAL: dict[str, Any] = {
    "sin": mpmath.sin, "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot,
    "sec": mpmath.sec, "csc": mpmath.csc, "arcsin": mpmath.asin, "arccos": mpmath.acos,
    "arctan": mpmath.atan, "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh,
    "arsinh": mpmath.asinh, "arcosh": mpmath.acosh, "artanh": mpmath.atanh, "exp": mpmath.exp,
    "ln": lambda u: _domain(u > 0, lambda: mpmath.log(u)),
    "log": lambda u, a: _domain(u > 0 and a > 0, lambda: mpmath.log(u) / mpmath.log(a)),
    "sqrt": lambda u: _domain(u >= 0, lambda: mpmath.sqrt(u)),
    "cbrt": lambda u: mpmath.sign(u) * mpmath.cbrt(abs(u)),
    "abs": abs, "sign": mpmath.sign,
    "step": lambda u: mpmath.mpf(u > 0), "min": min, "max": max,
    "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)),
    "relu": lambda u: max(u, mpmath.mpf(0)),
    "leaky_relu": lambda u, a=None: u if u > 0 else (u / 100 if a is None else a * u),
    "elu": lambda u, a=1: u if u > 0 else a * mpmath.expm1(u),
    "softplus": lambda u: mpmath.log1p(mpmath.exp(u)),
}  # fmt: skip
