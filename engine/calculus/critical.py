"""The second-order view: the Hessian, its axes, and the kind of a critical point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.calculus.functions import Array, Surfaced, surface
from engine.calculus.partials import height
from engine.errors import NablaError

CriticalKind = Literal["minimum", "maximum", "saddle", "degenerate", "not_critical"]
GRADIENT_TOLERANCE = 1e-6
CURVATURE_TOLERANCE = 1e-8
_EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, eq=False)
class SecondOrder:
    """What a surface is like around a point, up to second order.

    Attributes
    ----------
    point, value
        Where, and the height.
    gradient
        ``(n,)``.
    hessian
        ``(n, n)``, symmetric.
    curvatures
        The eigenvalues of the Hessian, rising, ``(n,)``.
    axes
        Its eigenvectors as rows, of length 1, ``(n, n)``: the axes of the local paraboloid.
    kind
        The kind of critical point; ``degenerate``: second order does not decide it.
    """

    point: tuple[float, ...]
    value: float
    gradient: Array
    hessian: Array
    curvatures: Array
    axes: Array
    kind: CriticalKind

    @property
    def determinant(self) -> float:
        """The determinant of the Hessian, the product of the curvatures."""
        return float(np.prod(self.curvatures))

    @property
    def condition(self) -> float:
        """The largest curvature over the smallest, by size; ∞ where one is 0."""
        sizes = np.abs(self.curvatures)
        with np.errstate(over="ignore"):
            return float(sizes.max() / sizes.min()) if sizes.min() > 0.0 else np.inf

    @property
    def code(self) -> str:
        """Name of the sentence that tells the kind."""
        return f"calculus.{self.kind}"

    def paraboloid(self, points: Array) -> Array:
        """Return Taylor's polynomial of second order at points ``(…, n)``."""
        away = np.asarray(points, dtype=np.float64) - np.array(self.point)
        with np.errstate(all="ignore"):
            second = np.einsum("...i,ij,...j->...", away, self.hessian, away)
            return np.asarray(self.value + away @ self.gradient + 0.5 * second)

    def newton_step(self) -> tuple[float, ...] | None:
        """Return the way to the paraboloid's own critical point; None if it has no single one."""
        if not np.isfinite(self.condition) or self.condition > 1.0 / _EPSILON:
            return None
        # + 0 turns −0 into 0.
        return tuple(float(part) for part in -np.linalg.solve(self.hessian, self.gradient) + 0.0)


def second_order(
    f: Surfaced,
    point: Sequence[float],
    *,
    gradient_tolerance: float = GRADIENT_TOLERANCE,
    curvature_tolerance: float = CURVATURE_TOLERANCE,
) -> SecondOrder:
    """Return gradient, Hessian, its axes, and the kind of critical point.

    Parameters
    ----------
    f
        A function of n variables.
    point
        Where.
    gradient_tolerance
        A gradient counts as zero up to this, relative to the largest curvature (or to 1).
    curvature_tolerance
        A curvature counts as zero up to this, relative to the largest one (or to 1 where all are
        smaller).

    Raises
    ------
    NablaError
        ``calculus.no_value``, ``calculus.no_slope`` or ``calculus.no_curvature`` at the point.
    """
    own = surface(f)
    at = own.points(point)
    value = height(own, at)
    place = ", ".join(f"{one:g}" for one in at)
    slopes, bends = own.gradient(at), own.hessian(at)
    if not np.all(np.isfinite(slopes)):
        raise NablaError("calculus.no_slope", x=place)
    if not np.all(np.isfinite(bends)):
        raise NablaError("calculus.no_curvature", x=place)
    bends = 0.5 * (bends + bends.T)
    curvatures, columns = np.linalg.eigh(bends)
    largest = max(1.0, float(np.abs(curvatures).max()))
    if math.hypot(*slopes) > gradient_tolerance * largest:
        kind: CriticalKind = "not_critical"
    else:
        kind = _kind(curvatures, curvature_tolerance * largest)
    return SecondOrder(
        tuple(map(float, at)), value, slopes, bends, curvatures, _directed(columns.T), kind
    )


def _kind(curvatures: Array, tolerance: float) -> CriticalKind:
    positive, negative = curvatures > tolerance, curvatures < -tolerance
    if positive.any() and negative.any():
        return "saddle"
    if positive.all():
        return "minimum"
    return "maximum" if negative.all() else "degenerate"


def _directed(axes: Array) -> Array:
    """Choose of both directions of each axis the one whose largest part is positive."""
    largest = np.abs(axes).argmax(axis=1)
    signs = np.sign(axes[np.arange(len(axes)), largest])
    return np.asarray(axes * signs[:, None])
