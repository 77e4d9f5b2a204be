"""The derivation panel of the descent lab: the optimizer's rule, and the numbers of this step."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from engine.derivation import Derivation, note
from engine.descent import explain_descent
from engine.descent.quadratics import observed_rate, theoretical_rate
from engine.formula import Line, Text
from engine.numbers import shown
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Store
from gui.views.descent_stage import Stage, stage_of
from gui.views.descent_words import VERDICTS, reason_text, runner_name
from gui.views.paced_derivation import MARGIN, PacedDerivation


class DescentDerivation(PacedDerivation):
    """Explains the last step of the chosen runner, with its whole rule below."""

    key = "descent_derivation"

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.heading.setContentsMargins(MARGIN, 10, MARGIN, 0)
        self.figure = QLabel(self)
        self.figure.setWordWrap(True)
        self.figure.setProperty("role", "muted")
        self.figure.setContentsMargins(MARGIN, 2, MARGIN, 2)
        self.figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.column.insertWidget(1, self.figure)

    def explain(self) -> None:
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
