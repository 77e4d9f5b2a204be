"""The lines of the loss curve: from the points of a history to arrays ready to be drawn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.session import Point

Floats = NDArray[np.float64]

STEP, LOSS, TEST_LOSS, ACCURACY, TEST_ACCURACY = range(5)


class Curve:
    """The points of one run as columns of numbers; NaN where a measure does not apply.

    Points that are known already are not read again: a run that grows by one point costs one row.
    """

    def __init__(self) -> None:
        self._points: list[Point] = []
        self._rows: Floats = np.empty((64, 5))

    def __len__(self) -> int:
        return len(self._points)

    def update(self, points: Sequence[Point]) -> None:
        """Take over the points of a history, which shares those that it has given before."""
        known = len(self._points)
        # The newest point may have been a guest between two that are kept.
        while known and (known > len(points) or points[known - 1] is not self._points[known - 1]):
            known -= 1
        if known and points[known // 2] is not self._points[known // 2]:
            known = 0
        fresh = points[known:]
        if len(points) > len(self._rows):
            grown = np.empty((2 * len(points), 5))
            grown[:known] = self._rows[:known]
            self._rows = grown
        if fresh:
            self._rows[known : len(points)] = [
                [math.nan if value is None else value for value in point] for point in fresh
            ]
        self._points = list(points)

    def column(self, measure: int) -> Floats:
        """One measure over all points, (n,)."""
        column: Floats = self._rows[: len(self._points), measure]
        return column

    @property
    def points(self) -> Sequence[Point]:
        """The points as the history gave them."""
        return self._points

    def has(self, measure: int) -> bool:
        """Whether a measure applies anywhere."""
        return bool(np.isfinite(self.column(measure)).any())


@dataclass(frozen=True, eq=False)
class Line:
    """One line of the picture.

    Attributes
    ----------
    steps, values
        (n,) iterations and what was measured there.
    color
        Token of the theme.
    dashed
        Measured on the test samples.
    label
        Written at the end of the line; empty: none.
    faint
        Belongs to a run that is not under the cursor.
    """

    steps: Floats
    values: Floats
    color: str
    dashed: bool = False
    label: str = ""
    faint: bool = False

    def at(self, step: float) -> float:
        """The value at an iteration, between two points on the straight line."""
        if not len(self.steps) or not self.steps[0] <= step <= self.steps[-1]:
            return math.nan
        return float(np.interp(step, self.steps, self.values))

    def with_point(self, step: float, value: float) -> Line:
        """The line through one more point, so that a thinned line meets the cursor."""
        index = int(np.searchsorted(self.steps, step))
        if index < len(self.steps) and self.steps[index] == step:
            return self
        return Line(
            np.insert(self.steps, index, step),
            np.insert(self.values, index, value),
            self.color,
            self.dashed,
            self.label,
            self.faint,
        )


def heights(values: Floats, log: bool) -> Floats:
    """Values as they are drawn: their logarithm to the base of 10 (NaN up to 0), or themselves."""
    if not log:
        return np.where(np.isfinite(values), values, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = np.log10(np.where(values > 0.0, values, np.nan))
    return result


def fitted_range(lines: Sequence[Line], low: float, high: float, log: bool) -> tuple[float, float]:
    """The range of heights that shows all lines between two iterations."""
    lowest, highest = math.inf, -math.inf
    for line in lines:
        left, right = np.searchsorted(line.steps, (low, high))
        seen = heights(line.values[max(0, left - 1) : right + 1], log)
        if np.isfinite(seen).any():
            lowest = min(lowest, float(np.nanmin(seen)))
            highest = max(highest, float(np.nanmax(seen)))
    if highest < lowest:
        return (-1.0, 0.0) if log else (0.0, 1.0)
    if log:
        margin = max(0.06 * (highest - lowest), 0.1)
        return lowest - margin, highest + margin
    # From 0, unless that would press everything to the top.
    if 0.0 <= lowest < 0.5 * highest:
        return -0.03 * highest, 1.06 * highest
    if lowest == highest == 0.0:
        return -0.05, 1.0
    margin = 0.08 * (highest - lowest) or 0.5 * abs(highest)
    return lowest - margin, highest + margin


def decimated(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """A line in pixels with at most two points a column: the lowest and the highest."""
    if len(x) < 3:
        return x, y
    columns = np.floor(x)
    starts = np.flatnonzero(np.diff(columns, prepend=columns[0] - 1.0))
    if 2 * len(starts) >= len(x):
        return x, y
    bottom, top = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
    # Entered from the side at which the column before was left.
    falling = y[starts] > bottom
    across = np.repeat(x[starts], 2)
    up = np.empty(2 * len(starts))
    up[0::2] = np.where(falling, top, bottom)
    up[1::2] = np.where(falling, bottom, top)
    return across, up


def stretches(values: Floats) -> Iterator[slice]:
    """Where a line is unbroken by values that are not finite."""
    finite = np.isfinite(values)
    edges = np.flatnonzero(np.diff(finite.astype(np.int8), prepend=0, append=0))
    for start, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        yield slice(start, end)


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Heights near the wanted ones, at least ``apart`` from each other, between two bounds.

    The order is kept; where there is no room for all, they stand as close as they must.
    """
    if not wanted:
        return []
    order = np.argsort(wanted, kind="stable")
    apart = min(apart, (high - low) / max(len(wanted) - 1, 1))
    places = [min(max(wanted[index], low), high) for index in order]
    for index in range(1, len(places)):
        places[index] = max(places[index], places[index - 1] + apart)
    places[-1] = min(places[-1], high)
    for index in range(len(places) - 2, -1, -1):
        places[index] = min(places[index], places[index + 1] - apart)
    result = [0.0] * len(places)
    for place, index in zip(places, order.tolist(), strict=True):
        result[index] = place
    return result
