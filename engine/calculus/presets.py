"""Functions of several variables that are worth a walk, with a frame and a point to begin at."""

from __future__ import annotations

from dataclasses import dataclass

Span = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class SurfacePreset:
    """A function to choose.

    Attributes
    ----------
    key, label
        Its stable name, and its name in English.
    expression
        As one types it.
    frame
        Left, right, bottom and top of the floor that shows it best.
    point
        Where one looks first, one number a variable.
    log_height
        Whether it is seen best with logarithmic heights.
    """

    key: str
    label: str
    expression: str
    frame: Span
    point: tuple[float, ...]
    log_height: bool = False


_PEAKS = (
    "3(1 - x)^2 exp(-x^2 - (y + 1)^2) - 10(x/5 - x^3 - y^5) exp(-x^2 - y^2)"
    " - exp(-(x + 1)^2 - y^2)/3"
)

SURFACES: dict[str, SurfacePreset] = {
    preset.key: preset
    for preset in (
        SurfacePreset("first", "A slanted valley", "3x^2 + xy", (-3, 3, -3, 3), (1.0, 2.0)),
        SurfacePreset("bowl", "Bowl", "x^2 + y^2", (-3, 3, -3, 3), (2.0, 1.0)),
        SurfacePreset("saddle", "Saddle", "x^2 - y^2", (-2, 2, -2, 2), (1.0, 0.5)),
        SurfacePreset("monkey", "Monkey saddle", "x^3 - 3x y^2", (-2, 2, -2, 2), (1.0, 0.5)),
        SurfacePreset(
            "ripple", "Ripple", "cos(3 sqrt(x^2 + y^2))/(1 + x^2 + y^2)", (-3, 3, -3, 3), (1.0, 0.6)
        ),
        SurfacePreset("peaks", "Peaks", _PEAKS, (-3, 3, -3, 3), (0.4, 0.6)),
        SurfacePreset(
            "rosenbrock",
            "Rosenbrock's banana valley",
            "(1 - x)^2 + 100(y - x^2)^2",
            (-2, 2, -1, 3),
            (-1.2, 1.0),
            log_height=True,
        ),
        SurfacePreset(
            "himmelblau",
            "Himmelblau's four valleys",
            "(x^2 + y - 11)^2 + (x + y^2 - 7)^2",
            (-5, 5, -5, 5),
            (1.0, 1.0),
        ),
        SurfacePreset(
            "four",
            "Four variables",
            "x^2 y + y z - w^3 + 2x w",
            (-3, 3, -3, 3),
            (1.0, 1.0, 2.0, 3.0),
        ),
    )
}
"""By key, in the order of the menu."""
