"""Name the first number that was not finite: operation, layer and unit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from engine.network import Forward, Vector, forward, sample_losses
from engine.timeline import Stop

if TYPE_CHECKING:
    from engine.training.state import TrainingState
    from engine.training.training import Training

Operation = tuple[str, int, Vector]
"""Name, layer (from 1), and the numbers that it gave, units in the last of two axes."""


def first_non_finite(
    training: Training,
    state: TrainingState,
    parameters: Vector,
    memory: tuple[Vector, ...],
) -> Stop:
    """Say where the iteration after ``state`` left the numbers.

    ``parameters`` and ``memory`` are what the iteration arrived at. Details of the stop:
    ``operation`` (``"pre_activation"``, ``"activation"``, ``"loss"``, ``"error"``, ``"gradient"``,
    ``"memory"``, ``"update"``, or ``"next_loss"`` where all of these are finite, but not the loss
    at the new parameters), ``layer`` and ``unit`` counted from 1 (unit 0 where it is the whole
    network), ``overflow_iteration``.
    """
    operation, layer, unit = "next_loss", len(training.experiment.architecture.layers), 0
    for name, number, values in chain(
        _iteration(training, state, parameters, memory), _afterwards(training, parameters)
    ):
        bad = ~np.isfinite(values)
        if bad.any():
            operation, layer = name, number
            unit = int(np.argmax(bad.any(axis=0))) + 1 if values.ndim == 2 else 0
            break
    return Stop(
        "training.diverged",
        state.iteration,
        {
            "operation": operation,
            "layer": layer,
            "unit": unit,
            "overflow_iteration": state.iteration + 1,
        },
    )


def _iteration(
    training: Training,
    state: TrainingState,
    parameters: Vector,
    memory: tuple[Vector, ...],
) -> Iterator[Operation]:
    """Yield the iteration's numbers in the order of computation."""
    experiment = training.experiment
    rows = training.batch(state)
    passed, back = training.passes(state.parameters, rows)
    yield from _forward(passed)
    layers = len(experiment.architecture.layers)
    losses = sample_losses(experiment.loss_function, passed, experiment.dataset.targets[rows])
    yield "loss", layers, losses
    for number in range(layers, 0, -1):
        yield "error", number, back.deltas[number - 1]
    gradient = training.objective_gradient(state.parameters, back.gradient)
    flat = [("gradient", gradient), *(("memory", m) for m in memory), ("update", parameters)]
    for operation, vector in flat:
        for number, own in enumerate(training.layout.views(vector), 1):
            yield operation, number, own.weights
            for rest in (own.bias, own.alpha):
                if rest is not None:
                    yield operation, number, rest[None, :]


def _afterwards(training: Training, parameters: Vector) -> Iterator[Operation]:
    """Yield the forward pass of all training samples at the new parameters."""
    inputs, _ = training.samples(training.experiment.dataset.train)
    yield from _forward(forward(training.experiment.architecture, parameters, inputs))


def _forward(passed: Forward) -> Iterator[Operation]:
    for number, z in enumerate(passed.pre_activations, 1):
        yield "pre_activation", number, z
        yield "activation", number, passed.activations[number]
