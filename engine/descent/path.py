"""A whole descent at once, without a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.descent.descent import Descent
from engine.descent.objective import Objective, Vector
from engine.descent.optimizers import Method
from engine.descent.state import DescentState
from engine.descent.step import Evaluations
from engine.errors import NablaError
from engine.timeline import Stop

if TYPE_CHECKING:
    from engine.expression import Expression

MOST_STEPS = 1_000_000


@dataclass(frozen=True, eq=False)
class Path:
    """A whole descent.

    Attributes
    ----------
    points
        ``(steps + 1, d)``, the start first; fewer rows where a number has overflowed.
    values, gradient_norms, step_lengths
        ``(steps + 1,)``; the first step length is 0.
    evaluations
        What the optimizer has asked for.
    stop
        Why there are fewer steps than asked for, if so.
    """

    points: Vector
    values: Vector
    gradient_norms: Vector
    step_lengths: Vector
    evaluations: Evaluations
    stop: Stop | None = None


def path_of(states: Sequence[DescentState], stop: Stop | None = None) -> Path:
    """Return consecutive states (at least one) as arrays."""
    return Path(
        np.array([state.point for state in states]),
        np.array([state.value for state in states]),
        np.array([state.gradient_norm for state in states]),
        np.array([state.step_length or 0.0 for state in states]),
        states[-1].evaluations,
        stop,
    )


def descend(
    f: Objective | Expression,
    start: float | Sequence[float],
    optimizer: Method,
    steps: int,
    tolerance: float | None = None,
) -> Path:
    """Descend a function from a start.

    >>> from engine.descent import descend, functions, optimizers
    >>> bowl = functions.TABLE["bowl"]
    >>> path = descend(bowl, (3, 2), optimizers.gradient_descent(learning_rate=0.1), steps=10)
    >>> path.points.shape, path.points[-1].round(6).tolist()
    ((11, 2), [0.322123, 0.012093])

    Parameters
    ----------
    f
        An objective, or an expression, whose variables are taken in the order of the alphabet.
    start
        A number for each variable; for a function of one variable also the number itself.
    optimizer
        As ``optimizers.adam(learning_rate=0.1)`` gives it.
    steps
        How many; all are taken unless a number overflows, or the tolerance is reached.
    tolerance
        Ends the descent where gradient and step are no longer than this.

    Raises
    ------
    NablaError
        The start does not fit the function, or the number of steps makes no sense.
    """
    if not 0 <= steps <= MOST_STEPS:
        raise NablaError(
            "setting.out_of_bounds", name="Steps", value=steps, minimum=0, maximum=MOST_STEPS
        )
    objective = as_objective(f)
    point = tuple(np.atleast_1d(np.asarray(start, dtype=np.float64)).tolist())
    descent = Descent(objective, point, optimizer, tolerance)
    first = descent.initial()
    block = descent.advance(first, steps)
    return path_of([first, *block.states], block.stop)


def as_objective(f: Objective | Expression) -> Objective:
    """Return an expression as an objective; what is one already, as it is."""
    from engine.descent.expressions import ExpressionObjective
    from engine.expression import Expression

    return ExpressionObjective(f) if isinstance(f, Expression) else f
