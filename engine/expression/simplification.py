"""Light simplification: only what is true wherever the expression has a value, and nowhere else.

Numbers are gathered without rounding, like terms and like factors are joined, zeros and ones are
dropped. A factor is never cancelled against a divisor, and 0·u becomes 0 only where u has a value
for all real arguments, so the domain stays what it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from engine.expression.evaluation import evaluate
from engine.expression.exact import (
    LARGEST_EXPONENT,
    ONE,
    ZERO,
    fits,
    has_decimal,
    number,
    rational,
    whole,
)
from engine.expression.functions import TABLE
from engine.expression.tree import (
    Call,
    Conditional,
    Constant,
    Negation,
    Node,
    Pending,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
    mapped,
)

_E = Constant("e")
_KNOWN: dict[Node, Node] = {
    Call("ln", (ONE,)): ZERO,
    Call("ln", (_E,)): ONE,
    Call("exp", (ZERO,)): ONE,
    Call("sin", (ZERO,)): ZERO,
    Call("cos", (ZERO,)): ONE,
    Call("sqrt", (ZERO,)): ZERO,
    Call("sqrt", (ONE,)): ONE,
}
_ROUNDS = 8


def simplified(root: Node) -> Node:
    """Return a simpler tree with the same value and the same domain."""
    for _ in range(_ROUNDS):
        simpler = mapped(root, _simpler)
        if simpler == root:
            break
        root = simpler
    return root


def is_total(root: Node) -> bool:
    """Whether an expression surely has a value for all real values of its variables."""

    def visit(node: Node, children: list[bool]) -> bool:
        if not node.variables and not isinstance(node, Pending):
            return bool(np.isfinite(evaluate(node, {})))
        if isinstance(node, Pending) or not all(children):
            return False
        match node:
            case Quotient(denominator=below):
                return _never_zero(below)
            case Power(base=base, exponent=exponent):
                power = whole(exponent)
                return (power is not None and power >= 0) or base == _E
            case Call(function=function):
                return TABLE[function].total
        return True

    return fold(root, visit)


def _never_zero(node: Node) -> bool:
    match node:
        case Power(base=Constant()) | Call(function="exp" | "cosh"):
            return True
        case Product(factors=factors):
            return all(_never_zero(factor) for factor in factors)
    return not node.variables and bool(evaluate(node, {}) != 0.0)


# -------------------------------------------------------------------------------- one node


def _simpler(node: Node) -> Node:
    """Simplify a node whose children are simple."""
    match node:
        case Negation() | Product() | Quotient():
            return _built(_split(node))
        case Sum(terms=terms):
            return _sum(terms)
        case Power(base=base, exponent=exponent):
            return _power(node, base, exponent)
        case Call():
            return _call(node)
        case Conditional():
            return _conditional(node)
    return node


@dataclass(frozen=True, slots=True)
class _Monomial:
    """A rational number times some factors, over some others."""

    coefficient: Fraction
    above: tuple[Node, ...] = ()
    below: tuple[Node, ...] = ()
    decimal: bool = False

    @property
    def rest(self) -> tuple[frozenset[Node], frozenset[Node]]:
        """What like terms have in common; a simple product holds no factor twice."""
        return frozenset(self.above), frozenset(self.below)

    def __mul__(self, other: _Monomial) -> _Monomial:
        return _Monomial(
            self.coefficient * other.coefficient,
            self.above + other.above,
            self.below + other.below,
            self.decimal or other.decimal,
        )


def _split(node: Node) -> _Monomial:
    """Tell a node's number from its other factors; numbers too long to gather are factors."""
    value = rational(node)
    if value is not None:
        if fits(value):
            return _Monomial(value, decimal=has_decimal(node))
        return _Monomial(Fraction(1), (node,))
    match node:
        case Negation(argument=argument):
            return _Monomial(Fraction(-1)) * _split(argument)
        case Product(factors=factors):
            product = _Monomial(Fraction(1))
            for factor in factors:
                product = product * _split(factor)
            if fits(product.coefficient):
                return product
        case Quotient(numerator=numerator, denominator=denominator):
            above, below = _split(numerator), _split(denominator)
            # a/(b/c) is not a·c/b where c is 0, and nothing is divided by 0.
            if below.coefficient != 0 and not below.below:
                quotient = _Monomial(
                    above.coefficient / below.coefficient,
                    above.above,
                    above.below + below.above,
                    above.decimal or below.decimal,
                )
                if fits(quotient.coefficient):
                    return quotient
    return _Monomial(Fraction(1), (node,))


