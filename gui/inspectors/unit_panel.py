"""A selected unit: its activation, bias, incoming weights, and its numbers at this moment."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from engine.formula import as_unicode
from engine.network import BIAS, Architecture
from engine.network.topology import remove_unit
from engine.session import Selection
from gui.i18n import mark, tr
from gui.inspectors.fields import CheckField, heading
from gui.inspectors.layer_fields import ActivationField, architecture_edit, layer_name
from gui.inspectors.number_field import NumberField
from gui.inspectors.parameter_list import ROW_HEIGHT, ParameterList
from gui.inspectors.parameters import ParameterEdit, are_frozen, numbers, seen
from gui.inspectors.rows import Row
from gui.inspectors.scales import Scale
from gui.inspectors.selection_panel import Fact, Facts, SelectionPanel, action_button
from gui.state.store import Store

MOST_ROWS = 8


class UnitPanel(SelectionPanel):
    """Edits one unit of any layer; an input has nothing to edit and says what it is."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.facts = [Fact("forward"), Fact("forward"), Fact("backward")]
        self.facts_card = Facts(*self.facts)
        self.activation = ActivationField(store, 1)
        self.activation_row = Row(
            mark("Activation"), self.activation, mark("Of all neurons of this layer")
        )
        self.bias = NumberField(Scale())
        self.bias_row = Row(
            mark("Bias"), self.bias, mark("Added to the weighted sum; Up and Down step")
        )
        self._bias_edit = ParameterEdit(store, self.bias)
        self.frozen = CheckField(
            mark("Freeze this neuron"),
            mark("Training leaves its incoming weights and its bias alone"),
        )
        self.incoming_heading = heading(mark("Incoming weights"))
        self.incoming = ParameterList(store, follows=False, narrow=True)
        self.remove = action_button("trash", mark("Remove this neuron"), self._remove)
        self.add(
            self.facts_card,
            self.activation_row,
            self.bias_row,
            self.frozen,
            self.incoming_heading,
            self.incoming,
            self.remove,
        )
        self._unit = 0
        self.frozen.chosen.connect(self._freeze)
        self.incoming.refused.connect(self.tell)
        self.incoming.parameters.choose(self._incoming_rows)

    def refresh(self) -> None:
        selection, architecture = self.store.view.selection, self.store.experiment.architecture
        if selection is None or selection.target[0] not in architecture.places:
            return
        unit = selection.target[0]
        number, position = architecture.places[unit]
        if unit != self._unit:
            self._unit = unit
            self.tell(None)
            self.incoming.parameters.choose(self._incoming_rows)
        name = self.notation.activation(number, position + 1)
        self.title.setText(as_unicode(name))
        for widget in (
            self.activation_row,
            self.frozen,
            self.incoming_heading,
            self.incoming,
            self.remove,
        ):
            widget.setVisible(number > 0)
        self._show_facts(number, position)
        if number == 0:
            feature = self.store.experiment.dataset.feature_names[position]
            self.subtitle.setText(tr("Input {0}: feature “{1}”").format(position + 1, feature))
            self.bias_row.hide()
            return
        self.subtitle.setText(
            tr("Neuron {0} of {1}, layer “{2}”").format(
                position + 1, architecture.widths[number], layer_name(architecture, number)
            )
        )
        self.activation.number = number
        self.activation.take()
        key = (BIAS, unit)
        self.bias_row.setVisible(key in architecture.index)
        if key in architecture.index:
            self._bias_edit.key = key
            self.bias.set_value(float(numbers(self.store).values[architecture.index[key]]))
        self.frozen.set_value(are_frozen(self.store.experiment, architecture.incoming(unit)))
        self.incoming.parameters.take()
        rows = min(max(self.incoming.parameters.rowCount(), 1), MOST_ROWS)
        header = self.incoming.horizontalHeader().sizeHint().height()
        self.incoming.setFixedHeight(header + rows * ROW_HEIGHT + 4)
        inner = number < len(architecture.layers)
        self.remove.setVisible(inner)
        self.remove.setEnabled(architecture.widths[number] > 1)

    def _show_facts(self, number: int, position: int) -> None:
        notation, now = self.notation, seen(self.store)
        trace = now.trace
        place = position + 1
        names = [notation.activation(number, place)]
        values: list[float | None] = [None] * 3
        if number == 0:
            trace = trace or self.store.moment.trace
            values = [float(trace.sample_forward.activations[0][0, position])]
        else:
            names = [
                notation.pre_activation(number, place),
                *names,
                notation.delta(number, place),
            ]
            known = self.store.moment.known
            if trace is not None and (now.past or position < known.activations[number - 1]):
                forward = trace.sample_forward
                values[0] = float(forward.pre_activations[number - 1][0, position])
                values[1] = float(forward.activations[number][0, position])
            if trace is not None and (now.past or position < known.deltas[number - 1]):
                errors = notation.errors(trace.sample_backward, number)
                values[2] = float(errors[0, position])
        self.facts_card.say_when(now.past)
        for fact in self.facts[len(names) :]:
            fact.hide()
        for fact, name, value in zip(self.facts, names, values, strict=False):
            fact.put(as_unicode(name), value)
            fact.show()

    def _incoming_rows(self, architecture: Architecture) -> Iterable[int]:
        if self._unit not in architecture.places:
            return ()
        keys = architecture.incoming(self._unit)
        return sorted(architecture.index[key] for key in keys if key[0] != BIAS)

    def _freeze(self) -> None:
        self.freeze(self.store.experiment.architecture.incoming(self._unit))

    def _remove(self) -> None:
        architecture = self.store.experiment.architecture
        number, _ = architecture.places[self._unit]
        error = architecture_edit(
            self.store, tr("Remove a neuron"), remove_unit(architecture, self._unit)
        )
        self.tell(error)
        if error is None:
            self.store.look(selection=Selection("layer", (number, 0)))
