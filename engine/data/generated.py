"""Problems that are drawn from random numbers: one table, one record a kind.

Inputs lie in about [−3, 3]. That is wide enough to read off an axis and for a small tanh network
to bend its boundary within a few hundred steps of plain gradient descent, and narrow enough not
to saturate sigmoid units with the usual initial weights (of 1, 2, 3, 4 and 6 it was the best or
second best half width on circles, XOR and moons).

Points and noise come from streams of their own, and each sample takes a fixed count of numbers:
more noise moves the same points farther along the same directions, more samples add to those
that are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data.checks import Task
from engine.data.dataset import Floats, Integers

HALF_WIDTH = 3.0
_POINT_STREAM = 0
_NOISE_STREAM = 1
_DRAWS = 3


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of generated problem.

    ``place(uniform, index)`` makes the clean samples from ``uniform``, random numbers in [0, 1)
    of shape (n, 3), and ``index``, the running numbers 0 … n − 1: it returns the inputs
    (n, n_features) and the class indices or the regression targets (n,).

    Noise 1 is a normal deviation of ``noise_unit``: for classes, which it shifts in the plane,
    about the distance between them; for regression, added to the target, the target's own size.
    """

    key: str
    label: str
    task: Task
    feature_names: tuple[str, ...]
    target_names: tuple[str, ...]
    noise_unit: float
    place: Callable[[Floats, Integers], tuple[Floats, Floats]]


def _circles(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """A disc (class 1) within a ring (class 0), each evenly filled."""
    label = (index + 1) % 2
    inner = np.where(label == 1, 0.0, 0.7)
    outer = np.where(label == 1, 0.5, 1.0)
    radius = np.sqrt(inner**2 + (outer**2 - inner**2) * uniform[:, 0])
    angle = 2 * np.pi * uniform[:, 1]
    points = radius[:, np.newaxis] * np.column_stack((np.cos(angle), np.sin(angle)))
    return HALF_WIDTH * points, label.astype(np.float64)


def _xor(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """Four squares; class 1 where the two inputs have one sign."""
    label = (index + 1) % 2
    first = np.where(index // 2 % 2 == 0, 1.0, -1.0)
    second = np.where(label == 1, first, -first)
    distance = 0.06 + 0.94 * uniform[:, :2]
    return HALF_WIDTH * distance * np.column_stack((first, second)), label.astype(np.float64)


def _gaussians(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """Two normal clouds on the diagonal, class 1 above."""
    label = (index + 1) % 2
    # Box and Muller (1958): two uniform numbers make a point of the plane's normal distribution.
    radius = np.sqrt(-2 * np.log1p(-uniform[:, 0]))
    angle = 2 * np.pi * uniform[:, 1]
    cloud = radius[:, np.newaxis] * np.column_stack((np.cos(angle), np.sin(angle)))
    centre = np.where(label == 1, 0.5, -0.5)[:, np.newaxis]
    return HALF_WIDTH * (centre + 0.16 * cloud), label.astype(np.float64)


def _spirals(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """Two spiral arms of one and a half turns, evenly filled along their length."""
    label = (index + 1) % 2
    radius = np.sqrt(0.01 + 0.99 * uniform[:, 0])
    angle = 3 * np.pi * radius + np.pi * label
    points = radius[:, np.newaxis] * np.column_stack((np.sin(angle), np.cos(angle)))
    return HALF_WIDTH * points, label.astype(np.float64)


def _moons(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """Two half circles that reach into each other, class 1 the lower one."""
    label = (index + 1) % 2
    angle = np.pi * uniform[:, 0]
    upper = np.column_stack((np.cos(angle), np.sin(angle)))
    lower = np.column_stack((1 - np.cos(angle), 0.5 - np.sin(angle)))
    points = np.where(label[:, np.newaxis] == 1, lower, upper)
    return HALF_WIDTH * (points - (0.5, 0.25)) / 1.5, label.astype(np.float64)


def _square(uniform: Floats) -> Floats:
    return HALF_WIDTH * (2 * uniform[:, :2] - 1)


def _plane(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """y = (x1 + x2) / 6, within [−1, 1]."""
    points = _square(uniform)
    return points, points.sum(axis=1) / (2 * HALF_WIDTH)


def _bump(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """y = exp(−(x1² + x2²) / 2), within (0, 1]."""
    points = _square(uniform)
    return points, np.exp(-(points**2).sum(axis=1) / 2)


def _sine(uniform: Floats, index: Integers) -> tuple[Floats, Floats]:
    """y = sin 1.5x, nearly one and a half periods."""
    points = _square(uniform)[:, :1]
    return points, np.sin(1.5 * points[:, 0])


_PLANE_NAMES = ("x1", "x2")
_CLASSES = ("0", "1")

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("circles", "Circles", "classification", _PLANE_NAMES, _CLASSES, 1.8, _circles),
        Kind("xor", "XOR", "classification", _PLANE_NAMES, _CLASSES, 2.0, _xor),
        Kind(
            "gaussians", "Two Gaussians", "classification", _PLANE_NAMES, _CLASSES, 3.0, _gaussians
        ),
        Kind("spirals", "Spirals", "classification", _PLANE_NAMES, _CLASSES, 1.0, _spirals),
        Kind("moons", "Moons", "classification", _PLANE_NAMES, _CLASSES, 1.5, _moons),
        Kind("plane", "Plane", "regression", _PLANE_NAMES, ("y",), 1.0, _plane),
        Kind("bump", "Bump", "regression", _PLANE_NAMES, ("y",), 1.0, _bump),
        Kind("sine", "Sine wave", "regression", ("x",), ("y",), 1.0, _sine),
    )
}


def generate(kind: Kind, samples: int, noise: float, seed: int) -> tuple[Floats, Floats]:
    """Draw the samples of a kind.

    Returns the inputs, shape (samples, n_features), and the class indices or the regression
    targets, shape (samples,). Classes take turns, so their counts differ by at most one.
    """
    uniform = np.random.default_rng((seed, _POINT_STREAM)).random((samples, _DRAWS))
    inputs, targets = kind.place(uniform, np.arange(samples))
    normal = np.random.default_rng((seed, _NOISE_STREAM)).standard_normal((samples, _DRAWS))
    shift = noise * kind.noise_unit * normal
    if kind.task == "classification":
        return inputs + shift[:, : inputs.shape[1]], targets
    return inputs, targets + shift[:, 0]
