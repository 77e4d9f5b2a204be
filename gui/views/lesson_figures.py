"""The figures of a lesson as a table: what is expected, what is there now, and whether it came."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontInfo, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from engine.formula import as_unicode
from engine.numbers import exact, shown
from engine.session.lessons import Figure
from gui import i18n, icons, theme
from gui.formula import symbol_path
from gui.i18n import bind, tr
from gui.views.guard import guarded

MARK = 20
SYMBOL = 46
NUMBER = 62
GAP = 6
ROW = 34
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
        for row in self.rows:
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
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
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
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, ROW)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.reached:
            place = QRectF(0, (ROW - 16) / 2, 16, 16)
            icons.paint(painter, place, "check", "success")
        self._paint_symbol(painter)
        painter.setPen(theme.color("muted"))
        painter.setFont(_small(self.font()))
        left = MARK + SYMBOL + GAP
        words = QRectF(left, 0, self.width() - left - 2 * NUMBER - GAP, ROW)
        wrapped = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextWordWrap.value
        painter.drawText(words, wrapped, self.name)
        painter.setFont(self.font())
        expected, now = _number_places(self.width(), ROW)
        painter.setPen(theme.color("muted"))
        painter.drawText(expected, _RIGHT, shown(self.figure.expected))
        painter.setPen(theme.color("text" if self.now is not None else "muted"))
        painter.drawText(now, _RIGHT, "–" if self.now is None else shown(self.now))
        painter.end()

    def _paint_symbol(self, painter: QPainter) -> None:
        if not self.figure.symbol:
            return
        size = SYMBOL_SIZE * QFontInfo(self.font()).pixelSize()
        path, advance, ascent, descent = symbol_path(self.figure.symbol, size)
        factor = min(1.0, SYMBOL / max(advance, 1.0), LARGEST_SYMBOL / max(ascent + descent, 1.0))
        painter.save()
        painter.translate(MARK, ROW / 2 + factor * (ascent - descent) / 2)
        painter.scale(factor, factor)
        painter.fillPath(path, theme.color("text"))
        painter.restore()


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _columns() -> tuple[str, str]:
    return tr("expected"), tr("now")


def _number_places(width: int, height: int) -> tuple[QRectF, QRectF]:
    return (
        QRectF(width - 2 * NUMBER, 0, NUMBER, height),
        QRectF(width - NUMBER, 0, NUMBER, height),
    )


def _small(font: QFont) -> QFont:
    result = QFont(font)
    result.setPixelSize(max(9, round(0.87 * QFontInfo(font).pixelSize())))
    return result
