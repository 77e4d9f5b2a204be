"""A network's loss as an objective: the lab's descents and training are the same thing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import GeneratedData
from engine.descent import Descent, Optimizer, optimizers
from engine.descent.objective import hessian
from engine.descent.races import race, tune
from engine.network import Architecture, Initializer
from engine.timeline import Timeline
from engine.training import Experiment, Penalty, Training
from engine.training.objective import NetworkObjective

EXPERIMENT = Experiment(
    GeneratedData("moons", samples=30, noise=0.1, seed=2),
    Architecture.dense((2, 4, 1), ("tanh", "sigmoid")),
    Initializer("xavier_normal", seed=4),
    loss="binary_cross_entropy",
    batch_size=7,
    seed=3,
)


@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("key", ["gradient_descent", "adam", "amsgrad"])
def test_a_descent_is_the_training_step_by_step(key: str, batch_size: int | None) -> None:
    experiment = replace(
        EXPERIMENT,
        optimizer=Optimizer(key),
        learning_rate=0.05,
        batch_size=batch_size,
        penalty=Penalty(1e-3, 1e-2),
    )
    objective = NetworkObjective(experiment)
    method = optimizers.method(key, 0.05)
    descent = Timeline(Descent(objective, objective.start, method, tolerance=None))
    training = Timeline(Training(experiment))
    for iteration in (0, 1, 5, 23):
        point = objective.full(descent[iteration].point)
        np.testing.assert_allclose(point, training[iteration].parameters, rtol=1e-11, atol=1e-14)
        loss = float(objective.loss(descent[iteration].point))
        assert loss == pytest.approx(training[iteration].loss, rel=1e-11)


def test_value_gradient_and_curvature_belong_together() -> None:
    objective = NetworkObjective(replace(EXPERIMENT, penalty=Penalty(0.0, 0.01)))
    point = np.array(objective.start)
    step = 1e-6
    for i in range(point.size):
        nudge = step * np.eye(point.size)[i]
        slope = (objective.value(point + nudge) - objective.value(point - nudge)) / (2 * step)
        assert objective.gradient(point)[i] == pytest.approx(float(slope), rel=1e-6, abs=1e-8)
    matrix = hessian(objective, point)
    np.testing.assert_allclose(matrix, matrix.T)
    nudge = 1e-4 * np.ones(point.size)
    change = objective.gradient(point + nudge) - objective.gradient(point - nudge)
    np.testing.assert_allclose(matrix @ (2 * nudge), change, rtol=1e-4, atol=1e-9)


def test_many_points_at_once() -> None:
    objective = NetworkObjective(EXPERIMENT)
    points = np.array(objective.start) + np.random.default_rng(1).normal(size=(2, 3, 17))
    values, gradients = objective.value(points), objective.gradient(points)
    assert values.shape == (2, 3)
    assert gradients.shape == points.shape
    assert values[1, 2] == pytest.approx(float(objective.value(points[1, 2])))
    np.testing.assert_allclose(gradients[1, 2], objective.gradient(points[1, 2]), rtol=1e-12)


def test_cut_and_frozen_weights_are_no_coordinates() -> None:
    plain = Architecture.dense((2, 4, 1), ("tanh", "sigmoid"))
    key = plain.keys[0]
    architecture = replace(plain, frozen=frozenset({key}))
    objective = NetworkObjective(replace(EXPERIMENT, architecture=architecture))
    assert len(objective.names) == plain.layout.size - 1
    assert objective.names == plain.layout.names[1:]
    full = objective.full(np.zeros(len(objective.names)))
    assert full[0] == objective.base[0]
    assert not full[1:].any()


def test_bfgs_and_newton_train_a_network() -> None:
    experiment = replace(EXPERIMENT, batch_size=None, penalty=Penalty(0.0, 0.01))
    objective = NetworkObjective(experiment)
    methods = [optimizers.gradient_descent(0.5), optimizers.bfgs(), optimizers.newton()]
    results = race(objective, objective.start, methods, 60).results
    assert results[-1].method.optimizer.key == "gradient_descent"


def test_rates_are_tuned_on_the_network_itself() -> None:
    objective = NetworkObjective(replace(EXPERIMENT, batch_size=None))
    tuned = tune(objective, objective.start, optimizers.gradient_descent(1e-3), 40, budget=12)
    assert tuned.method.learning_rate > 1e-2
