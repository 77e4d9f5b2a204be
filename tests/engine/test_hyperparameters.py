"""Named numbers with bounds, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.errors import NablaError
from engine.hyperparameters import MAX_SEED, Hyperparameter, check_seed, complete, is_number

RATE = Hyperparameter("rate", "Rate", 0.5, 0.0, 1.0)
PERIOD = Hyperparameter("period", "Period", 10, 1, 100, whole=True)


def test_what_is_not_set_has_its_default_in_the_order_of_the_table() -> None:
    assert complete((RATE, PERIOD), ()) == {"rate": 0.5, "period": 10}
    assert list(complete((RATE, PERIOD), (("period", 5), ("rate", 0.1))).items()) == [
        ("rate", 0.1),
        ("period", 5),
    ]


def test_bounds_belong_to_what_is_allowed() -> None:
    assert RATE.check(0.0) == 0.0
    assert RATE.check(1.0) == 1.0
    assert PERIOD.check(100.0) == 100


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf, -math.inf, "0.5", None, True])
def test_a_value_out_of_bounds_is_refused_with_the_bounds(value: float) -> None:
    with pytest.raises(NablaError) as caught:
        RATE.check(value)
    assert caught.value.code == "setting.out_of_bounds"
    details = caught.value.details
    assert (details["name"], details["minimum"], details["maximum"]) == ("Rate", 0.0, 1.0)


def test_a_fraction_is_refused_where_a_whole_number_is_meant() -> None:
    with pytest.raises(NablaError) as caught:
        PERIOD.check(2.5)
    assert caught.value.code == "setting.not_whole"


def test_an_unknown_name_is_refused_with_those_that_exist() -> None:
    with pytest.raises(NablaError) as caught:
        complete((RATE, PERIOD), (("speed", 1.0),))
    assert caught.value.code == "setting.unknown"
    assert caught.value.details["known"] == "rate, period"


def test_numbers_are_told_from_what_only_looks_like_them() -> None:
    assert all(is_number(value) for value in (0, -1.5, np.float64(2.0), np.int64(3)))
    assert not any(is_number(value) for value in (True, "1", None, math.inf, math.nan, 1j, [1]))


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 1.0, "1", None, True])
def test_what_cannot_be_a_seed_is_refused(seed: int) -> None:
    with pytest.raises(NablaError) as caught:
        check_seed(seed)
    assert caught.value.code == "setting.out_of_bounds"
    assert caught.value.details["name"] == "Seed"


def test_seeds_are_those_that_data_may_have() -> None:
    from engine.data.checks import MAX_SEED as OF_DATA

    assert MAX_SEED == OF_DATA
    check_seed(0)
    check_seed(MAX_SEED)


def test_an_error_tells_its_code_and_details() -> None:
    error = NablaError("learning_rate.out_of_bounds", value=-1.0, maximum=1000.0)
    assert str(error) == "learning_rate.out_of_bounds (value=-1.0, maximum=1000.0)"
    assert str(NablaError("network.no_layers")) == "network.no_layers"
    assert isinstance(error, ValueError)
