"""What the calculus labs show: plain values, one slot a lab in the document.

A slot holds what a user edits (a function as typed, a point), so undo covers it; how it is looked
at (the frame of a plot, the place in a derivation) stands in the matching ``…Look``, which is saved
but not undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from engine.session.fields import damaged, flag, integer, number, record, sequence, text

LONGEST_TEXT = 10_000
MOST_VALUES = 256
FARTHEST = 10**9


@dataclass(frozen=True)
class DerivativeSlot:
    """A function of one variable, and the point at which it is looked into.

    Attributes
    ----------
    expression
        As typed.
    point, step
        The point a, and h.
    start, end, parts, rule
        The area: interval, number of parts, key of the rule of its sums.
    unit_in, unit_out
        Names of units, for a function of time and the like; empty: none.
    shown
        Keys of what is drawn beside the curve.
    """

    expression: str = "x^2"
    point: float = 1.0
    step: float = 1.0
    start: float = 0.0
    end: float = 2.0
    parts: int = 4
    rule: str = "midpoint"
    unit_in: str = ""
    unit_out: str = ""
    shown: tuple[str, ...] = ("secant", "tangent")


@dataclass(frozen=True)
class DerivativeLook:
    """How the derivative lab is looked at.

    Attributes
    ----------
    position
        Steps of the derivation that are done.
    frame
        Left, right, bottom and top of the plot; empty: chosen by itself.
    """

    position: int = 0
    frame: tuple[float, ...] = ()


@dataclass(frozen=True)
class SurfaceSlot:
    """A function of two variables (or more), and the point and direction that are looked into.

    Attributes
    ----------
    expression
        As typed.
    point
        Values of the variables, in the order of their names.
    direction
        Angle of the direction u, in degrees from the x axis.
    change
        dx and dy of the total differential.
    shown
        Keys of what is drawn on the surface.
    """

    expression: str = "3x^2 + xy"
    point: tuple[float, ...] = (1.0, 2.0)
    direction: float = 45.0
    change: tuple[float, ...] = (0.1, 0.2)
    shown: tuple[str, ...] = ("cuts", "gradient")


@dataclass(frozen=True)
class SurfaceLook:
    """How the surface lab is looked at: frame, camera in degrees, place in a derivation."""

    position: int = 0
    frame: tuple[float, ...] = ()
    azimuth: float = -60.0
    elevation: float = 30.0
    zoom: float = 1.0


Slot = TypeVar("Slot")


def slot_to_json(slot: object) -> dict[str, object]:
    """Turn a slot into plain JSON values."""
    values = {}
    for field in fields(slot):  # type: ignore[arg-type]
        value = getattr(slot, field.name)
        values[field.name] = list(value) if isinstance(value, tuple) else value
    return values


def slot_from_json(kind: type[Slot], place: str, content: object) -> Slot:
    """Read a slot from what ``json.load`` returned; every value must be of its default's type.

    Raises
    ------
    NablaError
        ``session.damaged``.
    """
    default = kind()
    names = tuple(field.name for field in fields(default))  # type: ignore[arg-type]
    given = record(place, content, names)
    values = {name: _like(f"{place}.{name}", getattr(default, name), given[name]) for name in names}
    return kind(**values)


def _like(place: str, default: object, value: object) -> object:
    if isinstance(default, bool):
        return flag(place, value)
    if isinstance(default, int):
        return integer(place, value, 0, FARTHEST)
    if isinstance(default, float):
        return number(place, value)
    if isinstance(default, str):
        return text(place, value, LONGEST_TEXT)
    items: Sequence[object] = sequence(place, value, 0, MOST_VALUES)
    if all(isinstance(item, str) for item in items):
        return tuple(text(place, item, LONGEST_TEXT) for item in items)
    if any(isinstance(item, str) for item in items):
        raise damaged(place)
    return tuple(number(place, item) for item in items)
