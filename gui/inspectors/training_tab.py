"""How training goes: optimizer and its numbers, schedule of the learning rate, batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.descent import Optimizer, Schedule
from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.descent.schedules import TABLE as SCHEDULES
from engine.formula import Line, Symbol
from engine.hyperparameters import Hyperparameter
from engine.numbers import shown
from engine.training import Experiment
from gui.formula import FormulaView
from gui.i18n import mark, tr
from gui.inspectors.changes import with_setting
from gui.inspectors.fields import CheckField, ChoiceField, SeedField, labels_of, note
from gui.inspectors.panel import NumberEdit, Panel, attempt
from gui.inspectors.rows import Offer, Row, Section, card
from gui.inspectors.scales import Scale
from gui.inspectors.settings_rows import SettingsRows
from gui.inspectors.slider_field import SliderField
from gui.inspectors.sparkline import Sparkline
from gui.state.store import Store

MOST_CONTROLS = 6
_FIXED_CONTROLS = 3
"""Optimizer, schedule and batch size are always in sight."""
_RARE = frozenset(("epsilon",))
_FORMULA_PIXELS = 15.0


class TrainingTab(Panel):
    """Edits the rules by which the weights change; a run goes on under the new ones."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.optimizer = ChoiceField(labels_of(OPTIMIZERS))
        self.formula = FormulaView()
        self.formula.set_size(_FORMULA_PIXELS)
        self.formula.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.idea = note()
        self.idea.setContentsMargins(12, 0, 12, 8)
        self.offer = Offer()
        self._offered = ("", 0.0)
        self.settings = SettingsRows(store, _with_optimizer_setting)
        self.schedule = ChoiceField(labels_of(SCHEDULES))
        self.schedule_settings = SettingsRows(store, _with_schedule_setting)
        self.sparkline = Sparkline(store)
        self.batch_size = SliderField(Scale(1, 2, logarithmic=True, whole=True))
        self.full_batch = CheckField(
            mark("Full batch"),
            mark("Every update uses all training samples; there is no order to shuffle"),
        )
        self.more_settings = SettingsRows(store, _with_optimizer_setting)
        self.order_seed = SeedField()
        self.without_slope = CheckField(
            mark("Carry errors back without f′"),
            mark(
                "Wrong, and here to show it: a well-known tutorial draws backpropagation like this"
            ),
        )
        self.more = Section("training")
        self.more.add(
            self.more_settings,
            Row(
                mark("Seed of order"),
                self.order_seed,
                mark("The same seed shuffles the samples alike"),
            ),
            self.without_slope,
        )
        self.add(
            Row(
                mark("Optimizer"),
                self.optimizer,
                mark("The rule by which gradients change the weights"),
            ),
            card(self.formula, self.idea),
            self.offer,
            self.settings,
            Row(
                mark("Schedule"),
                self.schedule,
                mark("How the learning rate changes over the iterations"),
            ),
            self.schedule_settings,
            self.sparkline,
            Row(
                mark("Batch size"),
                self.batch_size,
                mark("Samples whose mean gradient makes one update"),
            ),
            Row("", self.full_batch),
            self.more,
        )
        self.optimizer.chosen.connect(self._choose_optimizer)
        self.schedule.chosen.connect(self._choose_schedule)
        self.full_batch.chosen.connect(self._choose_full_batch)
        self.without_slope.chosen.connect(self._choose_without_slope)
        self.offer.accepted.connect(self._take_offer)
        NumberEdit(store, self.batch_size, mark("Batch size"), _with_batch_size)
        NumberEdit(store, self.order_seed, mark("Seed of the order"), _with_order_seed)

    def refresh(self) -> None:
        experiment = self.store.experiment
        rule = experiment.optimizer.rule
        self.optimizer.set_value(rule.key)
        self.formula.set_lines(lines_of(rule.latex))
        self.idea.setText(tr(rule.idea))
        self.idea.setToolTip(rule.source)
        self.optimizer.setAccessibleDescription(tr(rule.idea))
        if self._offered != (rule.key, experiment.learning_rate):
            self.offer.hide()
        schedule = SCHEDULES[experiment.schedule.key]
        seen, folded = _parted(rule.hyperparameters, len(schedule.hyperparameters))
        values = experiment.optimizer.hyperparameters
        self.settings.take(seen, values)
        self.more_settings.take(folded, values)
        self.schedule.set_value(schedule.key)
        self.schedule_settings.take(schedule.hyperparameters, experiment.schedule.hyperparameters)
        self.sparkline.setVisible(schedule.key != "constant")
        self.sparkline.update()
        samples = len(experiment.dataset.train)
        full = experiment.batch_size is None
        self.batch_size.set_scale(Scale(1, samples, logarithmic=True, whole=True))
        self.batch_size.set_value(float(experiment.effective_batch_size))
        self.batch_size.setEnabled(not full and samples > 1)
        self.full_batch.set_value(full)
        self.full_batch.setEnabled(samples > 1)
        self.order_seed.set_value(experiment.seed)
        self.without_slope.set_value(experiment.error_without_slope)

    def _choose_optimizer(self, key: str) -> None:
        before = self.store.experiment
        if key == before.optimizer.key:
            return
        attempt(self.store, tr("Optimizer"), lambda e: with_optimizer(e, key))
        old, new = OPTIMIZERS[before.optimizer.key], OPTIMIZERS[key]
        rate = before.learning_rate
        if rate == old.learning_rate != new.learning_rate:
            self._offered = (key, rate)
            self.offer.make(
                mark("The usual learning rate of {0} is {1}; now it is {2}."),
                mark("Use {1}"),
                _Label(new.label),
                shown(new.learning_rate),
                shown(rate),
            )

    def _take_offer(self) -> None:
        rate = self.store.experiment.optimizer.rule.learning_rate
        attempt(self.store, tr("Learning rate"), lambda e: replace(e, learning_rate=rate))

    def _choose_schedule(self, key: str) -> None:
        if key != self.store.experiment.schedule.key:
            attempt(self.store, tr("Schedule"), lambda e: replace(e, schedule=Schedule(key)))

    def _choose_full_batch(self, on: bool) -> None:
        samples = len(self.store.experiment.dataset.train)
        size = None if on else max(1, min(10, samples // 2))
        attempt(self.store, tr("Batch size"), lambda e: replace(e, batch_size=size))

    def _choose_without_slope(self, on: bool) -> None:
        attempt(
            self.store,
            tr("Errors without f′"),
            lambda e: replace(e, error_without_slope=on),
        )


class _Label:
    """A label of the engine's, worded when asked."""

    def __init__(self, label: str) -> None:
        self._label = label

    def __call__(self) -> str:
        return tr(self._label)


def lines_of(latex: Sequence[str]) -> tuple[Line, ...]:
    """Return formulas as lines, parted at their relation so that these stand below each other."""
    lines: list[Line] = []
    for source in latex:
        pieces: tuple[Symbol, ...] = (Symbol(source),)
        for relation in (r"\leftarrow", "="):
            left, found, right = source.partition(relation)
            if found:
                pieces = (Symbol(left.strip()), Symbol(relation), Symbol(right.strip()))
                break
        # "numbers" keep close to the line above.
        lines.append(Line(pieces, "numbers" if lines else "rule"))
    return tuple(lines)


def with_optimizer(experiment: Experiment, key: str) -> Experiment:
    """Return the experiment with another optimizer; numbers of the same name stay."""
    known = {parameter.key for parameter in OPTIMIZERS[key].hyperparameters}
    kept = tuple((name, value) for name, value in experiment.optimizer.settings if name in known)
    return replace(experiment, optimizer=Optimizer(key, kept))


def _parted(
    parameters: Sequence[Hyperparameter], others: int
) -> tuple[list[Hyperparameter], list[Hyperparameter]]:
    """Part hyperparameters into those in sight and those under "More"."""
    room = MOST_CONTROLS - _FIXED_CONTROLS - others
    usual = [parameter for parameter in parameters if parameter.key not in _RARE]
    rare = [parameter for parameter in parameters if parameter.key in _RARE]
    return usual[:room], usual[room:] + rare


def _with_optimizer_setting(experiment: Experiment, name: str, value: float) -> Experiment:
    return replace(experiment, optimizer=with_setting(experiment.optimizer, name, value))


def _with_schedule_setting(experiment: Experiment, name: str, value: float) -> Experiment:
    return replace(experiment, schedule=with_setting(experiment.schedule, name, value))


def _with_batch_size(experiment: Experiment, size: float) -> Experiment:
    return replace(experiment, batch_size=int(size))


def _with_order_seed(experiment: Experiment, seed: float) -> Experiment:
    return replace(experiment, seed=int(seed))
