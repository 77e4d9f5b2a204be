"""What the descent lab shows: the function, and how far each runner has come on it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeAlias

import numpy as np

from engine.descent import Descent, DescentState, Noisy, Objective, Path
from engine.descent.expressions import ExpressionObjective
from engine.descent.functions import TABLE, Function, function
from engine.descent.objective import Vector, dimension
from engine.descent.optimizers import Method
from engine.descent.quadratics import Curvature, curvature, is_quadratic
from engine.descent.races import Result, judged
from engine.descent.trace import Trace
from engine.errors import NablaError
from engine.expression import Expression, parse
from engine.session.descent_network import RESOLUTION, Ground, ground_of, segment_of
from engine.session.document import Document, Segment
from engine.session.runners import Runner
from engine.session.slots import DescentLook, DescentSlot
from engine.timeline import Stop, Timeline

MOST_ITERATIONS = 10_000
"""How far the lab follows a descent."""
MEMORY = 2 * 2**20
"""Bytes that the states of one runner may take; others are computed anew when they are asked for.
The arrays behind the plots are kept besides."""
USUAL_SPAN = (-4.0, 4.0)

QUANTITIES = ("value", "gradient_norm", "distance", "step_length")
"""What can be plotted against the iteration."""


@dataclass(frozen=True, eq=False)
class Subject:
    """The function that is descended.

    Attributes
    ----------
    objective
        Without noise.
    function
        Its entry in the table of test functions, if it is one.
    expression
        What it says as a formula; None for a slice of a network's loss.
    domain
        (low, high) for each variable: where to look at it.
    resolution
        Points of a picture of it along each axis.
    """

    objective: Objective
    function: Function | None
    expression: Expression | None
    domain: tuple[tuple[float, float], ...]
    resolution: int = RESOLUTION

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables."""
        return self.objective.names

    @cached_property
    def is_quadratic(self) -> bool:
        """Whether theory has numbers for it."""
        return self.expression is not None and is_quadratic(self.objective)

    @cached_property
    def curvature(self) -> Curvature | None:
        """Of a quadratic function, everywhere the same; None for others."""
        middle = np.array([0.5 * (low + high) for low, high in self.domain])
        return curvature(self.objective, middle) if self.is_quadratic else None


@lru_cache(maxsize=32)
def subject(key: str, text: str = "") -> Subject:
    """Return a function of the table, or with an empty key the one that a text says.

    Raises
    ------
    NablaError
        ``function.unknown``; the text is no expression; ``descent.no_variable``;
        ``descent.too_many_variables``.
    """
    if key:
        known = function(key)
        return Subject(known, known, parse(known.text), known.domain)
    expression = parse(text)
    objective = ExpressionObjective(expression)
    count = len(objective.names)
    if count > 2:
        raise NablaError("descent.too_many_variables", count=count, most=2)
    return Subject(objective, None, expression, (USUAL_SPAN,) * count)


def subject_of(slot: DescentSlot) -> Subject:
    """Return the function of a slot; one that cannot be read gives the first of the table."""
    try:
        return subject(slot.function, slot.expression)
    except NablaError:
        return subject(next(iter(TABLE)))


