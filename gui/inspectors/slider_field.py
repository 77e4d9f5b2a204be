"""A slider along a scale, and the slider together with its exact number."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QVBoxLayout,
    QWidget,
)

from gui.inspectors.number_field import PAUSE_MS, Check, NumberField, accept_all
from gui.inspectors.scales import Scale


class ScaleSlider(QSlider):
    """A slider along a ``Scale``; a click goes there, the wheel only turns it under the focus.

    Signals
    -------
    edited
        The number under the handle, at each movement.
    finished
        The handle was let go, or the keys have rested.
    """

    edited = Signal(float)
    finished = Signal()

    positions = 1000

    def __init__(self, scale: Scale, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.scale = scale
        self._value = scale.low
        self.setRange(0, self.positions)
        # Who drags with the mouse goes on stepping with the arrow keys.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumWidth(64)
        self.setMinimumHeight(28)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.finished)
        self.sliderMoved.connect(self._moved)
        self.sliderReleased.connect(self.finished)

    def set_value(self, value: float) -> None:
        """Put the handle where a number of the model belongs."""
        self._value = value
        if not self.isSliderDown():
            self.setValue(round(self.scale.share_of(value) * self.positions))

    def minimumSizeHint(self) -> QSize:
        return QSize(64, 28)

    def _moved(self, position: int) -> None:
        self._go(self.scale.value_at(position / self.positions))

    def _go(self, value: float) -> None:
        if value != self._value:
            self._value = value
            self.edited.emit(value)

    def _step(self, steps: int) -> None:
        self._go(self.scale.stepped(self._value, steps))
        self._follow()

    def _follow(self) -> None:
        """Put the handle where the keys have led, and wait whether they go on."""
        self.setValue(round(self.scale.share_of(self._value) * self.positions))
        self._pause.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, self
        )
        place = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(place):
            length = self.width() - handle.width()
            position = QStyle.sliderValueFromPosition(
                0, self.positions, place.x() - handle.width() // 2, length
            )
            self.setSliderPosition(position)
            self._moved(position)
        # With the handle under the pointer a drag can go on from here.
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: 1,
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Down: -1,
            Qt.Key.Key_PageUp: 10,
            Qt.Key.Key_PageDown: -10,
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._step(steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go(self.scale.low if key == Qt.Key.Key_Home else self.scale.high)
            self._follow()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus() or not event.angleDelta().y():
            event.ignore()
            return
        self._step(1 if event.angleDelta().y() > 0 else -1)
        event.accept()


class SliderField(QWidget):
    """A slider for the hand and a field for the exact number, beside each other.

    Signals
    -------
    edited
        Another number, from either.
    finished
        The gesture has ended: the handle let go, the keys at rest, the number typed.
    """

    edited = Signal(float)
    finished = Signal()

    def __init__(
        self,
        scale: Scale,
        check: Check = accept_all,
        width: int = 68,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.slider = ScaleSlider(scale)
        self.field = NumberField(scale, check)
        self.field.entry.setFixedWidth(width)
        # The message takes the whole width below both.
        self.field.column.removeWidget(self.field.message)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.slider, 1)
        line.addWidget(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.field.message)
        self.setFocusProxy(self.field)
        self.slider.edited.connect(self._slid)
        self.slider.finished.connect(self.finished)
        self.field.edited.connect(self._typed)
        self.field.finished.connect(self.finished)

    @property
    def value(self) -> float | None:
        """The number in force."""
        return self.field.value

    def set_value(self, value: float) -> None:
        """Show a number of the model."""
        self.field.set_value(value)
        self.slider.set_value(value)

    def set_scale(self, scale: Scale) -> None:
        """Change the range."""
        if scale != self.slider.scale:
            self.slider.scale = self.field.scale = scale
            if self.value is not None:
                self.slider.set_value(self.value)

    def describe_to(self, name: str, help_text: str) -> None:
        """Name both parts for screen readers and explain them to the pointer."""
        self.field.describe_to(name, help_text)
        self.slider.setAccessibleName(name)
        self.slider.setToolTip(help_text)

    def _slid(self, value: float) -> None:
        self.field.set_value(value)
        self.edited.emit(value)

    def _typed(self, value: float) -> None:
        self.slider.set_value(value)
        self.edited.emit(value)
