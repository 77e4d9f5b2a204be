"""The transport bar: step, back, play, scrub, speed and granularity."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from engine.session import granularities
from engine.training import Granularity, Phase
from gui import i18n, icons
from gui.i18n import bind, mark, tr
from gui.state.player import Player
from gui.state.store import Aspect, Store
from gui.views.elided import ElidedLabel

SPEEDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 250.0, 500.0, 1000.0, 0.0)
"""Steps a second; 0 is as fast as it goes."""

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


class TransportBar(QFrame):
    """Buttons and sliders that move through time; the same intents as the Simulation menu."""

    def __init__(self, store: Store, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._player = player
        self.setProperty("role", "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(4)
        self.home = self._button(row, "home", mark("To the start (Home)"))
        self.back = self._button(row, "step_back", mark("Step back (←)"))
        self.play = self._button(row, "play", mark("Play (Space)"))
        self.step = self._button(row, "step_forward", mark("Step forward (→)"))
        self.phase = self._button(row, "finish_phase", mark("Finish this phase (Shift+→)"))
        self.end = self._button(row, "end", mark("To the newest state (End)"))
        self.step.setProperty("role", "primary")
        self.step.setObjectName("step")
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.bind(self.step, "step_forward", "on_accent")
        bind(self.step, "setText", "Step")
        for button, slot in (
            (self.home, player.home),
            (self.back, self._back),
            (self.play, player.toggle),
            (self.step, self._step),
            (self.phase, self._finish_phase),
            (self.end, player.end),
        ):
            button.clicked.connect(slot)

        row.addSpacing(12)
        by = QLabel(self)
        by.setProperty("role", "muted")
        bind(by, "setText", "by")
        row.addWidget(by)
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
            row.addWidget(button)
        self._group.idClicked.connect(self._choose_granularity)

        row.addSpacing(12)
        speed_label = QLabel(self)
        speed_label.setProperty("role", "muted")
        bind(speed_label, "setText", "speed")
        row.addWidget(speed_label)
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setFixedWidth(96)
        bind(self.speed, "setToolTip", "Steps a second while playing (Ctrl+↑, Ctrl+↓)")
        bind(self.speed, "setAccessibleName", "Speed")
        self.speed.valueChanged.connect(self._choose_speed)
        row.addWidget(self.speed)
        self._speed_value = QLabel(self)
        self._speed_value.setMinimumWidth(54)
        row.addWidget(self._speed_value)

        row.addSpacing(8)
        iteration_label = QLabel(self)
        iteration_label.setProperty("role", "muted")
        bind(iteration_label, "setText", "iteration")
        row.addWidget(iteration_label)
        self.iteration = QSpinBox(self)
        self.iteration.setRange(0, LARGEST_SEEK)
        self.iteration.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.iteration.setKeyboardTracking(False)
        self.iteration.setFixedWidth(84)
        bind(self.iteration, "setToolTip", "Type an iteration to go there")
        bind(self.iteration, "setAccessibleName", "Iteration")
        self.iteration.editingFinished.connect(self._seek_typed)
        row.addWidget(self.iteration)
        self.scrub = QSlider(Qt.Orientation.Horizontal, self)
        self.scrub.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scrub.setMinimumWidth(60)
        bind(self.scrub, "setToolTip", "Drag to go through time")
        bind(self.scrub, "setAccessibleName", "Time")
        self.scrub.valueChanged.connect(self._scrub)
        row.addWidget(self.scrub, 1)
        self._place = ElidedLabel(24, self)
        self._place.setProperty("role", "muted")
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._place)

        store.changed.connect(self._on_changed)
        player.playing_changed.connect(self._show_playing)
        i18n.notifier.changed.connect(self._reword)
        self._on_changed(Aspect.everything())

    def _button(self, row: QHBoxLayout, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        icons.bind(button, icon)
        bind(button, "setToolTip", tip)
        bind(button, "setAccessibleName", tip)
        row.addWidget(button)
        return button

    def _step(self) -> None:
        self._player.pause()
        self._player.step()

    def _back(self) -> None:
        self._player.pause()
        self._player.back()

    def _finish_phase(self) -> None:
        self._player.pause()
        self._player.finish_phase()

    def _choose_granularity(self, number: int) -> None:
        self._store.look(granularity=list(GRANULARITY_LABELS)[number])

    def _choose_speed(self, index: int) -> None:
        self._store.look(speed=SPEEDS[index])

    def _seek_typed(self) -> None:
        if self.iteration.value() != self._store.document.cursor.iteration:
            self._player.pause()
            self._player.seek(self.iteration.value())

    def _scrub(self, iteration: int) -> None:
        if iteration != self._store.document.cursor.iteration:
            self._player.pause()
            self._player.seek(iteration)

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.VIEW | Aspect.EXPERIMENT | Aspect.RUNS):
            self._show_choices()
        if aspects & (Aspect.MOMENT | Aspect.RUNS | Aspect.EXPERIMENT):
            self._show_time()

    def _reword(self) -> None:
        self._show_playing(self._player.is_playing)
        self._show_choices()
        self._show_time()

    def _show_playing(self, playing: bool) -> None:
        icons.bind(self.play, "pause" if playing else "play")
        text = mark("Pause (Space)") if playing else mark("Play (Space)")
        bind(self.play, "setToolTip", text)
        bind(self.play, "setAccessibleName", text)

    def _show_choices(self) -> None:
        offered = granularities(self._store.document.segment)
        chosen = self._player.granularity
        for granularity, button in self.granularity.items():
            button.setVisible(granularity in offered)
            button.setChecked(granularity is chosen)
        speed = self._store.view.speed
        index = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed)) if speed else -1
        self.speed.blockSignals(True)
        self.speed.setValue(len(SPEEDS) - 1 if index < 0 else index)
        self.speed.blockSignals(False)
        self._speed_value.setText(tr("{0}/s").format(int(speed)) if speed else tr("fastest"))

    def _show_time(self) -> None:
        cursor, run = self._store.document.cursor, self._store.document.active
        for widget in (self.scrub, self.iteration):
            widget.blockSignals(True)
        self.scrub.setRange(0, max(run.newest, 1))
        self.scrub.setEnabled(run.newest > 0)
        self.scrub.setValue(cursor.iteration)
        if not self.iteration.hasFocus() or self._player.is_playing:
            self.iteration.setValue(cursor.iteration)
        for widget in (self.scrub, self.iteration):
            widget.blockSignals(False)
        at_start = cursor.iteration == 0 and cursor.micro == 0
        self.back.setEnabled(not at_start)
        self.home.setEnabled(not at_start)
        self.end.setEnabled(cursor.iteration < run.newest or cursor.micro > 0)
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
