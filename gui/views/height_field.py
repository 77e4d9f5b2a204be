"""What the pictures of a function of two variables are told to draw, and its scale of heights."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.numbers import MINUS, shown
from engine.table import Table
from gui.views.projection import bilinear

Floats = NDArray[np.float64]
ScaleKind = Literal["auto", "linear", "log", "quantile"]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, eq=False)
class Surface:
    """Values of a function on an even grid.

    Parameters
    ----------
    x, y
        (n,) and (m,) evenly spaced, increasing, at least two each.
    z
        (m, n) values; one that is not finite is a gap in the picture.
    x_label, y_label, z_label
        Names of the axes, ready to be shown.
    note
        A line of text under the picture, for example what the projection hides; may be empty.
    cap
        Values above are drawn at this height in a flat colour. None: chosen where a few huge
        values would press all others flat.
    stale
        The picture is known to be out of date, and says so.
    """

    x: Floats
    y: Floats
    z: Floats
    x_label: str = "x"
    y_label: str = "y"
    z_label: str = "z"
    note: str = ""
    cap: float | None = None
    stale: bool = False

    def __post_init__(self) -> None:
        if self.z.shape != (len(self.y), len(self.x)) or min(self.z.shape) < 2:
            raise ValueError(f"z is {self.z.shape}, not ({len(self.y)}, {len(self.x)})")
        for axis in (self.x, self.y):
            steps = np.diff(axis)
            if not (steps > 0).all() or not np.allclose(steps, steps[0], rtol=1e-6, atol=0):
                raise ValueError("the grid is not even and increasing")

    @cached_property
    def x_range(self) -> tuple[float, float]:
        return float(self.x[0]), float(self.x[-1])

    @cached_property
    def y_range(self) -> tuple[float, float]:
        return float(self.y[0]), float(self.y[-1])

    def looks_like(self, other: Surface) -> bool:
        """Whether both draw the same heights under the same names; what is said may differ."""
        return (
            self.z is other.z
            and self.x is other.x
            and self.y is other.y
            and self.cap == other.cap
            and (self.x_label, self.y_label, self.z_label)
            == (other.x_label, other.y_label, other.z_label)
        )

    def to_box(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Coordinates of the axes as coordinates from -1 to 1."""
        (left, right), (bottom, top) = self.x_range, self.y_range
        across = (np.asarray(x, dtype=float) - left) * (2 / (right - left)) - 1
        up = (np.asarray(y, dtype=float) - bottom) * (2 / (top - bottom)) - 1
        return across, up

    def from_box(self, across: float, up: float) -> tuple[float, float]:
        """Coordinates from -1 to 1 as coordinates of the axes."""
        (left, right), (bottom, top) = self.x_range, self.y_range
        return left + (across + 1) / 2 * (right - left), bottom + (up + 1) / 2 * (top - bottom)

    def at(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Interpolated values; NaN in gaps and outside."""
        across, up = np.broadcast_arrays(*self.to_box(x, y))
        values = bilinear(self.z, across, up)
        inside = (np.abs(across) <= 1 + 1e-9) & (np.abs(up) <= 1 + 1e-9)
        return np.where(inside, values, np.nan)

    def within(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> Surface:
        """The part of this surface in a rectangle, on a grid of as many points."""
        x, y = np.linspace(*x_range, len(self.x)), np.linspace(*y_range, len(self.y))
        return replace(self, x=x, y=y, z=self.at(*np.meshgrid(x, y)))

    def table(self) -> Table:
        """One row a point of the grid: x, y and the value."""
        return Table((self.x_label, self.y_label, self.z_label), _Grid(self))


class _Grid(Sequence[tuple[object, ...]]):
    """The rows of a surface's table, made when they are asked for."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface

    def __len__(self) -> int:
        return self._surface.z.size

    @overload
    def __getitem__(self, index: int) -> tuple[object, ...]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[object, ...]]: ...

    def __getitem__(self, index: int | slice) -> tuple[object, ...] | Sequence[tuple[object, ...]]:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        row, column = divmod(range(len(self))[index], len(self._surface.x))
        surface = self._surface
        return float(surface.x[column]), float(surface.y[row]), float(surface.z[row, column])

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        return (self[position] for position in range(len(self)))


@dataclass(frozen=True, eq=False)
class SurfacePath:
    """A way over a surface, for example that of a descent.

    Parameters
    ----------
    points
        (k, 2) coordinates in the axes of the surface.
    heights
        (k,) values at the points; None puts them on the surface.
    color
        Token of the theme, for example ``"run_0"``.
    current
        Index of the point that is now; what comes after it is drawn faintly. None: the last.
    name
        Shown in tables and legends.
    """

    points: Floats
    heights: Floats | None = None
    color: str = "run_0"
    current: int | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if self.points.ndim != 2 or self.points.shape[1] != 2:
            raise ValueError(f"points are {self.points.shape}, not (k, 2)")
        if self.heights is not None and self.heights.shape != (len(self.points),):
            raise ValueError(f"heights are {self.heights.shape}, not ({len(self.points)},)")

    @property
    def now(self) -> int:
        """Index of the current point, -1 for an empty path."""
        last = len(self.points) - 1
        return last if self.current is None else min(max(self.current, 0), last)


