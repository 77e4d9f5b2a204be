"""Which samples the data view draws, where, and which of them the network gets wrong."""

from __future__ import annotations

import numpy as np

from engine.data import Dataset
from engine.data.dataset import Integers
from engine.network import Vector
from engine.training import Experiment
from gui.views.data_items import Flags, Samples
from gui.views.outcomes import classes_of, outputs_of

MOST = 2000
"""More samples than these are thinned: they would only cover each other."""


class SampleSource:
    """The samples of one data set along some of its inputs; all but ``wrong`` stays the same."""

    def __init__(self, dataset: Dataset, axes: tuple[int, ...], output: int) -> None:
        self.dataset, self.axes, self.output = dataset, axes, output
        rows = np.sort(np.concatenate([dataset.train, dataset.test]))
        self.total = len(rows)
        if self.total > MOST:
            rows = rows[np.linspace(0, self.total - 1, MOST).round().astype(np.int64)]
        kinds: Integers = np.zeros(len(rows), dtype=np.int64)
        values: Vector | None = None
        if dataset.task == "classification":
            kinds = dataset.class_indices[rows]
        elif len(axes) == 2:
            values = dataset.targets[rows, output]
        points = self._places(rows)
        test = np.isin(rows, dataset.test)
        token = "train" if values is None and dataset.task == "regression" else ""
        right = np.zeros(len(rows), dtype=bool)
        self.samples = Samples(rows, points, kinds, values, test, right, token)
        self._judged: tuple[Vector, Samples] | None = None

    def _places(self, rows: Integers) -> Vector:
        raw, dataset = self.dataset.raw_inputs[rows], self.dataset
        if len(self.axes) == 2:
            places: Vector = raw[:, list(self.axes)]
            return places
        # Where each class has a curve of its own, that should be 1 at its samples.
        several = dataset.task == "classification" and dataset.n_targets > 1
        height = np.ones(len(rows)) if several else dataset.targets[rows, self.output]
        return np.column_stack((raw[:, self.axes[0]], height))

    def point_of(self, row: int) -> tuple[float, float]:
        """Where a sample is drawn, be it among the thinned ones or not."""
        x, y = self._places(np.array([row], dtype=np.int64))[0].tolist()
        return x, y

    def fits(self, dataset: Dataset, axes: tuple[int, ...], output: int) -> bool:
        """Whether this is what would be made of these."""
        return self.dataset is dataset and self.axes == axes and self.output == output

    def judged(self, experiment: Experiment, parameters: Vector) -> Samples:
        """Return the samples, those marked that a classifier gets wrong."""
        if self.dataset.task != "classification":
            return self.samples
        if self._judged is None or self._judged[0] is not parameters:
            known = self.samples
            inputs = self.dataset.inputs[known.rows]
            guessed = classes_of(outputs_of(experiment.architecture, parameters, inputs))
            wrong: Flags = guessed != known.kinds
            fresh = Samples(known.rows, known.points, known.kinds, known.values, known.test, wrong)
            self._judged = parameters, fresh
        return self._judged[1]

    def ranges(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Ranges of the two axes that show all samples with some room around them."""
        points = self.samples.points
        low, high = points.min(axis=0), points.max(axis=0)
        room = np.where(high > low, 0.09 * (high - low), 1.0)
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return (left, right), (bottom, top)

    def value_range(self) -> tuple[float, float]:
        """The range of the colours of a regression: that of its targets, a little widened."""
        targets = self.dataset.targets[:, self.output]
        low, high = float(targets.min()), float(targets.max())
        room = 0.05 * (high - low) or max(abs(high), 1.0)
        return low - room, high + room
