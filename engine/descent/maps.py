"""Maps of descents: where each start ends, and which learning rate × momentum converges.

Each map is a generator of pictures that get finer. Closing it, or ``cancelled()``, ends the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.descent.objective import Objective, Vector, dimension
from engine.descent.optimizers import Method
from engine.descent.progressive import WORKERS, Canvas, Integers, stages
from engine.descent.quadratics import boundary, curvature, is_quadratic, nesterov_boundary
from engine.descent.swarm import Swarm, swarm
from engine.errors import NablaError
from engine.hyperparameters import Hyperparameter

Span = tuple[float, float]
Flags = NDArray[np.bool_]

UNSETTLED, DIVERGED = -1, -2
"""Labels of what has not arrived after all steps, and of what runs away or out of the domain."""
MOST_MINIMA = 256
_PIXELS = Hyperparameter("pixels", "Pixels", 256, 8, 2048, whole=True)
_STEPS = Hyperparameter("steps", "Steps", 200, 1, 100_000, whole=True)
_AXIS = ("beta", "beta_1", "rho", "beta_2")


@dataclass(frozen=True, eq=False)
class BasinMap:
    """Where each start ends.

    Attributes
    ----------
    spans
        (low, high) of each axis.
    labels
        ``(height, width)``: index of the minimum reached, ``UNSETTLED`` or ``DIVERGED``; row 0 at
        the low end of y. A function of one variable has one row.
    iterations
        ``(height, width)`` until the gradient stays small; −1 where it does not, or at no minimum.
    minima
        ``(k, d)``: known ones, then those found on the way.
    share
        Part of the pixels that are final; the others have a neighbour's colour.
    """

    spans: tuple[Span, ...]
    labels: Integers
    iterations: Integers
    minima: Vector
    share: float


@dataclass(frozen=True, eq=False)
class ConvergenceMap:
    """Which settings converge from one start.

    Attributes
    ----------
    name
        The hyperparameter along the vertical axis; empty if the optimizer has none.
    rates
        ``(width,)`` learning rates, evenly spread in their logarithm.
    settings
        ``(height,)`` values of the hyperparameter.
    labels
        ``(height, width)``: 0 arrived, ``UNSETTLED`` or ``DIVERGED``.
    iterations
        ``(height, width)``; −1 where it has not arrived.
    boundary
        ``(height,)`` learning rate up to which theory promises convergence; None where it has
        nothing to say.
    share
        Part of the pixels that are final; the others have a neighbour's colour.
    """

    name: str
    rates: Vector
    settings: Vector
    labels: Integers
    iterations: Integers
    boundary: Vector | None
    share: float


def basins(
    objective: Objective,
    method: Method,
    spans: tuple[Span, ...],
    *,
    steps: int = 200,
    pixels: int = 256,
    tolerance: float | None = None,
    cancelled: Callable[[], bool] | None = None,
    workers: int = WORKERS,
) -> Iterator[BasinMap]:
    """Return maps of where each start ends, coarse ones first.

    Parameters
    ----------
    spans
        Part of the plane, or of the line.
    tolerance
        Length of the gradient at which a start counts as arrived; if left out, a hundredth of what
        is usual in the picture.

    Raises
    ------
    NablaError
        ``map.dimensions``: neither one variable nor two; ``map.empty_span``; a number out of
        bounds; ``optimizer.not_elementwise``.
    """
    size = dimension(objective)
    if size not in (1, 2) or len(spans) != size:
        raise NablaError("map.dimensions", given=size)
    for low, high in spans:
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise NablaError("map.empty_span", low=low, high=high)
    _PIXELS.check(pixels)
    _STEPS.check(steps)
    _refuse_searches(method)
    axes = [_centres(span, pixels) for span in spans]
    shape = (pixels if size == 2 else 1, pixels)
    small = 0.01 * _usual_gradient(objective, spans) if tolerance is None else tolerance

    def compute(rows: Integers, columns: Integers, ended: Callable[[], bool]) -> Swarm:
        places = (columns, rows)[:size]
        starts = np.stack([axis[at] for axis, at in zip(axes, places, strict=True)], axis=-1)
        return swarm(objective, method, starts, steps, tolerance=small, cancelled=ended)

    def pictures() -> Iterator[BasinMap]:
        harbours = _Harbours(objective, spans, small)
        labels, iterations = Canvas(shape, np.int32), Canvas(shape, np.int32)
        for stage in stages(shape, compute, cancelled, workers):
            result = stage.result
            found = harbours.labels(result)
            labels.put(stage.rows, stage.columns, found)
            arrivals = np.where(found >= 0, result.arrivals, -1)
            iterations.put(stage.rows, stage.columns, arrivals)
            if stage.whole:
                yield BasinMap(
                    spans,
                    labels.picture(stage.whole),
                    iterations.picture(stage.whole),
                    harbours.minima,
                    stage.share,
                )

    return pictures()


class _Harbours:
    """Minima where descents end: known ones, and those that are found on the way."""

    def __init__(self, objective: Objective, spans: tuple[Span, ...], tolerance: float) -> None:
        self._objective, self._tolerance = objective, tolerance
        self.minima = np.array(objective.minima, dtype=np.float64).reshape(-1, len(spans))
        self._reach = 0.05 * min(high - low for low, high in spans)
        for i, minimum in enumerate(self.minima):
            others = np.delete(self.minima, i, axis=0)
            if len(others):
                nearest = float(np.sqrt(np.square(others - minimum).sum(axis=-1)).min())
                self._reach = min(self._reach, 0.45 * nearest)

    def labels(self, result: Swarm) -> Integers:
        """Return the label of each descent; finds further minima."""
        points = result.points
        labels = self._nearest(points)
        defined = np.isfinite(points).all(axis=-1) & np.isfinite(self._objective.value(points))
        labels[~defined] = DIVERGED
        lost = (labels == UNSETTLED) & (result.arrivals >= 0)
        if lost.any() and self._find(points[lost]):
            labels[lost] = self._nearest(points[lost])
        return labels

    def _nearest(self, points: Vector) -> Integers:
        labels = np.full(len(points), UNSETTLED, dtype=np.int32)
        if len(self.minima):
            with np.errstate(all="ignore"):
                best = np.full(len(points), self._reach**2)
                for i, minimum in enumerate(self.minima):
                    away = points - minimum
                    distance = np.einsum("ij,ij->i", away, away)
                    nearer = distance < best
                    labels[nearer] = i
                    best[nearer] = distance[nearer]
        return labels

    def _find(self, points: Vector) -> bool:
        """Add the minima near points at rest; whether there are any."""
        _, firsts = np.unique(np.round(points / self._reach), axis=0, return_index=True)
        starts = points[firsts]
        ends, is_minimum = _polished(self._objective, starts)
        is_near = np.square(ends - starts).sum(axis=-1) < self._reach**2
        found = False
        for point in ends[is_minimum & is_near]:
            known = (np.square(self.minima - point).sum(axis=-1) < self._reach**2).any()
            if not known and len(self.minima) < MOST_MINIMA:
                self.minima = np.vstack((self.minima, point))
                found = True
        return found


def _polished(objective: Objective, points: Vector) -> tuple[Vector, Flags]:
    """Return the critical points near points ``(n, d)``, by Newton's iteration.

    And which of them are minima: the iteration has come to rest where all eigenvalues of the
    Hessian are above 0.
    """
    unit = np.eye(points.shape[-1])
    step = np.full_like(points, np.inf)
    with np.errstate(all="ignore"):
        for _ in range(12):
            columns = [
                objective.hessian_product(points, np.broadcast_to(direction, points.shape))
                for direction in unit
            ]
            matrices = np.stack(columns, axis=-1)
            good = np.logical_and.reduce(np.isfinite(matrices), axis=(-2, -1))
            matrices = np.where(good[:, None, None], 0.5 * (matrices + matrices.mT), unit)
            values, vectors = np.linalg.eigh(matrices)
            slopes = (vectors.mT @ objective.gradient(points)[..., None])[..., 0]
            step = (vectors @ (slopes / values)[..., None])[..., 0]
            points = points - step
        scale = np.maximum(1.0, np.abs(points).max(axis=-1))
        rests = np.abs(step).max(axis=-1) <= 1e-12 * scale
        positive = values[:, 0] > 1e-9 * np.maximum(1.0, values[:, -1])
    is_minimum: Flags = good & rests & positive
    return points, is_minimum


def convergence(
    objective: Objective,
    method: Method,
    start: tuple[float, ...],
    *,
    rates: Span = (1e-4, 10.0),
    settings: Span | None = None,
    name: str | None = None,
    steps: int = 300,
    pixels: int = 256,
    cancelled: Callable[[], bool] | None = None,
    workers: int = WORKERS,
) -> Iterator[ConvergenceMap]:
    """Return maps of which learning rate × hyperparameter converges, coarse ones first.

    A pair counts as arrived where the gradient stays below a thousandth of that at the start, and
    as running away where it ends up ten times as long, or overflows.

    Parameters
    ----------
    start
        The point where all start.
    rates
        Learning rates from … to.
    settings
        Values of the hyperparameter from … to; 0 to 0.99 or its own bounds if left out.
    name
        The hyperparameter; momentum, or what is most like it, if left out.

    Raises
    ------
    NablaError
        ``map.empty_span``, ``setting.unknown``, a number out of bounds, or
        ``optimizer.not_elementwise``.
    """
    _PIXELS.check(pixels)
    _STEPS.check(steps)
    _refuse_searches(method)
    if not 0.0 < rates[0] < rates[1] < np.inf:
        raise NablaError("map.empty_span", low=rates[0], high=rates[1])
    parameters = {p.key: p for p in method.optimizer.rule.hyperparameters}
    chosen = next((key for key in _AXIS if key in parameters), "") if name is None else name
    if chosen and chosen not in parameters:
        raise NablaError("setting.unknown", name=chosen, known=", ".join(parameters))
    values = np.zeros(1)
    if chosen:
        bounds = parameters[chosen]
        low, high = (bounds.minimum, min(bounds.maximum, 0.99)) if settings is None else settings
        if not bounds.check(low) < bounds.check(high):
            raise NablaError("map.empty_span", low=low, high=high)
        values = _centres((low, high), pixels)
    columns_rates = np.exp(_centres((float(np.log(rates[0])), float(np.log(rates[1]))), pixels))
    point = np.array(start, dtype=np.float64)
    with np.errstate(all="ignore"):
        first = float(np.sqrt(np.square(objective.gradient(point)).sum()))

    def compute(rows: Integers, columns: Integers, ended: Callable[[], bool]) -> Swarm:
        return swarm(
            objective,
            method,
            np.broadcast_to(point, (len(rows), point.size)),
            steps,
            tolerance=1e-3 * first,
            learning_rates=columns_rates[columns],
            settings={chosen: values[rows]} if chosen else None,
            cancelled=ended,
        )

    def pictures() -> Iterator[ConvergenceMap]:
        shape = (len(values), pixels)
        promised = theory(objective, method, point, chosen, values)
        labels, iterations = Canvas(shape, np.int32), Canvas(shape, np.int32)
        for stage in stages(shape, compute, cancelled, workers):
            result = stage.result
            found = np.where(result.arrivals >= 0, 0, UNSETTLED)
            found[~(result.gradient_norms <= 10.0 * first)] = DIVERGED
            labels.put(stage.rows, stage.columns, found)
            iterations.put(stage.rows, stage.columns, result.arrivals)
            if stage.whole:
                yield ConvergenceMap(
                    chosen,
                    columns_rates,
                    values,
                    labels.picture(stage.whole),
                    iterations.picture(stage.whole),
                    promised,
                    stage.share,
                )

    return pictures()


def theory(
    objective: Objective, method: Method, point: Vector, name: str, values: Vector
) -> Vector | None:
    """Return the learning rate up to which each momentum converges, ``(len(values),)``.

    None unless the function is quadratic and curved up every way, and theory knows the optimizer.
    """
    key = method.optimizer.key
    if key not in ("gradient_descent", "momentum", "nesterov") or name not in ("", "beta"):
        return None
    if not is_quadratic(objective):
        return None
    curved = curvature(objective, point)
    if curved is None or curved.smallest <= 0.0:
        return None
    of = nesterov_boundary if key == "nesterov" else boundary
    return of(values, curved.largest)


def _refuse_searches(method: Method) -> None:
    """Raise what ``Optimizer.rule`` raises, before anything is computed."""
    assert method.optimizer.rule is not None


def _centres(span: Span, pixels: int) -> Vector:
    """Return the pixels' middles."""
    low, high = span
    return low + (high - low) * (np.arange(pixels) + 0.5) / pixels


def _usual_gradient(objective: Objective, spans: tuple[Span, ...]) -> float:
    axes = [_centres(span, 33) for span in spans]
    points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(spans))
    with np.errstate(all="ignore"):
        norms = np.sqrt(np.square(objective.gradient(points)).sum(axis=-1))
    norms = norms[np.isfinite(norms)]
    return float(np.median(norms)) if len(norms) else 1.0
