"""Which rectangle of a plane to show: it encloses what matters, and it never jumps."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.landscape.plane import Plane
from engine.landscape.slice import losses_of
from engine.network import Vector
from engine.training import Training

_MARGIN = 0.15
_SEARCHED = np.geomspace(1e-4, 10.0, 76)
"""Distances of the line search, in lengths of the parameters."""
_SEARCHED_SAMPLES = 512
_NARROWEST = 0.35
"""The shorter side of a first frame, as a share of the longer one."""
_BEHIND, _BEYOND = 0.4, 1.6
"""How far a first frame reaches behind the state and beyond it, in ways to the valley's floor."""
_MOST_DOUBLINGS = 64
_HAIR = 1e-9
"""Share of a side that rounding may move a point by."""


@dataclass(frozen=True)
class Frame:
    """A rectangle in the coordinates of a plane."""

    left: float
    right: float
    bottom: float
    top: float

    @property
    def width(self) -> float:
        """Length along the first axis."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Length along the second axis."""
        return self.top - self.bottom

    def grid(self, n: int, m: int | None = None) -> tuple[Vector, Vector]:
        """Return coordinates of an even grid, borders included: (n,) and (m or n,)."""
        return np.linspace(self.left, self.right, n), np.linspace(self.bottom, self.top, m or n)

    def holds(self, points: Vector) -> bool:
        """Whether all points (k, 2) lie inside; those that are not finite do not count.

        A point on the rim counts as inside, also where rounding has moved it by a hair.
        """
        points = _finite(points)
        hair = _HAIR * np.array([self.width, self.height])
        low, high = np.array([self.left, self.bottom]), np.array([self.right, self.top])
        return bool(((points >= low - hair) & (points <= high + hair)).all())


def first_frame(training: Training, plane: Plane, through: Vector) -> Frame:
    """Return a frame around a single state that shows where descent will lead.

    Random directions are as long as the weights, so one length to each side is shown (Li et al.
    2018). Elsewhere a line search along the steepest direction within the plane finds the first
    valley; the frame reaches from somewhat behind the state to somewhat beyond the valley's floor.
    """
    x, y = (float(value) for value in plane.coordinates(through))
    if plane.kind == "random":
        return Frame(x - 1.0, x + 1.0, y - 1.0, y + 1.0)
    lengths = np.linalg.norm(plane.directions, axis=1)
    reach = _valley(training, plane, through)
    # Compared as lengths in the space of parameters; either axis may count in other lengths.
    spans = np.abs(reach) * lengths
    spans = np.maximum(spans, _NARROWEST * spans.max()) / lengths
    low = np.where(reach >= 0.0, -_BEHIND, -_BEYOND) * spans
    high = np.where(reach >= 0.0, _BEYOND, _BEHIND) * spans
    return Frame(x + float(low[0]), x + float(high[0]), y + float(low[1]), y + float(high[1]))


def fitted(points: Vector, least: tuple[float, float]) -> Frame:
    """Return the frame that encloses points (k, 2) with a margin, with sides of at least ``least``.

    Points that are not finite do not count; without any the frame is around (0, 0).
    """
    points = _finite(points)
    if not len(points):
        points = np.zeros((1, 2))
    low, high = points.min(axis=0), points.max(axis=0)
    middle = low / 2.0 + high / 2.0
    # A side below the spacing of floats around its middle would be no side at all.
    smallest = np.maximum(np.abs(middle) * 1e-9, 1e-12)
    sides = np.maximum((high - low) * (1.0 + 2.0 * _MARGIN), np.maximum(least, smallest))
    left, bottom = (float(value) for value in middle - sides / 2.0)
    right, top = (float(value) for value in middle + sides / 2.0)
    return Frame(left, right, bottom, top)


def grown(frame: Frame, points: Vector) -> Frame:
    """Return the frame, each side doubled as often as it takes to hold all points (k, 2).

    A side grows where points lie outside and keeps its other end, so the picture before is a part
    of the one after; as long as points stay inside nothing moves at all.
    """
    points = _finite(points)
    if not len(points):
        return frame
    low, high = points.min(axis=0), points.max(axis=0)
    left, right = _grown_side(frame.left, frame.right, float(low[0]), float(high[0]))
    bottom, top = _grown_side(frame.bottom, frame.top, float(low[1]), float(high[1]))
    return Frame(left, right, bottom, top)


def _grown_side(start: float, end: float, low: float, high: float) -> tuple[float, float]:
    for _ in range(_MOST_DOUBLINGS):
        hair = _HAIR * (end - start)
        if start - hair > low:
            start -= end - start
        elif end + hair < high:
            end += end - start
        else:
            break
    return start, end


def _valley(training: Training, plane: Plane, through: Vector) -> Vector:
    """Return the way to the floor of the first valley downhill, in coordinates (2,)."""
    size = float(np.linalg.norm(through[plane.directions.any(axis=0)])) or 1.0
    nowhere: Vector = 0.5 * size / np.linalg.norm(plane.directions, axis=1)
    gram = plane.directions @ plane.directions.T
    slope = plane.directions @ _gradient(training, through)
    largest = float(np.abs(slope).max())
    if not (math.isfinite(largest) and largest > 0.0):
        return nowhere
    way = -np.linalg.solve(gram, slope / largest)
    length = float(np.linalg.norm(way @ plane.directions))
    if not (math.isfinite(length) and length > 0.0):
        return nowhere
    way /= length
    distances = _SEARCHED * size
    networks = through + distances[:, None] * (way @ plane.directions)
    heights = losses_of(training, networks, samples=_SEARCHED_SAMPLES)
    reach: Vector = way * distances[_first_floor(heights)]
    return reach


def _first_floor(heights: Vector) -> int:
    """Return the index of the first minimum; on an endless descent, where most of it is done."""
    rising = ~(heights[1:] < heights[:-1])
    if rising.any():
        return int(np.argmax(rising))
    return int(np.argmax(heights <= heights[-1] + 0.1 * (heights[0] - heights[-1])))


def _gradient(training: Training, parameters: Vector) -> Vector:
    with np.errstate(all="ignore"):
        _, back = training.passes(parameters, training.experiment.dataset.train)
    gradient: Vector = back.gradient
    gradient[list(training.experiment.architecture.cut_indices)] = 0.0
    return gradient


def _finite(points: Vector) -> Vector:
    points = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    kept: Vector = points[np.isfinite(points).all(axis=1)]
    return kept
