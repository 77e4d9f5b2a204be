"""What is looked at, as JSON: view settings, the camera, the selection."""

from __future__ import annotations

from dataclasses import replace

from engine.hyperparameters import MAX_SEED
from engine.landscape import TABLE as AXES
from engine.network.architecture import MOST_LAYERS
from engine.network.notation import LABELS as NOTATIONS
from engine.session.document import Selection, SurfaceView, View
from engine.session.fields import choice, damaged, flag, integer, number, record, sequence, text
from engine.session.slots import (
    DerivativeLook,
    DescentLook,
    SurfaceLook,
    slot_from_json,
    slot_to_json,
)
from engine.session.stored_experiment import key_from_json
from engine.training import Experiment, Granularity

CENTRES = ("current", "start")
SELECTIONS = ("unit", "parameter", "layer")
LARGEST_SPEED = 1e6
LONGEST_LAB = 40


def view_to_json(view: View) -> dict[str, object]:
    """Turn view settings into plain JSON values."""
    selection, surface = view.selection, view.surface
    return {
        "selection": None if selection is None else [selection.kind, *selection.target],
        "focus": view.focus,
        "granularity": view.granularity.value,
        "speed": view.speed,
        "notation": view.notation,
        "log_loss": view.log_loss,
        "lab": view.lab,
        "derivative_lab": slot_to_json(view.derivative_lab),
        "surface_lab": slot_to_json(view.surface_lab),
        "descent_lab": slot_to_json(view.descent_lab),
        "surface": {
            "axes": surface.axes,
            "layers": list(surface.layers),
            "parameters": [list(key) for key in surface.parameters],
            "seed": surface.seed,
            "centre": surface.centre,
            "log_height": surface.log_height,
            "azimuth": surface.azimuth,
            "elevation": surface.elevation,
            "zoom": surface.zoom,
        },
    }


def view_from_json(place: str, content: object) -> View:
    """Read view settings from what ``json.load`` returned.

    Raises
    ------
    NablaError
        ``session.damaged``.
    """
    fields = record(
        place,
        content,
        (
            "selection",
            "focus",
            "granularity",
            "speed",
            "notation",
            "log_loss",
            "surface",
            "lab",
            "derivative_lab",
            "surface_lab",
            "descent_lab",
        ),
    )
    focus = fields["focus"]
    known = [granularity.value for granularity in Granularity]
    speed = number(f"{place}.speed", fields["speed"])
    if not 0.0 <= speed <= LARGEST_SPEED:
        raise damaged(f"{place}.speed")
    return View(
        selection=_selection(f"{place}.selection", fields["selection"]),
        focus=None if focus is None else integer(f"{place}.focus", focus),
        granularity=Granularity(choice(f"{place}.granularity", fields["granularity"], known)),
        speed=speed,
        notation=choice(f"{place}.notation", fields["notation"], NOTATIONS),
        log_loss=flag(f"{place}.log_loss", fields["log_loss"]),
        surface=_surface(f"{place}.surface", fields["surface"]),
        lab=text(f"{place}.lab", fields["lab"], LONGEST_LAB),
        derivative_lab=slot_from_json(
            DerivativeLook, f"{place}.derivative_lab", fields["derivative_lab"]
        ),
        surface_lab=slot_from_json(SurfaceLook, f"{place}.surface_lab", fields["surface_lab"]),
        descent_lab=slot_from_json(DescentLook, f"{place}.descent_lab", fields["descent_lab"]),
    )


def fitting_view(view: View, experiment: Experiment) -> View:
    """Return view settings without what the experiment does not have."""
    architecture, selection, focus = experiment.architecture, view.selection, view.focus
    if selection is not None:
        there = {
            "unit": selection.target[0] in architecture.places,
            "parameter": selection.target in architecture.index,
            "layer": selection.target[0] <= len(architecture.layers),
        }[selection.kind]
        selection = selection if there else None
    if focus is not None and focus >= len(experiment.dataset.inputs):
        focus = None
    return replace(view, selection=selection, focus=focus)


def _selection(place: str, content: object) -> Selection | None:
    if content is None:
        return None
    kind, first, second = sequence(place, content, 3, 3)
    target = integer(place, first, -1), integer(place, second)
    return Selection(choice(place, kind, SELECTIONS), target)


def _surface(place: str, content: object) -> SurfaceView:
    fields = record(
        place,
        content,
        (
            "axes",
            "layers",
            "parameters",
            "seed",
            "centre",
            "log_height",
            "azimuth",
            "elevation",
            "zoom",
        ),
    )
    first, second = sequence(f"{place}.layers", fields["layers"], 2, 2)
    keys = sequence(f"{place}.parameters", fields["parameters"], 0, 2)
    return SurfaceView(
        axes=choice(f"{place}.axes", fields["axes"], AXES),
        layers=(
            integer(f"{place}.layers", first, 0, MOST_LAYERS),
            integer(f"{place}.layers", second, 0, MOST_LAYERS),
        ),
        parameters=tuple(key_from_json(f"{place}.parameters", key) for key in keys),
        seed=integer(f"{place}.seed", fields["seed"], 0, MAX_SEED),
        centre=choice(f"{place}.centre", fields["centre"], CENTRES),
        log_height=flag(f"{place}.log_height", fields["log_height"]),
        azimuth=_within(f"{place}.azimuth", fields["azimuth"], -1e6, 1e6),
        elevation=_within(f"{place}.elevation", fields["elevation"], -90.0, 90.0),
        zoom=_within(f"{place}.zoom", fields["zoom"], 0.01, 100.0),
    )


def _within(place: str, value: object, low: float, high: float) -> float:
    """Return a number of the camera; a little too much does no harm, so it is only held."""
    return min(max(number(place, value), low), high)
