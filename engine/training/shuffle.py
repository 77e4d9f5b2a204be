"""The order of samples in an epoch: a Fisher–Yates shuffle of integers, the same everywhere."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_MASK = 0xFFFFFFFFFFFFFFFF
_GAMMA = 0x9E3779B97F4A7C15


def mix(states: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return SplitMix64's outputs for states of 64 bits (Steele, Lea & Flood 2014)."""
    z = (states ^ (states >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def _mixed(state: int) -> int:
    return int(mix(np.array([state & _MASK], dtype=np.uint64))[0])


@lru_cache(maxsize=64)
def batch_order(n: int, seed: int, epoch: int) -> NDArray[np.intp]:
    """Return a permutation of ``range(n)`` that depends on (seed, epoch) alone, read-only.

    The stream is keyed by mixing the seed before the epoch is added, so that neighbouring epochs
    and seeds have unrelated orders. The remainder's bias is below n / 2⁶⁴.
    """
    key = _mixed(_mixed(seed + _GAMMA) ^ (epoch * _GAMMA & _MASK))
    stream = mix(np.uint64(key) + np.uint64(_GAMMA) * np.arange(1, n, dtype=np.uint64))
    others = stream % np.arange(n, 1, -1, dtype=np.uint64)
    order = list(range(n))
    for last, other in zip(range(n - 1, 0, -1), others.tolist(), strict=True):
        order[last], order[other] = order[other], order[last]
    result = np.array(order, dtype=np.intp)
    result.flags.writeable = False
    return result
