"""The order of samples in an epoch: a Fisher–Yates shuffle of integers, the same everywhere."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_MASK = 0xFFFFFFFFFFFFFFFF
_GAMMA = 0x9E3779B97F4A7C15


def mix(state: int) -> int:
    """Return SplitMix64's output for a state (Steele, Lea & Flood 2014), 64 bits."""
    z = state & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return z ^ (z >> 31)


@lru_cache(maxsize=64)
def batch_order(n: int, seed: int, epoch: int) -> NDArray[np.intp]:
    """Return a permutation of ``range(n)`` that depends on (seed, epoch) alone, read-only.

    The stream is keyed by mixing the seed before the epoch is added, so that neighbouring epochs
    and seeds have unrelated orders. The remainder's bias is below n / 2⁶⁴.
    """
    state = mix(mix(seed + _GAMMA) ^ (epoch * _GAMMA & _MASK))
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        state = (state + _GAMMA) & _MASK
        other = mix(state) % (last + 1)
        order[last], order[other] = order[other], order[last]
    result = np.array(order, dtype=np.intp)
    result.flags.writeable = False
    return result
