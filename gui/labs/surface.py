"""The surface lab: partial and directional derivatives, gradient and tangent plane to touch."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from gui.i18n import tr
from gui.inspectors.surface_lab import SurfaceInspector
from gui.labs.lab import Lab
from gui.state.stepper import Stepper
from gui.state.store import Aspect, Store
from gui.views.step_bar import StepBar
from gui.views.surface_lab_3d import LabSurface3D
from gui.views.surface_lab_cuts import SurfaceCuts
from gui.views.surface_lab_derivation import step_count, where
from gui.views.surface_lab_dial import SurfaceDial
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_map import LabMap
from gui.views.surface_lab_panel import SurfaceDerivation
from gui.views.surface_lab_partials import SurfacePartials
from gui.views.surface_lab_second import SurfaceSecondOrder
from gui.views.view import View

VIEW_TYPES: tuple[type[View], ...] = (
    LabSurface3D,
    LabMap,
    SurfaceCuts,
    SurfaceDial,
    SurfacePartials,
    SurfaceSecondOrder,
)
"""Every view of this lab, in the order of the View menu."""


FRONT = {
    "partials-of-n-variables": SurfacePartials.key,
    "total-differential": SurfacePartials.key,
}
"""The view that a lesson is about, where it is not the cuts."""


class SurfaceLab(Lab):
    """A function of several variables, seen from all sides at one point."""

    key = "surface"

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self._intents = Intents(store)
        self.player: Stepper = Stepper(store, self._count, self._position, self._go, self)
        self.inspector: SurfaceInspector = SurfaceInspector(store)
        self.derivation: SurfaceDerivation = SurfaceDerivation(store)
        self.transport: StepBar = StepBar(store, self.player, self._where)
        for view_type in VIEW_TYPES:
            self.add_view(view_type(store))  # type: ignore[arg-type]
        self.arrange()
        store.changed.connect(self._on_changed)

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.LESSON in aspects:
            self._bring_to_front()

    def _bring_to_front(self) -> None:
        """Bring what a lesson speaks of to the front of its tabs."""
        panel = self.panels[FRONT.get(self.store.document.lesson, SurfaceCuts.key)]
        # A panel that is on top already would not be taken notice of.
        panel.lower()
        panel.raise_()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Tabs can be chosen only when they have a place.
        QTimer.singleShot(0, self, self._bring_to_front)

    def _count(self) -> int:
        return step_count(self._intents.study)

    def _position(self) -> int:
        return self.store.view.surface_lab.position

    def _go(self, position: int) -> None:
        self._intents.look(position=position)

    def _where(self) -> str:
        position = self.player.position
        label = where(self._intents.study, position) if self.player.count else ""
        return tr(label) if label else ""

    def place_panels(self) -> None:
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        panels = self.panels
        self.addDockWidget(left, panels["surface_3d"])
        self.addDockWidget(right, panels["surface_contour"])
        self.splitDockWidget(panels["surface_3d"], panels["surface_cuts"], Qt.Orientation.Vertical)
        self.splitDockWidget(
            panels["surface_contour"], panels["surface_direction"], Qt.Orientation.Vertical
        )
        self.tabifyDockWidget(panels["surface_cuts"], panels["surface_partials"])
        self.tabifyDockWidget(panels["surface_cuts"], panels["surface_second_order"])
        for panel in panels.values():
            panel.show()
        self._bring_to_front()

    def share_out(self) -> None:
        panels = self.panels
        width, height = self.width(), self.height()
        self.resizeDocks(
            [panels["surface_3d"], panels["surface_contour"]],
            [round(width * 0.56), round(width * 0.44)],
            Qt.Orientation.Horizontal,
        )
        for upper, lower in (
            ("surface_3d", "surface_cuts"),
            ("surface_contour", "surface_direction"),
        ):
            self.resizeDocks(
                [panels[upper], panels[lower]],
                [round(height * 0.58), round(height * 0.42)],
                Qt.Orientation.Vertical,
            )

    def show_applicable(self) -> None:
        for panel in self.panels.values():
            panel.show()
