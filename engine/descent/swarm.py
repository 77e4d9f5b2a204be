"""Thousands of descents at once: from many starts, or with many settings.

Coordinates stand one after another in memory, (d, n), and what has come to rest or overflowed is
left out of further steps. Works for element-wise rules, whose arithmetic does not care how many
numbers it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.descent.objective import Objective, Vector
from engine.descent.optimizers import Method

CHECK_EVERY = 5
"""Iterations between two looks at who has arrived."""
_COMPACT = 0.8


@dataclass(frozen=True, eq=False)
class Swarm:
    """Where many descents have ended.

    Attributes
    ----------
    points
        ``(n, d)``, not finite where a number has overflowed.
    arrivals
        ``(n,)`` iteration from which on the gradient is below the tolerance whenever one looks,
        every ``CHECK_EVERY`` iterations; −1 where it is not at the end.
    gradient_norms
        ``(n,)`` at the end.
    """

    points: Vector
    arrivals: NDArray[np.int32]
    gradient_norms: Vector


class Cancelled(Exception):
    """Somebody does not want the result any more."""


def swarm(
    objective: Objective,
    method: Method,
    points: Vector,
    steps: int,
    *,
    tolerance: float,
    learning_rates: Vector | None = None,
    settings: Mapping[str, Vector] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Swarm:
    """Descend from many points at once.

    Parameters
    ----------
    points
        ``(n, d)``
    tolerance
        Length of the gradient at which a descent counts as arrived.
    learning_rates
        ``(n,)`` one for each descent; the method's for all if left out.
    settings
        Hyperparameters that differ, ``(n,)`` each.

    Raises
    ------
    NablaError
        ``optimizer.not_elementwise``: the method looks at the whole objective.
    Cancelled
        ``cancelled()`` has come true.
    """
    rule = method.optimizer.rule
    count, size = points.shape
    x = np.array(points.T, dtype=np.float64, order="C")
    memory = tuple(np.zeros_like(x) for _ in rule.memory)
    # Rows: the learning rate relative to the method's, then what differs.
    own: dict[str, float | Vector] = dict(method.optimizer.hyperparameters)
    own |= {name: np.array(values) for name, values in (settings or {}).items()}
    rates: float | Vector = 1.0
    if learning_rates is not None:
        rates = np.array(learning_rates) / method.learning_rate
    ends = np.empty((size, count))
    norms = np.empty(count)
    # The look after the last one at which it had not arrived.
    loud = np.zeros(count, dtype=np.int32)
    active = np.arange(count)
    limit, deep = tolerance * tolerance, (1e-3 * tolerance) ** 2
    with np.errstate(all="ignore"):
        for iteration in range(steps):
            seen = objective.at(iteration)
            gradient = seen.gradient(x.T).T
            if method.clip is not None:
                gradient = np.ascontiguousarray(method.clipped(gradient.T).T)
            if iteration % CHECK_EVERY == 0:
                if cancelled is not None and cancelled():
                    raise Cancelled
                square = np.einsum("ij,ij->j", gradient, gradient)
                loud[active[~(square <= limit)]] = min(iteration + CHECK_EVERY, steps)
                going = square > deep if len(rule.memory) == 0 else np.isfinite(square)
                if not going.all() and going.mean() < _COMPACT:
                    gone = active[~going]
                    ends[:, gone] = x[:, ~going]
                    norms[gone] = np.sqrt(square[~going])
                    active, x = active[going], np.ascontiguousarray(x[:, going])
                    gradient = np.ascontiguousarray(gradient[:, going])
                    memory = tuple(np.ascontiguousarray(kept[:, going]) for kept in memory)
                    rates = rates[going] if isinstance(rates, np.ndarray) else rates
                    own = {
                        name: value[going] if isinstance(value, np.ndarray) else value
                        for name, value in own.items()
                    }
                    if not active.size:
                        break
            x, *renewed = rule.update(
                x, gradient, *memory, iteration + 1, method.rate(iteration) * rates, *own.values()
            )
            memory = tuple(renewed)
        ends[:, active] = x
        last = objective.at(steps).gradient(x.T).T
        square = np.einsum("ij,ij->j", last, last)
        norms[active] = np.sqrt(square)
        loud[active[~(square <= limit)]] = steps + 1
    arrivals = np.where(np.isfinite(norms) & (loud <= steps), loud, -1).astype(np.int32)
    return Swarm(np.ascontiguousarray(ends.T), arrivals, norms)
