"""The bar below the descent lab: step, step inside, back, play, scrub, speed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QLabel,
    QWidget,
)

from engine.session.descent import MOST_ITERATIONS
from gui import i18n
from gui.i18n import mark, tr
from gui.state.descent_player import DescentPlayer
from gui.state.store import Aspect, Store
from gui.views.descent_words import phase_text
from gui.views.painted import Segments
from gui.views.time_bar import TimeBar


class DescentBar(TimeBar):
    """Buttons and sliders over a :class:`DescentPlayer`."""

    def __init__(self, store: Store, player: DescentPlayer, parent: QWidget | None = None) -> None:
        super().__init__(store, player, parent)
        self._player = player
        self.add_label(mark("by"))
        self.granularity = Segments(
            (
                ("inside", mark("inside"), mark("Step inside an iteration of the chosen runner")),
                ("iteration", mark("iteration"), mark("One iteration of all runners at each step")),
            ),
            "iteration",
            self,
        )
        self.granularity.chosen.connect(self._choose)
        self.row.addWidget(self.granularity)
        self.add_speed()
        self.add_iteration(MOST_ITERATIONS)
        self.add_scrub(80, mark("Drag to go through time"), mark("Time"))
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        self._place.setMinimumWidth(self.fontMetrics().averageCharWidth() * 24)
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row.addWidget(self._place)
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show where time stands."""
        player, look = self._player, self._store.view.descent_lab
        newest, iteration, micro = player.newest, player.iteration, player.micro
        self.show_speed()
        self.show_iteration(iteration, newest, begun=micro > 0)
        self.granularity.choose("inside" if look.inside else "iteration")
        self.step.setEnabled(bool(player.study.courses))
        self.play.setEnabled(bool(player.study.courses))
        self._place.setText(self._where())

    def _where(self) -> str:
        trace, micro = self._player.trace, self._player.micro
        if trace is None or not micro:
            return ""
        return tr("{0} · step {1} of {2}").format(phase_text(trace, micro), micro, trace.count)

    def position(self) -> int:
        return self._player.iteration

    def _choose(self, key: str) -> None:
        self._store.look_in("descent_lab", inside=key == "inside")

    def _on_changed(self, aspects: Aspect) -> None:
        if not self.isVisible() and self._store.view.lab != "descent":
            return
        if aspects & (Aspect.SLOTS | Aspect.LAB | Aspect.VIEW):
            self.refresh()
