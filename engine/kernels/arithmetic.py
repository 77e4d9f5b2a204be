"""NumPy's functions over lanes: what ``np`` means in a rule of the tables once it is compiled.

Without tables and branches, so all lanes go the same way. ``exp`` and ``expm1`` reduce by multiples
of ln 2 and take a polynomial (Cody & Waite 1980; the coefficients are Chebyshev fits of
(eʳ − 1 − r) / r² over |r| ≤ ½ ln 2, off by 6e-18 and 4e-9); ``log`` is that of fdlibm. In double
precision they are right to 2 units in the last place, ``tanh`` to 3e-16.
"""

from __future__ import annotations

from typing import Any

import numba
from numba.extending import overload

from engine.kernels.lanes import (
    DOUBLE,
    SINGLE,
    choose,
    exponent_of,
    fused,
    larger,
    less,
    magnitude,
    power_of_two,
    root,
    rounded,
    signed_like,
    smaller,
)

_LN_2_HIGH, _LN_2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LN_2_HIGH_SINGLE, _LN_2_LOW_SINGLE = 0.693359375, -2.12194440e-4
_PER_LN_2 = 1.4426950408889634
_INFINITY = float("inf")
_ROOT_HALF = 0.7071067811865476


def _compiled(function: Any) -> Any:
    return numba.njit(
        error_model="numpy", nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)


def _by_precision(double: Any, single: Any) -> Any:
    """Return a function of lanes that is one function for float64 and another for float32."""
    in_double, in_single = _compiled(double), _compiled(single)

    def double_call(x: Any) -> Any:
        return in_double(x)

    def single_call(x: Any) -> Any:
        return in_single(x)

    def stub(x: Any) -> Any:
        raise NotImplementedError("for lanes only")

    @overload(stub, strict=False)
    def typed(x: Any) -> Any:
        if x == DOUBLE:
            return double_call
        if x == SINGLE:
            return single_call
        return None

    return stub


def _remainder_double(x: Any) -> Any:
    n = rounded(x * _PER_LN_2)
    return n, fused(n, -_LN_2_LOW, fused(n, -_LN_2_HIGH, x))


def _remainder_single(x: Any) -> Any:
    n = rounded(x * _PER_LN_2)
    return n, fused(n, -_LN_2_LOW_SINGLE, fused(n, -_LN_2_HIGH_SINGLE, x))


def _tail_double(r: Any) -> Any:
    # Even and odd powers apart: two short chains instead of a long one.
    square = r * r
    even = fused(square, 2.7620138719733994e-07, 2.480152119021773e-05)
    odd = fused(square, 2.5100424157005067e-08, 2.7557268378684192e-06)
    even = fused(square, even, 0.0013888888917281794)
    odd = fused(square, odd, 0.00019841269863105968)
    even = fused(square, even, 0.04166666666662399)
    odd = fused(square, odd, 0.008333333333330051)
    even = fused(square, even, 0.5)
    odd = fused(square, odd, 0.16666666666666669)
    return square * fused(r, odd, even)


def _tail_single(r: Any) -> Any:
    square = r * r
    even = fused(square, 0.0013926213466332444, 0.04166655443768594)
    even = fused(square, even, 0.5)
    odd = fused(square, 0.008363202971575855, 0.16666576845993977)
    return square * fused(r, odd, even)


_remainder = _by_precision(_remainder_double, _remainder_single)
_tail = _by_precision(_tail_double, _tail_single)
# Never NaN, whatever x is: the comparison with itself is never true.
_lowest = _by_precision(
    lambda x: choose(less(x, x), x, -746.0), lambda x: choose(less(x, x), x, -105.0)
)
_highest = _by_precision(
    lambda x: choose(less(x, x), x, 710.0), lambda x: choose(less(x, x), x, 89.0)
)


@_compiled
def exp(x: Any) -> Any:
    """eˣ; 0 and infinite where it is too small or too large for a number."""
    n, r = _remainder(larger(smaller(x, _highest(x)), _lowest(x)))
    half = rounded(n * 0.5)
    return (1.0 + (r + _tail(r))) * power_of_two(half) * power_of_two(n - half)


