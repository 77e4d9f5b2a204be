"""The functions that an expression may name: one record a function.

A record holds everything that is known about the function: how it is evaluated, how it is typeset,
and its partial derivatives, written in the language of expressions themselves. A new function is
one new record; the parser, the printers and the rules of differentiation read them here.

At a kink the derivatives follow the branch ``u ≤ 0``, the convention of :mod:`engine.network`, and
that of the absolute value is 0. A derivative in the strict sense does not exist there, and
``kinks`` says where to look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from engine.expression.arrays import ratio

Array = Any  # a float64 array, or a scalar
Shape = Literal["operator", "name", "root", "bars", "exponential", "logarithm"]


@dataclass(frozen=True, slots=True)
class Function:
    """One function.

    Attributes
    ----------
    name
        What it is called in expressions and in Python.
    label
        Its name in words, for the rule of its derivative.
    value
        Evaluation on float64 arrays of any shapes that broadcast; NaN outside the domain.
    derivatives
        For each parameter the partial derivative, in the parameters' names.
    latex
        Its name in LaTeX.
    shape
        How it is typeset: ``operator`` may stand before a short argument without parentheses.
    aliases
        Other names that are read.
    defaults
        Values of parameters that may be left out, as expressions.
    domain
        Where it is defined, in LaTeX; empty where it is defined everywhere.
    kinks
        Expressions that are zero where the function is defined and may have no derivative.
    """

    name: str
    label: str
    value: Callable[..., Array]
    derivatives: Mapping[str, str]
    latex: str
    shape: Shape = "operator"
    aliases: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)
    domain: str = ""
    kinks: tuple[str, ...] = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters, in order."""
        return tuple(self.derivatives)

    @property
    def fewest(self) -> int:
        """Number of arguments that it needs at least."""
        return len(self.derivatives) - len(self.defaults)

    @property
    def most(self) -> int:
        """Number of arguments that it takes at most."""
        return len(self.derivatives)

    @property
    def total(self) -> bool:
        """Whether it has a value for all real arguments."""
        return not self.domain


def _ln(u: Array) -> Array:
    return np.log(np.where(u > 0.0, u, np.nan))


def _log(u: Array, a: Array) -> Array:
    # log10 and log2 are exact where the quotient of two logarithms is not: log(1000, 10) is 3.
    if np.ndim(a) == 0 and a in (2.0, 10.0):
        return (np.log2 if a == 2.0 else np.log10)(np.where(u > 0.0, u, np.nan))
    return ratio(_ln(u), _ln(a))


def _sigmoid(u: Array) -> Array:
    # Never overflows, and keeps its relative precision far to the left.
    return np.exp(np.minimum(u, 0.0)) / (1.0 + np.exp(-np.abs(u)))


def _leaky(u: Array, a: Array = 0.01) -> Array:
    return np.maximum(u, 0.0) + a * np.minimum(u, 0.0)


def _elu(u: Array, a: Array = 1.0) -> Array:
    return np.maximum(u, 0.0) + a * np.expm1(np.minimum(u, 0.0))


