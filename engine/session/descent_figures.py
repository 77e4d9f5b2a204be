"""What a lesson's figure can ask of the descent lab."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from engine.session.descent import Course, study
from engine.session.slots import DescentSlot

VALUES: dict[str, Callable[[Course, int, int], float]] = {
    "coordinate": lambda course, iteration, i: float(course.points[iteration, i]),
    "slope": lambda course, iteration, i: float(course.gradients[iteration, i]),
    "value": lambda course, iteration, i: float(course.values[iteration]),
    "gradient_norm": lambda course, iteration, i: float(course.gradient_norms[iteration]),
    "distance": lambda course, iteration, i: float(course.distances[iteration]),
    "step_length": lambda course, iteration, i: float(course.step_lengths[iteration]),
}
"""The quantities of ``lesson_vocabulary.SLOT_QUANTITIES``, of a runner at an iteration."""


def descent_value(
    slot: DescentSlot, kind: str, runner: int, iteration: int, coordinate: int
) -> float:
    """Return a quantity; runner and coordinate are counted from 1. NaN where there is none."""
    own = study(slot)
    if not (1 <= runner <= len(own.courses) and 1 <= coordinate <= len(own.subject.names)):
        return math.nan
    course = own.courses[runner - 1]
    course.reach(iteration)
    with np.errstate(all="ignore"):
        return VALUES[kind](course, course.last(iteration), coordinate - 1)
