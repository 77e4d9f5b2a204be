"""Hashable values that say how to make a data set, and the one function that makes it.

A specification is small or at least compact, compares by value, and survives a session file bit
for bit (see ``engine.data.stored``). Raw values are kept: standardization is a flag that can be
taken back at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.data.bundled import BUNDLED, read_bundled
from engine.data.checks import (
    MAX_CLASSES,
    MAX_COLUMNS,
    MAX_MAGNITUDE,
    MAX_ROWS,
    MAX_SEED,
    MAX_TEST_SHARE,
    Task,
    check_flag,
    check_integer,
    check_known,
    check_names,
    check_number,
    check_sequence,
    check_task,
    check_text,
    shortened,
)
from engine.data.dataset import (
    Dataset,
    Floats,
    Integers,
    Scaling,
    encode_classes,
    split_rows,
)
from engine.data.generated import KINDS, generate
from engine.errors import NablaError

MIN_SAMPLES = 2
MAX_SAMPLES = 10_000
MAX_NOISE = 1.0
VALUE_TYPE = np.dtype("<f8")
"""How a table's values lie in bytes: float64, little-endian."""


@dataclass(frozen=True, slots=True)
class GeneratedData:
    """A problem of ``engine.data.generated.KINDS``; ``noise`` 0 to 1, see ``Kind``."""

    kind: str
    samples: int = 200
    noise: float = 0.1
    seed: int = 0
    test_share: float = 0.2


@dataclass(frozen=True, slots=True)
class BundledData:
    """A data set of ``engine.data.bundled.BUNDLED``."""

    name: str
    test_share: float = 0.2
    seed: int = 0
    standardize: bool = False


@dataclass(frozen=True, slots=True)
class FixedData:
    """A few samples written down; all rows train.

    Classification has targets as in ``Dataset``: 0 or 1 in one column, or one-hot rows. Names
    that are left empty become x1, x2 …, y (or y1, y2 …), and 0, 1, 2 … for classes.
    """

    inputs: tuple[tuple[float, ...], ...]
    targets: tuple[tuple[float, ...], ...]
    task: Task = "regression"
    feature_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ()
    name: str = "Fixed samples"


@dataclass(frozen=True, slots=True)
class TableData:
    """Columns of an imported table, embedded.

    ``values`` is a matrix of shape (rows, len(inputs) + 1) as little-endian float64, row after
    row: the raw inputs as they stood in the file, and last the target (the index of the class, if
    ``classes`` names some). ``file_rows`` tells how many rows the file had; 0 if not known.
    """

    name: str
    inputs: tuple[str, ...]
    target: str
    values: bytes
    task: Task
    classes: tuple[str, ...] = ()
    test_share: float = 0.2
    seed: int = 0
    standardize: bool = True
    file_rows: int = 0

    @property
    def rows(self) -> int:
        """How many samples the table holds."""
        return len(self.values) // (VALUE_TYPE.itemsize * (len(self.inputs) + 1))

    @property
    def matrix(self) -> Floats:
        """The values, shape (rows, len(inputs) + 1), read-only, raw."""
        matrix = np.frombuffer(self.values, dtype=VALUE_TYPE)
        return matrix.reshape(self.rows, len(self.inputs) + 1)


DataSpec = GeneratedData | BundledData | FixedData | TableData


def load(spec: DataSpec) -> Dataset:
    """Make the data set of a specification; the same object while it is remembered.

    Raises
    ------
    NablaError
        Codes ``data.…``: a value that is unknown, of the wrong type or out of bounds.
    """
    return _load(spec)


@lru_cache(maxsize=16)
def _load(spec: DataSpec) -> Dataset:
    validate(spec)
    match spec:
        case GeneratedData():
            kind = KINDS[spec.kind]
            inputs, targets = generate(kind, spec.samples, spec.noise, spec.seed)
            return _assemble(
                kind.label, kind.task, inputs, targets, kind.feature_names, kind.target_names, spec
            )
        case BundledData():
            record, table = BUNDLED[spec.name], read_bundled(spec.name)
            return _assemble(
                record.label,
                "classification",
                table.inputs,
                table.labels.astype(np.float64),
                table.feature_names,
                record.classes,
                spec,
            )
        case TableData():
            matrix = spec.matrix
            names = spec.classes or (spec.target,)
            return _assemble(
                spec.name, spec.task, matrix[:, :-1], matrix[:, -1], spec.inputs, names, spec
            )
        case FixedData():
            return _fixed(spec)


def validate(spec: DataSpec) -> None:
    """Check every value of a specification; types too, for they may come from a file.

    Raises
    ------
    NablaError
        Codes ``data.…``, naming the field.
    """
    match spec:
        case GeneratedData():
            check_known("kind", spec.kind, KINDS)
            check_integer("samples", spec.samples, MIN_SAMPLES, MAX_SAMPLES)
            check_number("noise", spec.noise, 0.0, MAX_NOISE)
            _check_split(spec)
        case BundledData():
            check_known("name", spec.name, BUNDLED)
            check_flag("standardize", spec.standardize)
            _check_split(spec)
        case TableData():
            _check_table(spec)
        case FixedData():
            _check_fixed(spec)
        case _:
            raise NablaError("data.unknown_source", value=shortened(spec))


