"""Trees as text in Python's syntax, which the parser reads back to the same tree."""

from __future__ import annotations

from dataclasses import dataclass

from engine.expression.tree import (
    Call,
    Conditional,
    Constant,
    Negation,
    Node,
    Number,
    Pending,
    Power,
    Product,
    Quotient,
    Sum,
    Variable,
    fold,
)

# How tightly a text holds together; what is looser than its place asks for gets parentheses.
_CHOICE, _SUM, _PRODUCT, _POWER, _ATOM = range(5)


@dataclass(frozen=True, slots=True)
class _Written:
    """A subtree as text; ``signed`` tells that it is −u with a u that is no sum or product."""

    text: str
    tightness: int
    signed: bool = False

    def within(self, least: int) -> str:
        """The text, in parentheses where it is looser than that."""
        return self.text if self.tightness >= least else f"({self.text})"

    def after_sign(self) -> str:
        """The text after *, / or **, where a minus needs no parentheses: 2*-x."""
        return self.text if self.signed else self.within(_POWER)


def python(root: Node) -> str:
    """Write a tree: ``3*x**2 + x*y``."""
    return fold(root, _write).text


def _write(node: Node, children: list[_Written]) -> _Written:
    match node:
        case Number() | Constant() | Variable():
            return _Written(node.own, _ATOM)
        case Negation(argument=argument):
            # −(a·b) is written −a·b, and read so.
            inner = children[0]
            double = isinstance(argument, Negation)
            text = inner.text if double else inner.within(_PRODUCT)
            signed = inner.signed if double else inner.tightness >= _POWER
            return _Written(f"-{text}", _SUM, signed)
        case Sum(terms=terms):
            return _Written(_sum(terms, children), _SUM)
        case Product(factors=factors):
            # A product at the head of a product would be read as one product of all factors.
            head = children[0].within(_POWER if isinstance(factors[0], Product) else _PRODUCT)
            return _Written(
                "*".join([head, *(child.after_sign() for child in children[1:])]), _PRODUCT
            )
        case Quotient():
            above, below = children
            return _Written(f"{above.within(_PRODUCT)}/{below.after_sign()}", _PRODUCT)
        case Power():
            base, exponent = children
            return _Written(f"{base.within(_ATOM)}**{exponent.after_sign()}", _POWER)
        case Call(function=function):
            return _Written(f"{function}({', '.join(child.text for child in children)})", _ATOM)
        case Conditional(sign=sign):
            value, left, right, otherwise = children
            condition = f"{left.within(_SUM)} {sign} {right.within(_SUM)}"
            text = f"{value.within(_SUM)} if {condition} else {otherwise.text}"
            return _Written(text, _CHOICE)
        case Pending(variable=variable):
            return _Written(f"D({children[0].text}, {variable})", _ATOM)
    raise TypeError(type(node).__name__)


def _sum(terms: tuple[Node, ...], children: list[_Written]) -> str:
    parts: list[str] = []
    for term, written in zip(terms, children, strict=True):
        if isinstance(term, Negation):
            # Its text begins with the sign.
            parts.append(f" - {written.text[1:]}" if parts else written.text)
        else:
            inner = written.within(_PRODUCT)
            parts.append(f" + {inner}" if parts else inner)
    return "".join(parts)
