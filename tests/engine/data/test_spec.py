from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import (
    BUNDLED,
    KINDS,
    BundledData,
    DataSpec,
    FixedData,
    GeneratedData,
    TableData,
    load,
    validate,
)
from engine.errors import NablaError

kinds = st.sampled_from(sorted(KINDS))
seeds = st.integers(0, 2**31 - 1)


def table(rows: list[list[float]], **changes: object) -> TableData:
    """A table of two inputs and one target."""
    spec = TableData("t", ("a", "b"), "y", np.array(rows).astype("<f8").tobytes(), "regression")
    return dataclasses.replace(spec, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("key", sorted(KINDS))
def test_every_kind_makes_balanced_data_in_the_promised_range(key: str) -> None:
    dataset = load(GeneratedData(key, samples=300, noise=0.0))
    record = KINDS[key]
    assert dataset.task == record.task
    assert dataset.inputs.shape == (300, len(record.feature_names))
    assert np.abs(dataset.inputs).max() <= (4.5 if key == "gaussians" else 3.0)
    assert np.abs(dataset.targets).max() <= 1
    assert len(dataset.test) == 60
    if dataset.task == "classification":
        assert dataset.targets.sum() == 150


def test_the_clean_regressions_are_the_functions_that_they_say() -> None:
    x1, x2 = load(GeneratedData("plane", noise=0.0)).inputs.T
    assert load(GeneratedData("plane", noise=0.0)).targets[:, 0] == pytest.approx((x1 + x2) / 6)
    assert load(GeneratedData("bump", noise=0.0)).targets[:, 0] == pytest.approx(
        np.exp(-(x1**2 + x2**2) / 2)
    )
    sine = load(GeneratedData("sine", noise=0.0))
    assert sine.targets[:, 0] == pytest.approx(np.sin(1.5 * sine.inputs[:, 0]))


def test_the_clean_classes_lie_where_they_should() -> None:
    circles = load(GeneratedData("circles", noise=0.0))
    radius = np.hypot(*circles.inputs.T)
    assert (radius[circles.class_indices == 1] <= 1.5).all()
    assert (radius[circles.class_indices == 0] >= 2.1).all()
    xor = load(GeneratedData("xor", noise=0.0))
    assert ((xor.inputs.prod(axis=1) > 0) == (xor.class_indices == 1)).all()


@given(kinds, seeds, st.integers(2, 50))
def test_more_noise_moves_the_same_points_farther(key: str, seed: int, samples: int) -> None:
    clean, some, much = (
        load(GeneratedData(key, samples, noise, seed)) for noise in (0.0, 0.25, 0.75)
    )
    for attribute in ("inputs", "targets"):
        start = getattr(clean, attribute)
        small, large = (getattr(dataset, attribute) - start for dataset in (some, much))
        assert large == pytest.approx(3 * small, abs=1e-12)
    assert np.array_equal(clean.train, much.train)


@given(kinds, seeds, st.integers(2, 50), st.integers(0, 50))
def test_more_samples_keep_those_that_are_there(
    key: str, seed: int, samples: int, more: int
) -> None:
    few, many = (load(GeneratedData(key, count, 0.3, seed)) for count in (samples, samples + more))
    assert np.array_equal(few.inputs, many.inputs[:samples])
    assert np.array_equal(few.targets, many.targets[:samples])


def test_another_seed_draws_other_points() -> None:
    one, two = (load(GeneratedData("moons", seed=seed)) for seed in (1, 2))
    assert not np.array_equal(one.inputs, two.inputs)


def test_equal_specifications_share_one_dataset() -> None:
    assert load(GeneratedData("xor")) is load(GeneratedData("xor"))


def test_iris_is_fishers() -> None:
    # Means as published with the data: 5.84, 3.05 (of the corrected data 3.057), 3.76, 1.20.
    dataset = load(BundledData("iris", test_share=0.0))
    assert dataset.inputs.shape == (150, 4)
    assert np.bincount(dataset.class_indices).tolist() == [50, 50, 50]
    assert dataset.inputs.mean(axis=0) == pytest.approx([5.843333, 3.057333, 3.758, 1.199333], 1e-6)
    assert dataset.inputs[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert dataset.inputs[37].tolist() == [4.9, 3.6, 1.4, 0.1]
    assert dataset.classes == ("setosa", "versicolor", "virginica")


def test_digits_are_the_test_portion_of_the_uci_set() -> None:
    # Class counts as listed in optdigits.names for the test portion.
    dataset = load(BundledData("digits", test_share=0.0))
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert dataset.inputs.shape == (1797, 64)
    assert np.bincount(dataset.class_indices).tolist() == counts
    assert dataset.inputs.min() == 0
    assert dataset.inputs.max() == 1
    assert set((dataset.inputs * 16).ravel()) == set(range(17))
    assert dataset.feature_names[0] == "r1c1"
    assert dataset.feature_names[-1] == "r8c8"


@pytest.mark.parametrize("key", sorted(BUNDLED))
def test_bundled_data_name_their_source_and_licence(key: str) -> None:
    record = BUNDLED[key]
    assert all((record.authors, record.source, record.doi, record.licence))


def test_iris_splits_into_equal_parts_of_each_species() -> None:
    dataset = load(BundledData("iris", test_share=0.2, seed=3))
    assert np.bincount(dataset.class_indices[dataset.test]).tolist() == [10, 10, 10]


def test_standardization_looks_at_the_training_rows_alone() -> None:
    dataset = load(BundledData("iris", standardize=True))
    assert dataset.train_inputs.mean(axis=0) == pytest.approx(np.zeros(4), abs=1e-12)
    assert dataset.train_inputs.std(axis=0) == pytest.approx(np.ones(4))
    assert np.abs(dataset.test_inputs.mean(axis=0)).max() > 1e-3
    plain = load(BundledData("iris"))
    assert dataset.raw_inputs == pytest.approx(plain.inputs, abs=1e-12)
    assert np.array_equal(dataset.train, plain.train)


def test_pixels_that_never_vary_are_told() -> None:
    dataset = load(BundledData("digits", test_share=0.0, standardize=True))
    assert dataset.constant_features == ("r1c1", "r5c1", "r5c8")


def test_fixed_samples_all_train_and_are_named() -> None:
    dataset = load(FixedData(((40, 80),), ((60,),)))
    assert dataset.inputs.tolist() == [[40, 80]]
    assert dataset.targets.tolist() == [[60]]
    assert dataset.train.tolist() == [0]
    assert dataset.test.tolist() == []
    assert dataset.feature_names == ("x1", "x2")
    assert dataset.target_names == ("y",)


def test_fixed_classes_are_named_by_number() -> None:
    assert load(FixedData(((1.0,),), ((1.0,),), "classification")).classes == ("0", "1")
    assert load(FixedData(((1.0,),), ((0, 1, 0),), "classification")).classes == ("0", "1", "2")
    assert load(FixedData(((1.0,),), ((0.0, 0.5),))).target_names == ("y1", "y2")


def test_table_values_are_kept_raw_and_can_be_standardized_or_not() -> None:
    values = [[1.0, 10.0, 5.0], [2.0, 20.0, 6.0], [3.0, 60.0, 7.0]]
    plain = load(table(values, standardize=False, test_share=0.0))
    scaled = load(table(values, standardize=True, test_share=0.0))
    assert plain.inputs.tolist() == [[1, 10], [2, 20], [3, 60]]
    assert scaled.inputs.std(axis=0) == pytest.approx([1, 1])
    assert scaled.targets.tolist() == plain.targets.tolist() == [[5], [6], [7]]


NAN = float("nan")
BAD: list[tuple[DataSpec, str]] = [
    (GeneratedData("cubes"), "data.unknown"),
    (GeneratedData("xor", samples=1), "data.out_of_range"),
    (GeneratedData("xor", samples=10_001), "data.out_of_range"),
    (GeneratedData("xor", samples=2.0), "data.not_an_integer"),  # type: ignore[arg-type]
    (GeneratedData("xor", noise=-0.1), "data.out_of_range"),
    (GeneratedData("xor", noise=1.5), "data.out_of_range"),
    (GeneratedData("xor", noise=NAN), "data.out_of_range"),
    (GeneratedData("xor", noise="a"), "data.not_a_number"),  # type: ignore[arg-type]
    (GeneratedData("xor", seed=-1), "data.out_of_range"),
    (GeneratedData("xor", test_share=0.95), "data.out_of_range"),
    (BundledData("wine"), "data.unknown"),
    (BundledData("iris", standardize=1), "data.not_a_flag"),  # type: ignore[arg-type]
    (FixedData((), ()), "data.length"),
    (FixedData(((1.0,), (1.0, 2.0)), ((1.0,), (1.0,))), "data.length"),
    (FixedData(((1.0,),), ((1.0,), (2.0,))), "data.row_counts"),
    (FixedData(((NAN,),), ((1.0,),)), "data.out_of_range"),
    (FixedData(((1.0,),), ((1.0,),), "guess"), "data.unknown_task"),  # type: ignore[arg-type]
    (FixedData(((1.0,),), ((0.5,),), "classification"), "data.bad_target"),
    (FixedData(((1.0,),), ((1, 1, 0),), "classification"), "data.bad_target"),
    (FixedData(((1.0,),), ((0, 1),), "classification"), "data.two_columns"),
    (FixedData(((1.0,),), ((0.5,),), feature_names=("a", "b")), "data.length"),
    (FixedData(((1.0,),), ((0.5,),), target_names=("a", "b")), "data.length"),
    (table([[1, 2, 3]], inputs=("a", "a")), "data.duplicate_name"),
    (table([[1, 2, 3]], target="a"), "data.duplicate_name"),
    (table([[1, 2, 3]], target="a\nb"), "data.unprintable"),
    (table([[1, 2, 3]], target="a" * 201), "data.text_length"),
    (table([[1, 2, 3]], values=b""), "data.size"),
    (table([[1, 2, 3]], values=b"1234567"), "data.size"),
    (table([[1, 2, 3]], values="12345678" * 3), "data.not_bytes"),
    (table([[1, 2, 3]], values=b"\x01\0\0\0\0\0\xf0\x7f" * 3), "data.not_finite"),
    (table([[1, 2, float("inf")]]), "data.not_finite"),
    (table([[1, 2, 0.0]] * 100_001), "data.out_of_range"),
    (table([[1, 2, 3]], classes=("a", "b")), "data.length"),
    (table([[1, 2, 0]], task="classification", classes=("a",)), "data.length"),
    (table([[1, 2, 2]], task="classification", classes=("a", "b")), "data.bad_class"),
    (table([[1, 2, 0.5]], task="classification", classes=("a", "b")), "data.bad_class"),
    ("xor", "data.unknown_source"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("spec", "code"), BAD, ids=range(len(BAD)))
def test_bad_values_are_refused_by_name(spec: DataSpec, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        validate(spec)
    assert caught.value.code == code
