"""What the labels on the connections say, and how large they may get within one iteration."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from engine.numbers import shown
from gui import theme
from gui.views.canvas.figures import Figures
from gui.views.canvas.labels import MOST_LABELS, place_all
from gui.views.canvas.layout import Plan
from gui.views.canvas.marks import draw_number, number_width, pill

Floats = NDArray[np.float64]

ARROW = " → "
PADDING = 6.0
"""Of the plate, left and right together."""
TURN = "\N{THIN SPACE}→"
"""Behind an old value whose new one stands in the next row."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a label is set.

    Attributes
    ----------
    digits
        Significant digits.
    size
        Of the font, in pixels.
    rows
        2: the gradient, or the new value, stands under the value. 1: it takes its place.
    beside
        With two rows: old and new value stand beside each other, over the gradient.
    """

    digits: int
    size: float
    rows: int
    beside: bool = False

    @property
    def slope_digits(self) -> int:
        """Significant digits of a gradient: in a narrow label the first four."""
        return self.digits if self.beside else 4

    @property
    def row_height(self) -> float:
        """Height of a row."""
        return self.size + 1.0

    @property
    def height(self) -> float:
        """Height of a label."""
        return self.rows * self.row_height + 2.0


STYLES = (
    Style(6, 13.0, 2, beside=True),
    Style(6, 13.0, 2),
    Style(4, 13.0, 2),
    Style(4, 12.0, 2),
    Style(4, 11.0, 2),
    Style(4, 12.0, 1),
    Style(4, 11.0, 1),
)
"""From the most telling to the most modest."""
ALONE = Style(6, 13.0, 2, beside=True)
"""Of a label that is shown for itself."""
CROWDED = Style(4, 12.0, 1)

MOST_WITH_TWO_ROWS = 18
"""With more connections between two layers labels have one row."""

Row = tuple[tuple[str, str], ...]
"""Pieces of a row: (text, token)."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label in its place."""

    link: int
    x: float
    y: float
    style: Style
    rows: tuple[Row, ...]

    @property
    def rectangle(self) -> QRectF:
        """The plate behind the text."""
        wide = max(row_width(row, self.style) for row in self.rows) + PADDING
        high = len(self.rows) * self.style.row_height + 2.0
        return QRectF(self.x - wide / 2, self.y - high / 2, wide, high)


def row_width(row: Row, style: Style) -> float:
    """Width of a row's text."""
    return sum(number_width(text, style.size) for text, _ in row)


def rows_of(figures: Figures, index: int, style: Style) -> tuple[Row, ...]:
    """What a label says of a parameter now."""
    value = float(figures.parameters[index])
    now = shown(value, style.digits)
    old = figures.old(index)
    gradient = figures.gradient(index)
    sign = "negative" if value < 0 else "positive"
    slope: Row = ()
    if gradient is not None:
        slope = (("∂ " + shown(gradient, style.slope_digits), "gradient"),)
    if old is not None:
        before = shown(old, style.digits)
        if style.rows == 1:
            return (((now, "update"),),)
        if style.beside:
            change: Row = ((before, "muted"), (ARROW, "muted"), (now, "update"))
            return (change, slope) if slope else (change,)
        return (((before, "muted"), (TURN, "muted")), ((now, "update"),))
    plain: Row = ((now, sign),)
    if not slope:
        return (plain,)
    return (slope,) if style.rows == 1 else (plain, slope)


def largest_width(figures: Figures, index: int, style: Style) -> float:
    """Width that a label needs at most within this iteration, its plate included."""
    trace = figures.moment.trace
    previous = figures.moment.previous

    def width(text: str) -> float:
        return number_width(text, style.size)

    digits = style.digits
    values = [float(trace.before.parameters[index]), float(trace.new_parameters[index])]
    if previous is not None and len(previous.parameters) == len(trace.before.parameters):
        values.insert(0, float(previous.parameters[index]))
    widths = [width(shown(value, digits)) for value in values]
    slope = width("∂ " + shown(float(trace.gradient[index]), style.slope_digits))
    if style.rows == 1:
        return max(*widths, max(widths[:-1]) + width(TURN), slope) + PADDING
    if style.beside:
        pairs = [a + b + width(ARROW) for a, b in pairwise(widths)]
        return max(*pairs, slope) + PADDING
    return max(*widths, max(widths[:-1]) + width(TURN), slope) + PADDING


