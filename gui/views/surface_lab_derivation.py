"""The derivation of the surface lab as lines: rule by rule, then put together with numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from engine.autodiff import derivative, gradient
from engine.calculus.quotients import difference_quotient
from engine.expression import Derivative, Expression, differentiate
from engine.expression.typesetting import variable
from engine.formula import Line, Number, Piece, Symbol, Text
from gui.i18n import mark
from gui.views.surface_lab_study import Study

LONGEST_RESULT = 40
"""Parts of a derivative that is written beside its number; a longer one is left to the steps."""
ROLES = ("partial_x", "partial_y")


@lru_cache(maxsize=64)
def partial_of(expression: Expression, name: str) -> Derivative:
    """The partial derivative by one variable, with its steps."""
    return differentiate(expression, name)


@lru_cache(maxsize=64)
def pieces_of(expression: Expression) -> tuple[Symbol, ...]:
    """An expression as symbols; a long one takes its time."""
    return expression.pieces()


def step_count(study: Study) -> int:
    """How many steps the derivation has: all rules of all partial derivatives."""
    expression = study.subject.expression
    if expression is None:
        return 0
    return sum(len(partial_of(expression, name).steps) for name in study.names)


def place_of(study: Study, position: int) -> tuple[int, int]:
    """The variable and the number of the step, from 1, that a position stands for."""
    assert study.subject.expression is not None
    left = position
    for index, name in enumerate(study.names):
        count = len(partial_of(study.subject.expression, name).steps)
        if left <= count:
            return index, left
        left -= count
    raise IndexError(position)


def role_of(study: Study, index: int) -> str:
    """The colour of a variable: the two that are drawn have one of their own."""
    if index == study.across:
        return ROLES[0]
    return ROLES[1] if index == study.up else "text"


def partial_symbol(study: Study, index: int) -> Symbol:
    """∂f/∂x, in the colour of x; a click on it nudges x."""
    name = variable(study.names[index])
    latex = rf"\frac{{\partial {study.subject.letter}}}{{\partial {name}}}"
    return Symbol(latex, role_of(study, index), ("nudge", index))


def arguments(study: Study) -> list[Piece]:
    """(x, y) as symbols."""
    pieces: list[Piece] = [Symbol("(")]
    for index, name in enumerate(study.names):
        if index:
            pieces.append(Symbol(","))
        pieces.append(Symbol(variable(name), role_of(study, index)))
    return [*pieces, Symbol(")")]


def at_point(study: Study, moved: tuple[int, list[Piece]] | None = None) -> list[Piece]:
    """(1, 2) as numbers; ``moved`` gives pieces for one of them, such as 1 + h."""
    pieces: list[Piece] = [Symbol("(")]
    for index, value in enumerate(study.point):
        if index:
            pieces.append(Symbol(","))
        if moved is not None and moved[0] == index:
            pieces += moved[1]
        else:
            pieces.append(Number(value, role_of(study, index)))
    return [*pieces, Symbol(")")]


def equals() -> Symbol:
    """The sign =."""
    return Symbol("=")


def note(text: str, *values: object, role: str = "muted") -> Line:
    """A remark in words."""
    return Line((Text(text, role, values),), "note")


def function_lines(study: Study) -> list[Line]:
    """The function, and its value at the point."""
    letter = Symbol(study.subject.letter)
    lines = []
    expression = study.subject.expression
    if expression is not None:
        lines.append(Line((letter, *arguments(study), equals(), *pieces_of(expression))))
    else:
        lines.append(note(mark("A slice of the network's loss: no formula, but a program.")))
    lines.append(
        Line((letter, *at_point(study), equals(), Number(study.value, "forward")), "numbers")
    )
    return lines


def gradient_lines(study: Study) -> list[Line]:
    """Each partial derivative with its number, and the gradient as their list."""
    lines = []
    expression = study.subject.expression
    for index, name in enumerate(study.names):
        result = None
        if expression is not None:
            result = partial_of(expression, name).result
        if result is not None and result.size <= LONGEST_RESULT:
            lines.append(Line((partial_symbol(study, index), equals(), *pieces_of(result))))
        lines.append(
            Line(
                (
                    partial_symbol(study, index),
                    *at_point(study),
                    equals(),
                    Number(float(study.gradient[index]), role_of(study, index)),
                ),
                "numbers" if lines and lines[-1].kind == "rule" else "rule",
            )
        )
    parts: list[Piece] = [Symbol(rf"\nabla {study.subject.letter}", "gradient"), equals()]
    parts.append(Symbol("("))
    for index, value in enumerate(study.gradient):
        if index:
            parts.append(Symbol(","))
        parts.append(Number(float(value), role_of(study, index)))
    parts.append(Symbol(")"))
    lines.append(Line(tuple(parts)))
    norm = math.sqrt(sum(float(value) ** 2 for value in study.gradient))
    lines.append(
        Line(
            (
                Symbol(rf"\lVert \nabla {study.subject.letter} \rVert", "gradient"),
                equals(),
                Number(norm, "gradient"),
            )
        )
    )
    return lines


def direction_lines(study: Study) -> list[Line]:
    """∇f · u, term by term."""
    (a, b), (c, d) = study.slopes, study.u
    letter = study.subject.letter
    return [
        Line(
            (
                Symbol("u", "direction"),
                equals(),
                Symbol("("),
                Symbol(r"\cos"),
                Text("{0}°", "text", (study.degrees,)),
                Symbol(","),
                Symbol(r"\sin"),
                Text("{0}°", "text", (study.degrees,)),
                Symbol(")"),
                equals(),
                Symbol("("),
                Number(_clean(c), "direction"),
                Symbol(","),
                Number(_clean(d), "direction"),
                Symbol(")"),
            )
        ),
        Line(
            (
                Symbol(rf"D_u {letter}", "direction"),
                equals(),
                Symbol(rf"\nabla {letter}", "gradient"),
                Symbol(r"\cdot"),
                Symbol("u", "direction"),
            )
        ),
        Line(
            (
                equals(),
                Number(a, ROLES[0], parentheses=True),
                Symbol(r"\cdot"),
                Number(_clean(c), "direction", parentheses=True),
                Symbol("+"),
                Number(b, ROLES[1], parentheses=True),
                Symbol(r"\cdot"),
                Number(_clean(d), "direction", parentheses=True),
                equals(),
                Number(study.slope, "direction"),
            ),
            "numbers",
        ),
    ]


def plane_lines(study: Study) -> list[Line]:
    """The tangent plane with numbers."""
    pieces: list[Piece] = [Symbol("z", "tangent"), equals(), Number(study.value, "forward")]
    for index, slope in enumerate(study.gradient):
        value = float(slope)
        pieces += [
            Symbol("-" if value < 0 else "+"),
            Number(abs(value), role_of(study, index)),
            Symbol("("),
            Symbol(variable(study.names[index])),
            Symbol("+" if study.point[index] < 0 else "-"),
            Number(abs(study.point[index])),
            Symbol(")"),
        ]
    return [Line(tuple(pieces))]


WAYS = (
    ("rule", mark("by rule")),
    ("forward", mark("forward")),
    ("reverse", mark("reverse")),
    ("numeric", mark("numeric")),
)


def ways(study: Study, index: int) -> dict[str, float]:
    """One partial derivative, found in each way there is."""
    expression, point = study.subject.expression, study.point
    name = study.names[index]
    found: dict[str, float] = {}
    if expression is not None:
        values = dict(zip(study.names, point, strict=True))
        own = {known: values[known] for known in expression.variables}
        result = partial_of(expression, name).result
        found["rule"] = float(result(**{key: values[key] for key in result.variables}))
        if name in own:
            others = {known: value for known, value in own.items() if known != name}
            found["forward"] = float(_forward(expression, name)(values[name], **others))
        else:
            found["forward"] = 0.0
        found["reverse"] = float(_reverse_at(expression, study.names, point)[index])
    else:
        found["reverse"] = float(study.gradient[index])
    cut = study.subject.function.cut(point, index)
    step = 6e-6 * max(1.0, abs(point[index]))
    found["numeric"] = difference_quotient(cut, point[index], step, "central").slope
    return found


@lru_cache(maxsize=8)
def _reverse(expression: Expression, names: tuple[str, ...]) -> Callable[..., Any]:
    return gradient(expression, names)


@lru_cache(maxsize=4)
def _reverse_at(expression: Expression, names: tuple[str, ...], point: tuple[float, ...]) -> Any:
    return _reverse(expression, names)(np.array(point))


@lru_cache(maxsize=64)
def _forward(expression: Expression, name: str) -> Callable[..., Any]:
    return derivative(expression, name)


def ways_lines(study: Study) -> list[Line]:
    """Three ways to the same numbers, and how far they are apart."""
    lines = []
    for index in range(len(study.names)):
        found = ways(study, index)
        best = found.get("rule", found["reverse"])
        lines.append(Line((partial_symbol(study, index),)))
        for key, words in WAYS:
            if key not in found:
                continue
            if key == "reverse" and "rule" not in found:
                words = mark("backpropagation")
            pieces: list[Piece] = [Text(words, "muted"), Symbol(":"), Number(found[key])]
            if key != "rule" and key in found and found[key] is not best:
                pieces += [
                    Text(mark("difference"), "muted"),
                    Number(found[key] - best, "muted"),
                ]
            lines.append(Line(tuple(pieces), "numbers"))
    return lines


def summary(study: Study) -> list[Line]:
    """All that is true at the point, as it is dragged."""
    lines = function_lines(study)
    if not math.isfinite(study.value):
        return [*lines, note(mark("The function has no value at this point."))]
    if not study.is_smooth:
        return [*lines, note(mark("There is no gradient at this point."))]
    lines.append(note(mark("Partial derivatives and gradient")))
    lines += gradient_lines(study)
    lines.append(note(mark("Slope along u")))
    lines += direction_lines(study)
    lines.append(note(mark("Tangent plane")))
    lines += plane_lines(study)
    lines.append(note(mark("Three ways to the same numbers")))
    return lines + ways_lines(study)


def steps_lines(study: Study, position: int) -> list[Line]:
    """One partial derivative, rule by rule, as far as it has been taken."""
    expression = study.subject.expression
    assert expression is not None
    index, done = place_of(study, position)
    name = study.names[index]
    found = partial_of(expression, name)
    steps = found.steps
    lines = [note(mark("Every variable but {0} is held, like a constant."), name)]
    first = steps[0]
    lines.append(Line((partial_symbol(study, index), equals(), *first.pieces_before("accent"))))
    for step in steps[:done]:
        last = step.number == done - 1
        ink = "accent" if last else "muted"
        labels: list[Piece] = []
        for rule in step.rules:
            labels += [Text("·", ink)] if labels else []
            labels.append(Text(rule.label, ink))
        lines.append(
            Line(
                (
                    *labels,
                    Symbol(r"\quad", ink),
                    Symbol(step.rules[0].latex, ink),
                ),
                "note",
            )
        )
        pieces = step.pieces_after("accent") if last else step.after.pieces()
        lines.append(Line((equals(), *pieces)))
    if done == len(steps):
        lines.append(
            Line(
                (
                    partial_symbol(study, index),
                    *at_point(study),
                    equals(),
                    Number(float(study.gradient[index]), role_of(study, index)),
                ),
                "numbers",
            )
        )
    return lines


def where(study: Study, position: int) -> str:
    """Which rule the step at a position applied, in English; empty at the start."""
    expression = study.subject.expression
    if not position or expression is None:
        return ""
    index, done = place_of(study, position)
    step = partial_of(expression, study.names[index]).steps[done - 1]
    return step.rules[0].label


def _clean(value: float) -> float:
    return 0.0 if abs(value) < 1e-15 else value
