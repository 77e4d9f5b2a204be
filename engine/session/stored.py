"""A session as plain JSON: the document, and enough of what was computed to go on at once.

States are stored as base64 of little-endian float64, so they come back bit for bit. Of each run at
most ``KEYFRAMES`` states are kept, spread over it, with the one under the cursor and those just
before it; the states between are computed again when somebody looks at them. That gives the same
bits as long as the engine is the same, which a fingerprint tells. Where it differs, the stored
states stay what they are, and training goes on from them in a new run (``continued``).

What is read may be damaged or made by an enemy: every field is checked, every count is bounded,
and nothing is computed on opening that the file could make long.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from engine.data import DataSpec
from engine.data import to_json as data_to_json
from engine.errors import NablaError
from engine.kernels.cache import numba_version
from engine.session.document import Cursor, Document, Run, Segment
from engine.session.edits import COLOURS, MOST_RUNS
from engine.session.fields import choice, damaged, flag, integer, record, sequence, text
from engine.session.history import History, Remembered, point_of
from engine.session.lessons import lessons
from engine.session.slots import (
    DerivativeSlot,
    DescentSlot,
    SurfaceSlot,
    slot_from_json,
    slot_to_json,
)
from engine.session.stored_experiment import (
    data_reader,
    experiment_from_json,
    experiment_to_json,
    read_specification,
)
from engine.session.stored_states import (
    remembered_from_json,
    remembered_to_json,
    state_from_json,
    state_to_json,
)
from engine.session.stored_view import fitting_view, view_from_json, view_to_json
from engine.training import (
    BACKENDS,
    COMPILED,
    REFERENCE,
    Experiment,
    Training,
    chosen_backend,
)

FORMAT = "nabla-session"
VERSION = 1

UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""For each older version the function that turns its content into that of the next version."""

KEYFRAMES = 50
"""Most states that are kept of a run, besides those near the cursor."""
BEFORE_CURSOR = 8
"""States kept just before the cursor, so that stepping back is quick too."""
STATE_BYTES = 8 * 2**20
"""Most memory of the states kept of all runs, in bytes; large networks keep fewer."""

MOST_SPECIFICATIONS = 256
MOST_EXPERIMENTS = 4096
MOST_SEGMENTS = 16_384
MOST_SAMPLE_BYTES = 2**30
"""Most memory of the samples of all experiments together, in bytes."""
LONGEST_NAME = 80
ROOMS = ("data", "descent", "network", "training")
"""Rooms of the engine that decide what a state is."""


@dataclass(frozen=True, eq=False)
class Session:
    """A document, and what was kept of the computing behind it.

    Attributes
    ----------
    remembered
        By segment.
    other_engine
        Whether it was computed by another version of the engine, or on another kind of machine.
    """

    document: Document
    remembered: Mapping[Segment, Remembered]
    other_engine: bool = False

    def history(self) -> History:
        """Return a history that knows what was kept."""
        history = History()
        for segment, remembered in self.remembered.items():
            history.remember(segment, remembered)
        return history


def session_of(document: Document, history: History) -> Session:
    """Take what is to be stored out of a history: immutable, so any thread may write it."""
    ends = _ends(document.runs)
    states_each = _states_each(ends)
    cursor = document.cursor
    near = range(cursor.iteration - BEFORE_CURSOR, cursor.iteration + 1)
    remembered = {
        segment: history.remembered(
            segment,
            max(own),
            states_each[segment],
            own.union(near if segment in document.active.segments else ()),
        )
        for segment, own in ends.items()
    }
    return Session(document, remembered)


def to_json(session: Session) -> dict[str, object]:
    """Turn a session into plain JSON values; ``from_json`` gives back the same bits."""
    document = session.document
    segments = list(_ends(document.runs))
    experiments = _unique(segment.training.experiment for segment in segments)
    data = _unique(experiment.data for experiment in experiments)
    return {
        "format": FORMAT,
        "version": VERSION,
        "engine": fingerprint(_uses_kernels(segments)),
        "data": [data_to_json(spec) for spec in data],
        "experiments": [
            experiment_to_json(experiment) | {"data": data[experiment.data]}
            for experiment in experiments
        ],
        "segments": [
            {
                "experiment": experiments[segment.training.experiment],
                "backend": segment.training.backend,
                "state": state_to_json(segment.state),
                **remembered_to_json(session.remembered[segment]),
            }
            for segment in segments
        ],
        "runs": [
            {
                "id": run.id,
                "name": run.name,
                "colour": run.colour,
                "visible": run.visible,
                "newest": run.newest,
                "segments": [segments.index(segment) for segment in run.segments],
            }
            for run in document.runs
        ],
        "cursor": [document.cursor.run, document.cursor.iteration, document.cursor.micro],
        "view": view_to_json(document.view),
        "lesson": document.lesson,
        "derivative": slot_to_json(document.derivative),
        "surface": slot_to_json(document.surface),
        "descent": slot_to_json(document.descent),
    }


