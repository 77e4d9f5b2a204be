"""Formulas as sequences of pieces: symbols in LaTeX, live numbers, and words.

The engine says what is on a line and what each piece means; how it looks is the front end's
business. A symbol is typeset once and kept, a number is painted anew each time, so a formula whose
numbers change costs nothing but the painting of digits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.numbers import MINUS, shown

LineKind = Literal["rule", "numbers", "note"]


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something written in LaTeX.

    Attributes
    ----------
    latex
        One atom: a variable with its indices, a fraction of differentials, an operator, a relation.
    role
        What its colour means: a name such as ``"forward"``, ``"gradient"`` or ``"text"``.
    target
        What a click on it means, handed back as it is.
    """

    latex: str
    role: str = "text"
    target: object = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number of this moment, shown with six significant digits.

    With ``parentheses`` it is put in parentheses where it is negative, as in 3 · (−2).
    """

    value: float
    role: str = "text"
    parentheses: bool = False
    target: object = None

    @property
    def written(self) -> str:
        """The number as text: ``(−0.5)`` or ``1e-5``."""
        text = shown(self.value)
        return f"({text})" if self.parentheses and text.startswith(MINUS) else text


@dataclass(frozen=True, slots=True)
class Text:
    """Words in English, translated when they are painted; ``{0}`` stands for the first argument."""

    source: str
    role: str = "text"
    arguments: tuple[object, ...] = ()
    target: object = None

    def worded(self, translate: Callable[[str], str] = str) -> str:
        """The words in a language, arguments filled in, numbers as everywhere on screen."""
        text = translate(self.source)
        if not self.arguments:
            return text
        return text.format(
            *(shown(value) if isinstance(value, float) else value for value in self.arguments)
        )


Piece = Symbol | Number | Text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: the rule, the same rule with numbers, or a note in words."""

    pieces: tuple[Piece, ...]
    kind: LineKind = "rule"


RELATIONS = frozenset(
    {
        "=", "<", ">", ":=", "→", "←", "≈", "≤", "≥", "≠", "⇒", r"\to", r"\rightarrow",
        r"\leftarrow", r"\gets", r"\approx", r"\neq", r"\ne", r"\le", r"\leq", r"\ge", r"\geq",
        r"\equiv", r"\propto", r"\Rightarrow", r"\mapsto", r"\in", r"\sim", r"\coloneqq",
    }
)  # fmt: skip
OPERATORS = frozenset(
    {
        "+", "-", "−", "·", "×", "*", "/", r"\cdot", r"\times", r"\pm", r"\mp", r"\odot",
        r"\circ", r"\div",
    }
)  # fmt: skip


def is_relation(piece: Piece) -> bool:
    """Whether a piece is a sign such as = or →, at which a line is broken first."""
    return isinstance(piece, Symbol) and piece.latex.strip() in RELATIONS


def is_operator(piece: Piece) -> bool:
    """Whether a piece is a sign such as + or ·, at which a line is broken second."""
    return isinstance(piece, Symbol) and piece.latex.strip() in OPERATORS


def plain(line: Line, translate: Callable[[str], str] = str) -> str:
    """A line as plain text, for screen readers and for copying: ``∂L/∂w¹₁₁ = 120 · 1 · 40``."""
    parts = []
    for piece in line.pieces:
        match piece:
            case Symbol(latex=source):
                parts.append(as_unicode(source))
            case Number():
                parts.append(piece.written)
            case Text():
                parts.append(piece.worded(translate))
    return " ".join(part for part in parts if part)


def latex(line: Line, translate: Callable[[str], str] = str) -> str:
    """A line as LaTeX, without the dollar signs."""
    parts = []
    for piece in line.pieces:
        match piece:
            case Symbol(latex=source):
                parts.append(source)
            case Number():
                parts.append(_number_in_latex(piece.written))
            case Text():
                parts.append(rf"\text{{{piece.worded(translate)}}}")
    return " ".join(parts)


def _number_in_latex(text: str) -> str:
    text = text.replace(MINUS, "-").replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
    mantissa, e, exponent = text.partition("e")
    if not e:
        return text
    closing = ")" if exponent.endswith(")") else ""
    return rf"{mantissa} \times 10^{{{exponent.rstrip(')')}}}{closing}"


# ---------------------------------------------------------------------- LaTeX to Unicode text

