"""One moment of a training: immutable, with its measures computed when somebody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from engine.descent.optimizers import Memory
from engine.network import Vector


class Measures(NamedTuple):
    """How good a state is on one part of the data; ``accuracy`` is None for regression."""

    loss: float
    accuracy: float | None


class Origin(NamedTuple):
    """The counters of a state, without its arrays: enough to tell those of later ones."""

    iteration: int
    epoch: int
    position: int
    updates: int


@dataclass(frozen=True, eq=False)
class TrainingState:
    """A state between two iterations.

    Attributes
    ----------
    iteration
        Iterations so far.
    epoch, position
        Epochs so far, and samples used of the running one.
    updates
        Updates since the optimizer's memory was last empty.
    parameters
        Flat, read-only.
    memory
        The optimizer's, one flat array for each name in its rule.
    batch_loss
        Loss of the batch just used, at the parameters before the update; None at the start.
    measure
        Measures the state on ``"train"`` or ``"test"``; None where that part is empty.
    """

    iteration: int
    epoch: int
    position: int
    updates: int
    parameters: Vector
    memory: Memory
    batch_loss: float | None
    measure: Callable[[Vector, str], Measures | None] = field(repr=False)

    @property
    def nbytes(self) -> int:
        """Memory taken by the arrays, in bytes (with some for the object itself)."""
        return self.parameters.nbytes * (1 + len(self.memory)) + 512

    @cached_property
    def train(self) -> Measures:
        """Measures on the training samples."""
        measures = self.measure(self.parameters, "train")
        assert measures is not None, "there is always a training sample"
        return measures

    @cached_property
    def test(self) -> Measures | None:
        """Measures on the held-out samples, if any."""
        return self.measure(self.parameters, "test")

    @property
    def loss(self) -> float:
        """Mean data loss over all training samples."""
        return self.train.loss

    @property
    def test_loss(self) -> float | None:
        """Mean data loss over the held-out samples."""
        return None if self.test is None else self.test.loss

    @property
    def accuracy(self) -> float | None:
        """Share of training samples that are classified right."""
        return self.train.accuracy

    @property
    def test_accuracy(self) -> float | None:
        """Share of held-out samples that are classified right."""
        return None if self.test is None else self.test.accuracy
