"""Neurons: circles with symbol and number, or rounded squares with their own map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from gui import theme
from gui.views.canvas.figures import Figures
from gui.views.canvas.maps import SIDE, NeuronMap
from gui.views.canvas.marks import (
    NO_BRUSH,
    NO_PEN,
    draw_number,
    draw_symbol,
    fitted,
    glow,
    hatch,
    number_width,
    pill,
    snowflake,
    symbol_width,
    tint,
)
from gui.views.canvas.texts import ARROW
from gui.views.scene_export import is_vector

SMALLEST_TEXT = 8.0
"""Letters that would come out smaller on screen are left out."""
BADGE_SIZE = 12.0
ROOMY = 25.0
"""From this radius on a neuron has room for badges with words."""


@dataclass(frozen=True, slots=True)
class Node:
    """How one neuron is drawn."""

    layer: int
    position: int
    x: float
    y: float
    radius: float
    lit: bool = False
    selected: bool = False
    hovered: bool = False
    frozen: bool = False
    faint: bool = False
    map: NeuronMap | None = None

    @property
    def box(self) -> QRectF:
        """The square around it."""
        r = self.radius
        return QRectF(self.x - r, self.y - r, 2 * r, 2 * r)

    @property
    def corner(self) -> float:
        """Radius of the corners: a circle without a map."""
        return self.radius if self.map is None else 0.3 * self.radius


def paint_node(painter: QPainter, node: Node, figures: Figures, zoom: float) -> None:
    """Draw a neuron with what is known of it."""
    value = figures.activation(node.layer, node.position)
    if node.lit:
        glow(painter, node.x, node.y, node.radius, theme.color(figures.token))
    if node.selected:
        ring = node.box.adjusted(-4.5, -4.5, 4.5, 4.5)
        corner = node.corner + 4.5
        painter.setPen(QPen(theme.color("selection"), 2.4))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(ring, corner, corner)
    border, width = _border(node, figures, value is not None)
    known = "forward" if value is not None else None
    fill = tint(known, 0.1) if known is not None else theme.color("raised")
    if node.faint:
        painter.setOpacity(0.4)
    painter.setPen(QPen(border, width))
    painter.setBrush(fill)
    painter.drawRoundedRect(node.box, node.corner, node.corner)
    if node.map is not None:
        _paint_map(painter, node, node.map, border, width)
    if node.frozen:
        _paint_frozen(painter, node)
    _paint_words(painter, node, figures, value, zoom)
    painter.setOpacity(1.0)


def _border(node: Node, figures: Figures, known: bool) -> tuple[QColor, float]:
    if node.lit:
        return theme.color(figures.token), 2.6
    if node.hovered:
        return theme.color("accent"), 2.2
    if known:
        return theme.color("forward"), 1.7
    return theme.color("control"), 1.5


def _paint_map(painter: QPainter, node: Node, own: NeuronMap, border: QColor, width: float) -> None:
    box, corner = node.box, node.corner
    if own.image is not None:
        if is_vector(painter):
            # Files know no textures with rounded corners: the picture goes under a square frame.
            painter.drawImage(box.adjusted(2, 2, -2, -2), own.image)
        else:
            brush = QBrush(own.image)
            scale = box.width() / SIDE
            brush.setTransform(QTransform(scale, 0, 0, scale, box.left(), box.top()))
            painter.setBrush(brush)
            painter.setPen(QPen(border, width))
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawRoundedRect(box, corner, corner)
        return
    r = 0.8 * node.radius
    middle = node.y
    painter.setPen(QPen(theme.color("grid"), 1.0))
    painter.drawLine(QPointF(node.x - r, middle), QPointF(node.x + r, middle))
    painter.setBrush(NO_BRUSH)
    painter.setPen(QPen(theme.color("positive"), 1.8, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(
        QPolygonF([QPointF(node.x + r * p.x(), middle - r * p.y()) for p in own.curve])
    )


def _paint_frozen(painter: QPainter, node: Node) -> None:
    shape = QPainterPath()
    inner = node.box.adjusted(2, 2, -2, -2)
    shape.addRoundedRect(inner, max(node.corner - 2, 1), max(node.corner - 2, 1))
    hatch(painter, shape, theme.color("accent", 0.35))
    r = min(7.0, 0.38 * node.radius)
    x, y = node.x + 0.78 * node.radius, node.y - 0.78 * node.radius
    painter.setPen(QPen(theme.color("accent"), 1.0))
    painter.setBrush(theme.color("panel"))
    painter.drawEllipse(QPointF(x, y), r + 2.0, r + 2.0)
    snowflake(painter, x, y, r, theme.color("accent"))


@lru_cache(maxsize=512)
def _symbol_size(latex: str, width: float, largest: float) -> float:
    return min(largest, largest * width / max(symbol_width(latex, largest), 1.0))


def _paint_words(
    painter: QPainter, node: Node, figures: Figures, value: float | None, zoom: float
) -> None:
    r = node.radius
    symbol = figures.notation.activation(node.layer, node.position + 1)
    if node.map is not None:
        size = min(13.0, 0.62 * r)
        if value is not None and size * zoom >= SMALLEST_TEXT:
            text = fitted(value, 1.75 * r, size)
            strip = QRectF(node.x - 0.93 * r, node.y + r - size - 4.0, 1.86 * r, size + 2.5)
            pill(painter, strip, theme.color("panel", 0.86), radius=3.0)
            color = theme.color("forward")
            draw_number(painter, text, node.x, strip.center().y(), size, color)
        return
    if value is None:
        size = _symbol_size(symbol, 1.35 * r, 0.66 * r)
        if size * zoom >= SMALLEST_TEXT:
            draw_symbol(painter, symbol, node.x, node.y, size, theme.color("text"))
        return
    with_symbol = r * zoom >= ROOMY
    size = min(15.0, 0.55 * r) if with_symbol else 0.66 * r
    if size * zoom < SMALLEST_TEXT:
        return
    y = node.y + (0.22 * r if with_symbol else 0.0)
    text = fitted(value, 1.8 * r, size)
    draw_number(painter, text, node.x, y, size, theme.color("forward"))
    if with_symbol:
        above = _symbol_size(symbol, 1.1 * r, 0.46 * r)
        draw_symbol(painter, symbol, node.x, node.y - 0.42 * r, above, theme.color("muted"))


def paint_delta(painter: QPainter, node: Node, figures: Figures, zoom: float) -> None:
    """Write a neuron's error onto its lower rim, once it is known."""
    delta = figures.delta(node.layer, node.position)
    if delta is None:
        return
    painter.setOpacity(0.4 if node.faint else 1.0)
    _paint_delta(painter, node, delta, zoom)
    painter.setOpacity(1.0)


