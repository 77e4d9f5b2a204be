"""Where the pieces of a line stand, and how they are painted.

``layout`` breaks a line to a width, first at relation signs, then at + and ·, and hangs what
follows under the first relation sign. ``paint`` asks the theme for its colours, so that a line laid
out once may be painted in either theme, on a screen, in an SVG or in a PDF.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QTextBoundaryFinder
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath

from engine.formula import Line, Number, Piece, Symbol, Text, is_operator, is_relation
from gui import theme
from gui.formula.typeset import number_font, scaled
from gui.i18n import tr

Kind = Literal["relation", "operator", "ordinary", "word"]

# Spaces in em, as TeX has them: around relations, around operators, between other pieces.
RELATION_SPACE = 5 / 18
OPERATOR_SPACE = 4 / 18
THIN_SPACE = 2 / 18
WORD_SPACE = 0.24
ROW_GAP = 0.45
INDENT = 1.5
# A relation sign further to the right than this share of the width is nothing to hang rows under.
DEEPEST_INDENT = 0.4
# Every row is at least as high as digits and parentheses are.
ASCENT = 0.75
DESCENT = 0.22
# Words are set in the font of the window, which looks larger than the font of the formulas.
WORDS = 0.82
EXPONENT = 0.7
EXPONENT_RISE = 0.36
OPENING = ("(", "[", r"\{")
SUMS = ("+", "-", "−", r"\pm", r"\mp")
PAUSES = (",", ";")
CLOSING = (*PAUSES, ")", "]", r"\}", ".", ":")


@dataclass(frozen=True, slots=True)
class Run:
    """Text of a box: what, in which font, how far from its left end and above its baseline."""

    text: str
    font: QFont
    offset: float = 0.0
    rise: float = 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """A laid out piece, or a word of one; ``x`` and ``baseline`` count from the line's corner."""

    piece: Piece
    kind: Kind
    width: float
    ascent: float
    descent: float
    path: QPainterPath | None = None
    runs: tuple[Run, ...] = ()
    gap: float = 0.0
    x: float = 0.0
    baseline: float = 0.0

    @property
    def rectangle(self) -> QRectF:
        """The box's place, in the line's coordinates."""
        top = self.baseline - self.ascent
        return QRectF(self.x, top, self.width, self.ascent + self.descent)

    # By hand: ``dataclasses.replace`` took half of the time of a layout.

    def at(self, x: float, baseline: float) -> Box:
        """Return the box at another place."""
        path, runs = self.path, self.runs
        measures = self.width, self.ascent, self.descent
        return Box(self.piece, self.kind, *measures, path, runs, self.gap, x, baseline)

    def spaced(self, kind: Kind, gap: float) -> Box:
        """Return the box as of another kind, with other room before it."""
        path, runs = self.path, self.runs
        measures = self.width, self.ascent, self.descent
        return Box(self.piece, kind, *measures, path, runs, gap, self.x, self.baseline)


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A line ready to be painted, in pixels."""

    line: Line
    boxes: tuple[Box, ...]
    width: float
    height: float

    @property
    def relation(self) -> float:
        """Where the first relation sign of the first row stands; 0 where there is none."""
        for box in self.boxes:
            if box.kind == "relation" and box.baseline == self.boxes[0].baseline:
                return box.x
        return 0.0


def layout(
    line: Line, width: float, size: float, words: QFont | None = None, under: float = 0.0
) -> LaidOut:
    """Place the pieces of a line.

    Parameters
    ----------
    line
        What is to be set.
    width
        Room in pixels; a single piece that is wider sticks out.
    size
        Size of the mathematics in pixels, rounded to a whole number.
    words
        Font of the words; the window's own where none is given.
    under
        Where a line begins that opens with a relation sign: the ``relation`` of the line above it.
    """
    size = float(max(1, round(size)))
    font = QFont(words) if words is not None else QFont()
    font.setPixelSize(max(1, round(size * WORDS)))
    boxes = _spaced([box for piece in line.pieces for box in _boxes(piece, size, font)], size)
    hang = _hang(boxes, width, size, under)
    placed: list[Box] = []
    top, widest = 0.0, 0.0
    for row in _rows(boxes, width, hang):
        ascent = max([ASCENT * size, *(box.ascent for box in row)])
        descent = max([DESCENT * size, *(box.descent for box in row)])
        x = hang.of(row[0]) if placed else hang.first
        for position, box in enumerate(row):
            x += box.gap if position else 0.0
            placed.append(box.at(x, top + ascent))
            x += box.width
        widest = max(widest, x)
        top += ascent + descent + ROW_GAP * size
    height = top - ROW_GAP * size if placed else (ASCENT + DESCENT) * size
    return LaidOut(line, tuple(placed), widest, height)


def paint(painter: QPainter, laid_out: LaidOut, origin: QPointF) -> None:
    """Paint a line with its upper left corner at ``origin``, in the theme's colours."""
    painter.save()
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.translate(origin)
    note = laid_out.line.kind == "note"
    for box in laid_out.boxes:
        role = box.piece.role
        color = color_of("muted" if note and role == "text" else role)
        if box.path is not None:
            painter.translate(box.x, box.baseline)
            painter.fillPath(box.path, color)
            painter.translate(-box.x, -box.baseline)
        painter.setPen(color)
        for run in box.runs:
            painter.setFont(run.font)
            painter.drawText(QPointF(box.x + run.offset, box.baseline - run.rise), run.text)
    painter.restore()


