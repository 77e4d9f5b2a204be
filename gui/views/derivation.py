"""The derivation panel: the rule, then the same rule with the numbers of this very moment."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.formula import Line, Text, latex, plain
from engine.network.notation import Notation, notation_of
from engine.numbers import shown
from engine.session import Selection
from engine.table import Table
from engine.training import Trace
from engine.training.explanation import (
    Derivation,
    explain_iteration,
    explain_parameter,
    explain_step,
    explain_unit,
)
from gui import theme
from gui.formula import FormulaView, layout, paint
from gui.formula.arrange import color_of
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.view import View

START = Derivation(
    Text(mark("Before the first step"), "text"),
    (
        Line((Text(mark("Press → or the Step button: one neuron at a time."), "muted"),), "note"),
        Line(
            (
                Text(
                    mark("Click a neuron or a weight to see where its number comes from."), "muted"
                ),
            ),
            "note",
        ),
    ),
)
RESTED = Derivation(
    Text(mark("Ready for the next iteration"), "text"),
    (Line((Text(mark("Press → or the Step button: one neuron at a time."), "muted"),), "note"),),
)
MARGIN = 14
PAUSE_MS = 240
"""Between two derivations while time runs at full speed."""
LARGEST_FIGURE, SMALLEST_FIGURE = 20, 10
"""Points of the losses before and after."""


class DerivationView(View):
    """Explains the last step, or what is selected."""

    key = "derivation"
    title = mark("Derivation")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._derivation = START
        self._dirty = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.heading.setContentsMargins(MARGIN, 10, MARGIN, 2)
        column.addWidget(self.heading)
        self.figure = QLabel(self)
        self.figure.setContentsMargins(MARGIN, 2, MARGIN, 2)
        self.figure.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        bind(self.figure, "setAccessibleName", "Loss before and after the iteration")
        column.addWidget(self.figure)
        self.formulas = FormulaView()
        self.formulas.piece_clicked.connect(self._select)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.formulas)
        column.addWidget(scroll, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._refresh)
        store.changed.connect(self._on_changed)

    @property
    def derivation(self) -> Derivation:
        """What is explained now."""
        self._refresh()
        return self._derivation

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & (Aspect.MOMENT | Aspect.EXPERIMENT | Aspect.SELECTION | Aspect.VIEW):
            self._dirty = True
            if self.isVisible() and not self._pause.isActive():
                self._refresh()
                if self._store.view.speed == 0:
                    # At full speed nobody can read every line.
                    self._pause.start()

    def showEvent(self, event: object) -> None:
        self._refresh()
        super().showEvent(event)  # type: ignore[arg-type]

    def _refresh(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        self._derivation = self._explain()
        self.formulas.set_lines(self._derivation.lines)
        self._word()

    def _word(self) -> None:
        title = self._derivation.title
        self.heading.setText(title.worded(tr))
        _style(self.heading, f"color: {color_of(title.role).name()};")
        moment = self._store.moment
        figure = ""
        if moment.previous is not None and self._store.view.selection is None:
            figure = f"{shown(moment.previous.loss)} → {shown(moment.state.loss)}"
        self.figure.setText(figure)
        self.figure.setVisible(bool(figure))
        self._fit_figure()

    def _fit_figure(self) -> None:
        """Write the losses as large as the width allows."""
        room = self.width() - 2 * MARGIN - 4
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        for points in range(LARGEST_FIGURE, SMALLEST_FIGURE - 1, -1):
            font.setPointSize(points)
            if QFontMetrics(font).horizontalAdvance(self.figure.text()) <= room:
                break
        _style(self.figure, f"font-size: {font.pointSize()}pt; font-weight: 600;")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_figure()

    def _explain(self) -> Derivation:
        moment = self._store.moment
        micro = self._store.document.cursor.micro
        notation = notation_of(
            self._store.view.notation, self._store.experiment.architecture.widths
        )
        selection = self._store.view.selection
        trace, position = moment.trace, micro
        if micro == 0 and moment.previous is not None:
            # At rest after an iteration: the numbers on screen come from the one just done.
            trace = moment.segment.training.trace(moment.previous, self._store.view.focus)
            position = trace.count
        if selection is not None:
            selected = _of_selection(trace, position, notation, selection)
            if selected is not None:
                return selected
        if micro:
            return explain_step(trace, position, notation)
        if position:
            return explain_iteration(trace, notation, moment.state.loss)
        return RESTED if moment.state.iteration else START

    def _select(self, target: object) -> None:
        """Isolate the parameter whose gradient was clicked."""
        keys = self._store.experiment.architecture.keys
        if isinstance(target, int) and target < len(keys):
            self._store.look(selection=Selection("parameter", keys[target]))

    def retheme(self) -> None:
        self._word()

    def reword(self) -> None:
        self._word()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(color_of(self._derivation.title.role))
        heading = QRectF(area.left() + MARGIN, area.top() + 8, area.width() - 2 * MARGIN, 24)
        painter.drawText(heading, Qt.AlignmentFlag.AlignVCenter, self.heading.text())
        top = heading.bottom() + 10
        if self.figure.text():
            font.setPointSize(LARGEST_FIGURE)
            painter.setFont(font)
            painter.setPen(theme.color("text"))
            box = QRectF(heading.left(), top, heading.width(), 34)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.figure.text())
            top = box.bottom() + 8
        painter.setFont(self.font())
        for line in self._derivation.lines:
            laid_out = layout(line, heading.width(), 17.0)
            paint(painter, laid_out, QPointF(heading.left(), top))
            top += laid_out.height + (10 if line.kind == "rule" else 16)

    def table(self) -> Table:
        """Return the lines as text and as LaTeX."""
        derivation = self.derivation
        rows = [("title", derivation.title.worded(tr), "")]
        rows += [(line.kind, plain(line, tr), latex(line, tr)) for line in derivation.lines]
        return Table(("kind", "text", "latex"), rows)


def _style(label: QLabel, sheet: str) -> None:
    """Give a label its style; one that it has already is not worked out again."""
    if label.styleSheet() != sheet:
        label.setStyleSheet(sheet)


def _of_selection(
    trace: Trace, position: int, notation: Notation, selection: Selection
) -> Derivation | None:
    """Explain a selection; None where it is gone, or is nothing that has a derivation."""
    architecture = trace.training.experiment.architecture
    if selection.kind == "unit" and selection.target[0] in architecture.places:
        return explain_unit(trace, position, notation, selection.target[0])
    if selection.kind == "parameter" and selection.target in architecture.index:
        return explain_parameter(trace, position, notation, architecture.index[selection.target])
    return None
