"""What an experiment refuses, with a code that says why, and what it knows."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from engine.data import FixedData, GeneratedData
from engine.descent import Optimizer
from engine.errors import NablaError
from engine.network import Architecture, Initializer
from engine.training import Experiment
from tests.engine.training.examples import BY_HAND, SHUFFLED

CLASSES = FixedData(
    inputs=((0.0, 1.0), (1.0, 0.0), (1.0, 1.0)),
    targets=((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    task="classification",
)


def refusal(experiment: Experiment, **changes: object) -> NablaError:
    with pytest.raises(NablaError) as caught:
        replace(experiment, **changes)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize("value", [0, 0.0, -1e-5, -1, 1e9, 1000.1, math.nan, math.inf, "abc", None])
def test_a_learning_rate_that_makes_no_sense_is_refused(value: object) -> None:
    error = refusal(BY_HAND, learning_rate=value)
    assert error.code == "learning_rate.out_of_bounds"
    assert error.details["maximum"] == 1000.0
    assert error.details["value"] is value


@pytest.mark.parametrize("value", [5e-324, 1e-5, 1, 1000])
def test_learning_rates_up_to_a_thousand_are_allowed(value: float) -> None:
    assert replace(BY_HAND, learning_rate=value).learning_rate == value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (0, "setting.out_of_bounds"),
        (-3, "setting.out_of_bounds"),
        ("all", "setting.out_of_bounds"),
        (math.nan, "setting.out_of_bounds"),
        (2.5, "setting.not_whole"),
    ],
)
def test_a_batch_size_that_makes_no_sense_is_refused(value: object, code: str) -> None:
    error = refusal(SHUFFLED, batch_size=value)
    assert error.code == code
    assert error.details["name"] == "Batch size"


@pytest.mark.parametrize("seed", [-1, 2**31, 0.5, "1", None])
def test_a_seed_that_makes_no_sense_is_refused(seed: object) -> None:
    assert refusal(SHUFFLED, seed=seed).code == "setting.out_of_bounds"


@pytest.mark.parametrize(
    ("experiment", "changes", "code"),
    [
        (BY_HAND, {"loss": "hinge"}, "loss.unknown"),
        (BY_HAND, {"loss": "cross_entropy"}, "loss.does_not_fit_output"),
        (BY_HAND, {"loss": "binary_cross_entropy"}, "loss.does_not_fit_output"),
        (
            BY_HAND,
            {"architecture": Architecture.dense((2, 1)), "loss": "binary_cross_entropy"},
            "loss.needs_classes",
        ),
        (
            BY_HAND,
            {"architecture": Architecture.dense((2, 1), "softmax"), "loss": "cross_entropy"},
            "loss.needs_two_outputs",
        ),
        (BY_HAND, {"architecture": Architecture.dense((3, 1))}, "experiment.inputs_mismatch"),
        (BY_HAND, {"architecture": Architecture.dense((2, 2))}, "experiment.outputs_mismatch"),
        (BY_HAND, {"data": CLASSES}, "experiment.outputs_mismatch"),
        (BY_HAND, {"data": GeneratedData("noughts")}, "data.unknown"),
        (BY_HAND, {"optimizer": Optimizer("bfgs")}, "optimizer.not_for_training"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(
    experiment: Experiment, changes: dict[str, object], code: str
) -> None:
    assert refusal(experiment, **changes).code == code


def test_a_mismatch_tells_both_numbers() -> None:
    error = refusal(BY_HAND, architecture=Architecture.dense((3, 1)))
    assert error.details == {"network": 3, "data": 2}


def test_three_classes_fit_a_softmax_over_three() -> None:
    experiment = Experiment(CLASSES, Architecture.dense((2, 3), "softmax"), loss="cross_entropy")
    assert experiment.loss_function.key == "cross_entropy"
    assert experiment.dataset.targets.shape == (3, 3)


def test_squared_errors_may_judge_classes() -> None:
    assert replace(SHUFFLED, loss="half_squared").dataset.task == "classification"


def test_given_values_that_do_not_fit_are_refused_when_they_are_drawn() -> None:
    experiment = replace(BY_HAND, initializer=Initializer("values", values=(1.0, 2.0)))
    with pytest.raises(NablaError) as caught:
        experiment.initializer.draw(experiment.architecture)
    assert caught.value.code == "initializer.values_count"
    assert caught.value.details == {"expected": 9, "given": 2}


def test_batches_of_an_epoch() -> None:
    assert (SHUFFLED.effective_batch_size, SHUFFLED.iterations_per_epoch) == (7, 5)
    whole = replace(SHUFFLED, batch_size=None)
    assert (whole.effective_batch_size, whole.iterations_per_epoch) == (30, 1)
    larger = replace(SHUFFLED, batch_size=1000)
    assert (larger.effective_batch_size, larger.iterations_per_epoch) == (30, 1)
    single = replace(SHUFFLED, batch_size=1)
    assert (single.effective_batch_size, single.iterations_per_epoch) == (1, 30)


def test_experiments_are_values() -> None:
    again = replace(SHUFFLED, optimizer=Optimizer("adam"))
    assert again == SHUFFLED
    assert hash(again) == hash(SHUFFLED)
    assert replace(SHUFFLED, seed=1) != SHUFFLED
    other = replace(again, seed=1)
    assert replace(other, seed=2).dataset is other.dataset
