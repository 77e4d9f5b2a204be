"""The two principal components of a path: where it is widest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.errors import NablaError
from engine.network import Vector

FEWEST_STATES = 3
"""Distinct states that a path needs before it has two directions."""
MOST_STATES = 2000
_MOST_NUMBERS = 600_000
"""Of all states together: the path of a large network is thinned, so that a fit stays quick."""
_STRAIGHT = 1e-12
"""Below this ratio of the second spread to the first a path is a straight line."""


class Components(NamedTuple):
    """Directions (2, size), orthonormal, and their shares of the variance.

    ``straight`` tells that the path is a line: the second direction then means nothing.
    """

    directions: Vector
    explained: tuple[float, float]
    straight: bool


def principal_components(path: Vector, previous: Vector | None = None) -> Components:
    """Fit the principal components of a path (k, size), by singular value decomposition.

    Signs follow ``previous`` (2, size), the directions of an earlier fit, so that a picture does
    not flip; without it the component of largest magnitude is positive.

    Raises
    ------
    NablaError
        ``landscape.short_path``: fewer than three distinct states.
    """
    distinct = _distinct(path[: 10 * FEWEST_STATES])
    if distinct < FEWEST_STATES:
        distinct = _distinct(path)
    if distinct < FEWEST_STATES:
        raise NablaError("landscape.short_path", states=distinct, needed=FEWEST_STATES)
    path = thinned(path)
    offsets = path - path.mean(axis=0)
    _, spreads, rows = np.linalg.svd(offsets, full_matrices=False)
    directions = rows[:2].copy()
    # Rounding must not leak into parameters that never moved, such as cut connections.
    directions[:, np.ptp(path, axis=0) == 0.0] = 0.0
    for number in range(2):
        if previous is not None and directions[number] @ previous[number] != 0.0:
            sign = directions[number] @ previous[number]
        else:
            sign = directions[number, np.argmax(np.abs(directions[number]))]
        if sign < 0.0:
            directions[number] *= -1.0
    variances = np.square(spreads / spreads[0])
    shares = variances / variances.sum()
    return Components(
        directions, (float(shares[0]), float(shares[1])), bool(spreads[1] <= _STRAIGHT * spreads[0])
    )


def _distinct(path: Vector) -> int:
    # Adding 0 makes −0 the same as 0.
    return len({row.tobytes() for row in path + 0.0})


def most_states(size: int) -> int:
    """Return how many states of a network with ``size`` parameters a fit takes at most."""
    return int(min(MOST_STATES, max(32, _MOST_NUMBERS // size)))


def thinned(path: Vector) -> Vector:
    """Return at most ``most_states`` rows of a path, evenly chosen, the ends included."""
    most = most_states(path.shape[1])
    if len(path) <= most:
        return path
    kept: Vector = path[np.linspace(0, len(path) - 1, most).round().astype(int)]
    return kept
