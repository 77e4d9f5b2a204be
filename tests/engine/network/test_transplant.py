"""What survives a change of topology keeps its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given

from engine.network import Architecture, Cut, Layer, Vector, transplant
from engine.network.transplant import rejoined
from tests.engine.network.strategies import architectures

OLD = Architecture.dense((2, 3, 1), ("prelu", "identity"))


def numbered(architecture: Architecture) -> Vector:
    return np.arange(1.0, architecture.layout.size + 1.0)


def by_name(architecture: Architecture, vector: Vector) -> dict[str, float]:
    return dict(zip(architecture.layout.names, vector.tolist(), strict=True))


def fresh(architecture: Architecture) -> Vector:
    return np.full(architecture.layout.size, -1.0)


@given(architectures())
def test_without_a_change_nothing_changes(architecture: Architecture) -> None:
    moved = transplant(architecture, architecture, numbered(architecture), fresh(architecture))
    np.testing.assert_array_equal(moved, numbered(architecture))
    assert not moved.flags.writeable


@given(architectures(), architectures())
def test_a_parameter_survives_exactly_if_its_key_does(old: Architecture, new: Architecture) -> None:
    moved = transplant(old, new, numbered(old), fresh(new))
    for key, index in new.index.items():
        expected = numbered(old)[old.index[key]] if key in old.index else -1.0
        assert moved[index] == expected


def test_a_new_neuron_is_fresh_and_the_others_stay() -> None:
    new = replace(OLD, layers=(Layer(1, (3, 9, 4, 5), "prelu"), OLD.layers[1]))
    before, after = (
        by_name(OLD, numbered(OLD)),
        by_name(new, transplant(OLD, new, numbered(OLD), fresh(new))),
    )
    assert after["w1_11"] == before["w1_11"]
    assert after["w1_13"] == before["w1_12"]
    assert after["w2_41"] == before["w2_31"]
    assert after["alpha1"] == before["alpha1"]
    assert [name for name, value in after.items() if value == -1.0] == [
        *("w1_12", "w1_22", "b1_2", "w2_21"),
    ]


def test_a_learned_slope_goes_with_its_activation() -> None:
    new = replace(OLD, layers=(replace(OLD.layers[0], activation="relu"), OLD.layers[1]))
    there = transplant(OLD, new, numbered(OLD), fresh(new))
    assert "alpha1" not in new.layout.names
    back = by_name(OLD, transplant(new, OLD, there, fresh(OLD)))
    assert back["alpha1"] == -1.0
    assert back["w2_11"] == by_name(OLD, numbered(OLD))["w2_11"]


def test_a_cut_connection_is_an_exact_zero_and_gets_its_weight_back() -> None:
    new = replace(OLD, cut=(Cut((1, 4), 2.5),))
    moved = by_name(new, transplant(OLD, new, numbered(OLD), fresh(new)))
    assert moved["w1_12"] == 0.0
    assert rejoined(new, OLD) == {OLD.index[1, 4]: 2.5}
    assert rejoined(new, new) == {}
    assert rejoined(OLD, new) == {}


def test_a_weight_whose_end_is_gone_cannot_be_joined_again() -> None:
    old = replace(OLD, cut=(Cut((1, 5), 2.5),))
    new = replace(OLD, layers=(Layer(1, (3, 4), "prelu"), OLD.layers[1]))
    assert rejoined(old, new) == {}
