"""From the network lab to the descent lab: optimizers race on the network's own loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.errors import NablaError
from engine.landscape import Picture
from engine.landscape.axes import AxesChoice, Request, plane_for
from engine.landscape.frame import fitted
from engine.landscape.plane import are_independent
from engine.network import Vector
from engine.session import Document
from engine.session.descent import Course, Study, study, study_of
from engine.session.rates import usual_rate
from engine.session.runners import Runner
from engine.session.slots import MOST_VALUES
from engine.training import Experiment, Training
from gui.i18n import tr
from gui.state.store import Store

RIVALS = ("gradient_descent", "momentum", "adam")
LOOK_AHEAD, LOOK_SECONDS = 50, 0.2
"""How far the race is followed before the first look, to see how much room it needs."""
_FARTHEST = 4.0
"""Most room that is given to it, in sides of the usual frame."""


def race_on_network(store: Store, picture: Picture | None = None) -> bool:
    """Open the descent lab on the loss of the network under the cursor.

    Everybody starts at its parameters and takes the batches that follow. What is drawn is the
    slice through the start along the axes of a picture of the loss, or of the usual one.

    False, and a message, where there is no such slice.
    """
    moment = store.moment
    training, parameters = moment.segment.training, moment.state.parameters
    try:
        directions = _directions(training, parameters, picture)
    except NablaError as error:
        store.refused.emit(error)
        return False
    numbers = np.concatenate([parameters[None], directions]).ravel()
    cursor = store.document.cursor
    alone = replace(
        store.document.descent,
        run=cursor.run,
        iteration=cursor.iteration,
        plane=tuple(numbers.tolist()),
        start=(0.0, 0.0),
        runners=(),
        noise=0.0,
    )
    runners = _runners(training.experiment, study(alone, moment.segment))

    def opened(document: Document) -> Document:
        return replace(document, descent=replace(alone, runners=runners))

    if not store.edit(tr("Race optimizers on this network"), opened):
        return False
    look = replace(
        store.view.descent_lab,
        iteration=0,
        micro=0,
        runner=0,
        frame=_frame(study_of(store.document)),
        log_height=store.view.surface.log_height,
    )
    store.look(lab="descent", descent_lab=look)
    return True


def _directions(training: Training, parameters: Vector, picture: Picture | None) -> Vector:
    """Return two directions (2, size) in which training can go.

    Raises
    ------
    NablaError
        ``race.network_too_large``; ``landscape.…``: there is no plane.
    """
    most = MOST_VALUES // 3
    if parameters.size > most:
        raise NablaError("race.network_too_large", given=parameters.size, most=most)
    found = []
    if picture is not None and picture.plane.origin.size == parameters.size:
        found.append(picture.plane.directions)
    for kind in ("layer_gradients", "random"):
        try:
            request = Request(training, AxesChoice(kind), parameters)
            found.append(plane_for(request).directions)
        except NablaError:
            continue
    for directions in found:
        free = directions if training.trainable is None else directions * training.trainable
        if are_independent(*free):
            return np.asarray(free)
    raise NablaError("landscape.no_plane")


def _runners(experiment: Experiment, ground: Study) -> tuple[Runner, ...]:
    """Return the network's own optimizer, and beside it others, at rates that suit the loss."""
    own, schedule = experiment.optimizer, experiment.schedule
    first = Runner(own.key, own.settings, experiment.learning_rate, schedule.key, schedule.settings)
    others = [key for key in RIVALS if key != own.key]
    return first, *(
        Runner(key, (), usual_rate(key, ground), colour=number)
        for number, key in enumerate(others, 1)
    )


def _downhill(course: Course) -> Vector:
    """Return the places (k, 2) that are no higher than the start."""
    return np.asarray(course.points[course.values <= course.values[0]])


def _frame(own: Study) -> tuple[float, ...]:
    """Return left, right, bottom and top with room for the first steps; empty: the usual ones."""
    if own.ground is None:
        return ()
    own.reach(LOOK_AHEAD, LOOK_SECONDS)
    spans = np.array(own.subject.domain)
    low, high = spans.T
    points = np.concatenate([spans.T, *(_downhill(course) for course in own.courses)])
    points = points[np.isfinite(points).all(axis=1)]
    room = _FARTHEST * (high - low)
    near = np.clip(points, low - room, high + room)
    if (near == spans.T[0]).all():
        return ()
    frame = fitted(near, (0.0, 0.0))
    return frame.left, frame.right, frame.bottom, frame.top
