"""What the mouse does on the canvas: click, drag, wheel and hover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent

from engine.network import Key
from gui.views.canvas.camera import Camera
from gui.views.canvas.hits import Hit

if TYPE_CHECKING:
    from gui.views.canvas.canvas import NetworkCanvas

FIRM = 4.0
"""So far, in pixels, the pointer has to go until a press is a drag."""
COARSE, FINE = 0.01, 0.001
"""What a pixel of a vertical drag adds to a weight of ordinary size."""
NOTCH = 5
"""Pixels of a drag that a notch of the wheel counts for."""
WHEEL_REST_MS = 700
"""After this rest of the wheel its next turn is another edit."""


def stepped(value: float, steps: float, fine: bool) -> float:
    """A value that many steps higher, on the round numbers of its size."""
    size = 10.0 ** max(len(str(int(abs(value)))) - 1, 0) if abs(value) < 1e9 else 1.0
    step = (FINE if fine else COARSE) * size
    raised = value + steps * step
    # Without the round numbers 0.5 would become 0.5099999999999999.
    return float(f"{round(raised / step) * step:.9g}")


@dataclass(frozen=True, slots=True)
class Press:
    """A button that is held down: where it went down, and on what."""

    at: QPointF
    on: Hit | None
    camera: Camera
    weight: Key | None = None
    value: float = 0.0
    dragging: bool = False


class Gestures:
    """The mouse's half of a canvas."""

    def __init__(self, canvas: NetworkCanvas) -> None:
        self._canvas = canvas
        self.press: Press | None = None
        self._rest = QTimer(canvas)
        self._rest.setSingleShot(True)
        self._rest.setInterval(WHEEL_REST_MS)
        self._rest.timeout.connect(canvas.store.end_merge)

    @property
    def dragging(self) -> bool:
        """Whether something is being dragged."""
        return self.press is not None and self.press.dragging

    def pressed(self, event: QMouseEvent) -> None:
        """A button goes down."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            event.ignore()
            return
        canvas = self._canvas
        on = canvas.hit(event.position())
        if event.button() == Qt.MouseButton.MiddleButton:
            on = None
        weight = None
        if on is not None and self._can_turn(on):
            weight = on.target
        value = canvas.edits.value(weight) if weight is not None else 0.0
        self.press = Press(event.position(), on, canvas.camera, weight, value)

    def moved(self, event: QMouseEvent) -> None:
        """The pointer moves, with or without a button held down."""
        canvas, press = self._canvas, self.press
        if press is None:
            canvas.hover(event.position())
            return
        way = event.position() - press.at
        if not press.dragging and way.manhattanLength() < FIRM:
            return
        if not press.dragging:
            press = Press(press.at, press.on, press.camera, press.weight, press.value, True)
            self.press = press
            canvas.editor.dismiss()
            canvas.show_grip()
        if press.weight is None:
            canvas.look_from(press.camera.moved(way, canvas.area))
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        value = stepped(press.value, -way.y(), fine)
        canvas.edits.set_value(press.weight, value, ("canvas.drag", press.weight))

    def released(self, event: QMouseEvent) -> None:
        """A button goes up: a click, or the end of a drag."""
        press, self.press = self.press, None
        if press is None:
            event.ignore()
            return
        if press.dragging:
            if press.weight is not None:
                self._canvas.store.end_merge()
            self._canvas.hover(event.position())
        elif event.button() == Qt.MouseButton.LeftButton:
            self._canvas.click(press.on, event.position())
        self._canvas.show_grip()

    def cancel(self) -> None:
        """Forget what was pressed, as on losing the mouse."""
        if self.press is not None and self.press.weight is not None and self.press.dragging:
            self._canvas.store.end_merge()
        self.press = None

    def wheel(self, event: QWheelEvent) -> None:
        """Over a selected weight the wheel changes it, elsewhere it zooms."""
        canvas = self._canvas
        turned = event.angleDelta().y() or event.angleDelta().x()
        if not turned:
            event.ignore()
            return
        on = canvas.hit(event.position())
        if on is not None and self._can_turn(on):
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.nudge(on.target, turned / 120.0, fine)
        else:
            factor = 1.0015**turned
            canvas.look_from(canvas.camera.zoomed(factor, event.position(), canvas.area))
        event.accept()

    def _can_turn(self, hit: Hit) -> bool:
        """Whether a thing is the selected weight, and can be changed by hand."""
        canvas = self._canvas
        chosen = hit.kind == "parameter" and canvas.is_selected(hit)
        return chosen and not canvas.edits.is_cut(hit.target)

    def nudge(self, key: Key, notches: float, fine: bool) -> None:
        """Change a weight by notches; what follows soon belongs to the same edit."""
        value = stepped(self._canvas.edits.value(key), NOTCH * notches, fine)
        self._canvas.edits.set_value(key, value, ("canvas.wheel", key))
        self._canvas.editor.refresh()
        self._rest.start()
