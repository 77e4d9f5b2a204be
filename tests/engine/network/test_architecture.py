"""What a network may look like, and how its parts are found."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given

from engine.errors import NablaError
from engine.network import ALPHA, BIAS, Architecture, Cut, Layer
from tests.engine.network.strategies import architectures

DENSE = Architecture.dense((2, 3, 1), ("prelu", "identity"))


def with_layer(number: int, **changes: object) -> Architecture:
    layers = list(DENSE.layers)
    layers[number] = replace(layers[number], **changes)  # type: ignore[arg-type]
    return replace(DENSE, layers=tuple(layers))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: Architecture((1, 2), ()), "network.no_layers"),
        (lambda: Architecture.dense((3,)), "network.no_layers"),
        (lambda: Architecture.dense([1] * 40), "network.too_many_layers"),
        (lambda: Architecture.dense((2, 0, 1)), "network.bad_width"),
        (lambda: Architecture.dense((0, 1)), "network.bad_width"),
        (lambda: Architecture.dense((2, 1025)), "network.bad_width"),
        (lambda: Architecture.dense((1000, 1000)), "network.too_many_parameters"),
        (lambda: Architecture.dense((2, 1), "cosh"), "network.unknown_activation"),
        (lambda: Architecture.dense((2, 3, 1), ("tanh",)), "network.activations_count"),
        (lambda: Architecture.dense((2, 3, 2), "softmax"), "network.softmax_inside"),
        (lambda: replace(DENSE, inputs=(1, 1)), "network.bad_ids"),
        (lambda: replace(DENSE, inputs=(1, 3)), "network.bad_ids"),
        (lambda: replace(DENSE, inputs=(0, 1)), "network.bad_ids"),
        (lambda: with_layer(0, id=2), "network.bad_ids"),
        (lambda: with_layer(0, id=-1), "network.bad_ids"),
        (lambda: replace(DENSE, frozen=frozenset({(1, 6)})), "network.bad_marks"),
        (lambda: replace(DENSE, cut=(Cut((9, 9), 0.0),)), "network.bad_marks"),
        (lambda: replace(DENSE, cut=(Cut((1, 3), 0.0), Cut((1, 3), 1.0))), "network.bad_marks"),
        (lambda: replace(DENSE, cut=(Cut((1, 3), math.nan),)), "parameter.not_finite"),
    ],
)
def test_a_network_that_cannot_be_computed_is_refused(
    make: Callable[[], Architecture], code: str
) -> None:
    with pytest.raises(NablaError) as caught:
        make()
    assert caught.value.code == code


def test_the_refusal_names_the_layer() -> None:
    with pytest.raises(NablaError) as caught:
        Architecture.dense((2, 3, 4, 1), ("tanh", "sinh", "identity"))
    assert caught.value.details["layer"] == 2
    assert caught.value.details["activation"] == "sinh"


def test_the_largest_networks_are_allowed() -> None:
    assert Architecture.dense((64, 32, 10)).layout.size == 2410
    assert len(Architecture.dense([1] * 33).layers) == 32
    assert Architecture.dense((1, 1024)).widths == (1, 1024)


def test_a_network_without_hidden_layers_is_one() -> None:
    assert Architecture.dense((2, 1)).layout.names == ("w1_11", "w1_21", "b1_1")


def test_softmax_may_stand_at_the_output() -> None:
    assert Architecture.dense((2, 3), "softmax").output.activation == "softmax"


def test_dense_numbers_units_through() -> None:
    assert DENSE.inputs == (1, 2)
    assert [layer.units for layer in DENSE.layers] == [(3, 4, 5), (6,)]
    assert DENSE.widths == (2, 3, 1)
    assert DENSE.units(0) == (1, 2)
    assert DENSE.output is DENSE.layers[-1]


def test_architectures_are_values() -> None:
    assert Architecture.dense((2, 3, 1), ("prelu", "identity")) == DENSE
    assert len({DENSE, Architecture.dense((2, 3, 1), ("prelu", "identity"))}) == 1
    assert replace(DENSE, frozen=frozenset({(1, 3)})) != DENSE


def test_incoming_are_weights_and_bias() -> None:
    assert DENSE.incoming(4) == {(1, 4), (2, 4), (BIAS, 4)}
    assert DENSE.incoming(1) == frozenset()
    bare = with_layer(0, bias=False)
    assert bare.incoming(4) == {(1, 4), (2, 4)}


def test_layer_keys_hold_the_learned_slope() -> None:
    assert (ALPHA, 1) in DENSE.layer_keys(1)
    assert len(DENSE.layer_keys(1)) == 6 + 3 + 1
    assert DENSE.layer_keys(2) == {(3, 6), (4, 6), (5, 6), (BIAS, 6)}


@given(architectures())
def test_layer_keys_part_all_parameters(architecture: Architecture) -> None:
    parts = [architecture.layer_keys(number + 1) for number in range(len(architecture.layers))]
    assert sum(len(part) for part in parts) == architecture.layout.size
    assert frozenset().union(*parts) == frozenset(architecture.keys)


def test_marks_lie_at_their_indices() -> None:
    marked = replace(
        DENSE, cut=(Cut((2, 4), 0.7), Cut((1, 5), 0.1)), frozen=frozenset({(BIAS, 6), (ALPHA, 1)})
    )
    names = marked.layout.names
    assert [names[index] for index in marked.cut_indices] == ["w1_13", "w1_22"]
    assert [names[index] for index in marked.frozen_indices] == ["alpha1", "b2_1"]


def test_pruning_drops_marks_that_have_lost_their_ends() -> None:
    marked = replace(
        DENSE, cut=(Cut((1, 3), 0.5), Cut((1, 5), 0.2)), frozen=frozenset({(3, 6), (5, 6)})
    )
    narrow = marked.pruned(layers=(Layer(1, (3, 4), "prelu"), DENSE.layers[1]))
    assert narrow.widths == (2, 2, 1)
    assert narrow.cut == (Cut((1, 3), 0.5),)
    assert narrow.frozen == {(3, 6)}
