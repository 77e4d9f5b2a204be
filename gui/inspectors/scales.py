"""How numbers are written, stepped and laid out along a slider. Plain values, no widgets."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass

from engine.errors import NablaError

_PLAIN = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_NICE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
"""The steps within a power of ten: each about a fifth more than the one before."""


def parse_number(text: str, whole: bool = False) -> float:
    """Read a number as people write it: ``0.01``, ``1e-5``, ``−3``, or a fraction: ``1/28800``.

    Raises
    ------
    NablaError
        ``number.empty``, ``number.not_a_number``, ``number.comma`` or ``number.not_whole``.
    """
    # Chinese keyboards write digits, point and minus in full width.
    plain = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    if not plain:
        raise NablaError("number.empty")
    parts = [part.strip() for part in plain.split("/")]
    if len(parts) > 2 or not all(_PLAIN.fullmatch(part) for part in parts):
        if _PLAIN.fullmatch(plain.replace(",", ".", 1)):
            raise NablaError("number.comma", text=plain, better=plain.replace(",", ".", 1))
        raise NablaError("number.not_a_number", text=plain[:40])
    value = float(parts[0])
    if len(parts) == 2:
        divisor = float(parts[1])
        if divisor == 0.0:
            raise NablaError("number.not_a_number", text=plain[:40])
        value /= divisor
    if whole and value != math.floor(value):
        raise NablaError("number.not_whole", text=plain[:40])
    return value


def rounded(value: float, digits: int) -> float:
    """Round to significant digits."""
    return float(f"{value:.{max(digits, 1) - 1}e}") if math.isfinite(value) else value


@dataclass(frozen=True, slots=True)
class Scale:
    """The range of a slider, and what one press of an arrow key does to a number.

    Attributes
    ----------
    low, high
        Ends of the slider; steps do not lead beyond them, typing may.
    logarithmic
        Equal lengths are equal factors. Needs ``low > 0``.
    step
        Of a linear scale; 0 steps in the second significant digit.
    """

    low: float = -math.inf
    high: float = math.inf
    logarithmic: bool = False
    step: float = 0.0
    whole: bool = False

    def share_of(self, value: float) -> float:
        """Return where a value lies between the ends, from 0 to 1."""
        value = min(max(value, self.low), self.high)
        if self.high <= self.low:
            return 0.0
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value_at(self, share: float) -> float:
        """Return the round number nearest to a place between the ends."""
        if share <= 0.0:
            return self.low
        if share >= 1.0:
            return self.high
        if self.logarithmic:
            value = rounded(self.low * (self.high / self.low) ** share, 2)
        else:
            value = self._on_grid(self.low + share * (self.high - self.low))
        return self._whole(min(max(value, self.low), self.high))

    def stepped(self, value: float, steps: int) -> float:
        """Return the number that so many presses of an arrow key lead to."""
        if self.logarithmic:
            result = _next_nice(value, steps) if value > 0 else self.low
        else:
            step = self.step or 10.0 ** (math.floor(math.log10(max(abs(value), 0.1))) - 1)
            result = rounded(value + steps * step, 12)
        if self.whole and round(result) == value:
            result = value + steps
        return self._whole(min(max(result, self.low), self.high))

    def _on_grid(self, value: float) -> float:
        if not self.step:
            return rounded(value, 3)
        return rounded(round(value / self.step) * self.step, 12)

    def _whole(self, value: float) -> float:
        return float(round(value)) if self.whole and math.isfinite(value) else value


def _next_nice(value: float, steps: int) -> float:
    """Go by so many places along 1, 1.2, 1.5, 2 … 8, 10, 12 …, from the place at ``value``."""
    exponent = math.floor(math.log10(value))
    mantissa = value / 10.0**exponent
    below = max((i for i, nice in enumerate(_NICE) if nice <= mantissa * (1 + 1e-9)), default=0)
    on_it = abs(_NICE[below] - mantissa) < 1e-9 * mantissa
    place = exponent * len(_NICE) + below + steps
    if steps < 0 and not on_it:
        place += 1
    power, index = divmod(place, len(_NICE))
    return rounded(_NICE[index] * 10.0**power, 3)
