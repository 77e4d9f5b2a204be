"""What a user can change, as pure functions from one document to the next.

An edit at a run's newest state adds a segment to it; an edit in its past starts a new run that
shares the prefix. What survives a change of topology keeps its weights and its optimizer memory.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.errors import NablaError
from engine.network import Vector
from engine.session.document import Cursor, Document, Run, Segment
from engine.training import Experiment, Training, TrainingState, chosen_backend

COLOURS = 8
MOST_RUNS = 32


def change_experiment(document: Document, state: TrainingState, experiment: Experiment) -> Document:
    """Return the document in which training goes on from ``state`` under a changed experiment.

    ``state`` is the one under the cursor.
    """
    if experiment == document.experiment:
        return document
    training = Training(experiment, chosen_backend(experiment))
    return _continue(document, Segment(training, training.adopt(state, document.segment.training)))


def change_parameters(document: Document, state: TrainingState, parameters: Vector) -> Document:
    """Return the document in which training goes on from ``state`` with other parameters.

    Raises
    ------
    NablaError
        A parameter is not finite, or belongs to a cut connection and is not 0.
    """
    training = document.segment.training
    if not np.isfinite(parameters).all():
        raise NablaError("parameter.not_finite")
    cut = training.experiment.architecture.cut_indices
    if cut and np.any(parameters[list(cut)] != 0.0):
        raise NablaError("parameter.is_cut")
    if np.array_equal(parameters, state.parameters):
        return document
    return _continue(document, Segment(training, training.state(parameters, like=state)))


def choose_backend(document: Document, state: TrainingState) -> Document:
    """Return the document in which training goes on by the backend that is best by now.

    ``state`` is the one under the cursor. What has been computed keeps its own backend: the change
    is a new segment, or takes the place of one in which nothing has been computed yet. Nothing
    changes where the cursor is not at the newest state.
    """
    training = document.segment.training
    backend = chosen_backend(training.experiment)
    if backend == training.backend or document.cursor.iteration != document.active.newest:
        return document
    return _continue(document, Segment(Training(training.experiment, backend), state))


def restart(document: Document, experiment: Experiment | None = None) -> Document:
    """Return the document in which the active run starts anew with freshly drawn parameters."""
    experiment = experiment or document.experiment
    training = Training(experiment, chosen_backend(experiment))
    run = replace(document.active, segments=(Segment(training, training.initial()),), newest=0)
    return replace(document.with_run(run), cursor=Cursor(run.id))


def duplicate(document: Document) -> Document:
    """Return the document with a new run that starts where the active one started."""
    _check_room(document)
    first = document.active.segments[0]
    run = Run(_next_id(document), (first,), 0, "", _next_colour(document))
    return replace(document, runs=(*document.runs, run), cursor=Cursor(run.id))


def rename(document: Document, run_id: int, name: str) -> Document:
    """Return the document in which a run has another name (at most 80 characters)."""
    return document.with_run(replace(document.run(run_id), name=name.strip()[:80]))


def delete(document: Document, run_id: int) -> Document:
    """Return the document without a run.

    Raises
    ------
    NablaError
        It is the only one.
    """
    rest = tuple(run for run in document.runs if run.id != run_id)
    if not rest:
        raise NablaError("run.last_one")
    cursor = document.cursor
    if cursor.run == run_id:
        cursor = Cursor(rest[-1].id, rest[-1].newest)
    return replace(document, runs=rest, cursor=cursor)


def _continue(document: Document, segment: Segment) -> Document:
    """Put ``segment`` under the cursor: at the newest state in place, in the past as a fork."""
    run, iteration = document.active, document.cursor.iteration
    kept = tuple(known for known in run.segments if known.start < segment.start)
    cursor = replace(document.cursor, micro=0)
    if iteration == run.newest:
        changed = replace(run, segments=(*kept, segment))
        same_shape = (
            segment.training.experiment.architecture.widths
            == document.experiment.architecture.widths
        )
        if same_shape:
            cursor = document.cursor
        return replace(document.with_run(changed), cursor=cursor)
    _check_room(document)
    fork = Run(_next_id(document), (*kept, segment), iteration, "", _next_colour(document))
    return replace(document, runs=(*document.runs, fork), cursor=replace(cursor, run=fork.id))


def _check_room(document: Document) -> None:
    if len(document.runs) >= MOST_RUNS:
        raise NablaError("run.too_many", most=MOST_RUNS)


def _next_id(document: Document) -> int:
    return max(run.id for run in document.runs) + 1


def _next_colour(document: Document) -> int:
    used = {run.colour for run in document.runs}
    free = (colour for colour in range(COLOURS) if colour not in used)
    return next(free, len(document.runs) % COLOURS)
