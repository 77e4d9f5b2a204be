"""Where the parts of a network stand: columns from left to right, in logical pixels.

Pure arithmetic, no Qt. A plan is made for a size and a network; numbers do not move it, so that
stepping and playing never make the picture jump.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.network import Architecture

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

HEADER = 56.0
"""Height kept for titles and activations."""
CAPTION = 30.0
"""Height kept for the line that says what happens."""
MARGIN = 11.0
SMALLEST_GAP = 26.0
"""With less air between the layers the whole picture is drawn smaller."""
LARGEST_RADIUS, SMALLEST_RADIUS = 29.0, 11.0
LARGEST_PITCH = 116.0
SMALLEST_PITCH = 27.0
"""Nearer than this units are not drawn one by one …"""
SUMMARY_PITCH = 33.0
"""… but first and last ones at this distance, with an ellipsis between."""
TAG_HEIGHT = 26.0
LOSS_RADIUS = 32.0
SINGLE_TARGET = 76.0
MOST_LINKS = 170
"""So many connections are drawn, the strongest ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One layer of the picture.

    Attributes
    ----------
    number
        Number of the layer, 0 for the inputs.
    x
        Its middle.
    units
        Positions in the layer of the units that are drawn.
    ys
        Their heights, (len(units),).
    left_out
        How many units the ellipsis stands for.
    ellipsis
        Height of the ellipsis.
    radius
        Half the width of a unit; that of an input is half its tag.
    pitch
        Distance between units.
    """

    number: int
    x: float
    units: tuple[int, ...]
    ys: Floats
    left_out: int
    ellipsis: float
    radius: float
    pitch: float

    def y(self, position: int) -> float | None:
        """Height of a unit; None where it is not drawn."""
        try:
            return float(self.ys[self.units.index(position)])
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, eq=False)
class Links:
    """All connections between units that are drawn, one entry each.

    Attributes
    ----------
    layer
        Number of the layer they lead to.
    source, target
        Positions of the units in their layers.
    index
        Index of the weight in the flat vector.
    start, end
        (n, 2) points: from the rim of one unit to the rim of the other.
    """

    layer: Ints
    source: Ints
    target: Ints
    index: Ints
    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, eq=False)
class Plan:
    """Places of everything, for one network and one size."""

    architecture: Architecture
    width: float
    height: float
    columns: tuple[Column, ...]
    tag_width: float
    loss: tuple[float, float]
    loss_radius: float
    target_width: float
    targets: tuple[tuple[float, float], ...]
    """Middles of the targets' tags, in the order of the units drawn in the output column."""
    scale: float = 1.0
    """Below 1 where there are so many layers that the picture is drawn smaller to fit."""

    @property
    def middle(self) -> float:
        """Height of the middle of the units."""
        return middle_of(self.height)

    def place(self, layer: int, position: int) -> tuple[float, float] | None:
        """Middle of a unit; None where it is not drawn."""
        column = self.columns[layer]
        y = column.y(position)
        return None if y is None else (column.x, y)

    @cached_property
    def links(self) -> Links:
        """The connections between the units that are drawn."""
        parts = [self._links_of(number) for number in range(1, len(self.columns))]
        return Links(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))

    def _links_of(self, number: int) -> tuple[Ints, Ints, Ints, Ints, Floats, Floats]:
        before, after = self.columns[number - 1], self.columns[number]
        slots = self.architecture.layout.slots[number - 1]
        fan_out = self.architecture.widths[number]
        source = np.repeat(np.array(before.units, dtype=np.intp), len(after.units))
        target = np.tile(np.array(after.units, dtype=np.intp), len(before.units))
        y1 = np.repeat(before.ys, len(after.units))
        y2 = np.tile(after.ys, len(before.units))
        # Tags are left at their right edge, circles at their rim.
        x1 = before.x + (before.radius if number == 1 else 0.0)
        direction = np.stack([np.full_like(y1, after.x - x1), y2 - y1], axis=1)
        direction /= np.hypot(direction[:, 0], direction[:, 1])[:, None]
        start = np.stack([np.full_like(y1, x1), y1], axis=1)
        if number > 1:
            start = start + before.radius * direction
        end = np.stack([np.full_like(y2, after.x), y2], axis=1) - after.radius * direction
        layer = np.full(len(source), number, dtype=np.intp)
        return layer, source, target, slots.weights.start + source * fan_out + target, start, end


def middle_of(height: float) -> float:
    """Height of the middle of the units in a picture of some height."""
    return (HEADER + height - CAPTION) / 2


