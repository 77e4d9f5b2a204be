"""What the pictures of the descent lab have in common: who runs where at this moment."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.descent.trace import DescentPhase, Trace
from engine.session.descent import (
    Course,
    Study,
    Subject,
    chosen,
    iteration_of,
    micro_of,
    study_of,
    trace_of,
)
from engine.session.runners import Runner
from engine.session.slots import DescentLook
from gui.i18n import tr
from gui.state.store import Store
from gui.views.descent_intents import Frame, usual_frame
from gui.views.descent_words import runner_color
from gui.views.height_field import Surface
from gui.views.surface_lab_marks import fitting_scale

Floats = NDArray[np.float64]

FIRST_LOOK = 0.1
"""Seconds."""
MOST_POINTS = 400
"""Of a path; more cannot be told apart."""
PATCH = 0.09
"""Half the side of the tangent patch, as a share of the frame."""
MOST_LINKS = 24
"""Of the chain of gradients that make up a velocity."""


@dataclass(frozen=True, eq=False)
class Lane:
    """One visible runner at this moment.

    Attributes
    ----------
    at
        The iteration at which it stands: it may have ended earlier.
    """

    number: int
    runner: Runner
    course: Course
    at: int

    @property
    def point(self) -> Floats:
        """Where it stands, (d,)."""
        here: Floats = self.course.points[self.at]
        return here

    @property
    def color(self) -> str:
        """Token of its colour."""
        return runner_color(self.runner)

    @property
    def following(self) -> Floats | None:
        """Where it goes next, (d,); None where it stays."""
        course = self.course
        course.reach(self.at + 1)
        return course.points[self.at + 1] if course.newest > self.at else None

    @property
    def past(self) -> Floats:
        """Its way so far, (k, d), not more than can be told apart."""
        points = self.course.points[: self.at + 1]
        if len(points) <= MOST_POINTS:
            return points.copy()
        every = -(-len(points) // MOST_POINTS)
        # Places that do not depend on the end, so that what is drawn stays where it is.
        return np.concatenate([points[:-1:every], points[-1:]])


@dataclass(frozen=True, eq=False)
class Stage:
    """The moment on screen."""

    study: Study
    look: DescentLook
    frame: Frame
    iteration: int
    lanes: tuple[Lane, ...]

    @property
    def subject(self) -> Subject:
        """The function."""
        return self.study.subject

    @property
    def is_blind(self) -> bool:
        """Whether only the ground underfoot is seen."""
        return self.look.blindfold and self.study.ground is None

    @cached_property
    def number(self) -> int:
        """Of the runner that is explained; −1: none."""
        return chosen(self.study, self.look)

    @cached_property
    def chosen(self) -> Lane | None:
        """The runner that is explained, visible or not."""
        if self.number < 0:
            return None
        course = self.study.courses[self.number]
        runner = self.study.runners[self.number]
        return Lane(self.number, runner, course, course.last(self.iteration))

    @cached_property
    def trace(self) -> Trace | None:
        """The micro-steps of its next iteration."""
        return trace_of(self.study, self.look)

    @cached_property
    def micro(self) -> int:
        """How many of them are done."""
        return micro_of(self.trace, self.look) if self.look.micro else 0

    @property
    def draws_steps(self) -> bool:
        """Whether what happens inside a step is in the plane of the picture."""
        return self.study.is_plane and self.study.ground is None

    def knows(self, phase: DescentPhase) -> bool:
        """Whether a phase of the chosen runner's step has begun."""
        trace = self.trace
        return trace is not None and any(step.phase is phase for step in trace.steps[: self.micro])

    @cached_property
    def ordered(self) -> tuple[Lane, ...]:
        """The visible runners, the chosen one on top."""
        return tuple(sorted(self.lanes, key=lambda lane: lane.number == self.number))

    @cached_property
    def surface(self) -> Surface | None:
        """The function over the floor, or with the blindfold on the patch underfoot."""
        if not self.study.is_plane:
            return None
        whole = picture(self.subject, self.frame)
        if not self.is_blind or self.chosen is None:
            return whole
        return patch(whole, self.study, self.chosen)

    @property
    def reach(self) -> tuple[float, float]:
        """Width and height of the floor."""
        left, right, bottom, top = self.frame
        return right - left, top - bottom

    @cached_property
    def arrow_factor(self) -> float:
        """By how much arrows of gradients and velocities are shortened to fit.

        With the blindfold on the arrow is as long as the patch is wide, as nothing else is seen.
        """
        if self.is_blind and self.trace is not None:
            norm = float(np.hypot(*self.trace.before.gradient))
            if math.isfinite(norm) and norm > 1e-9:
                return 1.7 * PATCH * min(self.reach) / norm
        lengths = [float(np.hypot(*arrow)) for arrow in self._arrows if np.isfinite(arrow).all()]
        return fitting_scale(max(lengths, default=0.0), 0.3 * min(self.reach))

    @property
    def _arrows(self) -> list[Floats]:
        trace = self.trace
        if trace is None or not self.draws_steps:
            return []
        arrows = [trace.before.gradient]
        velocity = self.velocity
        return arrows if velocity is None else [*arrows, velocity]

    @cached_property
    def velocity(self) -> Floats | None:
        """The mean of past gradients that the chosen runner remembers, as it is at this moment."""
        trace = self.trace
        if trace is None:
            return None
        memory = trace.memory_at(self.micro)
        for name in ("velocity", "mean"):
            if name in trace.memory_names:
                held: Floats = memory[trace.memory_names.index(name)]
                return held
        return None

    @cached_property
    def links(self) -> Floats:
        """What past gradients are worth in that mean, (k, d), the newest last: fading by β."""
        trace, lane = self.trace, self.chosen
        velocity = self.velocity
        if trace is None or lane is None or velocity is None:
            return np.empty((0, 2))
        settings = trace.method.optimizer.hyperparameters
        name = "velocity" if "velocity" in trace.memory_names else "mean"
        beta = settings.get("beta", settings.get("beta_1", settings.get("rho", 0.0)))
        weight = 1.0 if name == "velocity" else 1.0 - beta
        renewed = trace.is_known(self.micro, DescentPhase.MEMORY, trace.memory_names.index(name))
        gradients = lane.course.gradients[: lane.at + (1 if renewed else 0)][-MOST_LINKS:]
        fading = weight * beta ** np.arange(len(gradients))[::-1]
        links: Floats = gradients * fading[:, None]
        return links


