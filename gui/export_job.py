"""The job of the window without a screen: let time pass, and write every view to files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from engine.errors import NablaError
from engine.session import Cursor, Document
from engine.session.sources import source_document
from engine.session.tables import loss_table, parameter_table
from engine.table import csv_text
from engine.timeline import Stop
from gui.export.export import Format, Paper, export_view, save
from gui.state.store import Store

if TYPE_CHECKING:
    from gui.labs.lab import Lab

MOST_ROWS = 5_000_000
"""Rows of ``parameters.csv``; longer trainings need a larger ``--every``."""

TRAINING_TABLES = ("loss", "parameters")
"""Tables that the training itself writes; no view's table takes their place."""


@dataclass(frozen=True)
class Result:
    """The files written, and why training ended early, if it did."""

    files: tuple[Path, ...]
    stop: Stop | None


def export_source(
    source: str,
    steps: int,
    every: int,
    folder: Path,
    formats: tuple[str, ...],
    paper: Paper,
) -> Result:
    """Go some steps on in a source (iterations, of a training) and write every view of its lab.

    Raises
    ------
    NablaError
        The source cannot be read, the folder cannot be written, or there would be too many rows.
    """
    from gui.app import make_application

    if "QT_QPA_PLATFORM" not in os.environ:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    document = source_document(source)
    size = document.segment.training.layout.size if _trains(document) else 0
    if "csv" in formats and steps // every * size > MOST_ROWS:
        raise NablaError(
            "export.too_many_rows",
            rows=steps // every * size,
            most=MOST_ROWS,
            every=-(-steps * size // MOST_ROWS),
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NablaError(
            "export.failed", path=str(folder), reason=error.strerror or str(error)
        ) from error
    make_application()
    store = Store(document)
    if not _trains(document):
        return Result(tuple(_write_views(store, folder, formats, paper, steps)), None)
    stop = train(store, steps)
    files = _write_training(store, every, folder) if "csv" in formats else []
    files += _write_views(store, folder, formats, paper)
    return Result(tuple(files), stop)


def _lab_type(document: Document) -> type[Lab]:
    """Return the lab that a document has in front."""
    from gui.labs.table import entry

    return entry(document.view.lab).load()


def _trains(document: Document) -> bool:
    return _lab_type(document).trains


def train(store: Store, steps: int) -> Stop | None:
    """Train a store's active run; return why it ended early, if it did."""
    cursor = store.document.cursor
    reached = store.move(Cursor(cursor.run, cursor.iteration + steps))
    return None if reached else store.history.stop(store.document.active)


def _write_training(store: Store, every: int, folder: Path) -> list[Path]:
    run, last = store.document.active, store.document.cursor.iteration
    tables = (
        loss_table(run, store.history, last, every),
        parameter_table(run, store.history, last, every),
    )
    files = [folder / f"{name}.csv" for name in TRAINING_TABLES]
    for path, table in zip(files, tables, strict=True):
        save(path, csv_text(table).encode())
    return files


def _write_views(
    store: Store, folder: Path, formats: tuple[str, ...], paper: Paper, steps: int = 0
) -> list[Path]:
    """Write every view of the lab, after so many steps of its own time."""
    from gui.export.metadata import metadata

    details = metadata(store.document)
    lab = _lab_type(store.document)(store)
    lab.resize(1280, 800)
    files = []
    try:
        lab.advance(steps)
        for view in lab.exported_views:
            for chosen in formats:
                if lab.trains and chosen == "csv" and view.key in TRAINING_TABLES:
                    continue
                path = folder / f"{view.key}.{chosen}"
                files.append(export_view(view, path, cast(Format, chosen), paper, details))
    finally:
        lab.shut_down()
    return files
