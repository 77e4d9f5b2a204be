"""Gradients as chains of derivatives with their numbers, and what the optimizer makes of them."""

from __future__ import annotations

from engine.derivation import (
    EQUALS,
    PLUS,
    TIMES,
    factor,
    filled,
    joined,
    numbers,
    rule,
    sign_role,
)
from engine.descent.equations import equation_values
from engine.formula import Line, Number, Piece, Symbol, Text
from engine.network import ALPHA, BIAS
from engine.training.explanation.context import Context, Place

Link = tuple[Piece, Piece]
"""One factor of a chain: its symbol and its number."""


def gradient_lines(context: Context, index: int) -> list[Line]:
    """Return the gradient of one parameter for the focused sample, and the batch's mean."""
    n, place = context.notation, context.place(index)
    symbol = n.parameter(*place)
    name = Symbol(n.gradient_of(symbol), "gradient", index)
    own = float(context.trace.sample_backward.gradient[index])
    value = Number(own, "gradient")
    known = context.known.gradients[place.layer - 1] > max(place.unit - 1, 0)
    if place.source == ALPHA:
        total = rf"\sum_j {n.gradient_of('a_j')}\min(z_j,0)"
        lines = [rule(name, EQUALS, Symbol(total, "gradient"))]
        if known:
            lines.append(numbers(EQUALS, value))
    else:
        links = _chain(context, place) if n.error_sign > 0 else _signal_chain(context, place)
        lines = [rule(name, EQUALS, *joined([link[:1] for link in links], TIMES))]
        if known:
            product = joined([link[1:] for link in links], TIMES)
            lines.append(numbers(EQUALS, *product, EQUALS, value))
    if known:
        mean = float(context.trace.data_gradient[index])
        lines += context.batch_note(own, mean, n.gradient_of(symbol, n.cost))
        lines += _penalty_lines(context, index, mean)
    return lines


def _chain(context: Context, place: Place) -> list[Link]:
    """Return the links from the loss to a weight or a bias.

    Where a single path leads there every link is written; elsewhere δ stands for all paths.
    """
    n, layer, j = context.notation, place.layer, place.unit - 1
    plain = context.is_plain(layer)
    inner = n.activation(layer, j + 1) if plain else n.pre_activation(layer, j + 1)
    links = _single_path(context, layer, j) if _has_single_path(context, layer) else []
    if not links:
        name = n.gradient_of(inner) if plain else n.delta(layer, j + 1)
        links = [(Symbol(name, "backward"), Number(context.delta(layer, j), "backward"))]
    incoming = 1.0 if place.source == BIAS else context.a(layer - 1, place.source - 1)
    by_weight = rf"\frac{{\partial {inner}}}{{\partial {n.parameter(*place)}}}"
    return [*links, (Symbol(by_weight, "forward"), factor(incoming, "forward"))]


def _has_single_path(context: Context, layer: int) -> bool:
    """Whether the chain from a layer to the loss is short enough to write, and has one branch."""
    return (
        context.last - layer <= 1
        and (layer == context.last or context.architecture.widths[-1] == 1)
        and not context.activation(context.last).mixes_units
        and not context.experiment.error_without_slope
    )


def _single_path(context: Context, layer: int, j: int) -> list[Link]:
    """The links from the loss down to what unit j of a layer sums up."""
    n, last = context.notation, context.last
    top = j if layer == last else 0
    output = n.output(top + 1)
    inner = output if context.is_plain(last) else n.pre_activation(last, top + 1)
    links: list[Link] = []
    if context.experiment.loss_function.fused_with == context.activation(last).key:
        error = context.delta(last, top)
        links.append((Symbol(n.gradient_of(inner), "backward"), Number(error, "backward")))
    else:
        error = context.error(last, top)
        links.append((Symbol(n.gradient_of(output), "backward"), Number(error, "backward")))
        if inner != output:
            links.append(_slope_link(context, last, top))
    if layer < last:
        value = n.activation(layer, j + 1)
        over_weight = rf"\frac{{\partial {inner}}}{{\partial {value}}}"
        links.append((Symbol(over_weight), context.weight(last, j, 0)))
        if not context.is_plain(layer):
            links.append(_slope_link(context, layer, j))
    return links


def _slope_link(context: Context, layer: int, j: int) -> Link:
    """∂a/∂z = f′(z) of a unit."""
    n = context.notation
    above, below = n.activation(layer, j + 1), n.pre_activation(layer, j + 1)
    symbol = Symbol(rf"\frac{{\partial {above}}}{{\partial {below}}}", "backward")
    return symbol, factor(context.slope(layer, j), "backward")


def _signal_chain(context: Context, place: Place) -> list[Link]:
    """−δ · f′(e) · input."""
    n, layer, j = context.notation, place.layer, place.unit - 1
    is_bias = place.source == BIAS
    incoming = 1.0 if is_bias else context.a(layer - 1, place.source - 1)
    name = "1" if is_bias else n.activation(layer - 1, place.source)
    return [
        (
            Symbol("-" + n.delta(layer, j + 1), "backward"),
            Number(-context.shown_error(layer, j), "backward"),
        ),
        (context.slope_symbol(layer, j), factor(context.slope(layer, j), "backward")),
        (Symbol(name, "forward"), factor(incoming, "forward")),
    ]


def _penalty_lines(context: Context, index: int, data: float) -> list[Line]:
    if not (context.experiment.penalty and context.trace.training.layout.weight_mask[index]):
        return []
    total = float(context.trace.gradient[index])
    pieces = (
        Text("With the penalty's part:", "muted"),
        Number(data, "gradient"),
        PLUS,
        factor(total - data, "gradient"),
        EQUALS,
        Number(total, "gradient"),
    )
    return [Line(pieces, "note")]


def update_rule(context: Context) -> list[Line]:
    """Return the optimizer's formula."""
    optimizer = context.experiment.optimizer
    if context.notation.error_sign < 0 and optimizer.key == "gradient_descent":
        names = r"w'=w+\eta\,\delta\,f'(e)\cdot y"
        return [rule(Symbol(names, "update"))]
    return [rule(Symbol(text, "update")) for text in optimizer.rule.latex]


def update_lines(context: Context, index: int, shortly: bool = False) -> list[Line]:
    """Return the optimizer's formula with one parameter's numbers, as far as they are known.

    ``shortly`` leaves out what leads to the last line.
    """
    trace, place = context.trace, context.place(index)
    architecture = context.architecture
    if not context.known.updated[place.layer - 1] or index in architecture.cut_indices:
        return []
    if index in architecture.frozen_indices:
        return []
    optimizer = context.experiment.optimizer
    values = equation_values(
        optimizer,
        float(trace.before.parameters[index]),
        float(trace.new_parameters[index]),
        float(trace.gradient[index]),
        trace.training.learning_rate(trace.before),
        [float(array[index]) for array in trace.before.memory],
        [float(array[index]) for array in trace.new_memory],
        trace.before.updates + 1,
    )
    roles = {"x": sign_role(values["x"]), "x'": "update", "g": "gradient"}
    *first, final = optimizer.rule.numbers
    lines = [] if shortly else [numbers(*filled(template, values, roles)) for template in first]
    name = Symbol(context.notation.parameter(*place), "update", index)
    return [*lines, numbers(name, EQUALS, *filled(final, values, roles))]
