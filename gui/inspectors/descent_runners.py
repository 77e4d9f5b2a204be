"""The list of runners, and everything that can be set of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.descent.optimizers import ALL
from engine.descent.schedules import TABLE as SCHEDULES
from engine.errors import NablaError
from engine.hyperparameters import Hyperparameter, Settings
from engine.numbers import shown
from engine.session.runners import COLOURS, MOST_RUNNERS, Runner, with_setting
from gui import i18n, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import ChoiceField, labels_of, note, tool_button
from gui.inspectors.number_field import NumberField
from gui.inspectors.rows import GAP, Row, Section
from gui.inspectors.scales import Scale
from gui.inspectors.settings_rows import HyperparameterRows, scale_of
from gui.inspectors.slider_field import SliderField
from gui.inspectors.surface_lab import swatch
from gui.state.store import Store
from gui.views.descent_intents import Intents, Tuning
from gui.views.descent_words import runner_color, runner_name

FOR_ANOTHER = mark(
    "These learning rates were chosen for another function: “Tune all” looks for fitting ones."
)
RATES = Scale(1e-6, 100.0, logarithmic=True)
ROW_HEIGHT = 27


class _List(QListWidget):
    """Takes Delete for itself; arrows choose."""

    def __init__(self, removed: Callable[[], object]) -> None:
        super().__init__()
        self._removed = removed
        self.setIconSize(QSize(14, 14))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._removed()
        else:
            super().keyPressEvent(event)


class RunnersPanel(QWidget):
    """A runner a line, with buttons below, and the settings of the chosen one."""

    def __init__(self, store: Store, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._intents = store, intents
        self._tuning: Tuning | None = None
        self._tuned: tuple[Runner, ...] = ()
        self._function: tuple[object, ...] | None = None
        self._for_another = False
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(GAP)
        self.list = _List(intents.remove)
        bind(self.list, "setAccessibleName", "Runners")
        self.list.currentRowChanged.connect(self._pick)
        self.list.itemChanged.connect(self._ticked)
        rows.addWidget(self.list)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        self.add = self._button("add", mark("Add a runner"), intents.add)
        self.duplicate = self._button("copy", mark("Duplicate this runner"), intents.duplicate)
        self.remove = self._button("trash", mark("Remove this runner (Del)"), intents.remove)
        for button in (self.add, self.duplicate, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.tune = QPushButton()
        self.tune.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self.tune, "setText", "Tune all")
        tip = mark("Look for the best learning rate of each runner on this function, from here")
        bind(self.tune, "setToolTip", tip)
        self.tune.clicked.connect(self._tune)
        buttons.addWidget(self.tune)
        rows.addLayout(buttons)
        self.found = note()
        self.found.hide()
        rows.addWidget(self.found)
        self._make_settings(rows)
        theme.notifier.changed.connect(self._dress)
        i18n.notifier.changed.connect(self._word_tuning)

    def _make_settings(self, rows: QVBoxLayout) -> None:
        self.optimizer = ChoiceField(labels_of(ALL))
        self.optimizer.chosen.connect(self._intents.choose_optimizer)
        self.idea = note()
        self.rate = SliderField(RATES, self._check_rate)
        self.rate.edited.connect(self._set_rate)
        self.rate.finished.connect(self._intents.release)
        self.settings = SettingFields(self._set_one, self._check_one, self._intents.release)
        self.schedule = ChoiceField(labels_of(SCHEDULES))
        self.schedule.chosen.connect(self._set_schedule)
        self.schedule_settings = SettingFields(
            self._set_of_schedule, self._check_of_schedule, self._intents.release
        )
        self.clip = NumberField(Scale(0.0, 1e9, step=0.5), self._check_clip)
        self.clip.edited.connect(self._set_clip)
        self.clip.finished.connect(self._intents.release)
        self.colour = ChoiceField([(str(n), COLOUR_NAMES[n]) for n in range(COLOURS)])
        self.colour.chosen.connect(self._set_colour)
        self.rate_row = Row(
            mark("Learning rate"), self.rate, mark("Of searches along a line, the first length")
        )
        more = Section("descent/runner")
        clip_help = mark("Longer gradients are shortened to this; 0: none")
        more.add(
            Row(mark("Schedule"), self.schedule, mark("How the learning rate changes with time")),
            self.schedule_settings,
            Row(mark("Clip gradients"), self.clip, clip_help),
            Row(mark("Colour"), self.colour),
        )
        self.chosen = QWidget()
        column = QVBoxLayout(self.chosen)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        for widget in (
            Row(mark("Optimizer"), self.optimizer),
            self.idea,
            self.rate_row,
            self.settings,
            more,
        ):
            column.addWidget(widget)
        rows.addWidget(self.chosen)

    def _button(self, icon: str, tip: str, slot: Callable[[], object]) -> QToolButton:
        button = tool_button(icon)
        bind(button, "setToolTip", tip)
        bind(button, "setAccessibleName", tip)
        button.clicked.connect(slot)
        return button

    # ---------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Show the runners of the document."""
        runners, number = self._store.document.descent.runners, self._intents.runner
        self._fill(runners, number)
        self.add.setEnabled(len(runners) < MOST_RUNNERS)
        self.duplicate.setEnabled(number >= 0 and len(runners) < MOST_RUNNERS)
        self.remove.setEnabled(number >= 0)
        self.tune.setEnabled(any(not runner.searches for runner in runners))
        slot = self._store.document.descent
        function = (slot.function, slot.expression, slot.plane)
        if self._function not in (None, function):
            self._tuning, self._for_another, self._tuned = None, True, runners
        self._function = function
        if runners != self._tuned:
            self._tuning, self._for_another = None, False
        self._word_tuning()
        self.chosen.setVisible(number >= 0)
        if number >= 0:
            self._show(runners[number])

    def _fill(self, runners: Sequence[Runner], number: int) -> None:
        self.list.blockSignals(True)
        while self.list.count() > len(runners):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(runners):
            item = QListWidgetItem()
            item.setSizeHint(QSize(100, ROW_HEIGHT))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            self.list.addItem(item)
        for row, runner in enumerate(runners):
            item = self.list.item(row)
            item.setText(runner_name(runner))
            item.setIcon(swatch(theme.color(runner_color(runner))))
            state = Qt.CheckState.Checked if runner.visible else Qt.CheckState.Unchecked
            item.setCheckState(state)
            item.setToolTip(tr(ALL[runner.optimizer].idea))
        if self.list.currentRow() != number:
            self.list.setCurrentRow(number)
        self.list.blockSignals(False)
        self.list.setFixedHeight(ROW_HEIGHT * min(max(len(runners), 2), 6) + 6)

    def _show(self, runner: Runner) -> None:
        entry = ALL[runner.optimizer]
        method = runner.method
        self.optimizer.set_value(runner.optimizer)
        self.idea.setText(tr(entry.idea))
        self.idea.setToolTip(entry.source)
        self.rate.set_value(runner.learning_rate)
        self.settings.take(entry.hyperparameters, method.optimizer.hyperparameters)
        schedule = SCHEDULES[runner.schedule]
        self.schedule.set_value(runner.schedule)
        self.schedule_settings.take(schedule.hyperparameters, method.schedule.hyperparameters)
        self.clip.set_value(runner.clip)
        self.colour.set_value(str(runner.colour))

    def _dress(self) -> None:
        runners = self._store.document.descent.runners
        if self.list.count() == len(runners):
            self._fill(runners, self._intents.runner)

    def _word_tuning(self) -> None:
        self.found.setVisible(self._tuning is not None or self._for_another)
        if self._tuning is None:
            if self._for_another:
                self.found.setText(tr(FOR_ANOTHER))
            return
        text = tr("Tried {0} learning rates from {1} to {2}, {3} steps each. Found: {4}.")
        found = ", ".join(
            f"{tr(runner.label)} {shown(runner.learning_rate)}"
            for runner, _ in self._tuning.results
        )
        rates = [rate for _, result in self._tuning.results for rate, _ in result.tried]
        self.found.setText(
            text.format(
                self._tuning.budget,
                shown(min(rates, default=0.0), 2),
                shown(max(rates, default=0.0), 2),
                self._tuning.steps,
                found,
            )
        )

    # ------------------------------------------------------------------------------ edits

    def _pick(self, row: int) -> None:
        if row >= 0:
            self._intents.pick(row)

    def _ticked(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        self._intents.show(row, item.checkState() == Qt.CheckState.Checked)

    def _tune(self) -> None:
        self._tuning = self._intents.tune()
        self._tuned = self._store.document.descent.runners
        self._for_another = False
        self._word_tuning()

    def _check_rate(self, value: float) -> None:
        self._intents.check(learning_rate=value)

    def _set_rate(self, value: float) -> None:
        key = ("descent", "rate", self._intents.runner)
        self._intents.change(tr("Learning rate"), key, learning_rate=value)

    @property
    def _runner(self) -> Runner:
        return self._store.document.descent.runners[self._intents.runner]

    def _with(self, name: str, value: float) -> Settings:
        return with_setting(self._runner.settings, name, value)

    def _check_one(self, name: str, value: float) -> None:
        self._intents.check(settings=self._with(name, value))

    def _set_one(self, name: str, value: float) -> None:
        key = ("descent", name, self._intents.runner)
        self._intents.change(tr("Change the optimizer"), key, settings=self._with(name, value))

    def _set_schedule(self, key: str) -> None:
        if key != self._runner.schedule:
            self._intents.change(tr("Schedule"), schedule=key, schedule_settings=())

    def _check_of_schedule(self, name: str, value: float) -> None:
        settings = with_setting(self._runner.schedule_settings, name, value)
        self._intents.check(schedule_settings=settings)

    def _set_of_schedule(self, name: str, value: float) -> None:
        settings = with_setting(self._runner.schedule_settings, name, value)
        key = ("descent", "schedule", name, self._intents.runner)
        self._intents.change(tr("Schedule"), key, schedule_settings=settings)

    def _check_clip(self, value: float) -> None:
        if value < 0.0:
            raise NablaError("descent.clip_not_positive", value=value)
        self._intents.check(clip=value)

    def _set_clip(self, value: float) -> None:
        key = ("descent", "clip", self._intents.runner)
        self._intents.change(tr("Clip gradients"), key, clip=value)

    def _set_colour(self, key: str) -> None:
        self._intents.change(tr("Change a colour"), colour=int(key))


COLOUR_NAMES = (
    mark("Blue"),
    mark("Red"),
    mark("Green"),
    mark("Pink"),
    mark("Orange"),
    mark("Dark or light"),
    mark("Violet"),
    mark("Grey"),
)
"""Of ``run_0`` … ``run_7`` in the themes."""

SetOne = Callable[[str, float], object]


class SettingFields(HyperparameterRows):
    """Rows that change a runner."""

    def __init__(self, change: SetOne, check: SetOne, finished: Callable[[], object]) -> None:
        super().__init__()
        self._change, self._check, self._finished = change, check, finished

    def make_field(self, parameter: Hyperparameter) -> NumberField:
        field = NumberField(scale_of(parameter), partial(self._check, parameter.key))
        field.edited.connect(partial(self._change, parameter.key))
        field.finished.connect(self._finished)
        return field