def from_json(content: object) -> Session:
    """Read a session from what ``json.load`` returned.

    Raises
    ------
    NablaError
        ``session.not_a_session``, ``session.newer_version`` or ``session.damaged``.
    """
    content = _upgraded(content)
    fields = record(
        "session",
        content,
        (
            "format",
            "version",
            "engine",
            "data",
            "experiments",
            "segments",
            "runs",
            "cursor",
            "view",
            "lesson",
            "derivative",
            "surface",
            "descent",
        ),
    )
    trainings = _trainings(fields["data"], fields["experiments"])
    read = [
        _segment(f"segments[{number}]", entry, trainings)
        for number, entry in enumerate(sequence("segments", fields["segments"], 1, MOST_SEGMENTS))
    ]
    runs = tuple(
        _run(f"runs[{number}]", entry, [segment for segment, _ in read])
        for number, entry in enumerate(sequence("runs", fields["runs"], 1, MOST_RUNS))
    )
    if len({run.id for run in runs}) != len(runs):
        raise damaged("runs")
    remembered = dict(read)
    _check_ends(runs, remembered)
    document = Document(
        runs,
        _cursor("cursor", fields["cursor"], runs),
        view_from_json("view", fields["view"]),
        _lesson("lesson", fields["lesson"]),
        _checked_derivative(fields["derivative"]),
        slot_from_json(SurfaceSlot, "surface", fields["surface"]),
        slot_from_json(DescentSlot, "descent", fields["descent"]),
    )
    document = replace(document, view=fitting_view(document.view, document.experiment))
    _check_cursor(document, remembered)
    used = _ends(runs)
    other_engine = text("engine", fields["engine"], 200) != fingerprint(
        _uses_kernels(segment for segment, _ in read)
    )
    session = Session(
        document,
        {segment: kept for segment, kept in remembered.items() if segment in used},
        other_engine,
    )
    return continued(session) if other_engine else session


def continued(session: Session) -> Session:
    """Return a session whose runs go on by this engine, from their stored newest states.

    Each run gets a segment there, so that nothing is recomputed across the change. The active one
    stays as a record, and a new run that shares its past takes its place.
    """
    document, remembered = session.document, dict(session.remembered)
    active, runs = document.active, []
    for run in document.runs:
        last = run.segments[-1]
        if run.newest > last.start:
            state = next(s for s in remembered[last].states if s.iteration == run.newest)
            experiment = last.training.experiment
            fresh = Segment(Training(experiment, chosen_backend(experiment)), state)
            remembered[fresh] = Remembered((), 1, (point_of(state),))
            run = replace(run, segments=(*run.segments, fresh))
        runs.append(run)
    document = replace(document, runs=tuple(runs))
    if document.active is not active and len(runs) < MOST_RUNS:
        fork = replace(
            document.active,
            id=max(run.id for run in runs) + 1,
            name="",
            colour=(active.colour + 1) % COLOURS,
        )
        cursor = replace(document.cursor, run=fork.id)
        document = replace(document, runs=(*runs, fork), cursor=cursor)
    return Session(document, remembered, session.other_engine)


@cache
def fingerprint(with_kernels: bool = False) -> str:
    """Return what tells engines apart whose states may differ in the last bits.

    A hash of the sources that compute states, the version of NumPy, and the machine's kind; and
    where compiled kernels take part their sources and the version of Numba.
    """
    digest = hashlib.sha256()
    for room in (*ROOMS, "kernels") if with_kernels else ROOMS:
        folder = files("engine").joinpath(room)
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(".py"):
                digest.update(entry.name.encode())
                digest.update(entry.read_bytes().replace(b"\r\n", b"\n"))
    numba = f" numba-{numba_version()}" if with_kernels else ""
    return f"{digest.hexdigest()[:16]} numpy-{np.__version__}{numba} {platform.machine()}"


def _uses_kernels(segments: Iterable[Segment]) -> bool:
    return any(segment.training.backend == COMPILED for segment in segments)


# ------------------------------------------------------------------------------------- writing


def _ends(runs: Iterable[Run]) -> dict[Segment, set[int]]:
    """Return where each segment ends, in each run: at the next one's start, or the newest state."""
    ends: dict[Segment, set[int]] = {}
    for run in runs:
        starts = [segment.start for segment in run.segments[1:]]
        for segment, end in zip(run.segments, [*starts, run.newest], strict=True):
            ends.setdefault(segment, set()).add(end)
    return ends


