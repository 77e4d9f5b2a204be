"""The window: menus, the lab in the middle, inspector and derivation beside it, time below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QToolBar, QVBoxLayout, QWidget

from engine.errors import NablaError
from engine.network.notation import LABELS as NOTATIONS
from engine.session import edits
from engine.session.lessons import lessons
from engine.timeline import Stop
from engine.training import Granularity
from gui import about, i18n, icons, theme
from gui.actions import Entry, add_choices, add_entries
from gui.coach import Coach
from gui.export.exporter import ExportContext, Exporter
from gui.files import Files
from gui.i18n import bind, mark, tr
from gui.inspectors import Inspector
from gui.inspectors.runs_panel import RunsPanel
from gui.keys import belongs_to_control
from gui.labs.network import NetworkLab
from gui.labs.panel import Panel
from gui.notice import Notice
from gui.state import settings
from gui.state.player import Player
from gui.state.store import Aspect, Store
from gui.views.derivation import DerivationView
from gui.views.lesson_panel import LessonPanel
from gui.views.transport_bar import SPEEDS, TransportBar
from gui.views.view import View
from gui.wording import describe, describe_stop

THEMES = (("system", mark("Like the system")), ("light", mark("Light")), ("dark", mark("Dark")))
LANGUAGES = (("system", mark("Like the system")), ("en", "English"), ("zh_CN", "简体中文"))
INSPECTOR_WIDTH, LESSON_WIDTH = 330, 290
NARROW_INSPECTOR_WIDTH, NARROW_LESSON_WIDTH = 300, 270
NARROW = 1500
"""Windows below this width give more of it to the lab."""


class MainWindow(QMainWindow):
    """Puts store, player, lab, inspectors and menus together."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        store.setParent(self)
        self._was_shown = False
        self.player = Player(store, self)
        self.files = Files(store, self)
        self.exporter = Exporter(self._export_context, self)
        self.setWindowIcon(icons.application_icon())
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AnimatedDocks
        )
        self.notice = Notice(self)
        self.lab = NetworkLab(store, self)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.lab, 1)
        self.setCentralWidget(middle)
        self.transport = TransportBar(store, self.player)
        time_bar = QToolBar(self)
        time_bar.setObjectName("time")
        time_bar.setMovable(False)
        time_bar.toggleViewAction().setEnabled(False)
        time_bar.toggleViewAction().setVisible(False)
        bind(time_bar, "setWindowTitle", "Time")
        time_bar.addWidget(self.transport)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, time_bar)
        self._make_docks()
        self._make_menus()
        self._connect()
        self.resize(1280, 800)
        self._restore_arrangement()
        self.coach = Coach(
            store,
            self.player,
            self,
            {
                "step": self.transport.step,
                "play": self.transport.play,
                "canvas": self.lab.view("network"),
                "loss": self.lab.view("loss"),
                "surface": self.lab.view("surface"),
                "derivation": self.derivation,
                "learning_rate": self.inspector.header.rate_row,
                "export": self.inspector.header.export,
            },
        )

    # ------------------------------------------------------------------------------ putting up

    def _make_docks(self) -> None:
        self.inspector = Inspector(self.store, self.player, self)
        self.derivation = DerivationView(self.store)
        self.lesson = LessonPanel(self.store, self.player)
        self.runs = RunsPanel(self.store)
        self.docks = {
            "inspector": Panel("inspector", mark("Inspector"), self.inspector, self),
            "derivation": Panel("derivation", mark("Derivation"), self.derivation, self),
            "lesson": Panel("lesson", mark("Lesson"), self.lesson, self),
            "runs": Panel("runs", mark("Runs"), self.runs, self),
        }
        for dock in self.docks.values():
            dock.export_requested.connect(self.export_view)
            dock.maximize_requested.connect(self._float_instead)
        self._arrange_docks()

    def _arrange_docks(self) -> None:
        right, left = Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.LeftDockWidgetArea
        for dock in self.docks.values():
            dock.setFloating(False)
        self.addDockWidget(right, self.docks["inspector"])
        self.addDockWidget(right, self.docks["derivation"])
        self.addDockWidget(left, self.docks["lesson"])
        self.splitDockWidget(self.docks["lesson"], self.docks["runs"], Qt.Orientation.Vertical)
        for name in ("inspector", "derivation"):
            self.docks[name].show()
        self.docks["lesson"].setVisible(bool(self.store.document.lesson))
        self.docks["runs"].setVisible(len(self.store.document.runs) > 1)
        self._share_out_docks()

    def _share_out_docks(self) -> None:
        """Give the docks their usual sizes; before the window has a size of its own, in vain."""
        inspector, derivation = self.docks["inspector"], self.docks["derivation"]
        narrow = self.width() < NARROW
        self.resizeDocks(
            [inspector, self.docks["lesson"]],
            [NARROW_INSPECTOR_WIDTH, NARROW_LESSON_WIDTH]
            if narrow and self.docks["lesson"].isVisible()
            else [INSPECTOR_WIDTH, LESSON_WIDTH],
            Qt.Orientation.Horizontal,
        )
        height = self.height() - 120
        self.resizeDocks(
            [inspector, derivation],
            [round(0.5 * height), round(0.5 * height)],
            Qt.Orientation.Vertical,
        )

    def _make_menus(self) -> None:
        bar = self.menuBar()
        self._menus: dict[str, QMenu] = {}
        for text in ("&File", "&Edit", "&View", "&Simulation", "&Lessons", "&Help"):
            menu = QMenu(bar)
            bar.addMenu(menu)
            self._menus[text] = menu
        bind(self._menus["&File"], "setTitle", "&File")
        bind(self._menus["&Edit"], "setTitle", "&Edit")
        bind(self._menus["&View"], "setTitle", "&View")
        bind(self._menus["&Simulation"], "setTitle", "&Simulation")
        bind(self._menus["&Lessons"], "setTitle", "&Lessons")
        bind(self._menus["&Help"], "setTitle", "&Help")
        self._fill_file_menu(self._menus["&File"])
        self._fill_edit_menu(self._menus["&Edit"])
        self._fill_view_menu(self._menus["&View"])
        self._fill_simulation_menu(self._menus["&Simulation"])
        self._fill_lessons_menu(self._menus["&Lessons"])
        self._fill_help_menu(self._menus["&Help"])

    def _fill_file_menu(self, menu: QMenu) -> None:
        key = QKeySequence.StandardKey
        files = self.files
        add_entries(
            menu,
            (
                Entry(mark("&New"), files.new, key.New, "new"),
                Entry(mark("&Open…"), files.open_dialog, key.Open, "open"),
            ),
            self,
        )
        recent = QMenu(menu)
        bind(recent, "setTitle", "Open &recent")
        recent.aboutToShow.connect(lambda: files.fill_recent(recent))
        menu.addMenu(recent)
        add_entries(
            menu,
            (
                Entry(mark("Import &CSV…"), files.import_csv, "Ctrl+I", "data"),
                None,
                Entry(mark("&Save"), files.save, key.Save, "save"),
                Entry(mark("Save &as…"), files.save_as, (key.SaveAs, "Ctrl+Shift+S")),
                None,
                Entry(mark("&Export…"), self.export_view, "Ctrl+E", "export"),
                Entry(mark("Copy the view as a picture"), self.copy_view, "Ctrl+Shift+C", "copy"),
                None,
                Entry(mark("&Quit"), self.close, (key.Quit, "Ctrl+Q")),
            ),
            self,
        )

    def _fill_edit_menu(self, menu: QMenu) -> None:
        key = QKeySequence.StandardKey
        stack = self.store.undo_stack
        actions = add_entries(
            menu,
            (
                Entry(mark("&Undo"), stack.undo, key.Undo, "undo"),
                Entry(mark("&Redo"), stack.redo, (key.Redo, "Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
                None,
                Entry(mark("Reset &weights"), self.reset_weights, "Ctrl+R", "reset"),
                Entry(mark("New run &from the start"), self.new_run, "Ctrl+Shift+N", "fork"),
                None,
                Entry(mark("&Deselect"), self.deselect, "Esc"),
            ),
            self,
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

    def _fill_view_menu(self, menu: QMenu) -> None:
        for panel in (*self.lab.panels.values(), *self.docks.values()):
            action = panel.toggleViewAction()
            menu.addAction(action)
        menu.addSeparator()
        for title, choices, chosen, choose in (
            (mark("&Notation"), tuple(NOTATIONS.items()), self._notation, self._set_notation),
            (mark("&Theme"), THEMES, theme.mode, self._set_theme),
            (mark("&Language"), LANGUAGES, i18n.language, self._set_language),
        ):
            sub = QMenu(menu)
            bind(sub, "setTitle", title)
            menu.addMenu(sub)
            add_choices(sub, choices, chosen, choose, self)
        menu.addSeparator()
        add_entries(
            menu,
            (
                Entry(mark("Arrange as at &first"), self.arrange, "Ctrl+0"),
                Entry(mark("&Full screen"), self._toggle_full_screen, "F11"),
            ),
            self,
        )

    def _fill_simulation_menu(self, menu: QMenu) -> None:
        player = self.player
        entries: list[Entry | None] = [
            Entry(mark("&Play or pause"), player.toggle, "Space", "play"),
            Entry(mark("Step &forward"), self._step, "Right", "step_forward"),
            Entry(mark("Step &back"), self._back, "Left", "step_back"),
            Entry(mark("Finish this &phase"), self._finish_phase, "Shift+Right", "finish_phase"),
            Entry(mark("To the &start"), player.home, "Home", "home"),
            Entry(mark("To the &newest state"), player.end, "End", "end"),
            None,
        ]
        for number, (granularity, text) in enumerate(
            (
                (Granularity.NEURON, mark("By neuron")),
                (Granularity.LAYER, mark("By layer")),
                (Granularity.BATCH, mark("By batch")),
                (Granularity.EPOCH, mark("By epoch")),
            ),
            1,
        ):
            entries.append(Entry(text, _Chooser(self.store, granularity), str(number)))
        entries += [
            None,
            Entry(mark("Faster"), self._faster, "Ctrl+Up"),
            Entry(mark("Slower"), self._slower, "Ctrl+Down"),
        ]
        add_entries(menu, entries, self)

    def _fill_lessons_menu(self, menu: QMenu) -> None:
        self._lesson_actions = []
        for info in lessons():
            action = QAction(self)
            icons.bind(action, "lesson")
            action.setData(info)
            action.triggered.connect(self._open_lesson)
            menu.addAction(action)
            self._lesson_actions.append(action)
        self._name_lessons()
        i18n.notifier.changed.connect(self._name_lessons)

    def _name_lessons(self) -> None:
        for number, action in enumerate(self._lesson_actions, 1):
            titles = action.data().title
            action.setText(f"&{number}  {titles.get(i18n.current(), titles['en'])}")

    def _fill_help_menu(self, menu: QMenu) -> None:
        add_entries(
            menu,
            (
                Entry(mark("&Keyboard and mouse"), self._show_keys, "F1", "question"),
                Entry(mark("Show &tips"), self._show_tips, "", "info"),
                None,
                Entry(mark("&About Nabla"), self._show_about, "", "info"),
            ),
            self,
        )

    def _connect(self) -> None:
        self.store.refused.connect(self.show_error)
        self.store.changed.connect(self._on_changed)
        self.player.stopped.connect(self._stopped)
        self.player.playing_changed.connect(self.lab.on_playing_changed)
        self.lab.export_requested.connect(self.export_view)
        self.inspector.export_requested.connect(self.export_view)
        self.files.title_changed.connect(self.setWindowTitle)
        self.files.failed.connect(self.show_error)
        self.files.opening.connect(self.player.pause)
        self.lesson.lesson_requested.connect(self.files.open_source)
        self.store.modified.connect(self.setWindowModified)
        for view in (*self.lab.views, self.derivation):
            view.copy_requested.connect(self.copy_view)
        self.exporter.exported.connect(self._exported)
        self.exporter.copied.connect(self._copied)
        self.setWindowTitle(self.files.title)

    # ---------------------------------------------------------------------------------- intents

    def _step(self) -> None:
        self.player.pause()
        self.player.step()

    def _back(self) -> None:
        self.player.pause()
        self.player.back()

    def _finish_phase(self) -> None:
        self.player.pause()
        self.player.finish_phase()

    def _faster(self) -> None:
        self._change_speed(1)

    def _slower(self) -> None:
        self._change_speed(-1)

    def _change_speed(self, direction: int) -> None:
        speed = self.store.view.speed
        place = SPEEDS.index(speed) if speed in SPEEDS else len(SPEEDS) - 1
        place = min(max(place + direction, 0), len(SPEEDS) - 1)
        self.store.look(speed=SPEEDS[place])

    def deselect(self) -> None:
        """Select nothing; the inspector shows data, network and training again."""
        self.notice.hide()
        self.store.look(selection=None)

    def reset_weights(self) -> None:
        """Draw the first weights anew and go back to iteration 0."""
        self.player.pause()
        self.store.edit(tr("Reset weights"), edits.restart)

    def new_run(self) -> None:
        """Start another run beside the others, from the same start."""
        self.player.pause()
        self.store.edit(tr("New run from the start"), edits.duplicate)

    def export_view(self, view: View | None = None) -> None:
        """Export one view, or choose which."""
        self.exporter.open(view)

    def copy_view(self, view: View | None = None) -> None:
        """Put a picture of a view on the clipboard: the one in hand, or the canvas."""
        focus: QWidget | None = self.focusWidget()
        while view is None and focus is not None:
            view = focus if isinstance(focus, View) else None
            focus = focus.parentWidget()
        self.exporter.copy(self.lab.view("network") if view is None else view)

    def _export_context(self) -> ExportContext:
        views = (*self.lab.views, self.derivation)
        shown = tuple(view for view in views if view.isVisible())
        return ExportContext(
            self.store.document.lesson or self.files.name,
            shown or views,
            self,
            self.store.document.cursor.iteration,
            self.files.metadata(),
        )

    def _exported(self, path: str) -> None:
        self.notice.tell(tr("Written: {0}").format(path))

    def _copied(self, what: str) -> None:
        self.notice.tell(tr("On the clipboard: {0}").format(what))

    def arrange(self) -> None:
        """Put all panels back where they were at first."""
        self.lab.arrange()
        self._arrange_docks()
        QTimer.singleShot(0, self, self._share_out)

    def _float_instead(self, panel: Panel) -> None:
        """A panel beside the lab gets large in a window of its own."""
        panel.setFloating(not panel.isFloating())
        if panel.isFloating():
            panel.resize(max(panel.width(), 560), max(panel.height(), 640))

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _notation(self) -> str:
        return self.store.view.notation

    def _set_notation(self, key: str) -> None:
        self.store.look(notation=key)

    def _set_theme(self, key: str) -> None:
        settings.remember(settings.THEME, key)
        theme.set_mode(key)  # type: ignore[arg-type]

    def _set_language(self, key: str) -> None:
        settings.remember(settings.LANGUAGE, key)
        i18n.set_language(key)  # type: ignore[arg-type]

    def _open_lesson(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.files.open_source(action.data().id)

    def _show_tips(self) -> None:
        self.coach.restart()

    def _show_keys(self) -> None:
        about.show_keys(self)

    def _show_about(self) -> None:
        about.show_about(self)

    # --------------------------------------------------------------------------------- messages

    def show_error(self, error: NablaError) -> None:
        """Say what is wrong, above the lab."""
        self.notice.tell(describe(error), "error")

    def _stopped(self, stop: Stop) -> None:
        self.notice.tell(describe_stop(stop), "warning")

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.LESSON in aspects:
            was_open = self.docks["lesson"].isVisible()
            self.docks["lesson"].setVisible(bool(self.store.document.lesson))
            if self.docks["lesson"].isVisible() is not was_open:
                QTimer.singleShot(0, self, self._share_out)
        if Aspect.RUNS in aspects and len(self.store.document.runs) > 1:
            self._show_runs()

    def _show_runs(self) -> None:
        """Show the list of runs when the second one appears; a user may hide it after that."""
        several = len(self.store.document.runs) > 1
        if several and not getattr(self, "_runs_were_shown", False):
            self.docks["runs"].show()
        self._runs_were_shown = several

    # ----------------------------------------------------------------------------- the window

    def _restore_arrangement(self) -> None:
        geometry = settings.blob(settings.GEOMETRY)
        if geometry is not None:
            self.restoreGeometry(geometry)
        state, lab = settings.blob(settings.WINDOW_STATE), settings.blob(settings.LAB_STATE)
        if state is not None:
            self.restoreState(state, settings.LAYOUT_VERSION)
            self.docks["lesson"].setVisible(bool(self.store.document.lesson))
            self.docks["runs"].setVisible(len(self.store.document.runs) > 1)
        if lab is not None:
            self.lab.restoreState(lab, settings.LAYOUT_VERSION)
            self.lab.show_applicable(self.store.experiment)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and belongs_to_control(self.focusWidget(), event)
        ):
            event.accept()
            return True
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._was_shown:
            self._was_shown = True
            if settings.blob(settings.WINDOW_STATE) is None:
                # Sizes can be shared out only when there are any.
                QTimer.singleShot(0, self, self._share_out)

    def _share_out(self) -> None:
        self._share_out_docks()
        self.lab.share_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.player.pause()
        if not self.files.confirm_leave():
            event.ignore()
            return
        settings.remember(settings.GEOMETRY, self.saveGeometry())
        settings.remember(settings.WINDOW_STATE, self.saveState(settings.LAYOUT_VERSION))
        settings.remember(settings.LAB_STATE, self.lab.saveState(settings.LAYOUT_VERSION))
        self.files.keep_for_next_launch()
        self.player.shut_down()
        self.lab.shut_down()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and self.files.can_open(Path(urls[0].toLocalFile())):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = event.mimeData().urls()[0].toLocalFile()
        event.acceptProposedAction()
        # After the drop has ended: a dialog inside it would block the other program.
        QTimer.singleShot(0, self, lambda: self.files.open_source(path))


class _Chooser:
    """Chooses a granularity when called."""

    def __init__(self, store: Store, granularity: Granularity) -> None:
        self._store = store
        self._granularity = granularity

    def __call__(self) -> None:
        self._store.look(granularity=self._granularity)
