"""The two ends of the picture: the inputs' tags at the left, targets and loss at the right."""

from __future__ import annotations

import math
import re

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from engine.data import Dataset
from engine.numbers import shown
from engine.training import Phase
from gui import theme
from gui.i18n import tr
from gui.views.canvas.figures import Figures
from gui.views.canvas.headers import CHIP_Y
from gui.views.canvas.layout import SINGLE_TARGET, TAG_HEIGHT, Column, Plan
from gui.views.canvas.marks import (
    CAP_HEIGHT,
    NO_BRUSH,
    arrow_head,
    draw_number,
    draw_symbol,
    draw_words,
    elided,
    fitted,
    glow,
    number_width,
    pill,
    symbol_width,
    tint,
    words_width,
)

TALL_TAG = 40.0
LOSS_DROP = 0.2
"""How far below the middle of its circle the loss's figure stands, in radii."""
SAMPLED_ROWS = 40
"""So many samples tell how wide a tag has to be."""
_PLAIN_NAME = re.compile(r"x?_?\d*|r\d+c\d+|pixel.*")


def feature_label(dataset: Dataset, position: int) -> str:
    """A feature's name if it says more than its number; units in brackets are left out."""
    name = dataset.feature_names[position]
    if _PLAIN_NAME.fullmatch(name):
        return ""
    return re.sub(r"\s*[(\[（].*[)\]）]\s*$", "", name) or name


def tag_width(dataset: Dataset) -> float:
    """Width of the widest input's tag."""
    count = len(dataset.feature_names)
    if count > 24:
        return 66.0
    names = [feature_label(dataset, position) for position in range(count)]
    values = dataset.inputs[:SAMPLED_ROWS].ravel().tolist()
    number = max(number_width(shown(value, 4), 14.0) for value in values)
    symbol = 14.0 if count == 1 else 20.0
    return max(symbol + number + 24.0, *(words_width(name, 11) + 20.0 for name in names))


def target_width(dataset: Dataset) -> float:
    """Width of the widest target's tag, where there are several."""
    if dataset.task != "classification":
        return SINGLE_TARGET
    return max(48.0, *(words_width(name, 11, bold=True) + 14.0 for name in dataset.target_names))


def tag_box(plan: Plan, column: Column, y: float) -> QRectF:
    """The tag of an input."""
    high = min(TALL_TAG, column.pitch - 5.0) if column.pitch >= 46.0 else TAG_HEIGHT
    high = min(high, column.pitch - 4.0)
    return QRectF(column.x - plan.tag_width / 2, y - high / 2, plan.tag_width, high)


def paint_input(
    painter: QPainter,
    plan: Plan,
    position: int,
    figures: Figures,
    dataset: Dataset,
    *,
    selected: bool,
    hovered: bool,
    faint: bool,
) -> None:
    """Draw an input: symbol, name, and the value of the sample that is shown."""
    column = plan.columns[0]
    y = column.y(position)
    if y is None:
        return
    box = tag_box(plan, column, y)
    value = figures.input(position)
    if selected:
        painter.setPen(QPen(theme.color("selection"), 2.4))
        painter.setBrush(NO_BRUSH)
        painter.drawRoundedRect(box.adjusted(-4, -4, 4, 4), 11, 11)
    running = value is not None and figures.micro > 0
    border = theme.color("accent" if hovered else "forward" if running else "control")
    painter.setOpacity(0.4 if faint else 1.0)
    fill = tint("forward", 0.1) if running else theme.color("raised")
    pill(painter, box, fill, border, 2.0 if hovered else 1.4, 8.0)
    symbol = figures.notation.input(position + 1)
    name = feature_label(dataset, position)
    color = theme.color("forward" if running else "text")
    left, right = box.left() + 9.0, box.right() - 9.0
    if name and box.height() >= 34.0:
        text = elided(name, box.width() - 16.0, 11)
        draw_words(painter, text, column.x, y - 8.0, 11, theme.color("muted"))
        y += 9.0
    size = 14.0 if box.height() >= 22.0 else 0.62 * box.height()
    if value is None:
        draw_symbol(painter, symbol, column.x, y, size, theme.color("text"))
    else:
        draw_symbol(painter, symbol, left, y, size, theme.color("muted"), align=0.0)
        room = right - left - symbol_width(symbol, size) - 6.0
        draw_number(painter, fitted(value, room, size), right, y, size, color, align=1.0)
    painter.setOpacity(1.0)


