"""What kernels are told: networks and rules as integers, and arrays that fit their steps.

This module needs no Numba.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.network import Architecture, Vector
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.losses import TABLE as LOSSES

ACTIVATION_CODES = {key: code for code, key in enumerate(ACTIVATIONS)}
LOSS_CODES = {key: code for code, key in enumerate(LOSSES)}
OPTIMIZER_CODES = {key: code for code, key in enumerate(OPTIMIZERS)}

# Columns of a plan.
FAN_IN, FAN_OUT, WEIGHTS, BIAS, ALPHA, ACTIVATION, UNITS = range(7)

# Codes of a landscape.
SOFTMAX, LOSS, FROM_LOGARITHMS, FROM_Z, AFFINE, BEHIND, LANES, SIZE = range(8)

# What a call of the training kernel arrives at.
GOES_ON, TO_CHECK, NOT_FINITE = range(3)

WIDTH = 8
"""Samples, or parameters, that a kernel computes on at once in float64."""
_TILE = 64, 32
"""Most samples that go through a network together, and through one with a wide layer."""
_WIDE = 64
"""Units up to which the numbers of the larger tile stay in the first cache (measured)."""
LANDSCAPE_TILE = 128
"""Most samples for landscapes, which go forward only."""
_LINE = 8
"""Float64 in a line of the processor's cache."""

Numbers = NDArray[np.int64]


def plan_of(architecture: Architecture) -> tuple[Numbers, Vector]:
    """Return the plan of a network, and the fixed α of each layer.

    The plan has a row a layer: fan-in, fan-out, places of the weights, biases (−1: none) and
    learned α (−1: none) in the flat vector, the activation's code, and how many units lie below,
    inputs included.
    """
    rows, alphas = [], []
    below = 0
    widths = architecture.widths
    for number, (layer, slots) in enumerate(
        zip(architecture.layers, architecture.layout.slots, strict=True)
    ):
        below += widths[number]
        rows.append(
            (
                widths[number],
                widths[number + 1],
                slots.weights.start,
                _place(slots.bias),
                _place(slots.alpha),
                ACTIVATION_CODES[layer.activation],
                below,
            )
        )
        alphas.append(ACTIVATIONS[layer.activation].alpha)
    return np.array(rows, dtype=np.int64), np.array(alphas)


def tile_of(architecture: Architecture) -> int:
    """Return how many samples the training kernel takes through a network together."""
    return _TILE[max(architecture.widths) > _WIDE]


def scratch_of(architecture: Architecture, samples: int, size: int, lanes: int) -> int:
    """Return how many numbers a landscape kernel needs to work with."""
    tile = min(LANDSCAPE_TILE, -(-samples // lanes) * lanes)
    widths = architecture.widths
    return (4 * max(widths[1:]) + sum(widths)) * tile + 2 * size + 16


def padded(count: int) -> int:
    """Return the next multiple of what a kernel computes on at once."""
    return -(-count // WIDTH) * WIDTH


def aligned(count: int, dtype: Any = np.float64) -> Any:
    """Return an array of zeros that starts at a line of the processor's cache."""
    size = np.dtype(dtype).itemsize
    line = _LINE * 8 // size
    room = np.zeros(count + line, dtype=dtype)
    start = -(room.ctypes.data // size) % line
    return room[start : start + count]


def aligned_rows(rows: int, width: int) -> Any:
    """Return such an array for rows side by side, flat, without filling it."""
    room = np.empty(rows * width + _LINE)
    start = -(room.ctypes.data // 8) % _LINE
    return room[start : start + rows * width]


def _place(slot: slice) -> int:
    return slot.start if slot.stop > slot.start else -1
