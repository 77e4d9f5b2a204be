"""Which loss, output activation and first weights fit a network, so that all stays consistent.

An edit of the topology may leave parts of an experiment that no longer go together: a loss that
expects a softmax, given first weights for fewer connections. The rules here mend them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.errors import NablaError
from engine.network import Architecture, Initializer, transplant
from engine.network.losses import TABLE as LOSSES
from engine.training.experiment import Experiment

DRAWN_INSTEAD = "xavier_uniform"
"""Initializer that draws what given values do not cover."""


def loss_fits(loss: str, output_activation: str, n_outputs: int, task: str) -> bool:
    """Whether a loss, by its key, can judge such an output."""
    entry = LOSSES.get(loss)
    if entry is None or entry.task not in (None, task):
        return False
    try:
        entry.check(output_activation, n_outputs)
    except NablaError:
        return False
    return True


def fitting_loss(loss: str, output_activation: str, n_outputs: int, task: str) -> str:
    """Return ``loss`` if it fits, else the key of the loss that fits best.

    Parameters
    ----------
    loss
        Key in ``losses.TABLE``.
    output_activation
        Key of the activation of the output layer.
    n_outputs
        Units of the output layer.
    task
        ``"regression"`` or ``"classification"``.
    """
    if loss_fits(loss, output_activation, n_outputs, task):
        return loss
    for candidate in ("cross_entropy", "binary_cross_entropy"):
        if loss_fits(candidate, output_activation, n_outputs, task):
            return candidate
    return "half_squared"


def fitting_output(activation: str, n_outputs: int, task: str) -> str:
    """Return an output activation if it can reach the targets of a task, else the usual one.

    Classes are told by probabilities (sigmoid for one output, softmax for several), numbers by the
    identity. A bounded activation cannot reach numbers; a softmax over one unit is always 1.
    """
    if task == "regression":
        return "identity" if activation in ("sigmoid", "softmax") else activation
    usual = "sigmoid" if n_outputs == 1 else "softmax"
    if activation == "softmax" and n_outputs == 1:
        return usual
    return activation if activation in ("sigmoid", "softmax") else usual


def fitting_initializer(
    initializer: Initializer, before: Architecture, after: Architecture
) -> Initializer:
    """Return an initializer that fills ``after``; values given one by one stay where they can."""
    if initializer.key != "values" or before.layout.size != len(initializer.values):
        return initializer
    if before.keys == after.keys:
        return initializer
    drawn = Initializer(DRAWN_INSTEAD, seed=initializer.seed).draw(after)
    # A cut connection keeps its given value for the day when it is joined again.
    values = transplant(
        replace(before, cut=()), replace(after, cut=()), np.array(initializer.values), drawn
    )
    return replace(initializer, values=tuple(float(value) for value in values))


def with_architecture(experiment: Experiment, architecture: Architecture) -> Experiment:
    """Return the experiment with another network, and a loss and first weights that fit it.

    Raises
    ------
    NablaError
        The network's inputs or outputs are not those of the data.
    """
    return replace(
        experiment,
        architecture=architecture,
        loss=fitting_loss(
            experiment.loss,
            architecture.output.activation,
            architecture.widths[-1],
            experiment.dataset.task,
        ),
        initializer=fitting_initializer(
            experiment.initializer, experiment.architecture, architecture
        ),
    )
