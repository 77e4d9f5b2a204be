"""States and curves as JSON."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.errors import NablaError
from engine.network import Vector
from engine.session.document import Segment
from engine.session.fields import damaged, integer, packed, record, sequence, unpacked
from engine.session.history import CURVE_POINTS, Point, Remembered
from engine.training import Training, TrainingState

MOST_KEYFRAMES = 4096


def state_to_json(state: TrainingState) -> dict[str, object]:
    """Turn a state into plain JSON values; arrays as base64 of little-endian float64."""
    return {
        "iteration": state.iteration,
        "epoch": state.epoch,
        "position": state.position,
        "updates": state.updates,
        "parameters": packed(state.parameters),
        "memory": [packed(kept) for kept in state.memory],
        "batch_loss": None if state.batch_loss is None else packed(np.array([state.batch_loss])),
    }


def state_from_json(place: str, content: object, training: Training) -> TrainingState:
    """Read a state of a training.

    Raises
    ------
    NablaError
        ``session.damaged``: a field is wrong, or an array is not as long as the network asks.
    """
    fields = record(
        place,
        content,
        ("iteration", "epoch", "position", "updates", "parameters", "memory", "batch_loss"),
    )
    size = training.layout.size
    iteration = integer(f"{place}.iteration", fields["iteration"])
    names = training.experiment.optimizer.rule.memory
    memory = sequence(f"{place}.memory", fields["memory"], len(names), len(names))
    batch_loss = fields["batch_loss"]
    samples = len(training.experiment.dataset.train)
    try:
        return training.state(
            unpacked(f"{place}.parameters", fields["parameters"], size),
            iteration=iteration,
            epoch=integer(f"{place}.epoch", fields["epoch"], 0, iteration),
            position=integer(f"{place}.position", fields["position"], 0, samples - 1),
            updates=integer(f"{place}.updates", fields["updates"], 0, iteration),
            memory=tuple(unpacked(f"{place}.memory", kept, size) for kept in memory),
            batch_loss=(
                None
                if batch_loss is None
                else float(unpacked(f"{place}.batch_loss", batch_loss, 1, finite=False)[0])
            ),
        )
    except NablaError as error:
        raise error if error.code == "session.damaged" else damaged(place) from error


def remembered_to_json(remembered: Remembered) -> dict[str, object]:
    """Turn what was kept of a segment into plain JSON values."""
    points = remembered.points
    return {
        "keyframes": [state_to_json(state) for state in remembered.states],
        "curve": {
            "stride": remembered.stride,
            "loss": _column([point.loss for point in points]),
            "test_loss": _column([point.test_loss for point in points]),
            "accuracy": _column([point.accuracy for point in points]),
            "test_accuracy": _column([point.test_accuracy for point in points]),
        },
    }


def remembered_from_json(place: str, fields: Mapping[str, object], segment: Segment) -> Remembered:
    """Read what was kept of a segment: its ``keyframes`` and its ``curve``.

    Raises
    ------
    NablaError
        ``session.damaged``: out of order, or not as many points as the stride and the end ask.
    """
    keyframes = sequence(f"{place}.keyframes", fields["keyframes"], 0, MOST_KEYFRAMES)
    states = tuple(
        state_from_json(f"{place}.keyframes[{number}]", entry, segment.training)
        for number, entry in enumerate(keyframes)
    )
    places = [segment.start, *(state.iteration for state in states)]
    if places != sorted(set(places)):
        raise damaged(f"{place}.keyframes")
    curve = record(
        f"{place}.curve",
        fields["curve"],
        ("stride", "loss", "test_loss", "accuracy", "test_accuracy"),
    )
    stride = integer(f"{place}.curve.stride", curve["stride"], 1)
    count = (places[-1] - segment.start) // stride + 1
    if count > CURVE_POINTS:
        raise damaged(f"{place}.curve.stride")
    dataset = segment.training.experiment.dataset
    tests, classifies = len(dataset.test) > 0, dataset.task == "classification"
    columns = [
        _values(f"{place}.curve.{name}", curve[name], count, applies)
        for name, applies in (
            ("loss", True),
            ("test_loss", tests),
            ("accuracy", classifies),
            ("test_accuracy", tests and classifies),
        )
    ]
    points = tuple(
        Point(segment.start + number * stride, float(loss), *map(_measure, others))
        for number, (loss, *others) in enumerate(zip(*columns, strict=True))
    )
    return Remembered(states, stride, points)


def _column(values: list[float | None]) -> str | None:
    if any(value is None for value in values):
        return None
    return packed(np.array(values, dtype=np.float64))


def _values(place: str, content: object, count: int, applies: bool) -> Vector | list[None]:
    if applies:
        return unpacked(place, content, count, finite=False)
    if content is not None:
        raise damaged(place)
    return [None] * count


def _measure(value: float | None) -> float | None:
    return None if value is None else float(value)
