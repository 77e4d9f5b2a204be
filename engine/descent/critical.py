"""What kind of point it is at which the gradient vanishes, by the Hessian's eigenvalues."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from engine.descent.objective import Objective, Vector, dimension, hessian

MOST_DIMENSIONS = 200
_FLAT = 1e-9


class Kind(StrEnum):
    """Kinds of critical points."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    SADDLE = "saddle"
    FLAT = "flat"
    UNKNOWN = "unknown"


def kind_of(objective: Objective, point: Vector) -> Kind:
    """Return the kind of a critical point.

    ``FLAT`` where some eigenvalue is 0 (to nine digits) and none tells it a saddle; ``UNKNOWN``
    where there are too many dimensions, or no second derivatives.
    """
    if dimension(objective) > MOST_DIMENSIONS:
        return Kind.UNKNOWN
    with np.errstate(all="ignore"):
        matrix = hessian(objective, point)
    if not np.isfinite(matrix).all():
        return Kind.UNKNOWN
    values = np.linalg.eigvalsh(matrix)
    small = _FLAT * max(1.0, float(np.abs(values).max()))
    if values[0] < -small and values[-1] > small:
        return Kind.SADDLE
    if values[0] > small:
        return Kind.MINIMUM
    if values[-1] < -small:
        return Kind.MAXIMUM
    return Kind.FLAT
