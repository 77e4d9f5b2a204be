from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.dataset import Dataset, Scaling, encode_classes, split_rows

seeds = st.integers(0, 2**31 - 1)
shares = st.floats(0, 0.9)
labellings = st.lists(st.integers(0, 4), min_size=1, max_size=80).map(np.array)


@given(st.integers(1, 200), shares, seeds)
def test_a_split_is_a_partition_that_leaves_something_to_train_on(
    count: int, share: float, seed: int
) -> None:
    train, test = split_rows(count, share, seed)
    assert sorted([*train, *test]) == list(range(count))
    assert len(train) >= 1
    assert (np.diff(train) > 0).all()
    assert (np.diff(test) > 0).all()
    assert abs(len(test) - count * share) <= 0.5 or len(train) == 1


@given(labellings, shares, seeds)
def test_each_class_keeps_a_row_to_train_on(labels: np.ndarray, share: float, seed: int) -> None:
    train, _ = split_rows(len(labels), share, seed, labels)
    assert set(labels[train]) == set(labels)


@given(st.lists(st.integers(4, 40), min_size=1, max_size=6), st.floats(0, 0.5), seeds)
def test_each_class_gives_its_share_to_the_test(sizes: list[int], share: float, seed: int) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    _, test = split_rows(len(labels), share, seed, labels)
    allowed = 1 if len(set(sizes)) == 1 else 1 + len(sizes) / 2
    for label, size in enumerate(sizes):
        assert abs(np.sum(labels[test] == label) - size * share) <= allowed + 1e-9


@given(labellings, shares, seeds)
def test_a_split_is_the_same_each_time(labels: np.ndarray, share: float, seed: int) -> None:
    first = split_rows(len(labels), share, seed, labels)
    second = split_rows(len(labels), share, seed, labels)
    assert all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))


@given(labellings, shares, shares, seeds)
def test_a_larger_share_only_moves_rows_to_the_test(
    labels: np.ndarray, one: float, two: float, seed: int
) -> None:
    smaller = split_rows(len(labels), min(one, two), seed, labels)[1]
    larger = split_rows(len(labels), max(one, two), seed, labels)[1]
    assert set(smaller) <= set(larger)


def test_a_share_of_zero_leaves_no_test_rows() -> None:
    assert len(split_rows(10, 0.0, 0)[1]) == 0


def test_another_seed_splits_another_way() -> None:
    assert not np.array_equal(split_rows(100, 0.3, 0)[1], split_rows(100, 0.3, 1)[1])


def test_two_classes_are_one_column_and_more_are_one_hot() -> None:
    assert encode_classes(np.array([0, 1, 1]), 2).tolist() == [[0], [1], [1]]
    assert encode_classes(np.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


def test_standardized_columns_have_mean_0_and_deviation_1() -> None:
    raw = np.array([[1.0, 1e60], [2.0, 2e60], [6.0, -9e60]])
    scaled = Scaling.of(raw).apply(raw)
    assert scaled.mean(axis=0) == pytest.approx([0, 0], abs=1e-15)
    assert scaled.std(axis=0) == pytest.approx([1, 1])


def test_a_column_of_equal_numbers_is_told_and_becomes_zero() -> None:
    raw = np.array([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]])
    scaling = Scaling.of(raw)
    assert scaling.constant == (0,)
    assert scaling.deviation[0] == 1
    assert scaling.apply(raw)[:, 0].tolist() == [0, 0, 0]


@given(st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=20))
def test_standardization_stays_finite_and_can_be_undone(column: list[float]) -> None:
    raw = np.array(column)[:, np.newaxis]
    scaling = Scaling.of(raw)
    inputs = scaling.apply(raw)
    assert np.isfinite(inputs).all()
    size = np.abs(raw).max()
    assert np.abs(scaling.undo(inputs) - raw).max() <= 1e-14 * size


def make_dataset(**changes: object) -> Dataset:
    values: dict[str, object] = {
        "name": "three",
        "task": "classification",
        "inputs": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
        "targets": [[0.0], [1.0], [1.0]],
        "feature_names": ("a", "b"),
        "target_names": ("no", "yes"),
        "train": [0, 2],
        "test": [1],
    }
    return Dataset(**{**values, **changes})  # type: ignore[arg-type]


def test_nobody_can_write_into_a_dataset() -> None:
    source = np.ones((3, 2))
    dataset = make_dataset(inputs=source)
    source[:] = 7
    assert dataset.inputs.max() == 1
    for array in (
        dataset.inputs,
        dataset.targets,
        dataset.train,
        dataset.test,
        dataset.train_inputs,
        dataset.class_indices,
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_a_dataset_tells_rows_and_classes() -> None:
    dataset = make_dataset()
    assert (dataset.n_samples, dataset.n_features, dataset.n_targets) == (3, 2, 1)
    assert dataset.classes == ("no", "yes")
    assert dataset.class_indices.tolist() == [0, 1, 1]
    assert dataset.train_inputs.tolist() == [[1, 2], [5, 6]]
    assert dataset.train_targets.tolist() == [[0], [1]]
    assert dataset.test_inputs.tolist() == [[3, 4]]
    assert dataset.test_targets.tolist() == [[1]]
    assert dataset.raw_inputs is dataset.inputs
    assert dataset.constant_features == ()


def test_one_hot_targets_tell_the_class_too() -> None:
    dataset = make_dataset(targets=np.eye(3), target_names=("a", "b", "c"))
    assert dataset.class_indices.tolist() == [0, 1, 2]


def test_two_datasets_are_equal_only_if_they_are_one() -> None:
    assert make_dataset() != make_dataset()


@pytest.mark.parametrize(
    "changes",
    [
        {"inputs": [1.0, 2.0, 3.0]},
        {"inputs": [[1.0, float("nan")]] * 3},
        {"targets": [[0.0]]},
        {"feature_names": ("a",)},
        {"target_names": ("a", "b", "c")},
        {"task": "regression"},
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        make_dataset(**changes)


def test_regression_has_no_classes() -> None:
    dataset = make_dataset(task="regression", target_names=("y",))
    assert dataset.classes == ()
    with pytest.raises(ValueError, match="no classes"):
        _ = dataset.class_indices
