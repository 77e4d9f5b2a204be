"""Typed expressions as objectives."""

from __future__ import annotations

import numpy as np
import pytest

from engine.descent import Descent, descend, optimizers
from engine.descent import expressions as module
from engine.descent.expressions import ExpressionObjective
from engine.descent.functions import TABLE, Function
from engine.descent.maps import DIVERGED, basins
from engine.errors import NablaError
from engine.expression import ExpressionError, parse

ALL = pytest.mark.parametrize("f", TABLE.values(), ids=list(TABLE))


def agree(f: Function, typed: ExpressionObjective) -> None:
    low, high = np.array(f.domain).T
    rng = np.random.default_rng(6)
    points = rng.uniform(low, high, (2, 9, len(low)))
    directions = rng.normal(size=points.shape)
    for ours, theirs in (
        (typed.value(points), f.value(points)),
        (typed.gradient(points), f.gradient(points)),
        (
            typed.hessian_product(points, directions),
            f.hessian_product(points, directions),
        ),
    ):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-7)


@ALL
def test_a_typed_function_is_the_function_of_the_table(f: Function) -> None:
    agree(f, ExpressionObjective(parse(f.text)))


@pytest.mark.parametrize("name", ["rosenbrock", "ackley", "waves"])
def test_what_is_too_large_by_rule_is_differentiated_automatically(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*arguments: object) -> object:
        raise ExpressionError("expression.derivative_too_large")

    monkeypatch.setattr(module, "gradient_expressions", too_large)
    monkeypatch.setattr(module, "hessian_expressions", too_large)
    agree(TABLE[name], ExpressionObjective(parse(TABLE[name].text)))


def test_one_point_is_as_good_as_many() -> None:
    objective = ExpressionObjective(parse("x^2 y"))
    point = np.array([3.0, 2.0])
    assert float(objective.value(point)) == 18.0
    assert objective.gradient(point).tolist() == [12.0, 9.0]
    assert objective.hessian_product(point, np.array([1.0, 1.0])).tolist() == [10.0, 6.0]


def test_more_variables_may_be_named_than_occur() -> None:
    objective = ExpressionObjective(parse("x^2"), ("x", "y"))
    point = np.array([[3.0, 2.0], [1.0, 5.0]])
    assert objective.value(point).tolist() == [9.0, 1.0]
    assert objective.gradient(point).tolist() == [[6.0, 0.0], [2.0, 0.0]]
    with pytest.raises(NablaError) as caught:
        ExpressionObjective(parse("x y"), ("x",))
    assert caught.value.code == "autodiff.missing_variable"


def test_outside_the_domain_is_named() -> None:
    objective = ExpressionObjective(parse("x - ln(x)"))
    block = Descent(objective, (-1.0,), optimizers.adam(0.1)).advance(
        Descent(objective, (-1.0,), optimizers.adam(0.1)).initial(), 5
    )
    assert block.stop is not None
    assert block.stop.code == "descent.start_undefined"


def test_a_line_search_stays_within_the_domain() -> None:
    objective = ExpressionObjective(parse("x - ln(x)"))
    for key in ("backtracking", "exact_line_search", "newton", "bfgs"):
        path = descend(objective, 0.05, optimizers.method(key), 100, tolerance=1e-8)
        assert path.points[-1, 0] == pytest.approx(1.0, abs=1e-6)


def test_a_map_marks_what_lies_outside_the_domain() -> None:
    objective = ExpressionObjective(parse("x - ln(x)"))
    *_, final = basins(objective, optimizers.gradient_descent(0.05), ((-1.0, 3.0),), pixels=32)
    assert (final.labels[0, :8] == DIVERGED).all()
    assert (final.labels[0, 10:] == 0).all()
    assert final.minima == pytest.approx(np.array([[1.0]]))


def test_at_a_kink_the_descent_goes_on() -> None:
    path = descend(parse("abs(x) + abs(y)"), (1.0, 0.3), optimizers.gradient_descent(0.1), 30)
    assert len(path.points) == 31
    assert np.abs(path.points[-1]).max() <= 0.1 + 1e-12
