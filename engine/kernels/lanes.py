"""Several numbers that are computed on at once: the processor's vectors as a number type.

A loop over samples becomes vector instructions only where the compiler is sure and sees fit. Here
it is certain instead: ``Lanes`` is a Numba type for eight float64 or sixteen float32, with the
operators of scalars, so that the rules in the engine's tables compile for it unchanged. Every lane
is computed alike, with IEEE rounding, so results depend on no processor; one without such wide
registers takes two or four instructions for one.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import (
    intrinsic,
    lower_builtin,
    models,
    register_model,
    type_callable,
)

BYTES = 64
"""Of one value: eight float64 or sixteen float32."""


class Lanes(types.Type):
    """Numba's type of a vector of ``width`` numbers of the type ``element``."""

    def __init__(self, element: types.Float) -> None:
        self.element = element
        self.width = BYTES * 8 // element.bitwidth
        super().__init__(name=f"Lanes({element}x{self.width})")


DOUBLE = Lanes(types.float64)
SINGLE = Lanes(types.float32)
WIDTH = DOUBLE.width
WIDTH_SINGLE = SINGLE.width


class Flags(types.Type):
    """What a comparison of lanes gives: one truth value a lane."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Flags({width})")


def _element(element: types.Float) -> ir.Type:
    return ir.DoubleType() if element.bitwidth == 64 else ir.FloatType()


def vector(lanes: Lanes) -> ir.VectorType:
    """LLVM's type of a value."""
    return ir.VectorType(_element(lanes.element), lanes.width)


@register_model(Lanes)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Lanes) -> None:
        super().__init__(manager, kind, vector(kind))


@register_model(Flags)
class _FlagsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Flags) -> None:
        super().__init__(manager, kind, ir.VectorType(ir.IntType(1), kind.width))


# -------------------------------------------------------------------------- building blocks


def splat(builder: Any, value: Any, width: int) -> Any:
    """Return LLVM's vector with ``value`` in each lane."""
    kind = ir.VectorType(value.type, width)
    one = builder.insert_element(
        ir.Constant(kind, ir.Undefined), value, ir.Constant(ir.IntType(32), 0)
    )
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), width), [0] * width)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


def constant(lanes: Lanes, value: float) -> Any:
    """Return LLVM's vector constant."""
    return ir.Constant(vector(lanes), [value] * lanes.width)


def call(builder: Any, name: str, *arguments: Any) -> Any:
    """Call an LLVM intrinsic over vectors of one type, ``llvm.fma`` for example."""
    kind = arguments[0].type
    suffix = f"v{kind.count}{'f64' if kind.element == ir.DoubleType() else 'f32'}"
    function = builder.module.declare_intrinsic(
        f"{name}.{suffix}", (), ir.FunctionType(kind, [kind] * len(arguments))
    )
    return builder.call(function, arguments)


def _lifted(context: Any, builder: Any, value: Any, kind: types.Type, lanes: Lanes) -> Any:
    """Return a scalar or a vector as a vector of the given type."""
    if kind == lanes:
        return value
    return splat(builder, context.cast(builder, value, kind, lanes.element), lanes.width)


