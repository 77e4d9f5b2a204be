"""How the error goes back: ∂L/∂ŷ at the output, then over the old weights, layer by layer."""

from __future__ import annotations

from engine.derivation import (
    EQUALS,
    TIMES,
    factor,
    note,
    numbers,
    rule,
    summed,
)
from engine.formula import Line, Number, Piece, Symbol
from engine.training.explanation.context import Context


def error_lines(context: Context, layer: int, j: int) -> list[Line]:
    """Return the error of a unit, as far as it is known."""
    known = context.known.deltas[layer - 1] > j
    if context.notation.error_sign < 0:
        if layer == context.last:
            return _signal_output(context, j, known)
        return _signal_hidden(context, layer, j, known)
    if layer == context.last:
        return _output(context, j, known)
    return _hidden(context, layer, j, known)


def _output(context: Context, k: int, known: bool) -> list[Line]:
    n, loss, last = context.notation, context.experiment.loss_function, context.last
    output, target = n.output(k + 1), n.target(k + 1)
    count = context.architecture.widths[-1]
    difference: tuple[Piece, ...] = (
        Number(context.a(last, k), "forward"),
        Symbol("-"),
        factor(float(context.trace.target[k]), "text"),
    )
    if loss.fused_with == context.activation(last).key:
        delta = Symbol(n.delta(last, k + 1), "backward")
        by_sum = Symbol(n.gradient_of(n.pre_activation(last, k + 1)), "backward")
        shared = loss.key == "binary_cross_entropy" and count > 1
        short = rf"\frac{{1}}{{{count}}}({output}-{target})" if shared else f"{output}-{target}"
        lines = [rule(delta, EQUALS, by_sum, EQUALS, Symbol(short, "backward"))]
        if known:
            if shared:
                difference = (Symbol("("), *difference, Symbol(f")/{count}"))
            value = Number(context.delta(last, k), "backward")
            lines.append(numbers(EQUALS, *difference, EQUALS, value))
        return [*lines, note("The derivatives of loss and activation cancel to this difference.")]
    slope = {
        "half_squared": f"{output}-{target}",
        "mean_squared": (
            rf"\frac{{2}}{{{count}}}({output}-{target})" if count > 1 else f"2({output}-{target})"
        ),
    }.get(loss.key, loss.slope_latex)
    name = Symbol(n.gradient_of(output), "backward")
    lines = [rule(name, EQUALS, Symbol(slope, "backward"))]
    error = context.error(last, k)
    if known:
        shown = difference if loss.key == "half_squared" else ()
        first = (EQUALS, *shown) if shown else ()
        lines.append(numbers(*first, EQUALS, Number(error, "backward")))
    return lines + _through_activation(context, last, k, name, known)


def _hidden(context: Context, layer: int, j: int, known: bool) -> list[Line]:
    n = context.notation
    following = layer + 1
    # Where the next layer only sums, or f′ is left out on purpose, ∂L/∂a itself is carried.
    by_value = context.is_plain(following) or context.experiment.error_without_slope
    name = Symbol(n.gradient_of(n.activation(layer, j + 1)), "backward")
    symbols: list[tuple[Piece, ...]] = []
    terms: list[tuple[Piece, ...]] = []
    for k in range(context.architecture.widths[following]):
        carried = (
            n.gradient_of(n.activation(following, k + 1)) if by_value else n.delta(following, k + 1)
        )
        value = context.error(following, k) if by_value else context.delta(following, k)
        symbols.append(
            (Symbol(carried, "backward"), TIMES, Symbol(n.weight(following, j + 1, k + 1)))
        )
        terms.append((factor(value, "backward"), TIMES, context.weight(following, j, k)))
    lines = [rule(name, EQUALS, *summed(symbols))]
    if known:
        error = Number(context.error(layer, j), "backward")
        lines.append(numbers(EQUALS, *summed(terms), EQUALS, error))
    return lines + _through_activation(context, layer, j, name, known) + _without_slope(context)


