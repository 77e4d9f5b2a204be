"""LaTeX to curves: each atom is typeset once and kept.

ziamath does the typesetting, with the STIX Two Math font that it brings. Numbers are not set here:
they change all the time and are painted as text in the same font (see :mod:`gui.formula.arrange`).
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QPainterPath, QTransform

from gui.formula.glyphs import KEPT, Glyphs

# Everything is set once at this size and scaled, so that one atom serves every size.
REFERENCE = 64.0
# Glyphs are outlines that may overlap: what any of them covers is ink.
_WINDING = Qt.FillRule.WindingFill

# Longer input cannot be one symbol of a formula; it is shown as it is.
LONGEST_ATOM = 1000

# Of the font's MATH table, in em: the height of the fraction bar, its thickness, and the smallest
# gaps between it and what stands above and below.
AXIS = 0.258
BAR = 0.066
GAP = 0.15
# How far the bar sticks out, and the room kept left and right of a fraction.
OVERHANG = 0.06
# The size of an index, as a part of that of its letter.
SCRIPT = 0.7
# A thin space, in em.
THIN = 0.08
SIDE = 0.05


def symbol_path(latex: str, size: float) -> tuple[QPainterPath, float, float, float]:
    """Curves of an atom at a font size in pixels, with its advance, ascent and descent.

    The path is shared: copy it before changing it. What cannot be typeset comes as its raw text.
    """
    glyphs = scaled(latex, size)
    return glyphs.path, glyphs.advance, glyphs.ascent, glyphs.descent


@lru_cache(maxsize=2048)
def scaled(latex: str, size: float) -> Glyphs:
    """An atom at a font size in pixels."""
    glyphs = typeset(latex)
    factor = size / REFERENCE
    return Glyphs(
        QTransform.fromScale(factor, factor).map(glyphs.path),
        glyphs.advance * factor,
        glyphs.ascent * factor,
        glyphs.descent * factor,
    )


@lru_cache(maxsize=2048)
def typeset(latex: str) -> Glyphs:
    """An atom at the reference size; raw text where it is no LaTeX that we can set."""
    if len(latex) > LONGEST_ATOM:
        return _raw(latex)
    parts = _fraction(latex)
    if parts is not None:
        return _stacked(typeset(parts[0]), typeset(parts[1]))
    scripted = _SCRIPTED.fullmatch(latex)
    if scripted is not None:
        return _with_indices(scripted["base"], scripted["above"] or "", scripted["below"] or "")
    partial = _PARTIAL.fullmatch(latex)
    if partial is not None:
        return _beside(typeset(r"\partial"), typeset(partial["rest"]), THIN * REFERENCE)
    try:
        return _set_by_ziamath(latex)
    except Exception:  # noqa: BLE001  the library raises whatever its parsing runs into
        return _raw(latex)


def _fraction(latex: str) -> tuple[str, str] | None:
    """Numerator and denominator where the whole atom is one fraction.

    Setting the two by themselves is three times as quick as leaving the fraction to the library,
    and formulas share many of them (the ∂L above each gradient).
    """
    text = latex.strip()
    if not text.startswith(r"\frac{"):
        return None
    groups = []
    position = len(r"\frac")
    for _ in range(2):
        if text[position : position + 1] != "{":
            return None
        depth, start = 0, position + 1
        while position < len(text):
            character = text[position]
            position += 2 if character == "\\" else 1
            if character in "{}":
                depth += 1 if character == "{" else -1
                if depth == 0:
                    break
        if depth:
            return None
        groups.append(text[start : position - 1])
    return (groups[0], groups[1]) if position == len(text) else None


def _stacked(above: Glyphs, below: Glyphs) -> Glyphs:
    """A fraction of two atoms, its bar on the height of a minus sign."""
    em = REFERENCE
    width = max(above.advance, below.advance) + 2 * OVERHANG * em
    advance = width + 2 * SIDE * em
    top = -(AXIS + BAR / 2) * em
    bottom = -(AXIS - BAR / 2) * em
    above_baseline = top - GAP * em - above.descent
    below_baseline = bottom + GAP * em + below.ascent
    path = QPainterPath()
    path.setFillRule(_WINDING)
    path.addPath(above.path.translated((advance - above.advance) / 2, above_baseline))
    path.addRect(SIDE * em, top, width, bottom - top)
    path.addPath(below.path.translated((advance - below.advance) / 2, below_baseline))
    return Glyphs(path, advance, above.ascent - above_baseline, below.descent + below_baseline)


# A letter with numbers as indices: a network has hundreds of them, made of few letters and digits.
_SCRIPTED = re.compile(
    r"(?P<base>[A-Za-z]|\\[a-z]+|\\hat\{[a-z]\})"
    r"(?=[\^_])(?:\^\{(?P<above>[0-9]+)\})?(?:_\{(?P<below>[0-9,]+)\})?"
)
_PARTIAL = re.compile(r"\\partial (?P<rest>(?:[A-Za-z]|\\hat).*)")


def _with_indices(base: str, above: str, below: str) -> Glyphs:
    """A letter with indices, put together as the library would."""
    letter = typeset(base)
    # Where the indices of this letter stand is read off one that the library has set.
    sample = _index_places(base)
    path = QPainterPath(letter.path)
    advance, ascent, descent = letter.advance, letter.ascent, letter.descent
    for digits, place in ((above, sample.above), (below, sample.below)):
        x = place.x
        for digit in digits:
            glyph = _small(digit)
            path.addPath(glyph.path.translated(x, place.baseline))
            x += glyph.advance
            ascent = max(ascent, glyph.ascent - place.baseline)
            descent = max(descent, glyph.descent + place.baseline)
        if digits:
            advance = max(advance, x + sample.after)
    return Glyphs(path, advance, ascent, descent)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an index begins."""

    x: float
    baseline: float


