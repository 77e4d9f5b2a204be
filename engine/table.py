"""Tables of numbers and words, and the one way in which they become CSV."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import TextIO

from engine.files import write_atomically
from engine.numbers import exact


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and their rows.

    Parameters
    ----------
    columns
        Names, written as the first line of a file.
    rows
        One sequence of cells a row: numbers, words, truth values, or None for an empty cell.
        Any sequence will do, so a long table may make its rows when they are asked for.
    """

    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> tuple[object, ...]:
        """Give the cells of one column; KeyError where there is none of that name."""
        try:
            position = self.columns.index(name)
        except ValueError:
            raise KeyError(name) from None
        return tuple(row[position] for row in self.rows)


def cell(value: object) -> str:
    """Write one cell: numbers with every digit, truth values as words, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    # NumPy's own bool is no subclass of bool, so it is known by its name.
    if isinstance(value, bool) or type(value).__name__ in {"bool", "bool_"}:
        return "true" if value else "false"
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return exact(float(value))
    return str(value)


def csv_text(table: Table) -> str:
    r"""Write a table as RFC 4180 text with '\n' at the ends of lines; columns come first."""
    text = io.StringIO()
    _write(table, text)
    return text.getvalue()


def write_csv(
    table: Table,
    path_or_file: str | os.PathLike[str] | TextIO,
    metadata: Mapping[str, object] | None = None,
) -> None:
    """Write a table as UTF-8 CSV that holds every digit of its numbers.

    A path is written atomically: a reader sees the old file or the whole new one. CSV has no place
    for metadata; where they are given they go to a second file, ``name.csv.json``.

    Raises
    ------
    OSError
        The place cannot be written; the old file, if any, is as it was.
    TypeError
        Metadata are given with an open file, beside which no second file can stand.
    """
    if not isinstance(path_or_file, (str, os.PathLike)):
        if metadata is not None:
            raise TypeError("metadata need a path beside which they can stand")
        _write(table, path_or_file)
        return
    path = Path(path_or_file)
    write_atomically(path, csv_text(table).encode("utf-8"))
    if metadata is not None:
        notes = json.dumps(dict(metadata), ensure_ascii=False, indent=2, default=str)
        beside = path.with_name(path.name + ".json")
        write_atomically(beside, (notes + "\n").encode("utf-8"))


def _write(table: Table, file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([cell(value) for value in row] for row in table.rows)
