"""What the inspector shows of parameters at this moment: names, values, gradients, edits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QObject

from engine.errors import NablaError
from engine.formula import as_unicode
from engine.network import ALPHA, BIAS, Architecture, Key, Vector
from engine.network.notation import notation_of
from engine.network.topology import cut, freeze, join, unfreeze
from engine.session import Document, Selection, edits
from engine.training import Experiment, Trace
from engine.training.fitting import with_architecture
from gui.i18n import tr
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import attempt
from gui.state.store import Store

_COMMA = re.compile(r"_\(([0-9,]+)\)")
_LOW = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉‚")


class Numbers(NamedTuple):
    """The parameters of a moment, flat.

    Attributes
    ----------
    values
        At the micro-step on screen: updated layers have their new ones.
    gradient
        NaN where it is not known yet.
    past
        Whether the gradient is that of the iteration before, which led here.
    """

    values: Vector
    gradient: Vector
    past: bool


class Seen(NamedTuple):
    """The iteration whose numbers are shown: the one in work, or the one that has just ended.

    Attributes
    ----------
    trace
        None before the first step.
    past
        Whether the iteration has ended: then all of it is known.
    """

    trace: Trace | None
    past: bool


_kept: WeakKeyDictionary[Store, tuple[Document, Seen, Numbers]] = WeakKeyDictionary()


def seen(store: Store) -> Seen:
    """Return the iteration to show numbers of; made once for each document."""
    return _look(store)[1]


def numbers(store: Store) -> Numbers:
    """Return the parameters under the cursor; computed once for each document."""
    return _look(store)[2]


def _look(store: Store) -> tuple[Document, Seen, Numbers]:
    kept = _kept.get(store)
    if kept is None or kept[0] is not store.document:
        now = _seen(store)
        kept = (store.document, now, _numbers(store, now))
        _kept[store] = kept
    return kept


def _seen(store: Store) -> Seen:
    moment = store.moment
    if moment.document.cursor.micro > 0:
        return Seen(moment.trace, False)
    if moment.previous is None:
        return Seen(None, False)
    training = moment.segment.training
    return Seen(training.trace(moment.previous, moment.document.view.focus), True)


def _numbers(store: Store, now: Seen) -> Numbers:
    moment = store.moment
    values = moment.trace.parameters_at(moment.document.cursor.micro)
    nothing = np.full(values.shape, np.nan)
    if now.trace is None:
        return Numbers(values, nothing, False)
    if now.past:
        return Numbers(values, now.trace.gradient, True)
    layout = moment.segment.training.layout
    for number, slots in enumerate(layout.slots):
        known, width = moment.known.gradients[number], layout.widths[number + 1]
        if known == 0:
            continue
        gradient = moment.trace.gradient
        columns = nothing[slots.weights].reshape(-1, width)
        columns[:, :known] = gradient[slots.weights].reshape(-1, width)[:, :known]
        if slots.bias.stop > slots.bias.start:
            own = nothing[slots.bias]
            own[:known] = gradient[slots.bias][:known]
        if known == width:
            nothing[slots.alpha] = gradient[slots.alpha]
    return Numbers(values, nothing, False)


def place_of(architecture: Architecture, key: Key) -> tuple[int, int, int]:
    """Return layer and the ends of a parameter, counted from 1; source 0: a bias, −1: an α."""
    source, target = key
    if source == ALPHA:
        ids = [layer.id for layer in architecture.layers]
        return ids.index(target) + 1, -1, 0
    layer, position = architecture.places[target]
    if source == BIAS:
        return layer, 0, position + 1
    return layer, architecture.places[source][1] + 1, position + 1


def symbol(architecture: Architecture, key: Key, notation: str) -> str:
    """Return the name of a parameter in a notation, as text: w¹₁₁."""
    layer, i, j = place_of(architecture, key)
    text = as_unicode(notation_of(notation, architecture.widths).parameter(layer, i, j))
    return _COMMA.sub(_lowered, text)


def _lowered(found: re.Match[str]) -> str:
    """Write indices that are parted by a comma as low as others; Unicode has a low quote for it."""
    return found[1].translate(_LOW)


def in_words(architecture: Architecture, key: Key) -> str:
    """Return what a parameter is, in the language of the moment."""
    layer, i, j = place_of(architecture, key)
    if i < 0:
        return tr("α of layer {0}").format(layer)
    if i == 0:
        return tr("Bias of neuron {0} in layer {1}").format(j, layer)
    if layer == 1:
        return tr("Weight from input {0} to neuron {1} of layer {2}").format(i, j, layer)
    return tr("Weight from neuron {0} to neuron {1} of layer {2}").format(i, j, layer)


def is_connection(key: Key) -> bool:
    """Tell weights, which can be cut, from biases and α, which cannot."""
    return key[0] not in (BIAS, ALPHA)


def selected_key(store: Store) -> Key | None:
    """Return the selected parameter, if one is selected that still exists."""
    selection = store.view.selection
    if selection is None or selection.kind != "parameter":
        return None
    return selection.target if selection.target in store.experiment.architecture.index else None


def select(store: Store, key: Key) -> None:
    """Select a parameter everywhere."""
    store.look(selection=Selection("parameter", key))


def check_value(store: Store, index: int, value: float) -> None:
    """Raise NablaError if a parameter cannot have a value."""
    parameters = store.moment.state.parameters.copy()
    parameters[index] = value
    edits.change_parameters(store.document, store.moment.state, parameters)


class ParameterEdit(QObject):
    """Makes what happens in a field an edit of one parameter, one a gesture."""

    def __init__(self, store: Store, field: NumberField) -> None:
        super().__init__(field)
        self._store, self._field = store, field
        self.key: Key | None = None
        field.check = self._check
        field.edited.connect(self._edit)
        field.finished.connect(store.end_merge)

    def _index(self) -> int | None:
        return None if self.key is None else self._store.experiment.architecture.index.get(self.key)

    def _check(self, value: float) -> None:
        index = self._index()
        if index is not None:
            check_value(self._store, index, value)

    def _edit(self, value: float) -> None:
        index = self._index()
        if index is not None:
            self._store.edit_parameter(
                tr("Change a parameter"), index, value, ("parameter", self.key)
            )


def are_frozen(experiment: Experiment, keys: Iterable[Key]) -> bool | None:
    """Tell whether parameters are frozen; None: some are."""
    keys = frozenset(keys)
    frozen = keys & experiment.architecture.frozen
    if not frozen:
        return False
    return True if frozen == keys else None


def set_frozen(store: Store, keys: Iterable[Key], on: bool) -> NablaError | None:
    """Freeze parameters, or let training change them again."""
    keys = frozenset(keys)

    def change(experiment: Experiment) -> Experiment:
        edit = freeze if on else unfreeze
        return with_architecture(experiment, edit(experiment.architecture, keys))

    return attempt(store, tr("Freeze") if on else tr("Unfreeze"), change)


def is_cut(experiment: Experiment, key: Key) -> bool:
    """Tell whether a connection is cut."""
    return any(known.key == key for known in experiment.architecture.cut)


def set_cut(store: Store, key: Key, on: bool) -> NablaError | None:
    """Cut a connection, or join it again with the weight that it had."""
    index = store.experiment.architecture.index[key]
    weight = float(store.moment.state.parameters[index])

    def change(experiment: Experiment) -> Experiment:
        network = experiment.architecture
        edited = cut(network, {key: weight}) if on else join(network, (key,))
        return with_architecture(experiment, edited)

    return attempt(store, tr("Cut a connection") if on else tr("Join a connection"), change)
