"""Methods that know the curvature: Newton's, damped, and BFGS, which learns it on the way."""

from __future__ import annotations

import math

import numpy as np

from engine.descent.objective import Vector, hessian
from engine.descent.rule import Memory, Search
from engine.descent.searches import ARMIJO, MOST_TRIALS, NO_DESCENT, SHRINK, armijo, searched
from engine.descent.step import Evaluations, Here, Note, Step, Trial
from engine.hyperparameters import Hyperparameter

MOST_DIMENSIONS = 500
INDEFINITE = "descent.indefinite_hessian"
_FLAT = 1e-10


def newton_direction(here: Here) -> tuple[Vector, tuple[Note, ...]]:
    """Return −|H|⁻¹ g, and a note where the Hessian H is not positive definite.

    |H| has the eigenvalues' absolute values, so that the direction leads down and away from
    saddles (Nocedal & Wright 2006, section 3.4); eigenvalues near 0 are lifted.
    """
    matrix = hessian(here.objective, here.point)
    if not np.isfinite(matrix).all():
        return -here.gradient, (Note("descent.hessian_not_finite", {}),)
    values, vectors = np.linalg.eigh(matrix)
    floor = _FLAT * max(1.0, float(np.abs(values).max()))
    direction = -(vectors @ ((vectors.T @ here.gradient) / np.maximum(np.abs(values), floor)))
    notes: tuple[Note, ...] = ()
    if values[0] <= floor:
        notes = (Note(INDEFINITE, {"smallest": float(values[0]), "largest": float(values[-1])}),)
    return direction, notes


def _newton(
    here: Here, memory: Memory, t: int, learning_rate: float, settings: dict[str, float]
) -> Step:
    direction, notes = newton_direction(here)
    trials = armijo(here, direction, learning_rate, settings["sufficient"], settings["shrink"])
    step = searched(here, memory, direction, trials, Evaluations(hessians=1))
    return Step(step.point, memory, direction, trials, step.evaluations, notes, step.stuck)


def wolfe(
    here: Here, direction: Vector, first: float, sufficient: float, curvature: float
) -> tuple[tuple[Trial, ...], Vector]:
    """Find a length with Armijo's condition and ∇f(w + αp)·p ≥ c₂ ∇f·p (Wolfe 1969).

    By doubling and halving (Lewis & Overton 2013, algorithm 4.6).

    Returns
    -------
    tuple
        Trials, of which only the last may be accepted, and the gradient there.
    """
    slope = float(here.gradient @ direction)
    low, high, length = 0.0, math.inf, first
    trials: list[Trial] = []
    gradient = here.gradient
    for _ in range(MOST_TRIALS):
        point = here.point + length * direction
        value = float(here.objective.value(point))
        bound = here.value + sufficient * length * slope
        if not (value <= bound and slope < 0.0):
            trials.append(Trial(length, value, bound, math.nan, accepted=False))
            high = length
        else:
            gradient = here.objective.gradient(point)
            along = float(gradient @ direction)
            accepted = along >= curvature * slope
            trials.append(Trial(length, value, bound, along, accepted))
            if accepted:
                break
            low = length
        length = 0.5 * (low + high) if math.isfinite(high) else 2.0 * low
        if high - low <= 1e-15 * high:
            break
    if not trials[-1].accepted and low > 0.0:
        # No curvature condition can be met, as on a slope without end: what goes down will do.
        gradient = here.objective.gradient(here.point + low * direction)
        best = next(trial for trial in trials if trial.length == low)
        trials.append(best._replace(accepted=True))
    return tuple(trials), gradient


def _identity(dimension: int) -> Memory:
    flat = np.eye(dimension)
    flat.flags.writeable = False
    return (flat,)


def _bfgs(
    here: Here, memory: Memory, t: int, learning_rate: float, settings: dict[str, float]
) -> Step:
    (inverse,) = memory
    g = here.gradient
    direction = -(inverse @ g)
    notes: tuple[Note, ...] = ()
    first = learning_rate
    if not float(g @ direction) < 0.0:
        # Rounding has spoilt the matrix: forget it.
        (inverse,) = _identity(g.size)
        direction, notes = -g, (Note("descent.bfgs_forgets", {}),)
    if np.array_equal(inverse, np.eye(g.size)):
        # Without a scale yet, a step of length 1 at most.
        first = min(1.0, 1.0 / max(1e-300, float(np.sqrt(g @ g)))) * learning_rate
    trials, gradient = wolfe(here, direction, first, settings["sufficient"], settings["curvature"])
    looked = sum(not math.isnan(trial.slope) for trial in trials)
    counts = Evaluations(values=1 + len(trials), gradients=1 + looked)
    last = trials[-1]
    if not last.accepted:
        return Step(here.point, memory, direction, trials, counts, notes, NO_DESCENT)
    step = last.length * direction
    change = gradient - g
    matrix = updated_inverse(inverse, step, change)
    matrix.flags.writeable = False
    return Step(here.point + step, (matrix,), direction, trials, counts, notes)


def updated_inverse(inverse: Vector, step: Vector, change: Vector) -> Vector:
    """Return the BFGS update of an inverse Hessian (Nocedal & Wright 2006, equation 6.17).

    Before the first update the identity is scaled to the curvature seen (equation 6.20). Where the
    curvature along the step is not positive, the matrix stays.
    """
    curvature = float(change @ step)
    if not curvature > 1e-12 * float(np.sqrt((change @ change) * (step @ step))):
        return np.array(inverse)
    unit = np.eye(step.size)
    if np.array_equal(inverse, unit):
        inverse = unit * (curvature / float(change @ change))
    left = unit - np.outer(step, change) / curvature
    result: Vector = left @ inverse @ left.T + np.outer(step, step) / curvature
    return result


ENTRIES: tuple[Search, ...] = (
    Search(
        key="newton",
        label="Newton, damped",
        latex=(
            r"p = -|H|^{-1} g,\quad H = \nabla^2 f(w)",
            r"f(w+\alpha p) \le f(w) + c\,\alpha\, g\cdot p,\quad \alpha = \eta, \tau\eta, \ldots",
            r"w \leftarrow w + \alpha\, p",
        ),
        idea="Jump to the bottom of the bowl that fits slope and curvature; or less far.",
        source="Newton 1669; Nocedal & Wright 2006",
        hyperparameters=(ARMIJO, SHRINK),
        learning_rate=1.0,
        step=_newton,
        most_dimensions=MOST_DIMENSIONS,
        hessian=True,
    ),
    Search(
        key="bfgs",
        label="BFGS",
        latex=(
            r"p = -B\, g",
            (
                r"f(w+\alpha p) \le f(w) + c\,\alpha\, g\cdot p,\quad"
                r" \nabla f(w+\alpha p)\cdot p \ge c_2\, g\cdot p"
            ),
            r"s = \alpha p,\quad y = \nabla f(w+s) - g,\quad \rho = \frac{1}{y\cdot s}",
            r"B \leftarrow (I-\rho\, s y^\top)\, B\, (I-\rho\, y s^\top) + \rho\, s s^\top",
            r"w \leftarrow w + s",
        ),
        idea="Learn the curvature from how the gradient changes, and use it as Newton does.",
        source="Broyden; Fletcher; Goldfarb; Shanno 1970",
        memory=("inverse_hessian",),
        hyperparameters=(
            ARMIJO,
            Hyperparameter("curvature", "Curvature condition", 0.9, 0.5, 0.999, "c_2"),
        ),
        learning_rate=1.0,
        step=_bfgs,
        start=_identity,
        most_dimensions=MOST_DIMENSIONS,
    ),
)
"""In the order of the table."""
