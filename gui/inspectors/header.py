"""What is always at hand: the learning rate, "Reset weights" and "Export…"."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.session import edits
from engine.training import Experiment
from gui import i18n, icons
from gui.i18n import bind, mark, tr
from gui.inspectors.panel import NumberEdit
from gui.inspectors.rows import GAP, Row
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.player import Player
from gui.state.store import Aspect, Store

RATES = Scale(1e-6, 10.0, logarithmic=True)


class Header(QWidget):
    """The top of the inspector.

    Signals
    -------
    export_requested
        "Export…" was pressed.
    """

    export_requested = Signal()

    def __init__(self, store: Store, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._player = store, player
        self.rate = SliderField(RATES, width=76)
        self.rate_row = Row(
            mark("Learning rate η"),
            self.rate,
            mark(
                "How far each update goes against the gradient; "
                "takes effect at once, also while playing"
            ),
        )
        self.reset = _button("reset", mark("Reset weights"))
        bind(
            self.reset,
            "setToolTip",
            "Back to iteration 0 of this run with its first weights (can be undone)",
        )
        self.export = _button("export", mark("Export…"))
        bind(self.export, "setToolTip", "Save pictures and tables of the views as files")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(GAP)
        buttons.addWidget(self.reset, 1)
        buttons.addWidget(self.export, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(GAP)
        layout.addWidget(self.rate_row)
        layout.addLayout(buttons)
        NumberEdit(store, self.rate, mark("Learning rate"), _with_rate)
        self.reset.clicked.connect(self._reset)
        self.export.clicked.connect(self.export_requested)
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Show the learning rate of the experiment under the cursor."""
        self.rate.set_value(self._store.experiment.learning_rate)

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & Aspect.EXPERIMENT and self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        self.refresh()
        super().showEvent(event)

    def _reset(self) -> None:
        # Else the first weights would be gone before one has seen them.
        self._player.pause()
        self._store.edit(tr("Reset weights"), edits.restart)


def _with_rate(experiment: Experiment, rate: float) -> Experiment:
    return replace(experiment, learning_rate=rate)


def _button(icon: str, text: str) -> QPushButton:
    button = QPushButton()
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(16, 16))
    icons.bind(button, icon)
    bind(button, "setText", text)
    bind(button, "setAccessibleName", text)
    return button
