"""Experiments to begin with: one for any data, and the one that "New" shows."""

from __future__ import annotations

from engine.data import DataSpec, GeneratedData, load
from engine.descent import Optimizer
from engine.network import Architecture
from engine.training import Experiment
from engine.training.fitting import fitting_loss, fitting_output

HIDDEN_UNITS = 8
BATCH_SIZE = 10


def experiment_for(data: DataSpec) -> Experiment:
    """Return an experiment that is a good start for some data: one hidden layer of tanh units."""
    dataset = load(data)
    n_features, n_targets = dataset.inputs.shape[1], dataset.targets.shape[1]
    output = fitting_output("identity", n_targets, dataset.task)
    # Targets of any size: Adam's steps do not grow with them, those of plain descent do.
    classifies = dataset.task == "classification"
    return Experiment(
        data,
        Architecture.dense((n_features, HIDDEN_UNITS, n_targets), ("tanh", output)),
        loss=fitting_loss("", output, n_targets, dataset.task),
        optimizer=Optimizer("gradient_descent" if classifies else "adam"),
        learning_rate=0.1 if classifies else 0.01,
        batch_size=BATCH_SIZE,
    )


def first_experiment() -> Experiment:
    """Return an experiment for somebody who has none yet: two rings to be told apart."""
    return experiment_for(GeneratedData("circles"))
