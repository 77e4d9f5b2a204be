"""Functions of one or several numbers, wherever they come from, with their derivatives.

Labs work on expressions, tests on Python functions, the network lab on slices of a loss. Here they
become alike: vectorized, float64, NaN where there is no value, never a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.autodiff import derivative, gradient, hessian
from engine.errors import NablaError
from engine.expression import Expression

Array = NDArray[np.float64]
Vectorized = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Curve:
    """A function of one number.

    Attributes
    ----------
    call
        Takes an array and returns one of the same shape.
    slope
        Its derivative, likewise; None where only values are known.
    bend
        Its second derivative.
    variable
        The name of the number.
    """

    call: Vectorized
    slope: Vectorized | None = None
    bend: Vectorized | None = None
    variable: str = "x"

    def __call__(self, x: Any) -> Any:
        """Return f(x), an array for an array and a float for a number; NaN where it has none."""
        return _values(self.call, x)

    def derivative(self, x: Any) -> Any:
        """Return f′(x): the exact one where it is known, else by central differences."""
        if self.slope is not None:
            return _values(self.slope, x)
        at, h = _steps(x, 1.0 / 3.0)
        with np.errstate(all="ignore"):
            return (self(at + h) - self(at - h)) / ((at + h) - (at - h))

    def second_derivative(self, x: Any) -> Any:
        """Return f″(x): the exact one where it is known, else by central differences."""
        if self.bend is not None:
            return _values(self.bend, x)
        at, h = _steps(x, 0.25)
        with np.errstate(all="ignore"):
            return (self(at + h) - 2.0 * self(at) + self(at - h)) / (h * h)


@dataclass(frozen=True, eq=False)
class Surface:
    """A function of n numbers.

    Attributes
    ----------
    call
        Takes points ``(…, n)`` and returns heights ``(…)``.
    variables
        Names of the numbers, in the order of the last axis.
    slopes
        The gradient at points, ``(…, n)``; None where only heights are known.
    bends
        The Hessian at points, ``(…, n, n)``.
    """

    call: Vectorized
    variables: tuple[str, ...] = ("x", "y")
    slopes: Vectorized | None = None
    bends: Vectorized | None = None

    @property
    def dimensions(self) -> int:
        """The number of variables."""
        return len(self.variables)

    def __call__(self, points: Any) -> Any:
        """Return the heights at points ``(…, n)``; NaN where there is none."""
        at = self.points(points)
        return _values(self.call, at, shape=at.shape[:-1])

    def at(self, *coordinates: Any) -> Any:
        """Return the heights for one array a variable; they broadcast."""
        return self(np.stack(np.broadcast_arrays(*coordinates), axis=-1))

    def points(self, points: Any) -> Array:
        """Return points as an array.

        Raises
        ------
        NablaError
            ``calculus.wrong_number``: they have another number of coordinates.
        """
        at = np.asarray(points, dtype=np.float64)
        if at.ndim == 0 or at.shape[-1] != self.dimensions:
            raise NablaError(
                "calculus.wrong_number",
                expected=self.dimensions,
                given=at.shape[-1] if at.ndim else 1,
            )
        return at

    def gradient(self, points: Any) -> Array:
        """Return ∇f at points ``(…, n)``: exact where known, else by central differences."""
        at = self.points(points)
        if self.slopes is not None:
            return np.asarray(_values(self.slopes, at, shape=at.shape))
        columns = [self.cut(at, i).derivative(at[..., i]) for i in range(self.dimensions)]
        return np.stack(columns, axis=-1)

    def hessian(self, points: Any) -> Array:
        """Return the Hessian at points, ``(…, n, n)``: exact where known, else by differences."""
        at = self.points(points)
        n = self.dimensions
        if self.bends is not None:
            return np.asarray(_values(self.bends, at, shape=(*at.shape, n)))
        # Differences of an exact gradient are better than second differences of heights.
        exponent = 1.0 / 3.0 if self.slopes is not None else 0.25
        columns = []
        with np.errstate(all="ignore"):
            for i in range(n):
                _, h = _steps(at[..., i], exponent)
                shift = np.zeros_like(at)
                shift[..., i] = h
                difference = self._gradient_for_hessian(at + shift, exponent)
                difference = difference - self._gradient_for_hessian(at - shift, exponent)
                columns.append(difference / (2.0 * np.asarray(h)[..., None]))
        found = np.stack(columns, axis=-1)
        return 0.5 * (found + np.swapaxes(found, -1, -2))

    def _gradient_for_hessian(self, at: Array, exponent: float) -> Array:
        if self.slopes is not None:
            return self.gradient(at)
        columns = []
        for i in range(self.dimensions):
            _, h = _steps(at[..., i], exponent)
            shift = np.zeros_like(at)
            shift[..., i] = h
            columns.append((self(at + shift) - self(at - shift)) / (2.0 * h))
        return np.stack(columns, axis=-1)

    def cut(self, points: Any, index: int) -> Curve:
        """Return f along one variable, the others held at a point (…, n)."""
        at = self.points(points)

        def along(function: Vectorized, pick: Callable[[Array], Array]) -> Vectorized:
            def call(x: Any) -> Array:
                place = np.asarray(x, dtype=np.float64)
                shape = np.broadcast_shapes(place.shape, at.shape[:-1])
                moved = np.array(np.broadcast_to(at, (*shape, self.dimensions)))
                moved[..., index] = place
                return pick(np.asarray(function(moved)))

            return call

        return Curve(
            along(self, lambda heights: heights),
            None if self.slopes is None else along(self.slopes, lambda g: g[..., index]),
            None if self.bends is None else along(self.bends, lambda h: h[..., index, index]),
            self.variables[index],
        )

    def line(self, point: Any, direction: Any) -> Curve:
        """Return f along a straight line, t ↦ f(point + t · direction)."""
        at, along = self.points(point), self.points(direction)

        def place(t: Any) -> Array:
            return at + np.asarray(t, dtype=np.float64)[..., None] * along

        slopes, bends = self.slopes, self.bends
        return Curve(
            lambda t: self(place(t)),
            None if slopes is None else lambda t: np.asarray(slopes(place(t))) @ along,
            None
            if bends is None
            else lambda t: np.einsum("i,...ij,j->...", along, np.asarray(bends(place(t))), along),
            "t",
        )


Curved = Curve | Expression | Vectorized
Surfaced = Surface | Expression | Vectorized


def curve(
    f: Curved, variable: str | None = None, others: Mapping[str, float] | None = None
) -> Curve:
    """Return ``f`` as a function of one number.

    Parameters
    ----------
    f
        A curve (returned as it is), an expression, or a Python function over arrays.
    variable
        The variable of an expression; its only one where left out.
    others
        The values that further variables have.

    Raises
    ------
    NablaError
        A variable of the expression has no value.
    """
    if isinstance(f, Curve):
        return f
    if not isinstance(f, Expression):
        return Curve(f, variable=variable or "x")
    held = dict(others or {})
    free = [name for name in f.variables if name not in held]
    own = variable or (free[0] if free else "x")
    held.pop(own, None)
    for name in free:
        if name != own:
            raise NablaError("autodiff.missing_variable", variable=name)
    first, second = derivative(f, own), derivative(f, own, order=2)
    return Curve(
        lambda x: f(**{**held, own: x}),
        lambda x: first(x, **held),
        lambda x: second(x, **held),
        own,
    )


def surface(f: Surfaced, variables: Sequence[str] | None = None) -> Surface:
    """Return ``f`` as a function of points.

    Parameters
    ----------
    f
        A surface (returned as it is), an expression, or a Python function of one array a variable.
    variables
        Names and order of the variables. Where left out: those of the expression, and at least x
        and y; for a function x and y.

    Raises
    ------
    NablaError
        A variable that occurs is not among ``variables``.
    """
    if isinstance(f, Surface):
        return f
    if not isinstance(f, Expression):
        names = tuple(variables or ("x", "y"))
        return Surface(lambda p: f(*(p[..., i] for i in range(len(names)))), names)
    names = tuple(variables or _two_at_least(f.variables))
    return Surface(
        lambda p: f(**{name: p[..., i] for i, name in enumerate(names)}),
        names,
        gradient(f, names),
        hessian(f, names),
    )


def _two_at_least(names: Sequence[str]) -> tuple[str, ...]:
    missing = [name for name in ("x", "y") if name not in names]
    return tuple(sorted([*names, *missing[: max(0, 2 - len(names))]]))


def _values(function: Vectorized, x: Any, shape: tuple[int, ...] | None = None) -> Any:
    """Call a function on float64 numbers; constants get the shape, failures and ∞ − ∞ are NaN."""
    at = np.asarray(x, dtype=np.float64)
    with np.errstate(all="ignore"):
        try:
            found = np.asarray(function(at[()]), dtype=np.float64)
        except (ZeroDivisionError, OverflowError, FloatingPointError):
            found = np.asarray(np.nan)
        wanted = at.shape if shape is None else shape
        if found.shape != wanted:
            found = np.broadcast_to(found, wanted).copy()
    return found if wanted else float(found)


def _steps(x: Any, exponent: float) -> tuple[Array, Array]:
    at = np.asarray(x, dtype=np.float64)
    return at, float(np.finfo(np.float64).eps) ** exponent * np.maximum(1.0, np.abs(at))
