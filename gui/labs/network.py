"""The network lab: the canvas, the loss and its surface, and what the network has learned."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from gui.inspectors import Inspector
from gui.inspectors.parameter_table import ParameterTable
from gui.labs.lab import Lab
from gui.state.player import Player
from gui.state.store import Aspect, Store
from gui.views.applicable import views_for
from gui.views.canvas import NetworkCanvas
from gui.views.confusion import ConfusionView
from gui.views.data_view import DataView
from gui.views.derivation import DerivationView
from gui.views.histogram import HistogramView
from gui.views.loss_curve import LossCurve
from gui.views.sample_view import SampleView
from gui.views.surface_panel import SurfacePanel
from gui.views.transport_bar import TransportBar
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


class NetworkLab(Lab):
    """Trains a network, and shows it from all sides."""

    key = "network"
    trains = True

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.player: Player = Player(store, self)
        self.inspector: Inspector = Inspector(store, self.player)
        self.derivation: DerivationView = DerivationView(store)
        self.transport: TransportBar = TransportBar(store, self.player)
        self._applicable: tuple[str, ...] = ()
        for view_type in VIEW_TYPES:
            self.add_view(view_type(store))  # type: ignore[arg-type]
        self.inspector.export_requested.connect(self._ask_export)
        self.arrange()
        store.changed.connect(self._on_changed)
        surface, canvas, data = self.view("surface"), self.view("network"), self.view("data")
        assert isinstance(surface, SurfacePanel)
        assert isinstance(canvas, NetworkCanvas)
        assert isinstance(data, DataView)
        canvas.unit_hovered.connect(data.point_at_unit)
        self.player.playing_changed.connect(surface.on_playing_changed)

    @property
    def exported_views(self) -> tuple[View, ...]:
        """The views that make sense for the experiment."""
        return tuple(self.view(key) for key in views_for(self.store.experiment))

    def place_panels(self) -> None:
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
        self.show_applicable()
        panels["loss"].raise_()
        panels["data"].raise_()

    def share_out(self) -> None:
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
        self._share_right()

    def _share_right(self) -> None:
        """Give the surface and what stands under it about the same height."""
        panels = self.panels
        below = [key for key in ("data", "confusion", "sample") if not panels[key].isHidden()]
        if below and not panels["surface"].isHidden():
            half = self.height() // 2
            upper, lower = panels["surface"], panels[below[0]]
            self.resizeDocks([upper, lower], [half, half], Qt.Orientation.Vertical)

    def show_applicable(self) -> None:
        self._applicable = views_for(self.store.experiment)
        for key, panel in self.panels.items():
            panel.setVisible(key in self._applicable and key not in self.dismissed)

    def _ask_export(self) -> None:
        self.export_requested.emit(None)

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.EXPERIMENT not in aspects or self.is_maximized:
            return
        if views_for(self.store.experiment) != self._applicable:
            self.show_applicable()
            # Panels that appear get what is left of the room, which may be little.
            QTimer.singleShot(0, self, self._share_right)
