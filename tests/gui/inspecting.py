"""Clicks and typing in the fields of an inspector, for its tests."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QWidget

from tests.gui.hand import key


def click(widget: QWidget) -> None:
    """Click the middle of a widget."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def write(entry: QLineEdit, text: str) -> None:
    """Replace what stands in a field, without Enter."""
    # New rows are shown by the event loop.
    QApplication.processEvents()
    entry.setFocus()
    entry.selectAll()
    if text:
        QTest.keyClicks(entry, text)
    else:
        key(entry, Qt.Key.Key_Delete)


def enter(entry: QLineEdit, text: str) -> None:
    """Replace what stands in a field, and press Enter."""
    write(entry, text)
    key(entry, Qt.Key.Key_Return)


def pick(field: QComboBox, value: str) -> None:
    """Choose an entry as the popup does; it has to be one that can be chosen."""
    row = field.findData(value)
    assert row >= 0
    assert field.model().flags(field.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled
    field.setCurrentIndex(row)
    field.activated.emit(row)
