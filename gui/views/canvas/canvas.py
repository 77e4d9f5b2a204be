"""The network as a living picture: numbers appear step by step, and every part can be changed."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from engine.network import Key
from engine.session import Selection
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.canvas import keyboard
from gui.views.canvas.camera import Camera
from gui.views.canvas.card import paint_caption, paint_card, rows_for
from gui.views.canvas.content import Content
from gui.views.canvas.editor import WeightEditor
from gui.views.canvas.edits import Edits
from gui.views.canvas.gestures import Gestures
from gui.views.canvas.headers import chip_of
from gui.views.canvas.hits import Hit, hit_at
from gui.views.canvas.menu import add, fill, fill_activations
from gui.views.canvas.pace import Pace
from gui.views.canvas.picture import Picture, Pointer
from gui.views.canvas.walk import walked
from gui.views.canvas.words import describe
from gui.views.guard import guarded
from gui.views.scene_export import is_vector
from gui.views.view import View


class NetworkCanvas(View):
    """The network under the cursor.

    Click selects; clicking a weight or a bias opens a field to type it, dragging or turning the
    wheel over a selected one changes it. Elsewhere the wheel zooms, a drag pans and a double click
    shows all. The menu of each part has its other edits.
    """

    unit_hovered: SignalInstance = Signal(object)  # type: ignore[assignment]
    """The id of the neuron under the pointer, or None."""

    key: ClassVar[str] = "network"
    title: ClassVar[str] = mark("Network")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self.edits = Edits(store)
        self.camera = Camera()
        self.maps_shown = True
        self._content = Content(store)
        self._exported = Content(store)
        self._picture: Picture | None = None
        self._pointer_at: QPointF | None = None
        self._under = Pointer()
        self._gestures = Gestures(self)
        self.editor = WeightEditor(self.edits, self)
        self.editor.stepped.connect(self._step_value)
        self._pace = Pace(store.document.cursor, self)
        self._pace.rested.connect(self._come_to_rest)
        self._pace.travelled.connect(self.update)
        self.setMinimumSize(240, 180)
        store.changed.connect(self._on_changed)
        self._describe()

    # -------------------------------------------------------------------------- the document

    def _on_changed(self, aspects: Aspect) -> None:
        shown = Aspect.MOMENT | Aspect.EXPERIMENT | Aspect.SELECTION | Aspect.VIEW
        if not aspects & shown:
            return
        if aspects & Aspect.MOMENT:
            self._pace.move(self.store.document.cursor, self.isVisible())
        if not self.isVisible():
            self._picture = None
            return
        self._forget()
        if not self._pace.is_fast:
            self._describe()
        key = self.editor.parameter
        if key is not None and key not in self.edits.architecture.index:
            self.editor.dismiss()

    def _come_to_rest(self) -> None:
        self._forget()
        self._describe()

    def _describe(self) -> None:
        text = describe(self._content.figures(), self.store.view.selection)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def _forget(self) -> None:
        self._picture = None
        self.update()

    # --------------------------------------------------------------------------- the picture

    @property
    def area(self) -> QRectF:
        """The whole canvas, in logical pixels."""
        return QRectF(self.rect())

    @property
    def transform(self) -> QTransform:
        """From the coordinates of the plan to those of the canvas."""
        return self.camera.transform(self.area, self.picture.plan.scale)

    @property
    def picture(self) -> Picture:
        """What is on screen."""
        if self._picture is None:
            self._picture = self._content.picture(
                self.width(),
                self.height(),
                pointer=self._shown_pointer(),
                zoom=self.camera.zoom,
                fast=self._pace.is_fast,
                with_maps=self.maps_shown,
            )
        return self._picture

    def _shown_pointer(self) -> Pointer | None:
        if self._pointer_at is None or self._gestures.dragging:
            return None
        return self._under.still_there(self.edits.architecture)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("panel"))
        painter.setFont(self.font())
        picture = self.picture
        self._paint(painter, picture, self.area, self._pace.share)
        if picture.pointer is not None and self._pointer_at is not None:
            rows = rows_for(picture.figures, picture.over)
            if not self.editor.isVisible():
                paint_card(painter, rows, self._pointer_at, self.area)
        if self.hasFocus() and self._by_keyboard:
            painter.setPen(theme.color("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.area.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        picture = self._exported.picture(
            area.width(), area.height(), zoom=self.camera.zoom, with_maps=self.maps_shown
        )
        self._paint(painter, picture, area, None)

    def _paint(
        self, painter: QPainter, picture: Picture, area: QRectF, travelled: float | None
    ) -> None:
        painter.save()
        if not is_vector(painter):
            painter.setClipRect(area)
        painter.setTransform(self.camera.transform(area, picture.plan.scale), True)
        picture.paint(painter, travelled)
        painter.restore()
        paint_caption(painter, picture.figures, area)

    def table(self) -> Table:
        """One row a parameter: name, value, and its gradient where that is known by now."""
        figures = self._content.figures()
        names = figures.architecture.layout.names
        return Table(
            ("name", "value", "gradient"),
            [
                (name, float(figures.parameters[index]), figures.gradient(index))
                for index, name in enumerate(names)
            ],
        )

    def reset_view(self) -> None:
        self.look_from(Camera())

    def zoom_by(self, factor: float) -> None:
        self.look_from(self.camera.zoomed(factor, self.area.center(), self.area))

    def look_from(self, camera: Camera) -> None:
        """Look from elsewhere."""
        if camera != self.camera:
            self.camera = camera
            self.editor.dismiss()
            self._forget()

    def show_maps(self, shown: bool) -> None:
        """Show each neuron's own map on it, or circles with numbers."""
        self.maps_shown = shown
        self._forget()

    def retheme(self) -> None:
        self._forget()

    def reword(self) -> None:
        self._describe()
        self._forget()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._forget()
        self.editor.dismiss()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        # What has changed while nobody looked.
        self._forget()
        self._describe()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._pace.stop()
        self.editor.dismiss()
        super().hideEvent(event)

    # ------------------------------------------------------------------------------ the mouse

    def hit(self, point: QPointF) -> Hit | None:
        """What is at a point of the canvas."""
        at = self.transform.inverted()[0].map(point)
        return hit_at(self.picture.places, at.x(), at.y())

    def place_of(self, hit: Hit) -> QPointF | None:
        """A point of the canvas at which a thing can be hit; None where it is not drawn."""
        box = self.box_of(hit)
        return None if box is None else QPointF(box.center())

    def box_of(self, hit: Hit) -> QRect | None:
        """Where a thing is on the canvas; None where it is not drawn."""
        box = self.picture.box_of(hit)
        if box is None:
            return None
        return self.transform.mapRect(box).toAlignedRect()

    def is_selected(self, hit: Hit) -> bool:
        """Whether a thing is selected."""
        return hit.selection is not None and hit.selection == self.store.view.selection

    def hover(self, point: QPointF | None) -> None:
        """Take note of where the pointer is; None: elsewhere."""
        was_away, self._pointer_at = self._pointer_at is None, point
        pointer = Pointer()
        if point is not None:
            at = self.transform.inverted()[0].map(point)
            pointer = Pointer.at(self.picture.places, at.x(), at.y())
        if pointer.unit != self._under.unit:
            self.unit_hovered.emit(pointer.unit)
        if pointer != self._under or was_away or point is None:
            self._under = pointer
            self._picture = None
            self.update()
        elif pointer.over is not None:
            # Only the read-out moves along.
            self.update()
        self.show_grip()

    def show_grip(self) -> None:
        """Show by the pointer's shape what a press would do."""
        over = self._under.over
        shape = Qt.CursorShape.ArrowCursor
        if self._gestures.press is not None and self._gestures.press.dragging:
            weight = self._gestures.press.weight
            shape = Qt.CursorShape.SizeVerCursor if weight else Qt.CursorShape.ClosedHandCursor
        elif over is not None and over.kind == "parameter" and self.is_selected(over):
            shape = Qt.CursorShape.SizeVerCursor
        elif over is not None and over.kind != "loss":
            shape = Qt.CursorShape.PointingHandCursor
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def click(self, hit: Hit | None, point: QPointF) -> None:
        """What a click on a thing does."""
        self.editor.dismiss()
        if hit is None:
            self.store.look(selection=None)
            return
        if hit.selection is not None:
            self.store.look(selection=hit.selection)
        number = hit.target[0]
        match hit.kind:
            case "parameter" if self.edits.is_cut(hit.target):
                self.edits.join(hit.target)
            case "parameter":
                self.edit_value(hit.target, point)
            case "activation":
                self._choose_activation(number)
            case "add_unit":
                self.edits.add_unit(number)
            case "remove_unit":
                self.edits.remove_last_unit(number)
            case "insert_layer":
                self.edits.insert_layer(number)
        if hit.kind in ("add_unit", "remove_unit", "insert_layer"):
            self.hover(point)

    def edit_value(self, key: Key, point: QPointF | None = None) -> None:
        """Open the field in which a parameter is typed, at its label or at a point."""
        if self.edits.is_cut(key):
            return
        self.store.look(selection=Selection("parameter", key))
        box = self.box_of(Hit("parameter", key))
        if box is None or (point is not None and not box.contains(point.toPoint())):
            at = point.toPoint() if point is not None else self.rect().center()
            box = QRect(at - QPoint(2, 6), at + QPoint(2, 6))
        self.editor.open(key, box)

    def _step_value(self, direction: int, fine: bool) -> None:
        if self.editor.parameter is not None:
            self._gestures.nudge(self.editor.parameter, direction / 5.0, fine)

    def _choose_activation(self, number: int) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fill_activations(menu, self.edits, number)
        chip = chip_of(self.picture.plan, number, self.picture.figures)
        corner = QPointF()
        if chip is not None:
            corner = self.transform.map(chip.box.bottomLeft())
        menu.popup(self.mapToGlobal(corner.toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._gestures.pressed(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._gestures.moved(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._gestures.released(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.hit(event.position()) is None:
            self.reset_view()
        else:
            self._gestures.pressed(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._gestures.wheel(event)

    def point_away(self) -> None:
        super().point_away()
        if self._pointer_at is not None:
            self.hover(None)

    # --------------------------------------------------------------------------------- menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._gestures.cancel()
        self.editor.dismiss()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            selection = self.store.view.selection
            hit = Hit(selection.kind, selection.target) if selection is not None else None
            place = self.place_of(hit) if hit is not None else None
            at = place.toPoint() if place is not None else self.rect().center()
            self.menu().popup(self.mapToGlobal(at))
            return
        hit = self.hit(QPointF(event.pos()))
        self.store.look(selection=hit.selection if hit is not None else None)
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """The edits of what is selected, then what every view offers."""
        menu = super().menu()
        first = menu.actions()[0]
        own = QMenu(menu)
        fill(own, self.edits, self.store.view.selection, self.edit_value)
        toggle = partial(self.show_maps, not self.maps_shown)
        entry = add(own, tr("Neuron maps"), toggle, shortcut="M")
        entry.setCheckable(True)
        entry.setChecked(self.maps_shown)
        menu.insertActions(first, own.actions())
        return menu

    # ------------------------------------------------------------------------------ keyboard

    def turn_by(self, right: int, up: int) -> None:
        selection = walked(self.edits.architecture, self.store.view.selection, right, up)
        self.store.look(selection=selection)

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and keyboard.is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if keyboard.is_own(event):
            keyboard.press(self, Qt.Key(event.key()))
        elif event.key() == Qt.Key.Key_Escape and self.store.view.selection is not None:
            self.store.look(selection=None)
        else:
            super().keyPressEvent(event)
