"""Which picture of the loss surface is wanted, and which one there is.

Pictures are computed beside the window: a rough one while things move, a fine one in float64 when
they rest. The plane stays as it is until its settings or the network change, and the frame only
grows, so nothing jumps while training runs.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from engine.errors import NablaError
from engine.landscape import (
    TABLE,
    AxesChoice,
    Frame,
    Order,
    Picture,
    Plane,
    Projection,
    draw,
    grown,
    project,
)
from engine.network import Key, Vector
from engine.session import Segment
from engine.training import TrainingState
from gui.state.store import Store
from gui.state.workers import Cancelled, Lane
from gui.views.surface_trails import Trails, stretch

MOVING, RESTING, RESTING_FINELY = 24, 64, 96
"""Points of the grid along each axis: in motion, at rest, and at rest where that is quick."""
MOVING_SAMPLES = 512
PACE_MS = 70
"""Between two pictures in motion: drawing them takes time from everything else."""
REST_MS = 140
"""Nothing has changed for so long: things are at rest."""
STALE_MS = 200
"""A picture that has been out of date for so long says so."""
_RIM = 0.03
"""Share of the frame's sides that a rolling ball keeps from the rim."""
QUICK_WORK = 5e7
"""Samples × parameters × points of a grid that take some milliseconds: no rough picture first."""


class Wish(NamedTuple):
    """What the picture should show now; with another ``key`` it has other axes."""

    key: tuple[object, ...]
    choice: AxesChoice
    segments: tuple[Segment, ...]
    centre: TrainingState


class _Result(NamedTuple):
    key: tuple[object, ...]
    picture: Picture


