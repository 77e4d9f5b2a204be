"""The derivative lab: a curve, its secants and its tangent, and how the derivative comes about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from engine.numbers import shown
from engine.session.derivative import (
    DIVISORS,
    RULES_OF_TIME,
    at_place,
    place_in_time,
    step_at,
    steps_of_time,
    subject,
)
from gui.i18n import mark, tr
from gui.inspectors.derivative import DerivativeInspector
from gui.labs.lab import Lab
from gui.state.stepper import Stepper
from gui.state.store import Aspect, Store
from gui.views.derivative_curve import CurveView
from gui.views.derivative_derivation import DerivativeDerivation
from gui.views.derivative_errors import ErrorView
from gui.views.derivative_quotients import QuotientView
from gui.views.painted import Segments
from gui.views.step_bar import StepBar
from gui.views.view import View

VIEW_TYPES: tuple[type[View], ...] = (CurveView, QuotientView, ErrorView)
"""Every view of this lab, in the order of the View menu."""


class TimeBar(QFrame):
    """The bar below the lab: what passes as time goes by, and the steps of it."""

    def __init__(self, lab: DerivativeLab, store: Store) -> None:
        super().__init__(lab)
        self._store = store
        self.setProperty("role", "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 0, 0)
        row.setSpacing(4)
        self.meaning = Segments(
            (
                ("halve", mark("h ÷ 2"), mark("Each step of time halves h")),
                ("tenth", mark("h ÷ 10"), mark("Each step of time divides h by ten")),
                (
                    RULES_OF_TIME,
                    mark("Rules"),
                    mark("Each step of time is one rule of the derivation"),
                ),
            ),
            store.view.derivative_lab.time,
            self,
        )
        self.meaning.chosen.connect(self._choose)
        row.addWidget(self.meaning)
        self.steps = StepBar(store, lab.player, lab.where, self)
        row.addWidget(self.steps, 1)
        store.changed.connect(self._on_changed)

    def _choose(self, time: str) -> None:
        look = self._store.view.derivative_lab
        # From one pace to the other h starts to fall again from where it began.
        approach = look.approach if time == RULES_OF_TIME or time == look.time else 0
        self._store.look_in("derivative_lab", time=time, approach=approach)

    def _on_changed(self, aspects: Aspect) -> None:
        time = self._store.view.derivative_lab.time
        if Aspect.SLOTS in aspects and time in self.meaning.buttons:
            self.meaning.choose(time)


class DerivativeLab(Lab):
    """Looks into a function of one variable."""

    key = "derivative"

    player: Stepper

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.player = Stepper(store, self._count, self._place, self._go, self)
        self.inspector: DerivativeInspector = DerivativeInspector(store)
        self.derivation: DerivativeDerivation = DerivativeDerivation(store)
        self.transport: TimeBar = TimeBar(self, store)
        for view_type in VIEW_TYPES:
            self.add_view(view_type(store))  # type: ignore[arg-type]
        self.arrange()

    def place_panels(self) -> None:
        top = Qt.DockWidgetArea.TopDockWidgetArea
        panels = self.panels
        self.addDockWidget(top, panels["curve"])
        self.splitDockWidget(panels["curve"], panels["quotients"], Qt.Orientation.Vertical)
        self.splitDockWidget(panels["quotients"], panels["error"], Qt.Orientation.Horizontal)
        for panel in panels.values():
            panel.show()

    def share_out(self) -> None:
        panels = self.panels
        width, height = self.width(), self.height()
        self.resizeDocks(
            [panels["curve"], panels["quotients"]],
            [round(height * 0.62), round(height * 0.38)],
            Qt.Orientation.Vertical,
        )
        self.resizeDocks(
            [panels["quotients"], panels["error"]],
            [round(width * 0.5), round(width * 0.5)],
            Qt.Orientation.Horizontal,
        )

    @property
    def exported_views(self) -> tuple[View, ...]:
        """The plots, the table, and the derivation."""
        return (*self.views, self.derivation)

    # ------------------------------------------------------------------------------------ time

    def _count(self) -> int:
        return steps_of_time(self.store.document.derivative, self.store.view.derivative_lab)

    def _place(self) -> int:
        return place_in_time(self.store.view.derivative_lab)

    def _go(self, place: int) -> None:
        self.store.look(derivative_lab=at_place(self.store.view.derivative_lab, place))

    def where(self) -> str:
        """What the last step of time has done."""
        slot, look = self.store.document.derivative, self.store.view.derivative_lab
        if look.time in DIVISORS:
            return f"h = {shown(step_at(slot, look))}"
        first = subject(slot.expression).first
        if first is None or not look.position:
            return ""
        steps = first.steps
        return tr(steps[min(look.position, len(steps)) - 1].rules[0].label)
