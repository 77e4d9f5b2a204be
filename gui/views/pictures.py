"""Which samples are pictures: by what is known of their source, or by the names of the inputs."""

from __future__ import annotations

import re

from engine.data import BUNDLED, BundledData
from engine.training import Experiment

_CELL = re.compile(r"r(?:ow)?_?(\d+)_?c(?:ol(?:umn)?)?_?(\d+)", re.IGNORECASE)
_PIXEL = re.compile(r"(?:pixel|px|p)[ _]?(\d+)(?:[ _x](\d+))?", re.IGNORECASE)
LEAST = 16
"""Inputs that make a picture rather than a few numbers with unlucky names."""


def picture_shape(experiment: Experiment) -> tuple[int, int] | None:
    """(rows, columns) of the picture that a sample is, or None."""
    dataset, data = experiment.dataset, experiment.data
    if isinstance(data, BundledData):
        return BUNDLED[data.name].image
    return shape_of_names(dataset.feature_names)


def shape_of_names(names: tuple[str, ...]) -> tuple[int, int] | None:
    """(rows, columns) told by names such as r1c1 or pixel_0, row after row; None for others."""
    if len(names) < LEAST:
        return None
    cells = [_CELL.fullmatch(name) for name in names]
    if all(cells):
        rows = len({cell.group(1) for cell in cells if cell})
        columns = len({cell.group(2) for cell in cells if cell})
        return (rows, columns) if rows * columns == len(names) else None
    side = round(len(names) ** 0.5)
    if side * side == len(names) and all(_PIXEL.fullmatch(name) for name in names):
        return side, side
    return None
