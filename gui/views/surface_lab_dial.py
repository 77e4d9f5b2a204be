"""The dial of the direction: how steep the surface is along every direction at once."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from engine.numbers import shown
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.painted import PaintedView
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_marks import paint_head, paint_words
from gui.views.surface_lab_study import Study

_TEXT = 64.0
"""Pixels of height for the sentence under the dial."""


class SurfaceDial(PaintedView):
    """Drag around to turn u; the polar curve shows ∇f · u of every direction.

    Left and Right turn by a degree, Up and Down by fifteen, G turns to the gradient.
    """

    key: ClassVar[str] = "surface_direction"
    title: ClassVar[str] = mark("Direction")
    own_keys: ClassVar[frozenset[Qt.Key]] = frozenset({Qt.Key.Key_G})

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        self._study: Study | None = None
        self._turning = False
        super().__init__(store, Aspect.SLOTS, parent)
        self._intents = Intents(store)
        self.header.hide()
        self.readout = self._read_out

    def refresh(self) -> None:
        self._study = self._intents.study

    # ---------------------------------------------------------------------------- geometry

    def circle(self, area: QRectF) -> tuple[QPointF, float]:
        """Middle and radius of the dial."""
        radius = max(20.0, min(area.width(), area.height() - _TEXT) / 2 - 26.0)
        return QPointF(area.center().x(), area.top() + (area.height() - _TEXT) / 2), radius

    def knob(self) -> QPointF:
        """Where the handle stands on screen."""
        middle, radius = self.circle(self.picture_area())
        u = self._intents.study.u
        return middle + QPointF(radius * u[0], -radius * u[1])

    def paint(self, painter: QPainter, area: QRectF) -> None:
        study = self._study
        if study is None:
            return
        middle, radius = self.circle(area)
        small, bold = QFont(self.font()), QFont(self.font())
        small.setPixelSize(11)
        bold.setPixelSize(13)
        bold.setWeight(QFont.Weight.DemiBold)
        _paint_rose(painter, middle, radius, small, study.pair)
        if study.is_smooth and study.steepest > 0.0:
            _paint_polar(painter, study, middle, radius, bold)
        _paint_direction(painter, study, middle, radius, bold)
        _paint_sentence(painter, study, area, bold, small)

    def table(self) -> Table:
        """The slope of every whole degree."""
        self._follower.catch_up()
        study = self._intents.study
        a, b = study.slopes
        rows = []
        for degrees in range(360):
            angle = math.radians(degrees)
            rows.append((degrees, a * math.cos(angle) + b * math.sin(angle)))
        return Table(("degrees", "directional_derivative"), rows)

    # --------------------------------------------------------------------- mouse, keyboard

    def _degrees(self, position: QPointF) -> float:
        middle, _ = self.circle(self.picture_area())
        return math.degrees(math.atan2(middle.y() - position.y(), position.x() - middle.x()))

    def _read_out(self, x: float, y: float) -> str | None:
        middle, radius = self.circle(self.picture_area())
        study = self._intents.study
        if math.hypot(x - middle.x(), y - middle.y()) > 1.2 * radius or not study.is_smooth:
            return None
        degrees = self._degrees(QPointF(x, y)) % 360.0
        a, b = study.slopes
        slope = a * math.cos(math.radians(degrees)) + b * math.sin(math.radians(degrees))
        return tr("{0}°: slope {1}").format(shown(degrees, 4), shown(slope))

    def _turn_to(self, event: QMouseEvent) -> None:
        degrees = self._degrees(event.position())
        step = 15.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self._intents.turn(round(degrees / step) * step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        middle, radius = self.circle(self.picture_area())
        offset = event.position() - middle
        inside = math.hypot(offset.x(), offset.y()) <= radius + 24.0
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self._turning = True
            self._turn_to(event)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._turning:
            self._turn_to(event)
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._turning:
            self._turning = False
            self._intents.release()
        super().mouseReleaseEvent(event)

    def turn_by(self, right: int, up: int) -> None:
        degrees = self._intents.study.degrees
        self._intents.turn(round(degrees - right + 15.0 * up, 6))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_G and not event.modifiers():
            self._intents.turn_to_gradient()
        else:
            super().keyPressEvent(event)

    def reset_view(self) -> None:
        self._intents.turn(45.0)
        self._intents.release()


def _paint_rose(
    painter: QPainter, middle: QPointF, radius: float, font: QFont, names: tuple[str, str]
) -> None:
    painter.setBrush(theme.color("raised"))
    painter.setPen(QPen(theme.color("control"), 1.0))
    painter.drawEllipse(middle, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("grid"), 1.0))
    painter.drawEllipse(middle, radius / 2, radius / 2)
    for degrees in range(0, 360, 15):
        angle = math.radians(degrees)
        out = QPointF(math.cos(angle), -math.sin(angle))
        inner = 0.0 if degrees % 90 == 0 else radius - (9.0 if degrees % 45 == 0 else 5.0)
        painter.setPen(QPen(theme.color("grid" if degrees % 90 == 0 else "control"), 1.0))
        painter.drawLine(middle + out * inner, middle + out * radius)
    for degrees in range(0, 360, 45):
        angle = math.radians(degrees)
        where = middle + QPointF(math.cos(angle), -math.sin(angle)) * (radius + 14.0)
        axis = {0: names[0], 90: names[1]}.get(degrees)
        text = f"{degrees}°" if axis is None else f"{axis} {degrees}°"
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        box = QRectF(where.x() - 24, where.y() - 8, 48, 16)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _paint_polar(
    painter: QPainter, study: Study, middle: QPointF, radius: float, font: QFont
) -> None:
    """The two circles of |∇f · u|: filled where it goes up, dashed where it goes down."""
    a, b = study.slopes
    scale = 0.94 * radius / study.steepest
    for sign, token, style, word in (
        (-1.0, "negative", Qt.PenStyle.DashLine, "−"),
        (1.0, "positive", Qt.PenStyle.SolidLine, "+"),
    ):
        # r = ‖∇f‖ |cos| is a circle whose diameter is the gradient, and its mirror image.
        center = middle + QPointF(a, -b) * (0.5 * scale * sign)
        ink = theme.color(token)
        fill = QColor(ink)
        fill.setAlphaF(0.14)
        painter.setBrush(fill)
        painter.setPen(QPen(ink, 2.0, style))
        painter.drawEllipse(center, 0.47 * radius, 0.47 * radius)
        # On the side of the gradient where u is not.
        side = -0.3 if a * study.u[1] - b * study.u[0] > 0.0 else 0.3
        aside = QPointF(-b, -a) * (side * radius / study.steepest)
        paint_words(painter, center + aside, word, ink, font)
    ink = theme.color("text", 0.75)
    painter.setPen(QPen(ink, 1.4, Qt.PenStyle.DotLine))
    along = QPointF(-b, -a) * (radius / study.steepest)
    painter.drawLine(middle - along, middle + along)
    tip = middle + QPointF(a, -b) * scale
    ink = theme.color("gradient")
    painter.setPen(QPen(theme.color("panel", 0.8), 5.0))
    painter.drawLine(middle, tip)
    painter.setPen(QPen(ink, 3.0))
    painter.drawLine(middle, tip)
    paint_head(painter, tip, math.atan2(-b, a), ink, 11.0)
    paint_words(
        painter, middle + QPointF(a, -b) * (0.72 * scale), f"∇{study.subject.letter}", ink, font
    )


def _paint_direction(
    painter: QPainter, study: Study, middle: QPointF, radius: float, font: QFont
) -> None:
    u = study.u
    out = QPointF(u[0], -u[1])
    ink = theme.color("direction")
    tip = middle + out * radius
    painter.setPen(QPen(theme.color("panel", 0.8), 5.0))
    painter.drawLine(middle, tip)
    painter.setPen(QPen(ink, 2.6))
    painter.drawLine(middle, tip)
    if study.is_smooth and study.steepest > 0.0:
        # How far the polar curve reaches along u is the slope.
        reach = 0.94 * radius * abs(study.slope) / study.steepest
        mark_ = middle + out * reach
        painter.setPen(QPen(theme.color("panel"), 1.5))
        painter.setBrush(theme.color("positive" if study.slope >= 0 else "negative"))
        painter.drawEllipse(mark_, 4.5, 4.5)
    painter.setPen(QPen(theme.color("panel"), 1.8))
    painter.setBrush(ink)
    painter.drawEllipse(tip, 8.0, 8.0)
    painter.setFont(font)
    painter.setPen(theme.color("on_accent"))
    painter.drawText(QRectF(tip.x() - 8, tip.y() - 9, 16, 17), Qt.AlignmentFlag.AlignCenter, "u")


def _paint_sentence(
    painter: QPainter, study: Study, area: QRectF, bold: QFont, small: QFont
) -> None:
    """The slope as a number, and where it comes from."""
    a, b = study.slopes
    u, letter = study.u, study.subject.letter
    large = QFont(bold)
    large.setPixelSize(17)
    top = QRectF(area.left() + 8, area.bottom() - _TEXT + 2, area.width() - 16, 24)
    painter.setFont(large)
    painter.setPen(theme.color("direction"))
    if not study.is_smooth:
        painter.setPen(theme.color("muted"))
        painter.drawText(top, Qt.AlignmentFlag.AlignCenter, tr("no slope here"))
        return
    painter.drawText(top, Qt.AlignmentFlag.AlignCenter, f"∇{letter} · u = {shown(study.slope)}")
    painter.setFont(small)
    painter.setPen(theme.color("text"))
    line = f"{shown(a)} · {_factor(u[0])} + {_bracketed(b)} · {_factor(u[1])}"
    painter.drawText(top.translated(0, 21), Qt.AlignmentFlag.AlignCenter, line)
    painter.setPen(theme.color("muted"))
    turned = math.degrees(math.atan2(b, a)) % 360.0
    if study.steepest > 0.0 and len(study.names) > 2:
        # The whole gradient is longer: it has parts along the variables that are not drawn.
        text = tr("steepest in this plane at {0}°: {1}").format(
            shown(turned, 4), shown(study.steepest)
        )
    elif study.steepest > 0.0:
        text = tr("steepest at {0}°: ‖∇{2}‖ = {1}").format(
            shown(turned, 4), shown(study.steepest), letter
        )
    else:
        text = tr("flat in every direction: ∇{0} = 0").format(letter)
    painter.drawText(top.translated(0, 38), Qt.AlignmentFlag.AlignCenter, text)


def _factor(value: float) -> str:
    return _bracketed(value if abs(value) > 1e-12 else 0.0)


def _bracketed(value: float) -> str:
    text = shown(value)
    return f"({text})" if value < 0 else text
