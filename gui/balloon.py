"""A balloon with a tip, which points at a widget and never covers it."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import theme
from gui.i18n import bind, mark, tr
from gui.views.guard import guarded

WIDTH = 300
BEAK = 12
RADIUS = 10
EDGE = 8
"""Distance from the border of the window."""
GAP = 4
"""Distance between the beak and what it points at."""


class Side(Enum):
    """On which side of its target a balloon is."""

    ABOVE = "above"
    BELOW = "below"
    LEFT = "left"
    RIGHT = "right"


class Balloon(QFrame):
    """One tip at a time.

    Signals
    -------
    next_pressed, skipped
        The buttons.
    never_changed
        Emitted with whether the tips shall never come again.
    """

    next_pressed: SignalInstance = Signal()  # type: ignore[assignment]
    skipped: SignalInstance = Signal()  # type: ignore[assignment]
    never_changed: SignalInstance = Signal(bool)  # type: ignore[assignment]

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._side: Side | None = None
        self._tip = QPointF()
        self.setFixedWidth(WIDTH + 2 * BEAK)
        column = QVBoxLayout(self)
        column.setContentsMargins(BEAK + 14, BEAK + 10, BEAK + 14, BEAK + 10)
        column.setSpacing(8)
        self.figure = QLabel(self)
        self.figure.setProperty("role", "figure")
        column.addWidget(self.figure)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(8)
        self._place = QLabel(self)
        self._place.setProperty("role", "muted")
        row.addWidget(self._place)
        row.addStretch(1)
        self.skip = QPushButton(self)
        self.skip.setProperty("role", "quiet")
        bind(self.skip, "setText", "Skip")
        bind(self.skip, "setToolTip", "End the tips (Esc); Help shows them again")
        bind(self.skip, "setAccessibleName", "Skip the tips")
        self.skip.clicked.connect(self.skipped)
        row.addWidget(self.skip)
        self.next = QPushButton(self)
        self.next.setProperty("role", "primary")
        self.next.clicked.connect(self.next_pressed)
        row.addWidget(self.next)
        column.addLayout(row)
        self.never = QCheckBox(self)
        bind(self.never, "setText", "Don't show again")
        bind(self.never, "setToolTip", "No tips at the next launch")
        bind(self.never, "setAccessibleName", "Don't show again")
        self.never.toggled.connect(self.never_changed)
        column.addWidget(self.never)
        for control in (self.skip, self.next, self.never):
            # A click must not take the arrow keys away from the time.
            control.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.notifier.changed.connect(self.update)
        self.hide()

    def say(self, text: str, figure: str, number: int, count: int, last: bool) -> None:
        """Show a text, under a large line if ``figure`` is not empty."""
        self.text.setText(text)
        self.figure.setText(figure)
        self.figure.setVisible(bool(figure))
        self._place.setText(tr("Tip {0} of {1}").format(number, count))
        bind(self.next, "setText", mark("Done") if last else mark("Next"))
        name = mark("End the tips") if last else mark("Next tip")
        bind(self.next, "setAccessibleName", name)
        bind(self.next, "setToolTip", name)
        self.setAccessibleName(f"{figure} {text}".strip())

    def set_never(self, never: bool) -> None:
        """Set the check box."""
        self.never.blockSignals(True)
        self.never.setChecked(never)
        self.never.blockSignals(False)

    def present(self) -> None:
        """Come up in front of everything else in the window."""
        self.show()
        self.raise_()

    def point_at(self, target: QWidget) -> None:
        """Take place beside a widget of the same window, inside the window."""
        window = self._window
        self.setFixedHeight(self._height())
        room = window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE)
        if target.window() is not window.window() or not target.isVisible():
            # Floating in a window of its own: at least it must not be hidden.
            self._side = None
            self.move(room.center().x() - self.width() // 2, room.bottom() - self.height())
            self.update()
            return
        aim = QRect(target.mapTo(window, QPoint(0, 0)), target.size()) & window.rect()
        self._side, corner = place(aim, self.size(), room)
        self.move(corner)
        self._tip = _beak_tip(self._side, aim, QRect(corner, self.size()))
        self.update()

    def _height(self) -> int:
        layout = self.layout()
        assert layout is not None, "made in the constructor"
        layout.activate()
        return layout.totalHeightForWidth(self.width())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        body = QRectF(self.rect()).adjusted(BEAK, BEAK, -BEAK, -BEAK)
        path = QPainterPath()
        path.addRoundedRect(body, RADIUS, RADIUS)
        if self._side is not None:
            path = path.united(_beak(self._side, body, self._tip))
        for spread, alpha in ((6.0, 0.05), (3.0, 0.08)):
            painter.setPen(QPen(theme.color("text", alpha), 2 * spread))
            painter.drawPath(path)
        painter.setPen(QPen(theme.color("accent"), 1.5))
        painter.setBrush(theme.color("raised"))
        painter.drawPath(path)
        painter.end()


def place(aim: QRect, size: QSize, room: QRect) -> tuple[Side, QPoint]:
    """Return the side and the corner of a balloon that points at ``aim`` and stays in ``room``.

    It does not cover the target, unless there is no space beside it; then it covers the least.
    """
    offered = [(side, _held(_beside(aim, size, side), size, room)) for side in Side]

    def covered(candidate: tuple[Side, QPoint]) -> int:
        common = QRect(candidate[1], size) & aim
        return common.width() * common.height() if common.isValid() else 0

    return min(offered, key=covered)


def _beside(aim: QRect, size: QSize, side: Side) -> QPoint:
    middle = aim.center()
    match side:
        case Side.ABOVE:
            return QPoint(middle.x() - size.width() // 2, aim.top() - GAP - size.height())
        case Side.BELOW:
            return QPoint(middle.x() - size.width() // 2, aim.bottom() + 1 + GAP)
        case Side.LEFT:
            return QPoint(aim.left() - GAP - size.width(), middle.y() - size.height() // 2)
    return QPoint(aim.right() + 1 + GAP, middle.y() - size.height() // 2)


def _held(corner: QPoint, size: QSize, room: QRect) -> QPoint:
    """Return the corner moved as little as needed to keep the balloon in the room."""
    x = max(room.left(), min(corner.x(), room.right() + 1 - size.width()))
    y = max(room.top(), min(corner.y(), room.bottom() + 1 - size.height()))
    return QPoint(x, y)


def _beak_tip(side: Side, aim: QRect, own: QRect) -> QPointF:
    """Return where the beak ends, in the balloon: on its rim, towards the target's middle."""
    margin = BEAK + RADIUS + BEAK
    x = min(max(aim.center().x() - own.left(), margin), own.width() - margin)
    y = min(max(aim.center().y() - own.top(), margin), own.height() - margin)
    return {
        Side.ABOVE: QPointF(x, own.height() - 1),
        Side.BELOW: QPointF(x, 1),
        Side.LEFT: QPointF(own.width() - 1, y),
        Side.RIGHT: QPointF(1, y),
    }[side]


def _beak(side: Side, body: QRectF, tip: QPointF) -> QPainterPath:
    path = QPainterPath(tip)
    if side in (Side.ABOVE, Side.BELOW):
        base = body.bottom() - 1 if side is Side.ABOVE else body.top() + 1
        path.lineTo(tip.x() - BEAK, base)
        path.lineTo(tip.x() + BEAK, base)
    else:
        base = body.right() - 1 if side is Side.LEFT else body.left() + 1
        path.lineTo(base, tip.y() - BEAK)
        path.lineTo(base, tip.y() + BEAK)
    path.closeSubpath()
    return path
