"""From the network lab to the calculus labs: the loss as a function to be looked into."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.errors import NablaError
from engine.landscape import Picture
from engine.session import Document
from engine.training.formula import loss_formula
from gui.i18n import tr
from gui.state.store import Store

DECIMALS = 9


def study_surface(store: Store, picture: Picture | None) -> bool:
    """Open the surface lab on the slice of the loss that is on screen, at the ball.

    False, and a message, where there is no picture of the network under the cursor.
    """
    moment = store.moment
    parameters = moment.state.parameters
    if picture is None or picture.plane.origin.size != parameters.size:
        store.refused.emit(NablaError("study.no_surface"))
        return False
    plane, frame = picture.plane, picture.frame
    here = plane.coordinates(parameters)
    # The slice goes through the state; its origin is where both coordinates are 0.
    origin = parameters - here @ plane.directions
    numbers = np.concatenate([origin[None], plane.directions]).ravel()
    cursor = store.document.cursor
    names = _axis_names(picture)

    def opened(document: Document) -> Document:
        slot = replace(
            document.surface,
            plane=tuple(numbers.tolist()),
            run=cursor.run,
            iteration=cursor.iteration,
            axes=names,
            point=(float(here[0]), float(here[1])),
            change=(0.05 * frame.width, 0.05 * frame.height),
            nudged=0,
        )
        return replace(document, surface=slot)

    if not store.edit(tr("Study this surface"), opened):
        return False
    look = replace(
        store.view.surface_lab,
        position=0,
        frame=(frame.left, frame.right, frame.bottom, frame.top),
        log_height=store.view.surface.log_height,
    )
    store.look(lab="surface", surface_lab=look)
    return True


def _axis_names(picture: Picture) -> tuple[str, str]:
    """Names of the two weights, where the axes are weights; else x and y."""
    names = picture.order.training.layout.names
    found = []
    for direction in picture.plane.directions:
        places = np.flatnonzero(direction)
        if len(places) != 1 or direction[places[0]] != 1.0:
            return ("x", "y")
        found.append(names[int(places[0])])
    return found[0], found[1]


def study_derivative(store: Store) -> bool:
    """Open the derivative lab on the loss as a function of the selected weight.

    The loss is that of the whole training set where its formula can still be read, else that of
    the focused sample. False, and a message, where there is no such formula.
    """
    moment, selection = store.moment, store.view.selection
    index = None
    if selection is not None and selection.kind == "parameter":
        index = store.experiment.architecture.index.get(selection.target)
    if index is None:
        store.refused.emit(NablaError("study.no_weight"))
        return False
    training, parameters = moment.segment.training, moment.state.parameters
    rows = [int(row) for row in store.experiment.dataset.train]
    try:
        try:
            text = loss_formula(training, parameters, index, rows)
        except NablaError as error:
            if error.code != "formula.too_long":
                raise
            text = loss_formula(training, parameters, index, [moment.trace.focus])
    except NablaError as error:
        store.refused.emit(error)
        return False
    value = float(parameters[index])

    def opened(document: Document) -> Document:
        reach = max(1.0, abs(value))
        slot = replace(
            document.derivative,
            expression=text,
            point=round(value, DECIMALS),
            step=0.5 * reach,
            unit_in="",
            unit_out="",
        )
        return replace(document, derivative=slot)

    if not store.edit(tr("Study this derivative"), opened):
        return False
    look = replace(store.view.derivative_lab, position=0, approach=0, frame=())
    store.look(lab="derivative", derivative_lab=look)
    return True
