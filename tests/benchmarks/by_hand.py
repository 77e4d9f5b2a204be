"""The same training written by hand for one network: what the engine's generality is held against.

Tanh inside, one sigmoid output with binary cross-entropy, plain gradient descent, mini-batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.network import LayerParameters, Vector


class HandWritten:
    """A training loop without tables, layouts, states or checks."""

    def __init__(
        self,
        layers: Sequence[LayerParameters],
        inputs: Vector,
        targets: Vector,
        learning_rate: float,
    ) -> None:
        self.weights = [np.array(layer.weights) for layer in layers]
        self.biases = [np.array(layer.bias) for layer in layers]
        self.inputs, self.targets = inputs, targets
        self.learning_rate = learning_rate

    def step(self, rows: NDArray[np.intp]) -> None:
        """Train on some rows: forward, back, update."""
        activations = [self.inputs[rows]]
        last = len(self.weights) - 1
        for number, (weights, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            z = activations[-1] @ weights + bias
            activations.append(1.0 / (1.0 + np.exp(-z)) if number == last else np.tanh(z))
        delta = (activations[-1] - self.targets[rows]) / len(rows)
        for number in range(last, -1, -1):
            below = activations[number]
            weights_gradient, bias_gradient = below.T @ delta, delta.sum(axis=0)
            if number:
                delta = (delta @ self.weights[number].T) * (1.0 - below * below)
            self.weights[number] -= self.learning_rate * weights_gradient
            self.biases[number] -= self.learning_rate * bias_gradient

    def steps(self, batches: Iterable[NDArray[np.intp]]) -> None:
        """Train on one batch after the other."""
        for rows in batches:
            self.step(rows)

    @property
    def flat(self) -> Vector:
        """All parameters in the engine's order."""
        pairs = zip(self.weights, self.biases, strict=True)
        return np.concatenate([part.ravel() for pair in pairs for part in pair])
