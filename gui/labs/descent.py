"""The descent lab: optimizers race on a function, and show how they think."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.inspectors.descent import DescentInspector
from gui.labs.lab import Lab
from gui.state.descent_player import DescentPlayer
from gui.state.store import Aspect, Store
from gui.views.descent_3d import DescentSurface
from gui.views.descent_bar import DescentBar
from gui.views.descent_curve import DescentCurve
from gui.views.descent_derivation import DescentDerivation
from gui.views.descent_inside import DescentInside
from gui.views.descent_map import DescentMap
from gui.views.descent_maps import DescentMaps
from gui.views.descent_progress import DescentProgress
from gui.views.descent_ranking import DescentRanking
from gui.views.view import View

VIEW_TYPES: tuple[type[View], ...] = (
    DescentMap,
    DescentSurface,
    DescentCurve,
    DescentProgress,
    DescentRanking,
    DescentInside,
    DescentMaps,
)
"""Every view of this lab, in the order of the View menu."""

OF_THE_PLANE = ("descent_contour", "descent_3d")
OF_THE_LINE = ("descent_curve",)
OF_FUNCTIONS = ("descent_maps",)
"""A slice says nothing about where a descent through all parameters ends."""


class DescentLab(Lab):
    """Several optimizers on one function, from one start."""

    key = "descent"

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.player: DescentPlayer = DescentPlayer(store, self)
        self.inspector: DescentInspector = DescentInspector(store)
        self.derivation: DescentDerivation = DescentDerivation(store)
        self.transport: DescentBar = DescentBar(store, self.player)
        for view_type in VIEW_TYPES:
            self.add_view(view_type(store))  # type: ignore[arg-type]
        self._applicable: tuple[str, ...] = ()
        self.arrange()
        store.changed.connect(self._on_changed)

    @property
    def exported_views(self) -> tuple[View, ...]:
        """The views that make sense for the function."""
        return tuple(self.view(key) for key in self._makes_sense())

    def _makes_sense(self) -> tuple[str, ...]:
        own = self.player.study
        hidden = OF_THE_LINE if own.is_plane else OF_THE_PLANE
        if own.ground is not None:
            hidden = (*hidden, *OF_FUNCTIONS)
        return tuple(key for key in self.panels if key not in hidden)

    def advance(self, steps: int) -> None:
        """Go some iterations on, whatever a step is in the window."""
        target = self.player.iteration + steps
        self.player.study.reach(target)
        self.player.seek(target)

    def place_panels(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        panels = self.panels
        self.addDockWidget(left, panels["descent_contour"])
        self.addDockWidget(right, panels["descent_3d"])
        self.splitDockWidget(
            panels["descent_contour"], panels["descent_ranking"], Qt.Orientation.Vertical
        )
        self.splitDockWidget(
            panels["descent_3d"], panels["descent_progress"], Qt.Orientation.Vertical
        )
        self.splitDockWidget(
            panels["descent_contour"], panels["descent_curve"], Qt.Orientation.Vertical
        )
        self.tabifyDockWidget(panels["descent_ranking"], panels["descent_inside"])
        self.tabifyDockWidget(panels["descent_progress"], panels["descent_maps"])
        self.show_applicable()
        panels["descent_ranking"].raise_()
        panels["descent_progress"].raise_()

    def share_out(self) -> None:
        panels = self.panels
        width, height = self.width(), self.height()
        if self.player.study.is_plane:
            self.resizeDocks(
                [panels["descent_contour"], panels["descent_3d"]],
                [round(width * 0.52), round(width * 0.48)],
                Qt.Orientation.Horizontal,
            )
        for upper, lower in (
            (
                "descent_contour" if self.player.study.is_plane else "descent_curve",
                "descent_ranking",
            ),
            ("descent_3d", "descent_progress"),
        ):
            self.resizeDocks(
                [panels[upper], panels[lower]],
                [round(height * 0.66), round(height * 0.34)],
                Qt.Orientation.Vertical,
            )

    def show_applicable(self) -> None:
        self._applicable = self._makes_sense()
        for key, panel in self.panels.items():
            panel.setVisible(key in self._applicable and key not in self.dismissed)

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.SLOTS not in aspects or self.is_maximized:
            return
        if self._makes_sense() != self._applicable:
            self.show_applicable()
