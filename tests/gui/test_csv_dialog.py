"""The import of a CSV file says what is wrong in place, and gives data only when they will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from engine.data import load
from gui.inspectors import csv_dialog
from gui.inspectors.csv_dialog import FOLDER, CsvDialog, ask_for_file, choose_csv
from gui.state.store import Store
from gui.wording import describe
from tests.experiments import by_hand, document
from tests.gui.inspecting import click, enter, pick

FLOWERS = "length,width,kind\n" + "".join(
    f"{row}.5,{row % 3},{'ab'[row % 2]}\n" for row in range(20)
)
Opener = Callable[[str | bytes], CsvDialog]


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Iterator[Opener]:
    dialogs: list[CsvDialog] = []

    def opener(content: str | bytes) -> CsvDialog:
        path = tmp_path / "flowers.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        dialog = CsvDialog(path)
        dialogs.append(dialog)
        qtbot.addWidget(dialog)
        with qtbot.waitActive(dialog):
            dialog.show()
        wait(qtbot, dialog)
        return dialog

    yield opener
    for dialog in dialogs:
        wait(qtbot, dialog)


def wait(qtbot: QtBot, dialog: CsvDialog) -> None:
    """Wait until the file is read and the choice judged."""
    qtbot.waitUntil(
        lambda: not dialog._reader.is_busy and not dialog._check.isActive(), timeout=20_000
    )


def tick(dialog: CsvDialog, row: int, on: bool) -> None:
    model = dialog.column_model
    state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
    assert model.setData(model.index(row, 0), state, Qt.ItemDataRole.CheckStateRole)


def test_a_good_file_can_be_taken_at_once(opened: Opener) -> None:
    dialog = opened(FLOWERS)
    assert dialog.ok.isEnabled()
    assert dialog.spec is not None
    assert dialog.spec.inputs == ("length", "width")
    assert dialog.spec.target == "kind"
    assert dialog.spec.classes == ("a", "b")
    assert dialog.spec.standardize
    assert not dialog.drop_missing.isEnabled()
    assert dialog.preview_model.rowCount() == 20
    assert dialog.format.encoding.currentText() == "UTF-8 (auto)"
    assert "16 rows to train on, 4 to test with" in dialog.summary.text()


def test_columns_target_and_task_are_chosen(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened(FLOWERS)
    tick(dialog, 1, False)
    wait(qtbot, dialog)
    assert dialog.spec is not None
    assert dialog.spec.inputs == ("length",)
    pick(dialog.target, "width")
    wait(qtbot, dialog)
    assert dialog.spec.inputs == ("length",)
    pick(dialog.task, "regression")
    wait(qtbot, dialog)
    assert dialog.spec.task == "regression"
    assert dialog.spec.target == "width"
    pick(dialog.target, "kind")
    wait(qtbot, dialog)
    assert dialog.spec.classes == ("a", "b")
    assert set(dialog.spec.inputs) == {"length", "width"}


def test_no_inputs_is_said(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened(FLOWERS)
    click(dialog.none)
    wait(qtbot, dialog)
    assert dialog.error is not None
    assert dialog.error.code == "csv.no_inputs"
    assert dialog.message.text() == describe(dialog.error)
    assert not dialog.ok.isEnabled()
    click(dialog.all)
    wait(qtbot, dialog)
    assert dialog.ok.isEnabled()
    assert not dialog.message.isVisible()


def test_text_columns_and_the_target_cannot_be_inputs(opened: Opener) -> None:
    dialog = opened(FLOWERS.replace("0.5,0,a", "0.5,zero,a"))
    model = dialog.column_model
    usable = [
        bool(model.flags(model.index(row, 0)) & Qt.ItemFlag.ItemIsUserCheckable) for row in range(3)
    ]
    assert usable == [True, False, False]


def test_missing_values_are_counted_and_left_out_on_request(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened(FLOWERS.replace("3.5,0,b", ",0,b").replace("5.5,2,b", "5.5,,b"))
    assert dialog.error is not None
    assert dialog.error.code == "csv.missing_value"
    assert not dialog.ok.isEnabled()
    assert "(2)" in dialog.drop_missing.text()
    dialog.drop_missing.click()
    wait(qtbot, dialog)
    assert dialog.spec is not None
    assert dialog.spec.rows == 18
    assert dialog.ok.isEnabled()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv.empty"),
        (b"a,b\n", "csv.header_only"),
        (b"a,b\n1,2\n3\n", "csv.ragged_row"),
        ("größe,b\n1,2\n".encode("cp1252"), "csv.encoding"),
        (b"\x00\x01\x02", "csv.binary"),
        (b'a,b\n"1,2\n', "csv.malformed"),
        (b"a,kind\n1,x\n2,x\n3,x\n", "csv.one_class"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_the_dialog(
    opened: Opener, content: bytes, code: str
) -> None:
    dialog = opened(content)
    assert dialog.error is not None
    assert dialog.error.code == code
    assert dialog.message.isVisible()
    assert dialog.message.text() == describe(dialog.error)
    assert dialog.spec is None
    assert not dialog.ok.isEnabled()


def test_another_encoding_mends_what_it_can(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened("größe;ziel\n1,5;2\n3;4\n4;1\n".encode("cp1252"))
    assert dialog.error is not None
    pick(dialog.format.encoding, "cp1252")
    wait(qtbot, dialog)
    assert dialog.spec is not None
    assert dialog.spec.inputs == ("größe",)
    assert dialog.spec.matrix[0].tolist() == [1.5, 2.0]


def test_how_a_file_is_written_can_be_corrected(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened("1;2\n3;4\n5;6\n")
    assert dialog.format.header.currentText() == "None (auto)"
    pick(dialog.format.header, "yes")
    wait(qtbot, dialog)
    assert dialog.preview_model.rowCount() == 2
    pick(dialog.format.delimiter, ",")
    wait(qtbot, dialog)
    assert dialog.preview_model.columnCount() == 1
    pick(dialog.format.delimiter, "auto")
    wait(qtbot, dialog)
    assert dialog.preview_model.columnCount() == 2


def test_a_choice_survives_reading_anew(qtbot: QtBot, opened: Opener) -> None:
    dialog = opened(FLOWERS)
    pick(dialog.target, "width")
    wait(qtbot, dialog)
    pick(dialog.format.delimiter, ",")
    wait(qtbot, dialog)
    assert dialog.target.value == "width"
    assert dialog.spec is not None
    assert dialog.spec.target == "width"


@pytest.mark.parametrize("text", ["abc", "-0.1", "0.95", ""])
def test_a_bad_test_share_is_refused_in_place(opened: Opener, text: str) -> None:
    dialog = opened(FLOWERS)
    enter(dialog.test_share.field.entry, text)
    assert dialog.test_share.field.message.isVisible()
    assert dialog.isVisible()
    assert dialog.spec is not None
    assert dialog.spec.test_share == 0.2


def test_a_file_with_too_many_rows_offers_a_sample(qtbot: QtBot, opened: Opener) -> None:
    rows = np.arange(100_050)
    dialog = opened("a,b\n" + "".join(f"{row},{row % 5}\n" for row in rows.tolist()))
    assert dialog.error is not None
    assert dialog.error.code == "csv.too_many_rows"
    assert dialog.offer.isVisible()
    click(dialog.sample_button)
    wait(qtbot, dialog)
    assert dialog.spec is not None
    assert dialog.spec.rows == 100_000
    assert dialog.spec.file_rows == 100_050
    assert not dialog.offer.isVisible()
    assert "100000 of 100050 rows" in dialog.about.text()


def test_a_file_with_too_many_columns_offers_a_sample(qtbot: QtBot, opened: Opener) -> None:
    header = ",".join(f"c{number}" for number in range(300))
    row = ",".join(str(number) for number in range(300))
    dialog = opened(f"{header}\n{row}\n{row}\n{row}")
    assert dialog.error is not None
    assert dialog.error.code == "csv.too_many_columns"
    click(dialog.sample_button)
    wait(qtbot, dialog)
    assert dialog.preview_model.columnCount() == 256
    assert "256 of 300 columns" in dialog.about.text()


# ------------------------------------------------------------------------------------ all of it


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(document(by_hand()))
    yield store
    store.deleteLater()


def accept_when_ready(monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, accepted: bool = True) -> None:
    def run(dialog: CsvDialog) -> int:
        wait(qtbot, dialog)
        (dialog.accept if accepted else dialog.reject)()
        return dialog.result()

    monkeypatch.setattr(CsvDialog, "exec", run)


def test_a_table_becomes_the_problem_in_one_edit(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    accept_when_ready(monkeypatch, qtbot)
    assert choose_csv(None, store, path)
    assert store.experiment.dataset is load(store.experiment.data)
    assert store.experiment.dataset.feature_names == ("length", "width")
    assert store.experiment.loss == "binary_cross_entropy"
    assert store.undo_stack.count() == 1
    store.undo_stack.undo()
    assert store.experiment == by_hand()


def test_cancelling_leaves_everything_as_it_is(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, store: Store
) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text(FLOWERS)
    before = store.document
    accept_when_ready(monkeypatch, qtbot, accepted=False)
    assert not choose_csv(None, store, path)
    monkeypatch.setattr(csv_dialog, "ask_for_file", lambda parent: "")
    assert not choose_csv(None, store)
    assert store.document is before


def test_the_folder_is_remembered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(parent: object, title: str, folder: str, kinds: str) -> tuple[str, str]:
        asked.append(folder)
        return str(tmp_path / "flowers.csv"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    assert ask_for_file(None) == str(tmp_path / "flowers.csv")
    ask_for_file(None)
    assert asked == ["", str(tmp_path)]
    assert QSettings().value(FOLDER) == str(tmp_path)


def test_closing_while_reading_is_harmless(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("a,b\n" + "1,2\n" * 50_000)
    dialog = CsvDialog(path)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.reject()
    assert dialog.result() == QDialog.DialogCode.Rejected
    wait(qtbot, dialog)