def color_of(role: str) -> QColor:
    """The theme's colour of a role; that of text for a role that the theme does not know."""
    return theme.color(role if role in theme.tokens else "text")


# -------------------------------------------------------------------------------- the boxes


def _boxes(piece: Piece, size: float, words: QFont) -> Iterator[Box]:
    match piece:
        case Symbol():
            glyphs = scaled(piece.latex, size)
            kind: Kind = "ordinary"
            if is_relation(piece):
                kind = "relation"
            elif is_operator(piece):
                kind = "operator"
            yield Box(piece, kind, glyphs.advance, glyphs.ascent, glyphs.descent, path=glyphs.path)
        case Number():
            yield _number_box(piece, size)
        case Text():
            metrics = QFontMetricsF(words)
            for word in _words(piece.worded(tr)):
                yield Box(
                    piece,
                    "word",
                    metrics.horizontalAdvance(word.rstrip()),
                    metrics.ascent(),
                    metrics.descent(),
                    runs=(Run(word.rstrip(), words),),
                    # Until it is spaced, the gap says whether a space follows in the text.
                    gap=1.0 if word != word.rstrip() else 0.0,
                )


@lru_cache(maxsize=64)
def _number_metrics(size: float) -> QFontMetricsF:
    return QFontMetricsF(number_font(size))


def _number_box(piece: Number, size: float) -> Box:
    """A number; 1e-5 is written as 1 × 10 with a raised −5."""
    text = piece.written
    mantissa, e, exponent = text.partition("e")
    closing = ")" if e and exponent.endswith(")") else ""
    parts = [(mantissa, size, 0.0)]
    if e:
        parts = [(f"{mantissa}\u2009×\u200910", size, 0.0)]
        parts.append((exponent.removesuffix(")"), EXPONENT * size, EXPONENT_RISE * size))
        if closing:
            parts.append((closing, size, 0.0))
    runs: list[Run] = []
    x = 0.0
    for part, part_size, rise in parts:
        part_size = float(round(part_size))
        runs.append(Run(part, number_font(part_size), x, rise))
        x += _number_metrics(part_size).horizontalAdvance(part)
    return Box(piece, "ordinary", x, ASCENT * size, DESCENT * size, runs=tuple(runs))


