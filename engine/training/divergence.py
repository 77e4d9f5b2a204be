"""Name the first number that was not finite: operation, layer and unit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from engine.network import Vector, forward, sample_losses
from engine.timeline import Stop

if TYPE_CHECKING:
    from engine.training.state import TrainingState
    from engine.training.training import Training


def first_non_finite(
    training: Training,
    state: TrainingState,
    parameters: Vector,
    memory: tuple[Vector, ...],
) -> Stop:
    """Say where the iteration after ``state`` left the numbers.

    ``parameters`` and ``memory`` are what the iteration arrived at. Details of the stop: ``operation``
    (``"pre_activation"``, ``"activation"``, ``"loss"``, ``"error"``, ``"gradient"``, ``"memory"``,
    ``"update"`` or ``"next_loss"``), ``layer`` and ``unit`` counted from 1 (0 where it is the whole
    network), ``overflow_iteration``.
    """
    layers = len(training.experiment.architecture.layers)
    for operation, layer, values in _operations(training, state, parameters, memory):
        bad = ~np.isfinite(values)
        if bad.any():
            unit = int(np.argmax(bad.any(axis=0))) + 1 if values.ndim == 2 else 0
            break
    else:
        # Every number of the iteration is finite, but the loss that follows is not.
        passed = forward(
            training.experiment.architecture, parameters, training.experiment.dataset.inputs
        )
        operation, layer, unit = "next_loss", layers, 0
        for number, z in enumerate(passed.pre_activations, 1):
            bad = ~np.isfinite(z)
            if bad.any():
                operation, layer = "pre_activation", number
                unit = int(np.argmax(bad.any(axis=0))) + 1
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


def _operations(
    training: Training,
    state: TrainingState,
    parameters: Vector,
    memory: tuple[Vector, ...],
) -> Iterator[tuple[str, int, Vector]]:
    """Yield the iteration's numbers in the order of computation, units in the last axis."""
    experiment = training.experiment
    rows = training.batch(state)
    passed, back = training.passes(state.parameters, rows)
    for number, z in enumerate(passed.pre_activations, 1):
        yield "pre_activation", number, z
        yield "activation", number, passed.activations[number]
    layers = len(experiment.architecture.layers)
    targets = experiment.dataset.targets[rows]
    yield "loss", layers, sample_losses(experiment.loss_function, passed, targets)
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
