"""The ways that runs have gone, as coordinates in a plane: thinned, and extended as they grow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from engine.landscape import Plane, most_states
from engine.network import Vector
from engine.session import Document, History, Run, Segment
from engine.timeline import Timeline
from engine.training import TrainingState

MOST_POINTS = 400
"""States of one segment; more cannot be told apart in a picture of usual size."""

FAR_BEHIND = 4096
"""Nobody has looked for so many iterations, or the run comes from a file: then states that nobody
remembers are left out of the trail, so that none is computed again."""


class Trail(NamedTuple):
    """A run's states: iterations (k,), in order, and parameters (k, size)."""

    iterations: NDArray[np.int64]
    vectors: Vector


class _Thinned:
    """States of one segment at every ``stride``-th iteration; the stride doubles when needed."""

    def __init__(self, timeline: Timeline[TrainingState]) -> None:
        self._timeline = timeline
        first = timeline[timeline.start]
        self._most = min(MOST_POINTS, most_states(first.parameters.size))
        self._stride = 1
        self.iterations = [first.iteration]
        self.vectors = [first.parameters]
        self._plane: Plane | None = None
        self._points = np.empty((0, 2))

    def extend(self, end: int) -> None:
        """Take in the states that are known up to iteration ``end``."""
        end = min(end, self._timeline.newest)
        newest = self.iterations[-1]
        while (end - self.iterations[0]) // self._stride >= self._most:
            self._stride *= 2
            self.iterations = self.iterations[::2]
            self.vectors = self.vectors[::2]
            self._points = self._points[::2]
        # At whole strides from the start, where the timeline keeps its states longest.
        start = self._timeline.start
        following = newest + self._stride - (newest - start) % self._stride
        missing = range(following, end + 1, self._stride)
        if end - newest > FAR_BEHIND and not all(map(self._timeline.remembers, missing)):
            states = self._timeline.sample(self._most, end)
            self.iterations = [state.iteration for state in states]
            self.vectors = [state.parameters for state in states]
            self._points = np.empty((0, 2))
            return
        for iteration in missing:
            self.iterations.append(iteration)
            self.vectors.append(self._timeline[iteration].parameters)

    def points(self, plane: Plane) -> Vector:
        """Return the coordinates of all states, (k, 2); only new ones are computed."""
        if plane is not self._plane:
            self._plane, self._points = plane, np.empty((0, 2))
        new = self.vectors[len(self._points) :]
        if new:
            self._points = np.concatenate([self._points, plane.coordinates(np.array(new))])
        return self._points

    def exactly(self, iteration: int) -> Vector | None:
        """Return the parameters at an iteration, if it is known."""
        if iteration > self._timeline.newest:
            return None
        return self._timeline[iteration].parameters


class Trails:
    """The trails of a document's runs, as far as they belong to the network on screen."""

    def __init__(self) -> None:
        self._thinned: WeakKeyDictionary[Segment, _Thinned] = WeakKeyDictionary()

    def trail(self, history: History, run: Run, segments: Sequence[Segment]) -> Trail:
        """Return a run's states over some of its segments (see ``stretch``)."""
        iterations: list[int] = []
        vectors: list[Vector] = []
        for segment, end in _with_ends(run, segments):
            thinned = self._extended(history, segment, end)
            count = int(np.searchsorted(thinned.iterations, end, side="right"))
            iterations += thinned.iterations[:count]
            vectors += thinned.vectors[:count]
            last = thinned.exactly(end)
            if last is not None and iterations[-1] != end:
                iterations.append(end)
                vectors.append(last)
        return Trail(np.array(iterations), np.array(vectors))

    def points(
        self, history: History, run: Run, segments: Sequence[Segment], plane: Plane
    ) -> tuple[NDArray[np.int64], Vector]:
        """Return the trail as iterations (k,) and coordinates (k, 2)."""
        iterations: list[NDArray[np.int64]] = []
        points: list[Vector] = []
        for segment, end in _with_ends(run, segments):
            thinned = self._extended(history, segment, end)
            count = int(np.searchsorted(thinned.iterations, end, side="right"))
            iterations.append(np.array(thinned.iterations[:count]))
            points.append(thinned.points(plane)[:count])
            last = thinned.exactly(end)
            if last is not None and iterations[-1][-1] != end:
                iterations.append(np.array([end]))
                points.append(plane.coordinates(last)[None])
        return np.concatenate(iterations), np.concatenate(points)

    def _extended(self, history: History, segment: Segment, end: int) -> _Thinned:
        if segment not in self._thinned:
            self._thinned[segment] = _Thinned(history.timeline(segment))
        thinned = self._thinned[segment]
        thinned.extend(end)
        return thinned


def stretch(document: Document, run: Run) -> tuple[Segment, ...]:
    """Return the segments of a run that share their parameters with the network on screen.

    They are consecutive: those around the cursor in the active run, the newest ones in another. A
    run of another network has none.
    """
    keys = document.experiment.architecture.keys
    fits = [known.training.experiment.architecture.keys == keys for known in run.segments]
    here = len(fits) - 1
    if run.id == document.cursor.run:
        here = run.segments.index(document.segment)
    if not fits[here]:
        return ()
    first = here
    while first > 0 and fits[first - 1]:
        first -= 1
    last = here
    while last + 1 < len(fits) and fits[last + 1]:
        last += 1
    return run.segments[first : last + 1]


def _with_ends(run: Run, segments: Sequence[Segment]) -> list[tuple[Segment, int]]:
    """Pair segments with their last iterations."""
    starts = {segment: known for known, segment in enumerate(run.segments)}
    result = []
    for segment in segments:
        number = starts[segment] + 1
        end = run.segments[number].start if number < len(run.segments) else run.newest
        result.append((segment, end))
    return result