def _words(text: str) -> Iterator[str]:
    """The pieces between which a text may be broken, in any script."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Line, text)
    start = 0
    while (end := finder.toNextBoundary()) != -1:
        if end > start:
            yield text[start:end]
        start = end


def _spaced(boxes: list[Box], size: float) -> list[Box]:
    """Give every box the room that is kept before it."""
    result: list[Box] = []
    before: Box | None = None
    tight = True
    for box in boxes:
        # A sign at the start, or after another sign, belongs to what follows it: x = −y.
        unary = box.kind == "operator" and (
            before is None or before.kind in ("relation", "operator") or _opens(before)
        )
        if unary:
            box = box.spaced("ordinary", box.gap)
        gap = 0.0 if before is None or tight else _space(before, box) * size
        result.append(box.spaced(box.kind, gap))
        before, tight = box, unary or _opens(box)
    return result


def _space(before: Box, box: Box) -> float:
    """The room between two boxes, in em."""
    kinds = (before.kind, box.kind)
    if "relation" in kinds:
        return RELATION_SPACE
    if "operator" in kinds:
        return OPERATOR_SPACE
    if kinds == ("word", "word") and before.piece is box.piece:
        return WORD_SPACE if before.gap else 0.0
    if _closes(box):
        return 0.0
    if "word" in kinds or _closes(before, PAUSES):
        return WORD_SPACE
    # f(x), but 2 (x).
    return 0.0 if _opens(box) and isinstance(before.piece, Symbol) else THIN_SPACE


def _opens(box: Box) -> bool:
    return isinstance(box.piece, Symbol) and box.piece.latex.strip().endswith(OPENING)


def _closes(box: Box, signs: tuple[str, ...] = CLOSING) -> bool:
    return isinstance(box.piece, Symbol) and box.piece.latex.strip().startswith(signs)


# --------------------------------------------------------------------------------- the rows


@dataclass(frozen=True, slots=True)
class _Hang:
    """Where rows begin: later ones in general, those that open with + or ·, and the first one."""

    plain: float
    operator: float
    first: float = 0.0

    def of(self, box: Box) -> float:
        return self.operator if box.kind == "operator" else self.plain


def _hang(boxes: list[Box], width: float, size: float, under: float) -> _Hang:
    if boxes and boxes[0].kind == "word":
        return _Hang(0.0, 0.0)
    if boxes and boxes[0].kind == "relation" and under <= DEEPEST_INDENT * width:
        return _Hang(under, under + boxes[0].width + RELATION_SPACE * size, under)
    x = 0.0
    for position, box in enumerate(boxes):
        x += box.gap if position else 0.0
        if box.kind == "relation" and position:
            if x > DEEPEST_INDENT * width:
                break
            return _Hang(x, x + box.width + RELATION_SPACE * size)
        x += box.width
    return _Hang(INDENT * size, INDENT * size)


def _rows(boxes: list[Box], width: float, hang: _Hang) -> Iterator[list[Box]]:
    start = 0
    while start < len(boxes):
        x = hang.of(boxes[start]) if start else hang.first
        end = start
        while end < len(boxes):
            x += boxes[end].width + (boxes[end].gap if end > start else 0.0)
            if x > width and end > start:
                break
            end += 1
        if end < len(boxes):
            end = _best_break(boxes, start, end, width - hang.plain)
        yield boxes[start:end]
        start = end


def _best_break(boxes: list[Box], start: int, end: int, room: float) -> int:
    """Where the next row begins, at ``end`` at the latest.

    At the last relation sign, if what follows it up to the next one fits on a row; else at the
    last + or −; else at the last ·; else between words; else wherever the row is full.
    """
    places = range(end, start, -1)
    for place in places:
        if boxes[place].kind == "relation" and _member(boxes, place) <= room:
            return place
    for place in places:
        if boxes[place].kind == "operator" and _adds(boxes[place]):
            return place
    for place in places:
        if boxes[place].kind == "operator":
            return place
    for place in places:
        if boxes[place].kind == "relation":
            return place
    for place in places:
        kinds = (boxes[place - 1].kind, boxes[place].kind)
        if "word" in kinds and boxes[place].gap > 0.0:
            return place
    return end


def _adds(box: Box) -> bool:
    return isinstance(box.piece, Symbol) and box.piece.latex.strip() in SUMS


def _member(boxes: list[Box], place: int) -> float:
    """Width from a relation sign up to the next one."""
    total = boxes[place].width
    for box in boxes[place + 1 :]:
        if box.kind == "relation":
            break
        total += box.gap + box.width
    return total
