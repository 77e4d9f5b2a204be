"""Edits of a network's topology, as pure functions from one architecture to the next.

What survives keeps its ids, so that ``transplant`` can carry its weights over; what is new gets
ids beyond the largest in use. Layers are counted from 1 (0 is the input); the widths of input and
output belong to the data and change with them alone, through ``adapt``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count

from engine.errors import NablaError
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.architecture import ALPHA, BIAS, Architecture, Cut, Key, Layer


def fresh_ids(architecture: Architecture) -> Iterator[int]:
    """Count on from the largest id of a unit or a layer."""
    return count(1 + max(*architecture.places, *(layer.id for layer in architecture.layers)))


def add_unit(architecture: Architecture, number: int) -> Architecture:
    """Add a unit at the end of hidden layer ``number``.

    Raises
    ------
    NablaError
        It is the input or the output, whose width belongs to the data; or there are too many units.
    """
    layer = _hidden(architecture, number)
    unit = next(fresh_ids(architecture))
    return _with_layer(architecture, number, replace(layer, units=(*layer.units, unit)))


def remove_unit(architecture: Architecture, unit: int) -> Architecture:
    """Remove a hidden unit and all its connections.

    Raises
    ------
    NablaError
        It belongs to the input or the output, or is the last of its layer.
    """
    number, _ = _place(architecture, unit)
    layer = _hidden(architecture, number)
    if len(layer.units) == 1:
        raise NablaError("network.last_unit", layer=number)
    units = tuple(known for known in layer.units if known != unit)
    return _with_layer(architecture, number, replace(layer, units=units))


def insert_layer(
    architecture: Architecture,
    before: int,
    width: int | None = None,
    activation: str | None = None,
) -> Architecture:
    """Insert a hidden layer in front of layer ``before`` (1: after the inputs).

    Width, activation and biases follow a hidden neighbour; without one: 3 units, tanh, the biases
    of the output. The connections between the layers that are torn apart do not survive.

    Raises
    ------
    NablaError
        There is no such layer, or there are too many.
    """
    _check_number(architecture, before)
    hidden = architecture.layers[:-1]
    model = (
        hidden[min(max(before - 2, 0), len(hidden) - 1)]
        if hidden
        else replace(architecture.output, activation="tanh", units=(1, 2, 3))
    )
    ids = fresh_ids(architecture)
    layer = Layer(
        next(ids),
        tuple(next(ids) for _ in range(width or len(model.units))),
        activation or model.activation,
        model.bias,
    )
    layers = architecture.layers
    return architecture.pruned(layers=(*layers[: before - 1], layer, *layers[before - 1 :]))


def remove_layer(architecture: Architecture, number: int) -> Architecture:
    """Remove hidden layer ``number``.

    Raises
    ------
    NablaError
        It is the input or the output.
    """
    _hidden(architecture, number)
    layers = architecture.layers
    return architecture.pruned(layers=(*layers[: number - 1], *layers[number:]))


def move_layer(architecture: Architecture, number: int, by: int) -> Architecture:
    """Move hidden layer ``number`` towards the output (``by`` > 0) or the input, as far as it goes.

    Raises
    ------
    NablaError
        It is the input or the output.
    """
    layer = _hidden(architecture, number)
    hidden = [known for known in architecture.layers[:-1] if known is not layer]
    place = min(max(number - 1 + by, 0), len(hidden))
    hidden.insert(place, layer)
    return architecture.pruned(layers=(*hidden, architecture.output))


def set_activation(architecture: Architecture, number: int, activation: str) -> Architecture:
    """Give layer ``number`` another activation; α comes and goes with PReLU.

    Raises
    ------
    NablaError
        Softmax before the output, or an unknown activation.
    """
    layer = _layer(architecture, number)
    return _with_layer(architecture, number, replace(layer, activation=activation))


def set_bias(architecture: Architecture, on: bool, number: int | None = None) -> Architecture:
    """Switch the biases of layer ``number``, or of all layers, on or off."""
    if number is not None:
        layer = _layer(architecture, number)
        return _with_layer(architecture, number, replace(layer, bias=on))
    return architecture.pruned(
        layers=tuple(replace(layer, bias=on) for layer in architecture.layers)
    )


def cut(architecture: Architecture, weights: Mapping[Key, float]) -> Architecture:
    """Cut connections; each keeps the weight given for it until it is joined again.

    Raises
    ------
    NablaError
        A key is no connection between two units.
    """
    done = {known.key for known in architecture.cut}
    fresh = []
    for key, weight in weights.items():
        if key not in architecture.index or key[0] in (BIAS, ALPHA):
            raise NablaError("network.not_a_connection")
        if key not in done:
            fresh.append(Cut(key, float(weight)))
    return replace(architecture, cut=(*architecture.cut, *fresh))


def join(architecture: Architecture, keys: Iterable[Key]) -> Architecture:
    """Join connections that were cut; others stay as they are."""
    joined = frozenset(keys)
    return replace(
        architecture, cut=tuple(known for known in architecture.cut if known.key not in joined)
    )


def freeze(architecture: Architecture, keys: Iterable[Key]) -> Architecture:
    """Let training leave parameters alone.

    Raises
    ------
    NablaError
        A key is none of the network's.
    """
    added = frozenset(keys)
    if not added <= architecture.index.keys():
        raise NablaError("network.no_such_parameter")
    return replace(architecture, frozen=architecture.frozen | added)


def unfreeze(architecture: Architecture, keys: Iterable[Key]) -> Architecture:
    """Let training change parameters again."""
    return replace(architecture, frozen=architecture.frozen - frozenset(keys))


def adapt(architecture: Architecture, n_inputs: int, n_outputs: int) -> Architecture:
    """Give a network the width of other data, keeping the units that survive, first ones first.

    A softmax over one unit, which is always 1, becomes a sigmoid.
    """
    ids = fresh_ids(architecture)
    inputs = _resized(architecture.inputs, n_inputs, ids)
    output = replace(architecture.output, units=_resized(architecture.output.units, n_outputs, ids))
    if n_outputs == 1 and ACTIVATIONS[output.activation].mixes_units:
        output = replace(output, activation="sigmoid")
    if inputs == architecture.inputs and output == architecture.output:
        return architecture
    return architecture.pruned(inputs=inputs, layers=(*architecture.layers[:-1], output))


def _resized(units: tuple[int, ...], width: int, ids: Iterator[int]) -> tuple[int, ...]:
    return (*units[:width], *(next(ids) for _ in range(width - len(units))))


def _place(architecture: Architecture, unit: int) -> tuple[int, int]:
    if unit not in architecture.places:
        raise NablaError("network.no_such_unit")
    return architecture.places[unit]


def _check_number(architecture: Architecture, number: int) -> None:
    if not 1 <= number <= len(architecture.layers):
        raise NablaError("network.no_such_layer", layer=number)


def _layer(architecture: Architecture, number: int) -> Layer:
    _check_number(architecture, number)
    return architecture.layers[number - 1]


def _hidden(architecture: Architecture, number: int) -> Layer:
    """Return hidden layer ``number``; the input and the output are refused."""
    if number == 0:
        raise NablaError("network.input_is_bound")
    layer = _layer(architecture, number)
    if number == len(architecture.layers):
        raise NablaError("network.output_is_bound")
    return layer


def _with_layer(architecture: Architecture, number: int, layer: Layer) -> Architecture:
    layers = list(architecture.layers)
    layers[number - 1] = layer
    return architecture.pruned(layers=tuple(layers))
