"""Rational numbers in trees: recognizing them, writing them, and calculating without rounding."""

from __future__ import annotations

from fractions import Fraction

from engine.expression.tree import Negation, Node, Number, Quotient

LARGEST = 10**15
"""Numerators and denominators beyond it are left as they stand: nobody could read them."""
LARGEST_EXPONENT = 64

ZERO = Number("0")
ONE = Number("1")
TWO = Number("2")


def rational(node: Node) -> Fraction | None:
    """Return the value of a number, a negated one, or a fraction of two; None for all else."""
    match node:
        case Number():
            return node.value
        case Negation(argument=argument):
            value = rational(argument) if isinstance(argument, Number | Quotient) else None
            return None if value is None else -value
        case Quotient(numerator=Number() as above, denominator=Number() as below):
            return above.value / below.value if below.value else None
        case Quotient(
            numerator=Negation(argument=Number() as above), denominator=Number() as below
        ):
            return -above.value / below.value if below.value else None
    return None


def whole(node: Node) -> int | None:
    """Return the value of a whole number; None for all else."""
    value = rational(node)
    return int(value) if value is not None and value.denominator == 1 else None


def has_decimal(node: Node) -> bool:
    """Whether a number, or a part of a fraction, was typed with a decimal point or an exponent."""
    parts = (node, *node.children)
    return any(isinstance(part, Number) and not part.text.isdigit() for part in parts)


def fits(value: Fraction) -> bool:
    """Whether a number is short enough to be written out."""
    return abs(value.numerator) <= LARGEST and value.denominator <= LARGEST


def number(value: int | Fraction, *, decimal: bool = False) -> Node:
    """Write a rational number: digits, or a fraction in lowest terms; the sign stands before it.

    With ``decimal`` a fraction that ends is written with a decimal point, 0.5 and not 1/2.
    """
    value = Fraction(value)
    if value < 0:
        return Negation(number(-value, decimal=decimal))
    if value.denominator == 1:
        return Number(str(value.numerator))
    if decimal and (digits := _ending(value)) is not None:
        return Number(digits)
    return Quotient(Number(str(value.numerator)), Number(str(value.denominator)))


def _ending(value: Fraction) -> str | None:
    """Digits of a fraction whose decimal expansion ends within twenty places."""
    for places in range(1, 21):
        scaled = value * 10**places
        if scaled.denominator == 1:
            digits = str(scaled.numerator).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}"
    return None
