"""The kernels' own functions are as exact as NumPy's, in both precisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.network import Vector

numba = pytest.importorskip("numba", reason="without Numba there are no kernels")

from engine.kernels import arithmetic  # noqa: E402
from engine.kernels.lanes import load, pointer, store, total  # noqa: E402

EDGES = [0.0, -0.0, np.inf, -np.inf, np.nan, 800.0, -800.0, -740.0, 709.5, 1e300, -1e300, 20.0]


def over_array(function: Any, width: int) -> Callable[[Any, Any], None]:
    @numba.njit(error_model="numpy")
    def loop(x: Any, out: Any) -> None:
        for k in range(0, x.size, width):
            store(pointer(out, 0), k, function(load(pointer(x, 0), k)))

    found: Callable[[Any, Any], None] = loop
    return found


def numbers(positive: bool) -> Vector:
    generator = np.random.default_rng(0)
    scales = (1e-10, 1e-3, 0.1, 1.0, 10.0, 100.0)
    drawn = np.concatenate([scale * generator.normal(size=1024) for scale in scales])
    # As many as fill whole vectors of either precision.
    drawn = np.concatenate([drawn, EDGES, np.ones(4)])
    return np.abs(drawn) if positive else drawn


@pytest.mark.parametrize("name", ["exp", "expm1", "tanh", "log", "log1p", "sign", "square"])
@pytest.mark.parametrize(("kind", "width"), [(np.float64, 8), (np.float32, 16)])
def test_functions_are_right_to_two_units_in_the_last_place(
    name: str, kind: Any, width: int
) -> None:
    with np.errstate(over="ignore"):
        x: Any = numbers(positive=name.startswith("log")).astype(kind)
    found = np.empty_like(x)
    over_array(getattr(arithmetic, name), width)(x, found)
    with np.errstate(all="ignore"):
        precise: Vector = getattr(np, name)(x.astype(np.longdouble))
        expected: Any = precise.astype(kind)
        # The largest numbers and infinity itself are no arguments of log1p in a kernel.
        sure = np.isfinite(expected) & (np.abs(expected) > np.finfo(kind).tiny)
        if name == "log1p":
            sure &= np.isfinite(x)
        if name == "expm1":
            sure &= x < (709.0 if kind is np.float64 else 88.0)
        errors = np.abs(found[sure] - expected[sure]) / np.spacing(np.abs(expected[sure]))
    assert errors.max() <= (4.0 if (name, kind) == ("tanh", np.float32) else 2.0)
    if name not in ("log", "log1p"):
        assert np.array_equal(np.isnan(found), np.isnan(x))
    if name == "tanh":
        finite = np.isfinite(expected)
        assert np.abs(found[finite] - expected[finite]).max() <= 3e-16 or kind is np.float32


def test_the_sum_over_lanes_is_that_of_halves() -> None:
    @numba.njit(error_model="numpy")
    def summed(x: Any) -> Any:
        return total(load(pointer(x, 0), 0))

    x: Vector = np.random.default_rng(1).normal(size=8)
    halves = x[:4] + x[4:]
    quarters = halves[:2] + halves[2:]
    assert summed(x) == quarters[0] + quarters[1]
