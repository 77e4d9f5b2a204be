"""What the surface lab shows of a document, computed once: no painting, no widgets.

Every view of the lab asks :func:`study_of` and gets the same object, so that a drag computes each
number once, and only if somebody draws it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.calculus import (
    Quotient,
    SecondOrder,
    TangentPlane,
    TotalDifferential,
    quotient_table,
    sample_surface,
    second_order,
    total_differential,
)
from engine.calculus import Surface as Function
from engine.calculus.presets import Span
from engine.errors import NablaError
from engine.session import Document
from engine.session.slots import SurfaceLook, SurfaceSlot
from gui.views.contours import line_at
from gui.views.height_field import Surface
from gui.views.surface_lab_subject import Subject, subject_of

Floats = NDArray[np.float64]

USUAL_FRAME: Span = (-3.0, 3.0, -3.0, 3.0)
STEPS = (1.0, 0.1, 0.01, 0.001, 1e-4)


class Study:
    """A function, a point on it and a direction, with all that follows from them.

    Attributes
    ----------
    point
        One number a variable, as many as the function has.
    across, up
        Numbers of the variables drawn to the right and upwards.
    angle
        Of the direction u, in radians.
    changes
        dx, dy …, one a variable.
    frame
        Left, right, bottom and top of the floor.
    """

    def __init__(self, subject: Subject, slot: SurfaceSlot, look: SurfaceLook) -> None:
        self.subject = subject
        names = subject.names
        self.point = _as_many(slot.point, len(names), 1.0)
        self.changes = _as_many(slot.change, len(names), 0.1)
        self.across, self.up = drawn(names, slot.axes)
        self.angle = math.radians(slot.direction)
        self.degrees = slot.direction
        self.nudged = min(slot.nudged, len(names) - 1)
        self.nudge = slot.nudge
        self.shown = frozenset(slot.shown)
        self.log_height = look.log_height
        self.frame = self._frame(look)

    def _frame(self, look: SurfaceLook) -> Span:
        given = look.frame
        if len(given) == 4 and given[0] < given[1] and given[2] < given[3]:
            return (given[0], given[1], given[2], given[3])
        return self.subject.frame or USUAL_FRAME

    # ------------------------------------------------------------------------- names, numbers

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all variables."""
        return self.subject.names

    @property
    def pair(self) -> tuple[str, str]:
        """Names of the two that are drawn."""
        return self.names[self.across], self.names[self.up]

    @property
    def x(self) -> float:
        """The drawn coordinates of the point."""
        return self.point[self.across]

    @property
    def y(self) -> float:
        """The drawn coordinates of the point."""
        return self.point[self.up]

    @property
    def u(self) -> tuple[float, float]:
        """The direction, of length 1; exact along the axes."""
        exactly = {0: (1.0, 0.0), 90: (0.0, 1.0), 180: (-1.0, 0.0), 270: (0.0, -1.0)}
        turned = self.degrees % 360.0
        return exactly.get(int(turned) if turned == int(turned) else -1) or (
            math.cos(self.angle),
            math.sin(self.angle),
        )

    @cached_property
    def value(self) -> float:
        """The height at the point; NaN where there is none."""
        return float(self.subject.function(np.array(self.point)))

    @cached_property
    def gradient(self) -> Floats:
        """All partial derivatives at the point, (n,)."""
        return np.asarray(self.subject.function.gradient(np.array(self.point)))

    @property
    def slopes(self) -> tuple[float, float]:
        """The partial derivatives by the two drawn variables."""
        return float(self.gradient[self.across]), float(self.gradient[self.up])

    @property
    def steepest(self) -> float:
        """The length of the drawn gradient."""
        return math.hypot(*self.slopes)

    @property
    def slope(self) -> float:
        """∇f · u, in the drawn plane."""
        (a, b), (c, d) = self.slopes, self.u
        return a * c + b * d

    @property
    def is_smooth(self) -> bool:
        """Whether there are a height and a gradient at the point."""
        return math.isfinite(self.value) and math.isfinite(self.steepest)

    def height(self, x: float, y: float) -> float:
        """The height over another point of the floor, straight from the function."""
        return float(self.subject.function(np.array(self.moved(x, y))))

    def heights(self, x: Floats, y: Floats) -> Floats:
        """Heights over points of the floor, the other variables held."""
        if not self.subject.is_quick:
            return self.picture.at(x, y)
        places = np.empty((len(x), len(self.names)))
        places[:] = self.point
        places[:, self.across], places[:, self.up] = x, y
        return np.asarray(self.subject.function(places))

    def plane(self, x: Floats, y: Floats) -> Floats:
        """Heights of the tangent plane over points of the floor."""
        a, b = self.slopes
        return np.asarray(self.value + a * (x - self.x) + b * (y - self.y))

    def along(self, direction: tuple[float, float], t: Floats) -> Floats:
        """Points (k, 3) of the surface straight through the point, t being lengths on the floor."""
        x, y = self.x + t * direction[0], self.y + t * direction[1]
        return np.stack([x, y, self.heights(x, y)], axis=1)

    def reach(self, direction: tuple[float, float]) -> tuple[float, float]:
        """How far one can go from the point along a direction, back and forth, inside the frame."""
        left, right, bottom, top = self.frame
        back, forth = -math.inf, math.inf
        for start, step, low, high in (
            (self.x, direction[0], left, right),
            (self.y, direction[1], bottom, top),
        ):
            if abs(step) < 1e-12:
                continue
            ends = sorted(((low - start) / step, (high - start) / step))
            back, forth = max(back, ends[0]), min(forth, ends[1])
        return (min(back, 0.0), max(forth, 0.0)) if math.isfinite(forth - back) else (0.0, 0.0)

    def clamped(self, x: float, y: float) -> tuple[float, float]:
        """The nearest point of the frame."""
        left, right, bottom, top = self.frame
        return min(max(x, left), right), min(max(y, bottom), top)

    def moved(self, x: float, y: float) -> tuple[float, ...]:
        """The point with other drawn coordinates."""
        values = list(self.point)
        values[self.across], values[self.up] = x, y
        return tuple(values)

    # ------------------------------------------------------------------------- what follows

    @property
    def tangent_plane(self) -> TangentPlane:
        """The plane that touches the surface, in all variables."""
        return TangentPlane(
            self.point, self.value, tuple(float(part) for part in self.gradient), self.names
        )

    @cached_property
    def total(self) -> TotalDifferential | None:
        """dz beside Δz; None where there is no value."""
        try:
            return total_differential(self.subject.function, self.point, self.changes)
        except NablaError:
            return None

    @cached_property
    def second(self) -> SecondOrder | None:
        """The Hessian by the two drawn variables and what follows; None where there is none."""
        try:
            return second_order(self.in_plane, (self.x, self.y))
        except NablaError:
            return None

    @cached_property
    def in_plane(self) -> Function:
        """The function of the two drawn variables, the others held."""
        own, chosen = self.subject.function, [self.across, self.up]
        if len(self.names) == 2 and chosen == [0, 1]:
            return own
        held = np.array(self.point)

        def whole(points: Floats) -> Floats:
            places = np.empty((*points.shape[:-1], len(held)))
            places[:] = held
            places[..., chosen] = points
            return places

        slopes, bends = own.slopes, own.bends
        return Function(
            lambda points: own(whole(points)),
            self.pair,
            None if slopes is None else lambda p: np.asarray(slopes(whole(p)))[..., chosen],
            None
            if bends is None
            else lambda p: np.asarray(bends(whole(p)))[..., chosen, :][..., chosen],
        )

    def quotients(self, index: int) -> tuple[Quotient, ...]:
        """The difference quotients whose limit is a partial derivative, h falling."""
        cut, at = self.subject.function.cut(np.array(self.point), index), self.point[index]
        steps = [self.nudge, *(step for step in STEPS[1:] if step < abs(self.nudge))]
        return quotient_table(cut, at, [step for step in steps if at + step != at])

    @cached_property
    def level(self) -> list[Floats]:
        """The pieces of the level line through the point, each (k, 2)."""
        return line_at(self.picture, self.value) if math.isfinite(self.value) else []

    @cached_property
    def picture(self) -> Surface:
        """The heights over the floor, as the pictures draw them."""
        held = tuple(
            value for index, value in enumerate(self.point) if index not in (self.across, self.up)
        )
        return _picture(self.subject, self.frame, self.across, self.up, held)


