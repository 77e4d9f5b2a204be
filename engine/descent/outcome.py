"""How a descent has gone, and why: a verdict on its path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from engine.descent.objective import Objective, Vector
from engine.descent.path import Path

WINDOW = 20
"""Steps at the end of a path that are looked at."""


class Verdict(StrEnum):
    """Kinds of outcomes."""

    CONVERGED = "converged"
    STUCK = "stuck"
    OSCILLATING = "oscillating"
    DIVERGED = "diverged"
    ON_THE_WAY = "on_the_way"
    UNDEFINED = "undefined"


@dataclass(frozen=True)
class Outcome:
    """A verdict with its reason.

    Attributes
    ----------
    reason
        A message code.
    details
        What the message mentions.
    minimum
        Index of the known minimum it has reached, if any.
    """

    verdict: Verdict
    reason: str
    details: Mapping[str, object] = field(default_factory=dict)
    minimum: int | None = None


_BY_STOP = {
    "descent.start_undefined": Verdict.UNDEFINED,
    "descent.diverged": Verdict.DIVERGED,
    "descent.converged": Verdict.CONVERGED,
    "descent.zero_gradient": Verdict.STUCK,
    "descent.stuck_at_saddle": Verdict.STUCK,
    "descent.stuck_at_maximum": Verdict.STUCK,
    "descent.stuck_on_flat": Verdict.STUCK,
    "descent.no_descent": Verdict.STUCK,
}


def outcome_of(objective: Objective, path: Path, tolerance: float = 1e-3) -> Outcome:
    """Judge a path, by why it has stopped, where it ends, and its last steps.

    Parameters
    ----------
    tolerance
        Distance from a known minimum at which it counts as reached, relative to its coordinates
        where these are larger than 1.
    """
    reached = nearest_minimum(objective, path.points[-1], tolerance)
    if path.stop is not None and path.stop.code in _BY_STOP:
        verdict = _BY_STOP[path.stop.code]
        if path.stop.details.get("kind") == "minimum":
            verdict = Verdict.CONVERGED
        if verdict is Verdict.CONVERGED:
            return _arrived(objective, reached, path.stop.code, path.stop.details)
        return Outcome(verdict, path.stop.code, path.stop.details)
    if reached is not None:
        calm = path.step_lengths[-1] <= tolerance
        if calm:
            return _arrived(objective, reached, "descent.at_minimum", {})
    with np.errstate(all="ignore"):
        for judge in (_running_away, _swinging, _resting):
            found = judge(path)
            if found is not None:
                return found
    return Outcome(Verdict.ON_THE_WAY, "descent.on_the_way", _numbers(path))


def nearest_minimum(objective: Objective, point: Vector, tolerance: float) -> int | None:
    """Return the index of the known minimum at a point, if there is one."""
    if not objective.minima:
        return None
    minima = np.array(objective.minima)
    with np.errstate(all="ignore"):
        distances = np.sqrt(np.square(minima - point).sum(axis=-1))
    index = int(np.argmin(distances))
    scale = max(1.0, float(np.abs(minima[index]).max()))
    return index if distances[index] <= tolerance * scale else None


def distance_to_minimum(objective: Objective, points: Vector) -> Vector | None:
    """Return the distance ``(…,)`` of points ``(…, d)`` to the nearest known minimum, if any."""
    if not objective.minima:
        return None
    away = points[..., None, :] - np.array(objective.minima)
    with np.errstate(all="ignore"):
        distances: Vector = np.sqrt(np.square(away).sum(axis=-1)).min(axis=-1)
    return distances


def _arrived(
    objective: Objective, reached: int | None, reason: str, details: Mapping[str, object]
) -> Outcome:
    if reached is not None:
        values = objective.value(np.array(objective.minima))
        if values[reached] > values.min() + 1e-9 * max(1.0, abs(float(values.min()))):
            above = float(values[reached] - values.min())
            return Outcome(
                Verdict.STUCK, "descent.local_minimum", {**details, "above": above}, reached
            )
    return Outcome(Verdict.CONVERGED, reason, details, reached)


def _numbers(path: Path) -> dict[str, object]:
    return {"value": float(path.values[-1]), "gradient": float(path.gradient_norms[-1])}


def _running_away(path: Path) -> Outcome | None:
    """Steps and gradients that grow towards the end: up the walls, or down without end."""
    if len(path.values) < 4:
        return None
    last = slice(-min(WINDOW, len(path.values) - 1), None)
    norms, steps, values = path.gradient_norms[last], path.step_lengths[last], path.values[last]
    growing = bool(norms[-1] > 1.05 * norms[0] and steps[-1] > 1.05 * steps[0])
    if not growing:
        return None
    if values[-1] > max(values[0], float(path.values[0])) and (np.diff(values) > 0.0).all():
        return Outcome(Verdict.DIVERGED, "descent.growing", _numbers(path))
    away = np.abs(path.points[-1] - path.points[0]).max()
    if (np.diff(values) < 0.0).all() and away > 10.0 * (1.0 + np.abs(path.points[0]).max()):
        return Outcome(Verdict.DIVERGED, "descent.without_bottom", _numbers(path))
    return None


def _swinging(path: Path) -> Outcome | None:
    """A coordinate whose steps change sign each time, and do not get smaller."""
    steps = np.diff(path.points, axis=0)[-WINDOW:]
    if len(steps) < 4:
        return None
    turns = (np.sign(steps[1:]) * np.sign(steps[:-1]) < 0.0).mean(axis=0)
    half = len(steps) // 2
    early, late = np.abs(steps[:half]).max(axis=0), np.abs(steps[half:]).max(axis=0)
    net = np.abs(steps.sum(axis=0)) <= 0.1 * np.abs(steps).sum(axis=0)
    swinging = (turns >= 0.7) & net & (late >= 0.95 * early) & (late > 1e-9)
    if not swinging.any():
        return None
    place = int(np.argmax(np.where(swinging, late, -1.0)))
    details = {"coordinate": place + 1, "width": float(late[place]), **_numbers(path)}
    return Outcome(Verdict.OSCILLATING, "descent.oscillating", details)


def _resting(path: Path) -> Outcome | None:
    """Steps that have become too short to arrive anywhere."""
    if len(path.values) <= WINDOW:
        return None
    recent = path.step_lengths[-WINDOW:].sum()
    scale = max(1.0, float(np.abs(path.points[-1]).max()))
    if recent > 1e-3 * scale:
        return None
    return Outcome(Verdict.STUCK, "descent.crawling", {"length": float(recent), **_numbers(path)})
