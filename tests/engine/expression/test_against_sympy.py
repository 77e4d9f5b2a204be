"""Derivatives of random expressions agree with SymPy's, in fifty digits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import mpmath
import pytest

from engine.expression.derivation import derivative
from engine.expression.printing import python
from engine.expression.tree import Node
from tests.engine.expression.oracle import (
    DIGITS,
    NoOpinionError,
    TooLargeError,
    precise,
    sympy_derivative,
)
from tests.engine.expression.random_trees import VARIABLES, random_trees

POINTS = 2
TRIES = 8


@pytest.fixture(autouse=True)
def fifty_digits() -> Iterator[None]:
    with mpmath.workdps(DIGITS):
        yield


def points(tree: Node, slope: Node, rng: random.Random) -> Iterator[tuple[dict[str, Any], Any]]:
    """Places where the function and its derivative have values, with that of the derivative."""
    found = 0
    for _ in range(TRIES):
        point = {name: mpmath.mpf(2 * rng.randint(-400, 400) + 1) / 257 for name in VARIABLES}
        try:
            values = precise(tree, point), precise(slope, point)
        except TooLargeError:
            continue
        if None not in values:
            yield point, values[1]
            found += 1
        if found == POINTS:
            return


def compare(seed: int, count: int, depth: int) -> tuple[int, int]:
    """Compare some expressions; how many could be compared, and at how many places."""
    rng = random.Random(seed)
    expressions = places = 0
    for tree in random_trees(seed, count, depth):
        variable = rng.choice(sorted(tree.variables))
        slope = derivative(tree, variable)
        ours = list(points(tree, slope, rng))
        if not ours:
            continue
        try:
            theirs = sympy_derivative(tree, variable)
            opinions = [(point, value, theirs(point)) for point, value in ours]
        except NoOpinionError:
            continue
        finite = [opinion for opinion in opinions if mpmath.isfinite(opinion[2])]
        for point, value, other in finite:
            text = f"d/d{variable} {python(tree)} at {point}"
            assert abs(other - value) <= mpmath.mpf(10) ** -35 * (1 + abs(value)), text
        places += len(finite)
        expressions += bool(finite)
    return expressions, places


def test_derivatives_agree_with_sympy() -> None:
    expressions, places = compare(seed=20240, count=400, depth=3)
    assert expressions >= 360
    assert places >= 700


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_derivatives_of_ten_thousand_expressions_agree_with_sympy(seed: int) -> None:
    expressions, _ = compare(seed, count=1150, depth=4)
    assert expressions >= 1000
