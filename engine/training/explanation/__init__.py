"""Where each number of an iteration comes from: the rule, and the same rule with its numbers."""

from engine.derivation import Derivation
from engine.training.explanation.derivation import (
    explain_iteration,
    explain_parameter,
    explain_step,
    explain_unit,
)

__all__ = [
    "Derivation",
    "explain_iteration",
    "explain_parameter",
    "explain_step",
    "explain_unit",
]
