"""Import of a CSV file: read and judge it first, then take columns from it as data.

Every fault has a code of its own and names its place; nothing is filled in or left out silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.data.checks import (
    MAX_COLUMNS,
    MAX_NAME,
    MAX_ROWS,
    MAX_SEED,
    Task,
    check_integer,
    check_task,
    shortened,
)
from engine.data.columns import Column, ColumnBuilder, clean, parse_number
from engine.data.spec import VALUE_TYPE, TableData, validate
from engine.data.textfile import ENCODINGS, Format, Record, check_file, detect_format, read_records
from engine.errors import NablaError

PREVIEW_ROWS = 20
_CHUNK = 1_000
_ROW_STREAM = 3
_COLUMN_STREAM = 4
_TARGET_NAMES = frozenset(("target", "class", "label", "species", "y"))
_FEW_CLASSES = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A choice of columns to begin with; ``inputs`` is empty if no column is fit to be one."""

    inputs: tuple[str, ...]
    target: str
    task: Task


@dataclass(frozen=True, eq=False)
class Table:
    """A table as read, before anything is chosen from it.

    ``encoding`` is one of ``textfile.ENCODINGS``. ``file_rows`` and ``file_columns`` tell what
    the file holds, ``rows`` and ``columns`` what was read: fewer if a sample was asked for.
    ``preview`` shows the first rows as they stand.
    """

    name: str
    encoding: str
    delimiter: str
    decimal: str
    header: bool
    columns: tuple[Column, ...]
    rows: int
    file_rows: int
    file_columns: int
    preview: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def problems(self) -> tuple[NablaError, ...]:
        """What is amiss in columns of numbers, each with its line and column."""
        return tuple(
            problem
            for column in self.columns
            if column.kind != "text"
            for problem in column.problems
        )

    def column(self, name: str) -> Column:
        """Find a column by its name."""
        for column in self.columns:
            if column.name == name:
                return column
        raise NablaError("csv.unknown_column", column=shortened(name))

    def complete_rows(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Which rows hold a value in each of the named columns, shape (rows,).

        The others are those that ``table_data(…, drop_missing=True)`` leaves out.
        """
        complete = np.ones(self.rows, dtype=np.bool_)
        for name in names:
            complete &= self.column(name).usable
        return complete

    def suggestion(self) -> Suggestion:
        """Guess target, task and inputs from names and values."""
        filled = [column for column in self.columns if column.kind != "empty"] or self.columns
        named = [column for column in filled if column.name.lower() in _TARGET_NAMES]
        target = (named or filled)[-1]
        if target.kind == "text":
            task: Task = "classification"
        else:
            found = np.unique(target.values[np.isfinite(target.values)])
            # A single label is taken for a class as well: what is amiss is told then.
            few = 1 <= len(found) <= max(1, min(_FEW_CLASSES, self.rows // 2))
            task = "classification" if few and (found == np.round(found)).all() else "regression"
        inputs = tuple(
            column.name
            for column in self.columns
            if column is not target and column.kind == "number" and column.text is None
        )
        return Suggestion(inputs, target.name, task)


def read_table(
    path: str | Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    header: bool | None = None,
    sample_rows: int | None = None,
    sample_columns: int | None = None,
    seed: int = 0,
) -> Table:
    """Read a CSV file.

    Parameters
    ----------
    path
        The file.
    encoding
        One of ``textfile.ENCODINGS``; None reads UTF-8, or what a byte order mark says.
    delimiter, decimal
        None finds them out from the first 100 lines.
    header
        Whether the first row names the columns; None: it does if no cell in it is a number.
    sample_rows
        Read only so many rows, picked at random by ``seed``, in the order of the file: the way to
        take a file of more than 100,000 rows.
    sample_columns
        The same for more than 256 columns. The last one, often the target, is always kept.
    seed
        0 to 2³¹ − 1; the same seed picks the same rows and columns.

    Raises
    ------
    NablaError
        Codes ``csv.…``, with the line or byte at fault.
    """
    path = Path(path)
    check_integer("seed", seed, 0, MAX_SEED)
    if sample_rows is not None:
        check_integer("sample_rows", sample_rows, 1, MAX_ROWS)
    if sample_columns is not None:
        check_integer("sample_columns", sample_columns, 1, MAX_COLUMNS)
    check_file(path)
    form = detect_format(path, encoding, delimiter, decimal)
    records = read_records(path, form)
    first = next(records, None)
    if first is None:
        raise NablaError("csv.empty", path=str(path))
    if header is None:
        header = not any(_looks_numeric(cell, form.decimal) for cell in first.cells)
    chosen = _choose_columns(len(first.cells), sample_columns, seed)
    names = _column_names(first, header, chosen)
    rows: Iterator[Record] = records if header else chain((first,), records)
    keep: NDArray[np.bool_] | None = None
    if sample_rows is not None:
        keep = _choose_rows(path, form, header, sample_rows, seed)
    builders = [ColumnBuilder(name, form.decimal) for name in names]
    preview: list[tuple[str, ...]] = []
    count = file_rows = 0
    while chunk := list(islice(rows, _CHUNK)):
        for record in chunk:
            if len(record.cells) != len(first.cells):
                raise NablaError(
                    "csv.ragged_row",
                    line=record.line,
                    expected=len(first.cells),
                    found=len(record.cells),
                )
        kept = chunk
        if keep is not None:
            kept = [record for record, take in zip(chunk, keep[file_rows:], strict=False) if take]
        file_rows += len(chunk)
        count += len(kept)
        if count > MAX_ROWS:
            raise NablaError("csv.too_many_rows", limit=MAX_ROWS)
        lines = [record.line for record in kept]
        for place, builder in zip(chosen, builders, strict=True):
            builder.extend([record.cells[place] for record in kept], lines)
        preview.extend(
            tuple(shortened(clean(record.cells[place])) for place in chosen)
            for record in kept[: PREVIEW_ROWS - len(preview)]
        )
    if count == 0:
        raise NablaError("csv.header_only", path=str(path))
    return Table(
        name=clean(path.stem)[:MAX_NAME] or "table",
        encoding=next(key for key in ENCODINGS if form.encoding.startswith(key)),
        delimiter=form.delimiter,
        decimal=form.decimal,
        header=header,
        columns=tuple(builder.build() for builder in builders),
        rows=count,
        file_rows=file_rows,
        file_columns=len(first.cells),
        preview=tuple(preview),
    )


def _looks_numeric(cell: str, decimal: str) -> bool:
    return parse_number(clean(cell), decimal) is not None


def _choose_columns(count: int, sample_columns: int | None, seed: int) -> list[int]:
    if sample_columns is None or count <= sample_columns:
        if count > MAX_COLUMNS:
            raise NablaError("csv.too_many_columns", found=count, limit=MAX_COLUMNS)
        return list(range(count))
    keys = np.random.default_rng((seed, _COLUMN_STREAM)).random(count - 1)
    places = np.argsort(keys, kind="stable")[: sample_columns - 1]
    return [*sorted(places.tolist()), count - 1]


def _choose_rows(
    path: Path, form: Format, header: bool, sample_rows: int, seed: int
) -> NDArray[np.bool_]:
    """Count the rows in a pass of its own, then pick some."""
    count = sum(1 for _ in read_records(path, form)) - header
    keys = np.random.default_rng((seed, _ROW_STREAM)).random(max(count, 0))
    keep = np.zeros(max(count, 0), dtype=np.bool_)
    keep[np.argsort(keys, kind="stable")[:sample_rows]] = True
    return keep


def _column_names(first: Record, header: bool, chosen: Sequence[int]) -> list[str]:
    """Names of the chosen columns: cleaned; "c3" for the third column if it has none."""
    given = [clean(cell) if header else "" for cell in first.cells]
    seen: dict[str, int] = {}
    for place in chosen:
        name = given[place]
        if len(name) > MAX_NAME:
            raise NablaError(
                "csv.name_too_long", column=place + 1, length=len(name), limit=MAX_NAME
            )
        if name and name in seen:
            raise NablaError(
                "csv.duplicate_column", column=name, first=seen[name] + 1, second=place + 1
            )
        seen[name] = place
    names = []
    for place in chosen:
        name = given[place]
        if not name:
            name = f"c{place + 1}"
            while name in seen:
                name += "_"
            seen[name] = place
        names.append(name)
    return names


def table_data(
    table: Table,
    inputs: Sequence[str],
    target: str,
    task: Task,
    *,
    test_share: float = 0.2,
    seed: int = 0,
    standardize: bool = True,
    drop_missing: bool = False,
) -> TableData:
    """Take columns from a table as data for a network.

    With ``drop_missing`` rows that lack a value, or hold one that is not finite, in any of the
    chosen columns are left out: ``len(complete) - complete.sum()`` of ``table.complete_rows``.
    A column that does not vary is allowed: see ``Dataset.constant_features``.

    Raises
    ------
    NablaError
        Codes ``csv.…``: naming the column, and the line of the first cell at fault.
    """
    check_task(task)
    if not inputs:
        raise NablaError("csv.no_inputs")
    if target in inputs:
        raise NablaError("csv.target_is_input", column=target)
    for place, name in enumerate(inputs):
        if name in inputs[:place]:
            raise NablaError("csv.input_twice", column=name)
    columns = [table.column(name) for name in inputs]
    answer = table.column(target)
    for column in columns:
        _check_column(column, numbers=True, drop_missing=drop_missing)
    _check_column(answer, numbers=task == "regression", drop_missing=drop_missing)
    rows = table.complete_rows((*inputs, target))
    if not rows.any():
        raise NablaError("csv.nothing_left", count=table.rows)
    classes: tuple[str, ...] = ()
    if task == "classification":
        classes, indices = answer.classes(rows)
        for name in classes:
            if len(name) > MAX_NAME:
                raise NablaError("csv.class_too_long", column=target, limit=MAX_NAME)
        answers = indices.astype(np.float64)
    else:
        answers = answer.values[rows]
    matrix = np.column_stack([*(column.values[rows] for column in columns), answers])
    spec = TableData(
        name=table.name,
        inputs=tuple(inputs),
        target=target,
        values=matrix.astype(VALUE_TYPE).tobytes(),
        task=task,
        classes=classes,
        test_share=test_share,
        seed=seed,
        standardize=standardize,
        file_rows=table.file_rows,
    )
    validate(spec)
    return spec


def _check_column(column: Column, numbers: bool, drop_missing: bool) -> None:
    """Refuse texts where numbers are needed, and gaps unless their rows are to be dropped."""
    for problem in column.problems:
        gap = problem.code in ("csv.missing_value", "csv.not_finite")
        if gap and drop_missing:
            continue
        if problem.code == "csv.text_in_number_column" and not numbers:
            continue
        raise problem