def paint_ellipsis(
    painter: QPainter, column: Column, figures: Figures, image: QImage | None = None
) -> None:
    """Say how many units are not drawn, or which of them is in work.

    ``image`` is the sample as a picture, drawn instead of dots.
    """
    if not column.left_out:
        return
    if image is not None:
        text = tr("{0} more").format(column.left_out)
        _paint_thumbnail(painter, column.x, column.ellipsis - 8.0, image)
        draw_words(painter, text, column.x, column.ellipsis + 21.0, 11, theme.color("muted"))
        return
    step = figures.step
    text, token = tr("{0} more").format(column.left_out), "muted"
    here = step is not None and step.layer == column.number and step.unit >= 0
    if step is not None and here and step.unit not in column.units:
        text, token = tr("no. {0}").format(step.unit + 1), figures.token
        glow(painter, column.x, column.ellipsis, 12.0, theme.color(token))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    for dot in (-1, 0, 1):
        painter.drawEllipse(QPointF(column.x + 7.0 * dot, column.ellipsis - 7.0), 1.8, 1.8)
    wide = words_width(text, 11) + 10.0
    plate = QRectF(column.x - wide / 2, column.ellipsis - 1.0, wide, 15.0)
    pill(painter, plate, theme.color("panel", 0.85))
    draw_words(painter, text, column.x, column.ellipsis + 6.5, 11, theme.color(token))


def is_picture(dataset: Dataset) -> bool:
    """Whether a sample is a square picture: its features are the pixels r1c1, r1c2 …"""
    names = dataset.feature_names
    side = round(len(names) ** 0.5)
    return side >= 3 and side * side == len(names) and names[-1] == f"r{side}c{side}"


def thumbnail(dataset: Dataset, row: int) -> QImage | None:
    """A sample as a picture, where it is one."""
    if not is_picture(dataset):
        return None
    side = round(len(dataset.feature_names) ** 0.5)
    pixels = dataset.inputs[row].reshape(side, side)
    low, high = float(dataset.inputs.min()), float(dataset.inputs.max())
    level = (pixels - low) / (high - low or 1.0)
    ink, paper = (
        np.array([color.red(), color.green(), color.blue()], dtype=np.float64)
        for color in (theme.color("text"), theme.color("panel"))
    )
    rgb = paper + level[..., None] * (ink - paper)
    data = np.full((side, side, 4), 255, dtype=np.uint8)
    data[..., :3] = np.rint(rgb)
    return QImage(data.data, side, side, 4 * side, QImage.Format.Format_RGBA8888).copy()


