"""The derivation panel of the surface lab: what is true at the point, then rule by rule."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.formula import Line, latex, plain
from engine.table import Table
from gui import theme
from gui.formula import FormulaView, layout, paint
from gui.formula.arrange import color_of
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.follow import Follower
from gui.views.surface_lab_derivation import (
    place_of,
    role_of,
    step_count,
    steps_lines,
    summary,
)
from gui.views.surface_lab_intents import Intents
from gui.views.view import View

MARGIN = 14
_PACE_MS = 70


class SurfaceDerivation(View):
    """Explains all numbers at the point, or the partial derivative that is being taken."""

    key = "surface_derivation"
    title = mark("Derivation")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intents = Intents(store)
        self._store = store
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.heading.setContentsMargins(MARGIN, 10, MARGIN, 2)
        column.addWidget(self.heading)
        self.formulas = FormulaView()
        self.formulas.piece_clicked.connect(self._clicked)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.formulas)
        bar = self._scroll.verticalScrollBar()
        bar.rangeChanged.connect(self._follow_end)
        column.addWidget(self._scroll, 1)
        self._at_step = False
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(_PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        self._waiting = False
        self._position = -1
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is explained now."""
        self._follower.catch_up()
        self._catch_up()
        return self.formulas.lines

    def _refresh(self) -> None:
        """Follow the document, but no faster than anybody reads: the pictures go first."""
        self._waiting = True
        stepped = self._store.view.surface_lab.position != self._position
        if stepped or not self._pace.isActive():
            self._pace.start()
            self._catch_up()

    def _catch_up(self) -> None:
        if not self._waiting:
            return
        self._waiting = False
        study = self._intents.study
        position = min(self._store.view.surface_lab.position, step_count(study))
        self._at_step, self._position = position > 0, self._store.view.surface_lab.position
        if position:
            index, _ = place_of(study, position)
            heading = tr("Partial derivative by {0}").format(study.names[index])
            color = color_of(role_of(study, index))
            self.formulas.set_lines(steps_lines(study, position))
        else:
            heading, color = tr("At this point"), theme.color("text")
            self.formulas.set_lines(summary(study))
        self.heading.setText(heading)
        self.heading.setStyleSheet(f"color: {color.name()};")

    def _follow_end(self, _low: int, high: int) -> None:
        """Keep the newest step in sight."""
        if self._at_step:
            self._scroll.verticalScrollBar().setValue(high)

    def _clicked(self, target: object) -> None:
        if isinstance(target, tuple) and target[0] == "nudge":
            self._intents.nudge_variable(int(target[1]))

    def retheme(self) -> None:
        self._follower.mark()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        lines = self.lines
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(theme.color("text"))
        heading = QRectF(area.left() + MARGIN, area.top() + 8, area.width() - 2 * MARGIN, 24)
        painter.drawText(heading, Qt.AlignmentFlag.AlignVCenter, self.heading.text())
        top = heading.bottom() + 10
        painter.setFont(self.font())
        for line in lines:
            laid_out = layout(line, heading.width(), 17.0 if line.kind != "note" else 14.0)
            paint(painter, laid_out, QPointF(heading.left(), top))
            top += laid_out.height + (10 if line.kind == "rule" else 14)

    def table(self) -> Table:
        """Return the lines as text and as LaTeX."""
        rows = [(line.kind, plain(line, tr), latex(line, tr)) for line in self.lines]
        return Table(("kind", "text", "latex"), rows)
