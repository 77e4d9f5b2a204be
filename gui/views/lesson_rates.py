"""The loss after one step as a curve over the learning rate, with a ball to drag along it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from engine.landscape import learning_rate_curve
from engine.network import Vector
from engine.numbers import shown
from engine.session.lessons import Mark
from engine.training import Experiment, TrainingState
from gui import i18n, theme
from gui.i18n import bind, tr
from gui.state.store import Aspect, Store
from gui.views.guard import guarded

HEIGHT = 190
POINTS = 301
STEPS = 1000
SNAP = 5.0
"""Pixels within which the ball falls onto a mark."""
BALL = 6.0
TOP, BOTTOM, SIDE = 44.0, 22.0, 8.0
BEYOND = 1.15
"""How far the axis goes beyond the last mark."""
HEADROOM = 1.25
"""How high it goes above the loss before the step."""


class RateCurve(QAbstractSlider):
    """A slider for η that shows what one step of each length would do."""

    def __init__(
        self, store: Store, marks: tuple[Mark, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._marks = marks
        last = max((mark.at for mark in marks), default=4 * store.experiment.learning_rate)
        self._end = BEYOND * last
        self._rates = np.linspace(0.0, self._end, POINTS)
        self._losses: Vector = np.zeros(POINTS)
        self._here = 0.0
        self._computed_for: tuple[TrainingState, Experiment] | None = None
        self._dragging = False
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(1, STEPS)
        self.setSingleStep(5)
        self.setPageStep(50)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        bind(self, "setToolTip", "Drag the ball to change η; ← and → work too")
        self.valueChanged.connect(self._choose_value)
        store.changed.connect(self._on_changed)
        theme.notifier.changed.connect(self.update)
        i18n.notifier.changed.connect(self._describe)
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(260, HEIGHT)

    @property
    def rate(self) -> float:
        """The learning rate of the experiment on screen."""
        return self._store.experiment.learning_rate

    @property
    def loss(self) -> float:
        """The loss after one step with it."""
        return self._here

    def refresh(self) -> None:
        """Compute the curve at the state on screen, if that has changed."""
        moment, experiment = self._store.moment, self._store.experiment
        training, state = moment.segment.training, moment.state
        rules = replace(experiment, learning_rate=1.0)
        known = self._computed_for
        if known is None or known[0].parameters is not state.parameters or known[1] != rules:
            self._computed_for = state, rules
            self._losses = learning_rate_curve(training, state, self._rates)
        self._here = float(learning_rate_curve(training, state, np.array([self.rate]))[0])
        self.blockSignals(True)
        self.setValue(round(self.rate / self._end * STEPS))
        self.blockSignals(False)
        self._describe()
        self.update()

    def _describe(self) -> None:
        text = tr("Loss after one step over the learning rate: {0} at η = {1}")
        self.setAccessibleName(text.format(shown(self._here), shown(self.rate)))
        self.update()

    def _on_changed(self, aspects: Aspect) -> None:
        if self.isVisible() and aspects & (Aspect.MOMENT | Aspect.EXPERIMENT):
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    # -------------------------------------------------------------------------------- editing

    def choose(self, rate: float) -> None:
        """Give the experiment another learning rate; part of one edit until ``released``."""
        self._store.edit_experiment(
            tr("Learning rate"),
            lambda experiment: replace(experiment, learning_rate=rate),
            merge_key="lesson.rate",
        )

    def _choose_value(self, value: int) -> None:
        rate = value / STEPS * self._end
        near = [mark.at for mark in self._marks if abs(mark.at - rate) < 2.5 * self._end / STEPS]
        self.choose(near[0] if near else rate)
        if not self._dragging:
            self._store.end_merge()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._drag(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._drag(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self._store.end_merge()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # The wheel scrolls the panel, whatever the mouse passes over.
        event.ignore()

    def _drag(self, x: float) -> None:
        near = [mark.at for mark in self._marks if abs(self._x(mark.at) - x) <= SNAP]
        if near:
            self.choose(min(near, key=lambda at: abs(self._x(at) - x)))
            return
        plot = self._plot()
        share = min(max((x - plot.left()) / plot.width(), 1 / STEPS), 1.0)
        # Three digits are as fine as a pixel, and read well.
        self.choose(float(f"{share * self._end:.3g}"))

    # ------------------------------------------------------------------------------- painting

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(SIDE, TOP, -SIDE, -BOTTOM)

    def _x(self, rate: float) -> float:
        plot = self._plot()
        return plot.left() + min(rate / self._end, 1.0) * plot.width()

    def _y(self, loss: float) -> float:
        plot = self._plot()
        top = HEADROOM * max(float(self._losses[0]), 1e-300)
        share = min(loss / top, 1.2) if np.isfinite(loss) else 1.2
        return plot.bottom() - share * plot.height()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        small = QFont(self.font())
        small.setPixelSize(max(9, round(0.82 * QFontInfo(self.font()).pixelSize())))
        self._paint_readout(painter)
        painter.setFont(small)
        self._paint_axes(painter)
        self._paint_marks(painter)
        self._paint_curve(painter)
        if self.hasFocus():
            painter.setPen(QPen(theme.color("accent"), 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

    def _paint_readout(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        text = tr("η = {0}: loss {1} → {2}").format(
            shown(self.rate), shown(float(self._losses[0])), shown(self._here)
        )
        painter.drawText(QRectF(SIDE, 2, self.width() - 2 * SIDE, 18), 0, text)

    def _paint_axes(self, painter: QPainter) -> None:
        plot = self._plot()
        painter.setPen(theme.color("control"))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        now = self._y(float(self._losses[0]))
        painter.setPen(QPen(theme.color("muted"), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(plot.left(), now), QPointF(plot.right(), now))
        painter.setPen(theme.color("muted"))
        below = QRectF(plot.left(), plot.bottom() + 3, plot.width(), BOTTOM - 4)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, tr("learning rate η"))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, shown(self._end, 2))

    def _paint_marks(self, painter: QPainter) -> None:
        plot = self._plot()
        metrics = QFontMetricsF(painter.font())
        ends = [plot.left() - 100.0, plot.left() - 100.0]
        for mark in sorted(self._marks, key=lambda mark: mark.at):
            x, width = self._x(mark.at), metrics.horizontalAdvance(mark.label)
            left = min(max(x - width / 2, plot.left()), plot.right() - width)
            row = 0 if left > ends[0] + 4 else 1
            ends[row] = left + width
            baseline = 32.0 if row == 0 else 43.0
            painter.setPen(theme.color("muted"))
            painter.drawText(QPointF(left, baseline), mark.label)
            painter.setPen(QPen(theme.color("control"), 1.0, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(x, baseline + 3), QPointF(x, plot.bottom()))

    def _paint_curve(self, painter: QPainter) -> None:
        path = QPainterPath()
        for rate, loss in zip(self._rates, self._losses, strict=True):
            point = QPointF(self._x(float(rate)), self._y(float(loss)))
            if path.elementCount():
                path.lineTo(point)
            else:
                path.moveTo(point)
        painter.save()
        painter.setClipRect(self._plot().adjusted(-BALL, -2, BALL, BALL))
        painter.setPen(QPen(theme.color("gradient"), 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        painter.restore()
        plot = self._plot()
        ball = QPointF(self._x(self.rate), max(self._y(self._here), plot.top()))
        painter.setPen(QPen(theme.color("background"), 2.0))
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(ball, BALL, BALL)
