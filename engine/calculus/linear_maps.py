"""The Jacobian of a map of the plane as its best linear map: a small grid and its image."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.autodiff import jacobian
from engine.calculus.functions import Array
from engine.errors import NablaError
from engine.expression import Expression

Mapping = Sequence[Expression] | Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class LinearMap:
    """A map ℝⁿ → ℝᵐ near a point: p ↦ image + J (p − point).

    Attributes
    ----------
    point, image
        A point ``(n,)`` and where it goes ``(m,)``.
    matrix
        The Jacobian J, ``(m, n)``.
    """

    point: Array
    image: Array
    matrix: Array

    def __call__(self, points: Array) -> Array:
        """Return where the linear map takes points ``(…, n)``: ``(…, m)``."""
        away = np.asarray(points, dtype=np.float64) - self.point
        with np.errstate(all="ignore"):
            return np.asarray(self.image + away @ self.matrix.T)

    @property
    def determinant(self) -> float:
        """How areas are enlarged, negative where the map turns the plane over; NaN if m ≠ n."""
        if self.matrix.shape == (2, 2):
            (a, b), (c, d) = self.matrix
            return float(a * d - b * c)
        rows, columns = self.matrix.shape
        return float(np.linalg.det(self.matrix)) if rows == columns else np.nan

    @property
    def stretches(self) -> Array:
        """The singular values: the half axes of the ellipse that a unit circle becomes."""
        return np.asarray(np.linalg.svd(self.matrix, compute_uv=False), dtype=np.float64)

    def after(self, inner: LinearMap) -> LinearMap:
        """Return the linear map of a composition, this one after another: J_f · J_g.

        Raises
        ------
        NablaError
            ``calculus.shapes``: the inner map ends in another space than this one starts in.
        """
        if self.matrix.shape[1] != inner.matrix.shape[0]:
            raise NablaError(
                "calculus.shapes", outer=str(self.matrix.shape), inner=str(inner.matrix.shape)
            )
        return LinearMap(inner.point, self.image, self.matrix @ inner.matrix)


@dataclass(frozen=True, slots=True, eq=False)
class GridImage:
    """A small square grid around a point, its true image, and that of the linear map.

    Attributes
    ----------
    grid
        Lines of the grid, ``(lines, points, 2)``: first those along x, then those along y.
    image, linear
        The same lines after the map and after the linear map, ``(lines, points, m)``.
    error
        The largest distance between both.
    """

    grid: Array
    image: Array
    linear: Array
    error: float


def linear_map(
    f: Mapping, point: Sequence[float], variables: Sequence[str] | None = None
) -> LinearMap:
    """Return the best linear map at a point.

    Parameters
    ----------
    f
        Expressions, one for each coordinate of the image, or a Python function from one array to
        one array, of NumPy's functions.
    point
        ``(n,)``.
    variables
        The order of the expressions' variables; that of the alphabet where left out.

    Raises
    ------
    NablaError
        ``calculus.no_value`` or ``calculus.no_slope`` at the point.
    """
    at = np.asarray(point, dtype=np.float64)
    image = mapped(f, at, variables)
    place = ", ".join(f"{one:g}" for one in at)
    if not np.all(np.isfinite(image)):
        raise NablaError("calculus.no_value", x=place)
    matrix = np.asarray(jacobian(f, variables)(at))
    if not np.all(np.isfinite(matrix)):
        raise NablaError("calculus.no_slope", x=place)
    return LinearMap(at, image, matrix.reshape(image.size, at.size))


def grid_image(
    f: Mapping,
    point: Sequence[float],
    radius: float,
    variables: Sequence[str] | None = None,
    *,
    lines: int = 7,
    points: int = 33,
) -> GridImage:
    """Return a square grid around a point of the plane, with its image and its linear image."""
    local = linear_map(f, point, variables)
    offsets = np.linspace(-radius, radius, lines)
    along = np.linspace(-radius, radius, points)
    level = np.stack(np.broadcast_arrays(along[None, :], offsets[:, None]), axis=-1)
    grid = np.concatenate((level, level[..., ::-1])) + local.point
    image = mapped(f, grid, variables)
    linear = local(grid)
    with np.errstate(all="ignore"):
        distances = np.linalg.norm(image - linear, axis=-1)
    finite = distances[np.isfinite(distances)]
    return GridImage(grid, image, linear, float(finite.max(initial=0.0)))


def mapped(f: Mapping, points: Array, variables: Sequence[str] | None = None) -> Array:
    """Return the images of points ``(…, n)``: ``(…, m)``."""
    at = np.asarray(points, dtype=np.float64)
    if callable(f):
        flat = at.reshape(-1, at.shape[-1])
        with np.errstate(all="ignore"):
            images = [np.atleast_1d(np.asarray(f(one), dtype=np.float64)) for one in flat]
        return np.stack(images).reshape(*at.shape[:-1], -1)
    names = variables or sorted({name for part in f for name in part.variables})
    if at.shape[-1] != len(names):
        raise NablaError("calculus.wrong_number", expected=len(names), given=at.shape[-1])
    values = {name: at[..., i] for i, name in enumerate(names)}
    return np.stack([np.asarray(part(**values)) for part in f], axis=-1)
