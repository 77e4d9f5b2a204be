"""What a table of optimizers holds: element-wise rules, and methods that choose their own step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.hyperparameters import Hyperparameter

if TYPE_CHECKING:
    from engine.descent.step import Here, Step

Number = Any  # a float or a float64 array
Memory = tuple[Any, ...]
"""What an optimizer remembers: one array for each name in its entry."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every optimizer of the table has.

    Attributes
    ----------
    latex
        The update, line by line; the last line gives the new weight.
    memory
        Names of what is remembered.
    learning_rate
        PyTorch's default; for methods that search along a line the first length they try.
    idea, source
        One sentence, and the paper.
    """

    key: str
    label: str
    latex: tuple[str, ...]
    idea: str
    source: str = ""
    memory: tuple[str, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()
    learning_rate: float = 1e-3


@dataclass(frozen=True, kw_only=True)
class Rule(Entry):
    """An optimizer that treats each coordinate by itself, as plain arithmetic.

    Attributes
    ----------
    update
        ``update(x, g, *memory, t, learning_rate, *hyperparameters) -> (x, *memory)``; the memory
        starts at 0 and is as long as the point.
    numbers
        ``latex`` with places for numbers, ``{name}``: x, g, rate, t, hyperparameters, memory (old),
        memory with a prime (new), ``x'`` and what ``between`` returns.
    between
        ``between(*new memory, t, *hyperparameters)``: further named numbers for these lines.
    """

    update: Callable[..., tuple[Number, ...]]
    numbers: tuple[str, ...]
    between: Callable[..., dict[str, Number]] | None = None


@dataclass(frozen=True, kw_only=True)
class Search(Entry):
    """An optimizer that looks at the objective itself: along a line, or at its curvature.

    Attributes
    ----------
    step
        ``step(here, memory, t, learning_rate, hyperparameters) -> Step``.
    start
        ``start(dimension)``: the memory before the first step.
    most_dimensions
        Largest number of coordinates; None if there is no bound.
    hessian
        Whether it asks for second derivatives.
    """

    step: Callable[[Here, Memory, int, float, dict[str, float]], Step]
    start: Callable[[int], Memory] = lambda dimension: ()
    most_dimensions: int | None = None
    hessian: bool = False


BETA = Hyperparameter("beta", "Momentum", 0.9, 0.0, 0.9999, r"\beta")
BETA_1 = Hyperparameter("beta_1", "Decay of the mean", 0.9, 0.0, 0.9999, r"\beta_1")
BETA_2 = Hyperparameter("beta_2", "Decay of the squares", 0.999, 0.0, 0.999999, r"\beta_2")
EPSILON = Hyperparameter("epsilon", "Epsilon", 1e-8, 1e-16, 1.0, r"\varepsilon")

LABELS = {
    "velocity": "Velocity",
    "squares": "Squared gradients",
    "mean": "Mean of the gradients",
    "largest": "Largest gradients",
    "steps": "Squared steps",
    "spent": "Share of the momentum used up",
    "inverse_hessian": "Inverse of the curvature",
}
"""What each memory is called, by its name."""
