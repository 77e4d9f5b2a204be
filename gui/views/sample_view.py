"""One sample: what goes in, as a picture or as numbers, and what comes out beside what should."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.network import Vector, sample_losses
from engine.numbers import shown
from engine.table import Table
from gui import theme
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views import sample_marks
from gui.views.contour_items import small_font
from gui.views.outcomes import classes_of, probabilities_of
from gui.views.painted import PaintedView, parameters_on_screen
from gui.views.pictures import picture_shape
from gui.views.plane_image import class_token

ROW = 24.0
"""Height of a line of the lists, at most."""
LEAST_ROW = 11.0
CAPTION = 18.0
OUTPUT = 46.0
"""Height of one output of a regression."""


class SampleView(PaintedView):
    """The focused sample, or the first of the batch; the buttons go to its neighbours."""

    key: ClassVar[str] = "sample"
    title: ClassVar[str] = mark("Sample")
    own_keys: ClassVar[frozenset[Qt.Key]] = frozenset({Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        aspects = Aspect.MOMENT | Aspect.EXPERIMENT | Aspect.VIEW
        super().__init__(store, aspects, parent)
        self.row = 0
        self.loss = math.nan
        self._outputs: Vector = np.empty(0)
        self._known: tuple[object, object, int] | None = None
        self._image: QImage | None = None
        self.previous = self.add_button("chevron_left", mark("Previous sample (Page up)"))
        self.next = self.add_button("chevron_right", mark("Next sample (Page down)"))
        self.previous.clicked.connect(self.go_back)
        self.next.clicked.connect(self.go_on)
        self.end_header()
        self.readout = self._read
        bind(self, "setAccessibleName", "Sample")

    # ----------------------------------------------------------------------- what is shown

    def refresh(self) -> None:
        """Read the store again."""
        experiment = self._store.experiment
        parameters = parameters_on_screen(self._store)
        row = self._store.moment.trace.focus
        known = self._known
        if known is not None and (known[0] is experiment, known[1] is parameters, row) == (
            True,
            True,
            known[2],
        ):
            return
        if known is None or known[0] is not experiment or known[2] != row:
            self._image = None
        self._known = experiment, parameters, row
        self.row = row
        training = self._store.moment.segment.training
        with np.errstate(all="ignore"):
            passed, _ = training.passes(parameters, np.array([row], dtype=np.intp))
            targets = experiment.dataset.targets[row : row + 1]
            losses = sample_losses(experiment.loss_function, passed, targets)
        self._outputs, self.loss = passed.output[0], float(losses[0])

    @property
    def outputs(self) -> Vector:
        """The network's outputs for this sample."""
        return self._outputs

    def go_on(self) -> None:
        """Focus the next sample, the first one after the last."""
        self._go(1)

    def go_back(self) -> None:
        """Focus the sample before."""
        self._go(-1)

    def _go(self, by: int) -> None:
        count = self._store.experiment.dataset.n_samples
        self._store.look(focus=(self._store.moment.trace.focus + by) % count)

    def turn_by(self, right: int, up: int) -> None:
        self._go(right - up)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_PageDown:
            self.go_on()
        elif event.key() == Qt.Key.Key_PageUp:
            self.go_back()
        else:
            super().keyPressEvent(event)

    def table(self) -> Table:
        """One row a number: inputs in raw units, targets, outputs, loss."""
        self._follower.catch_up()
        dataset = self._store.experiment.dataset
        rows: list[tuple[object, ...]] = [
            ("input", name, float(value))
            for name, value in zip(dataset.feature_names, dataset.raw_inputs[self.row], strict=True)
        ]
        names = dataset.target_names if len(self._outputs) > 1 else dataset.target_names[-1:]
        targets = dataset.targets[self.row]
        rows += [("target", n, float(v)) for n, v in zip(names, targets, strict=True)]
        rows += [("output", n, float(v)) for n, v in zip(names, self._outputs, strict=True)]
        rows.append(("loss", "", self.loss))
        return Table(("kind", "name", "value"), tuple(rows))

    def retheme(self) -> None:
        self._image = None

    # ------------------------------------------------------------------------------ drawing

    def paint(self, painter: QPainter, area: QRectF) -> None:
        inner = area.adjusted(12.0, 4.0, -12.0, -8.0)
        top = self._draw_headline(painter, inner)
        body = QRectF(inner.left(), top, inner.width(), inner.bottom() - top)
        shape = picture_shape(self._store.experiment)
        first, second = self._halves(body, shape)
        if shape is not None:
            self._draw_picture(painter, first, shape)
        else:
            self._draw_inputs(painter, first)
        if self._store.experiment.dataset.task == "classification":
            self._draw_classes(painter, second)
        else:
            self._draw_outputs(painter, second)

    def _halves(self, body: QRectF, shape: tuple[int, int] | None) -> tuple[QRectF, QRectF]:
        """Where the inputs and the outputs stand: side by side, or one above the other."""
        dataset = self._store.experiment.dataset
        if shape is not None:
            side = min(body.height(), 0.48 * body.width())
            picture = QRectF(body.topLeft(), body.topLeft())
            picture.setWidth(side * shape[1] / max(shape))
            picture.setHeight(side * shape[0] / max(shape))
            return picture, body.adjusted(picture.width() + 16.0, 0, 0, 0)
        lines = dataset.n_features
        below = 14.0 * len(dataset.classes) if dataset.classes else OUTPUT * dataset.n_targets
        needed = 14.0 * lines + below + 2 * CAPTION + 10.0
        if body.width() < 420.0 and needed <= body.height():
            share = (14.0 * lines + CAPTION) / needed
            height = share * body.height()
            upper = QRectF(body.left(), body.top(), body.width(), height)
            return upper, body.adjusted(0, height + 8.0, 0, 0)
        width = 0.52 * body.width()
        left = QRectF(body.left(), body.top(), width, body.height())
        return left, body.adjusted(width + 18.0, 0, 0, 0)

    def _draw_headline(self, painter: QPainter, area: QRectF) -> float:
        """Which sample this is and whether it is right; returns where the rest may begin."""
        dataset = self._store.experiment.dataset
        font = small_font(12)
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetricsF(font)
        base = area.top() + metrics.ascent()
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        part = tr("test") if self.row in dataset.test else tr("train")
        title = tr("sample {0} ({1})").format(self.row + 1, part)
        painter.drawText(QPointF(area.left(), base), title)
        x = area.left() + metrics.horizontalAdvance(title) + 14.0
        painter.setFont(small_font())
        metrics = QFontMetricsF(painter.font())
        verdicts = [(tr("loss {0}").format(shown(self.loss)), "muted")]
        if dataset.task == "classification":
            true = int(dataset.class_indices[self.row])
            guess = int(classes_of(self._outputs[None, :])[0])
            if guess == true:
                verdicts.insert(0, ("✓ " + tr("right"), "success"))
            else:
                name = dataset.classes[min(guess, len(dataset.classes) - 1)]
                text = "✗ " + tr("taken for {0}").format(name)
                verdicts.insert(0, (text, "error"))
        for text, token in verdicts:
            width = metrics.horizontalAdvance(text)
            if x + width > area.right() + 1.0:
                x, base = area.left(), base + metrics.height() + 1.0
            painter.setPen(theme.color(token))
            painter.drawText(QPointF(x, base), text)
            x += width + 14.0
        return base + 12.0

    def _draw_picture(self, painter: QPainter, area: QRectF, shape: tuple[int, int]) -> None:
        if self._image is None:
            self._image = self._picture(shape)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(area, self._image)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.drawRect(area)

    def _picture(self, shape: tuple[int, int]) -> QImage:
        """The inputs as grey, from the ground of the panel to the colour of its text."""
        dataset = self._store.experiment.dataset
        raw = dataset.raw_inputs
        low, high = float(raw.min()), float(raw.max())
        share = (raw[self.row] - low) / ((high - low) or 1.0)
        image = QImage(shape[1], shape[0], QImage.Format.Format_RGB32)
        ground, ink = theme.color("raised"), theme.color("text")
        for index, value in enumerate(share.tolist()):
            mixed = QColor.fromRgbF(
                ground.redF() + value * (ink.redF() - ground.redF()),
                ground.greenF() + value * (ink.greenF() - ground.greenF()),
                ground.blueF() + value * (ink.blueF() - ground.blueF()),
            )
            image.setPixelColor(index % shape[1], index // shape[1], mixed)
        return image

    def _draw_inputs(self, painter: QPainter, area: QRectF) -> None:
        """Names, raw values, and how far each is from its mean in deviations."""
        dataset = self._store.experiment.dataset
        train = dataset.train_inputs
        deviation = train.std(axis=0)
        deviation[deviation == 0.0] = 1.0
        scores = (dataset.inputs[self.row] - train.mean(axis=0)) / deviation
        raw = dataset.raw_inputs[self.row]
        names = dataset.feature_names
        count, height = _lines(len(names), area.height() - CAPTION)
        self._caption(painter, area, tr("inputs, bars: deviations from the mean"))
        painter.setFont(_line_font(height))
        metrics = QFontMetricsF(painter.font())
        texts = [shown(value, 4) for value in raw[:count].tolist()]
        numbers = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
        bar = max(0.26 * area.width(), 30.0)
        room = area.width() - numbers - bar - 16.0
        for index, text in enumerate(texts):
            line = QRectF(area.left(), area.top() + CAPTION + index * height, area.width(), height)
            name = metrics.elidedText(names[index], Qt.TextElideMode.ElideRight, room)
            self._left_text(painter, line, name, "text")
            number = QRectF(line.left() + room + 6.0, line.top(), numbers, height)
            painter.setPen(theme.color("text"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(number, flags, text)
            track = QRectF(line.right() - bar, line.top() + 3.0, bar, height - 6.0)
            _draw_deviation(painter, track, float(scores[index]))
        if count < len(names):
            below = QRectF(area.left(), area.bottom() - 14.0, area.width(), 14.0)
            self._left_text(
                painter, below, tr("… and {0} more").format(len(names) - count), "muted"
            )

    def _draw_classes(self, painter: QPainter, area: QRectF) -> None:
        """A bar a class, its probability, a mark at the true one."""
        dataset = self._store.experiment.dataset
        shares = probabilities_of(self._outputs[None, :])[0]
        true = int(dataset.class_indices[self.row])
        self._caption(painter, area, tr("probability"))
        # The true class and the likeliest ones are never left out.
        fitting, height = _lines(len(shares), area.height() - CAPTION)
        chosen = set(np.argsort(-shares, kind="stable")[:fitting].tolist())
        if true not in chosen:
            chosen = {true, *np.argsort(-shares, kind="stable")[: fitting - 1].tolist()}
        font = _line_font(height)
        metrics = QFontMetricsF(font)
        names = [dataset.classes[index] for index in sorted(chosen)]
        longest = max(metrics.horizontalAdvance(name) for name in names)
        label = min(longest + 14.0, 0.42 * area.width())
        number = metrics.horizontalAdvance("<0.001") + 8.0
        for line_index, index in enumerate(sorted(chosen)):
            top = area.top() + CAPTION + line_index * height
            line = QRectF(area.left(), top, area.width(), height)
            share = float(shares[index])
            if index == true:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("hover"))
                painter.drawRoundedRect(line.adjusted(-3, 0.5, 3, -0.5), 3, 3)
            where = QPointF(line.left() + 5.0, line.center().y())
            color = theme.color(class_token(index))
            sample_marks.draw_mark(painter, where, index, color, False, min(3.6, height / 3.4))
            font.setWeight(QFont.Weight.DemiBold if index == true else QFont.Weight.Normal)
            painter.setFont(font)
            name = QFontMetricsF(font).elidedText(
                dataset.classes[index], Qt.TextElideMode.ElideRight, label - 13.0
            )
            self._left_text(painter, line.adjusted(13.0, 0, 0, 0), name, "text")
            track = line.adjusted(label + 4.0, height * 0.22, -number, -height * 0.22)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("border"))
            painter.drawRoundedRect(track, 2, 2)
            if math.isfinite(share) and share > 0.0:
                painter.setBrush(color)
                filled = QRectF(track)
                filled.setWidth(max(track.width() * min(share, 1.0), 1.0))
                painter.drawRoundedRect(filled, 2, 2)
            painter.setPen(theme.color("text"))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(line, flags, short_share(share))

    def _draw_outputs(self, painter: QPainter, area: QRectF) -> None:
        """For each output a line from its least to its largest target, with target and output."""
        dataset = self._store.experiment.dataset
        targets = dataset.targets
        self._caption(painter, area, tr("target ○ and output ●"))
        count, height = _lines(targets.shape[1], area.height() - CAPTION, OUTPUT)
        for index in range(count):
            top = area.top() + 20.0 + index * height
            low, high = float(targets[:, index].min()), float(targets[:, index].max())
            room = 0.05 * (high - low) or 1.0
            low, high = low - room, high + room
            target, output = float(targets[self.row, index]), float(self._outputs[index])
            painter.setFont(small_font())
            line = QRectF(area.left(), top, area.width(), 15.0)
            text = tr("{0}: {1}, should be {2}")
            text = text.format(dataset.target_names[index], shown(output), shown(target))
            metrics = QFontMetricsF(painter.font())
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
            self._left_text(painter, line, text, "text")
            y = top + 25.0
            painter.setPen(QPen(theme.color("border"), 3.0))
            painter.drawLine(QPointF(area.left() + 5, y), QPointF(area.right() - 5, y))

            def place(value: float, low: float = low, high: float = high, y: float = y) -> QPointF:
                share = min(max((value - low) / (high - low), 0.0), 1.0)
                return QPointF(area.left() + 5 + share * (area.width() - 10), y)

            if math.isfinite(output):
                painter.setPen(QPen(theme.color("backward"), 2.0))
                painter.drawLine(place(target), place(output))
                color = theme.color("forward")
                sample_marks.draw_mark(painter, place(output), 0, color, False, 5.0)
            sample_marks.draw_mark(painter, place(target), 0, theme.color("text"), True, 5.0)

    def _caption(self, painter: QPainter, area: QRectF, text: str) -> None:
        painter.setFont(small_font(10))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setPen(theme.color("muted"))
        painter.drawText(QPointF(area.left(), area.top() + metrics.ascent()), text)
        painter.setFont(small_font())

    def _left_text(self, painter: QPainter, room: QRectF, text: str, token: str) -> None:
        painter.setPen(theme.color(token))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, flags | Qt.TextFlag.TextDontClip, text)

    def _read(self, x: float, y: float) -> str | None:
        """All digits of the outputs."""
        dataset = self._store.experiment.dataset
        if dataset.task == "regression":
            pairs = zip(dataset.target_names, self._outputs.tolist(), strict=True)
            return "\n".join(tr("output {0} = {1}").format(n, shown(v)) for n, v in pairs)
        shares = probabilities_of(self._outputs[None, :])[0]
        order = np.argsort(-shares, kind="stable")[:5].tolist()
        return "\n".join(
            tr("P({0}) = {1}").format(dataset.classes[k], shown(float(shares[k]))) for k in order
        )


