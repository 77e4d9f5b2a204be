"""A selected weight, bias or α: its value, its gradient, frozen or cut."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.formula import as_unicode
from engine.network import Key
from engine.session import Selection
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import CheckField
from gui.inspectors.number_field import NumberField, exact_tip
from gui.inspectors.parameters import (
    ParameterEdit,
    are_frozen,
    in_words,
    is_connection,
    is_cut,
    numbers,
    place_of,
    selected_key,
    set_cut,
    symbol,
)
from gui.inspectors.rows import Row
from gui.inspectors.scales import Scale
from gui.inspectors.selection_panel import Fact, Facts, SelectionPanel, action_button
from gui.state.store import Store


class ParameterPanel(SelectionPanel):
    """Edits one parameter."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.value = NumberField(Scale())
        self.value_row = Row(
            mark("Value"), self.value, mark("Type a number, or step with Up, Down and the wheel")
        )
        self._edit = ParameterEdit(store, self.value)
        self.gradient, self.change = Fact("gradient"), Fact("update")
        self.facts = Facts(self.gradient, self.change)
        self.frozen = CheckField(mark("Freeze"), mark("Training leaves this parameter alone"))
        self.cut_button = action_button("cut", mark("Cut the connection"), self._cut)
        self.source_button = action_button("neuron", mark("From {0}"), self._go_to_source)
        self.target_button = action_button("neuron", mark("To {0}"), self._go_to_target)
        ends = QWidget()
        line = QHBoxLayout(ends)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.source_button, 1)
        line.addWidget(self.target_button, 1)
        self.ends = ends
        self.add(
            self.value_row,
            self.facts,
            self.frozen,
            self.cut_button,
            self.ends,
        )
        self.frozen.chosen.connect(self._freeze)

    def refresh(self) -> None:
        key = selected_key(self.store)
        if key is None:
            return
        experiment = self.store.experiment
        architecture = experiment.architecture
        if key != self._edit.key:
            self._edit.key = key
            self.tell(None)
        index = architecture.index[key]
        now = numbers(self.store)
        value, gradient = float(now.values[index]), float(now.gradient[index])
        cut = is_cut(experiment, key)
        self.title.setText(symbol(architecture, key, self.store.view.notation))
        self.subtitle.setText(in_words(architecture, key))
        self.value.set_value(value)
        self.value.setEnabled(not cut)
        self.value.describe_to(
            tr("Value"),
            exact_tip(value) or tr("Type a number, or step with Up, Down and the wheel"),
        )
        known = not math.isnan(gradient)
        self.facts.say_when(now.past)
        self.gradient.put(
            tr("Gradient"),
            gradient if known else None,
        )
        previous = self.store.moment.previous
        same = previous is not None and len(previous.parameters) == len(now.values)
        self.change.setVisible(same)
        if previous is not None and same:
            before = float(previous.parameters[index])
            self.change.put(tr("Change of the value"), value - before)
        self.frozen.set_value(are_frozen(experiment, (key,)))
        self.cut_button.setVisible(is_connection(key))
        if cut:
            self._word_button(
                mark("Join the connection"), mark("Its weight before the cut comes back")
            )
        else:
            self._word_button(
                mark("Cut the connection"), mark("Its weight becomes exactly 0 and stays so")
            )
        self._word_ends(key)

    def _word_button(self, text: str, help_text: str) -> None:
        bind(self.cut_button, "setText", text)
        bind(self.cut_button, "setToolTip", help_text)

    def _word_ends(self, key: Key) -> None:
        """Name the neurons at both ends on the buttons that lead there."""
        layer, i, j = place_of(self.store.experiment.architecture, key)
        notation = self.notation
        self.source_button.setVisible(i > 0)
        if i > 0:
            source = as_unicode(notation.activation(layer - 1, i))
            bind(self.source_button, "setText", mark("From {0}"), source)
            bind(self.source_button, "setToolTip", mark("Select {0}, where it begins"), source)
        if j > 0:
            target = as_unicode(notation.activation(layer, j))
            bind(self.target_button, "setText", mark("To {0}"), target)
            bind(self.target_button, "setToolTip", mark("Select {0}, where it ends"), target)
        else:
            bind(self.target_button, "setText", mark("To layer {0}"), layer)
            bind(self.target_button, "setToolTip", mark("Select layer {0}"), layer)

    def _freeze(self) -> None:
        if self._edit.key is not None:
            self.freeze(frozenset((self._edit.key,)))

    def _cut(self) -> None:
        key = self._edit.key
        if key is not None:
            self.tell(set_cut(self.store, key, not is_cut(self.store.experiment, key)))

    def _go_to_source(self) -> None:
        if self._edit.key is not None:
            self.store.look(selection=Selection("unit", (self._edit.key[0], 0)))

    def _go_to_target(self) -> None:
        key = self._edit.key
        if key is None:
            return
        architecture = self.store.experiment.architecture
        if key[1] in architecture.places and key[0] >= 0:
            self.store.look(selection=Selection("unit", (key[1], 0)))
        else:
            numbers_by_id = {layer.id: n for n, layer in enumerate(architecture.layers, 1)}
            self.store.look(selection=Selection("layer", (numbers_by_id[key[1]], 0)))
