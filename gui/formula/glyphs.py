"""Typeset atoms, and a file that keeps them from one launch to the next.

The library that typesets takes a seventh of a second to load. The window starts without it as long
as everything that it shows first has been typeset before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from PySide6.QtCore import QDataStream, QFile, QIODevice, QSaveFile, QStandardPaths
from PySide6.QtGui import QPainterPath

LIBRARIES = ("ziamath", "ziafont", "latex2mathml")
MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Glyphs:
    """A typeset atom: curves with the baseline at y = 0 (y grows downward), and its box."""

    path: QPainterPath
    advance: float
    ascent: float
    descent: float


class KeptGlyphs:
    """Atoms by their LaTeX, read from a file when the first one is wanted.

    Parameters
    ----------
    place
        Gives the file; called once, for an application has to have its name by then.
    """

    def __init__(self, place: Callable[[], Path]) -> None:
        self._place = place
        self._known: dict[str, Glyphs] | None = None
        self._grown = False

    def get(self, latex: str) -> Glyphs | None:
        """Return an atom, if it is known."""
        if self._known is None:
            self._known = _read(self._place())
        return self._known.get(latex)

    def add(self, latex: str, glyphs: Glyphs) -> None:
        """Take in an atom."""
        if self._known is None:
            self._known = _read(self._place())
        if len(self._known) < MOST_KEPT:
            self._known[latex] = glyphs
            self._grown = True

    def write(self) -> None:
        """Write the file if there is anything new; where that cannot be done, nothing is lost."""
        if not self._grown or self._known is None:
            return
        self._grown = False
        place = self._place()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return
        file = QSaveFile(str(place))
        if not file.open(QIODevice.OpenModeFlag.WriteOnly):
            return
        stream = _stream(file)
        stream.writeUInt32(len(self._known))
        for latex, glyphs in self._known.items():
            stream.writeQString(latex)
            for measure in (glyphs.advance, glyphs.ascent, glyphs.descent):
                stream.writeDouble(measure)
            stream << glyphs.path
        file.commit()


def _stream(file: QFile | QSaveFile) -> QDataStream:
    stream = QDataStream(file)
    stream.setVersion(QDataStream.Version.Qt_6_0)
    return stream


def _read(place: Path) -> dict[str, Glyphs]:
    """Read a file; what is damaged counts as nothing."""
    file = QFile(str(place))
    if not file.open(QIODevice.OpenModeFlag.ReadOnly):
        return {}
    stream = _stream(file)
    found: dict[str, Glyphs] = {}
    for _ in range(min(stream.readUInt32(), MOST_KEPT)):
        latex = stream.readQString()
        advance, ascent, descent = (stream.readDouble() for _ in range(3))
        path = QPainterPath()
        stream >> path
        found[latex] = Glyphs(path, advance, ascent, descent)
        if stream.status() != QDataStream.Status.Ok:
            return {}
    return found


def _in_cache() -> Path:
    """Name the file after the libraries and the source that made what is in it."""
    made_by = hashlib.sha256(Path(__file__).with_name("typeset.py").read_bytes())
    made_by.update(" ".join(version(library) for library in LIBRARIES).encode())
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.CacheLocation)
    return Path(folder) / f"glyphs-{made_by.hexdigest()[:16]}"


KEPT = KeptGlyphs(_in_cache)
