"""The base of every instrument: something that draws, can be exported, and owns no model state.

A view keeps what it was last told to draw and nothing else. Numbers under the pointer come from the
model, through ``readout``; a view never reads them off its own picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import pyqtgraph as pg
from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPixmap,
    QRegion,
)
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QVBoxLayout, QWidget

from engine.numbers import shown
from engine.table import Table
from gui import i18n, theme
from gui.i18n import tr
from gui.views.guard import guarded
from gui.views.height_field import power_text
from gui.views.scene_export import exporting, is_vector

__all__ = ["Axis", "PlotBox", "PlotView", "Readout", "View", "is_vector"]

Readout = Callable[[float, float], "str | None"]


class View(QWidget):
    """One instrument.

    ``key`` names its files (``loss.csv``); ``title`` is its English name, marked for translation.
    A subclass draws in :meth:`paint`, which serves the screen and every export alike, and gives the
    data behind the picture in :meth:`table`.
    """

    key: ClassVar[str] = "view"
    title: ClassVar[str] = ""

    hovered: SignalInstance = Signal(float, float)  # type: ignore[assignment]
    left: SignalInstance = Signal()  # type: ignore[assignment]
    export_requested: SignalInstance = Signal(object)  # type: ignore[assignment]
    copy_requested: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.readout: Readout | None = None
        self.menu_extras: list[tuple[str, Callable[[], object]]] = []
        """Further entries of the menu: English text, and what is called."""
        self._pointer: tuple[float, float] | None = None
        self._by_keyboard = False
        self._readout_label = QLabel(self)
        self._readout_label.setObjectName("readout")
        self._readout_label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._readout_label.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.notifier.changed.connect(self._theme_changed)
        i18n.notifier.changed.connect(self._language_changed)
        if self.title:
            i18n.bind(self, "setAccessibleName", self.title)
        self._dress()

    # ------------------------------------------------------------------ what a subclass gives

    @property
    def name_now(self) -> str:
        """English name of what is shown now, where it depends on the task; else the title."""
        return self.title

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Draw the picture into ``area``, in logical pixels, on screen and in exports."""
        raise NotImplementedError

    def table(self) -> Table:
        """The data behind the picture."""
        raise NotImplementedError

    def reset_view(self) -> None:
        """Show everything again, from where one looks at first."""

    def retheme(self) -> None:
        """Forget what was made with the colours of the theme before."""

    def reword(self) -> None:
        """Forget what was made with the words of the language before."""

    # ------------------------------------------------------------------------------- exports

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        """Draw what the screen shows into a rectangle of any painter.

        Works for a view that was never shown. Lines and text stay such where the painter keeps
        them. The rectangle is in logical pixels: scale the painter for more of them.
        """
        painter.save()
        painter.setFont(self.font())
        painter.fillRect(area, theme.color("panel"))
        self.paint(painter, area)
        painter.restore()

    def export_size(self) -> QSize:
        """Logical pixels of a picture of this view: its size on screen, or a usual one."""
        if self.isVisible() and self.width() >= 160 and self.height() >= 120:
            return self.size()
        return QSize(720, 480)

    # -------------------------------------------------------------------------------- hovering

    def point_at(self, x: float, y: float) -> None:
        """Tell that the pointer stands over these coordinates, and show what the model says."""
        self._pointer = (x, y)
        self.hovered.emit(x, y)
        self.refresh_readout()

    def point_away(self) -> None:
        """Tell that the pointer stands over nothing."""
        if self._pointer is not None:
            self._pointer = None
            self.left.emit()
        self._readout_label.hide()

    def refresh_readout(self) -> None:
        """Ask the model again for the numbers under the pointer, for example after a step."""
        text = None
        if self._pointer is not None and self.readout is not None:
            text = self.readout(*self._pointer)
        self._readout_label.setVisible(bool(text))
        if text:
            self._readout_label.setText(text)
            self._readout_label.adjustSize()
            self._place_readout()

    def readout_corner(self) -> QPoint:
        """Where the top left corner of the read-out stands."""
        return QPoint(10, 8)

    def _place_readout(self) -> None:
        self._readout_label.move(self.readout_corner())
        self._readout_label.raise_()

    # ------------------------------------------------------------------------------------ menu

    def menu(self) -> QMenu:
        """The menu of this view; the caller shows it."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for source, called in self.menu_extras:
            action = QAction(tr(source), menu)
            action.triggered.connect(called)
            menu.addAction(action)
        if self.menu_extras:
            menu.addSeparator()
        for text, shortcut, slot in (
            (tr("Reset view"), "R", self.reset_view),
            (tr("Copy picture"), "", self._ask_copy),
            (tr("Export…"), "", self._ask_export),
        ):
            action = QAction(text, menu)
            if shortcut:
                action.setShortcut(shortcut)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    def _ask_copy(self) -> None:
        self.copy_requested.emit(self)

    def _ask_export(self) -> None:
        self.export_requested.emit(self)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu().popup(event.globalPos())

    # -------------------------------------------------------------------------------- keyboard

    def zoom_by(self, factor: float) -> None:
        """Come nearer by a factor."""

    def turn_by(self, right: int, up: int) -> None:
        """Move or turn by one step to the right and up."""

    _ARROWS: ClassVar[dict[Qt.Key, tuple[int, int]]] = {
        Qt.Key.Key_Left: (-1, 0),
        Qt.Key.Key_Right: (1, 0),
        Qt.Key.Key_Up: (0, 1),
        Qt.Key.Key_Down: (0, -1),
    }
    _ZOOMS: ClassVar[dict[Qt.Key, float]] = {
        Qt.Key.Key_Plus: 1.25,
        Qt.Key.Key_Equal: 1.25,
        Qt.Key.Key_Minus: 0.8,
    }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        usual = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        if modifiers & ~usual:
            super().keyPressEvent(event)
        elif key in self._ARROWS and not modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.turn_by(*self._ARROWS[key])
        elif key in self._ZOOMS:
            self.zoom_by(self._ZOOMS[key])
        elif key == Qt.Key.Key_R:
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        # After a click the arrow keys go on stepping through time; who comes by Tab wants to
        # steer the view with them.
        self._by_keyboard = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        super().focusInEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            key = Qt.Key(event.key())
            if plain and (
                (key in self._ARROWS and self._by_keyboard)
                or key in self._ZOOMS
                or key == Qt.Key.Key_R
            ):
                event.accept()
                return True
        if event.type() == QEvent.Type.Leave:
            self.point_away()
        return super().event(event)

    # ----------------------------------------------------------------------- theme and language

    def _theme_changed(self) -> None:
        self._dress()
        self.retheme()
        self.update()

    def _language_changed(self) -> None:
        self.reword()
        self.refresh_readout()
        self.update()

    def _dress(self) -> None:
        self._readout_label.setStyleSheet(
            f"#readout {{ background: {theme.tokens['raised']}; color: {theme.tokens['text']};"
            f" border: 1px solid {theme.tokens['border']}; border-radius: 4px; padding: 3px 7px; }}"
        )


class PlotBox(pg.ViewBox):
    """A view box whose right button belongs to the menu, and whose drags a view may claim."""

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.claim: Callable[[Any], bool] | None = None

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if self.claim is not None and axis is None and self.claim(event):
            event.accept()
        elif event.button() == Qt.MouseButton.RightButton:
            event.ignore()
        else:
            super().mouseDragEvent(event, axis)


class Axis(pg.AxisItem):
    """An axis with numbers as everywhere in Nabla, and marks that stay out of the picture."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, tickLength=4)
        self.enableAutoSIPrefix(False)

    def tickStrings(self, values: Any, scale: float, spacing: float) -> list[str]:
        if self.logMode:
            return [power_text(10.0 ** float(value)) for value in values]
        # A sum of steps is a hair off the round number that is meant.
        digits = max(0, 2 - math.floor(math.log10(spacing * scale))) if spacing > 0 else 6
        return [shown(round(float(value) * scale, digits)) for value in values]


