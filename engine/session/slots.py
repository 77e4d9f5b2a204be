"""What the calculus labs show: plain values, one slot a lab in the document.

A slot holds what a user edits (a function as typed, a point), so undo covers it; how it is looked
at (the frame of a plot, the place in a derivation) stands in the matching ``…Look``, which is saved
but not undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

from engine.session.fields import flag, integer, number, record, sequence, text
from engine.session.runners import MOST_RUNNERS, Runner, runner_from_json, runner_to_json

LONGEST_TEXT = 10_000
MOST_VALUES = 3 * 2**16
"""A plane through a network's parameters holds three of each."""
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
    quotient
        Key of the difference quotient whose error is looked into.
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
    quotient: str = "forward"
    shown: tuple[str, ...] = ("secant", "tangent")


@dataclass(frozen=True)
class DerivativeLook:
    """How the derivative lab is looked at.

    Attributes
    ----------
    time
        What passes as time goes by: ``"halve"`` or ``"tenth"`` makes h smaller, ``"rules"`` steps
        through the derivation.
    approach
        How many times h was made smaller.
    position
        Steps of the derivation that are done.
    frame
        Left, right, bottom and top of the plot; empty: chosen by itself.
    """

    time: str = "halve"
    approach: int = 0
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
    axes
        Names of the two variables that are drawn; empty: the first two.
    direction
        Angle of the direction u, in degrees from the x axis.
    change
        One number a variable: dx, dy … of the total differential.
    nudged, nudge
        The number of the variable that is nudged while the others are held, and by how much.
    shown
        Keys of what is drawn on the surface.
    run, iteration, plane
        A slice of a network's loss in the place of the expression: the state it goes through, and
        origin and both directions of its plane, one after another; an empty plane: none.
    """

    expression: str = "3x^2 + xy"
    point: tuple[float, ...] = (1.0, 2.0)
    axes: tuple[str, ...] = ()
    direction: float = 45.0
    change: tuple[float, ...] = (0.1, 0.2)
    nudged: int = 0
    nudge: float = 0.1
    shown: tuple[str, ...] = ("cuts", "gradient", "direction", "level")
    run: int = 0
    iteration: int = 0
    plane: tuple[float, ...] = ()


@dataclass(frozen=True)
class SurfaceLook:
    """How the surface lab is looked at.

    Attributes
    ----------
    position
        Steps of the derivation that are done.
    frame
        Left, right, bottom and top of the floor; empty: chosen by itself.
    azimuth, elevation, zoom
        The camera, in degrees.
    log_height
        Whether heights are logarithmic, where none is negative.
    """

    position: int = 0
    frame: tuple[float, ...] = ()
    log_height: bool = False
    azimuth: float = -60.0
    elevation: float = 30.0
    zoom: float = 1.0


FIRST_RUNNERS = (
    Runner("gradient_descent", (), 0.09, colour=0),
    Runner("momentum", (("beta", 0.8),), 0.03, colour=1),
    Runner("adam", (), 0.3, colour=2),
)


@dataclass(frozen=True)
class DescentSlot:
    """A function, a start, and the optimizers that run from there.

    Attributes
    ----------
    function
        Key in the table of test functions; empty: the expression.
    expression
        As typed.
    start
        A number for each variable.
    runners
        The optimizers, in the order of their list.
    noise, seed
        Standard deviation of what blurs each component of the gradient, and its seed.
    run, iteration, plane
        A network's loss in the place of the function: the state from which everybody starts, and
        that state's parameters and both directions of the picture's plane, one after another; an
        empty plane: none. The start is then a place on that plane.
    """

    function: str = "stretched_bowl"
    expression: str = ""
    start: tuple[float, ...] = (-4.0, 2.0)
    runners: tuple[Runner, ...] = FIRST_RUNNERS
    noise: float = 0.0
    seed: int = 0
    run: int = 0
    iteration: int = 0
    plane: tuple[float, ...] = ()


@dataclass(frozen=True)
class DescentLook:
    """How the descent lab is looked at.

    Attributes
    ----------
    iteration, micro
        The moment: iterations that are done, and micro-steps of the next one.
    runner
        Number of the runner whose steps are explained.
    inside
        Whether a step goes inside an iteration.
    frame
        Left, right, bottom and top; empty: chosen by itself.
    log_height
        Whether heights are logarithmic.
    blindfold
        Whether all is hidden but the tangent patch underfoot.
    quantity, log_quantity
        What is plotted against the iteration, and whether logarithmically.
    map
        Which map is shown.
    azimuth, elevation, zoom
        The camera, in degrees.
    """

    iteration: int = 0
    micro: int = 0
    runner: int = 0
    inside: bool = False
    frame: tuple[float, ...] = ()
    log_height: bool = False
    blindfold: bool = False
    quantity: str = "value"
    log_quantity: bool = True
    map: str = "basins"
    azimuth: float = -60.0
    elevation: float = 36.0
    zoom: float = 1.0


Slot = TypeVar("Slot")

LATER: dict[type, tuple[str, ...]] = {DescentSlot: ("run", "iteration", "plane")}
"""Fields that older sessions do not have."""


def slot_to_json(slot: object) -> dict[str, object]:
    """Turn a slot into plain JSON values."""
    values = {}
    for field in fields(slot):  # type: ignore[arg-type]
        value = getattr(slot, field.name)
        if isinstance(value, tuple):
            value = [runner_to_json(v) if isinstance(v, Runner) else v for v in value]
        values[field.name] = value
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
    later = LATER.get(kind, ())
    given = record(place, content, [name for name in names if name not in later], later)
    of_texts = {field.name for field in fields(default) if "str" in str(field.type)}  # type: ignore[arg-type]
    values = {
        name: _runners(f"{place}.{name}", given[name])
        if name == "runners"
        else _like(f"{place}.{name}", getattr(default, name), given[name], name in of_texts)
        for name in names
        if name in given
    }
    return kind(**values)


def _runners(place: str, content: object) -> tuple[Runner, ...]:
    items = sequence(place, content, 0, MOST_RUNNERS)
    return tuple(runner_from_json(f"{place}[{i}]", item) for i, item in enumerate(items))


def changed_slot(slot: Slot, place: str, changes: object) -> Slot:
    """Return a slot with some values changed, as ``json.load`` returned them.

    Raises
    ------
    NablaError
        ``session.damaged``.
    """
    values = slot_to_json(slot)
    return slot_from_json(type(slot), place, values | dict(record(place, changes, (), values)))


def _like(place: str, default: object, value: object, of_texts: bool) -> object:
    if isinstance(default, bool):
        return flag(place, value)
    if isinstance(default, int):
        return integer(place, value, 0, FARTHEST)
    if isinstance(default, float):
        return number(place, value)
    if isinstance(default, str):
        return text(place, value, LONGEST_TEXT)
    items: Sequence[object] = sequence(place, value, 0, MOST_VALUES)
    if of_texts:
        return tuple(text(place, item, LONGEST_TEXT) for item in items)
    return tuple(number(place, item) for item in items)
