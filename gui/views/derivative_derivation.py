"""The derivation panel of the derivative lab: f′ rule by rule or as a limit, with live numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.formula import latex, plain
from engine.session.derivative import slot_at, study
from engine.table import Table
from gui.formula import FormulaView, layout, paint
from gui.formula.arrange import color_of
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.derivative_lines import Derived, derived
from gui.views.follow import Follower
from gui.views.view import View

MARGIN = 14
PAUSE_MS = 30
"""Formulas are not read faster than they can change at this rate."""


class DerivativeDerivation(View):
    """Explains the derivative of the moment."""

    key = "derivation"
    title = mark("Derivation")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.heading.setContentsMargins(MARGIN, 10, MARGIN, 0)
        column.addWidget(self.heading)
        self.formulas = FormulaView()
        bind(self.formulas, "setAccessibleName", "Derivation")
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.formulas)
        column.addWidget(scroll, 1)
        self._derived = self._derive()
        self._is_behind = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE_MS)
        self._rest.timeout.connect(self.refresh)
        self._follower = Follower(self, store, Aspect.SLOTS, self._fall_behind)

    @property
    def derived(self) -> Derived:
        """What is explained now."""
        self._follower.catch_up()
        if self._is_behind:
            self.refresh()
        return self._derived

    def _fall_behind(self) -> None:
        """Read the store again soon: while something is dragged, the plots come first."""
        self._is_behind = True
        if not self._rest.isActive():
            self._rest.start()

    def _derive(self) -> Derived:
        slot, look = self._store.document.derivative, self._store.view.derivative_lab
        return derived(study(slot_at(slot, look)), look)

    def refresh(self) -> None:
        """Read the store again."""
        self._is_behind = False
        self._derived = self._derive()
        self.formulas.set_lines(self._derived.lines)
        self._word()

    def _word(self) -> None:
        title = self._derived.title
        self.heading.setText(title.worded(tr))

    def reword(self) -> None:
        self._word()

    def export_size(self) -> QSize:
        return QSize(480, int(self._painted_height(480.0)) + 24)

    def _painted_height(self, width: float) -> float:
        top = 44.0
        for line in self.derived.lines:
            top += layout(line, width - 2 * MARGIN, 17.0).height
            top += 10 if line.kind == "rule" else 14
        return top

    def paint(self, painter: QPainter, area: QRectF) -> None:
        font = QFont(self.font())
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(color_of("text"))
        heading = QRectF(area.left() + MARGIN, area.top() + 8, area.width() - 2 * MARGIN, 24)
        title = self.derived.title.worded(tr)
        painter.drawText(heading, Qt.AlignmentFlag.AlignVCenter, title)
        top = heading.bottom() + 10
        painter.setFont(self.font())
        for line in self.derived.lines:
            laid_out = layout(line, heading.width(), 17.0)
            paint(painter, laid_out, QPointF(heading.left(), top))
            top += laid_out.height + (10 if line.kind == "rule" else 14)

    def table(self) -> Table:
        """The lines as text and as LaTeX."""
        rows = [("title", self.derived.title.worded(tr), "")]
        rows += [(line.kind, plain(line, tr), latex(line, tr)) for line in self.derived.lines]
        return Table(("kind", "text", "latex"), rows)
