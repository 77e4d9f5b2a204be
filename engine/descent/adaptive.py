"""More element-wise optimizers that fit each coordinate's step to its own gradients.

Update rules and defaults are PyTorch's; see :mod:`engine.descent.elementwise` for the signature.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.descent.elementwise import ADAM_MEMORY, ADAM_NUMBERS, adam_between
from engine.descent.rule import BETA, BETA_1, BETA_2, EPSILON, Number, Rule
from engine.hyperparameters import Hyperparameter


def adadelta(
    x: Number,
    g: Number,
    squares: Number,
    steps: Number,
    t: Number,
    learning_rate: Number,
    rho: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """Scale by the root of past steps over that of past gradients (Zeiler 2012)."""
    squares = rho * squares + (1.0 - rho) * g * g
    step = np.sqrt(steps + epsilon) / np.sqrt(squares + epsilon) * g
    steps = rho * steps + (1.0 - rho) * step * step
    return x - learning_rate * step, squares, steps


def rmsprop_centred(
    x: Number,
    g: Number,
    squares: Number,
    mean: Number,
    t: Number,
    learning_rate: Number,
    rho: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """RMSprop by the deviation of the gradient instead of its size (Graves 2013)."""
    squares = rho * squares + (1.0 - rho) * g * g
    mean = rho * mean + (1.0 - rho) * g
    # Rounding can bring the variance of a steady gradient below 0.
    variance = np.maximum(squares - mean * mean, 0.0)
    return x - learning_rate * g / (np.sqrt(variance) + epsilon), squares, mean


def rmsprop_momentum(
    x: Number,
    g: Number,
    squares: Number,
    velocity: Number,
    t: Number,
    learning_rate: Number,
    rho: Number,
    beta: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """Momentum over RMSprop's scaled gradients (Tieleman & Hinton 2012)."""
    squares = rho * squares + (1.0 - rho) * g * g
    velocity = beta * velocity + g / (np.sqrt(squares) + epsilon)
    return x - learning_rate * velocity, squares, velocity


