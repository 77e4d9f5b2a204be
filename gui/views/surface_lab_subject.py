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
from engine.landscape.function import loss_over
from engine.session import Document, Segment
from engine.session.slots import SurfaceSlot

Floats = NDArray[np.float64]

MOST_VARIABLES = 8
RESOLUTION = 101
QUICK_WORK, MOST_WORK = 3e7, 3e9
"""Products of parameters, samples and points: in a frame, and in a picture."""


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
    is_quick
        Whether whole curves can be computed in every frame; else they are read off the picture,
        and only the numbers at the point are computed.
    """

    function: Function
    expression: Expression | None
    preset: SurfacePreset | None = None
    letter: str = "f"
    frame: Span | None = None
    labels: tuple[str, ...] = ()
    resolution: int = RESOLUTION
    is_quick: bool = True

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


def subject_of(document: Document) -> Subject:
    """Return the function that the surface lab of a document studies.

    A slice of a loss whose run is gone gives way to the formula that was typed before; a formula
    that cannot be read, as in a file that somebody has edited, to the usual one.
    """
    slot = document.surface
    if slot.plane:
        segment = _segment(document, slot)
        if segment is not None:
            return _slice(segment, slot.plane, slot.axes)
    try:
        return subject_of_text(slot.expression)
    except NablaError:
        return subject_of_text(SurfaceSlot().expression)


def _segment(document: Document, slot: SurfaceSlot) -> Segment | None:
    """The stretch of a run whose loss is meant, if it is still there and fits."""
    for run in document.runs:
        if run.id == slot.run:
            segment = run.segment(slot.iteration)
            size = segment.training.layout.size
            return segment if len(slot.plane) == 3 * size else None
    return None


@lru_cache(maxsize=2)
def _slice(segment: Segment, plane: tuple[float, ...], axes: tuple[str, ...]) -> Subject:
    origin, *directions = np.array(plane).reshape(3, -1)
    training = segment.training
    names = axes if len(axes) == 2 and axes[0] != axes[1] else ("x", "y")
    work = training.layout.size * len(training.experiment.dataset.train)
    quick = work * RESOLUTION**2 <= QUICK_WORK
    return Subject(
        loss_over(training, origin, np.array(directions), names),
        None,
        letter="L",
        labels=names,
        resolution=int(np.clip(np.sqrt(MOST_WORK / max(work, 1)), 25, RESOLUTION)),
        is_quick=quick,
    )
