"""Maps of the descent lab: where each start ends, and which learning rate × momentum converges."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QFont, QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QLabel, QWidget

from engine.descent.maps import DIVERGED, UNSETTLED, BasinMap, ConvergenceMap, basins, convergence
from engine.errors import NablaError
from engine.numbers import shown
from engine.session.runners import with_setting
from engine.table import Table
from gui import theme
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.state.workers import Cancelled, Lane
from gui.views.descent_intents import Intents
from gui.views.descent_stage import Stage, stage_of
from gui.views.painted import PaintedView, Segments
from gui.views.scale_axis import tick_texts, ticks
from gui.views.surface_painter import paint_ball, polygon
from gui.wording import describe

Floats = NDArray[np.float64]
Picture = BasinMap | ConvergenceMap

_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 14.0, 8.0, 34.0
_CLASSES = 10
STEPS, PIXELS = 200, 256


class _Relay(QObject):
    """Brings pictures that get finer into the window's thread."""

    finer: SignalInstance = Signal(object)  # type: ignore[assignment]


class DescentMaps(PaintedView):
    """One picture for the chosen runner, computed beside the window; a click sends it there."""

    key: ClassVar[str] = "descent_maps"
    title: ClassVar[str] = mark("Maps")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, Aspect.SLOTS, parent)
        self._intents = Intents(store)
        self.kind = Segments(
            (
                ("basins", mark("basins"), mark("Where each start ends, one colour a minimum")),
                (
                    "rates",
                    mark("learning rates"),
                    mark("Which learning rate × momentum converges from this start"),
                ),
            ),
            "basins",
            self.header,
        )
        self.kind.chosen.connect(self._choose)
        self._row.addWidget(self.kind)
        self.share = QLabel(self.header)
        self.share.setProperty("role", "muted")
        self._row.addWidget(self.share)
        self.end_header()
        self.map: Picture | None = None
        self._error: NablaError | None = None
        self._key: object = None
        self._image: tuple[object, QImage] | None = None
        self._relay = _Relay(self)
        self._relay.finer.connect(self._take)
        self._lane = Lane(self)
        self._lane.failed.connect(self._fail)
        self._lane.ready.connect(self._take)
        self.readout = self._read_out

    def shut_down(self) -> None:
        """End the work on a picture."""
        self._lane.shut_down()

    # -------------------------------------------------------------------------------- content

    @property
    def stage(self) -> Stage:
        """What is shown now."""
        return stage_of(self._store)

    def refresh(self) -> None:
        stage = self.stage
        kind = "rates" if stage.look.map == "rates" else "basins"
        self.kind.choose(kind)
        key = self._wanted(stage, kind)
        if key != self._key:
            if not (isinstance(key, tuple) and isinstance(self._key, tuple)) or (
                key[:2] != self._key[:2]
            ):
                # Of another kind, or of another function: nothing of it is right any more.
                self.map = None
            self._key = key
            self._error = None
            self._request(stage, kind, key)
        self._show_share()

    def _wanted(self, stage: Stage, kind: str) -> object:
        """What the picture depends on."""
        if stage.chosen is None:
            return None
        method = stage.chosen.runner.method
        own = stage.subject
        if kind == "basins":
            return kind, own, method, _spans(stage)
        return kind, own, method.optimizer.key, method.schedule, method.clip, stage.study.start

    def _request(self, stage: Stage, kind: str, key: object) -> None:
        if stage.chosen is None:
            self._lane.cancel()
            self.map = None
            return
        relay = self._relay

        def work(cancelled: Cancelled) -> object:
            pictures = _pictures(stage, kind, cancelled)
            last: Picture | None = None
            for picture in pictures:
                last = picture
                if cancelled():
                    break
                relay.finer.emit((key, picture))
            return key, last

        self._lane.request(work, gives_way=True)

    def _take(self, result: tuple[object, Picture | None]) -> None:
        key, picture = result
        if key != self._key or picture is None:
            return
        self.map = picture
        self._show_share()
        self.update()

    def _fail(self, error: NablaError) -> None:
        self._error, self.map = error, None
        self._show_share()
        self.update()

    def _show_share(self) -> None:
        done = self.map is None or self.map.share >= 1.0
        self.share.setText("" if done or self.map is None else f"{100 * self.map.share:.0f} %")

    def _choose(self, kind: str) -> None:
        self._store.look_in("descent_lab", map=kind)

    def compute(self) -> None:
        """Have the picture now, for an export without a screen."""
        stage = self.stage
        kind = "rates" if stage.look.map == "rates" else "basins"
        if stage.chosen is None or (self.map is not None and self.map.share >= 1.0):
            return
        try:
            pictures = _pictures(stage, kind)
            for picture in pictures:
                self.map = picture
        except NablaError as error:
            self._error = error

    def table(self) -> Table:
        """One row a pixel: where it stands, its label, and the iterations it took."""
        self._follower.catch_up()
        self.compute()
        picture = self.map
        if picture is None:
            return Table(("x", "y", "label", "iterations"), ())
        names = ("x", "y") if isinstance(picture, BasinMap) else ("learning_rate", "setting")
        across, up = _axes_of(picture)
        rows = [
            (float(across[j]), float(up[i]), int(label), int(steps))
            for i, (labels, counts) in enumerate(
                zip(picture.labels, picture.iterations, strict=True)
            )
            for j, (label, steps) in enumerate(zip(labels, counts, strict=True))
        ]
        return Table((*names, "label", "iterations"), rows)

    # -------------------------------------------------------------------------------- painting

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        self.compute()
        super().render_to(painter, area)

    def _inner(self, area: QRectF) -> QRectF:
        return area.adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        stage, picture = self.stage, self.map
        inner = self._inner(area)
        if inner.width() < 40 or inner.height() < 30:
            return
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        if picture is None:
            painter.setPen(theme.color("muted"))
            text = tr("Computing…") if self._error is None else describe(self._error)
            if stage.chosen is None:
                text = tr("Add a runner in the inspector: an optimizer that starts at the ball.")
            flags = Qt.AlignmentFlag.AlignCenter.value | Qt.TextFlag.TextWordWrap.value
            painter.drawText(inner, flags, text)
            return
        if self._image is None or self._image[0] != (id(picture), theme.scheme()):
            self._image = (id(picture), theme.scheme()), image_of(picture)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.translate(inner.bottomLeft())
        painter.scale(1.0, -1.0)
        painter.drawImage(QRectF(0, 0, inner.width(), inner.height()), self._image[1])
        painter.restore()
        frame = _frame_of(picture)
        _paint_axes(painter, inner, frame, picture, self._names(stage, picture))
        painter.save()
        painter.setClipRect(inner)
        if isinstance(picture, BasinMap):
            self._paint_basins(painter, stage, inner, frame, picture)
        else:
            self._paint_rates(painter, stage, inner, frame, picture)
        painter.restore()

    def _names(self, stage: Stage, picture: Picture) -> tuple[str, str]:
        """What stands at the axes."""
        if isinstance(picture, ConvergenceMap):
            return tr("learning rate η"), _symbol(stage, picture.name) if picture.name else ""
        names = (*stage.subject.names, "")
        return tr("start {0}").format(names[0]), names[1]

    def _paint_basins(
        self,
        painter: QPainter,
        stage: Stage,
        inner: QRectF,
        frame: tuple[float, ...],
        picture: BasinMap,
    ) -> None:
        flat = len(picture.spans) == 1
        for minimum in picture.minima if len(picture.minima) <= 60 else picture.minima[:1]:
            where = _place(inner, frame, float(minimum[0]), 0.5 if flat else float(minimum[1]))
            for color, width in ((QColor("#FFFFFF"), 4.2), (QColor("#101418"), 1.8)):
                painter.setPen(QPen(color, width))
                for dx, dy in ((4.0, 4.0), (4.0, -4.0)):
                    painter.drawLine(where - QPointF(dx, dy), where + QPointF(dx, dy))
        start = stage.study.start
        paint_ball(painter, _place(inner, frame, start[0], 0.5 if flat else start[1]))

    def _paint_rates(
        self,
        painter: QPainter,
        stage: Stage,
        inner: QRectF,
        frame: tuple[float, ...],
        picture: ConvergenceMap,
    ) -> None:
        if picture.boundary is not None and len(picture.settings) > 1:
            points = np.array(
                [
                    _place(inner, frame, math.log10(rate), value).toTuple()
                    for rate, value in zip(picture.boundary, picture.settings, strict=True)
                ]
            )
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((QColor("#101418"), 4.0), (QColor("#FFFFFF"), 2.0)):
                painter.setPen(QPen(color, width))
                painter.drawPolyline(polygon(points))
        chosen = stage.chosen
        if chosen is None:
            return
        for lane in stage.lanes:
            runner = lane.runner
            if runner.optimizer != chosen.runner.optimizer:
                continue
            value = runner.method.optimizer.hyperparameters.get(picture.name, 0.5)
            where = _place(inner, frame, math.log10(runner.learning_rate), value)
            radius = 6.5 if lane.number == stage.number else 5.0
            painter.setPen(QPen(QColor("#FFFFFF"), 3.4))
            painter.setBrush(theme.color(lane.color))
            painter.drawEllipse(where, radius, radius)
            painter.setPen(QPen(QColor("#101418"), 1.2))
            painter.drawEllipse(where, radius + 0.6, radius + 0.6)

    # --------------------------------------------------------------------------------- pointer

    def _at(self, x: float, y: float) -> tuple[float, float] | None:
        """What the axes say at a pixel of the widget."""
        if self.map is None:
            return None
        inner, (left, right, bottom, top) = self._inner(self.picture_area()), _frame_of(self.map)
        if not inner.contains(QPointF(x, y)):
            return None
        across = left + (x - inner.left()) / inner.width() * (right - left)
        return across, bottom + (inner.bottom() - y) / inner.height() * (top - bottom)

    def _read_out(self, x: float, y: float) -> str | None:
        where, picture = self._at(x, y), self.map
        if where is None or picture is None:
            return None
        across, up = _axes_of(picture)
        along = np.log10(across) if isinstance(picture, ConvergenceMap) else across
        j = int(np.abs(along - where[0]).argmin())
        i = int(np.abs(up - where[1]).argmin())
        label, steps = int(picture.labels[i, j]), int(picture.iterations[i, j])
        if label == DIVERGED:
            text = tr("runs away")
        elif label == UNSETTLED:
            text = tr("still on the way after {0} steps").format(STEPS)
        elif isinstance(picture, BasinMap):
            minimum = ", ".join(shown(float(value), 4) for value in picture.minima[label])
            text = tr("ends at ({0}) after {1} steps").format(minimum, steps)
        else:
            text = tr("arrives after {0} steps").format(steps)
        if isinstance(picture, ConvergenceMap):
            place = f"η = {shown(float(across[j]), 4)}"
            if picture.name:
                place += f", {_symbol(self.stage, picture.name)} = {shown(float(up[i]), 4)}"
        else:
            place = ", ".join(
                f"{name} = {shown(float(value), 4)}"
                for name, value in zip(self.stage.subject.names, (across[j], up[i]), strict=False)
            )
        return f"{place}\n{text}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where = self._at(event.position().x(), event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or where is None:
            super().mousePressEvent(event)
            return
        event.accept()
        self.send(*where)

    def send(self, across: float, up: float) -> None:
        """Send a runner to a place of the map: a start, or a learning rate and a momentum."""
        picture, chosen = self.map, self.stage.chosen
        if isinstance(picture, BasinMap):
            self._intents.move(float(f"{across:.4g}"), float(f"{up:.4g}"))
            self._intents.release()
        elif picture is not None and chosen is not None:
            changes: dict[str, object] = {"learning_rate": float(f"{10.0**across:.3g}")}
            if picture.name:
                value = float(f"{min(max(up, 0.0), 0.9999):.3g}")
                changes["settings"] = with_setting(chosen.runner.settings, picture.name, value)
            self._intents.change(tr("Choose from the map"), **changes)
            self._intents.release()


