"""The operations that move, repeat, sum and multiply whole arrays; all but matmul are linear."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from engine.autodiff.placeholder import Array, Traced, shape_of
from engine.autodiff.primitive import Primitive, broadcast, summed_to

Axes = tuple[int, ...] | None


def _linear(
    key: str, y: Array, arguments: Sequence[Array], tangents: Sequence[Array], **parameters: Any
) -> Array:
    """The change of a linear operation's result is the operation on the change."""
    (tangent,) = tangents
    if isinstance(tangent, Traced):
        return tangent.through(key, tangent, **parameters)
    return TABLE[key].value(tangent, **parameters)


def _sum_pull(
    y: Array, cotangent: Array, arguments: Sequence[Array], position: int, *, axes: Axes
) -> Array:
    shape = shape_of(arguments[0])
    summed = range(len(shape)) if axes is None else [axis % len(shape) for axis in axes]
    kept = tuple(1 if axis in summed else size for axis, size in enumerate(shape))
    return broadcast(np.reshape(cotangent, kept), shape)


def _broadcast_pull(
    y: Array, cotangent: Array, arguments: Sequence[Array], position: int, **parameters: Any
) -> Array:
    return summed_to(cotangent, shape_of(arguments[0]))


def _reshape_pull(
    y: Array, cotangent: Array, arguments: Sequence[Array], position: int, **parameters: Any
) -> Array:
    return np.reshape(cotangent, shape_of(arguments[0]))


def _transpose_pull(
    y: Array,
    cotangent: Array,
    arguments: Sequence[Array],
    position: int,
    *,
    axes: tuple[int, ...],
) -> Array:
    return np.transpose(cotangent, tuple(int(axis) for axis in np.argsort(axes)))


def _get_pull(
    y: Array, cotangent: Array, arguments: Sequence[Array], position: int, *, index: Any
) -> Array:
    shape = shape_of(arguments[0])
    if isinstance(cotangent, Traced):
        return cotangent.through("put", cotangent, index=index, shape=shape)
    return _put(cotangent, index=index, shape=shape)


def _put(x: Array, *, index: Any, shape: tuple[int, ...]) -> Array:
    """Zeros of a shape with ``x`` added at an index; what is named twice adds up."""
    whole = np.zeros(shape)
    np.add.at(whole, index, x)
    return whole


def _put_pull(
    y: Array,
    cotangent: Array,
    arguments: Sequence[Array],
    position: int,
    *,
    index: Any,
    shape: tuple[int, ...],
) -> Array:
    return cotangent[index]


def _stack_push(
    y: Array, arguments: Sequence[Array], tangents: Sequence[Array | None], *, axis: int
) -> Array:
    return np.stack(
        [
            np.zeros(shape_of(argument)) if tangent is None else tangent
            for argument, tangent in zip(arguments, tangents, strict=True)
        ],
        axis=axis,
    )


def _stack_pull(
    y: Array, cotangent: Array, arguments: Sequence[Array], position: int, *, axis: int
) -> Array:
    dimensions = len(shape_of(cotangent))
    return cotangent[(slice(None),) * (axis % dimensions) + (position,)]


def _matmul_push(
    y: Array, arguments: Sequence[Array], tangents: Sequence[Array | None], **parameters: Any
) -> Array:
    (a, b), (da, db) = arguments, tangents
    terms = [np.matmul(da, b)] if da is not None else []
    if db is not None:
        terms.append(np.matmul(a, db))
    return reduce(add, terms)


def _matmul_pull(
    y: Array, cotangent: Array, arguments: Sequence[Array], position: int, **parameters: Any
) -> Array:
    # A vector on the left is a row, one on the right a column; both axes vanish from the result.
    a, b = arguments
    shape_a, shape_b, shape_y = shape_of(a), shape_of(b), shape_of(cotangent)
    if len(shape_b) == 1:
        b, shape_y = np.reshape(b, (*shape_b, 1)), (*shape_y, 1)
    if len(shape_a) == 1:
        a, shape_y = np.reshape(a, (1, *shape_a)), (*shape_y[:-1], 1, shape_y[-1])
    error = np.reshape(cotangent, shape_y)
    if position == 0:
        result = summed_to(np.matmul(error, _flipped(b)), shape_of(a))
        return np.reshape(result, shape_a)
    return np.reshape(summed_to(np.matmul(_flipped(a), error), shape_of(b)), shape_b)


def _flipped(matrix: Array) -> Array:
    """Swap the last two axes."""
    dimensions = len(shape_of(matrix))
    axes = (*range(dimensions - 2), dimensions - 1, dimensions - 2)
    return np.transpose(matrix, axes)


def _linear_operation(key: str, **parts: Any) -> Primitive:
    def push(
        y: Array, arguments: Sequence[Array], tangents: Sequence[Array], **parameters: Any
    ) -> Array:
        return _linear(key, y, arguments, tangents, **parameters)

    return Primitive(key, 1, push=push, **parts)


STRUCTURAL = (
    _linear_operation(
        "sum",
        value=lambda x, axes: np.sum(x, axis=axes),
        pull=_sum_pull,
        latex=r"\sum {0}",
        symbol=r"\sum",
    ),
    _linear_operation(
        "broadcast",
        value=np.broadcast_to,
        pull=_broadcast_pull,
        latex="{0}",
        symbol=r"\Rightarrow",
    ),
    _linear_operation(
        "reshape",
        value=np.reshape,
        pull=_reshape_pull,
        latex="{0}",
        symbol=r"\square",
    ),
    _linear_operation(
        "transpose",
        value=np.transpose,
        pull=_transpose_pull,
        latex="{0}^{{T}}",
        symbol="{}^{T}",
    ),
    _linear_operation(
        "get",
        value=lambda x, index: x[index],
        pull=_get_pull,
        latex="{0}_{{i}}",
        symbol="[i]",
    ),
    _linear_operation(
        "put",
        value=_put,
        pull=_put_pull,
        latex="{0} e_{{i}}",
        symbol="e_{i}",
    ),
    Primitive(
        "stack",
        None,
        lambda *arguments, axis: np.stack(arguments, axis=axis),
        latex="({0})",
        symbol="(,)",
        push=_stack_push,
        pull=_stack_pull,
    ),
    Primitive(
        "matmul",
        2,
        np.matmul,
        latex="{0} {1}",
        symbol="AB",
        push=_matmul_push,
        pull=_matmul_pull,
    ),
)

TABLE = {primitive.key: primitive for primitive in STRUCTURAL}
