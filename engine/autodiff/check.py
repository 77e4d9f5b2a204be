"""Check a gradient: forward, reverse, differences and rules must agree, as far as rounding lets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.autodiff.differences import central_differences
from engine.autodiff.modes import Function, adjoints, jvp, vjp, zeros_like
from engine.autodiff.placeholder import Array
from engine.autodiff.points import PointFunction, point_function
from engine.autodiff.tape import Operation, Tape, record, replay
from engine.autodiff.traced import Dual, Node, below, new_level, tangent_of
from engine.errors import NablaError
from engine.expression import Expression, gradient_expressions

EXACT = 1e-12
"""Forward, reverse and symbolic derivative agree to this, times what rounding is multiplied by."""
_TRUST = 10.0
_EPSILON = float(np.finfo(np.float64).eps)
_SMALLEST = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, slots=True, eq=False)
class GradientCheck:
    """One gradient, found in up to four ways; arrays have an entry for each variable.

    Attributes
    ----------
    names
        Names of the variables.
    point, value
        Where it was checked, and the function there.
    forward, reverse, central
        By forward mode, reverse mode, and central differences.
    symbolic
        By rule; None for a Python function.
    central_error
        Estimated error of the central differences.
    steps
        The steps of the central differences.
    sensitivity
        By how much the derivative changes, relative to a relative change of every intermediate
        result (to first order, all in the worst direction): rounding errors times this are the
        error to be expected.
    """

    names: tuple[str, ...]
    point: Array
    value: float
    forward: Array
    reverse: Array
    central: Array
    symbolic: Array | None
    central_error: Array
    steps: Array
    sensitivity: Array

    @property
    def condition(self) -> Array:
        """How many times a relative rounding error is enlarged on its way into the derivative."""
        with np.errstate(all="ignore"):
            size = np.abs(self.reverse)
            return np.where(size > 0.0, self.sensitivity / size, np.inf)

    @property
    def exact_difference(self) -> Array:
        """The largest difference between forward, reverse and symbolic derivative."""
        ways = [self.forward, self.reverse]
        if self.symbolic is not None:
            ways.append(self.symbolic)
        with np.errstate(all="ignore"):
            return np.max(ways, axis=0) - np.min(ways, axis=0)

    @property
    def central_difference(self) -> Array:
        """The difference between reverse mode and central differences."""
        with np.errstate(all="ignore"):
            return np.abs(self.central - self.reverse)

    @property
    def exact_agree(self) -> bool:
        """Whether forward, reverse and symbolic derivative agree as far as rounding lets them."""
        return bool(np.all(self.exact_difference <= EXACT * self.sensitivity + _SMALLEST))

    @property
    def central_agrees(self) -> bool:
        """Whether central differences agree within ten times their estimated error."""
        allowed = _TRUST * self.central_error + EXACT * self.sensitivity
        return bool(np.all(self.central_difference <= allowed))

    @property
    def passed(self) -> bool:
        """Whether all ways agree."""
        return self.exact_agree and self.central_agrees

    @property
    def worst(self) -> str:
        """The variable with the largest difference, in terms of what is allowed."""
        with np.errstate(all="ignore"):
            exact = self.exact_difference / (EXACT * self.sensitivity + _SMALLEST)
            central = self.central_difference / (_TRUST * self.central_error + _SMALLEST)
        share = np.nan_to_num(np.maximum(exact, central), nan=np.inf)
        return self.names[int(share.argmax())]


def check_gradient(
    f: Expression | Function, point: Array, variables: Sequence[str] | None = None
) -> GradientCheck:
    """Find a gradient in every way there is, and compare.

    Parameters
    ----------
    f
        An expression, or a Python function from one array to a number.
    point
        One point: ``(n,)`` for an expression, an array of any shape for a function.
    variables
        The order of an expression's variables.

    Raises
    ------
    NablaError
        The point has another number of variables, or the function returns more than one number.
    """
    function = point_function(f, variables)
    x = np.atleast_1d(function.point((point,), {}))
    flat = _flattened(function, x.shape)
    at = x.ravel()
    value, pull_back = vjp(flat, at)
    if np.shape(value) != ():
        raise NablaError("autodiff.not_scalar", shape=str(np.shape(value)))
    tape = record(flat, at)
    differences = central_differences(
        flat, at, rounding=_EPSILON * _amplified(tape), many=function.takes_points
    )
    units = np.eye(at.size)
    sensitivity = np.array([_sensitivity(tape, at, unit) for unit in units])
    symbolic = None
    names = function.names or tuple(f"x_{i + 1}" for i in range(at.size))
    if isinstance(f, Expression):
        parts = gradient_expressions(f, names)
        values = dict(zip(names, at, strict=True))
        symbolic = np.array([float(part(**values)) for part in parts])
        sensitivity = sensitivity + np.array(
            [rounding_sensitivity(part, at, names) for part in parts]
        )
    return GradientCheck(
        names=names,
        point=x,
        value=float(value),
        forward=np.array([jvp(flat, at, unit)[1] for unit in units]),
        reverse=pull_back(1.0),
        central=differences.gradient,
        symbolic=symbolic,
        central_error=differences.error,
        steps=differences.step,
        sensitivity=sensitivity,
    )


def rounding_sensitivity(
    f: Expression | Function, point: Array, variables: Sequence[str] | None = None
) -> float:
    """Return by how much a value changes for relative changes of all intermediate results.

    The sum of |intermediate result · its adjoint|, from one pass back (Bauer 1974). Times 1.1e-16
    it is about the largest rounding error that the value can have; divided by |f|, a condition
    number.
    """
    function = point_function(f, variables)
    return _amplified(record(function.call, function.point((point,), {})))


def _amplified(tape: Tape) -> float:
    found = tape.adjoints()
    with np.errstate(all="ignore"):
        return sum(
            _amount(operation.value, found[operation.index])
            for operation in tape.operations[tape.inputs :]
            if _is_rounded(operation)
        )


def _amount(value: Array, adjoint: Array) -> float:
    """Return Σ|value · adjoint|; a branch that was not taken may have no value, and counts 0."""
    return float(np.sum(np.where(np.equal(adjoint, 0.0), 0.0, np.abs(value * adjoint))))


def _is_rounded(operation: Operation) -> bool:
    return operation.primitive is not None and operation.primitive.key not in ("get", "reshape")


def _sensitivity(tape: Tape, at: Array, direction: Array) -> float:
    """Return the same for the derivative along a direction, of its value and tangent parts.

    The tape is run in forward mode with every value and every tangent multiplied by 1 + δ, δ = 0;
    reverse mode over it gives the derivative by all these δ at once.
    """
    outer, inner = new_level(), new_level()
    changes: list[Node] = []

    def disturbed(x: Array) -> Array:
        changes.append(Node(outer, zeros_like(x)))
        return x * (1.0 + changes[-1])

    def disturb(operation: Operation, y: Array) -> Array:
        if not _is_rounded(operation):
            return y
        tangent = tangent_of(y, inner)
        if tangent is None:
            return disturbed(y)
        return Dual(inner, disturbed(below(y, inner)), disturbed(tangent))

    with np.errstate(all="ignore"):
        tangent = tangent_of(replay(tape, Dual(inner, at, direction), change=disturb), inner)
        if not isinstance(tangent, Node):
            return 0.0
        found = adjoints(tangent)
        return float(sum(np.sum(np.abs(found[id(one)])) for one in changes if id(one) in found))


def _flattened(function: PointFunction, shape: tuple[int, ...]) -> Function:
    if len(shape) == 1:
        return function.call
    return lambda x: function.call(np.reshape(x, shape))
