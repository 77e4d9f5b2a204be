"""How numbers are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.numbers import exact, shown

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9279999999999999, "0.928"),
        (3225.137172, "3225.14"),
        (-3225.137172, "−3225.14"),
        (7200.0, "7200"),
        (60, "60"),
        (0.0, "0"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.3"),
        (123456.7, "123457"),
        (1234567.0, "1.23457e6"),
        (1e-5, "1e−5"),
        (-1.5e-10, "−1.5e−10"),
        (1e300, "1e300"),
        (0.0001, "0.0001"),
        (999999.6, "1e6"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_on_screen_have_six_digits(value: float, text: str) -> None:
    assert shown(value) == text


def test_more_digits_can_be_asked_for() -> None:
    assert shown(3225.137172, 10) == "3225.137172"


@given(finite)
def test_what_is_shown_is_close_to_the_number(value: float) -> None:
    back = float(shown(value).replace("−", "-"))
    assert back == pytest.approx(value, rel=5.1e-6, abs=1e-323)


@given(finite)
def test_nothing_on_screen_ends_in_idle_zeros_or_uses_a_hyphen(value: float) -> None:
    text = shown(value)
    assert "-" not in text
    mantissa = text.partition("e")[0]
    assert not ("." in mantissa and mantissa.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("value", "text"),
    [(7200.0, "7200"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"), (-2.0, "-2"), (1e22, "1e+22")],
)
def test_numbers_in_files_have_every_digit(value: float, text: str) -> None:
    assert exact(value) == text


@given(st.floats())
def test_reading_a_file_back_gives_the_same_bits(value: float) -> None:
    back = float(exact(value))
    assert back.hex() == value.hex()
