"""What a network looks like: units with stable ids, layers, cut and frozen connections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from engine.errors import NablaError
from engine.hyperparameters import is_number
from engine.network import activations
from engine.network.layout import Layout

BIAS = 0
"""Source of a bias in a key."""
ALPHA = -1
"""Source of a layer's learned α in a key."""

MOST_UNITS = 1024
MOST_LAYERS = 32
MOST_PARAMETERS = 200_000

Key = tuple[int, int]
"""A parameter by its ends: (source unit, target unit), (BIAS, unit) or (ALPHA, layer)."""


@dataclass(frozen=True)
class Layer:
    """A layer of units.

    Attributes
    ----------
    id
        Stable over edits, unique among layers.
    units
        Stable ids of the units, unique in the network.
    activation
        Key in ``activations.TABLE``.
    bias
        Whether the units have biases.
    """

    id: int
    units: tuple[int, ...]
    activation: str = "sigmoid"
    bias: bool = True


@dataclass(frozen=True)
class Cut:
    """A cut connection and the weight that joining it again restores."""

    key: Key
    weight: float


@dataclass(frozen=True)
class Architecture:
    """A fully connected network, layer by layer.

    Attributes
    ----------
    inputs
        Ids of the input units.
    layers
        Hidden layers and, last, the output layer.
    cut
        Connections that are an exact 0 and stay so.
    frozen
        Keys of parameters that training leaves alone.
    """

    inputs: tuple[int, ...]
    layers: tuple[Layer, ...]
    cut: tuple[Cut, ...] = ()
    frozen: frozenset[Key] = frozenset()

    def __post_init__(self) -> None:
        """Refuse networks that cannot be computed.

        Raises
        ------
        NablaError
            No layer or unit, too many of them, an unknown activation, softmax before the output,
            ids that are not unique, a cut or frozen mark on what is not there.
        """
        if not self.layers:
            raise NablaError("network.no_layers")
        if len(self.layers) > MOST_LAYERS:
            raise NablaError("network.too_many_layers", layers=len(self.layers), most=MOST_LAYERS)
        for number, width in enumerate(self.widths):
            if not 1 <= width <= MOST_UNITS:
                raise NablaError("network.bad_width", layer=number, units=width, most=MOST_UNITS)
        for number, layer in enumerate(self.layers, 1):
            if layer.activation not in activations.TABLE:
                raise NablaError(
                    "network.unknown_activation", layer=number, activation=layer.activation
                )
            if activations.TABLE[layer.activation].mixes_units and layer is not self.layers[-1]:
                raise NablaError("network.softmax_inside", layer=number)
        units = [*self.inputs, *(unit for layer in self.layers for unit in layer.units)]
        for ids in (units, [layer.id for layer in self.layers]):
            if len(set(ids)) != len(ids) or min(ids) < 1:
                raise NablaError("network.bad_ids")
        if self.layout.size > MOST_PARAMETERS:
            raise NablaError(
                "network.too_many_parameters", parameters=self.layout.size, most=MOST_PARAMETERS
            )
        cut = [cut.key for cut in self.cut]
        if len(set(cut)) != len(cut) or not {*cut, *self.frozen} <= self.index.keys():
            raise NablaError("network.bad_marks")
        if not all(is_number(cut.weight) for cut in self.cut):
            raise NablaError("parameter.not_finite")

    @classmethod
    def dense(
        cls,
        widths: Sequence[int],
        activations: Sequence[str] | str = "sigmoid",
        bias: bool = True,
    ) -> Self:
        """Make a network from its widths, inputs first.

        ``activations`` is one key for all layers or one key a layer.
        """
        if len(widths) < 2:
            raise NablaError("network.no_layers")
        keys = (
            [activations] * (len(widths) - 1) if isinstance(activations, str) else list(activations)
        )
        if len(keys) != len(widths) - 1:
            raise NablaError("network.activations_count", layers=len(widths) - 1, given=len(keys))
        first = 1
        groups = []
        for width in widths:
            groups.append(tuple(range(first, first + width)))
            first += width
        layers = tuple(
            Layer(number, units, key, bias)
            for number, (units, key) in enumerate(zip(groups[1:], keys, strict=True), 1)
        )
        return cls(groups[0], layers)

    @property
    def widths(self) -> tuple[int, ...]:
        """Numbers of units, inputs first."""
        return (len(self.inputs), *(len(layer.units) for layer in self.layers))

    @property
    def output(self) -> Layer:
        """The last layer."""
        return self.layers[-1]

    @cached_property
    def layout(self) -> Layout:
        """Where each parameter lives in the flat vector."""
        return Layout.of(
            self.widths,
            tuple(layer.bias for layer in self.layers),
            tuple(activations.TABLE[layer.activation].learned for layer in self.layers),
        )

    def units(self, number: int) -> tuple[int, ...]:
        """Return the ids in layer ``number``; 0 is the input."""
        return self.inputs if number == 0 else self.layers[number - 1].units

    @cached_property
    def places(self) -> dict[int, tuple[int, int]]:
        """Where each unit is: id → (layer, position), inputs in layer 0."""
        return {
            unit: (number, position)
            for number in range(len(self.layers) + 1)
            for position, unit in enumerate(self.units(number))
        }

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The key of each parameter, in the order of the flat vector."""
        keys: list[Key] = []
        for number, layer in enumerate(self.layers, 1):
            keys += [
                (source, target) for source in self.units(number - 1) for target in layer.units
            ]
            if layer.bias:
                keys += [(BIAS, target) for target in layer.units]
            if activations.TABLE[layer.activation].learned:
                keys.append((ALPHA, layer.id))
        return tuple(keys)

    @cached_property
    def index(self) -> dict[Key, int]:
        """The index of each key in the flat vector."""
        return {key: index for index, key in enumerate(self.keys)}

    @cached_property
    def cut_indices(self) -> tuple[int, ...]:
        """Indices of cut connections in the flat vector."""
        return tuple(sorted(self.index[cut.key] for cut in self.cut))

    @cached_property
    def frozen_indices(self) -> tuple[int, ...]:
        """Indices of frozen parameters in the flat vector."""
        return tuple(sorted(self.index[key] for key in self.frozen))

    def incoming(self, unit: int) -> frozenset[Key]:
        """Return the keys of a unit's incoming weights and of its bias."""
        number, _ = self.places[unit]
        if number == 0:
            return frozenset()
        keys = {(source, unit) for source in self.units(number - 1)}
        if self.layers[number - 1].bias:
            keys.add((BIAS, unit))
        return frozenset(keys)

    def layer_keys(self, number: int) -> frozenset[Key]:
        """Return the keys of all parameters of layer ``number``; 1 comes after the inputs."""
        keys = set().union(*(self.incoming(unit) for unit in self.units(number)))
        layer = self.layers[number - 1]
        if activations.TABLE[layer.activation].learned:
            keys.add((ALPHA, layer.id))
        return frozenset(keys)

    def pruned(self, **changes: object) -> Architecture:
        """Return a copy with changes, without cut and frozen marks that have lost their ends."""
        bare = replace(self, cut=(), frozen=frozenset(), **changes)  # type: ignore[arg-type]
        return replace(
            bare,
            cut=tuple(cut for cut in self.cut if cut.key in bare.index),
            frozen=frozenset(key for key in self.frozen if key in bare.index),
        )
