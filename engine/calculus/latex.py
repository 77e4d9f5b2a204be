"""Numbers and affine functions in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from engine.numbers import MINUS, shown


def latex_number(number: float) -> str:
    r"""Write a number in LaTeX, rounded as on screen: ``-2.5``, ``1 \times 10^{-5}``."""
    text = shown(number).replace(MINUS, "-")
    if "∞" in text:
        return text.replace("∞", r"\infty")
    if text == "NaN":
        return r"\mathrm{NaN}"
    mantissa, _, exponent = text.partition("e")
    return rf"{mantissa} \times 10^{{{exponent}}}" if exponent else text


def affine_latex(constant: float, terms: Sequence[tuple[float, str, float]]) -> str:
    """Write constant + Σ slope · (variable − point) in LaTeX, with as few signs as it takes.

    >>> affine_latex(5.0, [(8.0, "x", 1.0), (1.0, "y", 2.0)])
    '5 + 8(x - 1) + (y - 2)'
    """
    text = "" if constant == 0.0 else latex_number(constant)
    for slope, variable, point in terms:
        if slope == 0.0:
            continue
        shift = f"({variable}{added(-point)})" if point else variable
        part = f"{coefficient(abs(slope))}{shift}"
        sign = "-" if slope < 0.0 else "+"
        text = f"{text} {sign} {part}" if text else (f"-{part}" if sign == "-" else part)
    return text or "0"


def coefficient(number: float) -> str:
    """Write a factor before a letter: nothing for 1, a minus sign for −1."""
    written = latex_number(number)
    return {"1": "", "-1": "-"}.get(written, written)


def added(number: float) -> str:
    """Write a term after others, with its sign between spaces; nothing for 0."""
    if number == 0.0:
        return ""
    return f" {'-' if number < 0.0 else '+'} {latex_number(abs(number))}"
