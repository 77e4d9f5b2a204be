"""Gradient descent: optimizers and schedules."""

from engine.descent.optimizers import Optimizer
from engine.descent.schedules import Schedule

__all__ = ["Optimizer", "Schedule"]
