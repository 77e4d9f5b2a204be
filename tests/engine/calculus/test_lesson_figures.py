"""The figures of the derivative and surface lessons."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.calculus import (
    area_function,
    differentiability,
    differential,
    directional_derivative,
    directional_derivative_at_angle,
    gradient_at,
    integral,
    linear_map,
    partials,
    polar_curve,
    quotient_table,
    riemann_sum,
    secant,
    tangent,
    tangent_plane,
    total_differential,
)
from engine.expression import parse

Z = parse("3x^2 + xy")


def test_instantaneous_velocity() -> None:
    table = quotient_table(parse("5t^2"), 1.0, [1.0, 0.1, 0.01])
    assert [line.slope for line in table] == pytest.approx([15.0, 10.5, 10.05])
    assert tangent(parse("5t^2"), 1.0).slope == 10.0
    assert [line.error for line in table] == pytest.approx([5.0, 0.5, 0.05])


def test_slope_of_a_line() -> None:
    f = parse("3a")
    for a in (2.0, -1.0, 100.0):
        assert secant(f, a, a + 0.001).slope == pytest.approx(3.0)
        assert tangent(f, a).slope == 3.0
    assert f(a=2.001) - f(a=2.0) == pytest.approx(0.003)


def test_slope_of_a_parabola() -> None:
    f = parse("a^2")
    assert (tangent(f, 2.0).slope, tangent(f, 5.0).slope) == (4.0, 10.0)
    assert secant(f, 2.0, 2.001).slope == pytest.approx(4.001)
    assert secant(f, 5.0, 5.001).slope == pytest.approx(10.001)


def test_when_the_limit_fails() -> None:
    found = {text: differentiability(parse(text), 0.0) for text in
             ("abs(x)", "relu(x)", "step(x)", "cbrt(x)")}  # fmt: skip
    assert {text: verdict.kind for text, verdict in found.items()} == {
        "abs(x)": "corner",
        "relu(x)": "corner",
        "step(x)": "jump",
        "cbrt(x)": "vertical_tangent",
    }
    assert (found["abs(x)"].left.value, found["abs(x)"].right.value) == (-1.0, 1.0)
    assert (found["relu(x)"].left.value, found["relu(x)"].right.value) == (0.0, 1.0)
    assert (found["step(x)"].left_value.value, found["step(x)"].right_value.value) == (0.0, 1.0)
    assert found["cbrt(x)"].slope == math.inf


def test_differential() -> None:
    found = differential(parse("x^2"), 2.0, 0.5)
    assert (found.df, found.delta, found.remainder) == (2.0, 2.25, 0.25)
    halved = differential(parse("x^2"), 2.0, 0.25)
    assert halved.remainder == found.remainder / 4.0


def test_integral() -> None:
    f = parse("x^2")
    sums = [riemann_sum(f, 0.0, 2.0, 4, rule).total for rule in
            ("left", "right", "midpoint", "trapezoid")]  # fmt: skip
    assert sums == [1.75, 3.75, 2.625, 2.75]
    assert integral(f, 0.0, 2.0).value == pytest.approx(8.0 / 3.0, rel=1e-15)
    errors = [abs(riemann_sum(f, 0.0, 2.0, n).total - 8.0 / 3.0) for n in (4, 40, 400)]
    assert errors == sorted(errors, reverse=True)


def test_the_derivative_of_the_area_function_is_the_function() -> None:
    f = parse("x^2")
    x = np.linspace(0.0, 2.0, 201)
    area = area_function(f, 0.0, x)
    np.testing.assert_allclose(area.values, x**3 / 3.0, atol=1e-15)
    slopes = (area.values[2:] - area.values[:-2]) / (x[2:] - x[:-2])
    np.testing.assert_allclose(slopes, f(x=x[1:-1]), atol=1e-4)


def test_partial_derivatives() -> None:
    by_x, by_y = partials(Z, (1.0, 2.0))
    assert (by_x.value, by_y.value) == (8.0, 1.0)
    assert by_x.limit_latex == r"\lim_{h \to 0} \frac{f(1 + h, 2) - f(1, 2)}{h}"
    assert by_x.table[-1].slope == pytest.approx(8.0, abs=1e-4)


def test_partials_of_n_variables() -> None:
    found = partials(parse("a*b + c*d^2"), (1.0, 2.0, 3.0, 4.0))
    assert [one.variable for one in found] == ["a", "b", "c", "d"]
    assert [one.value for one in found] == pytest.approx([2.0, 1.0, 16.0, 24.0])


def test_total_differential() -> None:
    found = total_differential(Z, (1.0, 2.0), (0.1, 0.2))
    assert found.dz == pytest.approx(1.0)
    assert found.delta == pytest.approx(1.05)
    assert [term.value for term in found.terms] == pytest.approx([0.8, 0.2])


def test_tangent_plane() -> None:
    plane = tangent_plane(Z, (1.0, 2.0))
    assert plane.latex == "z = 5 + 8(x - 1) + (y - 2)"
    assert plane(np.array([1.1, 2.2])) == pytest.approx(6.0)


def test_directional_derivative() -> None:
    gradient = gradient_at(Z, (1.0, 2.0))
    assert gradient.vector == (8.0, 1.0)
    assert gradient.norm == pytest.approx(8.062258, abs=5e-7)
    assert directional_derivative_at_angle(Z, (1.0, 2.0), math.pi / 4).value == pytest.approx(
        6.363961, abs=5e-7
    )
    along = directional_derivative(Z, (1.0, 2.0), gradient.direction)
    assert along.value == pytest.approx(gradient.norm)
    assert along.to_gradient == pytest.approx(0.0, abs=1e-15)
    across = directional_derivative(Z, (1.0, 2.0), (-gradient.direction[1], gradient.direction[0]))
    assert across.value == pytest.approx(0.0, abs=1e-15)
    assert across.to_gradient == pytest.approx(math.pi / 2)
    everywhere = polar_curve(Z, (1.0, 2.0), 3601)
    assert everywhere.values.max() == pytest.approx(gradient.norm, rel=1e-6)
    assert everywhere.angles[everywhere.values.argmax()] == pytest.approx(gradient.angle, abs=2e-3)


def test_gradient_on_a_hill() -> None:
    gradient = gradient_at(parse("x^2 + y^2"), (2.0, 1.0))
    assert gradient.vector == (4.0, 2.0)
    assert gradient.norm == pytest.approx(4.472136, abs=5e-7)


def test_jacobian() -> None:
    found = linear_map([parse("x^2 - y^2"), parse("2xy")], (1.0, 0.5))
    np.testing.assert_array_equal(found.matrix, [[2.0, -1.0], [1.0, 2.0]])
    assert found.determinant == 5.0
    np.testing.assert_array_equal(found.image, [0.75, 1.0])
