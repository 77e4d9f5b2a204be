"""Gradient descent: objectives, optimizers and schedules, descents step by step, races and maps."""

from engine.descent.descent import Descent
from engine.descent.explanation import explain_descent
from engine.descent.objective import Noisy, Objective
from engine.descent.optimizers import Method, Optimizer
from engine.descent.path import Path, descend
from engine.descent.schedules import Schedule
from engine.descent.state import DescentState

__all__ = [
    "Descent",
    "DescentState",
    "Method",
    "Noisy",
    "Objective",
    "Optimizer",
    "Path",
    "Schedule",
    "descend",
    "explain_descent",
]
