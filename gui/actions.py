"""Menus as tables: every action with its words, icon, shortcut and what it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from gui import icons
from gui.i18n import bind

Shortcut = str | QKeySequence.StandardKey


@dataclass(frozen=True)
class Entry:
    """One line of a menu: its text, what it does, its shortcuts and its icon."""

    text: str
    slot: Callable[[], object]
    shortcut: Shortcut | tuple[Shortcut, ...] = ()
    icon: str = ""
    name: str = ""


def add_entry(menu: QMenu, entry: Entry, owner: QObject) -> QAction:
    """Put an entry at the end of a menu."""
    action = QAction(owner)
    bind(action, "setText", entry.text)
    if entry.icon:
        icons.bind(action, entry.icon)
    shortcuts = entry.shortcut if isinstance(entry.shortcut, tuple) else (entry.shortcut,)
    action.setShortcuts(_distinct(shortcuts))
    action.setObjectName(entry.name)
    slot = entry.slot
    action.triggered.connect(lambda _checked=False: slot())
    menu.addAction(action)
    return action


def _distinct(shortcuts: Sequence[Shortcut]) -> list[QKeySequence]:
    """Return the keys, each once: Qt finds a shortcut that an action has twice ambiguous.

    What a standard key stands for depends on the desktop: often it is what is named beside it.
    """
    keys = (QKeySequence(shortcut) for shortcut in shortcuts if shortcut)
    return list({key.toString(): key for key in keys if not key.isEmpty()}.values())


def add_entries(menu: QMenu, entries: Sequence[Entry | None], owner: QObject) -> dict[str, QAction]:
    """Put entries into a menu, None as a separator; returns them by their texts."""
    actions = {}
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        else:
            actions[entry.text] = add_entry(menu, entry, owner)
    return actions


def add_choices(
    menu: QMenu,
    choices: Sequence[tuple[str, str]],
    chosen: Callable[[], str],
    choose: Callable[[str], object],
    owner: QObject,
) -> None:
    """Put exclusive choices (key, text) into a menu; the mark is set anew whenever it opens."""
    group = QActionGroup(owner)
    by_key: dict[str, QAction] = {}
    for key, text in choices:
        action = QAction(owner)
        action.setCheckable(True)
        bind(action, "setText", text)
        action.setData(key)
        group.addAction(action)
        menu.addAction(action)
        by_key[key] = action

    def mark_chosen() -> None:
        action = by_key.get(chosen())
        if action is not None:
            action.setChecked(True)

    group.triggered.connect(lambda action: choose(action.data()))
    menu.aboutToShow.connect(mark_chosen)
    mark_chosen()
