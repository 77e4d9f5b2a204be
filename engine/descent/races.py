"""Fair races: a learning rate found for each method within a budget, and a ranking."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.descent.objective import Objective, Vector
from engine.descent.optimizers import Method
from engine.descent.outcome import Outcome, Verdict, outcome_of
from engine.descent.path import Path, descend
from engine.descent.rule import Rule
from engine.errors import NablaError
from engine.table import Table

LEAST_BUDGET, MOST_BUDGET = 4, 400
SMALLEST_RATE, LARGEST_RATE = 1e-6, 1e2


@dataclass(frozen=True, eq=False)
class Tuned:
    """What a search for the learning rate has found.

    Attributes
    ----------
    method
        With the best rate found.
    tried
        Learning rates and the value each has ended with, in the order of the rates; not finite
        where it diverges. Empty if there was nothing to tune.
    steps
        Steps of each trial.
    """

    method: Method
    tried: tuple[tuple[float, float], ...]
    steps: int

    @property
    def is_tuned(self) -> bool:
        """Whether there was a rate to look for: searches along a line find theirs themselves."""
        return bool(self.tried)


def tune(
    objective: Objective,
    start: Sequence[float],
    method: Method,
    steps: int,
    budget: int = 30,
    tolerance: float = 1e-6,
) -> Tuned:
    """Look for the learning rate with which a method does best on an objective.

    Half of the budget goes to rates evenly spread in their logarithm over eight powers of ten, the
    other half to the surroundings of the best of these. Best is who first comes within
    ``tolerance`` of the lowest value seen, relative to the fall from the start, and then stays.

    Parameters
    ----------
    budget
        Descents of ``steps`` steps.

    Raises
    ------
    NablaError
        A budget that makes no sense.
    """
    if not LEAST_BUDGET <= budget <= MOST_BUDGET:
        raise NablaError(
            "setting.out_of_bounds",
            name="Budget",
            value=budget,
            minimum=LEAST_BUDGET,
            maximum=MOST_BUDGET,
        )
    if not isinstance(method.optimizer.entry, Rule):
        return Tuned(method, (), steps)
    coarse = budget // 2
    low, high = math.log10(SMALLEST_RATE), math.log10(LARGEST_RATE)
    first = 10.0 ** np.linspace(low, high, coarse)
    courses = _courses(objective, start, method, steps, first)
    best = int(np.argmin(_scores(courses, tolerance)))
    gap = (high - low) / (coarse - 1)
    around = np.linspace(-gap, gap, budget - coarse + 2)[1:-1]
    second = first[best] * 10.0**around
    rates = np.concatenate((first, second))
    courses = np.hstack((courses, _courses(objective, start, method, steps, second)))
    order = np.argsort(rates, kind="stable")
    scores = _scores(courses, tolerance)
    rate = float(rates[int(np.argmin(scores))])
    tried = tuple((float(rates[i]), float(courses[-1, i])) for i in order)
    return Tuned(replace(method, learning_rate=rate), tried, steps)


def _courses(
    objective: Objective, start: Sequence[float], method: Method, steps: int, rates: Vector
) -> Vector:
    """Return the values on the way, ``(steps + 1, len(rates))``, all rates at once."""
    rule = method.optimizer.rule
    x = np.tile(np.asarray(start, dtype=np.float64), (len(rates), 1))
    memory = tuple(np.zeros_like(x) for _ in rule.memory)
    relative = rates[:, None] / method.learning_rate
    courses = np.empty((steps + 1, len(rates)))
    settings = method.optimizer.hyperparameters.values()
    with np.errstate(all="ignore"):
        courses[0] = objective.value(x)
        for iteration in range(steps):
            gradient = method.clipped(objective.at(iteration).gradient(x))
            rate = method.rate(iteration) * relative
            x, *renewed = rule.update(x, gradient, *memory, iteration + 1, rate, *settings)
            memory = tuple(renewed)
            courses[iteration + 1] = objective.value(x)
    return courses


def _scores(courses: Vector, tolerance: float) -> Vector:
    """Return how good each course is, smaller is better: steps to the goal, or steps and more."""
    with np.errstate(all="ignore"):
        courses = np.where(np.isfinite(courses), courses, np.inf)
        lowest = float(courses.min())
        fall = max(float(courses[0, 0]) - lowest, 1e-300)
        above = courses - lowest > tolerance * fall
        steps = len(courses) - np.argmin(above[::-1], axis=0).astype(np.float64)
        steps[~above.any(axis=0)] = 0.0
        steps[above[-1]] = len(courses) + 1.0
        # Among those who arrive together, or do not, the lower end wins.
        rest = (courses[-1] - lowest) / fall
        scores: Vector = steps + np.where(np.isfinite(rest), rest / (1.0 + rest), 1.0)
    return scores


@dataclass(frozen=True, eq=False)
class Result:
    """One runner of a race.

    Attributes
    ----------
    iterations_to_goal
        First iteration from which on the value stays within the goal; None if it does not.
    """

    method: Method
    path: Path
    outcome: Outcome
    value: float
    iterations_to_goal: int | None

    @property
    def iterations(self) -> int:
        """Steps that were taken."""
        return len(self.path.values) - 1


@dataclass(frozen=True, eq=False)
class Race:
    """The results, the best first, and the value that counted as the goal."""

    results: tuple[Result, ...]
    goal: float

    @property
    def table(self) -> Table:
        """The ranking as a table; outcomes are named by their codes."""
        rows = tuple(
            (
                place,
                result.method.entry.label,
                result.method.learning_rate,
                result.value,
                result.iterations_to_goal,
                result.iterations,
                result.path.evaluations.values,
                result.path.evaluations.gradients,
                result.path.evaluations.hessians,
                result.outcome.verdict.value,
                result.outcome.reason,
            )
            for place, result in enumerate(self.results, 1)
        )
        columns = (
            "place",
            "optimizer",
            "learning_rate",
            "value",
            "iterations_to_tolerance",
            "iterations",
            "function_calls",
            "gradient_calls",
            "hessian_calls",
            "outcome",
            "reason",
        )
        return Table(columns, rows)


def race(
    objective: Objective,
    start: Sequence[float],
    methods: Sequence[Method],
    steps: int,
    tolerance: float = 1e-6,
    stop_at: float | None = 1e-8,
) -> Race:
    """Let methods run from one start, and rank them.

    Parameters
    ----------
    tolerance
        The goal lies this far above the lowest known value, or the lowest that anybody reaches,
        relative to the fall from the start.
    stop_at
        Tolerance at which a descent ends; None lets all take every step.
    """
    paths = [descend(objective, start, method, steps, stop_at) for method in methods]
    return judged(objective, methods, paths, tolerance)


def judged(
    objective: Objective,
    methods: Sequence[Method],
    paths: Sequence[Path],
    tolerance: float = 1e-6,
) -> Race:
    """Rank the paths of methods from one start."""
    goal = _goal(objective, paths, tolerance)
    results = [
        Result(
            method,
            path,
            outcome_of(objective, path),
            float(path.values[-1]),
            reached(path, goal),
        )
        for method, path in zip(methods, paths, strict=True)
    ]
    return Race(tuple(sorted(results, key=_rank)), goal)


def reached(path: Path, goal: float) -> int | None:
    """Return the first iteration from which on the value stays at the goal or below."""
    above = np.flatnonzero(~(path.values <= goal))
    first = int(above[-1]) + 1 if len(above) else 0
    return first if first < len(path.values) and not _overflowed(path) else None


def _goal(objective: Objective, paths: Sequence[Path], tolerance: float) -> float:
    finite = [path.values[np.isfinite(path.values)] for path in paths]
    values = np.concatenate(finite) if finite else np.zeros(0)
    if not len(values):
        return math.nan
    lowest = float(values.min())
    if objective.minima:
        lowest = min(lowest, float(objective.value(np.array(objective.minima)).min()))
    return lowest + tolerance * max(float(paths[0].values[0]) - lowest, 0.0)


def _overflowed(path: Path) -> bool:
    return path.stop is not None and path.stop.code == "descent.diverged"


def _rank(result: Result) -> tuple[bool, float, bool, float]:
    steps = result.iterations_to_goal
    lost = _overflowed(result.path) or result.outcome.verdict is Verdict.UNDEFINED
    value = result.value if math.isfinite(result.value) else math.inf
    return steps is None, float(steps or 0), lost, value
