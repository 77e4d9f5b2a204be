"""The menus of the window, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from engine.network.notation import LABELS as NOTATIONS
from engine.session.lessons import lessons
from engine.training import Granularity
from gui import i18n, icons, theme
from gui.actions import Entry, add_choices, add_entries
from gui.i18n import bind, mark, tr
from gui.labs.table import LABS

if TYPE_CHECKING:
    from gui.main_window import MainWindow

THEMES = (("system", mark("Like the system")), ("light", mark("Light")), ("dark", mark("Dark")))
LANGUAGES = (("system", mark("Like the system")), ("en", "English"), ("zh_CN", "简体中文"))
GRANULARITIES = (
    (Granularity.NEURON, mark("By neuron")),
    (Granularity.LAYER, mark("By layer")),
    (Granularity.BATCH, mark("By batch")),
    (Granularity.EPOCH, mark("By epoch")),
)


class Menus(QObject):
    """Fills the menu bar of a window; every entry calls a method of the window or of its parts."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.lesson_actions: list[QAction] = []
        self._fill_file(self._menu(mark("&File")))
        self._fill_edit(self._menu(mark("&Edit")))
        self._fill_view(self._menu(mark("&View")))
        self._fill_simulation(self._menu(mark("&Simulation")))
        self._fill_lessons(self._menu(mark("&Lessons")))
        self._fill_help(self._menu(mark("&Help")))

    def _menu(self, title: str, parent: QMenu | None = None) -> QMenu:
        menu = QMenu(self._window.menuBar() if parent is None else parent)
        bind(menu, "setTitle", title)
        if parent is None:
            self._window.menuBar().addMenu(menu)
        else:
            parent.addMenu(menu)
        return menu

    def _fill_file(self, menu: QMenu) -> None:
        key, window = QKeySequence.StandardKey, self._window
        files = window.files
        add_entries(
            menu,
            (
                Entry(mark("&New"), files.new, key.New, "new"),
                Entry(mark("&Open…"), files.open_dialog, key.Open, "open"),
            ),
            window,
        )
        recent = self._menu(mark("Open &recent"), menu)
        recent.aboutToShow.connect(lambda: files.fill_recent(recent))
        add_entries(
            menu,
            (
                Entry(mark("Import &CSV…"), files.import_csv, "Ctrl+I", "data"),
                None,
                Entry(mark("&Save"), files.save, key.Save, "save"),
                Entry(mark("Save &as…"), files.save_as, (key.SaveAs, "Ctrl+Shift+S")),
                None,
                Entry(mark("&Export…"), window.export_view, "Ctrl+E", "export"),
                Entry(mark("Copy the view as a picture"), window.copy_view, "Ctrl+Shift+C", "copy"),
                None,
                Entry(mark("&Quit"), window.close, (key.Quit, "Ctrl+Q")),
            ),
            window,
        )

    def _fill_edit(self, menu: QMenu) -> None:
        key, window = QKeySequence.StandardKey, self._window
        stack = window.store.undo_stack
        actions = add_entries(
            menu,
            (
                Entry(mark("&Undo"), stack.undo, key.Undo, "undo"),
                Entry(mark("&Redo"), stack.redo, (key.Redo, "Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
                None,
                Entry(mark("Reset &weights"), window.reset_weights, "Ctrl+R", "reset"),
                Entry(mark("New run &from the start"), window.new_run, "Ctrl+Shift+N", "fork"),
                None,
                Entry(mark("&Deselect"), window.deselect, "Esc"),
            ),
            window,
        )
        undo, redo = actions["&Undo"], actions["&Redo"]

        def name_edits() -> None:
            for action, text, edit in (
                (undo, tr("&Undo"), stack.undoText()),
                (redo, tr("&Redo"), stack.redoText()),
            ):
                action.setText(f"{text} — {edit}" if edit else text)

        stack.canUndoChanged.connect(undo.setEnabled)
        stack.canRedoChanged.connect(redo.setEnabled)
        menu.aboutToShow.connect(name_edits)
        undo.setEnabled(False)
        redo.setEnabled(False)

    def _fill_view(self, menu: QMenu) -> None:
        window = self._window
        if len(LABS) > 1:
            for number, lab in enumerate(LABS, 1):
                entry = Entry(lab.title, _Opener(window, lab.key), f"Ctrl+{number}", lab.icon)
                add_entries(menu, (entry,), window)
            menu.addSeparator()
        panels = self._menu(mark("&Panels"), menu)

        def list_panels() -> None:
            panels.clear()
            for panel in (*window.lab.panels.values(), *window.docks.values()):
                panels.addAction(panel.toggleViewAction())

        panels.aboutToShow.connect(list_panels)
        list_panels()
        for title, choices, chosen, choose in (
            (mark("&Notation"), tuple(NOTATIONS.items()), window.notation, window.set_notation),
            (mark("&Theme"), THEMES, theme.mode, window.set_theme),
            (mark("&Language"), LANGUAGES, i18n.language, window.set_language),
        ):
            add_choices(self._menu(title, menu), choices, chosen, choose, window)
        menu.addSeparator()
        add_entries(
            menu,
            (
                Entry(mark("Arrange as at &first"), window.arrange, "Ctrl+0"),
                Entry(mark("&Full screen"), window.toggle_full_screen, "F11"),
            ),
            window,
        )

    def _fill_simulation(self, menu: QMenu) -> None:
        window = self._window
        entries: list[Entry | None] = [
            Entry(mark("&Play or pause"), window.play_or_pause, "Space", "play"),
            Entry(mark("Step &forward"), window.step, "Right", "step_forward"),
            Entry(mark("Step &back"), window.back, "Left", "step_back"),
            Entry(mark("Finish this &phase"), window.finish_phase, "Shift+Right", "finish_phase"),
            Entry(mark("To the &start"), window.home, "Home", "home"),
            Entry(mark("To the &newest state"), window.end, "End", "end"),
            None,
        ]
        entries += [
            Entry(text, _Chooser(window, granularity), str(number))
            for number, (granularity, text) in enumerate(GRANULARITIES, 1)
        ]
        entries += [
            None,
            Entry(mark("Faster"), window.faster, "Ctrl+Up"),
            Entry(mark("Slower"), window.slower, "Ctrl+Down"),
            None,
            Entry(mark("Study this s&urface"), window.study_surface, "", "lab_surface"),
            Entry(mark("Study this &derivative"), window.study_derivative, "", "lab_derivative"),
            Entry(
                mark("&Race optimizers on this network"), window.race_optimizers, "", "lab_descent"
            ),
        ]
        add_entries(menu, entries, window)

    def _fill_lessons(self, menu: QMenu) -> None:
        for info in lessons():
            action = QAction(self._window)
            icons.bind(action, "lesson")
            action.setData(info)
            action.triggered.connect(self._open_lesson)
            menu.addAction(action)
            self.lesson_actions.append(action)
        self._name_lessons()
        i18n.notifier.changed.connect(self._name_lessons)

    def _name_lessons(self) -> None:
        for number, action in enumerate(self.lesson_actions, 1):
            titles = action.data().title
            action.setText(f"&{number}  {titles.get(i18n.current(), titles['en'])}")

    def _open_lesson(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self._window.files.open_source(action.data().id)

    def _fill_help(self, menu: QMenu) -> None:
        window = self._window
        add_entries(
            menu,
            (
                Entry(mark("&Keyboard and mouse"), window.show_keys, "F1", "question"),
                Entry(mark("Show &tips"), window.show_tips, "", "info"),
                None,
                Entry(mark("&About Nabla"), window.show_about, "", "info"),
            ),
            window,
        )


class _Chooser:
    """Chooses a granularity when called."""

    def __init__(self, window: MainWindow, granularity: Granularity) -> None:
        self._window = window
        self._granularity = granularity

    def __call__(self) -> None:
        self._window.store.look(granularity=self._granularity)


class _Opener:
    """Brings a lab to the front when called."""

    def __init__(self, window: MainWindow, key: str) -> None:
        self._window = window
        self._key = key

    def __call__(self) -> None:
        self._window.store.look(lab=self._key)
