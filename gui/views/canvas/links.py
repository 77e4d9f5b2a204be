"""Connections, drawn in batches: colour and dashes tell the sign, the width tells the size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.network import Vector
from gui import theme
from gui.views.canvas.layout import MOST_LINKS, Plan
from gui.views.canvas.marks import arrow_head, mixed, snowflake

Mask = NDArray[np.bool_]

CLASSES = 6
"""Widths that are told apart."""
THINNEST, WIDEST = 0.9, 4.4
DASH, DASH_GAP = 7.0, 4.0
SNOWFLAKE_SHARES = (0.22, 0.3, 0.14, 0.4, 0.6, 0.7, 0.8)


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that are drawn in one go: the sign of their weights, and their share of the largest."""

    sign: int
    share: float
    lines: list[QLineF]

    @property
    def width(self) -> float:
        """Width of the lines."""
        return THINNEST + (WIDEST - THINNEST) * self.share


@dataclass(frozen=True, eq=False)
class DrawnLinks:
    """The connections of a plan at some parameters.

    Attributes
    ----------
    weights
        (n,) weight of each link of the plan.
    drawn
        Which links are drawn: all, or the strongest.
    cut, frozen
        Which links are cut or frozen.
    """

    plan: Plan
    weights: Vector
    drawn: Mask
    cut: Mask
    frozen: Mask

    @classmethod
    def of(cls, plan: Plan, parameters: Vector) -> DrawnLinks:
        """Take the weights of a plan's links from the flat parameters."""
        links = plan.links
        weights = parameters[links.index]
        architecture = plan.architecture
        cut = np.isin(links.index, architecture.cut_indices)
        frozen = np.isin(links.index, architecture.frozen_indices)
        drawn = ~cut
        if len(links) > MOST_LINKS:
            strongest = np.argpartition(-np.abs(weights), MOST_LINKS)[:MOST_LINKS]
            mask = np.zeros(len(links), dtype=bool)
            mask[strongest] = True
            drawn &= mask
        return cls(plan, weights, drawn, cut, frozen)

    @cached_property
    def largest(self) -> float:
        """Size of the largest weight on the picture."""
        finite = np.abs(self.weights[np.isfinite(self.weights)])
        return float(finite.max(initial=0.0)) or 1.0

    def width(self, link: int) -> float:
        """Width with which a link is drawn."""
        share = min(abs(float(self.weights[link])) / self.largest, 1.0)
        return THINNEST + (WIDEST - THINNEST) * round(share * (CLASSES - 1)) / (CLASSES - 1)

    def batches(self, mask: Mask) -> list[Batch]:
        """Sort links into batches of one sign and one width."""
        chosen = np.flatnonzero(mask & self.drawn)
        if not len(chosen):
            return []
        weights = self.weights[chosen]
        with np.errstate(invalid="ignore"):
            share = np.minimum(np.abs(weights) / self.largest, 1.0)
        bucket = np.rint(np.nan_to_num(share, nan=1.0) * (CLASSES - 1)).astype(int)
        code = np.where(weights < 0, bucket + CLASSES, bucket)
        coordinates = np.hstack([self.plan.links.start, self.plan.links.end])
        result = []
        for number in np.unique(code):
            sign, width = (-1, number - CLASSES) if number >= CLASSES else (1, number)
            lines = [QLineF(*row) for row in coordinates[chosen[code == number]].tolist()]
            result.append(Batch(sign, width / (CLASSES - 1), lines))
        return result

    @cached_property
    def ghosts(self) -> list[QLineF]:
        """Lines of the connections that are cut."""
        coordinates = np.hstack([self.plan.links.start, self.plan.links.end])
        return [QLineF(*row) for row in coordinates[self.cut].tolist()]


