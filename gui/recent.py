"""The files that were opened or saved last, remembered between launches."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

RECENT = "files/recent"
MOST_RECENT = 10


def recent() -> list[Path]:
    """Return the files that were opened or saved last and are still there, the newest first."""
    stored = QSettings().value(RECENT)
    # An INI file gives a single entry as a text, and none as nothing.
    names = [stored] if isinstance(stored, str) else stored
    if not isinstance(names, list):
        return []
    paths = [Path(name) for name in names if isinstance(name, str) and name]
    return [path for path in paths if _is_there(path)][:MOST_RECENT]


def remember(path: Path) -> None:
    """Put a file first."""
    path = path.absolute()
    _store([path, *(known for known in recent() if known != path)])


def tidy() -> list[Path]:
    """Forget the files that are gone, and return the others."""
    paths = recent()
    _store(paths)
    return paths


def forget() -> None:
    """Forget all files."""
    QSettings().remove(RECENT)


def _store(paths: list[Path]) -> None:
    QSettings().setValue(RECENT, [str(path) for path in paths[:MOST_RECENT]])


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
