"""Time several ways of doing the same work in turns, so that a busy machine slows all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

SHORTEST_TURN = 0.02
"""Seconds: a turn repeats its work until it takes so long that the clock's grain is nothing."""
PAUSE = 0.05
"""Seconds before each turn, in which the threads of the one before cease to wait for work."""


@dataclass(frozen=True)
class Contender:
    """One way of doing the work: the function, and how many pieces of work a call does."""

    call: Callable[[], object]
    pieces: int = 1


@dataclass(frozen=True)
class Measured:
    """Seconds a piece of work takes: the median over the turns, and the fastest of them.

    ``ratio`` says how many times as long it takes as the first contender: the median of the turns'
    own ratios, which a busy machine disturbs least.
    """

    median: float
    fastest: float
    ratio: float


def compare(contenders: Mapping[str, Contender], turns: int = 15) -> dict[str, Measured]:
    """Time each contender ``turns`` times, one after the other, again and again."""
    repeats = {name: _repeats(contender.call) for name, contender in contenders.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(turns):
        for name, contender in contenders.items():
            time.sleep(PAUSE)
            taken = _time(contender.call, repeats[name])
            seconds[name].append(taken / (repeats[name] * contender.pieces))
    first = next(iter(seconds.values()))
    return {
        name: Measured(
            median(values),
            min(values),
            median(own / other for own, other in zip(values, first, strict=True)),
        )
        for name, values in seconds.items()
    }


def _repeats(call: Callable[[], object]) -> int:
    call()
    repeats = 1
    while _time(call, repeats) < SHORTEST_TURN:
        repeats *= 2
    return repeats


def _time(call: Callable[[], object], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return time.perf_counter() - start
