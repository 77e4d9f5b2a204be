from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.data import (
    BUNDLED,
    KINDS,
    BundledData,
    DataSpec,
    FixedData,
    GeneratedData,
    TableData,
    from_json,
    load,
    to_json,
)
from engine.errors import NablaError

shares = st.floats(0, 0.9)
seeds = st.integers(0, 2**31 - 1)
numbers = st.floats(-1e100, 1e100)
names = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20
)


@st.composite
def fixed(draw: st.DrawFn) -> FixedData:
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    matrix = st.lists(
        st.lists(numbers, min_size=columns, max_size=columns).map(tuple),
        min_size=rows,
        max_size=rows,
    ).map(tuple)
    return FixedData(draw(matrix), draw(matrix), name=draw(names))


@st.composite
def tables(draw: st.DrawFn) -> TableData:
    labels = draw(st.lists(names, min_size=2, max_size=6, unique=True))
    rows = draw(st.integers(1, 10))
    width = len(labels) - 1
    values = draw(st.lists(numbers, min_size=rows * (width + 1), max_size=rows * (width + 1)))
    matrix = np.array(values).reshape(rows, width + 1)
    classes = draw(st.lists(names, min_size=2, max_size=5, unique=True))
    task = draw(st.sampled_from(("regression", "classification")))
    if task == "classification":
        matrix[:, -1] = draw(
            st.lists(st.integers(0, len(classes) - 1), min_size=rows, max_size=rows)
        )
    return TableData(
        name=draw(names),
        inputs=tuple(labels[:-1]),
        target=labels[-1],
        values=matrix.astype("<f8").tobytes(),
        task=task,  # type: ignore[arg-type]
        classes=tuple(classes) if task == "classification" else (),
        test_share=draw(shares),
        seed=draw(seeds),
        standardize=draw(st.booleans()),
        file_rows=draw(st.integers(0, 10**6)),
    )


generated = st.builds(
    GeneratedData,
    st.sampled_from(sorted(KINDS)),
    st.integers(2, 10_000),
    st.floats(0, 1),
    seeds,
    shares,
)
bundled = st.builds(BundledData, st.sampled_from(sorted(BUNDLED)), shares, seeds, st.booleans())
specs = st.one_of(generated, bundled, fixed(), tables())


@given(specs)
def test_a_specification_comes_back_bit_for_bit(spec: DataSpec) -> None:
    again = from_json(json.loads(json.dumps(to_json(spec), allow_nan=False)))
    assert again == spec
    assert hash(again) == hash(spec)
    # repr tells −0 from 0 and shows every digit.
    assert repr(again) == repr(spec)


@given(st.one_of(fixed(), tables()))
def test_what_is_read_can_be_loaded(spec: DataSpec) -> None:
    dataset = load(from_json(to_json(spec)))
    assert np.isfinite(dataset.inputs).all()


anything: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        st.text(),
        st.just("\ud800"),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner)),
    max_leaves=6,
)


@given(anything)
def test_nothing_but_a_specification_is_accepted(content: object) -> None:
    with pytest.raises(NablaError):
        from_json(content)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(specs, st.data())
def test_a_damaged_field_is_refused_or_harmless(spec: DataSpec, data: st.DataObject) -> None:
    content = to_json(spec)
    field = data.draw(st.sampled_from(sorted(content)))
    content[field] = data.draw(anything)
    with suppress(NablaError):
        dataset = load(from_json(content))
        assert np.isfinite(dataset.inputs).all()


@given(specs, st.data())
def test_missing_and_unknown_fields_are_named(spec: DataSpec, data: st.DataObject) -> None:
    content = to_json(spec)
    field = data.draw(st.sampled_from([name for name in content if name != "source"]))
    with pytest.raises(NablaError) as caught:
        from_json({name: value for name, value in content.items() if name != field})
    assert (caught.value.code, caught.value.details["field"]) == ("data.missing_field", field)
    with pytest.raises(NablaError) as caught:
        from_json({**content, "exec": "1"})
    assert (caught.value.code, caught.value.details["field"]) == ("data.unknown_field", "exec")


@pytest.mark.parametrize("text", ["????", "AAA", "AAAAAAAA\n", "é", "\ud800"])
def test_bad_base64_is_told(text: str) -> None:
    content = to_json(TableData("t", ("a",), "b", bytes(16), "regression"))
    with pytest.raises(NablaError) as caught:
        from_json({**content, "values": text})
    assert caught.value.code == "data.bad_base64"


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    # Python would not even write such a number out, so the message must not try.
    for field in ("samples", "noise", "kind"):
        with pytest.raises(NablaError):
            from_json({**to_json(GeneratedData("xor")), field: 10**5000})
