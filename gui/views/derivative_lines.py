"""What the derivation panel of the derivative lab says, line by line."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.calculus.latex import latex_number
from engine.calculus.sums import LATEX as SUMS
from engine.expression import Expression, Step, differentiate, total_notations
from engine.expression.tree import Pending
from engine.formula import Line, LineKind, Number, Piece, Symbol, Text
from engine.session.derivative import RULES_OF_TIME, Study
from engine.session.slots import DerivativeLook
from gui.i18n import mark

LARGEST = 160
"""Nodes of an expression that is written out; a longer one nobody reads."""
MOST_STEPS = 5
"""Steps before the one in work that are shown."""

REASONS: dict[str, str] = {
    "differentiable": mark("Both one-sided limits agree: differentiable here."),
    "corner": mark("The one-sided limits differ: a corner, no derivative here."),
    "vertical_tangent": mark(
        "The quotients grow without bound: the tangent is vertical, there is no derivative here."
    ),
    "cusp": mark(
        "The quotients grow without bound, with opposite signs: a cusp, no derivative here."
    ),
    "half_vertical": mark("On one side the quotients grow without bound: no derivative here."),
    "jump": mark("The function jumps: where it is not continuous it has no derivative."),
    "removable": mark(
        "The value is not the limit of the function: not continuous, so no derivative here."
    ),
    "pole": mark("The function grows without bound: no derivative here."),
    "edge": mark("The domain ends here: there is a derivative from one side only."),
    "outside": mark("The function has no value here, so it has no derivative here."),
    "undecided": mark("The quotients come to rest nowhere: no limit can be told."),
}
"""The sentence for each verdict of :mod:`engine.calculus.differentiability`."""

QUOTIENTS: dict[str, str] = {
    "forward": r"\frac{f(a + h) - f(a)}{h}",
    "backward": r"\frac{f(a) - f(a - h)}{h}",
    "central": r"\frac{f(a + h) - f(a - h)}{2h}",
}


@dataclass(frozen=True)
class Derived:
    """A heading and the lines below it."""

    title: Text
    lines: tuple[Line, ...]


def derived(study: Study, look: DerivativeLook) -> Derived:
    """Return what the panel says at a place in time."""
    first = study.subject.first
    by_rule = look.time == RULES_OF_TIME and first is not None
    lines: list[Line] = []
    if by_rule and first is not None:
        steps = first.steps
        done = min(look.position, len(steps))
        title = _step_title(steps[done - 1]) if done else Text(mark("Rule by rule"))
        lines += _derivation(study, steps, done)
        if done == len(steps):
            lines += _result(study)
    else:
        title = Text(mark("The derivative as a limit"))
        lines += _limit(study)
        lines += _result(study)
    lines += _verdict(study)
    lines += _extras(study)
    lines += _three_ways(study)
    lines += _notations(study)
    if study.name != "f":
        lines = [_renamed(line, study.name) for line in lines]
    return Derived(title, tuple(lines))


def _renamed(line: Line, name: str) -> Line:
    """Give the function another letter."""
    pieces = tuple(
        replace(piece, latex=_LETTER.sub(name, piece.latex)) if isinstance(piece, Symbol) else piece
        for piece in line.pieces
    )
    return replace(line, pieces=pieces)


_LETTER = re.compile(r"(?<![A-Za-z\\])f(?![A-Za-z])")


# ------------------------------------------------------------------------------------ rule by rule


def _step_title(step: Step) -> Text:
    return Text(step.rules[0].label)


def _derivation(study: Study, steps: Sequence[Step], done: int) -> Iterator[Line]:
    expression, variable = study.subject.expression, study.subject.variable
    assert expression is not None
    prime = Symbol(f"f'({variable})", "tangent")
    equals = Symbol("=")
    yield _line(Symbol(f"f({variable})"), equals, *_written(expression))
    if not done:
        yield _line(prime, equals, *_written(steps[0].before, steps[0].path))
        yield _note(
            Text(mark("Press → or the Step button: one rule at a time."), "muted"),
        )
        return
    hidden = max(0, done - 1 - MOST_STEPS)
    if hidden:
        yield _note(Text(mark("… {0} earlier steps"), "muted", (hidden,)))
    else:
        start = steps[0]
        yield _line(prime, equals, *_written(start.before, start.path if done == 1 else None))
    for number in range(hidden, done):
        step, newest = steps[number], number == done - 1
        yield _note(*_named(step, "accent" if newest else "muted"))
        if newest and step.rules[0].latex:
            yield _line(Symbol(step.rules[0].latex, "muted"))
        # Set off is what is new, or before the newest step what will be worked on.
        path = step.path if newest else steps[number + 1].path if number == done - 2 else None
        yield _line(equals, *_written(step.after, path))
    yield from _at_the_point(study, steps[done - 1])


def _named(step: Step, role: str) -> tuple[Piece, ...]:
    labels = [Text(rule.label, role) for rule in step.rules]
    if len(labels) == 2:
        return labels[0], Text("·", role), labels[1]
    return tuple(labels)


def _at_the_point(study: Study, step: Step) -> Iterator[Line]:
    """The number that the part in work stands for, at a."""
    part = step.part.tree
    variable = study.subject.variable
    if not isinstance(part, Pending):
        return
    inner = Expression(part.expression)
    value = float(differentiate(inner, variable).result(**{variable: study.point}))
    if not math.isfinite(value):
        return
    latex = step.part.latex() if inner.size <= LARGEST else rf"\frac{{d}}{{d {variable}}}(\ldots)"
    yield _line(
        Symbol(latex, "accent"),
        Symbol("="),
        Number(value, "accent"),
        Text(mark("at {0} = {1}"), "muted", (variable, float(study.point))),
        kind="numbers",
    )


# --------------------------------------------------------------------------------------- the limit


def _limit(study: Study) -> Iterator[Line]:
    kind = study.quotient_kind
    equals = Symbol("=")
    yield _line(
        Symbol("f'(a)", "tangent"),
        equals,
        Symbol(r"\lim_{h \to 0}"),
        Symbol(QUOTIENTS[kind], "secant"),
    )
    quotient = study.quotient_over(study.step, kind)
    if quotient is None or not math.isfinite(quotient.slope):
        return
    over = Number(2 * study.step if kind == "central" else study.step, "secant", parentheses=True)
    yield _line(
        Symbol(QUOTIENTS[kind], "secant"),
        equals,
        Symbol("("),
        Number(quotient.right_value),
        Symbol("-"),
        Number(quotient.left_value, parentheses=True),
        Symbol(")"),
        Symbol("/"),
        over,
        equals,
        Number(quotient.slope, "secant"),
        kind="numbers",
    )
    if math.isfinite(quotient.error):
        yield _note(
            Text(mark("error {0} at h = {1}"), "muted", (quotient.error, float(study.step)))
        )


def _result(study: Study) -> Iterator[Line]:
    first, variable = study.subject.first, study.subject.variable
    prime = Symbol(f"f'({variable})", "tangent")
    if first is not None:
        yield _line(prime, Symbol("="), *_written(first.result))
    if math.isfinite(study.slope):
        at = latex_number(study.point)
        pieces: list[Piece] = [
            Symbol(f"f'({at})", "tangent"),
            Symbol("="),
            Number(study.slope, "tangent"),
        ]
        unit = _unit(study)
        if unit:
            pieces.append(Text(unit, "muted"))
        yield _line(*pieces, kind="numbers")


def _unit(study: Study) -> str:
    slot = study.slot
    if not slot.unit_in:
        return slot.unit_out
    return f"{slot.unit_out or '1'}/{slot.unit_in}"


def _verdict(study: Study) -> Iterator[Line]:
    verdict = study.verdict
    good = verdict.kind in ("differentiable", "edge")
    yield _note(Text(REASONS[verdict.kind], "success" if good else "warning"))
    if verdict.kind in ("corner", "cusp", "half_vertical", "vertical_tangent"):
        pieces: list[Piece] = []
        for latex, limit in (
            (r"\lim_{h \to 0^{-}}", verdict.left),
            (r"\lim_{h \to 0^{+}}", verdict.right),
        ):
            pieces += [Symbol(latex), Symbol("="), Number(limit.value, "tangent"), Text(" ")]
        yield _line(*pieces, kind="numbers")


# ------------------------------------------------------------------------------ what else is shown


def _extras(study: Study) -> Iterator[Line]:
    shown, slot = study.slot.shown, study.slot
    variable = study.subject.variable
    equals = Symbol("=")
    if "tangent" in shown and study.tangent is not None:
        yield _note(Text(mark("Tangent"), "muted"))
        yield _line(Symbol(study.tangent.latex, "tangent"))
    if "differential" in shown and math.isfinite(study.differential):
        yield _note(Text(mark("Differential"), "muted"))
        yield _line(
            Symbol("d f", "tangent"),
            equals,
            Symbol(f"f'(a) \\, d {variable}", "tangent"),
            equals,
            Number(study.slope, "tangent"),
            Symbol(r"\cdot"),
            Number(study.step, parentheses=True),
            equals,
            Number(study.differential, "tangent"),
        )
        yield _line(
            Symbol(r"\Delta f", "secant"),
            equals,
            Number(study.delta, "secant"),
            Text("  "),
            Symbol(r"\Delta f - d f"),
            equals,
            Number(study.remainder),
            kind="numbers",
        )
    if "area" in shown:
        yield _note(Text(mark("Area in {0} parts"), "muted", (slot.parts,)))
        yield _line(Symbol(SUMS[study.sum.rule], "positive"), equals, Number(study.sum.total))
        if math.isfinite(study.integral.value):
            yield _line(
                Symbol(
                    rf"\int_{{{latex_number(slot.start)}}}^{{{latex_number(slot.end)}}}"
                    rf" f({variable}) \, d {variable}",
                    "positive",
                ),
                equals,
                Number(study.integral.value, "positive"),
                kind="numbers",
            )
    if "growth" in shown:
        yield _line(
            Symbol(rf"F({variable})", "update"),
            equals,
            Symbol(rf"\int_{{{latex_number(slot.start)}}}^{{{variable}}} f(t) \, d t", "update"),
            Symbol(r"\Rightarrow"),
            Symbol(rf"F'({variable}) = f({variable})", "update"),
        )


def _three_ways(study: Study) -> Iterator[Line]:
    ways = study.ways
    if ways is None or not math.isfinite(ways.rule):
        return
    if not math.isfinite(study.slope):
        text = mark("What rules and programs give here, {0}, is an agreement, no derivative.")
        yield _note(Text(text, "muted", (ways.rule,)))
        return
    yield _note(Text(mark("Three ways to the same number"), "muted"))
    for label, value in (
        (mark("by rule"), ways.rule),
        (mark("automatic, forward"), ways.forward),
        (mark("automatic, reverse"), ways.reverse),
        (mark("numeric, central"), ways.central),
    ):
        pieces: list[Piece] = [Text(label), Symbol("="), Number(value, "tangent")]
        if label != "by rule" and math.isfinite(value):
            pieces.append(Text(mark("(off by {0})"), "muted", (_few(abs(value - ways.rule)),)))
        yield _line(*pieces, kind="numbers")


def _few(value: float) -> float:
    """A difference needs no more than two digits."""
    return float(f"{value:.1e}")


def _notations(study: Study) -> Iterator[Line]:
    pieces: list[Piece] = []
    for latex in total_notations(study.subject.variable):
        if pieces:
            pieces.append(Symbol("=", "muted"))
        pieces.append(Symbol(latex, "muted"))
    yield _note(Text(mark("Other ways to write it"), "muted"))
    yield _line(*pieces)


# ------------------------------------------------------------------------------------------ pieces


def _written(expression: Expression, path: tuple[int, ...] | None = None) -> tuple[Piece, ...]:
    if expression.size > LARGEST:
        return (Text(mark("(a formula of {0} parts)"), "muted", (expression.size,)),)
    return expression.pieces(path)


def _line(*pieces: Piece, kind: LineKind = "rule") -> Line:
    return Line(tuple(pieces), kind)


def _note(*pieces: Piece) -> Line:
    return Line(tuple(pieces), "note")
