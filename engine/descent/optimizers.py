"""The one table of optimizers, and optimizers as values.

``TABLE`` holds the element-wise rules, which train networks too; ``ALL`` adds the methods that
look at the objective themselves: line searches, Newton's, BFGS. For each entry there is a function
that makes it ready to run: ``adam(learning_rate=0.1)``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from engine.descent import adaptive, elementwise, searches, second_order
from engine.descent.rule import Entry, Memory, Number, Rule, Search
from engine.descent.schedules import Schedule
from engine.errors import NablaError
from engine.hyperparameters import Settings, complete, is_number

__all__ = ["ALL", "TABLE", "Memory", "Method", "Number", "Optimizer", "Rule"]

TABLE: dict[str, Rule] = {rule.key: rule for rule in (*elementwise.RULES, *adaptive.RULES)}
ALL: dict[str, Rule | Search] = {
    **TABLE,
    **{entry.key: entry for entry in (*searches.ENTRIES, *second_order.ENTRIES)},
}
LARGEST_LEARNING_RATE = 1e12
"""Far beyond sense, so that what happens there can be looked at."""


@dataclass(frozen=True)
class Optimizer:
    """An entry of the table with its hyperparameters: a value, without memory of its own."""

    key: str = "gradient_descent"
    settings: Settings = ()

    def __post_init__(self) -> None:
        """Check the key and the settings."""
        if self.key not in ALL:
            raise NablaError("optimizer.unknown", key=self.key)
        complete(self.entry.hyperparameters, self.settings)

    @property
    def entry(self) -> Rule | Search:
        """The entry in the table."""
        return ALL[self.key]

    @property
    def rule(self) -> Rule:
        """The element-wise rule in the table.

        Raises
        ------
        NablaError
            ``optimizer.not_elementwise``: the method looks at the whole objective.
        """
        if self.key not in TABLE:
            raise NablaError("optimizer.not_elementwise", name=self.entry.label)
        return TABLE[self.key]

    @cached_property
    def hyperparameters(self) -> dict[str, float]:
        """All hyperparameters by name."""
        return complete(self.entry.hyperparameters, self.settings)

    def start(self, size: int) -> Memory:
        """Return the memory of a rule before the first update: zeros, ``(size,)`` each."""
        zeros = np.zeros(size)
        zeros.flags.writeable = False
        return tuple(zeros for _ in self.rule.memory)

    def step(
        self, point: Number, gradient: Number, memory: Memory, t: int, learning_rate: float
    ) -> tuple[Number, Memory]:
        """Return the next point and memory of a rule; ``t`` counts updates from 1."""
        point, *rest = self.rule.update(
            point, gradient, *memory, t, learning_rate, *self.hyperparameters.values()
        )
        return point, tuple(rest)


@dataclass(frozen=True)
class Method:
    """An optimizer ready to run.

    Attributes
    ----------
    learning_rate
        For methods that search along a line the first length they try.
    clip
        Longest gradient; longer ones are shortened to it. None lets all pass.
    """

    optimizer: Optimizer = field(default_factory=Optimizer)
    learning_rate: float = 0.1
    schedule: Schedule = field(default_factory=Schedule)
    clip: float | None = None

    def __post_init__(self) -> None:
        """Check the bounds.

        Raises
        ------
        NablaError
            The learning rate or the longest gradient is not a positive number.
        """
        rate = self.learning_rate
        if not (is_number(rate) and 0.0 < rate <= LARGEST_LEARNING_RATE):
            raise NablaError(
                "learning_rate.out_of_bounds", value=rate, maximum=LARGEST_LEARNING_RATE
            )
        if self.clip is not None and not (is_number(self.clip) and self.clip > 0.0):
            raise NablaError("descent.clip_not_positive", value=self.clip)

    @property
    def entry(self) -> Entry:
        """The optimizer's entry in the table."""
        return self.optimizer.entry

    def rate(self, iteration: int) -> float:
        """Return the learning rate of an iteration (from 0)."""
        return self.learning_rate * self.schedule.factor(iteration)

    def clipped(self, gradient: Number) -> Number:
        """Return gradients ``(…, d)``, none of them longer than allowed (as PyTorch clips them)."""
        if self.clip is None:
            return gradient
        length = np.sqrt(np.square(gradient).sum(axis=-1, keepdims=True))
        return gradient * np.minimum(1.0, self.clip / (length + 1e-6))


def method(
    key: str,
    learning_rate: float | None = None,
    schedule: Schedule | None = None,
    clip: float | None = None,
    **hyperparameters: float,
) -> Method:
    """Return an entry of the table ready to run, its defaults filled in.

    Raises
    ------
    NablaError
        An unknown key or hyperparameter, or a number out of bounds.
    """
    optimizer = Optimizer(key, tuple(hyperparameters.items()))
    rate = optimizer.entry.learning_rate if learning_rate is None else learning_rate
    return Method(optimizer, rate, Schedule() if schedule is None else schedule, clip)


def _constructor(key: str) -> _Constructor:
    def construct(
        learning_rate: float | None = None,
        schedule: Schedule | None = None,
        clip: float | None = None,
        **hyperparameters: float,
    ) -> Method:
        return method(key, learning_rate, schedule, clip, **hyperparameters)

    construct.__name__ = construct.__qualname__ = key
    construct.__doc__ = f"Return {ALL[key].label} ready to run; see ``method``."
    return construct


class _Constructor(Protocol):
    def __call__(
        self,
        learning_rate: float | None = None,
        schedule: Schedule | None = None,
        clip: float | None = None,
        **hyperparameters: float,
    ) -> Method: ...


gradient_descent = _constructor("gradient_descent")
momentum = _constructor("momentum")
nesterov = _constructor("nesterov")
adagrad = _constructor("adagrad")
rmsprop = _constructor("rmsprop")
adam = _constructor("adam")
adamw = _constructor("adamw")
adadelta = _constructor("adadelta")
rmsprop_centred = _constructor("rmsprop_centred")
rmsprop_momentum = _constructor("rmsprop_momentum")
amsgrad = _constructor("amsgrad")
nadam = _constructor("nadam")
radam = _constructor("radam")
adamax = _constructor("adamax")
backtracking = _constructor("backtracking")
exact_line_search = _constructor("exact_line_search")
newton = _constructor("newton")
bfgs = _constructor("bfgs")
