"""Gradient descent: optimizers and schedules."""

from engine.descent.optimizers import Method, Optimizer
from engine.descent.schedules import Schedule

__all__ = ["Method", "Optimizer", "Schedule"]
