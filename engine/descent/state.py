"""One moment of a descent: immutable."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from engine.descent.objective import Vector
from engine.descent.rule import Memory
from engine.descent.step import Evaluations, Note


@dataclass(frozen=True, eq=False)
class DescentState:
    """A state between two iterations.

    Attributes
    ----------
    iteration
        Iterations so far.
    updates
        Steps since the optimizer's memory was last empty.
    point
        ``(d,)``, read-only.
    memory
        The optimizer's, an array for each name in its entry.
    value
        Of the whole objective at the point.
    gradient
        ``(d,)`` what the next iteration sees at the point: of its batch, with its noise.
    step_length
        Distance from the point before; None at the start.
    evaluations
        What the optimizer has asked for so far. What is computed only to be shown is not counted.
    notes
        What was out of the ordinary in the step that led here.
    """

    iteration: int
    updates: int
    point: Vector
    memory: Memory
    value: float
    gradient: Vector
    step_length: float | None = None
    evaluations: Evaluations = field(default_factory=Evaluations)
    notes: tuple[Note, ...] = ()

    @property
    def gradient_norm(self) -> float:
        """Length of the gradient that the next iteration sees."""
        return length(self.gradient)

    @property
    def nbytes(self) -> int:
        """Memory taken by the arrays, in bytes (with some for the object itself)."""
        return int(2 * self.point.nbytes + sum(array.nbytes for array in self.memory)) + 512


def length(vector: Vector) -> float:
    """Return the Euclidean length, also of numbers whose squares overflow."""
    with np.errstate(all="ignore"):
        largest = float(np.abs(vector).max(initial=0.0))
        if largest == 0.0 or not np.isfinite(largest):
            return largest
        scaled = vector / largest
        return largest * float(np.sqrt(scaled @ scaled))