class Placed(NamedTuple):
    """The labels of one layer: how they are set, their widths, and their middles."""

    style: Style
    widths: Floats
    places: Floats


class Sheet:
    """Places of the labels of one plan; kept as long as the texts fit."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._placed: dict[int, Placed | None] = {}
        self._refused: dict[int, float] = {}
        """Total width that even the most modest labels of a layer had when there was no room."""

    def update(self, figures: Figures) -> None:
        """Place the labels of each layer anew where the texts have outgrown their places."""
        links = self.plan.links
        for layer in range(1, len(self.plan.columns)):
            own = np.flatnonzero(links.layer == layer)
            if not 0 < len(own) <= MOST_LABELS or self._left_out(layer):
                self._placed[layer] = None
                continue
            if layer in self._placed and (figures.fast or self._holds(figures, layer, own)):
                continue
            self._place(figures, layer, own)

    def _left_out(self, layer: int) -> bool:
        columns = self.plan.columns
        return bool(columns[layer - 1].left_out or columns[layer].left_out)

    def _holds(self, figures: Figures, layer: int, own: NDArray[np.intp]) -> bool:
        """Whether what was found for a layer is still right."""
        kept = self._placed[layer]
        if kept is None:
            least = self._widths(figures, own, STYLES[-1])
            return float(least.sum()) > self._refused[layer] - 4.0 * len(own)
        needed = self._widths(figures, own, kept.style)
        return bool((needed <= kept.widths).all() and (needed > kept.widths - 30.0).all())

    def _widths(self, figures: Figures, own: NDArray[np.intp], style: Style) -> Floats:
        index = self.plan.links.index
        return np.array([largest_width(figures, int(index[link]), style) for link in own])

    def _place(self, figures: Figures, layer: int, own: NDArray[np.intp]) -> None:
        self._placed[layer] = None
        for style in STYLES:
            if style.rows > 1 and len(own) > MOST_WITH_TWO_ROWS:
                continue
            # Some room to grow, so that labels stay where they are while numbers change.
            widths = np.ceil(self._widths(figures, own, style) / 3.0) * 3.0
            sizes = np.stack([widths, np.full_like(widths, style.height)], axis=1)
            places = place_all(self.plan.links, layer, sizes)
            if places is not None:
                self._placed[layer] = Placed(style, widths, places)
                return
            self._refused[layer] = float(widths.sum())

    def has(self, layer: int) -> bool:
        """Whether all connections that lead to a layer are labelled."""
        return self._placed.get(layer) is not None

    def labels(self, figures: Figures) -> list[Label]:
        """All labels as they read now; cut connections have none."""
        links = self.plan.links
        cut = set(self.plan.architecture.cut_indices)
        result = []
        for layer, kept in self._placed.items():
            if kept is None:
                continue
            own = np.flatnonzero(links.layer == layer)
            for link, (x, y) in zip(own.tolist(), kept.places.tolist(), strict=True):
                index = int(links.index[link])
                if index not in cut:
                    result.append(
                        Label(link, x, y, kept.style, rows_of(figures, index, kept.style))
                    )
        return result


def paint_label(
    painter: QPainter, label: Label, faint: bool = False, border: str | None = None
) -> None:
    """Draw a label on a plate that interrupts its line."""
    plate = label.rectangle
    pill(
        painter,
        plate,
        theme.color("panel", 0.93),
        theme.color(border) if border is not None else None,
        1.4,
        4.0,
    )
    painter.setOpacity(0.35 if faint else 1.0)
    y = plate.top() + 1.0 + label.style.row_height / 2
    for row in label.rows:
        x = label.x - row_width(row, label.style) / 2
        for text, token in row:
            draw_number(painter, text, x, y, label.style.size, theme.color(token), align=0.0)
            x += number_width(text, label.style.size)
        y += label.style.row_height
    painter.setOpacity(1.0)
    painter.setPen(Qt.PenStyle.NoPen)
