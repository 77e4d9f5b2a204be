"""What a lesson's figure, or a step of it, can ask of the derivative lab."""

from __future__ import annotations

import math
from collections.abc import Callable

from engine.session.derivative import Study


def _slope_back(study: Study) -> float:
    return math.nan if study.secant_back is None else study.secant_back.slope


VALUES: dict[str, Callable[[Study], float]] = {
    "value": lambda study: study.value,
    "other_value": lambda study: study.other_value,
    "slope": lambda study: study.slope,
    "bend": lambda study: study.bend,
    "quotient": lambda study: study.quotient,
    "quotient_back": _slope_back,
    "error": lambda study: study.error,
    "delta": lambda study: study.delta,
    "differential": lambda study: study.differential,
    "remainder": lambda study: study.remainder,
    "sum": lambda study: study.sum.total,
    "integral": lambda study: study.integral.value,
    "limit_left": lambda study: study.verdict.left.value,
    "limit_right": lambda study: study.verdict.right.value,
    "differentiable": lambda study: float(study.verdict.differentiable),
    "steps": lambda study: float(
        0 if study.subject.first is None else len(study.subject.first.steps)
    ),
}
"""The quantities of ``lesson_vocabulary.SLOT_QUANTITIES``."""
