"""Slices of a network's loss: a plane through the space of parameters, and heights over it.

Choose a plane (``plane_for``), a rectangle of it (``first_frame``, ``grown``), and compute heights
(``losses``) along the plane through a state. ``project`` tells what such a picture hides.
"""

from engine.landscape.axes import TABLE, Axes, AxesChoice, Request, plane_for
from engine.landscape.components import FEWEST_STATES, most_states
from engine.landscape.frame import Frame, first_frame, fitted, grown
from engine.landscape.picture import Order, Picture, draw
from engine.landscape.plane import Message, Plane
from engine.landscape.projection import Projection, project
from engine.landscape.slice import CancelledError, learning_rate_curve, line, losses, losses_of

__all__ = [
    "FEWEST_STATES",
    "TABLE",
    "Axes",
    "AxesChoice",
    "CancelledError",
    "Frame",
    "Message",
    "Order",
    "Picture",
    "Plane",
    "Projection",
    "Request",
    "draw",
    "first_frame",
    "fitted",
    "grown",
    "learning_rate_curve",
    "line",
    "losses",
    "losses_of",
    "most_states",
    "plane_for",
    "project",
]