_FUNCTIONS = (
    Function("sin", "Sine function", np.sin, {"u": "cos(u)"}, r"\sin"),
    Function("cos", "Cosine function", np.cos, {"u": "-sin(u)"}, r"\cos"),
    Function(
        "tan", "Tangent function", np.tan, {"u": "sec(u)^2"}, r"\tan",
        aliases=("tg",), domain=r"\cos u \neq 0",
    ),
    Function(
        "cot", "Cotangent function",
        lambda u: ratio(np.cos(u), np.sin(u)), {"u": "-csc(u)^2"}, r"\cot",
        aliases=("ctg", "cotan"), domain=r"\sin u \neq 0",
    ),
    Function(
        "sec", "Secant function", lambda u: ratio(1.0, np.cos(u)), {"u": "sec(u) tan(u)"}, r"\sec",
        domain=r"\cos u \neq 0",
    ),
    Function(
        "csc", "Cosecant function",
        lambda u: ratio(1.0, np.sin(u)), {"u": "-csc(u) cot(u)"}, r"\csc",
        aliases=("cosec",), domain=r"\sin u \neq 0",
    ),
    Function(
        "arcsin", "Arcsine function", np.arcsin, {"u": "1/sqrt(1 - u^2)"}, r"\arcsin",
        aliases=("asin",), domain=r"-1 \le u \le 1",
    ),
    Function(
        "arccos", "Arccosine function", np.arccos, {"u": "-1/sqrt(1 - u^2)"}, r"\arccos",
        aliases=("acos",), domain=r"-1 \le u \le 1",
    ),
    Function(
        "arctan", "Arctangent function", np.arctan, {"u": "1/(1 + u^2)"}, r"\arctan",
        aliases=("atan", "arctg"),
    ),
    Function("sinh", "Hyperbolic sine", np.sinh, {"u": "cosh(u)"}, r"\sinh"),
    Function("cosh", "Hyperbolic cosine", np.cosh, {"u": "sinh(u)"}, r"\cosh"),
    Function("tanh", "Hyperbolic tangent", np.tanh, {"u": "1 - tanh(u)^2"}, r"\tanh"),
    Function(
        "arsinh", "Inverse hyperbolic sine", np.arcsinh, {"u": "1/sqrt(u^2 + 1)"},
        r"\operatorname{arsinh}", aliases=("asinh", "arcsinh"),
    ),
    Function(
        "arcosh", "Inverse hyperbolic cosine", np.arccosh, {"u": "1/sqrt(u^2 - 1)"},
        r"\operatorname{arcosh}", aliases=("acosh", "arccosh"), domain=r"u \ge 1",
    ),
    Function(
        "artanh", "Inverse hyperbolic tangent",
        lambda u: np.arctanh(np.where(np.abs(u) < 1.0, u, np.nan)), {"u": "1/(1 - u^2)"},
        r"\operatorname{artanh}", aliases=("atanh", "arctanh"), domain="-1 < u < 1",
    ),
    Function("exp", "Exponential function", np.exp, {"u": "exp(u)"}, r"\exp", "exponential"),
    Function("ln", "Natural logarithm", _ln, {"u": "1/u"}, r"\ln", domain="u > 0"),
    Function(
        "log", "Logarithm function", _log, {"u": "1/(u ln(a))", "a": "-ln(u)/(a ln(a)^2)"}, r"\log",
        "logarithm", domain=r"u > 0,\ a > 0,\ a \neq 1",
    ),
    Function(
        "sqrt", "Square root", np.sqrt, {"u": "1/(2 sqrt(u))"}, r"\sqrt", "root",
        domain=r"u \ge 0", kinks=("u",),
    ),
    Function(
        "cbrt", "Cube root", np.cbrt, {"u": "1/(3 cbrt(u)^2)"}, r"\sqrt[3]", "root",
        kinks=("u",),
    ),
    Function("abs", "Absolute value", np.abs, {"u": "sign(u)"}, "|", "bars", kinks=("u",)),
    Function(
        "sign", "Sign function", np.sign, {"u": "0"}, r"\operatorname{sgn}", "name",
        aliases=("sgn", "signum"), kinks=("u",),
    ),
    Function(
        "step", "Step function", lambda u: np.heaviside(u, 0.0), {"u": "0"},
        r"\operatorname{step}", "name", aliases=("heaviside",), kinks=("u",),
    ),
    Function(
        "min", "Minimum function", np.minimum,
        {"u": "{1 if u < v else 0}", "v": "{0 if u < v else 1}"}, r"\min", "name",
        kinks=("u - v",),
    ),
    Function(
        "max", "Maximum function", np.maximum,
        {"u": "{1 if u > v else 0}", "v": "{0 if u > v else 1}"}, r"\max", "name",
        kinks=("u - v",),
    ),
    Function(
        "sigmoid", "Sigmoid", _sigmoid, {"u": "sigmoid(u) (1 - sigmoid(u))"}, r"\sigma", "name",
        aliases=("σ", "logistic"),
    ),
    Function(
        "relu", "ReLU", lambda u: np.maximum(u, 0.0), {"u": "{1 if u > 0 else 0}"},
        r"\operatorname{ReLU}", "name", kinks=("u",),
    ),
    Function(
        "leaky_relu", "Leaky ReLU", _leaky,
        {"u": "{1 if u > 0 else a}", "a": "{0 if u > 0 else u}"},
        r"\operatorname{LeakyReLU}", "name", aliases=("leakyrelu", "prelu"),
        defaults={"a": "0.01"}, kinks=("u",),
    ),
    Function(
        "elu", "ELU", _elu,
        {"u": "{1 if u > 0 else a exp(u)}", "a": "{0 if u > 0 else exp(u) - 1}"},
        r"\operatorname{ELU}", "name", defaults={"a": "1"}, kinks=("u",),
    ),
    Function(
        "softplus", "Softplus", lambda u: np.logaddexp(0.0, u), {"u": "sigmoid(u)"},
        r"\operatorname{softplus}", "name",
    ),
)  # fmt: skip

TABLE: dict[str, Function] = {function.name: function for function in _FUNCTIONS}

NAMES: dict[str, str] = {
    name: function.name for function in _FUNCTIONS for name in (function.name, *function.aliases)
}
"""Every name that is read, aliases included, and the function that it means."""
