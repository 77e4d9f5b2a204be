"""The table of the race: who is how far, at what cost, and why it has ended as it has."""

from __future__ import annotations

from typing import Any, ClassVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFont, QFontMetricsF, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QTableView, QVBoxLayout, QWidget

from engine.descent.races import Result
from engine.numbers import exact, shown
from engine.session.runners import Runner
from engine.table import Table
from gui import theme
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.descent_intents import Intents
from gui.views.descent_stage import Stage, stage_of
from gui.views.descent_words import VERDICTS, reason_text, runner_color, runner_name, verdict_text
from gui.views.follow import Follower
from gui.views.view import View

Index = QModelIndex | QPersistentModelIndex
PACE_MS = 200

PLACE, NAME, VALUE, OUTCOME, TOLERANCE, STEPS, VALUES, GRADIENTS, REASON = range(9)
HEADERS = (
    (mark("#"), mark("Place: who first comes to the goal and stays there, then the lower value")),
    (mark("Runner"), mark("Optimizer and learning rate; a click explains its steps")),
    (mark("Value"), mark("The function where it stands")),
    (mark("Outcome"), mark("Converged, stuck, oscillating, diverged or still on the way")),
    (
        mark("To goal"),
        mark("Iterations until it stays within 10⁻⁶ of the fall from the lowest value anybody has"),
    ),
    (mark("Iterations"), mark("Iterations that it has made")),
    (mark("f calls"), mark("How often it has asked for the function")),
    (mark("∇f calls"), mark("How often it has asked for the gradient")),
    (mark("Reason"), mark("Why the outcome is what it is")),
)

Row = tuple[int, Runner, Result]


class _Model(QAbstractTableModel):
    """The ranking, the best first."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def take(self, rows: tuple[Row, ...]) -> None:
        """Show another ranking."""
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        else:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, REASON))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADERS[section][0])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr(HEADERS[section][1])
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        _, runner, result = self.rows[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(index.row() + 1, runner, result, column)
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return _swatch(runner_color(runner))
        if role == Qt.ItemDataRole.ForegroundRole and column == OUTCOME:
            return theme.color(VERDICTS[result.outcome.verdict][1])
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == VALUE:
                return exact(result.value)
            return reason_text(result.outcome) if column in (OUTCOME, REASON) else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft
            if column in (PLACE, VALUE, TOLERANCE, STEPS, VALUES, GRADIENTS):
                side = Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None


def cell_text(place: int, runner: Runner, result: Result, column: int) -> str:
    """What stands in a cell."""
    calls = result.path.evaluations
    goal = result.iterations_to_goal
    return (
        str(place),
        runner_name(runner),
        shown(result.value, 3 if abs(result.value) >= 1e6 else 4),
        verdict_text(result.outcome),
        "–" if goal is None else str(goal),
        str(result.iterations),
        str(calls.values),
        str(calls.gradients),
        reason_text(result.outcome),
    )[column]


class DescentRanking(View):
    """A runner a row; a click explains it."""

    key: ClassVar[str] = "descent_ranking"
    title: ClassVar[str] = mark("Ranking")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store, self._intents = store, Intents(store)
        self._shown: Stage | None = None
        self.grid = QTableView(self)
        self.model = _Model(self.grid)
        self._dress()
        self._dress_grid()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)
        self.grid.clicked.connect(self._pick)
        self.grid.activated.connect(self._pick)
        self._pace = QTimer(self)
        self._pace.setSingleShot(True)
        self._pace.setInterval(PACE_MS)
        self._pace.timeout.connect(self._catch_up)
        self._waiting = False
        self._follower = Follower(self, store, Aspect.SLOTS, self._refresh)

    def _dress_grid(self) -> None:
        grid = self.grid
        grid.setModel(self.model)
        grid.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        grid.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        grid.setTabKeyNavigation(False)
        grid.setShowGrid(False)
        grid.setWordWrap(False)
        grid.setFrameShape(QTableView.Shape.NoFrame)
        grid.setIconSize(QSize(12, 12))
        grid.verticalHeader().hide()
        grid.verticalHeader().setDefaultSectionSize(26)
        header = grid.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(24)
        widths = {PLACE: 26, NAME: 176, VALUE: 84, OUTCOME: 100, TOLERANCE: 58, STEPS: 72}
        for section in range(REASON):
            header.resizeSection(section, widths.get(section, 58))
        header.setStretchLastSection(True)
        bind(grid, "setAccessibleName", self.title)

    def _refresh(self) -> None:
        """Follow the document, but no faster than anybody reads."""
        self._waiting = True
        if not self._pace.isActive():
            self._pace.start()
            self._catch_up()

    def _catch_up(self) -> None:
        if not self._waiting:
            return
        self._waiting = False
        stage = stage_of(self._store)
        if stage is not self._shown:
            self._shown = stage
            self.model.take(ranking(stage))
        for row, (number, _, _) in enumerate(self.model.rows):
            if number == stage.number and self.grid.currentIndex().row() != row:
                self.grid.selectRow(row)

    @property
    def rows(self) -> tuple[Row, ...]:
        """The ranking of the moment."""
        self._follower.catch_up()
        self._catch_up()
        return self.model.rows

    def _pick(self, index: QModelIndex) -> None:
        self._intents.pick(self.model.rows[index.row()][0])

    def reword(self) -> None:
        self._shown = None
        self.model.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, REASON)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """The same table, painted: for exports."""
        rows = self.rows
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        texts = [[tr(name) for name, _ in HEADERS]]
        texts += [
            [cell_text(place, runner, result, column) for column in range(len(HEADERS))]
            for place, (_, runner, result) in enumerate(rows, 1)
        ]
        left = area.left() + 12.0
        for column in range(len(HEADERS)):
            width = max(metrics.horizontalAdvance(line[column]) for line in texts) + 14.0
            for number, line in enumerate(texts):
                token = "muted" if number == 0 else "text"
                if number and column == NAME:
                    token = runner_color(rows[number - 1][1])
                if number and column == OUTCOME:
                    token = VERDICTS[rows[number - 1][2].outcome.verdict][1]
                painter.setPen(theme.color(token))
                room = area.right() - left - 8.0
                where = QRectF(left, area.top() + 10 + 24 * number, min(width, room), 22)
                text = metrics.elidedText(line[column], Qt.TextElideMode.ElideRight, where.width())
                painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)
            left += width
            if left > area.right() - 20:
                break

    def table(self) -> Table:
        """The ranking; outcomes and reasons by their codes."""
        rows = tuple(
            (
                place,
                number + 1,
                runner.optimizer,
                runner.learning_rate,
                result.value,
                result.iterations_to_goal,
                result.iterations,
                *result.path.evaluations,
                result.outcome.verdict.value,
                result.outcome.reason,
            )
            for place, (number, runner, result) in enumerate(self.rows, 1)
        )
        columns = ("place", "runner", "optimizer", "learning_rate", "value", "iterations_to_goal")
        calls = ("iterations", "function_calls", "gradient_calls", "hessian_calls")
        return Table((*columns, *calls, "outcome", "reason"), rows)


def ranking(stage: Stage) -> tuple[Row, ...]:
    """Number, runner and result of each, the best first."""
    own = stage.study
    return tuple((n, own.runners[n], result) for n, result in own.ranking(stage.iteration))


def _swatch(token: str) -> QIcon:
    picture = QPixmap(24, 24)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(token))
    painter.drawEllipse(1, 1, 10, 10)
    painter.end()
    return QIcon(picture)