def _paint_delta(painter: QPainter, node: Node, delta: float, zoom: float) -> None:
    if node.map is None:
        _paint_badge(painter, node, r"\delta", delta, "backward", zoom)
        return
    size = min(13.0, 0.62 * node.radius)
    if size * zoom >= SMALLEST_TEXT:
        r = node.radius
        strip = QRectF(node.x - 0.93 * r, node.y - r + 1.5, 1.86 * r, size + 2.5)
        pill(painter, strip, theme.color("panel", 0.86), radius=3.0)
        text = fitted(delta, 1.75 * r, size)
        draw_number(painter, text, node.x, strip.center().y(), size, theme.color("backward"))


def paint_sum(painter: QPainter, node: Node, figures: Figures, zoom: float) -> None:
    """Write the weighted sum onto the lower rim of the neuron that has just been computed."""
    value = figures.pre_activation(node.layer, node.position)
    if value is not None and node.map is None:
        symbol = figures.notation.pre_activation(node.layer, node.position + 1)
        _paint_badge(painter, node, symbol, value, "forward", zoom)


def _paint_badge(
    painter: QPainter, node: Node, symbol: str, value: float, token: str, zoom: float
) -> None:
    roomy = node.radius >= ROOMY
    size = BADGE_SIZE if roomy else 10.0
    if size * zoom < SMALLEST_TEXT or node.radius * zoom < 12.0:
        return
    number = fitted(value, (2.6 if roomy else 2.2) * node.radius, size)
    # Small neurons stand too close to each other for the symbol.
    first = symbol_width(symbol, size) + 5.0 if roomy else 0.0
    wide = first + number_width(number, size) + 10.0
    high = size + 4.0
    box = QRectF(node.x - wide / 2, node.y + node.radius - 0.36 * high, wide, high)
    pill(painter, box, tint(token, 0.12), theme.color(token), 1.2)
    color = theme.color(token)
    if roomy:
        draw_symbol(painter, symbol, box.left() + 5.0, box.center().y(), size, color, align=0.0)
    draw_number(painter, number, box.right() - 5.0, box.center().y(), size, color, align=1.0)


def bias_box(node: Node, figures: Figures, index: int, zoom: float) -> QRectF:
    """Where a neuron's bias is drawn: a tag at its upper left, or a dot where that has no room."""
    if not bias_has_words(node, zoom):
        r = max(2.6, 0.16 * node.radius)
        away = 0.86 if node.map is not None else 0.72
        x, y = node.x - away * node.radius, node.y - away * node.radius
        return QRectF(x - r, y - r, 2 * r, 2 * r)
    wide = symbol_width("b", BADGE_SIZE) + 5.0 + number_width(_bias(figures, index), 11.5) + 10.0
    right = node.x - 0.12 * node.radius
    return QRectF(right - wide, node.y - node.radius - 12.0, wide, 15.0)


def bias_has_words(node: Node, zoom: float) -> bool:
    """Whether a bias is a tag with its number rather than a dot."""
    return node.radius >= ROOMY and node.map is None and zoom * 11.5 >= SMALLEST_TEXT


def _bias(figures: Figures, index: int) -> str:
    value = float(figures.parameters[index])
    old = figures.old(index)
    now = fitted(value, 40.0, 11.5, 4)
    if old is None:
        return now
    before = fitted(old, 40.0, 11.5, 4)
    return before + ARROW + now if len(before + now) < 10 else now


def paint_bias(
    painter: QPainter,
    node: Node,
    figures: Figures,
    index: int,
    zoom: float,
    marked: str | None,
    frozen: bool,
) -> None:
    """Draw a bias; ``marked`` is the colour of its frame where it is selected or in work."""
    box = bias_box(node, figures, index, zoom)
    value = float(figures.parameters[index])
    sign = theme.color("negative" if value < 0 else "positive")
    if not bias_has_words(node, zoom):
        painter.setPen(QPen(theme.color(marked) if marked else sign, 1.8 if marked else 1.3))
        # A ring is negative, a disc positive.
        painter.setBrush(theme.color("panel") if value < 0 else sign)
        painter.drawEllipse(box)
        return
    border = theme.color(marked) if marked else theme.color("border")
    pill(painter, box, theme.color("panel"), border, 1.8 if marked else 1.0)
    middle = box.center().y()
    token = "update" if figures.old(index) is not None else None
    draw_symbol(painter, "b", box.left() + 5.0, middle, 12.0, theme.color("muted"), align=0.0)
    color = theme.color(token) if token else sign
    draw_number(painter, _bias(figures, index), box.right() - 5.0, middle, 11.5, color, align=1.0)
    if frozen:
        painter.setPen(NO_PEN)
        snowflake(painter, box.left() - 6.0, middle, 4.5, theme.color("accent"))
