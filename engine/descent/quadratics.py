"""What theory says about quadratic functions, and how fast a descent really is.

With curvatures λ between λ_min and λ_max: plain descent converges for η < 2/λ_max, heavy-ball
momentum for η < 2(1 + β)/λ_max (Polyak 1964; Goh 2017), each along every eigenvector by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.descent.objective import Objective, Vector, dimension, hessian
from engine.descent.optimizers import Method


@dataclass(frozen=True, eq=False)
class Curvature:
    """The Hessian at a point.

    Attributes
    ----------
    eigenvalues
        ``(d,)``, ascending.
    eigenvectors
        ``(d, d)``, one a column.
    """

    eigenvalues: Vector
    eigenvectors: Vector

    @property
    def smallest(self) -> float:
        """λ_min."""
        return float(self.eigenvalues[0])

    @property
    def largest(self) -> float:
        """λ_max."""
        return float(self.eigenvalues[-1])

    @property
    def condition_number(self) -> float:
        """λ_max / λ_min; infinite where the function is not curved up every way."""
        return self.largest / self.smallest if self.smallest > 0.0 else float("inf")


def curvature(objective: Objective, point: Vector) -> Curvature | None:
    """Return the curvature at a point ``(d,)``; None where it is not finite."""
    with np.errstate(all="ignore"):
        matrix = hessian(objective, np.asarray(point, dtype=np.float64))
    if not np.isfinite(matrix).all():
        return None
    values, vectors = np.linalg.eigh(matrix)
    return Curvature(values, vectors)


def is_quadratic(objective: Objective, span: float = 3.0) -> bool:
    """Whether the Hessian is the same everywhere, as far as a few points can tell."""
    size = dimension(objective)
    points = span * np.random.default_rng(1).uniform(-1.0, 1.0, (5, size))
    with np.errstate(all="ignore"):
        matrices = np.array([hessian(objective, point) for point in points])
    if not np.isfinite(matrices).all():
        return False
    scale = float(np.abs(matrices).max())
    return bool(np.abs(matrices - matrices[0]).max() <= 1e-9 * max(scale, 1e-300))


def boundary(betas: Vector, largest: float) -> Vector:
    """Return the learning rate up to which momentum β converges: 2(1 + β)/λ_max."""
    rates: Vector = 2.0 * (1.0 + np.asarray(betas)) / largest
    return rates


def nesterov_boundary(betas: Vector, largest: float) -> Vector:
    """Return the same for Nesterov's momentum, 2(1 + β)/((1 + 2β) λ_max) (O'Donoghue 2015)."""
    betas = np.asarray(betas)
    rates: Vector = 2.0 * (1.0 + betas) / ((1.0 + 2.0 * betas) * largest)
    return rates


def rate_along(
    eigenvalue: float, learning_rate: float, beta: float, nesterov: bool = False
) -> float:
    """Return by which factor the error along an eigenvector shrinks a step, in the long run.

    It is the spectral radius of the step's matrix; above 1 the error grows.
    """
    step = learning_rate * eigenvalue
    if nesterov:
        # x⁺ = (1 + β)(1 − ηλ) x − β (1 − ηλ) x⁻
        roots = np.roots([1.0, -(1.0 + beta) * (1.0 - step), beta * (1.0 - step)])
    else:
        # x⁺ = (1 + β − ηλ) x − β x⁻
        roots = np.roots([1.0, -(1.0 + beta - step), beta])
    return float(np.abs(roots).max())


def theoretical_rate(method: Method, eigenvalues: Vector) -> float | None:
    """Return the factor by which the error shrinks a step on a quadratic, in the long run.

    None for optimizers about which theory gives no number.
    """
    key, settings = method.optimizer.key, method.optimizer.hyperparameters
    values = [float(value) for value in eigenvalues]
    if key == "exact_line_search":
        if values[0] <= 0.0:
            return None
        condition = values[-1] / values[0]
        return (condition - 1.0) / (condition + 1.0)
    if key not in ("gradient_descent", "momentum", "nesterov"):
        return None
    beta = settings.get("beta", 0.0)
    return max(rate_along(v, method.learning_rate, beta, key == "nesterov") for v in values)


def best_rate(smallest: float, largest: float) -> tuple[float, float]:
    """Return the best learning rate of plain descent, 2/(λ_min + λ_max), and its factor."""
    return 2.0 / (smallest + largest), (largest - smallest) / (largest + smallest)


def best_momentum(smallest: float, largest: float) -> tuple[float, float, float]:
    """Return the best learning rate and β of the heavy ball, and their factor (Polyak 1964)."""
    low, high = np.sqrt(smallest), np.sqrt(largest)
    factor = float((high - low) / (high + low))
    return float(4.0 / (low + high) ** 2), factor**2, factor


def observed_rate(points: Vector, minimum: Vector, window: int = 50) -> float | None:
    """Return the factor by which the distance to a minimum has shrunk a step, over the last steps.

    None where there are too few steps, or where the distance has reached 0.
    """
    distances = np.sqrt(np.square(points - minimum).sum(axis=-1))
    distances = distances[np.isfinite(distances)]
    # What has come down to rounding says nothing any more.
    scale = max(1.0, float(np.abs(minimum).max()))
    useful = (
        distances[: int(np.argmax(distances < 1e-13 * scale))]
        if (distances < 1e-13 * scale).any()
        else distances
    )
    count = min(window, len(useful) - 1)
    if count < 1 or useful[-1] == 0.0:
        return None
    return float((useful[-1] / useful[-1 - count]) ** (1.0 / count))
