"""The bar below a calculus lab: step, back, play and scrub through a derivation."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from gui import i18n, icons
from gui.i18n import bind, mark, tr
from gui.state.stepper import Stepper
from gui.state.store import Aspect, Store


class StepBar(QFrame):
    """Buttons and a slider over a :class:`Stepper`; ``where`` says what the last step did."""

    def __init__(
        self,
        store: Store,
        stepper: Stepper,
        where: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._stepper, self._where = stepper, where
        self.setProperty("role", "panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 10, 6)
        row.setSpacing(4)
        self.home = self._button(row, "home", mark("To the start (Home)"))
        self.back = self._button(row, "step_back", mark("Step back (←)"))
        self.play = self._button(row, "play", mark("Play (Space)"))
        self.step = self._button(row, "step_forward", mark("Step forward (→)"))
        self.end = self._button(row, "end", mark("To the end (End)"))
        self.step.setProperty("role", "primary")
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        icons.bind(self.step, "step_forward", "on_accent")
        bind(self.step, "setText", "Step")
        self.home.clicked.connect(stepper.home)
        self.back.clicked.connect(self._back)
        self.play.clicked.connect(stepper.toggle)
        self.step.clicked.connect(self._step)
        self.end.clicked.connect(stepper.end)
        row.addSpacing(12)
        self.scrub = QSlider(Qt.Orientation.Horizontal, self)
        self.scrub.setMinimumWidth(120)
        self.scrub.setPageStep(1)
        bind(self.scrub, "setToolTip", "Drag to go through the steps")
        bind(self.scrub, "setAccessibleName", "Steps of the derivation")
        self.scrub.valueChanged.connect(self._scrub)
        row.addWidget(self.scrub, 1)
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        self._place.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row.addWidget(self._place)
        store.changed.connect(self._on_changed)
        stepper.playing_changed.connect(self._show_playing)
        i18n.notifier.changed.connect(self.refresh)
        self.refresh()

    def _button(self, row: QHBoxLayout, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(20, 20))
        icons.bind(button, icon)
        bind(button, "setToolTip", tip)
        bind(button, "setAccessibleName", tip)
        row.addWidget(button)
        return button

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

    def _step(self) -> None:
        self._stepper.pause()
        self._stepper.step()

    def _back(self) -> None:
        self._stepper.pause()
        self._stepper.back()

    def _scrub(self, position: int) -> None:
        self._stepper.pause()
        self._stepper.seek(position)

    def _show_playing(self, playing: bool) -> None:
        icons.bind(self.play, "pause" if playing else "play")
        text = mark("Pause (Space)") if playing else mark("Play (Space)")
        bind(self.play, "setToolTip", text)
        bind(self.play, "setAccessibleName", text)

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.SLOTS | Aspect.LAB):
            self.refresh()