def fitting_start(own: Subject, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return a start with as many numbers as the function has variables."""
    return (*start, *(0.0,) * len(own.names))[: len(own.names)]


class Course:
    """The descent of one runner, as far as it has been followed.

    Attributes
    ----------
    count
        Number of states that are known, the start included.
    points, gradients
        ``(count, d)``; of a network's loss places on its plane and slopes along the axes of that,
        ``(count, 2)``, while values and lengths are those of all parameters.
    values, gradient_norms, step_lengths, distances
        ``(count,)``; distances to the nearest known minimum, NaN where none is known.
    """

    def __init__(self, descent: Descent, ground: Ground | None = None) -> None:
        self.descent = descent
        self.timeline: Timeline[DescentState] = Timeline(descent, budget=MEMORY)
        self._ground = ground
        size = dimension(descent.objective) if ground is None else 2
        self._minima = np.array(descent.objective.minima, dtype=np.float64).reshape(-1, size)
        self._columns = np.empty((64, 2 * size + 4))
        self._size = size
        self.count = 0
        self._append([self.timeline.last])

    @property
    def stop(self) -> Stop | None:
        """Why it ends after the states that are known, if it does."""
        return self.timeline.stop

    @property
    def newest(self) -> int:
        """The last iteration that is known."""
        return self.count - 1

    @property
    def points(self) -> Vector:
        """Where it has been."""
        return self._columns[: self.count, : self._size]

    @property
    def gradients(self) -> Vector:
        """What it has seen there."""
        return self._columns[: self.count, self._size : 2 * self._size]

    @property
    def values(self) -> Vector:
        """The function there."""
        return self._columns[: self.count, -4]

    @property
    def gradient_norms(self) -> Vector:
        """Length of the gradients."""
        return self._columns[: self.count, -3]

    @property
    def step_lengths(self) -> Vector:
        """Distances from the point before; 0 at the start."""
        return self._columns[: self.count, -2]

    @property
    def distances(self) -> Vector:
        """Distances to the nearest minimum."""
        return self._columns[: self.count, -1]

    def series(self, quantity: str) -> Vector:
        """Return one of ``QUANTITIES``, ``(count,)``."""
        values: Vector = getattr(self, f"{quantity}s")
        return values

    def reach(self, iteration: int, until: float = math.inf) -> bool:
        """Follow it so far, if it goes so far; False where time (of ``perf_counter``) is up."""
        iteration = min(iteration, MOST_ITERATIONS)
        while self.newest < iteration and self.stop is None:
            if time.perf_counter() > until:
                return False
            self._append(self.timeline.extend(min(16, iteration - self.newest)).states)
        return True

    def _append(self, states: object) -> None:
        rows = list(states)  # type: ignore[call-overload]
        if not rows:
            return
        end = self.count + len(rows)
        if end > len(self._columns):
            more = np.empty((max(2 * len(self._columns), end), self._columns.shape[1]))
            more[: self.count] = self._columns[: self.count]
            self._columns = more
        size = self._size
        for row, state in zip(self._columns[self.count : end], rows, strict=True):
            row[:size], row[size : 2 * size] = self._drawn(state)
            row[-4:-1] = state.value, state.gradient_norm, state.step_length or 0.0
        new = self._columns[self.count : end]
        if len(self._minima):
            away = new[:, None, :size] - self._minima[None]
            with np.errstate(all="ignore"):
                new[:, -1] = np.sqrt(np.square(away).sum(axis=-1).min(axis=-1))
        else:
            new[:, -1] = np.nan
        self.count = end

    def _drawn(self, state: DescentState) -> tuple[Vector, Vector]:
        """Return point and gradient as they are drawn."""
        if self._ground is None:
            return state.point, state.gradient
        with np.errstate(all="ignore"):
            return self._ground.point(state.point), self._ground.slope(state.gradient)

    def last(self, iteration: int) -> int:
        """Return the last known iteration up to one: where it stands then."""
        return min(iteration, self.newest)

    def state(self, iteration: int) -> DescentState:
        """Return the state at an iteration, or the last one."""
        return self.timeline[self.last(iteration)]

    def trace(self, iteration: int) -> Trace | None:
        """Return the micro-steps of the iteration that follows one.

        None where none follows, or where nobody has followed it so far.
        """
        if self.newest < iteration or self.ends_by(iteration):
            return None
        return _trace(self, iteration)

    def ends_by(self, iteration: int) -> bool:
        """Whether there is no further step at an iteration."""
        self.reach(iteration + 1)
        return self.stop is not None and iteration >= self.newest

    def path(self, iteration: int) -> Path:
        """Return its way up to an iteration; the reason of its end only where it has ended."""
        end = self.last(iteration)
        rows = slice(end + 1)
        return Path(
            self.points[rows],
            self.values[rows],
            self.gradient_norms[rows],
            self.step_lengths[rows],
            self.state(end).evaluations,
            self.stop if end == self.newest else None,
        )


@lru_cache(maxsize=64)
def _trace(course: Course, iteration: int) -> Trace:
    return course.descent.trace(course.timeline[iteration])


_Source: TypeAlias = tuple[str, str] | Ground
"""Key and text of a function, or a network's loss."""


@lru_cache(maxsize=64)
def _course(
    source: _Source, noise: float, seed: int, start: tuple[float, ...], method: Method
) -> Course:
    objective = _objective(source, noise, seed)
    if isinstance(source, Ground):
        return Course(Descent(objective, source.start(start), method), source)
    return Course(Descent(objective, start, method))


@lru_cache(maxsize=32)
def _objective(source: _Source, noise: float, seed: int) -> Objective:
    exact = source.objective if isinstance(source, Ground) else subject(*source).objective
    return Noisy(exact, noise, seed) if noise > 0.0 else exact


@lru_cache(maxsize=8)
def _subject_over(ground: Ground) -> Subject:
    return Subject(ground.slice, None, None, ground.domain, ground.resolution)


@dataclass(frozen=True, eq=False)
class Study:
    """A slot, worked out.

    Attributes
    ----------
    objective
        With its noise, if there is any.
    start
        A number for each variable of the subject.
    courses
        One a runner.
    ground
        The network's loss of which the subject is a slice, if it is one.
    """

    slot: DescentSlot
    subject: Subject
    objective: Objective
    start: tuple[float, ...]
    courses: tuple[Course, ...]
    ground: Ground | None = None

    @property
    def origin(self) -> tuple[float, ...]:
        """The start, a number for each coordinate of the objective."""
        return self.start if self.ground is None else self.ground.start(self.start)

    @property
    def runners(self) -> tuple[Runner, ...]:
        """All runners."""
        return self.slot.runners

    @property
    def is_plane(self) -> bool:
        """Whether the function has two variables, and not one."""
        return len(self.subject.names) == 2

    @property
    def newest(self) -> int:
        """The last iteration that any runner is known at."""
        return max((course.newest for course in self.courses), default=0)

    @property
    def farthest(self) -> int:
        """The last iteration that somebody has gone to: of what goes on, one more is known."""
        return max(
            (course.newest - (course.stop is None) for course in self.courses if course.newest),
            default=0,
        )

    def has_reached(self, iteration: int) -> bool:
        """Whether all runners are known at an iteration, as far as they go."""
        iteration = min(iteration, MOST_ITERATIONS)
        return all(c.newest >= iteration or c.stop is not None for c in self.courses)

    def reach(self, iteration: int, seconds: float = math.inf) -> bool:
        """Follow all runners up to an iteration; False where the time was too short."""
        each = seconds / max(len(self.courses), 1)
        reached = [course.reach(iteration, time.perf_counter() + each) for course in self.courses]
        return all(reached)

    def ends_by(self, iteration: int) -> bool:
        """Whether no runner has a further step at an iteration."""
        if iteration >= MOST_ITERATIONS:
            return True
        return all(course.ends_by(iteration) for course in self.courses)

    def ranking(self, iteration: int) -> tuple[tuple[int, Result], ...]:
        """Return number and result of each runner at an iteration, the best first."""
        if not self.courses:
            return ()
        paths = [course.path(iteration) for course in self.courses]
        methods = [runner.method for runner in self.runners]
        numbers = {id(path): number for number, path in enumerate(paths)}
        race = judged(self.subject.objective, methods, paths)
        return tuple((numbers[id(result.path)], result) for result in race.results)


@lru_cache(maxsize=16)
def study(slot: DescentSlot, segment: Segment | None = None) -> Study:
    """Return a slot, worked out; the descents themselves are followed when asked for.

    Without the stretch of a run whose loss it means a slot stands for its function; also where
    one of its runners cannot take so many parameters, as in a file that somebody has edited.
    """
    ground = ground_of(slot, segment)
    if ground is not None:
        try:
            return _study(slot, _subject_over(ground), ground)
        except NablaError:
            ground = None
    own = subject_of(slot)
    key = own.function.key if own.function is not None else ""
    return _study(slot, own, (key, "" if key else slot.expression))


def study_of(document: Document) -> Study:
    """Return what the descent lab shows of a document; the same object while that is the same."""
    return study(document.descent, segment_of(document))


def _study(slot: DescentSlot, own: Subject, source: _Source) -> Study:
    start = fitting_start(own, slot.start)
    exact = source.objective if isinstance(source, Ground) else own.objective
    try:
        objective = _objective(source, slot.noise, slot.seed)
        noise = slot.noise
    except NablaError:
        # From a file; nothing on screen lets anybody choose such a noise.
        objective, noise = exact, 0.0
    courses = tuple(
        _course(source, noise, slot.seed, start, runner.method) for runner in slot.runners
    )
    ground = source if isinstance(source, Ground) else None
    return Study(slot, own, objective, start, courses, ground)


def iteration_of(look: DescentLook) -> int:
    """Return the iteration on screen."""
    return min(look.iteration, MOST_ITERATIONS)


def chosen(own: Study, look: DescentLook) -> int:
    """Return the number of the runner whose steps are explained; −1 if there is none."""
    return min(look.runner, len(own.courses) - 1)


def trace_of(own: Study, look: DescentLook) -> Trace | None:
    """Return the micro-steps of the chosen runner's next iteration, if there is one."""
    number = chosen(own, look)
    return None if number < 0 else own.courses[number].trace(iteration_of(look))


def micro_of(trace: Trace | None, look: DescentLook) -> int:
    """Return the micro-step on screen, held inside its trace."""
    return 0 if trace is None else min(look.micro, trace.count - 1)
