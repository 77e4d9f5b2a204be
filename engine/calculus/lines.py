"""Straight lines at a curve: secant and tangent; and the differential beside the difference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.calculus.differentiability import Verdict, differentiability
from engine.calculus.functions import Curve, Curved, curve
from engine.calculus.latex import added, affine_latex, coefficient, latex_number
from engine.errors import NablaError


@dataclass(frozen=True, slots=True)
class StraightLine:
    """A line y = slope · x + intercept, through the point (x, y).

    A vertical line has an infinite slope and no intercept.
    """

    x: float
    y: float
    slope: float
    intercept: float
    variable: str = "x"

    def __call__(self, x: float) -> float:
        """Return the height of the line at ``x``; NaN for a vertical line."""
        # From the point, not from the intercept: that may be far away, and cancel.
        return self.y + self.slope * (x - self.x)

    @property
    def angle(self) -> float:
        """The angle to the x-axis in radians, between −π/2 and π/2."""
        return math.atan(self.slope)

    @property
    def latex(self) -> str:
        """The line as a formula through its point: ``y = 5 + 8 (x - 1)``."""
        x = self.variable
        if math.isinf(self.slope):
            return f"{x} = {latex_number(self.x)}"
        return f"y = {affine_latex(self.y, [(self.slope, x, self.x)])}"

    @property
    def intercept_latex(self) -> str:
        """The line as a formula with its intercept: ``y = 8 x - 3``."""
        x = self.variable
        if math.isinf(self.slope):
            return f"{x} = {latex_number(self.x)}"
        if self.slope == 0.0:
            return f"y = {latex_number(self.intercept)}"
        return f"y = {coefficient(self.slope)}{x}{added(self.intercept)}"


@dataclass(frozen=True, slots=True)
class Differential:
    """The triangle at a curve: dx to the side, df on the tangent, Δf on the curve.

    Attributes
    ----------
    x, dx
        The point and the change.
    slope
        f′(x).
    df
        f′(x) · dx.
    delta
        Δf = f(x + dx) − f(x).
    remainder
        Δf − df, which shrinks faster than dx.
    """

    x: float
    dx: float
    value: float
    slope: float
    df: float
    delta: float
    remainder: float


def secant(f: Curved, a: float, b: float) -> StraightLine:
    """Return the line through the points of a curve at ``a`` and ``b``.

    Raises
    ------
    NablaError
        ``calculus.zero_step``: a and b are the same; ``calculus.no_value``: the function has no
        value at one of them.
    """
    own = curve(f)
    if a == b:
        raise NablaError("calculus.zero_step", step=0.0, x=a)
    low, high = _value(f, a), _value(f, b)
    slope = float(np.float64(high - low) / (b - a))
    return StraightLine(a, low, slope, low - slope * a, own.variable)


def tangent(f: Curved, x: float) -> StraightLine:
    """Return the line that touches a curve at ``x``.

    Raises
    ------
    NablaError
        ``calculus.no_value``: the function has no value there; ``calculus.no_slope``: it has no
        derivative there.
    """
    own = curve(f)
    height, slope = _value(f, x), float(own.derivative(x))
    if not math.isfinite(slope):
        verdict = differentiability(own, x)
        if not math.isinf(verdict.slope):
            raise NablaError("calculus.no_slope", x=x)
        return StraightLine(x, height, verdict.slope, math.nan, own.variable)
    if _has_kink(own, x, slope):
        raise NablaError("calculus.no_slope", x=x)
    return StraightLine(x, height, slope, height - slope * x, own.variable)


def differential(f: Curved, x: float, dx: float) -> Differential:
    """Return the differential df = f′(x) dx beside the difference Δf.

    Raises
    ------
    NablaError
        As :func:`tangent`, also where the function has no value at x + dx.
    """
    line = tangent(f, x)
    delta = _value(f, x + dx) - line.y
    df = line.slope * dx
    return Differential(x, dx, line.y, line.slope, df, delta, delta - df)


def _has_kink(f: Curve, x: float, slope: float) -> bool:
    """Whether the slope that rules give is only a convention: a quick look, then a thorough one."""
    h = 1e-7 * max(1.0, abs(x))
    height = f(x)
    quotients = [(f(x + step) - height) / ((x + step) - x) for step in (-h, h)]
    suspicious = any(not abs(q - slope) <= 1e-4 * max(1.0, abs(slope)) for q in quotients)
    return suspicious and not _may_touch(differentiability(f, x))


def _may_touch(verdict: Verdict) -> bool:
    # An oscillation that cannot be decided is left to the rules.
    return verdict.kind in ("differentiable", "edge", "undecided")


def _value(f: Curved, x: float) -> float:
    height = float(curve(f)(x))
    if not math.isfinite(height):
        raise NablaError("calculus.no_value", x=x)
    return height
