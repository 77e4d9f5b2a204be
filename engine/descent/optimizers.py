"""Element-wise optimizers in one table, with PyTorch's update rules and defaults.

Each rule is one small function of numbers: the point x, the gradient g, the memory, the count t
of updates (from 1), the learning rate and the hyperparameters, in the table's order. It returns the
new point and the new memory. Being plain arithmetic it runs on scalars and on arrays alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from engine.errors import NablaError
from engine.hyperparameters import Hyperparameter, Settings, complete

Number = Any  # a float or a float64 array
Memory = tuple[Any, ...]
"""What an optimizer remembers: one array as long as the point for each name in the rule."""


@dataclass(frozen=True)
class Rule:
    """One optimizer.

    Attributes
    ----------
    update
        ``update(x, g, *memory, t, learning_rate, *hyperparameters) -> (x, *memory)``.
    memory
        Names of what is remembered for each parameter; all start at 0.
    learning_rate
        PyTorch's default.
    latex
        The update, line by line; the last line gives the new weight.
    numbers
        The same with places for numbers, ``{name}``: x, g, rate, t, hyperparameters, memory (old),
        memory with a prime (new), ``x'`` and what ``between`` returns.
    between
        ``between(*new memory, t, *hyperparameters)``: further named numbers for these lines.
    idea, source
        One sentence, and the paper.
    """

    key: str
    label: str
    update: Callable[..., tuple[Number, ...]]
    latex: tuple[str, ...]
    numbers: tuple[str, ...]
    idea: str
    source: str = ""
    memory: tuple[str, ...] = ()
    hyperparameters: tuple[Hyperparameter, ...] = ()
    learning_rate: float = 1e-3
    between: Callable[..., dict[str, Number]] | None = None


def gradient_descent(x: Number, g: Number, t: Number, learning_rate: Number) -> tuple[Number, ...]:
    """Go against the gradient."""
    return (x - learning_rate * g,)


def momentum(
    x: Number, g: Number, velocity: Number, t: Number, learning_rate: Number, beta: Number
) -> tuple[Number, ...]:
    """Go along an accumulated velocity (Polyak 1964)."""
    velocity = beta * velocity + g
    return x - learning_rate * velocity, velocity


def nesterov(
    x: Number, g: Number, velocity: Number, t: Number, learning_rate: Number, beta: Number
) -> tuple[Number, ...]:
    """Momentum that looks ahead (Nesterov 1983, in the form of Sutskever et al. 2013)."""
    velocity = beta * velocity + g
    return x - learning_rate * (g + beta * velocity), velocity


def adagrad(
    x: Number, g: Number, squares: Number, t: Number, learning_rate: Number, epsilon: Number
) -> tuple[Number, ...]:
    """Divide by the root of all squared gradients so far (Duchi, Hazan & Singer 2011)."""
    squares = squares + g * g
    return x - learning_rate * g / (np.sqrt(squares) + epsilon), squares


def rmsprop(
    x: Number,
    g: Number,
    squares: Number,
    t: Number,
    learning_rate: Number,
    rho: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """Divide by the root of a moving mean of squared gradients (Tieleman & Hinton 2012)."""
    squares = rho * squares + (1.0 - rho) * g * g
    return x - learning_rate * g / (np.sqrt(squares) + epsilon), squares


def adam(
    x: Number,
    g: Number,
    mean: Number,
    squares: Number,
    t: Number,
    learning_rate: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """Momentum over RMSprop, both corrected for their start at 0 (Kingma & Ba 2015)."""
    mean = beta_1 * mean + (1.0 - beta_1) * g
    squares = beta_2 * squares + (1.0 - beta_2) * g * g
    corrected_mean = mean / (1.0 - beta_1**t)
    corrected_squares = squares / (1.0 - beta_2**t)
    return (
        x - learning_rate * corrected_mean / (np.sqrt(corrected_squares) + epsilon),
        mean,
        squares,
    )


def adamw(
    x: Number,
    g: Number,
    mean: Number,
    squares: Number,
    t: Number,
    learning_rate: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
    decay: Number,
) -> tuple[Number, ...]:
    """Adam with weight decay beside the gradient, not in it (Loshchilov & Hutter 2019)."""
    shrunk = x * (1.0 - learning_rate * decay)
    return adam(shrunk, g, mean, squares, t, learning_rate, beta_1, beta_2, epsilon)


_BETA = Hyperparameter("beta", "Momentum", 0.9, 0.0, 0.9999, r"\beta")
_BETA_1 = Hyperparameter("beta_1", "Decay of the mean", 0.9, 0.0, 0.9999, r"\beta_1")
_BETA_2 = Hyperparameter("beta_2", "Decay of the squares", 0.999, 0.0, 0.999999, r"\beta_2")
_EPSILON = Hyperparameter("epsilon", "Epsilon", 1e-8, 1e-16, 1.0, r"\varepsilon")
_ADAM_MEMORY = (
    r"m \leftarrow \beta_1 m + (1-\beta_1)\, g",
    r"v \leftarrow \beta_2 v + (1-\beta_2)\, g^2",
    r"\hat{m} = \frac{m}{1-\beta_1^t}",
    r"\hat{v} = \frac{v}{1-\beta_2^t}",
)
_ADAM_NUMBERS = (
    r"m = {beta_1} \cdot {mean} + (1- {beta_1} ) \cdot {g} = {mean'}",
    r"v = {beta_2} \cdot {squares} + (1- {beta_2} ) \cdot {g} ^2 = {squares'}",
    r"\hat{m} = {mean^}",
    r"\hat{v} = {squares^}",
    r"\sqrt{\hat{v}}+\varepsilon = {root}",
)


def _root(squares: Number, t: Number, *hyperparameters: Number) -> dict[str, Number]:
    return {"root": np.sqrt(squares) + hyperparameters[-1]}


def _adam_between(
    mean: Number,
    squares: Number,
    t: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
    decay: Number = 0.0,
) -> dict[str, Number]:
    corrected = squares / (1.0 - beta_2**t)
    return {
        "mean^": mean / (1.0 - beta_1**t),
        "squares^": corrected,
        "root": np.sqrt(corrected) + epsilon,
    }


TABLE: dict[str, Rule] = {
    rule.key: rule
    for rule in (
        Rule(
            "gradient_descent",
            "Gradient descent",
            gradient_descent,
            (r"w \leftarrow w - \eta\, g",),
            (r"{x} - {rate} \cdot {g} = {x'}",),
            "Step against the gradient; the step is as long as the slope is steep.",
            "Cauchy 1847",
        ),
        Rule(
            "momentum",
            "Momentum",
            momentum,
            (r"v \leftarrow \beta v + g", r"w \leftarrow w - \eta\, v"),
            (
                r"v = {beta} \cdot {velocity} + {g} = {velocity'}",
                r"{x} - {rate} \cdot {velocity'} = {x'}",
            ),
            "A heavy ball: past gradients keep pushing, zigzags cancel out.",
            "Polyak 1964",
            ("velocity",),
            (_BETA,),
        ),
        Rule(
            "nesterov",
            "Nesterov",
            nesterov,
            (r"v \leftarrow \beta v + g", r"w \leftarrow w - \eta\,(g + \beta v)"),
            (
                r"v = {beta} \cdot {velocity} + {g} = {velocity'}",
                r"{x} - {rate} \cdot ( {g} + {beta} \cdot {velocity'} ) = {x'}",
            ),
            "Momentum that looks where it is going before it turns.",
            "Nesterov 1983; Sutskever et al. 2013",
            ("velocity",),
            (_BETA,),
        ),
        Rule(
            "adagrad",
            "Adagrad",
            adagrad,
            (
                r"s \leftarrow s + g^2",
                r"w \leftarrow w - \eta\,\frac{g}{\sqrt{s}+\varepsilon}",
            ),
            (
                r"s = {squares} + {g} ^2 = {squares'}",
                r"\sqrt{s}+\varepsilon = {root}",
                r"{x} - {rate} \cdot {g} / {root} = {x'}",
            ),
            "Each weight gets its own step, smaller the more it has moved.",
            "Duchi, Hazan & Singer 2011",
            ("squares",),
            (Hyperparameter("epsilon", "Epsilon", 1e-10, 1e-16, 1.0, r"\varepsilon"),),
            learning_rate=1e-2,
            between=_root,
        ),
        Rule(
            "rmsprop",
            "RMSprop",
            rmsprop,
            (
                r"s \leftarrow \rho s + (1-\rho)\, g^2",
                r"w \leftarrow w - \eta\,\frac{g}{\sqrt{s}+\varepsilon}",
            ),
            (
                r"s = {rho} \cdot {squares} + (1- {rho} ) \cdot {g} ^2 = {squares'}",
                r"\sqrt{s}+\varepsilon = {root}",
                r"{x} - {rate} \cdot {g} / {root} = {x'}",
            ),
            "Adagrad that forgets: the step follows the recent size of the gradient.",
            "Tieleman & Hinton 2012",
            ("squares",),
            (
                Hyperparameter("rho", "Decay of the squares", 0.99, 0.0, 0.999999, r"\rho"),
                _EPSILON,
            ),
            learning_rate=1e-2,
            between=_root,
        ),
        Rule(
            "adam",
            "Adam",
            adam,
            (
                *_ADAM_MEMORY,
                r"w \leftarrow w - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}",
            ),
            (
                *_ADAM_NUMBERS,
                r"{x} - {rate} \cdot {mean^} / {root} = {x'}",
            ),
            "Momentum and RMSprop together, corrected for their start at zero.",
            "Kingma & Ba 2015",
            ("mean", "squares"),
            (_BETA_1, _BETA_2, _EPSILON),
            between=_adam_between,
        ),
        Rule(
            "adamw",
            "AdamW",
            adamw,
            (
                *_ADAM_MEMORY,
                (
                    r"w \leftarrow (1-\eta\lambda)\,w"
                    r" - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}"
                ),
            ),
            (
                *_ADAM_NUMBERS,
                r"(1- {rate} \cdot {decay} ) \cdot {x} - {rate} \cdot {mean^} / {root} = {x'}",
            ),
            "Adam, and every weight shrinks a little at each step.",
            "Loshchilov & Hutter 2019",
            ("mean", "squares"),
            (
                _BETA_1,
                _BETA_2,
                _EPSILON,
                Hyperparameter("decay", "Weight decay", 1e-2, 0.0, 10.0, r"\lambda"),
            ),
            between=_adam_between,
        ),
    )
}


@dataclass(frozen=True)
class Optimizer:
    """A rule with its hyperparameters: a value, without memory of its own."""

    key: str = "gradient_descent"
    settings: Settings = ()

    def __post_init__(self) -> None:
        """Check the key and the settings."""
        if self.key not in TABLE:
            raise NablaError("optimizer.unknown", key=self.key)
        complete(self.rule.hyperparameters, self.settings)

    @property
    def rule(self) -> Rule:
        """The rule in the table."""
        return TABLE[self.key]

    @cached_property
    def hyperparameters(self) -> dict[str, float]:
        """All hyperparameters by name."""
        return complete(self.rule.hyperparameters, self.settings)

    def start(self, size: int) -> Memory:
        """Return the memory before the first update: zeros, ``(size,)`` each."""
        zeros = np.zeros(size)
        zeros.flags.writeable = False
        return tuple(zeros for _ in self.rule.memory)

    def step(
        self, point: Number, gradient: Number, memory: Memory, t: int, learning_rate: float
    ) -> tuple[Number, Memory]:
        """Return the next point and memory; ``t`` counts updates from 1."""
        point, *rest = self.rule.update(
            point, gradient, *memory, t, learning_rate, *self.hyperparameters.values()
        )
        return point, tuple(rest)
