"""What one step of any optimizer starts from, and what it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from engine.descent.objective import Objective, Vector
from engine.descent.rule import Memory


class Evaluations(NamedTuple):
    """How often an optimizer has asked for what."""

    values: int = 0
    gradients: int = 0
    hessians: int = 0

    def plus(self, other: Evaluations) -> Evaluations:
        """Return the sum."""
        return Evaluations(*(a + b for a, b in zip(self, other, strict=True)))


class Trial(NamedTuple):
    """A point that was tried on a line.

    Attributes
    ----------
    length
        Multiple of the direction.
    value
        Of the objective there.
    bound
        The value it must not exceed (Armijo's condition); infinite where there is none.
    slope
        Of the objective along the direction there; NaN where nobody has asked.
    """

    length: float
    value: float
    bound: float
    slope: float
    accepted: bool


class Note(NamedTuple):
    """Something out of the ordinary that happened in a step: a code, and its details."""

    code: str
    details: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Here:
    """What an optimizer may look at: an objective at a point, each number computed once.

    Attributes
    ----------
    point, gradient
        ``(d,)``
    """

    objective: Objective
    point: Vector
    gradient: Vector

    @cached_property
    def value(self) -> float:
        """The objective at the point."""
        return float(self.objective.value(self.point))


@dataclass(frozen=True, eq=False)
class Step:
    """What a step comes to.

    Attributes
    ----------
    direction
        Of a search, ``(d,)``; None for an element-wise rule.
    trials
        Points tried along it, in order.
    evaluations
        What it took, the gradient at the start included.
    notes
        What was out of the ordinary.
    stuck
        Code of the reason why there is no step; None where there is one.
    """

    point: Vector
    memory: Memory
    direction: Vector | None = None
    trials: tuple[Trial, ...] = ()
    evaluations: Evaluations = field(default_factory=lambda: Evaluations(gradients=1))
    notes: tuple[Note, ...] = ()
    stuck: str | None = None
