"""A network's loss as a function of one weight, written as a formula in w.

All other parameters and the samples are numbers in it, and what does not depend on w is added up;
so the formula can be derived by rule, as any typed one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.errors import NablaError
from engine.network import Vector
from engine.network.activations import TABLE as ACTIVATIONS
from engine.training.training import Training

LONGEST = 2500
"""Characters of a formula that somebody may still want to read."""
_CALLS = {
    "identity": "({0})",
    "sigmoid": "sigmoid({0})",
    "tanh": "tanh({0})",
    "relu": "relu({0})",
    "leaky_relu": "leaky_relu({0}, {1})",
    "prelu": "leaky_relu({0}, {1})",
    "elu": "elu({0}, {1})",
}
_LOSSES = {
    "half_squared": "({0} - {1})^2/2",
    "mean_squared": "({0} - {1})^2",
    "binary_cross_entropy": "",
}

Value = float | str
"""A number, or the text of an expression in w."""


def loss_formula(training: Training, parameters: Vector, index: int, rows: Sequence[int]) -> str:
    """Write the mean loss of some samples, without the penalty, as a formula in w.

    Parameters
    ----------
    parameters
        (size,), of the network.
    index
        The parameter that is w: a weight or a bias.
    rows
        The samples.

    Raises
    ------
    NablaError
        ``formula.no_words``: an activation or loss has no formula in one variable, or the parameter
        is no weight and no bias; ``formula.too_long``.
    """
    experiment = training.experiment
    if experiment.loss not in _LOSSES:
        raise NablaError("formula.no_words")
    texts = [_sample(training, parameters, index, row) for row in rows]
    if sum(map(len, texts)) > LONGEST:
        raise NablaError("formula.too_long")
    return texts[0] if len(texts) == 1 else f"({' + '.join(texts)})/{len(texts)}"


def _sample(training: Training, parameters: Vector, index: int, row: int) -> str:
    experiment = training.experiment
    architecture = experiment.architecture
    # A 1 at the place of w, and 0 elsewhere, laid out like the parameters.
    marked = np.zeros(parameters.size)
    marked[index] = 1.0
    values: list[Value] = [float(x) for x in experiment.dataset.inputs[row]]
    found = False
    views = architecture.layout.views(parameters), architecture.layout.views(marked)
    for layer, own, mark in zip(architecture.layers, *views, strict=True):
        if layer.activation not in _CALLS:
            raise NablaError("formula.no_words")
        alpha = (
            ACTIVATIONS[layer.activation].alpha if own.alpha is None else float(own.alpha.item())
        )
        factors: list[list[Value]] = [list(map(float, row_)) for row_ in own.weights.T]
        biases: list[Value] = [0.0] * len(factors) if own.bias is None else own.bias.tolist()
        for source, unit in np.argwhere(mark.weights):
            factors[unit][source], found = "w", True
        for (unit,) in () if mark.bias is None else np.argwhere(mark.bias):
            biases[unit], found = "w", True
        values = [
            _activated(layer.activation, _sum(own_factors, values, bias), alpha)
            for own_factors, bias in zip(factors, biases, strict=True)
        ]
    if not found:
        raise NablaError("formula.no_words")
    targets = experiment.dataset.targets[row]
    terms = [_loss(experiment.loss, float(t), a) for t, a in zip(targets, values, strict=True)]
    if len(terms) == 1:
        return terms[0]
    share = f"/{len(terms)}" if experiment.loss != "half_squared" else ""
    return f"({' + '.join(terms)}){share}"


def _sum(factors: list[Value], values: list[Value], bias: Value) -> Value:
    """Σ w a + b: one number for all that does not depend on w, then the rest."""
    still, texts = 0.0, []
    for factor, value in zip([*factors, bias], [*values, 1.0], strict=True):
        if isinstance(factor, str) or isinstance(value, str):
            texts.append(_product(factor, value))
        else:
            still += factor * value
    texts = [text for text in texts if text]
    if not texts:
        return still
    if still:
        texts.append(_written(still))
    return " + ".join(texts).replace("+ -", "- ")


def _product(factor: Value, value: Value) -> str:
    number, text = (factor, value) if isinstance(value, str) else (value, factor)
    assert isinstance(text, str)
    if isinstance(number, str):
        return f"{number} ({text})"
    if number == 0.0:
        return ""
    simple = text == "w" or text.endswith(")")
    inner = text if simple and " + " not in text.split("(")[0] else f"({text})"
    return inner if number == 1.0 else f"{_written(number)} {inner}"


def _activated(key: str, z: Value, alpha: float) -> Value:
    if isinstance(z, str):
        if key == "identity":
            return z if z == "w" else f"({z})"
        return _CALLS[key].format(z, _written(alpha))
    return float(ACTIVATIONS[key].value(np.array(z), np.array(alpha)))


def _loss(key: str, target: float, output: Value) -> str:
    text = output if isinstance(output, str) else _written(output)
    if key == "binary_cross_entropy":
        hit = f"ln({text})"
        miss = f"ln(1 - {text})"
        if target in (0.0, 1.0):
            return f"-{hit if target else miss}"
        return f"-({_written(target)} {hit} + {_written(1.0 - target)} {miss})"
    return _LOSSES[key].format(_written(target), text, _written(1.0 - target))
    return _LOSSES[key].format(_written(target), text)


def _written(number: float) -> str:
    """A number in ten digits, as the parser reads it."""
    return f"{number:.10g}"
