"""The rules of differentiation, in one table.

A rule rewrites one derivative that is still to be taken: d/dx of a product becomes a sum in which
smaller ones are to be taken. What a rule leaves open it asks for through ``derive``, so the same
rules serve the derivation, which shows each step, and the derivative, which wants only the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from engine.expression.errors import ExpressionError
from engine.expression.exact import ONE, TWO, ZERO, has_decimal, number, rational
from engine.expression.functions import TABLE as FUNCTIONS
from engine.expression.parser import read
from engine.expression.tree import (
    Call,
    Conditional,
    Constant,
    Negation,
    Node,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    substituted,
)
from engine.expression.typesetting import typeset

Derive = Callable[[Node], Node]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of differentiation.

    Attributes
    ----------
    key
        Stable name, as steps report it.
    label
        Its name in words.
    latex
        The rule itself; u and v are functions of x, c, n and a constants.
    """

    key: str
    label: str
    latex: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a rule makes of a derivative.

    Attributes
    ----------
    rule
        Key of the rule in :data:`RULES`.
    node
        What stands in place of the derivative.
    outer
        With the chain rule, the key of the rule for the outer function; else None.
    """

    rule: str
    node: Node
    outer: str | None = None


RULES: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule("constant", "Constant rule", r"c' = 0"),
        Rule("identity", "Variable itself", r"x' = 1"),
        Rule("constant_multiple", "Constant factor rule", r"(c \, u)' = c \, u'"),
        Rule("sum", "Sum rule", r"(u + v)' = u' + v'"),
        Rule("difference", "Difference rule", r"(u - v)' = u' - v'"),
        Rule("product", "Product rule", r"(u \, v)' = u' v + u \, v'"),
        Rule(
            "quotient", "Quotient rule", r"\left(\frac{u}{v}\right)' = \frac{u' v - u \, v'}{v^2}"
        ),
        Rule(
            "reciprocal", "Reciprocal rule", r"\left(\frac{c}{v}\right)' = {-\frac{c \, v'}{v^2}}"
        ),
        Rule("power", "Power rule", r"(x^n)' = n \, x^{n-1}"),
        Rule("natural_exponential", "Exponential function", r"(e^x)' = e^x"),
        Rule("exponential", "Exponential function", r"(a^x)' = a^x \ln a"),
        Rule(
            "general_power",
            "Power with variable base and exponent",
            r"(u^v)' = u^v \left(v' \ln u + \frac{v \, u'}{u}\right)",
        ),
        Rule("chain", "Chain rule", r"f(u)' = f'(u) \, u'"),
        Rule("conditional", "Case by case", r"\{ u ; v \}' = \{ u' ; v' \}"),
        Rule("simplify", "Simplify", ""),
    )
}
"""The rules that belong to no function of :data:`engine.expression.functions.TABLE`."""

LARGEST = 100_000
"""Nodes of a derivative; beyond it nobody could read the result, or wait for it."""


def partials(node: Call) -> tuple[Node, ...]:
    """Return the partial derivative of a function for each of the arguments given."""
    function = FUNCTIONS[node.function]
    values = {name: read(text) for name, text in function.defaults.items()}
    values |= dict(zip(function.parameters, node.arguments, strict=False))
    return tuple(
        substituted(read(function.derivatives[name]), values)
        for name in function.parameters[: len(node.arguments)]
    )


def function_kinks(node: Call) -> tuple[Node, ...]:
    """Return expressions that are zero where the function may have no derivative."""
    function = FUNCTIONS[node.function]
    values = dict(zip(function.parameters, node.arguments, strict=False))
    return tuple(substituted(read(text), values) for text in function.kinks)


@cache
def rule(key: str) -> Rule:
    """Return a rule by its key, which for functions is their name; KeyError for an unknown key."""
    if key in RULES:
        return RULES[key]
    function = FUNCTIONS[key]
    # The rule as a table of derivatives has it: the first argument is x, others are constants. In a
    # group of its own a leading minus is known to be a sign.
    x = {function.parameters[0]: Variable("x")}
    others = tuple(Variable(name) for name in function.parameters[1:])
    call = Call(key, (Variable("x"), *others))
    derivative = substituted(read(function.derivatives[function.parameters[0]]), x)
    return Rule(
        key, function.label, rf"\left( {typeset(call)} \right)' = {{{typeset(derivative)}}}"
    )


def applied(node: Node, x: str, derive: Derive) -> Applied:
    """Apply the rule that the derivative of a node with respect to ``x`` calls for."""
    if x not in node.variables:
        return Applied("constant", ZERO)
    match node:
        case Variable():
            return Applied("identity", ONE)
        case Negation(argument=argument):
            return Applied("constant_multiple", Negation(derive(argument)))
        case Sum(terms=terms):
            return _sum(terms, derive)
        case Product(factors=factors):
            return _product(factors, x, derive)
        case Quotient(numerator=numerator, denominator=denominator):
            return _quotient(numerator, denominator, x, derive)
        case Power(base=base, exponent=exponent):
            return _power(node, base, exponent, x, derive)
        case Call():
            return _call(node, x, derive)
        case Conditional(value=value, left=left, sign=sign, right=right, otherwise=otherwise):
            chosen = Conditional(derive(value), left, sign, right, derive(otherwise))
            return Applied("conditional", chosen)
    raise TypeError(type(node).__name__)


def check_size(size: int) -> None:
    """Refuse what grows beyond all measure."""
    if size > LARGEST:
        raise ExpressionError("expression.derivative_too_large", limit=LARGEST)


def times(*factors: Node) -> Node:
    """Multiply, leaving out ones."""
    some = tuple(factor for factor in factors if factor != ONE)
    if len(some) < 2:
        return some[0] if some else ONE
    return Product(some)


def _sum(terms: tuple[Node, ...], derive: Derive) -> Applied:
    derived = tuple(
        Negation(derive(term.argument)) if isinstance(term, Negation) else derive(term)
        for term in terms
    )
    subtracted = any(isinstance(term, Negation) for term in terms[1:])
    return Applied("difference" if subtracted else "sum", Sum(derived))


def _product(factors: tuple[Node, ...], x: str, derive: Derive) -> Applied:
    fixed = [factor for factor in factors if x not in factor.variables]
    moving = [factor for factor in factors if x in factor.variables]
    if len(moving) == 1:
        derived = (derive(factor) if x in factor.variables else factor for factor in factors)
        return Applied("constant_multiple", Product(tuple(derived)))
    if fixed:
        return Applied("constant_multiple", Product((*fixed, derive(times(*moving)))))
    # Each factor is derived once, and every term holds all the others.
    check_size(len(moving) * sum(factor.size for factor in moving))
    terms = tuple(
        Product((*moving[:i], derive(moving[i]), *moving[i + 1 :])) for i in range(len(moving))
    )
    return Applied("product", Sum(terms))


def _quotient(above: Node, below: Node, x: str, derive: Derive) -> Applied:
    if x not in below.variables:
        return Applied("constant_multiple", Quotient(derive(above), below))
    square = Power(below, TWO)
    if x not in above.variables:
        numerator = times(above, derive(below))
        return Applied("reciprocal", Negation(Quotient(numerator, square)))
    difference = Sum((Product((derive(above), below)), Negation(Product((above, derive(below))))))
    return Applied("quotient", Quotient(difference, square))


def _power(node: Node, base: Node, exponent: Node, x: str, derive: Derive) -> Applied:
    if x not in exponent.variables:
        if rational(exponent) == 0:
            return _chained("power", ZERO, base, derive)
        return _chained("power", times(exponent, _lowered(base, exponent)), base, derive)
    if x not in base.variables:
        if base == Constant("e"):
            return _chained("natural_exponential", node, exponent, derive)
        slope = Product((node, Call("ln", (base,))))
        return _chained("exponential", slope, exponent, derive)
    logarithm = Product((derive(exponent), Call("ln", (base,))))
    # The logarithm beside it asks for u > 0 already, so that u/u may be cancelled.
    growth = derive(base) if exponent == base else Quotient(Product((exponent, derive(base))), base)
    return Applied("general_power", Product((node, Sum((logarithm, growth)))))


def _lowered(base: Node, exponent: Node) -> Node:
    """The base to the power of the exponent less one."""
    value = rational(exponent)
    if value is None:
        return Power(base, Sum((exponent, Negation(ONE))))
    if value == 1:
        return ONE
    if value == 2:
        return base
    return Power(base, number(value - 1, decimal=has_decimal(exponent)))


def _call(node: Call, x: str, derive: Derive) -> Applied:
    moving = [
        (partial, argument)
        for partial, argument in zip(partials(node), node.arguments, strict=True)
        if x in argument.variables
    ]
    if len(moving) == 1:
        return _chained(node.function, *moving[0], derive)
    terms = tuple(times(partial, derive(argument)) for partial, argument in moving)
    return Applied("chain", Sum(terms), node.function)


def _chained(rule: str, slope: Node, inner: Node, derive: Derive) -> Applied:
    """The slope of the outer function, times the derivative of the inner one unless that is x."""
    if isinstance(inner, Variable):
        return Applied(rule, slope)
    factors = slope.factors if isinstance(slope, Product) else (slope,)
    return Applied("chain", Product((*factors, derive(inner))), rule)