@dataclass(frozen=True, slots=True)
class _IndexPlaces:
    above: _Place
    below: _Place
    after: float


@lru_cache(maxsize=256)
def _index_places(base: str) -> _IndexPlaces:
    """Measure where the library puts indices: the outline of a 1 beside a letter tells."""
    digit = _small("1")
    left, bottom = digit.path.boundingRect().left(), digit.path.boundingRect().bottom()
    places = []
    after = 0.0
    for script in ("^", "_"):
        whole = _set_by_ziamath(f"{base}{script}{{1}}")
        outlines = whole.path.toSubpathPolygons()
        # The index is set last.
        box = outlines[-1].boundingRect()
        places.append(_Place(box.left() - left, box.bottom() - bottom))
        after = whole.advance - (places[-1].x + digit.advance)
    return _IndexPlaces(places[0], places[1], after)


@lru_cache(maxsize=32)
def _small(character: str) -> Glyphs:
    """A character at the size of an index."""
    glyph = _set_by_ziamath(character)
    return Glyphs(
        QTransform.fromScale(SCRIPT, SCRIPT).map(glyph.path),
        glyph.advance * SCRIPT,
        glyph.ascent * SCRIPT,
        glyph.descent * SCRIPT,
    )


def _beside(left: Glyphs, right: Glyphs, gap: float) -> Glyphs:
    """Two atoms side by side."""
    path = QPainterPath(left.path)
    path.addPath(right.path.translated(left.advance + gap, 0))
    return Glyphs(
        path,
        left.advance + gap + right.advance,
        max(left.ascent, right.ascent),
        max(left.descent, right.descent),
    )


def _set_by_ziamath(latex: str) -> Glyphs:
    known = KEPT.get(latex)
    if known is None:
        known = _set_anew(latex)
        KEPT.add(latex, known)
    return known


def _set_anew(latex: str) -> Glyphs:
    ziamath, to_mathml = _library()
    mathml = ET.fromstring(to_mathml(latex))
    # The row that the converter puts around everything doubles the work of the layout.
    while len(mathml) == 1 and mathml[0].tag.endswith("mrow"):
        row = mathml[0]
        mathml.remove(row)
        mathml.extend(list(row))
    formula = ziamath.Math(mathml, size=REFERENCE)
    path = QPainterPath()
    path.setFillRule(_WINDING)
    _collect(formula.svgxml(), path)
    box = formula.node.bbox
    return Glyphs(path, float(box.xmax), max(float(box.ymax), 0.0), max(-float(box.ymin), 0.0))


@cache
def _library() -> tuple[Any, Any]:
    with warnings.catch_warnings():
        # Both find their fonts in a way that Python 3.11 calls outdated.
        warnings.simplefilter("ignore", DeprecationWarning)
        import ziamath
        from ziafont.config import config as font_settings
        from ziamath.config import config as settings
        from ziamath.tex import tex2mml

    # SVG 1 repeats the curves of each glyph in place, which is what is wanted here.
    settings.svg2 = False
    font_settings.svg2 = False
    return ziamath, tex2mml


def _collect(element: ET.Element, path: QPainterPath) -> None:
    """Add the shapes of ziamath's SVG to a path."""
    for child in element:
        match child.tag.rpartition("}")[2]:
            case "path":
                _add_curves(child.attrib["d"], path)
            case "rect":
                path.addRect(*(float(child.attrib[key]) for key in ("x", "y", "width", "height")))
            case _:
                _collect(child, path)


_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


def _add_curves(data: str, path: QPainterPath) -> None:
    """Add SVG path data in absolute coordinates; raises ``ValueError`` for other commands."""
    tokens = iter(_TOKEN.findall(data))

    def number() -> float:
        return float(next(tokens))

    for command in tokens:
        match command:
            case "M":
                path.moveTo(number(), number())
            case "L":
                path.lineTo(number(), number())
            case "H":
                path.lineTo(number(), path.currentPosition().y())
            case "V":
                path.lineTo(path.currentPosition().x(), number())
            case "Q":
                path.quadTo(number(), number(), number(), number())
            case "C":
                path.cubicTo(number(), number(), number(), number(), number(), number())
            case "Z":
                path.closeSubpath()
            case _:
                raise ValueError(f"unknown path command {command!r}")


def _raw(text: str) -> Glyphs:
    """The text as it is, in the font of the formulas."""
    font = number_font(REFERENCE)
    path = QPainterPath()
    path.setFillRule(_WINDING)
    path.addText(0, 0, font, text)
    box = path.boundingRect()
    return Glyphs(path, max(box.right(), 0.0), max(-box.top(), 0.0), max(box.bottom(), 0.0))


@cache
def family() -> str:
    """The name under which Qt knows the font of the formulas (needs an application)."""
    package = find_spec("ziamath")
    if package is None or package.origin is None:
        return QFont().family()
    font = Path(package.origin).parent / "fonts" / "STIXTwoMath-Regular.ttf"
    identifier = QFontDatabase.addApplicationFont(str(font))
    families = QFontDatabase.applicationFontFamilies(identifier)
    return families[0] if families else QFont().family()


@lru_cache(maxsize=64)
def number_font(size: float) -> QFont:
    """The font of live numbers at a size in pixels; its digits are all equally wide."""
    font = QFont(family())
    font.setPixelSize(max(1, round(size)))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font
