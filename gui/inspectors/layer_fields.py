"""Width and activation of a layer, as fields that the network tab and the layer's panel share."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.errors import NablaError
from engine.network import Architecture
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.architecture import MOST_UNITS
from engine.network.topology import set_activation
from engine.training import Experiment
from engine.training.fitting import with_architecture
from gui.i18n import bind, tr
from gui.inspectors.changes import with_width
from gui.inspectors.fields import ChoiceField, labels_of, tool_button
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import attempt
from gui.inspectors.scales import Scale
from gui.state.store import Store

ENTRY_WIDTH, BUTTON_WIDTH = 42, 24


def layer_name(architecture: Architecture, number: int) -> str:
    """Return what a layer is called: input, hidden 1, hidden 2 …, output."""
    if number == 0:
        return tr("Input")
    if number == len(architecture.layers):
        return tr("Output")
    return tr("Hidden {0}").format(number)


class WidthField(QWidget):
    """Number of units of a hidden layer: −, the number, ＋."""

    def __init__(self, store: Store, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.number = number
        self.less = tool_button("remove")
        self.more = tool_button("add")
        self.field = NumberField(Scale(1, MOST_UNITS, step=1, whole=True))
        self.field.entry.setFixedWidth(ENTRY_WIDTH)
        # Four digits fit only without the usual room beside them.
        self.field.entry.setStyleSheet(
            "QLineEdit { padding: 3px 1px; } QLineEdit:focus { padding: 2px 0; }"
        )
        self.field.entry.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.field.column.removeWidget(self.field.message)
        bind(self.less, "setToolTip", "Remove the last neuron of this layer")
        bind(self.less, "setAccessibleName", "Remove a neuron")
        bind(self.more, "setToolTip", "Add a neuron to this layer")
        bind(self.more, "setAccessibleName", "Add a neuron")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        for button in (self.less, self.more):
            button.setFixedSize(BUTTON_WIDTH, 30)
            button.setIconSize(QSize(14, 14))
        line.addWidget(self.less)
        line.addWidget(self.field)
        line.addWidget(self.more)
        line.addStretch(1)
        self.setFixedWidth(ENTRY_WIDTH + 2 * (BUTTON_WIDTH + 2))
        self.setFocusProxy(self.field)
        self.field.check = self._check
        self.field.edited.connect(self._edit)
        self.field.finished.connect(store.end_merge)
        self.less.clicked.connect(self._remove)
        self.more.clicked.connect(self._add)

    @property
    def message(self) -> QLabel:
        """The line that says why a width was refused; whoever holds the field places it."""
        return self.field.message

    def set_value(self, width: int) -> None:
        """Show the width of the layer."""
        self.field.set_value(float(width))
        bound = self.number in (0, len(self._store.experiment.architecture.layers))
        self.field.entry.setReadOnly(bound)
        self.field.entry.setEnabled(not bound)
        self.less.setVisible(not bound)
        self.more.setVisible(not bound)
        self.less.setEnabled(width > 1)

    def describe_to(self, name: str, help_text: str) -> None:
        """Name the field for screen readers and explain it to the pointer."""
        self.field.describe_to(name, help_text)

    def _change(self, experiment: Experiment, width: float) -> Experiment:
        architecture = with_width(experiment.architecture, self.number, int(width))
        return with_architecture(experiment, architecture)

    def _check(self, width: float) -> None:
        self._change(self._store.experiment, width)

    def _edit(self, width: float, merge_key: object = "width") -> None:
        def change(experiment: Experiment) -> Experiment:
            return self._change(experiment, width)

        key = (merge_key, id(self)) if merge_key else None
        error: NablaError | None = attempt(self._store, tr("Number of neurons"), change, key)
        if error is not None:
            self.field.refuse(error)

    def _add(self) -> None:
        self._by(1)

    def _remove(self) -> None:
        self._by(-1)

    def _by(self, units: int) -> None:
        width = self._store.experiment.architecture.widths[self.number]
        self._edit(width + units, None)


class ActivationField(ChoiceField):
    """The activation of a layer; softmax at the output only."""

    def __init__(self, store: Store, number: int, parent: QWidget | None = None) -> None:
        super().__init__((), parent)
        self.setMinimumContentsLength(1)
        self._store = store
        self.number = number
        self.chosen.connect(self._choose)

    def take(self) -> None:
        """Show the activation of the layer in the experiment under the cursor."""
        architecture = self._store.experiment.architecture
        last = self.number == len(architecture.layers)
        inner = [key for key, entry in ACTIVATIONS.items() if entry.mixes_units]
        self.set_entries(labels_of(ACTIVATIONS, () if last else inner))
        self.set_value(architecture.layers[self.number - 1].activation)
        reasons = {}
        if last and architecture.widths[-1] == 1:
            reasons = dict.fromkeys(inner, _needs_two)
        self.disable(reasons)

    def _choose(self, key: str) -> None:
        def change(experiment: Experiment) -> Experiment:
            architecture = set_activation(experiment.architecture, self.number, key)
            return with_architecture(experiment, architecture)

        attempt(self._store, tr("Activation"), change)


def _needs_two() -> str:
    return tr("Softmax needs at least two outputs: over one it is always 1.")


def architecture_edit(store: Store, label: str, architecture: Architecture) -> NablaError | None:
    """Put another network into the experiment, with a loss and first weights that fit."""
    return attempt(store, label, lambda experiment: with_architecture(experiment, architecture))


__all__ = ["ActivationField", "WidthField", "architecture_edit", "layer_name"]
