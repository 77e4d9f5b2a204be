"""A network's loss as what the descent lab descends, seen over a plane through its start."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from engine.descent import Objective
from engine.errors import NablaError
from engine.landscape.frame import first_frame
from engine.landscape.plane import Message, Plane
from engine.landscape.slice import losses_of
from engine.network import Vector
from engine.session.document import Document, Segment
from engine.session.slots import DescentSlot
from engine.training import Experiment, NetworkObjective, Training

RESOLUTION, LEAST_RESOLUTION = 101, 25
_NAMES = ("x", "y")
_AXES = (Message(_NAMES[0]), Message(_NAMES[1]))
_MOST_WORK = 3e8
"""Products of parameters, samples and points in one picture."""


class BatchesFrom(NetworkObjective):
    """A network's loss whose batches go on in the middle of a training.

    Parameters
    ----------
    first
        Number of the batch that iteration 0 takes, counted from the start of the training.
    """

    def __init__(self, experiment: Experiment, base: Vector, first: int) -> None:
        super().__init__(experiment, base)
        self.first = first

    def at(self, iteration: int) -> Objective:
        """Return the objective of an iteration's batch; itself where batches are whole."""
        return super().at(self.first + iteration)


@dataclass(frozen=True, eq=False)
class Slice:
    """The loss with its penalty as a function of the two coordinates of a plane."""

    training: Training
    plane: Plane
    whole: NetworkObjective

    minima: tuple[tuple[float, ...], ...] = ()
    names: tuple[str, ...] = _NAMES

    def parameters(self, points: Vector) -> Vector:
        """Return all parameters ``(…, size)`` at coordinates ``(…, 2)``."""
        places: Vector = self.plane.origin + points @ self.plane.directions
        return places

    @cached_property
    def free(self) -> Vector:
        """The directions in the free parameters, ``(2, d)``."""
        return np.asarray(self.plane.directions[:, self.whole.free])

    def _inside(self, points: Vector) -> Vector:
        return self.parameters(points)[..., self.whole.free]

    def value(self, points: Vector) -> Vector:
        """Return the heights ``(…,)`` at coordinates ``(…, 2)``."""
        networks = self.parameters(points.reshape(-1, 2))
        return losses_of(self.training, networks, penalty=True).reshape(points.shape[:-1])

    def gradient(self, points: Vector) -> Vector:
        """Return the slopes along the axes ``(…, 2)``."""
        return np.asarray(self.whole.gradient(self._inside(points)) @ self.free.T)

    def hessian_product(self, points: Vector, directions: Vector) -> Vector:
        """Return the products ``(…, 2)``."""
        bent = self.whole.hessian_product(self._inside(points), directions @ self.free)
        return np.asarray(bent @ self.free.T)

    def at(self, iteration: int) -> Objective:
        """Return itself: the picture is that of the whole loss."""
        return self


@dataclass(frozen=True, eq=False)
class Ground:
    """A network's loss, and the plane over which its descents are drawn.

    Attributes
    ----------
    plane
        Its origin is the state from which everybody starts.
    first
        Number of the batch that follows that state.
    """

    training: Training
    plane: Plane
    first: int

    @cached_property
    def objective(self) -> NetworkObjective:
        """What is descended: a function of all free parameters."""
        return BatchesFrom(self.training.experiment, self.plane.origin, self.first)

    @cached_property
    def slice(self) -> Slice:
        """What is drawn: a function of two coordinates."""
        return Slice(self.training, self.plane, self.objective)

    def start(self, place: tuple[float, ...]) -> tuple[float, ...]:
        """Return the free parameters at a place of the plane."""
        if not any(place):
            return self.objective.start
        parameters = self.slice.parameters(np.array(place))
        return tuple(parameters[self.objective.free].tolist())

    def point(self, parameters: Vector) -> Vector:
        """Return the place ``(2,)`` nearest to free parameters ``(d,)``."""
        return self.plane.coordinates(self.objective.full(parameters))

    def slope(self, gradient: Vector) -> Vector:
        """Return the slopes ``(2,)`` along the axes of a gradient ``(d,)``."""
        return np.asarray(self.slice.free @ gradient)

    @cached_property
    def domain(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where to look: from somewhat behind the start to beyond the first valley."""
        frame = first_frame(self.training, self.plane, self.plane.origin)
        spans = (frame.left, frame.right), (frame.bottom, frame.top)
        if all(np.isfinite(span).all() and span[0] < span[1] for span in spans):
            return spans
        return (-1.0, 1.0), (-1.0, 1.0)

    @property
    def resolution(self) -> int:
        """Points of the picture along each axis."""
        work = self.training.layout.size * len(self.training.experiment.dataset.train)
        return int(np.clip(np.sqrt(_MOST_WORK / max(work, 1)), LEAST_RESOLUTION, RESOLUTION))


def segment_of(document: Document) -> Segment | None:
    """Return the stretch of a run whose loss the descent lab means, if any is still there."""
    slot = document.descent
    if not slot.plane:
        return None
    for run in document.runs:
        if run.id == slot.run:
            segment = run.segment(slot.iteration)
            return segment if len(slot.plane) == 3 * segment.training.layout.size else None
    return None


def ground_of(slot: DescentSlot, segment: Segment | None) -> Ground | None:
    """Return the loss that a slot means; None where it means a function, or nothing usable."""
    if segment is None or len(slot.plane) != 3 * segment.training.layout.size:
        return None
    return _ground(segment, slot.iteration, slot.plane)


@lru_cache(maxsize=4)
def _ground(segment: Segment, iteration: int, numbers: tuple[float, ...]) -> Ground | None:
    training = segment.training
    origin, *directions = np.array(numbers).reshape(3, -1)
    try:
        plane = Plane("slice", np.array(directions), origin, _AXES)
    except NablaError:
        return None
    experiment = training.experiment
    epoch, position = training.place(segment.state, iteration)
    first = epoch * experiment.iterations_per_epoch + position // experiment.effective_batch_size
    return Ground(training, plane, first)
