"""The function that the surface lab studies: a formula, or a slice of a network's loss."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.calculus import Surface as Function
from engine.calculus import surface
from engine.calculus.presets import SURFACES, Span, SurfacePreset
from engine.errors import NablaError
from engine.expression import Expression, parse
from engine.session import Document, History

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
    function = surface(expression)
    return Subject(function, expression, preset, frame=frame, labels=function.variables)


def subject_of(document: Document, history: History | None = None) -> Subject:
    """Return the function that the surface lab of a document studies.

    Raises
    ------
    NablaError
        It cannot be read.
    """
    return subject_of_text(document.surface.expression)
