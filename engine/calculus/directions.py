"""Gradient, directional derivatives and the tangent plane of a surface."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.calculus.functions import Array, Surfaced, surface
from engine.calculus.latex import affine_latex
from engine.calculus.partials import height
from engine.errors import NablaError

_UNIT = 1e-9


@dataclass(frozen=True, slots=True)
class Gradient:
    """∇f at a point.

    Attributes
    ----------
    point
        Where.
    vector
        The partial derivatives.
    norm
        ‖∇f‖, the steepest slope.
    angle
        The direction of steepest ascent from the x-axis in radians; NaN for a zero gradient, and
        for other than two variables.
    """

    point: tuple[float, ...]
    vector: tuple[float, ...]
    norm: float
    angle: float

    @property
    def direction(self) -> tuple[float, ...]:
        """The unit vector of steepest ascent; zeros for a zero gradient."""
        if self.norm == 0.0:
            return (0.0,) * len(self.vector)
        return tuple(part / self.norm for part in self.vector)


@dataclass(frozen=True, slots=True)
class DirectionalDerivative:
    """The slope of a surface along a direction.

    Attributes
    ----------
    point, direction
        Where, and the unit vector u.
    value
        ∇f · u.
    terms
        The summands f_x u_x.
    gradient
        ∇f.
    to_gradient
        The angle between u and ∇f in radians: value = ‖∇f‖ cos of it; NaN for a zero gradient.
    """

    point: tuple[float, ...]
    direction: tuple[float, ...]
    value: float
    terms: tuple[float, ...]
    gradient: Gradient
    to_gradient: float


@dataclass(frozen=True, slots=True, eq=False)
class PolarCurve:
    """The directional derivative over all directions, as a curve around the point.

    It is a pair of circles through the point, one of ascent and one of descent.

    Attributes
    ----------
    angles
        From 0 to 2π, ``(n,)``.
    values
        D_u f for each, ``(n,)``.
    """

    angles: Array
    values: Array

    @property
    def outline(self) -> Array:
        """The points |D_u f| · u, ``(n, 2)``; the sign of ``values`` tells up from down."""
        return np.abs(self.values)[:, None] * unit_vectors(self.angles)


@dataclass(frozen=True, slots=True)
class TangentPlane:
    """The plane that touches a surface: z = value + Σ slope · (x − point)."""

    point: tuple[float, ...]
    value: float
    slopes: tuple[float, ...]
    variables: tuple[str, ...] = ("x", "y")

    def __call__(self, points: Array) -> Array:
        """Return the height of the plane at points ``(…, n)``."""
        away = np.asarray(points, dtype=np.float64) - np.array(self.point)
        with np.errstate(all="ignore"):
            return np.asarray(self.value + away @ np.array(self.slopes))

    def patch(self, radius: float) -> Array:
        """Return the corners of a square piece around the point, ``(4, 3)``, for two variables."""
        corners = np.array([(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]) * radius
        places = np.array(self.point) + corners
        return np.column_stack((places, self(places)))

    @property
    def normal(self) -> tuple[float, ...]:
        """The unit vector that stands upright on the plane."""
        vector = [*(-slope for slope in self.slopes), 1.0]
        length = math.hypot(*vector)
        return tuple(part / length for part in vector)

    @property
    def latex(self) -> str:
        """The plane as a formula: ``z = 5 + 8(x - 1) + (y - 2)``."""
        terms = list(zip(self.slopes, self.variables, self.point, strict=True))
        return f"z = {affine_latex(self.value, terms)}"


def gradient_at(f: Surfaced, point: Sequence[float]) -> Gradient:
    """Return ∇f at a point.

    Raises
    ------
    NablaError
        ``calculus.wrong_number``; ``calculus.no_slope``: a partial derivative does not exist.
    """
    own = surface(f)
    at = own.points(point)
    vector = own.gradient(at)
    if not np.all(np.isfinite(vector)):
        raise NablaError("calculus.no_slope", x=", ".join(f"{place:g}" for place in at))
    norm = math.hypot(*vector)
    angle = math.atan2(vector[1], vector[0]) if len(vector) == 2 and norm > 0.0 else math.nan
    return Gradient(tuple(map(float, at)), tuple(map(float, vector)), norm, angle)


def directional_derivative(
    f: Surfaced, point: Sequence[float], direction: Sequence[float]
) -> DirectionalDerivative:
    """Return the slope along a direction, ∇f · u.

    Raises
    ------
    NablaError
        ``calculus.not_unit``: the direction is not of length 1 (see :func:`unit`); and as
        :func:`gradient_at`.
    """
    found = gradient_at(f, point)
    u = np.asarray(direction, dtype=np.float64)
    if u.shape != (len(found.vector),):
        raise NablaError("calculus.wrong_number", expected=len(found.vector), given=u.size)
    length = float(np.linalg.norm(u))
    if not abs(length - 1.0) <= _UNIT:
        raise NablaError("calculus.not_unit", length=length)
    terms = np.array(found.vector) * u
    value = float(terms.sum())
    # From both sine and cosine: the arc cosine alone is coarse near 0 and π.
    along = value / found.norm if found.norm else math.nan
    across = np.linalg.norm(np.array(found.direction) - along * u)
    return DirectionalDerivative(
        found.point,
        tuple(map(float, u)),
        value,
        tuple(map(float, terms)),
        found,
        math.atan2(float(across), along) if found.norm else math.nan,
    )


def directional_derivative_at_angle(
    f: Surfaced, point: Sequence[float], angle: float
) -> DirectionalDerivative:
    """Return the slope along the direction (cos angle, sin angle); the angle in radians."""
    return directional_derivative(f, point, (math.cos(angle), math.sin(angle)))


def polar_curve(f: Surfaced, point: Sequence[float], count: int = 361) -> PolarCurve:
    """Return the directional derivative over all directions of the plane.

    Raises
    ------
    NablaError
        As :func:`gradient_at`.
    """
    vector = np.array(gradient_at(f, point).vector)
    angles = np.linspace(0.0, 2.0 * np.pi, count)
    return PolarCurve(angles, unit_vectors(angles) @ vector)


def tangent_plane(f: Surfaced, point: Sequence[float]) -> TangentPlane:
    """Return the plane that touches a surface at a point.

    Raises
    ------
    NablaError
        ``calculus.no_value``; and as :func:`gradient_at`.
    """
    own = surface(f)
    value = height(own, own.points(point))
    found = gradient_at(own, point)
    return TangentPlane(found.point, value, found.vector, own.variables)


def unit(direction: Sequence[float]) -> tuple[float, ...]:
    """Return the direction with length 1.

    Raises
    ------
    NablaError
        ``calculus.no_direction``: it has no length, or none that is finite.
    """
    vector = np.asarray(direction, dtype=np.float64)
    largest = float(np.abs(vector).max(initial=0.0))
    if not 0.0 < largest < np.inf:
        raise NablaError("calculus.no_direction")
    # Scaled first, so that squares neither overflow nor vanish.
    scaled = vector / largest
    return tuple(float(part) for part in scaled / np.linalg.norm(scaled))


def unit_vectors(angles: Array) -> Array:
    """Return (cos, sin) of angles in radians, ``(…, 2)``."""
    return np.stack((np.cos(angles), np.sin(angles)), axis=-1)
