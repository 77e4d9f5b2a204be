"""Derivatives are those of the lessons, and each comes with its derivation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.expression import (
    Expression,
    ExpressionError,
    derivatives,
    differentiate,
    gradient_expressions,
    hessian_expressions,
    jacobian_expressions,
    parse,
    partial,
    rule,
)
from engine.expression.functions import TABLE
from engine.expression.rules import RULES
from engine.expression.tree import replaced
from tests.engine.expression.random_trees import random_trees


def slope(typed: str, x: float) -> float:
    value = differentiate(parse(typed), "x").result(x=x)
    assert isinstance(value, float)
    return value


def rules_of(typed: str, variable: str = "x") -> list[str]:
    steps = differentiate(parse(typed), variable).steps
    return [step.rule if step.outer is None else f"{step.rule}:{step.outer}" for step in steps]


@pytest.mark.parametrize(
    ("typed", "figure"),
    [("x^2 + sin x", 2.540302), ("x^2 sin x", 2.223244), ("x^2 / sin x", 1.613730)],
)
def test_sum_product_and_quotient_of_the_lesson(typed: str, figure: float) -> None:
    assert slope(typed, 1.0) == pytest.approx(figure, abs=5e-7)


@pytest.mark.parametrize(
    ("typed", "derivative", "key"),
    [
        ("x^n", "n*x**(n - 1)", "power"),
        ("x^3", "3*x**2", "power"),
        ("x^-2", "-2*x**-3", "power"),
        ("x^(1/2)", "x**(-1/2)/2", "power"),
        ("x^0.5", "0.5*x**-0.5", "power"),
        ("e^x", "e**x", "natural_exponential"),
        ("a^x", "a**x*ln(a)", "exponential"),
        ("2^x", "2**x*ln(2)", "exponential"),
        ("ln x", "1/x", "ln"),
        ("log_a x", "1/(x*ln(a))", "log"),
        ("sin x", "cos(x)", "sin"),
        ("cos x", "-sin(x)", "cos"),
        ("tan x", "sec(x)**2", "tan"),
        ("arcsin x", "1/sqrt(1 - x**2)", "arcsin"),
        ("arccos x", "-1/sqrt(1 - x**2)", "arccos"),
        ("arctan x", "1/(1 + x**2)", "arctan"),
    ],
)
def test_table_of_derivatives(typed: str, derivative: str, key: str) -> None:
    found = differentiate(parse(typed), "x")
    assert str(found.result) == derivative
    assert found.steps[0].rule == key
    assert str(found.steps[-1].after) == derivative


@pytest.mark.parametrize(
    ("typed", "derivative"),
    [
        ("5t^2", "10*t"),
        ("3t", "3"),
        ("(3t+2)^2", "6*(3*t + 2)"),
        ("sigmoid(wt+b)", "w*sigmoid(w*t + b)*(1 - sigmoid(w*t + b))"),
        ("relu(t)", "1 if t > 0 else 0"),
        ("leaky_relu(t)", "1 if t > 0 else 0.01"),
        ("leaky_relu(t, a)", "1 if t > 0 else a"),
        ("elu(t, a)", "1 if t > 0 else a*exp(t)"),
        ("tanh t", "1 - tanh(t)**2"),
        ("|t|", "sign(t)"),
        ("step(t)", "0"),
        ("max(t, 0)", "1 if t > 0 else 0"),
        ("t^t", "t**t*(ln(t) + 1)"),
        ("{t^2 if t > 0 else -t}", "2*t if t > 0 else -1"),
        ("softplus(t)", "sigmoid(t)"),
        ("7", "0"),
        ("t^0", "0"),
    ],
)
def test_derivatives_in_their_simplest_form(typed: str, derivative: str) -> None:
    assert str(differentiate(parse(typed), "t").result) == derivative


def test_the_slope_of_prelu_in_its_parameter() -> None:
    f = partial(parse("leaky_relu(x, a)"), "a")
    assert f(x=-2.0, a=0.25) == -2.0
    assert f(x=2.0, a=0.25) == 0.0


def test_at_a_kink_the_branch_below_counts() -> None:
    for name in ("relu", "leaky_relu", "step", "elu(x, 2) + sin"):
        left = slope(f"{name}(x)", -1e-300)
        assert slope(f"{name}(x)", 0.0) == left


def test_where_both_arguments_are_equal_one_of_them_counts() -> None:
    assert slope("max(x, x)", 2.0) == slope("min(x, x)", 2.0) == 1.0


def test_kinks_tell_where_the_rules_may_fail() -> None:
    kinks = differentiate(parse("|x - 1| + max(x, y) + {x if x > 2 else 0} + |y|"), "x").kinks
    assert sorted(map(str, kinks)) == ["x - 1", "x - 2", "x - y"]
    assert differentiate(parse("sin(x)/x"), "x").kinks == ()


@pytest.mark.parametrize(
    ("typed", "rules"),
    [
        ("x^2 + sin x", ["sum", "power", "sin"]),
        ("x^2 - sin x", ["difference", "power", "sin"]),
        ("x^2 sin x", ["product", "power", "sin", "simplify"]),
        ("x^2 / sin x", ["quotient", "power", "sin", "simplify"]),
        ("3 sin x", ["constant_multiple", "sin"]),
        ("sin(x)/3", ["constant_multiple", "sin"]),
        ("1/ln x", ["reciprocal", "ln", "simplify"]),
        ("sin(x^2)", ["chain:sin", "power", "simplify"]),
        ("(sin x)^2", ["chain:power", "sin"]),
        ("e^(2x)", ["chain:natural_exponential", "constant_multiple", "identity", "simplify"]),
        ("x^x", ["general_power", "identity", "identity", "simplify"]),
        ("y", ["constant"]),
        ("x", ["identity"]),
        ("{x if x > 0 else 1}", ["conditional", "identity", "constant"]),
    ],
)
def test_each_step_names_its_rule(typed: str, rules: list[str]) -> None:
    assert rules_of(typed) == rules


def test_a_derivation_can_be_read_line_by_line() -> None:
    steps = differentiate(parse("3x^2 + xy"), "x").steps
    assert [str(step.after) for step in steps] == [
        "D(3*x**2, x) + D(x*y, x)",
        "3*D(x**2, x) + D(x*y, x)",
        "3*(2*x) + D(x*y, x)",
        "3*(2*x) + D(x, x)*y",
        "3*(2*x) + 1*y",
        "6*x + y",
    ]
    assert str(steps[0].before) == "D(3*x**2 + x*y, x)"
    assert str(steps[2].part) == "D(x**2, x)"
    assert str(steps[2].replacement) == "2*x"
    assert steps[2].path == (0, 1)
    assert [each.label for each in differentiate(parse("sin 2x"), "x").steps[0].rules] == [
        "Chain rule",
        "Sine function",
    ]
    assert r"\frac{\partial}{\partial x}" in steps[0].after.latex()
    assert r"\frac{d}{d x}" in differentiate(parse("x^2+x"), "x").steps[0].after.latex()


def test_steps_are_the_same_from_the_front_and_from_the_back() -> None:
    steps = differentiate(parse("+".join(f"sin({k} x^{k})" for k in range(1, 40))), "x").steps
    forward = [step.after for step in steps]
    assert len(forward) > 100
    assert [steps[k].after for k in reversed(range(len(steps)))] == forward[::-1]
    assert steps[-1] == steps[len(steps) - 1]
    assert [step.number for step in steps[3:6]] == [3, 4, 5]
    with pytest.raises(IndexError):
        steps[len(steps)]


def test_every_derivation_ends_at_the_derivative() -> None:
    for tree in random_trees(seed=11, count=400):
        variable = min(tree.variables)
        derivative = differentiate(Expression(tree), variable)
        before = None
        for step in derivative.steps:
            assert before is None or step.before == before
            assert replaced(step.before.tree, step.path, step.replacement.tree) == step.after.tree
            assert all(each.label for each in step.rules)
            before = step.after
        assert before == derivative.result


def test_higher_derivatives() -> None:
    chain = derivatives(parse("sin 2x"), "x", 4)
    assert [str(each.result) for each in chain] == [
        "2*cos(2*x)",
        "-4*sin(2*x)",
        "-8*cos(2*x)",
        "16*sin(2*x)",
    ]
    assert chain[1].function == chain[0].result
    assert chain[1].steps[-1].after == chain[1].result
    with pytest.raises(ExpressionError) as caught:
        derivatives(parse("x"), "x", 0)
    assert caught.value.code == "expression.order"


def test_gradient_jacobian_and_hessian() -> None:
    f = parse("3x^2 + xy")
    assert [str(each) for each in gradient_expressions(f)] == ["6*x + y", "x"]
    assert [each(x=1.0, y=2.0) for each in gradient_expressions(f)] == [8.0, 1.0]
    assert [str(each) for each in gradient_expressions(f, ("y", "z"))] == ["x", "0"]
    rows = jacobian_expressions((parse("x^2 - y^2"), parse("2xy")))
    matrix = np.array([[entry(x=1.0, y=0.5) for entry in row] for row in rows])
    np.testing.assert_array_equal(matrix, [[2.0, -1.0], [1.0, 2.0]])
    second = hessian_expressions(parse("x^2 y + y^3"))
    assert [[str(entry) for entry in row] for row in second] == [["2*y", "2*x"], ["2*x", "6*y"]]
    assert str(partial(parse("x^2 y^3"), "x", "y")) == "6*x*y**2"


def test_four_variables_each_have_their_partial() -> None:
    f = parse("x1 x2 + x3^2 x4")
    assert f.variables == ("x1", "x2", "x3", "x4")
    assert [str(each) for each in gradient_expressions(f)] == ["x2", "x1", "2*x3*x4", "x3**2"]


def test_one_differentiates_with_respect_to_a_variable() -> None:
    for name in ("", "2", "x+", "e", "xy"):
        with pytest.raises(ExpressionError) as caught:
            differentiate(parse("x"), name)
        assert caught.value.code == "expression.not_a_variable"
    assert differentiate(parse("x"), "t").result == parse("0")


def test_every_rule_and_function_has_words_and_a_formula() -> None:
    for key in (*RULES, *TABLE):
        assert rule(key).key == key
        assert rule(key).label
        assert rule(key).latex or key == "simplify"
    assert rule("sin").latex == r"\left( \sin x \right)' = {\cos x}"


def test_a_derivative_may_have_values_beyond_the_function() -> None:
    d = differentiate(parse("ln x"), "x")
    assert math.isnan(d.function(x=-1.0))
    assert d.result(x=-1.0) == -1.0
