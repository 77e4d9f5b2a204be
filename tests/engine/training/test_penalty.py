"""L1 and L2: on weights alone, in the gradient, beside the data loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import NablaError
from engine.network import Cut
from engine.training import Penalty
from tests.engine.training.examples import SHUFFLED, by_hand, shuffled


def test_of_the_example_by_hand() -> None:
    training = by_hand(penalty=Penalty(l1=0.1, l2=0.2))
    start = training.initial()
    # Six weights of 0.5 and three of 1.
    assert training.penalty(start.parameters) == pytest.approx(0.1 * 6.0 + 0.5 * 0.2 * 4.5)
    assert start.loss == 7200.0
    plain = by_hand().gradient(start)
    expected = plain + 0.2 * start.parameters + 0.1
    np.testing.assert_allclose(training.gradient(start), expected, rtol=1e-15)


@pytest.mark.parametrize("penalty", [Penalty(l1=0.3), Penalty(l2=0.7), Penalty(0.2, 0.4)])
def test_gradients_agree_with_central_differences(penalty: Penalty) -> None:
    training = shuffled(penalty=penalty, batch_size=None)
    start = training.initial()

    def objective(parameters: np.ndarray) -> float:
        return training.state(parameters).loss + training.penalty(parameters)

    differences = [
        (objective(start.parameters + shift) - objective(start.parameters - shift)) / 2e-5
        for shift in 1e-5 * np.eye(training.layout.size)
    ]
    np.testing.assert_allclose(training.gradient(start), differences, rtol=1e-6, atol=1e-8)


def test_biases_and_slopes_go_free() -> None:
    start = shuffled().initial()
    parameters = start.parameters + 0.5
    change = shuffled(penalty=Penalty(1.0, 1.0)).objective_gradient(parameters, np.zeros(21 + 5))
    names = shuffled().layout.names
    assert {name[0] for name, value in zip(names, change, strict=True) if value != 0.0} == {"w"}
    assert {name[0] for name, value in zip(names, change, strict=True) if value == 0.0} == {
        "b",
        "a",
    }


def test_l1_pulls_with_the_same_force_from_both_sides_and_not_at_zero() -> None:
    training = by_hand(penalty=Penalty(l1=0.1))
    parameters = np.array([2.0, -0.5, 0.0] * 3)
    gradient = training.objective_gradient(parameters, np.zeros(9))
    assert gradient.tolist() == [0.1, -0.1, 0.0] * 3


def test_nothing_pulls_at_a_cut_connection() -> None:
    cut = replace(SHUFFLED.architecture, cut=(Cut((1, 3), 5.0),))
    training = shuffled(architecture=cut, penalty=Penalty(1.0, 1.0))
    gradient = training.objective_gradient(np.ones(26), np.ones(26))
    assert gradient[cut.index[1, 3]] == 0.0


def test_l2_makes_weights_smaller() -> None:
    def size(penalty: Penalty) -> float:
        training = shuffled(penalty=penalty)
        state = training.advance(training.initial(), 300).states[-1]
        return float(np.abs(state.parameters * training.layout.weight_mask).sum())

    assert size(Penalty(l2=0.05)) < 0.8 * size(Penalty())


def test_no_penalty_is_none() -> None:
    assert not Penalty()
    assert Penalty(l1=1e-9)
    assert Penalty(l2=1e-9)
    training = shuffled()
    gradient = np.ones(26)
    assert training.objective_gradient(training.initial().parameters, gradient) is gradient
    assert training.penalty(np.ones(26)) == 0.0


@pytest.mark.parametrize(
    "make",
    [
        lambda: Penalty(l1=-0.1),
        lambda: Penalty(l2=-1e-300),
        lambda: Penalty(l1=math.nan),
        lambda: Penalty(l2=math.inf),
        lambda: Penalty(l2=1001.0),
        lambda: Penalty(l1="a"),  # type: ignore[arg-type]
    ],
)
def test_a_penalty_out_of_bounds_is_refused(make: Callable[[], Penalty]) -> None:
    with pytest.raises(NablaError) as caught:
        make()
    assert caught.value.code == "setting.out_of_bounds"
    assert caught.value.details["name"] in ("L1", "L2")
