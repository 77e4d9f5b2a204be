"""Expressions: read from text, evaluated, written, simplified and differentiated by rule.

f = parse("3x^2 + xy")
f(x=1.0, y=2.0)                     5.0
str(f), f.latex()                   Python that ``parse`` reads back, and LaTeX
differentiate(f, "x").result        6*x + y
differentiate(f, "x").steps         one rule a step
"""

from engine.expression.derivation import Step, Steps
from engine.expression.derivatives import (
    Derivative,
    derivatives,
    differentiate,
    gradient_expressions,
    hessian_expressions,
    jacobian_expressions,
    partial,
)
from engine.expression.errors import ExpressionError
from engine.expression.expression import Expression, parse
from engine.expression.notation import partial_notations, total_notations
from engine.expression.rules import Rule, rule

__all__ = [
    "Derivative",
    "Expression",
    "ExpressionError",
    "Rule",
    "Step",
    "Steps",
    "derivatives",
    "differentiate",
    "gradient_expressions",
    "hessian_expressions",
    "jacobian_expressions",
    "parse",
    "partial",
    "partial_notations",
    "rule",
    "total_notations",
]
