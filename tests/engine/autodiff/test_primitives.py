"""The table of operations: every partial derivative, every pair of jvp and vjp, every formula."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from engine.autodiff import TABLE, Primitive, jvp, vjp
from engine.autodiff.elementwise import ELEMENTWISE
from engine.autodiff.structural import STRUCTURAL
from engine.autodiff.traced import apply
from engine.formula import as_unicode

# Where each function is defined and smooth.
PLACES: dict[str, tuple[float, ...]] = {
    "ln": (0.3, 4.0), "sqrt": (0.3, 4.0), "arcsin": (-0.7, 0.4), "arccos": (-0.7, 0.4),
    "arcosh": (1.3, 6.0), "artanh": (-0.7, 0.4), "csc": (-1.2, 2.0), "cot": (-1.2, 2.0),
}  # fmt: skip
PAIRS: dict[str, tuple[tuple[float, float], ...]] = {
    "pow": ((1.7, 2.3), (0.4, -1.2)), "log": ((3.0, 2.0), (0.3, 0.7)),
    "leaky_relu": ((1.5, 0.1), (-1.5, 0.1)), "elu": ((1.5, 0.7), (-1.5, 0.7)),
}  # fmt: skip
ONE = [one for one in ELEMENTWISE if one.arity == 1]
TWO = [one for one in ELEMENTWISE if one.arity == 2]

EXACT: dict[str, Any] = {
    "neg": lambda x: -x, "exp": mpmath.exp, "ln": mpmath.log, "sqrt": mpmath.sqrt,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), "sin": mpmath.sin,
    "cos": mpmath.cos, "tan": mpmath.tan, "cot": mpmath.cot, "sec": mpmath.sec,
    "csc": mpmath.csc, "arcsin": mpmath.asin, "arccos": mpmath.acos, "arctan": mpmath.atan,
    "sinh": mpmath.sinh, "cosh": mpmath.cosh, "tanh": mpmath.tanh, "arsinh": mpmath.asinh,
    "arcosh": mpmath.acosh, "artanh": mpmath.atanh, "abs": abs, "sign": mpmath.sign,
    "step": lambda x: mpmath.mpf(x > 0), "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "relu": lambda x: max(x, mpmath.mpf(0)), "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
}  # fmt: skip
EXACT_OF_TWO: dict[str, Any] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "pow": lambda a, b: a**b, "log": mpmath.log,
    "min": min, "max": max,
    "leaky_relu": lambda x, a: x if x > 0 else a * x,
    "elu": lambda x, a: x if x > 0 else a * (mpmath.exp(x) - 1),
}  # fmt: skip


def key(primitive: Primitive) -> str:
    return primitive.key


@pytest.mark.parametrize("primitive", ONE, ids=key)
def test_value_and_derivative_agree_with_mpmath(primitive: Primitive) -> None:
    exact = EXACT[primitive.key]
    with mpmath.workdps(40):
        for x in PLACES.get(primitive.key, (-1.3, 0.6, 2.1)):
            value, slope = jvp(lambda at: apply(primitive, at), x, 1.0)
            assert value == pytest.approx(float(exact(mpmath.mpf(x))), rel=1e-14, abs=1e-300)
            wanted = mpmath.diff(exact, mpmath.mpf(x))
            assert slope == pytest.approx(float(wanted), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("primitive", ONE, ids=key)
def test_second_derivatives_agree_with_mpmath(primitive: Primitive) -> None:
    with mpmath.workdps(40):
        for x in PLACES.get(primitive.key, (-1.3, 0.6, 2.1)):
            second = jvp(lambda at: jvp(lambda a: apply(primitive, a), at, 1.0)[1], x, 1.0)[1]
            wanted = mpmath.diff(EXACT[primitive.key], mpmath.mpf(x), 2)
            assert second == pytest.approx(float(wanted), rel=1e-11, abs=1e-13)


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("primitive", TWO, ids=key)
def test_partials_of_two_arguments_agree_with_mpmath(primitive: Primitive, position: int) -> None:
    exact = EXACT_OF_TWO[primitive.key]
    order = (1, 0) if position == 0 else (0, 1)
    with mpmath.workdps(40):
        for pair in PAIRS.get(primitive.key, ((1.3, -0.7), (-2.0, 0.4))):
            y = apply(primitive, *pair)
            wanted = mpmath.diff(exact, tuple(map(mpmath.mpf, pair)), order)
            found = primitive.partial(position, y, pair)
            assert float(found) == pytest.approx(float(wanted), rel=1e-13, abs=1e-15)


def test_every_operation_of_expressions_stands_in_the_table() -> None:
    from engine.expression.functions import TABLE as FUNCTIONS

    assert set(FUNCTIONS) <= set(TABLE)
    for name, function in FUNCTIONS.items():
        assert TABLE[name].arity == function.most, name


def test_derivatives_at_kinks_follow_the_conventions_of_the_rules() -> None:
    from engine.expression import differentiate, parse

    for text in ("abs(x)", "relu(x)", "leaky_relu(x)", "elu(x)", "step(x)", "sign(x)",
                 "max(x, 0)", "max(0, x)", "min(x, 0)", "min(0, x)", "max(x, x)"):  # fmt: skip
        f = parse(text)
        _, slope = jvp(lambda x, f=f: _of(f, x), 0.0, 1.0)
        assert slope == differentiate(f, "x").result(x=0.0), text


def _of(f: Any, x: Any) -> Any:
    from engine.autodiff.expressions import evaluate

    return evaluate(f.tree, {"x": x})


def test_outside_of_its_domain_a_function_has_no_derivative_either() -> None:
    for name, x in (("ln", -1.0), ("artanh", 2.0), ("arcosh", -3.0), ("sqrt", -1.0)):
        _, slope = jvp(lambda at, name=name: apply(TABLE[name], at), x, 1.0)
        assert np.isnan(slope), name


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=key)
def test_formulas_can_be_written(primitive: Primitive) -> None:
    names = ("u", "v", "w")[: primitive.arity]
    texts = [primitive.written(*names), primitive.symbol]
    texts.extend(primitive.partial_written(i, "y", *names) for i in range(len(names)))
    for text in texts:
        assert text.count("{") == text.count("}")
        assert "{{" not in text
        assert "{0}" not in text
        assert as_unicode(text) or not text
    assert primitive.symbol
    assert len(primitive.partials) == len(primitive.partials_latex) == primitive.arity


ARRAYS = np.random.default_rng(5)
A, B, V = ARRAYS.normal(size=(2, 3)), ARRAYS.normal(size=(3, 4)), ARRAYS.normal(size=3)
CUBE = ARRAYS.normal(size=(5, 2, 3))
LINEAR_AND_BILINEAR: dict[str, tuple[Any, Any]] = {
    "sum of all": (np.sum, A),
    "sum of rows": (lambda x: np.sum(x, axis=1), A),
    "sum of an axis counted from behind": (lambda x: np.sum(x, axis=-1), CUBE),
    "sum of two axes, kept": (lambda x: np.sum(x, axis=(0, 2), keepdims=True), CUBE),
    "mean": (lambda x: np.mean(x, axis=0), A),
    "reshape": (lambda x: np.reshape(x, (3, 2)), A),
    "reshape with a size left open": (lambda x: x.reshape(-1), CUBE),
    "transpose": (np.transpose, A),
    "transpose of three axes": (lambda x: np.transpose(x, (2, 0, 1)), CUBE),
    "broadcast": (lambda x: np.broadcast_to(x, (4, 2, 3)), A),
    "a row": (lambda x: x[1], A),
    "a slice backward": (lambda x: x[:, ::-1], A),
    "an index twice": (lambda x: x[[0, 0, 2]], V),
    "stack": (lambda x: np.stack([x[0], x[1] * x[1], x[0]], axis=1), A),
    "matrix by matrix": (lambda x: x @ B, A),
    "matrix on the left": (lambda x: A @ x, B),
    "matrix by vector": (lambda x: x @ V, A),
    "vector by matrix": (lambda x: x @ B, V),
    "vector by vector": (lambda x: np.dot(x, x), V),
    "many matrices": (lambda x: x @ B, CUBE),
    "many by one": (lambda x: CUBE @ x, B),
    "many by vector": (lambda x: CUBE @ x, V),
    "vector by many": (lambda x: x @ np.transpose(CUBE, (0, 2, 1)), V),
    "squared matrix": (lambda x: x @ x.T, A),
    "broadcasting": (lambda x: x * A + x[0] / (2.0 + x * x), V),
    "column by row": (lambda x: x[:, None] * x[None, :], V),
}


@pytest.mark.parametrize("name", LINEAR_AND_BILINEAR)
def test_forward_and_reverse_mode_are_adjoint(name: str) -> None:
    function, x = LINEAR_AND_BILINEAR[name]
    rng = np.random.default_rng(7)
    direction = rng.normal(size=np.shape(x))
    value, tangent = jvp(function, x, direction)
    assert np.shape(tangent) == np.shape(value) == np.shape(function(x))
    np.testing.assert_allclose(value, function(x))
    error = rng.normal(size=np.shape(value))
    _, pull_back = vjp(function, x)
    assert np.shape(pull_back(error)) == np.shape(x)
    assert np.sum(error * tangent) == pytest.approx(np.sum(pull_back(error) * direction))


@pytest.mark.parametrize("name", LINEAR_AND_BILINEAR)
def test_forward_mode_agrees_with_differences(name: str) -> None:
    function, x = LINEAR_AND_BILINEAR[name]
    direction = np.random.default_rng(8).normal(size=np.shape(x))
    h = 1e-6
    wanted = (function(x + h * direction) - function(x - h * direction)) / (2.0 * h)
    np.testing.assert_allclose(jvp(function, x, direction)[1], wanted, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", LINEAR_AND_BILINEAR)
def test_derivatives_of_array_operations_can_be_differentiated(name: str) -> None:
    function, x = LINEAR_AND_BILINEAR[name]
    rng = np.random.default_rng(9)
    direction = rng.normal(size=np.shape(x))
    error = rng.normal(size=np.shape(function(x)))

    def pulled(at: Any) -> Any:
        return vjp(function, at)[1](error)

    h = 1e-6
    wanted = (pulled(x + h * direction) - pulled(x - h * direction)) / (2.0 * h)
    np.testing.assert_allclose(jvp(pulled, x, direction)[1], wanted, rtol=1e-6, atol=1e-7)
    wanted = vjp(lambda at: np.sum(pulled(at) * direction), x)[1](1.0)
    np.testing.assert_allclose(jvp(pulled, x, direction)[1], wanted, rtol=1e-10, atol=1e-12)


def test_every_structural_operation_has_both_ways() -> None:
    for primitive in STRUCTURAL:
        assert primitive.push is not None, primitive.key
        assert primitive.pull is not None, primitive.key
