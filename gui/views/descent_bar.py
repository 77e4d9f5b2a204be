"""The bar below the descent lab: step, step inside, back, play, scrub, speed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QSpinBox,
    QToolButton,
    QWidget,
)

from engine.session.descent import MOST_ITERATIONS
from gui import i18n, icons
from gui.i18n import bind, mark, tr
from gui.state.descent_player import DescentPlayer
from gui.state.store import Aspect, Store
from gui.views.descent_words import phase_text
from gui.views.painted import Segments
from gui.views.transport_bar import SPEEDS


class DescentBar(QFrame):
    """Buttons and sliders over a :class:`DescentPlayer`."""

    def __init__(self, store: Store, player: DescentPlayer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._player = store, player
        self.setProperty("role", "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(4)
        self.home = self._button(row, "home", mark("To the start (Home)"), player.home)
        self.back = self._button(row, "step_back", mark("Step back (←)"), self._back)
        self.play = self._button(row, "play", mark("Play (Space)"), player.toggle)
        self.step = self._button(row, "step_forward", mark("Step forward (→)"), self._step)
        tip = mark("Finish this phase (Shift+→)")
        self.phase = self._button(row, "finish_phase", tip, self._finish_phase)
        self.end = self._button(row, "end", mark("To the newest state (End)"), player.end)
        self.step.setProperty("role", "primary")
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.bind(self.step, "step_forward", "on_accent")
        bind(self.step, "setText", "Step")
        row.addSpacing(12)
        row.addWidget(self._label(mark("by")))
        self.granularity = Segments(
            (
                ("inside", mark("inside"), mark("Step inside an iteration of the chosen runner")),
                ("iteration", mark("iteration"), mark("One iteration of all runners at each step")),
            ),
            "iteration",
            self,
        )
        self.granularity.chosen.connect(self._choose)
        row.addWidget(self.granularity)
        row.addSpacing(12)
        row.addWidget(self._label(mark("speed")))
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setFixedWidth(96)
        bind(self.speed, "setToolTip", "Steps a second while playing (Ctrl+↑, Ctrl+↓)")
        bind(self.speed, "setAccessibleName", "Speed")
        self.speed.valueChanged.connect(self._choose_speed)
        row.addWidget(self.speed)
        self._speed_value = QLabel(self)
        self._speed_value.setMinimumWidth(58)
        row.addWidget(self._speed_value)
        row.addSpacing(8)
        row.addWidget(self._label(mark("iteration")))
        self.iteration = QSpinBox(self)
        self.iteration.setRange(0, MOST_ITERATIONS)
        self.iteration.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.iteration.setKeyboardTracking(False)
        self.iteration.setFixedWidth(84)
        bind(self.iteration, "setToolTip", "Type an iteration to go there")
        bind(self.iteration, "setAccessibleName", "Iteration")
        self.iteration.editingFinished.connect(self._seek_typed)
        row.addWidget(self.iteration)
        self.scrub = QSlider(Qt.Orientation.Horizontal, self)
        self.scrub.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scrub.setMinimumWidth(80)
        bind(self.scrub, "setToolTip", "Drag to go through time")
        bind(self.scrub, "setAccessibleName", "Time")
        self.scrub.valueChanged.connect(self._scrub)
        row.addWidget(self.scrub, 1)
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        self._place.setMinimumWidth(self.fontMetrics().averageCharWidth() * 24)
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._place)
        store.changed.connect(self._on_changed)
        player.playing_changed.connect(self._show_playing)
        i18n.notifier.changed.connect(self.refresh)
        self.refresh()

    def _button(
        self, row: QHBoxLayout, icon: str, tip: str, slot: Callable[[], object]
    ) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        icons.bind(button, icon)
        bind(button, "setToolTip", tip)
        bind(button, "setAccessibleName", tip)
        button.clicked.connect(slot)
        row.addWidget(button)
        return button

    def _label(self, text: str) -> QLabel:
        label = QLabel(self)
        label.setProperty("role", "muted")
        bind(label, "setText", text)
        return label

    def refresh(self) -> None:
        """Show where time stands."""
        player, look = self._player, self._store.view.descent_lab
        newest, iteration, micro = player.newest, player.iteration, player.micro
        for widget in (self.scrub, self.iteration, self.speed):
            widget.blockSignals(True)
        self.scrub.setRange(0, max(newest, 1))
        self.scrub.setEnabled(newest > 0)
        self.scrub.setValue(iteration)
        if not self.iteration.hasFocus() or player.is_playing:
            self.iteration.setValue(iteration)
        speed = self._store.view.speed
        index = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed)) if speed else -1
        self.speed.setValue(len(SPEEDS) - 1 if index < 0 else index)
        for widget in (self.scrub, self.iteration, self.speed):
            widget.blockSignals(False)
        text = tr("{0}/s").format(int(speed)) if speed else tr("fastest")
        if text != self._speed_value.text():
            self._speed_value.setText(text)
        self.granularity.choose("inside" if look.inside else "iteration")
        at_start = iteration == 0 and micro == 0
        self.back.setEnabled(not at_start)
        self.home.setEnabled(not at_start)
        self.end.setEnabled(iteration < newest or micro > 0)
        self.step.setEnabled(bool(player.study.courses))
        self.play.setEnabled(bool(player.study.courses))
        self._place.setText(self._where())

    def _where(self) -> str:
        trace, micro = self._player.trace, self._player.micro
        if trace is None or not micro:
            return ""
        return tr("{0} · step {1} of {2}").format(phase_text(trace, micro), micro, trace.count)

    def _step(self) -> None:
        self._player.pause()
        self._player.step()

    def _back(self) -> None:
        self._player.pause()
        self._player.back()

    def _finish_phase(self) -> None:
        self._player.pause()
        self._player.finish_phase()

    def _choose(self, key: str) -> None:
        self._store.look_in("descent_lab", inside=key == "inside")

    def _choose_speed(self, index: int) -> None:
        self._store.look(speed=SPEEDS[index])

    def _seek_typed(self) -> None:
        if self.iteration.value() != self._player.iteration:
            self._player.pause()
            self._player.seek(self.iteration.value())

    def _scrub(self, iteration: int) -> None:
        if iteration != self._player.iteration:
            self._player.pause()
            self._player.seek(iteration)

    def _show_playing(self, playing: bool) -> None:
        icons.bind(self.play, "pause" if playing else "play")
        text = mark("Pause (Space)") if playing else mark("Play (Space)")
        bind(self.play, "setToolTip", text)
        bind(self.play, "setAccessibleName", text)

    def _on_changed(self, aspects: Aspect) -> None:
        if not self.isVisible() and self._store.view.lab != "descent":
            return
        if aspects & (Aspect.SLOTS | Aspect.LAB | Aspect.VIEW):
            self.refresh()
