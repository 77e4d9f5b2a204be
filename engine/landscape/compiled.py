"""Slices and losses by the compiled kernels, cut into pieces for two threads.

Pictures only: nothing that is computed here becomes a state, so the kernels are taken as soon as
they are ready, and NumPy until then.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from itertools import pairwise
from threading import Thread
from typing import Any

import numpy as np

from engine.kernels.backend import BACKEND
from engine.kernels.plan import (
    ACTIVATION_CODES,
    LOSS_CODES,
    aligned,
    padded,
    plan_of,
    scratch_of,
)
from engine.network import Architecture, Vector
from engine.network.losses import Loss
from engine.training.backends import is_wide

THREADS = min(2, os.cpu_count() or 1)
_PIECES = 8
"""Pieces of a slice for each thread: between them it asks whether it is still wanted."""


def can_run(architecture: Architecture) -> bool:
    """Whether kernels are ready and quicker than NumPy for such a network."""
    return BACKEND.ready() and not is_wide(architecture)


def add_slice(
    result: Vector,
    architecture: Architecture,
    loss: Loss,
    inputs: Any,
    targets: Any,
    through: Vector,
    along_inner: Vector,
    along_outer: Vector,
    inner: Vector,
    outer: Vector,
    affine: int,
    check: Callable[[], None],
) -> None:
    """Add the sum of the samples' losses to ``result`` (len(outer), len(inner)).

    Parameters
    ----------
    architecture
        The layers from the first that varies on; the vectors are theirs.
    inputs, targets
        (n_samples, …), float32 or float64: the precision to compute with.
    inner, outer
        Coordinates, 0 at ``through``.
    affine
        The first layer that varies along the outer axis.
    check
        Called between pieces; raises when the slice is wanted no more.
    """
    single = inputs.dtype == np.float32
    lanes = 16 if single else 8
    behind = slice(architecture.layout.slots[affine].alpha.stop, None)
    varies_behind = bool(along_inner[behind].any() or along_outer[behind].any())
    fixed = (
        *_described(architecture, loss, lanes, affine, varies_behind),
        # Copies: the kernels' signature asks for arrays that can be written.
        np.array(inputs, order="C"),
        np.array(targets, order="C"),
        *(np.array(v) for v in (through, along_inner, along_outer, inner, outer)),
    )
    kernel = BACKEND.kernels.slice_single if single else BACKEND.kernels.slice_double
    room = scratch_of(architecture, len(inputs), padded(through.size), lanes)
    sums = np.zeros((len(outer), len(inner)))

    def piece(first: int, last: int) -> None:
        kernel(*fixed, first, last, aligned(room, inputs.dtype), sums)

    _in_pieces(len(inner), piece, check)
    result += sums / _share(loss, targets)


def network_sums(
    architecture: Architecture,
    loss: Loss,
    inputs: Vector,
    targets: Vector,
    networks: Vector,
    check: Callable[[], None],
) -> Vector:
    """Return the sum of the samples' losses of each network, (k, size) → (k,)."""
    fixed = (
        *_described(architecture, loss, 8, 0, True),
        np.array(inputs, order="C"),
        np.array(targets, order="C"),
        np.array(networks, order="C", dtype=np.float64),
    )
    room = scratch_of(architecture, len(inputs), padded(networks.shape[1]), 8)
    sums = np.zeros(len(networks))

    def piece(first: int, last: int) -> None:
        BACKEND.kernels.networks(*fixed, first, last, aligned(room), sums)

    _in_pieces(len(networks), piece, check)
    losses: Vector = sums / _share(loss, targets)
    return losses


def _described(
    architecture: Architecture, loss: Loss, lanes: int, affine: int, varies_behind: bool
) -> tuple[Any, Any, Any]:
    plan, alphas = plan_of(architecture)
    codes = [
        ACTIVATION_CODES["softmax"],
        LOSS_CODES[loss.key],
        loss.from_logarithms,
        # What is fused with its output computes the loss from z alone.
        loss.fused_with == architecture.output.activation,
        affine,
        varies_behind,
        lanes,
        padded(architecture.layout.size),
    ]
    return plan, alphas, np.array(codes, dtype=np.int64)


def _share(loss: Loss, targets: Any) -> int:
    """Return what the sum of a sample's terms is divided by."""
    return targets.shape[1] if loss.averaged else 1


def _in_pieces(count: int, piece: Callable[[int, int], None], check: Callable[[], None]) -> None:
    """Compute ``count`` columns in pieces, by this thread and another that helps it.

    Kernels let other threads run, so two cores are at work. The helper lives as long as the call.
    """
    edges = np.linspace(0, count, min(count, THREADS * _PIECES) + 1).astype(int).tolist()
    left = deque(pairwise(edges))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while left and not failures:
                try:
                    first, last = left.popleft()
                except IndexError:
                    return
                check()
                piece(first, last)
        except BaseException as failure:  # noqa: BLE001 - handed over to the thread that asked
            failures.append(failure)

    helpers = [Thread(target=work, name="landscape", daemon=True) for _ in range(THREADS - 1)]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]
