"""The order of samples in an epoch: a Fisher–Yates shuffle of integers, the same everywhere."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.splitmix import GAMMA, mix

_MASK = 0xFFFFFFFFFFFFFFFF


def _mixed(state: int) -> int:
    return int(mix(np.array([state & _MASK], dtype=np.uint64))[0])


def seed_key(seed: int) -> int:
    """Return what epochs are keyed by: neighbouring seeds have unrelated ones."""
    return _mixed(seed + GAMMA)


@lru_cache(maxsize=64)
def batch_order(n: int, seed: int, epoch: int) -> NDArray[np.intp]:
    """Return a permutation of ``range(n)`` that depends on (seed, epoch) alone, read-only.

    The stream is keyed by mixing the seed before the epoch is added, so that neighbouring epochs
    and seeds have unrelated orders. The remainder's bias is below n / 2⁶⁴.
    """
    key = _mixed(seed_key(seed) ^ (epoch * GAMMA & _MASK))
    stream = mix(np.uint64(key) + np.uint64(GAMMA) * np.arange(1, n, dtype=np.uint64))
    others = stream % np.arange(n, 1, -1, dtype=np.uint64)
    order = list(range(n))
    for last, other in zip(range(n - 1, 0, -1), others.tolist(), strict=True):
        order[last], order[other] = order[other], order[last]
    result = np.array(order, dtype=np.intp)
    result.flags.writeable = False
    return result
