"""Small trainings that the tests of this room share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.data import FixedData, GeneratedData
from engine.landscape import AxesChoice, Plane, Request, plane_for
from engine.network import Architecture, Cut, Initializer, Key, Vector
from engine.timeline import Timeline
from engine.training import Experiment, Penalty, Training, TrainingState


def by_hand() -> Training:
    """The network of `backprop-by-hand`: 2-3-1 without biases, one sample."""
    return Training(
        Experiment(
            FixedData(inputs=((40.0, 80.0),), targets=((60.0,),)),
            Architecture.dense((2, 3, 1), "identity", bias=False),
            Initializer("values", values=(0.5,) * 6 + (1.0,) * 3),
            learning_rate=1e-5,
        )
    )


def classifier(
    *activations: str,
    widths: tuple[int, ...] = (2, 5, 4, 1),
    cut: tuple[Cut, ...] = (),
    frozen: frozenset[Key] = frozenset(),
    penalty: Penalty | None = None,
    samples: int = 40,
) -> Training:
    """A small classifier of circles."""
    architecture = Architecture.dense(widths, activations or ("tanh", "tanh", "sigmoid"))
    return Training(
        Experiment(
            GeneratedData("circles", samples=samples, seed=3),
            replace(architecture, cut=cut, frozen=frozen),
            Initializer("xavier_normal", seed=5),
            loss="binary_cross_entropy",
            learning_rate=0.5,
            batch_size=10,
            penalty=penalty or Penalty(),
        )
    )


def states(training: Training, count: int) -> list[TrainingState]:
    """The first states of a training."""
    timeline = Timeline(training)
    return [timeline[iteration] for iteration in range(count)]


def path_of(training: Training, count: int) -> Vector:
    """Their parameters, (count, size)."""
    return np.array([state.parameters for state in states(training, count)])


def plane_of(training: Training, kind: str = "layer_gradients", **choice: object) -> Plane:
    """A plane at the first state, with a path of six states."""
    path = path_of(training, 6)
    return plane_for(Request(training, AxesChoice(kind, **choice), path[0], path))  # type: ignore[arg-type]
