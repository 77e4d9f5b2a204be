"""Words of the descent lab: runners, quantities, phases, verdicts."""

from __future__ import annotations

from engine.descent.outcome import Outcome, Verdict
from engine.descent.trace import DescentPhase, Trace
from engine.numbers import shown
from engine.session.runners import COLOURS, Runner
from gui.i18n import mark, tr
from gui.wording import say

QUANTITY_LABELS = {
    "value": mark("Value"),
    "gradient_norm": mark("Gradient norm"),
    "distance": mark("Distance to the nearest minimum"),
    "step_length": mark("Step length"),
}
QUANTITY_BUTTONS = (
    ("value", mark("value"), mark("The function at each iteration")),
    ("gradient_norm", mark("gradient"), mark("Length of the gradient at each iteration")),
    ("distance", mark("distance"), mark("Distance to the nearest known minimum")),
    ("step_length", mark("step"), mark("Length of each step")),
)
PHASE_LABELS = {
    DescentPhase.GRADIENT: mark("gradient"),
    DescentPhase.CLIP: mark("clipping"),
    DescentPhase.MEMORY: mark("memory"),
    DescentPhase.CORRECTION: mark("correction"),
    DescentPhase.DIRECTION: mark("direction"),
    DescentPhase.TRIAL: mark("a point on the line"),
    DescentPhase.UPDATE: mark("step"),
}
VERDICTS = {
    Verdict.CONVERGED: (mark("converged"), "success", "●"),
    Verdict.STUCK: (mark("stuck"), "warning", "◆"),
    Verdict.OSCILLATING: (mark("oscillating"), "warning", "≈"),
    Verdict.DIVERGED: (mark("diverged"), "error", "▲"),
    Verdict.ON_THE_WAY: (mark("on the way"), "muted", "→"),
    Verdict.UNDEFINED: (mark("undefined"), "error", "×"),
}
"""Word, token of the colour and sign of each verdict."""


def runner_color(runner: Runner) -> str:
    """The token of a runner's colour."""
    return f"run_{runner.colour % COLOURS}"


def runner_name(runner: Runner) -> str:
    """A runner by its optimizer and learning rate."""
    label = tr(runner.label)
    if runner.searches:
        return label
    return f"{label} · η {shown(runner.learning_rate, 4)}"


def phase_text(trace: Trace, position: int) -> str:
    """What a micro-step does, in a word or two."""
    phase, number = trace.step(position)
    text = tr(PHASE_LABELS[phase])
    if phase is DescentPhase.TRIAL:
        return f"{text} {number + 1}"
    return text


def verdict_text(outcome: Outcome) -> str:
    """The verdict with its sign."""
    word, _, sign = VERDICTS[outcome.verdict]
    return f"{sign} {tr(word)}"


def reason_text(outcome: Outcome) -> str:
    """Why it has gone as it has."""
    return say(outcome.reason, outcome.details)
