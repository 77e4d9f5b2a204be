"""The whole picture of a network at one moment, put together from its parts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from engine.data import Dataset
from engine.network import ALPHA, BIAS, Architecture, Key
from engine.session import Selection
from engine.training import Phase
from gui.views.canvas import ends, headers
from gui.views.canvas.emphasis import Emphasis
from gui.views.canvas.figures import Figures
from gui.views.canvas.hits import Hit, Places, column_at, gap_at, hidden, hit_at, link_of_key
from gui.views.canvas.layout import Plan
from gui.views.canvas.links import (
    Batch,
    DrawnLinks,
    paint_batches,
    paint_direction,
    paint_frozen,
    paint_ghosts,
    paint_highlight,
    paint_snowflakes,
)
from gui.views.canvas.maps import NeuronMap
from gui.views.canvas.nodes import (
    Node,
    bias_box,
    paint_bias,
    paint_delta,
    paint_node,
    paint_sum,
)
from gui.views.canvas.texts import (
    Label,
    Sheet,
    paint_label,
)

MOST_EMPHASIZED = 70
"""With more connections in work than this only their light is drawn, no arrows."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """What the pointer is over, and near.

    Attributes
    ----------
    over
        What lies under it.
    column
        The layer in whose neighbourhood it is.
    gap
        The layer in front of which it is, between two headers.
    """

    over: Hit | None = None
    column: int | None = None
    gap: int | None = None

    @classmethod
    def at(cls, places: Places, x: float, y: float) -> Pointer:
        """What the pointer is over and near at a point of the plan."""
        plan = places.plan
        return cls(hit_at(places, x, y), column_at(plan, x, y), gap_at(plan, x, y))

    @property
    def unit(self) -> int | None:
        """The id of the unit under the pointer."""
        return self.over.target[0] if self.over is not None and self.over.kind == "unit" else None

    def still_there(self, architecture: Architecture) -> Pointer:
        """The same over a network that may have lost what was under the pointer."""
        if self.over is None:
            return self
        number = self.over.target[0]
        match self.over.kind:
            case "parameter":
                there = self.over.target in architecture.index
            case "unit":
                there = number in architecture.places
            case _:
                there = number <= len(architecture.layers)
        return self if there else replace(self, over=None)


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything that one painting needs; made anew on a change, never while painting."""

    plan: Plan
    figures: Figures
    drawn: DrawnLinks
    sheet: Sheet
    maps: dict[tuple[int, int], NeuronMap]
    dataset: Dataset
    selection: Selection | None
    pointer: Pointer | None
    zoom: float = 1.0
    image: QImage | None = None
    batches_kept: dict[object, tuple[list[Batch], list[Batch]]] = field(default_factory=dict)

    @property
    def over(self) -> Hit | None:
        """What is under the pointer."""
        return self.pointer.over if self.pointer is not None else None

    @cached_property
    def emphasis(self) -> Emphasis:
        """What stands out."""
        return Emphasis(self.plan, self.figures, self.drawn, self.sheet, self.selection, self.over)

    @cached_property
    def batches(self) -> tuple[list[Batch], list[Batch]]:
        """Connections that step back, and those that do not."""
        key = self.emphasis.foremost.tobytes()
        if key not in self.batches_kept:
            mask = np.zeros(len(self.plan.links), dtype=bool)
            mask[self.emphasis.foremost] = True
            if not mask.any():
                mask[:] = True
            if len(self.batches_kept) > 8:
                self.batches_kept.clear()
            self.batches_kept[key] = self.drawn.batches(~mask), self.drawn.batches(mask)
        return self.batches_kept[key]

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The weights' labels: all that have room, else those of what is looked at."""
        taken = tuple(
            (box.center().x(), box.center().y(), box.width() / 2, box.height() / 2)
            for box in self.bias_boxes.values()
        )
        return (*self.sheet.labels(self.figures), *self.emphasis.labels(taken))

    # -------------------------------------------------------------------------------- parts

    @cached_property
    def tags(self) -> tuple[QRectF, ...]:
        """Boxes of the inputs."""
        column = self.plan.columns[0]
        return tuple(ends.tag_box(self.plan, column, float(y)) for y in column.ys)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All neurons that are drawn."""
        result = []
        near = self.emphasis.near_units
        architecture = self.plan.architecture
        for column in self.plan.columns[1:]:
            units = architecture.units(column.number)
            for position, y in zip(column.units, column.ys.tolist(), strict=True):
                unit = units[position]
                result.append(
                    Node(
                        column.number,
                        position,
                        column.x,
                        y,
                        column.radius,
                        self.figures.is_lit(column.number, position),
                        self.emphasis.is_selected("unit", (unit, 0)),
                        self.over == Hit("unit", (unit, 0)),
                        bool(architecture.frozen)
                        and architecture.incoming(unit) <= architecture.frozen,
                        bool(near) and (column.number, position) not in near,
                        self.maps.get((column.number, position)),
                    )
                )
        return tuple(result)

    @cached_property
    def biases(self) -> dict[int, tuple[Node, int]]:
        """Neurons with a bias, and its index, by unit id."""
        index = self.plan.architecture.index
        result = {}
        for node in self.nodes:
            unit = self.plan.architecture.units(node.layer)[node.position]
            if (BIAS, unit) in index:
                result[unit] = (node, index[BIAS, unit])
        return result

    @cached_property
    def bias_boxes(self) -> dict[int, QRectF]:
        """Where the biases are drawn, by unit id."""
        return {
            unit: bias_box(node, self.figures, index, self.zoom)
            for unit, (node, index) in self.biases.items()
        }

    @cached_property
    def places(self) -> Places:
        """What can be hit."""
        return Places(self.plan, self.figures, self.labels, self.tags, self.bias_boxes, self.zoom)

    def box_of(self, hit: Hit) -> QRectF | None:
        """Where a thing is drawn, so that it can be hit in the middle; None where it is not."""
        plan, number = self.plan, hit.target[0]
        if hit.kind == "parameter":
            return self._box_of_parameter(hit.target)
        if hit.kind == "unit" and number in plan.architecture.places:
            layer, position = plan.architecture.places[number]
            place = plan.place(layer, position)
            if place is None:
                return None
            if layer == 0:
                return self.tags[plan.columns[0].units.index(position)]
            return _around(*place, plan.columns[layer].radius)
        if hit.kind == "loss":
            return _around(*plan.loss, plan.loss_radius)
        if number >= len(plan.columns):
            return None
        if hit.kind == "layer":
            return _around(plan.columns[number].x, headers.TITLE_Y, 8.0)
        if hit.kind == "activation":
            chip = headers.chip_of(plan, number, self.figures)
            return chip.box if chip is not None else None
        if hit.kind == "insert_layer":
            place_of = headers.insert_place(plan, number)
        else:
            place_of = headers.button_places(plan, number)[hit.kind == "add_unit"]
        return _around(place_of.x(), place_of.y(), headers.BUTTON_RADIUS)

    def _box_of_parameter(self, key: Key) -> QRectF | None:
        if key[0] == BIAS:
            return self.bias_boxes.get(key[1])
        if key[0] == ALPHA:
            ids = [layer.id for layer in self.plan.architecture.layers]
            if key[1] not in ids:
                return None
            chip = headers.chip_of(self.plan, ids.index(key[1]) + 1, self.figures)
            return chip.alpha if chip is not None else None
        link = link_of_key(self.plan, key)
        if link is None:
            return None
        for label in self.labels:
            if label.link == link:
                return label.rectangle
        links = self.plan.links
        x, y = (0.5 * (links.start[link] + links.end[link])).tolist()
        return _around(x, y, 5.0)

    # ----------------------------------------------------------------------------- painting

    def paint(self, painter: QPainter, travelled: float | None = None) -> None:
        """Draw the picture in the coordinates of its plan.

        ``travelled`` is the share of its way that a step has gone, while it is shown moving.
        """
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
        )
        self._paint_bands(painter)
        self._paint_links(painter, travelled)
        ends.paint_loss_lines(painter, self.plan, self.figures)
        for label in self.labels:
            paint_label(painter, label, self._steps_back(label), self._frame(label))
        if bool(self.plan.architecture.frozen):
            rectangles = [label.rectangle for label in self.labels]
            paint_snowflakes(painter, self.drawn, rectangles)
        self._paint_inputs(painter)
        for node in self.nodes:
            paint_node(painter, node, self.figures, self.zoom)
        self._paint_badges(painter)
        for column in self.plan.columns[1:]:
            ends.paint_ellipsis(painter, column, self.figures)
        output = self.plan.columns[-1]
        for place, position in enumerate(output.units):
            ends.paint_target(painter, self.plan, place, position, self.figures)
        hovered = self.over == Hit("loss")
        ends.paint_loss(painter, self.plan, self.figures, hovered=hovered)
        self._paint_headers(painter)

    def _paint_bands(self, painter: QPainter) -> None:
        step = self.figures.step
        if step is not None and step.phase is Phase.UPDATE:
            headers.paint_band(painter, self.plan, step.layer, "update", 0.08)
        if self.selection is not None and self.selection.kind == "layer":
            number = self.selection.target[0]
            if number < len(self.plan.columns):
                headers.paint_band(painter, self.plan, number, "selection", 0.09)

    def _paint_links(self, painter: QPainter, travelled: float | None) -> None:
        figures = self.figures
        back, front = self.batches
        count = len(self.plan.links)
        paint_ghosts(painter, self.drawn)
        paint_batches(painter, back, 0.32, count)
        if len(self.emphasis.selected) and self.selection and self.selection.kind == "parameter":
            paint_highlight(painter, self.drawn, self.emphasis.selected, "selection", 0.34)
        if self.over is not None and self.over.kind == "parameter":
            paint_highlight(painter, self.drawn, self.emphasis.hovered, "accent", 0.24)
        lit = self.emphasis.lit
        few = len(lit) <= MOST_EMPHASIZED
        if len(lit) and few:
            paint_highlight(painter, self.drawn, lit, figures.token)
        paint_batches(painter, front, 1.0, count)
        if bool(self.plan.architecture.frozen):
            paint_frozen(painter, self.drawn)
        if len(lit) and few and figures.direction:
            paint_direction(painter, self.drawn, lit, figures.token, figures.direction, travelled)

    def _steps_back(self, label: Label) -> bool:
        return bool(len(self.emphasis.foremost)) and label.link not in self.emphasis.foremost

    def _frame(self, label: Label) -> str | None:
        for thing, links, token in (
            (self.selection, self.emphasis.selected, "selection"),
            (self.over, self.emphasis.hovered, "accent"),
        ):
            if thing is not None and thing.kind == "parameter" and label.link in links:
                return token
        return None

    def _paint_inputs(self, painter: QPainter) -> None:
        near = self.emphasis.near_units
        inputs = self.plan.architecture.inputs
        for position in self.plan.columns[0].units:
            unit = inputs[position]
            ends.paint_input(
                painter,
                self.plan,
                position,
                self.figures,
                self.dataset,
                selected=self.emphasis.is_selected("unit", (unit, 0)),
                hovered=self.over == Hit("unit", (unit, 0)),
                faint=bool(near) and (0, position) not in near,
            )
        column = self.plan.columns[0]
        image = self.image if self.figures.has_sample else None
        ends.paint_ellipsis(painter, column, self.figures, image)

    def _paint_badges(self, painter: QPainter) -> None:
        step = self.figures.step
        for unit, (node, index) in self.biases.items():
            key: Key = (BIAS, unit)
            marked = None
            if self.emphasis.is_selected("parameter", key):
                marked = "selection"
            elif self.over == Hit("parameter", key):
                marked = "accent"
            elif step is not None and step.phase in (Phase.GRADIENT, Phase.UPDATE) and node.lit:
                marked = self.figures.token
            frozen = key in self.plan.architecture.frozen
            paint_bias(painter, node, self.figures, index, self.zoom, marked, frozen)
        for node in self.nodes:
            if self.figures.delta(node.layer, node.position) is not None:
                paint_delta(painter, node, self.figures, self.zoom)
            elif node.lit and step is not None and step.phase is Phase.FORWARD:
                layer = self.plan.architecture.layers[node.layer - 1]
                if layer.activation != "identity":
                    paint_sum(painter, node, self.figures, self.zoom)

    def _paint_headers(self, painter: QPainter) -> None:
        plan, over = self.plan, self.over
        for column in plan.columns:
            number = column.number
            marked = False
            if number > 0:
                key = (ALPHA, plan.architecture.layers[number - 1].id)
                marked = self.emphasis.is_selected("parameter", key)
            headers.paint_header(
                painter,
                plan,
                number,
                self.figures,
                selected=self.emphasis.is_selected("layer", (number, 0)),
                hovered=over == Hit("layer", (number, 0)),
                chip_hovered=over == Hit("activation", (number, 0)),
                alpha_marked=marked,
            )
        if self.pointer is not None:
            self._paint_buttons(painter, self.pointer)

    def _paint_buttons(self, painter: QPainter, pointer: Pointer) -> None:
        plan = self.plan
        number = pointer.column
        if number is not None and hidden(plan.architecture, number):
            minus, plus = headers.button_places(plan, number)
            for place, kind in ((minus, "remove_unit"), (plus, "add_unit")):
                hovered = pointer.over == Hit(kind, (number, 0))
                headers.paint_button(painter, place, kind == "add_unit", hovered)
        before = pointer.gap
        if before is not None:
            hovered = pointer.over == Hit("insert_layer", (before, 0))
            if hovered:
                headers.paint_insertion(painter, plan, before)
            headers.paint_button(painter, headers.insert_place(plan, before), True, hovered)


def _around(x: float, y: float, radius: float) -> QRectF:
    return QRectF(x - radius, y - radius, 2 * radius, 2 * radius)
