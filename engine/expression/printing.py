"""Trees as text in Python's syntax, which the parser reads back to the same tree."""

from __future__ import annotations

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
_Text = tuple[str, int]


def python(root: Node) -> str:
    """Write a tree: ``3*x**2 + x*y``."""
    text, _ = fold(root, _write)
    return text


def _write(node: Node, children: list[_Text]) -> _Text:
    match node:
        case Number() | Constant() | Variable():
            return node.own, _ATOM
        case Negation():
            # −(a·b) is written −a·b, and read so; a sign never stands inside a product.
            return f"-{_within(children[0], _PRODUCT)}", _SUM
        case Sum(terms=terms):
            return _sum(terms, children), _SUM
        case Product(factors=factors):
            # A product at the head of a product would be read as one product of all factors.
            head = _POWER if isinstance(factors[0], Product) else _PRODUCT
            first = _within(children[0], head)
            rest = [_within(child, _POWER) for child in children[1:]]
            return "*".join([first, *rest]), _PRODUCT
        case Quotient():
            return f"{_within(children[0], _PRODUCT)}/{_within(children[1], _POWER)}", _PRODUCT
        case Power():
            return f"{_within(children[0], _ATOM)}**{_within(children[1], _ATOM)}", _POWER
        case Call(function=function):
            return f"{function}({', '.join(text for text, _ in children)})", _ATOM
        case Conditional(sign=sign):
            value, left, right, otherwise = children
            condition = f"{_within(left, _SUM)} {sign} {_within(right, _SUM)}"
            return f"{_within(value, _SUM)} if {condition} else {otherwise[0]}", _CHOICE
        case Pending(variable=variable):
            return f"D({children[0][0]}, {variable})", _ATOM
    raise TypeError(type(node).__name__)


def _within(written: _Text, least: int) -> str:
    text, tightness = written
    return text if tightness >= least else f"({text})"


def _sum(terms: tuple[Node, ...], children: list[_Text]) -> str:
    parts: list[str] = []
    for position, (term, written) in enumerate(zip(terms, children, strict=True)):
        if isinstance(term, Negation):
            # Its text begins with the sign.
            parts.append(written[0] if position == 0 else f" - {written[0][1:]}")
        else:
            inner = _within(written, _PRODUCT)
            parts.append(inner if position == 0 else f" + {inner}")
    return "".join(parts)
