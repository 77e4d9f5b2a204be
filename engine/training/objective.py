"""A network's loss as something to descend, like any other function."""

from __future__ import annotations

from copy import copy
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.descent.objective import Objective
from engine.network import Vector, backward, forward, sample_losses
from engine.training.experiment import Experiment
from engine.training.shuffle import batch_order
from engine.training.training import Training

_NUDGE = float(np.finfo(np.float64).eps) ** (1.0 / 3.0)


class NetworkObjective:
    """What an experiment's training makes small: the loss with its penalty.

    Its coordinates are the parameters that training may change, without cut and frozen ones. As a
    whole it is the mean over all training samples; ``at`` gives the batch of an iteration, in the
    order in which training takes them.

    Parameters
    ----------
    experiment
        Data, network, loss, penalty and batches; its optimizer plays no part.
    base
        All parameters, flat, from which the fixed ones are taken; the initial ones if left out.
    """

    minima: tuple[tuple[float, ...], ...] = ()

    def __init__(self, experiment: Experiment, base: Vector | None = None) -> None:
        self.experiment = experiment
        self._training = Training(experiment)
        self.base = self._training.initial().parameters if base is None else base
        mask = self._training.trainable
        self.free: NDArray[np.intp] = (
            np.arange(self.base.size) if mask is None else np.flatnonzero(mask)
        )
        self._rows: NDArray[np.intp] | None = None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the free parameters."""
        names = self._training.layout.names
        return tuple(names[i] for i in self.free)

    @property
    def start(self) -> tuple[float, ...]:
        """The free parameters of the base."""
        return tuple(self.base[self.free].tolist())

    def full(self, points: Vector) -> Vector:
        """Return all parameters, ``(…, size)``, from the free ones, ``(…, d)``."""
        parameters = np.empty((*points.shape[:-1], self.base.size))
        parameters[...] = self.base
        parameters[..., self.free] = points
        return parameters

    def loss(self, points: Vector) -> Vector:
        """Return the mean loss ``(…,)`` without the penalty."""
        inputs, targets = self._samples
        experiment = self.experiment
        with np.errstate(all="ignore"):
            passed = forward(experiment.architecture, self.full(points), inputs)
            losses = sample_losses(experiment.loss_function, passed, targets)
        mean: Vector = np.add.reduce(losses, axis=-1) / len(inputs)
        return mean

    def value(self, points: Vector) -> Vector:
        """Return loss and penalty ``(…,)`` at points ``(…, d)``."""
        penalty = self.experiment.penalty
        value = self.loss(points)
        if penalty:
            with np.errstate(all="ignore"):
                weights = self.full(points) * self._training.layout.weight_mask
                value = value + penalty.l1 * np.abs(weights).sum(axis=-1)
                value = value + 0.5 * penalty.l2 * np.square(weights).sum(axis=-1)
        return value

    def gradient(self, points: Vector) -> Vector:
        """Return the gradients ``(…, d)`` at points ``(…, d)``, by backpropagation."""
        inputs, targets = self._samples
        experiment = self.experiment
        with np.errstate(all="ignore"):
            parameters = self.full(points)
            passed = forward(experiment.architecture, parameters, inputs)
            back = backward(
                experiment.architecture,
                parameters,
                passed,
                experiment.loss_function,
                targets,
                with_slope=not experiment.error_without_slope,
                output_error=False,
            )
            gradient = back.gradient
            penalty = experiment.penalty
            if penalty:
                weights = parameters * self._training.layout.weight_mask
                gradient = gradient + penalty.l2 * weights + penalty.l1 * np.sign(weights)
        return np.array(gradient[..., self.free])

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the products ``(…, d)``: central differences of the gradient, to nine digits."""
        with np.errstate(all="ignore"):
            length = np.sqrt(np.square(directions).sum(axis=-1, keepdims=True))
            safe = np.where(length > 0.0, length, 1.0)
            size = np.sqrt(np.square(points).mean(axis=-1, keepdims=True))
            nudge = _NUDGE * np.maximum(1.0, size)
            unit = directions / safe
            change = self.gradient(points + nudge * unit) - self.gradient(points - nudge * unit)
            product: Vector = change * (length / (2.0 * nudge))
        return product

    def at(self, iteration: int) -> Objective:
        """Return the objective of an iteration's batch; itself where batches are whole."""
        experiment = self.experiment
        rows = experiment.dataset.train
        size = experiment.effective_batch_size
        if size == len(rows):
            return self
        epoch, batch = divmod(iteration, experiment.iterations_per_epoch)
        order = batch_order(len(rows), experiment.seed, epoch)
        one = copy(self)
        one._rows = rows[order[batch * size : (batch + 1) * size]]
        return one

    @property
    def _samples(self) -> tuple[Vector, Vector]:
        rows = self.experiment.dataset.train if self._rows is None else self._rows
        return self._training.samples(rows)
