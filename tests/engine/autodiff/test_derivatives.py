"""Gradient, Jacobian and Hessian: the figures of the lessons, SymPy, and each other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy

from engine.autodiff import derivative, gradient, hessian, hessian_vector_product, jacobian
from engine.autodiff.functions import sigmoid
from engine.errors import NablaError
from engine.expression import parse

F = parse("3x^2 + xy")


def test_the_gradient_of_the_lessons() -> None:
    np.testing.assert_array_equal(gradient(F)(x=1.0, y=2.0), [8.0, 1.0])
    np.testing.assert_array_equal(gradient(F)([1.0, 2.0]), [8.0, 1.0])
    np.testing.assert_array_equal(gradient(parse("x^2 + y^2"))([2.0, 1.0]), [4.0, 2.0])


def test_many_points_at_once() -> None:
    points = np.random.default_rng(1).normal(size=(4, 5, 2))
    x, y = points[..., 0], points[..., 1]
    np.testing.assert_allclose(gradient(F)(points), np.stack((6.0 * x + y, x), axis=-1))
    np.testing.assert_allclose(gradient(F)(x=x, y=y), gradient(F)(points))
    np.testing.assert_allclose(gradient(F)(x=x[:, :1], y=0.5)[..., 0], 6.0 * x[:, :1] + 0.5)
    assert hessian(F)(points).shape == (4, 5, 2, 2)
    np.testing.assert_allclose(hessian(F)(points)[3, 4], [[6.0, 1.0], [1.0, 0.0]])


def test_the_order_of_variables_can_be_chosen_and_may_name_more() -> None:
    np.testing.assert_array_equal(gradient(F, ("y", "x"))([2.0, 1.0]), [1.0, 8.0])
    np.testing.assert_array_equal(gradient(F, ("x", "y", "z"))([1.0, 2.0, 9.0]), [8.0, 1.0, 0.0])
    np.testing.assert_array_equal(gradient(parse("7"), ("x",))([[1.0], [2.0]]), [[0.0], [0.0]])


def test_the_jacobian_of_the_lessons_in_both_modes() -> None:
    f = [parse("x^2 - y^2"), parse("2xy")]
    for mode in (None, "forward", "reverse"):
        found = jacobian(f, mode=mode)([1.0, 0.5])
        np.testing.assert_array_equal(found, [[2.0, -1.0], [1.0, 2.0]])
        assert np.linalg.det(found) == pytest.approx(5.0)
        assert jacobian(f, mode=mode)(np.ones((3, 4, 2))).shape == (3, 4, 2, 2)


def test_the_jacobian_of_one_expression_is_its_gradient() -> None:
    np.testing.assert_array_equal(jacobian(F, mode="forward")([1.0, 2.0]), [8.0, 1.0])
    np.testing.assert_array_equal(jacobian(F, mode="reverse")([1.0, 2.0]), [8.0, 1.0])


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_jacobians_have_the_shape_of_output_and_input(mode: Any) -> None:
    a = np.random.default_rng(2).normal(size=(4, 2))

    def function(x: Any) -> Any:
        return np.sin(a @ x)

    x = np.random.default_rng(3).normal(size=(2, 3))
    found = jacobian(function, mode=mode)(x)
    assert found.shape == (4, 3, 2, 3)
    wanted = np.einsum("ij,ik,jl->ijkl", np.cos(a @ x), a, np.eye(3))
    np.testing.assert_allclose(found, wanted, atol=1e-15)
    np.testing.assert_allclose(jacobian(lambda x: x * x, mode=mode)(3.0), 6.0)


def test_the_jacobian_of_softmax() -> None:
    def softmax(z: Any) -> Any:
        shifted = np.exp(z)
        return shifted / np.sum(shifted)

    z = np.array([1.0, 2.0, 0.5])
    s = softmax(z)
    np.testing.assert_allclose(jacobian(softmax)(z), np.diag(s) - np.outer(s, s), atol=1e-16)


def test_the_jacobian_of_a_composition_is_the_product() -> None:
    def inner(x: Any) -> Any:
        return [x[0] * x[1], np.sin(x[0]), x[1] ** 2]

    def outer(u: Any) -> Any:
        return [u[0] + u[1] * u[2], np.exp(u[0])]

    x = np.array([0.3, -0.7])
    u = np.array([0.3 * -0.7, np.sin(0.3), 0.49])
    found = jacobian(lambda at: outer(inner(at)))(x)
    np.testing.assert_allclose(found, jacobian(outer)(u) @ jacobian(inner)(x))


def test_two_channels_add_up() -> None:
    f = parse("(x + y) * (x * y)")
    np.testing.assert_array_equal(gradient(f)(x=2.0, y=3.0), [21.0, 16.0])


def test_the_chain_rule_of_the_lessons() -> None:
    h = derivative(parse("(3x + 2)^2"))
    np.testing.assert_array_equal(h(np.array([-1.0, 0.0, 2.5])), [-6.0, 12.0, 57.0])
    f = parse("sigmoid(w*x + b)")
    assert f(w=2.0, b=-3.0, x=2.0) == pytest.approx(0.731059, abs=5e-7)
    assert derivative(f, "x")(2.0, w=2.0, b=-3.0) == pytest.approx(0.393224, abs=5e-7)
    apart = parse("1/(1 + exp(-(w*x + b)))")
    assert derivative(apart, "x")(2.0, w=2.0, b=-3.0) == pytest.approx(0.393224, abs=5e-7)
    assert derivative(lambda x: sigmoid(2.0 * x - 3.0))(2.0) == pytest.approx(0.393224, abs=5e-7)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("x^2 + sin(x)", 2.540302),
        ("x^2 * sin(x)", 2.223244),
        ("x^2 / sin(x)", 1.613730),
    ],
)
def test_the_rules_of_the_lessons(text: str, wanted: float) -> None:
    assert derivative(parse(text))(1.0) == pytest.approx(wanted, abs=5e-7)


def test_higher_derivatives_agree_with_sympy() -> None:
    x = sympy.Symbol("x")
    text = "sin(x)*exp(x)/(1 + x**2)"
    f, exact = parse(text), sympy.sympify(text)
    for order in range(6):
        wanted = float(sympy.diff(exact, x, order).subs(x, sympy.Rational(7, 10)))
        assert derivative(f, order=order)(0.7) == pytest.approx(wanted, rel=1e-11)


def test_hessians_agree_with_sympy() -> None:
    x, y, z = sympy.symbols("x y z")
    text = "exp(x*y)*sin(z) + x**3*z/(1 + y**2)"
    at = {"x": 0.4, "y": -0.8, "z": 1.3}
    wanted = np.array(sympy.hessian(sympy.sympify(text), (x, y, z)).subs(at), dtype=float)
    found = hessian(parse(text))(**at)
    np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found, found.T, rtol=1e-13)


def test_the_hessian_of_rosenbrock_as_a_python_function() -> None:
    def rosenbrock(p: Any) -> Any:
        return np.sum(100.0 * (p[1:] - p[:-1] ** 2) ** 2 + (1.0 - p[:-1]) ** 2)

    from scipy.optimize import rosen, rosen_der, rosen_hess, rosen_hess_prod

    p = np.array([0.3, -1.2, 0.8, 2.0])
    v = np.array([1.0, 0.5, -2.0, 0.1])
    assert rosenbrock(p) == pytest.approx(rosen(p))
    np.testing.assert_allclose(gradient(rosenbrock)(p), rosen_der(p))
    np.testing.assert_allclose(hessian(rosenbrock)(p), rosen_hess(p))
    product = hessian_vector_product(rosenbrock)(p, v)
    np.testing.assert_allclose(product, rosen_hess_prod(p, v))
    np.testing.assert_allclose(product, hessian(rosenbrock)(p) @ v)


def test_the_hessian_of_a_function_of_a_matrix() -> None:
    x = np.random.default_rng(4).normal(size=(2, 3))
    found = hessian(lambda a: np.sum(a**3))(x)
    assert found.shape == (2, 3, 2, 3)
    np.testing.assert_allclose(found.reshape(6, 6), np.diag(6.0 * x.ravel()))


def test_hessian_vector_products_of_expressions_take_many_points() -> None:
    points = np.random.default_rng(5).normal(size=(7, 2))
    directions = np.random.default_rng(6).normal(size=(7, 2))
    found = hessian_vector_product(F)(points, directions)
    wanted = np.einsum("nij,nj->ni", hessian(F)(points), directions)
    np.testing.assert_allclose(found, wanted)


def test_a_gradient_can_be_differentiated_like_any_function() -> None:
    def length_of_gradient(p: Any) -> Any:
        return np.sum(gradient(F)(p) ** 2)

    found = gradient(length_of_gradient)(np.array([1.0, 2.0]))
    wanted = 2.0 * hessian(F)([1.0, 2.0]) @ [8.0, 1.0]
    np.testing.assert_allclose(found, wanted)


def test_a_derivative_keeps_the_shape_that_it_is_given() -> None:
    f = parse("x^2 y")
    assert derivative(f, "x")(3.0, y=2.0) == 12.0
    np.testing.assert_array_equal(
        derivative(f, "x")([1.0, 2.0], y=[[1.0], [2.0]]), [[2, 4], [4, 8]]
    )
    np.testing.assert_array_equal(derivative(f, "y")([1.0, 2.0], x=3.0), [9.0, 9.0])
    np.testing.assert_array_equal(derivative(parse("5"))(np.zeros((2, 2))), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: gradient(F)(x=1.0), "autodiff.missing_variable"),
        (lambda: gradient(F, ("x",)), "autodiff.missing_variable"),
        (lambda: gradient(F)([1.0, 2.0, 3.0]), "autodiff.wrong_number"),
        (lambda: gradient(F)(1.0), "autodiff.wrong_number"),
        (lambda: derivative(F), "autodiff.which_variable"),
        (lambda: derivative(F, "x")(1.0), "autodiff.missing_variable"),
    ],
)
def test_what_is_missing_is_named(call: Any, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        call()
    assert caught.value.code == code


def test_calls_that_make_no_sense_are_refused() -> None:
    with pytest.raises(TypeError):
        gradient(F)([1.0, 2.0], x=1.0)
    with pytest.raises(ValueError):
        derivative(F, "x", order=-1)
