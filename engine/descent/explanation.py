"""What a micro-step of a descent does: its formula, and the same with its numbers."""

from __future__ import annotations

import math

import numpy as np

from engine.derivation import (
    ARROW,
    EQUALS,
    MOST_LINES,
    Derivation,
    factor,
    filled,
    more,
    note,
    numbers,
    rule,
)
from engine.descent.equations import (
    between_latex,
    between_numbers,
    equation_values,
    memory_latex,
    memory_numbers,
)
from engine.descent.rule import LABELS, Rule
from engine.descent.state import length
from engine.descent.step import Note
from engine.descent.trace import DescentPhase, Trace
from engine.formula import Line, Number, Symbol, Text


def explain_descent(trace: Trace, position: int) -> Derivation:
    """Explain the micro-step that led to ``position`` (1 … count)."""
    phase, index = trace.step(position)
    match phase:
        case DescentPhase.GRADIENT:
            return Derivation(Text("The gradient here", "gradient"), _gradient(trace))
        case DescentPhase.CLIP:
            return Derivation(Text("The gradient is clipped", "gradient"), _clip(trace))
        case DescentPhase.MEMORY:
            title = Text(LABELS[trace.memory_names[index]], "forward")
            return Derivation(title, _memory(trace, index))
        case DescentPhase.CORRECTION:
            return Derivation(Text("What the gradient is divided by"), _correction(trace))
        case DescentPhase.DIRECTION:
            return Derivation(Text("The direction of the search", "direction"), _direction(trace))
        case DescentPhase.TRIAL:
            title = Text("A point on the line is tried: number {0}", "text", (index + 1,))
            return Derivation(title, _trial(trace, index))
        case DescentPhase.UPDATE:
            return Derivation(Text("The step", "update"), _update(trace))


def _gradient(trace: Trace) -> tuple[Line, ...]:
    gradient = trace.before.gradient
    lines = [
        numbers(
            Symbol(rf"\frac{{\partial f}}{{\partial {_written(name)}}}", "gradient"),
            EQUALS,
            Number(float(value), "gradient"),
        )
        for name, value in zip(trace.names[:MOST_LINES], gradient, strict=False)
    ]
    size = numbers(
        Symbol(r"\lVert\nabla f\rVert", "gradient"),
        EQUALS,
        Number(length(gradient), "gradient"),
    )
    return (*lines, *more(len(trace.names)), size)


def _clip(trace: Trace) -> tuple[Line, ...]:
    longest = trace.method.clip
    assert longest is not None
    return (
        rule(Symbol(r"g \leftarrow g \cdot \min(1, \frac{C}{\lVert g\rVert})", "gradient")),
        numbers(
            Symbol(r"\lVert g\rVert", "gradient"),
            Symbol(":"),
            Number(length(trace.before.gradient), "gradient"),
            ARROW,
            Number(length(trace.here.gradient), "gradient"),
        ),
    )


def _rule(trace: Trace) -> Rule:
    return trace.method.optimizer.rule


def _filled(trace: Trace, templates: tuple[str, ...], lead: bool = False) -> list[Line]:
    """Return lines with the numbers of each coordinate; ``lead`` puts its name in front."""
    lines: list[Line] = []
    shown = trace.names[:MOST_LINES]
    for i, name in enumerate(shown):
        values = equation_values(
            trace.method.optimizer,
            float(trace.before.point[i]),
            float(trace.result.point[i]),
            float(trace.here.gradient[i]),
            trace.learning_rate,
            [float(array[i]) for array in trace.before.memory],
            [float(array[i]) for array in trace.result.memory],
            trace.t,
        )
        roles = {"g": "gradient", "x'": "update"}
        for template in templates:
            pieces = filled(template, values, roles)
            if lead:
                lines.append(numbers(Symbol(_written(name), "update"), EQUALS, *pieces))
            elif len(shown) > 1:
                lines.append(numbers(Symbol(f"{_written(name)}:", "muted"), *pieces))
            else:
                lines.append(numbers(*pieces))
    return lines + more(len(trace.names))


def _memory(trace: Trace, index: int) -> tuple[Line, ...]:
    own = _rule(trace)
    return (
        rule(Symbol(memory_latex(own, index), "forward")),
        *_filled(trace, memory_numbers(own, index)),
    )


