"""What a network says about samples: classes, confusion, shares; numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.data import Dataset
from engine.network import Architecture, Vector, forward
from engine.training import Experiment

Integers = NDArray[np.int64]


def outputs_of(architecture: Architecture, parameters: Vector, inputs: Vector) -> Vector:
    """Return the network's outputs (n, n_outputs) for inputs (n, n_inputs)."""
    with np.errstate(all="ignore"):
        return forward(architecture, parameters, inputs).output


def classes_of(outputs: Vector) -> Integers:
    """Return the class that each row of outputs stands for: above ½, or the largest."""
    if outputs.shape[-1] == 1:
        return (outputs[..., 0] > 0.5).astype(np.int64)
    best: Integers = outputs.argmax(axis=-1).astype(np.int64)
    return best


def probabilities_of(outputs: Vector) -> Vector:
    """Return one column a class: a single output p becomes 1 − p and p."""
    if outputs.shape[-1] == 1:
        return np.concatenate([1.0 - outputs, outputs], axis=-1)
    return outputs


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often which class was taken for which, on some rows of a data set.

    Attributes
    ----------
    rows
        (n,) rows of the data set.
    true, predicted
        (n,) their classes.
    classes
        How many there are.
    """

    rows: Integers
    true: Integers
    predicted: Integers
    classes: int

    @cached_property
    def counts(self) -> Integers:
        """(classes, classes): true class down, predicted class across."""
        joint = self.true * self.classes + self.predicted
        return np.bincount(joint, minlength=self.classes**2).reshape(self.classes, self.classes)

    @property
    def total(self) -> int:
        """Number of samples."""
        return len(self.rows)

    @property
    def accuracy(self) -> float:
        """Share of right answers; NaN without samples."""
        return float(np.trace(self.counts)) / self.total if self.total else float("nan")

    @cached_property
    def shares(self) -> Vector:
        """(classes, classes): each row divided by its sum; NaN for a class without samples."""
        sums = self.counts.sum(axis=1, keepdims=True)
        shares: Vector = np.full(self.counts.shape, np.nan)
        np.divide(self.counts, sums, out=shares, where=sums > 0)
        return shares

    @cached_property
    def recall(self) -> Vector:
        """(classes,): share of each true class that was found; NaN for one without samples."""
        recall: Vector = self.shares.diagonal()
        return recall

    @cached_property
    def precision(self) -> Vector:
        """(classes,): share of each predicted class that was right; NaN where never predicted."""
        sums = self.counts.sum(axis=0)
        found = np.diagonal(self.counts)
        shares: Vector = np.full(self.classes, np.nan)
        np.divide(found, sums, out=shares, where=sums > 0)
        return shares

    def samples(self, true: int, predicted: int) -> Integers:
        """Return the rows of one cell."""
        chosen: Integers = self.rows[(self.true == true) & (self.predicted == predicted)]
        return chosen


def confusion(experiment: Experiment, parameters: Vector, rows: Integers) -> Confusion:
    """Run the network over some rows of a classification and compare with their classes."""
    dataset: Dataset = experiment.dataset
    outputs = outputs_of(experiment.architecture, parameters, dataset.inputs[rows])
    classes = len(dataset.classes)
    predicted = np.minimum(classes_of(outputs), classes - 1)
    return Confusion(rows, dataset.class_indices[rows], predicted, classes)
