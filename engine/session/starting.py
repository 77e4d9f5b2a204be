"""Experiments to begin with: one for any data, and the one that "New" shows."""

from __future__ import annotations

from engine.data import BUNDLED, BundledData, DataSpec, GeneratedData, load
from engine.descent import Optimizer
from engine.network import Architecture, Initializer
from engine.training import Experiment
from engine.training.fitting import fitting_loss, fitting_output

HIDDEN_UNITS = 8
BATCH_SIZE = 10
PICTURE_UNITS = 32
PICTURE_BATCH_SIZE = 32


def are_pictures(data: DataSpec) -> bool:
    """Whether each sample is a picture."""
    return isinstance(data, BundledData) and BUNDLED[data.name].image is not None


def experiment_for(data: DataSpec) -> Experiment:
    """Return an experiment that is a good start for some data: one hidden layer of tanh units.

    Pictures get more units, of ReLU; these know over 95 % of the held-out digits within some
    hundred iterations.
    """
    dataset = load(data)
    n_features, n_targets = dataset.inputs.shape[1], dataset.targets.shape[1]
    if are_pictures(data):
        return Experiment(
            data,
            Architecture.dense((n_features, PICTURE_UNITS, n_targets), ("relu", "softmax")),
            initializer=Initializer("he_normal"),
            loss="cross_entropy",
            optimizer=Optimizer("adam"),
            learning_rate=0.01,
            batch_size=PICTURE_BATCH_SIZE,
        )
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


def is_start(experiment: Experiment) -> bool:
    """Whether the hidden layers are still those that :func:`experiment_for` suggests."""
    suggested = experiment_for(experiment.data).architecture
    return not experiment.architecture.cut and _shape(experiment.architecture) == _shape(suggested)


def _shape(architecture: Architecture) -> list[tuple[int, str, bool]]:
    return [(len(layer.units), layer.activation, layer.bias) for layer in architecture.layers]


def first_experiment() -> Experiment:
    """Return an experiment for somebody who has none yet: two rings to be told apart."""
    return experiment_for(GeneratedData("circles"))
