"""Riemann sums: the area under a curve in n pieces, with the shapes to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.calculus.functions import Array, Curve, Curved, curve
from engine.errors import NablaError

Rule = Literal["left", "right", "midpoint", "trapezoid", "simpson"]
RULES: tuple[Rule, ...] = ("left", "right", "midpoint", "trapezoid", "simpson")
MOST_PIECES = 100_000

LATEX: dict[Rule, str] = {
    "left": r"\Delta x \sum_{i=0}^{n-1} f(x_i)",
    "right": r"\Delta x \sum_{i=1}^{n} f(x_i)",
    "midpoint": r"\Delta x \sum_{i=0}^{n-1} f\left(\frac{x_i + x_{i+1}}{2}\right)",
    "trapezoid": r"\frac{\Delta x}{2} \sum_{i=0}^{n-1} \left(f(x_i) + f(x_{i+1})\right)",
    "simpson": r"\frac{\Delta x}{6} \sum_{i=0}^{n-1} \left(f(x_i)"
    r" + 4 f\left(\frac{x_i + x_{i+1}}{2}\right) + f(x_{i+1})\right)",
}
"""The sums as formulas."""

_ARC = 9
"""Points that draw one parabola of Simpson's rule."""


@dataclass(frozen=True, slots=True, eq=False)
class RiemannSum:
    """An area, piece by piece.

    Attributes
    ----------
    rule
        How the height of a piece is taken.
    edges
        The bounds of the pieces, ``(n + 1,)``, from a to b.
    areas
        The signed area of each piece, ``(n,)``.
    tops
        The upper outline of each piece, ``(n, points, 2)`` as (x, y): two points for rectangles and
        trapezoids, an arc for Simpson's parabolas. With the feet on the axis it is the shape.
    samples
        The points (x, f(x)) at which the function was asked, ``(…, 2)``.
    """

    rule: Rule
    edges: Array
    areas: Array
    tops: Array
    samples: Array

    @property
    def total(self) -> float:
        """The sum; NaN where the function has no value at one of the points."""
        return float(np.sum(self.areas))

    @property
    def width(self) -> float:
        """Δx, negative where b < a."""
        return float((self.edges[-1] - self.edges[0]) / len(self.areas))

    @property
    def outlines(self) -> Array:
        """The closed shapes, ``(n, points + 2, 2)``: up from the axis, along the top, and down."""
        left, right = np.array(self.tops[:, :1]), np.array(self.tops[:, -1:])
        left[..., 1] = right[..., 1] = 0.0
        return np.concatenate((left, self.tops, right), axis=1)


def riemann_sum(f: Curved, a: float, b: float, pieces: int, rule: Rule = "left") -> RiemannSum:
    """Approximate ∫ f from a to b with equally wide pieces.

    Parameters
    ----------
    f
        The function.
    a, b
        The bounds; with b < a areas change their sign.
    pieces
        n, from 1 to 100 000.
    rule
        ``"left"``, ``"right"``, ``"midpoint"``, ``"trapezoid"`` or ``"simpson"``.

    Raises
    ------
    NablaError
        ``calculus.pieces``: too few or too many pieces; ``calculus.bounds``: no finite bounds.
    """
    if not 1 <= pieces <= MOST_PIECES:
        raise NablaError("calculus.pieces", pieces=pieces, most=MOST_PIECES)
    if not np.isfinite(a) or not np.isfinite(b):
        raise NablaError("calculus.bounds", a=a, b=b)
    with np.errstate(all="ignore"):
        return _sum(curve(f), a, b, pieces, rule)


def _sum(own: Curve, a: float, b: float, pieces: int, rule: Rule) -> RiemannSum:
    edges = np.linspace(a, b, pieces + 1)
    lows, highs = edges[:-1], edges[1:]
    middles = 0.5 * (lows + highs)
    width = (b - a) / pieces
    if rule in ("left", "right", "midpoint"):
        at = {"left": lows, "right": highs, "midpoint": middles}[rule]
        heights = np.asarray(own(at))
        tops = _points((lows, heights), (highs, heights))
        return RiemannSum(rule, edges, width * heights, tops, _points((at, heights))[:, 0])
    corners = np.asarray(own(edges))
    left, right = corners[:-1], corners[1:]
    if rule == "trapezoid":
        tops = _points((lows, left), (highs, right))
        samples = _points((edges, corners))[:, 0]
        return RiemannSum(rule, edges, width * 0.5 * (left + right), tops, samples)
    middle = np.asarray(own(middles))
    # The parabola through three points, Lagrange's form, over s from 0 to 1.
    s = np.linspace(0.0, 1.0, _ARC)
    weights = np.stack([(2.0 * s - 1.0) * (s - 1.0), 4.0 * s * (1.0 - s), s * (2.0 * s - 1.0)])
    tops = np.stack(
        [
            lows[:, None] + s * (highs - lows)[:, None],
            np.stack([left, middle, right], axis=1) @ weights,
        ],
        axis=-1,
    )
    samples = np.concatenate([_points((edges, corners))[:, 0], _points((middles, middle))[:, 0]])
    areas = width / 6.0 * (left + 4.0 * middle + right)
    return RiemannSum(rule, edges, areas, tops, samples[np.argsort(samples[:, 0])])


def _points(*columns: tuple[Array, Array]) -> Array:
    """Put points (x, y) side by side: ``(n, number of columns, 2)``."""
    return np.stack([np.stack(column, axis=-1) for column in columns], axis=1)
