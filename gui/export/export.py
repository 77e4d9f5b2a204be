"""Writes a view or a window into a file of the format that its name asks for."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from engine.errors import NablaError
from engine.files import write_atomically
from gui import theme
from gui.export.csv import csv_bytes
from gui.export.drawing import Drawing, Metadata, ViewDrawing, WindowDrawing
from gui.export.pdf import pdf_bytes
from gui.export.png import png_bytes
from gui.export.svg import svg_bytes
from gui.i18n import tr
from gui.views.view import View

Format = Literal["png", "svg", "pdf", "csv"]
FORMATS: tuple[Format, ...] = ("png", "svg", "pdf", "csv")


@dataclass(frozen=True, slots=True)
class Paper:
    """How a picture is put on paper.

    Parameters
    ----------
    scale
        Pixels of a PNG for each logical one.
    scheme
        ``"light"``, ``"dark"``, or ``"screen"`` for the theme of the moment.
    size
        Logical pixels; None takes the size on screen, or the view's usual one.
    """

    scale: float = 2.0
    scheme: Literal["light", "dark", "screen"] = "light"
    size: QSize | None = None


DEFAULT_PAPER = Paper()


def export_view(
    view: View,
    path: str | os.PathLike[str],
    format: Format | None = None,  # noqa: A002 — the word everybody uses for it
    paper: Paper = DEFAULT_PAPER,
    metadata: Mapping[str, object] | None = None,
) -> Path:
    """Write what a view shows (PNG, SVG, PDF) or the data behind it (CSV).

    Parameters
    ----------
    view
        Need not have been shown.
    path
        Where to; an existing file is replaced once the new one is complete.
    format
        None: by the suffix of the path.
    metadata
        Goes into PNG texts, the description of an SVG and the creator line of a PDF.

    Raises
    ------
    NablaError
        ``export.*``: unknown suffix, missing folder, no permission, disk full, picture too large.
    """
    target = Path(path)
    chosen = format or format_of(target)
    if chosen == "csv":
        save(target, csv_bytes(view))
        return target
    drawing = ViewDrawing(view, tr(view.name_now), paper.size or view.export_size())
    with theme.painting_in(scheme_of(paper)):
        save(target, picture_bytes(drawing, chosen, paper, metadata or {}))
    return target


def export_window(
    window: QWidget,
    path: str | os.PathLike[str],
    format: Format | None = None,  # noqa: A002
    paper: Paper = DEFAULT_PAPER,
    metadata: Mapping[str, object] | None = None,
) -> Path:
    """Write a whole window as it stands on screen; a window has no CSV."""
    target = Path(path)
    chosen = format or format_of(target)
    if chosen == "csv":
        raise NablaError("export.window_has_no_table")
    drawing = WindowDrawing(window, window.windowTitle(), window.size())
    mode = theme.mode()
    wanted = scheme_of(paper)
    try:
        if wanted != theme.scheme():
            # Buttons and fields follow the style sheet, so the whole application changes.
            theme.set_mode(wanted)
        save(target, picture_bytes(drawing, chosen, paper, metadata or {}))
    finally:
        if theme.mode() != mode:
            theme.set_mode(mode)
    return target


def picture_bytes(drawing: Drawing, format: Format, paper: Paper, metadata: Metadata) -> bytes:  # noqa: A002
    """A drawing as the content of a file."""
    if format == "png":
        return png_bytes(drawing, paper.scale, metadata)
    if format == "svg":
        return svg_bytes(drawing, metadata)
    if format == "pdf":
        return pdf_bytes(drawing, metadata)
    raise NablaError("export.bad_suffix", suffix=format, known=", ".join(FORMATS))


def scheme_of(paper: Paper) -> Literal["light", "dark"]:
    """The theme in which to paint."""
    return theme.scheme() if paper.scheme == "screen" else paper.scheme


def format_of(path: str | os.PathLike[str]) -> Format:
    """The format that a file's suffix asks for; NablaError("export.bad_suffix") for another."""
    suffix = Path(path).suffix.lstrip(".").lower()
    for known in FORMATS:
        if suffix == known:
            return known
    raise NablaError("export.bad_suffix", suffix=suffix or "—", known=", ".join(FORMATS))


def proposed_name(lab: str, view: str, iteration: int | None, format: Format) -> str:  # noqa: A002
    """A file name such as ``backprop-by-hand-contour-128.png``."""
    parts = [lab, view, *([] if iteration is None else [str(iteration)])]
    stem = "-".join(re.sub(r"[^\w.-]+", "-", part).strip("-.") for part in parts if part)
    return f"{stem or 'nabla'}.{format}"


def save(path: Path, data: bytes) -> None:
    """Write a file atomically; what the system refuses becomes a message that can be acted upon."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise NablaError("export.no_folder", folder=str(folder))
    try:
        if path.is_dir():
            raise NablaError("export.is_folder", path=str(path))
        write_atomically(path, data)
    except OSError as error:
        raise _worded(error, path) from error


def _worded(error: OSError, path: Path) -> NablaError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return NablaError("export.not_allowed", folder=str(path.absolute().parent))
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NablaError("export.disk_full", folder=str(path.absolute().parent))
    if error.errno == errno.ENAMETOOLONG:
        return NablaError("export.long_name", path=path.name)
    return NablaError("export.failed", path=str(path), reason=error.strerror or str(error))
