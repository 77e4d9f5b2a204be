"""First weights: their spread, their seeds, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from engine.errors import NablaError
from engine.network import Architecture, Cut, Initializer, Layer, Vector
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.initializers import TABLE

WIDE = Architecture.dense((60, 80, 40), ("relu", "identity"))
DRAWN = tuple(key for key in TABLE if key not in ("constant", "values"))
# Of seed 0: 2-2-1, Xavier, sigmoid, no biases.
RECORDED = [
    0.9546611716005038,
    0.13995906790278156,
    0.7370712723623949,
    1.118225913344634,
    -1.185608657644103,
    -0.275947595475468,
]


def weights(key: str, activation: str = "relu", **settings: float) -> Vector:
    architecture = Architecture.dense((60, 80, 40), (activation, "identity"))
    initializer = Initializer(key, tuple(settings.items()), seed=3)
    return architecture.layout.views(initializer.draw(architecture))[0].weights


def test_constant_is_constant() -> None:
    assert set(weights("constant", value=0.25).ravel().tolist()) == {0.25}


def test_uniform_fills_its_bounds() -> None:
    drawn = weights("uniform", bound=0.2)
    assert np.abs(drawn).max() <= 0.2
    assert np.abs(drawn).max() > 0.199
    assert drawn.std() == pytest.approx(0.2 / math.sqrt(3), rel=0.05)


def test_normal_has_its_deviation() -> None:
    drawn = weights("normal", deviation=0.3)
    assert drawn.std() == pytest.approx(0.3, rel=0.05)
    assert abs(drawn.mean()) < 0.02


# √2 for ReLU (He et al. 2015), 1 for the identity.
@pytest.mark.parametrize(("activation", "gain"), [("relu", math.sqrt(2)), ("identity", 1.0)])
@pytest.mark.parametrize(
    ("key", "deviation"),
    [
        ("xavier_uniform", math.sqrt(2 / 140)),
        ("xavier_normal", math.sqrt(2 / 140)),
        ("he_uniform", math.sqrt(1 / 60)),
        ("he_normal", math.sqrt(1 / 60)),
    ],
)
def test_xavier_and_he_follow_the_papers(
    key: str, deviation: float, activation: str, gain: float
) -> None:
    drawn = weights(key, activation)
    assert drawn.std() == pytest.approx(gain * deviation, rel=0.05)
    if key.endswith("uniform"):
        assert np.abs(drawn).max() <= math.sqrt(3) * gain * deviation


@pytest.mark.parametrize("key", DRAWN)
def test_the_seed_decides(key: str) -> None:
    first = Initializer(key, seed=1).draw(WIDE)
    assert Initializer(key, seed=1).draw(WIDE).tobytes() == first.tobytes()
    assert (Initializer(key, seed=2).draw(WIDE) != first).any()


def test_first_weights_never_change_silently() -> None:
    drawn = Initializer("xavier_uniform", seed=0).draw(Architecture.dense((2, 2, 1), bias=False))
    assert drawn.tolist() == pytest.approx(RECORDED, rel=1e-15)


def test_a_change_in_one_layer_leaves_the_others_alone() -> None:
    other = replace(WIDE, layers=(WIDE.layers[0], Layer(2, WIDE.layers[1].units, "tanh", False)))
    before = WIDE.layout.views(Initializer(seed=4).draw(WIDE))[0].weights
    after = other.layout.views(Initializer(seed=4).draw(other))[0].weights
    np.testing.assert_array_equal(before, after)


def test_biases_start_at_zero_and_learned_slopes_at_their_default() -> None:
    architecture = Architecture.dense((2, 3, 2), ("prelu", "identity"))
    first, second = architecture.layout.views(Initializer("normal").draw(architecture))
    assert first.bias is not None
    assert second.bias is not None
    assert first.alpha is not None
    assert not first.bias.any()
    assert not second.bias.any()
    assert first.alpha.tolist() == [ACTIVATIONS["prelu"].alpha]


def test_given_values_are_taken_as_they_are() -> None:
    architecture = Architecture.dense((2, 1))
    drawn = Initializer("values", values=(0.5, -1.25, 3.0)).draw(architecture)
    assert drawn.tolist() == [0.5, -1.25, 3.0]
    assert not drawn.flags.writeable


@pytest.mark.parametrize("key", [*DRAWN, "constant"])
def test_cut_connections_start_at_an_exact_zero(key: str) -> None:
    architecture = replace(Architecture.dense((2, 2, 1)), cut=(Cut((1, 4), 0.9), Cut((2, 3), 0.1)))
    first = architecture.layout.views(Initializer(key).draw(architecture))[0].weights
    assert (first == 0.0).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Initializer("zeros"), "initializer.unknown"),
        (lambda: Initializer("normal", (("bound", 1.0),)), "setting.unknown"),
        (lambda: Initializer("normal", (("deviation", -1.0),)), "setting.out_of_bounds"),
        (lambda: Initializer("uniform", (("bound", math.inf),)), "setting.out_of_bounds"),
        (lambda: Initializer(seed=-1), "setting.out_of_bounds"),
        (lambda: Initializer(seed=1.5), "setting.out_of_bounds"),  # type: ignore[arg-type]
        (lambda: Initializer("values", values=(math.nan,)), "parameter.not_finite"),
        (lambda: Initializer("values", values=(1.0,)).draw(WIDE), "initializer.values_count"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make: Callable[[], object], code: str) -> None:
    with pytest.raises(NablaError) as caught:
        make()
    assert caught.value.code == code
