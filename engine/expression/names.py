"""What a run of letters means: a function, a constant, or a product of variables."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from engine.expression.characters import GREEK
from engine.expression.errors import ExpressionError
from engine.expression.functions import NAMES

Kind = Literal["function", "constant", "variable", "number", "word", "index"]

CONSTANTS = {"e": "e", "pi": "pi", "π": "pi"}
WORDS = ("if", "else")
LONGEST_PRODUCT = 4
"""Letters that may stand together as a product; a longer run is taken for a name."""
LONGEST_SHOWN = 30
"""Letters of an unknown name that a message repeats."""

_GREEK = "".join(sorted(GREEK))
_LETTERS = re.compile(rf"[A-Za-z]+|[{_GREEK}]")
_INDEX = re.compile(r"[0-9]+|_[0-9]+|_[A-Za-z]+")
_LOGARITHM = re.compile(r"log_([0-9]+|[A-Za-z])|log(10|2)(?![0-9])|lg(?![A-Za-z])", re.IGNORECASE)
_INSIDE = tuple(sorted((name for name in NAMES if len(name) > 2), key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run: what it is, and where in the run it begins and ends.

    An ``index`` is the base of a logarithm, written below it: log_2.
    """

    kind: Kind
    text: str
    start: int
    end: int


def known(name: str) -> Part | None:
    """Return what a whole name means, if it is one that we know; upper case is as good."""
    text = name if len(name) == 1 else name.lower()
    end = len(name)
    if text in CONSTANTS:
        return Part("constant", CONSTANTS[text], 0, end)
    if text in NAMES:
        return Part("function", NAMES[text], 0, end)
    if text in WORDS:
        return Part("word", text, 0, end)
    return None


def parts(run: str) -> list[Part]:
    """Divide a run of letters, digits and underscores.

    The rules, in this order: a name that we know is that name; a logarithm may carry its base
    (``log_2``, ``log10``, ``lg``); a known name before digits is applied to them (``sin2x``); a
    letter with an index is a variable (``x1``, ``x_1``, ``w_ij``); up to four different letters are
    a product of variables (``xy``), unless they look like a misspelt name.

    Raises
    ------
    ExpressionError
        ``expression.unknown_name``; its position counts from the start of the run.
    """
    whole = known(run)
    if whole is not None:
        return [whole]
    found: list[Part] = []
    place = 0
    while place < len(run):
        letters = _LETTERS.match(run, place)
        if letters is None:
            raise unknown(run, 0)
        logarithm = _LOGARITHM.match(run, place)
        if logarithm is not None:
            base = logarithm.group(1) or logarithm.group(2) or "10"
            found.append(Part("function", "log", place, logarithm.end()))
            found.append(Part("index", base, place, logarithm.end()))
            place = logarithm.end()
            continue
        index = _INDEX.match(run, letters.end())
        place = index.end() if index else letters.end()
        found += _lettered(run, letters.start(), letters.end(), index.group() if index else "")
    return found


def _lettered(run: str, start: int, end: int, index: str) -> list[Part]:
    letters = run[start:end]
    name = known(letters)
    if name is not None and (len(letters) > 1 or not index):
        if index.startswith("_"):
            raise unknown(letters + index, start)
        named = [Part(name.kind, name.text, start, end)]
        return [*named, Part("number", index, end, end + len(index))] if index else named
    if not _is_product(letters):
        raise unknown(letters, start)
    last = end - 1
    singles = [
        Part("constant", CONSTANTS[run[i]], i, i + 1)
        if run[i] in CONSTANTS
        else Part("variable", run[i], i, i + 1)
        for i in range(start, last)
    ]
    if run[last] in CONSTANTS and not index:
        return [*singles, Part("constant", CONSTANTS[run[last]], last, end)]
    return [*singles, Part("variable", run[last] + index, last, end + len(index))]


def _is_product(letters: str) -> bool:
    lower = letters.lower()
    if len(letters) == 1:
        return True
    if len(letters) > LONGEST_PRODUCT or len(set(letters)) < len(letters):
        return False
    if lower.startswith(("ln", "lg", "tg")) or any(name in lower for name in _INSIDE):
        return False
    return len(letters) < LONGEST_PRODUCT or not _close(lower, 0.75)


def unknown(name: str, position: int) -> ExpressionError:
    """Return the error for a name that nobody knows, with the nearest one that we know."""
    length = len(name)
    name = name if length <= LONGEST_SHOWN else name[:LONGEST_SHOWN] + "…"
    lower = name.lower().strip("_")
    near = _close(lower, 0.6) or next((inside for inside in _INSIDE if inside in lower), "")
    if not near and lower.startswith("ln"):
        near = "ln"
    if not near:
        return ExpressionError("expression.unknown_name", position, length, name=name)
    hint = near if near in CONSTANTS else f"{near}(x)"
    return ExpressionError(
        "expression.misspelt_name", position, length, name=name, suggestion=near, hint=hint
    )


def _close(name: str, cutoff: float) -> str:
    candidates = [*(name for name in NAMES if len(name) > 1), "pi"]
    matches = difflib.get_close_matches(name, candidates, n=1, cutoff=cutoff)
    return matches[0] if matches else ""
