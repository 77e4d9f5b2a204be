"""The application's style sheet, built from the theme's tokens.

Everything keeps a rhythm of 4 and 8 px. Widgets ask for a variant by a dynamic property ``role``:

- buttons: ``primary`` (the one next thing to do), ``quiet``, ``danger``, ``segment``
- labels: ``title``, ``heading``, ``muted``, ``figure`` (a large number), ``error``, ``warning``
- frames: ``panel``, ``card``, ``notice``

Text fields, spin boxes and combo boxes show a refused entry with ``state`` set to ``error``.
Call :func:`gui.theme.set_role` to change the property of a widget that is already on screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

GLYPHS = Path(__file__).resolve().parent.parent / "resources" / "icons" / "style"

_TEMPLATE = Template("""
QMainWindow, QDialog { background: $background; }
QToolTip {
    background: $raised; color: $text; border: 1px solid $control; padding: 4px 8px;
}
QLabel { background: transparent; }
QLabel[role="title"] { font-size: 15pt; font-weight: 600; }
QLabel[role="heading"] { font-weight: 600; }
QLabel[role="muted"] { color: $muted; }
QLabel[role="figure"] { font-size: 20pt; font-weight: 600; }
QLabel[role="error"] { color: $error; }
QLabel[role="warning"] { color: $warning; }
QLabel:disabled { color: $control; }

QFrame[role="panel"] { background: $panel; border: none; }
QFrame[role="card"] { background: $panel; border: 1px solid $border; border-radius: 8px; }
QFrame[role="notice"] { background: $raised; border: 1px solid $accent; border-radius: 8px; }

QPushButton, QToolButton {
    background: $raised; color: $text; border: 1px solid $control; border-radius: 6px;
    padding: 4px 12px; min-height: 20px;
}
QToolButton { padding: 4px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $pressed; }
QPushButton:focus, QToolButton:focus { border: 2px solid $accent; padding: 3px 11px; }
QToolButton:focus { padding: 3px; }
QPushButton:checked, QToolButton:checked {
    background: $pressed; border-color: $accent; color: $text;
}
QPushButton:disabled, QToolButton:disabled { color: $control; border-color: $border; }
QPushButton:default { border-color: $accent; }
QToolButton[autoRaise="true"], QPushButton[role="quiet"], QToolButton[role="quiet"] {
    background: transparent; border: 1px solid transparent;
}
QToolButton[autoRaise="true"]:hover, QPushButton[role="quiet"]:hover,
QToolButton[role="quiet"]:hover { background: $hover; }
QToolButton[autoRaise="true"]:pressed, QPushButton[role="quiet"]:pressed,
QToolButton[role="quiet"]:pressed { background: $pressed; }
QToolButton[autoRaise="true"]:checked, QToolButton[role="quiet"]:checked {
    background: $pressed; border: 1px solid $accent;
}
QToolButton[autoRaise="true"]:focus, QPushButton[role="quiet"]:focus,
QToolButton[role="quiet"]:focus { border: 2px solid $accent; }
QPushButton[role="primary"], QToolButton[role="primary"] {
    background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600;
}
QPushButton[role="primary"]:hover, QToolButton[role="primary"]:hover { background: $accent_hover; }
QPushButton[role="primary"]:pressed, QToolButton[role="primary"]:pressed {
    background: $accent_pressed;
}
QPushButton[role="primary"]:focus, QToolButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled, QToolButton[role="primary"]:disabled {
    background: $pressed; color: $muted; border-color: $border;
}
QPushButton[role="danger"] { color: $error; border-color: $error; }
QPushButton[role="segment"], QToolButton[role="segment"] {
    border-color: $border; border-radius: 4px; padding: 3px 8px;
}
QPushButton[role="segment"]:checked, QToolButton[role="segment"]:checked {
    background: $accent; color: $on_accent; border-color: $accent; font-weight: 600;
}
QPushButton[role="segment"]:focus, QToolButton[role="segment"]:focus {
    border: 2px solid $text; padding: 2px 7px;
}
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: 18px; }
QToolButton::menu-button { border: none; width: 16px; }
QToolButton::menu-arrow { image: url($glyphs/chevron-down.svg); }