def stage_of(store: Store) -> Stage:
    """What the pictures show, worked out once for each moment."""
    look = store.view.descent_lab
    own, iteration = study_of(store.document), iteration_of(look)
    # Where nobody has followed the runners yet, as after opening a file, they are now; what takes
    # longer follows when there is time.
    if own.newest < iteration and not any(course.newest for course in own.courses):
        own.reach(iteration, FIRST_LOOK)
    return _stage(own, look, tuple(course.last(iteration) for course in own.courses))


@lru_cache(maxsize=4)
def _stage(own: Study, look: DescentLook, places: tuple[int, ...]) -> Stage:
    given = look.frame
    usable = len(given) == 4 and given[0] < given[1] and given[2] < given[3]
    frame = (given[0], given[1], given[2], given[3]) if usable else usual_frame(own)
    lanes = tuple(
        Lane(number, runner, course, at)
        for number, (runner, course, at) in enumerate(
            zip(own.runners, own.courses, places, strict=True)
        )
        if runner.visible
    )
    return Stage(own, look, frame, iteration_of(look), lanes)


@lru_cache(maxsize=6)
def picture(own: Subject, frame: Frame) -> Surface:
    """The heights of a function of two variables over a frame."""
    left, right, bottom, top = frame
    resolution = own.resolution
    x, y = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    with np.errstate(all="ignore"):
        z = np.array(own.objective.value(points))
    z[~np.isfinite(z)] = np.nan
    return Surface(x, y, z, x_label=own.names[0], y_label=own.names[1], z_label="f")


@lru_cache(maxsize=2)
def _patch(
    whole: Surface, point: tuple[float, ...], value: float, slope: tuple[float, ...]
) -> Surface:
    (left, right), (bottom, top) = whole.x_range, whole.y_range
    across, up = np.meshgrid(whole.x, whole.y)
    near_x = np.abs(across - point[0]) <= PATCH * (right - left)
    near_y = np.abs(up - point[1]) <= PATCH * (top - bottom)
    plane = value + slope[0] * (across - point[0]) + slope[1] * (up - point[1])
    z = np.where(near_x & near_y, plane, np.nan)
    finite = whole.z[np.isfinite(whole.z)]
    if finite.size and math.isfinite(value):
        # Single points, of which nothing is drawn: they keep the scale that of the whole.
        z[0, 0], z[-1, -1] = float(finite.min()), float(finite.max())
    return replace(whole, z=z)


def patch(whole: Surface, own: Study, lane: Lane) -> Surface:
    """The tangent plane around a runner, and nothing else."""
    point = lane.point
    with np.errstate(all="ignore"):
        value = float(own.subject.objective.value(point))
        slope = own.subject.objective.gradient(point)
    return _patch(whole, tuple(point.tolist()), value, tuple(slope.tolist()))


def value_text(stage: Stage, point: Floats) -> str:
    """The function at a point, from the function itself, for the pointer."""
    from engine.numbers import exact, shown

    with np.errstate(all="ignore"):
        value = float(stage.subject.objective.value(point))
        slope = stage.subject.objective.gradient(point)
    places = ", ".join(
        f"{n} = {shown(float(v))}" for n, v in zip(stage.subject.names, point, strict=True)
    )
    if not math.isfinite(value):
        return f"{tr('no value')}\n{places}"
    norm = float(np.sqrt(np.square(slope).sum()))
    return f"f = {exact(value)}\n{places}\n‖∇f‖ = {shown(norm)}"
