"""The update rules one by one (see also test_against_pytorch)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.descent import Optimizer
from engine.descent.optimizers import ALL, TABLE
from engine.descent.rule import LABELS
from engine.errors import NablaError

numbers = st.floats(-100, 100)


def descend(optimizer: Optimizer, gradients: list[float], rate: float, start: float = 1.0) -> float:
    """Where a scalar arrives that meets these gradients."""
    x, memory = start, tuple(0.0 for _ in optimizer.rule.memory)
    for t, g in enumerate(gradients, 1):
        x, memory = optimizer.step(x, g, memory, t, rate)
    return float(x)


def test_gradient_descent_goes_against_the_gradient() -> None:
    assert descend(Optimizer(), [2.0, -1.0], 0.1) == pytest.approx(1.0 - 0.2 + 0.1, rel=1e-15)


def test_momentum_adds_up_velocity() -> None:
    # v = 2, then 0.5 · 2 + 1 = 2.
    momentum = Optimizer("momentum", (("beta", 0.5),))
    assert descend(momentum, [2.0, 1.0], 0.1) == pytest.approx(1.0 - 0.2 - 0.2, rel=1e-15)


def test_nesterov_looks_one_step_ahead() -> None:
    # v = 2, step 2 + 0.5 · 2; v = 2, step 1 + 0.5 · 2.
    nesterov = Optimizer("nesterov", (("beta", 0.5),))
    assert descend(nesterov, [2.0, 1.0], 0.1) == pytest.approx(1.0 - 0.3 - 0.2, rel=1e-15)


def test_adagrad_divides_by_all_past_gradients() -> None:
    # s = 9, then 25.
    adagrad = Optimizer("adagrad")
    expected = 1.0 - 0.1 * 3 / 3 - 0.1 * 4 / 5
    assert descend(adagrad, [3.0, 4.0], 0.1) == pytest.approx(expected, rel=1e-9)


def test_rmsprop_forgets_old_gradients() -> None:
    # s = 0.5 · 8, then 0.5 · 4 + 0.5 · 28.
    rmsprop = Optimizer("rmsprop", (("rho", 0.5),))
    expected = 1.0 - 0.1 * math.sqrt(8) / 2 - 0.1 * math.sqrt(28) / 4
    assert descend(rmsprop, [math.sqrt(8), math.sqrt(28)], 0.1) == pytest.approx(expected, rel=1e-8)


@given(numbers.filter(lambda g: abs(g) > 1e-3), st.floats(1e-6, 1.0))
def test_adams_first_step_is_the_learning_rate_whatever_the_gradient(g: float, rate: float) -> None:
    step = descend(Optimizer("adam"), [g], rate, start=0.0)
    assert step == pytest.approx(-math.copysign(rate, g), rel=1e-4)


def test_adamw_shrinks_the_weight_beside_the_gradient() -> None:
    decaying = descend(Optimizer("adamw", (("decay", 0.5),)), [2.0], 0.1, start=3.0)
    plain = descend(Optimizer("adam"), [2.0], 0.1, start=3.0)
    assert decaying == pytest.approx(plain - 0.1 * 0.5 * 3.0, rel=1e-14)


def test_adamw_without_decay_is_adam() -> None:
    gradients = [1.0, -2.0, 0.5]
    still = Optimizer("adamw", (("decay", 0.0),))
    assert descend(still, gradients, 0.1) == descend(Optimizer("adam"), gradients, 0.1)


@pytest.mark.parametrize("key", ["momentum", "nesterov"])
def test_without_momentum_it_is_gradient_descent(key: str) -> None:
    gradients = [1.0, -2.0, 0.5]
    still = Optimizer(key, (("beta", 0.0),))
    assert descend(still, gradients, 0.1) == descend(Optimizer(), gradients, 0.1)


@pytest.mark.parametrize("key", TABLE)
def test_a_gradient_of_zero_moves_nothing_at_the_start(key: str) -> None:
    optimizer = Optimizer(key, (("decay", 0.0),) if key == "adamw" else ())
    assert descend(optimizer, [0.0, 0.0], 0.5) == 1.0


@pytest.mark.parametrize("key", TABLE)
def test_every_optimizer_finds_the_bottom_of_a_bowl(key: str) -> None:
    optimizer = Optimizer(key, (("decay", 0.0),) if key == "adamw" else ())
    rates = {"gradient_descent": 0.1, "momentum": 0.02, "nesterov": 0.02, "adadelta": 1.0}
    rate = rates.get(key, 0.05)
    x, memory = np.array([1.0, -2.0]), optimizer.start(2)
    for t in range(1, 2001):
        x, memory = optimizer.step(x, x * [1.0, 4.0], memory, t, rate)
    assert np.abs(x).max() < 0.05


@pytest.mark.parametrize("key", TABLE)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
def test_numbers_and_arrays_give_the_same_bits(key: str, pairs: list[tuple[float, float]]) -> None:
    optimizer = Optimizer(key)
    points = np.array([x for x, _ in pairs])
    gradients = np.array([g for _, g in pairs])
    memory = optimizer.start(len(pairs))
    for t in (1, 2):
        points, memory = optimizer.step(points, gradients, memory, t, 0.1)
    for place, (start, g) in enumerate(pairs):
        assert descend(optimizer, [g, g], 0.1, start) == points[place]


@pytest.mark.parametrize("key", TABLE)
def test_a_step_leaves_what_it_is_given_alone(key: str) -> None:
    optimizer = Optimizer(key)
    point, gradient, memory = np.ones(3), np.full(3, 2.0), optimizer.start(3)
    following, new = optimizer.step(point, gradient, memory, 1, 0.1)
    assert point.tolist() == [1.0] * 3
    assert gradient.tolist() == [2.0] * 3
    assert all(not array.any() and not array.flags.writeable for array in memory)
    assert following.shape == (3,)
    assert [array.shape for array in new] == [(3,)] * len(optimizer.rule.memory)


def as_python(side: str) -> str:
    """A side of an equation with its numbers filled in, as Python."""
    for latex, python in (
        (r"\cdot", "*"),
        ("^2", "** 2"),
        ("^{1/2}", "** 0.5"),
        (r"\max(", "max("),
    ):
        side = side.replace(latex, python)
    return re.sub(r"\| (\S+) \|", r"abs( \1 )", side)


@pytest.mark.parametrize("key", TABLE)
@pytest.mark.parametrize("steps", [1, 3, 40])
def test_the_equations_with_numbers_are_true(key: str, steps: int) -> None:
    optimizer = Optimizer(key)
    rule, hyperparameters = optimizer.rule, optimizer.hyperparameters
    rate, g, before = 0.1, 0.0, 0.0
    x, memory = 1.0, tuple(0.0 for _ in rule.memory)
    old = memory
    for t in range(1, steps + 1):
        g, before, old = (2.0, -3.0, 0.5)[t % 3], x, memory
        x, memory = optimizer.step(x, g, memory, t, rate)
    values = {"x": before, "x'": x, "g": g, "rate": rate, **hyperparameters}
    values |= dict(zip(rule.memory, old, strict=True))
    values |= {f"{name}'": new for name, new in zip(rule.memory, memory, strict=True)}
    if rule.between is not None:
        values |= rule.between(*memory, steps, *hyperparameters.values())
    for template in rule.numbers:
        filled = re.sub(
            r"(?<!\S)\{(\S+?)\}(?!\S)", lambda m: f"({float(values[m[1]])!r})", template
        )
        *sides, result = filled.split(" = ")
        if not template.startswith("{"):
            del sides[0]
        for side in sides:
            value = eval(as_python(side), {"__builtins__": {}, "max": max, "abs": abs})
            assert value == pytest.approx(float(result.strip("()")), rel=1e-12), template


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Optimizer("lion"), "optimizer.unknown"),
        (lambda: Optimizer("adam", (("beta", 0.9),)), "setting.unknown"),
        (lambda: Optimizer("adam", (("beta_1", 1.0),)), "setting.out_of_bounds"),
        (lambda: Optimizer("adam", (("epsilon", 0.0),)), "setting.out_of_bounds"),
        (lambda: Optimizer("momentum", (("beta", -0.1),)), "setting.out_of_bounds"),
        (lambda: Optimizer("adamw", (("decay", math.inf),)), "setting.out_of_bounds"),
    ],
)
def test_an_optimizer_that_makes_no_sense_is_refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(NablaError) as caught:
        make()
    assert caught.value.code == code


def test_optimizers_are_values() -> None:
    assert Optimizer("adam", (("beta_1", 0.8),)) == Optimizer("adam", (("beta_1", 0.8),))
    assert hash(Optimizer("adam")) == hash(Optimizer("adam"))
    assert Optimizer("adam") != Optimizer("adamw")


@pytest.mark.parametrize("key", ALL)
def test_records_are_whole(key: str) -> None:
    entry = ALL[key]
    assert entry.key == key
    assert entry.label
    assert entry.source
    assert entry.idea.endswith(".")
    assert entry.latex
    assert entry.learning_rate > 0
    assert set(entry.memory) <= LABELS.keys()
    for parameter in entry.hyperparameters:
        assert parameter.label
        assert parameter.latex
        assert parameter.check(parameter.default) == parameter.default


@pytest.mark.parametrize("key", sorted(ALL.keys() - TABLE.keys()))
def test_searches_have_no_elementwise_rule(key: str) -> None:
    with pytest.raises(NablaError) as caught:
        assert Optimizer(key).rule
    assert caught.value.code == "optimizer.not_elementwise"
