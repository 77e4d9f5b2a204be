"""What can be given to open: a lesson's id, a session file or a CSV file."""

from __future__ import annotations

from pathlib import Path

from engine.data import read_table, table_data
from engine.errors import NablaError
from engine.session import file
from engine.session.document import Document
from engine.session.lessons import lesson, lessons
from engine.session.starting import experiment_for, first_experiment
from engine.training import Experiment

SESSION_SUFFIX = ".nabla"
TABLE_SUFFIXES = (".csv", ".tsv", ".txt")


def source_document(source: str) -> Document:
    """Return the document of a lesson's id, a session file or a CSV file.

    Raises
    ------
    NablaError
        ``source.unknown`` for anything else; ``csv.…`` and ``session.…`` for what is in the file.
    """
    if is_lesson(source):
        return lesson(source).document
    suffix = Path(source).suffix.lower()
    if suffix == SESSION_SUFFIX:
        return file.load(Path(source)).document
    if suffix in TABLE_SUFFIXES:
        return Document.of(table_experiment(Path(source)))
    known = ", ".join(info.id for info in lessons())
    raise NablaError("source.unknown", source=source[:200], lessons=known)


def is_lesson(source: str) -> bool:
    """Whether a source is the id of a lesson."""
    return any(info.id == source for info in lessons())


def table_experiment(path: Path) -> Experiment:
    """Return an experiment on a CSV file, with the columns that suggest themselves.

    Raises
    ------
    NablaError
        Codes ``csv.…`` and ``data.…``.
    """
    table = read_table(path)
    choice = table.suggestion()
    for column in table.columns:
        # Nobody is asked here, so that no column is left out without a word.
        if column.kind == "number" and column.text is not None and column.name != choice.target:
            raise column.problems[0]
    return experiment_for(table_data(table, choice.inputs, choice.target, choice.task))


def new_document() -> Document:
    """Return what "New" shows: two rings to be told apart."""
    return Document.of(first_experiment())
