"""What a lesson's figure, or a step of it, can ask of the surface lab."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from engine.calculus import Surface, difference_quotient, surface, total_differential
from engine.errors import NablaError
from engine.expression import parse
from engine.session.slots import SurfaceSlot


@lru_cache(maxsize=8)
def _function(expression: str) -> Surface:
    return surface(parse(expression))


def _gradient(slot: SurfaceSlot) -> np.ndarray:
    return _function(slot.expression).gradient(np.array(slot.point))


def _partial(number: int) -> Callable[[SurfaceSlot], float]:
    return lambda slot: float(_gradient(slot)[number])


def _value(slot: SurfaceSlot) -> float:
    return float(_function(slot.expression)(np.array(slot.point)))


def _directional(slot: SurfaceSlot) -> float:
    angle = math.radians(slot.direction)
    first, second = _gradient(slot)[:2]
    return float(first * math.cos(angle) + second * math.sin(angle))


def _quotient(slot: SurfaceSlot) -> float:
    cut = _function(slot.expression).cut(np.array(slot.point), slot.nudged)
    return difference_quotient(cut, slot.point[slot.nudged], slot.nudge).slope


def _dz(slot: SurfaceSlot) -> float:
    return total_differential(_function(slot.expression), slot.point, slot.change).dz


def _delta(slot: SurfaceSlot) -> float:
    return total_differential(_function(slot.expression), slot.point, slot.change).delta


VALUES: dict[str, Callable[[SurfaceSlot], float]] = {
    "value": _value,
    "partial_1": _partial(0),
    "partial_2": _partial(1),
    "partial_3": _partial(2),
    "partial_4": _partial(3),
    "gradient_norm": lambda slot: float(np.linalg.norm(_gradient(slot))),
    "directional": _directional,
    "quotient": _quotient,
    "dz": _dz,
    "delta_z": _delta,
    "remainder": lambda slot: _delta(slot) - _dz(slot),
    "plane_value": lambda slot: _value(slot) + _dz(slot),
    "end_value": lambda slot: _value(slot) + _delta(slot),
}
"""The quantities of ``lesson_vocabulary.SLOT_QUANTITIES``."""


def surface_value(slot: SurfaceSlot, kind: str) -> float:
    """Return a quantity of a slot; NaN where it has none, as after other text was typed."""
    try:
        return VALUES[kind](slot)
    except (NablaError, IndexError, ValueError):
        return math.nan