def _pictures(stage: Stage, kind: str, cancelled: Cancelled | None = None) -> Iterator[Picture]:
    """The map of the chosen runner, coarse ones first.

    Raises
    ------
    NablaError
        It searches along a line, or the frame is no picture.
    """
    assert stage.chosen is not None
    objective, method = stage.subject.objective, stage.chosen.runner.method
    if kind == "basins":
        spans = _spans(stage)
        return basins(objective, method, spans, steps=STEPS, pixels=PIXELS, cancelled=cancelled)
    rate = method.learning_rate
    return convergence(
        objective,
        method,
        stage.study.start,
        rates=(min(1e-4, 0.1 * rate), max(10.0, 10.0 * rate)),
        steps=STEPS,
        pixels=PIXELS,
        cancelled=cancelled,
    )


def _spans(stage: Stage) -> tuple[tuple[float, float], ...]:
    left, right, bottom, top = stage.frame
    return ((left, right), (bottom, top))[: len(stage.subject.names)]


def _symbol(stage: Stage, name: str) -> str:
    from engine.formula import as_unicode

    chosen = stage.chosen
    for parameter in () if chosen is None else chosen.runner.method.entry.hyperparameters:
        if parameter.key == name and parameter.latex:
            return as_unicode(parameter.latex)
    return name


