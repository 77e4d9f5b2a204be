"""Partial derivatives, each as a limit of its own, and the total differential."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.calculus.differentiability import Verdict, differentiability
from engine.calculus.functions import Array, Surface, Surfaced, surface
from engine.calculus.latex import latex_number
from engine.calculus.quotients import Quotient, quotient_table
from engine.errors import NablaError

STEPS = (1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5)
"""The steps of a table that shows a limit."""


@dataclass(frozen=True, slots=True)
class Partial:
    """The derivative by one variable, the others held.

    Attributes
    ----------
    variable, index
        The variable, and its place among all.
    point
        Where it is taken.
    value
        ∂f/∂variable; NaN where it does not exist.
    table
        The difference quotients whose limit it is, h falling.
    verdict
        Whether the limit exists, and if not, why.
    names
        All variables.
    """

    variable: str
    index: int
    point: tuple[float, ...]
    value: float
    table: tuple[Quotient, ...]
    verdict: Verdict
    names: tuple[str, ...]

    @property
    def latex(self) -> str:
        r"""The name as a formula: ``\frac{\partial f}{\partial x}``."""
        return rf"\frac{{\partial f}}{{\partial {self.variable}}}"

    @property
    def limit_latex(self) -> str:
        r"""The limit written out: ``\lim_{h \to 0} \frac{f(1 + h, 2) - f(1, 2)}{h}``."""
        here = [latex_number(value) for value in self.point]
        moved = [*here]
        moved[self.index] = "h" if self.point[self.index] == 0.0 else f"{here[self.index]} + h"
        above = rf"f({', '.join(moved)}) - f({', '.join(here)})"
        return rf"\lim_{{h \to 0}} \frac{{{above}}}{{h}}"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One term of a total differential: f_x dx.

    Attributes
    ----------
    variable, slope, change
        The variable, its partial derivative, and its change.
    value
        Their product.
    """

    variable: str
    slope: float
    change: float
    value: float


@dataclass(frozen=True, slots=True)
class TotalDifferential:
    """dz = Σ f_x dx beside Δz.

    Attributes
    ----------
    point, changes
        Where, and by how much each variable changes.
    value
        The height at the point.
    terms
        One for each variable.
    dz
        Their sum, the change on the tangent plane.
    delta
        Δz, the change on the surface.
    remainder
        Δz − dz, which shrinks faster than the changes.
    """

    point: tuple[float, ...]
    changes: tuple[float, ...]
    value: float
    terms: tuple[Contribution, ...]
    dz: float
    delta: float
    remainder: float


def partial(
    f: Surfaced, point: Sequence[float], index: int, steps: Sequence[float] = STEPS
) -> Partial:
    """Return the derivative by one variable, with the limit that defines it.

    Raises
    ------
    NablaError
        ``calculus.wrong_number``: the point has another number of coordinates.
    """
    own = surface(f, _names(f, point))
    at = own.points(point)
    cut = own.cut(at, index)
    x = float(at[index])
    verdict = differentiability(cut, x)
    table = quotient_table(cut, x, list(steps))
    return Partial(
        own.variables[index],
        index,
        tuple(float(value) for value in at),
        verdict.slope if verdict.differentiable else np.nan,
        table,
        verdict,
        own.variables,
    )


def partials(
    f: Surfaced, point: Sequence[float], steps: Sequence[float] = STEPS
) -> tuple[Partial, ...]:
    """Return all partial derivatives at a point, one for each variable."""
    own = surface(f, _names(f, point))
    return tuple(partial(own, point, index, steps) for index in range(own.dimensions))


def total_differential(
    f: Surfaced, point: Sequence[float], changes: Sequence[float]
) -> TotalDifferential:
    """Return dz = Σ f_x dx beside Δz.

    Raises
    ------
    NablaError
        ``calculus.wrong_number``: point or changes have another number of coordinates;
        ``calculus.no_value``: the function has no value at one of the ends.
    """
    own = surface(f, _names(f, point))
    at, moves = own.points(point), own.points(changes)
    value, end = height(own, at), height(own, at + moves)
    slopes = own.gradient(at)
    terms = tuple(
        Contribution(name, float(slope), float(move), float(slope * move))
        for name, slope, move in zip(own.variables, slopes, moves, strict=True)
    )
    dz = sum(term.value for term in terms)
    delta = end - value
    return TotalDifferential(
        tuple(map(float, at)), tuple(map(float, moves)), value, terms, dz, delta, delta - dz
    )


def height(f: Surface, at: Array) -> float:
    """Return the height of a surface at one point.

    Raises
    ------
    NablaError
        ``calculus.no_value``: there is none.
    """
    value = float(f(at))
    if not np.isfinite(value):
        raise NablaError("calculus.no_value", x=", ".join(f"{place:g}" for place in at))
    return value


def _names(f: Surfaced, point: Sequence[float]) -> tuple[str, ...] | None:
    """Names for a Python function of other than two variables."""
    if callable(f) and not isinstance(f, Surface) and not hasattr(f, "variables"):
        count = len(point)
        return None if count == 2 else tuple(f"x_{i + 1}" for i in range(count))
    return None
