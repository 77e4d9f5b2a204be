"""How quantities are called: one table of notations for every label and formula, in LaTeX.

Layers count from 1 (0 is the input), units and indices from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.network.layout import Vector
from engine.network.passes import Backward

LABELS: dict[str, str] = {
    "standard": "Standard (z, a, ŷ)",
    "signals": "Signals (e, f(e), y)",
    "slides": "Slides (z, y′)",
}
"""Keys and names of the notations, in the order of the menu."""


def _indices(*numbers: int) -> str:
    between = "," if max(numbers) > 9 else ""
    return between.join(map(str, numbers))


@dataclass(frozen=True)
class Notation:
    """The *Standard* names, for a network of given widths; the others differ from it.

    Attributes
    ----------
    widths
        Numbers of units, inputs first.
    """

    widths: tuple[int, ...]
    key: str = "standard"
    loss: str = "L"
    """The loss of one sample."""
    cost: str = "C"
    """Its mean over a batch."""
    rate: str = r"\eta"
    error_sign: int = 1
    """−1 where an error δ is counted as target minus output."""

    @property
    def last(self) -> int:
        """Number of the output layer."""
        return len(self.widths) - 1

    def _of_many(self, symbol: str, layer: int, j: int) -> str:
        return symbol if self.widths[layer] == 1 else f"{symbol}_{{{j}}}"

    def input(self, i: int) -> str:
        """Return the name of input i."""
        return self._of_many("x", 0, i) if self.widths[0] > 1 else "x"

    def weight(self, layer: int, i: int, j: int) -> str:
        """Return the name of the weight from unit i to unit j of ``layer``."""
        return f"w^{{{layer}}}_{{{_indices(i, j)}}}"

    def bias(self, layer: int, j: int) -> str:
        """Return the name of a bias."""
        return f"b^{{{layer}}}_{{{j}}}"

    def alpha(self, layer: int) -> str:
        """Return the name of a layer's learned α."""
        return rf"\alpha^{{{layer}}}"

    def pre_activation(self, layer: int, j: int) -> str:
        """Return the name of the weighted sum."""
        return f"z^{{{layer}}}_{{{j}}}"

    def activation(self, layer: int, j: int) -> str:
        """Return the name of a unit's value: an input, a hidden activation or an output."""
        if layer == 0:
            return self.input(j)
        return self.output(j) if layer == self.last else self.hidden(layer, j)

    def hidden(self, layer: int, j: int) -> str:
        """Return the name of a hidden activation."""
        return f"a^{{{layer}}}_{{{j}}}"

    def output(self, k: int) -> str:
        """Return the name of a prediction."""
        return self._of_many(r"\hat{y}", self.last, k)

    def target(self, k: int) -> str:
        """Return the name of a target."""
        return self._of_many("y", self.last, k)

    def delta(self, layer: int, j: int) -> str:
        """Return the name of a unit's error."""
        return rf"\delta^{{{layer}}}_{{{j}}}"

    def parameter(self, layer: int, i: int, j: int) -> str:
        """Return the name of a weight (i ≥ 1), a bias (i = 0) or an α (i = −1)."""
        if i == 0:
            return self.bias(layer, j)
        return self.alpha(layer) if i < 0 else self.weight(layer, i, j)

    def gradient_of(self, symbol: str, numerator: str = "") -> str:
        """Return the partial derivative of the loss by a symbol."""
        return rf"\frac{{\partial {numerator or self.loss}}}{{\partial {symbol}}}"

    def errors(self, back: Backward, layer: int) -> Vector:
        """Return the values that ``delta`` names: (n_samples, units) of ``layer``."""
        return back.deltas[layer - 1]


class _Slides(Notation):
    """Hidden values z, output y′, target y."""

    def hidden(self, layer: int, j: int) -> str:
        above = f"^{{{layer}}}" if self.last > 2 else ""
        return f"z{above}_{{{j}}}"

    def pre_activation(self, layer: int, j: int) -> str:
        return f"s^{{{layer}}}_{{{j}}}"

    def output(self, k: int) -> str:
        return self._of_many("y'", self.last, k)


class _Signals(Notation):
    """Sums e, signals y = f(e), target z; neurons numbered through; δ is target minus output."""

    def _number(self, layer: int, j: int) -> int:
        return sum(self.widths[1:layer]) + j

    def weight(self, layer: int, i: int, j: int) -> str:
        target = self._number(layer, j)
        if layer == 1:
            return f"w_{{(x{i}){target}}}"
        return f"w_{{{_indices(self._number(layer - 1, i), target)}}}"

    def bias(self, layer: int, j: int) -> str:
        return f"b_{{{self._number(layer, j)}}}"

    def pre_activation(self, layer: int, j: int) -> str:
        return f"e_{{{self._number(layer, j)}}}"

    def hidden(self, layer: int, j: int) -> str:
        return f"y_{{{self._number(layer, j)}}}"

    def output(self, k: int) -> str:
        return self._of_many("y", self.last, self._number(self.last, k))

    def target(self, k: int) -> str:
        return self._of_many("z", self.last, k)

    def delta(self, layer: int, j: int) -> str:
        return rf"\delta_{{{self._number(layer, j)}}}"

    def errors(self, back: Backward, layer: int) -> Vector:
        return -back.errors[layer - 1]


def notation_of(key: str, widths: Sequence[int]) -> Notation:
    """Return a notation of the table for a network of the given widths.

    Raises
    ------
    KeyError
        The key is not in ``LABELS``.
    """
    shape = tuple(widths)
    if key == "signals":
        return _Signals(shape, key, error_sign=-1)
    if key == "slides":
        return _Slides(shape, key)
    if key == "standard":
        return Notation(shape)
    raise KeyError(key)