@_compiled
def expm1(x: Any) -> Any:
    """eˣ − 1, right to the last digits near 0; infinite from 709 (float32: 88) on."""
    bound = _highest(x) - 1.0
    n, r = _remainder(larger(smaller(x, bound), -45.0))
    scale = power_of_two(n)
    return choose(less(bound, x), _INFINITY, fused(scale, r + _tail(r), scale - 1.0))


def _tanh_double(x: Any) -> Any:
    n, r = _remainder(2.0 * smaller(magnitude(x), 20.0))
    scale = power_of_two(n)
    raised = fused(scale, r + _tail(r), scale - 1.0)
    return signed_like(raised / (raised + 2.0), x)


def _tanh_single(x: Any) -> Any:
    # A rational fit over |x| ≤ 7.9, where tanh rounds to ±1: fewer instructions (Eigen).
    held = larger(smaller(x, 7.90531110763549805), -7.90531110763549805)
    square = held * held
    top = fused(square, -2.76076847742355e-16, 2.00018790482477e-13)
    top = fused(square, top, -8.60467152213735e-11)
    top = fused(square, top, 5.12229709037114e-08)
    top = fused(square, top, 1.48572235717979e-05)
    top = fused(square, top, 6.37261928875436e-04)
    top = fused(square, top, 4.89352455891786e-03)
    bottom = fused(square, 1.19825839466702e-06, 1.18534705686654e-04)
    bottom = fused(square, bottom, 2.26843463243900e-03)
    bottom = fused(square, bottom, 4.89352518554385e-03)
    return held * top / bottom


_tanh = _by_precision(_tanh_double, _tanh_single)


@_compiled
def tanh(x: Any) -> Any:
    """(e²ˣ − 1) / (e²ˣ + 1) by way of |x|; in single precision right to 4 units."""
    return _tanh(x)


def _log_double(x: Any) -> Any:
    n = exponent_of(x)
    f, n = _centred(0.5 * x * power_of_two(1.0 - n), n)
    s = f / (2.0 + f)
    z = s * s
    series = fused(z, 1.479819860511658591e-01, 1.531383769920937332e-01)
    series = fused(z, series, 1.818357216161805012e-01)
    series = fused(z, series, 2.222219843214978396e-01)
    series = fused(z, series, 2.857142874366239149e-01)
    series = fused(z, series, 3.999999999940941908e-01)
    series = z * fused(z, series, 6.666666666666735130e-01)
    half = 0.5 * f * f
    return n * _LN_2_HIGH - ((half - (s * (half + series) + n * _LN_2_LOW)) - f)


def _log_single(x: Any) -> Any:
    n = exponent_of(x)
    f, n = _centred(0.5 * x * power_of_two(1.0 - n), n)
    s = f / (2.0 + f)
    z = s * s
    series = z * fused(z, fused(z, 0.28498786688, 0.40000972152), 0.66666662693)
    half = 0.5 * f * f
    return n * _LN_2_HIGH_SINGLE - ((half - (s * (half + series) + n * _LN_2_LOW_SINGLE)) - f)


@_compiled
def _centred(mantissa: Any, n: Any) -> Any:
    """Return f of a mantissa 1 + f within [√½, √2), and its exponent."""
    above = less(2.0 * _ROOT_HALF, mantissa)
    return choose(above, 0.5 * mantissa, mantissa) - 1.0, choose(above, n + 1.0, n)


_log = _by_precision(_log_double, _log_single)


@_compiled
def log(x: Any) -> Any:
    """The natural logarithm of normal numbers; −∞ at 0, NaN below."""
    found = choose(less(x, _INFINITY), _log(x), x)
    return choose(less(0.0, x), found, choose(less(magnitude(x), 1e-37), -_INFINITY, x * x - x * x))


@_compiled
def log1p(x: Any) -> Any:
    """ln(1 + x) for finite x > −1, right to the last digits near 0."""
    raised = 1.0 + x
    return log(raised) + (x - (raised - 1.0)) / raised


@_compiled
def sign(x: Any) -> Any:
    """−1, 0 or 1; NaN stays."""
    return choose(less(0.0, x), 1.0, choose(less(x, 0.0), -1.0, x))


@_compiled
def square(x: Any) -> Any:
    """x · x."""
    return x * x


sqrt = root
abs = magnitude  # noqa: A001 - it stands for np.abs
maximum = larger
minimum = smaller
