"""Training: the frozen experiment, its simulation, and the micro-steps of one iteration."""

from engine.training.backends import (
    BACKENDS,
    COMPILED,
    REFERENCE,
    can_be_compiled,
    chosen_backend,
)
from engine.training.experiment import Experiment, Penalty
from engine.training.objective import NetworkObjective
from engine.training.state import Measures, TrainingState
from engine.training.trace import Granularity, Known, MicroStep, Phase, Trace
from engine.training.training import Training, correct

__all__ = [
    "BACKENDS",
    "COMPILED",
    "REFERENCE",
    "Experiment",
    "Granularity",
    "Known",
    "Measures",
    "MicroStep",
    "NetworkObjective",
    "Penalty",
    "Phase",
    "Trace",
    "Training",
    "TrainingState",
    "can_be_compiled",
    "chosen_backend",
    "correct",
]
