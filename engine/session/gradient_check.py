"""The gradient without the chain rule: each parameter nudged a little, the loss watched."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.network import Vector, forward, sample_losses
from engine.training import Training, TrainingState

NUDGE = 1e-5
RELATIVE, ABSOLUTE = 1e-5, 1e-8
"""How close both gradients have to be; central differences are good to about 1e-10."""
MOST_PARAMETERS = 512
"""How many parameters are checked: the first ones."""


class GradientCheck(NamedTuple):
    """Both gradients of the first parameters, (n,) each, and where they agree."""

    by_chain_rule: Vector
    by_differences: Vector

    @property
    def agrees(self) -> NDArray[np.bool_]:
        """Whether each of them agrees, (n,) bool."""
        close: NDArray[np.bool_] = np.isclose(
            self.by_chain_rule, self.by_differences, rtol=RELATIVE, atol=ABSOLUTE
        )
        return close


def check_gradient(training: Training, state: TrainingState) -> GradientCheck:
    """Compare backpropagation with central differences on the batch of the next iteration.

    (L(w + h) − L(w − h)) / 2h with h = 1e-5 · max(1, |w|); the penalty is left out of both.
    """
    inputs, targets = training.samples(training.batch(state))
    size = min(training.layout.size, MOST_PARAMETERS)
    steps = NUDGE * np.maximum(1.0, np.abs(state.parameters[:size]))
    with np.errstate(all="ignore"):
        _, back = training.passes(state.parameters, training.batch(state))
        differences = np.empty(size)
        for index, step in enumerate(steps):
            networks = np.repeat(state.parameters[None], 2, axis=0)
            networks[0, index] += step
            networks[1, index] -= step
            passed = forward(training.experiment.architecture, networks, inputs)
            losses = sample_losses(training.experiment.loss_function, passed, targets).mean(axis=-1)
            # The step as it was taken, not as it was meant.
            taken = networks[0, index] - networks[1, index]
            differences[index] = (losses[0] - losses[1]) / taken
    return GradientCheck(back.gradient[:size], differences)
