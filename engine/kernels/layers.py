"""Layers of a network over a tile of samples: what training and landscapes have in common.

Numbers of a layer are kept unit by unit, the samples of a tile side by side; ``stride`` is how many
there are, a multiple of ``width``, the samples that one instruction takes.
"""

from __future__ import annotations

from typing import Any

from engine.kernels import arithmetic
from engine.kernels.lanes import each, fused, load, put, store, total
from engine.kernels.rules import compiled, loss_terms


@compiled
def gather(values: Any, order: Any, first: int, count: int, place: Any, stride: int) -> None:
    """Put columns of ``values`` for the samples of a tile at ``place``, filled up with the first.

    ``order`` gives their rows from ``first`` on; with an empty one they follow each other.
    """
    for sample in range(stride):
        row = first + (sample if sample < count else 0)
        if order.size:
            row = order[row]
        for column in range(values.shape[1]):
            put(place, column * stride + sample, values[row, column])


@compiled
def forward_layer(
    parameters: Any,
    weights: int,
    bias: int,
    fan_in: int,
    fan_out: int,
    a: Any,
    z: Any,
    stride: int,
    samples: int,
    width: int,
) -> None:
    """z = a W + b for the samples of a tile; ``bias`` is −1 where there is none."""
    for s in range(0, samples, width):
        j = 0
        while j + 4 <= fan_out:
            z_0, z_1, z_2, z_3 = each(z, 0.0), each(z, 0.0), each(z, 0.0), each(z, 0.0)
            if bias >= 0:
                z_0, z_1 = each(z, parameters[bias + j]), each(z, parameters[bias + j + 1])
                z_2, z_3 = each(z, parameters[bias + j + 2]), each(z, parameters[bias + j + 3])
            w = weights + j
            for i in range(fan_in):
                x = load(a, i * stride + s)
                z_0 = fused(x, parameters[w], z_0)
                z_1 = fused(x, parameters[w + 1], z_1)
                z_2 = fused(x, parameters[w + 2], z_2)
                z_3 = fused(x, parameters[w + 3], z_3)
                w += fan_out
            store(z, j * stride + s, z_0)
            store(z, (j + 1) * stride + s, z_1)
            store(z, (j + 2) * stride + s, z_2)
            store(z, (j + 3) * stride + s, z_3)
            j += 4
        while j < fan_out:
            z_0 = each(z, 0.0)
            if bias >= 0:
                z_0 = each(z, parameters[bias + j])
            w = weights + j
            for i in range(fan_in):
                z_0 = fused(load(a, i * stride + s), parameters[w], z_0)
                w += fan_out
            store(z, j * stride + s, z_0)
            j += 1


@compiled
def softmax(z: Any, a: Any, units: int, stride: int, samples: int, width: int) -> None:
    """Softmax over the units, as in the table of activations."""
    for s in range(0, samples, width):
        largest = load(z, s)
        for j in range(1, units):
            largest = arithmetic.maximum(largest, load(z, j * stride + s))
        together = each(z, 0.0)
        for j in range(units):
            raised = arithmetic.exp(load(z, j * stride + s) - largest)
            together = together + raised
            store(a, j * stride + s, raised)
        for j in range(units):
            store(a, j * stride + s, load(a, j * stride + s) / together)


@compiled
def log_softmax(z: Any, units: int, stride: int, samples: int, width: int) -> None:
    """ln softmax over the units in the place of z, as in the table of losses."""
    for s in range(0, samples, width):
        largest = load(z, s)
        for j in range(1, units):
            largest = arithmetic.maximum(largest, load(z, j * stride + s))
        together = each(z, 0.0)
        for j in range(units):
            shifted = load(z, j * stride + s) - largest
            together = together + arithmetic.exp(shifted)
            store(z, j * stride + s, shifted)
        logarithm = arithmetic.log(together)
        for j in range(units):
            store(z, j * stride + s, load(z, j * stride + s) - logarithm)


@compiled
def sum_of_terms(
    code: int,
    z: Any,
    a: Any,
    target: Any,
    end: int,
    stride: int,
    count: int,
    width: int,
    room: Any,
) -> float:
    """Return the sum of the losses of a tile's samples, without those that only fill it up."""
    lost = 0.0
    for s in range(0, stride, width):
        terms = loss_terms(code, z, a, target, s, end, stride)
        if s + width <= count:
            lost += total(terms)
        else:
            store(room, 0, terms)
            for k in range(count - s):
                lost += room[k]
    return lost
