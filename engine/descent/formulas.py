# ruff: noqa: D103 - what all of them return is said once, below.
"""Values, gradients and Hessians of the test functions, by hand.

Each function takes the coordinates, arrays of any one shape. A Hessian is its upper triangle by
rows: (xx,) or (xx, xy, yy); what does not depend on the point is a number.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any
Parts = tuple[Array, ...]
_TURN = 2.0 * np.pi


def parabola(x: Array) -> Array:
    return x * x


def parabola_gradient(x: Array) -> Parts:
    return (2.0 * x,)


def parabola_hessian(x: Array) -> Parts:
    return (2.0,)


def double_well(x: Array) -> Array:
    return 0.25 * x**4 - x * x + 0.25 * x


def double_well_gradient(x: Array) -> Parts:
    return (x * x * x - 2.0 * x + 0.25,)


def double_well_hessian(x: Array) -> Parts:
    return (3.0 * x * x - 2.0,)


def waves(x: Array) -> Array:
    return 0.1 * x * x + np.sin(3.0 * x)


def waves_gradient(x: Array) -> Parts:
    return (0.2 * x + 3.0 * np.cos(3.0 * x),)


def waves_hessian(x: Array) -> Parts:
    return (0.2 - 9.0 * np.sin(3.0 * x),)


def sphere(x: Array, y: Array) -> Array:
    return x * x + y * y


def sphere_gradient(x: Array, y: Array) -> Parts:
    return 2.0 * x, 2.0 * y


def sphere_hessian(x: Array, y: Array) -> Parts:
    return 2.0, 0.0, 2.0


def bowl(x: Array, y: Array) -> Array:
    return x * x + 2.0 * y * y


def bowl_gradient(x: Array, y: Array) -> Parts:
    return 2.0 * x, 4.0 * y


def bowl_hessian(x: Array, y: Array) -> Parts:
    return 2.0, 0.0, 4.0


def stretched_bowl(x: Array, y: Array) -> Array:
    return 0.5 * (x * x + 20.0 * y * y)


def stretched_bowl_gradient(x: Array, y: Array) -> Parts:
    return 1.0 * x, 20.0 * y


def stretched_bowl_hessian(x: Array, y: Array) -> Parts:
    return 1.0, 0.0, 20.0


def rosenbrock(x: Array, y: Array) -> Array:
    away, beside = 1.0 - x, y - x * x
    return away * away + 100.0 * beside * beside


def rosenbrock_gradient(x: Array, y: Array) -> Parts:
    beside = y - x * x
    return -2.0 * (1.0 - x) - 400.0 * x * beside, 200.0 * beside


def rosenbrock_hessian(x: Array, y: Array) -> Parts:
    return 2.0 - 400.0 * (y - 3.0 * x * x), -400.0 * x, 200.0


def _beale_parts(x: Array, y: Array) -> Parts:
    square = y * y
    return 1.5 - x + x * y, 2.25 - x + x * square, 2.625 - x + x * square * y


def beale(x: Array, y: Array) -> Array:
    a, b, c = _beale_parts(x, y)
    return a * a + b * b + c * c


def beale_gradient(x: Array, y: Array) -> Parts:
    a, b, c = _beale_parts(x, y)
    square = y * y
    by_x = 2.0 * (a * (y - 1.0) + b * (square - 1.0) + c * (square * y - 1.0))
    return by_x, 2.0 * x * (a + 2.0 * b * y + 3.0 * c * square)


def beale_hessian(x: Array, y: Array) -> Parts:
    a, b, c = _beale_parts(x, y)
    square = y * y
    p, q, r = y - 1.0, square - 1.0, square * y - 1.0
    xx = 2.0 * (p * p + q * q + r * r)
    xy = 2.0 * (a + 2.0 * b * y + 3.0 * c * square + x * (p + 2.0 * q * y + 3.0 * r * square))
    yy = 2.0 * (x * x * (1.0 + 4.0 * square + 9.0 * square * square) + x * (2.0 * b + 6.0 * c * y))
    return xx, xy, yy


def booth(x: Array, y: Array) -> Array:
    a, b = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
    return a * a + b * b


def booth_gradient(x: Array, y: Array) -> Parts:
    return 10.0 * x + 8.0 * y - 34.0, 8.0 * x + 10.0 * y - 38.0


def booth_hessian(x: Array, y: Array) -> Parts:
    return 10.0, 8.0, 10.0


def himmelblau(x: Array, y: Array) -> Array:
    a, b = x * x + y - 11.0, x + y * y - 7.0
    return a * a + b * b


def himmelblau_gradient(x: Array, y: Array) -> Parts:
    a, b = x * x + y - 11.0, x + y * y - 7.0
    return 4.0 * x * a + 2.0 * b, 2.0 * a + 4.0 * y * b


def himmelblau_hessian(x: Array, y: Array) -> Parts:
    a, b = x * x + y - 11.0, x + y * y - 7.0
    return 4.0 * a + 8.0 * x * x + 2.0, 4.0 * (x + y), 2.0 + 4.0 * b + 8.0 * y * y


def rastrigin(x: Array, y: Array) -> Array:
    return 20.0 + x * x - 10.0 * np.cos(_TURN * x) + y * y - 10.0 * np.cos(_TURN * y)


def rastrigin_gradient(x: Array, y: Array) -> Parts:
    steepness = 10.0 * _TURN
    return (
        2.0 * x + steepness * np.sin(_TURN * x),
        2.0 * y + steepness * np.sin(_TURN * y),
    )


def rastrigin_hessian(x: Array, y: Array) -> Parts:
    curvature = 10.0 * _TURN * _TURN
    return 2.0 + curvature * np.cos(_TURN * x), 0.0, 2.0 + curvature * np.cos(_TURN * y)


def _ackley_parts(x: Array, y: Array) -> Parts:
    """The distance √(½(x² + y²)) and the two exponentials."""
    distance = np.sqrt(0.5 * (x * x + y * y))
    waves = np.exp(0.5 * (np.cos(_TURN * x) + np.cos(_TURN * y)))
    return distance, np.exp(-0.2 * distance), waves


def ackley(x: Array, y: Array) -> Array:
    _, funnel, waves = _ackley_parts(x, y)
    return 20.0 + np.e - 20.0 * funnel - waves


def ackley_gradient(x: Array, y: Array) -> Parts:
    """The gradient; at the sharp tip, where there is none, 0."""
    distance, funnel, waves = _ackley_parts(x, y)
    pull = np.where(distance > 0.0, 2.0 * funnel / np.where(distance > 0.0, distance, 1.0), 0.0)
    return (
        pull * x + np.pi * waves * np.sin(_TURN * x),
        pull * y + np.pi * waves * np.sin(_TURN * y),
    )


def ackley_hessian(x: Array, y: Array) -> Parts:
    """The Hessian; infinite at the sharp tip."""
    r, funnel, waves = _ackley_parts(x, y)
    pull = 2.0 * funnel / r
    # d(2 e^(−r/5) / r)/dx = −bend · x, with dr/dx = x / 2r.
    bend = funnel * (0.2 + 1.0 / r) / (r * r)
    sine_x, sine_y = np.sin(_TURN * x), np.sin(_TURN * y)
    square = np.pi * np.pi * waves
    return (
        pull - bend * x * x + square * (2.0 * np.cos(_TURN * x) - sine_x * sine_x),
        -bend * x * y - square * sine_x * sine_y,
        pull - bend * y * y + square * (2.0 * np.cos(_TURN * y) - sine_y * sine_y),
    )


def _styblinski(x: Array) -> Array:
    square = x * x
    return 0.5 * (square * square - 16.0 * square + 5.0 * x)


def styblinski_tang(x: Array, y: Array) -> Array:
    return _styblinski(x) + _styblinski(y)


def styblinski_tang_gradient(x: Array, y: Array) -> Parts:
    return 2.0 * x * x * x - 16.0 * x + 2.5, 2.0 * y * y * y - 16.0 * y + 2.5


def styblinski_tang_hessian(x: Array, y: Array) -> Parts:
    return 6.0 * x * x - 16.0, 0.0, 6.0 * y * y - 16.0


def six_hump_camel(x: Array, y: Array) -> Array:
    a, b = x * x, y * y
    return (4.0 - 2.1 * a + a * a / 3.0) * a + x * y + 4.0 * (b - 1.0) * b


def six_hump_camel_gradient(x: Array, y: Array) -> Parts:
    a = x * x
    return x * (8.0 - 8.4 * a + 2.0 * a * a) + y, x + y * (16.0 * y * y - 8.0)


def six_hump_camel_hessian(x: Array, y: Array) -> Parts:
    a = x * x
    return 8.0 - 25.2 * a + 10.0 * a * a, 1.0, 48.0 * y * y - 8.0


def saddle(x: Array, y: Array) -> Array:
    return x * x - y * y


def saddle_gradient(x: Array, y: Array) -> Parts:
    return 2.0 * x, -2.0 * y


def saddle_hessian(x: Array, y: Array) -> Parts:
    return 2.0, 0.0, -2.0


def monkey_saddle(x: Array, y: Array) -> Array:
    return x * x * x - 3.0 * x * y * y


def monkey_saddle_gradient(x: Array, y: Array) -> Parts:
    return 3.0 * (x * x - y * y), -6.0 * x * y


def monkey_saddle_hessian(x: Array, y: Array) -> Parts:
    return 6.0 * x, -6.0 * y, -6.0 * x


def plateau(x: Array, y: Array) -> Array:
    return -np.expm1(-0.5 * (x * x + y * y))


def plateau_gradient(x: Array, y: Array) -> Parts:
    hole = np.exp(-0.5 * (x * x + y * y))
    return x * hole, y * hole


def plateau_hessian(x: Array, y: Array) -> Parts:
    hole = np.exp(-0.5 * (x * x + y * y))
    return (1.0 - x * x) * hole, -x * y * hole, (1.0 - y * y) * hole


def narrow_valley(x: Array, y: Array) -> Array:
    beside = y - np.sin(x)
    return 50.0 * beside * beside + 0.1 * x * x


def narrow_valley_gradient(x: Array, y: Array) -> Parts:
    beside = y - np.sin(x)
    return 0.2 * x - 100.0 * beside * np.cos(x), 100.0 * beside


def narrow_valley_hessian(x: Array, y: Array) -> Parts:
    sine, cosine = np.sin(x), np.cos(x)
    return 0.2 + 100.0 * (cosine * cosine + (y - sine) * sine), -100.0 * cosine, 100.0


# Height a, centre (p, q) and width s of each bump; hollows have a height below 0.
BUMPS = (
    (-2.5, 1.5, -1.0, 1.2),
    (-1.8, -3.0, 2.5, 1.0),
    (-1.5, 3.5, 3.0, 1.1),
    (-1.2, -2.5, -3.5, 1.3),
    (2.0, -0.5, 1.0, 1.0),
    (1.6, 3.5, 0.5, 0.9),
    (1.4, -4.5, -1.0, 1.2),
    (1.2, 0.5, 4.0, 1.3),
)
HILLS_TEXT = "(x**2 + y**2)/50" + "".join(
    f" {'+' if a > 0 else '-'} {abs(a)}*exp(-((x - ({p}))**2 + (y - ({q}))**2)/(2*{s}**2))"
    for a, p, q, s in BUMPS
)


def hills(x: Array, y: Array) -> Array:
    total = 0.02 * (x * x + y * y)
    for a, p, q, s in BUMPS:
        u, v = x - p, y - q
        total = total + a * np.exp((u * u + v * v) * (-0.5 / (s * s)))
    return total


def hills_gradient(x: Array, y: Array) -> Parts:
    by_x, by_y = 0.04 * x, 0.04 * y
    for a, p, q, s in BUMPS:
        u, v = x - p, y - q
        bump = (a / (s * s)) * np.exp((u * u + v * v) * (-0.5 / (s * s)))
        by_x, by_y = by_x - u * bump, by_y - v * bump
    return by_x, by_y


def hills_hessian(x: Array, y: Array) -> Parts:
    xx, xy, yy = 0.04, 0.0, 0.04
    for a, p, q, s in BUMPS:
        u, v, square = x - p, y - q, s * s
        bump = (a / (square * square)) * np.exp((u * u + v * v) * (-0.5 / square))
        xx, xy, yy = xx + (u * u - square) * bump, xy + u * v * bump, yy + (v * v - square) * bump
    return xx, xy, yy
