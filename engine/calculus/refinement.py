"""Where to ask a curve once more: at bends, and deep inside of jumps, poles and edges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.calculus.functions import Array, Curve

_ROUNDS = 4
_ADDED_PER_ROUND = 2
_SUSPECTS = 96
_PARTS = 8
_CUTS = 15
"""Eight parts each time: after 15 cuts what is left is at the last digits of x."""
_PEAK_CUTS = 9
_PASSES = 3
_BEND = 0.35
_STEEP = 3.0
_FAR = 20.0


@dataclass(frozen=True, slots=True)
class Scale:
    """What is seen of the heights.

    Attributes
    ----------
    near
        Bounds beyond which it does not matter how high a curve is.
    far
        Bounds at which heights are cut, so that lines stay drawable.
    pixel
        The height of a pixel.
    """

    near: tuple[float, float]
    far: tuple[float, float]
    pixel: float

    @classmethod
    def of(cls, seen: tuple[float, float], pixels: int) -> Scale:
        low, high = seen
        span = high - low
        return cls(
            (low - span, high + span),
            (low - _FAR * span, high + _FAR * span),
            span / pixels,
        )

    def cut(self, y: Array) -> Array:
        return np.clip(y, *self.near)


def refined(f: Curve, x: Array, y: Array, seen: tuple[float, float]) -> tuple[Array, Array]:
    """Refine samples that are a pixel apart, for a plot of these heights."""
    pixels = len(x) - 1
    scale = Scale.of(seen, pixels)
    for _ in range(_ROUNDS):
        bent = _bent(x, scale.cut(y), scale.pixel)
        places = np.flatnonzero(bent)
        if not len(places):
            break
        places = places[: _ADDED_PER_ROUND * pixels]
        middles = 0.5 * (x[places] + x[places + 1])
        x = np.insert(x, places + 1, middles)
        y = np.insert(y, places + 1, np.asarray(f(middles)))
    x, y = _with_peaks(f, x, y, scale)
    x, y = _with_edges(f, x, y)
    for _ in range(_PASSES):
        count = len(x)
        x, y = _with_jumps(f, x, y, scale)
        if len(x) == count:
            break
    return x, y


def _bent(x: Array, y: Array, pixel: float) -> NDArray[np.bool_]:
    """Return which intervals lie beside a point that is off the line between its neighbours."""
    with np.errstate(all="ignore"):
        share = (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
        off = np.abs(y[1:-1] - (y[:-2] + share * (y[2:] - y[:-2]))) > _BEND * pixel
    bent = np.zeros(len(x) - 1, dtype=bool)
    bent[:-1] |= off
    bent[1:] |= off
    return bent


def _between(left: Array, right: Array) -> Array:
    """Return places that cut each interval into equal parts, its ends included."""
    share = np.linspace(0.0, 1.0, _PARTS + 1)
    return left[:, None] + (right - left)[:, None] * share


def _with_jumps(f: Curve, x: Array, y: Array, scale: Scale) -> tuple[Array, Array]:
    """Break the line where a difference stays, however narrow the interval."""
    cut = scale.cut(y)
    with np.errstate(invalid="ignore"):
        steps = np.nan_to_num(np.abs(np.diff(cut)))
    suspects = np.flatnonzero(steps > _STEEP * scale.pixel)
    # A smooth line was made dense until it bends no more: a straight steep part is no suspect
    # unless it is steeper than what is beside it.
    around = np.maximum(np.r_[0.0, steps[:-1]], np.r_[steps[1:], 0.0])
    suspects = suspects[steps[suspects] > 1.05 * around[suspects]]
    if len(suspects) > _SUSPECTS:
        suspects = np.sort(suspects[np.argsort(steps[suspects])[-_SUSPECTS:]])
    if not len(suspects):
        return x, y
    left, right, row = x[suspects], x[suspects + 1], np.arange(len(suspects))
    for _ in range(_CUTS):
        at = _between(left, right)
        heights = scale.cut(np.asarray(f(at)))
        differences = np.nan_to_num(np.abs(np.diff(heights, axis=1)), nan=np.inf)
        steepest = differences.argmax(axis=1)
        left, right = at[row, steepest], at[row, steepest + 1]
    # A cut may fall on a pole itself.
    left = _last_known(f, x[suspects], left)
    right = _last_known(f, x[suspects + 1], right)
    ends = np.asarray(f(np.stack((left, right))))
    broken = np.abs(np.diff(scale.cut(ends), axis=0)[0]) > scale.pixel
    places = suspects[broken] + 1
    left, right, ends = left[broken], right[broken], ends[:, broken]
    new_x = np.stack((left, 0.5 * (left + right), right), axis=1)
    new_y = np.stack((ends[0], np.full(len(left), np.nan), ends[1]), axis=1)
    where = np.repeat(places, 3)
    return np.insert(x, where, new_x.ravel()), np.insert(y, where, new_y.ravel())


def _with_peaks(f: Curve, x: Array, y: Array, scale: Scale) -> tuple[Array, Array]:
    """Break the line at poles such as that of 1/x², where both sides go the same way."""
    cut = scale.cut(y)
    with np.errstate(all="ignore"):
        before, after = np.diff(y)[:-1], np.diff(y)[1:]
        sharpness = np.abs(np.diff(cut, 2)) + (cut != y)[1:-1] * scale.pixel
        sharp = (before * after < 0.0) & (np.abs(before - after) > _STEEP * scale.pixel)
        sharp &= np.sign(y[:-2]) == np.sign(y[2:])
    peaks = np.flatnonzero(sharp)
    if len(peaks) > _SUSPECTS:
        peaks = np.sort(peaks[np.argsort(sharpness[peaks])[-_SUSPECTS:]])
    if not len(peaks):
        return x, y
    up = np.sign(before[peaks])
    left, right, tops = x[peaks], x[peaks + 2], [up * y[peaks + 1]]
    for _ in range(2):
        left, right, top = _climbed(f, left, right, up)
        tops.append(top)
    with np.errstate(all="ignore"):
        # A peak that ends does so soon; a logarithm climbs as much in the second half of the cuts
        # as in the first, a power far more.
        first, second = tops[1] - tops[0], tops[2] - tops[1]
        endless = (second > 0.5 * first) & (second > scale.pixel)
        # The sample itself may have been as near to the pole as numbers come.
        beside = np.maximum(np.abs(y[peaks]), np.abs(y[peaks + 2]))
        endless |= tops[2] > 1e6 * np.maximum(beside, scale.near[1] - scale.near[0])
    if not endless.any():
        return x, y
    left, right, _ = _climbed(f, left[endless], right[endless], up[endless])
    found = 0.5 * (left + right)
    order = np.searchsorted(x, found)
    return np.insert(x, order, found), np.insert(y, order, np.nan)


def _climbed(f: Curve, left: Array, right: Array, up: Array) -> tuple[Array, Array, Array]:
    """Narrow intervals down around their highest point, or lowest where ``up`` is −1."""
    row, top = np.arange(len(left)), up
    for _ in range(_PEAK_CUTS):
        at = _between(left, right)
        heights = np.nan_to_num(up[:, None] * np.asarray(f(at)), nan=np.inf)
        highest = heights.argmax(axis=1)
        top = heights[row, highest]
        left = at[row, np.maximum(highest - 1, 0)]
        right = at[row, np.minimum(highest + 1, _PARTS)]
    return left, right, top


def _with_edges(f: Curve, x: Array, y: Array) -> tuple[Array, Array]:
    """Carry the line on to where the values end."""
    known = np.isfinite(y)
    edges = np.flatnonzero(known[1:] != known[:-1])
    if not len(edges):
        return x, np.where(known, y, np.nan)
    edges = edges[: 8 * _SUSPECTS]
    forward = known[edges]
    inside = np.where(forward, x[edges], x[edges + 1])
    outside = np.where(forward, x[edges + 1], x[edges])
    inside = _last_known(f, inside, outside)
    heights = np.asarray(f(inside))
    y = np.where(known, y, np.nan)
    return np.insert(x, edges + 1, inside), np.insert(y, edges + 1, heights)


def _last_known(f: Curve, inside: Array, outside: Array) -> Array:
    """Return the last places with a value, on the way from places that have one to others."""
    inside, row = np.array(inside), np.arange(len(inside))
    outside = np.array(outside)
    reached = np.isfinite(np.asarray(f(outside)))
    inside[reached] = outside[reached]
    if reached.all():
        return inside
    for _ in range(_CUTS):
        at = _between(inside, outside)
        missing = ~np.isfinite(np.asarray(f(at)))
        missing[:, 0], missing[:, -1] = False, True
        first = missing.argmax(axis=1)
        inside, outside = at[row, first - 1], at[row, first]
    return inside
