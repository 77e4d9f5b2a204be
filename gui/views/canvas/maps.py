"""Each neuron's own map: its activation over the plane of the inputs, or over the line of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from engine.data import Dataset
from engine.network import Architecture, Vector, forward
from gui import theme
from gui.views.canvas.layout import Plan

Floats = NDArray[np.float64]

SIDE = 32
POINTS = 49
FEWEST_SAMPLES = 8
"""Fewer samples span no plane that would be worth a map."""
MARGIN = 0.12
"""How far maps reach beyond the data, as a share of their range."""


@dataclass(frozen=True, slots=True, eq=False)
class NeuronMap:
    """What one neuron does: a picture for two inputs, a curve for one.

    ``curve`` has points from −1 to 1, to the right and up.
    """

    image: QImage | None = None
    curve: tuple[QPointF, ...] = ()


class Maps:
    """The maps of a network, made anew only for other parameters, data or colours."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._kept: tuple[object, ...] = ()
        self._maps: dict[tuple[int, int], NeuronMap] = {}
        self._grid: tuple[Dataset | None, Floats] = (None, np.empty((0, 0)))

    def of(
        self, plan: Plan, dataset: Dataset, parameters: Vector
    ) -> dict[tuple[int, int], NeuronMap]:
        """Maps by (layer, position); none for more than two inputs, or hardly any data."""
        n_inputs = plan.architecture.widths[0]
        if n_inputs > 2 or len(dataset.inputs) < FEWEST_SAMPLES:
            return {}
        key = (id(plan), id(dataset), id(parameters), theme.scheme())
        if key != self._key:
            # The objects are kept, so that no other one can get their identity.
            self._key, self._kept = key, (plan, dataset, parameters)
            make = _curves if n_inputs == 1 else _pictures
            self._maps = make(plan, parameters, self._inputs(dataset))
        return self._maps

    def _inputs(self, dataset: Dataset) -> Floats:
        if self._grid[0] is not dataset:
            self._grid = (dataset, grid_of(dataset.inputs))
        return self._grid[1]


def grid_of(inputs: Floats) -> Floats:
    """Points that cover the data: a line of them, or a square, row by row from above."""
    low, high = inputs.min(axis=0), inputs.max(axis=0)
    spread = np.where(high > low, high - low, np.maximum(np.abs(high), 1.0))
    low, high = low - MARGIN * spread, high + MARGIN * spread
    if inputs.shape[1] == 1:
        return np.linspace(low, high, POINTS)
    across = np.linspace(low[0], high[0], SIDE)
    down = np.linspace(high[1], low[1], SIDE)
    return np.stack([np.tile(across, SIDE), np.repeat(down, SIDE)], axis=1)


def shares(values: Floats, activation: str) -> Floats:
    """Activations as shares from −1 to 1 of what the function can give, or gives here."""
    if activation in ("sigmoid", "softmax"):
        return 2.0 * values - 1.0
    if activation == "tanh":
        return values
    largest = float(np.abs(values).max(initial=0.0))
    return values / largest if np.isfinite(largest) and largest > 0.0 else np.zeros_like(values)


def _values(
    architecture: Architecture, plan: Plan, parameters: Vector, inputs: Floats
) -> list[tuple[tuple[int, int], Floats]]:
    with np.errstate(all="ignore"):
        passed = forward(architecture, parameters, inputs)
        return [
            (
                (column.number, position),
                shares(
                    np.nan_to_num(passed.activations[column.number][:, position]),
                    architecture.layers[column.number - 1].activation,
                ),
            )
            for column in plan.columns[1:]
            for position in column.units
        ]


def _pictures(plan: Plan, parameters: Vector, inputs: Floats) -> dict[tuple[int, int], NeuronMap]:
    colors = theme.colormap("diverging")
    maps = {}
    for place, values in _values(plan.architecture, plan, parameters, inputs):
        level = np.clip(np.rint((values + 1.0) * 127.5), 0, 255).astype(np.uint8)
        data = np.ascontiguousarray(colors[level])
        image = QImage(data.data, SIDE, SIDE, 4 * SIDE, QImage.Format.Format_RGBA8888)
        # A premultiplied copy owns its bytes, and is what Qt draws quickest.
        maps[place] = NeuronMap(image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied))
    return maps


def _curves(plan: Plan, parameters: Vector, inputs: Floats) -> dict[tuple[int, int], NeuronMap]:
    across = np.linspace(-1.0, 1.0, len(inputs)).tolist()
    return {
        place: NeuronMap(
            curve=tuple(
                QPointF(x, y)
                for x, y in zip(across, np.clip(values, -1.0, 1.0).tolist(), strict=True)
            )
        )
        for place, values in _values(plan.architecture, plan, parameters, inputs)
    }
