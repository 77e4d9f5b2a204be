"""A selected layer: width, activation, biases, frozen, and where it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.topology import insert_layer, remove_layer, set_bias
from engine.session import Selection
from engine.training import Experiment
from engine.training.fitting import with_architecture
from gui.formula import FormulaView
from gui.i18n import mark, tr
from gui.inspectors.fields import CheckField, note
from gui.inspectors.layer_fields import (
    ActivationField,
    WidthField,
    architecture_edit,
    layer_name,
)
from gui.inspectors.panel import attempt
from gui.inspectors.parameters import are_frozen
from gui.inspectors.rows import Row, card
from gui.inspectors.selection_panel import SelectionPanel, action_button
from gui.inspectors.training_tab import lines_of
from gui.state.store import Store

_FORMULA_PIXELS = 15.0


class LayerPanel(SelectionPanel):
    """Edits one layer; of the inputs it says what they are."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.units = WidthField(store, 1)
        self.activation = ActivationField(store, 1)
        self.units_row = Row(
            mark("Neurons"), self.units, mark("How many there are; the last ones come and go")
        )
        self.activation_row = Row(
            mark("Activation"), self.activation, mark("Of all neurons of this layer")
        )
        self.formula = FormulaView()
        self.formula.set_size(_FORMULA_PIXELS)
        self.formula.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.formula_card = card(self.formula)
        self.biases = CheckField(
            mark("Biases"), mark("Each neuron of this layer adds a bias to its sum")
        )
        self.frozen = CheckField(
            mark("Freeze this layer"), mark("Training leaves all its parameters alone")
        )
        self.insert = action_button("add", mark("Insert a layer before it"), self._insert)
        self.remove = action_button("trash", mark("Remove this layer"), self._remove)
        self.about = note()
        self.add(
            self.units_row,
            self.units.message,
            self.activation_row,
            self.formula_card,
            self.biases,
            self.frozen,
            self.about,
            self.insert,
            self.remove,
        )
        self._number = 0
        self.biases.chosen.connect(self._switch_biases)
        self.frozen.chosen.connect(self._freeze)

    def refresh(self) -> None:
        selection, architecture = self.store.view.selection, self.store.experiment.architecture
        if selection is None or not 0 <= selection.target[0] <= len(architecture.layers):
            return
        number = selection.target[0]
        if number != self._number:
            self.tell(None)
        self._number = self.units.number = number
        last = number == len(architecture.layers)
        self.title.setText(layer_name(architecture, number))
        self.units.set_value(architecture.widths[number])
        for widget in (
            self.activation_row,
            self.formula_card,
            self.biases,
            self.frozen,
            self.insert,
        ):
            widget.setVisible(number > 0)
        self.remove.setVisible(number > 0 and not last)
        self.about.setVisible(number == 0 or last)
        if number == 0:
            self.subtitle.setText(tr("The features of a sample enter here."))
            names = ", ".join(self.store.experiment.dataset.feature_names)
            self.about.setText(tr("Features: {0}").format(names))
            return
        layer = architecture.layers[number - 1]
        self.subtitle.setText(
            tr("Layer {0} of {1}, {2} parameters").format(
                number, len(architecture.layers), len(architecture.layer_keys(number))
            )
        )
        self.activation.number = number
        self.activation.take()
        entry = ACTIVATIONS[layer.activation]
        self.formula.set_lines(
            lines_of((f"f(z) = {entry.latex}", f"f'(z) = {entry.derivative_latex}"))
        )
        self.biases.set_value(layer.bias)
        self.frozen.set_value(are_frozen(self.store.experiment, architecture.layer_keys(number)))
        if last:
            self.about.setText(tr("The data say how many outputs there are."))

    def _switch_biases(self, on: bool) -> None:
        number = self._number

        def change(experiment: Experiment) -> Experiment:
            return with_architecture(experiment, set_bias(experiment.architecture, on, number))

        self.tell(attempt(self.store, tr("Biases"), change))

    def _freeze(self) -> None:
        self.freeze(self.store.experiment.architecture.layer_keys(self._number))

    def _insert(self) -> None:
        architecture = insert_layer(self.store.experiment.architecture, self._number)
        self.tell(architecture_edit(self.store, tr("Add a layer"), architecture))

    def _remove(self) -> None:
        architecture = remove_layer(self.store.experiment.architecture, self._number)
        error = architecture_edit(self.store, tr("Remove a layer"), architecture)
        self.tell(error)
        if error is None:
            number = min(self._number, len(architecture.layers))
            self.store.look(selection=Selection("layer", (number, 0)))
