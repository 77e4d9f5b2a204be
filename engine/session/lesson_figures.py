"""The figures of lessons, computed from nothing but the state that the lesson prepares."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.landscape import learning_rate_curve
from engine.network.notation import notation_of
from engine.session.document import Document
from engine.session.lesson_vocabulary import SLOT_QUANTITIES
from engine.session.lessons import Figure, Lesson, Quantity
from engine.session.slots import DerivativeSlot, DescentSlot, SurfaceSlot, changed_slot
from engine.timeline import EndOfRunError, Timeline
from engine.training import Phase, Training, TrainingState
from engine.training.trace import MicroStep

MOST_ITERATIONS = 10_000
"""How far a run is followed to find its last iteration."""

StateAt = Callable[[int], TrainingState]


def figures(lesson: Lesson) -> tuple[float, ...]:
    """Return the value of each figure of a lesson, in their order."""
    return tuple(figure_value(lesson, figure) for figure in lesson.figures)


def lab_of(lesson: Lesson, figure: Figure) -> str:
    """Return the lab that shows a figure."""
    return figure.at.lab or lesson.info.lab


def figure_value(lesson: Lesson, figure: Figure) -> float:
    """Return the value of one figure."""
    if lab_of(lesson, figure) in SLOT_QUANTITIES:
        return slot_value(lesson, figure, lesson.document)
    experiment, at = lesson.experiment, figure.at
    if at.learning_rate is not None:
        experiment = replace(experiment, learning_rate=at.learning_rate)
    training = Training(experiment)
    timeline = Timeline(training)
    if at.kind == "last_iteration":
        return float(_last_iteration(timeline))
    return value(at, training, timeline[at.iteration], lesson.view.notation)


def value(at: Quantity, training: Training, state: TrainingState, notation: str) -> float:
    """Return a quantity at a state.

    Parameters
    ----------
    at
        What is asked for; its iteration and learning rate are those of ``state`` and ``training``.
    notation
        Key of the notation, which says what an error is.

    Raises
    ------
    ValueError, IndexError
        The network has no such parameter, layer or unit.
    """
    trace = training.trace(state)
    unit = at.unit - 1
    match at.kind:
        case "parameter":
            return float(state.parameters[training.layout.names.index(at.name)])
        case "gradient":
            return float(training.gradient(state)[training.layout.names.index(at.name)])
        case "pre_activation":
            return float(trace.sample_forward.pre_activations[at.layer - 1][0, unit])
        case "activation":
            return float(trace.sample_forward.activations[at.layer][0, unit])
        case "error":
            names = notation_of(notation, training.experiment.architecture.widths)
            return float(names.errors(trace.sample_backward, at.layer)[0, unit])
        case "loss_after_step":
            rate = training.experiment.learning_rate if at.rate is None else at.rate
            return float(learning_rate_curve(training, state, np.array([rate]))[0])
        case "slope_ratio":
            return slope_ratio(training, state, at.name)
        case "micro_steps":
            return float(trace.count)
    measure = getattr(state, at.kind)
    return float("nan") if measure is None else float(measure)


def slot_value(lesson: Lesson, figure: Figure, document: Document) -> float:
    """Return the value of a figure of a calculus lab, its slot changed as the figure says."""
    lab, at = lab_of(lesson, figure), figure.at
    slot = changed_slot(slot_on_screen(lab, document), lesson.id, at.changes)
    if isinstance(slot, DerivativeSlot):
        from engine.session.derivative import study
        from engine.session.derivative_figures import VALUES

        return VALUES[at.kind](study(slot))
    if isinstance(slot, DescentSlot):
        from engine.session.descent_figures import descent_value

        return descent_value(slot, at.kind, at.runner, at.iteration, at.coordinate)
    from engine.session.surface_figures import surface_value

    return surface_value(slot, at.kind)


def slot_on_screen(lab: str, document: Document) -> DerivativeSlot | SurfaceSlot | DescentSlot:
    """Return what a calculus lab shows, as far as its time has come."""
    if lab == "surface":
        return document.surface
    if lab == "descent":
        return document.descent
    from engine.session.derivative import slot_at

    return slot_at(document.derivative, document.view.derivative_lab)


def figure_now(lesson: Lesson, figure: Figure, document: Document) -> float | None:
    """Return a figure of a calculus lab as it is on screen; None while something else is there."""
    if figure.at.lab and figure.at.lab != document.view.lab:
        return None
    now = slot_on_screen(lab_of(lesson, figure), document)
    if isinstance(now, DescentSlot) and document.view.descent_lab.iteration < figure.at.iteration:
        return None
    wanted = changed_slot(now, lesson.id, figure.at.changes)
    if not all(_same(getattr(now, n), getattr(wanted, n)) for n in figure.at.changes):
        return None
    return slot_value(lesson, figure, document)


def _same(a: object, b: object) -> bool:
    """Whether two values of a slot mean the same."""
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-12)
    if isinstance(a, str) and isinstance(b, str):
        return a == b or same_formula(a, b)
    return a == b


def same_formula(a: str, b: str) -> bool:
    """Whether two texts are formulas and mean the same tree."""
    from engine.expression import ExpressionError, parse

    try:
        return parse(a) == parse(b)
    except ExpressionError:
        return False


def slope_ratio(training: Training, state: TrainingState, name: str) -> float:
    """Return how many times too large a gradient comes out with errors carried back without f′."""
    index = training.layout.names.index(name)
    wrong, right = (
        Training(replace(training.experiment, error_without_slope=without)).gradient(state)[index]
        for without in (True, False)
    )
    return float(wrong / right)


def known_from(at: Quantity, training: Training, state: TrainingState) -> int:
    """Return the micro-step of its iteration from which on a quantity can be seen."""
    trace = training.trace(state)
    last = len(training.experiment.architecture.layers)
    match at.kind:
        case "pre_activation" | "activation" if at.layer > 0:
            return trace.position(MicroStep(Phase.FORWARD, at.layer, at.unit - 1))
        case "error":
            phase = Phase.OUTPUT_ERROR if at.layer == last else Phase.ERROR
            return trace.position(MicroStep(phase, at.layer, at.unit - 1))
        case "gradient" | "slope_ratio":
            index = training.layout.names.index(at.name)
            layer = training.layout.layer_of(index)
            slots = training.layout.slots[layer - 1]
            width = training.layout.widths[layer]
            if index < slots.bias.stop:
                unit = (index - slots.weights.start) % width
                return trace.position(MicroStep(Phase.GRADIENT, layer, unit))
            return trace.position(MicroStep(Phase.GRADIENT, layer, width - 1))
        case "loss" if at.iteration == 0:
            return trace.position(MicroStep(Phase.LOSS, last, -1))
        case "loss_after_step":
            return trace.count
    return 0


def _last_iteration(timeline: Timeline[TrainingState]) -> int:
    try:
        return timeline[MOST_ITERATIONS].iteration
    except EndOfRunError as end:
        return end.stop.iteration