def _pair(left: types.Type, right: types.Type) -> Lanes | None:
    """Return the type of the lanes if one side is lanes and the other fits."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Lanes) and (other == one or isinstance(other, types.Number)):
            return one
    return None


def _arithmetic(function: Any, build: Callable[[Any, Any, Any], Any]) -> None:
    @type_callable(function)
    def typed(context: Any) -> Any:
        def typer(left: types.Type, right: types.Type) -> Any:
            return _pair(left, right)

        return typer

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        left, right = (
            _lifted(context, builder, value, kind, signature.return_type)
            for value, kind in zip(arguments, signature.args, strict=True)
        )
        return build(builder, left, right)

    for left, right in ((Lanes, Lanes), (Lanes, types.Number), (types.Number, Lanes)):
        lower_builtin(function, left, right)(lowered)


for _function, _build in (
    (operator.add, lambda builder, x, y: builder.fadd(x, y)),
    (operator.sub, lambda builder, x, y: builder.fsub(x, y)),
    (operator.mul, lambda builder, x, y: builder.fmul(x, y)),
    (operator.truediv, lambda builder, x, y: builder.fdiv(x, y)),
):
    _arithmetic(_function, _build)
for _function, _build in (
    (operator.iadd, lambda builder, x, y: builder.fadd(x, y)),
    (operator.isub, lambda builder, x, y: builder.fsub(x, y)),
    (operator.imul, lambda builder, x, y: builder.fmul(x, y)),
    (operator.itruediv, lambda builder, x, y: builder.fdiv(x, y)),
):
    _arithmetic(_function, _build)


@type_callable(operator.neg)
def _type_negative(context: Any) -> Any:
    def typer(x: types.Type) -> Any:
        return x if isinstance(x, Lanes) else None

    return typer


@lower_builtin(operator.neg, Lanes)
def _negative(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.fneg(arguments[0])


# ------------------------------------------------------------------- functions of lanes, named


def _unary(name: str, build: Callable[[Any, Lanes, Any], Any]) -> Any:
    @intrinsic
    def function(typing: Any, x: Any) -> Any:
        if not isinstance(x, Lanes):
            return None
        return x(x), lambda context, builder, signature, arguments: build(builder, x, arguments[0])

    function.__name__ = name
    return function


root = _unary("root", lambda builder, kind, x: call(builder, "llvm.sqrt", x))
magnitude = _unary("magnitude", lambda builder, kind, x: call(builder, "llvm.fabs", x))
rounded = _unary("rounded", lambda builder, kind, x: call(builder, "llvm.rint", x))


def _smaller(builder: Any, x: Any, y: Any, order: str) -> Any:
    # A NaN on either side comes through, as in NumPy.
    chosen = builder.select(builder.fcmp_ordered(order, y, x), y, x)
    return builder.select(builder.fcmp_unordered("uno", y, y), y, chosen)


def _binary(name: str, build: Callable[[Any, Any, Any], Any]) -> Any:
    @intrinsic
    def function(typing: Any, x: Any, y: Any) -> Any:
        lanes = _pair(x, y)
        if lanes is None:
            return None

        def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            left, right = (
                _lifted(context, builder, value, kind, lanes)
                for value, kind in zip(arguments, signature.args, strict=True)
            )
            return build(builder, left, right)

        return lanes(x, y), lowered

    function.__name__ = name
    return function


smaller = _binary("smaller", lambda builder, x, y: _smaller(builder, x, y, "<"))
larger = _binary("larger", lambda builder, x, y: _smaller(builder, x, y, ">"))
signed_like = _binary("signed_like", lambda builder, x, y: call(builder, "llvm.copysign", x, y))


def _compared(name: str, build: Callable[[Any, Any, Any], Any]) -> Any:
    @intrinsic
    def function(typing: Any, x: Any, y: Any) -> Any:
        lanes = _pair(x, y)
        if lanes is None:
            return None

        def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            left, right = (
                _lifted(context, builder, value, kind, lanes)
                for value, kind in zip(arguments, signature.args, strict=True)
            )
            return build(builder, left, right)

        return Flags(lanes.width)(x, y), lowered

    function.__name__ = name
    return function


less = _compared("less", lambda builder, x, y: builder.fcmp_ordered("<", x, y))
within = _compared("within", lambda builder, x, y: builder.fcmp_ordered("<=", x, y))


@intrinsic
def all_of(typing: Any, flags: Any) -> Any:
    """Whether a comparison holds in every lane."""
    if not isinstance(flags, Flags):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], ir.IntType(flags.width))
        full = ir.Constant(ir.IntType(flags.width), -1)
        return builder.icmp_unsigned("==", bits, full)

    return types.boolean(flags), lowered


@intrinsic
def choose(typing: Any, flags: Any, x: Any, y: Any) -> Any:
    """Take ``x`` where a comparison holds, ``y`` where not."""
    lanes = _pair(x, y)
    if lanes is None or not isinstance(flags, Flags):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        left, right = (
            _lifted(context, builder, value, kind, lanes)
            for value, kind in zip(arguments[1:], signature.args[1:], strict=True)
        )
        return builder.select(arguments[0], left, right)

    return lanes(flags, x, y), lowered


@intrinsic
def fused(typing: Any, x: Any, y: Any, z: Any) -> Any:
    """x · y + z, rounded once."""
    lanes = _pair(x, z) if isinstance(z, Lanes) else _pair(x, y)
    if lanes is None:
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lifted = (
            _lifted(context, builder, value, kind, lanes)
            for value, kind in zip(arguments, signature.args, strict=True)
        )
        return call(builder, "llvm.fma", *lifted)

    return lanes(x, y, z), lowered


@intrinsic
def power_of_two(typing: Any, n: Any) -> Any:
    """2ⁿ for whole n within the exponents of normal numbers."""
    if not isinstance(n, Lanes):
        return None
    bits, mantissa, bias = (64, 52, 1023) if n == DOUBLE else (32, 23, 127)
    integers = ir.VectorType(ir.IntType(bits), n.width)

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # Added to 1.5 · 2^mantissa, a whole number stands in the last bits.
        magic = builder.bitcast(
            builder.fadd(arguments[0], constant(n, 1.5 * 2.0**mantissa + bias)), integers
        )
        shift = ir.Constant(integers, [mantissa] * n.width)
        return builder.bitcast(builder.shl(magic, shift), vector(n))

    return n(n), lowered


@intrinsic
def exponent_of(typing: Any, x: Any) -> Any:
    """The n for which x / 2ⁿ lies in [1, 2), for normal positive x."""
    if not isinstance(x, Lanes):
        return None
    bits, mantissa, bias = (64, 52, 1023) if x == DOUBLE else (32, 23, 127)
    integers = ir.VectorType(ir.IntType(bits), x.width)

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        shift = ir.Constant(integers, [mantissa] * x.width)
        raised = builder.lshr(builder.bitcast(arguments[0], integers), shift)
        offset = ir.Constant(integers, [int.from_bytes(_bits(2.0**mantissa, bits))] * x.width)
        whole = builder.bitcast(builder.or_(raised, offset), vector(x))
        return builder.fsub(whole, constant(x, 2.0**mantissa + bias))

    return x(x), lowered


def _bits(value: float, bits: int) -> bytes:
    return struct.pack(">d" if bits == 64 else ">f", value)


# ----------------------------------------------------------------------- memory and single lanes
#
# Kernels hand pointers on to each other, not arrays: a pointer is one register and owns nothing.


@intrinsic
def pointer(typing: Any, array: Any, index: Any) -> Any:
    """Where the element ``index`` of a flat, contiguous array stands."""
    if not isinstance(array, types.Array) or array.layout != "C" or array.ndim != 1:
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = cgutils.create_struct_proxy(array)(context, builder, arguments[0]).data
        return builder.gep(data, [arguments[1]], inbounds=True)

    return types.CPointer(array.dtype)(array, types.intp), lowered


@intrinsic
def ahead(typing: Any, place: Any, index: Any) -> Any:
    """The pointer ``index`` numbers further on."""
    if not isinstance(place, types.CPointer):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]], inbounds=True)

    return place(place, types.intp), lowered


def lanes_at(place: Any) -> Lanes | None:
    """Return the type of the lanes at a pointer."""
    if isinstance(place, types.CPointer):
        return {types.float64: DOUBLE, types.float32: SINGLE}.get(place.dtype)
    return None


def _place(builder: Any, place: Any, index: Any, lanes: Lanes) -> Any:
    return builder.bitcast(builder.gep(place, [index], inbounds=True), vector(lanes).as_pointer())


@intrinsic
def load(typing: Any, place: Any, index: Any) -> Any:
    """Read lanes, ``index`` numbers behind a pointer."""
    lanes = lanes_at(place)
    if lanes is None:
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _place(builder, arguments[0], arguments[1], lanes)
        return builder.load(found, align=lanes.element.bitwidth // 8)

    return lanes(place, types.intp), lowered


@intrinsic
def store(typing: Any, place: Any, index: Any, value: Any) -> Any:
    """Write lanes, or one number into all of them, ``index`` numbers behind a pointer."""
    lanes = lanes_at(place)
    if lanes is None or not isinstance(value, (Lanes, types.Number)):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _place(builder, arguments[0], arguments[1], lanes)
        lifted = _lifted(context, builder, arguments[2], value, lanes)
        builder.store(lifted, found, align=lanes.element.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(place, types.intp, value), lowered


@intrinsic
def put(typing: Any, place: Any, index: Any, value: Any) -> Any:
    """Write one number, ``index`` numbers behind a pointer."""
    if not isinstance(place, types.CPointer):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], builder.gep(arguments[0], [arguments[1]], inbounds=True))
        return context.get_dummy_value()

    return types.void(place, types.intp, place.dtype), lowered


@intrinsic
def each(typing: Any, place: Any, value: Any) -> Any:
    """A number in every lane; the pointer only says of which type."""
    lanes = lanes_at(place)
    if lanes is None or not isinstance(value, types.Number):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _lifted(context, builder, arguments[1], value, lanes)

    return lanes(place, value), lowered


@intrinsic
def total(typing: Any, x: Any) -> Any:
    """The sum over the lanes, halves first."""
    if not isinstance(x, Lanes):
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value, width = arguments[0], x.width
        while width > 1:
            width //= 2
            undefined = ir.Constant(value.type, ir.Undefined)
            halves = [
                builder.shuffle_vector(
                    value,
                    undefined,
                    ir.Constant(
                        ir.VectorType(ir.IntType(32), width), list(range(start, start + width))
                    ),
                )
                for start in (0, width)
            ]
            value = builder.fadd(*halves)
        return builder.extract_element(value, ir.Constant(ir.IntType(32), 0))

    return x.element(x), lowered


def _mixed(builder: Any, x: Any, y: Any, order: list[int]) -> Any:
    picked = ir.Constant(ir.VectorType(ir.IntType(32), len(order)), order)
    return builder.shuffle_vector(x, y, picked)


@intrinsic
def put_totals(typing: Any, place: Any, index: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Write the sums over the lanes of four values side by side: cheaper than one by one."""
    if not a == b == c == d == DOUBLE:
        return None

    def lowered(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        target, at, *values = arguments
        pairs = [
            builder.fadd(
                _mixed(builder, x, y, [0, 8, 2, 10, 4, 12, 6, 14]),
                _mixed(builder, x, y, [1, 9, 3, 11, 5, 13, 7, 15]),
            )
            for x, y in (values[:2], values[2:])
        ]
        quarters = builder.fadd(
            _mixed(builder, pairs[0], pairs[1], [0, 1, 8, 9, 4, 5, 12, 13]),
            _mixed(builder, pairs[0], pairs[1], [2, 3, 10, 11, 6, 7, 14, 15]),
        )
        sums = builder.fadd(
            _mixed(builder, quarters, quarters, [0, 1, 2, 3]),
            _mixed(builder, quarters, quarters, [4, 5, 6, 7]),
        )
        found = builder.bitcast(builder.gep(target, [at], inbounds=True), sums.type.as_pointer())
        builder.store(sums, found, align=8)
        return context.get_dummy_value()

    return types.void(place, types.intp, a, b, c, d), lowered
