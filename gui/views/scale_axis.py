"""Axes whose marks are few and round, linear or logarithmic."""

from __future__ import annotations

import math
from typing import Any

from engine.numbers import shown
from gui.views.height_field import decades, nice_step, nice_ticks, power_text
from gui.views.view import Axis

_LARGEST_LOG = 300.0


def ticks(low: float, high: float, count: int, log: bool = False) -> list[float]:
    """Round places between two ends of an axis; those of a logarithmic one are exponents of 10."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    if not log:
        return nice_ticks(low, high, count)
    low, high = max(low, -_LARGEST_LOG), min(high, _LARGEST_LOG)
    if high - low < 0.5:
        values = nice_ticks(10.0**low, 10.0**high, count)
    else:
        values = decades(10.0**low, 10.0**high, count)
        while len(values) > count + 1:
            values = values[::2]
    return [math.log10(value) for value in values if value > 0.0]


def tick_texts(places: list[float], log: bool = False) -> list[str]:
    """What stands at such places: as many digits as tell them apart, and no more."""
    if log:
        return [power_text(float(f"{10.0**place:.6g}")) for place in places]
    if len(places) < 2:
        return [shown(place) for place in places]
    step = abs(places[1] - places[0])
    digits = max(0, 1 - math.floor(math.log10(step)))
    return [shown(round(place, digits)) for place in places]


class ScaleAxis(Axis):
    """One level of marks, as many as there is room for.

    ``spacing`` is the distance in pixels that a mark should have from the next one. Whole numbers
    are never divided where ``whole`` is set, as for iterations.
    """

    def __init__(self, orientation: str, spacing: float, whole: bool = False) -> None:
        super().__init__(orientation)
        self.setStyle(tickLength=-4)
        self.log = False
        self.whole = whole
        self._spacing = spacing

    def places(self, low: float, high: float, size: float) -> list[float]:
        """Where the marks stand between two values, ``size`` pixels apart."""
        count = max(2, int(size / self._spacing))
        if self.whole and nice_step(low, high, count) < 1.0:
            return [float(value) for value in range(math.ceil(low), math.floor(high) + 1)]
        return ticks(low, high, count, self.log)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> Any:
        low, high = sorted((minVal, maxVal))
        return [(1.0, self.places(low, high, size))] if high > low else []

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        return tick_texts(list(values), self.log)
