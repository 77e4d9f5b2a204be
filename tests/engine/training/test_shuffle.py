"""The order of samples: every sample once, by seed and epoch alone, and the same for ever."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.splitmix import mix
from engine.training.shuffle import batch_order

seeds = st.integers(0, 2**31 - 1)


@given(st.integers(0, 300), seeds, st.integers(0, 10**9))
def test_an_order_holds_every_sample_once(n: int, seed: int, epoch: int) -> None:
    order = batch_order(n, seed, epoch)
    assert sorted(order.tolist()) == list(range(n))
    assert not order.flags.writeable


@given(st.integers(0, 300), seeds, st.integers(0, 10**9))
def test_an_order_depends_on_nothing_but_its_arguments(n: int, seed: int, epoch: int) -> None:
    remembered = batch_order(n, seed, epoch)
    np.testing.assert_array_equal(batch_order.__wrapped__(n, seed, epoch), remembered)


def test_the_stream_is_splitmix64() -> None:
    """First outputs for the seed 1234567, as given with the reference implementation in C."""
    state, gamma = 1234567, 0x9E3779B97F4A7C15
    states = [(state + k * gamma) % 2**64 for k in range(1, 6)]
    assert mix(np.array(states, dtype=np.uint64)).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@pytest.mark.parametrize(
    ("n", "seed", "epoch", "order"),
    [
        (1, 0, 0, [0]),
        (2, 0, 0, [1, 0]),
        (8, 0, 0, [6, 3, 0, 7, 2, 5, 1, 4]),
        (8, 0, 1, [2, 7, 5, 3, 4, 1, 0, 6]),
        (8, 1, 0, [1, 3, 5, 2, 0, 6, 7, 4]),
        (8, 2**31 - 1, 10**6, [1, 3, 0, 6, 7, 5, 2, 4]),
    ],
)
def test_orders_never_change_silently(n: int, seed: int, epoch: int, order: list[int]) -> None:
    assert batch_order(n, seed, epoch).tolist() == order


def test_long_orders_never_change_silently() -> None:
    digest = hashlib.sha256()
    for epoch in range(20):
        digest.update(batch_order(1000, 42, epoch).astype("<i8").tobytes())
    assert digest.hexdigest()[:16] == "86b0948503b1f6d1"


@given(st.integers(20, 200), seeds, st.integers(0, 10**6))
def test_neighbouring_epochs_and_seeds_have_other_orders(n: int, seed: int, epoch: int) -> None:
    here = batch_order(n, seed, epoch).tolist()
    assert batch_order(n, seed, epoch + 1).tolist() != here
    assert batch_order(n, seed + 1, epoch).tolist() != here


def test_all_orders_are_equally_likely() -> None:
    counts = Counter(tuple(batch_order(4, 7, epoch).tolist()) for epoch in range(4800))
    assert set(counts) == set(permutations(range(4)))
    expected = 4800 / 24
    # 23 degrees of freedom: 49.7 is exceeded once in a thousand times.
    assert sum((count - expected) ** 2 / expected for count in counts.values()) < 49.7


def test_every_sample_is_first_equally_often_over_seeds_as_well() -> None:
    counts = Counter(int(batch_order(10, seed, 0)[0]) for seed in range(3000))
    # 9 degrees of freedom.
    assert sum((counts[k] - 300.0) ** 2 / 300.0 for k in range(10)) < 27.9