def _axes_of(picture: Picture) -> tuple[Floats, Floats]:
    """What each column and each row of pixels stands for."""
    if isinstance(picture, ConvergenceMap):
        return picture.rates, picture.settings
    height, width = picture.labels.shape
    left, right = picture.spans[0]
    across = left + (right - left) * (np.arange(width) + 0.5) / width
    bottom, top = picture.spans[1] if len(picture.spans) > 1 else (0.0, 1.0)
    return across, bottom + (top - bottom) * (np.arange(height) + 0.5) / height


def _frame_of(picture: Picture) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of the axes; learning rates by their exponents."""
    if isinstance(picture, BasinMap):
        bottom, top = picture.spans[1] if len(picture.spans) > 1 else (0.0, 1.0)
        return *picture.spans[0], bottom, top
    logs = np.log10(picture.rates)
    half = 0.5 * float(logs[1] - logs[0])
    bottom, top = 0.0, 1.0
    if len(picture.settings) > 1:
        step = 0.5 * float(picture.settings[1] - picture.settings[0])
        bottom, top = float(picture.settings[0]) - step, float(picture.settings[-1]) + step
    return float(logs[0]) - half, float(logs[-1]) + half, bottom, top


def _place(inner: QRectF, frame: tuple[float, ...], x: float, y: float) -> QPointF:
    left, right, bottom, top = frame
    return QPointF(
        inner.left() + (x - left) / (right - left) * inner.width(),
        inner.bottom() - (y - bottom) / (top - bottom) * inner.height(),
    )


def _paint_axes(
    painter: QPainter,
    inner: QRectF,
    frame: tuple[float, ...],
    picture: Picture,
    names: tuple[str, str],
) -> None:
    left, right, bottom, top = frame
    log = isinstance(picture, ConvergenceMap)
    flat = picture.labels.shape[0] == 1
    painter.setPen(QPen(theme.color("control"), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(inner)
    painter.setPen(theme.color("muted"))
    across = ticks(left, right, max(2, int(inner.width() / 70)), log)
    for place, text in zip(across, tick_texts(across, log), strict=True):
        where = _place(inner, frame, place, bottom)
        box = QRectF(where.x() - 35, where.y() + 2, 70, 14)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    if not flat:
        upwards = ticks(bottom, top, max(2, int(inner.height() / 40)))
        for place, text in zip(upwards, tick_texts(upwards), strict=True):
            where = _place(inner, frame, left, place)
            box = QRectF(where.x() - _LEFT, where.y() - 7, _LEFT - 6, 14)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, text)
    painter.setPen(theme.color("text"))
    box = QRectF(inner.left(), inner.bottom() + 16, inner.width(), 15)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, names[0])
    box = QRectF(inner.left() - _LEFT + 2, inner.center().y() - 10, 16, 20)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, names[1])


def image_of(picture: Picture) -> QImage:
    """The picture in the colours of the theme, its first row at the low end of y."""
    labels, steps = picture.labels, picture.iterations
    height, width = labels.shape
    colors = np.empty((height, width, 3))
    arrived = labels >= 0
    ground = _rgb(theme.color("background"))
    most = max(float(np.log1p(steps[arrived].max())) if arrived.any() else 1.0, 1e-9)
    speed = 1.0 - np.log1p(np.maximum(steps, 0)) / most
    if isinstance(picture, BasinMap):
        table = np.array([_rgb(_class_color(i, len(picture.minima))) for i in range(256)])
        own = table[np.clip(labels, 0, 255)]
        share = (0.35 + 0.65 * speed)[..., None]
        colors = own * share + ground * (1.0 - share)
    else:
        ramp = theme.colormap("sequential")[:, :3].astype(float)
        colors = ramp[np.clip(255 * (0.25 + 0.75 * speed), 0, 255).astype(int)]
    colors[labels == UNSETTLED] = 0.5 * _rgb(theme.color("muted")) + 0.5 * ground
    colors[labels == DIVERGED] = _rgb(QColor("#15181D"))
    pixels = np.clip(colors, 0, 255).astype(np.uint32)
    packed = np.uint32(0xFF000000) | pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    packed = np.ascontiguousarray(packed, dtype=np.uint32)
    image = QImage(packed.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    return image.copy()


def _class_color(index: int, count: int) -> QColor:
    """Ten colours that everybody can tell apart; beyond these, hues far from each other."""
    if count <= _CLASSES:
        return theme.color(f"class_{index % _CLASSES}")
    return QColor.fromHsvF((0.61803 * index) % 1.0, 0.55 + 0.3 * (index % 3) / 2, 0.85)


def _rgb(color: QColor) -> Floats:
    return np.array([color.red(), color.green(), color.blue()], dtype=float)
