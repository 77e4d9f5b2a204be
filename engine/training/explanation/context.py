"""The names and numbers that a derivation is written with, for one trace and notation."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from engine.derivation import EQUALS, sign_role
from engine.formula import Line, Number, Symbol, Text
from engine.network import ALPHA, BIAS, LayerParameters
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.activations import Activation
from engine.network.notation import Notation
from engine.training.trace import Known, Trace


class Place(NamedTuple):
    """A parameter by its place: layer and unit from 1; source from 1, 0 for a bias, −1 for α."""

    layer: int
    source: int
    unit: int


class Context:
    """One trace at one position, under one notation.

    Layers count from 1 (0 is the input); units ``j`` count from 0, in names from 1.
    """

    def __init__(self, trace: Trace, position: int, notation: Notation) -> None:
        self.trace = trace
        self.notation = notation
        self.known: Known = trace.known(position)
        self.experiment = trace.training.experiment
        self.architecture = self.experiment.architecture
        self.last = len(self.architecture.layers)

    @cached_property
    def views(self) -> tuple[LayerParameters, ...]:
        """The parameters before the iteration, layer by layer."""
        return self.trace.training.layout.views(self.trace.before.parameters)

    def activation(self, layer: int) -> Activation:
        """The activation function of a layer."""
        return ACTIVATIONS[self.architecture.layers[layer - 1].activation]

    def is_plain(self, layer: int) -> bool:
        """Whether a layer only sums, so that z and a are the same."""
        return self.activation(layer).key == "identity"

    def a(self, layer: int, j: int) -> float:
        """The value of a unit for the focused sample."""
        return float(self.trace.sample_forward.activations[layer][0, j])

    def z(self, layer: int, j: int) -> float:
        """The weighted sum of a unit for the focused sample."""
        return float(self.trace.sample_forward.pre_activations[layer - 1][0, j])

    def slope(self, layer: int, j: int) -> float:
        """f′(z) of a unit for the focused sample."""
        own = self.views[layer - 1].alpha
        activation = self.activation(layer)
        alpha = activation.alpha if own is None else float(own[0])
        return float(activation.derivative(self.z(layer, j), self.a(layer, j), alpha))

    def slope_symbol(self, layer: int, j: int) -> Symbol:
        """The name of f′(z)."""
        return Symbol(f"f'({self.notation.pre_activation(layer, j + 1)})", "backward")

    def shown_error(self, layer: int, j: int) -> float:
        """The error of a unit as the notation counts it."""
        return float(self.notation.errors(self.trace.sample_backward, layer)[0, j])

    def delta(self, layer: int, j: int) -> float:
        """∂L/∂z of a unit."""
        return float(self.trace.sample_backward.deltas[layer - 1][0, j])

    def error(self, layer: int, j: int) -> float:
        """∂L/∂a of a unit."""
        return float(self.trace.sample_backward.errors[layer - 1][0, j])

    def weight(self, layer: int, i: int, j: int) -> Number:
        """An old weight as a factor, coloured by its sign."""
        value = float(self.views[layer - 1].weights[i, j])
        return Number(value, sign_role(value), parentheses=True)

    def place(self, index: int) -> Place:
        """Where a parameter of the flat vector belongs."""
        source, target = self.architecture.keys[index]
        if source == ALPHA:
            layer = next(n for n, own in enumerate(self.architecture.layers, 1) if own.id == target)
            return Place(layer, ALPHA, 0)
        layer, j = self.architecture.places[target]
        if source == BIAS:
            return Place(layer, BIAS, j + 1)
        return Place(layer, self.architecture.places[source][1] + 1, j + 1)

    def incoming(self, layer: int, j: int) -> list[int]:
        """Flat indices of a unit's incoming weights and of its bias, without cut ones."""
        unit = self.architecture.units(layer)[j]
        keys = self.architecture.incoming(unit)
        cut = set(self.architecture.cut_indices)
        return sorted({self.architecture.index[key] for key in keys} - cut)

    def batch_note(self, own: float, mean: float, symbol: str) -> list[Line]:
        """The batch's mean beside the focused sample's own term, where these differ."""
        count = len(self.trace.rows)
        if count == 1 and self.trace.focus_in_batch:
            return []
        pieces = (Symbol(symbol), EQUALS, Number(mean))
        if not self.trace.focus_in_batch:
            words = Text(
                "The focused sample is not in this batch of {0}. Its mean:", "muted", (count,)
            )
            return [Line((words, *pieces), "note")]
        words = Text("Mean of {0}, this sample's term being {1}:", "muted", (count, own))
        return [Line((words, *pieces), "note")]
