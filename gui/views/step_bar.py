"""The bar below a calculus lab: step, back, play and scrub through a derivation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import (
    QLabel,
    QSizePolicy,
    QWidget,
)

from gui import i18n
from gui.i18n import mark, tr
from gui.state.stepper import Stepper
from gui.state.store import Aspect, Store
from gui.views.time_bar import TimeBar


class StepBar(TimeBar):
    """Buttons and a slider over a :class:`Stepper`; ``where`` says what the last step did."""

    def __init__(
        self,
        store: Store,
        stepper: Stepper,
        where: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(store, stepper, parent, with_phases=False)
        self._stepper, self._where = stepper, where
        tip, name = mark("Drag to go through the steps"), mark("Steps of the derivation")
        self.add_scrub(120, tip, name)
        self.scrub.setPageStep(1)
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        self._place.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.row.addWidget(self._place)
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show where the steps stand."""
        count, position = self._stepper.count, self._stepper.position
        self.scrub.blockSignals(True)
        self.scrub.setRange(0, max(count, 1))
        self.scrub.setValue(position)
        self.scrub.blockSignals(False)
        self.scrub.setEnabled(count > 0)
        for button in (self.home, self.back):
            button.setEnabled(position > 0)
        for button in (self.step, self.end):
            button.setEnabled(position < count)
        self.play.setEnabled(count > 0)
        place = tr("step {0} of {1}").format(position, count)
        detail = self._where()
        self._place.setText(f"{detail} · {place}" if detail else place)

    def position(self) -> int:
        return self._stepper.position

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.SLOTS | Aspect.LAB):
            self.refresh()
