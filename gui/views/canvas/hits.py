"""What is under the pointer: arithmetic over the plan, no items."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from engine.network import ALPHA, BIAS, Architecture, Key
from engine.session import Selection
from gui.views.canvas.figures import Figures
from gui.views.canvas.headers import (
    BUTTON_RADIUS,
    TITLE_Y,
    button_places,
    chip_of,
    insert_place,
    title_of,
)
from gui.views.canvas.layout import CAPTION, HEADER, Column, Plan
from gui.views.canvas.marks import words_width
from gui.views.canvas.texts import Label

REACH = 6.0
"""How near to a line the pointer has to be, in pixels of the screen."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing on the canvas.

    ``kind`` is ``"unit"`` (id, 0), ``"parameter"`` (its key), ``"layer"`` (number, 0), as in a
    selection; or ``"activation"`` (layer, 0), ``"add_unit"`` (layer, 0), ``"remove_unit"``
    (layer, 0), ``"insert_layer"`` (in front of, 0), ``"loss"`` (0, 0).
    """

    kind: str
    target: tuple[int, int] = (0, 0)

    @property
    def selection(self) -> Selection | None:
        """What a click on it selects."""
        if self.kind in ("unit", "parameter", "layer"):
            return Selection(self.kind, self.target)
        if self.kind == "activation":
            return Selection("layer", self.target)
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """What stands where besides the plan itself."""

    plan: Plan
    figures: Figures
    labels: tuple[Label, ...]
    tags: tuple[QRectF, ...]
    """Boxes of the inputs drawn."""
    biases: dict[int, QRectF]
    """Boxes of the biases, by unit id."""
    zoom: float


def hit_at(places: Places, x: float, y: float) -> Hit | None:
    """What is at a point of the plan."""
    plan = places.plan
    reach = REACH / places.zoom
    found = _button(plan, x, y)
    if found is not None:
        return found
    for biased, box in places.biases.items():
        if box.adjusted(-3, -3, 3, 3).contains(x, y):
            return Hit("parameter", (BIAS, biased))
    unit = _unit(places, x, y)
    if unit is not None:
        return Hit("unit", (unit, 0))
    for label in places.labels:
        if label.rectangle.contains(x, y):
            return Hit("parameter", key_of_link(plan, label.link))
    if math.hypot(x - plan.loss[0], y - plan.loss[1]) <= plan.loss_radius:
        return Hit("loss")
    if y < HEADER:
        return _header(places, x, y)
    link = _link(plan, x, y, reach)
    return None if link is None else Hit("parameter", key_of_link(plan, link))


def key_of_link(plan: Plan, link: int) -> Key:
    """The key of a link's weight."""
    return plan.architecture.keys[int(plan.links.index[link])]


def link_of_key(plan: Plan, key: Key) -> int | None:
    """The link of a weight; None for other parameters, and where it is not drawn."""
    if key[0] in (BIAS, ALPHA):
        return None
    index = plan.architecture.index.get(key)
    if index is None:
        return None
    found = np.flatnonzero(plan.links.index == index)
    return int(found[0]) if len(found) else None


def column_at(plan: Plan, x: float, y: float) -> int | None:
    """The layer in whose neighbourhood a point lies; for the buttons that come up there."""
    if y > plan.height - CAPTION:
        return None
    for column in plan.columns:
        reach = column.radius + 10.0
        if hidden(plan.architecture, column.number):
            reach = button_places(plan, column.number)[1].x() - column.x + BUTTON_RADIUS + 3.0
        if abs(x - column.x) <= reach:
            return column.number
    return None


def gap_at(plan: Plan, x: float, y: float) -> int | None:
    """The layer in front of which a point of the header lies, between two columns."""
    if y > HEADER + 4.0 or column_at(plan, x, 0.0) is not None:
        return None
    for before, after in zip(plan.columns, plan.columns[1:], strict=False):
        if before.x < x < after.x:
            return after.number
    return None


def hidden(architecture: Architecture, number: int) -> bool:
    """Whether a layer is neither input nor output."""
    return 0 < number < len(architecture.layers)


def _button(plan: Plan, x: float, y: float) -> Hit | None:
    if y > HEADER:
        return None
    for number in range(1, len(plan.columns)):
        if hidden(plan.architecture, number):
            for kind, place in zip(
                ("remove_unit", "add_unit"), button_places(plan, number), strict=True
            ):
                if _near(place, x, y):
                    return Hit(kind, (number, 0))
        if gap_at(plan, x, y) == number and _near(insert_place(plan, number), x, y):
            return Hit("insert_layer", (number, 0))
    return None


def _near(place: QPointF, x: float, y: float) -> bool:
    return math.hypot(x - place.x(), y - place.y()) <= BUTTON_RADIUS + 2.0


def _unit(places: Places, x: float, y: float) -> int | None:
    plan = places.plan
    for position, box in zip(plan.columns[0].units, places.tags, strict=True):
        if box.adjusted(-2, -1, 2, 1).contains(x, y):
            return plan.architecture.inputs[position]
    for column in plan.columns[1:]:
        nearest = _nearest(column, x, y)
        if nearest is not None:
            return plan.architecture.units(column.number)[nearest]
    return None


def _nearest(column: Column, x: float, y: float) -> int | None:
    if abs(x - column.x) > column.radius + 2.0:
        return None
    distance = np.hypot(column.ys - y, x - column.x)
    best = int(distance.argmin())
    return column.units[best] if distance[best] <= column.radius + 2.0 else None


def _header(places: Places, x: float, y: float) -> Hit | None:
    plan = places.plan
    for column in plan.columns:
        number = column.number
        chip = chip_of(plan, number, places.figures)
        if chip is not None:
            if chip.alpha is not None and chip.alpha.contains(x, y):
                return Hit("parameter", (ALPHA, plan.architecture.layers[number - 1].id))
            if chip.box.adjusted(-2, -2, 2, 2).contains(x, y):
                return Hit("activation", (number, 0))
        half = words_width(title_of(plan.architecture, number), 11, bold=True) / 2 + 6.0
        if abs(x - column.x) <= half and abs(y - TITLE_Y) <= 10.0:
            return Hit("layer", (number, 0))
    return None


def _link(plan: Plan, x: float, y: float, reach: float) -> int | None:
    """The nearest connection within reach."""
    links = plan.links
    point = np.array([x, y])
    direction = links.end - links.start
    along = ((point - links.start) * direction).sum(axis=1) / (direction**2).sum(axis=1)
    foot = links.start + np.clip(along, 0.0, 1.0)[:, None] * direction
    distance = np.hypot(*(foot - point).T)
    best = int(distance.argmin())
    return best if distance[best] <= reach else None
