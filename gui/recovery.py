"""Copies of unsaved work, for the launch after a crash.

Each window keeps one copy in a folder, beside a lock that lives as long as its process. A copy
whose lock is free was left behind by a window that did not end properly.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QLockFile

from engine.files import write_atomically

LONGEST_NAME = 200


@dataclass(frozen=True)
class Orphan:
    """A copy that nobody looks after.

    Attributes
    ----------
    source
        What was open: a lesson's id or a path; empty: something that was never saved.
    name
        How it was called on screen.
    when
        Of its last change, in seconds since 1970.
    """

    path: Path
    source: str
    name: str
    when: float


class Recovery:
    """The copy of one window; any thread may write it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copy = folder / f"{uuid4().hex}.nabla"
        self._lock: QLockFile | None = None
        self._writing = threading.Lock()
        self._closed = False

    @property
    def path(self) -> Path:
        """Where the copy is written."""
        return self._copy

    def write(self, data: bytes, source: str, name: str) -> None:
        """Put the copy in place of the one before; raises OSError where that cannot be done."""
        about = {"source": source, "name": name}
        with self._writing:
            if self._closed:
                return
            self._hold()
            write_atomically(self._copy.with_suffix(".json"), json.dumps(about).encode())
            write_atomically(self._copy, data)

    def adopt(self, orphan: Orphan) -> None:
        """Look after a copy that was left behind; where that cannot be done, it stays one."""
        with suppress(OSError):
            self._hold()
            orphan.path.replace(self._copy)
            about = orphan.path.with_suffix(".json")
            if about.exists():
                about.replace(self._copy.with_suffix(".json"))

    def clear(self) -> None:
        """Remove the copy: there is nothing unsaved."""
        with self._writing:
            remove(self._copy)

    def close(self) -> None:
        """Remove the copy and the lock, as the window ends properly."""
        with self._writing:
            self._closed = True
            remove(self._copy)
            if self._lock is not None:
                self._lock.unlock()
                self._lock = None

    def _hold(self) -> None:
        if self._lock is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock(self._copy)
            self._lock.tryLock(0)


def orphans(folder: Path) -> list[Orphan]:
    """Return the copies that were left behind, the newest first."""
    found = []
    for copy in folder.glob("*.nabla"):
        lock = _lock(copy)
        # It is free, or the process that held it is gone.
        if not lock.tryLock(0):
            continue
        lock.unlock()
        source, name = _about(copy)
        found.append(Orphan(copy, source, name, copy.stat().st_mtime))
    return sorted(found, key=lambda orphan: orphan.when, reverse=True)


def remove(copy: Path) -> None:
    """Remove a copy and what lies beside it; where that cannot be done, it stays."""
    for path in (copy, copy.with_suffix(".json")):
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _lock(copy: Path) -> QLockFile:
    lock = QLockFile(str(copy.with_suffix(".lock")))
    # Never by age: a window may be open for days.
    lock.setStaleLockTime(0)
    return lock


def _about(copy: Path) -> tuple[str, str]:
    try:
        content = json.loads(copy.with_suffix(".json").read_text(encoding="utf-8"))
        source, name = content["source"], content["name"]
    except (OSError, ValueError, TypeError, KeyError):
        return "", ""
    if not isinstance(source, str) or not isinstance(name, str):
        return "", ""
    return source, name[:LONGEST_NAME]
