"""Experiments as JSON, for session files and lessons, and a short name for each of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.data import DataSpec
from engine.data import from_json as data_from_json
from engine.data import to_json as data_to_json
from engine.descent import Optimizer, Schedule
from engine.errors import NablaError
from engine.hyperparameters import Settings
from engine.network import Architecture, Initializer, activations, initializers, losses
from engine.network.architecture import MOST_LAYERS, MOST_PARAMETERS, MOST_UNITS, Cut, Key, Layer
from engine.session.fields import (
    LARGEST_COUNT,
    choice,
    damaged,
    flag,
    integer,
    number,
    record,
    sequence,
    text,
)
from engine.training import Experiment, Penalty

HASH_DIGITS = 12
_MOST_SETTINGS = 32

DataReader = Callable[[str, object], DataSpec]


def experiment_to_json(experiment: Experiment) -> dict[str, object]:
    """Turn an experiment into plain JSON values; ``experiment_from_json`` gives an equal one."""
    initializer = experiment.initializer
    return {
        "data": data_to_json(experiment.data),
        "architecture": _architecture_to_json(experiment.architecture),
        "initializer": {
            "key": initializer.key,
            "settings": _settings_to_json(initializer.settings),
            "seed": initializer.seed,
            "values": list(initializer.values),
        },
        "loss": experiment.loss,
        "penalty": {"l1": experiment.penalty.l1, "l2": experiment.penalty.l2},
        "optimizer": {
            "key": experiment.optimizer.key,
            "settings": _settings_to_json(experiment.optimizer.settings),
        },
        "learning_rate": experiment.learning_rate,
        "schedule": {
            "key": experiment.schedule.key,
            "settings": _settings_to_json(experiment.schedule.settings),
        },
        "batch_size": experiment.batch_size,
        "seed": experiment.seed,
        "error_without_slope": experiment.error_without_slope,
    }


def experiment_from_json(
    place: str, content: object, read_data: DataReader | None = None
) -> Experiment:
    """Read an experiment from what ``json.load`` returned.

    Parameters
    ----------
    place
        Where it stands, for messages.
    content
        What ``experiment_to_json`` has written.
    read_data
        Reads the field ``data``, where it is not a whole specification.

    Raises
    ------
    NablaError
        ``session.damaged``: a field is missing, unknown, of the wrong type or out of bounds, or
        the parts do not fit together.
    """
    fields = record(
        place,
        content,
        (
            "data",
            "architecture",
            "initializer",
            "loss",
            "penalty",
            "optimizer",
            "learning_rate",
            "schedule",
            "batch_size",
            "seed",
            "error_without_slope",
        ),
    )
    data = (read_data or read_specification)(f"{place}.data", fields["data"])
    penalty = record(f"{place}.penalty", fields["penalty"], ("l1", "l2"))
    batch_size = fields["batch_size"]
    try:
        return Experiment(
            data=data,
            architecture=_architecture(f"{place}.architecture", fields["architecture"]),
            initializer=_initializer(f"{place}.initializer", fields["initializer"]),
            loss=choice(f"{place}.loss", fields["loss"], losses.TABLE),
            penalty=Penalty(
                number(f"{place}.penalty.l1", penalty["l1"]),
                number(f"{place}.penalty.l2", penalty["l2"]),
            ),
            optimizer=Optimizer(*_configured(f"{place}.optimizer", fields["optimizer"])),
            learning_rate=number(f"{place}.learning_rate", fields["learning_rate"]),
            schedule=Schedule(*_configured(f"{place}.schedule", fields["schedule"])),
            batch_size=(
                None if batch_size is None else integer(f"{place}.batch_size", batch_size, 1)
            ),
            seed=integer(f"{place}.seed", fields["seed"]),
            error_without_slope=flag(f"{place}.error_without_slope", fields["error_without_slope"]),
        )
    except NablaError as error:
        raise _placed(place, error) from error


def read_specification(place: str, content: object) -> DataSpec:
    """Read a data specification, every fault placed."""
    try:
        return data_from_json(content)
    except NablaError as error:
        raise damaged(f"{place}.{error.details.get('field', '')}".rstrip(".")) from error


def experiment_hash(experiment: Experiment) -> str:
    """Return a short name of an experiment, in hexadecimal: equal experiments, equal names."""
    content = json.dumps(experiment_to_json(experiment), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:HASH_DIGITS]


def _placed(place: str, error: NablaError) -> NablaError:
    return error if error.code == "session.damaged" else damaged(place)


def _settings_to_json(settings: Settings) -> list[list[object]]:
    return [[name, value] for name, value in settings]


def _settings(place: str, content: object) -> Settings:
    settings = []
    for index, entry in enumerate(sequence(place, content, 0, _MOST_SETTINGS)):
        here = f"{place}[{index}]"
        name, value = sequence(here, entry, 2, 2)
        settings.append((text(here, name, 40), number(here, value)))
    return tuple(settings)


def _configured(place: str, content: object) -> tuple[str, Settings]:
    fields = record(place, content, ("key", "settings"))
    key = text(f"{place}.key", fields["key"], 40)
    return key, _settings(f"{place}.settings", fields["settings"])


def _initializer(place: str, content: object) -> Initializer:
    fields = record(place, content, ("key", "settings", "seed", "values"))
    values = sequence(f"{place}.values", fields["values"], 0, MOST_PARAMETERS)
    return Initializer(
        key=choice(f"{place}.key", fields["key"], initializers.TABLE),
        settings=_settings(f"{place}.settings", fields["settings"]),
        seed=integer(f"{place}.seed", fields["seed"]),
        values=tuple(number(f"{place}.values", value) for value in values),
    )


def _architecture_to_json(architecture: Architecture) -> dict[str, object]:
    return {
        "inputs": list(architecture.inputs),
        "layers": [
            {
                "id": layer.id,
                "units": list(layer.units),
                "activation": layer.activation,
                "bias": layer.bias,
            }
            for layer in architecture.layers
        ],
        "cut": [[*cut.key, cut.weight] for cut in architecture.cut],
        "frozen": [list(key) for key in sorted(architecture.frozen)],
    }


def _architecture(place: str, content: object) -> Architecture:
    fields = record(place, content, ("inputs", "layers", "cut", "frozen"))
    layers = sequence(f"{place}.layers", fields["layers"], 1, MOST_LAYERS)
    bare = Architecture(
        _ids(f"{place}.inputs", fields["inputs"]),
        tuple(_layer(f"{place}.layers[{n}]", layer) for n, layer in enumerate(layers)),
    )
    # The marks only now, as their number is bounded by the network.
    most = bare.layout.size
    cut = []
    for index, entry in enumerate(sequence(f"{place}.cut", fields["cut"], 0, most)):
        here = f"{place}.cut[{index}]"
        source, target, weight = sequence(here, entry, 3, 3)
        cut.append(Cut(_key(here, source, target), number(here, weight)))
    frozen = set()
    for index, entry in enumerate(sequence(f"{place}.frozen", fields["frozen"], 0, most)):
        here = f"{place}.frozen[{index}]"
        frozen.add(_key(here, *sequence(here, entry, 2, 2)))
    return replace(bare, cut=tuple(cut), frozen=frozenset(frozen))


def _layer(place: str, content: object) -> Layer:
    fields = record(place, content, ("id", "units", "activation", "bias"))
    return Layer(
        integer(f"{place}.id", fields["id"], 1),
        _ids(f"{place}.units", fields["units"]),
        choice(f"{place}.activation", fields["activation"], activations.TABLE),
        flag(f"{place}.bias", fields["bias"]),
    )


def _ids(place: str, content: object) -> tuple[int, ...]:
    return tuple(integer(place, unit, 1) for unit in sequence(place, content, 1, MOST_UNITS))


def _key(place: str, source: object, target: object) -> Key:
    return integer(place, source, -1, LARGEST_COUNT), integer(place, target, 1)


def key_from_json(place: str, content: object) -> Key:
    """Read a parameter's key."""
    source, target = sequence(place, content, 2, 2)
    return _key(place, source, target)


def data_reader(specifications: Mapping[int, DataSpec]) -> DataReader:
    """Return a reader of the field ``data`` where it is the number of a specification."""

    def read(place: str, content: object) -> DataSpec:
        return specifications[integer(place, content, 0, len(specifications) - 1)]

    return read
