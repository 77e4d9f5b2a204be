"""What the curve view draws: grid, areas, curves, lines, triangles, handles, labels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from engine.calculus.functions import Array
from engine.calculus.sampling import SampledCurve
from engine.numbers import shown
from engine.session.derivative import Study, sampled
from gui import theme
from gui.i18n import tr
from gui.views.derivative_labels import Labels
from gui.views.scene_item import SceneItem

Ticks = tuple[list[float], list[float]]

HANDLE = 6.5
SMALL_HANDLE = 5.5
FOOT = 5.0
WIDE, MIDDLE, THIN = 2.4, 2.0, 1.4
DASHES = {"first": (9.0, 3.0), "second": (4.0, 2.5), "growth": (2.0, 2.5)}
CURVES = (("first", 1, "tangent", "′"), ("second", 2, "direction", "″"))


@dataclass
class CurveScene:
    """What the items of the plot draw, put there by the view.

    Attributes
    ----------
    study
        The function at its point.
    name
        Of the function.
    shown
        Keys of what is drawn beside the curve.
    slope_unit, unit_in, unit_out
        Written behind numbers, with their space; empty: none.
    over, held
        The handle under the pointer, and the one that is dragged.
    """

    study: Study
    name: str = "f"
    shown: frozenset[str] = frozenset()
    slope_unit: str = ""
    unit_in: str = ""
    unit_out: str = ""
    over: str = ""
    held: str = ""
    anchors: dict[str, tuple[QPointF, ...]] = field(default_factory=dict)


class _Item(SceneItem):
    """Base of the layers; they share one scene.

    What a layer draws is kept as a picture for as long as its ``content`` stays the same, as while
    the point is dragged along a curve.
    """

    def __init__(self, scene: Callable[[], CurveScene]) -> None:
        super().__init__()
        self._scene = scene
        self._kept: tuple[object, QPixmap] | None = None

    def content(self) -> object:
        """What the picture depends on besides frame and colours; None: nothing is kept."""
        return None

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw into ``area``, in pixels of the scene."""
        raise NotImplementedError

    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        content = self.content()
        if content is None or self._exportOpts is not False:
            self.draw(painter, area)
            return
        density = painter.device().devicePixelRatioF()
        key = (content, self.frame, area.getRect(), theme.scheme(), density)
        if self._kept is None or self._kept[0] != key:
            size = QSize(math.ceil(area.width() * density), math.ceil(area.height() * density))
            picture = QPixmap(size)
            picture.setDevicePixelRatio(density)
            picture.fill(Qt.GlobalColor.transparent)
            inner = QPainter(picture)
            try:
                inner.setRenderHint(QPainter.RenderHint.Antialiasing)
                inner.translate(-area.topLeft())
                self.draw(inner, area)
            finally:
                inner.end()
            self._kept = key, picture
        painter.drawPixmap(area.topLeft(), self._kept[1])

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of what is seen."""
        (left, right), (bottom, top) = self.getViewBox().viewRange()
        return left, right, bottom, top

    def curve(self, order: int, area: QRectF) -> SampledCurve:
        """f, f′ or f″ as points for this frame."""
        left, right, bottom, top = self.frame
        pixels = int(min(max(area.width() / 1.5, 50), 2000))
        text = self._scene().study.slot.expression
        return sampled(text, order, left, right, pixels, bottom, top)

    def path(self, x: Array, y: Array) -> QPainterPath:
        """A line through points of the data, broken at NaN."""
        pixels = self.to_pixels(np.column_stack((x, y)))
        path: QPainterPath = pg.arrayToQPath(pixels[:, 0], pixels[:, 1], connect="finite")
        return path

    def line_through(self, x: float, y: float, slope: float, area: QRectF) -> QLineF | None:
        """A straight line from edge to edge of the area; None where it does not come by."""
        left, right, bottom, top = self.frame
        if not math.isfinite(y):
            return None
        if math.isinf(slope):
            foot = self.to_pixel(x, bottom).x()
            return QLineF(foot, area.top() - 2, foot, area.bottom() + 2)
        ends = []
        for at in (left, right):
            height = y + slope * (at - x)
            if slope:
                held = min(max(height, bottom), top)
                at = x + (held - y) / slope
                height = held
                at = min(max(at, left), right)
                height = y + slope * (at - x)
            ends.append((at, height))
        if ends[0] == ends[1] or not all(math.isfinite(v) for end in ends for v in end):
            return None
        return QLineF(self.to_pixel(*ends[0]), self.to_pixel(*ends[1]))


class AxesItem(_Item):
    """The grid, and the two axes through the origin."""

    def __init__(self, scene: Callable[[], CurveScene], ticks: Callable[[], Ticks]) -> None:
        super().__init__(scene)
        self._ticks = ticks

    def content(self) -> object:
        return "grid"

    def draw(self, painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        across, up = self._ticks()
        for token, xs, ys in (("grid", across, up), ("control", [0.0], [0.0])):
            painter.setPen(QPen(theme.color(token), 1.0))
            for x in xs:
                place = round(self.to_pixel(x, 0.0).x()) + 0.5
                if area.left() <= place <= area.right():
                    painter.drawLine(QLineF(place, area.top(), place, area.bottom()))
            for y in ys:
                place = round(self.to_pixel(0.0, y).y()) + 0.5
                if area.top() <= place <= area.bottom():
                    painter.drawLine(QLineF(area.left(), place, area.right(), place))


class AreaItem(_Item):
    """The area under f: its pieces, and what it grows to."""

    def content(self) -> object:
        scene, slot = self._scene(), self._scene().study.slot
        shown_here = scene.shown & {"area", "growth"}
        if not shown_here:
            return ()
        return shown_here, slot.expression, slot.start, slot.end, slot.parts, slot.rule

    def draw(self, painter: QPainter, area: QRectF) -> None:
        scene = self._scene()
        if "area" in scene.shown:
            self._pieces(painter, scene.study)
        if "growth" in scene.shown:
            growth = scene.study.growth
            painter.setPen(_pen("update", MIDDLE, DASHES["growth"]))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self.path(growth.x, growth.values))

    def _pieces(self, painter: QPainter, study: Study) -> None:
        total = study.sum
        outlines = total.outlines
        n, points, _ = outlines.shape
        pixels = self.to_pixels(outlines.reshape(-1, 2)).reshape(n, points, 2)
        falls = study.slot.end < study.slot.start
        for sign, token in ((1.0, "positive"), (-1.0, "negative")):
            chosen = np.isfinite(total.areas) & ((total.areas >= 0) == (sign > 0))
            if falls:
                chosen = np.isfinite(total.areas) & ((total.areas < 0) == (sign < 0))
            path = QPainterPath()
            for piece in pixels[chosen]:
                path.addPolygon(QPolygonF([QPointF(*corner) for corner in piece.tolist()]))
                path.closeSubpath()
            # Edges of very many pieces would make one dark block.
            narrow = n > 1 and abs(pixels[0, 0, 0] - pixels[-1, 0, 0]) / n < 4.0
            painter.setPen(Qt.PenStyle.NoPen if narrow else QPen(theme.color(token, 0.75), 1.0))
            painter.setBrush(theme.color(token, 0.17))
            painter.drawPath(path)
            if sign < 0 and not path.isEmpty():
                # A sign is never told by colour alone.
                brush = painter.brush()
                brush.setStyle(Qt.BrushStyle.BDiagPattern)
                brush.setColor(theme.color(token, 0.45))
                painter.setBrush(brush)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawPath(path)


class CurvesItem(_Item):
    """f, and where they are wanted f′ and f″."""

    def content(self) -> object:
        scene = self._scene()
        return scene.shown & {"first", "second"}, scene.study.slot.expression

    def draw(self, painter: QPainter, area: QRectF) -> None:
        scene = self._scene()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        scene.anchors.clear()
        for key, order, token, _ in CURVES:
            if key in scene.shown:
                curve = self.curve(order, area)
                painter.setPen(_pen(token, THIN + 0.3, DASHES[key]))
                painter.drawPath(self.path(curve.x, curve.y))
                scene.anchors[key] = self._label_places(curve, area)
        curve = self.curve(0, area)
        painter.setPen(_pen("text", WIDE))
        painter.drawPath(self.path(curve.x, curve.y))
        self._ends(painter, curve, area)
        scene.anchors["f"] = self._label_places(curve, area)

    def _ends(self, painter: QPainter, curve: SampledCurve, area: QRectF) -> None:
        """Rings where a jump or a hole leaves a point out, a disc where the value lies."""
        study = self._scene().study
        for gap in curve.gaps[:60]:
            if gap.kind not in ("jump", "hole"):
                continue
            value = float(study.curve(0.5 * (gap.left + gap.right)))
            for x, y in ((gap.left, gap.left_value), (gap.right, gap.right_value)):
                if not math.isfinite(y):
                    continue
                middle = self.to_pixel(x, y)
                if area.contains(middle):
                    reached = math.isclose(value, y, rel_tol=1e-9, abs_tol=1e-9)
                    painter.setPen(QPen(theme.color("text"), 1.6))
                    painter.setBrush(theme.color("text" if reached else "panel"))
                    painter.drawEllipse(middle, 3.6, 3.6)
                    painter.setBrush(Qt.BrushStyle.NoBrush)

    def _label_places(self, curve: SampledCurve, area: QRectF) -> tuple[QPointF, ...]:
        """Points of a curve, from the right, at which its name may stand."""
        _, _, bottom, top = self.frame
        seen = np.flatnonzero((curve.y > bottom) & (curve.y < top))
        if not len(seen):
            return ()
        chosen = [seen[int(share * (len(seen) - 1))] for share in (0.97, 0.9, 0.8, 0.65, 0.1, 0.03)]
        return tuple(self.to_pixel(float(curve.x[i]), float(curve.y[i])) for i in chosen)


class LinesItem(_Item):
    """Secants, tangent, triangles, handles, and all labels."""

    def draw(self, painter: QPainter, area: QRectF) -> None:
        scene, study = self._scene(), self._scene().study
        labels = Labels(area.adjusted(3, 3, -3, -3))
        lines: list[tuple[QLineF, str, str, float]] = []
        for middle, radius in self._marks():
            labels.keep_free(middle, radius + 2.0)
        if "one_sided" in scene.shown:
            self._one_sided(painter, area, lines)
        if "secant" in scene.shown and study.secant is not None:
            line = self.line_through(study.point, study.value, study.secant.slope, area)
            if line is not None:
                self._stroke(painter, line, "secant", MIDDLE)
                text = tr("secant: {0}").format(shown(study.quotient)) + scene.slope_unit
                lines.append((line, text, "secant", study.other))
        if "tangent" in scene.shown:
            self._tangent(painter, area, lines)
        if "secant" in scene.shown and study.secant is not None:
            self._rise_and_run(painter, labels)
        if "differential" in scene.shown:
            self._differential(painter, labels)
        if "area" in scene.shown:
            self._limits(painter, labels, area)
        self._handles(painter)
        for line, text, token, _ in lines:
            labels.draw(painter, text, token, _along(line))
        self._names(painter, labels, area)

    # --------------------------------------------------------------------------------- lines

    def _stroke(
        self,
        painter: QPainter,
        line: QLineF,
        token: str,
        width: float,
        dashes: tuple[float, ...] = (),
    ) -> None:
        painter.setPen(_pen(token, width, dashes))
        painter.drawLine(line)

    def _tangent(
        self, painter: QPainter, area: QRectF, lines: list[tuple[QLineF, str, str, float]]
    ) -> None:
        scene, study = self._scene(), self._scene().study
        tangent = study.tangent
        if tangent is not None:
            line = self.line_through(study.point, study.value, tangent.slope, area)
            if line is not None:
                self._stroke(painter, line, "tangent", MIDDLE)
                text = tr("tangent: {0}").format(shown(tangent.slope)) + scene.slope_unit
                lines.append((line, text, "tangent", study.point))
            return
        # At a kink each side has a tangent of its own, and only there.
        for limit, side, text in (
            (study.verdict.left, -1.0, tr("from the left: {0}")),
            (study.verdict.right, 1.0, tr("from the right: {0}")),
        ):
            if not (limit.exists or limit.behaviour == "grows"):
                continue
            whole = self.line_through(study.point, study.value, limit.value, area)
            if whole is None:
                continue
            middle = self.to_pixel(study.point, study.value)
            # A line that grows without bound to the right goes up or down with its sign.
            forward = whole.p2() if side > 0 else whole.p1()
            if math.isinf(limit.value):
                up = (limit.value > 0) == (side > 0)
                forward = QPointF(middle.x(), area.top() if up else area.bottom())
            half = QLineF(middle, forward)
            self._stroke(painter, half, "tangent", MIDDLE, (5.0, 3.0))
            lines.append((half, text.format(shown(limit.value)), "tangent", study.point))

    def _one_sided(
        self, painter: QPainter, area: QRectF, lines: list[tuple[QLineF, str, str, float]]
    ) -> None:
        scene, study = self._scene(), self._scene().study
        back = study.secant_back
        if back is not None:
            line = self.line_through(study.point, study.value, back.slope, area)
            if line is not None:
                self._stroke(painter, line, "secant", MIDDLE, (5.0, 3.0))
                text = tr("left secant: {0}").format(shown(back.slope)) + scene.slope_unit
                lines.append((line, text, "secant", study.point - study.step))
        if "secant" not in scene.shown and study.secant is not None:
            line = self.line_through(study.point, study.value, study.secant.slope, area)
            if line is not None:
                self._stroke(painter, line, "secant", MIDDLE)
                text = tr("right secant: {0}").format(shown(study.quotient)) + scene.slope_unit
                lines.append((line, text, "secant", study.other))

    # ----------------------------------------------------------------------------- triangles

    def _rise_and_run(self, painter: QPainter, labels: Labels) -> None:
        scene, study = self._scene(), self._scene().study
        corner = self.to_pixel(study.other, study.value)
        start = self.to_pixel(study.point, study.value)
        end = self.to_pixel(study.other, study.other_value)
        painter.setPen(_pen("secant", THIN, (3.0, 3.0)))
        painter.drawLine(start, corner)
        painter.drawLine(corner, end)
        right, up = end.x() >= start.x(), end.y() <= start.y()
        if abs(corner.x() - start.x()) > 18:
            text = f"h = {shown(study.step)}{scene.unit_in}"
            below = ((0, 1), (0, -1)) if up else ((0, -1), (0, 1))
            labels.draw(painter, text, "secant", (_middle(start, corner),), below)
        if abs(corner.y() - end.y()) > 14:
            text = f"Δ{scene.name} = {shown(study.delta)}{scene.unit_out}"
            side = ((1, 0), (-1, 0)) if right else ((-1, 0), (1, 0))
            labels.draw(painter, text, "secant", (_middle(corner, end), end), side)

    def _differential(self, painter: QPainter, labels: Labels) -> None:
        """dx to the side, df up to the tangent, Δf up to the curve."""
        scene, study = self._scene(), self._scene().study
        if not math.isfinite(study.differential):
            return
        start = self.to_pixel(study.point, study.value)
        corner = self.to_pixel(study.other, study.value)
        on_line = self.to_pixel(study.other, study.value + study.differential)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("tangent", 0.16))
        painter.drawConvexPolygon(QPolygonF([start, corner, on_line]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen("tangent", MIDDLE + 0.4))
        painter.drawLine(start, corner)
        painter.drawLine(corner, on_line)
        right = on_line.x() >= start.x()
        name = scene.study.subject.variable
        up = on_line.y() <= corner.y()
        if "secant" not in scene.shown:
            below = ((0, 1), (0, -1)) if up else ((0, -1), (0, 1))
            text = f"d{name} = {shown(study.step)}{scene.unit_in}"
            labels.draw(painter, text, "tangent", (_middle(start, corner),), below)
        text = f"d{scene.name} = {shown(study.differential)}{scene.unit_out}"
        inner = ((-1, 0), (1, 0)) if right else ((1, 0), (-1, 0))
        labels.draw(painter, text, "tangent", (_middle(corner, on_line), on_line), inner)
        if math.isfinite(study.other_value):
            end = self.to_pixel(study.other, study.other_value)
            painter.setPen(_pen("secant", MIDDLE, (4.0, 2.0)))
            shift = QPointF(3.0 if right else -3.0, 0.0)
            painter.drawLine(corner + shift, end + shift)
            if "secant" not in scene.shown:
                text = f"Δ{scene.name} = {shown(study.delta)}{scene.unit_out}"
                outer = ((1, 0), (-1, 0)) if right else ((-1, 0), (1, 0))
                labels.draw(painter, text, "secant", (_middle(on_line, end), end), outer)

    # --------------------------------------------------------------------------------- areas

    def _limits(self, painter: QPainter, labels: Labels, area: QRectF) -> None:
        scene, study = self._scene(), self._scene().study
        slot = study.slot
        for key, x in (("start", slot.start), ("end", slot.end)):
            foot = self.to_pixel(x, 0.0)
            height = float(study.curve(x))
            if math.isfinite(height):
                painter.setPen(_pen("positive", THIN))
                painter.drawLine(foot, self.to_pixel(x, height))
            self._handle(painter, foot, "positive", key, square=True)
            labels.keep_free(foot, 8.0)
        total = study.sum.total
        whole = study.integral.value
        heights = np.append(study.sum.tops[..., 1].ravel(), 0.0)
        top = float(np.max(heights[np.isfinite(heights)]))
        middle = self.to_pixel(0.5 * (slot.start + slot.end), 0.45 * top)
        text = f"Σ = {_known(total)}   ∫ = {_known(whole)}"
        ground = self.to_pixel(0.5 * (slot.start + slot.end), 0.0)
        below = ground if total >= 0.0 else QPointF(ground.x(), ground.y() - 30.0)
        ways = ((0, 1), (0, -1), (1, 1), (-1, 1))
        labels.draw(painter, text, "positive", (below, middle, self.to_pixel(slot.end, top)), ways)
        if "growth" in scene.shown and math.isfinite(whole):
            end = self.to_pixel(max(slot.start, slot.end), float(study.growth.values[-1]))
            name = f"F({study.subject.variable})"
            labels.draw(painter, name, "update", (end,))

    # ------------------------------------------------------------------------------- handles

    def _marks(self) -> list[tuple[QPointF, float]]:
        return [(self.to_pixel(x, y), HANDLE) for _, x, y in handles(self._scene(), self.frame)]

    def _handles(self, painter: QPainter) -> None:
        for key, x, y in handles(self._scene(), self.frame):
            if key in ("start", "end"):
                continue
            token = "tangent" if key == "point" else "secant"
            self._handle(painter, self.to_pixel(x, y), token, key)

    def _handle(
        self, painter: QPainter, middle: QPointF, token: str, key: str, square: bool = False
    ) -> None:
        scene = self._scene()
        size = SMALL_HANDLE if square else HANDLE
        if key in (scene.over, scene.held):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(token, 0.25))
            painter.drawEllipse(middle, size + 6.0, size + 6.0)
        exists = key in ("start", "end") or math.isfinite(
            scene.study.value if key == "point" else scene.study.other_value
        )
        painter.setPen(QPen(theme.color("panel") if exists else theme.color(token), 2.0))
        painter.setBrush(theme.color(token) if exists else theme.color("panel"))
        if square:
            box = QRectF(middle.x() - size, middle.y() - size, 2 * size, 2 * size)
            painter.drawRoundedRect(box, 2.0, 2.0)
        else:
            painter.drawEllipse(middle, size, size)

    # --------------------------------------------------------------------------------- names

    def _names(self, painter: QPainter, labels: Labels, area: QRectF) -> None:
        scene = self._scene()
        name, variable = scene.name, scene.study.subject.variable
        for key, token, text in (
            ("f", "text", f"{name}({variable})"),
            *((key, token, f"{name}{prime}({variable})") for key, _, token, prime in CURVES),
        ):
            places = scene.anchors.get(key, ())
            labels.draw(painter, text, token, places)
        study = scene.study
        if not math.isfinite(study.value):
            text = tr("{0} has no value at {1}").format(name, shown(study.point))
            middle = self.to_pixel(study.point, 0.0)
            places = (middle, QPointF(area.center().x(), area.top() + 20))
            labels.draw(painter, text, "warning", places)


def handles(
    scene: CurveScene, frame: tuple[float, float, float, float]
) -> list[tuple[str, float, float]]:
    """The handles that can be dragged: key and place; one without a value stands on the axis."""
    study = scene.study
    _, _, bottom, top = frame
    ground = min(max(0.0, bottom), top)
    found = []
    if scene.shown & {"secant", "one_sided", "differential"}:
        height = study.other_value if math.isfinite(study.other_value) else ground
        found.append(("step", study.other, height))
    if "area" in scene.shown or "growth" in scene.shown:
        found.append(("start", study.slot.start, ground))
        found.append(("end", study.slot.end, ground))
    height = study.value if math.isfinite(study.value) else ground
    found.append(("point", study.point, height))
    return found


def _known(value: float) -> str:
    return shown(value) if math.isfinite(value) else "–"


def _middle(a: QPointF, b: QPointF) -> QPointF:
    return QPointF(0.5 * (a.x() + b.x()), 0.5 * (a.y() + b.y()))


def _pen(token: str, width: float, dashes: tuple[float, ...] = ()) -> QPen:
    pen = QPen(theme.color(token), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes:
        pen.setDashPattern(list(dashes))
    return pen


def _along(line: QLineF) -> tuple[QPointF, ...]:
    """Points of a line at which its label may stand, near its ends first."""
    return tuple(line.pointAt(share) for share in (0.92, 0.85, 0.76, 0.1, 0.18, 0.65, 0.3))
