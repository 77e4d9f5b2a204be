"""Derivations, and what they are made of: signs, sums, numbers with the right parentheses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.formula import Line, Number, Piece, Symbol, Text

EQUALS = Symbol("=")
PLUS = Symbol("+")
TIMES = Symbol(r"\cdot")
ARROW = Symbol(r"\rightarrow")
DOTS = Symbol(r"\cdots", "muted")
MOST_TERMS = 6
"""Terms of a sum that are written out."""
MOST_LINES = 4
"""Weights of one unit that are written out."""


@dataclass(frozen=True)
class Derivation:
    """Where a number comes from: a title and the lines below it."""

    title: Text
    lines: tuple[Line, ...]


def rule(*pieces: Piece) -> Line:
    """Return a line with a rule in symbols."""
    return Line(pieces, "rule")


def numbers(*pieces: Piece) -> Line:
    """Return a line with the numbers of the moment."""
    return Line(pieces, "numbers")


def note(source: str, *arguments: object, role: str = "muted") -> Line:
    """Return a line of words; ``{0}`` stands for the first argument."""
    return Line((Text(source, role, arguments),), "note")


def factor(value: float, role: str) -> Number:
    """Return a number inside an expression: in parentheses if it is negative."""
    return Number(value, role, parentheses=True)


def sign_role(value: float) -> str:
    """Return the colour of a weight's sign."""
    return "negative" if value < 0 else "positive"


def joined(groups: Iterable[tuple[Piece, ...]], between: Symbol) -> tuple[Piece, ...]:
    """Return all pieces of the groups, with a sign between each two."""
    pieces: list[Piece] = []
    for group in groups:
        if pieces:
            pieces.append(between)
        pieces += group
    return tuple(pieces)


def summed(groups: list[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """Return a sum, with dots in place of the middle terms where there are too many."""
    if len(groups) > MOST_TERMS:
        groups = [*groups[: MOST_TERMS - 2], (DOTS,), groups[-1]]
    return joined(groups, PLUS)


def filled(
    template: str, values: Mapping[str, float], roles: Mapping[str, str]
) -> tuple[Piece, ...]:
    r"""Put numbers into a template such as ``{x} - {rate} \cdot {g}``; the rest of it is LaTeX."""
    pieces: list[Piece] = []
    for token in template.split():
        if token.startswith("{") and token.endswith("}"):
            key = token[1:-1]
            first = not pieces or pieces[-1] == EQUALS
            pieces.append(Number(values[key], roles.get(key, "text"), parentheses=not first))
        else:
            pieces.append(Symbol(token))
    return tuple(pieces)


def more(count: int, most: int = MOST_LINES) -> list[Line]:
    """Return a note on what is not written out, if anything."""
    if count <= most:
        return []
    return [note("… and {0} more; click one to see it.", count - most)]
