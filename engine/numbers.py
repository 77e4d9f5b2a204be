"""How numbers are written: six significant digits on screen, every digit in files."""

from __future__ import annotations

import math

SIGNIFICANT_DIGITS = 6
MINUS = "\N{MINUS SIGN}"


def shown(value: float, digits: int = SIGNIFICANT_DIGITS) -> str:
    """Write a number for the screen: six significant digits, trailing zeros cut.

    >>> shown(0.9279999999999999)
    '0.928'
    >>> shown(-3225.137172)
    '−3225.14'
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    text = f"{value:.{digits}g}"
    if float(text) == 0:
        return "0"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", MINUS)


def exact(value: float) -> str:
    """Write a number so that reading it back gives the same float64; whole numbers without '.0'."""
    text = repr(float(value))
    return text[:-2] if text.endswith(".0") else text
