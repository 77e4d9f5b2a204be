"""A panel of formulas: shown, copied, clicked, read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontInfo,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from engine.formula import Line, latex, plain
from gui import i18n, theme
from gui.formula.arrange import Box, LaidOut, color_of, layout, paint
from gui.i18n import bind, tr
from gui.views.guard import guarded

MARGIN = 12.0
# The mathematics is larger than the words of the window, as indices have to be read.
MATHEMATICS = 1.35
NOTE = 1.1
# Between lines, in em: numbers stay close to their rule, a new rule keeps its distance.
BEFORE = {"rule": 0.95, "numbers": 0.55, "note": 0.6}
PADDING = 3.0


class FormulaView(QWidget):
    """Lines of a derivation, one under the other, broken to the width of the widget.

    ``piece_clicked`` hands out the target of the piece that was clicked, or chosen with the arrow
    keys and Return. Scrolling is the business of whoever holds the widget.
    """

    piece_clicked: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._size = 0.0
        self._laid_out: list[tuple[LaidOut, float]] = []
        self._laid_out_for = -1.0
        self._kept: dict[tuple[Line, float], LaidOut] = {}
        self._kept_for: tuple[float, float, str] = (0.0, 0.0, "")
        self._height = 0
        self._hovered: object = None
        self._chosen = -1
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        bind(self, "setAccessibleName", "Derivation")
        theme.notifier.changed.connect(self.update)
        i18n.notifier.changed.connect(self._reword)

    # ------------------------------------------------------------------------------ content

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Show other lines; equal ones cost nothing."""
        shown = tuple(lines)
        if shown == self._lines:
            return
        self._lines = shown
        self._chosen = -1
        self._lines_changed()

    def set_size(self, size: float) -> None:
        """Size of the mathematics in pixels; 0 goes with the font of the window."""
        self._size = size
        self._forget_layout()

    def as_text(self) -> str:
        """All lines as plain text in the language of the moment."""
        return "\n".join(plain(line, tr) for line in self._lines)

    def as_latex(self) -> str:
        """All lines as LaTeX, one display each."""
        return "\n".join(rf"\[ {latex(line, tr)} \]" for line in self._lines)

    def _reword(self) -> None:
        self._kept = {}
        self._lines_changed()

    def _lines_changed(self) -> None:
        self.setAccessibleDescription(self.as_text())
        self._forget_layout()

    # ------------------------------------------------------------------------------- layout

    def _mathematics(self) -> float:
        return self._size or MATHEMATICS * QFontInfo(self.font()).pixelSize()

    def _forget_layout(self) -> None:
        width = self.width()
        before = self._laid_out_for, self._height
        self._laid_out_for = -1.0
        # Live numbers seldom change the height, and a new height lays out the whole window anew.
        if (float(width), self.heightForWidth(width)) != before:
            self.updateGeometry()
        self.update()

    def _arranged(self, width: float) -> list[tuple[LaidOut, float]]:
        """The lines as they stand in a widget of that width, each with its top."""
        if width != self._laid_out_for:
            size = self._mathematics()
            # Most lines are those of a moment ago: only what has changed is placed anew.
            made_for = (width, size, self.font().key())
            kept = self._kept if made_for == self._kept_for else {}
            self._kept, self._kept_for = {}, made_for
            result = []
            top = MARGIN
            relation = 0.0
            for number, line in enumerate(self._lines):
                top += BEFORE[line.kind] * size if number else 0.0
                line_size = size / MATHEMATICS * NOTE if line.kind == "note" else size
                room = max(width - 2 * MARGIN, 40.0)
                laid_out = kept.get((line, relation)) or layout(
                    line, room, line_size, self.font(), under=relation
                )
                self._kept[line, relation] = laid_out
                # The numbers' equals sign stands under that of their rule.
                relation = laid_out.relation if line.kind != "note" else 0.0
                result.append((laid_out, top))
                top += laid_out.height
            self._laid_out, self._laid_out_for = result, width
            self._height = ceil(top + MARGIN) if result else round(2 * MARGIN + size)
        return self._laid_out

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        self._arranged(float(width))
        return self._height

    def sizeHint(self) -> QSize:
        width = max(self.width(), 280)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._forget_layout()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._forget_layout()

    # ----------------------------------------------------------------------------- painting

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for laid_out, top in self._arranged(float(self.width())):
            bottom = top + laid_out.height
            if bottom < event.rect().top() or top > event.rect().bottom():
                continue
            paint(painter, laid_out, QPointF(MARGIN, top))
        self._paint_marks(painter)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        """A line under the pieces that mean what the mouse is on, a ring around the chosen one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box, rectangle in self._clickable():
            if self._hovered is not None and box.piece.target == self._hovered:
                painter.setPen(QPen(color_of(box.piece.role), 1.5))
                painter.drawLine(
                    rectangle.bottomLeft() + QPointF(0, PADDING),
                    rectangle.bottomRight() + QPointF(0, PADDING),
                )
        if self.hasFocus():
            clickable = self._clickable()
            around = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            if 0 <= self._chosen < len(clickable):
                around = clickable[self._chosen][1].adjusted(-PADDING, -PADDING, PADDING, PADDING)
            painter.setPen(QPen(theme.color("accent"), 2.0))
            painter.drawRoundedRect(around, 4, 4)

    # ---------------------------------------------------------------------- mouse, keyboard

    def _clickable(self) -> list[tuple[Box, QRectF]]:
        """The boxes of pieces with a target, in reading order, with their place in the widget."""
        return [
            (box, box.rectangle.translated(MARGIN, top))
            for laid_out, top in self._arranged(float(self.width()))
            for box in laid_out.boxes
            if box.piece.target is not None
        ]

    def target_at(self, point: QPointF) -> object:
        """The target of the piece at a point of the widget; ``None`` where there is none."""
        for box, rectangle in self._clickable():
            if rectangle.adjusted(-PADDING, -PADDING, PADDING, PADDING).contains(point):
                return box.piece.target
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        target = self.target_at(event.position())
        if target != self._hovered:
            self._hovered = target
            self.setCursor(
                Qt.CursorShape.ArrowCursor if target is None else Qt.CursorShape.PointingHandCursor
            )
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            target = self.target_at(event.position())
            if target is not None:
                self.piece_clicked.emit(target)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        clickable = self._clickable()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_text()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and clickable:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            start = self._chosen if self._chosen >= 0 else (-1 if step == 1 else 0)
            self._chosen = (start + step) % len(clickable)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            0 <= self._chosen < len(clickable)
        ):
            self.piece_clicked.emit(clickable[self._chosen][0].piece.target)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._chosen = -1
        self.update()

    # ------------------------------------------------------------------------------- copying

    def copy_text(self) -> None:
        """Put all lines on the clipboard as plain text."""
        QGuiApplication.clipboard().setText(self.as_text())

    def copy_latex(self) -> None:
        """Put all lines on the clipboard as LaTeX."""
        QGuiApplication.clipboard().setText(self.as_latex())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.copy_menu(self)
        menu.exec(event.globalPos())
        menu.deleteLater()

    def copy_menu(self, parent: QObject | None = None) -> QMenu:
        """The menu of the right mouse button, to be shown here or put into a larger one."""
        menu = QMenu(parent if isinstance(parent, QWidget) else None)
        text = menu.addAction(tr("Copy as text"), self.copy_text)
        text.setShortcut(QKeySequence.StandardKey.Copy)
        menu.addAction(tr("Copy as LaTeX"), self.copy_latex)
        return menu
