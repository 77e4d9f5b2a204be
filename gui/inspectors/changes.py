"""What the inspector changes about an experiment, as pure functions from one to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from engine.data import (
    BUNDLED,
    BundledData,
    DataSpec,
    FixedData,
    GeneratedData,
    TableData,
    load,
)
from engine.descent import Optimizer, Schedule
from engine.errors import NablaError
from engine.hyperparameters import Settings
from engine.network import Architecture, Initializer
from engine.network.architecture import MOST_UNITS
from engine.network.topology import adapt, fresh_ids, set_activation, set_bias
from engine.session.starting import are_pictures, experiment_for, is_start
from engine.training import Experiment
from engine.training.fitting import fitting_initializer

OUTPUTS = {"binary": "sigmoid", "classes": "softmax", "regression": "identity"}
LOSSES = {
    "binary": "binary_cross_entropy",
    "classes": "cross_entropy",
    "regression": "half_squared",
}
LIVELY_RATE = 0.1
"""A learning rate at which plain descent visibly learns the generated problems."""

Configured = TypeVar("Configured", Optimizer, Schedule, Initializer)


def task_of(spec: DataSpec) -> str:
    """Return ``"binary"``, ``"classes"`` or ``"regression"``."""
    dataset = load(spec)
    if dataset.task == "regression":
        return "regression"
    return "binary" if dataset.n_targets == 1 else "classes"


def with_data(experiment: Experiment, spec: DataSpec) -> Experiment:
    """Return the experiment on other data, with inputs, outputs and loss that fit them.

    Output activation and loss stay where task and number of outputs do. Pictures need another
    network than points: where nobody has made one of their own, they get the suggested one.
    """
    if _needs_start(experiment, spec):
        start = experiment_for(spec)
        return replace(
            experiment,
            data=spec,
            architecture=start.architecture,
            initializer=replace(start.initializer, seed=experiment.initializer.seed),
            loss=start.loss,
            optimizer=start.optimizer,
            learning_rate=start.learning_rate,
            batch_size=start.batch_size,
        )
    dataset = load(spec)
    before = experiment.architecture
    architecture = adapt(before, dataset.n_features, dataset.n_targets)
    loss = experiment.loss
    task = task_of(spec)
    if task != task_of(experiment.data) or architecture.widths[-1] != before.widths[-1]:
        architecture = set_activation(architecture, len(architecture.layers), OUTPUTS[task])
        loss = LOSSES[task]
    return replace(
        experiment,
        data=spec,
        architecture=architecture,
        loss=loss,
        initializer=fitting_initializer(experiment.initializer, before, architecture),
    )


def _needs_start(experiment: Experiment, spec: DataSpec) -> bool:
    """Whether data call for a new start: from or to pictures, without a network of one's own."""
    before = experiment.data
    if are_pictures(before) is are_pictures(spec):
        return False
    by_hand = isinstance(before, FixedData)
    return by_hand or (not isinstance(spec, FixedData) and is_start(experiment))


def generated(spec: DataSpec, kind: str) -> GeneratedData:
    """Return a generated problem that takes over what it can of the data before it."""
    if isinstance(spec, GeneratedData):
        return replace(spec, kind=kind)
    if isinstance(spec, FixedData):
        return GeneratedData(kind)
    return GeneratedData(kind, seed=spec.seed, test_share=spec.test_share)


def bundled(spec: DataSpec, name: str) -> BundledData:
    """Return a bundled data set, standardized where that is advised."""
    standardize = BUNDLED[name].standardize
    if isinstance(spec, FixedData):
        return BundledData(name, standardize=standardize)
    return BundledData(name, spec.test_share, spec.seed, standardize)


def with_samples(experiment: Experiment, samples: float) -> Experiment:
    """Return the experiment with so many generated samples."""
    return _with_generated(experiment, samples=int(samples))


def with_noise(experiment: Experiment, noise: float) -> Experiment:
    """Return the experiment with more or less noise in the generated samples."""
    return _with_generated(experiment, noise=noise)


def _with_generated(experiment: Experiment, **changes: float) -> Experiment:
    if not isinstance(experiment.data, GeneratedData):
        return experiment
    return replace(experiment, data=replace(experiment.data, **changes))  # type: ignore[arg-type]


def with_test_share(experiment: Experiment, share: float) -> Experiment:
    """Return the experiment with another share of samples held out for testing."""
    if isinstance(experiment.data, FixedData):
        return experiment
    return replace(experiment, data=replace(experiment.data, test_share=share))


def with_data_seed(experiment: Experiment, seed: float) -> Experiment:
    """Return the experiment with other random samples, or another split."""
    if isinstance(experiment.data, FixedData):
        return experiment
    return replace(experiment, data=replace(experiment.data, seed=int(seed)))


def with_standardization(experiment: Experiment, on: bool) -> Experiment:
    """Return the experiment with its features standardized, or as they are."""
    if not isinstance(experiment.data, BundledData | TableData):
        return experiment
    return replace(experiment, data=replace(experiment.data, standardize=on))


def lively(experiment: Experiment) -> Experiment:
    """Return the experiment with tanh, biases, random weights and an η that learns a problem."""
    architecture = set_bias(experiment.architecture, True)
    for number in range(1, len(architecture.layers)):
        architecture = set_activation(architecture, number, "tanh")
    return replace(
        experiment,
        architecture=architecture,
        initializer=Initializer(seed=experiment.initializer.seed),
        learning_rate=LIVELY_RATE,
    )


def with_width(architecture: Architecture, number: int, width: int) -> Architecture:
    """Return the network with so many units in a hidden layer; the first ones stay.

    Raises
    ------
    NablaError
        No unit or too many of them; or the width belongs to the data.
    """
    if number == 0:
        raise NablaError("network.input_is_bound")
    if number == len(architecture.layers):
        raise NablaError("network.output_is_bound")
    if not 1 <= width <= MOST_UNITS:
        raise NablaError("network.bad_width", layer=number, units=width, most=MOST_UNITS)
    layer = architecture.layers[number - 1]
    ids = fresh_ids(architecture)
    units = (*layer.units[:width], *(next(ids) for _ in range(width - len(layer.units))))
    layers = list(architecture.layers)
    layers[number - 1] = replace(layer, units=units)
    return architecture.pruned(layers=tuple(layers))


def with_setting(configured: Configured, name: str, value: float) -> Configured:
    """Return an optimizer, schedule or initializer with one hyperparameter changed."""
    kept: Settings = tuple((key, old) for key, old in configured.settings if key != name)
    return replace(configured, settings=(*kept, (name, value)))
