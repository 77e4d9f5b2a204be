"""Gradient descent that chooses its own step: the search along the line, by two rules.

A search tries lengths α along a direction p and never raises: where it finds nothing it says so.
"""

from __future__ import annotations

import math

from engine.descent.objective import Vector
from engine.descent.rule import Memory, Search
from engine.descent.step import Evaluations, Here, Step, Trial
from engine.hyperparameters import Hyperparameter

MOST_TRIALS = 60
NO_DESCENT = "descent.no_descent"

ARMIJO = Hyperparameter("sufficient", "Sufficient decrease", 1e-4, 0.0, 0.5, "c")
SHRINK = Hyperparameter("shrink", "Factor after a failure", 0.5, 0.05, 0.95, r"\tau")


def armijo(
    here: Here, direction: Vector, first: float, sufficient: float, shrink: float
) -> tuple[Trial, ...]:
    """Shorten a step until f(w + αp) ≤ f(w) + c α ∇f·p (Armijo 1966).

    Returns
    -------
    tuple
        Trials; only the last may be accepted, and is not where no step leads down.
    """
    slope = float(here.gradient @ direction)
    trials = []
    length = first
    for _ in range(MOST_TRIALS):
        value = float(here.objective.value(here.point + length * direction))
        bound = here.value + sufficient * length * slope
        accepted = value <= bound and slope < 0.0
        trials.append(Trial(length, value, bound, math.nan, accepted))
        if accepted:
            break
        length *= shrink
    return tuple(trials)


def line_minimum(here: Here, direction: Vector, first: float) -> tuple[Trial, ...]:
    """Find the first minimum along a line: where the slope ∇f(w + αp)·p turns from − to +.

    Doubles the length until the slope rises above 0 or the value above the one at the start, then
    closes in by false position with Illinois' correction, or halving where that is not possible.
    """
    trials: list[Trial] = []

    def look(length: float) -> Trial:
        point = here.point + length * direction
        slope = float(here.objective.gradient(point) @ direction)
        value = float(here.objective.value(point))
        trials.append(Trial(length, value, math.inf, slope, accepted=False))
        return trials[-1]

    low_slope = float(here.gradient @ direction)
    if not low_slope < 0.0:
        return (look(first),)
    tolerance = 1e-12 * -low_slope
    low, high = Trial(0.0, here.value, math.inf, low_slope, accepted=False), look(first)
    while high.slope < 0.0 and high.value <= here.value and len(trials) < MOST_TRIALS:
        low, high = high, look(2.0 * high.length)
    left, right, rose = low.slope, high.slope, True
    while len(trials) < MOST_TRIALS:
        if abs(trials[-1].slope) <= tolerance or high.length - low.length <= 1e-14 * high.length:
            break
        between = left * right < 0.0 and math.isfinite(right)
        part = left / (left - right) if between else 0.5
        middle = look(low.length + min(max(part, 1e-3), 1.0 - 1e-3) * (high.length - low.length))
        rises = not (middle.slope < 0.0 and middle.value <= here.value)
        if rises:
            left, right = 0.5 * left if rose else left, middle.slope
            high = middle
        else:
            left, right = middle.slope, right if rose else 0.5 * right
            low = middle
        rose = rises
    tried = [trial for trial in trials if trial.value <= here.value]
    if tried:
        best = min(tried, key=lambda trial: abs(trial.slope))
        trials.append(best._replace(accepted=True))
    return tuple(trials)


def searched(
    here: Here, memory: Memory, direction: Vector, trials: tuple[Trial, ...], extra: Evaluations
) -> Step:
    """Return the step to the accepted trial, or none."""
    last = trials[-1]
    counts = Evaluations(values=1 + len(trials), gradients=1).plus(extra)
    if not last.accepted:
        return Step(here.point, memory, direction, trials, counts, stuck=NO_DESCENT)
    point = here.point + last.length * direction
    return Step(point, memory, direction, trials, counts)


def _backtracking(
    here: Here, memory: Memory, t: int, learning_rate: float, settings: dict[str, float]
) -> Step:
    direction = -here.gradient
    trials = armijo(here, direction, learning_rate, settings["sufficient"], settings["shrink"])
    return searched(here, memory, direction, trials, Evaluations())


def _exact(
    here: Here, memory: Memory, t: int, learning_rate: float, settings: dict[str, float]
) -> Step:
    direction = -here.gradient
    trials = line_minimum(here, direction, learning_rate)
    looked = sum(not trial.accepted for trial in trials)
    return searched(here, memory, direction, trials, Evaluations(gradients=looked))


ENTRIES: tuple[Search, ...] = (
    Search(
        key="backtracking",
        label="Descent with backtracking",
        latex=(
            r"\alpha \leftarrow \eta,\; \tau\eta,\; \tau^2\eta,\; \ldots",
            r"f(w-\alpha g) \le f(w) - c\,\alpha\, g\cdot g",
            r"w \leftarrow w - \alpha\, g",
        ),
        idea="Try a long step, and shorten it until it pays.",
        source="Armijo 1966",
        hyperparameters=(ARMIJO, SHRINK),
        learning_rate=1.0,
        step=_backtracking,
    ),
    Search(
        key="exact_line_search",
        label="Descent with exact line search",
        latex=(
            r"\alpha = \arg\min_{\alpha>0} f(w-\alpha g)",
            r"w \leftarrow w - \alpha\, g",
        ),
        idea="Go along the slope to the lowest point of the line; then turn by a right angle.",
        source="Cauchy 1847",
        learning_rate=1.0,
        step=_exact,
    ),
)
"""In the order of the table."""
