"""Which plain keys belong to the control that has the focus, rather than to the menus.

Space, arrows, Home, End and digits step through time everywhere, except where a control needs them:
typing in a field, moving a slider, pressing a button that was reached with Tab.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
_ENDS = {Qt.Key.Key_Home, Qt.Key.Key_End}
_DIGITS = {Qt.Key(Qt.Key.Key_0 + digit) for digit in range(10)}
_SPACE = {Qt.Key.Key_Space}

_NEEDS: tuple[tuple[type[QWidget] | tuple[type[QWidget], ...], set[Qt.Key]], ...] = (
    (
        (QLineEdit, QAbstractSpinBox, QTextEdit, QPlainTextEdit),
        _ARROWS | _ENDS | _DIGITS | _SPACE,
    ),
    (QScrollBar, set()),
    (QAbstractSlider, _ARROWS | _ENDS),
    (QComboBox, _ARROWS | _ENDS | _SPACE),
    (QAbstractItemView, _ARROWS | _ENDS | _SPACE),
    (QTabBar, _ARROWS),
    (QAbstractButton, _SPACE),
)


def belongs_to_control(widget: QWidget | None, event: QKeyEvent) -> bool:
    """Whether a key press is meant for the focused control itself."""
    if widget is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    for kinds, keys in _NEEDS:
        if isinstance(widget, kinds):
            return Qt.Key(event.key()) in keys
    return False
