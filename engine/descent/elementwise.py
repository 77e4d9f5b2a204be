"""The classical element-wise optimizers, with PyTorch's update rules and defaults.

Each rule is one small function of numbers: the point x, the gradient g, the memory, the count t
of updates (from 1), the learning rate and the hyperparameters, in the table's order. It returns the
new point and the new memory. Being plain arithmetic it runs on scalars and on arrays alike.
"""

from __future__ import annotations

import numpy as np

from engine.descent.rule import BETA, BETA_1, BETA_2, EPSILON, Number, Rule
from engine.hyperparameters import Hyperparameter


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


ADAM_MEMORY = (
    r"m \leftarrow \beta_1 m + (1-\beta_1)\, g",
    r"v \leftarrow \beta_2 v + (1-\beta_2)\, g^2",
    r"\hat{m} = \frac{m}{1-\beta_1^t}",
    r"\hat{v} = \frac{v}{1-\beta_2^t}",
)
ADAM_NUMBERS = (
    r"m = {beta_1} \cdot {mean} + (1- {beta_1} ) \cdot {g} = {mean'}",
    r"v = {beta_2} \cdot {squares} + (1- {beta_2} ) \cdot {g} ^2 = {squares'}",
    r"\hat{m} = {mean^}",
    r"\hat{v} = {squares^}",
    r"\sqrt{\hat{v}}+\varepsilon = {root}",
)


def root_between(squares: Number, t: Number, *hyperparameters: Number) -> dict[str, Number]:
    """What Adagrad and RMSprop divide by."""
    return {"root": np.sqrt(squares) + hyperparameters[-1]}


def adam_between(
    mean: Number,
    squares: Number,
    t: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
    decay: Number = 0.0,
) -> dict[str, Number]:
    """Adam's corrected memory, and what it divides by."""
    corrected = squares / (1.0 - beta_2**t)
    return {
        "mean^": mean / (1.0 - beta_1**t),
        "squares^": corrected,
        "root": np.sqrt(corrected) + epsilon,
    }


RULES: tuple[Rule, ...] = (
    Rule(
        key="gradient_descent",
        label="Gradient descent",
        update=gradient_descent,
        latex=(r"w \leftarrow w - \eta\, g",),
        numbers=(r"{x} - {rate} \cdot {g} = {x'}",),
        idea="Step against the gradient; the step is as long as the slope is steep.",
        source="Cauchy 1847",
    ),
    Rule(
        key="momentum",
        label="Momentum",
        update=momentum,
        latex=(r"v \leftarrow \beta v + g", r"w \leftarrow w - \eta\, v"),
        numbers=(
            r"v = {beta} \cdot {velocity} + {g} = {velocity'}",
            r"{x} - {rate} \cdot {velocity'} = {x'}",
        ),
        idea="A heavy ball: past gradients keep pushing, zigzags cancel out.",
        source="Polyak 1964",
        memory=("velocity",),
        hyperparameters=(BETA,),
    ),
    Rule(
        key="nesterov",
        label="Nesterov",
        update=nesterov,
        latex=(r"v \leftarrow \beta v + g", r"w \leftarrow w - \eta\,(g + \beta v)"),
        numbers=(
            r"v = {beta} \cdot {velocity} + {g} = {velocity'}",
            r"{x} - {rate} \cdot ( {g} + {beta} \cdot {velocity'} ) = {x'}",
        ),
        idea="Momentum that looks where it is going before it turns.",
        source="Nesterov 1983; Sutskever et al. 2013",
        memory=("velocity",),
        hyperparameters=(BETA,),
    ),
    Rule(
        key="adagrad",
        label="Adagrad",
        update=adagrad,
        latex=(
            r"s \leftarrow s + g^2",
            r"w \leftarrow w - \eta\,\frac{g}{\sqrt{s}+\varepsilon}",
        ),
        numbers=(
            r"s = {squares} + {g} ^2 = {squares'}",
            r"\sqrt{s}+\varepsilon = {root}",
            r"{x} - {rate} \cdot {g} / {root} = {x'}",
        ),
        idea="Each weight gets its own step, smaller the more it has moved.",
        source="Duchi, Hazan & Singer 2011",
        memory=("squares",),
        hyperparameters=(Hyperparameter("epsilon", "Epsilon", 1e-10, 1e-16, 1.0, r"\varepsilon"),),
        learning_rate=1e-2,
        between=root_between,
    ),
    Rule(
        key="rmsprop",
        label="RMSprop",
        update=rmsprop,
        latex=(
            r"s \leftarrow \rho s + (1-\rho)\, g^2",
            r"w \leftarrow w - \eta\,\frac{g}{\sqrt{s}+\varepsilon}",
        ),
        numbers=(
            r"s = {rho} \cdot {squares} + (1- {rho} ) \cdot {g} ^2 = {squares'}",
            r"\sqrt{s}+\varepsilon = {root}",
            r"{x} - {rate} \cdot {g} / {root} = {x'}",
        ),
        idea="Adagrad that forgets: the step follows the recent size of the gradient.",
        source="Tieleman & Hinton 2012",
        memory=("squares",),
        hyperparameters=(
            Hyperparameter("rho", "Decay of the squares", 0.99, 0.0, 0.999999, r"\rho"),
            EPSILON,
        ),
        learning_rate=1e-2,
        between=root_between,
    ),
    Rule(
        key="adam",
        label="Adam",
        update=adam,
        latex=(
            *ADAM_MEMORY,
            r"w \leftarrow w - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}",
        ),
        numbers=(
            *ADAM_NUMBERS,
            r"{x} - {rate} \cdot {mean^} / {root} = {x'}",
        ),
        idea="Momentum and RMSprop together, corrected for their start at zero.",
        source="Kingma & Ba 2015",
        memory=("mean", "squares"),
        hyperparameters=(BETA_1, BETA_2, EPSILON),
        between=adam_between,
    ),
    Rule(
        key="adamw",
        label="AdamW",
        update=adamw,
        latex=(
            *ADAM_MEMORY,
            (
                r"w \leftarrow (1-\eta\lambda)\,w"
                r" - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}"
            ),
        ),
        numbers=(
            *ADAM_NUMBERS,
            r"(1- {rate} \cdot {decay} ) \cdot {x} - {rate} \cdot {mean^} / {root} = {x'}",
        ),
        idea="Adam, and every weight shrinks a little at each step.",
        source="Loshchilov & Hutter 2019",
        memory=("mean", "squares"),
        hyperparameters=(
            BETA_1,
            BETA_2,
            EPSILON,
            Hyperparameter("decay", "Weight decay", 1e-2, 0.0, 10.0, r"\lambda"),
        ),
        between=adam_between,
    ),
)
"""In the order of the table."""
