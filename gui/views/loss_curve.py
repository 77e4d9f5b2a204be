"""Loss and accuracy over the iterations, of all visible runs; a drag in it moves through time."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from engine.numbers import shown
from engine.session import Cursor, Run
from engine.table import Table
from engine.training import TrainingState
from gui import theme
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.follow import Follower
from gui.views.loss_items import LossItem, Mark, Picture
from gui.views.loss_lines import (
    ACCURACY,
    LOSS,
    STEP,
    TEST_ACCURACY,
    TEST_LOSS,
    Curve,
    Line,
    fitted_range,
    heights,
)
from gui.views.loss_margins import AccuracyStrip, FigureLine, LineNames
from gui.views.loss_words import figures, percent, reading, run_name
from gui.views.own_keys import claims
from gui.views.scale_axis import ScaleAxis
from gui.views.view import PlotView

MOST_POINTS = 8192
OWN_KEYS = frozenset({Qt.Key.Key_L, Qt.Key.Key_A})
REACH = 8.0
"""Pixels within which a click means a line."""


class LossCurve(PlotView):
    """Training loss as a solid line, test loss as a dashed one; accuracy in a strip above them.

    The line under the cursor's run is on top. A click or a drag goes to that iteration; with Shift
    or the middle button the picture is moved instead. The wheel stretches the iterations.
    """

    key: ClassVar[str] = "loss"
    title: ClassVar[str] = mark("Loss")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._curves: dict[int, tuple[Run, Curve]] = {}
        self._shows_accuracy = True
        self._zoomed = False
        self._dragged_run: int | None = None
        self._bottom = ScaleAxis("bottom", 58.0, whole=True)
        self._left = ScaleAxis("left", 34.0)
        self.plot.setAxisItems({"bottom": self._bottom, "left": self._left})
        self._left.setWidth(48)
        self._bottom.setStyle(hideOverlappingLabels=False)
        self._set_fonts()
        theme.style_plot(self.widget)
        self._item = LossItem(self._bottom, self._left)
        self.plot.addItem(self._item, ignoreBounds=True)
        self._names = LineNames(self.box, self._item)
        self._strip = AccuracyStrip(self.box, self._item)
        self._figures = FigureLine(self._shown_figures)
        layout = self.plot.layout
        for unused in (self.plot.titleLabel, self.plot.axes["top"]["item"]):
            layout.removeItem(unused)
        layout.addItem(self._figures, 0, 0, 1, 4)
        layout.addItem(self._strip, 1, 0, 1, 4)
        layout.addItem(self._names, 2, 3)
        self.plot.setContentsMargins(4, 6, 8, 4)
        self.box.setMouseEnabled(x=True, y=False)
        self.box.disableAutoRange()
        self.box.claim = self._claim_drag
        self.box.sigRangeChangedManually.connect(self._zoomed_by_hand)
        self.box.sigXRangeChanged.connect(self._fit_heights)
        self.widget.scene().sigMouseClicked.connect(self._clicked)
        self.readout = self._read
        bind(self, "setAccessibleName", "Loss")
        aspects = Aspect.MOMENT | Aspect.RUNS | Aspect.VIEW | Aspect.EXPERIMENT
        self._follower = Follower(self, store, aspects, self.refresh, turn=1)

    # ----------------------------------------------------------------------- what is shown

    def show_accuracy(self, shown: bool) -> None:
        """Draw the strip of accuracies, or leave its room to the loss."""
        if shown != self._shows_accuracy:
            self._shows_accuracy = shown
            self._follower.mark()

    def refresh(self) -> None:
        """Read the store again."""
        document = self._store.document
        runs = [run for run in document.runs if run.visible or run.id == document.cursor.run]
        runs.sort(key=lambda run: run.id == document.cursor.run)
        self._read_curves(runs)
        state, log = self._store.moment.state, self._store.view.log_loss
        several = len(runs) > 1
        loss = [line for run in runs for line in self._lines(run, several, LOSS, TEST_LOSS)]
        accuracy: list[Line] = []
        if self._shows_accuracy:
            accuracy = [
                line for run in runs for line in self._lines(run, several, ACCURACY, TEST_ACCURACY)
            ]
        marks = self._marks(state, loss, (state.loss, state.test_loss), self._short)
        accuracy_marks = self._marks(
            state, accuracy, (state.accuracy, state.test_accuracy), percent
        )
        single: tuple[str, ...] = ()
        if not several and runs[-1].newest == 0:
            single = (tr("loss before the first step"),)
        self._item.drawing = Picture(
            tuple(loss),
            tuple(accuracy),
            log,
            float(state.iteration),
            tuple(marks),
            tuple(accuracy_marks),
            document.active.edits,
            single,
            figures(self._store.moment.segment.training, state),
            at_end=state.iteration == document.active.newest,
        )
        if self._bottom.labelText != tr("iteration"):
            self._bottom.setLabel(tr("iteration"))
            self._bottom.showLabel(self.height() >= 300)
        self._left.log = log
        self._left.picture = None
        self._fit_widths()
        if not self._zoomed:
            newest = max(run.newest for run in runs)
            # A single point stands at the left, where its line will begin.
            low, high = (-0.12, 1.0) if single else (-0.015 * newest, 1.015 * newest)
            self.box.setXRange(low, max(high, low + 1.0), padding=0)
        self._fit_heights()
        self._item.update()
        self._figures.update()
        self.refresh_readout()

    def _read_curves(self, runs: list[Run]) -> None:
        kept: dict[int, tuple[Run, Curve]] = {}
        for run in runs:
            before, curve = self._curves.get(run.id, (None, Curve()))
            if before is not run:
                curve.update(self._store.history.curve(run, MOST_POINTS))
            kept[run.id] = run, curve
        self._curves = kept

    def _lines(self, run: Run, several: bool, on_train: int, on_test: int) -> list[Line]:
        curve = self._curves[run.id][1]
        active = run.id == self._store.document.cursor.run
        name = run_name(run)
        result = []
        for measure in (on_test, on_train):
            if not curve.has(measure):
                continue
            dashed = measure == on_test
            color, label = ("test", tr("test")) if dashed else ("train", tr("train"))
            if several:
                color = f"run_{run.colour}"
                label = "" if dashed and not active else tr("test") if dashed else name
            line = Line(
                curve.column(STEP).copy(),
                curve.column(measure).copy(),
                color,
                dashed,
                label,
                faint=several and not active,
            )
            result.append(line)
        return result

    def _marks(
        self,
        state: TrainingState,
        lines: list[Line],
        values: tuple[float | None, float | None],
        worded: Any,
    ) -> list[Mark]:
        """The dots of the cursor; thinned lines are made to go through them."""
        marks = []
        on_train, on_test = values
        own = [index for index, line in enumerate(lines) if not line.faint]
        for index in own:
            value = on_test if lines[index].dashed else on_train
            if value is not None:
                lines[index] = lines[index].with_point(state.iteration, value)
                color = lines[index].color
                name = lines[index].label
                marks.append(Mark(float(state.iteration), value, color, name, worded(value)))
        return marks

    def _short(self, value: float) -> str:
        """A loss with as many digits as there is room for."""
        narrow = self.width() < 400 and abs(value) < 1.0 and self.isVisible()
        return shown(value, 4 if narrow and self._active_run().newest else 6)

    def _shown_figures(self) -> tuple[str, ...]:
        return self._item.drawing.figures

    def _fit_widths(self) -> None:
        roomy = self.height() >= 300
        if roomy != self._bottom.label.isVisible():
            self._bottom.showLabel(roomy)
        self._names.fit(0.3 * self.width())
        self._strip.fit(self.height())

    def _fit_heights(self, *_: Any) -> None:
        low, high = self.box.viewRange()[0]
        picture = self._item.drawing
        if picture.single:
            height = heights(np.array([mark.value for mark in picture.marks]), picture.log)
            top = float(np.nanmax(np.abs(height), initial=0.0)) or 1.0
            bounds = (-top, 3.0 * top) if not picture.log else (top - 2.0, top + 2.0)
            if not picture.log:
                bounds = (0.0, 2.0 * top)
        else:
            bounds = fitted_range(picture.loss, low, high, picture.log)
        self.box.setYRange(*bounds, padding=0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_widths()

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)

    def table(self) -> Table:
        """Columns step, loss, test_loss, accuracy, test_accuracy as far as they apply, and run."""
        self._follower.catch_up()
        runs = sorted(self._curves.values(), key=lambda entry: entry[0].id)
        names = ("step", "loss", "test_loss", "accuracy", "test_accuracy")
        rows = [(*point, run_name(run)) for run, curve in runs for point in curve.points]
        kept = [
            index
            for index in range(len(names))
            if index <= LOSS or any(row[index] is not None for row in rows)
        ]
        if len(runs) > 1:
            kept.append(len(names))
        return Table(
            tuple((*names, "run")[index] for index in kept),
            tuple(tuple(row[index] for index in kept) for row in rows),
        )

    # ------------------------------------------------------------------------------ reading

    def _active_run(self) -> Run:
        return self._store.document.active

    def iteration_at(self, x: float, run: Run | None = None) -> int:
        """The iteration of a run (the active one) that is nearest to a place on the axis."""
        newest = (run or self._active_run()).newest
        return int(min(max(round(x), 0), newest))

    def _read(self, x: float, y: float) -> str | None:
        run = self._active_run()
        iteration = self.iteration_at(x, run)
        state = self._store.history.state(run, iteration)
        edited = iteration in self._item.drawing.edits
        return reading(run.segment(iteration).training, state, edited)

    def point_at(self, x: float, y: float) -> None:
        iteration = self.iteration_at(x)
        state = self._store.history.state(self._active_run(), iteration)
        marks = [
            Mark(float(iteration), value, line.color)
            for line in self._item.drawing.loss
            if not line.faint
            for value in (state.test_loss if line.dashed else state.loss,)
            if value is not None
        ]
        self._item.pointed = float(iteration), tuple(marks)
        self._item.update()
        super().point_at(x, y)

    def point_away(self) -> None:
        super().point_away()
        if self._item.pointed is not None:
            self._item.pointed = None
            self._item.update()

    def readout_corner(self) -> QPoint:
        # A loss falls from the upper left: the upper right is free.
        frame = self.box.sceneBoundingRect()
        left = frame.right() - self._readout_label.width() - 8.0
        return QPoint(int(max(left, frame.left() + 8.0)), int(frame.top()) + 4)

    # ------------------------------------------------------------------------------- moving

    def _go(self, iteration: int, run_id: int | None = None) -> None:
        chosen = self._store.document.cursor.run if run_id is None else run_id
        run = self._store.document.run(chosen)
        self._store.move(Cursor(run.id, min(max(iteration, 0), run.newest)))

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or event.isAccepted():
            return
        where = self.data_at(event.scenePos())
        if where is None:
            return
        run = self._run_near(event.scenePos()) or self._active_run()
        self._go(self.iteration_at(where[0], run), run.id)
        event.accept()

    def _run_near(self, position: Any) -> Run | None:
        """The run whose line passes near a point of the scene; the active one goes first."""
        x = float(self.box.mapSceneToView(position).x())
        active = self._store.document.cursor.run
        for run, curve in sorted(self._curves.values(), key=lambda entry: entry[0].id != active):
            for measure in (LOSS, TEST_LOSS):
                value = Line(curve.column(STEP), curve.column(measure), "run_0").at(x)
                height = float(heights(np.array([value]), self._item.drawing.log)[0])
                if not math.isfinite(height):
                    continue
                offset = self.scene_point(x, height) - position
                if abs(offset.y()) <= REACH:
                    return run
        return None

    def _claim_drag(self, event: Any) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.isStart():
            moving = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._dragged_run = None if moving else self._store.document.cursor.run
        if self._dragged_run is None:
            return False
        x = float(self.box.mapSceneToView(event.scenePos()).x())
        self._go(self.iteration_at(x, self._store.document.run(self._dragged_run)))
        if event.isFinish():
            self._dragged_run = None
        return True

    def _zoomed_by_hand(self, _: Any) -> None:
        self._zoomed = True

    def reset_view(self) -> None:
        self._zoomed = False
        self._follower.mark()

    def zoom_by(self, factor: float) -> None:
        self._zoomed = True
        self.box.scaleBy((1 / factor, 1.0))

    def turn_by(self, right: int, up: int) -> None:
        """Arrow keys move through time: one iteration, or a twentieth of the run."""
        run = self._active_run()
        step = right + up * max(1, run.newest // 20)
        self._go(self._store.document.cursor.iteration + step)

    # --------------------------------------------------------------------------- menu, keys

    def menu(self) -> QMenu:
        menu = super().menu()
        first = menu.actions()[0]
        for text, shortcut, checked, slot in (
            (tr("Logarithmic loss"), "L", self._store.view.log_loss, self._toggle_log),
            (tr("Show accuracy"), "A", self._shows_accuracy, self._toggle_accuracy),
        ):
            action = menu.addAction(text)
            menu.insertAction(first, action)
            action.setCheckable(True)
            action.setChecked(checked)
            action.setShortcut(shortcut)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            if slot == self._toggle_accuracy:
                task = self._store.experiment.dataset.task
                action.setEnabled(task == "classification")
        menu.insertSeparator(first)
        return menu

    def _toggle_log(self) -> None:
        self._store.look(log_loss=not self._store.view.log_loss)

    def _toggle_accuracy(self) -> None:
        self.show_accuracy(not self._shows_accuracy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers()
        if plain and event.key() == Qt.Key.Key_L:
            self._toggle_log()
        elif plain and event.key() == Qt.Key.Key_A:
            self._toggle_accuracy()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        return claims(event, OWN_KEYS) or super().event(event)