def short_share(share: float) -> str:
    """A probability with three decimals, in six letters at most."""
    if not math.isfinite(share):
        return shown(share)
    return f"{share:.3f}" if share >= 0.0005 or share <= 0.0 else "<0.001"


def _line_font(height: float) -> QFont:
    return small_font(int(min(13.0, max(9.0, 0.62 * height))))


def _lines(count: int, room: float, most: float = ROW) -> tuple[int, float]:
    """How many of ``count`` lines fit into a height, and how high each is."""
    least = min(most, LEAST_ROW)
    fitting = max(1, int(room / least)) if most == ROW else max(1, int(room / most))
    if count > fitting:
        # The last line says how many are left out.
        fitting = max(1, fitting - 1)
    shown_lines = min(count, fitting)
    return shown_lines, min(most, room / shown_lines)


def _draw_deviation(painter: QPainter, track: QRectF, score: float) -> None:
    """A bar from the middle (the mean) to the side, three deviations at most."""
    middle = track.center().x()
    painter.setPen(QPen(theme.color("border"), 1.0))
    painter.drawLine(QPointF(middle, track.top()), QPointF(middle, track.bottom()))
    reach = max(-1.0, min(1.0, score / 3.0)) * track.width() / 2
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("positive" if score > 0 else "negative", 0.85))
    bar = QRectF(QPointF(middle, track.top() + 1), QPointF(middle + reach, track.bottom() - 1))
    painter.drawRoundedRect(bar.normalized(), 1.5, 1.5)
