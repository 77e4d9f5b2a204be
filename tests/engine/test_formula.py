"""Formulas are told in plain words and in LaTeX."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.formula import (
    Line,
    Number,
    Symbol,
    Text,
    as_unicode,
    is_operator,
    is_relation,
    latex,
    plain,
)


@pytest.mark.parametrize(
    ("source", "read"),
    [
        (r"\frac{\partial L}{\partial w^{1}_{11}}", "∂L/∂w¹₁₁"),
        (r"\hat{y}_1", "ŷ₁"),
        (r"w_{(x1)1}", "w₍ₓ₁₎₁"),
        (r"\sigma'(e_4)", "σ′(e₄)"),
        (r"f^{\prime}", "f′"),
        (r"\sum_{i=1}^{n} x_i", "∑ᵢ₌₁ⁿ xᵢ"),
        (r"\frac{a+b}{c}", "(a+b)/c"),
        (r"\left(\frac{1}{2}\right)^2", "(1/2)²"),
        (r"\mathrm{ReLU}(z)", "ReLU(z)"),
        (r"\log x", "log x"),
        (r"a \cdot b", "a · b"),
        (r"\sqrt{x}", "√x"),
        (r"W^{\top}", "Wᵀ"),
        (r"x^{*}", "x^*"),
    ],
)
def test_latex_is_read_as_text(source: str, read: str) -> None:
    assert as_unicode(source) == read


@given(st.text(alphabet="\\{}^_ frac'hat,xy12", max_size=60))
def test_broken_latex_is_read_without_an_error(source: str) -> None:
    as_unicode(source)


def test_a_line_reads_like_the_formula_on_paper() -> None:
    line = Line(
        (
            Symbol(r"\frac{\partial L}{\partial w}"),
            Symbol("="),
            Number(120.0),
            Symbol(r"\cdot"),
            Number(-0.5, parentheses=True),
            Symbol("="),
            Number(-6e-5),
            Text("mean of {0}", arguments=(10,)),
        ),
        "numbers",
    )
    assert plain(line) == "∂L/∂w = 120 · (−0.5) = −6e−5 mean of 10"
    assert plain(line, {"mean of {0}": "{0} 个的平均"}.__getitem__).endswith("10 个的平均")
    assert latex(line) == (
        r"\frac{\partial L}{\partial w} = 120 \cdot (-0.5) = -6 \times 10^{-5} \text{mean of 10}"
    )


def test_parentheses_stand_around_negative_numbers_only() -> None:
    assert Number(3.0, parentheses=True).written == "3"
    assert Number(-3.0, parentheses=True).written == "(−3)"
    assert Number(-3.0).written == "−3"


def test_signs_are_told_from_symbols() -> None:
    assert is_relation(Symbol("="))
    assert is_relation(Symbol(r"\to"))
    assert is_operator(Symbol(r"\cdot"))
    assert not is_operator(Symbol("w"))
    assert not is_relation(Number(1.0))
