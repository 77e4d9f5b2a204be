"""A memory beside the documents: timelines and loss curves, by segment.

A document says what there is; the history remembers what has been computed of it. It can be thrown
away at any time, and everything in it would come out the same again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

from engine.session.document import Document, Run, Segment
from engine.timeline import Block, Stop, Timeline
from engine.training import Granularity, Known, Trace, TrainingState


class Point(NamedTuple):
    """One point of a run's curves; measures that do not apply are None."""

    iteration: int
    loss: float
    test_loss: float | None
    accuracy: float | None
    test_accuracy: float | None


def point_of(state: TrainingState) -> Point:
    """Return a state's measures as a point."""
    return Point(state.iteration, state.loss, state.test_loss, state.accuracy, state.test_accuracy)


CURVE_POINTS = 1024
"""Most points of a segment's curve that are kept."""
MOST_NEW_POINTS = 32
"""Most points that are computed only to keep them."""
MOST_NEW_POINTS_A_BLOCK = 64
"""Most points of the states that were computed together, so that the window is not held up."""


class _Curve:
    """Points at every ``stride``-th iteration; the stride doubles when there are too many."""

    def __init__(self, state: TrainingState) -> None:
        self.start = state.iteration
        self.stride = 1
        self.points = {state.iteration: point_of(state)}
        self.reach = state.iteration

    def add(self, state: TrainingState) -> None:
        if (state.iteration - self.start) % self.stride == 0:
            self.points[state.iteration] = point_of(state)
            if len(self.points) > CURVE_POINTS:
                self.stride *= 2
                self.points = {
                    i: p for i, p in self.points.items() if (i - self.start) % self.stride == 0
                }
        self.reach = max(self.reach, state.iteration)

    def extend(self, states: Sequence[TrainingState]) -> None:
        """Take in a block: as many of its states as can be measured without holding things up."""
        first, last = states[0].iteration, states[-1].iteration
        stride = self.stride
        while len(states) // stride > MOST_NEW_POINTS_A_BLOCK:
            stride *= 2
        if stride > self.stride:
            self.stride = stride
            self.points = {i: p for i, p in self.points.items() if (i - self.start) % stride == 0}
        ahead = self.start + -(-(first - self.start) // self.stride) * self.stride
        while ahead <= last:
            self.add(states[ahead - first])
            ahead += self.stride - (ahead - self.start) % self.stride
        self.reach = max(self.reach, last)


class Remembered(NamedTuple):
    """What can be kept of a segment: states far between, and its curve.

    Attributes
    ----------
    states
        Ascending, without the segment's first.
    stride, points
        Points of the curve at every ``stride``-th iteration, the first state's included.
    """

    states: tuple[TrainingState, ...]
    stride: int
    points: tuple[Point, ...]


class History:
    """Timelines and curves of all segments that are still in use."""

    def __init__(self, budget: int = 256 * 2**20) -> None:
        self._budget = budget
        self._timelines: WeakKeyDictionary[Segment, Timeline[TrainingState]] = WeakKeyDictionary()
        self._curves: WeakKeyDictionary[Segment, _Curve] = WeakKeyDictionary()

    def timeline(self, segment: Segment) -> Timeline[TrainingState]:
        """Return the timeline of a segment."""
        if segment not in self._timelines:
            self._timelines[segment] = Timeline(segment.training, segment.state, self._budget)
            self._curves[segment] = _Curve(segment.state)
        return self._timelines[segment]

    def state(self, run: Run, iteration: int) -> TrainingState:
        """Return the state of a run at an iteration."""
        return self.timeline(run.segment(iteration))[iteration]

    def stop(self, run: Run) -> Stop | None:
        """Return why a run cannot go on, as far as that is known."""
        return self.timeline(run.segments[-1]).stop

    def append(self, segment: Segment, block: Block[TrainingState]) -> None:
        """Remember states that were computed elsewhere."""
        timeline, curve = self.timeline(segment), self._curves[segment]
        timeline.append(block)
        if block.states:
            curve.extend(block.states)

    def curve(self, run: Run, at_most: int = 2048) -> list[Point]:
        """Return a run's measures over its iterations, thinned, the newest one included."""
        points: list[Point] = []
        ends = [segment.start for segment in run.segments[1:]] + [run.newest]
        for segment, end in zip(run.segments, ends, strict=True):
            self._catch_up(segment, end)
            points += [p for i, p in self._curves[segment].points.items() if i <= end]
        if points[-1].iteration != run.newest:
            points.append(point_of(self.state(run, run.newest)))
        if len(points) > at_most:
            step = (len(points) - 1) / (at_most - 1)
            points = [points[round(k * step)] for k in range(at_most)]
        return points

    def remembered(
        self, segment: Segment, until: int, at_most: int, wanted: Collection[int] = ()
    ) -> Remembered:
        """Return what is known of a segment up to an iteration, thinned.

        That is up to ``at_most`` (2 or more) states with both ends, and those at the iterations
        ``wanted``.
        """
        timeline = self.timeline(segment)
        states = {state.iteration: state for state in timeline.sample(at_most, until)}
        for iteration in wanted:
            if segment.start < iteration <= until:
                states[iteration] = timeline[iteration]
        states.pop(segment.start, None)
        return Remembered(
            tuple(states[iteration] for iteration in sorted(states)),
            *self._points(segment, until),
        )

    def _points(self, segment: Segment, until: int) -> tuple[int, tuple[Point, ...]]:
        """Return stride and points of a curve up to an iteration.

        A curve that nobody has looked at is told by fewer points, so that this takes no time.
        """
        timeline, curve = self._timelines[segment], self._curves[segment]
        stride = curve.stride
        while until - curve.reach > MOST_NEW_POINTS * stride:
            stride *= 2
        points = []
        for iteration in range(segment.start, until + 1, stride):
            known = curve.points.get(iteration)
            points.append(known or point_of(timeline[iteration]))
        return stride, tuple(points)

    def remember(self, segment: Segment, remembered: Remembered) -> None:
        """Take in what was kept of a segment; nothing of it has been computed yet."""
        timeline, curve = self.timeline(segment), self._curves[segment]
        timeline.remember(remembered.states)
        curve.stride = remembered.stride
        curve.points = {point.iteration: point for point in remembered.points}
        curve.reach = timeline.newest

    def path(self, run: Run, until: int, at_most: int = 1000) -> list[TrainingState]:
        """Return states of a run up to an iteration, thinned, first and last included."""
        states: list[TrainingState] = []
        shown = [segment for segment in run.segments if segment.start <= until]
        ends = [segment.start for segment in shown[1:]] + [until]
        for segment, end in zip(shown, ends, strict=True):
            states += self.timeline(segment).sample(max(2, at_most // len(shown)), end)
        return states

    def _catch_up(self, segment: Segment, end: int) -> None:
        timeline = self.timeline(segment)
        curve = self._curves[segment]
        while curve.reach < end:
            following = curve.reach - (curve.reach - curve.start) % curve.stride + curve.stride
            if following > end:
                break
            curve.add(timeline[following])


class Moment(NamedTuple):
    """Everything about the moment under a document's cursor.

    Attributes
    ----------
    trace
        The iteration that follows ``state``, of which ``cursor.micro`` micro-steps are done.
    known
        What is known after these.
    previous
        The state one iteration earlier, if there is one and no step has been begun.
    """

    document: Document
    run: Run
    segment: Segment
    state: TrainingState
    trace: Trace
    known: Known
    previous: TrainingState | None


def moment(document: Document, history: History) -> Moment:
    """Look up the moment under a document's cursor."""
    cursor, run, segment = document.cursor, document.active, document.segment
    state = history.state(run, cursor.iteration)
    focus = document.view.focus
    if focus is not None and focus >= len(segment.training.experiment.dataset.inputs):
        focus = None
    trace = segment.training.trace(state, focus)
    previous = None
    if cursor.micro == 0 and cursor.iteration > segment.start:
        previous = history.timeline(segment)[cursor.iteration - 1]
    return Moment(document, run, segment, state, trace, trace.known(cursor.micro), previous)


def granularities(segment: Segment) -> tuple[Granularity, ...]:
    """Return the granularities that differ from each other for an experiment."""
    experiment = segment.training.experiment
    widths = experiment.architecture.widths[1:]
    result = [Granularity.NEURON]
    if max(widths) > 1:
        result.append(Granularity.LAYER)
    result.append(Granularity.BATCH)
    if experiment.iterations_per_epoch > 1:
        result.append(Granularity.EPOCH)
    return tuple(result)
