"""Training runs and schedules agree with PyTorch's, which are recorded in tests/fixtures."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import FixedData
from engine.descent import Optimizer, Schedule
from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.network import Architecture, Initializer, Vector
from engine.training import Experiment, Penalty, Training

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RECORDED = json.loads((FIXTURES / "optimizers.json").read_text(encoding="utf-8"))
SCHEDULES = json.loads((FIXTURES / "schedules.json").read_text(encoding="utf-8"))["schedules"]


def floats(hexadecimal: list[str]) -> Vector:
    return np.array([float.fromhex(text) for text in hexadecimal])


@cache
def data(task: str) -> FixedData:
    recorded = RECORDED["tasks"][task]
    inputs = floats(recorded["inputs"]).reshape(-1, recorded["widths"][0])
    targets = floats(recorded["targets"]).reshape(-1, recorded["widths"][-1])
    kind = "regression" if task == "regression" else "classification"
    return FixedData(
        tuple(map(tuple, inputs.tolist())),
        tuple(map(tuple, targets.tolist())),
        kind,  # type: ignore[arg-type]
    )


def training_of(run: dict[str, Any]) -> Training:
    task = RECORDED["tasks"][run["task"]]
    return Training(
        Experiment(
            data(run["task"]),
            Architecture.dense(task["widths"], task["activations"]),
            Initializer("values", values=tuple(floats(run["start"]).tolist())),
            loss=task["loss"],
            penalty=Penalty(l2=task["l2"]),
            optimizer=Optimizer(run["optimizer"], tuple(run["settings"].items())),
            learning_rate=run["learning_rate"],
            batch_size=run["batch_size"],
            seed=RECORDED["seed"],
        )
    )


def name(run: dict[str, Any]) -> str:
    numbers = "defaults" if run["defaults"] else "odd numbers"
    batch = "full batch" if run["batch_size"] is None else "mini-batches"
    return f"{run['optimizer']}, {run['task']}, {numbers}, {batch}"


@pytest.mark.parametrize("run", RECORDED["runs"], ids=name)
def test_200_iterations_agree_with_pytorch(run: dict[str, Any]) -> None:
    training = training_of(run)
    states = training.advance(training.initial(), RECORDED["iterations"]).states
    losses = np.array([state.batch_loss for state in states[::40]], dtype=np.float64)
    np.testing.assert_allclose(losses, floats(run["batch_losses"]), rtol=1e-10)
    np.testing.assert_allclose(states[-1].parameters, floats(run["end"]), rtol=1e-10)


def test_every_optimizer_was_recorded_in_every_way() -> None:
    ways = {(run["optimizer"], run["defaults"], run["batch_size"]) for run in RECORDED["runs"]}
    assert ways >= {
        (key, defaults, size)
        for key in OPTIMIZERS
        for defaults in (True, False)
        for size in (None, 5)
    }


@pytest.mark.parametrize("run", RECORDED["runs"], ids=name)
def test_training_moves_far_enough_to_tell_rules_apart(run: dict[str, Any]) -> None:
    moved = np.abs(floats(run["end"]) - floats(run["start"])).max()
    assert moved > 1e-3


@pytest.mark.parametrize("run", [run for run in RECORDED["runs"] if run["defaults"]], ids=name)
def test_defaults_are_pytorchs(run: dict[str, Any]) -> None:
    rule = OPTIMIZERS[run["optimizer"]]
    assert rule.learning_rate == run["learning_rate"]
    assert Optimizer(run["optimizer"]).hyperparameters == run["settings"]


def test_the_batches_are_those_that_pytorch_was_fed() -> None:
    run = next(run for run in RECORDED["runs"] if run["batch_size"] is not None)
    training = training_of(run)
    states = [training.initial()]
    states += training.advance(states[0], 5).states
    assert [training.batch(state).tolist() for state in states] == RECORDED["first_batches"]


@pytest.mark.parametrize("record", SCHEDULES, ids=lambda record: str(record["schedule"]))
def test_schedules_agree_with_pytorch(record: dict[str, Any]) -> None:
    schedule = Schedule(record["schedule"], tuple(record["settings"].items()))
    factors = floats(record["factors"])
    ours = [schedule.factor(iteration) for iteration in range(len(factors))]
    np.testing.assert_allclose(ours, factors, rtol=1e-12)
