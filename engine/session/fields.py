"""Reading JSON that may be damaged or made by an enemy: each value checked, each fault placed.

Every function takes the place of the value, such as ``runs[0].newest``, and the value as
``json.load`` returned it. A fault is a ``NablaError("session.damaged", place=…)``.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from engine.errors import NablaError
from engine.network.layout import Vector

LARGEST_COUNT = 2**53
"""Up to here every whole number has a float of its own, so any JSON reader keeps it."""

_FLOATS = np.dtype("<f8")


def damaged(place: str) -> NablaError:
    """Return the error that says where a file is damaged."""
    return NablaError("session.damaged", place=place)


def record(
    place: str, value: object, names: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, object]:
    """Return an object with all of ``names``, perhaps some of ``optional``, and nothing else."""
    if not isinstance(value, dict):
        raise damaged(place)
    for name in names:
        if name not in value:
            raise damaged(f"{place}.{name}")
    for name in value:
        if name not in names and name not in optional:
            raise damaged(f"{place}.{str(name)[:40]}")
    return value


def sequence(place: str, value: object, low: int, high: int) -> Sequence[object]:
    """Return a list of ``low`` to ``high`` entries."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        raise damaged(place)
    return value


def integer(place: str, value: object, low: int = 0, high: int = LARGEST_COUNT) -> int:
    """Return a whole number within bounds; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise damaged(place)
    return value


def number(place: str, value: object) -> float:
    """Return a finite number, as it is: a whole number stays one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise damaged(place)
    # Whole numbers in JSON have no bounds, and comparing them does not overflow.
    if not (-LARGEST_COUNT <= value <= LARGEST_COUNT or isinstance(value, float)):
        raise damaged(place)
    if not math.isfinite(value):
        raise damaged(place)
    return value


def flag(place: str, value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise damaged(place)
    return value


def text(place: str, value: object, longest: int) -> str:
    """Return a text of at most so many characters, without those that cannot be shown."""
    if not isinstance(value, str) or len(value) > longest:
        raise damaged(place)
    if value.isprintable():
        return value
    return "".join(character for character in value if character.isprintable())


def choice(place: str, value: object, known: Collection[str]) -> str:
    """Return a text that is one of ``known``."""
    if not isinstance(value, str) or value not in known:
        raise damaged(place)
    return value


def packed(array: Vector) -> str:
    """Return an array as base64 of little-endian float64: the same bits everywhere."""
    return base64.b64encode(np.ascontiguousarray(array, dtype=_FLOATS).tobytes()).decode("ascii")


def unpacked(place: str, value: object, size: int, finite: bool = True) -> Vector:
    """Return an array of exactly ``size`` numbers, read-only."""
    length = 4 * -(-size * _FLOATS.itemsize // 3)
    if not isinstance(value, str) or len(value) != length:
        raise damaged(place)
    try:
        data = base64.b64decode(value.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise damaged(place) from None
    if len(data) != size * _FLOATS.itemsize:
        raise damaged(place)
    array = np.frombuffer(data, dtype=_FLOATS).astype(np.float64)
    if finite and not np.isfinite(array).all():
        raise damaged(place)
    array.flags.writeable = False
    return array
