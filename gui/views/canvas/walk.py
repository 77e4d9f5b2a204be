"""Walking over the network with the arrow keys."""

from __future__ import annotations

from engine.network import ALPHA, BIAS, Architecture
from engine.session import Selection
from gui.views.canvas.words import is_there


def walked(
    architecture: Architecture, selection: Selection | None, right: int, up: int
) -> Selection:
    """What is selected one step further.

    Units lead to units: up and down within a layer, with the layer's name on top; left and right to
    the unit at the same share of the next layer. From a connection up and down go to the next one
    into the same unit, left and right to its ends.
    """
    if selection is None or not is_there(architecture, selection):
        return Selection("unit", (architecture.inputs[0], 0))
    if selection.kind == "parameter":
        return _from_parameter(architecture, selection, right, up)
    if selection.kind == "layer":
        number = min(max(selection.target[0] + right, 0), len(architecture.layers))
        if up < 0:
            return Selection("unit", (architecture.units(number)[0], 0))
        return Selection("layer", (number, 0))
    number, position = architecture.places[selection.target[0]]
    units = architecture.units(number)
    if up > 0 and position == 0:
        return Selection("layer", (number, 0))
    if up:
        return Selection("unit", (units[min(position - up, len(units) - 1)], 0))
    following = min(max(number + right, 0), len(architecture.layers))
    if following == number:
        return selection
    others = architecture.units(following)
    share = (position + 0.5) / len(units)
    return Selection("unit", (others[min(int(share * len(others)), len(others) - 1)], 0))


def into(architecture: Architecture, selection: Selection) -> Selection | None:
    """The first parameter of a unit or layer, for editing; None where there is none."""
    if selection.kind == "parameter":
        return selection
    unit = selection.target[0]
    if selection.kind == "layer":
        if unit == 0:
            return None
        unit = architecture.units(unit)[0]
    keys = [
        key for key in architecture.keys if key[1] == unit and key in architecture.incoming(unit)
    ]
    return Selection("parameter", keys[0]) if keys else None


def _from_parameter(
    architecture: Architecture, selection: Selection, right: int, up: int
) -> Selection:
    source, target = selection.target
    if source == ALPHA:
        number = next(n for n, layer in enumerate(architecture.layers, 1) if layer.id == target)
        return Selection("layer", (number, 0))
    if right > 0 or (right < 0 and source == BIAS):
        return Selection("unit", (target, 0))
    if right < 0:
        return Selection("unit", (source, 0))
    number, _ = architecture.places[target]
    keys = [(unit, target) for unit in architecture.units(number - 1)]
    if architecture.layers[number - 1].bias:
        keys.append((BIAS, target))
    place = keys.index(selection.target) - up
    return Selection("parameter", keys[min(max(place, 0), len(keys) - 1)])
