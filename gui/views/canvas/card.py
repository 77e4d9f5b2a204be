"""The words over the picture: the read-out beside the pointer, and the caption under it all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from engine.network import Key
from gui import theme
from gui.i18n import tr
from gui.views.canvas.ends import feature_label
from gui.views.canvas.figures import Figures
from gui.views.canvas.headers import title_of
from gui.views.canvas.hits import Hit
from gui.views.canvas.marks import (
    NO_PEN,
    draw_number,
    draw_symbol,
    draw_words,
    elided,
    number_width,
    pill,
    symbol_width,
    words_width,
)
from gui.views.canvas.words import (
    caption,
    full,
    parameter_name,
    parameter_symbol,
    sample_note,
    unit_name,
)

SIZE = 14.0
WORDS = 11
ROW = 19.0
PADDING = 9.0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the card: a symbol with its number, or words."""

    text: str
    symbol: str = ""
    token: str = "text"

    @property
    def width(self) -> float:
        """Width of the line."""
        if not self.symbol:
            return words_width(self.text, WORDS)
        return symbol_width(self.symbol, SIZE) + number_width(" = " + self.text, SIZE)


def rows_for(figures: Figures, hit: Hit | None) -> tuple[Row, ...]:
    """What the card says of the thing under the pointer; empty: no card."""
    if hit is None:
        return ()
    texts = {
        "add_unit": tr("Add a neuron to this layer"),
        "remove_unit": tr("Remove a neuron of this layer"),
        "insert_layer": tr("Insert a layer here"),
        "activation": tr("Choose the activation"),
    }
    if hit.kind in texts:
        return (Row(texts[hit.kind]),)
    if hit.kind == "parameter":
        return _of_parameter(figures, hit.target)
    if hit.kind == "unit":
        return _of_unit(figures, *figures.architecture.places[hit.target[0]])
    if hit.kind == "loss":
        return _of_loss(figures)
    return _of_layer(figures, hit.target[0])


def _of_parameter(figures: Figures, key: Key) -> tuple[Row, ...]:
    architecture = figures.architecture
    index = architecture.index[key]
    symbol = parameter_symbol(figures, key)
    title = Row(parameter_name(architecture, key), token="muted")
    for cut in architecture.cut:
        if cut.key == key:
            return title, Row(tr("Cut. Click to join it again: {0}").format(full(cut.weight)))
    value = float(figures.parameters[index])
    rows = [title, Row(full(value), symbol, "negative" if value < 0 else "positive")]
    old = figures.old(index)
    if old is not None:
        rows[1:] = [Row(f"{full(old)} → {full(value)}", symbol, "update")]
    gradient = figures.gradient(index)
    if gradient is not None:
        several = len(figures.moment.trace.rows) > 1
        name = figures.notation.cost if several else figures.notation.loss
        rows.append(Row(full(gradient), rf"\partial {name}/\partial {symbol}", "gradient"))
    if key in architecture.frozen:
        rows.append(Row(tr("Frozen: training leaves it alone"), token="accent"))
    return tuple(rows)


def _of_unit(figures: Figures, layer: int, position: int) -> tuple[Row, ...]:
    rows = [Row(unit_name(figures.architecture, layer, position), token="muted")]
    dataset = figures.moment.segment.training.experiment.dataset
    if layer == 0 and feature_label(dataset, position):
        rows = [Row(dataset.feature_names[position], token="muted")]
    notation = figures.notation
    total = figures.pre_activation(layer, position)
    if total is not None:
        rows.append(Row(full(total), notation.pre_activation(layer, position + 1)))
    value = figures.activation(layer, position)
    if value is not None:
        rows.append(Row(full(value), notation.activation(layer, position + 1), "forward"))
        if layer == 0 and dataset.scaling is not None:
            raw = value * dataset.scaling.deviation[position] + dataset.scaling.mean[position]
            rows.append(Row(tr("{0} before standardization").format(full(float(raw)))))
    delta = figures.delta(layer, position)
    if delta is not None:
        rows.append(Row(full(delta), notation.delta(layer, position + 1), "backward"))
    return tuple(rows)


