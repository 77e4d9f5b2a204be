"""Integrals to the last digits that rounding leaves, and the area function F(x) = ∫ₐˣ f.

Each piece of the range is integrated by the Gauss rule with 7 points and the Kronrod rule with 15
that contains it; their difference tells the error. The worst piece is halved until all errors
together are small (as in QUADPACK, Piessens et al. 1983).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.calculus.functions import Array, Curve, Curved, curve
from engine.errors import NablaError

RELATIVE = 1e-12
"""The error that is aimed at, relative to ∫|f|."""
_MOST_PIECES = 2_000
_ROUNDS = 60
_NARROW = 1e-10
_EPSILON = float(np.finfo(np.float64).eps)

# The 15 nodes in [−1, 1] and both sets of weights, computed to 17 digits.
_POSITIVE_NODES = (
    0.9914553711208126, 0.9491079123427585, 0.8648644233597691, 0.7415311855993945,
    0.5860872354676911, 0.4058451513773972, 0.2077849550078985, 0.0,
)  # fmt: skip
_KRONROD_HALF = (
    0.02293532201052922, 0.06309209262997855, 0.1047900103222502, 0.1406532597155259,
    0.1690047266392679, 0.1903505780647854, 0.2044329400752989, 0.2094821410847278,
)  # fmt: skip
_GAUSS_HALF = (
    0.0, 0.1294849661688697, 0.0, 0.2797053914892767,
    0.0, 0.3818300505051189, 0.0, 0.4179591836734694,
)  # fmt: skip
_NODES = np.array([-node for node in _POSITIVE_NODES] + list(_POSITIVE_NODES[-2::-1]))
_KRONROD = np.array(_KRONROD_HALF + _KRONROD_HALF[-2::-1])
_GAUSS = np.array(_GAUSS_HALF + _GAUSS_HALF[-2::-1])


@dataclass(frozen=True, slots=True)
class Integral:
    """An integral with the estimate of its error.

    Attributes
    ----------
    value
        The integral; NaN where the function has no finite one, or has no value in places.
    error
        What it may be off.
    certain
        Whether the error is as small as was asked for.
    evaluations
        Number of points at which the function was asked.
    """

    value: float
    error: float
    certain: bool
    evaluations: int


@dataclass(frozen=True, slots=True, eq=False)
class AreaFunction:
    """F(x) = ∫ₐˣ f at many x.

    Attributes
    ----------
    start
        a, where the area begins.
    x
        Where it is known, rising.
    values, errors
        F and the estimate of its error at each x; NaN from where there is no area.
    """

    start: float
    x: Array
    values: Array
    errors: Array


def integral(f: Curved, a: float, b: float, relative: float = RELATIVE) -> Integral:
    """Return ∫ f from a to b; with b < a its sign changes.

    Integrable infinities at the bounds, as in 1/√x on [0, 1], converge slowly; ``certain`` tells.

    Raises
    ------
    NablaError
        ``calculus.bounds``: no finite bounds.
    """
    if not np.isfinite(a) or not np.isfinite(b):
        raise NablaError("calculus.bounds", a=a, b=b)
    if a == b:
        return Integral(0.0, 0.0, True, 0)
    pieces = _Pieces.over(curve(f), np.array([a, b]))
    for _ in range(_ROUNDS):
        if pieces.settled(relative) or not pieces.can_split:
            break
        pieces = pieces.split(relative)
    error = float(pieces.errors.sum())
    value = float(pieces.values.sum())
    if not np.isfinite(value) or not np.isfinite(error) or pieces.unbounded(relative).any():
        return Integral(np.nan, np.inf, False, pieces.evaluations)
    certain = pieces.settled(max(relative, 1e-9))
    return Integral(value, max(error, _EPSILON * pieces.size), certain, pieces.evaluations)


def area_function(f: Curved, a: float, x: Array, relative: float = 1e-10) -> AreaFunction:
    """Return F(x) = ∫ₐˣ f for all of some x at once.

    Parameters
    ----------
    f
        The function.
    a
        Where the area begins; it may lie inside the range of x, then F is negative to the left
        of it where f is positive.
    x
        Rising places, such as those of a drawn curve.
    """
    own = curve(f)
    places = np.asarray(x, dtype=np.float64)
    edges = np.unique(np.append(places, a))
    if len(edges) < 2:
        return AreaFunction(a, places, np.zeros_like(places), np.zeros_like(places))
    pieces = _Pieces.over(own, edges)
    for _ in range(_ROUNDS):
        if pieces.settled(relative) or not pieces.can_split:
            break
        pieces = pieces.split(relative)
    count = len(edges) - 1
    owner = np.clip(np.searchsorted(edges, pieces.lows, side="right") - 1, 0, max(count - 1, 0))
    with np.errstate(all="ignore"):
        known = np.where(pieces.unbounded(relative), np.nan, pieces.values)
        steps = np.bincount(owner, known, minlength=count)[:count]
        doubts = np.bincount(owner, pieces.errors, minlength=count)[:count]
        start = int(np.searchsorted(edges, a))
        to_right = np.concatenate(([0.0], np.cumsum(steps[start:])))
        to_left = -np.concatenate(([0.0], np.cumsum(steps[:start][::-1])))[::-1]
        values = np.concatenate((to_left[:-1], to_right))
        doubt_right = np.concatenate(([0.0], np.cumsum(doubts[start:])))
        doubt_left = np.concatenate(([0.0], np.cumsum(doubts[:start][::-1])))[::-1]
        errors = np.concatenate((doubt_left[:-1], doubt_right))
    at = np.searchsorted(edges, places)
    values = np.where(np.isfinite(values), values, np.nan)
    return AreaFunction(a, places, values[at], errors[at])


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """A range cut into pieces, each with its integral, its error, and ∫|f|."""

    f: Curve
    lows: Array
    highs: Array
    values: Array
    errors: Array
    sizes: Array
    evaluations: int
    most: int

    @classmethod
    def over(cls, f: Curve, edges: Array) -> _Pieces:
        return cls.between(f, edges[:-1], edges[1:], _MOST_PIECES + 2 * len(edges))

    @classmethod
    def between(cls, f: Curve, lows: Array, highs: Array, most: int) -> _Pieces:
        half = 0.5 * (highs - lows)
        at = (0.5 * (lows + highs))[:, None] + half[:, None] * _NODES
        heights = np.asarray(f(at))
        with np.errstate(all="ignore"):
            kronrod = half * (heights @ _KRONROD)
            gauss = half * (heights @ _GAUSS)
            size = np.abs(half) * (np.abs(heights) @ _KRONROD)
            mean = kronrod / (2.0 * half)
            spread = np.abs(half) * (np.abs(heights - mean[:, None]) @ _KRONROD)
            difference = np.abs(kronrod - gauss)
            # QUADPACK's estimate: the difference belongs to the rule with fewer points.
            scaled = spread * np.minimum(1.0, (200.0 * difference / spread) ** 1.5)
            errors = np.where((spread > 0.0) & (difference > 0.0), scaled, difference)
        return cls(f, lows, highs, kronrod, errors, size, at.size, most)

    @property
    def size(self) -> float:
        """∫|f| over the whole range."""
        return float(np.nansum(self.sizes))

    @property
    def can_split(self) -> bool:
        # Where a function has no value, halving finds none.
        return len(self.lows) < self.most and bool(np.isfinite(self.values).any())

    def unbounded(self, relative: float) -> NDArray[np.bool_]:
        """Return which pieces hold more than there is room for: their integral does not exist.

        However narrow a piece becomes at a pole such as that of 1/x, ∫|f| over it stays.
        """
        widths = np.abs(self.highs - self.lows)
        narrow = widths <= _NARROW * widths.sum()
        doubtful = self.errors > relative * self.size / len(self.lows)
        heavy = self.sizes > 1e-3 * self.size
        return np.asarray(narrow & doubtful & heavy)

    def settled(self, relative: float) -> bool:
        allowed = max(relative, 50.0 * _EPSILON) * self.size
        with np.errstate(all="ignore"):
            return bool(np.nansum(self.errors) <= allowed)

    def split(self, relative: float) -> _Pieces:
        """Halve the pieces whose error is more than their share."""
        share = relative * self.size / len(self.lows)
        worst = float(np.nanmax(self.errors))
        bad = (self.errors > max(share, 0.1 * worst)) | (self.errors >= worst)
        middles = 0.5 * (self.lows[bad] + self.highs[bad])
        halves = _Pieces.between(
            self.f,
            np.concatenate((self.lows[bad], middles)),
            np.concatenate((middles, self.highs[bad])),
            self.most,
        )

        def joined(old: Array, new: Array) -> Array:
            return np.concatenate((old[~bad], new))

        return _Pieces(
            self.f,
            joined(self.lows, halves.lows),
            joined(self.highs, halves.highs),
            joined(self.values, halves.values),
            joined(self.errors, halves.errors),
            joined(self.sizes, halves.sizes),
            self.evaluations + halves.evaluations,
            self.most,
        )