QLineEdit, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit {
    background: $panel; color: $text; border: 1px solid $control; border-radius: 6px;
    padding: 3px 8px; selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit, QComboBox { min-height: 22px; }
QAbstractSpinBox { min-height: 22px; padding-top: 1px; padding-bottom: 1px; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: $muted; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border: 2px solid $accent; padding: 2px 7px;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
    background: $background; color: $control; border-color: $border;
}
QLineEdit[state="error"], QAbstractSpinBox[state="error"], QComboBox[state="error"] {
    border: 2px solid $error; padding: 2px 7px;
}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {
    border: none; background: transparent; padding: 0; min-height: 0;
}
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox:focus { padding: 0 19px 0 7px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {
    subcontrol-origin: border; width: 20px; border: none; border-left: 1px solid $border;
    background: transparent; margin-right: 1px;
}
QAbstractSpinBox::up-button {
    subcontrol-position: top right; border-top-right-radius: 5px; margin-top: 1px;
}
QAbstractSpinBox::down-button {
    subcontrol-position: bottom right; border-bottom-right-radius: 5px; margin-bottom: 1px;
}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-button:pressed, QAbstractSpinBox::down-button:pressed { background: $pressed; }
QAbstractSpinBox::up-arrow { image: url($glyphs/chevron-up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url($glyphs/chevron-down.svg); width: 12px; height: 12px; }
QComboBox { padding-right: 24px; }
QComboBox::drop-down {
    subcontrol-origin: border; subcontrol-position: center right; width: 24px; border: none;
}
QComboBox::down-arrow { image: url($glyphs/chevron-down.svg); width: 16px; height: 16px; }
QComboBox QAbstractItemView {
    background: $raised; color: $text; border: 1px solid $control; padding: 4px; outline: none;
    selection-background-color: $hover; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 24px; padding: 0 8px; border-radius: 4px; }
QComboBox QAbstractItemView::item:selected { background: $hover; color: $text; }

QCheckBox, QRadioButton { background: transparent; spacing: 8px; padding: 2px; }
QCheckBox:focus, QRadioButton:focus { color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $control; }
QCheckBox::indicator, QRadioButton::indicator, QGroupBox::indicator,
QAbstractItemView::indicator {
    width: 16px; height: 16px; border: 1px solid $control; background: $panel;
}
QCheckBox::indicator, QGroupBox::indicator, QAbstractItemView::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { background: $hover; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; }
QCheckBox::indicator:checked, QGroupBox::indicator:checked,
QAbstractItemView::indicator:checked {
    background: $accent; border-color: $accent; image: url($glyphs/check-$scheme.svg);
}
QCheckBox::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url($glyphs/dash-$scheme.svg);
}
QRadioButton::indicator:checked {
    background: $accent; border-color: $accent; image: url($glyphs/dot-$scheme.svg);
}
QCheckBox::indicator:checked:focus, QRadioButton::indicator:checked:focus {
    border: 2px solid $text;
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
    background: $background; border-color: $border;
}

QSlider { background: transparent; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $pressed; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
    background: $panel; border: 2px solid $accent;
}
QSlider::groove:vertical { width: 4px; border-radius: 2px; background: $pressed; }
QSlider::add-page:vertical { width: 4px; border-radius: 2px; background: $accent; }
QSlider::handle:vertical {
    width: 14px; height: 14px; margin: 0 -6px; border-radius: 8px;
    background: $panel; border: 2px solid $accent;
}
QSlider::handle:hover { background: $hover; }
QSlider::handle:pressed { background: $accent; }
QSlider:focus { border: none; }
QSlider::handle:horizontal:focus, QSlider::handle:vertical:focus {
    background: $accent; border: 2px solid $text;
}
QSlider::sub-page:horizontal:disabled, QSlider::add-page:vertical:disabled { background: $border; }
QSlider::handle:disabled { border-color: $border; }

QTabWidget::pane { border: none; border-top: 1px solid $border; background: $panel; }
QTabBar { background: transparent; }
QTabBar::tab {
    background: transparent; color: $muted; border: none; border-bottom: 2px solid transparent;
    padding: 6px 12px; margin: 0;
}
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:focus { color: $text; background: $hover; border-bottom: 2px solid $accent; }
QTabBar::tab:disabled { color: $control; }
QTabBar::close-button { image: url($glyphs/close.svg); }

QMenuBar { background: $background; border-bottom: 1px solid $border; padding: 2px 4px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenuBar::item:pressed { background: $pressed; }
QMenu { background: $raised; color: $text; border: 1px solid $control; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 12px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $control; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::icon { padding-left: 8px; }
QMenu::right-arrow { image: url($glyphs/chevron-right.svg); width: 16px; height: 16px; }

QToolBar { background: $background; border: none; spacing: 4px; padding: 4px; }
QToolBar::separator { width: 1px; background: $border; margin: 4px; }
QStatusBar { background: $background; color: $muted; border-top: 1px solid $border; }
QStatusBar::item { border: none; }

QDockWidget { titlebar-close-icon: url($glyphs/close.svg); }
QDockWidget::title {
    background: $background; color: $text; padding: 6px 8px; border-bottom: 1px solid $border;
    text-align: left;
}
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: $control; }
QSplitter::handle:pressed { background: $accent; }
QMainWindow::separator { background: $border; width: 3px; height: 3px; }
QMainWindow::separator:hover { background: $accent; }

QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $control; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 24px; margin: 3px; }
QScrollBar::handle:horizontal { min-width: 24px; margin: 3px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $muted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QAbstractItemView {
    background: $panel; alternate-background-color: $raised; color: $text; outline: none;
    border: 1px solid $border; gridline-color: $border;
    selection-background-color: $pressed; selection-color: $text;
}
QAbstractItemView:focus { border: 1px solid $accent; }
QHeaderView { background: $background; border: none; }
QHeaderView::section {
    background: $background; color: $muted; border: none; border-bottom: 1px solid $control;
    border-right: 1px solid $border; padding: 4px 8px;
}
QHeaderView::section:hover { color: $text; background: $hover; }
QTableCornerButton::section { background: $background; border: none; }
QTableView::item { padding: 0 5px; }
QTableView::item:focus { border: 1px solid $accent; }

QGroupBox {
    border: none; border-top: 1px solid $border; margin-top: 20px; padding-top: 8px;
    font-weight: 600;
}
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; padding: 0 0 4px 0; }

QProgressBar {
    background: $pressed; color: $text; border: none; border-radius: 4px; min-height: 8px;
    text-align: center;
}
QProgressBar::chunk { background: $accent; border-radius: 4px; }
QGraphicsView { border: none; }
QGraphicsView:focus { border: 1px solid $accent; }
""")


def _mixed(first: str, second: str, share: float) -> str:
    """A colour on the way from ``first`` to ``second``, both as #RRGGBB."""
    pairs = zip(
        (int(first[i : i + 2], 16) for i in (1, 3, 5)),
        (int(second[i : i + 2], 16) for i in (1, 3, 5)),
        strict=True,
    )
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def style_sheet(tokens: Mapping[str, str], scheme: str) -> str:
    """Qt style sheet for one theme; ``scheme`` picks the glyphs that are drawn on the accent."""
    return _TEMPLATE.substitute(
        tokens,
        scheme=scheme,
        glyphs=GLYPHS.as_posix(),
        accent_hover=_mixed(tokens["accent"], tokens["text"], 0.15),
        accent_pressed=_mixed(tokens["accent"], tokens["text"], 0.3),
    )
