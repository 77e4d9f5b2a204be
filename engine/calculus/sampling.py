"""Curves and surfaces as points to draw: dense where they bend, broken where they are not joined.

A curve is asked once a pixel, then again between pixels where it bends. Wherever it still changes
by pixels within a fraction of one, that interval is cut again and again around its steepest part. A
steep but continuous curve flattens out under this magnifying glass; over a jump or a pole the
difference stays, and the line is broken there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.calculus.functions import Array, Curved, Surfaced, curve, surface
from engine.calculus.gaps import Gap, gaps
from engine.calculus.refinement import Scale, refined
from engine.errors import NablaError

MOST_PIXELS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class SampledCurve:
    """Points of a curve, ready to draw.

    Attributes
    ----------
    x, y
        Rising places and heights; NaN in ``y`` breaks the line. Heights far outside of what is
        seen are cut.
    gaps
        Where it is broken, from left to right.
    low, high
        Heights worth showing: all of them, or where there are poles the bulk of them; those that
        were asked for.
    """

    x: Array
    y: Array
    gaps: tuple[Gap, ...]
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class SampledSurface:
    """Heights over a grid.

    Attributes
    ----------
    x, y
        The grid's lines, ``(columns,)`` and ``(rows,)``.
    z
        ``(rows, columns)``; NaN where there is no height.
    low, high
        Heights worth showing.
    """

    x: Array
    y: Array
    z: Array
    low: float
    high: float


def sample_curve(
    f: Curved,
    a: float,
    b: float,
    pixels: int = 1000,
    *,
    heights: tuple[float, float] | None = None,
) -> SampledCurve:
    """Sample a curve for drawing it ``pixels`` wide and about as high.

    Parameters
    ----------
    f
        The function.
    a, b
        The range, a < b.
    pixels
        The width of the plot.
    heights
        The heights that the plot shows; where left out, those worth showing.

    Raises
    ------
    NablaError
        ``calculus.bounds``: no range; ``calculus.pixels``: too few or too many pixels.
    """
    if not (np.isfinite(a) and np.isfinite(b) and a < b):
        raise NablaError("calculus.bounds", a=a, b=b)
    if not 2 <= pixels <= MOST_PIXELS:
        raise NablaError("calculus.pixels", pixels=pixels, most=MOST_PIXELS)
    own = curve(f)
    x = np.linspace(a, b, pixels + 1)
    y = np.asarray(own(x))
    seen = worth_showing(y) if heights is None else heights
    found = refined(own, x, y, seen)
    breaks = gaps(own, *found, Scale.of(seen, pixels).pixel)
    if heights is None and not any(gap.endless for gap in breaks):
        # What dwarfs the rest is no pole but a narrow peak: it has to be seen.
        before, seen = seen, worth_showing(found[1], all_of_it=True)
        if seen[1] - seen[0] > 1.5 * (before[1] - before[0]):
            found = refined(own, x, y, seen)
            breaks = gaps(own, *found, Scale.of(seen, pixels).pixel)
    far = Scale.of(seen, pixels).far
    return SampledCurve(found[0], np.clip(found[1], *far), breaks, *seen)


def sample_surface(
    f: Surfaced,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    columns: int = 100,
    rows: int = 100,
) -> SampledSurface:
    """Return the heights of a surface over a grid.

    Raises
    ------
    NablaError
        ``calculus.bounds``: an empty range; ``calculus.pixels``: too few or too many lines.
    """
    for first, last in (x_range, y_range):
        if not (np.isfinite(first) and np.isfinite(last) and first < last):
            raise NablaError("calculus.bounds", a=first, b=last)
    for count in (columns, rows):
        if not 2 <= count <= MOST_PIXELS:
            raise NablaError("calculus.pixels", pixels=count, most=MOST_PIXELS)
    own = surface(f)
    x, y = np.linspace(*x_range, columns), np.linspace(*y_range, rows)
    z = np.asarray(own.at(x[None, :], y[:, None]))
    z = np.where(np.isfinite(z), z, np.nan)
    return SampledSurface(x, y, z, *worth_showing(z))


def worth_showing(heights: Array, *, all_of_it: bool = False) -> tuple[float, float]:
    """Return the range of some heights; where a few of them dwarf the rest, that of the rest."""
    finite = np.sort(heights[np.isfinite(heights)], axis=None)
    if not len(finite):
        return (-1.0, 1.0)
    low, high = float(finite[0]), float(finite[-1])
    few = len(finite) // 20
    inner_low, inner_high = float(finite[few]), float(finite[-1 - few])
    bulk = inner_high - inner_low
    with np.errstate(over="ignore"):
        if not all_of_it and bulk > 0.0 and high - low > 20.0 * bulk:
            low, high = max(low, inner_low - bulk), min(high, inner_high + bulk)
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            half = max(1.0, 0.5 * abs(low))
            low, high = low - half, high + half
    return (low, high) if np.isfinite(high - low) else (low / 4.0, high / 4.0)
