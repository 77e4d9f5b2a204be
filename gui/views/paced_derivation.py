"""A derivation that follows a drag at the pace of reading: the pictures go first."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.formula import Line, latex, plain
from engine.table import Table
from gui import theme
from gui.formula import FormulaView, layout, paint
from gui.i18n import mark, tr
from gui.state.store import Aspect, Store
from gui.views.follow import Follower
from gui.views.view import View

MARGIN = 14


class PacedDerivation(View):
    """A heading over formulas, brought up to date at most every ``pace`` milliseconds.

    A subclass fills ``heading`` and ``formulas`` in :meth:`explain`, and may put more into
    ``column`` above the formulas.
    """

    title = mark("Derivation")
    pace = 80

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.heading = QLabel(self)
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.column.addWidget(self.heading)
        self.formulas = FormulaView()
        self.scroll_area = QScrollArea(self)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setWidget(self.formulas)
        self.column.addWidget(self.scroll_area, 1)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(self.pace)
        self._pace.timeout.connect(self._catch_up)
        self._waiting = False
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    def explain(self) -> None:
        """Write heading and formulas of the moment."""
        raise NotImplementedError

    def is_urgent(self) -> bool:
        """Whether the moment is to be explained at once, as after a step by hand."""
        return False

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is explained now."""
        self._follower.catch_up()
        self._catch_up()
        return self.formulas.lines

    def _refresh(self) -> None:
        self._waiting = True
        if self.is_urgent() or not self._pace.isActive():
            self._pace.start()
            self._catch_up()

    def _catch_up(self) -> None:
        if self._waiting:
            self._waiting = False
            self.explain()

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
