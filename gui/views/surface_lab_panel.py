"""The derivation panel of the surface lab: what is true at the point, then rule by rule."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui import theme
from gui.formula.arrange import color_of
from gui.i18n import tr
from gui.state.store import Store
from gui.views.paced_derivation import MARGIN, PacedDerivation
from gui.views.surface_lab_derivation import (
    place_of,
    role_of,
    step_count,
    steps_lines,
    summary,
)
from gui.views.surface_lab_intents import Intents


class SurfaceDerivation(PacedDerivation):
    """Explains all numbers at the point, or the partial derivative that is being taken."""

    key = "surface_derivation"
    pace = 70

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self._intents = Intents(store)
        self.heading.setContentsMargins(MARGIN, 10, MARGIN, 2)
        self.formulas.piece_clicked.connect(self._clicked)
        self.scroll_area.verticalScrollBar().rangeChanged.connect(self._follow_end)
        self._at_step = False
        self._position = -1

    def is_urgent(self) -> bool:
        return self._store.view.surface_lab.position != self._position

    def explain(self) -> None:
        study = self._intents.study
        position = min(self._store.view.surface_lab.position, step_count(study))
        self._at_step, self._position = position > 0, self._store.view.surface_lab.position
        if position:
            index, _ = place_of(study, position)
            heading = tr("Partial derivative by {0}").format(study.names[index])
            color = color_of(role_of(study, index))
            self.formulas.set_lines(steps_lines(study, position))
        else:
            heading, color = tr("At this point"), theme.color("text")
            self.formulas.set_lines(summary(study))
        self.heading.setText(heading)
        self.heading.setStyleSheet(f"color: {color.name()};")

    def _follow_end(self, _low: int, high: int) -> None:
        """Keep the newest step in sight."""
        if self._at_step:
            self.scroll_area.verticalScrollBar().setValue(high)

    def _clicked(self, target: object) -> None:
        if isinstance(target, tuple) and target[0] == "nudge":
            self._intents.nudge_variable(int(target[1]))
