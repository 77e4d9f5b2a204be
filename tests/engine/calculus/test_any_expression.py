"""Whatever is typed: an answer or an error with a name, never a warning or a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from engine.autodiff import check_gradient, derivative, gradient, hessian, jacobian, record
from engine.calculus import (
    area_function,
    curve,
    differentiability,
    differential,
    error_curve,
    grid_image,
    integral,
    partials,
    polar_curve,
    quotient_table,
    riemann_sum,
    sample_curve,
    sample_surface,
    second_order,
    tangent,
    tangent_plane,
    total_differential,
)
from engine.errors import NablaError
from engine.expression import Expression
from tests.engine.expression.random_trees import random_trees

PLACES = (-3.0, -1.0, 0.0, 1e-300, 0.5, 1.0, 2.0, 1e8, 1e200)
POINTS = [(x, y) for x in (-1.0, 0.0, 0.7, 1e200) for y in (0.0, 2.0, -1e-200)]

OF_ONE: dict[str, Callable[[Any, float], Any]] = {
    "differentiability": differentiability,
    "tangent": tangent,
    "differential": lambda f, x: differential(f, x, 0.5),
    "quotients": lambda f, x: quotient_table(f, x, [1.0, 1e-3, 1e-6]),
    "errors": lambda f, x: [error_curve(f, x, kind) for kind in ("forward", "central")],
    "integral": lambda f, x: integral(f, -1.0, x if abs(x) < 1e7 else 3.0),
    "area": lambda f, x: area_function(f, min(x, 4.0), np.linspace(-2.0, 3.0, 20)),
    "sums": lambda f, x: riemann_sum(f, x, x + 2.0, 5, "simpson").outlines,
    "curve": lambda f, x: sample_curve(f, min(x, 1e7) - 2.0, min(x, 1e7) + 3.0, 100),
    "derivatives": lambda f, x: [derivative(f, order=n)(np.array([x])) for n in (1, 3)],
}
OF_TWO: dict[str, Callable[[Any, tuple[float, float]], Any]] = {
    "partials": partials,
    "plane": lambda f, p: tangent_plane(f, p).latex,
    "total": lambda f, p: total_differential(f, p, (0.1, -0.2)),
    "polar": lambda f, p: polar_curve(f, p).outline,
    "second": lambda f, p: second_order(f, p).newton_step(),
    "surface": lambda f, p: sample_surface(f, (-2.0, 2.0), (-2.0, 2.0), 12, 12),
    "grid": lambda f, p: grid_image([f, f], p, 0.1, ("x", "y")),
    "gradient": lambda f, p: gradient(f, ("x", "y"))(p),
    "hessian": lambda f, p: hessian(f, ("x", "y"))(p),
    "jacobian": lambda f, p: jacobian([f, f], ("x", "y"))(p),
    "tape": lambda f, p: record(f, *p, names=("x", "y")).edges(),
    "check": lambda f, p: check_gradient(f, p, ("x", "y")),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_functions_of_one_variable(name: str) -> None:
    for number, tree in enumerate(random_trees(21, 120)):
        f = Expression(tree).substitute(y="x")
        attempt(OF_ONE[name], f, PLACES[number % len(PLACES)])


@pytest.mark.parametrize("name", OF_TWO)
def test_functions_of_two_variables(name: str) -> None:
    for number, tree in enumerate(random_trees(22, 120)):
        attempt(OF_TWO[name], Expression(tree), POINTS[number % len(POINTS)])


def attempt(call: Callable[[Any, Any], Any], f: Expression, place: Any) -> None:
    try:
        call(f, place)
    except NablaError as error:
        assert error.code.startswith(("calculus.", "autodiff.", "expression."))  # noqa: PT017


def test_a_curve_of_a_constant_is_flat() -> None:
    assert curve(Expression(random_trees(1, 1)[0]).substitute(x=2.0, y=1.0)).derivative(1.0) == 0.0
