"""The figures of a lesson as a table: what is expected, what is there now, and whether it came."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.formula import as_unicode
from engine.numbers import exact, shown
from engine.session.lessons import Figure
from gui import i18n, icons, theme
from gui.formula import symbol_path
from gui.i18n import bind, tr
from gui.views.guard import guarded

MARK = 20
MOST_SYMBOL = 46
NUMBER = 82
LEAST_NAME = 64
"""Below this width a name stands over its numbers instead of beside them."""
GAP = 6
ROW = 32
HEADER = 22
SYMBOL_SIZE = 1.25
# A fraction is smaller than a letter, so that rows stay low.
LARGEST_SYMBOL = 30.0


class FigureTable(QWidget):
    """All figures of a lesson, one under the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(_Header(self))
        self.rows: list[FigureRow] = []
        bind(self, "setAccessibleName", "Figures")

    def set_figures(self, figures: tuple[Figure, ...]) -> None:
        """Show other figures, none of them known yet."""
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.rows = [FigureRow(figure, self) for figure in figures]
        # One column of symbols, as wide as the widest.
        column = max((row.symbol_width() for row in self.rows), default=0.0)
        for row in self.rows:
            row.set_column(column)
            self._column.addWidget(row)

    def show_value(self, number: int, now: float | None, reached: bool) -> None:
        """Show what a figure is now, and whether it has come out."""
        self.rows[number].show_value(now, reached)


class _Header(QWidget):
    """The names of the columns."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEADER)
        theme.notifier.changed.connect(self.update)
        i18n.notifier.changed.connect(self.update)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(theme.color("muted"))
        painter.setFont(_small(self.font()))
        for place, text in zip(_number_places(self.width(), HEADER), _columns(), strict=True):
            painter.drawText(place, _RIGHT, text)
        painter.setPen(theme.color("border"))
        painter.drawLine(0, HEADER - 1, self.width(), HEADER - 1)
        painter.end()


class FigureRow(QWidget):
    """One figure."""

    def __init__(self, figure: Figure, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure = figure
        self.now: float | None = None
        self.reached = False
        self._column = 0.0
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier.changed.connect(self.update)
        i18n.notifier.changed.connect(self._reword)
        self._reword()

    @property
    def name(self) -> str:
        """What the figure is, in the language of the moment."""
        return self.figure.name.get(i18n.current(), self.figure.name["en"])

    def show_value(self, now: float | None, reached: bool) -> None:
        """Show the value of the moment (None: not known yet), and whether it has come out."""
        if (now, reached) != (self.now, self.reached):
            self.now, self.reached = now, reached
            self._reword()

    def _reword(self) -> None:
        expected = tr("expected {0}").format(exact(self.figure.expected))
        now = tr("not known yet") if self.now is None else tr("now {0}").format(exact(self.now))
        parts = [self.name, as_unicode(self.figure.symbol), expected, now]
        if self.reached:
            parts.append(tr("reached"))
        text = ", ".join(part for part in parts if part)
        self.setToolTip(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def symbol_width(self) -> float:
        """Return how wide the symbol is painted."""
        if not self.figure.symbol:
            return 0.0
        _, advance, _, _ = symbol_path(self.figure.symbol, self._symbol_size())
        return min(advance * self._factor(), MOST_SYMBOL)

    def set_column(self, width: float) -> None:
        """Give the column of symbols its width."""
        self._column = width
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        metrics = QFontMetricsF(_small(self.font()))
        name = metrics.boundingRect(self._words(width, 1000.0), _WRAPPED, self.name).height()
        if self._is_stacked(width):
            return ceil(name + metrics.height()) + 10
        return max(ROW, ceil(name) + 6)

    def sizeHint(self) -> QSize:
        return QSize(260, self.heightForWidth(max(self.width(), 240)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def _left(self) -> float:
        """Where the name begins: right of the symbols."""
        return MARK + self._column + GAP * (self._column > 0)

    def _beside(self, width: int) -> float:
        """Room for the name between the symbols and the numbers."""
        metrics = QFontMetricsF(_small(self.font(), 0.96))
        number = metrics.horizontalAdvance(shown(self.figure.expected))
        return width - NUMBER - max(number, NUMBER - 22) - GAP - self._left()

    def _is_stacked(self, width: int) -> bool:
        return self._beside(width) < LEAST_NAME

    def _words(self, width: int, height: float) -> QRectF:
        """The place of the name: beside the numbers, or over them where the panel is narrow."""
        if self._is_stacked(width):
            line = QFontMetricsF(_small(self.font())).height()
            return QRectF(self._left(), 3, width - self._left(), height - line - 8)
        return QRectF(self._left(), 0, self._beside(width), height)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.reached:
            place = QRectF(0, (self.height() - 16) / 2, 16, 16)
            icons.paint(painter, place, "check", "success")
        self._paint_symbol(painter)
        painter.setPen(theme.color("muted"))
        painter.setFont(_small(self.font()))
        painter.drawText(self._words(self.width(), self.height()), _WRAPPED, self.name)
        painter.setFont(_small(self.font(), 0.96))
        expected, now = _number_places(self.width(), self.height())
        if self._is_stacked(self.width()):
            line = QFontMetricsF(painter.font()).height()
            for place in (expected, now):
                place.setTop(self.height() - line - 4)
        painter.setPen(theme.color("muted"))
        painter.drawText(expected, _RIGHT, shown(self.figure.expected))
        painter.setPen(theme.color("text" if self.now is not None else "muted"))
        painter.drawText(now, _RIGHT, "–" if self.now is None else shown(self.now))
        painter.end()

    def _symbol_size(self) -> float:
        return SYMBOL_SIZE * QFontInfo(self.font()).pixelSize()

    def _factor(self) -> float:
        """How much the symbol is made smaller to fit its place."""
        _, advance, ascent, descent = symbol_path(self.figure.symbol, self._symbol_size())
        return min(
            1.0, MOST_SYMBOL / max(advance, 1.0), LARGEST_SYMBOL / max(ascent + descent, 1.0)
        )

    def _paint_symbol(self, painter: QPainter) -> None:
        if not self.figure.symbol:
            return
        path, _, ascent, descent = symbol_path(self.figure.symbol, self._symbol_size())
        factor = self._factor()
        painter.save()
        painter.translate(MARK, self.height() / 2 + factor * (ascent - descent) / 2)
        painter.scale(factor, factor)
        painter.fillPath(path, theme.color("text"))
        painter.restore()


_WRAPPED = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextWordWrap.value
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _columns() -> tuple[str, str]:
    return tr("expected"), tr("now")


def _number_places(width: int, height: int) -> tuple[QRectF, QRectF]:
    return (
        QRectF(width - 2 * NUMBER, 0, NUMBER, height),
        QRectF(width - NUMBER, 0, NUMBER, height),
    )


def _small(font: QFont, factor: float = 0.87) -> QFont:
    result = QFont(font)
    result.setPixelSize(max(9, round(factor * QFontInfo(font).pixelSize())))
    return result
