"""One step of any optimizer: rules are lifted to it, searches implement it themselves."""

from __future__ import annotations

import numpy as np

from engine.descent.optimizers import Optimizer
from engine.descent.rule import Memory, Rule, Search
from engine.descent.step import Here, Step


def start(optimizer: Optimizer, dimension: int) -> Memory:
    """Return the memory before the first step."""
    entry = optimizer.entry
    return optimizer.start(dimension) if isinstance(entry, Rule) else entry.start(dimension)


def take_step(
    optimizer: Optimizer, here: Here, memory: Memory, t: int, learning_rate: float
) -> Step:
    """Return the step of an optimizer; ``t`` counts its steps from 1. Never raises, never warns."""
    entry = optimizer.entry
    with np.errstate(all="ignore"):
        if isinstance(entry, Search):
            return entry.step(here, memory, t, learning_rate, optimizer.hyperparameters)
        point, following = optimizer.step(here.point, here.gradient, memory, t, learning_rate)
    return Step(point, following)
