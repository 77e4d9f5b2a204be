"""What can be done to a network on its canvas: every edit goes through the store, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.errors import NablaError
from engine.network import ALPHA, BIAS, Architecture, Key, topology
from engine.session import Selection
from engine.training import Experiment
from engine.training.fitting import with_architecture
from gui.i18n import tr
from gui.state.store import Store
from gui.views.canvas.words import is_there

LARGEST = 1e9
"""Beyond this size a weight is refused: it could only be a slip."""


def parse_number(text: str) -> float:
    """Read a number or a simple fraction: "0.5", "−2e-3", "1/3".

    Raises
    ------
    NablaError
        It is no number, or one that no weight can be.
    """
    parts = text.replace("\N{MINUS SIGN}", "-").split("/")
    try:
        numbers = [float(part) for part in parts]
        if len(numbers) > 2:
            raise ValueError
        value = numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0]
    except (ValueError, ZeroDivisionError):
        raise NablaError("parameter.unreadable", text=text.strip()[:40]) from None
    if not abs(value) <= LARGEST:
        raise NablaError("parameter.too_large", maximum=LARGEST)
    return value


class Edits:
    """The edits of the network under the cursor."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def store(self) -> Store:
        """The document that is edited."""
        return self._store

    @property
    def architecture(self) -> Architecture:
        """The network."""
        return self._store.experiment.architecture

    def _change(self, label: str, change: Callable[[Architecture], Architecture]) -> bool:
        def changed(experiment: Experiment) -> Experiment:
            return with_architecture(experiment, change(experiment.architecture))

        done = self._store.edit_experiment(label, changed)
        selection = self._store.view.selection
        if selection is not None and not is_there(self.architecture, selection):
            self._store.look(selection=None)
        return done

    # ------------------------------------------------------------------ units and layers

    def add_unit(self, number: int) -> bool:
        """Add a neuron to a hidden layer."""
        return self._change(tr("Add neuron"), lambda known: topology.add_unit(known, number))

    def remove_unit(self, unit: int) -> bool:
        """Remove a neuron; its neighbour is selected, if it was."""
        architecture = self.architecture
        place = architecture.places.get(unit)
        selected = self._store.view.selection == Selection("unit", (unit, 0))
        done = self._change(tr("Remove neuron"), lambda known: topology.remove_unit(known, unit))
        if done and selected and place is not None:
            number, position = place
            units = self.architecture.units(number)
            neighbour = units[min(position, len(units) - 1)]
            self._store.look(selection=Selection("unit", (neighbour, 0)))
        return done

    def remove_last_unit(self, number: int) -> bool:
        """Remove the selected neuron of a layer, or else its last one."""
        units = self.architecture.units(number)
        selection = self._store.view.selection
        unit = units[-1]
        if selection is not None and selection.kind == "unit" and selection.target[0] in units:
            unit = selection.target[0]
        return self.remove_unit(unit)

    def insert_layer(self, before: int) -> bool:
        """Insert a hidden layer."""
        return self._change(tr("Insert layer"), lambda known: topology.insert_layer(known, before))

    def remove_layer(self, number: int) -> bool:
        """Remove a hidden layer."""
        return self._change(tr("Remove layer"), lambda known: topology.remove_layer(known, number))

    def move_layer(self, number: int, by: int) -> bool:
        """Move a hidden layer towards the output or the input; the selection goes along."""
        layer = self.architecture.layers[number - 1].id
        selected = self._store.view.selection == Selection("layer", (number, 0))
        done = self._change(tr("Move layer"), lambda known: topology.move_layer(known, number, by))
        if done and selected:
            ids = [known.id for known in self.architecture.layers]
            self._store.look(selection=Selection("layer", (ids.index(layer) + 1, 0)))
        return done

    def set_activation(self, number: int, key: str) -> bool:
        """Give a layer another activation, and the network a loss that fits."""
        return self._change(
            tr("Change activation"), lambda known: topology.set_activation(known, number, key)
        )

    def set_bias(self, on: bool, number: int | None = None) -> bool:
        """Switch the biases of a layer, or of all, on or off."""
        label = tr("Add biases") if on else tr("Remove biases")
        return self._change(label, lambda known: topology.set_bias(known, on, number))

    # ------------------------------------------------------------------------ parameters

    def value(self, key: Key) -> float:
        """The value of a parameter in the state under the cursor."""
        return float(self._store.moment.state.parameters[self.architecture.index[key]])

    def set_value(self, key: Key, value: float, merge_key: object = None) -> bool:
        """Give a parameter another value."""
        label = tr("Change weight")
        if key[0] == BIAS:
            label = tr("Change bias")
        elif key[0] == ALPHA:
            label = tr("Change α")
        return self._store.edit_parameter(label, self.architecture.index[key], value, merge_key)

    def is_cut(self, key: Key) -> bool:
        """Whether a connection is cut."""
        return any(known.key == key for known in self.architecture.cut)

    def cut(self, key: Key) -> bool:
        """Cut a connection; its weight is kept for the day when it is joined again."""
        weight = self.value(key)
        return self._change(tr("Cut connection"), lambda known: topology.cut(known, {key: weight}))

    def join(self, key: Key) -> bool:
        """Join a connection that was cut."""
        return self._change(tr("Join connection"), lambda known: topology.join(known, [key]))

    def toggle_cut(self, key: Key) -> bool:
        """Cut a connection, or join it again."""
        return self.join(key) if self.is_cut(key) else self.cut(key)

    def keys_of(self, selection: Selection) -> frozenset[Key]:
        """The parameters that belong to a unit, a layer, or the parameter itself."""
        architecture = self.architecture
        if not is_there(architecture, selection):
            return frozenset()
        if selection.kind == "parameter":
            return frozenset({selection.target})
        if selection.kind == "unit":
            return architecture.incoming(selection.target[0])
        number = selection.target[0]
        return architecture.layer_keys(number) if number > 0 else frozenset()

    def is_frozen(self, keys: Iterable[Key]) -> bool:
        """Whether parameters are all frozen."""
        wanted = frozenset(keys)
        return bool(wanted) and wanted <= self.architecture.frozen

    def toggle_frozen(self, selection: Selection) -> bool:
        """Freeze a weight, a neuron or a layer, or let it learn again."""
        keys = self.keys_of(selection)
        if not keys:
            return False
        if self.is_frozen(keys):
            return self._change(tr("Unfreeze"), lambda known: topology.unfreeze(known, keys))
        return self._change(tr("Freeze"), lambda known: topology.freeze(known, keys))

    def remove(self, selection: Selection) -> bool:
        """Cut a connection, remove a hidden neuron or layer: what the Delete key does."""
        if not is_there(self.architecture, selection):
            return False
        if selection.kind == "unit":
            return self.remove_unit(selection.target[0])
        if selection.kind == "layer":
            return self.remove_layer(selection.target[0])
        return self.toggle_cut(selection.target)