_SIGNS = {
    "partial": "∂", "nabla": "∇", "cdot": "·", "times": "×", "sum": "∑", "prod": "∏", "int": "∫",
    "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "mapsto": "↦", "Rightarrow": "⇒",
    "approx": "≈", "neq": "≠", "ne": "≠", "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥",
    "equiv": "≡", "propto": "∝", "pm": "±", "mp": "∓", "odot": "⊙", "circ": "∘", "infty": "∞",
    "in": "∈", "prime": "′", "ldots": "…", "cdots": "⋯", "dots": "…", "ell": "ℓ", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "top": "ᵀ", "div": "÷", "sim": "∼", "coloneqq": ":=",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε",
    "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ",
    "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ",
    "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", ",": "", ";": " ", ":": " ", "!": "", " ": " ", "quad": " ", "qquad": " ",
    "{": "{", "}": "}", "_": "_", "%": "%", "&": "&", "#": "#", "$": "$", "\\": " ",
    "left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "", "displaystyle": "",
    "textstyle": "", "limits": "", "nolimits": "",
}  # fmt: skip
_ACCENTS = {
    "hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304",
    "tilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7",
}  # fmt: skip
_HIGH = dict(zip("0123456789+-−=()nijklmTabcdefghoprstuvwxyz′",
                 "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱʲᵏˡᵐᵀᵃᵇᶜᵈᵉᶠᵍʰᵒᵖʳˢᵗᵘᵛʷˣʸᶻ′", strict=True))  # fmt: skip
_LOW = dict(zip("0123456789+-−=()aehijklmnoprstuvx",
                "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))  # fmt: skip


@lru_cache(maxsize=4096)
def as_unicode(source: str) -> str:
    r"""LaTeX as readable text, as well as plain characters can: ``\hat{y}_1`` is ŷ₁.

    Never raises; what is not known is left as its name.
    """
    reader = _Reader(source)
    parts = []
    while not reader.at_end:
        parts.append(reader.item())
    return " ".join(unicodedata.normalize("NFC", "".join(parts)).split())


class _Reader:
    """Reads LaTeX item by item; an item is a character, a command or a group."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0

    @property
    def at_end(self) -> bool:
        return self.position >= len(self.source)

    def item(self, depth: int = 0) -> str:
        """The next item as text."""
        character = self._next()
        if character == "{" and depth < 50:
            return self._group(depth)
        if character in "{}":
            return ""
        if character == "\\":
            return self._command(depth)
        if character in "^_":
            return self._script(
                self._argument(depth), _HIGH if character == "^" else _LOW, character
            )
        if character in "'~-":
            return {"'": "′", "~": " ", "-": MINUS}[character]
        return character

    def _next(self) -> str:
        character = self.source[self.position : self.position + 1]
        self.position += 1
        return character

    def _group(self, depth: int) -> str:
        parts = []
        while not self.at_end:
            if self.source[self.position] == "}":
                self.position += 1
                break
            parts.append(self.item(depth + 1))
        return "".join(parts)

    def _argument(self, depth: int) -> str:
        while self.source[self.position : self.position + 1] == " ":
            self.position += 1
        return "" if self.at_end else self.item(depth + 1)

    def _command(self, depth: int) -> str:
        start = self.position
        while not self.at_end and self.source[self.position].isalpha():
            self.position += 1
        if self.position == start:
            self.position += 1
        name = self.source[start : self.position]
        if name.isalpha():
            while self.source[self.position : self.position + 1] == " ":
                self.position += 1
        if name in ("frac", "dfrac", "tfrac"):
            above, below = self._argument(depth), self._argument(depth)
            return f"{_compound(above)}/{_compound(below)}"
        if name == "sqrt":
            return f"√{_compound(self._argument(depth))}"
        if name in _ACCENTS:
            argument = self._argument(depth)
            return f"{argument[:1]}{_ACCENTS[name]}{argument[1:]}"
        if name in _SIGNS:
            spaced = f"\\{name}" in RELATIONS or f"\\{name}" in OPERATORS
            return f" {_SIGNS[name]} " if spaced else _SIGNS[name]
        # \text, \mathrm and the like stand for their argument, \log and \max for themselves.
        if name.startswith(("text", "math", "operatorname", "boldsymbol")):
            return ""
        return (
            name if self.source[self.position : self.position + 1] in ("", "(", "}") else f"{name} "
        )

    @staticmethod
    def _script(text: str, table: dict[str, str], sign: str) -> str:
        text = text.replace(" ", "")
        if text in ("′", "ᵀ", "″") and sign == "^":
            return text
        if all(character in table for character in text):
            return "".join(table[character] for character in text)
        return f"{sign}({text})" if len(text) > 1 else f"{sign}{text}"


def _compound(text: str) -> str:
    """Put parentheses around what would not bind tightly on one line."""
    text = text.strip()
    return f"({text})" if any(sign in text for sign in f" +·×/{MINUS}") else text
