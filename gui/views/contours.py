"""Level lines of a surface: which levels, and where they run."""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from gui.views.height_field import HeightScale, Surface, decades, nice_ticks, rounded

Floats = NDArray[np.float64]
Lines = list[tuple[float, Floats]]

LEVELS = 12

_generators: weakref.WeakKeyDictionary[Surface, object] = weakref.WeakKeyDictionary()
_lines: weakref.WeakKeyDictionary[Surface, dict[tuple[float, ...], Lines]] = (
    weakref.WeakKeyDictionary()
)


def levels_of(scale: HeightScale, count: int = LEVELS) -> tuple[float, ...]:
    """Round values at which lines are drawn, about ``count``, inside the range of a scale."""
    if scale.kind == "linear":
        chosen = nice_ticks(scale.low, scale.high, count)
    elif scale.kind == "log":
        chosen = decades(scale.low, scale.high, count)
        if len(chosen) < count / 2:
            chosen = _even(scale, count)
        elif len(chosen) < 0.75 * count:
            chosen = [factor * level for level in (chosen[0] / 10, *chosen) for factor in (1, 3)]
    else:
        chosen = _even(scale, count)
    margin = 1e-9 * (scale.high - scale.low)
    return tuple(
        level
        for level in sorted(set(chosen))
        if scale.low + margin < level < scale.high - (0.0 if scale.capped else margin)
    )


def _even(scale: HeightScale, count: int) -> list[float]:
    """Values at even shares, with as few digits as keep them apart."""
    values = [scale.value((index + 1) / (count + 1)) for index in range(count)]
    for digits in range(1, 16):
        short = [rounded(value, digits) for value in values]
        if len(set(short)) == count and _close(short, values):
            return short
    return values


def _close(short: Sequence[float], values: Sequence[float]) -> bool:
    """Whether no value has moved by more than a part of the way to its neighbours."""
    gaps = [after - before for before, after in pairwise(values)]
    nearest = [
        min(gaps[max(index - 1, 0) : index + 1], default=math.inf) for index in range(len(values))
    ]
    return all(abs(a - b) <= 0.35 * gap for a, b, gap in zip(short, values, nearest, strict=True))


def lines_of(surface: Surface, levels: tuple[float, ...]) -> Lines:
    """(level, (k, 2) points) of each piece of each line; kept as long as the surface lives."""
    known = _lines.setdefault(surface, {})
    if levels not in known:
        known[levels] = [(level, piece) for level in levels for piece in line_at(surface, level)]
    return known[levels]


def line_at(surface: Surface, level: float) -> list[Floats]:
    """The pieces of one level line, each (k, 2) points in the axes of the surface."""
    generator = _generators.get(surface)
    if generator is None:
        z = np.ma.masked_invalid(surface.z)
        generator = contour_generator(surface.x, surface.y, z, line_type=LineType.Separate)
        _generators[surface] = generator
    pieces: list[Floats] = generator.lines(level)  # type: ignore[attr-defined]
    return pieces
