"""All partial derivatives at a point, each with the limit that it is; dz beside Δz."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.errors import NablaError
from engine.expression.typesetting import variable
from engine.formula import Line, Number, Piece, Symbol, Text
from engine.table import Table
from gui.formula import FormulaView, layout, paint
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import ChoiceField
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.store import Aspect, Store
from gui.views.follow import Follower
from gui.views.surface_lab_derivation import at_point, equals, note, partial_symbol, role_of
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_study import Study
from gui.views.view import View

MARGIN = 12
NUDGES = Scale(1e-6, 1.0, logarithmic=True)


class SurfacePartials(View):
    """A function of any number of variables: nudge one, hold the others.

    A click on a partial derivative nudges its variable.
    """

    key = "surface_partials"
    title = mark("Partials")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intents = intents = Intents(store)
        self.variable = ChoiceField()
        self.nudge = SliderField(NUDGES, check=_check_nudge)
        label, by = QLabel(), QLabel()
        bind(label, "setText", "Nudge")
        bind(by, "setText", "by h")
        row = QHBoxLayout()
        row.setContentsMargins(MARGIN, 6, MARGIN, 2)
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.variable)
        row.addWidget(by)
        row.addWidget(self.nudge, 1)
        self.variable.setMaximumWidth(90)
        self.formulas = FormulaView()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.formulas)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(scroll, 1)
        self.variable.chosen.connect(self._choose)
        self.nudge.edited.connect(intents.set_nudge)
        self.nudge.finished.connect(intents.release)
        self.formulas.piece_clicked.connect(self._clicked)
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown now."""
        self._follower.catch_up()
        return self.formulas.lines

    def _refresh(self) -> None:
        study = self._intents.study
        self.variable.set_entries((str(i), name) for i, name in enumerate(study.names))
        self.variable.set_value(str(study.nudged))
        self.variable.describe_to(tr("Variable that is nudged"), tr("The others are held"))
        self.nudge.set_value(study.nudge)
        self.nudge.describe_to(tr("Size of the nudge, h"), tr("The smaller, the nearer the limit"))
        self.formulas.set_lines(partials_lines(study))

    def _choose(self, key: str) -> None:
        self._intents.nudge_variable(int(key))

    def _clicked(self, target: object) -> None:
        if isinstance(target, tuple) and target[0] == "nudge":
            self._intents.nudge_variable(int(target[1]))

    def paint(self, painter: QPainter, area: QRectF) -> None:
        top = area.top() + MARGIN
        for line in self.lines:
            size = 17.0 if line.kind != "note" else 14.0
            laid_out = layout(line, area.width() - 2 * MARGIN, size)
            paint(painter, laid_out, QPointF(area.left() + MARGIN, top))
            top += laid_out.height + (10 if line.kind == "rule" else 14)

    def table(self) -> Table:
        """Name, place and partial derivative of every variable, and its part of dz."""
        study = self._intents.study
        rows = [
            (
                name,
                study.point[i],
                float(study.gradient[i]),
                study.changes[i],
                float(study.gradient[i]) * study.changes[i],
            )
            for i, name in enumerate(study.names)
        ]
        return Table(("variable", "value", "partial", "change", "part_of_dz"), rows)


def _check_nudge(value: float) -> None:
    """Refuse a nudge that moves nothing.

    Raises
    ------
    NablaError
        ``calculus.zero_step``.
    """
    if value == 0.0:
        raise NablaError("calculus.zero_step", step=value, x=0.0)


def partials_lines(study: Study) -> list[Line]:
    """Every partial derivative as its limit; the nudged one with its quotients."""
    lines: list[Line] = []
    letter = study.subject.letter
    names = [variable(name) for name in study.names]
    for index in range(len(names)):
        moved = ", ".join(f"{name}+h" if i == index else name for i, name in enumerate(names))
        quotient = rf"\frac{{{letter}({moved}) - {letter}({', '.join(names)})}}{{h}}"
        value = float(study.gradient[index])
        result: tuple[Piece, ...] = (equals(), Number(value, role_of(study, index)))
        if not math.isfinite(value):
            result = (Text(mark("does not exist here"), "error"),)
        lines.append(
            Line(
                (
                    partial_symbol(study, index),
                    equals(),
                    Symbol(rf"\lim_{{h \to 0}} {quotient}", role_of(study, index)),
                    *result,
                )
            )
        )
        if index == study.nudged:
            lines += _quotients(study, index)
    return lines + total_lines(study)


def _quotients(study: Study, index: int) -> list[Line]:
    """What the quotient is for the chosen h, and for smaller ones."""
    letter = Symbol(study.subject.letter)
    found = study.quotients(index)
    if not found:
        return [note(mark("The nudge is too small to move the variable."))]
    first, *rest = found
    h = Number(first.step, "secant")
    lines = [
        Line(
            (
                Symbol(r"\frac{\Delta z}{h}", "secant"),
                equals(),
                Symbol("("),
                letter,
                *at_point(study, (index, [Number(study.point[index]), Symbol("+"), h])),
                Symbol("-"),
                letter,
                *at_point(study),
                Symbol(")"),
                Symbol("/"),
                h,
                equals(),
                Number(first.slope, "secant"),
            ),
            "numbers",
        )
    ]
    lines += [
        Line(
            (
                Text("h =", "muted"),
                Number(quotient.step, "muted"),
                Symbol(":"),
                Number(quotient.slope, "secant"),
                Text(mark("error {0}"), "muted", (quotient.error,)),
            ),
            "numbers",
        )
        for quotient in rest
    ]
    return lines


def total_lines(study: Study) -> list[Line]:
    """dz, the change on the tangent plane, beside Δz, that on the surface."""
    total = study.total
    lines = [note(mark("Total differential: all variables change at once"))]
    if total is None or not math.isfinite(total.dz):
        return [*lines, note(mark("The function has no value at one of the ends."))]
    rule: list[Piece] = [Symbol("dz", "tangent"), equals()]
    numbers: list[Piece] = [equals()]
    for index, term in enumerate(total.terms):
        if index:
            rule.append(Symbol("+"))
            numbers.append(Symbol("+"))
        role = role_of(study, index)
        name = variable(term.variable)
        rule.append(Symbol(rf"\frac{{\partial {study.subject.letter}}}{{\partial {name}}}", role))
        rule.append(Symbol(rf"d{name}", "update"))
        numbers += [
            Number(term.slope, role, parentheses=True),
            Symbol(r"\cdot"),
            Number(term.change, "update", parentheses=True),
        ]
    lines.append(Line(tuple(rule)))
    lines.append(Line((*numbers, equals(), Number(total.dz, "tangent")), "numbers"))
    letter = Symbol(study.subject.letter)
    end: list[Piece] = [Symbol("(")]
    for index, (at, change) in enumerate(zip(total.point, total.changes, strict=True)):
        if index:
            end.append(Symbol(","))
        end.append(Number(at + change, "update"))
    lines.append(
        Line(
            (
                Symbol(r"\Delta z", "error"),
                equals(),
                letter,
                *end,
                Symbol(")"),
                Symbol("-"),
                letter,
                *at_point(study),
                equals(),
                Number(total.delta, "error"),
            )
        )
    )
    lines.append(
        Line(
            (
                Symbol(r"\Delta z", "error"),
                Symbol("-"),
                Symbol("dz", "tangent"),
                equals(),
                Number(total.remainder),
            )
        )
    )
    return lines
