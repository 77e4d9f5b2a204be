"""Whole derivations: of a micro-step, of a unit, of a parameter, of a finished iteration."""

from __future__ import annotations

from engine.derivation import (
    ARROW,
    EQUALS,
    MOST_LINES,
    Derivation,
    more,
    note,
    numbers,
)
from engine.formula import Line, Number, Symbol, Text
from engine.network import ALPHA, BIAS
from engine.network.notation import Notation
from engine.training.explanation.context import Context, Place
from engine.training.explanation.errors import error_lines
from engine.training.explanation.forward import loss_lines, unit_lines
from engine.training.explanation.gradients import gradient_lines, update_lines, update_rule
from engine.training.trace import Phase, Trace


def explain_step(trace: Trace, position: int, notation: Notation) -> Derivation:
    """Explain the micro-step that led to ``position`` (1 … count)."""
    context = Context(trace, position, notation)
    step = trace.step(position)
    layer, j = step.layer, step.unit
    if step.phase is Phase.FORWARD:
        title = Text("Forward: neuron {0} of layer {1}", "forward", (j + 1, layer))
        return Derivation(title, tuple(unit_lines(context, layer, j)))
    if step.phase is Phase.LOSS:
        return Derivation(Text("Compare: the loss"), tuple(loss_lines(context)))
    if step.phase is Phase.OUTPUT_ERROR:
        return Derivation(
            Text("The error of the output", "backward"), tuple(error_lines(context, layer, j))
        )
    if step.phase is Phase.ERROR:
        title = Text("Backward: the error of neuron {0} in layer {1}", "backward", (j + 1, layer))
        return Derivation(title, tuple(error_lines(context, layer, j)))
    if step.phase is Phase.GRADIENT:
        indices = context.incoming(layer, j)
        lines = [line for index in indices[:MOST_LINES] for line in gradient_lines(context, index)]
        title = Text("Gradients into neuron {0} of layer {1}", "gradient", (j + 1, layer))
        return Derivation(title, (*lines, *more(len(indices))))
    title = Text("Update of layer {0}", "update", (layer,))
    return Derivation(title, tuple(_layer_update(context, layer)))


def explain_unit(trace: Trace, position: int, notation: Notation, unit: int) -> Derivation:
    """Explain all that is known of one unit (by its id) at a position."""
    context = Context(trace, position, notation)
    layer, j = context.architecture.places[unit]
    if layer == 0:
        value = Number(context.a(0, j), "forward")
        line = numbers(Symbol(notation.input(j + 1), "forward"), EQUALS, value)
        return Derivation(Text("Input {0}", "forward", (j + 1,)), (line,))
    title = Text("Neuron {0} of layer {1}", "text", (j + 1, layer))
    return Derivation(title, (*unit_lines(context, layer, j), *error_lines(context, layer, j)))


def explain_parameter(trace: Trace, position: int, notation: Notation, index: int) -> Derivation:
    """Explain one parameter's gradient and update, as far as they are known at a position."""
    context = Context(trace, position, notation)
    title = _parameter_title(context.place(index))
    if index in context.architecture.cut_indices:
        cut = note("This connection is cut: its weight is exactly 0 and stays so.")
        return Derivation(title, (cut,))
    lines = gradient_lines(context, index)
    if index in context.architecture.frozen_indices:
        lines.append(note("Frozen: training leaves it as it is."))
    else:
        lines += update_rule(context) + update_lines(context, index)
    return Derivation(title, tuple(lines))


def explain_iteration(trace: Trace, notation: Notation, after: float) -> Derivation:
    """Sum up a finished iteration; ``after`` is the training loss that it led to."""
    context = Context(trace, trace.count, notation)
    change = numbers(
        Symbol(
            notation.cost if len(trace.training.experiment.dataset.train) > 1 else notation.loss
        ),
        Symbol(":"),
        Number(trace.before.loss),
        ARROW,
        Number(after, "update"),
    )
    lines = [change]
    for layer in range(1, context.last + 1):
        lines += _layer_update(context, layer, with_rule=layer == 1)
    iteration = trace.before.iteration + 1
    return Derivation(Text("Iteration {0} is done", "update", (iteration,)), tuple(lines))


def _layer_update(context: Context, layer: int, with_rule: bool = True) -> list[Line]:
    slots = context.trace.training.layout.slots[layer - 1]
    indices = range(slots.weights.start, slots.alpha.stop)
    most = MOST_LINES + 2
    lines = update_rule(context) if with_rule else []
    for index in indices[:most]:
        lines += update_lines(context, index, shortly=True)
    return lines + more(len(indices), most)


def _parameter_title(place: Place) -> Text:
    if place.source == ALPHA:
        return Text("The slope α of layer {0}", "gradient", (place.layer,))
    if place.source == BIAS:
        return Text("The bias of neuron {0} in layer {1}", "gradient", (place.unit, place.layer))
    return Text(
        "The weight from {0} to {1} in layer {2}",
        "gradient",
        (place.source, place.unit, place.layer),
    )
