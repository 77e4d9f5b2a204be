"""The menu of what is selected on the canvas: each entry is an edit, with its key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from engine.network import ALPHA, BIAS, Key
from engine.network.activations import TABLE as ACTIVATIONS
from engine.session import Selection
from gui import icons
from gui.i18n import tr
from gui.state.studies import study_derivative
from gui.views.canvas.edits import Edits
from gui.views.canvas.words import is_there

Slot = Callable[[], object]


def fill(
    menu: QMenu, edits: Edits, selection: Selection | None, edit_value: Callable[[Key], object]
) -> None:
    """Add the entries for a selection; ``edit_value`` opens the field for a parameter."""
    if selection is None or not is_there(edits.architecture, selection):
        _fill_network(menu, edits)
    elif selection.kind == "parameter":
        _fill_parameter(menu, edits, selection, edit_value)
    elif selection.kind == "unit":
        _fill_unit(menu, edits, selection)
    else:
        fill_layer(menu, edits, selection.target[0])
    menu.addSeparator()


def add(
    menu: QMenu,
    text: str,
    slot: Slot,
    *,
    icon: str = "",
    shortcut: str = "",
    enabled: bool = True,
) -> QAction:
    """Add one entry; the key is shown, the canvas itself listens to it."""
    action = QAction(text, menu)
    if icon:
        icons.bind(action, icon)
    if shortcut:
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.setEnabled(enabled)
    # The signal brings "checked", which no edit wants.
    action.triggered.connect(_without_arguments(slot))
    menu.addAction(action)
    return action


def _without_arguments(slot: Slot) -> Callable[[bool], None]:
    def call(_: bool) -> None:
        slot()

    return call


def _fill_parameter(
    menu: QMenu, edits: Edits, selection: Selection, edit_value: Callable[[Key], object]
) -> None:
    key = selection.target
    is_cut = edits.is_cut(key)
    add(
        menu,
        tr("Study this derivative"),
        partial(study_derivative, edits.store),
        icon="lab_derivative",
    )
    add(
        menu,
        tr("Type its value…"),
        partial(edit_value, key),
        icon="weight",
        shortcut="Return",
        enabled=not is_cut,
    )
    if key[0] not in (BIAS, ALPHA):
        text = tr("Join connection") if is_cut else tr("Cut connection")
        add(
            menu,
            text,
            partial(edits.toggle_cut, key),
            icon="join" if is_cut else "cut",
            shortcut="Del",
        )
    _add_freeze(menu, edits, selection)


def _fill_unit(menu: QMenu, edits: Edits, selection: Selection) -> None:
    unit = selection.target[0]
    number, _ = edits.architecture.places[unit]
    hidden = 0 < number < len(edits.architecture.layers)
    if hidden:
        add(
            menu,
            tr("Remove neuron"),
            partial(edits.remove_unit, unit),
            icon="remove",
            shortcut="Del",
            enabled=len(edits.architecture.units(number)) > 1,
        )
    if number > 0:
        _add_freeze(menu, edits, selection)
        menu.addSeparator()
    fill_layer(menu, edits, number, with_freeze=False)


def _add_freeze(menu: QMenu, edits: Edits, selection: Selection) -> None:
    keys = edits.keys_of(selection)
    frozen = edits.is_frozen(keys)
    texts = {
        "parameter": (tr("Freeze weight"), tr("Unfreeze weight")),
        "unit": (tr("Freeze neuron"), tr("Unfreeze neuron")),
        "layer": (tr("Freeze layer"), tr("Unfreeze layer")),
    }
    add(
        menu,
        texts[selection.kind][frozen],
        partial(edits.toggle_frozen, selection),
        icon="freeze",
        shortcut="F",
        enabled=bool(keys),
    )


def fill_layer(menu: QMenu, edits: Edits, number: int, *, with_freeze: bool = True) -> None:
    """Add the entries for a layer."""
    last = len(edits.architecture.layers)
    hidden = 0 < number < last
    if hidden:
        add(menu, tr("Add neuron"), partial(edits.add_unit, number), icon="add")
    if number > 0:
        submenu = menu.addMenu(tr("Activation"))
        fill_activations(submenu, edits, number)
        bias = edits.architecture.layers[number - 1].bias
        entry = add(menu, tr("Biases"), partial(edits.set_bias, not bias, number))
        entry.setCheckable(True)
        entry.setChecked(bias)
        if with_freeze:
            _add_freeze(menu, edits, Selection("layer", (number, 0)))
    menu.addSeparator()
    if number > 0:
        add(menu, tr("Insert layer before"), partial(edits.insert_layer, number), icon="layer")
    if number < last:
        add(menu, tr("Insert layer after"), partial(edits.insert_layer, number + 1), icon="layer")
    if hidden:
        add(
            menu,
            tr("Move layer left"),
            partial(edits.move_layer, number, -1),
            icon="chevron_left",
            enabled=number > 1,
        )
        add(
            menu,
            tr("Move layer right"),
            partial(edits.move_layer, number, 1),
            icon="chevron_right",
            enabled=number < last - 1,
        )
        add(menu, tr("Remove layer"), partial(edits.remove_layer, number), icon="trash")


def fill_activations(menu: QMenu, edits: Edits, number: int) -> None:
    """Add one entry for each activation that the layer may have."""
    current = edits.architecture.layers[number - 1].activation
    output = number == len(edits.architecture.layers)
    group = QActionGroup(menu)
    for key, activation in ACTIVATIONS.items():
        if activation.mixes_units and not output:
            continue
        entry = add(menu, tr(activation.label), partial(edits.set_activation, number, key))
        entry.setCheckable(True)
        entry.setChecked(key == current)
        group.addAction(entry)


def _fill_network(menu: QMenu, edits: Edits) -> None:
    last = len(edits.architecture.layers)
    add(menu, tr("Insert layer"), partial(edits.insert_layer, last), icon="layer")
    biases = [layer.bias for layer in edits.architecture.layers]
    entry = add(menu, tr("Biases everywhere"), partial(edits.set_bias, not all(biases)))
    entry.setCheckable(True)
    entry.setChecked(all(biases))
