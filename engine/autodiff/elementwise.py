"""The element-wise operations: value, partial derivatives and LaTeX of each.

Values and partials are plain NumPy that never branches on a number, so they take arrays, numbers
and traced values. Where a function has a kink or a jump, its partial is a convention: 0 for |x|,
sign and step at 0, that of the branch x ≤ 0 for ReLU and its kin, the second argument's where
min and max have two equal ones. These are the conventions of :mod:`engine.expression`, which also
lends the values; the partials here are a second, independent way to the derivative.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.autodiff.placeholder import Array, Traced, shape_of
from engine.autodiff.primitive import Primitive, broadcast
from engine.expression.arrays import power, ratio
from engine.expression.functions import TABLE as FUNCTIONS


def _sigmoid(x: Array) -> Array:
    return x.through("sigmoid", x) if isinstance(x, Traced) else FUNCTIONS["sigmoid"].value(x)


def _power_by_base(y: Array, a: Array, b: Array) -> Array:
    # 0 · 0⁻¹ would make the constant x⁰ steep at 0.
    return np.where(np.equal(b, 0.0), 0.0, b * a ** (b - 1.0))


def _power_by_exponent(y: Array, a: Array, b: Array) -> Array:
    # 0ᵇ stays 0 for all b > 0.
    flat = np.equal(a, 0.0) & np.greater(b, 0.0)
    return np.where(flat, 0.0, y * np.log(np.where(flat, 1.0, a)))


def _chosen_tangent(
    y: Array, arguments: Sequence[Array], tangents: Sequence[Array | None]
) -> Array:
    # Chosen, not multiplied by 0 or 1: where a branch is not taken it need not have a derivative.
    _, a, b = (0.0 if tangent is None else tangent for tangent in tangents)
    return broadcast(np.where(arguments[0], a, b), shape_of(y))


ARITHMETIC = (
    Primitive(
        "add",
        2,
        np.add,
        (lambda y, a, b: 1.0, lambda y, a, b: 1.0),
        "{0} + {1}",
        ("1", "1"),
        "+",
    ),
    Primitive(
        "sub",
        2,
        np.subtract,
        (lambda y, a, b: 1.0, lambda y, a, b: -1.0),
        "{0} - {1}",
        ("1", "-1"),
        "-",
    ),
    Primitive(
        "mul",
        2,
        np.multiply,
        (lambda y, a, b: b, lambda y, a, b: a),
        r"{0} \cdot {1}",
        ("{1}", "{0}"),
        r"\times",
    ),
    Primitive(
        "div",
        2,
        ratio,
        (lambda y, a, b: 1.0 / b, lambda y, a, b: -y / b),
        r"\frac{{{0}}}{{{1}}}",
        (r"\frac{{1}}{{{1}}}", r"-\frac{{{0}}}{{{1}^{{2}}}}"),
        r"\div",
    ),
    Primitive("neg", 1, np.negative, (lambda y, a: -1.0,), "-{0}", ("-1",), "-"),
    Primitive(
        "pow",
        2,
        power,
        (_power_by_base, _power_by_exponent),
        "{0}^{{{1}}}",
        ("{1} {0}^{{{1} - 1}}", r"{y} \ln {0}"),
        "a^{b}",
    ),
)

ELEMENTARY = (
    Primitive("exp", 1, FUNCTIONS["exp"].value, (lambda y, x: y,), "e^{{{0}}}", ("{y}",), r"\exp"),
    Primitive(
        "ln",
        1,
        FUNCTIONS["ln"].value,
        (lambda y, x: 1.0 / x,),
        r"\ln {0}",
        (r"\frac{{1}}{{{0}}}",),
        r"\ln",
    ),
    Primitive(
        "log",
        2,
        FUNCTIONS["log"].value,
        (lambda y, x, a: 1.0 / (x * np.log(a)), lambda y, x, a: -y / (a * np.log(a))),
        r"\log_{{{1}}} {0}",
        (r"\frac{{1}}{{{0} \ln {1}}}", r"-\frac{{{y}}}{{{1} \ln {1}}}"),
        r"\log",
    ),
    Primitive(
        "sqrt",
        1,
        FUNCTIONS["sqrt"].value,
        (lambda y, x: 0.5 / y,),
        r"\sqrt{{{0}}}",
        (r"\frac{{1}}{{2 {y}}}",),
        r"\sqrt{\cdot}",
    ),
    Primitive(
        "cbrt",
        1,
        FUNCTIONS["cbrt"].value,
        (lambda y, x: 1.0 / (3.0 * y * y),),
        r"\sqrt[3]{{{0}}}",
        (r"\frac{{1}}{{3 {y}^{{2}}}}",),
        r"\sqrt[3]{\cdot}",
    ),
)

TRIGONOMETRIC = (
    Primitive(
        "sin",
        1,
        FUNCTIONS["sin"].value,
        (lambda y, x: np.cos(x),),
        r"\sin {0}",
        (r"\cos {0}",),
        r"\sin",
    ),
    Primitive(
        "cos",
        1,
        FUNCTIONS["cos"].value,
        (lambda y, x: -np.sin(x),),
        r"\cos {0}",
        (r"-\sin {0}",),
        r"\cos",
    ),
    Primitive(
        "tan",
        1,
        FUNCTIONS["tan"].value,
        (lambda y, x: 1.0 + y * y,),
        r"\tan {0}",
        (r"1 + {y}^{{2}}",),
        r"\tan",
    ),
    Primitive(
        "cot",
        1,
        FUNCTIONS["cot"].value,
        (lambda y, x: -1.0 - y * y,),
        r"\cot {0}",
        (r"-(1 + {y}^{{2}})",),
        r"\cot",
    ),
    Primitive(
        "sec",
        1,
        FUNCTIONS["sec"].value,
        (lambda y, x: y * np.tan(x),),
        r"\sec {0}",
        (r"{y} \tan {0}",),
        r"\sec",
    ),
    Primitive(
        "csc",
        1,
        FUNCTIONS["csc"].value,
        (lambda y, x: -y / np.tan(x),),
        r"\csc {0}",
        (r"-{y} \cot {0}",),
        r"\csc",
    ),
    Primitive(
        "arcsin",
        1,
        FUNCTIONS["arcsin"].value,
        (lambda y, x: 1.0 / np.sqrt((1.0 - x) * (1.0 + x)),),
        r"\arcsin {0}",
        (r"\frac{{1}}{{\sqrt{{1 - {0}^{{2}}}}}}",),
        r"\arcsin",
    ),
    Primitive(
        "arccos",
        1,
        FUNCTIONS["arccos"].value,
        (lambda y, x: -1.0 / np.sqrt((1.0 - x) * (1.0 + x)),),
        r"\arccos {0}",
        (r"-\frac{{1}}{{\sqrt{{1 - {0}^{{2}}}}}}",),
        r"\arccos",
    ),
    Primitive(
        "arctan",
        1,
        FUNCTIONS["arctan"].value,
        (lambda y, x: 1.0 / (1.0 + x * x),),
        r"\arctan {0}",
        (r"\frac{{1}}{{1 + {0}^{{2}}}}",),
        r"\arctan",
    ),
)

HYPERBOLIC = (
    Primitive(
        "sinh",
        1,
        FUNCTIONS["sinh"].value,
        (lambda y, x: np.cosh(x),),
        r"\sinh {0}",
        (r"\cosh {0}",),
        r"\sinh",
    ),
    Primitive(
        "cosh",
        1,
        FUNCTIONS["cosh"].value,
        (lambda y, x: np.sinh(x),),
        r"\cosh {0}",
        (r"\sinh {0}",),
        r"\cosh",
    ),
    Primitive(
        "tanh",
        1,
        FUNCTIONS["tanh"].value,
        # Not 1 − y²: that would cancel where tanh is near ±1.
        (lambda y, x: 1.0 / (np.cosh(x) * np.cosh(x)),),
        r"\tanh {0}",
        (r"1 - {y}^{{2}}",),
        r"\tanh",
    ),
    Primitive(
        "arsinh",
        1,
        FUNCTIONS["arsinh"].value,
        (lambda y, x: 1.0 / np.sqrt(1.0 + x * x),),
        r"\operatorname{{arsinh}} {0}",
        (r"\frac{{1}}{{\sqrt{{1 + {0}^{{2}}}}}}",),
        r"\operatorname{arsinh}",
    ),
    Primitive(
        "arcosh",
        1,
        FUNCTIONS["arcosh"].value,
        (lambda y, x: 1.0 / np.sqrt((x - 1.0) * (x + 1.0)),),
        r"\operatorname{{arcosh}} {0}",
        (r"\frac{{1}}{{\sqrt{{{0}^{{2}} - 1}}}}",),
        r"\operatorname{arcosh}",
    ),
    Primitive(
        "artanh",
        1,
        FUNCTIONS["artanh"].value,
        (lambda y, x: 1.0 / ((1.0 - x) * (1.0 + x)),),
        r"\operatorname{{artanh}} {0}",
        (r"\frac{{1}}{{1 - {0}^{{2}}}}",),
        r"\operatorname{artanh}",
    ),
)

PIECEWISE = (
    Primitive(
        "abs",
        1,
        FUNCTIONS["abs"].value,
        (lambda y, x: np.sign(x),),
        r"\left|{0}\right|",
        (r"\operatorname{{sign}} {0}",),
        r"\left|\cdot\right|",
    ),
    Primitive(
        "sign",
        1,
        FUNCTIONS["sign"].value,
        (lambda y, x: 0.0,),
        r"\operatorname{{sign}} {0}",
        ("0",),
        r"\operatorname{sign}",
    ),
    Primitive(
        "step",
        1,
        FUNCTIONS["step"].value,
        (lambda y, x: 0.0,),
        r"\operatorname{{step}} {0}",
        ("0",),
        r"\operatorname{step}",
    ),
    Primitive(
        "min",
        2,
        FUNCTIONS["min"].value,
        (
            lambda y, a, b: np.where(a < b, 1.0, 0.0),
            lambda y, a, b: np.where(a < b, 0.0, 1.0),
        ),
        r"\min({0}, {1})",
        ("[{0} < {1}]", r"[{1} \leq {0}]"),
        r"\min",
    ),
    Primitive(
        "max",
        2,
        FUNCTIONS["max"].value,
        (
            lambda y, a, b: np.where(a > b, 1.0, 0.0),
            lambda y, a, b: np.where(a > b, 0.0, 1.0),
        ),
        r"\max({0}, {1})",
        ("[{0} > {1}]", r"[{1} \geq {0}]"),
        r"\max",
    ),
    Primitive(
        "where",
        3,
        np.where,
        (
            None,
            lambda y, condition, a, b: np.where(condition, 1.0, 0.0),
            lambda y, condition, a, b: np.where(condition, 0.0, 1.0),
        ),
        r"\begin{{cases}} {1} & {0} \\ {2} & \text{{else}} \end{{cases}}",
        ("", "[{0}]", r"1 - [{0}]"),
        r"\text{if}",
        push=_chosen_tangent,
    ),
)

ACTIVATIONS = (
    Primitive(
        "sigmoid",
        1,
        FUNCTIONS["sigmoid"].value,
        # σ(−x) is 1 − y without its cancellation far to the right.
        (lambda y, x: y * _sigmoid(-x),),
        r"\sigma({0})",
        (r"{y} (1 - {y})",),
        r"\sigma",
    ),
    Primitive(
        "relu",
        1,
        FUNCTIONS["relu"].value,
        (lambda y, x: np.where(x > 0.0, 1.0, 0.0),),
        r"\operatorname{{ReLU}}({0})",
        ("[{0} > 0]",),
        r"\operatorname{ReLU}",
    ),
    Primitive(
        "leaky_relu",
        2,
        FUNCTIONS["leaky_relu"].value,
        (
            lambda y, x, alpha: np.where(x > 0.0, 1.0, alpha),
            lambda y, x, alpha: np.minimum(x, 0.0),
        ),
        r"\operatorname{{LeakyReLU}}_{{{1}}}({0})",
        (r"[{0} > 0] + {1} [{0} \leq 0]", r"\min({0}, 0)"),
        r"\operatorname{LeakyReLU}",
    ),
    Primitive(
        "elu",
        2,
        FUNCTIONS["elu"].value,
        (
            lambda y, x, alpha: np.where(x > 0.0, 1.0, alpha * np.exp(np.minimum(x, 0.0))),
            lambda y, x, alpha: np.exp(np.minimum(x, 0.0)) - 1.0,
        ),
        r"\operatorname{{ELU}}_{{{1}}}({0})",
        (r"[{0} > 0] + {1} e^{{{0}}} [{0} \leq 0]", r"e^{{\min({0}, 0)}} - 1"),
        r"\operatorname{ELU}",
    ),
    Primitive(
        "softplus",
        1,
        FUNCTIONS["softplus"].value,
        (lambda y, x: _sigmoid(x),),
        r"\ln(1 + e^{{{0}}})",
        (r"\sigma({0})",),
        r"\operatorname{softplus}",
    ),
)

ELEMENTWISE = ARITHMETIC + ELEMENTARY + TRIGONOMETRIC + HYPERBOLIC + PIECEWISE + ACTIVATIONS