def amsgrad(
    x: Number,
    g: Number,
    mean: Number,
    squares: Number,
    largest: Number,
    t: Number,
    learning_rate: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """Adam whose divisor never shrinks (Reddi, Kale & Kumar 2018)."""
    mean = beta_1 * mean + (1.0 - beta_1) * g
    squares = beta_2 * squares + (1.0 - beta_2) * g * g
    largest = np.maximum(largest, squares)
    corrected_mean = mean / (1.0 - beta_1**t)
    corrected_largest = largest / (1.0 - beta_2**t)
    return (
        x - learning_rate * corrected_mean / (np.sqrt(corrected_largest) + epsilon),
        mean,
        squares,
        largest,
    )


def nadam(
    x: Number,
    g: Number,
    mean: Number,
    squares: Number,
    spent: Number,
    t: Number,
    learning_rate: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
    psi: Number,
) -> tuple[Number, ...]:
    """Adam that looks ahead as Nesterov's method does (Dozat 2016).

    ``spent`` is 1 − Π μ, so that it starts at 0 as every memory does.
    """
    now = beta_1 * (1.0 - 0.5 * 0.96 ** (t * psi))
    following = beta_1 * (1.0 - 0.5 * 0.96 ** ((t + 1.0) * psi))
    spent = 1.0 - (1.0 - spent) * now
    mean = beta_1 * mean + (1.0 - beta_1) * g
    squares = beta_2 * squares + (1.0 - beta_2) * g * g
    ahead = (1.0 - now) * g / spent + following * mean / (1.0 - (1.0 - spent) * following)
    return (
        x - learning_rate * ahead / (np.sqrt(squares / (1.0 - beta_2**t)) + epsilon),
        mean,
        squares,
        spent,
    )


def radam(
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
    """Adam that does not adapt before it has seen enough (Liu et al. 2020)."""
    mean = beta_1 * mean + (1.0 - beta_1) * g
    squares = beta_2 * squares + (1.0 - beta_2) * g * g
    corrected_mean = mean / (1.0 - beta_1**t)
    corrected_squares = squares / (1.0 - beta_2**t)
    adapts, rectified = rectification(t, beta_2)
    divided = rectified / (np.sqrt(corrected_squares) + epsilon * (1.0 - beta_2**t) ** -0.5)
    return x - learning_rate * corrected_mean * (adapts * divided + (1.0 - adapts)), mean, squares


def rectification(t: Number, beta_2: Number) -> tuple[Number, Number]:
    """Return whether RAdam adapts yet (1 or 0), and by which factor; from ρ_t on, Liu et al. 2020.

    Without branches: where it does not adapt, ρ is replaced by one at which nothing is 0 or below.
    """
    limit = 2.0 / (1.0 - beta_2) - 1.0
    length = limit - 2.0 * t * beta_2**t / (1.0 - beta_2**t)
    adapts = 1.0 * (length > 5.0)
    length = adapts * length + (1.0 - adapts) * 6.0
    limit = adapts * limit + (1.0 - adapts) * 6.0
    ratio = (length - 4.0) * (length - 2.0) * limit / ((limit - 4.0) * (limit - 2.0) * length)
    return adapts, ratio**0.5


def adamax(
    x: Number,
    g: Number,
    mean: Number,
    largest: Number,
    t: Number,
    learning_rate: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
) -> tuple[Number, ...]:
    """Adam by the largest gradient, which fades, instead of squares (Kingma & Ba 2015)."""
    mean = beta_1 * mean + (1.0 - beta_1) * g
    largest = np.maximum(beta_2 * largest, np.abs(g) + epsilon)
    return x - learning_rate * mean / ((1.0 - beta_1**t) * largest), mean, largest


def _centred_between(
    squares: Number, mean: Number, t: Number, rho: Number, epsilon: Number
) -> dict[str, Number]:
    variance = np.maximum(squares - mean * mean, 0.0)
    return {"variance": variance, "root": np.sqrt(variance) + epsilon}


def _momentum_between(
    squares: Number, velocity: Number, t: Number, rho: Number, beta: Number, epsilon: Number
) -> dict[str, Number]:
    return {"root": np.sqrt(squares) + epsilon}


def _largest_between(
    mean: Number,
    squares: Number,
    largest: Number,
    t: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
) -> dict[str, Number]:
    return adam_between(mean, largest, t, beta_1, beta_2, epsilon)


def _nadam_between(
    mean: Number,
    squares: Number,
    spent: Number,
    t: Number,
    beta_1: Number,
    beta_2: Number,
    epsilon: Number,
    psi: Number,
) -> dict[str, Number]:
    now = beta_1 * (1.0 - 0.5 * 0.96 ** (t * psi))
    following = beta_1 * (1.0 - 0.5 * 0.96 ** ((t + 1.0) * psi))
    corrected = squares / (1.0 - beta_2**t)
    return {
        "now": now,
        "following": following,
        "now_share": (1.0 - now) / spent,
        "mean_share": following / (1.0 - (1.0 - spent) * following),
        "squares^": corrected,
        "root": np.sqrt(corrected) + epsilon,
    }


def _radam_between(
    mean: Number, squares: Number, t: Number, beta_1: Number, beta_2: Number, epsilon: Number
) -> dict[str, Number]:
    adapts, rectified = rectification(t, beta_2)
    corrected = squares / (1.0 - beta_2**t)
    divided = rectified / (np.sqrt(corrected) + epsilon * (1.0 - beta_2**t) ** -0.5)
    return {
        "mean^": mean / (1.0 - beta_1**t),
        "squares^": corrected,
        "factor": adapts * divided + (1.0 - adapts),
    }


def _adamax_between(
    mean: Number, largest: Number, t: Number, beta_1: Number, beta_2: Number, epsilon: Number
) -> dict[str, Number]:
    return {"mean^": mean / (1.0 - beta_1**t)}


_RHO = Hyperparameter("rho", "Decay of the squares", 0.99, 0.0, 0.999999, r"\rho")
_SQUARES = r"s \leftarrow \rho s + (1-\rho)\, g^2"
_SQUARES_NUMBERS = r"s = {rho} \cdot {squares} + (1- {rho} ) \cdot {g} ^2 = {squares'}"
_MEAN, _, _MEAN_HAT, _ = ADAM_MEMORY
_MEAN_NUMBERS, _, _MEAN_HAT_NUMBERS, _SQUARES_HAT, _ROOT = ADAM_NUMBERS

RULES: tuple[Rule, ...] = (
    Rule(
        key="adadelta",
        label="Adadelta",
        update=adadelta,
        latex=(
            _SQUARES,
            r"\Delta = \frac{\sqrt{u+\varepsilon}}{\sqrt{s+\varepsilon}}\, g",
            r"u \leftarrow \rho u + (1-\rho)\,\Delta^2",
            r"w \leftarrow w - \eta\,\Delta",
        ),
        numbers=(
            _SQUARES_NUMBERS,
            r"u = {steps'}",
            (
                r"{x} - {rate} \cdot ( ( {steps} + {epsilon} ) / ( {squares'} + {epsilon} ) )"
                r" ^{1/2} \cdot {g} = {x'}"
            ),
        ),
        idea="Steps are measured by past steps, so no learning rate has to be chosen.",
        source="Zeiler 2012",
        memory=("squares", "steps"),
        hyperparameters=(
            replace(_RHO, default=0.9),
            replace(EPSILON, default=1e-6),
        ),
        learning_rate=1.0,
    ),
    Rule(
        key="rmsprop_centred",
        label="RMSprop, centred",
        update=rmsprop_centred,
        latex=(
            _SQUARES,
            r"\bar{g} \leftarrow \rho \bar{g} + (1-\rho)\, g",
            r"w \leftarrow w - \eta\,\frac{g}{\sqrt{s-\bar{g}^2}+\varepsilon}",
        ),
        numbers=(
            _SQUARES_NUMBERS,
            r"\bar{g} = {rho} \cdot {mean} + (1- {rho} ) \cdot {g} = {mean'}",
            r"s-\bar{g}^2 = {variance}",
            r"\sqrt{s-\bar{g}^2}+\varepsilon = {root}",
            r"{x} - {rate} \cdot {g} / {root} = {x'}",
        ),
        idea="RMSprop by how much the gradient varies: a steady slope is taken in long steps.",
        source="Graves 2013",
        memory=("squares", "mean"),
        hyperparameters=(_RHO, EPSILON),
        learning_rate=1e-2,
        between=_centred_between,
    ),
    Rule(
        key="rmsprop_momentum",
        label="RMSprop with momentum",
        update=rmsprop_momentum,
        latex=(
            _SQUARES,
            r"v \leftarrow \beta v + \frac{g}{\sqrt{s}+\varepsilon}",
            r"w \leftarrow w - \eta\, v",
        ),
        numbers=(
            _SQUARES_NUMBERS,
            r"\sqrt{s}+\varepsilon = {root}",
            r"v = {beta} \cdot {velocity} + {g} / {root} = {velocity'}",
            r"{x} - {rate} \cdot {velocity'} = {x'}",
        ),
        idea="A heavy ball that is pushed by scaled gradients.",
        source="Tieleman & Hinton 2012",
        memory=("squares", "velocity"),
        hyperparameters=(_RHO, BETA, EPSILON),
        learning_rate=1e-2,
        between=_momentum_between,
    ),
    Rule(
        key="amsgrad",
        label="AMSGrad",
        update=amsgrad,
        latex=(
            *ADAM_MEMORY[:2],
            r"u \leftarrow \max(u, v)",
            r"\hat{m} = \frac{m}{1-\beta_1^t}",
            r"\hat{u} = \frac{u}{1-\beta_2^t}",
            r"w \leftarrow w - \eta\,\frac{\hat{m}}{\sqrt{\hat{u}}+\varepsilon}",
        ),
        numbers=(
            *ADAM_NUMBERS[:2],
            r"u = \max( {largest} , {squares'} ) = {largest'}",
            r"\hat{m} = {mean^}",
            r"\hat{u} = {squares^}",
            r"\sqrt{\hat{u}}+\varepsilon = {root}",
            r"{x} - {rate} \cdot {mean^} / {root} = {x'}",
        ),
        idea="Adam that never forgets the largest gradients, so its steps cannot grow again.",
        source="Reddi, Kale & Kumar 2018",
        memory=("mean", "squares", "largest"),
        hyperparameters=(BETA_1, BETA_2, EPSILON),
        between=_largest_between,
    ),
    Rule(
        key="nadam",
        label="NAdam",
        update=nadam,
        latex=(
            *ADAM_MEMORY[:2],
            r"\mu_t = \beta_1(1-\frac{1}{2}\cdot 0.96^{t\psi})",
            r"\pi \leftarrow 1-(1-\pi)\,\mu_t",
            r"\hat{m} = \frac{1-\mu_t}{\pi}\, g + \frac{\mu_{t+1}}{1-(1-\pi)\mu_{t+1}}\, m",
            r"w \leftarrow w - \eta\,\frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}",
        ),
        numbers=(
            *ADAM_NUMBERS[:2],
            r"\mu_t = {now}",
            r"\mu_{t+1} = {following}",
            r"\pi = 1-(1- {spent} ) \cdot {now} = {spent'}",
            _SQUARES_HAT,
            _ROOT,
            (
                r"{x} - {rate} \cdot ( {now_share} \cdot {g} + {mean_share} \cdot {mean'} )"
                r" / {root} = {x'}"
            ),
        ),
        idea="Adam with Nesterov's look ahead.",
        source="Dozat 2016",
        memory=("mean", "squares", "spent"),
        hyperparameters=(
            BETA_1,
            BETA_2,
            EPSILON,
            Hyperparameter("psi", "Decay of the momentum", 4e-3, 0.0, 1.0, r"\psi"),
        ),
        learning_rate=2e-3,
        between=_nadam_between,
    ),
    Rule(
        key="radam",
        label="RAdam",
        update=radam,
        latex=(
            *ADAM_MEMORY,
            r"\rho_\infty = \frac{2}{1-\beta_2}-1",
            r"\rho_t = \rho_\infty - \frac{2t\beta_2^t}{1-\beta_2^t}",
            (
                r"r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\rho_\infty}"
                r"{(\rho_\infty-4)(\rho_\infty-2)\rho_t}}"
            ),
            (
                r"w \leftarrow w - \eta\,\hat{m}\cdot"
                r"\frac{r_t}{\sqrt{\hat{v}}+\hat{\varepsilon}}\;(\rho_t>5),"
                r"\; w - \eta\,\hat{m}\;(\rho_t\le 5)"
            ),
        ),
        numbers=(
            *ADAM_NUMBERS[:4],
            r"r_t/(\sqrt{\hat{v}}+\hat{\varepsilon}) = {factor}",
            r"{x} - {rate} \cdot {mean^} \cdot {factor} = {x'}",
        ),
        idea="Adam that starts as plain momentum, until it knows the gradients' size well enough.",
        source="Liu et al. 2020",
        memory=("mean", "squares"),
        hyperparameters=(BETA_1, BETA_2, EPSILON),
        between=_radam_between,
    ),
    Rule(
        key="adamax",
        label="Adamax",
        update=adamax,
        latex=(
            _MEAN,
            r"u \leftarrow \max(\beta_2 u, |g|+\varepsilon)",
            _MEAN_HAT,
            r"w \leftarrow w - \eta\,\frac{\hat{m}}{u}",
        ),
        numbers=(
            _MEAN_NUMBERS,
            r"u = \max( {beta_2} \cdot {largest} , | {g} |+ {epsilon} ) = {largest'}",
            _MEAN_HAT_NUMBERS,
            r"{x} - {rate} \cdot {mean^} / {largest'} = {x'}",
        ),
        idea="Adam that divides by the largest recent gradient.",
        source="Kingma & Ba 2015",
        memory=("mean", "largest"),
        hyperparameters=(BETA_1, BETA_2, EPSILON),
        learning_rate=2e-3,
        between=_adamax_between,
    ),
)
"""In the order of the table."""
