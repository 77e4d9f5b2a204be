"""What is written can be read again, by the parser and by Python."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from engine.expression import Expression, parse
from engine.expression.functions import TABLE
from engine.expression.parser import read
from engine.expression.printing import python
from engine.expression.simplification import simplified
from engine.expression.tree import Node
from tests.engine.expression.random_trees import random_trees


def check(tree: Node) -> None:
    text = python(tree)
    assert read(text) == tree, text
    simple = simplified(tree)
    assert read(python(simple)) == simple, text


def test_printing_and_parsing_gives_the_same_tree() -> None:
    for tree in random_trees(seed=1, count=1_500, depth=4):
        check(tree)


@pytest.mark.soak
def test_printing_and_parsing_ten_thousand_expressions() -> None:
    for tree in random_trees(seed=2, count=10_000, depth=5):
        check(tree)


def test_the_text_is_python() -> None:
    """Python itself calculates the same from it, where it calculates at all."""
    names: dict[str, object] = {name: function.value for name, function in TABLE.items()}
    names |= {"e": np.float64(math.e), "pi": np.float64(math.pi)}
    rng = random.Random(3)
    same = 0
    for tree in random_trees(seed=3, count=400):
        values = {name: np.float64(rng.uniform(0.2, 2.0)) for name in ("x", "y")}
        ours = Expression(tree)(**values)
        with np.errstate(all="ignore"):
            try:
                theirs = eval(python(tree), {"__builtins__": {}}, {**names, **values})
            except (ZeroDivisionError, OverflowError):
                continue
        if math.isfinite(ours) and not isinstance(theirs, complex):
            assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-12), python(tree)
            same += 1
    assert same > 300


def test_an_expression_shows_itself() -> None:
    assert repr(parse("3x^2+xy")) == "parse('3*x**2 + x*y')"
