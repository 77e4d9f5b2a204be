"""SplitMix64: integers that are random enough, the same in NumPy and compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

GAMMA = 0x9E3779B97F4A7C15
"""The step of the states: 2⁶⁴ divided by the golden ratio."""


def mix(states: Any) -> Any:
    """Return the outputs for states of 64 bits, an array or one (Steele, Lea & Flood 2014)."""
    z = (states ^ (states >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
