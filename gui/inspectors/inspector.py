"""The dock on the right: what is always at hand, and below it the tabs or what is selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from gui import i18n, icons, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.data_tab import DataTab
from gui.inspectors.fields import claims_key
from gui.inspectors.header import Header
from gui.inspectors.layer_panel import LayerPanel
from gui.inspectors.network_tab import NetworkTab
from gui.inspectors.panel import Panel
from gui.inspectors.parameter_panel import ParameterPanel
from gui.inspectors.training_tab import TrainingTab
from gui.inspectors.unit_panel import UnitPanel
from gui.state.player import Player
from gui.state.store import Aspect, Store

NARROWEST, USUAL, WIDEST = 300, 320, 360
TITLES = (mark("Data"), mark("Network"), mark("Training"))


class Inspector(QWidget):
    """Editable properties of the experiment, or of what is selected.

    Signals
    -------
    export_requested
        "Export…" was pressed.
    """

    export_requested = Signal()

    def __init__(self, store: Store, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        self.header = Header(store, player)
        self.data, self.network, self.training = (
            DataTab(store),
            NetworkTab(store),
            TrainingTab(store),
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setExpanding(True)
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self.tabs, "setAccessibleName", "Settings")
        bind(self.tabs.tabBar(), "setAccessibleName", "Settings")
        for page in (self.data, self.network, self.training):
            self.tabs.addTab(page, "")
        self.panels: dict[str, Panel] = {
            "unit": UnitPanel(store),
            "parameter": ParameterPanel(store),
            "layer": LayerPanel(store),
        }
        self.back = QPushButton()
        self.back.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.back.setIconSize(QSize(16, 16))
        theme.set_role(self.back, "quiet")
        icons.bind(self.back, "chevron_left", "muted")
        bind(self.back, "setText", "All settings")
        bind(self.back, "setToolTip", "Deselect and go back to Data, Network, Training (Esc)")
        self.selected = QStackedWidget()
        for panel in self.panels.values():
            self.selected.addWidget(panel)
        selection = QWidget()
        column = QVBoxLayout(selection)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.selected, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.tabs)
        self.stack.addWidget(selection)
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFixedHeight(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.stack, 1)
        self.header.export_requested.connect(self.export_requested)
        self.back.clicked.connect(self.deselect)
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self._word)
        self._word()
        self._show_selection()

    def sizeHint(self) -> QSize:
        return QSize(USUAL, 720)

    def deselect(self) -> None:
        """Select nothing, so that the tabs come back."""
        self._store.look(selection=None)

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.SELECTION | Aspect.EXPERIMENT):
            self._show_selection()

    def _show_selection(self) -> None:
        kind = self._selected_kind()
        if kind:
            self.selected.setCurrentWidget(self.panels[kind])
        self.stack.setCurrentIndex(1 if kind else 0)

    def _selected_kind(self) -> str:
        """Return what is selected and still exists, else nothing."""
        selection, network = self._store.view.selection, self._store.experiment.architecture
        if selection is None:
            return ""
        exists = {
            "unit": selection.target[0] in network.places,
            "parameter": selection.target in network.index,
            "layer": 0 <= selection.target[0] <= len(network.layers),
        }
        return selection.kind if exists.get(selection.kind, False) else ""

    def _word(self) -> None:
        for number, title in enumerate(TITLES):
            self.tabs.setTabText(number, tr(title))

    def event(self, event: QEvent) -> bool:
        # Who has come to a field by Tab steers it with the keys that else step through time.
        if claims_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.stack.currentIndex() == 1:
            self.deselect()
        else:
            super().keyPressEvent(event)
