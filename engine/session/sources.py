"""What can be given to open: a lesson's id, a session file or a CSV file."""

from __future__ import annotations

from pathlib import Path

from engine.data import DataSpec, GeneratedData, load, read_table, table_data
from engine.descent import Optimizer
from engine.errors import NablaError
from engine.network import Architecture
from engine.session import file
from engine.session.document import Document
from engine.session.lessons import lesson, lessons
from engine.training import Experiment
from engine.training.fitting import fitting_loss, fitting_output

SESSION_SUFFIX = ".nabla"
TABLE_SUFFIXES = (".csv", ".tsv", ".txt")
HIDDEN_UNITS = 8
BATCH_SIZE = 10


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
    return experiment_for(table_data(table, choice.inputs, choice.target, choice.task))


def experiment_for(data: DataSpec) -> Experiment:
    """Return an experiment that is a good start for some data: one hidden layer of tanh units."""
    dataset = load(data)
    n_features, n_targets = dataset.inputs.shape[1], dataset.targets.shape[1]
    output = fitting_output("identity", n_targets, dataset.task)
    # Targets of any size: Adam's steps do not grow with them, those of plain descent do.
    classifies = dataset.task == "classification"
    return Experiment(
        data,
        Architecture.dense((n_features, HIDDEN_UNITS, n_targets), ("tanh", output)),
        loss=fitting_loss("", output, n_targets, dataset.task),
        optimizer=Optimizer("gradient_descent" if classifies else "adam"),
        learning_rate=0.1 if classifies else 0.01,
        batch_size=BATCH_SIZE,
    )


def new_document() -> Document:
    """Return what "New" shows: two rings to be told apart."""
    return Document.of(experiment_for(GeneratedData("circles")))