def _through_activation(
    context: Context, layer: int, j: int, error: Symbol, known: bool
) -> list[Line]:
    """δ = ∂L/∂a · f′(z), or softmax's Jacobian; nothing where the layer only sums."""
    if context.is_plain(layer):
        return []
    n, activation = context.notation, context.activation(layer)
    delta = Symbol(n.delta(layer, j + 1), "backward")
    value = Number(context.delta(layer, j), "backward")
    if activation.mixes_units:
        output = n.output(j + 1)
        jacobian = (
            rf"\sum_k \frac{{\partial L}}{{\partial \hat{{y}}_k}}\hat{{y}}_k([k={j + 1}]-{output})"
        )
        lines = [rule(delta, EQUALS, Symbol(jacobian, "backward"))]
        return [*lines, numbers(EQUALS, value)] if known else lines
    slope = context.slope_symbol(layer, j)
    own = n.activation(layer, j + 1)
    by_value = {"sigmoid": f"{own}(1-{own})", "tanh": f"1-({own})^2"}
    formula = Symbol(by_value.get(activation.key, activation.derivative_latex), "backward")
    lines = [rule(delta, EQUALS, error, TIMES, slope)]
    if not known:
        return [*lines, rule(slope, EQUALS, formula)]
    slope_value = context.slope(layer, j)
    return [
        *lines,
        rule(slope, EQUALS, formula, EQUALS, Number(slope_value, "backward")),
        numbers(
            delta,
            EQUALS,
            Number(context.error(layer, j), "backward"),
            TIMES,
            factor(slope_value, "backward"),
            EQUALS,
            value,
        ),
    ]


# In the notation of signals δ is target minus output, and f′ is written with the neuron behind.


def _signal_output(context: Context, k: int, known: bool) -> list[Line]:
    n, last = context.notation, context.last
    name = Symbol(n.delta(last, k + 1), "backward")
    value = Number(context.shown_error(last, k), "backward")
    output, target = n.output(k + 1), n.target(k + 1)
    if context.experiment.loss != "half_squared":
        lines = [rule(name, EQUALS, Symbol("-" + n.gradient_of(output), "backward"))]
        return [*lines, numbers(EQUALS, value)] if known else lines
    lines = [rule(name, EQUALS, Symbol(f"{target}-{output}", "backward"))]
    if known:
        lines.append(
            numbers(
                EQUALS,
                Number(float(context.trace.target[k])),
                Symbol("-"),
                factor(context.a(last, k), "forward"),
                EQUALS,
                value,
            )
        )
    return lines


def _signal_hidden(context: Context, layer: int, j: int, known: bool) -> list[Line]:
    n, following = context.notation, layer + 1
    with_slope = not context.experiment.error_without_slope
    symbols: list[tuple[Piece, ...]] = []
    terms: list[tuple[Piece, ...]] = []
    for k in range(context.architecture.widths[following]):
        symbol: tuple[Piece, ...] = (Symbol(n.weight(following, j + 1, k + 1)), TIMES)
        term: tuple[Piece, ...] = (context.weight(following, j, k), TIMES)
        if with_slope:
            symbol = (*symbol, context.slope_symbol(following, k), TIMES)
            term = (*term, factor(context.slope(following, k), "backward"), TIMES)
        symbols.append((*symbol, Symbol(n.delta(following, k + 1), "backward")))
        terms.append((*term, factor(context.shown_error(following, k), "backward")))
    name = Symbol(n.delta(layer, j + 1), "backward")
    lines = [rule(name, EQUALS, *summed(symbols))]
    if known:
        value = Number(context.shown_error(layer, j), "backward")
        lines.append(numbers(EQUALS, *summed(terms), EQUALS, value))
    return lines + _without_slope(context)


def _without_slope(context: Context) -> list[Line]:
    if not context.experiment.error_without_slope:
        return []
    return [
        note("The slope f′ is left out here: the gradient check shows the fault.", role="error")
    ]
