"""The data that a network sees: arrays, names, and which rows train it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.data.checks import MAX_MAGNITUDE, Task

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_SPLIT_STREAM = 2
"""Keeps the random numbers of the split apart from those that made the points."""


def read_only(values: ArrayLike) -> Floats:
    """A contiguous float64 copy that nobody can write into."""
    array = np.array(values, dtype=np.float64, order="C")
    array.flags.writeable = False
    return array


@dataclass(frozen=True, eq=False)
class Scaling:
    """Standardization of features: ``inputs = (raw - mean) / deviation``.

    Both arrays have shape (n_features,). The deviation is that of the whole population (divided
    by n, not n − 1). ``constant`` lists the features that do not vary in the training rows: their
    deviation is 0 (or as good as 0), so 1 is used instead.
    """

    mean: Floats
    deviation: Floats
    constant: tuple[int, ...] = ()

    @classmethod
    def of(cls, raw: Floats) -> Scaling:
        """Measure mean and deviation of ``raw``, the training rows, shape (n, n_features)."""
        # Divided by the largest magnitude first, so that squares neither overflow nor vanish.
        size = np.abs(raw).max(axis=0)
        size[size == 0] = 1.0
        mean = (raw / size).mean(axis=0) * size
        deviation = (raw / size).std(axis=0) * size
        # Rounding can leave a tiny deviation in a column of equal numbers. And a test row may be
        # as large as MAX_MAGNITUDE: divided by less than 1/MAX_MAGNITUDE it could overflow.
        equal = raw.max(axis=0) == raw.min(axis=0)
        still = equal | (deviation < 1 / MAX_MAGNITUDE)
        mean = np.where(equal, raw[0], mean)
        deviation = np.where(still, 1.0, deviation)
        constant = tuple(int(index) for index in np.flatnonzero(still))
        return cls(read_only(mean), read_only(deviation), constant)

    def apply(self, raw: Floats) -> Floats:
        """Standardize; shape (..., n_features)."""
        return (raw - self.mean) / self.deviation

    def undo(self, inputs: Floats) -> Floats:
        """Return to the raw units; the inverse of ``apply`` up to rounding."""
        return inputs * self.deviation + self.mean


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples, one a row. Two data sets are equal only if they are the same object.

    Parameters
    ----------
    name
        The label of the problem, in English.
    task
        ``"regression"`` or ``"classification"``.
    inputs
        Shape (n_samples, n_features), what the network sees; standardized if ``scaling`` is set.
    targets
        Shape (n_samples, n_targets). Two classes: one column of 0 and 1. More classes: one column
        each, 1 for the sample's class (one-hot). Regression: as they are.
    feature_names
        One name a feature.
    target_names
        Regression: one name a target. Classification: one name a class, two of them when binary.
    train, test
        Ascending row indices that share no row; ``test`` may be empty.
    scaling
        How the raw inputs were standardized, or None.

    Arrays are copied and read-only.
    """

    name: str
    task: Task
    inputs: Floats
    targets: Floats
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    train: Integers
    test: Integers
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        for field in ("inputs", "targets"):
            array = read_only(getattr(self, field))
            if array.ndim != 2 or not np.isfinite(array).all():
                raise ValueError(f"{field} must be a finite matrix")
            object.__setattr__(self, field, array)
        for field in ("train", "test"):
            rows = np.array(getattr(self, field), dtype=np.int64)
            rows.flags.writeable = False
            object.__setattr__(self, field, rows)
        if len(self.inputs) != len(self.targets) or len(self.feature_names) != self.n_features:
            raise ValueError("inputs, targets and names must fit each other")
        columns = len(self.target_names)
        if self.task == "classification" and columns == 2:
            columns = 1
        if columns != self.n_targets:
            raise ValueError("target names must fit the targets")

    @property
    def n_samples(self) -> int:
        """Number of rows, training and test together."""
        return int(self.inputs.shape[0])

    @property
    def n_features(self) -> int:
        """Number of input columns."""
        return int(self.inputs.shape[1])

    @property
    def n_targets(self) -> int:
        """Number of target columns: 1 for two classes."""
        return int(self.targets.shape[1])

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; empty for regression."""
        return self.target_names if self.task == "classification" else ()

    @cached_property
    def class_indices(self) -> Integers:
        """The class of each sample, shape (n_samples,); only for classification."""
        if self.task != "classification":
            raise ValueError("regression has no classes")
        if self.n_targets == 1:
            indices = self.targets[:, 0].astype(np.int64)
        else:
            indices = self.targets.argmax(axis=1).astype(np.int64)
        indices.flags.writeable = False
        return indices

    @cached_property
    def train_inputs(self) -> Floats:
        """Inputs of the training rows, shape (n_train, n_features)."""
        return read_only(self.inputs[self.train])

    @cached_property
    def train_targets(self) -> Floats:
        """Targets of the training rows, shape (n_train, n_targets)."""
        return read_only(self.targets[self.train])

    @cached_property
    def test_inputs(self) -> Floats:
        """Inputs of the test rows, shape (n_test, n_features)."""
        return read_only(self.inputs[self.test])

    @cached_property
    def test_targets(self) -> Floats:
        """Targets of the test rows, shape (n_test, n_targets)."""
        return read_only(self.targets[self.test])

    @cached_property
    def raw_inputs(self) -> Floats:
        """Inputs in their own units, standardization undone (up to rounding)."""
        if self.scaling is None:
            return self.inputs
        return read_only(self.scaling.undo(self.inputs))

    @property
    def constant_features(self) -> tuple[str, ...]:
        """Features that standardization could not scale, for they do not vary in training."""
        constant = self.scaling.constant if self.scaling is not None else ()
        return tuple(self.feature_names[index] for index in constant)


def encode_classes(indices: Integers, n_classes: int) -> Floats:
    """Targets for class indices: one 0/1 column for two classes, one-hot columns for more."""
    if n_classes == 2:
        return indices[:, np.newaxis].astype(np.float64)
    return np.eye(n_classes)[indices]


def split_rows(
    n_samples: int, test_share: float, seed: int, labels: Integers | None = None
) -> tuple[Integers, Integers]:
    """Part rows into training and test, both ascending.

    The same arguments give the same rows. A larger ``test_share`` only moves rows from training
    to test. With ``labels`` (class indices, shape (n_samples,)) each class gives its share, to
    within one row if the classes are equally large and within half a row a class otherwise, and
    keeps at least one row to train on; without, the whole keeps at least one.

    How: each class is shuffled, its j-th of m rows gets the rank (j + ½)/m, and the test rows are
    those of the lowest ranks over all classes (systematic sampling).
    """
    if labels is None:
        labels = np.zeros(n_samples, dtype=np.int64)
    # Sorting random keys, and not a shuffle method, whose stream NumPy may change.
    keys = np.random.default_rng((seed, _SPLIT_STREAM)).random((2, n_samples))
    rank = np.empty(n_samples)
    protected = 0
    # ``unique`` would load NumPy's masked arrays, at every start.
    for label in np.flatnonzero(np.bincount(labels)):
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(keys[0, rows], kind="stable")]
        rank[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
        rank[rows[-1]] = np.inf
        protected += 1
    count = min(int(np.floor(n_samples * test_share + 0.5)), n_samples - protected)
    order = np.lexsort((keys[1], rank))
    return np.sort(order[count:]).astype(np.int64), np.sort(order[:count]).astype(np.int64)
