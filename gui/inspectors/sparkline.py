"""The learning rate over the iterations, as small as a word."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.descent import Schedule
from engine.numbers import shown
from gui import i18n, theme
from gui.i18n import bind, tr
from gui.state.store import Aspect, Store
from gui.views.guard import guarded

_FIRST, _FARTHEST = 50, 1_000_000
_ENOUGH = 0.75
"""A schedule is shown until its factor has changed by this share of its largest value."""


def horizon(schedule: Schedule) -> int:
    """Return up to which iteration a schedule is worth looking at."""
    period = schedule.hyperparameters.get("period")
    if period is not None:
        first, end = schedule.factor(0), schedule.factor(int(period))
        # What has arrived after one period stays so; what has not goes on in further steps.
        settled = schedule.factor(2 * int(period)) == end != first
        return max(int((1.3 if settled else 4) * period), 2)
    until = _FIRST
    while until < _FARTHEST:
        factors = (schedule.factor(0), schedule.factor(until))
        if abs(factors[1] - factors[0]) >= _ENOUGH * max(factors):
            return until
        until *= 2
    return 1000


class Sparkline(QWidget):
    """Draws the learning rate of the experiment under the cursor, and where the cursor is."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        bind(self, "setAccessibleName", "Learning rate over the iterations")
        store.changed.connect(self._on_changed)
        theme.notifier.changed.connect(self.update)
        i18n.notifier.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(200, 72)

    def rate(self, iteration: int) -> float:
        """Return the learning rate at an iteration."""
        experiment = self._store.experiment
        return experiment.learning_rate * experiment.schedule.factor(iteration)

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.MOMENT | Aspect.EXPERIMENT) and self.isVisible():
            self.update()

    def _span(self) -> int:
        reached = self._store.document.cursor.iteration
        return max(horizon(self._store.experiment.schedule), int(1.1 * reached))

    def _plot(self) -> QRectF:
        return QRectF(self.rect()).adjusted(5, 23, -5, -18)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            plot = self._plot()
            share = (event.pos().x() - plot.left()) / plot.width()
            iteration = round(min(max(share, 0.0), 1.0) * self._span())
            text = tr("Iteration {0}: η = {1}").format(iteration, shown(self.rate(iteration)))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot, span = self._plot(), self._span()
        factor = self._store.experiment.schedule.factor
        iterations = np.unique(np.linspace(0, span, max(int(plot.width()), 2)).astype(int))
        factors = np.array([factor(int(iteration)) for iteration in iterations])
        top = float(factors.max()) or 1.0

        def place(iteration: float, value: float) -> QPointF:
            return QPointF(
                plot.left() + iteration / span * plot.width(),
                plot.bottom() - value / top * plot.height(),
            )

        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        line = QPolygonF(
            [place(i, f) for i, f in zip(iterations.tolist(), factors.tolist(), strict=True)]
        )
        painter.setPen(QPen(theme.color("update"), 1.5))
        painter.drawPolyline(line)
        now = self._store.document.cursor.iteration
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent"))
        painter.drawEllipse(place(now, factor(now)), 3.5, 3.5)
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        whole = QRectF(self.rect())
        painter.drawText(
            whole,
            Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft,
            tr("now η = {0}").format(shown(self.rate(now))),
        )
        painter.drawText(
            whole,
            Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight,
            tr("iteration {0}").format(span),
        )
        painter.drawText(whole, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, "0")
        painter.end()
