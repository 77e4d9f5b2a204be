"""Over each layer its name, activation and learned α, and the buttons that change the layers."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from engine.network import ALPHA, Architecture
from engine.network.activations import TABLE as ACTIVATIONS
from gui import theme
from gui.i18n import tr
from gui.views.canvas.figures import Figures
from gui.views.canvas.layout import CAPTION, HEADER, Plan
from gui.views.canvas.marks import (
    activation_curve,
    draw_number,
    draw_symbol,
    draw_words,
    elided,
    fitted,
    mixed,
    number_width,
    pill,
    snowflake,
    words_width,
)

TITLE_Y, CHIP_Y = 15.0, 37.0
CHIP_HEIGHT = 21.0
CURVE = 17.0
BUTTON_RADIUS = 9.0
ALPHA_SIZE = 12.0


def title_of(architecture: Architecture, number: int) -> str:
    """What a layer is called."""
    if number == 0:
        return tr("Input")
    if number == len(architecture.layers):
        return tr("Output")
    return tr("Hidden {0}").format(number)


def spacing(plan: Plan, number: int) -> float:
    """Room that a layer's header may take."""
    xs = [column.x for column in plan.columns] + [plan.loss[0]]
    own = plan.columns[number].x
    return min(abs(x - own) for place, x in enumerate(xs) if place != number) - 6.0


@dataclass(frozen=True, slots=True)
class Chip:
    """The activation of a layer: its place, and what it says."""

    box: QRectF
    name: str
    alpha: QRectF | None


def chip_of(plan: Plan, number: int, figures: Figures) -> Chip | None:
    """The chip over a layer; the inputs have none."""
    if number == 0:
        return None
    layer = plan.architecture.layers[number - 1]
    room = max(spacing(plan, number), 40.0)
    activation = ACTIVATIONS[layer.activation]
    key = (ALPHA, layer.id)
    tail = 0.0
    if key in plan.architecture.index:
        tail = 20.0 + number_width(_alpha(figures, plan.architecture.index[key]), ALPHA_SIZE)
    name = elided(tr(activation.label), max(room - CURVE - 22.0 - tail, 0.0), 11)
    if name != tr(activation.label):
        name = ""
    wide = CURVE + 14.0 + (words_width(name, 11) + 5.0 if name else 0.0) + tail
    x = plan.columns[number].x
    box = QRectF(x - wide / 2, CHIP_Y - CHIP_HEIGHT / 2, wide, CHIP_HEIGHT)
    alpha = QRectF(box.right() - tail - 2.0, box.top(), tail + 2.0, CHIP_HEIGHT) if tail else None
    return Chip(box, name, alpha)


def _alpha(figures: Figures, index: int) -> str:
    return fitted(float(figures.parameters[index]), 40.0, ALPHA_SIZE, 4)


def button_places(plan: Plan, number: int) -> tuple[QPointF, QPointF]:
    """Where a hidden layer's − and ＋ stand."""
    title = title_of(plan.architecture, number)
    away = words_width(title, 11, bold=True) / 2 + BUTTON_RADIUS + 7.0
    x = plan.columns[number].x
    return QPointF(x - away, TITLE_Y), QPointF(x + away, TITLE_Y)


def insert_place(plan: Plan, before: int) -> QPointF:
    """Where the ＋ stands that inserts a layer in front of layer ``before``."""
    return QPointF((plan.columns[before - 1].x + plan.columns[before].x) / 2, CHIP_Y)


def paint_header(
    painter: QPainter,
    plan: Plan,
    number: int,
    figures: Figures,
    *,
    selected: bool,
    hovered: bool,
    chip_hovered: bool,
    alpha_marked: bool,
) -> None:
    """Draw a layer's name and its activation."""
    column = plan.columns[number]
    color = theme.color("selection" if selected else "accent" if hovered else "muted")
    title = title_of(plan.architecture, number)
    if words_width(title, 11, bold=True) > spacing(plan, number) and number > 0:
        title = tr("H{0}").format(number) if number < len(plan.columns) - 1 else tr("Out")
    draw_words(painter, title, column.x, TITLE_Y, 11, color, bold=True)
    chip = chip_of(plan, number, figures)
    if chip is None:
        return
    layer = plan.architecture.layers[number - 1]
    border = theme.color("selection" if selected else "accent" if chip_hovered else "border")
    pill(painter, chip.box, theme.color("hover" if chip_hovered else "raised"), border, 1.2)
    left = chip.box.left() + 7.0
    box = QRectF(left, CHIP_Y - 5.5, CURVE, 11.0)
    activation_curve(painter, box, layer.activation, theme.color("accent"))
    draw_words(painter, chip.name, left + CURVE + 5.0, CHIP_Y, 11, theme.color("text"), align=0.0)
    if chip.alpha is not None:
        index = plan.architecture.index[ALPHA, layer.id]
        value = _alpha(figures, index)
        right = chip.box.right() - 7.0
        token = "selection" if alpha_marked else "text"
        draw_number(painter, value, right, CHIP_Y, ALPHA_SIZE, theme.color(token), align=1.0)
        left = right - number_width(value, ALPHA_SIZE) - 4.0
        draw_symbol(painter, r"\alpha", left, CHIP_Y, 13.0, theme.color("muted"), align=1.0)
    frozen = plan.architecture.frozen
    if frozen and plan.architecture.layer_keys(number) <= frozen:
        snowflake(painter, chip.box.right() + 8.0, CHIP_Y, 5.0, theme.color("accent"))


def paint_band(painter: QPainter, plan: Plan, number: int, token: str, alpha: float) -> None:
    """Shade a whole layer."""
    column = plan.columns[number]
    half = column.radius + 12.0
    box = QRectF(column.x - half, HEADER - 4.0, 2 * half, plan.height - HEADER - CAPTION + 6.0)
    pill(painter, box, theme.color(token, alpha), radius=12.0)


def paint_button(painter: QPainter, place: QPointF, plus: bool, hovered: bool) -> None:
    """Draw a round ＋ or −."""
    accent = theme.color("accent")
    fill = accent if hovered else mixed(theme.color("panel"), accent, 0.12)
    painter.setPen(QPen(accent, 1.2))
    painter.setBrush(fill)
    painter.drawEllipse(place, BUTTON_RADIUS, BUTTON_RADIUS)
    color = theme.color("on_accent") if hovered else accent
    painter.setPen(QPen(color, 1.8, c=Qt.PenCapStyle.RoundCap))
    arm = 0.48 * BUTTON_RADIUS
    painter.drawLine(place - QPointF(arm, 0), place + QPointF(arm, 0))
    if plus:
        painter.drawLine(place - QPointF(0, arm), place + QPointF(0, arm))


def paint_insertion(painter: QPainter, plan: Plan, before: int) -> None:
    """Show where a layer would be inserted."""
    place = insert_place(plan, before)
    pen = QPen(theme.color("accent", 0.6), 1.2)
    pen.setDashPattern([3.0, 4.0])
    painter.setPen(pen)
    top, bottom = place.y() + BUTTON_RADIUS + 3.0, plan.height - CAPTION
    painter.drawLine(QPointF(place.x(), top), QPointF(place.x(), bottom))