def study_of(document: Document) -> Study:
    """Return what the surface lab shows of a document; the same object while that is the same."""
    slot, look = document.surface, document.view.surface_lab
    return _study(subject_of(document), slot, _timeless(look))


def _timeless(look: SurfaceLook) -> SurfaceLook:
    """The look without what moves no number."""
    return replace(look, position=0, azimuth=0.0, elevation=0.0, zoom=1.0)


@lru_cache(maxsize=8)
def _study(subject: Subject, slot: SurfaceSlot, look: SurfaceLook) -> Study:
    return Study(subject, slot, look)


@lru_cache(maxsize=8)
def _picture(
    subject: Subject, frame: Span, across: int, up: int, held: tuple[float, ...]
) -> Surface:
    values = list(held)
    for index in sorted((across, up)):
        values.insert(index, 0.0)
    slot = SurfaceSlot(point=tuple(values), axes=(subject.names[across], subject.names[up]))
    flat = Study(subject, slot, SurfaceLook(frame=frame)).in_plane
    count = subject.resolution
    sampled = sample_surface(flat, frame[:2], frame[2:], count, count)
    labels = subject.labels or subject.names
    return Surface(sampled.x, sampled.y, sampled.z, labels[across], labels[up], "z")


def drawn(names: tuple[str, ...], wanted: tuple[str, ...]) -> tuple[int, int]:
    """Which two variables are drawn: those that were chosen, else x and y, else the first two."""
    for pair in (wanted, ("x", "y")):
        if len(pair) == 2 and pair[0] != pair[1] and set(pair) <= set(names):
            return names.index(pair[0]), names.index(pair[1])
    return 0, 1


def _as_many(values: tuple[float, ...], count: int, missing: float) -> tuple[float, ...]:
    return (*map(float, values[:count]), *(missing,) * (count - len(values)))


def carried_over(
    old: tuple[str, ...], point: tuple[float, ...], new: tuple[str, ...], missing: float = 1.0
) -> tuple[float, ...]:
    """The values of variables by name, for a function of other variables."""
    known = dict(zip(old, point, strict=False))
    return tuple(known.get(name, missing) for name in new)
