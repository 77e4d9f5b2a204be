"""Landscape kernels: the losses of very many networks, for a slice or one by one.

A slice is z(x, y) = A(x) + y B(x) in the first layer that varies along its outer axis, so layers in
front of it are computed once for each inner coordinate, and those that are still not at all.
"""

from __future__ import annotations

from typing import Any

import numba

from engine.kernels.lanes import each, fused, load, pointer, store
from engine.kernels.layers import forward_layer, gather, log_softmax, softmax, sum_of_terms
from engine.kernels.plan import (
    ACTIVATION,
    AFFINE,
    ALPHA,
    BEHIND,
    BIAS,
    FAN_IN,
    FAN_OUT,
    FROM_LOGARITHMS,
    FROM_Z,
    LANDSCAPE_TILE,
    LANES,
    LOSS,
    SIZE,
    SOFTMAX,
    UNITS,
    WEIGHTS,
)
from engine.kernels.rules import activate, compiled


@compiled
def _pre_activation(
    layer: Any, parameters: Any, a_all: Any, z: Any, stride: int, width: int
) -> None:
    below = (layer[UNITS] - layer[FAN_IN]) * stride
    forward_layer(
        parameters,
        layer[WEIGHTS],
        layer[BIAS],
        layer[FAN_IN],
        layer[FAN_OUT],
        pointer(a_all, below),
        z,
        stride,
        stride,
        width,
    )


@compiled
def _activation(
    layer: Any, alpha: float, softmax_code: int, z: Any, a_all: Any, stride: int, width: int
) -> None:
    a = pointer(a_all, layer[UNITS] * stride)
    if layer[ACTIVATION] == softmax_code:
        softmax(z, a, layer[FAN_OUT], stride, stride, width)
    else:
        activate(layer[ACTIVATION], z, a, layer[FAN_OUT] * stride, width, alpha)


@compiled
def _run(
    plan: Any,
    alphas: Any,
    codes: Any,
    parameters: Any,
    first: int,
    last: int,
    z: Any,
    a_all: Any,
    stride: int,
) -> None:
    """Run layers ``first`` to before ``last``; z is left that of the last one."""
    for number in range(first, last):
        layer = plan[number]
        _pre_activation(layer, parameters, a_all, z, stride, codes[LANES])
        if number < plan.shape[0] - 1 or not codes[FROM_Z]:
            alpha = alphas[number] if layer[ALPHA] < 0 else float(parameters[layer[ALPHA]])
            _activation(layer, alpha, codes[SOFTMAX], z, a_all, stride, codes[LANES])


@compiled
def _loss(
    plan: Any, codes: Any, z: Any, a_all: Any, wanted: Any, stride: int, count: int, spare: Any
) -> float:
    """Return the sum of the samples' losses, from z and a of the last layer."""
    top = plan[plan.shape[0] - 1]
    outputs = top[FAN_OUT]
    a = z if codes[FROM_Z] else pointer(a_all, top[UNITS] * stride)
    if codes[FROM_LOGARITHMS]:
        log_softmax(z, outputs, stride, stride, codes[LANES])
    return sum_of_terms(
        codes[LOSS], z, a, wanted, outputs * stride, stride, count, codes[LANES], spare
    )


