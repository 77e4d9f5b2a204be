"""The forward pass in words of mathematics: sums, activations, the loss."""

from __future__ import annotations

from engine.derivation import (
    EQUALS,
    MOST_LINES,
    TIMES,
    factor,
    more,
    numbers,
    rule,
    sign_role,
    summed,
)
from engine.formula import Line, Number, Piece, Symbol
from engine.training.explanation.context import Context


def unit_lines(context: Context, layer: int, j: int) -> list[Line]:
    """Return the weighted sum of a unit and its activation."""
    n = context.notation
    known = context.known.activations[layer - 1] > j
    plain = context.is_plain(layer)
    name = n.activation(layer, j + 1) if plain else n.pre_activation(layer, j + 1)
    bias = context.views[layer - 1].bias
    fan_in = range(context.architecture.widths[layer - 1])
    symbols: list[tuple[Piece, ...]] = [
        (
            Symbol(n.weight(layer, i + 1, j + 1)),
            TIMES,
            Symbol(n.activation(layer - 1, i + 1), "forward"),
        )
        for i in fan_in
    ]
    if bias is not None:
        symbols.append((Symbol(n.bias(layer, j + 1)),))
    lines = [rule(Symbol(name, "forward"), EQUALS, *summed(symbols))]
    if known:
        terms: list[tuple[Piece, ...]] = [
            (context.weight(layer, i, j), TIMES, factor(context.a(layer - 1, i), "forward"))
            for i in fan_in
        ]
        if bias is not None:
            terms.append((factor(float(bias[j]), sign_role(float(bias[j]))),))
        z = Number(context.z(layer, j), "forward")
        lines.append(numbers(EQUALS, *summed(terms), EQUALS, z))
    if not plain:
        lines += _activation_lines(context, layer, j, known)
    return lines


def _activation_lines(context: Context, layer: int, j: int, known: bool) -> list[Line]:
    n = context.notation
    value = Symbol(n.activation(layer, j + 1), "forward")
    of_sum = Symbol(f"f({n.pre_activation(layer, j + 1)})", "forward")
    lines = [rule(value, EQUALS, of_sum, EQUALS, Symbol(context.activation(layer).latex))]
    if known:
        lines.append(
            numbers(
                EQUALS,
                Symbol("f("),
                Number(context.z(layer, j), "forward"),
                Symbol(")"),
                EQUALS,
                Number(context.a(layer, j), "forward"),
            )
        )
    return lines


def loss_lines(context: Context) -> list[Line]:
    """Return the focused sample's loss, and the mean of the batch."""
    n, trace = context.notation, context.trace
    outputs = range(context.architecture.widths[-1])
    lines = [rule(Symbol(n.loss), EQUALS, *_loss_symbols(context))]
    if not context.known.loss:
        return lines
    value = Number(trace.sample_loss)
    targets = [float(target) for target in trace.target]
    if context.experiment.loss == "half_squared":
        squares: list[tuple[Piece, ...]] = [
            (
                Symbol("("),
                Number(targets[k]),
                Symbol("-"),
                factor(context.a(context.last, k), "forward"),
                Symbol(")^2"),
            )
            for k in outputs
        ]
        inner = summed(squares)
        if len(squares) > 1:
            inner = (Symbol("("), *inner, Symbol(")"))
        lines.append(numbers(EQUALS, Symbol(r"\frac{1}{2}"), *inner, EQUALS, value))
    else:
        lines += [
            numbers(
                Symbol(n.target(k + 1)),
                EQUALS,
                Number(targets[k]),
                Symbol(r",\;\;"),
                Symbol(n.output(k + 1), "forward"),
                EQUALS,
                Number(context.a(context.last, k), "forward"),
            )
            for k in outputs[:MOST_LINES]
        ]
        lines += more(len(outputs))
        lines.append(numbers(Symbol(n.loss), EQUALS, value))
    return lines + context.batch_note(trace.sample_loss, trace.batch_loss, n.cost)


def _loss_symbols(context: Context) -> tuple[Piece, ...]:
    n, loss = context.notation, context.experiment.loss_function
    if context.architecture.widths[-1] > 1:
        return (Symbol(loss.latex),)
    y, output = n.target(1), n.output(1)
    single: dict[str, tuple[Piece, ...]] = {
        "half_squared": (Symbol(rf"\frac{{1}}{{2}}({y}-{output})^2"),),
        "mean_squared": (Symbol(rf"({y}-{output})^2"),),
        "binary_cross_entropy": (
            Symbol(rf"-{y}\ln {output}"),
            Symbol("-"),
            Symbol(rf"(1-{y})\ln(1-{output})"),
        ),
    }
    return single.get(loss.key, (Symbol(loss.latex),))
