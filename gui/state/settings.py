"""What is remembered between launches, besides documents."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSettings

THEME = "look/theme"
LANGUAGE = "look/language"
GEOMETRY = "window/geometry"
WINDOW_STATE = "window/state"
LAB_STATE = "window/lab-{0}"
DISMISSED = "window/closed-{0}"
LAYOUT_VERSION = 1
"""Raised when panels are added or renamed, so that an old arrangement is not forced on them."""


def text(key: str, default: str = "") -> str:
    """Return a remembered text."""
    return str(QSettings().value(key, default, type=str))


def flag(key: str, default: bool = False) -> bool:
    """Return a remembered yes or no (INI files hold booleans as words)."""
    return bool(QSettings().value(key, default, type=bool))


def names(key: str) -> tuple[str, ...]:
    """Return remembered names; none of them holds a space."""
    return tuple(text(key).split())


def blob(key: str) -> QByteArray | None:
    """Return a remembered arrangement of windows, if there is one."""
    value = QSettings().value(key)
    return value if isinstance(value, QByteArray) and not value.isEmpty() else None


def remember(key: str, value: object) -> None:
    """Remember a value."""
    QSettings().setValue(key, value)
