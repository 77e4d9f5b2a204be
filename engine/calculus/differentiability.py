"""Whether a function has a derivative at a point, and if not, why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.calculus.functions import Array, Curve, Curved, curve
from engine.calculus.limits import Limit, halving_steps, limit

Kind = Literal[
    "differentiable",
    "corner",
    "vertical_tangent",
    "cusp",
    "half_vertical",
    "jump",
    "removable",
    "pole",
    "edge",
    "outside",
    "undecided",
]
"""In the order of the list: the slope grows without bound on both sides, with the same sign or with
opposite ones, or on one side only; f jumps; its limit is not its value; it grows without bound
itself; it has values on one side only, or none at the point."""

EPSILON = float(np.finfo(np.float64).eps)
_SAME = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """Whether f′(x) exists, with the limits that decide it.

    Attributes
    ----------
    kind
        What the point is like.
    x, value
        The point, and the function there.
    left, right
        The one-sided limits of the difference quotient.
    left_value, right_value
        The one-sided limits of the function.
    slope
        f′(x); at an edge the one-sided derivative, ±∞ for a vertical tangent, NaN where there is
        none.
    """

    kind: Kind
    x: float
    value: float
    left: Limit
    right: Limit
    left_value: Limit
    right_value: Limit
    slope: float

    @property
    def differentiable(self) -> bool:
        """Whether the derivative exists."""
        return self.kind == "differentiable"

    @property
    def code(self) -> str:
        """Name of the sentence that gives the reason."""
        return f"calculus.{self.kind}"

    @property
    def details(self) -> dict[str, float]:
        """The numbers that the sentence mentions."""
        return {
            "x": self.x,
            "value": self.value,
            "left": self.left.value,
            "right": self.right.value,
            "left_value": self.left_value.value,
            "right_value": self.right_value.value,
            "slope": self.slope,
        }


def differentiability(f: Curved, x: float) -> Verdict:
    """Decide numerically whether ``f`` has a derivative at ``x``, and name the reason.

    Both one-sided limits of (f(x + h) − f(x)) / h are looked for; where they do not settle the
    matter, the one-sided limits of f itself do. A corner sharper than one part in a million is
    seen; what happens closer than 1e-8 to the point is not.
    """
    own = curve(f)
    value = float(own(x))
    left, right = (_quotient_limit(own, x, value, side) for side in (-1.0, 1.0))
    left_value, right_value = (_value_limit(own, x, side) for side in (-1.0, 1.0))
    kind = _kind(value, left, right, left_value, right_value)
    slope = math.nan
    if kind == "differentiable":
        slope = _slope(own, x, left, right)
    elif kind == "vertical_tangent":
        slope = left.value
    elif kind == "edge":
        slope = left.value if right.behaviour == "outside" else right.value
    return Verdict(kind, x, value, left, right, left_value, right_value, slope)


def quotient_limits(f: Curved, x: float) -> tuple[Limit, Limit]:
    """Return the limits of the difference quotient at ``x`` from the left and from the right."""
    own = curve(f)
    value = float(own(x))
    return _quotient_limit(own, x, value, -1.0), _quotient_limit(own, x, value, 1.0)


def _quotient_limit(f: Curve, x: float, value: float, side: float) -> Limit:
    def quotient(steps: Array) -> Array:
        at = x + side * steps
        return np.asarray((np.asarray(f(at)) - value) / (at - x))

    def noise(steps: Array, quotients: Array) -> Array:
        return 2.0 * EPSILON * (abs(value) + np.abs(quotients) * steps) / steps

    return limit(halving_steps(x), quotient, noise)


def _value_limit(f: Curve, x: float, side: float) -> Limit:
    return limit(
        halving_steps(x),
        lambda steps: np.asarray(f(x + side * steps)),
        lambda steps, values: EPSILON * np.abs(values),
    )


def _kind(value: float, left: Limit, right: Limit, left_value: Limit, right_value: Limit) -> Kind:
    if not math.isfinite(value):
        return "outside"
    sides = [(left, left_value), (right, right_value)]
    present = [pair for pair in sides if pair[0].behaviour != "outside"]
    if not present:
        return "outside"
    # A quotient can only converge where the function is continuous.
    if not all(quotient.exists for quotient, _ in present):
        if any(values.behaviour == "grows" for _, values in present):
            return "pole"
        reached = [values.value for _, values in present if values.exists]
        if any(not _same(limit, value, values=present) for limit in reached):
            if len(reached) == 2 and _same(reached[0], reached[1], values=present):
                return "removable"
            return "jump"
    if any(quotient.behaviour == "undecided" for quotient, _ in present):
        return "undecided"
    if len(present) == 1:
        return "edge"
    if left.exists and right.exists:
        allowed = _SAME * max(abs(left.value), abs(right.value)) + left.error + right.error
        # A slope of 0 on both sides is met only up to the size of the last steps.
        allowed += _SAME * float(np.abs(np.r_[left.values[:3], right.values[:3]]).min())
        return "differentiable" if abs(left.value - right.value) <= allowed else "corner"
    if left.exists or right.exists:
        return "half_vertical"
    return "vertical_tangent" if left.value == right.value else "cusp"


def _same(a: float, b: float, *, values: list[tuple[Limit, Limit]]) -> bool:
    errors = sum(limit.error for _, limit in values if limit.exists)
    return abs(a - b) <= _SAME * max(abs(a), abs(b)) + errors + 1e-9


def _slope(f: Curve, x: float, left: Limit, right: Limit) -> float:
    """Return the derivative: the exact one where it is known, else the more certain limit."""
    if f.slope is not None:
        exact = float(f.derivative(x))
        if math.isfinite(exact):
            return exact
    return left.value if left.error <= right.error else right.value
