"""What the keyboard does on the canvas, besides walking and zooming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gui.views.canvas.walk import into

if TYPE_CHECKING:
    from gui.views.canvas.canvas import NetworkCanvas

KEYS = (
    Qt.Key.Key_Delete,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_F,
    Qt.Key.Key_M,
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
)
"""The keys that the canvas takes before any shortcut of the window."""


def is_own(event: QKeyEvent) -> bool:
    """Whether the canvas wants a key for itself."""
    plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    return plain and Qt.Key(event.key()) in KEYS


def press(canvas: NetworkCanvas, key: Qt.Key) -> None:
    """Do what one of the canvas' own keys does."""
    selection = canvas.store.view.selection
    if key == Qt.Key.Key_M:
        canvas.show_maps(not canvas.maps_shown)
    elif selection is None:
        return
    elif key == Qt.Key.Key_F:
        canvas.edits.toggle_frozen(selection)
    elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        canvas.edits.remove(selection)
    else:
        parameter = into(canvas.edits.architecture, selection)
        if parameter is not None and canvas.edits.is_cut(parameter.target):
            canvas.edits.join(parameter.target)
        elif parameter is not None:
            canvas.edit_value(parameter.target)
