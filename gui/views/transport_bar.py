"""The transport bar: step, back, play, scrub, speed and granularity."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QToolButton,
    QWidget,
)

from engine.session import granularities
from engine.training import Granularity, Phase
from gui import i18n
from gui.i18n import bind, mark, tr
from gui.state.player import Player
from gui.state.store import Aspect, Store
from gui.views.elided import ElidedLabel
from gui.views.time_bar import TimeBar

GRANULARITY_LABELS = {
    Granularity.NEURON: mark("neuron"),
    Granularity.LAYER: mark("layer"),
    Granularity.BATCH: mark("batch"),
    Granularity.EPOCH: mark("epoch"),
}
GRANULARITY_TIPS = {
    Granularity.NEURON: mark("One neuron with its weights at each step (1)"),
    Granularity.LAYER: mark("One layer at each step (2)"),
    Granularity.BATCH: mark(
        "One iteration at each step: a batch forward, back, and the update (3)"
    ),
    Granularity.EPOCH: mark("Once through all training samples at each step (4)"),
}
PHASE_LABELS = {
    Phase.FORWARD: mark("forward"),
    Phase.LOSS: mark("loss"),
    Phase.OUTPUT_ERROR: mark("error"),
    Phase.ERROR: mark("error back"),
    Phase.GRADIENT: mark("gradient"),
    Phase.UPDATE: mark("update"),
}
LARGEST_SEEK = 10_000_000


class TransportBar(TimeBar):
    """Buttons and sliders that move through time; the same intents as the Simulation menu."""

    def __init__(self, store: Store, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(store, player, parent)
        self._player = player
        self.add_label(mark("by"))
        self._group = QButtonGroup(self)
        self.granularity: dict[Granularity, QToolButton] = {}
        for number, (granularity, label) in enumerate(GRANULARITY_LABELS.items()):
            button = QToolButton(self)
            button.setProperty("role", "segment")
            button.setCheckable(True)
            bind(button, "setText", label)
            bind(button, "setToolTip", GRANULARITY_TIPS[granularity])
            bind(button, "setAccessibleName", label)
            self._group.addButton(button, number)
            self.granularity[granularity] = button
            self.row.addWidget(button)
        self._group.idClicked.connect(self._choose_granularity)

        self.add_speed()
        self.add_iteration(LARGEST_SEEK)
        self.add_scrub(60, mark("Drag to go through time"), mark("Time"))
        self._place = ElidedLabel(24, self)
        self._place.setProperty("role", "muted")
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row.addWidget(self._place)

        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self._reword)
        self._on_changed(Aspect.everything())

    def _choose_granularity(self, number: int) -> None:
        self._store.look(granularity=list(GRANULARITY_LABELS)[number])

    def position(self) -> int:
        return self._store.document.cursor.iteration

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.VIEW | Aspect.EXPERIMENT | Aspect.RUNS):
            self._show_choices()
        if aspects & (Aspect.MOMENT | Aspect.RUNS | Aspect.EXPERIMENT):
            self._show_time()

    def _reword(self) -> None:
        self.show_playing(self._player.is_playing)
        self._show_choices()
        self._show_time()

    def _show_choices(self) -> None:
        offered = granularities(self._store.document.segment)
        chosen = self._player.granularity
        for granularity, button in self.granularity.items():
            button.setVisible(granularity in offered)
            button.setChecked(granularity is chosen)
        self.show_speed()

    def _show_time(self) -> None:
        cursor, run = self._store.document.cursor, self._store.document.active
        self.show_iteration(cursor.iteration, run.newest, begun=cursor.micro > 0)
        self._place.setText(self._where())

    def _where(self) -> str:
        moment = self._store.moment
        experiment = self._store.experiment
        micro = self._store.document.cursor.micro
        if micro:
            phase = tr(PHASE_LABELS[moment.trace.step(micro).phase])
            return tr("{0} · step {1} of {2}").format(phase, micro, moment.trace.count)
        batches = experiment.iterations_per_epoch
        if batches == 1:
            return ""
        batch = moment.state.position // experiment.effective_batch_size + 1
        return tr("epoch {0} · batch {1} of {2}").format(moment.state.epoch + 1, batch, batches)