def plan_of(
    architecture: Architecture,
    width: float,
    height: float,
    tag_width: float = 64.0,
    target_width: float = 60.0,
    picture: bool = False,
) -> Plan:
    """Place a network in a picture of some size.

    Parameters
    ----------
    tag_width, target_width
        Widths of the widest input's and the widest target's tag.
    picture
        Whether the ellipsis of the inputs needs room for a picture of the sample.
    """
    width, height = max(width, 240.0), max(height, 160.0)
    room = height - HEADER - CAPTION
    widths = architecture.widths
    shown = [
        _visible(count, room, 2 if picture and not number else 1)
        for number, count in enumerate(widths)
    ]
    pitches = [min(room / slots, LARGEST_PITCH) for _, slots in shown]
    radii = _radii(pitches, width, len(widths))
    tag_width = min(tag_width, 0.22 * width)
    n_outputs = len(shown[-1][0])
    loss_radius = min(LOSS_RADIUS, 0.056 * width)
    column_width = min(target_width, 0.14 * width) if n_outputs > 1 else 0.0
    solid = tag_width + 2 * sum(radii[1:]) + column_width + 2 * loss_radius + 2 * MARGIN
    airs = _airs([len(units) for units, _ in shown])
    needed = solid + SMALLEST_GAP * sum(airs)
    if needed > width:
        # Once more for a larger picture of the same shape, a little wider than is needed.
        share = 0.98 * width / needed
        larger = plan_of(
            architecture, width / share, height / share, tag_width, target_width, picture
        )
        return replace(larger, scale=share * larger.scale)
    unit = (width - solid) / sum(airs)
    middle = middle_of(height)
    columns = []
    x = MARGIN
    for number, (units, slots) in enumerate(shown):
        half = tag_width / 2 if number == 0 else radii[number]
        ys, ellipsis = _rows(len(units), slots, pitches[number], middle)
        left_out = widths[number] - len(units)
        columns.append(
            Column(number, x + half, units, ys, left_out, ellipsis, half, pitches[number])
        )
        x += 2 * half + unit * airs[number]
    loss_x = x + column_width + loss_radius
    # Several targets stand in a column of their own, halfway to the loss.
    target_x = x - 0.6 * unit * airs[-1] + column_width / 2
    targets = tuple((target_x, float(y)) for y in columns[-1].ys)
    if n_outputs == 1:
        targets = ((loss_x, middle + loss_radius + 30.0),)
    return Plan(
        architecture,
        width,
        height,
        tuple(columns),
        tag_width,
        (loss_x, middle),
        loss_radius,
        column_width or min(SINGLE_TARGET, 2.0 * (width - loss_x) - 6.0),
        targets,
    )


def _airs(visible: list[int]) -> list[float]:
    """Shares of the free width behind each column: more where crossing lines carry labels."""
    airs = []
    for before, after in pairwise(visible):
        links = before * after
        crossing = min(before, after) > 1 and links <= 24
        airs.append(1.7 if crossing else 1.0)
    return [*airs, 0.5 if visible[-1] == 1 else 0.75]


def _rows(count: int, slots: int, pitch: float, middle: float) -> tuple[Floats, float]:
    """Heights of the units of a column, and that of the ellipsis between them."""
    rows: Floats = middle + pitch * (np.arange(slots, dtype=np.float64) - (slots - 1) / 2)
    if count == slots:
        return rows, 0.0
    first = count - _tail(slots)
    gone = slice(first, first + slots - count)
    kept = np.ones(slots, dtype=bool)
    kept[gone] = False
    return rows[kept], float(rows[gone].mean())


def _tail(slots: int) -> int:
    """How many of the last units are drawn behind an ellipsis."""
    return max(1, (slots - 1) // 3)


def _visible(count: int, room: float, gap: int) -> tuple[tuple[int, ...], int]:
    """Positions of the units that are drawn, and the number of places they take."""
    if count == 1 or count * SMALLEST_PITCH <= room:
        return tuple(range(count)), count
    slots = max(2 + gap, int(room / SUMMARY_PITCH))
    tail = _tail(slots)
    head = max(slots - gap - tail, 1)
    return (*range(head), *range(count - tail, count)), slots


def _radii(pitches: list[float], width: float, n_columns: int) -> list[float]:
    """Radius of the units of each layer: alike, as far as crowded layers leave them alone."""
    across = min(LARGEST_RADIUS, 0.23 * width / n_columns)
    own = [max(min(across, 0.42 * pitch), SMALLEST_RADIUS) for pitch in pitches]
    smallest = min(own[1:])
    return [min(radius, max(1.35 * smallest, smallest + 4.0)) for radius in own]
