"""Plain letters that a view keeps for itself while it has the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent


def claims(event: QEvent, keys: frozenset[Qt.Key]) -> bool:
    """Answer Qt's question whether a key press is the view's own, rather than a menu's.

    Returns whether that was the question and the answer yes.
    """
    if event.type() != QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if plain and Qt.Key(event.key()) in keys:
        event.accept()
        return True
    return False
