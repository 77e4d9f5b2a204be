"""The network: its layers, biases, loss, first weights and penalties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from engine.errors import NablaError
from engine.network import Initializer
from engine.network.initializers import TABLE as INITIALIZERS
from engine.network.losses import TABLE as LOSSES
from engine.network.topology import set_bias
from engine.training import Experiment
from engine.training.experiment import LARGEST_PENALTY
from engine.training.fitting import with_architecture
from gui.i18n import mark, tr
from gui.inspectors.changes import with_setting
from gui.inspectors.fields import CheckField, ChoiceField, SeedField, heading, labels_of, note
from gui.inspectors.layer_list import LayerList
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import NumberEdit, Panel, attempt
from gui.inspectors.rows import Row, Section
from gui.inspectors.scales import Scale
from gui.inspectors.settings_rows import SettingsRows
from gui.state.store import Store
from gui.wording import describe

GIVEN = "values"
PENALTY = Scale(0.0, LARGEST_PENALTY, step=0.001)


class NetworkTab(Panel):
    """Edits the network as a whole."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.layers = LayerList(store)
        self.biases = CheckField(
            mark("Biases in all layers"), mark("Each neuron adds a bias to its sum")
        )
        self.loss = ChoiceField(labels_of(LOSSES))
        self.initializer = ChoiceField()
        self.settings = SettingsRows(store, _with_initializer_setting, anew=True)
        self.seed = SeedField()
        self.count = note()
        self.l1, self.l2 = NumberField(PENALTY), NumberField(PENALTY)
        self.more = Section("network")
        self.more.add(
            Row(
                mark("L1 penalty"),
                self.l1,
                mark("Adds L1 · Σ|w| to the loss: weights become exactly 0"),
            ),
            Row(
                mark("L2 penalty"),
                self.l2,
                mark("Adds L2 · ½ Σ w² to the loss: weights stay small"),
            ),
        )
        self.add(
            self.layers,
            self.biases,
            self.count,
            Row(
                mark("Loss function"),
                self.loss,
                mark("What training makes small; what fits the output can be picked"),
            ),
            heading(mark("First weights")),
            Row(
                mark("Initializer"),
                self.initializer,
                mark("How the first weights are drawn; choosing one starts the run again"),
            ),
            self.settings,
            Row(
                mark("Seed"),
                self.seed,
                mark("Seed of the first weights; another one starts the run again"),
            ),
            self.more,
        )
        self.biases.chosen.connect(self._switch_biases)
        self.loss.chosen.connect(self._choose_loss)
        self.initializer.chosen.connect(self._choose_initializer)
        NumberEdit(store, self.seed, mark("Randomize"), _with_seed, anew=True)
        NumberEdit(store, self.l1, mark("L1 penalty"), _with_l1)
        NumberEdit(store, self.l2, mark("L2 penalty"), _with_l2)

    def refresh(self) -> None:
        experiment = self.store.experiment
        architecture = experiment.architecture
        self.layers.take()
        biases = {layer.bias for layer in architecture.layers}
        self.biases.set_value(biases.pop() if len(biases) == 1 else None)
        self.count.setText(_count(experiment))
        self.loss.set_value(experiment.loss)
        self.loss.disable(_unfit(experiment))
        # Given values cannot be asked for; they come with a lesson or a session.
        hidden = () if experiment.initializer.key == GIVEN else (GIVEN,)
        self.initializer.set_entries(labels_of(INITIALIZERS, hidden))
        self.initializer.set_value(experiment.initializer.key)
        rule = INITIALIZERS[experiment.initializer.key]
        values = {parameter.key: parameter.default for parameter in rule.hyperparameters}
        self.settings.take(rule.hyperparameters, values | dict(experiment.initializer.settings))
        self.seed.set_value(experiment.initializer.seed)
        self.l1.set_value(experiment.penalty.l1)
        self.l2.set_value(experiment.penalty.l2)

    def _switch_biases(self, on: bool) -> None:
        def change(experiment: Experiment) -> Experiment:
            return with_architecture(experiment, set_bias(experiment.architecture, on))

        attempt(self.store, tr("Biases"), change)

    def _choose_loss(self, key: str) -> None:
        attempt(self.store, tr("Loss function"), lambda experiment: replace(experiment, loss=key))

    def _choose_initializer(self, key: str) -> None:
        def change(experiment: Experiment) -> Experiment:
            return replace(
                experiment, initializer=Initializer(key, seed=experiment.initializer.seed)
            )

        if key != self.store.experiment.initializer.key:
            attempt(self.store, tr("Initializer"), change, anew=True)


def _with_initializer_setting(experiment: Experiment, name: str, value: float) -> Experiment:
    return replace(experiment, initializer=with_setting(experiment.initializer, name, value))


def _with_seed(experiment: Experiment, seed: float) -> Experiment:
    initializer = experiment.initializer
    if initializer.key in (GIVEN, "constant"):
        # What is not drawn at random cannot be drawn differently.
        initializer = Initializer()
    return replace(experiment, initializer=replace(initializer, seed=int(seed)))


def _with_l1(experiment: Experiment, value: float) -> Experiment:
    return replace(experiment, penalty=replace(experiment.penalty, l1=value))


def _with_l2(experiment: Experiment, value: float) -> Experiment:
    return replace(experiment, penalty=replace(experiment.penalty, l2=value))


def _unfit(experiment: Experiment) -> dict[str, Callable[[], str]]:
    """Return the losses that do not fit, each with the reason."""
    reasons: dict[str, Callable[[], str]] = {}
    for key in LOSSES:
        try:
            replace(experiment, loss=key)
        except NablaError as error:
            reasons[key] = _Reason(error)
    return reasons


class _Reason:
    """Words an error when asked."""

    def __init__(self, error: NablaError) -> None:
        self._error = error

    def __call__(self) -> str:
        return describe(self._error)


def _count(experiment: Experiment) -> str:
    architecture = experiment.architecture
    widths = " – ".join(str(width) for width in architecture.widths)
    text = tr("{0}: {1} parameters").format(widths, architecture.layout.size)
    parts = [text]
    if architecture.frozen:
        parts.append(tr("{0} frozen").format(len(architecture.frozen)))
    if architecture.cut:
        parts.append(tr("{0} cut").format(len(architecture.cut)))
    return " · ".join(parts)