def paint_batches(painter: QPainter, batches: list[Batch], strength: float, n: int) -> None:
    """Draw links; ``strength`` below 1 lets them step back, and so do weak ones among many (n)."""
    panel = theme.color("panel")
    for batch in batches:
        # Weak ones are nearer to the background: opaque, since crossing lines would add up.
        crowd = min(max((n - 24) / 120, 0.0), 1.0)
        least = 0.42 - 0.3 * crowd
        share = (least + (0.92 - least) * batch.share) * strength
        name = "negative" if batch.sign < 0 else "positive"
        width = batch.width * (1.0 - 0.35 * crowd)
        pen = QPen(mixed(panel, theme.color(name), share), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if batch.sign < 0:
            pen.setDashPattern([DASH / width, DASH_GAP / width])
        painter.setPen(pen)
        painter.drawLines(batch.lines)


def paint_ghosts(painter: QPainter, drawn: DrawnLinks) -> None:
    """Draw the cut connections: faint, dotted, with a small gap sign in the middle."""
    if not drawn.ghosts:
        return
    color = mixed(theme.color("panel"), theme.color("muted"), 0.5)
    pen = QPen(color, 1.2)
    pen.setDashPattern([1.5, 5.0])
    painter.setPen(pen)
    painter.drawLines(drawn.ghosts)
    painter.setPen(QPen(theme.color("muted"), 1.4, c=Qt.PenCapStyle.RoundCap))
    for line in drawn.ghosts:
        middle, r = line.pointAt(0.5), 3.2
        painter.drawLine(middle + QPointF(-r, -r), middle + QPointF(r, r))
        painter.drawLine(middle + QPointF(-r, r), middle + QPointF(r, -r))


def paint_highlight(
    painter: QPainter, drawn: DrawnLinks, chosen: NDArray[np.intp], token: str, alpha: float = 0.22
) -> None:
    """Lay light under some links."""
    links = drawn.plan.links
    color = theme.color(token, alpha)
    for link in chosen.tolist():
        painter.setPen(QPen(color, drawn.width(link) + 7.0, c=Qt.PenCapStyle.FlatCap))
        painter.drawLine(QLineF(*links.start[link], *links.end[link]))


def paint_direction(
    painter: QPainter,
    drawn: DrawnLinks,
    chosen: NDArray[np.intp],
    token: str,
    direction: int,
    travelled: float | None,
) -> None:
    """Arrows along some links, and, while a step is being taken, a bead that runs over each."""
    links = drawn.plan.links
    color = theme.color(token)
    for link in chosen.tolist():
        start, end = links.start[link], links.end[link]
        step = (end - start) * direction
        first = start if direction > 0 else end
        tip = first + 0.93 * step
        arrow_head(painter, tip[0], tip[1], step[0], step[1], 5.5, color)
        if travelled is not None and travelled < 1.0:
            bead = first + travelled * 0.93 * step
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(token, 0.25))
            painter.drawEllipse(QPointF(*bead), 8.0, 8.0)
            painter.setBrush(color)
            painter.drawEllipse(QPointF(*bead), 4.0, 4.0)


def paint_frozen(painter: QPainter, drawn: DrawnLinks) -> None:
    """Hatch frozen connections: notches across the line."""
    links = drawn.plan.links
    color = theme.color("panel")
    for link in np.flatnonzero(drawn.frozen & drawn.drawn).tolist():
        start, end = links.start[link], links.end[link]
        dx, dy = end - start
        length = math.hypot(dx, dy) or 1.0
        ux, uy = dx / length, dy / length
        half = drawn.width(link) / 2 + 1.0
        painter.setPen(QPen(color, 1.4))
        at = 6.0
        while at < length - 6.0:
            x, y = start[0] + at * ux, start[1] + at * uy
            painter.drawLine(
                QPointF(x - half * (ux - uy), y - half * (uy + ux)),
                QPointF(x + half * (ux - uy), y + half * (uy + ux)),
            )
            at += 5.0


def paint_snowflakes(painter: QPainter, drawn: DrawnLinks, labels: Sequence[QRectF]) -> None:
    """Mark frozen connections with a snowflake, beside their labels."""
    links = drawn.plan.links
    accent, panel = theme.color("accent"), theme.color("panel")
    for link in np.flatnonzero(drawn.frozen & drawn.drawn).tolist():
        start, end = links.start[link], links.end[link]
        for share in SNOWFLAKE_SHARES:
            x, y = (start + share * (end - start)).tolist()
            disc = QRectF(x - 8.0, y - 8.0, 16.0, 16.0)
            if not any(label.intersects(disc) for label in labels):
                break
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(panel)
        painter.drawEllipse(QPointF(x, y), 7.5, 7.5)
        snowflake(painter, x, y, 5.0, accent)