@compiled
def _rooms(plan: Any, codes: Any, samples: int, room: Any) -> Any:
    """Cut the scratch: z, base, slope and targets of a layer, parameters, the rest activations."""
    widest = 0
    for number in range(plan.shape[0]):
        widest = max(widest, plan[number, FAN_OUT])
    width = codes[LANES]
    one = widest * min(LANDSCAPE_TILE, -(-samples // width) * width)
    at = 4 * one
    return (
        pointer(room, 0),
        pointer(room, one),
        pointer(room, 2 * one),
        pointer(room, 3 * one),
        room[at : at + codes[SIZE]],
        room[at + codes[SIZE] : at + 2 * codes[SIZE]],
        pointer(room, at + 2 * codes[SIZE]),
        room[at + 2 * codes[SIZE] + 16 :],
    )


def slice_losses(
    plan: Any,
    alphas: Any,
    codes: Any,
    inputs: Any,
    targets: Any,
    through: Any,
    along_inner: Any,
    along_outer: Any,
    inner: Any,
    outer: Any,
    first: int,
    last: int,
    room: Any,
    result: Any,
) -> None:
    """Add the sum of the samples' losses to the columns ``first`` to before ``last``.

    Parameters
    ----------
    plan, alphas
        See ``plan_of``; of the layers from the first that varies on.
    codes
        Softmax, loss; whether the loss takes logarithms, whether it is computed from z alone; the
        first layer that varies along the outer axis; whether any layer behind it varies; samples
        that an instruction takes; padded number of parameters.
    inputs, targets
        What goes into these layers, and what should come out, a row a sample.
    through, along_inner, along_outer
        Parameters at (0, 0) and the directions.
    inner, outer
        Coordinates.
    room
        Scratch, see ``scratch_of``.
    result
        (len(outer), len(inner)).
    """
    affine, width = codes[AFFINE], codes[LANES]
    layers, samples, size = plan.shape[0], inputs.shape[0], through.size
    bent = plan[affine]
    numbers = bent[FAN_OUT]
    behind = size if affine == layers - 1 else plan[affine + 1, WEIGHTS]
    z, base, slope, wanted, parameters, slopes, spare, a_all = _rooms(plan, codes, samples, room)
    own = pointer(parameters, 0)
    order = plan[0, :0]
    for k in range(size):
        slopes[k] = along_outer[k]
    for start in range(0, samples, LANDSCAPE_TILE):
        count = min(LANDSCAPE_TILE, samples - start)
        stride = -(-count // width) * width
        gather(targets, order, start, count, wanted, stride)
        gather(inputs, order, start, count, pointer(a_all, 0), stride)
        for column in range(first, last):
            x = inner[column]
            for k in range(size):
                parameters[k] = through[k] + x * along_inner[k]
            _run(plan, alphas, codes, own, 0, affine, z, a_all, stride)
            _pre_activation(bent, own, a_all, base, stride, width)
            _pre_activation(bent, pointer(slopes, 0), a_all, slope, stride, width)
            for row in range(outer.size):
                y = outer[row]
                shift = each(z, y)
                for k in range(0, numbers * stride, width):
                    store(z, k, fused(load(slope, k), shift, load(base, k)))
                if affine < layers - 1 or not codes[FROM_Z]:
                    alpha = alphas[affine]
                    if bent[ALPHA] >= 0:
                        k = bent[ALPHA]
                        alpha = through[k] + x * along_inner[k] + y * along_outer[k]
                    _activation(bent, alpha, codes[SOFTMAX], z, a_all, stride, width)
                if codes[BEHIND]:
                    for k in range(behind, size):
                        parameters[k] = through[k] + x * along_inner[k] + y * along_outer[k]
                _run(plan, alphas, codes, own, affine + 1, layers, z, a_all, stride)
                result[row, column] += _loss(plan, codes, z, a_all, wanted, stride, count, spare)


def network_losses(
    plan: Any,
    alphas: Any,
    codes: Any,
    inputs: Any,
    targets: Any,
    networks: Any,
    first: int,
    last: int,
    room: Any,
    result: Any,
) -> None:
    """Add the sum of the samples' losses of each network from ``first`` to before ``last``.

    ``networks`` is (k, size), ``result`` (k,); the others are as in ``slice_losses``.
    """
    samples, size, width = inputs.shape[0], networks.shape[1], codes[LANES]
    z, _, _, wanted, parameters, _, spare, a_all = _rooms(plan, codes, samples, room)
    own = pointer(parameters, 0)
    order = plan[0, :0]
    for start in range(0, samples, LANDSCAPE_TILE):
        count = min(LANDSCAPE_TILE, samples - start)
        stride = -(-count // width) * width
        gather(targets, order, start, count, wanted, stride)
        gather(inputs, order, start, count, pointer(a_all, 0), stride)
        for number in range(first, last):
            for k in range(size):
                parameters[k] = networks[number, k]
            _run(plan, alphas, codes, own, 0, plan.shape[0], z, a_all, stride)
            result[number] += _loss(plan, codes, z, a_all, wanted, stride, count, spare)


def _common(element: Any) -> tuple[Any, ...]:
    integers = numba.types.Array(numba.int64, 2, "C"), numba.types.Array(numba.int64, 1, "C")
    table = numba.types.Array(element, 2, "C")
    return integers[0], _LINE, integers[1], table, table


_LINE = numba.types.Array(numba.float64, 1, "C")
_ROWS = numba.types.Array(numba.float64, 2, "C")
_PIECE = (numba.int64, numba.int64)


def _slice_signature(element: Any) -> Any:
    room = numba.types.Array(element, 1, "C")
    return numba.void(*_common(element), *(_LINE,) * 5, *_PIECE, room, _ROWS)


SLICE_DOUBLE = _slice_signature(numba.float64)
SLICE_SINGLE = _slice_signature(numba.float32)
NETWORKS = numba.void(*_common(numba.float64), _ROWS, *_PIECE, _LINE, _LINE)
