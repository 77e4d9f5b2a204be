"""The second-order view: Hessian, its axes, and what kind of place the point is."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from engine.calculus import SecondOrder
from engine.expression import hessian_expressions
from engine.expression.typesetting import variable
from engine.formula import Line, Number, Piece, Symbol
from engine.table import Table
from gui import theme
from gui.formula import layout, paint
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.painted import PaintedView
from gui.views.surface_lab_derivation import equals
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_marks import paint_words
from gui.views.surface_lab_study import Study

KINDS: dict[str, str] = {
    "minimum": mark("A minimum: the surface bends up along both axes"),
    "maximum": mark("A maximum: the surface bends down along both axes"),
    "saddle": mark("A saddle: up along one axis, down along the other"),
    "degenerate": mark("Flat to second order along an axis: this test does not decide"),
    "not_critical": mark("Not a critical point: the gradient is not zero"),
}
"""What is said about each kind of point."""

BENDS: dict[str, str] = {
    "up": mark("It bends up along both axes, like a bowl"),
    "down": mark("It bends down along both axes, like a hilltop"),
    "both": mark("It bends up along one axis and down along the other, like a saddle"),
    "flat": mark("It does not bend along one of its axes"),
}
"""How a surface bends where it is not level."""

_SIZE = 16.0


class SurfaceSecondOrder(PaintedView):
    """Numbers on the left, the level lines of the local paraboloid with its axes on the right."""

    key: ClassVar[str] = "surface_second_order"
    title: ClassVar[str] = mark("Second order")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        self._study: Study | None = None
        super().__init__(store, Aspect.SLOTS, parent)
        self._intents = Intents(store)
        self.header.hide()

    def refresh(self) -> None:
        self._study = study = self._intents.study
        self.setAccessibleDescription(sentence(study))

    def paint(self, painter: QPainter, area: QRectF) -> None:
        study = self._study
        if study is None:
            return
        second = study.second
        if second is None:
            painter.setPen(theme.color("muted"))
            text = tr("There are no second derivatives at this point.")
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), text)
            return
        wide = area.width() > 1.35 * area.height()
        side = min(area.height(), 0.42 * area.width()) if wide else 0.0
        side = side if side >= 120.0 else 0.0
        if not wide and area.height() > 330.0:
            side = min(area.width(), area.height() - 250.0)
        words = area.adjusted(12, 8, -12 - (side if wide else 0.0), -6)
        _paint_numbers(painter, study, second, words, self.font())
        if side >= 110.0:
            corner = (
                QPointF(area.right() - side, area.top() + (area.height() - side) / 2)
                if wide
                else QPointF(area.center().x() - side / 2, area.bottom() - side)
            )
            picture = QRectF(corner.x(), corner.y(), side, side).adjusted(10, 10, -10, -10)
            _paint_paraboloid(painter, study, second, picture, self.font())

    def table(self) -> Table:
        """Hessian, curvatures and axes."""
        self._follower.catch_up()
        second = self._intents.study.second
        if second is None:
            return Table(("name", "value"), ())
        first, other = self._intents.study.pair
        rows: list[tuple[object, ...]] = [
            (f"{a}{b}", float(second.hessian[i, j]))
            for i, a in enumerate((first, other))
            for j, b in enumerate((first, other))
        ]
        for number in (0, 1):
            rows.append((f"lambda{number + 1}", float(second.curvatures[number])))
            for name, part in zip((first, other), second.axes[number], strict=True):
                rows.append((f"v{number + 1}_{name}", float(part)))
        rows.append(("determinant", second.determinant))
        rows.append(("kind", second.kind))
        return Table(("name", "value"), rows)


def sentence(study: Study) -> str:
    """What kind of place the point is, in words."""
    second = study.second
    if second is None:
        return tr("There are no second derivatives at this point.")
    text = tr(KINDS[second.kind])
    if second.kind != "not_critical":
        return text
    low, high = (float(value) for value in second.curvatures)
    small = 1e-8 * max(1.0, abs(low), abs(high))
    bend = "both"
    if min(abs(low), abs(high)) <= small:
        bend = "flat"
    elif low > 0:
        bend = "up"
    elif high < 0:
        bend = "down"
    return f"{text}. {tr(BENDS[bend])}"


def _entries(study: Study) -> str:
    """The second derivatives as a matrix in LaTeX: formulas where they are short, else names."""
    names = study.pair
    expression = study.subject.expression
    if expression is not None and len(study.names) == 2:
        rows = hessian_expressions(expression, names)
        cells = [[cell.latex() for cell in row] for row in rows]
        varying = any(cell.variables for row in rows for cell in row)
        if varying and max(len(cell) for row in cells for cell in row) <= 26:
            return r" \\ ".join(" & ".join(row) for row in cells)
    first, second = (variable(name) for name in names)
    letter = study.subject.letter
    return (
        rf"{letter}_{{{first} {first}}} & {letter}_{{{first} {second}}} \\ "
        rf"{letter}_{{{second} {first}}} & {letter}_{{{second} {second}}}"
    )


def _paint_numbers(
    painter: QPainter, study: Study, second: SecondOrder, area: QRectF, font: QFont
) -> None:
    head = Line(
        (
            Symbol("H"),
            equals(),
            Symbol(rf"\begin{{pmatrix}} {_entries(study)} \end{{pmatrix}}"),
            equals(),
        )
    )
    laid_out = layout(head, 0.72 * area.width(), _SIZE, font)
    paint(painter, laid_out, area.topLeft())
    right = max((box.x + box.width for box in laid_out.boxes), default=0.0)
    last = laid_out.boxes[-1]
    middle = area.top() + last.rectangle.center().y()
    _paint_matrix(painter, second, QPointF(area.left() + right + 6.0, middle))
    top = area.top() + max(laid_out.height, middle - area.top() + 24.0) + 8.0
    for number in (1, 0):
        value = float(second.curvatures[number])
        role = "positive" if value >= 0 else "negative"
        index = 2 - number
        pieces: list[Piece] = [
            Symbol(rf"\lambda_{index}", role),
            equals(),
            Number(value, role),
            Symbol(r"\quad"),
            Symbol(f"v_{index}", role),
            equals(),
            Symbol("("),
            Number(_clean(float(second.axes[number][0])), role),
            Symbol(","),
            Number(_clean(float(second.axes[number][1])), role),
            Symbol(")"),
        ]
        top = _paint_line(painter, Line(tuple(pieces)), area, top, font)
    pieces = [
        Symbol(r"\det H"),
        equals(),
        Number(second.determinant),
        Symbol(r"\quad"),
        Symbol(rf"\lVert \nabla {study.subject.letter} \rVert", "gradient"),
        equals(),
        Number(study.steepest, "gradient"),
    ]
    top = _paint_line(painter, Line(tuple(pieces)), area, top, font)
    painter.setFont(font)
    painter.setPen(theme.color("accent" if second.kind != "not_critical" else "text"))
    room = QRectF(area.left(), top + 2, area.width(), max(area.bottom() - top, 40.0))
    painter.drawText(room, int(Qt.TextFlag.TextWordWrap), sentence(study))


def _paint_line(painter: QPainter, line: Line, area: QRectF, top: float, font: QFont) -> float:
    laid_out = layout(line, area.width(), _SIZE, font)
    paint(painter, laid_out, QPointF(area.left(), top))
    return top + laid_out.height + 7.0


def _paint_matrix(painter: QPainter, second: SecondOrder, left: QPointF) -> None:
    """The numbers of the Hessian between parentheses, each painted anew."""
    cells = [
        [layout(Line((Number(float(value)),)), 200.0, _SIZE) for value in row]
        for row in second.hessian
    ]
    widths = [max(_width(row[j]) for row in cells) for j in range(2)]
    height = 19.0
    x0, total = left.x() + 9.0, sum(widths) + 16.0
    for i, row in enumerate(cells):
        x = x0
        for j, cell in enumerate(row):
            offset = (widths[j] - _width(cell)) / 2
            paint(painter, cell, QPointF(x + offset, left.y() + (i - 1) * height + 2.0))
            x += widths[j] + 16.0
    painter.setPen(QPen(theme.color("text"), 1.3))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for sign, x in ((1.0, left.x() + 5.0), (-1.0, x0 + total + 4.0)):
        middle = left.y()
        painter.drawArc(
            QRectF(x - (0.0 if sign > 0 else 8.0), middle - height, 8.0, 2 * height),
            (90 if sign > 0 else -90) * 16,
            180 * 16,
        )


def _width(laid_out: object) -> float:
    boxes = laid_out.boxes  # type: ignore[attr-defined]
    return max((box.x + box.width for box in boxes), default=0.0)


def _paint_paraboloid(
    painter: QPainter, study: Study, second: SecondOrder, area: QRectF, font: QFont
) -> None:
    """Level lines of ½ vᵀHv around the point, and the eigenvectors as axes."""
    painter.save()
    painter.setPen(QPen(theme.color("border"), 1.0))
    painter.setBrush(theme.color("raised"))
    painter.drawEllipse(area)
    middle, radius = area.center(), area.width() / 2
    scale = float(np.abs(second.curvatures).max())
    if scale > 0.0:
        for level in (-0.8, -0.45, -0.2, -0.05, 0.05, 0.2, 0.45, 0.8):
            _paint_conic(painter, second, level * scale / 2, middle, radius)
    small = QFont(font)
    small.setPixelSize(12)
    small.setWeight(QFont.Weight.DemiBold)
    for number in (1, 0):
        value = float(second.curvatures[number])
        axis = second.axes[number]
        way = QPointF(float(axis[0]), -float(axis[1])) * (0.92 * radius)
        ink = theme.color("positive" if value >= 0 else "negative")
        style = Qt.PenStyle.SolidLine if value >= 0 else Qt.PenStyle.DashLine
        painter.setPen(QPen(ink, 2.4, style))
        painter.drawLine(middle - way, middle + way)
        text = f"λ{'₁' if number else '₂'} {_bend(value)}"
        paint_words(painter, middle + way * 0.78, text, ink, small)
    if study.steepest > 0.0 and second.kind == "not_critical":
        a, b = study.slopes
        way = QPointF(a, -b) * (0.6 * radius / study.steepest)
        painter.setPen(QPen(theme.color("gradient"), 2.4))
        painter.drawLine(middle, middle + way)
        paint_words(
            painter, middle + way * 1.15, f"∇{study.subject.letter}", theme.color("gradient"), small
        )
    painter.setPen(QPen(theme.color("panel"), 1.0))
    painter.setBrush(theme.color("text"))
    painter.drawEllipse(middle, 3.5, 3.5)
    painter.restore()


def _bend(value: float) -> str:
    if value == 0.0:
        return "—"
    return "∪" if value > 0 else "∩"


def _paint_conic(
    painter: QPainter, second: SecondOrder, level: float, middle: QPointF, radius: float
) -> None:
    """The points with ½ (λ₁ p² + λ₂ q²) = level, in polar coordinates around the middle."""
    angles = np.linspace(0.0, 2.0 * np.pi, 181)
    p, q = np.cos(angles), np.sin(angles)
    (l1, l2), (v1, v2) = second.curvatures, second.axes
    with np.errstate(all="ignore"):
        r = np.sqrt(2.0 * level / (l1 * p**2 + l2 * q**2))
    r = np.where(np.isfinite(r) & (r <= 1.0), r, np.nan)
    x = r * (p * v1[0] + q * v2[0])
    y = r * (p * v1[1] + q * v2[1])
    ink = QColor(theme.color("positive" if level > 0 else "negative"))
    ink.setAlphaF(0.75)
    style = Qt.PenStyle.SolidLine if level > 0 else Qt.PenStyle.DashLine
    painter.setPen(QPen(ink, 1.1, style))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    piece = QPolygonF()
    for u, v in zip(x.tolist(), y.tolist(), strict=True):
        if math.isfinite(u):
            piece.append(QPointF(middle.x() + radius * u, middle.y() - radius * v))
        else:
            painter.drawPolyline(piece)
            piece = QPolygonF()
    painter.drawPolyline(piece)


def _clean(value: float) -> float:
    return 0.0 if abs(value) < 1e-12 else value


__all__ = ["KINDS", "SurfaceSecondOrder", "sentence"]
