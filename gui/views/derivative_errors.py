"""The error of a difference quotient against its step, on logarithmic axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QWidget

from engine.calculus.functions import Array
from engine.calculus.quotients import KINDS, ErrorCurve
from engine.numbers import shown
from engine.session.derivative import Study, slot_at, study
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.derivative_labels import Labels
from gui.views.follow import Follower
from gui.views.scale_axis import ScaleAxis
from gui.views.scene_item import SceneItem
from gui.views.view import PlotView

SMALLEST = 1e-17
"""What an error of exactly 0 is drawn as: below one digit of any number of size 1."""


@dataclass
class ErrorScene:
    """What the plot shows: the errors of one quotient, faintly those of the central one."""

    study: Study
    errors: ErrorCurve | None = None
    step: float = math.nan
    error: float = math.nan


class ErrorItem(SceneItem):
    """Errors, the two estimates, the best step, and the step of the moment."""

    def __init__(self, scene: Callable[[], ErrorScene]) -> None:
        super().__init__()
        self._scene = scene

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        scene = self._scene()
        errors = scene.errors
        if errors is None:
            painter.setPen(theme.color("muted"))
            text = tr("Without a derivative there is no error to measure")
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(area.adjusted(20, 0, -20, 0), flags, text)
            return
        labels = Labels(area.adjusted(3, 3, -3, -3))
        self._regimes(painter, area, errors, labels)
        painter.setPen(QPen(theme.color("secant"), 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        exact = errors.errors == 0.0
        measured = self._pixels(errors.steps, np.where(exact, np.nan, errors.errors))
        painter.drawPath(_broken(measured))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("secant"))
        for x, y in measured.tolist():
            if math.isfinite(x) and math.isfinite(y):
                painter.drawEllipse(QPointF(x, y), 1.6, 1.6)
        painter.setPen(QPen(theme.color("secant"), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        # An error of exactly 0 has no place on a logarithmic axis: rings at its lower end.
        rings = self._pixels(errors.steps[exact], np.ones(int(exact.sum())))
        for x, _ in rings.tolist():
            painter.drawEllipse(QPointF(x, area.bottom() - 4.0), 2.0, 2.0)
        if len(rings):
            place = QPointF(float(rings[len(rings) // 2, 0]), area.bottom() - 4.0)
            labels.draw(painter, tr("no error: 0"), "secant", (place,), ((0, -1), (1, -1)))
        self._moment(painter, scene, labels)
        self._names(painter, errors, labels)

    def _pixels(self, steps: Array, errors: Array) -> Array:
        with np.errstate(all="ignore"):
            heights = np.log10(np.maximum(errors, SMALLEST))
        return self.to_pixels(np.column_stack((np.log10(steps), heights)))

    def _regimes(self, painter: QPainter, area: QRectF, errors: ErrorCurve, labels: Labels) -> None:
        """The side on which rounding rules, and that on which the formula itself is off."""
        best = errors.best_step
        if math.isfinite(best):
            edge = self.to_pixel(math.log10(best), 0.0).x()
            rounding = QRectF(area.left(), area.top(), edge - area.left(), area.height())
            painter.fillRect(rounding.intersected(area), theme.color("backward", 0.06))
            other = QRectF(edge, area.top(), area.right() - edge, area.height())
            painter.fillRect(other.intersected(area), theme.color("tangent", 0.06))
            painter.setPen(QPen(theme.color("muted"), 1.2, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(edge, area.top(), edge, area.bottom()))
            place = QPointF(edge, area.bottom() - 6)
            text = tr("best h ≈ {0}").format(shown(float(f"{best:.1e}")))
            labels.draw(painter, text, "text", (place,), ((1, -1), (-1, -1)))
        for estimate, token in ((errors.truncation, "tangent"), (errors.rounding, "backward")):
            pen = QPen(theme.color(token), 1.4)
            pen.setDashPattern([5.0, 3.0])
            painter.setPen(pen)
            known = np.where(estimate > 0, estimate, np.nan)
            painter.drawPath(_broken(self._pixels(errors.steps, known)))

    def _moment(self, painter: QPainter, scene: ErrorScene, labels: Labels) -> None:
        size = abs(scene.step)
        if not (size > 0.0 and math.isfinite(scene.error)):
            return
        height = math.log10(max(abs(scene.error), SMALLEST))
        middle = self.to_pixel(math.log10(size), height)
        painter.setPen(QPen(theme.color("panel"), 2.0))
        painter.setBrush(theme.color("secant"))
        painter.drawEllipse(middle, 6.0, 6.0)
        labels.keep_free(middle, 7.0)
        text = f"h = {shown(float(f'{scene.step:.3g}'))}"
        labels.draw(painter, text, "secant", (middle,))

    def _names(self, painter: QPainter, errors: ErrorCurve, labels: Labels) -> None:
        for estimate, token, text, shares in (
            (errors.truncation, "tangent", tr("truncation"), (0.1, 0.2, 0.3)),
            (errors.rounding, "backward", tr("rounding"), (0.9, 0.8, 0.7)),
        ):
            pixels = self._pixels(errors.steps, np.where(estimate > 0, estimate, np.nan))
            places = [pixels[int(share * (len(pixels) - 1))] for share in shares]
            known = tuple(QPointF(*place) for place in places if np.isfinite(place).all())
            labels.draw(painter, text, token, known)


def _broken(pixels: Array) -> QPainterPath:
    """A line through points, broken where one is missing."""
    path: QPainterPath = pg.arrayToQPath(pixels[:, 0], pixels[:, 1], connect="finite")
    return path


class ErrorView(PlotView):
    """How the error of the quotient depends on h: first the formula is off, then the digits."""

    key = "error"
    title = mark("Error against h")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._scene = ErrorScene(study(store.document.derivative))
        self._own_range = True
        for side, spacing in (("bottom", 52.0), ("left", 34.0)):
            axis = ScaleAxis(side, spacing)
            axis.log = True
            self.plot.setAxisItems({side: axis})
        self._set_fonts()
        self.box.disableAutoRange()
        self._item = ErrorItem(self._current_scene)
        self.plot.addItem(self._item, ignoreBounds=True)
        self.box.sigRangeChangedManually.connect(self._zoomed)
        self.readout = self._read
        self._name_axes()
        self._follower = Follower(self, store, Aspect.SLOTS, self.refresh)

    def _current_scene(self) -> ErrorScene:
        return self._scene

    @property
    def scene(self) -> ErrorScene:
        """What is drawn now."""
        self._follower.catch_up()
        return self._scene

    def _name_axes(self) -> None:
        self.plot.setLabel("bottom", "h")
        self.plot.setLabel("left", tr("error of the slope"))

    def reword(self) -> None:
        self._name_axes()

    def refresh(self) -> None:
        """Read the store again."""
        document = self._store.document
        own = study(slot_at(document.derivative, document.view.derivative_lab))
        scene = self._scene
        scene.study = own
        known = math.isfinite(own.slope)
        scene.errors = own.errors if known else None
        quotient = own.quotient_over(own.step, own.quotient_kind) if known else None
        scene.step = own.step
        scene.error = math.nan if quotient is None else quotient.error
        if self._own_range:
            self._frame()
        self._item.update()

    def _frame(self) -> None:
        self.box.setRange(xRange=(-15.3, 0.8), yRange=(-17.2, 2.2), padding=0)

    def _zoomed(self, _: object) -> None:
        self._own_range = False

    def reset_view(self) -> None:
        self._own_range = True
        self._frame()

    def _read(self, x: float, y: float) -> str | None:
        del y
        own = self._scene.study
        if self._scene.errors is None or abs(x) > 300.0:
            return None
        quotient = own.quotient_over(10.0**x, own.quotient_kind)
        if quotient is None:
            return tr("h = {0} is lost in rounding").format(shown(10.0**x))
        return tr("h = {0} · quotient {1} · error {2}").format(
            shown(quotient.step), shown(quotient.slope), shown(quotient.error)
        )

    def table(self) -> Table:
        """One row a step and quotient: the slope, its error, and both estimates."""
        scene = self.scene
        columns = ("quotient", "h", "slope", "error", "truncation", "rounding")
        rows: list[tuple[object, ...]] = []
        if scene.errors is None:
            return Table(columns, rows)
        own = scene.study
        for kind in KINDS:
            errors = own.errors_of(kind)
            parts = (errors.steps, errors.slopes, errors.errors, errors.truncation, errors.rounding)
            rows += [(kind, *row) for row in zip(*(p.tolist() for p in parts), strict=True)]
        return Table(columns, rows)

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)
