"""Whatever is typed, the answer is an expression or an error at a character."""

from __future__ import annotations

import inspect
import string
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NablaError
from engine.expression import ExpressionError, differentiate, parse
from engine.expression.functions import NAMES

CHARACTERS = "xye πσ0123456789.+-−*/^·÷()[]{}|,<>=≤√²³⁻_'\"\\;:!?&@#%\n\t\0ＸｓﬁΩ½∞中🙂\u0301"
WORDS = (*NAMES, "if", "else", "x", "y", "e", "pi", "1", "2.5", "1e5", "x_1", "sinn", "__import__")


def fault(typed: str) -> tuple[str, str]:
    """The code of the error, and the characters at fault."""
    with pytest.raises(ExpressionError) as caught:
        parse(typed)
    error = caught.value
    assert points_into(error, typed)
    assert error.details["position"] == error.position
    return error.code, typed[error.position : error.position + error.length]


@pytest.mark.parametrize(
    ("typed", "code", "at"),
    [
        ("", "empty", ""),
        ("  \n", "empty", ""),
        ("x +", "incomplete", "+"),
        ("2**", "incomplete", "**"),
        ("x + * y", "operand_expected", "*"),
        ("x * / y", "operand_expected", "/"),
        ("(x + 1", "unclosed", "("),
        ("|x + 1", "unclosed", "|"),
        ("(x + 1]", "unclosed", "("),
        ("x + 1)", "unopened", ")"),
        ("(x + )", "operand_before_closing", ")"),
        ("()", "empty_parentheses", ")"),
        ("sin", "no_argument", "sin"),
        ("x + sin", "no_argument", "sin"),
        ("sin()", "arity", "sin"),
        ("sin(x, y)", "arity", "sin"),
        ("max(x)", "arity", "max"),
        ("log_2(x, 3)", "arity", "log_2"),
        ("sin^-1(x)", "inverse_power", "sin"),
        ("x, y", "stray_comma", ","),
        ("2 3", "two_numbers", "3"),
        ("1.2.3", "two_numbers", ".3"),
        ("y = x^2", "equals", "="),
        ("x == 1", "equals", "="),
        ("x # y", "stray_character", "#"),
        ("2½", "stray_character", "½"),
        ("速度", "stray_character", "速"),
        ("x > 1", "stray_comparison", ">"),
        ("x if y else 0", "condition", "if"),
        ("x if x > 0", "else", "if"),
        ("x if 0 < x < 1 else 0", "chained_comparison", "<"),
        ("if x > 0", "operand_expected", "if"),
        ("x else y", "stray_else", "else"),
        ("sinn(x)", "misspelt_name", "sinn"),
        ("2 + sinx", "misspelt_name", "sinx"),
        ("lnx", "misspelt_name", "lnx"),
        ("aplha", "unknown_name", "aplha"),
        ("__import__('os')", "unknown_name", "__import__"),
        ("x.__class__", "stray_character", "."),
        ("ｙ＝ｘ", "equals", "＝"),
        ("ｓｉｎｎ(x)", "misspelt_name", "ｓｉｎｎ"),
        ("1e999", "number_out_of_range", "1e999"),
        ("x + 1e-999", "number_out_of_range", "1e-999"),
        ("9" * 401, "number_too_long", "9" * 401),
        ("sin" + "9" * 350, "number_out_of_range", "9" * 350),
        ("log_" + "9" * 500 + "(x)", "number_too_long", "log_" + "9" * 500),
        ("x" * 100_001, "too_long", "x"),
        ("(" * 5_000, "too_deep", "("),
        ("-" * 9_000 + "x", "too_deep", "-"),
        ("max(" + "x," * 200 + "x)", "too_deep", "max"),
        ("sin " * 2_000 + "x", "too_deep", "sin"),
        ("x^" * 4_000 + "x", "too_deep", "^"),
        ("1+" * 4_999 + "1", "too_many_parts", "1+" * 4_999 + "1"),
        ("x/" * 300 + "x", "too_deep", "x/" * 300 + "x"),
    ],
)
def test_the_error_points_at_the_very_characters(typed: str, code: str, at: str) -> None:
    assert fault(typed) == (f"expression.{code}", at)


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("sinn(x)", "sin"),
        ("sinx", "sin"),
        ("arctn(x)", "arctan"),
        ("sqroot(x)", "sqrt"),
        ("sigmiod(x)", "sigmoid"),
        ("leakyrelu_(x)", "leaky_relu"),
        ("xsinx", "sin"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest_one(typed: str, suggestion: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(typed)
    assert caught.value.details["suggestion"] in (suggestion, "leakyrelu")


def test_numbers_of_any_size_are_read_without_delay() -> None:
    assert parse("0e999999999")() == 0.0
    assert parse("1e308")() == 1e308
    assert parse("0." + "0" * 300 + "1e290")() == pytest.approx(1e-11)


def test_what_is_nested_as_deeply_as_allowed_can_be_used() -> None:
    deep = parse("sin(" * 60 + "x" + ")" * 60)
    assert differentiate(deep, "x").result(x=0.0) == 1.0
    assert deep.latex()
    assert parse(str(deep)) == deep
    tower = parse("x^" * 60 + "x")
    assert parse(str(tower)) == tower
    assert tower(x=1.0) == 1.0
    assert differentiate(tower, "x").result(x=1.0) == 1.0
    chain = parse("x" + "/2" * 190)
    assert differentiate(chain, "x").result(x=1.0) == pytest.approx(0.5**190)
    assert parse(str(chain)) == chain


def test_ten_thousand_characters_are_an_expression_like_any_other() -> None:
    numbers = range(1_000, 1_900)
    long = parse(" + ".join(f"{number} x^2" for number in numbers))
    assert len(str(long)) > 10_000
    assert long(x=1.0) == sum(numbers)
    assert str(differentiate(long, "x").result) == f"{2 * sum(numbers)}*x"
    assert parse(str(long)) == long


def test_whoever_calls_from_deep_within_gets_an_error_too() -> None:
    def call(depth: int) -> str:
        if depth:
            return call(depth - 1)
        with pytest.raises(ExpressionError) as caught:
            parse("[" * 62 + "x" + "]" * 62)
        return caught.value.code

    room = sys.getrecursionlimit() - len(inspect.stack())
    assert call(room - 150) == "expression.too_deep"


def test_a_derivative_that_would_grow_beyond_measure_is_refused() -> None:
    with pytest.raises(ExpressionError) as caught:
        differentiate(parse("sin(x)*" * 700 + "x"), "x")
    assert caught.value.code == "expression.derivative_too_large"


def test_errors_are_those_that_users_are_told_about() -> None:
    with pytest.raises(NablaError):
        parse("1 +")


def points_into(error: ExpressionError, typed: str) -> bool:
    inside = error.position >= 0 and 0 <= error.length <= len(typed) - error.position
    return inside and error.code.startswith("expression.")


def check(typed: str) -> None:
    refused = None
    try:
        f = parse(typed)
    except ExpressionError as error:
        refused = error
    if refused is not None:
        assert points_into(refused, typed)
        return
    assert parse(str(f)) == f
    f(**dict.fromkeys(f.variables, 0.5))
    f.latex()


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(typed: str) -> None:
    check(typed)


@given(st.text(alphabet=CHARACTERS, max_size=80))
def test_any_text_of_mathematical_characters_is_read_or_refused(typed: str) -> None:
    check(typed)


@given(st.lists(st.sampled_from((*WORDS, *"+-*/^()[]{}|,<>√", " ")), max_size=40))
def test_any_words_and_signs_are_read_or_refused(words: list[str]) -> None:
    check("".join(words))


@given(
    st.sampled_from(
        ("(", "x^", "-", "sin ", "|", "x/", "{", "√", "2(", "x if x>0 else ", "1+", "xy ")
    ),
    st.integers(1, 3_000),
    st.text(alphabet=string.printable, max_size=5),
)
def test_any_repetition_is_read_or_refused(piece: str, times: int, end: str) -> None:
    check(piece * times + end)
