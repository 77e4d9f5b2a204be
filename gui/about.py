"""The About box and the page of keys."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import pyqtgraph as pg
import PySide6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from gui import icons
from gui.i18n import mark, tr

KEYS: tuple[tuple[str, str], ...] = (
    ("→  ←", mark("Step forward, step back")),
    ("Shift+→", mark("Finish the phase in work")),
    (mark("Space"), mark("Play or pause")),
    ("Home  End", mark("To the start, to the newest state")),
    ("1  2  3  4", mark("Step by neuron, layer, batch, epoch")),
    ("Ctrl+↑  Ctrl+↓", mark("Play faster, slower")),
    (mark("Click"), mark("Select a neuron, a connection, a sample")),
    (mark("Drag or wheel on a selected weight"), mark("Change it while everything follows")),
    (mark("Enter"), mark("Type the value of the selected weight")),
    ("F   Del", mark("Freeze; cut or remove what is selected")),
    (mark("Tab, then arrow keys"), mark("Walk over the canvas, turn the surface")),
    (mark("Wheel, drag"), mark("Zoom, move; on the surface a drag turns it")),
    ("R", mark("Show all of a picture again")),
    (mark("Double-click a title"), mark("Maximize a panel, or put it back")),
    ("Ctrl+Z  Ctrl+Shift+Z", mark("Undo, redo")),
    ("Ctrl+E", mark("Export a view or all of them")),
)


def program_version() -> str:
    """Return the version of Nabla, as installed."""
    try:
        return version("nabla-lab")
    except PackageNotFoundError:
        return "0.1.0"


def show_about(parent: QWidget) -> None:
    """Say what this is, and with what it was made."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("About Nabla"))
    row = QHBoxLayout()
    picture = QLabel()
    picture.setPixmap(icons.application_icon().pixmap(72, 72))
    picture.setAlignment(Qt.AlignmentFlag.AlignTop)
    row.addWidget(picture)
    title = QLabel("Nabla")
    title.setProperty("role", "title")
    lines = (
        tr("Version {0}").format(program_version()),
        tr(
            "A laboratory for the calculus behind neural networks: see, touch and rewind"
            " derivatives, gradient descent and backpropagation."
        ),
        tr(
            "Data: Iris (R. A. Fisher) and handwritten digits (E. Alpaydin, C. Kaynak), from the"
            " UCI Machine Learning Repository, CC BY 4.0."
        ),
        tr("MIT licence. Made with Python {0}, NumPy {1}, PySide6 {2}, pyqtgraph {3}.").format(
            platform.python_version(), np.__version__, PySide6.__version__, pg.__version__
        ),
    )
    column = QVBoxLayout()
    column.addWidget(title)
    for text in lines:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(label)
    row.addSpacing(12)
    row.addLayout(column, 1)
    _finish(dialog, row)


def show_keys(parent: QWidget) -> None:
    """List keys and gestures."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(tr("Keyboard and mouse"))
    form = QFormLayout()
    form.setHorizontalSpacing(24)
    form.setVerticalSpacing(8)
    for keys, effect in KEYS:
        name = QLabel(tr(keys))
        name.setProperty("role", "heading")
        form.addRow(name, QLabel(tr(effect)))
    _finish(dialog, form)


def _finish(dialog: QDialog, content: QHBoxLayout | QFormLayout) -> None:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 20, 24, 16)
    column.setSpacing(16)
    column.addLayout(content)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    dialog.setMinimumWidth(480)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.exec()
