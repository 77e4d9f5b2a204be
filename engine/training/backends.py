"""Which code computes a run: the readable reference, or the compiled kernel.

Both compute the same to 1e-12 a step, but not to the last bit, so a run keeps the one it started
with.
"""

from __future__ import annotations

from itertools import pairwise

from engine.kernels.backend import BACKEND
from engine.network import Architecture
from engine.training.experiment import Experiment

REFERENCE = "reference"
COMPILED = "compiled"
BACKENDS = (REFERENCE, COMPILED)

WIDE = 256
"""From so many units on both sides of a layer on, NumPy is as quick, and may use several cores."""


def can_be_compiled(experiment: Experiment) -> bool:
    """Whether there is a kernel for an experiment, and whether it is the quicker way."""
    return not experiment.error_without_slope and not is_wide(experiment.architecture)


def is_wide(architecture: Architecture) -> bool:
    """Whether products of matrices make up most of the work, for which NumPy is quicker."""
    return any(min(pair) >= WIDE for pair in pairwise(architecture.widths))


def chosen_backend(experiment: Experiment) -> str:
    """Return the backend for a run that starts now: compiled where it is ready and of use."""
    return COMPILED if BACKEND.ready() and can_be_compiled(experiment) else REFERENCE
