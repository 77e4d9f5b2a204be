"""What a picture of a slice hides."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.landscape.plane import Plane
from engine.landscape.slice import losses_of
from engine.network import Vector
from engine.training import Training, TrainingState


@dataclass(frozen=True)
class Projection:
    """How a slice and what is drawn on it relate to the truth.

    Attributes
    ----------
    centre_iteration
        Iteration of the state that the slice goes through.
    explained
        Shares of the path's variance along the axes; None unless they are principal components.
    distance
        Of the state on screen from the slice, in the space of all parameters.
    path_distance
        Of the path's farthest state from the slice.
    true_loss
        Loss of the state on screen.
    drawn_height
        Loss at the point of the slice at which that state is drawn.
    exact
        Whether the whole path lies in the slice: then every height on it is the true loss.
    """

    centre_iteration: int
    explained: tuple[float, float] | None
    distance: float
    path_distance: float
    true_loss: float
    drawn_height: float
    exact: bool


def project(
    training: Training,
    plane: Plane,
    centre: TrainingState,
    ball: TrainingState,
    path: Vector,
) -> Projection:
    """Tell what the slice through ``centre`` hides of the state ``ball`` and a path (k, size)."""
    through = centre.parameters
    drawn = ball.loss
    if ball is not centre:
        x, y = plane.coordinates(ball.parameters)
        drawn = float(losses_of(training, plane.point(through, x, y)[None])[0])
    farthest = float(np.max(plane.distance(path, through), initial=0.0))
    return Projection(
        centre.iteration,
        plane.explained,
        float(plane.distance(ball.parameters, through)),
        farthest,
        ball.loss,
        drawn,
        farthest <= plane.tolerated(path, through),
    )
