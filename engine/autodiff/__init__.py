"""Automatic differentiation of expressions and of Python functions.

f = parse("3x^2 + xy")
gradient(f)(x=1.0, y=2.0)           (8, 1)
gradient(lambda x: np.sum(np.sin(x) ** 2))(np.ones(3))
jacobian, hessian, derivative       likewise, and nested as one likes
record(f, 1.0, 2.0)                 the tape: every operation, ready to be drawn
check_gradient(f, (1.0, 2.0))       forward, reverse, differences and rules, compared
"""

from engine.autodiff.check import GradientCheck, check_gradient, rounding_sensitivity
from engine.autodiff.derivatives import (
    derivative,
    gradient,
    hessian,
    hessian_vector_product,
    jacobian,
)
from engine.autodiff.differences import Differences, central_differences
from engine.autodiff.modes import jvp, vjp
from engine.autodiff.primitive import Primitive
from engine.autodiff.table import TABLE
from engine.autodiff.tape import BackwardStep, Edge, Operation, Tape, record, replay

__all__ = [
    "TABLE",
    "BackwardStep",
    "Differences",
    "Edge",
    "GradientCheck",
    "Operation",
    "Primitive",
    "Tape",
    "central_differences",
    "check_gradient",
    "derivative",
    "gradient",
    "hessian",
    "hessian_vector_product",
    "jacobian",
    "jvp",
    "record",
    "replay",
    "rounding_sensitivity",
    "vjp",
]
