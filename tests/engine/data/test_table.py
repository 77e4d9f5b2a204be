from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import BundledData, Table, load, read_table, table_data
from engine.data.checks import MAX_ROWS
from engine.errors import NablaError
from engine.numbers import exact

Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_file(content: str | bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def refused(call: Callable[[], object]) -> tuple[str, dict[str, object]]:
    """The code and the details with which a call is refused."""
    with pytest.raises(NablaError) as caught:
        call()
    return caught.value.code, caught.value.details


def refused_columns(
    table: Table, inputs: tuple[str, ...], target: str, task: str = "regression", **options: object
) -> tuple[str, dict[str, object]]:
    return refused(lambda: table_data(table, inputs, target, task, **options))  # type: ignore[arg-type]


def test_a_plain_table_is_read(write: Write) -> None:
    table = read_table(write("a,b,kind\n1,2.5,x\n-3,4e2,y\n"))
    assert (table.name, table.names, table.rows) == ("table", ("a", "b", "kind"), 2)
    assert (table.encoding, table.delimiter, table.header) == ("utf-8", ",", True)
    assert [column.kind for column in table.columns] == ["number", "number", "text"]
    assert table.column("b").values.tolist() == [2.5, 400]
    assert table.preview == (("1", "2.5", "x"), ("-3", "4e2", "y"))
    assert table.problems == ()


def test_a_suggestion_begins_with_the_last_column_as_target(write: Write) -> None:
    suggestion = read_table(write("a,note,b,kind\n1,p,2,x\n3,q,4,y\n")).suggestion()
    assert suggestion.inputs == ("a", "b")
    assert (suggestion.target, suggestion.task) == ("kind", "classification")
    regression = read_table(write("y,a\n1.5,2\n2.5,3\n")).suggestion()
    assert (regression.inputs, regression.target, regression.task) == (("a",), "y", "regression")
    few = read_table(write("a,b\n1,0\n2,1\n3,0\n4,1\n")).suggestion()
    assert few.task == "classification"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_delimiter_is_found_out(write: Write, delimiter: str, end: str) -> None:
    text = end.join(delimiter.join(row) for row in (("a", "b"), ("1", "2"), ("3", "4")))
    table = read_table(write(text))
    assert table.delimiter == delimiter
    assert table.column("b").values.tolist() == [2, 4]


def test_a_decimal_comma_is_found_out_between_semicolons(write: Write) -> None:
    table = read_table(write("a;b\n1,5;2,25\n-3;4,5e1\n"))
    assert (table.delimiter, table.decimal) == (";", ",")
    assert table.column("a").values.tolist() == [1.5, -3]
    assert table.column("b").values.tolist() == [2.25, 45]


def test_a_point_in_a_table_with_decimal_commas_is_no_number(write: Write) -> None:
    table = read_table(write("a;b\n1,5;1\n2,5;2\n1.234;3\n"))
    code, details = refused_columns(table, ("a",), "b")
    assert code == "csv.text_in_number_column"
    assert (details["line"], details["value"]) == (4, "1.234")


def test_semicolons_with_decimal_points_stay_points(write: Write) -> None:
    table = read_table(write("a;b\n1.5;2\n3.5;4\n"))
    assert (table.decimal, table.column("a").values.tolist()) == (".", [1.5, 3.5])


def test_format_can_be_said(write: Write) -> None:
    table = read_table(write("1|2,5\n3|4,5\n"), delimiter="|", decimal=",", header=False)
    assert table.names == ("c1", "c2")
    assert table.column("c2").values.tolist() == [2.5, 4.5]


def test_a_first_row_with_a_number_is_no_header(write: Write) -> None:
    path = write("5.1,setosa\n4.9,virginica\n")
    assert (read_table(path).header, read_table(path).rows) == (False, 2)
    assert (read_table(path, header=True).names, read_table(path, header=True).rows) == (
        ("5.1", "setosa"),
        1,
    )


def test_columns_without_a_name_are_numbered(write: Write) -> None:
    assert read_table(write(",b, ,c1\n1,2,3,4\n")).names == ("c1_", "b", "c3", "c1")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark_are_found_out(write: Write, codec: str) -> None:
    table = read_table(write("größe,类\n1,甲\n2,乙\n".encode(codec)))
    assert table.names == ("größe", "类")
    assert table.column("类").texts == ("甲", "乙")


def test_gb18030_is_read_when_asked_for(write: Write) -> None:
    path = write("长度,类别\n1,甲\n2,乙\n".encode("gb18030"))
    assert refused(lambda: read_table(path))[0] == "csv.encoding"
    assert read_table(path, encoding="gb18030").names == ("长度", "类别")


@pytest.mark.parametrize("before", [0, 10, 70_000])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_wrong_byte_is_found(write: Write, before: int, mark: bytes) -> None:
    start = mark + "ä,b\n".encode() + b"1,2\n" * before
    code, details = refused(lambda: read_table(write(start + b"1,\xff\n3,4\n")))
    assert code == "csv.encoding"
    assert details == {"encoding": "utf-8", "position": len(start) + 2, "line": before + 2}


def test_a_character_cut_off_at_the_end_is_found(write: Write) -> None:
    code, details = refused(lambda: read_table(write("a,b\n1,ä".encode()[:-1])))
    assert (code, details["position"], details["line"]) == ("csv.encoding", 6, 2)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_when_asked_for(write: Write, codec: str) -> None:
    path = write("a,类\n1,2\n".encode(codec))
    assert refused(lambda: read_table(path))[0] == "csv.binary"
    table = read_table(path, encoding="utf-16")
    assert (table.names, table.encoding) == (("a", "类"), "utf-16")


def test_what_cannot_be_utf_16_is_told(write: Write) -> None:
    assert refused(lambda: read_table(write("a,b\n1,2\n"), encoding="utf-16"))[0] == "csv.encoding"
    cut = "ä,b\n1,2\n".encode("utf-16")[:-1]
    assert refused(lambda: read_table(write(cut))) == (
        "csv.encoding",
        {"encoding": "utf-16", "position": len(cut) - 1, "line": 2},
    )


def test_files_that_are_no_tables_are_told(tmp_path: Path, write: Write) -> None:
    assert refused(lambda: read_table(tmp_path / "none.csv"))[0] == "csv.not_found"
    assert refused(lambda: read_table("a\0b"))[0] == "csv.not_found"
    assert refused(lambda: read_table(tmp_path))[0] == "csv.is_a_directory"
    assert refused(lambda: read_table(write("")))[0] == "csv.empty"
    assert refused(lambda: read_table(write("\n \n\n")))[0] == "csv.empty"
    assert refused(lambda: read_table(write("a,b\n\n")))[0] == "csv.header_only"
    assert refused(lambda: read_table(write(b"PK\x03\x04\0\0")))[0] == "csv.binary"
    assert refused(lambda: read_table(write("a,b\n" * 9_000 + "1,\0\n"))) == (
        "csv.nul",
        {"line": 9_001},
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert refused(lambda: read_table(path))[0] == "csv.not_a_file"


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(600 * 2**20)
    assert refused(lambda: read_table(path)) == (
        "csv.too_big",
        {"path": str(path), "megabytes": 600, "limit": 512},
    )


def test_an_endless_line_is_refused(write: Write) -> None:
    assert refused(lambda: read_table(write("a" * 1_000_001)))[0] == "csv.line_too_long"


def test_a_ragged_row_is_told_by_line(write: Write) -> None:
    assert refused(lambda: read_table(write('a,b\n"1\n2",x\n\n1,2,3\n'))) == (
        "csv.ragged_row",
        {"line": 5, "expected": 2, "found": 3},
    )


def test_an_open_quote_is_told_by_line(write: Write) -> None:
    assert refused(lambda: read_table(write('a,b\n1,2\n3,"4\n5,6\n'))) == (
        "csv.malformed",
        {"line": 3},
    )


def test_a_name_twice_is_told_by_place(write: Write) -> None:
    assert refused(lambda: read_table(write("a,b,a \n1,2,3\n"))) == (
        "csv.duplicate_column",
        {"column": "a", "first": 1, "second": 3},
    )


def test_options_that_cannot_be_are_refused(write: Write) -> None:
    path = write("a,b\n1,2\n")
    assert refused(lambda: read_table(path, encoding="rot13"))[0] == "csv.unknown_encoding"
    assert refused(lambda: read_table(path, delimiter=""))[0] == "csv.bad_delimiter"
    assert refused(lambda: read_table(path, delimiter='"'))[0] == "csv.bad_delimiter"
    assert refused(lambda: read_table(path, decimal="x"))[0] == "csv.bad_decimal"
    assert refused(lambda: read_table(path, sample_rows=0))[0] == "data.out_of_range"
    assert refused(lambda: read_table(path, seed=-1))[0] == "data.out_of_range"


def test_a_missing_value_is_told_by_line_and_column(write: Write) -> None:
    table = read_table(write("a,b\n1,2\n3,?\n5,\n"))
    code, details = refused_columns(table, ("b",), "a")
    assert code == "csv.missing_value"
    assert (details["line"], details["column"], details["count"]) == (3, "b", 2)
    assert [problem.code for problem in table.problems] == ["csv.missing_value"]


def test_rows_with_missing_values_can_be_dropped_and_are_counted(write: Write) -> None:
    table = read_table(write("a,b,kind\n1,2,x\n3,?,y\n5,6,\n7,nan,x\n9,1,y\n"))
    assert table.complete_rows(("a", "b", "kind")).tolist() == [True, False, False, False, True]
    assert table.complete_rows(("a",)).all()
    spec = table_data(table, ("a", "b"), "kind", "classification", drop_missing=True)
    assert (spec.rows, spec.file_rows) == (2, 5)
    assert spec.matrix.tolist() == [[1, 2, 0], [9, 1, 1]]


def test_dropping_every_row_is_told(write: Write) -> None:
    table = read_table(write("a,b\n1,?\n?,2\n"))
    assert refused_columns(table, ("a",), "b", drop_missing=True)[0] == "csv.nothing_left"


@pytest.mark.parametrize("value", ["nan", "-inf", "Infinity", "1e400", "1e101"])
def test_numbers_that_are_not_finite_are_told(write: Write, value: str) -> None:
    table = read_table(write(f"a,b\n1,2\n3,{value}\n"))
    code, details = refused_columns(table, ("b",), "a")
    assert code == "csv.not_finite"
    assert (details["line"], details["column"], details["value"]) == (3, "b", value)


@pytest.mark.parametrize("value", ["abc", "1_000", "0x10", "1 2", "12.03.2020", "5%"])
def test_text_among_numbers_is_told(write: Write, value: str) -> None:
    table = read_table(write(f"a,b\n1,2\n3,4\n3,{value}\n"))
    code, details = refused_columns(table, ("b",), "a")
    assert code == "csv.text_in_number_column"
    assert (details["line"], details["column"], details["value"]) == (4, "b", value)
    assert refused_columns(table, ("a",), "b")[0] == "csv.text_in_number_column"


def test_columns_that_cannot_be_chosen_are_told(write: Write) -> None:
    table = read_table(write("a,b,c\n1,2,\n3,4,\n"))
    assert refused_columns(table, (), "a")[0] == "csv.no_inputs"
    assert refused_columns(table, ("a",), "a")[0] == "csv.target_is_input"
    assert refused_columns(table, ("a", "a"), "b")[0] == "csv.input_twice"
    assert refused_columns(table, ("d",), "b")[0] == "csv.unknown_column"
    assert refused_columns(table, ("c",), "b")[0] == "csv.empty_column"
    assert refused_columns(table, ("a",), "b", "guess")[0] == "data.unknown_task"
    assert refused_columns(table, ("a",), "b", test_share=2.0)[0] == "data.out_of_range"
    assert table.suggestion().target == "b"


def test_one_class_is_not_enough(write: Write) -> None:
    table = read_table(write("a,k\n1,x\n2,x\n"))
    assert refused_columns(table, ("a",), "k", "classification") == (
        "csv.one_class",
        {"column": "k", "value": "x"},
    )


@pytest.mark.parametrize("form", ["{}", "n{}"])
def test_over_a_hundred_classes_are_too_many(write: Write, form: str) -> None:
    rows = "".join(f"{number},{form.format(number)}\n" for number in range(101))
    table = read_table(write("a,k\n" + rows))
    assert refused_columns(table, ("a",), "k", "classification")[0] == "csv.too_many_classes"
    table = read_table(write("a,k\n" + rows[: rows.rindex("100,")]))
    assert len(table_data(table, ["a"], "k", "classification").classes) == 100


def test_numeric_classes_are_sorted_as_numbers_and_texts_as_words(write: Write) -> None:
    table = read_table(write("a,n,t,m\n1,10,b,x\n2,9.0,C,10\n3,-1,a,9\n4,10.0,b,9\n"))
    numeric = table_data(table, ["a"], "n", "classification")
    assert numeric.classes == ("-1", "9", "10")
    assert numeric.matrix[:, -1].tolist() == [2, 1, 0, 2]
    assert table_data(table, ["a"], "t", "classification").classes == ("a", "b", "C")
    assert table_data(table, ["a"], "m", "classification").classes == ("9", "10", "x")


def test_a_constant_column_is_accepted_and_told(write: Write) -> None:
    table = read_table(write("a,b,y\n1,7,2\n2,7,3\n3,7,4\n"))
    dataset = load(table_data(table, ["a", "b"], "y", "regression"))
    assert dataset.constant_features == ("b",)
    assert not dataset.inputs[:, 1].any()


def test_too_many_columns_are_refused_and_a_sample_of_them_keeps_the_last(write: Write) -> None:
    header = ",".join(f"n{place}" for place in range(300))
    path = write(header + "\n" + ",".join(map(str, range(300))) + "\n")
    assert refused(lambda: read_table(path)) == (
        "csv.too_many_columns",
        {"found": 300, "limit": 256},
    )
    table = read_table(path, sample_columns=10, seed=1)
    assert len(table.columns) == 10
    assert table.file_columns == 300
    assert table.names[-1] == "n299"
    assert all(column.values[0] == int(column.name[1:]) for column in table.columns)
    assert table.names == read_table(path, sample_columns=10, seed=1).names
    assert table.names != read_table(path, sample_columns=10, seed=2).names


def test_too_many_rows_are_refused_and_a_sample_is_seeded(write: Write) -> None:
    path = write("a,b\n" + "".join(f"{row},{row % 7}\n" for row in range(MAX_ROWS + 1)))
    assert refused(lambda: read_table(path)) == ("csv.too_many_rows", {"limit": MAX_ROWS})
    table, again, other = (read_table(path, sample_rows=50, seed=seed) for seed in (1, 1, 2))
    values = table.column("a").values
    assert (table.rows, table.file_rows) == (50, MAX_ROWS + 1)
    assert (np.diff(values) > 0).all()
    assert np.array_equal(values, again.column("a").values)
    assert not np.array_equal(values, other.column("a").values)


def test_a_sample_larger_than_the_file_is_the_file(write: Write) -> None:
    table = read_table(write("a,b\n1,2\n3,4\n"), sample_rows=50)
    assert table.column("a").values.tolist() == [1, 3]


def test_the_bundled_iris_can_be_imported_as_a_file() -> None:
    path = Path(__file__).parents[3] / "resources" / "data" / "iris.csv"
    table = read_table(path)
    choice = table.suggestion()
    dataset = load(table_data(table, choice.inputs, choice.target, choice.task, standardize=False))
    bundled = load(BundledData("iris"))
    assert np.array_equal(dataset.inputs, bundled.inputs)
    assert np.array_equal(dataset.targets, bundled.targets)
    assert np.array_equal(dataset.train, bundled.train)


@pytest.fixture(scope="module")
def shared_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file that each example of a property writes anew."""
    return tmp_path_factory.mktemp("tables") / "table.csv"


@given(
    rows=st.lists(st.tuples(*[st.floats(-1e100, 1e100)] * 3), min_size=1, max_size=30),
    delimiter=st.sampled_from((",", ";", "\t")),
    quoting=st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
)
def test_written_numbers_are_read_back_bit_for_bit(
    shared_path: Path, rows: list[tuple[float, ...]], delimiter: str, quoting: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(("a", "b", "c"))
    writer.writerows([exact(value) for value in row] for row in rows)
    shared_path.write_text(text.getvalue(), encoding="utf-8", newline="")
    table = read_table(shared_path)
    spec = table_data(table, ("a", "b"), "c", "regression")
    assert spec.values == np.array(rows).astype("<f8").tobytes()


def read_and_use(path: Path, encoding: str | None = None) -> None:
    """Do what can be done with a file; only a NablaError may come of it."""
    with suppress(NablaError):
        table = read_table(path, encoding=encoding)
        choice = table.suggestion()
        load(table_data(table, choice.inputs, choice.target, choice.task, drop_missing=True))


@given(st.binary(max_size=200), st.sampled_from((None, "utf-8", "utf-16", "gb18030", "cp1252")))
def test_any_bytes_are_read_or_refused(
    shared_path: Path, content: bytes, encoding: str | None
) -> None:
    shared_path.write_bytes(content)
    read_and_use(shared_path, encoding)


NUMBERS = ("1", "2.5", "1,5", "-0", "1e308", "1_0", "１", "−3", "9" * 400, " 7 ")
ODDITIES = ("", "?", "nan", "inf", "+", "e5", ".", "1e", "x", "a" * 300)
MARKS = ('"', '""', "\u202e", "\u3000", "\0", "\ufeff", "\r")
nasty_cells = st.sampled_from((*NUMBERS, *ODDITIES, *MARKS))


@given(
    st.lists(st.lists(nasty_cells, min_size=1, max_size=4), min_size=1, max_size=8),
    st.sampled_from((",", ";", "\t")),
    st.sampled_from(("\n", "\r\n", "\r")),
)
def test_nasty_tables_are_read_or_refused(
    shared_path: Path, rows: list[list[str]], delimiter: str, end: str
) -> None:
    width = len(rows[0])
    text = end.join(delimiter.join((row * 4)[:width]) for row in rows)
    shared_path.write_text(text, encoding="utf-8", newline="")
    read_and_use(shared_path)
