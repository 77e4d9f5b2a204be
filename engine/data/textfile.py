"""Reading a text file line by line: encoding, delimiter, records. Never the whole file at once."""

from __future__ import annotations

import codecs
import csv
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from engine.data.checks import shortened
from engine.data.columns import clean, parse_number
from engine.errors import NablaError

ENCODINGS = ("utf-8", "utf-16", "gb18030", "cp1252")
"""What may be chosen by hand. Without a choice UTF-8 is tried, or what the byte order mark says."""

DELIMITERS = (";", "\t", ",")
"""Tried in this order; a comma last, for it may be part of numbers."""

MAX_BYTES = 512 * 2**20
MAX_LINE = 1_000_000
_SAMPLE_LINES = 100
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_COLUMNS = 300
_CHUNK = 65_536
_COMMA_NUMBER = re.compile(r"[+\-−]?\d*,\d+([eE][+\-]?\d+)?")
_POINT_NUMBER = re.compile(r"[+\-−]?\d*\.\d+([eE][+\-]?\d+)?")


@dataclass(frozen=True, slots=True)
class Record:
    """One row of cells and the line, from 1, on which it begins."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written."""

    encoding: str
    delimiter: str
    decimal: str


def check_file(path: Path) -> None:
    """Make sure that ``path`` is a regular file of a sensible size that may be read."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NablaError("csv.is_a_directory", path=str(path))
        if not stat.S_ISREG(status.st_mode):
            raise NablaError("csv.not_a_file", path=str(path))
        if status.st_size > MAX_BYTES:
            megabytes, limit = -(-status.st_size // 2**20), MAX_BYTES // 2**20
            raise NablaError("csv.too_big", path=str(path), megabytes=megabytes, limit=limit)
        if status.st_size == 0:
            raise NablaError("csv.empty", path=str(path))
    except OSError as error:
        raise reading_error(path, error) from error
    except NablaError:
        raise
    except ValueError:
        # A path with a NUL character is no path at all.
        raise NablaError("csv.not_found", path=shortened(str(path))) from None


def reading_error(path: Path, error: OSError) -> NablaError:
    """Tell a missing file from one that cannot be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return NablaError("csv.not_found", path=str(path))
    return NablaError("csv.not_readable", path=str(path), reason=error.strerror or str(error))


def detect_encoding(path: Path, chosen: str | None) -> str:
    """Return the codec to read with; a byte order mark outranks the choice of UTF-8."""
    if chosen is not None and chosen not in ENCODINGS:
        known = ", ".join(ENCODINGS)
        raise NablaError("csv.unknown_encoding", encoding=shortened(chosen), known=known)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise reading_error(path, error) from error
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and chosen in (None, "utf-16"):
        return "utf-16"
    if chosen == "utf-16":
        return _byte_order(start)
    if b"\0" in start:
        raise NablaError("csv.binary", path=str(path), position=start.index(b"\0"))
    return "utf-8-sig" if chosen in (None, "utf-8") else chosen


def _byte_order(start: bytes) -> str:
    """UTF-16 without a mark: digits, commas and line ends have their NUL first or second."""
    first, second = start[0::2].count(0), start[1::2].count(0)
    if first == second == 0:
        raise NablaError("csv.encoding", encoding="utf-16", position=0, line=1)
    return "utf-16-be" if first > second else "utf-16-le"


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines with their ends.

    Raises
    ------
    NablaError
        Unreadable, wrongly encoded, a NUL character, or a line of over a million characters.
    """
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            while line := file.readline(MAX_LINE):
                number += 1
                if "\0" in line:
                    raise NablaError("csv.nul", line=number)
                if len(line) == MAX_LINE:
                    raise NablaError("csv.line_too_long", line=number, limit=MAX_LINE)
                yield line
    except UnicodeError:
        raise _encoding_error(path, encoding) from None
    except OSError as error:
        raise reading_error(path, error) from error


def _encoding_error(path: Path, encoding: str) -> NablaError:
    """Find the byte, and its line, that the encoding does not allow."""
    # Without the mark's special treatment, which would shift the position.
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    decoder = codecs.getincrementaldecoder(encoding)()
    passed = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                passed += error.start - pending
                break
            passed += len(chunk)
        else:
            # Only the end was amiss: a character that is cut off.
            passed -= len(decoder.getstate()[0])
    return NablaError(
        "csv.encoding", encoding=encoding, position=passed, line=_line_of(path, encoding, passed)
    )


def _line_of(path: Path, encoding: str, position: int) -> int:
    """The line, from 1, on which a byte stands; all before it can be decoded."""
    decoder = codecs.getincrementaldecoder(encoding)("ignore")
    line = 1
    with path.open("rb") as file:
        while position > 0 and (chunk := file.read(min(position, _CHUNK))):
            line += decoder.decode(chunk).count("\n")
            position -= len(chunk)
    return line


def read_records(path: Path, form: Format) -> Iterator[Record]:
    """Yield the rows that hold anything; a row may span lines within quotes."""
    reader = csv.reader(read_lines(path, form.encoding), delimiter=form.delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            raise NablaError("csv.malformed", line=line) from None
        if cells is None:
            return
        if len(cells) == 0 or (len(cells) == 1 and not cells[0].strip()):
            continue
        yield Record(line, cells)


def detect_format(
    path: Path, encoding: str | None, delimiter: str | None, decimal: str | None
) -> Format:
    """Find out how a file is written, from its first lines; what is given is not guessed."""
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '\r\n" 0123456789.+-'):
        raise NablaError("csv.bad_delimiter", delimiter=shortened(delimiter))
    if decimal not in (None, ".", ",") or (decimal is not None and decimal == delimiter):
        raise NablaError("csv.bad_decimal", decimal=shortened(decimal))
    found = detect_encoding(path, encoding)
    lines: list[str] = []
    for line in islice(read_lines(path, found), _SAMPLE_LINES):
        lines.append(line)
        if sum(map(len, lines)) > _SAMPLE_CHARACTERS:
            break
    if delimiter is None:
        candidates = [mark for mark in DELIMITERS if mark != decimal]
        # `max` keeps the first of equals.
        delimiter = max(candidates, key=lambda mark: _fitness(lines, mark))
        if _fitness(lines, delimiter) == _NO_TABLE:
            delimiter = candidates[-1]
    if decimal is None:
        decimal = _detect_decimal(_sample_rows(lines, delimiter), delimiter)
    return Format(found, delimiter, decimal)


_NO_TABLE = (0.0, 0.0)


def _fitness(lines: list[str], delimiter: str) -> tuple[float, float]:
    """How well a delimiter fits: the share of rows of one width, then that of numbers."""
    rows = _sample_rows(lines, delimiter)
    if not rows:
        return _NO_TABLE
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2:
        return _NO_TABLE
    decimal = _detect_decimal(rows, delimiter)
    cells = [clean(cell) for row in (rows[1:] or rows) for cell in row[:_SAMPLE_COLUMNS]]
    numbers = sum(parse_number(cell, decimal) is not None for cell in cells)
    return round(count / len(rows), 1), numbers / len(cells)


def _sample_rows(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return []


def _detect_decimal(rows: list[list[str]], delimiter: str) -> str:
    """A decimal comma, if the columns are not parted by commas and it is the commoner mark."""
    if delimiter == ",":
        return "."
    cells = [cell.strip() for row in rows for cell in row[:_SAMPLE_COLUMNS]]
    commas = sum(_COMMA_NUMBER.fullmatch(cell) is not None for cell in cells)
    points = sum(_POINT_NUMBER.fullmatch(cell) is not None for cell in cells)
    return "," if commas > points else "."
