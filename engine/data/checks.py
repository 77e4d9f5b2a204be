"""Strict checks of single values, shared by the specifications and their stored form.

What is checked may come from an untrusted file, so a message never quotes more than a few
characters of a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from engine.errors import NablaError

Task = Literal["regression", "classification"]

MAX_ROWS = 100_000
MAX_COLUMNS = 256
MAX_CLASSES = 100
MAX_NAME = 200
MAX_SEED = 2**31 - 1
"""What a spin box holds, and JSON keeps exactly."""
MAX_TEST_SHARE = 0.9
MAX_MAGNITUDE = 1e100
"""Squares and sums of 100,000 such numbers stay far from overflow (about 1e308)."""


def shortened(value: object) -> str:
    """At most 40 characters that tell a value apart, safe for any object."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > 100:
        return "an integer of more than 100 bits"
    text = str(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= 40 else text[:39] + "…"


def check_integer(field: str, value: object, low: int, high: int) -> int:
    """Return ``value`` if it is a whole number in [low, high]; booleans do not count."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise NablaError("data.not_an_integer", field=field, value=shortened(value))
    if not low <= value <= high:
        raise NablaError(
            "data.out_of_range", field=field, value=shortened(value), low=low, high=high
        )
    return value


def check_number(field: str, value: object, low: float, high: float) -> float:
    """Return ``value`` as float if it is a finite number in [low, high]."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NablaError("data.not_a_number", field=field, value=shortened(value))
    # Python compares integers of any size exactly, and NaN fails every comparison.
    if not low <= value <= high:
        raise NablaError(
            "data.out_of_range", field=field, value=shortened(value), low=low, high=high
        )
    return float(value)


def check_flag(field: str, value: object) -> bool:
    """Return ``value`` if it is True or False."""
    if not isinstance(value, bool):
        raise NablaError("data.not_a_flag", field=field, value=shortened(value))
    return value


def check_text(field: str, value: object) -> str:
    """Return ``value`` if it is printable text of 1 to 200 characters.

    Printable excludes control characters and lone surrogates, which no file could hold.
    """
    if not isinstance(value, str):
        raise NablaError("data.not_text", field=field, value=shortened(value))
    if not 1 <= len(value) <= MAX_NAME:
        raise NablaError("data.text_length", field=field, length=len(value), limit=MAX_NAME)
    if not value.isprintable():
        raise NablaError("data.unprintable", field=field)
    return value


def check_known(field: str, value: object, table: Mapping[str, object]) -> str:
    """Return ``value`` if it is a key of ``table``."""
    if not isinstance(value, str) or value not in table:
        known = ", ".join(table)
        raise NablaError("data.unknown", field=field, value=shortened(value), known=known)
    return value


def check_task(value: object) -> Task:
    """Return ``value`` if it names a task."""
    if value == "regression":
        return "regression"
    if value == "classification":
        return "classification"
    raise NablaError("data.unknown_task", value=shortened(value))


def check_names(field: str, values: object, low: int, high: int) -> tuple[str, ...]:
    """Return a list or tuple of ``low`` to ``high`` names, no two of them equal."""
    names = tuple(check_text(field, value) for value in check_sequence(field, values, low, high))
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise NablaError("data.duplicate_name", field=field, name=shortened(name))
        seen.add(name)
    return names


def check_sequence(field: str, values: object, low: int, high: int) -> Sequence[object]:
    """Return ``values`` if it is a list or tuple of ``low`` to ``high`` entries."""
    if not isinstance(values, list | tuple):
        raise NablaError("data.not_a_list", field=field, value=shortened(values))
    if not low <= len(values) <= high:
        raise NablaError("data.length", field=field, length=len(values), low=low, high=high)
    return values