def _paint_thumbnail(painter: QPainter, x: float, y: float, image: QImage) -> None:
    """Draw a sample, pixels and all."""
    side = 38.0
    box = QRectF(x - side / 2, y - side / 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    pill(painter, box.adjusted(-3, -3, 3, 3), theme.color("panel"), theme.color("border"), 1.0, 5.0)
    painter.drawImage(box, image)


def paint_target(
    painter: QPainter, plan: Plan, place: int, position: int, figures: Figures
) -> None:
    """Draw what the output should be, beside it or under the loss."""
    x, y = plan.targets[place]
    value = figures.target(position)
    symbol = figures.notation.target(position + 1)
    dataset = figures.moment.segment.training.experiment.dataset
    several = len(plan.targets) > 1
    wide = plan.target_width
    box = QRectF(x - wide / 2, y - 11.0, wide, 22.0)
    hit = several and value is not None and dataset.task == "classification" and value > 0.5
    pill(
        painter,
        box,
        theme.color("panel"),
        theme.color("text") if hit else theme.color("control"),
        1.6 if hit else 1.0,
        6.0,
    )
    color = theme.color("text")
    if several and dataset.task == "classification":
        name = dataset.target_names[position]
        bold = bool(hit)
        text = elided(name, wide - 10.0, 11, bold)
        draw_words(painter, text, x, y, 11, color if hit else theme.color("muted"), bold=bold)
        return
    if value is None:
        draw_symbol(painter, symbol, x, y, 14.0, theme.color("muted"))
        return
    left = box.left() + 8.0
    draw_symbol(painter, symbol, left, y, 14.0, theme.color("muted"), align=0.0)
    room = wide - 16.0 - symbol_width(symbol, 14.0) - 5.0
    draw_number(painter, fitted(value, room, 14.0), box.right() - 8.0, y, 14.0, color, align=1.0)


def paint_loss_lines(painter: QPainter, plan: Plan, figures: Figures) -> None:
    """Draw how outputs and targets come together in the loss, and the error's way back."""
    step = figures.step
    running = step is not None and step.phase is Phase.LOSS
    back = step is not None and step.phase is Phase.OUTPUT_ERROR
    output = plan.columns[-1]
    x, y = plan.loss
    for place, (position, own) in enumerate(zip(output.units, output.ys.tolist(), strict=True)):
        returns = back and step is not None and step.unit == position
        token = "forward" if running else "backward" if returns else "control"
        wide = 2.4 if running or returns else 1.3
        painter.setPen(QPen(theme.color(token), wide))
        start = QPointF(output.x + output.radius, own)
        if len(plan.targets) > 1:
            tag_x, tag_y = plan.targets[place]
            half = plan.target_width / 2
            painter.drawLine(start, QPointF(tag_x - half, tag_y))
            start = QPointF(tag_x + half, tag_y)
        dx, dy = x - start.x(), y - start.y()
        length = (dx * dx + dy * dy) ** 0.5 or 1.0
        rim = QPointF(x - dx / length * plan.loss_radius, y - dy / length * plan.loss_radius)
        painter.drawLine(start, rim)
        if running:
            share = 1.0 - 6.0 / length
            tip = start + (rim - start) * share
            arrow_head(painter, tip.x(), tip.y(), dx, dy, 5.5, theme.color(token))
        elif returns:
            first = QPointF(output.x + output.radius, own)
            arrow_head(painter, first.x() + 6.0, first.y(), -1.0, 0.0, 5.5, theme.color(token))
    if len(plan.targets) == 1:
        token = "forward" if running else "control"
        painter.setPen(QPen(theme.color(token), 2.4 if running else 1.3))
        top = plan.targets[0][1] - 11.0
        painter.drawLine(QPointF(x, top), QPointF(x, y + plan.loss_radius))


def loss_size(radius: float) -> float:
    """Size in pixels of the figure in the loss's circle: smaller in a small one."""
    return min(14.0, 0.5 * radius)


def loss_room(radius: float) -> float:
    """Width that the circle leaves to its figure, at the figure's lower edge."""
    edge = LOSS_DROP * radius + 0.5 * CAP_HEIGHT * loss_size(radius)
    return 2.0 * math.sqrt(radius**2 - edge**2) - 4.0


def paint_loss(painter: QPainter, plan: Plan, figures: Figures, *, hovered: bool) -> None:
    """Draw the loss: of the sample while a pass is on its way, of the training set between two."""
    x, y = plan.loss
    r = plan.loss_radius
    step = figures.step
    lit = step is not None and step.phase in (Phase.LOSS, Phase.OUTPUT_ERROR)
    if lit:
        glow(painter, x, y, r, theme.color(figures.token))
    several = len(figures.moment.segment.training.experiment.dataset.train) > 1
    change = figures.loss_change
    value = figures.sample_loss if change is None else change[1]
    border = theme.color(figures.token if lit else "accent" if hovered else "text")
    painter.setPen(QPen(border, 2.6 if lit else 1.8))
    painter.setBrush(theme.color("raised") if value is None else tint("text", 0.05))
    painter.drawEllipse(QPointF(x, y), r, r)
    symbol = figures.notation.cost if change and several else figures.notation.loss
    color = theme.color("text")
    if value is None:
        draw_symbol(painter, symbol, x, y, 0.62 * r, color)
    else:
        draw_symbol(painter, symbol, x, y - 0.42 * r, 0.46 * r, theme.color("muted"))
        size = loss_size(r)
        draw_number(painter, fitted(value, loss_room(r), size), x, y + LOSS_DROP * r, size, color)
    if change is not None and change[0] is not None:
        _paint_change(painter, plan, change[0], change[1])
    elif figures.moment.known.loss and len(figures.moment.trace.rows) > 1:
        _paint_mean(painter, plan, figures)


def _paint_mean(painter: QPainter, plan: Plan, figures: Figures) -> None:
    """Write the mean over the batch over the loss; in two lines where one would reach a neuron."""
    trace, (x, y) = figures.moment.trace, plan.loss
    several, output = len(plan.targets) > 1, plan.columns[-1]
    mean = fitted(trace.batch_loss, 60.0, 12.0)
    text = tr("mean of {0}: {1}").format(len(trace.rows), mean)
    lines = [text]
    wide = words_width(text, 11)
    right = min(x + wide / 2, plan.width - 8.0)
    if right - wide < output.x + (24.0 if several else -output.radius):
        lines = [text.removesuffix(mean).rstrip(" :："), mean]
    base = CHIP_Y if several else y - plan.loss_radius - 14.0
    for row, line in enumerate(lines):
        wide = words_width(line, 11)
        right = min(x + wide / 2, plan.width - 8.0)
        top = base - 14.0 * (len(lines) - 1 - row)
        draw_words(painter, line, right, top, 11, theme.color("muted"), align=1.0)


def _paint_change(painter: QPainter, plan: Plan, old: float, new: float) -> None:
    """Write the loss before and after an iteration, large: over the loss, or at the very top."""
    x, y = plan.loss
    several = len(plan.targets) > 1
    top = CHIP_Y if several else y - plan.loss_radius - 20.0
    arrow = " ↘ " if new < old else " ↗ " if new > old else " → "
    room = plan.width - 12.0 - plan.columns[-1].x - (46.0 if several else 6.0)
    for digits, size in ((6, 17.0), (5, 15.0), (4, 15.0), (4, 13.0), (3, 12.0)):
        pieces = shown(old, digits), arrow, shown(new, digits)
        widths = [number_width(text, size) for text in pieces]
        if sum(widths) <= room:
            break
    else:
        if several:
            # The old one would reach into the name of the last activation.
            pieces = "", arrow.lstrip(), shown(new, 3)
            widths = [number_width(text, size) for text in pieces]
    left = min(x - sum(widths) / 2, plan.width - 10.0 - sum(widths))
    color = theme.color("success" if new < old else "error" if new > old else "text")
    colors = theme.color("muted"), color, color
    for text, wide, shade in zip(pieces, widths, colors, strict=True):
        draw_number(painter, text, left, top, size, shade, align=0.0)
        left += wide