def _check_split(spec: GeneratedData | BundledData | TableData) -> None:
    check_number("test_share", spec.test_share, 0.0, MAX_TEST_SHARE)
    check_integer("seed", spec.seed, 0, MAX_SEED)


def _check_table(spec: TableData) -> None:
    check_text("name", spec.name)
    check_task(spec.task)
    check_names("inputs", spec.inputs, 1, MAX_COLUMNS)
    check_names("target", (spec.target, *spec.inputs), 1, MAX_COLUMNS + 1)
    check_flag("standardize", spec.standardize)
    check_integer("file_rows", spec.file_rows, 0, MAX_SEED)
    _check_split(spec)
    if not isinstance(spec.values, bytes):
        raise NablaError("data.not_bytes", field="values", value=shortened(spec.values))
    row_size = VALUE_TYPE.itemsize * (len(spec.inputs) + 1)
    if not spec.values or len(spec.values) % row_size:
        raise NablaError("data.size", field="values", size=len(spec.values), row_size=row_size)
    check_integer("rows", spec.rows, 1, MAX_ROWS)
    matrix = spec.matrix
    # Written so that NaN fails too, also one of the signalling kind.
    with np.errstate(invalid="ignore"):
        sound = np.abs(matrix) <= MAX_MAGNITUDE
    if not sound.all():
        row, column = (int(index) + 1 for index in np.argwhere(~sound)[0])
        raise NablaError("data.not_finite", field="values", row=row, column=column)
    if spec.task == "regression":
        check_names("classes", spec.classes, 0, 0)
        return
    check_names("classes", spec.classes, 2, MAX_CLASSES)
    labels = matrix[:, -1]
    wrong = ~np.isin(labels, np.arange(len(spec.classes)))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise NablaError("data.bad_class", row=row + 1, value=float(labels[row]))


def _check_fixed(spec: FixedData) -> None:
    check_text("name", spec.name)
    check_task(spec.task)
    inputs = _check_matrix("inputs", spec.inputs)
    targets = _check_matrix("targets", spec.targets)
    if len(inputs) != len(targets):
        raise NablaError("data.row_counts", inputs=len(inputs), targets=len(targets))
    features, columns = len(inputs[0]), len(targets[0])
    if spec.feature_names:
        check_names("feature_names", spec.feature_names, features, features)
    names = columns
    if spec.task == "classification":
        names = 2 if columns == 1 else columns
        if columns == 2:
            raise NablaError("data.two_columns")
        check_integer("targets", columns, 1, MAX_CLASSES)
        for row, target in enumerate(targets, start=1):
            if any(value not in (0, 1) for value in target) or (columns > 1 and sum(target) != 1):
                raise NablaError("data.bad_target", row=row)
    if spec.target_names:
        check_names("target_names", spec.target_names, names, names)


def _check_matrix(field: str, rows: object) -> list[list[float]]:
    matrix: list[list[float]] = []
    for number, row in enumerate(check_sequence(field, rows, 1, MAX_SAMPLES), start=1):
        low, high = (len(matrix[0]), len(matrix[0])) if matrix else (1, MAX_COLUMNS)
        place = f"{field}[{number}]"
        cells = check_sequence(place, row, low, high)
        matrix.append([check_number(place, cell, -MAX_MAGNITUDE, MAX_MAGNITUDE) for cell in cells])
    return matrix


def _assemble(
    name: str,
    task: Task,
    raw: Floats,
    targets: Floats,
    feature_names: tuple[str, ...],
    target_names: tuple[str, ...],
    spec: GeneratedData | BundledData | TableData,
) -> Dataset:
    """Split, encode and standardize. ``targets`` holds class indices or values, shape (n,)."""
    labels: Integers | None = None
    columns = targets[:, np.newaxis]
    if task == "classification":
        labels = targets.astype(np.int64)
        columns = encode_classes(labels, len(target_names))
    train, test = split_rows(len(raw), spec.test_share, spec.seed, labels)
    scaling = None
    if not isinstance(spec, GeneratedData) and spec.standardize:
        # Measured on the training rows alone: the test rows must stay unseen.
        scaling = Scaling.of(raw[train])
    return Dataset(
        name=name,
        task=task,
        inputs=raw if scaling is None else scaling.apply(raw),
        targets=columns,
        feature_names=feature_names,
        target_names=target_names,
        train=train,
        test=test,
        scaling=scaling,
    )


def _fixed(spec: FixedData) -> Dataset:
    inputs = np.array(spec.inputs, dtype=np.float64)
    targets = np.array(spec.targets, dtype=np.float64)
    target_names = spec.target_names
    if not target_names and spec.task == "classification":
        target_names = tuple(str(index) for index in range(max(targets.shape[1], 2)))
    return Dataset(
        name=spec.name,
        task=spec.task,
        inputs=inputs,
        targets=targets,
        feature_names=spec.feature_names or _numbered("x", inputs.shape[1], always=True),
        target_names=target_names or _numbered("y", targets.shape[1]),
        train=np.arange(len(inputs)),
        test=np.arange(0),
    )


def _numbered(letter: str, count: int, always: bool = False) -> tuple[str, ...]:
    if count == 1 and not always:
        return (letter,)
    return tuple(f"{letter}{index}" for index in range(1, count + 1))
