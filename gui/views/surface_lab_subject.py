"""The function that the surface lab studies: a formula, or a slice of a network's loss."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.calculus import Surface as Function
from engine.calculus import surface
from engine.calculus.presets import SURFACES, Span, SurfacePreset
from engine.errors import NablaError
from engine.expression import Expression, gradient_expressions, hessian_expressions, parse
from engine.session import Document, History

Floats = NDArray[np.float64]

MOST_VARIABLES = 8
RESOLUTION = 101


@dataclass(frozen=True, eq=False)
class Subject:
    """The function that is studied.

    Attributes
    ----------
    function
        Heights, gradients and Hessians at points.
    expression
        What was typed; None for a slice of a network's loss.
    preset
        The entry of the menu that it is, if any.
    letter
        What the function is called in formulas.
    frame
        The floor that shows it best; None: the usual one.
    labels
        Names of the axes on screen, one a variable.
    resolution
        Points of the picture along each axis.
    """

    function: Function
    expression: Expression | None
    preset: SurfacePreset | None = None
    letter: str = "f"
    frame: Span | None = None
    labels: tuple[str, ...] = ()
    resolution: int = RESOLUTION

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables."""
        return self.function.variables


@lru_cache(maxsize=16)
def subject_of_text(text: str) -> Subject:
    """Read a function of two or more variables.

    Raises
    ------
    NablaError
        The text is no expression; ``surface.too_many_variables``.
    """
    expression = parse(text)
    if len(expression.variables) > MOST_VARIABLES:
        raise NablaError(
            "surface.too_many_variables", count=len(expression.variables), most=MOST_VARIABLES
        )
    preset = next((known for known in SURFACES.values() if known.expression == text), None)
    frame = None if preset is None else preset.frame
    function = by_rule(expression)
    return Subject(function, expression, preset, frame=frame, labels=function.variables)


def by_rule(expression: Expression) -> Function:
    """The function of an expression, with derivatives by rule: the quickest to evaluate.

    Where the rules lead to too large an expression, automatic differentiation takes their place.
    """
    plain = surface(expression)
    names = plain.variables
    try:
        first = gradient_expressions(expression, names)
        second = hessian_expressions(expression, names)
    except NablaError:
        return plain

    def slopes(points: Floats) -> Floats:
        return np.stack([_at(part, names, points) for part in first], axis=-1)

    def bends(points: Floats) -> Floats:
        rows = [np.stack([_at(part, names, points) for part in row], axis=-1) for row in second]
        return np.stack(rows, axis=-2)

    return Function(plain.call, names, slopes, bends)


def _at(expression: Expression, names: tuple[str, ...], points: Floats) -> Floats:
    """The values of an expression at points (…, n)."""
    values = {name: points[..., names.index(name)] for name in expression.variables}
    found = np.asarray(expression(**values), dtype=np.float64)
    return np.broadcast_to(found, points.shape[:-1])


def subject_of(document: Document, history: History | None = None) -> Subject:
    """Return the function that the surface lab of a document studies.

    Raises
    ------
    NablaError
        It cannot be read.
    """
    return subject_of_text(document.surface.expression)
