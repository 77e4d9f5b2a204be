"""What the bars below all labs share: the buttons of time, speed, iteration and the slider."""

from __future__ import annotations

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

from gui import icons
from gui.i18n import bind, mark, tr
from gui.state.store import Store
from gui.state.transport import Transport

SPEEDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 250.0, 500.0, 1000.0, 0.0)
"""Steps a second; 0 is as fast as it goes."""


class TimeBar(QFrame):
    """A row that a lab's bar is put together from, left to right; it holds no state."""

    def __init__(
        self,
        store: Store,
        transport: Transport,
        parent: QWidget | None = None,
        with_phases: bool = True,
    ) -> None:
        super().__init__(parent)
        self._store, self._transport = store, transport
        self.setProperty("role", "panel")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(10, 6, 10, 6)
        self.row.setSpacing(4)
        self.home = self._button("home", mark("To the start (Home)"))
        self.back = self._button("step_back", mark("Step back (←)"))
        self.play = self._button("play", mark("Play (Space)"))
        self.step = self._button("step_forward", mark("Step forward (→)"))
        self.step.setObjectName("step")
        self.step.setProperty("role", "primary")
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.bind(self.step, "step_forward", "on_accent")
        bind(self.step, "setText", "Step")
        if with_phases:
            self.phase = self._button("finish_phase", mark("Finish this phase (Shift+→)"))
            self.phase.clicked.connect(self._finish_phase)
        newest = mark("To the newest state (End)") if with_phases else mark("To the end (End)")
        self.end = self._button("end", newest)
        self.home.clicked.connect(transport.home)
        self.back.clicked.connect(self._back)
        self.play.clicked.connect(transport.toggle)
        self.step.clicked.connect(self._step)
        self.end.clicked.connect(transport.end)
        self.row.addSpacing(12)
        transport.playing_changed.connect(self.show_playing)

    # ----------------------------------------------------------------------------- the pieces

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        icons.bind(button, icon)
        bind(button, "setToolTip", tip)
        bind(button, "setAccessibleName", tip)
        self.row.addWidget(button)
        return button

    def add_label(self, text: str) -> None:
        """Put quiet words at the end of the row; ``text`` is marked English."""
        label = QLabel(self)
        label.setProperty("role", "muted")
        bind(label, "setText", text)
        self.row.addWidget(label)

    def add_speed(self) -> None:
        """Add the slider of the speed, and its value."""
        self.row.addSpacing(12)
        self.add_label(mark("speed"))
        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(0, len(SPEEDS) - 1)
        self.speed.setPageStep(1)
        self.speed.setFixedWidth(96)
        bind(self.speed, "setToolTip", "Steps a second while playing (Ctrl+↑, Ctrl+↓)")
        bind(self.speed, "setAccessibleName", "Speed")
        self.speed.valueChanged.connect(self._choose_speed)
        self.row.addWidget(self.speed)
        self._speed_value = QLabel(self)
        self._speed_value.setMinimumWidth(54)
        self.row.addWidget(self._speed_value)

    def add_iteration(self, largest: int) -> None:
        """Add a field for the iteration, up to ``largest``."""
        self.row.addSpacing(8)
        self.add_label(mark("iteration"))
        self.iteration = QSpinBox(self)
        self.iteration.setRange(0, largest)
        self.iteration.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.iteration.setKeyboardTracking(False)
        self.iteration.setFixedWidth(84)
        bind(self.iteration, "setToolTip", "Type an iteration to go there")
        bind(self.iteration, "setAccessibleName", "Iteration")
        self.iteration.editingFinished.connect(self._seek_typed)
        self.row.addWidget(self.iteration)

    def add_scrub(self, narrowest: int, tip: str, name: str) -> None:
        """Add the slider over time, which takes the room that is left."""
        self.scrub = QSlider(Qt.Orientation.Horizontal, self)
        self.scrub.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.scrub.setMinimumWidth(narrowest)
        bind(self.scrub, "setToolTip", tip)
        bind(self.scrub, "setAccessibleName", name)
        self.scrub.valueChanged.connect(self._seek)
        self.row.addWidget(self.scrub, 1)

    # -------------------------------------------------------------------------- what it shows

    def show_speed(self) -> None:
        """Show the speed in the document."""
        speed = self._store.view.speed
        index = min(range(len(SPEEDS)), key=lambda i: abs(SPEEDS[i] - speed)) if speed else -1
        self.speed.blockSignals(True)
        self.speed.setValue(len(SPEEDS) - 1 if index < 0 else index)
        self.speed.blockSignals(False)
        text = tr("{0}/s").format(int(speed)) if speed else tr("fastest")
        if text != self._speed_value.text():
            self._speed_value.setText(text)

    def show_iteration(self, iteration: int, newest: int, begun: bool) -> None:
        """Show an iteration among those there are; ``begun``: some of its steps are done."""
        for widget in (self.scrub, self.iteration):
            widget.blockSignals(True)
        self.scrub.setRange(0, max(newest, 1))
        self.scrub.setEnabled(newest > 0)
        self.scrub.setValue(iteration)
        if not self.iteration.hasFocus() or self._transport.is_playing:
            self.iteration.setValue(iteration)
        for widget in (self.scrub, self.iteration):
            widget.blockSignals(False)
        at_start = iteration == 0 and not begun
        self.back.setEnabled(not at_start)
        self.home.setEnabled(not at_start)
        self.end.setEnabled(iteration < newest or begun)

    def show_playing(self, playing: bool) -> None:
        """Offer play or pause."""
        icons.bind(self.play, "pause" if playing else "play")
        text = mark("Pause (Space)") if playing else mark("Play (Space)")
        bind(self.play, "setToolTip", text)
        bind(self.play, "setAccessibleName", text)

    # -------------------------------------------------------------------------------- intents

    def _step(self) -> None:
        self._transport.pause()
        self._transport.step()

    def _back(self) -> None:
        self._transport.pause()
        self._transport.back()

    def _finish_phase(self) -> None:
        self._transport.pause()
        self._transport.finish_phase()

    def _choose_speed(self, index: int) -> None:
        self._store.look(speed=SPEEDS[index])

    def _seek_typed(self) -> None:
        self._seek(self.iteration.value())

    def _seek(self, position: int) -> None:
        """Go to a position, unless time stands there."""
        if position != self.position():
            self._transport.pause()
            self._transport.seek(position)

    def position(self) -> int:
        """Where time stands: an iteration, or a step."""
        raise NotImplementedError
