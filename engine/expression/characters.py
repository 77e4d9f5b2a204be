"""What people type, reduced to plain characters, each of which remembers where it came from."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

GREEK = frozenset("αβγδεζηθικλμνξοπρστυφχψωΓΔΘΛΞΠΣΦΨΩ")

_SAME = {
    "·": "*", "⋅": "*", "∙": "*", "•": "*", "×": "*", "∗": "*", "✕": "*",
    "÷": "/", "∕": "/", "⁄": "/", "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-",
    "∣": "|", "│": "|", "⩽": "<=", "⩾": ">=", "≤": "<=", "≥": ">=", "【": "[", "】": "]",
    "\u200b": " ", "\u2060": " ", "\u2061": " ", "\u2062": " ", "\ufeff": " ",
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣʸ", "0123456789+-nxy", strict=True))


@dataclass(frozen=True, slots=True)
class Source:
    """Plain text together with the place of each of its characters in what was typed.

    ``places`` is one longer than ``text``: the last one is the end.
    """

    text: str
    places: tuple[int, ...]


def plain(typed: str) -> Source:
    """Reduce what was typed to plain characters.

    Full-width forms and letters of mathematical alphabets become ordinary ones, signs such as
    × ÷ − ≤ those of a programming language, and a raised exponent ``x²`` the power ``x^(2)``.
    """
    text: list[str] = []
    places: list[int] = []
    raised = False
    for place, character in enumerate(typed):
        exponent = _RAISED.get(character)
        if (exponent is not None) != raised:
            opening = "^(" if exponent is not None else ")"
            text.append(opening)
            # A closing parenthesis belongs to the last raised character.
            places += [place if exponent is not None else place - 1] * len(opening)
            raised = exponent is not None
        written = exponent or _SAME.get(character) or _compatible(character)
        text.append(written)
        places += [place] * len(written)
    if raised:
        text.append(")")
        places.append(len(typed) - 1)
    return Source("".join(text), (*places, len(typed)))


def _compatible(character: str) -> str:
    if character.isspace():
        return " "
    written = unicodedata.normalize("NFKC", character)
    # What stands for several characters, such as ½, has no single meaning here: left to be refused.
    return _SAME.get(written, written) if len(written) == 1 else character
