"""Slices by the compiled kernels are those of NumPy, whatever varies over them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import GeneratedData
from engine.kernels.backend import Backend
from engine.landscape import (
    TABLE,
    AxesChoice,
    CancelledError,
    Request,
    first_frame,
    learning_rate_curve,
    line,
    losses,
    losses_of,
    plane_for,
)
from engine.network import Architecture, Initializer, Vector
from engine.network.activations import TABLE as ACTIVATIONS
from engine.training import Penalty, Training
from tests.engine.kernels.test_steps import three_classes
from tests.engine.training.examples import SHUFFLED


def trainings() -> list[Training]:
    deep = Architecture.dense((2, 6, 5, 4, 3), ("tanh", "prelu", "elu", "softmax"))
    return [
        Training(SHUFFLED),
        Training(replace(SHUFFLED, loss="half_squared", penalty=Penalty(l1=0.1, l2=0.2))),
        Training(three_classes(architecture=deep, initializer=Initializer("he_normal", seed=4))),
        Training(three_classes(loss="mean_squared")),
    ]


def slice_of(training: Training, kind: str, *, float32: bool = False) -> Vector:
    start = training.initial()
    path = np.stack([start.parameters, *(s.parameters for s in training.advance(start, 4).states)])
    plane = plane_for(Request(training, AxesChoice(kind), start.parameters, path))
    xs, ys = first_frame(training, plane, start.parameters).grid(9)
    return losses(training, plane, start.parameters, xs, ys[:7], float32=float32, penalty=True)


def both(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, training: Training, kind: str, float32: bool
) -> tuple[Vector, Vector]:
    plain = slice_of(training, kind)
    with monkeypatch.context() as patch:
        patch.setattr("engine.landscape.compiled.BACKEND", backend)
        return slice_of(training, kind, float32=float32), plain


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("kind", TABLE)
def test_slices_agree_with_numpy(
    kind: str, number: int, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = trainings()[number]
    found, plain = both(backend, monkeypatch, training, kind, float32=False)
    np.testing.assert_allclose(found, plain, rtol=1e-12)
    moving, plain = both(backend, monkeypatch, training, kind, float32=True)
    assert np.abs(moving - plain).max() < 1e-5 * np.ptp(plain)


@pytest.mark.parametrize("key", [key for key in ACTIVATIONS if key != "softmax"])
def test_every_activation_agrees_with_numpy(
    key: str, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    architecture = Architecture.dense((2, 5, 4, 3), (key, key, "softmax"))
    training = Training(three_classes(architecture=architecture))
    found, plain = both(backend, monkeypatch, training, "random", float32=False)
    np.testing.assert_allclose(found, plain, rtol=1e-12)


def test_more_samples_than_a_tile_are_summed(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = GeneratedData("xor", samples=400, noise=0.1, seed=3, test_share=0.25)
    training = Training(replace(SHUFFLED, data=data))
    found, plain = both(backend, monkeypatch, training, "random", float32=False)
    np.testing.assert_allclose(found, plain, rtol=1e-12)


def test_single_networks_agree_with_numpy(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = Training(replace(SHUFFLED, penalty=Penalty(l2=0.1)))
    state = training.initial()
    networks = state.parameters + np.random.default_rng(1).normal(size=(40, state.parameters.size))
    rates = np.linspace(0.0, 1.0, 11)

    def everything() -> list[Vector]:
        return [
            losses_of(training, networks, penalty=True),
            line(training, state.parameters, 3, np.linspace(-2.0, 2.0, 21)),
            learning_rate_curve(training, state, rates),
        ]

    plain = everything()
    monkeypatch.setattr("engine.landscape.compiled.BACKEND", backend)
    for found, expected in zip(everything(), plain, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_slice_that_is_wanted_no_more_is_left(compiled: Backend) -> None:
    training = Training(SHUFFLED)
    start = training.initial().parameters
    plane = plane_for(Request(training, AxesChoice("random"), start))
    with pytest.raises(CancelledError):
        losses(training, plane, start, np.arange(40.0), np.arange(40.0), cancelled=lambda: True)


def test_what_overflows_is_not_a_number_and_no_error(compiled: Backend) -> None:
    identity = Architecture.dense((2, 3, 1), "identity")
    training = Training(replace(SHUFFLED, architecture=identity, loss="half_squared"))
    start = training.initial().parameters
    plane = plane_for(Request(training, AxesChoice("random"), start))
    heights = losses(training, plane, start, np.array([0.0, 1e300]), np.array([0.0, 1e300]))
    assert np.isfinite(heights[0, 0])
    assert not np.isfinite(heights[1, 1])