class SurfaceSource(QObject):
    """Follows a store and has pictures of its loss surface made.

    Signals
    -------
    changed
        There is another picture, or the one there is has become stale, or is so no longer.
    refused
        Emitted with the NablaError for which there is no picture.
    """

    changed: SignalInstance = Signal()  # type: ignore[assignment]
    refused: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.trails = Trails()
        self.picture: Picture | None = None
        self.is_stale = False
        self.error: NablaError | None = None
        self._picture_key: tuple[object, ...] | None = None
        self._key: tuple[object, ...] | None = None
        self._plane: Plane | None = None
        self._frame: Frame | None = None
        self._previous: Plane | None = None
        self._fit = False
        self._asked: tuple[object, ...] | None = None
        self.lane = Lane(self)
        self.lane.ready.connect(self._receive)
        self.lane.failed.connect(self._refuse)
        self._rest = self._timer(REST_MS, self._come_to_rest)
        self._stale = self._timer(STALE_MS, self._become_stale)
        self._pace = self._timer(PACE_MS, self.follow)

    def _timer(self, interval: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(slot)
        return timer

    # ------------------------------------------------------------------------- what is wanted

    def wish(self) -> Wish:
        """Return what the picture should show at this moment."""
        document, moment = self._store.document, self._store.moment
        surface, experiment = document.view.surface, document.experiment
        kind = surface.axes if surface.axes in TABLE else "layer_gradients"
        choice = AxesChoice(kind, surface.layers, surface.parameters, surface.seed)
        own = {
            "layer_gradients": choice.layers,
            "parameters": choice.parameters,
            "random": choice.seed,
        }
        segments = stretch(document, moment.run)
        centre = moment.state if surface.centre == "current" else segments[0].state
        # Another learning rate or optimizer leaves the surface as it is, and so does an edit of a
        # weight: the axes must not turn while somebody drags it.
        key = (
            kind,
            own.get(kind),
            experiment.architecture,
            experiment.data,
            experiment.loss,
            experiment.penalty,
            experiment.initializer,
        )
        return Wish(key, choice, segments, centre)

    @property
    def is_fine(self) -> bool:
        """Whether the picture is the one that is wanted, in full quality."""
        picture = self.picture
        return picture is not None and self._is_current(self.wish()) and not picture.is_rough

    def fits(self, plane: Plane) -> bool:
        """Whether a plane belongs to the parameters on screen."""
        return plane.origin.size == self._store.moment.state.parameters.size

    @property
    def pair(self) -> tuple[Key, ...]:
        """Keys of the two parameters along the axes, where parameters are the axes."""
        plane = self._plane
        if plane is None or plane.kind != "parameters" or not self.fits(plane):
            return ()
        keys = self._store.experiment.architecture.keys
        return tuple(keys[int(np.argmax(direction))] for direction in plane.directions)

    def projection(self) -> Projection | None:
        """Tell what the picture hides about the moment on screen."""
        picture, wish, moment = self.picture, self.wish(), self._store.moment
        if picture is None or not self.fits(picture.plane):
            return None
        path = self.trails.trail(self._store.history, moment.run, wish.segments).vectors
        if len(path) == 1:
            # One state lies in every plane: ask where the next step leads.
            following = moment.trace.new_parameters
            if np.isfinite(following).all():
                path = np.concatenate([path, following[None]])
        return project(moment.segment.training, picture.plane, wish.centre, moment.state, path)

    # ------------------------------------------------------------------------------- intents

    def fit(self) -> None:
        """Fit the frame to the path and the ball."""
        self._frame, self._fit = None, True
        self.follow()

    def refit(self) -> None:
        """Choose the axes anew for the path as it is now; signs stay as they are."""
        self._forget()
        self.follow()

    def follow(self) -> None:
        """Have the picture of this moment made, unless it is there or on its way."""
        wish = self.wish()
        if wish.key != self._key:
            self._key = wish.key
            self._forget()
            self._fit = False
        elif self.error is not None and TABLE[wish.choice.kind].needs_path:
            # The path may be long enough by now.
            self.error = None
        if self._plane is not None and self._frame is not None:
            document = self._store.document
            _, points = self.trails.points(
                self._store.history, document.active, wish.segments, self._plane
            )
            self._frame = grown(self._frame, np.concatenate([points, self._around_ball()]))
        self._ask(wish)

    def now(self) -> None:
        """Make the picture of this very moment, here and in full quality."""
        self.follow()
        if self.error is not None or self.is_fine:
            return
        self.lane.cancel()
        wish = self.wish()
        try:
            self._receive(_Result(wish.key, draw(self._order(wish, fine=True))))
        except NablaError as error:
            self._refuse(error)

    def shut_down(self) -> None:
        """Make no more pictures, and end the threads; they start again with another request."""
        for timer in (self._rest, self._stale, self._pace):
            timer.stop()
        self.lane.shut_down()

    # ------------------------------------------------------------------------------- requests

    def _forget(self) -> None:
        if self._plane is not None:
            self._previous = self._plane
        self._plane = self._frame = self.error = self._asked = None

    def _around_ball(self) -> Vector:
        """(k, 2) points around a ball that rolls, so that the frame grows before half of it is cut.

        A ball that was put somewhere by hand may lie on the rim: the picture must not change under
        the hand.
        """
        document, frame = self._store.document, self._frame
        if frame is None or self._plane is None:
            return np.empty((0, 2))
        if document.cursor.iteration <= document.segment.start:
            return np.empty((0, 2))
        ball = self._plane.coordinates(self._store.moment.state.parameters)
        reach = _RIM * np.array([frame.width, frame.height])
        return np.array([ball - reach, ball + reach])

    def _is_current(self, wish: Wish) -> bool:
        return (
            self.picture is not None
            and self._picture_key == self._key
            and self.picture.shows(self._plane, self._frame, wish.centre.parameters)
        )

    def _ask(self, wish: Wish, at_rest: bool = False) -> None:
        if self.error is not None:
            return
        current = self._is_current(wish)
        if current:
            self._stale.stop()
            self._set_stale(False)
            if self.is_fine:
                return
        elif not self._stale.isActive():
            self._stale.start()
        fine = at_rest or self._is_quick()
        if not fine:
            self._rest.start()
            if current:
                return
        if self._pace.isActive() and not at_rest:
            return
        asked = (self._plane, self._frame, id(wish.centre), fine)
        if asked == self._asked and self.lane.is_busy:
            return
        self._asked = asked
        self.lane.request(partial(_draw, wish.key, self._order(wish, fine)), gives_way=at_rest)

    def _order(self, wish: Wish, fine: bool) -> Order:
        states = self._store.moment.state.parameters[None]
        if self._plane is None or self._frame is None:
            history, run = self._store.history, self._store.document.active
            trail = self.trails.trail(history, run, wish.segments)
            states = np.concatenate([trail.vectors, states])
        previous = self._previous
        if previous is not None and previous.kind != wish.choice.kind:
            previous = None
        resolution = MOVING
        if fine:
            resolution = RESTING_FINELY if self._is_quick() else RESTING
        return Order(
            training=self._store.document.segment.training,
            choice=wish.choice,
            through=wish.centre.parameters,
            reference=wish.segments[0].state.parameters,
            states=states,
            plane=self._plane,
            frame=self._frame,
            previous=previous,
            fit=self._fit,
            resolution=resolution,
            float32=not fine,
            samples=None if fine else MOVING_SAMPLES,
        )

    def _is_quick(self) -> bool:
        experiment = self._store.experiment
        size, samples = experiment.architecture.layout.size, len(experiment.dataset.train)
        return size * samples * RESTING_FINELY**2 <= QUICK_WORK

    def _receive(self, result: _Result) -> None:
        """Take a picture, unless it has been overtaken by other axes or a better picture."""
        picture = result.picture
        if result.key == self._key:
            if self._plane is None and picture.order.plane is None:
                self._plane = picture.plane
            if picture.plane is self._plane:
                if self._frame is None and picture.order.frame is None:
                    self._frame, self._fit = picture.frame, False
                if not (picture.is_rough and self.is_fine):
                    self.picture, self._picture_key = picture, result.key
                    self.is_stale = False
                    self._stale.stop()
                    self._pace.start()
                    self.changed.emit()
        self.follow()

    def _refuse(self, error: NablaError) -> None:
        self.error = error
        self.picture = self._picture_key = None
        self._stale.stop()
        self._rest.stop()
        self.refused.emit(error)

    def _come_to_rest(self) -> None:
        self._ask(self.wish(), at_rest=True)

    def _become_stale(self) -> None:
        if self.picture is not None and not self._is_current(self.wish()):
            self._set_stale(True)

    def _set_stale(self, stale: bool) -> None:
        if stale is not self.is_stale:
            self.is_stale = stale
            self.changed.emit()


def _draw(key: tuple[object, ...], order: Order, cancelled: Cancelled) -> _Result:
    return _Result(key, draw(order, cancelled))
