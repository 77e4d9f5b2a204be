"""From an order to a picture: plane and frame are chosen where they are not given.

Orders and pictures are values, so a picture can be computed in any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.landscape.axes import TABLE, AxesChoice, Request, plane_for
from engine.landscape.frame import Frame, first_frame, fitted, grown
from engine.landscape.plane import Plane
from engine.landscape.slice import Cancelled, losses
from engine.network import Vector
from engine.training import Training

_NARROWEST = 0.35
"""The shorter side of a fitted frame, as a share of the longer one."""


@dataclass(frozen=True, eq=False)
class Order:
    """What to compute.

    Attributes
    ----------
    through
        Parameters that the slice goes through.
    reference
        Parameters at which the axes are chosen, usually the first of the run.
    states
        (k, size), the path and the ball: principal components are fitted to the path, and a frame
        that is chosen anew encloses all of them. Not needed with a plane and a frame.
    plane, frame
        None: to be chosen.
    previous
        The plane before, whose signs are kept.
    fit
        Choose the frame to fit the states, rather than to show where the run started.
    resolution
        Points of the grid along each axis.
    """

    training: Training
    choice: AxesChoice
    through: Vector
    reference: Vector
    states: Vector
    plane: Plane | None = None
    frame: Frame | None = None
    previous: Plane | None = None
    fit: bool = False
    resolution: int = 64
    float32: bool = False
    samples: int | None = None


@dataclass(frozen=True, eq=False)
class Picture:
    """What came of an order: heights (resolution, resolution), a row for each y."""

    order: Order
    plane: Plane
    frame: Frame
    xs: Vector
    ys: Vector
    heights: Vector

    @property
    def is_rough(self) -> bool:
        """Whether it was made for a moving picture only."""
        order = self.order
        train = len(order.training.experiment.dataset.train)
        return order.float32 or (order.samples is not None and order.samples < train)

    def shows(self, plane: Plane | None, frame: Frame | None, through: Vector) -> bool:
        """Whether it is the slice along a plane through some parameters, within a frame.

        Parameters that differ by a shift within the plane have the same slice.
        """
        return (
            plane is self.plane
            and frame == self.frame
            and plane.holds(through[None], self.order.through)
        )


def draw(order: Order, cancelled: Cancelled | None = None) -> Picture:
    """Compute a picture.

    Raises
    ------
    NablaError
        ``landscape.…``: there is no such plane.
    CancelledError
        ``cancelled`` returned true.
    """
    plane = order.plane or plane_for(
        Request(order.training, order.choice, order.reference, order.states, order.previous)
    )
    frame = order.frame or frame_for(order, plane)
    xs, ys = frame.grid(order.resolution)
    heights = losses(
        order.training,
        plane,
        order.through,
        xs,
        ys,
        float32=order.float32,
        samples=order.samples,
        cancelled=cancelled,
    )
    return Picture(order, plane, frame, xs, ys, heights)


def frame_for(order: Order, plane: Plane) -> Frame:
    """Return a first frame for a plane.

    The frame shows where the run started and grows from there to hold the states; principal
    components, and whoever asks for it, get one that is fitted to them.
    """
    points = plane.coordinates(order.states)
    if order.fit or TABLE[plane.kind].needs_path:
        lengths = np.linalg.norm(plane.directions, axis=1)
        spans = np.ptp(points, axis=0) * lengths
        if np.isfinite(spans).all() and spans.max() > 0.0:
            least = _NARROWEST * float(spans.max()) / lengths
            return fitted(points, (float(least[0]), float(least[1])))
        return first_frame(order.training, plane, order.through)
    return grown(first_frame(order.training, plane, order.reference), points)
