"""Columns of an imported table: numbers where possible, texts where not, and what is amiss."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.data.checks import MAX_CLASSES, MAX_MAGNITUDE, shortened
from engine.data.dataset import Floats, Integers, read_only
from engine.errors import NablaError
from engine.numbers import exact

MISSING = frozenset(("", "?", "na", "n/a", "#n/a", "null"))
"""What stands for a missing value, in lower case."""

_NO_CODE = -1
_PLAIN_NUMBER = re.compile(r"[+\-−]?(\d+\.?\d*|\.\d+)([eE][+\-]?\d+)?")
_NOT_FINITE = re.compile(r"[+\-]?(nan|inf|infinity)", re.IGNORECASE)


def clean(cell: str) -> str:
    """A cell as one line of printable text without space around it."""
    if cell.isprintable():
        cell = cell.strip()
        return cell if "  " not in cell else " ".join(cell.split())
    printable = "".join(character if character.isprintable() else " " for character in cell)
    return " ".join(printable.split())


def parse_number(cell: str, decimal: str) -> float | None:
    """Read a cleaned cell as a number; None if it is text.

    Returns NaN for what is a number in form only: "nan", "inf", and beyond ±1e100.
    With ``decimal`` "," a point is no part of a number, for it could part thousands.
    """
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    if _PLAIN_NUMBER.fullmatch(cell):
        value = float(cell.replace("−", "-"))
        return value if abs(value) <= MAX_MAGNITUDE else float("nan")
    return float("nan") if _NOT_FINITE.fullmatch(cell) else None


@dataclass(frozen=True, slots=True)
class Finding:
    """How many cells of a column are amiss in one way, and the first of them."""

    count: int
    line: int
    value: str


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    ``values``, shape (rows,), is NaN wherever there is no finite number. ``codes`` point into
    ``texts``, the distinct cells; −1 marks a missing or not finite one. ``codes`` is None if
    there are more distinct cells than a target may have classes. ``usable``, shape
    (rows,), is False for those that are missing or not finite.
    """

    name: str
    values: Floats
    codes: Integers | None
    texts: tuple[str, ...]
    usable: NDArray[np.bool_]
    missing: Finding | None
    text: Finding | None
    not_finite: Finding | None

    @property
    def kind(self) -> Literal["number", "text", "empty"]:
        """What most cells are, the missing ones aside."""
        texts = self.text.count if self.text else 0
        numbers = int(np.isfinite(self.values).sum())
        if numbers == texts == 0:
            return "empty"
        return "number" if numbers > texts else "text"

    @property
    def problems(self) -> tuple[NablaError, ...]:
        """What would stop this column from being an input, each with line and column."""
        found = []
        if self.kind == "empty":
            found.append(NablaError("csv.empty_column", column=self.name))
        elif self.text is not None:
            found.append(self._problem("csv.text_in_number_column", self.text))
        if self.missing is not None and self.kind != "empty":
            found.append(self._problem("csv.missing_value", self.missing))
        if self.not_finite is not None:
            found.append(self._problem("csv.not_finite", self.not_finite))
        return tuple(found)

    def _problem(self, code: str, finding: Finding) -> NablaError:
        return NablaError(
            code, line=finding.line, column=self.name, value=finding.value, count=finding.count
        )

    def classes(self, rows: NDArray[np.bool_]) -> tuple[tuple[str, ...], Integers]:
        """Class names and the class index of each of the chosen rows.

        Numeric classes come first and in numeric order, texts in alphabetical order.

        Raises
        ------
        NablaError
            One class only, or more than 100.
        """
        if self.text is None:
            found, indices = np.unique(self.values[rows], return_inverse=True)
            if len(found) > MAX_CLASSES:
                raise NablaError("csv.too_many_classes", column=self.name, limit=MAX_CLASSES)
            # Adding 0 turns a negative zero into zero.
            names = tuple(exact(value + 0.0) for value in found.tolist())
        elif self.codes is None:
            raise NablaError("csv.too_many_classes", column=self.name, limit=MAX_CLASSES)
        else:
            codes = self.codes[rows]
            used = sorted(set(codes.tolist()), key=lambda code: _class_order(self.texts[code]))
            place = np.zeros(len(self.texts), dtype=np.int64)
            place[used] = np.arange(len(used))
            names, indices = tuple(self.texts[code] for code in used), place[codes]
        if len(names) < 2:
            raise NablaError("csv.one_class", column=self.name, value=shortened(names[0]))
        return names, indices.astype(np.int64)


def _class_order(text: str) -> tuple[int, float, str, str]:
    number = parse_number(text, ".")
    if number is not None:
        return 0, number, text, text
    return 1, 0.0, text.casefold(), text


class ColumnBuilder:
    """Takes the cells of one column, some hundred rows at a time."""

    def __init__(self, name: str, decimal: str) -> None:
        self.name = name
        self._decimal = decimal
        self._values = array("d")
        self._codes: array[int] | None = array("i")
        self._texts: dict[str, int] = {}
        self._gaps = array("q")
        self._findings: dict[str, Finding] = {}

    def extend(self, cells: Sequence[str], lines: Sequence[int]) -> None:
        """Add cells, each with the line on which its row begins."""
        if not self._extend_numbers(cells):
            for cell, line in zip(cells, lines, strict=True):
                self._add(clean(cell), line)

    def _extend_numbers(self, cells: Sequence[str]) -> bool:
        """The quick way for plain numbers; False, and nothing done, if there is anything else."""
        try:
            numbers = array("d", map(float, cells))
        except ValueError:
            return False
        joined = "".join(cells)
        # float() takes more than a table should mean: "1_000", and digits of other scripts.
        if "_" in joined or not joined.isascii() or (self._decimal == "," and "." in joined):
            return False
        if not (np.abs(np.frombuffer(numbers)) <= MAX_MAGNITUDE).all():
            return False
        self._values.extend(numbers)
        if self._codes is not None:
            for cell in cells:
                self._encode(cell.strip())
        return True

    def _add(self, cell: str, line: int) -> None:
        if cell.lower() in MISSING:
            number, found = float("nan"), "missing"
        else:
            parsed = parse_number(cell, self._decimal)
            number = float("nan") if parsed is None else parsed
            found = "text" if parsed is None else "not_finite" if parsed != parsed else ""
        if found in ("missing", "not_finite"):
            self._gaps.append(len(self._values))
        self._values.append(number)
        if found:
            first = self._findings.get(found, Finding(0, line, shortened(cell)))
            self._findings[found] = Finding(first.count + 1, first.line, first.value)
        self._encode(None if found in ("missing", "not_finite") else cell)

    def _encode(self, cell: str | None) -> None:
        if self._codes is None:
            return
        if cell is None:
            self._codes.append(_NO_CODE)
            return
        self._codes.append(self._texts.setdefault(cell, len(self._texts)))
        if len(self._texts) > MAX_CLASSES:
            self._codes, self._texts = None, {}

    def build(self) -> Column:
        """Finish the column."""
        codes: Integers | None = None
        if self._codes is not None:
            codes = np.array(self._codes, dtype=np.int64)
            codes.flags.writeable = False
        usable = np.ones(len(self._values), dtype=np.bool_)
        usable[list(self._gaps)] = False
        usable.flags.writeable = False
        return Column(
            name=self.name,
            values=read_only(np.frombuffer(self._values)) if self._values else read_only([]),
            codes=codes,
            texts=tuple(self._texts),
            usable=usable,
            missing=self._findings.get("missing"),
            text=self._findings.get("text"),
            not_finite=self._findings.get("not_finite"),
        )