def _states_each(ends: Mapping[Segment, set[int]]) -> dict[Segment, int]:
    """Return how many states of each segment are kept: more of a longer one."""
    lengths = {segment: max(1, max(own) - segment.start) for segment, own in ends.items()}
    total = sum(lengths.values())
    heaviest = max(segment.state.nbytes for segment in ends)
    most = min(KEYFRAMES * len(ends), STATE_BYTES // heaviest)
    return {
        segment: max(2, min(KEYFRAMES, most * length // total))
        for segment, length in lengths.items()
    }


def _unique(values: Iterable[Any]) -> dict[Any, int]:
    """Number the distinct values, in order."""
    numbered: dict[Any, int] = {}
    for value in values:
        numbered.setdefault(value, len(numbered))
    return numbered


# ------------------------------------------------------------------------------------- reading


def _upgraded(content: object) -> object:
    """Return content of this version, from that of any version up to it."""
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise NablaError("session.not_a_session")
    version = integer("version", content.get("version"), 1)
    if version > VERSION:
        raise NablaError("session.newer_version", version=version, known=VERSION)
    while version < VERSION:
        content = UPGRADES[version](content)
        version += 1
    return content


def _trainings(data: object, experiments: object) -> list[Training]:
    specifications: dict[int, DataSpec] = {
        number: read_specification(f"data[{number}]", entry)
        for number, entry in enumerate(sequence("data", data, 1, MOST_SPECIFICATIONS))
    }
    read_data = data_reader(specifications)
    trainings: list[Training] = []
    size = 0
    for number, entry in enumerate(sequence("experiments", experiments, 1, MOST_EXPERIMENTS)):
        experiment = experiment_from_json(f"experiments[{number}]", entry, read_data)
        size += _sample_bytes(experiment)
        if size > MOST_SAMPLE_BYTES:
            raise damaged(f"experiments[{number}]")
        trainings.append(Training(experiment))
    return trainings


def _sample_bytes(experiment: Experiment) -> int:
    return experiment.dataset.inputs.nbytes + experiment.dataset.targets.nbytes


def _segment(place: str, content: object, trainings: list[Training]) -> tuple[Segment, Remembered]:
    fields = record(
        place, content, ("experiment", "state", "keyframes", "curve"), optional=("backend",)
    )
    number = integer(f"{place}.experiment", fields["experiment"], 0, len(trainings) - 1)
    training = trainings[number]
    backend = choice(f"{place}.backend", fields.get("backend", REFERENCE), BACKENDS)
    # Without Numba there is no kernel to go on with: another engine, and its states are kept.
    if backend == COMPILED and numba_version():
        training = Training(training.experiment, COMPILED)
    segment = Segment(training, state_from_json(f"{place}.state", fields["state"], training))
    return segment, remembered_from_json(place, fields, segment)


def _run(place: str, content: object, segments: list[Segment]) -> Run:
    fields = record(place, content, ("id", "name", "colour", "visible", "newest", "segments"))
    numbers = sequence(f"{place}.segments", fields["segments"], 1, len(segments))
    own = tuple(
        segments[integer(f"{place}.segments", number, 0, len(segments) - 1)] for number in numbers
    )
    newest = integer(f"{place}.newest", fields["newest"])
    starts = [segment.start for segment in own]
    if starts[0] != 0 or starts != sorted(set(starts)) or newest < starts[-1]:
        raise damaged(f"{place}.segments")
    return Run(
        id=integer(f"{place}.id", fields["id"], 1),
        segments=own,
        newest=newest,
        name=text(f"{place}.name", fields["name"], LONGEST_NAME),
        colour=integer(f"{place}.colour", fields["colour"], 0, COLOURS - 1),
        visible=flag(f"{place}.visible", fields["visible"]),
    )


def _checked_derivative(content: object) -> DerivativeSlot:
    """Read what the derivative lab shows; a function that cannot be read is damage."""
    from engine.session.derivative import checked

    return checked("derivative", slot_from_json(DerivativeSlot, "derivative", content))


def _check_ends(runs: tuple[Run, ...], remembered: Mapping[Segment, Remembered]) -> None:
    """Refuse a run that would have to be computed again as far as it has come."""
    for segment, ends in _ends(runs).items():
        known = [segment.start, *(state.iteration for state in remembered[segment].states)]
        if known[-1] != max(ends) or not ends.issubset(known):
            raise damaged("segments.keyframes")


def _cursor(place: str, content: object, runs: tuple[Run, ...]) -> Cursor:
    number, iteration, micro = sequence(place, content, 3, 3)
    known = {run.id: run for run in runs}
    run = known.get(integer(place, number, 1))
    if run is None:
        raise damaged(place)
    return Cursor(
        run.id,
        integer(place, iteration, 0, run.newest),
        integer(place, micro),
    )


def _check_cursor(document: Document, remembered: Mapping[Segment, Remembered]) -> None:
    """Refuse a cursor on a state that is not stored, or behind the last micro-step."""
    cursor, segment = document.cursor, document.segment
    states = {segment.start: segment.state}
    states |= {state.iteration: state for state in remembered[segment].states}
    needed = {cursor.iteration, max(segment.start, cursor.iteration - 1)}
    if not needed <= states.keys():
        raise damaged("cursor")
    if cursor.micro >= segment.training.trace(states[cursor.iteration]).count:
        raise damaged("cursor")


def _lesson(place: str, content: object) -> str:
    """Return the lesson's id; a lesson that is no longer there is closed."""
    known = [info.id for info in lessons()]
    name = text(place, content, 40)
    return choice(place, name, known) if name in known else ""
