"""A network's loss over a line or a plane through its parameters, as a function like any other."""

from __future__ import annotations

import numpy as np

from engine.calculus import Surface
from engine.landscape.slice import losses_of
from engine.network import Vector, backward, forward
from engine.training import Training


def loss_over(
    training: Training, origin: Vector, directions: Vector, variables: tuple[str, ...]
) -> Surface:
    """Return the mean loss over the training samples, without the penalty.

    Parameters
    ----------
    training
        Data, network and loss.
    origin
        The parameters at the coordinates 0, (size,).
    directions
        What a step of 1 along each coordinate adds to the parameters, (k, size).
    variables
        Names of the k coordinates.

    Returns
    -------
    Surface
        Of k variables, with the gradient by backpropagation; values that overflow are NaN or ∞.
    """
    experiment = training.experiment
    rows = experiment.dataset.train
    inputs, targets = experiment.dataset.inputs[rows], experiment.dataset.targets[rows]

    def heights(points: Vector) -> Vector:
        networks = origin + points.reshape(-1, len(directions)) @ directions
        return losses_of(training, networks).reshape(points.shape[:-1])

    def slopes(points: Vector) -> Vector:
        flat = points.reshape(-1, len(directions))
        found = np.empty(flat.shape)
        with np.errstate(all="ignore"):
            for number, point in enumerate(flat):
                parameters = origin + point @ directions
                passed = forward(experiment.architecture, parameters, inputs)
                back = backward(
                    experiment.architecture,
                    parameters,
                    passed,
                    experiment.loss_function,
                    targets,
                    output_error=False,
                )
                found[number] = directions @ back.gradient
        return found.reshape(points.shape)

    return Surface(heights, variables, slopes)
