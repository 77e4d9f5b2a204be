"""The derivation panel of the descent lab: the optimizer's rule, and the numbers of this step."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.derivation import Derivation, note
from engine.descent import explain_descent
from engine.descent.quadratics import observed_rate, theoretical_rate
from engine.formula import Line, Text, latex, plain
from engine.numbers import shown
from engine.table import Table
from gui import theme
from gui.formula import FormulaView, layout, paint
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.descent_stage import Stage, stage_of
from gui.views.descent_words import VERDICTS, reason_text, runner_name
from gui.views.follow import Follower
from gui.views.view import View

MARGIN = 14
_PACE_MS = 80


class DescentDerivation(View):
    """Explains the last step of the chosen runner, with its whole rule below."""

    key = "descent_derivation"
    title = mark("Derivation")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.heading.setContentsMargins(MARGIN, 10, MARGIN, 0)
        self.figure = QLabel(self)
        self.figure.setWordWrap(True)
        self.figure.setProperty("role", "muted")
        self.figure.setContentsMargins(MARGIN, 2, MARGIN, 2)
        self.figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.heading)
        column.addWidget(self.figure)
        self.formulas = FormulaView()
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.formulas)
        column.addWidget(scroll, 1)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        self._waiting = False
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is explained now."""
        self._follower.catch_up()
        self._catch_up()
        return self.formulas.lines

    def _refresh(self) -> None:
        """Follow the document, but no faster than anybody reads: the pictures go first."""
        self._waiting = True
        if not self._pace.isActive():
            self._pace.start()
            self._catch_up()

    def _catch_up(self) -> None:
        if not self._waiting:
            return
        self._waiting = False
        stage = stage_of(self._store)
        lane = stage.chosen
        if lane is None:
            self.heading.setText(tr("No runner"))
            self.heading.setStyleSheet("")
            self.figure.setText("")
            self.formulas.set_lines((note(NO_RUNNER),))
            return
        derivation = explained(stage)
        self.heading.setText(runner_name(lane.runner))
        self.heading.setStyleSheet(f"color: {theme.tokens[lane.color]};")
        self.figure.setText(figure_text(stage))
        entry = lane.runner.method.entry
        title = Line((derivation.title,), "note")
        rule_lines = (note(WHOLE_RULE), *_rule(entry.latex), note(entry.idea), *theory(stage))
        self.formulas.set_lines((title, *derivation.lines, *rule_lines))

    def retheme(self) -> None:
        self._follower.mark()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        lines = self.lines
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        heading = QRectF(area.left() + MARGIN, area.top() + 8, area.width() - 2 * MARGIN, 24)
        painter.drawText(heading, Qt.AlignmentFlag.AlignVCenter, self.heading.text())
        top = heading.bottom() + 10
        painter.setFont(self.font())
        for line in lines:
            laid_out = layout(line, heading.width(), 17.0 if line.kind != "note" else 14.0)
            paint(painter, laid_out, QPointF(heading.left(), top))
            top += laid_out.height + (10 if line.kind == "rule" else 14)

    def table(self) -> Table:
        """Return the lines as text and as LaTeX."""
        rows = [(line.kind, plain(line, tr), latex(line, tr)) for line in self.lines]
        return Table(("kind", "text", "latex"), rows)


NO_RUNNER = mark("Add a runner in the inspector: an optimizer that starts at the ball.")
WHOLE_RULE = mark("The whole rule")
THEORY = mark("In theory the error shrinks to {0} of itself at each step, in the long run.")
OBSERVED = mark("Observed over the last steps: {0}.")
START = Derivation(
    Text(mark("Before the first step")),
    (note(mark("Press → to let everybody take a step; “inside” shows how each step is made.")),),
)


def explained(stage: Stage) -> Derivation:
    """The micro-step on screen, or at rest the step that has led here."""
    trace, lane = stage.trace, stage.chosen
    if trace is not None and stage.micro:
        return explain_descent(trace, stage.micro)
    if lane is None or lane.at == 0:
        return START
    before = lane.course.trace(lane.at - 1)
    return START if before is None else explain_descent(before, before.count)


def figure_text(stage: Stage) -> str:
    """The value before and after, or how it has ended."""
    lane = stage.chosen
    if lane is None:
        return ""
    values = lane.course.values
    if lane.course.stop is not None and stage.iteration >= lane.course.newest:
        for number, result in stage.study.ranking(stage.iteration):
            if number == lane.number:
                sign = VERDICTS[result.outcome.verdict][2]
                return f"{sign} {reason_text(result.outcome)}"
    now = shown(float(values[lane.at]))
    if lane.at == 0:
        return f"f = {now}"
    return f"f: {shown(float(values[lane.at - 1]))} → {now}"


def theory(stage: Stage) -> tuple[Line, ...]:
    """Of a quadratic function: by how much the error shrinks a step, in theory and in fact."""
    lane, curved = stage.chosen, stage.subject.curvature
    minima = stage.subject.objective.minima
    if lane is None or curved is None or curved.smallest <= 0.0 or not minima:
        return ()
    lines = []
    promised = theoretical_rate(lane.runner.method, curved.eigenvalues)
    if promised is not None:
        lines.append(note(THEORY, promised))
    seen = observed_rate(lane.course.points[: lane.at + 1], np.array(minima[0]))
    if seen is not None:
        lines.append(note(OBSERVED, seen))
    return tuple(lines)


def _rule(lines: tuple[str, ...]) -> tuple[Line, ...]:
    from gui.inspectors.training_tab import lines_of

    return lines_of(lines)