def _correction(trace: Trace) -> tuple[Line, ...]:
    own = _rule(trace)
    rules = [rule(Symbol(text)) for text in between_latex(own)]
    return (*rules, *_filled(trace, between_numbers(own)))


def _direction(trace: Trace) -> tuple[Line, ...]:
    direction, gradient = trace.result.direction, trace.here.gradient
    assert direction is not None
    lines: list[Line] = []
    if trace.method.optimizer.key in ("newton", "bfgs"):
        lines.append(rule(Symbol(trace.method.entry.latex[0], "direction")))
    else:
        lines.append(rule(Symbol("p = -g", "direction")))
    for name, value in zip(trace.names[:MOST_LINES], direction, strict=False):
        symbol = Symbol(rf"p_{{{_written(name)}}}", "direction")
        lines.append(numbers(symbol, EQUALS, Number(float(value), "direction")))
    lines += more(len(trace.names))
    with np.errstate(all="ignore"):
        slope = float(gradient @ direction)
    lines.append(numbers(Symbol(r"g\cdot p", "gradient"), EQUALS, Number(slope, "gradient")))
    lines += [_remark(remark) for remark in trace.result.notes]
    return tuple(lines)


def _remark(remark: Note) -> Line:
    if remark.code == "descent.indefinite_hessian":
        values = (remark.details["smallest"], remark.details["largest"])
        words = Text(
            "The Hessian is not positive definite: its eigenvalues go from {0} to {1}."
            " Their absolute values are used, so that the direction leads down.",
            "warning",
            values,
        )
    elif remark.code == "descent.hessian_not_finite":
        words = Text(
            "The Hessian is not finite here: the step goes against the gradient.", "warning"
        )
    else:
        words = Text("What was learned of the curvature leads up: it is forgotten.", "warning")
    return Line((words,), "note")


def _trial(trace: Trace, index: int) -> tuple[Line, ...]:
    trial = trace.result.trials[index]
    lines = [
        numbers(Symbol(r"\alpha"), EQUALS, Number(trial.length, "direction")),
        numbers(Symbol(r"f(w+\alpha p)", "forward"), EQUALS, Number(trial.value, "forward")),
    ]
    if math.isfinite(trial.bound):
        fits = trial.value <= trial.bound
        lines += [
            rule(Symbol(r"f(w+\alpha p) \le f(w) + c\,\alpha\, g\cdot p")),
            numbers(
                Number(trial.value, "forward"),
                Symbol(r"\le" if fits else "≰"),
                factor(trial.bound, "text"),
            ),
        ]
    if math.isfinite(trial.slope):
        symbol = Symbol(r"\nabla f(w+\alpha p)\cdot p", "gradient")
        lines.append(numbers(symbol, EQUALS, Number(trial.slope, "gradient")))
    if trial.accepted:
        lines.append(note("Taken."))
    else:
        lines.append(note("Not taken; another length is tried."))
    return tuple(lines)


def _update(trace: Trace) -> tuple[Line, ...]:
    entry = trace.method.optimizer.entry
    lines = [rule(Symbol(entry.latex[-1], "update"))]
    if isinstance(entry, Rule):
        return (*lines, *_filled(trace, entry.numbers[-1:], lead=True))
    if trace.result.stuck is not None:
        return (note("No length leads down: the point stays."),)
    taken = trace.result.trials[-1].length
    for i, name in enumerate(trace.names[:MOST_LINES]):
        assert trace.result.direction is not None
        lines.append(
            numbers(
                Symbol(_written(name), "update"),
                EQUALS,
                Number(float(trace.before.point[i])),
                Symbol("+"),
                factor(taken, "direction"),
                Symbol(r"\cdot"),
                factor(float(trace.result.direction[i]), "direction"),
                EQUALS,
                Number(float(trace.result.point[i]), "update"),
            )
        )
    return (*lines, *more(len(trace.names)))


def _written(name: str) -> str:
    """Return a name as LaTeX: all of an index of several digits stands below, as in w1_11."""
    letter, _, index = name.partition("_")
    return f"{letter}_{{{index}}}" if len(index) > 1 and index.isdigit() else name
