"""What can be descended: anything with a value, a gradient and a Hessian–vector product.

All of them take points ``(…, d)``, so any number of points is worked on at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import NablaError
from engine.hyperparameters import check_seed, is_number
from engine.splitmix import GAMMA, mix

Vector = NDArray[np.float64]
LARGEST_NOISE = 1e6


class Objective(Protocol):
    """A function of d numbers. It holds nothing that changes."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coordinates, in order."""

    @property
    def minima(self) -> tuple[tuple[float, ...], ...]:
        """Points at which it is known to be least, locally ones included; none if not known."""

    def value(self, points: Vector) -> Vector:
        """Return the values ``(…,)`` at points ``(…, d)``; NaN outside the domain."""

    def gradient(self, points: Vector) -> Vector:
        """Return the gradients ``(…, d)`` at points ``(…, d)``."""

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the Hessians at points ``(…, d)`` times directions ``(…, d)``."""

    def at(self, iteration: int) -> Objective:
        """Return what an optimizer sees in an iteration: itself, or a batch, or itself with noise.

        Its value and gradient belong together, and are the same whenever somebody asks again.
        """


def dimension(objective: Objective) -> int:
    """Return the number of coordinates."""
    return len(objective.names)


def hessian(objective: Objective, point: Vector) -> Vector:
    """Return the Hessian ``(d, d)`` at one point ``(d,)``: its products with the unit vectors."""
    unit = np.eye(point.size)
    columns = objective.hessian_product(np.broadcast_to(point, unit.shape), unit)
    return 0.5 * (columns + columns.T)


@dataclass(frozen=True)
class Noisy:
    """An objective whose gradient is blurred, as that of a small batch is.

    Each iteration adds one vector of independent normal numbers to the gradient, the same at all
    points, and the linear function that belongs to it to the value.

    Attributes
    ----------
    deviation
        Standard deviation of each component.
    """

    exact: Objective
    deviation: float
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the bounds."""
        if not (is_number(self.deviation) and 0.0 <= self.deviation <= LARGEST_NOISE):
            raise NablaError(
                "setting.out_of_bounds",
                name="Noise",
                value=self.deviation,
                minimum=0.0,
                maximum=LARGEST_NOISE,
            )
        check_seed(self.seed)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coordinates."""
        return self.exact.names

    @property
    def minima(self) -> tuple[tuple[float, ...], ...]:
        """Minima without noise."""
        return self.exact.minima

    def value(self, points: Vector) -> Vector:
        """Return the values without noise."""
        return self.exact.value(points)

    def gradient(self, points: Vector) -> Vector:
        """Return the gradients without noise."""
        return self.exact.gradient(points)

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the products, which the noise leaves alone."""
        return self.exact.hessian_product(points, directions)

    def at(self, iteration: int) -> Objective:
        """Return the objective with the noise of an iteration."""
        drawn = self.deviation * normal(self.seed, iteration, len(self.names))
        return _Tilted(self.exact.at(iteration), drawn)


@dataclass(frozen=True, eq=False)
class _Tilted:
    """An objective plus a linear function, which adds a constant to its gradient."""

    exact: Objective
    slope: Vector

    @property
    def names(self) -> tuple[str, ...]:
        return self.exact.names

    @property
    def minima(self) -> tuple[tuple[float, ...], ...]:
        return self.exact.minima

    def value(self, points: Vector) -> Vector:
        return self.exact.value(points) + points @ self.slope

    def gradient(self, points: Vector) -> Vector:
        return self.exact.gradient(points) + self.slope

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        return self.exact.hessian_product(points, directions)

    def at(self, iteration: int) -> Objective:
        return self


def normal(seed: int, iteration: int, count: int) -> Vector:
    """Return normal numbers that depend on (seed, iteration) alone (Box & Muller 1958)."""
    key = _key(_key(np.uint64(seed)) ^ np.uint64(iteration))
    drawn = mix(key + np.uint64(GAMMA) * np.arange(1, 2 * count + 1, dtype=np.uint64))
    # 53 bits, and never 0.
    uniform = ((drawn >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    radius = np.sqrt(-2.0 * np.log(uniform[:count]))
    result: Vector = radius * np.cos(2.0 * np.pi * uniform[count:])
    return result


def _key(number: Any) -> Any:
    return mix(np.array([number], dtype=np.uint64) + np.uint64(GAMMA))[0]
