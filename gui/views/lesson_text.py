"""A paragraph of a lesson: words, **bold** words and formulas, broken to its width.

Formulas stand between dollar signs and are typeset as in the derivations; the text between them is
laid out by Qt, so that lines break where each language breaks them.
"""

from __future__ import annotations

import re
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFontInfo,
    QFontMetrics,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPalette,
    QPyTextObject,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.formula import as_unicode
from gui import theme
from gui.formula import symbol_path
from gui.views.guard import guarded

FORMULA = QTextFormat.ObjectTypes.UserObject + 1
LATEX = QTextFormat.Property.UserProperty + 1
OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
SUFFIX = LATEX + 1
# The font of formulas looks smaller than that of the window; indices have to be read.
SIZE = 1.2
DEEP = 0.36
"""What hangs deeper below the baseline, in em, gets space of its own: fractions and sums."""
LEADING = 5
"""Pixels between lines; room for indices below the line."""
NARROWEST = 120

# A formula with the punctuation after it, or bold words. Qt would break the line in between.
_PARTS = re.compile(r"\$([^$]+)\$([.,:;)?!。，：；、）？！”]*)|\*\*([^*]+)\*\*")


def plain_text(text: str) -> str:
    """The text as a screen reader says it: formulas in Unicode, no marks."""
    return _PARTS.sub(lambda part: as_unicode(part[1]) + part[2] if part[1] else part[3], text)


class _Formulas(QPyTextObject):
    """Puts formulas into a text."""

    def intrinsicSize(self, document: QTextDocument, place: int, style: QTextFormat) -> QSizeF:
        del place
        _, advance, ascent, descent = symbol_path(_latex(style), _formula_size(document))
        advance += QFontMetricsF(document.defaultFont()).horizontalAdvance(_suffix(style))
        if not _is_centred(style):
            # The box ends on the baseline; an index hangs into the space between the lines.
            return QSizeF(advance, ascent)
        # Qt gives half of such a box, and a little, to either side of the baseline.
        rise = _rise(style)
        return QSizeF(advance, max(2 * ascent - rise, 2 * descent + rise))

    def drawObject(
        self,
        painter: QPainter,
        rectangle: QRectF | QRect,
        document: QTextDocument,
        place: int,
        style: QTextFormat,
    ) -> None:
        del place
        path, advance, _, _ = symbol_path(_latex(style), _formula_size(document))
        place_of = QRectF(rectangle)
        baseline = place_of.bottom()
        if _is_centred(style):
            baseline = place_of.top() + (place_of.height() + _rise(style)) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(place_of.left(), baseline)
        painter.fillPath(path, painter.pen().color())
        painter.setFont(document.defaultFont())
        painter.drawText(QPointF(advance, 0), _suffix(style))
        painter.restore()


def _latex(style: QTextFormat) -> str:
    return str(style.property(LATEX))


def _suffix(style: QTextFormat) -> str:
    return str(style.property(SUFFIX) or "")


def _formula_size(document: QTextDocument) -> float:
    return SIZE * QFontInfo(document.defaultFont()).pixelSize()


def _is_centred(style: QTextFormat) -> bool:
    centred = QTextCharFormat.VerticalAlignment.AlignMiddle
    return style.toCharFormat().verticalAlignment() == centred


def _rise(style: QTextFormat) -> float:
    """Half the height of an x: how far above the baseline Qt centres a box."""
    return QFontMetrics(style.toCharFormat().font()).xHeight() / 2


class LessonText(QWidget):
    """One paragraph."""

    def __init__(self, parent: QWidget | None = None, token: str = "text") -> None:
        super().__init__(parent)
        self._token = token
        self._text = ""
        self._formulas = _Formulas()
        self._document = QTextDocument(self)
        self._document.setDocumentMargin(0)
        self._document.setUndoRedoEnabled(False)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._document.setDefaultTextOption(option)
        self._document.documentLayout().registerHandler(FORMULA, self._formulas)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.notifier.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The text with its marks."""
        return self._text

    @property
    def token(self) -> str:
        """The colour of the text."""
        return self._token

    def set_text(self, text: str) -> None:
        """Show another text."""
        if text == self._text:
            return
        self._text = text
        self.setAccessibleName(plain_text(text))
        self._set()

    def set_token(self, token: str) -> None:
        """Give the text another colour."""
        if token != self._token:
            self._token = token
            self.update()

    def _set(self) -> None:
        self._document.setDefaultFont(self.font())
        self._document.clear()
        cursor = QTextCursor(self._document)
        block = QTextBlockFormat()
        block.setLineHeight(LEADING, QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value)
        cursor.setBlockFormat(block)
        normal, bold = QTextCharFormat(), QTextCharFormat()
        bold.setFontWeight(600)
        end = 0
        for part in _PARTS.finditer(self._text):
            cursor.insertText(self._text[end : part.start()], normal)
            if part[1]:
                style = QTextCharFormat()
                style.setObjectType(FORMULA)
                style.setProperty(LATEX, part[1])
                style.setProperty(SUFFIX, part[2])
                size = _formula_size(self._document)
                if symbol_path(part[1], size)[3] > DEEP * size:
                    style.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
                cursor.insertText(OBJECT, style)
            else:
                cursor.insertText(part[3], bold)
            end = part.end()
        cursor.insertText(self._text[end:], normal)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        self._document.setTextWidth(max(width, NARROWEST))
        return ceil(self._document.size().height()) + 2

    def sizeHint(self) -> QSize:
        width = self.width() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else 260
        return QSize(260, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, self.heightForWidth(max(self.width(), NARROWEST)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._set()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._document.setTextWidth(max(self.width(), NARROWEST))
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Text, theme.color(self._token))
        context.palette = palette
        painter.setPen(theme.color(self._token))
        self._document.documentLayout().draw(painter, context)
        painter.end()
