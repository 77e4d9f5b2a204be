"""Where each parameter of a network lives in its flat vector, and what it is called there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def _if_any(slot: slice) -> slice | None:
    return slot if slot.stop > slot.start else None


class Slots(NamedTuple):
    """Slices of one layer in the flat vector; a missing bias or α has an empty slice."""

    weights: slice
    bias: slice
    alpha: slice


class LayerParameters(NamedTuple):
    """Views of one layer's parameters: (…, fan_in, fan_out), (…, fan_out) and (…, 1)."""

    weights: Vector
    bias: Vector | None
    alpha: Vector | None


@dataclass(frozen=True)
class Layout:
    """Names and slices of a flat parameter vector, layer by layer: weights, biases, α.

    Attributes
    ----------
    widths
        Numbers of units, inputs first.
    slots
        The slices of each layer.
    size
        Length of the flat vector.
    """

    widths: tuple[int, ...]
    slots: tuple[Slots, ...]
    size: int

    @classmethod
    def of(
        cls, widths: tuple[int, ...], biases: tuple[bool, ...], alphas: tuple[bool, ...]
    ) -> Layout:
        """Lay out layers of the given widths, with or without biases and a learned α."""
        slots = []
        end = 0
        for fan_in, fan_out, bias, alpha in zip(widths, widths[1:], biases, alphas, strict=False):
            start, middle = end, end + fan_in * fan_out
            last = middle + fan_out * bias
            end = last + alpha
            slots.append(Slots(slice(start, middle), slice(middle, last), slice(last, end)))
        return cls(widths, tuple(slots), end)

    def views(self, vector: Vector) -> tuple[LayerParameters, ...]:
        """Return each layer's arrays as views into ``vector`` (…, size)."""
        lead = vector.shape[:-1]
        return tuple(
            [
                LayerParameters(
                    vector[..., weights].reshape((*lead, *shape)),
                    None if bias is None else vector[..., bias],
                    None if alpha is None else vector[..., alpha],
                )
                for weights, shape, bias, alpha in self._plan
            ]
        )

    @cached_property
    def _plan(self) -> tuple[tuple[slice, tuple[int, int], slice | None, slice | None], ...]:
        """For each layer: slice and shape of the weights, slices of bias and α, None if missing."""
        return tuple(
            (slots.weights, shape, _if_any(slots.bias), _if_any(slots.alpha))
            for slots, shape in zip(self.slots, pairwise(self.widths), strict=True)
        )

    def layer_of(self, index: int) -> int:
        """Return the number of the layer (from 1) that a parameter belongs to."""
        for number, slots in enumerate(self.slots, 1):
            if index < slots.alpha.stop:
                return number
        raise IndexError(f"parameter {index} of {self.size}")

    @cached_property
    def weight_mask(self) -> Vector:
        """1 where the parameter is a weight, 0 at biases and α."""
        mask = np.zeros(self.size)
        for slots in self.slots:
            mask[slots.weights] = 1.0
        mask.flags.writeable = False
        return mask

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Exported names, counted from 1: ``w1_23`` joins input 2 to unit 3 of layer 1.

        From ten units on the two numbers are told apart by another line: ``w1_2_13``.
        """
        names: list[str] = []
        for number, slots in enumerate(self.slots, 1):
            fan_in, fan_out = self.widths[number - 1], self.widths[number]
            between = "" if max(fan_in, fan_out) < 10 else "_"
            names += [
                f"w{number}_{i}{between}{j}"
                for i in range(1, fan_in + 1)
                for j in range(1, fan_out + 1)
            ]
            if slots.bias.stop > slots.bias.start:
                names += [f"b{number}_{j}" for j in range(1, fan_out + 1)]
            if slots.alpha.stop > slots.alpha.start:
                names.append(f"alpha{number}")
        return tuple(names)
