"""Where each parameter lives, and what it is called."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.network import ALPHA, BIAS, Architecture
from engine.network.activations import TABLE
from tests.engine.network.strategies import architectures


def test_names_count_from_one_layer_by_layer() -> None:
    layout = Architecture.dense((2, 3, 1), ("prelu", "identity")).layout
    assert layout.names == (
        *("w1_11", "w1_12", "w1_13", "w1_21", "w1_22", "w1_23"),
        *("b1_1", "b1_2", "b1_3", "alpha1"),
        *("w2_11", "w2_21", "w2_31", "b2_1"),
    )


def test_names_of_wide_layers_keep_their_numbers_apart() -> None:
    names = Architecture.dense((10, 9, 2)).layout.names
    assert names[0] == "w1_1_1"
    assert "w1_10_9" in names
    assert "w2_91" in names
    assert "w2_9_1" not in names


@given(st.lists(st.integers(1, 24), min_size=2, max_size=4))
def test_no_two_parameters_share_a_name(widths: list[int]) -> None:
    names = Architecture.dense(widths, "prelu").layout.names
    assert len(set(names)) == len(names)


def test_weights_are_stored_input_by_input() -> None:
    layout = Architecture.dense((2, 3, 1), bias=True).layout
    first, second = layout.views(np.arange(13.0))
    assert first.weights.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert first.bias is not None
    assert first.bias.tolist() == [6, 7, 8]
    assert second.weights.tolist() == [[9], [10], [11]]
    assert second.bias is not None
    assert second.bias.tolist() == [12]
    assert second.alpha is None


@given(architectures())
def test_views_cover_the_vector_once_and_write_into_it(architecture: Architecture) -> None:
    layout = architecture.layout
    vector = np.zeros(layout.size)
    for own in layout.views(vector):
        for part in own:
            if part is not None:
                part += 1.0
    np.testing.assert_array_equal(vector, np.ones(layout.size))


@given(architectures())
def test_views_of_many_networks_are_those_of_each(architecture: Architecture) -> None:
    layout = architecture.layout
    many = np.arange(6.0 * layout.size).reshape(2, 3, layout.size)
    for number, together in enumerate(layout.views(many)):
        alone = layout.views(many[1, 2])[number]
        for part, one in zip(together, alone, strict=True):
            assert (part is None) == (one is None)
            if part is not None and one is not None:
                np.testing.assert_array_equal(part[1, 2], one)


@given(architectures())
def test_keys_names_and_indices_tell_the_same(architecture: Architecture) -> None:
    layout = architecture.layout
    assert len(architecture.keys) == len(layout.names) == layout.size
    labelled = np.array(layout.names)
    for index, (source, target) in enumerate(architecture.keys):
        assert architecture.index[source, target] == index
        number = layout.layer_of(index)
        if source == ALPHA:
            assert architecture.layers[number - 1].id == target
            expected = f"alpha{number}"
        else:
            layer, j = architecture.places[target]
            assert layer == number
            if source == BIAS:
                expected = f"b{number}_{j + 1}"
            else:
                before, i = architecture.places[source]
                assert before == number - 1
                expected = f"w{number}_{i + 1}{j + 1}"
                slots = layout.slots[number - 1]
                fan_out = architecture.widths[number]
                assert index == slots.weights.start + i * fan_out + j
        assert labelled[index] == expected


@given(architectures())
def test_the_weight_mask_marks_weights_alone(architecture: Architecture) -> None:
    mask = architecture.layout.weight_mask
    assert [name.startswith("w") for name in architecture.layout.names] == (mask == 1.0).tolist()
    assert not mask.flags.writeable


@given(architectures())
def test_only_layers_with_a_learned_slope_have_one(architecture: Architecture) -> None:
    vector = np.zeros(architecture.layout.size)
    for layer, own in zip(architecture.layers, architecture.layout.views(vector), strict=True):
        assert (own.alpha is not None) == TABLE[layer.activation].learned
        assert (own.bias is not None) == layer.bias


def test_an_index_beyond_the_end_belongs_to_no_layer() -> None:
    layout = Architecture.dense((2, 1)).layout
    assert layout.layer_of(2) == 1
    with pytest.raises(IndexError):
        layout.layer_of(3)
