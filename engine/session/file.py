"""Session files: read with care, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from engine.errors import NablaError
from engine.files import write_atomically
from engine.session.stored import Session, from_json, to_json

SUFFIX = ".nabla"
MOST_BYTES = 64 * 2**20
MOST_ENTRIES = 8_000_000
"""Most commas and brackets in a file: each entry takes far more memory than its character."""


def encoded(session: Session) -> bytes:
    """Return a session as the bytes of a file.

    Raises
    ------
    NablaError
        ``session.too_large``: no file of that size would be read again.
    """
    text = json.dumps(to_json(session), separators=(",", ":"), allow_nan=False)
    data = text.encode("ascii")
    if len(data) > MOST_BYTES:
        raise NablaError("session.too_large", megabytes=len(data) >> 20, limit=MOST_BYTES >> 20)
    return data


def decoded(data: bytes) -> Session:
    """Return the session in the bytes of a file.

    Raises
    ------
    NablaError
        Codes ``session.…``.
    """
    if len(data) > MOST_BYTES:
        raise NablaError("session.too_big", megabytes=len(data) >> 20, limit=MOST_BYTES >> 20)
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > MOST_ENTRIES:
        raise NablaError("session.damaged", place="session")
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        # Also what is no UTF-8, and whole numbers of thousands of digits.
        if _looks_cut(data):
            raise NablaError("session.cut", kilobytes=len(data) >> 10) from error
        raise NablaError("session.not_a_session") from error
    return from_json(content)


def load(path: Path) -> Session:
    """Read a session file.

    Raises
    ------
    NablaError
        Codes ``session.…``, with the path.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            raise NablaError("session.not_found", path=str(path)) from error
        raise NablaError("session.not_readable", path=str(path), reason=_reason(error)) from error
    try:
        return decoded(data)
    except NablaError as error:
        raise NablaError(error.code, path=str(path), **error.details) from error


def save(path: Path, session: Session) -> None:
    """Write a session file; if that fails, the old one is as it was.

    Raises
    ------
    NablaError
        ``session.not_written``, ``session.too_large``.
    """
    data = encoded(session)
    try:
        write_atomically(path, data)
    except (OSError, ValueError) as error:
        raise NablaError("session.not_written", path=str(path), reason=_reason(error)) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _looks_cut(data: bytes) -> bool:
    """Whether it begins like one of our files and does not end like one."""
    return data.lstrip()[:1] == b"{" and data.rstrip()[-1:] != b"}"


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
