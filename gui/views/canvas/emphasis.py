"""What stands out of a picture: what is in work, under the pointer, or selected."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.session import Selection
from gui.views.canvas.figures import Figures
from gui.views.canvas.hits import Hit, link_of_key
from gui.views.canvas.labels import place_some
from gui.views.canvas.layout import Plan
from gui.views.canvas.links import DrawnLinks
from gui.views.canvas.texts import ALONE, CROWDED, PADDING, Label, Sheet, row_width, rows_of

Indices = NDArray[np.intp]
Boxes = tuple[tuple[float, float, float, float], ...]

MOST_CROWDED = 26
"""So many labels are tried on the connections of one unit."""
NOTHING: Indices = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Emphasis:
    """Which connections and labels stand out; arrays hold numbers of the plan's links."""

    plan: Plan
    figures: Figures
    drawn: DrawnLinks
    sheet: Sheet
    selection: Selection | None
    over: Hit | None

    def is_selected(self, kind: str, target: tuple[int, int]) -> bool:
        """Whether something is selected."""
        return self.selection == Selection(kind, target)

    @cached_property
    def hovered(self) -> Indices:
        """Connections of the unit under the pointer, or the one that is there itself."""
        return self._links_at(self.over.kind, self.over.target) if self.over else NOTHING

    @cached_property
    def selected(self) -> Indices:
        """Connections of the selected unit, or the selected one."""
        if self.selection is None:
            return NOTHING
        return self._links_at(self.selection.kind, self.selection.target)

    @cached_property
    def lit(self) -> Indices:
        """Connections in work."""
        return np.flatnonzero(self.figures.lit_links(self.plan.links) & ~self.drawn.cut)

    def _links_at(self, kind: str, target: tuple[int, int]) -> Indices:
        links = self.plan.links
        if kind == "parameter":
            link = link_of_key(self.plan, target)
            return NOTHING if link is None else np.array([link])
        place = self.plan.architecture.places.get(target[0]) if kind == "unit" else None
        if place is None:
            return NOTHING
        layer, position = place
        incoming = (links.layer == layer) & (links.target == position)
        outgoing = (links.layer == layer + 1) & (links.source == position)
        return np.flatnonzero((incoming | outgoing) & ~self.drawn.cut)

    @cached_property
    def foremost(self) -> Indices:
        """Connections beside which the others step back; empty: all alike."""
        if self.over is not None and self.over.kind == "unit":
            return self.hovered
        lit = self.lit
        if len(lit) and not self.sheet.has(int(self.plan.links.layer[lit[0]])):
            return lit
        if self.selection is not None and self.selection.kind == "unit" and not len(lit):
            return self.selected
        return NOTHING

    @cached_property
    def near_units(self) -> set[tuple[int, int]]:
        """The hovered unit and those that it is connected with; empty without one."""
        if self.over is None or self.over.kind != "unit" or not len(self.hovered):
            return set()
        links, chosen = self.plan.links, self.hovered
        layers = links.layer[chosen].tolist()
        near = set(zip(layers, links.target[chosen].tolist(), strict=True))
        near |= {
            (layer - 1, source)
            for layer, source in zip(layers, links.source[chosen].tolist(), strict=True)
        }
        near.add(self.plan.architecture.places[self.over.target[0]])
        return near

    def labels(self, taken: Boxes) -> list[Label]:
        """Labels of single connections between layers that are too dense for all.

        ``taken`` is what they may not cover: (x, y, half width, half height).
        """
        links = self.plan.links
        chosen = self.hovered if len(self.hovered) else self.lit
        if not len(chosen):
            chosen = self.selected
        if self.selection is not None and self.selection.kind == "parameter":
            chosen = np.union1d(chosen, self.selected)
        result: list[Label] = []
        for layer in np.unique(links.layer[chosen]).tolist():
            if self.sheet.has(layer):
                continue
            own = chosen[links.layer[chosen] == layer]
            own = own[~self.drawn.cut[own]]
            strongest = np.argsort(-np.abs(self.drawn.weights[own]), kind="stable")
            style = ALONE if len(own) == 1 else CROWDED
            rows = [rows_of(self.figures, int(links.index[link]), style) for link in own]
            sizes = np.array(
                [
                    (max(row_width(row, style) for row in entry) + PADDING, style.height)
                    for entry in rows
                ]
            ).reshape(-1, 2)
            order = strongest[:MOST_CROWDED].tolist()
            placed = place_some(links.start[own], links.end[own], sizes, order, taken)
            result += [Label(int(own[i]), x, y, style, rows[i]) for i, x, y in placed]
        return result
