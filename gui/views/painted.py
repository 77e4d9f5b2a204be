"""A view that paints itself below a slim row of controls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from engine.network import Vector
from gui import icons, theme
from gui.i18n import bind
from gui.state.store import Aspect, Store
from gui.views.follow import Follower
from gui.views.guard import guarded
from gui.views.own_keys import claims
from gui.views.view import View

_SLIM = """
QToolButton { font-size: 11px; padding: 2px 8px; min-height: 16px; }
QToolButton:focus { padding: 1px 7px; }
"""


def parameters_on_screen(store: Store) -> Vector:
    """The parameters at the micro-step under the cursor: new in the layers that are updated."""
    moment = store.moment
    if not any(moment.known.updated):
        return moment.state.parameters
    return moment.trace.parameters_at(store.document.cursor.micro)


class Segments(QWidget):
    """Buttons of which exactly one is pressed."""

    chosen: SignalInstance = Signal(str)  # type: ignore[assignment]

    def __init__(
        self, entries: Sequence[tuple[str, str, str]], chosen: str, parent: QWidget
    ) -> None:
        """``entries``: key, text and tooltip of each button, both in English."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        self.buttons: dict[str, QToolButton] = {}
        for key, text, tip in entries:
            button = QToolButton(self)
            button.setProperty("role", "segment")
            button.setCheckable(True)
            button.setChecked(key == chosen)
            bind(button, "setText", text)
            bind(button, "setAccessibleName", tip)
            bind(button, "setToolTip", tip)
            self._group.addButton(button)
            self.buttons[key] = button
            row.addWidget(button)
        self._group.buttonClicked.connect(self._clicked)

    @property
    def current(self) -> str:
        """The key of the button that is pressed."""
        return next(key for key, button in self.buttons.items() if button.isChecked())

    def choose(self, key: str) -> None:
        """Press a button, without telling."""
        self.buttons[key].setChecked(True)

    def _clicked(self, _: object) -> None:
        self.chosen.emit(self.current)


class PaintedView(View):
    """Base of views that draw with a painter; a subclass adds controls to ``self.header``.

    ``own_keys`` are plain keys that belong to the view while it has the focus.
    """

    own_keys: ClassVar[frozenset[Qt.Key]] = frozenset()

    def __init__(self, store: Store, aspects: Aspect, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.header = QWidget(self)
        self.header.setAutoFillBackground(True)
        self.header.setBackgroundRole(QPalette.ColorRole.Base)
        self.header.setStyleSheet(_SLIM)
        self._row = QHBoxLayout(self.header)
        self._row.setContentsMargins(8, 5, 8, 1)
        self._row.setSpacing(6)
        self._follower = Follower(self, store, aspects, self._refresh)

    def refresh(self) -> None:
        """Read the store again."""
        raise NotImplementedError

    def _refresh(self) -> None:
        self.refresh()
        self.refresh_readout()
        self.update()

    def add_button(self, icon: str, tip: str, checkable: bool = False) -> QToolButton:
        """Add a button with an icon to the header."""
        button = QToolButton(self.header)
        icons.bind(button, icon, "text")
        button.setIconSize(QSize(14, 14))
        button.setCheckable(checkable)
        for setter in ("setToolTip", "setAccessibleName"):
            bind(button, setter, tip)
        self._row.addWidget(button)
        return button

    def end_header(self) -> None:
        """Push the controls to the left."""
        filler = QWidget(self.header)
        filler.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._row.addWidget(filler, 1)
        self._place_header()

    def picture_area(self) -> QRectF:
        """Where the picture is on screen."""
        top = self.header.height() if not self.header.isHidden() else 0
        return QRectF(0, top, self.width(), self.height() - top)

    def _place_header(self) -> None:
        self.header.setGeometry(0, 0, self.width(), self.header.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_header()

    def reword(self) -> None:
        self._place_header()

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        super().render_to(painter, area)
        painter.restore()

    def readout_corner(self) -> QPoint:
        # Beside the pointer, on the side where there is room.
        x, y = self._pointer or (0.0, 0.0)
        width, height = self._readout_label.width(), self._readout_label.height()
        left = x + 14.0 if x + 14.0 + width <= self.width() - 4.0 else x - 14.0 - width
        top = y + 16.0 if y + 16.0 + height <= self.height() - 4.0 else y - 12.0 - height
        return QPoint(int(max(left, 4.0)), int(max(top, 4.0)))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(QRectF(self.rect()), theme.color("panel"))
            self.paint(painter, self.picture_area())
            if self.hasFocus() and self._by_keyboard:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(theme.color("accent"))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        finally:
            painter.end()

    def event(self, event: QEvent) -> bool:
        return claims(event, self.own_keys) or super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self.picture_area().contains(position):
            self.point_at(position.x(), position.y())
        else:
            self.point_away()
        super().mouseMoveEvent(event)
