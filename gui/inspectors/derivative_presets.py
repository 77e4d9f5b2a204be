"""Functions of one variable to choose from, each with the point and the frame that suit it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gui.i18n import mark
from gui.views.expression_field import Preset, PresetGroup


@dataclass(frozen=True, slots=True)
class Scene:
    """A function and how to look at it at first; ``frame``: left, right, bottom, top."""

    text: str
    point: float = 1.0
    step: float = 1.0
    frame: tuple[float, float, float, float] | tuple[()] = ()
    unit_in: str = ""
    unit_out: str = ""
    label: str = ""


_PI = math.pi
_WAVE = (-2 * _PI, 2 * _PI, -1.8, 1.8)
_UNIT = (-1.6, 1.6, -2.0, 3.6)
_KINK = (-3.0, 3.0, -1.6, 3.2)

GROUPS: tuple[tuple[str, tuple[Scene, ...]], ...] = (
    (
        mark("Powers and lines"),
        (
            Scene("3x", 2.0, 1.0, (-2.0, 4.0, -4.0, 12.0), label=mark("line")),
            Scene("x^2", 1.0, 1.0, (-3.0, 3.5, -2.0, 9.0), label=mark("parabola")),
            Scene("x^3", 1.0, 0.7, (-2.4, 2.4, -8.0, 8.0)),
            Scene("x^5", 1.0, 0.4, (-1.8, 1.8, -6.0, 6.0)),
            Scene("1/x", 1.0, 1.0, (-4.0, 4.0, -5.0, 5.0), label=mark("hyperbola")),
            Scene("sqrt(x)", 1.0, 1.5, (-1.0, 5.0, -0.8, 2.8), label=mark("square root")),
            Scene("cbrt(x)", 0.0, 1.0, (-3.0, 3.0, -2.0, 2.0), label=mark("cube root")),
            Scene("x^3 - 2x", 1.0, 0.8, (-2.4, 2.4, -3.2, 3.6)),
        ),
    ),
    (
        mark("Exponential and logarithm"),
        (
            Scene("e^x", 0.0, 1.0, (-3.0, 2.6, -1.5, 9.0)),
            Scene("2^x", 1.0, 1.0, (-3.0, 3.4, -1.5, 9.0)),
            Scene("ln(x)", 1.0, 1.0, (-0.8, 5.0, -3.2, 2.4)),
            Scene("log(x, 2)", 2.0, 1.5, (-0.8, 6.0, -3.4, 3.4)),
            Scene("x e^(-x)", 0.5, 0.8, (-1.0, 5.0, -0.5, 0.7)),
            Scene("exp(-x^2)", 0.7, 0.6, (-3.0, 3.0, -0.4, 1.4), label=mark("bell curve")),
        ),
    ),
    (
        mark("Trigonometric"),
        (
            Scene("sin(x)", 0.5, 1.0, _WAVE),
            Scene("cos(x)", 0.5, 1.0, _WAVE),
            Scene("tan(x)", 0.5, 0.5, (-4.8, 4.8, -5.0, 5.0)),
            Scene("arcsin(x)", 0.3, 0.5, (-1.6, 1.6, -2.0, 2.0)),
            Scene("arccos(x)", 0.3, 0.5, _UNIT),
            Scene("arctan(x)", 0.5, 1.0, (-5.0, 5.0, -2.0, 2.0)),
            Scene("sinh(x)", 0.5, 0.8, (-3.0, 3.0, -6.0, 6.0)),
            Scene("cosh(x)", 0.5, 0.8, (-3.0, 3.0, -1.5, 7.0)),
            Scene("tanh(x)", 0.5, 0.8, (-4.0, 4.0, -1.6, 1.6)),
        ),
    ),
    (
        mark("Activations"),
        (
            Scene("sigmoid(x)", 0.0, 2.0, (-6.0, 6.0, -0.3, 1.3)),
            Scene("relu(x)", 0.0, 1.0, _KINK),
            Scene("leaky_relu(x)", 0.0, 1.0, _KINK),
            Scene("leaky_relu(x, 0.3)", 0.0, 1.0, _KINK, label="PReLU"),
            Scene("elu(x)", 0.0, 1.0, _KINK),
            Scene("softplus(x)", 0.0, 1.0, (-4.0, 4.0, -0.8, 4.4)),
        ),
    ),
    (
        mark("Kinks, jumps and gaps"),
        (
            Scene("|x|", 0.0, 1.0, _KINK, label=mark("corner")),
            Scene("step(x)", 0.0, 1.0, (-3.0, 3.0, -0.8, 1.8), label=mark("jump")),
            Scene("sqrt(|x|)", 0.0, 0.5, (-2.0, 2.0, -0.5, 1.8), label=mark("cusp")),
            Scene("sin(x)/x", 0.0, 1.0, (-9.0, 9.0, -0.6, 1.4), label=mark("hole")),
            Scene("x sin(1/x)", 0.2, 0.1, (-0.5, 0.5, -0.4, 0.4)),
            Scene("x |x|", 0.0, 1.0, (-2.0, 2.0, -3.0, 3.0)),
        ),
    ),
    (
        mark("Products, quotients, compositions"),
        (
            Scene("x^2 + sin(x)", 1.0, 1.0, (-3.0, 3.0, -2.0, 8.0), label=mark("sum")),
            Scene("x^2 sin(x)", 1.0, 0.8, (-4.0, 4.0, -6.0, 6.0), label=mark("product")),
            Scene("x^2 / sin(x)", 1.0, 0.6, (-3.0, 3.0, -8.0, 8.0), label=mark("quotient")),
            Scene("(3x + 2)^2", 0.0, 0.4, (-2.2, 1.2, -2.0, 14.0), label=mark("composition")),
            Scene("sin(x^2)", 1.0, 0.4, (-3.2, 3.2, -1.6, 1.6)),
            Scene("ln(1 + x^2)", 1.0, 1.0, (-4.0, 4.0, -0.8, 3.2)),
            Scene("x^x", 1.0, 0.6, (-0.4, 2.4, -0.6, 5.0)),
        ),
    ),
    (
        mark("Motion"),
        (
            Scene("5t^2", 1.0, 1.0, (-0.4, 2.6, -4.0, 26.0), "s", "m", mark("free fall")),
            Scene("20t - 5t^2", 1.0, 1.0, (-0.4, 4.4, -4.0, 24.0), "s", "m", mark("throw")),
            Scene("2 sin(3t)", 0.5, 0.4, (-0.3, 4.2, -3.0, 3.0), "s", "cm", mark("swing")),
        ),
    ),
)
"""Headings and the functions below them."""

SCENES: dict[str, Scene] = {scene.text: scene for _, scenes in GROUPS for scene in scenes}


def menu_groups() -> tuple[PresetGroup, ...]:
    """The same as groups of a menu."""
    return tuple(
        PresetGroup(title, tuple(Preset(s.text, s.text, s.label) for s in scenes))
        for title, scenes in GROUPS
    )
