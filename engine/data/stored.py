"""Data specifications as JSON, for session files.

What is read may be damaged or made by an enemy: every field is checked for type and bounds,
unknown fields are refused, and nothing is allocated that the bounds do not allow.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from engine.data.checks import (
    MAX_CLASSES,
    MAX_COLUMNS,
    MAX_MAGNITUDE,
    MAX_ROWS,
    MAX_SEED,
    check_flag,
    check_integer,
    check_known,
    check_names,
    check_number,
    check_sequence,
    check_task,
    check_text,
    shortened,
)
from engine.data.spec import (
    MAX_SAMPLES,
    VALUE_TYPE,
    BundledData,
    DataSpec,
    FixedData,
    GeneratedData,
    TableData,
    validate,
)
from engine.errors import NablaError

MAX_BASE64 = 4 * -(-MAX_ROWS * (MAX_COLUMNS + 1) * VALUE_TYPE.itemsize // 3)
"""Characters of the largest table that is allowed."""


def _integer(field: str, value: object) -> int:
    return check_integer(field, value, 0, MAX_SEED)


def _number(field: str, value: object) -> float:
    return check_number(field, value, -MAX_MAGNITUDE, MAX_MAGNITUDE)


def _task(field: str, value: object) -> str:
    return check_task(value)


def _features(field: str, value: object) -> tuple[str, ...]:
    return check_names(field, value, 0, MAX_COLUMNS)


def _classes(field: str, value: object) -> tuple[str, ...]:
    return check_names(field, value, 0, MAX_CLASSES)


def _matrix(field: str, value: object) -> tuple[tuple[float, ...], ...]:
    rows = check_sequence(field, value, 1, MAX_SAMPLES)
    return tuple(
        tuple(_number(field, cell) for cell in check_sequence(field, row, 1, MAX_COLUMNS))
        for row in rows
    )


def _bytes(field: str, value: object) -> bytes:
    if not isinstance(value, str):
        raise NablaError("data.not_text", field=field, value=shortened(value))
    if len(value) > MAX_BASE64:
        raise NablaError("data.length", field=field, length=len(value), low=0, high=MAX_BASE64)
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise NablaError("data.bad_base64", field=field) from None


_Reader = Callable[[str, object], object]

_SPLIT: dict[str, _Reader] = {"test_share": _number, "seed": _integer}
_SOURCES: dict[str, tuple[type[Any], dict[str, _Reader]]] = {
    "generated": (
        GeneratedData,
        {"kind": check_text, "samples": _integer, "noise": _number, **_SPLIT},
    ),
    "bundled": (BundledData, {"name": check_text, "standardize": check_flag, **_SPLIT}),
    "fixed": (
        FixedData,
        {
            "inputs": _matrix,
            "targets": _matrix,
            "task": _task,
            "feature_names": _features,
            "target_names": _features,
            "name": check_text,
        },
    ),
    "table": (
        TableData,
        {
            "name": check_text,
            "inputs": _features,
            "target": check_text,
            "values": _bytes,
            "task": _task,
            "classes": _classes,
            "standardize": check_flag,
            "file_rows": _integer,
            **_SPLIT,
        },
    ),
}
_KEY_OF = {made: key for key, (made, _) in _SOURCES.items()}


def to_json(spec: DataSpec) -> dict[str, object]:
    """Turn a specification into plain JSON values; ``from_json`` gives back the same bits."""
    content: dict[str, object] = {"source": _KEY_OF[type(spec)]}
    for field in fields(spec):
        content[field.name] = _plain(getattr(spec, field.name))
    return content


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def from_json(content: object) -> DataSpec:
    """Read a specification from what ``json.load`` returned.

    Raises
    ------
    NablaError
        Codes ``data.…``: the content is not what ``to_json`` writes, or out of bounds.
    """
    if not isinstance(content, Mapping):
        raise NablaError("data.not_an_object", value=shortened(content))
    source = check_known("source", content.get("source"), _SOURCES)
    made, readers = _SOURCES[source]
    for name in content:
        if name != "source" and name not in readers:
            raise NablaError("data.unknown_field", field=shortened(name), source=source)
    values: dict[str, object] = {}
    for name, reader in readers.items():
        if name not in content:
            raise NablaError("data.missing_field", field=name, source=source)
        values[name] = reader(name, content[name])
    spec: DataSpec = made(**values)
    validate(spec)
    return spec
