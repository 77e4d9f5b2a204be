"""Simplifying changes neither values nor domains."""

from __future__ import annotations

import random

import mpmath
import pytest

from engine.expression import parse
from engine.expression.printing import python
from engine.expression.simplification import simplified
from tests.engine.expression.oracle import DIGITS, TooLargeError, precise
from tests.engine.expression.random_trees import random_trees


@pytest.mark.parametrize(
    ("typed", "simple"),
    [
        ("1x", "x"),
        ("x + 0", "x"),
        ("x/1", "x"),
        ("x^1", "x"),
        ("x^0", "1"),
        ("0x", "0"),
        ("0 sin(x)", "0"),
        ("2 + 3", "5"),
        ("1/2 + 1/3", "5/6"),
        ("0.1 + 0.2", "0.3"),
        ("2*0.5*x", "x"),
        ("3*(2x)", "6*x"),
        ("x/2 + x/2", "x"),
        ("x + x", "2*x"),
        ("xy + yx", "2*x*y"),
        ("x - x", "0"),
        ("x*x*x^2", "x**4"),
        ("(x^2)^3", "x**6"),
        ("(-x)^2", "x**2"),
        ("(-x)^3", "-x**3"),
        ("-(-x)", "x"),
        ("x - (y - 1)", "x - y + 1"),
        ("-x*-y", "x*y"),
        ("a/b/c", "a/(b*c)"),
        ("2x/4", "x/2"),
        ("sin(x)*(1/x)", "sin(x)/x"),
        ("2^10", "1024"),
        ("(1/2)^-2", "4"),
        ("ln e", "1"),
        ("|-3|", "3"),
        ("{x if 1 > 0 else y}", "x"),
        ("{x if y > 0 else x}", "x"),
        # What would change the domain stays.
        ("x/x", "x/x"),
        ("0/x", "0/x"),
        ("0 ln(x)", "0*ln(x)"),
        ("ln(x) - ln(x)", "0*ln(x)"),
        ("ln(x)^0", "ln(x)**0"),
        ("x^0.5*x^0.5", "(x**0.5)**2"),
        ("x^3*x^-1", "x**3*x**-1"),
        ("a/(b/c)", "a/(b/c)"),
        ("x/0", "x/0"),
        ("0^-1", "0**-1"),
        ("{x if ln y > 0 else x}", "x if ln(y) > 0 else x"),
        # Irrational numbers are not rounded.
        ("sqrt(2)^2", "sqrt(2)**2"),
        ("2^0.5", "2**0.5"),
        # Nor are numbers written out that nobody can read.
        ("9^64", "9**64"),
    ],
)
def test_light_simplification(typed: str, simple: str) -> None:
    assert str(parse(typed).simplified()) == simple


def check(seed: int, count: int, depth: int) -> int:
    rng = random.Random(seed)
    compared = 0
    for tree in random_trees(seed, count, depth):
        simple = simplified(tree)
        assert simplified(simple) == simple, python(tree)
        with mpmath.workdps(DIGITS):
            # Zero is where domains have their holes.
            point = {
                name: mpmath.mpf(rng.choice((0, 1, -1, *range(-300, 300)))) / 100
                for name in ("x", "y")
            }
            try:
                before, after = precise(tree, point), precise(simple, point)
            except TooLargeError:
                continue
            text = f"{python(tree)} at {point}"
            assert (before is None) == (after is None), text
            if before is not None:
                assert abs(before - after) <= mpmath.mpf(10) ** -40 * (1 + abs(before)), text
                compared += 1
    return compared


def test_random_expressions_keep_values_and_domains() -> None:
    assert check(seed=7, count=1_000, depth=3) > 500


@pytest.mark.soak
def test_ten_thousand_expressions_keep_values_and_domains() -> None:
    assert check(seed=8, count=10_000, depth=4) > 5_000
