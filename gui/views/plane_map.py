"""What a network says over a plane, or along a line, of its inputs: numbers, no drawing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from contourpy import LineType, contour_generator

from engine.data import Dataset
from engine.network import Architecture, Vector, forward
from engine.training import Experiment
from gui.views.height_field import nice_ticks

Kind = Literal["probability", "classes", "value", "unit"]


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of a network.

    Attributes
    ----------
    axes
        The inputs that vary: one or two feature numbers.
    held
        (n_features,) what the network sees in all the others, standardized if the data are.
    unit
        (layer, position) of the unit whose activation is asked for; None: the outputs.
    output
        Which output of a regression.
    """

    experiment: Experiment
    parameters: Vector
    axes: tuple[int, ...]
    held: Vector
    unit: tuple[int, int] | None = None
    output: int = 0

    @property
    def kind(self) -> Kind:
        """How the answer is to be drawn."""
        if self.unit is not None:
            return "unit"
        if self.experiment.dataset.task == "regression":
            return "value"
        outputs = self.experiment.architecture.widths[-1]
        return "probability" if outputs == 1 else "classes"

    def inputs(self, points: Vector) -> Vector:
        """Return what the network sees, (n, n_features), at raw values (n, axes) of the axes."""
        seen = np.repeat(self.held[None, :], len(points), axis=0)
        scaling = self.experiment.dataset.scaling
        for column, feature in enumerate(self.axes):
            raw = points[:, column]
            if scaling is not None:
                raw = (raw - scaling.mean[feature]) / scaling.deviation[feature]
            seen[:, feature] = raw
        return seen

    def answer(self, points: Vector) -> tuple[Vector, Vector]:
        """Return values and pre-activations, (n, columns) each, at raw values (n, axes).

        The columns are all outputs, or the one unit, or the one output of a regression.
        """
        architecture: Architecture = self.experiment.architecture
        with np.errstate(all="ignore"):
            passed = forward(architecture, self.parameters, self.inputs(points))
        layer, column = len(architecture.layers), slice(None)
        if self.unit is not None:
            layer, column = self.unit[0], slice(self.unit[1], self.unit[1] + 1)
        elif self.kind == "value":
            column = slice(self.output, self.output + 1)
        return passed.activations[layer][:, column], passed.pre_activations[layer - 1][:, column]

    def same_as(self, other: Question | None) -> bool:
        """Whether another question has the same answer, by the identity of its parts."""
        return (
            other is not None
            and other.experiment is self.experiment
            and other.parameters is self.parameters
            and other.axes == self.axes
            and other.unit == self.unit
            and other.output == self.output
            and np.array_equal(other.held, self.held)
        )

    def with_unit(self, unit: tuple[int, int] | None) -> Question:
        """Return the same question about a unit, or about the outputs."""
        return replace(self, unit=unit)


@dataclass(frozen=True, eq=False)
class PlaneMap:
    """Answers over an even grid.

    Attributes
    ----------
    x, y
        (n,) and (m,) raw values of the two axes.
    values, pre_activations
        (m, n, columns).
    """

    question: Question
    x: Vector
    y: Vector
    values: Vector
    pre_activations: Vector

    @property
    def resolution(self) -> tuple[int, int]:
        """Points across and up."""
        return len(self.x), len(self.y)


def plane_map(
    question: Question,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    resolution: tuple[int, int],
) -> PlaneMap:
    """Ask over a grid whose outermost points lie on the edges of the ranges."""
    x, y = np.linspace(*x_range, resolution[0]), np.linspace(*y_range, resolution[1])
    points = np.column_stack((np.tile(x, len(y)), np.repeat(y, len(x))))
    values, z = question.answer(points)
    shape = (len(y), len(x), values.shape[1])
    return PlaneMap(question, x, y, values.reshape(shape), z.reshape(shape))


def lines_at(x: Vector, y: Vector, heights: Vector, level: float) -> list[Vector]:
    """Pieces of a level line, (k, 2) points each."""
    if not np.isfinite(heights).any() or not np.nanmin(heights) <= level <= np.nanmax(heights):
        return []
    masked = np.ma.masked_invalid(heights)
    generator = contour_generator(x, y, masked, line_type=LineType.Separate)
    pieces: list[Vector] = generator.lines(level)  # type: ignore[assignment]
    return pieces


def boundaries(answer: PlaneMap) -> list[Vector]:
    """Where the network changes its mind between two classes."""
    values = answer.values
    if values.shape[2] == 1:
        return lines_at(answer.x, answer.y, values[:, :, 0], 0.5)
    pieces: list[Vector] = []
    best = values.argmax(axis=2)
    for column in range(values.shape[2]):
        if not (best == column).any():
            continue
        others = np.delete(values, column, axis=2).max(axis=2)
        lead = values[:, :, column] - others
        pieces += lines_at(answer.x, answer.y, lead, 0.0)
    return pieces


def level_lines(answer: PlaneMap, low: float, high: float) -> list[tuple[float, list[Vector]]]:
    """Lines of equal output at round values between two bounds."""
    heights = answer.values[:, :, 0]
    chosen = [level for level in nice_ticks(low, high, 8) if low < level < high]
    return [(level, lines_at(answer.x, answer.y, heights, level)) for level in chosen]


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 … times a power of ten, so that a scale changes only now and then."""
    if not np.isfinite(value) or value <= 0.0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(
        next(
            factor * power
            for factor in (1.0, 2.0, 5.0, 10.0)
            if factor * power >= value * (1 - 1e-12)
        )
    )


def telling_features(dataset: Dataset) -> tuple[int, int]:
    """The two features that tell most about the target, in their order in the data.

    For classes by the share of variance between them, for numbers by the squared correlation.
    """
    inputs, targets = dataset.train_inputs, dataset.train_targets
    centred = inputs - inputs.mean(axis=0)
    spread = (centred**2).sum(axis=0)
    spread[spread == 0.0] = np.inf
    if dataset.task == "classification":
        labels = dataset.class_indices[dataset.train]
        between = np.zeros(dataset.n_features)
        for label in np.unique(labels):
            own = centred[labels == label]
            between += len(own) * own.mean(axis=0) ** 2
        score = between / spread
    else:
        target = targets[:, 0] - targets[:, 0].mean()
        score = (centred * target[:, None]).sum(axis=0) ** 2 / spread
    first, second = sorted(np.argsort(-score, kind="stable")[:2].tolist())
    return first, second