def _built(monomial: _Monomial) -> Node:
    """Write a monomial: the number in front, one fraction for all divisors."""
    coefficient = monomial.coefficient
    above, below = _gathered(monomial.above), _gathered(monomial.below)
    if coefficient == 0 and not below and all(is_total(factor) for factor in above):
        return ZERO
    size = abs(coefficient)
    front = number(size, decimal=monomial.decimal)
    divisor: list[Node] = list(below)
    if isinstance(front, Quotient):
        divisor.insert(0, front.denominator)
        front = front.numerator
    factors = list(above)
    if front != ONE or not factors:
        factors.insert(0, front)
    node = _product(factors)
    if divisor:
        node = Quotient(node, _product(divisor))
    return Negation(node) if coefficient < 0 else node


def _product(factors: list[Node]) -> Node:
    return factors[0] if len(factors) == 1 else Product(tuple(factors))


def _gathered(factors: Iterable[Node]) -> list[Node]:
    """Join equal factors to powers, where the exponents are positive whole numbers.

    Constants come first, then variables, as one writes them; else the order stays.
    """
    exponents: dict[Node, int] = {}
    for factor in factors:
        base, exponent = factor, 1
        if isinstance(factor, Power):
            power = whole(factor.exponent)
            if power is not None and 0 < power <= LARGEST_EXPONENT:
                base, exponent = factor.base, power
        exponents[base] = exponents.get(base, 0) + exponent
    return [
        base if exponents[base] == 1 else Power(base, number(exponents[base]))
        for base in sorted(
            exponents,
            key=lambda base: (not isinstance(base, Constant), not isinstance(base, Variable)),
        )
    ]


def _sum(terms: tuple[Node, ...]) -> Node:
    """Join like terms, and drop those that vanish everywhere."""
    gathered: dict[tuple[frozenset[Node], frozenset[Node]], _Monomial] = {}
    for term in _flat(terms):
        monomial = _split(term)
        before = gathered.get(monomial.rest)
        if before is not None:
            total = before.coefficient + monomial.coefficient
            if not fits(total):
                return Sum(terms)
            monomial = _Monomial(
                total, before.above, before.below, before.decimal or monomial.decimal
            )
        gathered[monomial.rest] = monomial
    nodes = [node for monomial in gathered.values() if (node := _built(monomial)) != ZERO]
    if not nodes:
        return ZERO
    return nodes[0] if len(nodes) == 1 else Sum(tuple(nodes))


def _flat(terms: Iterable[Node]) -> Iterable[Node]:
    """The terms of a sum, with those of sums among them; children are simple, so one level is all.

    A sum below a minus gives up its terms with opposite signs.
    """
    for term in terms:
        match term:
            case Sum(terms=inner):
                yield from inner
            case Negation(argument=Sum(terms=inner)):
                for part in inner:
                    yield part.argument if isinstance(part, Negation) else Negation(part)
            case _:
                yield term


def _power(node: Node, base: Node, exponent: Node) -> Node:
    n = rational(exponent)
    if n == 1:
        return base
    if n == 0 and is_total(base):
        return ONE
    if base == ONE and is_total(exponent):
        return ONE
    if n is None or n.denominator != 1 or abs(n) > LARGEST_EXPONENT:
        return node
    value = rational(base)
    if value is not None and (value != 0 or n > 0):
        result = value ** int(n)
        return number(result, decimal=has_decimal(base)) if fits(result) else node
    if isinstance(base, Negation):
        positive = Power(base.argument, exponent)
        return positive if n % 2 == 0 else Negation(positive)
    if isinstance(base, Power) and n > 0:
        inner = whole(base.exponent)
        if inner is not None and 0 < inner * n <= LARGEST_EXPONENT:
            return Power(base.base, number(inner * int(n)))
    return node


def _call(node: Call) -> Node:
    known = _KNOWN.get(node)
    if known is not None:
        return known
    value = rational(node.arguments[0])
    if node.function == "abs" and value is not None:
        return number(abs(value), decimal=has_decimal(node.arguments[0]))
    return node


def _conditional(node: Conditional) -> Node:
    left, right = rational(node.left), rational(node.right)
    if left is not None and right is not None:
        holds = {
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
        }
        return node.value if holds[node.sign] else node.otherwise
    if node.value == node.otherwise and is_total(node.left) and is_total(node.right):
        return node.value
    return node
