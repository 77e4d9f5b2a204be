"""What every lab is: views in panels, an inspector and a derivation beside them, time below."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QMainWindow, QTabBar, QWidget

from engine.errors import NablaError
from gui.i18n import bind
from gui.labs.panel import Panel
from gui.state.store import Store
from gui.state.transport import Transport
from gui.views.view import View


class Lab(QMainWindow):
    """A few views around one question, in panels that can be moved, floated and maximized.

    A subclass fills ``player``, ``inspector``, ``derivation`` and ``transport``, gives its views to
    :meth:`add_view`, and says in :meth:`place_panels` where they are at first.

    Attributes
    ----------
    key
        Of the lab in documents and settings; its entry in ``gui.labs.table`` has title and icon.
    trains
        Whether its time is that of a training.
    player
        Moves through this lab's time.
    inspector, derivation, transport
        Shown beside and below the lab while it is in front.
    """

    key: ClassVar[str]
    trains: ClassVar[bool] = False

    player: Transport
    inspector: QWidget
    derivation: View
    transport: QWidget

    export_requested: SignalInstance = Signal(object)  # type: ignore[assignment]
    told: SignalInstance = Signal(str, str)  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.setObjectName(self.key)
        self.setWindowFlag(Qt.WindowType.Window, on=False)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setDockNestingEnabled(True)
        self._before_maximizing: QByteArray | None = None
        self._maximized: Panel | None = None
        self.panels: dict[str, Panel] = {}
        self._beside = QWidget(self)
        self._beside.hide()
        self.dismissed: set[str] = set()
        """Keys of the panels that the user has closed, and that stay so."""

    # --------------------------------------------------------------------- what a subclass says

    def place_panels(self) -> None:
        """Put the panels where they are at first, and show those that make sense."""
        raise NotImplementedError

    def share_out(self) -> None:
        """Give the panels their usual shares of the lab."""

    def show_applicable(self) -> None:
        """Show the views that make sense now, and hide those that do not."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self._mind_tab_bars)
        return super().event(event)

    def _covers_panel(self, bar: QTabBar) -> bool:
        middle = bar.geometry().center()
        return any(
            panel.isVisible() and not panel.isFloating() and panel.geometry().contains(middle)
            for panel in self.panels.values()
        )

    def _tab_bars(self) -> list[QTabBar]:
        return self.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)

    def _mind_tab_bars(self) -> None:
        """Let Tab stop at the tabs of panels that are there, and not at those Qt keeps aside."""
        for bar in self._tab_bars():
            if bar.count():
                # Qt forgets some at the top when an arrangement is put back; those it uses cover
                # no panel.
                bar.setVisible(not self._covers_panel(bar))
            there = bar.isVisible() and self.rect().intersects(bar.geometry())
            policy = Qt.FocusPolicy.TabFocus if there else Qt.FocusPolicy.NoFocus
            if bar.focusPolicy() != policy:
                bar.setFocusPolicy(policy)
            if not bar.accessibleName():
                bind(bar, "setAccessibleName", "Panels")

    # ------------------------------------------------------------------------------- the views

    def add_view(self, view: View) -> None:
        """Put a view into a panel of its own."""
        panel = Panel(view.key, view.title, view, self)
        panel.maximize_requested.connect(self.toggle_maximized)
        panel.dismissed.connect(partial(self._take_note, view.key))
        panel.export_requested.connect(self.export_requested)
        view.export_requested.connect(self.export_requested)
        self.panels[view.key] = panel

    def _take_note(self, key: str, dismissed: bool) -> None:
        """Remember which panels the user does not want to see."""
        if dismissed:
            self.dismissed.add(key)
        else:
            self.dismissed.discard(key)

    @property
    def views(self) -> tuple[View, ...]:
        """All views, shown or not."""
        return tuple(panel.view for panel in self.panels.values() if isinstance(panel.view, View))

    def view(self, key: str) -> View:
        """Return a view by its key."""
        view = self.panels[key].view
        assert isinstance(view, View)
        return view

    @property
    def exported_views(self) -> tuple[View, ...]:
        """Views that an export without a screen writes: those that make sense now."""
        return self.views

    def advance(self, steps: int) -> None:
        """Go some steps of time on, as far as there are so many; of a lab that does not train."""
        for _ in range(steps):
            if not self.player.step():
                break

    def arrange(self) -> None:
        """Put everything back where it was at first."""
        self._own_what_stands_beside()
        if self._maximized is not None:
            self.toggle_maximized(self._maximized)
        self.dismissed.clear()
        for panel in self.panels.values():
            panel.setFloating(False)
            self.removeDockWidget(panel)
        self.place_panels()
        self.share_out()

    def arrangement(self, version: int) -> QByteArray:
        """Where the panels are, for :meth:`restore`."""
        if self._maximized is not None:
            self.toggle_maximized(self._maximized)
        return self.saveState(version)

    def restore(self, arrangement: QByteArray, version: int, dismissed: Iterable[str]) -> None:
        """Put the panels where they were; those that make sense by now, and are wanted, show."""
        self._put_back(arrangement, version)
        self.dismissed = set(dismissed) & set(self.panels)
        self.show_applicable()
        for key in self.dismissed:
            self.panels[key].hide()

    def _put_back(self, arrangement: QByteArray, version: int = 0) -> None:
        tabs_before = self._tab_bars()
        self.restoreState(arrangement, version)
        for bar in tabs_before:
            # Qt makes new ones, and forgets to take the tabs of the arrangement before away.
            bar.hide()

    def _own_what_stands_beside(self) -> None:
        """Hold inspector, derivation and transport until a window takes them.

        A widget without an owner goes when Python's collector comes by, in whatever moment.
        """
        for widget in (self.inspector, self.derivation, self.transport):
            if widget.parent() is None:
                widget.setParent(self._beside)

    @property
    def is_maximized(self) -> bool:
        """Whether one panel has the whole lab."""
        return self._maximized is not None

    def toggle_maximized(self, panel: Panel) -> None:
        """Give a panel the whole lab, or put everything back."""
        if self._maximized is not None:
            self._maximized.show_maximized(False)
            self._maximized = None
            if self._before_maximizing is not None:
                self._put_back(self._before_maximizing)
            return
        if panel.isFloating():
            panel.setFloating(False)
        self._before_maximizing = self.saveState()
        self._maximized = panel
        for other in self.panels.values():
            other.setVisible(other is panel)
        panel.show_maximized(True)

    def shut_down(self) -> None:
        """End the threads of the player and of the views."""
        for owner in (self.player, *self.views):
            end = getattr(owner, "shut_down", None)
            if end is not None:
                end()

    def refuse(self, error: NablaError) -> None:
        """Tell of something that could not be done."""
        self.store.refused.emit(error)
