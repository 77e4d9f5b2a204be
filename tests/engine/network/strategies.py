"""Random networks for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from engine.network import Architecture, Layer

INSIDE = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu")


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    """Small networks with scattered unit ids, biases here and there, and any activations."""
    widths = draw(st.lists(st.integers(1, 5), min_size=2, max_size=5))
    ids = iter(draw(st.permutations(range(1, sum(widths) + 1))))
    groups = [tuple(next(ids) for _ in range(width)) for width in widths]
    layers = []
    for number, units in enumerate(groups[1:], 1):
        outputs = ("softmax",) if number == len(groups) - 1 else ()
        activation = draw(st.sampled_from(INSIDE + outputs))
        layers.append(Layer(10 * number, units, activation, draw(st.booleans())))
    return Architecture(groups[0], tuple(layers))
