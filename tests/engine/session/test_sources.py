"""What can be given to open: a lesson's id, a session file, a CSV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.data import BundledData, DataSpec, GeneratedData, TableData
from engine.errors import NablaError
from engine.session import file
from engine.session.lessons import lessons
from engine.session.sources import is_lesson, new_document, source_document
from engine.session.starting import experiment_for
from engine.session.stored import session_of
from engine.timeline import Timeline
from engine.training import Training
from tests.engine.session.documents import with_everything


@pytest.mark.parametrize("name", [info.id for info in lessons()])
def test_a_lesson_opens_before_its_first_step(name: str) -> None:
    document = source_document(name)
    assert document.lesson == name
    assert (document.cursor.iteration, document.cursor.micro) == (0, 0)
    assert is_lesson(name)


def test_a_session_file_opens_where_it_was_saved(tmp_path: Path) -> None:
    path = tmp_path / "session.NABLA"
    file.save(path, session_of(*with_everything()))
    document = source_document(str(path))
    assert (document.cursor.run, document.cursor.iteration) == (2, 75)


def test_a_table_opens_with_a_network_that_fits(tmp_path: Path) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text("long,wide,kind\n1,2,a\n3,4,b\n5,6,a\n7,8,b\n2,1,c\n3,3,c\n")
    experiment = source_document(str(path)).experiment
    assert isinstance(experiment.data, TableData)
    assert experiment.architecture.widths == (2, 8, 3)
    assert experiment.loss == "cross_entropy"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("1,2,0\n,3,1\n4,5,0\n2,2,1\n", "csv.missing_value"),
        ("1,2,0\n3,oops,1\n4,5,0\n6,7,1\n", "csv.text_in_number_column"),
        ("1,2,0\n3,3,0\n4,5,0\n", "csv.one_class"),
    ],
)
def test_a_table_that_is_amiss_is_told(tmp_path: Path, rows: str, code: str) -> None:
    path = tmp_path / "amiss.csv"
    path.write_text("a,b,y\n" + rows)
    with pytest.raises(NablaError) as caught:
        source_document(str(path))
    assert caught.value.code == code


@pytest.mark.parametrize("source", ["", "no-such-lesson", "picture.png", "/", "a\0b"])
def test_anything_else_is_told_with_what_can_be_given(source: str) -> None:
    with pytest.raises(NablaError) as caught:
        source_document(source)
    assert caught.value.code == "source.unknown"
    assert "backprop-by-hand" in str(caught.value.details["lessons"])


@pytest.mark.parametrize(
    "data",
    [GeneratedData("circles"), GeneratedData("sine"), BundledData("iris"), BundledData("digits")],
)
def test_a_start_for_any_data_learns(data: DataSpec) -> None:
    timeline = Timeline(Training(experiment_for(data)))
    assert timeline[400].loss < 0.9 * timeline[0].loss


def test_digits_get_a_network_that_soon_knows_those_it_has_not_seen() -> None:
    experiment = experiment_for(BundledData("digits"))
    assert experiment.architecture.widths == (64, 32, 10)
    state = Timeline(Training(experiment))[400]
    assert state.test_accuracy is not None
    assert state.test_accuracy > 0.95


def test_something_new_is_not_a_lesson() -> None:
    assert new_document().lesson == ""