class _Plot(pg.PlotWidget):
    """A plot widget that paints under guard and leaves keys and the menu to its view."""

    def __init__(self, box: PlotBox) -> None:
        super().__init__(viewBox=box, axisItems={side: Axis(side) for side in ("bottom", "left")})
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    @guarded
    def paintEvent(self, event: Any) -> None:
        super().paintEvent(event)


class PlotView(View):
    """A view that is one plot: wheel zooms, a drag pans, R shows everything again.

    Subclasses add items to ``self.plot`` (a pyqtgraph ``PlotItem``); ``self.box`` is its view box.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        self.box = PlotBox()
        super().__init__(parent)
        self.widget = _Plot(self.box)
        self.plot: Any = self.widget.getPlotItem()
        self.plot.setContentsMargins(4, 10, 14, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.widget)
        self._set_fonts()
        theme.style_plot(self.widget)
        self.widget.scene().sigMouseMoved.connect(self._mouse_moved)
        self.widget.viewport().installEventFilter(self)

    def _set_fonts(self) -> None:
        font = QFont(self.font())
        font.setPixelSize(11)
        for entry in self.plot.axes.values():
            entry["item"].setTickFont(font)
            entry["item"].label.setFont(font)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        scene = self.widget.scene()
        scene.prepareForPaint()
        source = QRectF(self.widget.viewport().rect())
        with exporting(scene, painter):
            scene.render(painter, area, source, Qt.AspectRatioMode.KeepAspectRatio)

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        """Draw the plot laid out for the rectangle; the widget's own size comes back after it."""
        before, size = self.size(), area.size().toSize()
        self.setUpdatesEnabled(False)
        try:
            self._lay_out(size)
            super().render_to(painter, area)
        finally:
            if before != size:
                self._lay_out(before)
            self.setUpdatesEnabled(True)

    def _lay_out(self, size: QSize) -> None:
        pixel = QPixmap(1, 1)
        # Painting one pixel makes Qt lay out everything, also where nothing was ever shown. A
        # window that lays itself out meanwhile may take the size back, so ask twice.
        for _ in range(2):
            self.resize(size)
            self.render(pixel, QPoint(), QRegion(0, 0, 1, 1))
            if self.size() == size:
                break
        self.widget.scene().prepareForPaint()

    def reset_view(self) -> None:
        self.box.enableAutoRange()

    def zoom_by(self, factor: float) -> None:
        self.box.scaleBy((1 / factor, 1 / factor))

    def turn_by(self, right: int, up: int) -> None:
        (left, rightmost), (bottom, top) = self.box.viewRange()
        self.box.translateBy(x=right * 0.1 * (rightmost - left), y=up * 0.1 * (top - bottom))

    def readout_corner(self) -> QPoint:
        corner = self.box.sceneBoundingRect().topLeft()
        return QPoint(int(corner.x()) + 8, int(corner.y()) + 8)

    def data_at(self, position: QPointF) -> tuple[float, float] | None:
        """Coordinates of the data at a point of the scene; None outside the axes."""
        if not self.box.sceneBoundingRect().contains(position):
            return None
        point = self.box.mapSceneToView(position)
        return float(point.x()), float(point.y())

    def scene_point(self, x: float, y: float) -> QPointF:
        """The point of the scene, which is that of the widget, at which data are drawn."""
        point: QPointF = self.box.mapViewToScene(QPointF(x, y))
        return point

    def _mouse_moved(self, position: QPointF) -> None:
        where = self.data_at(position)
        if where is None:
            self.point_away()
        else:
            self.point_at(*where)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.point_away()
        return super().eventFilter(watched, event)
