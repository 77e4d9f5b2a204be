"""Networks, data and losses in every combination that is allowed, away from kinks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from engine.network import Architecture, Vector, forward
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.losses import TABLE as LOSSES
from engine.network.losses import Loss

KINKED = {"relu", "leaky_relu", "prelu", "elu"}
HIDDEN = tuple(key for key, activation in ACTIVATIONS.items() if not activation.mixes_units)
OUTPUTS = tuple(
    (loss.key, output)
    for loss, output in product(LOSSES.values(), ACTIVATIONS)
    if not loss.outputs or output in loss.outputs
)


@dataclass(frozen=True)
class Case:
    """A network at a point, samples, and a loss."""

    architecture: Architecture
    parameters: Vector
    inputs: Vector
    targets: Vector
    loss: Loss


def case(
    widths: tuple[int, ...],
    activations: tuple[str, ...],
    loss: str,
    bias: bool = True,
    samples: int = 5,
) -> Case:
    """A case whose pre-activations all keep their distance from 0 where the function has a kink."""
    architecture = Architecture.dense(widths, activations, bias)
    for seed in range(1000):
        generator = np.random.default_rng(seed)
        parameters = generator.uniform(-1.2, 1.2, architecture.layout.size)
        inputs = generator.normal(size=(samples, widths[0]))
        if loss == "cross_entropy":
            targets = np.eye(widths[-1])[generator.integers(widths[-1], size=samples)]
        elif loss == "binary_cross_entropy":
            targets = generator.integers(2, size=(samples, widths[-1])).astype(float)
        else:
            targets = generator.normal(size=(samples, widths[-1]))
        passed = forward(architecture, parameters, inputs)
        near = [
            np.abs(z).min()
            for z, key in zip(passed.pre_activations, activations, strict=True)
            if key in KINKED
        ]
        if all(distance > 2e-3 for distance in near):
            return Case(architecture, parameters, inputs, targets, LOSSES[loss])
    raise AssertionError("no point keeps its distance from the kinks")
