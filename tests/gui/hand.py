"""Mouse and keys for tests, typed, with the left button unless told otherwise."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

_NOTHING = Qt.KeyboardModifier.NoModifier


def press(widget: QWidget, position: QPoint) -> None:
    """Press the left button."""
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, _NOTHING, position)


def move(widget: QWidget, position: QPoint) -> None:
    """Move the pointer, with whatever button is down."""
    QTest.mouseMove(widget, position)


def release(widget: QWidget, position: QPoint) -> None:
    """Let the left button go."""
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, _NOTHING, position)


def key(widget: QWidget, code: Qt.Key) -> None:
    """Press and release a key."""
    QTest.keyClick(widget, code)
