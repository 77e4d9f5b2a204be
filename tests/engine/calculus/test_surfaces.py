"""Surfaces: partials, directions, planes, second order, and maps of the plane."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calculus import (
    Surface,
    curve,
    directional_derivative,
    directional_derivative_at_angle,
    gradient_at,
    grid_image,
    linear_map,
    mapped,
    partial,
    partials,
    polar_curve,
    second_order,
    surface,
    tangent_plane,
    total_differential,
    unit,
)
from engine.errors import NablaError
from engine.expression import parse

PRESETS = {
    "bowl": "x^2 + y^2",
    "saddle": "x^2 - y^2",
    "monkey saddle": "x^3 - 3x*y^2",
    "ripple": "sin(sqrt(x^2 + y^2 + 1))",
    "rosenbrock": "(1 - x)^2 + 100(y - x^2)^2",
    "himmelblau": "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
}


# ------------------------------------------------------------------------------ functions


def test_a_surface_takes_points_or_coordinates() -> None:
    for f in (surface(parse("3x^2 + xy")), surface(lambda x, y: 3 * x * x + x * y)):
        points = np.random.default_rng(1).normal(size=(4, 5, 2))
        x, y = points[..., 0], points[..., 1]
        np.testing.assert_allclose(f(points), 3.0 * x * x + x * y)
        np.testing.assert_allclose(f.at(x, y), f(points))
        assert f((1.0, 2.0)) == 5.0
        assert surface(f) is f


def test_a_surface_of_one_letter_or_none_still_has_two_variables() -> None:
    assert surface(parse("x^2")).variables == ("x", "y")
    assert surface(parse("y")).variables == ("x", "y")
    assert surface(parse("t^2")).variables == ("t", "x")
    assert surface(parse("4")).variables == ("x", "y")
    assert surface(parse("u*v*w")).variables == ("u", "v", "w")
    assert surface(parse("4"))(np.zeros((3, 2))).shape == (3,)


@pytest.mark.parametrize("text", PRESETS.values(), ids=PRESETS.keys())
def test_without_rules_differences_come_close(text: str) -> None:
    exact = surface(parse(text))
    blind = Surface(exact.call)
    half_blind = Surface(exact.call, slopes=exact.slopes)
    points = np.random.default_rng(2).uniform(-2.0, 2.0, (6, 2))
    size = np.abs(exact.hessian(points)).max() + 1.0
    np.testing.assert_allclose(blind.gradient(points), exact.gradient(points), atol=1e-7 * size)
    np.testing.assert_allclose(blind.hessian(points), exact.hessian(points), atol=1e-4 * size)
    np.testing.assert_allclose(half_blind.hessian(points), exact.hessian(points), atol=1e-8 * size)


def test_cuts_and_lines_through_a_surface() -> None:
    for f in (surface(parse("3x^2 + xy")), Surface(surface(parse("3x^2 + xy")).call)):
        along_x, along_y = f.cut((1.0, 2.0), 0), f.cut((1.0, 2.0), 1)
        assert (along_x.variable, along_y.variable) == ("x", "y")
        np.testing.assert_allclose(along_x(np.array([0.0, 1.0, 2.0])), [0.0, 5.0, 16.0])
        assert along_x.derivative(1.0) == pytest.approx(8.0)
        assert along_y.derivative(7.0) == pytest.approx(1.0)
        assert along_x.second_derivative(1.0) == pytest.approx(6.0, abs=1e-4)
        line = f.line((1.0, 2.0), (0.6, 0.8))
        assert line(0.0) == 5.0
        assert line.derivative(0.0) == pytest.approx(5.6)
        assert line.second_derivative(0.0) == pytest.approx(6 * 0.36 + 2 * 0.48, abs=1e-4)
        assert line(np.array([0.0, 1.0])).shape == (2,)


def test_a_curve_holds_other_variables() -> None:
    f = curve(parse("a*x^2"), "x", {"a": 3.0})
    assert (f(2.0), f.derivative(2.0), f.second_derivative(2.0)) == (12.0, 12.0, 6.0)
    with pytest.raises(NablaError) as caught:
        curve(parse("a*x^2"), "x")
    assert caught.value.code == "autodiff.missing_variable"


def test_python_functions_that_fail_have_no_value() -> None:
    def fails(x: Any) -> Any:
        raise ZeroDivisionError

    assert np.isnan(curve(fails)(1.0))
    assert curve(lambda x: 3)(np.zeros(4)).shape == (4,)


# --------------------------------------------------------------- partials and directions


def test_a_partial_that_does_not_exist_says_why() -> None:
    found = partial(parse("|x| + y"), (0.0, 1.0), 0)
    assert np.isnan(found.value)
    assert found.verdict.kind == "corner"
    assert found.latex == r"\frac{\partial f}{\partial x}"
    assert found.limit_latex == r"\lim_{h \to 0} \frac{f(h, 1) - f(0, 1)}{h}"
    assert partial(parse("|x| + y"), (0.0, 1.0), 1).value == 1.0


def test_partials_of_python_functions_of_any_number_of_variables() -> None:
    found = partials(lambda a, b, c: a * b + c**3, (1.0, 2.0, 3.0))
    assert [one.value for one in found] == pytest.approx([2.0, 1.0, 27.0])
    assert [one.variable for one in found] == ["x_1", "x_2", "x_3"]
    total = total_differential(lambda a, b, c: a * b + c**3, (1.0, 2.0, 3.0), (0.1, 0.1, 0.0))
    assert total.dz == pytest.approx(0.3)


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(0.0, 6.3))
def test_the_slope_in_a_direction_is_the_slope_of_the_cut(x: float, y: float, angle: float) -> None:
    f = parse("sin(x)*y + x^2 - x*y^2")
    found = directional_derivative_at_angle(f, (x, y), angle)
    line = surface(f).line((x, y), found.direction)
    assert found.value == pytest.approx(line.derivative(0.0), rel=1e-12, abs=1e-12)
    norm = found.gradient.norm
    if norm > 1e-150:
        assert abs(found.value) <= norm * (1.0 + 1e-15)
        assert found.value == pytest.approx(norm * math.cos(found.to_gradient), abs=1e-9)
        assert sum(found.terms) == pytest.approx(found.value)


def test_the_polar_curve_is_a_pair_of_circles() -> None:
    found = polar_curve(parse("3x^2 + xy"), (1.0, 2.0))
    centre = np.array([8.0, 1.0]) / 2.0
    up = found.values > 0.0
    radii = np.linalg.norm(found.outline[up] - centre, axis=1)
    np.testing.assert_allclose(radii, np.linalg.norm(centre), rtol=1e-12)
    np.testing.assert_allclose(found.outline[0], found.outline[-1], atol=1e-14)


def test_a_direction_has_length_one() -> None:
    f = parse("x + y")
    with pytest.raises(NablaError) as caught:
        directional_derivative(f, (0.0, 0.0), (1.0, 1.0))
    assert caught.value.code == "calculus.not_unit"
    assert directional_derivative(f, (0.0, 0.0), unit((1.0, 1.0))).value == pytest.approx(2**0.5)
    assert unit((3e300, 4e300)) == pytest.approx((0.6, 0.8))
    assert unit((3e-300, 4e-300)) == pytest.approx((0.6, 0.8))
    for nothing in ((0.0, 0.0), (np.nan, 1.0), (np.inf, 1.0)):
        with pytest.raises(NablaError) as caught:
            unit(nothing)
        assert caught.value.code == "calculus.no_direction"


def test_a_flat_place_has_no_direction() -> None:
    found = gradient_at(parse("x^2 + y^2"), (0.0, 0.0))
    assert (found.norm, found.direction) == (0.0, (0.0, 0.0))
    assert np.isnan(found.angle)
    assert np.isnan(directional_derivative_at_angle(parse("x^2"), (0.0, 0.0), 0.3).to_gradient)


def test_the_tangent_plane_touches() -> None:
    f = surface(parse("sin(x)*cos(y)"))
    plane = tangent_plane(f, (0.4, 0.9))
    for h in (0.1, 0.01):
        away = np.array([0.4 + h, 0.9 - h])
        assert abs(f(away) - plane(away)) < h * h
    patch = plane.patch(0.5)
    assert patch.shape == (4, 3)
    edges = patch[1:3] - patch[0]
    np.testing.assert_allclose(edges @ np.array(plane.normal), 0.0, atol=1e-15)
    assert np.linalg.norm(plane.normal) == pytest.approx(1.0)


# ------------------------------------------------------------------------- second order


@pytest.mark.parametrize(
    ("text", "point", "kind"),
    [
        ("x^2 + y^2", (0.0, 0.0), "minimum"),
        ("-x^2 - 2y^2", (0.0, 0.0), "maximum"),
        ("x^2 - y^2", (0.0, 0.0), "saddle"),
        ("x^3 - 3x*y^2", (0.0, 0.0), "degenerate"),
        ("x^4 + y^4", (0.0, 0.0), "degenerate"),
        ("x^2", (0.0, 3.0), "degenerate"),
        ("x^2 + y^2", (1.0, 0.0), "not_critical"),
        ("(1 - x)^2 + 100(y - x^2)^2", (1.0, 1.0), "minimum"),
        ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (3.0, 2.0), "minimum"),
        ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", (-0.270845, -0.923039), "maximum"),
        ("sin(x)*sin(y)", (0.0, 0.0), "saddle"),
    ],
)
def test_the_kind_of_a_critical_point(text: str, point: tuple[float, float], kind: str) -> None:
    found = second_order(parse(text), point)
    assert found.kind == kind
    assert found.code == f"calculus.{kind}"


@pytest.mark.parametrize("text", PRESETS.values(), ids=PRESETS.keys())
def test_axes_and_curvatures_make_up_the_hessian(text: str) -> None:
    found = second_order(parse(text), (0.3, -0.7))
    rebuilt = found.axes.T @ np.diag(found.curvatures) @ found.axes
    np.testing.assert_allclose(rebuilt, found.hessian, atol=1e-10)
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(2), atol=1e-14)
    assert found.determinant == pytest.approx(np.linalg.det(found.hessian))
    f, away = surface(parse(text)), np.array([0.3 + 1e-3, -0.7 - 1e-3])
    assert found.paraboloid(away) == pytest.approx(f(away), abs=1e-5)


def test_newton_s_step_lands_on_the_minimum_of_a_paraboloid() -> None:
    found = second_order(parse("(x - 1)^2 + 3(y + 2)^2 + x*y"), (5.0, 5.0))
    step = found.newton_step()
    assert step is not None
    landed = second_order(parse("(x - 1)^2 + 3(y + 2)^2 + x*y"), np.add((5.0, 5.0), step).tolist())
    assert landed.kind == "minimum"
    assert second_order(parse("x^2"), (1.0, 0.0)).newton_step() is None


# ---------------------------------------------------------------------------- linear maps


def test_the_image_of_a_small_grid_becomes_linear() -> None:
    f = [parse("x^2 - y^2"), parse("2xy")]
    errors = [grid_image(f, (1.0, 0.5), radius).error for radius in (0.4, 0.2, 0.1)]
    np.testing.assert_allclose(errors[0] / errors[1], 4.0)
    np.testing.assert_allclose(errors[1] / errors[2], 4.0)
    found = grid_image(f, (1.0, 0.5), 0.1, lines=5, points=9)
    assert found.grid.shape == found.image.shape == found.linear.shape == (10, 9, 2)
    np.testing.assert_allclose(found.image, mapped(f, found.grid))


def test_python_maps_agree_with_expressions() -> None:
    def f(p: Any) -> Any:
        return np.stack([p[0] ** 2 - p[1] ** 2, 2.0 * p[0] * p[1]])

    found = linear_map(f, (1.0, 0.5))
    np.testing.assert_array_equal(found.matrix, [[2.0, -1.0], [1.0, 2.0]])
    np.testing.assert_allclose(found.stretches, [5**0.5, 5**0.5])
    grid = grid_image(f, (1.0, 0.5), 0.1)
    wanted = grid_image([parse("x^2 - y^2"), parse("2xy")], (1.0, 0.5), 0.1)
    np.testing.assert_allclose(grid.image, wanted.image)


def test_linear_maps_are_composed_by_multiplying() -> None:
    inner = linear_map([parse("x*y"), parse("x + y"), parse("sin x")], (0.5, 2.0))
    outer = linear_map([parse("a*b*c"), parse("a - c")], inner.image.tolist())
    both = outer.after(inner)
    assert (outer.matrix.shape, inner.matrix.shape, both.matrix.shape) == ((2, 3), (3, 2), (2, 2))
    direct = linear_map([parse("x*y*(x + y)*sin(x)"), parse("x*y - sin(x)")], (0.5, 2.0))
    np.testing.assert_allclose(both.matrix, direct.matrix)
    assert np.isnan(inner.determinant)
    with pytest.raises(NablaError) as caught:
        inner.after(inner)
    assert caught.value.code == "calculus.shapes"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: gradient_at(parse("x + y"), (1.0,)), "calculus.wrong_number"),
        (lambda: tangent_plane(parse("ln(x) + y"), (-1.0, 0.0)), "calculus.no_value"),
        (lambda: gradient_at(parse("ln(x) + y"), (-1.0, 0.0)), "calculus.no_slope"),
        (lambda: second_order(parse("ln(x) + y"), (-1.0, 0.0)), "calculus.no_value"),
        (lambda: total_differential(parse("ln(x)*y"), (1, 0), (-2, 0)), "calculus.no_value"),
        (lambda: directional_derivative(parse("x*y"), (1, 0), (1, 0, 0)), "calculus.wrong_number"),
        (lambda: linear_map([parse("ln(x)"), parse("y")], (-1.0, 0.0)), "calculus.no_value"),
        (lambda: mapped([parse("x*y")], np.zeros(3)), "calculus.wrong_number"),
        (lambda: surface(parse("x*y*z"), ("x", "y")), "autodiff.missing_variable"),
    ],
)
def test_what_cannot_be_is_named(call: Any, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        call()
    assert caught.value.code == code
