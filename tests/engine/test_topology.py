"""Edits of the topology: what survives keeps its numbers, what cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.errors import NablaError
from engine.network import BIAS, Architecture, transplant
from engine.network.topology import (
    adapt,
    add_unit,
    cut,
    freeze,
    insert_layer,
    join,
    move_layer,
    remove_layer,
    remove_unit,
    set_activation,
    set_bias,
    unfreeze,
)

NETWORK = Architecture.dense((2, 3, 4, 1), ("tanh", "relu", "sigmoid"))


def refused(edit: Callable[[], object]) -> str:
    """The code with which an edit is refused."""
    with pytest.raises(NablaError) as caught:
        edit()
    return caught.value.code


def all_ids(architecture: Architecture) -> list[int]:
    return [*architecture.places, *(layer.id for layer in architecture.layers)]


def test_a_new_unit_has_an_id_that_nothing_has_had() -> None:
    wider = add_unit(NETWORK, 1)
    (unit,) = set(wider.units(1)) - set(NETWORK.units(1))
    assert wider.widths == (2, 4, 4, 1)
    assert unit > max(all_ids(NETWORK))


def test_a_new_unit_leaves_all_other_weights_as_they_are() -> None:
    wider = add_unit(NETWORK, 2)
    weights = np.arange(NETWORK.layout.size, dtype=float) + 1
    carried = transplant(NETWORK, wider, weights, np.zeros(wider.layout.size))
    assert {key: carried[wider.index[key]] for key in NETWORK.keys} == dict(
        zip(NETWORK.keys, weights, strict=True)
    )


def test_removing_what_was_added_gives_the_network_back() -> None:
    wider = add_unit(NETWORK, 1)
    assert remove_unit(wider, wider.units(1)[-1]) == NETWORK


def test_marks_of_a_removed_unit_go_with_it() -> None:
    unit = NETWORK.units(1)[0]
    marked = freeze(cut(NETWORK, {(unit, NETWORK.units(2)[0]): 0.5}), [(1, unit), (2, 4)])
    bare = remove_unit(marked, unit)
    assert bare.cut == ()
    assert bare.frozen == {(2, 4)}


def test_the_last_unit_of_a_layer_stays() -> None:
    narrow = Architecture.dense((2, 1, 1))
    assert refused(lambda: remove_unit(narrow, narrow.units(1)[0])) == "network.last_unit"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (lambda: add_unit(NETWORK, 0), "network.input_is_bound"),
        (lambda: add_unit(NETWORK, 3), "network.output_is_bound"),
        (lambda: remove_unit(NETWORK, 1), "network.input_is_bound"),
        (lambda: remove_unit(NETWORK, 10), "network.output_is_bound"),
        (lambda: remove_unit(NETWORK, 999), "network.no_such_unit"),
        (lambda: remove_layer(NETWORK, 3), "network.output_is_bound"),
        (lambda: move_layer(NETWORK, 0, 1), "network.input_is_bound"),
        (lambda: insert_layer(NETWORK, 4), "network.no_such_layer"),
        (lambda: set_activation(NETWORK, 1, "softmax"), "network.softmax_inside"),
        (lambda: cut(NETWORK, {(BIAS, 3): 0.0}), "network.not_a_connection"),
        (lambda: cut(NETWORK, {(1, 10): 0.0}), "network.not_a_connection"),
        (lambda: freeze(NETWORK, [(1, 10)]), "network.no_such_parameter"),
    ],
)
def test_what_cannot_be_is_refused_by_name(edit: Callable[[], object], code: str) -> None:
    assert refused(edit) == code


def test_an_inserted_layer_is_like_its_neighbour() -> None:
    deeper = insert_layer(NETWORK, 2)
    assert deeper.widths == (2, 3, 3, 4, 1)
    assert deeper.layers[1].activation == "tanh"
    assert len(set(deeper.places)) == sum(deeper.widths)
    assert insert_layer(deeper, 1).widths == (2, 3, 3, 3, 4, 1)


def test_a_layer_can_be_inserted_where_there_was_none() -> None:
    deeper = insert_layer(Architecture.dense((2, 1), "sigmoid", bias=False), 1, width=5)
    assert deeper.widths == (2, 5, 1)
    assert deeper.layers[0].activation == "tanh"
    assert not deeper.layers[0].bias


def test_moving_a_layer_there_and_back_changes_nothing() -> None:
    moved = move_layer(NETWORK, 1, 1)
    assert moved.widths == (2, 4, 3, 1)
    assert move_layer(moved, 2, -1) == NETWORK
    assert move_layer(NETWORK, 1, -1) == NETWORK


def test_all_hidden_layers_can_be_removed() -> None:
    assert remove_layer(remove_layer(NETWORK, 1), 1).widths == (2, 1)


def test_biases_come_and_go_while_the_weights_stay() -> None:
    without = set_bias(NETWORK, False)
    assert not any(key[0] == BIAS for key in without.keys)
    assert set_bias(without, True) == NETWORK
    assert [layer.bias for layer in set_bias(NETWORK, False, 2).layers] == [True, False, True]


def test_alpha_comes_with_prelu_and_its_freezing_goes_with_it() -> None:
    learned = set_activation(NETWORK, 1, "prelu")
    key = next(key for key in learned.keys if key[0] == -1)
    frozen = freeze(learned, [key])
    assert set_activation(frozen, 1, "tanh") == NETWORK


def test_a_cut_connection_remembers_its_weight() -> None:
    once = cut(NETWORK, {(1, 3): 0.25})
    assert once.cut[0].weight == 0.25
    assert cut(once, {(1, 3): 0.0}).cut == once.cut
    assert join(once, [(1, 3)]) == NETWORK


def test_unfreezing_undoes_freezing() -> None:
    keys = NETWORK.layer_keys(1)
    assert unfreeze(freeze(NETWORK, keys), keys) == NETWORK


def test_other_data_keep_the_units_that_survive() -> None:
    adapted = adapt(NETWORK, 4, 3)
    assert adapted.widths == (4, 3, 4, 3)
    assert adapted.inputs[:2] == NETWORK.inputs
    assert adapted.output.units[0] == NETWORK.output.units[0]
    assert adapt(adapted, 2, 1) == NETWORK
    assert adapt(NETWORK, 2, 1) is NETWORK


def test_a_softmax_does_not_stay_alone() -> None:
    classifier = Architecture.dense((2, 3, 3), ("tanh", "softmax"))
    assert adapt(classifier, 2, 1).output.activation == "sigmoid"
