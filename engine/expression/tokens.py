"""Typed text as a list of tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from engine.expression.characters import GREEK, Source, plain
from engine.expression.errors import ExpressionError
from engine.expression.names import parts

Kind = Literal["number", "constant", "variable", "function", "index", "word", "sign", "end"]

LONGEST_TEXT = 100_000
"""Characters that are read."""
LONGEST_NUMBER = 400
"""Digits of one number that are read."""

_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SIGN = re.compile(r"\*\*|<=|>=|=<|=>|[-+*/^()\[\]{}|,<>√∛]")
_RUN = re.compile(rf"[A-Za-z_{''.join(sorted(GREEK))}][A-Za-z0-9_{''.join(sorted(GREEK))}]*")
_SIGNS = {"**": "^", "=<": "<=", "=>": ">="}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression; ``start`` and ``end`` are places in what was typed."""

    kind: Kind
    text: str
    start: int
    end: int


def tokenize(typed: str) -> list[Token]:
    """Divide a text into tokens; the last one is of kind ``end``.

    Raises
    ------
    ExpressionError
        For what no expression holds: strange characters, unknown names, numbers out of range.
    """
    if len(typed) > LONGEST_TEXT:
        raise ExpressionError(
            "expression.too_long", LONGEST_TEXT, len(typed) - LONGEST_TEXT, limit=LONGEST_TEXT
        )
    source = plain(typed)
    text = source.text
    tokens: list[Token] = []
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
        elif number := _NUMBER.match(text, place):
            start, end = _where(source, place, number.end())
            written = _number(number.group(1), number.group(2) or "", start, end)
            tokens.append(Token("number", written, start, end))
            place = number.end()
        elif sign := _SIGN.match(text, place):
            written = _SIGNS.get(sign.group(), sign.group())
            tokens.append(Token("sign", written, *_where(source, place, sign.end())))
            place = sign.end()
        elif run := _RUN.match(text, place):
            tokens += _named(run, source)
            place = run.end()
        else:
            raise _stray(text[place], typed, source.places[place])
    tokens.append(Token("end", "", len(typed), len(typed)))
    return tokens


def _where(source: Source, start: int, end: int) -> tuple[int, int]:
    return source.places[start], source.places[end - 1] + 1


def _named(run: re.Match[str], source: Source) -> list[Token]:
    offset = run.start()
    try:
        found = parts(run.group())
    except ExpressionError as error:
        start, end = _where(source, offset + error.position, offset + error.position + error.length)
        details = {k: v for k, v in error.details.items() if k not in ("position", "length")}
        raise ExpressionError(error.code, start, end - start, **details) from None
    tokens: list[Token] = []
    for part in found:
        start, end = _where(source, offset + part.start, offset + part.end)
        digits = part.kind == "number" or (part.kind == "index" and part.text.isdigit())
        text = _number(part.text, "", start, end) if digits else part.text
        tokens.append(Token(part.kind, text, start, end))
    return tokens


def _number(mantissa: str, exponent: str, start: int, end: int) -> str:
    """Write a number as Python would: no zeros in front, a size that float64 can hold."""
    length = len(mantissa) + len(exponent)
    if length > LONGEST_NUMBER:
        raise ExpressionError(
            "expression.number_too_long", start, end - start, limit=LONGEST_NUMBER
        )
    if mantissa.isdigit():
        mantissa = mantissa.lstrip("0") or "0"
    zero = not mantissa.strip("0.")
    if zero:
        exponent = ""
    size = float(mantissa + exponent)
    if size == float("inf") or (size == 0.0 and not zero):
        raise ExpressionError(
            "expression.number_out_of_range", start, end - start, number=mantissa + exponent
        )
    return mantissa + exponent


def _stray(character: str, typed: str, place: int) -> ExpressionError:
    if character == "=":
        return ExpressionError("expression.equals", place, 1)
    return ExpressionError("expression.stray_character", place, 1, character=typed[place])
