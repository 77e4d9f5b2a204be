from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from engine.table import Table, csv_text, write_csv

LOSS = Table(("step", "loss"), ((0, 7200.0), (1, 3225.137172)))


def test_every_digit_of_a_number_is_written() -> None:
    third = 1 / 3
    text = csv_text(Table(("value",), ((third,), (np.float64(0.1) + 0.2,), (np.float32(0.5),))))
    lines = text.splitlines()[1:]
    assert float(lines[0]) == third
    assert lines[1:] == ["0.30000000000000004", "0.5"]


def test_the_loss_of_the_first_lesson_reads_as_printed() -> None:
    assert csv_text(LOSS) == "step,loss\n0,7200\n1,3225.137172\n"


def test_words_with_commas_quotes_and_new_lines_come_back_unchanged() -> None:
    words = ('say "a, b"', "first\nsecond", "学习率", "")
    text = csv_text(Table(("name",), tuple((word,) for word in words)))
    read = [row[0] for row in csv.reader(io.StringIO(text, newline=""))]
    assert read == ["name", *words]


def test_truth_values_integers_and_gaps_have_one_spelling() -> None:
    table = Table(("a", "b", "c"), ((True, np.int64(3), None), (np.False_, -1, float("nan"))))
    assert csv_text(table) == "a,b,c\ntrue,3,\nfalse,-1,nan\n"


def test_a_file_is_utf8_with_line_feeds_and_the_columns_first(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    write_csv(LOSS, path)
    assert path.read_bytes() == b"step,loss\n0,7200\n1,3225.137172\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["loss.csv"]


def test_metadata_stand_beside_the_table_not_in_it(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    write_csv(LOSS, path, metadata={"seed": 7, "version": "0.1.0"})
    assert path.read_text().startswith("step,loss\n")
    assert json.loads((tmp_path / "loss.csv.json").read_text()) == {"seed": 7, "version": "0.1.0"}
    with pytest.raises(TypeError):
        write_csv(LOSS, io.StringIO(), metadata={"seed": 7})


def test_a_table_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    path.write_text("old")

    class Breaks:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    with pytest.raises(RuntimeError, match="no text"):
        write_csv(Table(("a",), ((Breaks(),),)), path)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["loss.csv"]


def test_a_column_is_found_by_name() -> None:
    assert LOSS.column("loss") == (7200.0, 3225.137172)
    with pytest.raises(KeyError):
        LOSS.column("accuracy")
