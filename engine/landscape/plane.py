"""A plane through the space of all parameters, in which a path keeps its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from engine.errors import NablaError
from engine.network import Vector

EXACT_TOLERANCE = 1e-9
"""A path lies in a plane if it leaves it by no more than this share of its own length."""
_SMALLEST_ANGLE = 1e-6
"""Directions nearer to each other than this (sine of the angle) span no plane."""


@dataclass(frozen=True)
class Message:
    """Something to say about a plane: a code for the front end's table, and plain values."""

    code: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Plane:
    """Two directions in the space of parameters.

    A slice of the loss is cut along the plane *through a given state*. Coordinates do not depend
    on that state: they are measured from ``origin``, so a path keeps its place on the axes while
    the slice follows the ball.

    Attributes
    ----------
    kind
        Key in ``axes.TABLE`` of the way it was chosen.
    directions
        (2, size), independent, of any length; a coordinate counts lengths of its direction.
    origin
        (size,), the parameters whose coordinates are (0, 0).
    labels
        What each axis is.
    notes
        What the user should know about the choice, for example that a gradient was zero.
    explained
        Shares of the path's variance along the axes, for principal components only.

    Arrays are read-only copies.
    """

    kind: str
    directions: Vector
    origin: Vector
    labels: tuple[Message, Message]
    notes: tuple[Message, ...] = ()
    explained: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        """Check that the directions span a plane.

        Raises
        ------
        NablaError
            ``landscape.no_plane``: a direction is zero or not finite, or the two are parallel.
        """
        for name in ("directions", "origin"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if self.directions.shape != (2, self.origin.size):
            raise ValueError(f"directions {self.directions.shape}, origin {self.origin.shape}")
        if not are_independent(*self.directions):
            raise NablaError("landscape.no_plane")

    @cached_property
    def _dual(self) -> Vector:
        """(2, size): the rows that read coordinates off a vector, G⁻¹ D with G = D Dᵀ."""
        # Solved for unit vectors, so that lengths of very different size do no harm.
        lengths = np.linalg.norm(self.directions, axis=1, keepdims=True)
        units = self.directions / lengths
        dual: Vector = np.linalg.solve(units @ units.T, units) / lengths
        return dual

    def coordinates(self, vectors: Vector) -> Vector:
        """Return the coordinates of parameters: (…, size) → (…, 2), by least squares."""
        return (np.asarray(vectors) - self.origin) @ self._dual.T

    def point(self, through: Vector, x: float, y: float) -> Vector:
        """Return the parameters at (x, y) of the slice through a state, (size,)."""
        shift = np.array([x, y]) - self.coordinates(through)
        return through + shift @ self.directions

    def distance(self, vectors: Vector, through: Vector) -> Vector:
        """Return how far parameters are from the slice through a state: (…, size) → (…)."""
        offsets = np.asarray(vectors) - through
        rest = offsets - (offsets @ self._dual.T) @ self.directions
        distances: Vector = np.linalg.norm(rest, axis=-1)
        return distances

    def tolerated(
        self, vectors: Vector, through: Vector, tolerance: float = EXACT_TOLERANCE
    ) -> float:
        """Return how far parameters (k, size) may be from a slice and count as part of it.

        That is ``tolerance`` times their largest distance from the state that the slice goes
        through, and the rounding of the parameters themselves.
        """
        extent = float(np.linalg.norm(np.asarray(vectors) - through, axis=-1).max(initial=0.0))
        rounding = 4.0 * np.finfo(np.float64).eps * float(np.linalg.norm(through))
        return tolerance * extent + float(rounding)

    def holds(self, vectors: Vector, through: Vector, tolerance: float = EXACT_TOLERANCE) -> bool:
        """Whether all parameters (k, size) lie in the slice through a state."""
        farthest = float(self.distance(vectors, through).max(initial=0.0))
        return bool(farthest <= self.tolerated(vectors, through, tolerance))


def are_independent(first: Vector, second: Vector) -> bool:
    """Whether two vectors are finite and span a plane."""
    lengths = np.linalg.norm(first), np.linalg.norm(second)
    if not all(np.isfinite(length) and length > 0.0 for length in lengths):
        return False
    one, other = first / lengths[0], second / lengths[1]
    return bool(np.linalg.norm(other - (other @ one) * one) > _SMALLEST_ANGLE)