@dataclass(frozen=True, eq=False)
class HeightScale:
    """From values to shares of the drawn range, 0 at the bottom and 1 at the top.

    Parameters
    ----------
    kind
        ``"linear"``, ``"log"`` (to the base of 10) or ``"quantile"`` (equal areas, equal shares).
    low, high
        Values at the ends.
    capped
        Whether there are values above ``high``.
    knots
        For quantiles, values that stand at even shares.
    """

    kind: Literal["linear", "log", "quantile"]
    low: float
    high: float
    capped: bool = False
    knots: Floats | None = None

    def share(self, values: ArrayLike) -> Floats:
        """Where values stand, held between 0 and 1; NaN stays, and so do gaps."""
        values = np.asarray(values, dtype=float)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            if self.kind == "linear":
                result = (values - self.low) / (self.high - self.low)
            elif self.kind == "log":
                result = np.log10(np.maximum(values, self.low) / self.low) / math.log10(
                    self.high / self.low
                )
            else:
                assert self.knots is not None
                result = np.interp(values, self.knots, np.linspace(0, 1, len(self.knots)))
                result = np.where(np.isnan(values), np.nan, result)
        return np.clip(result, 0.0, 1.0)

    def value(self, share: float) -> float:
        """The value at a share; undoes :meth:`share`."""
        if self.kind == "linear":
            return self.low + share * (self.high - self.low)
        if self.kind == "log":
            return float(self.low * (self.high / self.low) ** share)
        assert self.knots is not None
        return float(np.interp(share, np.linspace(0, 1, len(self.knots)), self.knots))

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """Values to be marked, about ``count`` of them, with their labels."""
        if self.kind == "log":
            values = decades(self.low, self.high, count)
            return [(value, power_text(value)) for value in values]
        if self.kind == "linear":
            # A round value that lies a hair outside, such as 0 under a minimum, is worth a mark.
            hair = 0.004 * (self.high - self.low)
            values = nice_ticks(self.low - hair, self.high + hair, count)
            return [(value, shown(value)) for value in values]
        values = [rounded(self.value(share)) for share in np.linspace(0.0, 1.0, count)]
        return [(value, shown(value)) for value in sorted(set(values))]


def scale_of(
    z: Floats, kind: ScaleKind = "auto", cap: float | None = None, levels: bool = False
) -> HeightScale:
    """The scale that shows these values.

    ``"log"`` falls back to ``"linear"`` where there are negative values. ``"auto"`` takes quantiles
    for level lines (``levels``) where a linear scale would crowd most of the area into a few
    levels, and linear otherwise.
    """
    finite = z[np.isfinite(z)]
    if not finite.size:
        return HeightScale("linear", 0.0, 1.0)
    low, top = float(finite.min()), float(finite.max())
    if kind == "log" and low >= 0.0 and top > 0.0:
        return _log_scale(finite, top if cap is None else min(cap, top), top)
    middle = float(np.median(finite))
    skewed = middle - low < 0.2 * (top - low)
    if kind == "quantile" or (kind == "auto" and levels and skewed and top > low):
        knots = np.quantile(
            finite if cap is None else np.minimum(finite, cap), np.linspace(0, 1, 65)
        )
        # Interpolation back from shares needs knots that rise.
        knots = np.maximum.accumulate(knots + np.linspace(0, 1, 65) * 1e-9 * max(top - low, 1e-300))
        return HeightScale("quantile", low, float(knots[-1]), cap is not None and cap < top, knots)
    if cap is None:
        cap = _explosion_cap(low, middle, top)
    high = min(top, cap) if cap > low else top
    if not high > low:
        margin = 0.5 * abs(low) or 0.5
        return HeightScale("linear", low - margin, low + margin)
    return HeightScale("linear", low, high, capped=high < top)


def _log_scale(finite: Floats, high: float, top: float) -> HeightScale:
    positive = finite[finite > 0.0]
    low = max(float(positive.min()), high * 1e-12)
    if low >= high:
        low, high = high / 10.0, high * 10.0
    return HeightScale("log", low, high, capped=high < top)


def _explosion_cap(low: float, middle: float, top: float) -> float:
    """Where to cut when the highest values would press half of the surface flat."""
    spread = middle - low
    return low + 20.0 * spread if top - low > 40.0 * spread > 0.0 else top


def nice_ticks(low: float, high: float, count: int) -> list[float]:
    """Multiples of 1, 2 or 5 times a power of ten between two values, about ``count`` of them."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        return []
    step = nice_step(low, high, count)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{multiple * step:.12g}") for multiple in range(first, last + 1)]


def nice_step(low: float, high: float, count: int) -> float:
    """1, 2 or 5 times a power of ten that divides a range into about ``count`` parts."""
    rough = (high - low) / max(count, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    factor = min((1.0, 2.0, 5.0, 10.0), key=lambda nice: abs(math.log(nice * power / rough)))
    return factor * power


def decades(low: float, high: float, count: int) -> list[float]:
    """Round values for a logarithmic scale: powers of ten, or 1, 2, 5 where those are few."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first >= 2:
        stride = max(1, math.ceil((last - first + 1) / count))
        return [10.0**exponent for exponent in range(first, last + 1, stride)]
    values = (
        factor * 10.0**exponent for exponent in range(first - 1, last + 1) for factor in (1, 2, 5)
    )
    return [value for value in values if low * (1 - 1e-9) <= value <= high * (1 + 1e-9)]


def rounded(value: float, digits: int = 2) -> float:
    """A value with few significant digits."""
    return float(f"{value:.{digits}g}")


def power_text(value: float) -> str:
    """Write a power of ten as such, every other number as usual."""
    exponent = math.log10(value)
    if value <= 0 or abs(exponent - round(exponent)) > 1e-9 or -3 <= exponent <= 3:
        return shown(value)
    return "10" + str(round(exponent)).replace(MINUS, "-").translate(_SUPERSCRIPTS)