def _of_loss(figures: Figures) -> tuple[Row, ...]:
    state = figures.moment.state
    rows = []
    if figures.sample_loss is not None:
        rows.append(Row(full(figures.sample_loss), figures.notation.loss))
        if len(figures.moment.trace.rows) > 1:
            text = full(figures.moment.trace.batch_loss)
            rows.append(Row(text, figures.notation.cost))
    elif figures.loss_change is not None:
        rows.append(Row(tr("Loss over the training set"), token="muted"))
        rows.append(Row(full(state.loss), figures.notation.cost))
    label = figures.moment.segment.training.experiment.loss_function.label
    return (Row(tr(label), token="muted"), *rows)


def _of_layer(figures: Figures, number: int) -> tuple[Row, ...]:
    architecture = figures.architecture
    widths = architecture.widths
    title = f"{title_of(architecture, number)}: {tr('{0} units').format(widths[number])}"
    rows = [Row(title, token="muted")]
    if number == 0:
        return tuple(rows)
    own = architecture.layout.views(figures.parameters)[number - 1]
    size = np.abs(own.weights)
    text = tr("{0} weights, |w| from {1} to {2}")
    rows.append(Row(text.format(size.size, f"{float(size.min()):.3g}", f"{float(size.max()):.3g}")))
    if figures.moment.known.activations[number - 1] == widths[number]:
        values = figures.moment.trace.sample_forward.activations[number][0]
        silent = int((values == 0.0).sum())
        low, high = f"{float(values.min()):.3g}", f"{float(values.max()):.3g}"
        rows.append(Row(tr("values from {0} to {1}").format(low, high), token="forward"))
        if silent:
            rows.append(Row(tr("{0} of them silent").format(silent), token="forward"))
    return tuple(rows)


def paint_card(painter: QPainter, rows: tuple[Row, ...], pointer: QPointF, area: QRectF) -> None:
    """Draw the card beside the pointer, inside the area."""
    if not rows:
        return
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    wide = max(row.width for row in rows) + 2 * PADDING
    high = sum(ROW if row.symbol else ROW - 2.0 for row in rows) + PADDING
    x, y = pointer.x() + 16.0, pointer.y() + 18.0
    x = max(min(x, area.right() - wide - 4.0), area.left() + 4.0)
    if y + high > area.bottom() - 4.0:
        y = max(pointer.y() - high - 12.0, area.top() + 4.0)
    box = QRectF(x, y, wide, high)
    pill(painter, box.translated(0, 2), theme.color("text", 0.10), radius=7.0)
    pill(painter, box, theme.color("raised"), theme.color("control"), 1.0, 6.0)
    y += PADDING / 2
    for row in rows:
        step = ROW if row.symbol else ROW - 2.0
        middle = y + step / 2
        left = box.left() + PADDING
        if row.symbol:
            draw_symbol(painter, row.symbol, left, middle, SIZE, theme.color("text"), align=0.0)
            left += symbol_width(row.symbol, SIZE)
            draw_number(painter, " = ", left, middle, SIZE, theme.color("muted"), align=0.0)
            left += number_width(" = ", SIZE)
            draw_number(painter, row.text, left, middle, SIZE, theme.color(row.token), align=0.0)
        else:
            draw_words(painter, row.text, left, middle, WORDS, theme.color(row.token), align=0.0)
        y += step


def paint_caption(painter: QPainter, figures: Figures, area: QRectF) -> None:
    """Say in the bottom line what happens, and of which sample the numbers are."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y = area.bottom() - 13.0
    token = figures.token if figures.step is not None else "muted"
    painter.setPen(NO_PEN)
    painter.setBrush(theme.color(token))
    painter.drawEllipse(QPointF(area.left() + 14.0, y), 3.5, 3.5)
    room = area.width() - 33.0
    text = elided(caption(figures), room, 12)
    draw_words(painter, text, area.left() + 23.0, y, 12, theme.color(token), align=0.0)
    note = sample_note(figures)
    if words_width(text, 12) + words_width(note, 11) + 16.0 <= room:
        draw_words(painter, note, area.right() - 10.0, y, 11, theme.color("muted"), align=1.0)
    painter.restore()
