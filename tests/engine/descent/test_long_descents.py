"""500 steps of every optimizer that PyTorch has agree with it, recorded in tests/fixtures."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.data import FixedData
from engine.descent import Descent, optimizers
from engine.descent.functions import TABLE
from engine.descent.objective import Objective, Vector
from engine.descent.optimizers import Method, Optimizer
from engine.network import Architecture, Initializer
from engine.timeline import Timeline
from engine.training import Experiment
from engine.training.objective import NetworkObjective

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
RECORDED = json.loads((FIXTURES / "descents.json").read_text(encoding="utf-8"))


def floats(hexadecimal: list[str]) -> Vector:
    return np.array([float.fromhex(text) for text in hexadecimal])


@cache
def network(start: tuple[float, ...]) -> NetworkObjective:
    recorded = RECORDED["network"]
    inputs = floats(recorded["inputs"]).reshape(-1, 2)
    targets = floats(recorded["targets"]).reshape(-1, 1)
    data = FixedData(
        tuple(map(tuple, inputs.tolist())), tuple(map(tuple, targets.tolist())), "regression"
    )
    architecture = Architecture.dense(recorded["widths"], recorded["activations"])
    return NetworkObjective(
        Experiment(data, architecture, Initializer("values", values=start), loss="half_squared")
    )


def name(run: dict[str, Any]) -> str:
    return f"{run['optimizer']}, {run['task']}, rate {run['learning_rate']:g}"


# With their default settings these dance around a minimum before the 500 steps are over: the sign
# of a gradient that is almost 0 decides where they go, and two runs part whose starts differ in
# the last digit. They are compared up to there.
DANCERS = {
    ("adadelta", "rosenbrock"),
    ("adadelta", "network"),
    ("rmsprop_centred", "rosenbrock"),
    ("rmsprop_momentum", "network"),
    ("nadam", "network"),
}


def points_at(
    objective: Objective, start: tuple[float, ...], method: Method, iterations: list[int]
) -> Vector:
    timeline = Timeline(Descent(objective, start, method, tolerance=None))
    return np.array([timeline[iteration].point for iteration in iterations])


@pytest.mark.parametrize("run", RECORDED["runs"], ids=name)
def test_500_steps_agree_with_pytorch(run: dict[str, Any]) -> None:
    objective: Objective
    if run["task"] == "network":
        size = 2 * 8 + 8 + 8 * 8 + 8 + 8 + 1
        expected, at = floats(run["points"]).reshape(-1, size), RECORDED["at"]["network"]
        start, expected = tuple(expected[0].tolist()), expected[1:]
        objective = network(start)
    else:
        objective, start = TABLE[run["task"]], TABLE[run["task"]].start
        expected, at = floats(run["points"]).reshape(-1, 2), RECORDED["at"]["function"]
    settings = tuple(run["settings"].items())
    method = Method(Optimizer(run["optimizer"], settings), run["learning_rate"])
    points = points_at(objective, start, method, at)
    # Relative to the point as a whole: one coordinate may pass through 0.
    size_of = np.abs(expected).max(axis=1)
    errors = np.abs(points - expected).max(axis=1) / size_of
    if (run["optimizer"], run["task"]) in DANCERS:
        moved = tuple(value * (1.0 + 4e-16) for value in start)
        twin = points_at(objective, moved, method, at)
        together = np.abs(twin - points).max(axis=1) / size_of < 1e-12
        errors = errors[together]
        assert len(errors)
    assert errors.max() < 1e-9


def test_every_optimizer_was_recorded_with_its_defaults_and_two_odd_settings() -> None:
    for task in ("rosenbrock", "stretched_bowl", "network"):
        for key in optimizers.TABLE:
            runs = [r for r in RECORDED["runs"] if (r["task"], r["optimizer"]) == (task, key)]
            assert len(runs) == 3
            assert runs[0]["settings"] == Optimizer(key).hyperparameters
