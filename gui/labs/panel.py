"""A view in a frame: it can be moved, floated, maximized with a double click, exported."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QMouseEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QToolButton, QWidget

from gui import icons
from gui.i18n import bind, mark
from gui.views.view import View

FLOAT_OFFSET = 32
FLOAT_SIZE = QSize(480, 360)
"""A panel that floats moves so far, and is at least so large."""


class _TitleBar(QWidget):
    """Name and buttons of a panel. Mouse presses go through to the dock, which moves it."""

    doubled: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 6, 4)
        self._row.setSpacing(2)
        label = QLabel(self)
        label.setProperty("role", "heading")
        bind(label, "setText", title)
        self._label = label
        self._row.addWidget(label)
        self._row.addStretch(1)

    def rename(self, title: str) -> None:
        """Show another name, given in English."""
        bind(self._label, "setText", title)

    def add_button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIconSize(QSize(15, 15))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        icons.bind(button, icon, "muted")
        bind(button, "setToolTip", tip)
        bind(button, "setAccessibleName", tip)
        self._row.addWidget(button)
        return button

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.doubled.emit()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.ignore()


class Panel(QDockWidget):
    """A dock around one widget.

    Signals
    -------
    maximize_requested
        The title was double-clicked, or its button pressed.
    export_requested
        The button for exporting this view was pressed.
    dismissed
        The user has closed the panel (True), or called it back from the menu (False).
    """

    maximize_requested: SignalInstance = Signal(object)  # type: ignore[assignment]
    export_requested: SignalInstance = Signal(object)  # type: ignore[assignment]
    dismissed: SignalInstance = Signal(bool)  # type: ignore[assignment]

    def __init__(
        self,
        name: str,
        title: str,
        content: QWidget,
        parent: QWidget,
        exports: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        bind(self, "setWindowTitle", title)
        bind(self, "setAccessibleName", title)
        self.setWidget(content)
        bar = _TitleBar(title, self)
        bar.doubled.connect(self._maximize)
        if exports or isinstance(content, View):
            export = bar.add_button("export", mark("Export this view…"))
            export.clicked.connect(self._export)
        self._maximize_button = bar.add_button(
            "maximize", mark("Maximize (double-click the title)")
        )
        self._maximize_button.clicked.connect(self._maximize)
        float_button = bar.add_button("float", mark("Float in a window of its own, or put back"))
        float_button.clicked.connect(self._toggle_floating)
        close = bar.add_button("close", mark("Hide; the View menu shows it again"))
        close.clicked.connect(self.close)
        self.setTitleBarWidget(bar)
        self._bar = bar
        self.toggleViewAction().triggered.connect(self._called_back)
        content.windowTitleChanged.connect(self._rename)
        self._rename()

    def _rename(self, *_: object) -> None:
        """Follow a view whose name depends on the task."""
        if isinstance(self.view, View) and self.view.name_now:
            name = self.view.name_now
            bind(self, "setWindowTitle", name)
            bind(self, "setAccessibleName", name)
            self._bar.rename(name)

    @property
    def view(self) -> QWidget:
        """The widget inside."""
        return self.widget()

    def show_maximized(self, maximized: bool) -> None:
        """Let the button offer the way back."""
        icons.bind(self._maximize_button, "restore" if maximized else "maximize", "muted")
        tip = mark("Restore") if maximized else mark("Maximize (double-click the title)")
        bind(self._maximize_button, "setToolTip", tip)
        bind(self._maximize_button, "setAccessibleName", tip)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.dismissed.emit(True)

    def _called_back(self, visible: bool) -> None:
        if visible:
            self.dismissed.emit(False)

    def _maximize(self) -> None:
        self.maximize_requested.emit(self)

    def _export(self) -> None:
        self.export_requested.emit(self.view)

    def _toggle_floating(self) -> None:
        if self.isFloating():
            self.setFloating(False)
            return
        place, size = self.mapToGlobal(QPoint(FLOAT_OFFSET, FLOAT_OFFSET)), self.size()
        room = self.screen().availableGeometry()
        self.setFloating(True)
        # Beside its old place, so that it is seen to be loose; wholly on the screen.
        size = size.expandedTo(FLOAT_SIZE).boundedTo(room.size())
        self.resize(size)
        corner = QPoint(room.right() + 1 - size.width(), room.bottom() + 1 - size.height())
        self.move(
            max(min(place.x(), corner.x()), room.left()),
            max(min(place.y(), corner.y()), room.top()),
        )
