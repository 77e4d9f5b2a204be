"""Difference quotients: the slope of a secant, and how its error depends on the step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.calculus.functions import Array, Curve, Curved, curve
from engine.errors import NablaError

Kind = Literal["forward", "backward", "central"]
KINDS: tuple[Kind, ...] = ("forward", "backward", "central")
EPSILON = float(np.finfo(np.float64).eps)

LATEX: dict[Kind, str] = {
    "forward": r"\frac{f(x + h) - f(x)}{h}",
    "backward": r"\frac{f(x) - f(x - h)}{h}",
    "central": r"\frac{f(x + h) - f(x - h)}{2h}",
}
"""The quotients as formulas."""
TRUNCATION_LATEX: dict[Kind, str] = {
    "forward": r"\frac{h}{2} \left|f''(x)\right|",
    "backward": r"\frac{h}{2} \left|f''(x)\right|",
    "central": r"\frac{h^{2}}{6} \left|f'''(x)\right|",
}
"""The leading term of the error that even exact arithmetic would make (Taylor)."""


@dataclass(frozen=True, slots=True)
class Quotient:
    """One line of the table (h, slope, error).

    Attributes
    ----------
    step
        h, the step that was asked for.
    left, right, left_value, right_value
        The two points of the secant.
    slope
        The slope of the secant through them.
    error
        What it differs from the derivative; NaN where that is not known.
    """

    step: float
    left: float
    right: float
    left_value: float
    right_value: float
    slope: float
    error: float


@dataclass(frozen=True, slots=True, eq=False)
class ErrorCurve:
    """The error of a difference quotient against its step, for log axes.

    Attributes
    ----------
    kind
        Which quotient.
    steps
        The grid of h, falling.
    slopes, errors
        The quotient, and how far it is from the derivative, at each h.
    truncation
        The part of Taylor's formula that the quotient leaves out.
    rounding
        What the last digits of f may do: ε · |f| / h.
    best_step
        The h at which the two estimates together are smallest; NaN where none is defined.
    best_found
        The h of the grid with the smallest error; NaN where there is none.
    derivative
        What the quotient is compared with.
    """

    kind: Kind
    steps: Array
    slopes: Array
    errors: Array
    truncation: Array
    rounding: Array
    best_step: float
    best_found: float
    derivative: float


def difference_quotient(
    f: Curved, x: float, step: float, kind: Kind = "forward", *, exact: float | None = None
) -> Quotient:
    """Return the slope of the secant from ``x`` over a step.

    The step is divided by as it comes out in float64, (x + h) − x, which is not always h.

    Parameters
    ----------
    f
        The function.
    x, step
        The point and h; a negative h looks to the other side.
    kind
        ``"forward"``, ``"backward"`` or ``"central"``.
    exact
        The derivative, to compare with; that of ``f`` where it is known and this left out.

    Raises
    ------
    NablaError
        ``calculus.zero_step``: h is 0, or too small to change x.
    """
    own = curve(f)
    left = x if kind == "forward" else x - step
    right = x if kind == "backward" else x + step
    if left == right:
        raise NablaError("calculus.zero_step", step=step, x=x)
    low, high = own(left), own(right)
    with np.errstate(all="ignore"):
        slope = float(np.float64(high - low) / (right - left))
    known = _exact(own, x) if exact is None else exact
    return Quotient(step, left, right, low, high, slope, slope - known)


def quotient_table(
    f: Curved, x: float, steps: Array | list[float], kind: Kind = "forward"
) -> tuple[Quotient, ...]:
    """Return a quotient for each step: the table that shows the limit."""
    own = curve(f)
    exact = _exact(own, x)
    return tuple(difference_quotient(own, x, float(h), kind, exact=exact) for h in steps)


def step_grid(largest: float = 1.0, smallest: float = 1e-15, per_decade: int = 8) -> Array:
    """Return steps from the largest to the smallest, evenly spaced on a log axis.

    Raises
    ------
    NablaError
        ``calculus.bad_steps``: a bound is not positive, or they stand in the wrong order.
    """
    if not 0.0 < smallest < largest < np.inf or per_decade < 1:
        raise NablaError("calculus.bad_steps", largest=largest, smallest=smallest)
    decades = float(np.log10(largest / smallest))
    return np.logspace(
        np.log10(largest), np.log10(smallest), max(2, round(decades * per_decade) + 1)
    )


def error_curve(
    f: Curved,
    x: float,
    kind: Kind = "forward",
    steps: Array | None = None,
    *,
    exact: float | None = None,
) -> ErrorCurve:
    """Return the error of a difference quotient against its step, and where it comes from.

    The truncation error is the first term that Taylor's formula leaves out, the rounding error
    ε|f|/h; the best step makes their sum smallest: 2√(ε|f|/|f″|) for one-sided quotients and
    ∛(3ε|f|/|f‴|) for central ones (Dennis & Schnabel 1983, section 5.4).
    """
    own = curve(f)
    h = step_grid() if steps is None else np.asarray(steps, dtype=np.float64)
    known = _exact(own, x) if exact is None else exact
    left = np.full_like(h, x) if kind == "forward" else x - h
    right = np.full_like(h, x) if kind == "backward" else x + h
    low, high = np.asarray(own(left)), np.asarray(own(right))
    height = abs(float(own(x)))
    with np.errstate(all="ignore"):
        slopes = (high - low) / np.where(left == right, np.nan, right - left)
        if kind == "central":
            third = _third(own, x)
            truncation = h * h / 6.0 * abs(third)
            best = np.cbrt(np.float64(3.0 * EPSILON * height) / abs(third))
        else:
            second = abs(float(own.second_derivative(x)))
            truncation = h / 2.0 * second
            best = 2.0 * np.sqrt(np.float64(EPSILON * height) / second)
        # Both ends may be rounded by half a unit of the last place, and so may the point itself.
        rounding = EPSILON * height / h
        errors = np.abs(slopes - known)
    usable = np.where(np.isfinite(errors), errors, np.inf)
    found = float(h[int(usable.argmin())]) if np.isfinite(usable).any() else np.nan
    return ErrorCurve(
        kind,
        h,
        slopes,
        errors,
        truncation,
        rounding,
        float(best) if np.isfinite(best) and best > 0.0 else np.nan,
        found,
        known,
    )


def _exact(f: Curve, x: float) -> float:
    """Return the derivative where it is known exactly, else NaN."""
    return float(f.derivative(x)) if f.slope is not None else np.nan


def _third(f: Curve, x: float) -> float:
    """Return f‴ well enough for an estimate: a difference of second derivatives."""
    h = EPSILON ** (1.0 / 3.0 if f.bend is not None else 0.2) * max(1.0, abs(x))
    with np.errstate(all="ignore"):
        return float((f.second_derivative(x + h) - f.second_derivative(x - h)) / (2.0 * h))
