"""The network lab: the canvas, the loss and its surface, and what the network has learned."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QMainWindow, QWidget

from engine.training import Experiment
from gui.inspectors.parameter_table import ParameterTable
from gui.labs.panel import Panel
from gui.state.store import Aspect, Store
from gui.views.applicable import views_for
from gui.views.canvas import NetworkCanvas
from gui.views.confusion import ConfusionView
from gui.views.data_view import DataView
from gui.views.histogram import HistogramView
from gui.views.loss_curve import LossCurve
from gui.views.sample_view import SampleView
from gui.views.surface_panel import SurfacePanel
from gui.views.view import View

VIEW_TYPES: tuple[type[View], ...] = (
    NetworkCanvas,
    SurfacePanel,
    LossCurve,
    DataView,
    ConfusionView,
    SampleView,
    HistogramView,
    ParameterTable,
)
"""Every view of this lab, in the order of the View menu; a new one is added here."""


class NetworkLab(QMainWindow):
    """The views of the network lab, in docks that can be rearranged, floated and maximized."""

    export_requested: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlag(Qt.WindowType.Window, on=False)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setDockNestingEnabled(True)
        self._store = store
        self._before_maximizing: QByteArray | None = None
        self._maximized: Panel | None = None
        self._applicable: tuple[str, ...] = ()
        self.panels: dict[str, Panel] = {}
        for view_type in VIEW_TYPES:
            view = view_type(store)  # type: ignore[arg-type]
            panel = Panel(view.key, view.title, view, self)
            panel.maximize_requested.connect(self.toggle_maximized)
            panel.export_requested.connect(self.export_requested)
            view.export_requested.connect(self.export_requested)
            self.panels[view.key] = panel
        self.arrange()
        store.changed.connect(self._on_changed)

    @property
    def views(self) -> tuple[View, ...]:
        """All views, shown or not."""
        return tuple(panel.view for panel in self.panels.values() if isinstance(panel.view, View))

    def view(self, key: str) -> View:
        """Return a view by its key."""
        view = self.panels[key].view
        assert isinstance(view, View)
        return view

    def arrange(self) -> None:
        """Put the panels where they are at first; those are shown that make sense here."""
        if self._maximized is not None:
            self.toggle_maximized(self._maximized)
        for panel in self.panels.values():
            panel.setFloating(False)
            self.removeDockWidget(panel)
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        panels = self.panels
        self.addDockWidget(left, panels["network"])
        self.addDockWidget(right, panels["surface"])
        self.splitDockWidget(panels["network"], panels["loss"], Qt.Orientation.Vertical)
        self.splitDockWidget(panels["surface"], panels["data"], Qt.Orientation.Vertical)
        for key in ("confusion", "sample"):
            self.tabifyDockWidget(panels["data"], panels[key])
        for key in ("weights", "parameters"):
            self.tabifyDockWidget(panels["loss"], panels[key])
        self.show_applicable(self._store.experiment)
        panels["loss"].raise_()
        panels["data"].raise_()
        self.share_out()

    def share_out(self) -> None:
        """Give the panels their usual shares of the lab."""
        panels = self.panels
        width, height = self.width(), self.height()
        self.resizeDocks(
            [panels["network"], panels["surface"]],
            [round(width * 0.56), round(width * 0.44)],
            Qt.Orientation.Horizontal,
        )
        self.resizeDocks(
            [panels["network"], panels["loss"]],
            [round(height * 0.68), round(height * 0.32)],
            Qt.Orientation.Vertical,
        )

    def show_applicable(self, experiment: Experiment) -> None:
        """Show the views that make sense for an experiment, and hide those that do not."""
        self._applicable = views_for(experiment)
        for key, panel in self.panels.items():
            panel.setVisible(key in self._applicable)

    def toggle_maximized(self, panel: Panel) -> None:
        """Give a panel the whole lab, or put everything back."""
        if self._maximized is not None:
            self._maximized.show_maximized(False)
            self._maximized = None
            if self._before_maximizing is not None:
                self.restoreState(self._before_maximizing)
            return
        if panel.isFloating():
            panel.setFloating(False)
        self._before_maximizing = self.saveState()
        self._maximized = panel
        for other in self.panels.values():
            other.setVisible(other is panel)
        panel.show_maximized(True)

    def on_playing_changed(self, playing: bool) -> None:
        """Let the surface fit its principal components anew when time is held."""
        surface = self.view("surface")
        assert isinstance(surface, SurfacePanel)
        surface.on_playing_changed(playing)

    def shut_down(self) -> None:
        """End the threads of the views."""
        for view in self.views:
            end = getattr(view, "shut_down", None)
            if end is not None:
                end()

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.EXPERIMENT in aspects:
            applicable = views_for(self._store.experiment)
            if applicable != self._applicable and self._maximized is None:
                self.show_applicable(self._store.experiment)
