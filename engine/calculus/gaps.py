"""The places where a sampled curve is broken, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.calculus.functions import Array, Curve

GapKind = Literal["pole", "jump", "hole", "domain"]

_WIDE = 1e-6
"""From this share of the range on a gap is an interval and not a point."""
_BESIDE = (1e-4, 1e-6, 1e-8)
"""Distances, as shares of the range, at which the way to an end is looked at."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where a curve is broken.

    Attributes
    ----------
    kind
        ``pole``: it leaves every bound on a side; ``jump``: both ends are finite and differ;
        ``hole``: a single point is missing; ``domain``: there is no value in a whole interval.
    left, right
        Where it stops and where it goes on: the same up to the last digits but for ``domain``;
        ∓∞ where the gap reaches the end of the range.
    left_value, right_value
        The heights there; NaN at the end of the range.
    left_endless, right_endless
        Whether the curve leaves every bound on its way there: then there is an asymptote.
    """

    kind: GapKind
    left: float
    right: float
    left_value: float
    right_value: float
    left_endless: bool = False
    right_endless: bool = False

    @property
    def endless(self) -> bool:
        """Whether the curve leaves every bound on a side."""
        return self.left_endless or self.right_endless


def gaps(f: Curve, x: Array, y: Array, pixel: float) -> tuple[Gap, ...]:
    """Return the gaps between the points of a curve that have a height.

    Parameters
    ----------
    f
        The curve.
    x, y
        Its points; NaN in ``y`` where it is broken.
    pixel
        A difference of heights that cannot be seen.
    """
    known = np.flatnonzero(np.isfinite(y))
    if not len(known):
        return (Gap("domain", -np.inf, np.inf, np.nan, np.nan),)
    width = float(x[-1] - x[0])
    breaks = np.flatnonzero(np.diff(known) > 1)
    lefts, rights = known[breaks], known[breaks + 1]
    if known[0] > 0:
        lefts, rights = np.r_[-1, lefts], np.r_[known[0], rights]
    if known[-1] < len(y) - 1:
        lefts, rights = np.r_[lefts, known[-1]], np.r_[rights, -1]
    inner_left, inner_right = lefts >= 0, rights >= 0
    left_endless = inner_left & _endless(f, x[lefts], y[lefts], -width, pixel)
    right_endless = inner_right & _endless(f, x[rights], y[rights], width, pixel)
    found: list[Gap] = []
    for index in range(len(lefts)):
        gap = Gap(
            "domain",
            float(x[lefts[index]]) if inner_left[index] else -np.inf,
            float(x[rights[index]]) if inner_right[index] else np.inf,
            float(y[lefts[index]]) if inner_left[index] else np.nan,
            float(y[rights[index]]) if inner_right[index] else np.nan,
            bool(left_endless[index]),
            bool(right_endless[index]),
        )
        if found and gap.left - found[-1].right <= 1e-9 * width:
            # Two looks at one place: a single point lies between both sides of a jump.
            gap = replace(
                gap,
                left=found[-1].left,
                left_value=found[-1].left_value,
                left_endless=found.pop().left_endless,
            )
        found.append(gap)
    return tuple(replace(gap, kind=_kind(gap, width, pixel)) for gap in found)


def _endless(f: Curve, x: Array, y: Array, away: float, pixel: float) -> NDArray[np.bool_]:
    """Return at which ends a curve still climbs, or falls, however near one looks."""
    heights = np.stack([*(np.asarray(f(x + share * away)) for share in _BESIDE), y])
    with np.errstate(invalid="ignore"):
        climbs = np.diff(heights, axis=0)
    one_way = (np.sign(climbs) == np.sign(climbs[-1])).all(axis=0)
    lasting = np.abs(climbs[-1]) > np.maximum(0.5 * np.abs(climbs[-2]), 2.0 * pixel)
    return np.asarray(one_way & lasting)


def _kind(gap: Gap, width: float, pixel: float) -> GapKind:
    if gap.right - gap.left > _WIDE * width:
        return "domain"
    if gap.endless:
        return "pole"
    return "hole" if abs(gap.right_value - gap.left_value) <= pixel else "jump"
