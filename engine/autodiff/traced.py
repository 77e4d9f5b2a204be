"""Values that carry a derivative along (forward mode) or remember how they came about (reverse).

A traced value takes part in Python arithmetic and in NumPy's functions. Every operation ends in
``apply``, which looks it up in the table, works out the bare value, and wraps it again. A wrapped
value may itself be traced: derivatives of derivatives are nothing special. So that an inner
derivative is not mistaken for an outer one, each differentiation has a level of its own, higher
than those around it ("perturbation confusion": Siskind & Pearlmutter 2005).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from engine.autodiff.placeholder import Array, Traced, is_zero, value_of
from engine.autodiff.primitive import Primitive
from engine.autodiff.table import TABLE
from engine.errors import NablaError

_levels = itertools.count(1)
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def new_level() -> int:
    """Return a number that no differentiation has had yet, higher than all before."""
    return next(_levels)


class Operand(Traced):
    """A traced value with operators; what Python and NumPy do to it goes through the table."""

    __slots__ = ()
    level: int

    def through(self, key: str, *arguments: Array, **parameters: Any) -> Array:
        return apply(TABLE[key], *arguments, **parameters)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return np.shape(self.value)

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.size(self.value))

    @property
    def T(self) -> Array:
        """The transposed matrix."""
        return _transpose(self)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """Sum over all elements, or along axes."""
        return _sum(self, axis, keepdims=keepdims)

    def mean(self, axis: Any = None) -> Array:
        """The mean of all elements, or along axes."""
        return _mean(self, axis)

    def dot(self, other: Array) -> Array:
        """The product of vectors or matrices."""
        return _dot(self, other)

    def reshape(self, *shape: Any) -> Array:
        """The same elements in another shape."""
        return _reshape(self, shape[0] if len(shape) == 1 else shape)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Array]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: Any) -> Array:
        return self.through("get", self, index=value_of(index))

    def __bool__(self) -> bool:
        return bool(self.value)

    def __neg__(self) -> Array:
        return self.through("neg", self)

    def __pos__(self) -> Array:
        return self

    def __abs__(self) -> Array:
        return self.through("abs", self)

    def __add__(self, other: Array) -> Array:
        return self.through("add", self, other)

    def __radd__(self, other: Array) -> Array:
        return self.through("add", other, self)

    def __sub__(self, other: Array) -> Array:
        return self.through("sub", self, other)

    def __rsub__(self, other: Array) -> Array:
        return self.through("sub", other, self)

    def __mul__(self, other: Array) -> Array:
        return self.through("mul", self, other)

    def __rmul__(self, other: Array) -> Array:
        return self.through("mul", other, self)

    def __truediv__(self, other: Array) -> Array:
        return self.through("div", self, other)

    def __rtruediv__(self, other: Array) -> Array:
        return self.through("div", other, self)

    def __pow__(self, other: Array) -> Array:
        return self.through("pow", self, other)

    def __rpow__(self, other: Array) -> Array:
        return self.through("pow", other, self)

    def __matmul__(self, other: Array) -> Array:
        return self.through("matmul", self, other)

    def __rmatmul__(self, other: Array) -> Array:
        return self.through("matmul", other, self)

    def __lt__(self, other: Array) -> Array:
        return np.less(self.value, value_of(other))

    def __le__(self, other: Array) -> Array:
        return np.less_equal(self.value, value_of(other))

    def __gt__(self, other: Array) -> Array:
        return np.greater(self.value, value_of(other))

    def __ge__(self, other: Array) -> Array:
        return np.greater_equal(self.value, value_of(other))

    # As for NumPy's arrays, equality is element by element; as keys serve identities.
    def __eq__(self, other: object) -> Any:
        return np.equal(self.value, value_of(other))

    def __ne__(self, other: object) -> Any:
        return np.not_equal(self.value, value_of(other))

    __hash__ = object.__hash__

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc in _PREDICATES and method == "__call__":
            return ufunc(*(value_of(argument) for argument in inputs), **options)
        rule = _UFUNCS.get(ufunc)
        if rule is None or method != "__call__" or options:
            name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
            raise NablaError("autodiff.no_rule", function=f"numpy.{name}")
        return rule(*inputs)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any
    ) -> Any:
        rule = _FUNCTIONS.get(function)
        if rule is None:
            raise NablaError("autodiff.no_rule", function=f"numpy.{function.__name__}")
        return rule(*args, **kwargs)


@dataclass(frozen=True, slots=True, eq=False)
class Dual(Operand):
    """A value and its derivative along one direction (forward mode)."""

    level: int
    primal: Array
    tangent: Array

    @property
    def value(self) -> Array:
        return value_of(self.primal)

    @property
    def is_zero(self) -> Array:
        return np.logical_and(is_zero(self.primal), is_zero(self.tangent))


@dataclass(frozen=True, slots=True, eq=False)
class Node(Operand):
    """A value that knows the operation and the arguments that it came from (reverse mode).

    Attributes
    ----------
    primitive
        The operation; None for an input.
    arguments
        What it was applied to: nodes of the same level, and constants.
    parameters
        What else the operation was told: axes, an index, a shape.
    name
        The name of an input.
    """

    level: int
    primal: Array
    primitive: Primitive | None = None
    arguments: tuple[Array, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    name: str = ""

    @property
    def value(self) -> Array:
        return value_of(self.primal)

    @property
    def is_zero(self) -> Array:
        # What it depends on may move it.
        return np.False_

    @property
    def parents(self) -> tuple[Node, ...]:
        """The arguments that are nodes of the same level."""
        return tuple(
            argument
            for argument in self.arguments
            if isinstance(argument, Node) and argument.level == self.level
        )

    @property
    def primals(self) -> tuple[Array, ...]:
        """The arguments as they are one level below."""
        return tuple(below(argument, self.level) for argument in self.arguments)


def below(x: Array, level: int) -> Array:
    """Return what a level has wrapped, or ``x`` itself where it has wrapped nothing."""
    return x.primal if isinstance(x, Dual | Node) and x.level == level else x


def tangent_of(x: Array, level: int) -> Array | None:
    """Return the tangent that ``x`` has at a level; None where it has none."""
    return x.tangent if isinstance(x, Dual) and x.level == level else None


def apply(primitive: Primitive, *arguments: Array, **parameters: Any) -> Array:
    """Apply an operation to numbers, arrays and traced values."""
    level = max(
        (argument.level for argument in arguments if isinstance(argument, Operand)), default=0
    )
    if not level:
        with np.errstate(all="ignore"):
            return primitive.value(*arguments, **parameters)
    primals = tuple(below(argument, level) for argument in arguments)
    value = apply(primitive, *primals, **parameters)
    if any(isinstance(argument, Node) and argument.level == level for argument in arguments):
        return Node(level, value, primitive, arguments, parameters)
    tangents = tuple(tangent_of(argument, level) for argument in arguments)
    if all(tangent is None for tangent in tangents[1 if primitive.key == "where" else 0 :]):
        return value
    with np.errstate(all="ignore"):
        return Dual(level, value, primitive.jvp(value, primals, tangents, **parameters))


# --------------------------------------------------------------------------- NumPy's functions


def _operation(key: str) -> Callable[..., Array]:
    primitive = TABLE[key]

    def operation(*arguments: Array) -> Array:
        return apply(primitive, *arguments)

    return operation


def where(condition: Array, a: Array, b: Array) -> Array:
    """Take ``a`` where a condition holds, else ``b``; the condition itself has no derivative."""
    return apply(TABLE["where"], value_of(condition), a, b)


def _sum(x: Array, axis: Any = None, *, keepdims: bool = False) -> Array:
    dimensions = len(np.shape(x))
    axes = range(dimensions) if axis is None else (axis,) if isinstance(axis, int) else axis
    axes = tuple(one % dimensions for one in axes)
    total = apply(TABLE["sum"], x, axes=axes)
    if not keepdims:
        return total
    kept = tuple(1 if one in axes else size for one, size in enumerate(np.shape(x)))
    return _reshape(total, kept)


def _mean(x: Array, axis: Any = None) -> Array:
    total = _sum(x, axis)
    return total / (x.size / max(1, np.size(value_of(total))))


def _reshape(x: Array, shape: Any) -> Array:
    return apply(TABLE["reshape"], x, shape=tuple(np.reshape(value_of(x), shape).shape))


def _broadcast_to(x: Array, shape: Any) -> Array:
    return apply(TABLE["broadcast"], x, shape=(shape,) if isinstance(shape, int) else tuple(shape))


def _transpose(x: Array, axes: Sequence[int] | None = None) -> Array:
    order = tuple(reversed(range(np.ndim(value_of(x))))) if axes is None else tuple(axes)
    return apply(TABLE["transpose"], x, axes=order)


def _stack(arrays: Sequence[Array], axis: int = 0) -> Array:
    return apply(TABLE["stack"], *arrays, axis=axis)


def _dot(a: Array, b: Array) -> Array:
    shapes = np.shape(value_of(a)), np.shape(value_of(b))
    return a * b if () in shapes else apply(TABLE["matmul"], a, b)


_UFUNCS: dict[Callable[..., Any], Callable[..., Array]] = {
    np.add: _operation("add"),
    np.subtract: _operation("sub"),
    np.multiply: _operation("mul"),
    np.divide: _operation("div"),
    np.negative: _operation("neg"),
    np.positive: lambda x: x,
    np.power: _operation("pow"),
    np.float_power: _operation("pow"),
    np.square: lambda x: x * x,
    np.reciprocal: lambda x: 1.0 / x,
    np.exp: _operation("exp"),
    np.log: _operation("ln"),
    np.log2: lambda x: apply(TABLE["log"], x, 2.0),
    np.log10: lambda x: apply(TABLE["log"], x, 10.0),
    np.sqrt: _operation("sqrt"),
    np.cbrt: _operation("cbrt"),
    np.sin: _operation("sin"),
    np.cos: _operation("cos"),
    np.tan: _operation("tan"),
    np.arcsin: _operation("arcsin"),
    np.arccos: _operation("arccos"),
    np.arctan: _operation("arctan"),
    np.sinh: _operation("sinh"),
    np.cosh: _operation("cosh"),
    np.tanh: _operation("tanh"),
    np.arcsinh: _operation("arsinh"),
    np.arccosh: _operation("arcosh"),
    np.arctanh: _operation("artanh"),
    np.absolute: _operation("abs"),
    np.fabs: _operation("abs"),
    np.sign: _operation("sign"),
    np.heaviside: lambda x, at_zero: np.heaviside(value_of(x), value_of(at_zero)),
    np.minimum: _operation("min"),
    np.maximum: _operation("max"),
    np.matmul: _operation("matmul"),
}
# They answer yes or no, so they have no derivative, and need none.
_PREDICATES: frozenset[Callable[..., Any]] = frozenset(
    {
        np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
        np.isnan, np.isfinite, np.isinf, np.signbit,
    }
)  # fmt: skip
_FUNCTIONS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.where: where,
    np.sum: _sum,
    np.mean: _mean,
    np.reshape: _reshape,
    np.broadcast_to: _broadcast_to,
    np.transpose: _transpose,
    np.stack: _stack,
    np.dot: _dot,
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
}
