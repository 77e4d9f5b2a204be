"""The window: labs in the middle, inspector and derivation beside them, time below."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.session import edits
from engine.timeline import Stop
from gui import about, i18n, icons, theme
from gui.coach import Coach
from gui.export.exporter import ExportContext, Exporter
from gui.files import Files
from gui.i18n import bind, mark, tr
from gui.inspectors.runs_panel import RunsPanel
from gui.keys import belongs_to_control
from gui.labs.lab import Lab
from gui.labs.network import NetworkLab
from gui.labs.panel import Panel
from gui.labs.table import LABS, NETWORK, entry
from gui.menus import Menus
from gui.notice import Notice
from gui.state import settings
from gui.state.player import Player
from gui.state.store import Aspect, Store
from gui.state.studies import study_derivative
from gui.views.lesson_panel import LessonPanel
from gui.views.surface_panel import SurfacePanel
from gui.views.time_bar import SPEEDS
from gui.views.view import View
from gui.wording import describe, describe_stop

INSPECTOR_WIDTH, LESSON_WIDTH = 330, 290
NARROW_INSPECTOR_WIDTH, NARROW_LESSON_WIDTH = 300, 270
ROOM_FOR_FRAME = QSize(8, 40)
NARROW = 1500
"""Windows below this width give more of it to the lab."""


class MainWindow(QMainWindow):
    """Puts store, labs, inspectors and menus together."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        store.setParent(self)
        self._was_shown = False
        self._rail: QToolBar | None = None
        self._runs_were_shown = False
        self.files = Files(store, self)
        self.exporter = Exporter(self._export_context, self)
        self.setWindowIcon(icons.application_icon())
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AnimatedDocks
        )
        self._lab_stack, self._inspectors = QStackedWidget(self), QStackedWidget(self)
        self._derivations, self._transports = QStackedWidget(self), QStackedWidget(self)
        self.labs: dict[str, Lab] = {}
        network = self._open_lab(NETWORK)
        assert isinstance(network, NetworkLab)
        self.network = network
        self._make_middle()
        self._make_docks()
        self._make_rail()
        self._open_lab(self._lab_key())
        self.menus = Menus(self)
        self._connect()
        self._show_lab()
        # With a frame around it, the whole window fits a small screen.
        self.resize(QSize(1280, 800).boundedTo(self.screen().availableSize() - ROOM_FOR_FRAME))
        self._restore_arrangement()
        self.coach = Coach(store, self.player, self, self._coach_targets())

    @property
    def player(self) -> Player:
        """The player of the network lab."""
        return self.network.player

    @property
    def lab(self) -> Lab:
        """The lab in front."""
        return self.labs[self._lab_key()]

    # ------------------------------------------------------------------------------ putting up

    def _lab_key(self) -> str:
        return entry(self.store.view.lab).key

    def _open_lab(self, key: str) -> Lab:
        """Make a lab when it is first needed."""
        if key not in self.labs:
            lab = entry(key).load()(self.store, self)
            self.labs[key] = lab
            self._lab_stack.addWidget(lab)
            self._inspectors.addWidget(lab.inspector)
            self._derivations.addWidget(lab.derivation)
            self._transports.addWidget(lab.transport)
            lab.export_requested.connect(self.export_view)
            for view in (*lab.views, lab.derivation):
                view.copy_requested.connect(self.copy_view)
            self.files.opening.connect(lab.player.pause)
            if key != NETWORK:
                self.lesson.follow(lab.player)
        return self.labs[key]

    def _show_lab(self) -> None:
        """Bring the lab of the document to the front, and what belongs to it."""
        known = set(self.labs)
        lab = self._open_lab(self._lab_key())
        for other in self.labs.values():
            if other is not lab:
                other.player.pause()
        self._lab_stack.setCurrentWidget(lab)
        self._inspectors.setCurrentWidget(lab.inspector)
        self._derivations.setCurrentWidget(lab.derivation)
        self._transports.setCurrentWidget(lab.transport)
        for number in range(self._transports.count()):
            # The bar of a lab that is not in front must not hold the window wide.
            bar = self._transports.widget(number)
            in_front = bar is lab.transport
            policy = QSizePolicy.Policy.Preferred if in_front else QSizePolicy.Policy.Ignored
            if bar is not None:
                bar.setSizePolicy(policy, QSizePolicy.Policy.Preferred)
        for action in self._rail_actions:
            action.setChecked(action.data() == lab.key)
        if lab.key not in known and not self._restore_lab(lab):
            QTimer.singleShot(0, self, lab.share_out)

    def _make_middle(self) -> None:
        self.notice = Notice(self)
        middle = QWidget(self)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self._lab_stack, 1)
        self.setCentralWidget(middle)
        time_bar = self._tool_bar("time", mark("Time"))
        time_bar.addWidget(self._transports)
        self.addToolBar(Qt.ToolBarArea.BottomToolBarArea, time_bar)

    def _make_rail(self) -> None:
        """Put the labs into a rail on the left, as soon as there are several."""
        self._rail_actions: list[QAction] = []
        if len(LABS) < 2:
            return
        self._rail = rail = self._tool_bar("labs", mark("Labs"))
        rail.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        group = QActionGroup(self)
        for number, lab in enumerate(LABS, 1):
            action = QAction(self)
            action.setCheckable(True)
            action.setData(lab.key)
            icons.bind(action, lab.icon)
            bind(action, "setText", lab.title)
            bind(action, "setToolTip", "{0} (Ctrl+{1})", _Translated(lab.title), number)
            group.addAction(action)
            rail.addAction(action)
            self._rail_actions.append(action)
        group.triggered.connect(self._choose_lab)
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, rail)

    def _tool_bar(self, name: str, title: str) -> QToolBar:
        bar = QToolBar(self)
        bar.setObjectName(name)
        bar.setMovable(False)
        bar.toggleViewAction().setVisible(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bind(bar, "setWindowTitle", title)
        return bar

    def _make_docks(self) -> None:
        self.lesson = LessonPanel(self.store, self.player)
        self.runs = RunsPanel(self.store)
        self.docks = {
            "inspector": Panel("inspector", mark("Inspector"), self._inspectors, self),
            "derivation": Panel(
                "derivation", mark("Derivation"), self._derivations, self, exports=True
            ),
            "lesson": Panel("lesson", mark("Lesson"), self.lesson, self),
            "runs": Panel("runs", mark("Runs"), self.runs, self),
        }
        for dock in self.docks.values():
            dock.maximize_requested.connect(self._float_instead)
        self.docks["derivation"].export_requested.connect(self._export_derivation)
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
        self._show_occasional_docks()
        self._share_out_docks()

    def _show_occasional_docks(self) -> None:
        """Show the lesson where there is one, and the runs where there are several."""
        self.docks["lesson"].setVisible(bool(self.store.document.lesson))
        self.docks["runs"].setVisible(len(self.store.document.runs) > 1)

    def _share_out_docks(self) -> None:
        """Give the docks their usual sizes; before the window has a size of its own, in vain."""
        inspector, derivation = self.docks["inspector"], self.docks["derivation"]
        crowded = self._is_crowded
        self._fold_rail()
        widths = (
            [NARROW_INSPECTOR_WIDTH, NARROW_LESSON_WIDTH]
            if crowded
            else [INSPECTOR_WIDTH, LESSON_WIDTH]
        )
        self.resizeDocks([inspector, self.docks["lesson"]], widths, Qt.Orientation.Horizontal)
        half = (self.height() - 120) // 2
        self.resizeDocks([inspector, derivation], [half, half], Qt.Orientation.Vertical)

    @property
    def _is_crowded(self) -> bool:
        return self.width() < NARROW and self.docks["lesson"].isVisible()

    @property
    def rail_is_shown(self) -> bool:
        """Whether the labs stand in a rail at the left."""
        return self._rail is not None and self._rail.isVisible()

    def _fold_rail(self) -> None:
        """A lesson takes the place of the rail where there is no room for both."""
        if self._rail is not None:
            self._rail.setVisible(not self._is_crowded)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold_rail()

    def _connect(self) -> None:
        self.store.refused.connect(self.show_error)
        self.store.changed.connect(self._on_changed)
        self.player.stopped.connect(self._stopped)
        self.player.waiting_changed.connect(self._tell_waiting)
        self.files.title_changed.connect(self.setWindowTitle)
        self.files.failed.connect(self.show_error)
        self.lesson.lesson_requested.connect(self.files.open_source)
        self.store.modified.connect(self.setWindowModified)
        self.exporter.exported.connect(self._exported)
        self.exporter.copied.connect(self._copied)
        self.setWindowTitle(self.files.title)

    def _coach_targets(self) -> dict[str, QWidget]:
        network = self.network
        return {
            "step": network.transport.step,
            "play": network.transport.play,
            "canvas": network.view("network"),
            "loss": network.view("loss"),
            "surface": network.view("surface"),
            "derivation": network.derivation,
            "learning_rate": network.inspector.header.rate_row,
            "export": network.inspector.header.export,
        }

    # ------------------------------------------------------------------------------------ time

    def play_or_pause(self) -> None:
        """Play, or hold time."""
        self.lab.player.toggle()

    def step(self) -> None:
        """Go one step forward."""
        self.lab.player.pause()
        self.lab.player.step()

    def back(self) -> None:
        """Go one step back."""
        self.lab.player.pause()
        self.lab.player.back()

    def finish_phase(self) -> None:
        """Go to the end of the phase in work."""
        self.lab.player.pause()
        self.lab.player.finish_phase()

    def home(self) -> None:
        """Go to the start."""
        self.lab.player.home()

    def end(self) -> None:
        """Go to the newest state."""
        self.lab.player.end()

    def faster(self) -> None:
        """Play faster."""
        self._change_speed(1)

    def slower(self) -> None:
        """Play slower."""
        self._change_speed(-1)

    def _change_speed(self, direction: int) -> None:
        speed = self.store.view.speed
        place = SPEEDS.index(speed) if speed in SPEEDS else len(SPEEDS) - 1
        place = min(max(place + direction, 0), len(SPEEDS) - 1)
        self.store.look(speed=SPEEDS[place])

    # ----------------------------------------------------------------------------------- edits

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

    def study_surface(self) -> None:
        """Open the surface lab on the slice of the loss that the network lab shows."""
        panel = self.network.view("surface")
        assert isinstance(panel, SurfacePanel)
        panel.source.now()
        panel.study()

    def study_derivative(self) -> None:
        """Open the derivative lab on the loss as a function of the selected weight."""
        study_derivative(self.store)

    def race_optimizers(self) -> None:
        """Open the descent lab on the loss of the network under the cursor."""
        self.player.pause()
        panel = self.network.view("surface")
        assert isinstance(panel, SurfacePanel)
        panel.race()

    # ----------------------------------------------------------------------------------- export

    def export_view(self, view: View | None = None) -> None:
        """Export one view, or choose which."""
        self.exporter.open(view)

    def _export_derivation(self) -> None:
        self.exporter.open(self.lab.derivation)

    def copy_view(self, view: View | None = None) -> None:
        """Put a picture of a view on the clipboard: the one in hand, or the lab's first."""
        focus: QWidget | None = self.focusWidget()
        while view is None and focus is not None:
            view = focus if isinstance(focus, View) else None
            focus = focus.parentWidget()
        self.exporter.copy(self.lab.views[0] if view is None else view)

    def _export_context(self) -> ExportContext:
        views = (*self.lab.views, self.lab.derivation)
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

    # ------------------------------------------------------------------------------------ looks

    def _choose_lab(self, action: QAction) -> None:
        self.store.look(lab=action.data())

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

    def toggle_full_screen(self) -> None:
        """Take the whole screen, or give it back."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def notation(self) -> str:
        """Return the key of the notation."""
        return self.store.view.notation

    def set_notation(self, key: str) -> None:
        """Name all quantities in another notation."""
        self.store.look(notation=key)

    def set_theme(self, key: str) -> None:
        """Change the theme, now and for later launches."""
        settings.remember(settings.THEME, key)
        theme.set_mode(key)  # type: ignore[arg-type]

    def set_language(self, key: str) -> None:
        """Change the language, now and for later launches."""
        settings.remember(settings.LANGUAGE, key)
        i18n.set_language(key)  # type: ignore[arg-type]

    def show_tips(self) -> None:
        """Lead through the first steps once more."""
        self.coach.restart()

    def show_keys(self) -> None:
        """List keys and gestures."""
        about.show_keys(self)

    def show_about(self) -> None:
        """Say what this is."""
        about.show_about(self)

    # --------------------------------------------------------------------------------- messages

    def show_error(self, error: NablaError) -> None:
        """Say what is wrong, above the lab."""
        # A session from another version is opened all the same.
        kind = "warning" if error.code == "session.other_engine" else "error"
        self.notice.tell(describe(error), kind)

    def _tell_waiting(self, waiting: bool) -> None:
        if waiting:
            self.notice.tell(
                tr("Nabla compiles its training once for this computer. Play starts by itself.")
            )
        else:
            self.notice.hide()

    def _stopped(self, stop: Stop) -> None:
        self.notice.tell(describe_stop(stop), "warning")

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.LAB in aspects:
            self._show_lab()
        if Aspect.LESSON in aspects:
            was_open = self.docks["lesson"].isVisible()
            self.docks["lesson"].setVisible(bool(self.store.document.lesson))
            if self.docks["lesson"].isVisible() is not was_open:
                QTimer.singleShot(0, self, self._share_out)
        if Aspect.RUNS in aspects:
            self._show_runs()

    def _show_runs(self) -> None:
        """List the runs from the second one on; in between, a user may hide the list or show it."""
        several = len(self.store.document.runs) > 1
        if several is not self._runs_were_shown:
            self.docks["runs"].setVisible(several)
        self._runs_were_shown = several

    # ----------------------------------------------------------------------------- the window

    def _restore_arrangement(self) -> None:
        geometry = settings.blob(settings.GEOMETRY)
        if geometry is not None:
            self.restoreGeometry(geometry)
        state = settings.blob(settings.WINDOW_STATE)
        if state is not None:
            self.restoreState(state, settings.LAYOUT_VERSION)
            self._show_occasional_docks()
        self._restore_lab(self.network)

    def _restore_lab(self, lab: Lab) -> bool:
        """Put the panels of a lab where they were at the last launch; whether that is known."""
        arrangement = settings.blob(settings.LAB_STATE.format(lab.key))
        if arrangement is None:
            return False
        dismissed = settings.names(settings.DISMISSED.format(lab.key))
        lab.restore(arrangement, settings.LAYOUT_VERSION, dismissed)
        return True

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
            self._fold_rail()
            if settings.blob(settings.WINDOW_STATE) is None:
                # Sizes can be shared out only when there are any.
                QTimer.singleShot(0, self, self._share_out)

    def _share_out(self) -> None:
        self._share_out_docks()
        self.lab.share_out()

    def closeEvent(self, event: QCloseEvent) -> None:
        for lab in self.labs.values():
            lab.player.pause()
        if not self.files.confirm_leave():
            event.ignore()
            return
        settings.remember(settings.GEOMETRY, self.saveGeometry())
        settings.remember(settings.WINDOW_STATE, self.saveState(settings.LAYOUT_VERSION))
        for lab in self.labs.values():
            arrangement = lab.arrangement(settings.LAYOUT_VERSION)
            settings.remember(settings.LAB_STATE.format(lab.key), arrangement)
            settings.remember(settings.DISMISSED.format(lab.key), " ".join(sorted(lab.dismissed)))
        self.files.keep_for_next_launch()
        for lab in self.labs.values():
            lab.shut_down()
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


class _Translated:
    """A text in the language of the moment, when called."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self) -> str:
        return tr(self._text)
