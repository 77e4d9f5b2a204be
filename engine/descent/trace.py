"""The micro-steps inside one iteration of a descent: how an optimizer thinks.

A trace explains, it never produces state. Position 0 is the state before the iteration; position
``count`` is the state after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from engine.descent.equations import between_numbers
from engine.descent.objective import Vector
from engine.descent.optimizers import Method
from engine.descent.rule import Rule
from engine.descent.state import DescentState
from engine.descent.step import Here, Step


class DescentPhase(StrEnum):
    """What a micro-step does."""

    GRADIENT = "gradient"
    CLIP = "clip"
    MEMORY = "memory"
    CORRECTION = "correction"
    DIRECTION = "direction"
    TRIAL = "trial"
    UPDATE = "update"


class DescentMicroStep(NamedTuple):
    """One micro-step: its phase, and the number of the memory or trial (from 0)."""

    phase: DescentPhase
    number: int = 0


@dataclass(frozen=True, eq=False)
class Trace:
    """All micro-steps of the iteration that follows a state.

    Attributes
    ----------
    names
        Of the coordinates.
    before
        The state before the iteration.
    here
        What the optimizer looks at; its gradient is clipped, where gradients are.
    result
        What the step comes to.
    """

    method: Method
    names: tuple[str, ...]
    before: DescentState
    here: Here
    result: Step

    @cached_property
    def steps(self) -> tuple[DescentMicroStep, ...]:
        """The micro-steps, in order."""
        phase = DescentPhase
        steps = [DescentMicroStep(phase.GRADIENT)]
        if self.is_clipped:
            steps.append(DescentMicroStep(phase.CLIP))
        entry = self.method.optimizer.entry
        if isinstance(entry, Rule):
            steps += [DescentMicroStep(phase.MEMORY, i) for i in range(len(entry.memory))]
            if between_numbers(entry):
                steps.append(DescentMicroStep(phase.CORRECTION))
        else:
            steps.append(DescentMicroStep(phase.DIRECTION))
            steps += [DescentMicroStep(phase.TRIAL, i) for i in range(len(self.result.trials))]
        steps.append(DescentMicroStep(phase.UPDATE))
        return tuple(steps)

    @property
    def count(self) -> int:
        """Number of micro-steps."""
        return len(self.steps)

    def step(self, position: int) -> DescentMicroStep:
        """Return the micro-step that leads to ``position`` (1 … count).

        Raises
        ------
        IndexError
            No step leads to that position.
        """
        if not 1 <= position <= self.count:
            raise IndexError(f"no step leads to position {position} of {self.count}")
        return self.steps[position - 1]

    def phase_end(self, position: int) -> int:
        """Return where the phase in work ends: all trials of a search, all kinds of memory."""
        following = min(position + 1, self.count)
        phase = self.step(following).phase
        return max(i for i, step in enumerate(self.steps, 1) if step.phase is phase)

    def is_known(self, position: int, phase: DescentPhase, number: int = 0) -> bool:
        """Whether a micro-step is done at a position; False if there is no such step."""
        return DescentMicroStep(phase, number) in self.steps[:position]

    @property
    def is_clipped(self) -> bool:
        """Whether the gradient is too long for the method and gets shortened."""
        return self.here.gradient is not self.before.gradient and not np.array_equal(
            self.here.gradient, self.before.gradient
        )

    @property
    def learning_rate(self) -> float:
        """Of this iteration."""
        return self.method.rate(self.before.iteration)

    @property
    def t(self) -> int:
        """Number of this update, from 1."""
        return self.before.updates + 1

    @property
    def memory_names(self) -> tuple[str, ...]:
        """What the optimizer remembers."""
        return self.method.optimizer.entry.memory

    @property
    def displacement(self) -> Vector:
        """From the old point to the new one, ``(d,)``."""
        moved: Vector = self.result.point - self.before.point
        return moved

    @property
    def effective_rates(self) -> Vector:
        """How far each coordinate goes for its gradient, ``(d,)``; NaN where that is 0."""
        with np.errstate(all="ignore"):
            rates: Vector = -self.displacement / self.here.gradient
        return np.where(self.here.gradient == 0.0, np.nan, rates)

    def old_memory(self, name: str) -> Vector:
        """Return a memory before the step."""
        return self._named(name, self.before.memory)

    def new_memory(self, name: str) -> Vector:
        """Return a memory after the step."""
        return self._named(name, self.result.memory)

    def _named(self, name: str, memory: tuple[Vector, ...]) -> Vector:
        return memory[self.memory_names.index(name)]

    def memory_at(self, position: int) -> tuple[Vector, ...]:
        """Return the memory at a position: renewed as far as the steps have come."""
        return tuple(
            new
            if position == self.count or self.is_known(position, DescentPhase.MEMORY, i)
            else old
            for i, (old, new) in enumerate(zip(self.before.memory, self.result.memory, strict=True))
        )

    def trial_point(self, number: int) -> Vector:
        """Return a point that the line search has tried, ``(d,)``."""
        assert self.result.direction is not None
        return self.before.point + self.result.trials[number].length * self.result.direction

    def point_at(self, position: int) -> Vector:
        """Return the point at a position: the new one at the end only."""
        return self.result.point if position == self.count else self.before.point
