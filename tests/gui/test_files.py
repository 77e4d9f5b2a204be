"""Opening, saving, recent files, unsaved changes, and what comes back at the next launch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QListView,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.errors import NablaError
from engine.session import Cursor, file
from engine.session.lessons import lesson
from engine.session.sources import new_document
from engine.session.stored import from_json, session_of, to_json
from gui import files as files_module
from gui import i18n
from gui.files import Files
from gui.recent import MOST_RECENT, RECENT, recent, remember
from gui.recovery import orphans
from gui.state.store import Store


class Desk:
    """A store with its files, and what they told."""

    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.store = Store(lesson("backprop-by-hand").document)
        self.files = Files(self.store, self.window)
        self.errors: list[str] = []
        self.titles: list[str] = []
        self.files.failed.connect(self._failed)
        self.files.title_changed.connect(self.titles.append)

    def _failed(self, error: NablaError) -> None:
        self.errors.append(error.code)

    def edit(self, rate: float = 2e-5) -> None:
        self.store.edit_experiment(
            "Learning rate", lambda experiment: replace(experiment, learning_rate=rate)
        )

    def step(self, iterations: int) -> None:
        self.store.move(Cursor(1, iterations))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data of the program"
    monkeypatch.setattr(files_module, "_data_folder", lambda: str(folder))
    return folder


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    desk = Desk(qtbot)
    yield desk
    desk.files._recovery.close()


@contextmanager
def answering(answer: Callable[[QDialog], object]) -> Iterator[list[str]]:
    """Answer each dialog that opens meanwhile; gives the texts of message boxes."""
    asked: list[str] = []
    timers: list[QTimer] = []

    def look() -> None:
        # Another timer each time: one does not fire again while it waits for an answer.
        watch()
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            if isinstance(dialog, QMessageBox):
                asked.append(dialog.text())
            answer(dialog)

    def watch() -> None:
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(look)
        timer.start(10)
        timers.append(timer)

    watch()
    try:
        yield asked
    finally:
        for timer in timers:
            timer.stop()


def pressing(text: str) -> Callable[[QDialog], object]:
    def press(dialog: QDialog) -> None:
        assert isinstance(dialog, QMessageBox)
        next(button for button in dialog.buttons() if button.text() == text).click()

    return press


def saving_to(path: Path) -> Callable[[QDialog], object]:
    def choose(dialog: QDialog) -> None:
        if isinstance(dialog, QFileDialog):
            name = dialog.findChild(QLineEdit, "fileNameEdit")
            assert isinstance(name, QLineEdit)
            # Typing would take the proposed file out of the selection.
            for view in dialog.findChildren(QListView):
                view.clearSelection()
            name.setText(str(path))
            dialog.accept()
        elif isinstance(dialog, QMessageBox) and dialog.standardButtons():
            # The file exists: replace it.
            dialog.button(QMessageBox.StandardButton.Yes).click()
        else:
            pressing("Save")(dialog)

    return choose


def cancelling(dialog: QDialog) -> None:
    dialog.reject()


class TestTitle:
    def test_is_the_lessons_in_the_language_of_the_moment(self, desk: Desk) -> None:
        assert desk.files.title == "Backpropagation by hand[*] — Nabla"
        i18n.set_language("zh_CN")
        assert desk.titles[-1].startswith("手算反向传播")
        i18n.set_language("en")

    def test_is_the_files(self, desk: Desk, tmp_path: Path) -> None:
        with answering(saving_to(tmp_path / "my session.nabla")):
            assert desk.files.save()
        assert desk.titles[-1] == "my session[*] — Nabla"

    def test_does_not_take_a_mark_in_a_name_for_its_own(self, desk: Desk, tmp_path: Path) -> None:
        with answering(saving_to(tmp_path / "a[*]b.nabla")):
            assert desk.files.save()
        desk.window.setWindowTitle(desk.files.title)
        desk.window.setWindowModified(True)
        assert desk.titles[-1] == "a[*][*]b[*] — Nabla"

    def test_of_something_new_is_untitled(self, desk: Desk) -> None:
        desk.files.new()
        assert desk.files.title == "Untitled[*] — Nabla"
        assert desk.store.document.lesson == ""


class TestSaving:
    def test_asks_for_a_name_once(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "session.nabla"
        desk.edit()
        with answering(saving_to(path)):
            assert desk.files.save()
        assert not desk.store.is_modified
        desk.edit(3e-5)
        assert desk.store.is_modified
        assert desk.files.save()
        assert not desk.store.is_modified
        assert file.load(path).document.experiment.learning_rate == 3e-5

    def test_adds_the_suffix(self, desk: Desk, tmp_path: Path) -> None:
        with answering(saving_to(tmp_path / "session")):
            assert desk.files.save_as()
        assert (tmp_path / "session.nabla").is_file()

    def test_can_be_called_off(self, desk: Desk) -> None:
        desk.edit()
        with answering(cancelling):
            assert not desk.files.save()
        assert desk.store.is_modified

    def test_that_fails_is_told_and_changes_nothing(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "session.nabla"
        with answering(saving_to(path)):
            desk.files.save()
        path.unlink()
        path.mkdir()
        desk.edit()
        assert not desk.files.save()
        assert desk.errors == ["session.not_written"]
        assert desk.store.is_modified

    def test_keeps_what_was_computed(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "session.nabla"
        desk.step(200)
        before = desk.store.moment.state.parameters
        with answering(saving_to(path)):
            desk.files.save()
        desk.files.new()
        assert desk.files.open_source(str(path))
        assert desk.store.document.cursor == Cursor(1, 200)
        assert desk.store.moment.state.parameters.tobytes() == before.tobytes()
        timeline = desk.store.history.timeline(desk.store.document.segment)
        assert timeline.newest == 200


class TestOpening:
    def test_a_lesson(self, desk: Desk) -> None:
        assert desk.files.open_source("learning-rate")
        assert desk.store.document.lesson == "learning-rate"
        assert not desk.store.is_modified

    def test_holds_the_time_first(self, desk: Desk, qtbot: QtBot) -> None:
        with qtbot.waitSignal(desk.files.opening):
            desk.files.open_source("learning-rate")

    def test_what_is_not_there_is_told_before_anything_is_asked(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        desk.edit()
        document = desk.store.document
        assert not desk.files.open_source(str(tmp_path / "gone.nabla"))
        assert desk.errors == ["session.not_found"]
        assert desk.store.document is document
        assert desk.store.is_modified

    def test_a_damaged_file_leaves_everything_as_it_was(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "cut.nabla"
        path.write_bytes(file.encoded(session_of(desk.store.document, desk.store.history))[:900])
        desk.edit()
        document, title = desk.store.document, desk.files.title
        assert not desk.files.open_source(str(path))
        assert desk.errors == ["session.cut"]
        assert (desk.store.document, desk.files.title) == (document, title)
        assert desk.store.undo_stack.canUndo()

    def test_another_engine_is_told(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "elsewhere.nabla"
        desk.step(5)
        content = to_json(session_of(desk.store.document, desk.store.history))
        path.write_text(json.dumps(content | {"engine": "another one"}))
        assert desk.files.open_source(str(path))
        assert desk.errors == ["session.other_engine"]
        assert len(desk.store.document.runs) == 2

    def test_asks_by_dialog(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = tmp_path / "session.nabla"
        file.save(path, session_of(new_document(), desk.store.history))
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
        desk.files.open_dialog()
        assert desk.files.path == path
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: ("", ""))
        desk.files.open_dialog()
        assert desk.files.path == path

    def test_a_table_is_an_edit_of_what_is_open(
        self, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[str] = []

        def choose(parent: QWidget, store: Store, path: str) -> bool:
            seen.append(path)
            return True

        monkeypatch.setattr(files_module, "choose_csv", choose)
        path = tmp_path / "table.csv"
        path.write_text("a,b\n1,2\n")
        assert desk.files.open_source(str(path))
        assert desk.files.import_csv()
        assert seen == [str(path), ""]

    @pytest.mark.parametrize(
        ("name", "can"), [("a.nabla", True), ("a.CSV", True), ("a.png", False), ("b.csv", False)]
    )
    def test_what_can_be_dropped(self, desk: Desk, tmp_path: Path, name: str, can: bool) -> None:
        if name.startswith("a"):
            (tmp_path / name).touch()
        assert desk.files.can_open(tmp_path / name) == can

    def test_what_the_command_line_opened(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "session.nabla"
        desk.step(30)
        file.save(path, session_of(desk.store.document, desk.store.history))
        other = Files(Store(file.load(path).document), desk.window)
        other.opened(str(path))
        assert other.path == path
        assert recent() == [path]
        other.opened("learning-rate")
        assert other.name == "How far to step"
        other.opened(str(tmp_path / "flowers.csv"))
        assert other.path is None
        assert other.name == "flowers"


class TestUnsavedChanges:
    def test_are_asked_about_before_something_else_opens(self, desk: Desk) -> None:
        desk.edit()
        with answering(pressing("Cancel")) as asked:
            assert not desk.files.open_source("learning-rate")
        assert asked == ["Save the changes to “Backpropagation by hand”?"]
        assert desk.store.document.lesson == "backprop-by-hand"

    def test_may_be_thrown_away(self, desk: Desk) -> None:
        desk.edit()
        with answering(pressing("Don't save")):
            assert desk.files.open_source("learning-rate")
        assert desk.store.document.lesson == "learning-rate"

    def test_may_be_saved_first(self, desk: Desk, tmp_path: Path) -> None:
        path = tmp_path / "session.nabla"
        desk.edit()
        with answering(saving_to(path)):
            desk.files.new()
        assert file.load(path).document.experiment.learning_rate == 2e-5
        assert desk.store.document.lesson == ""

    def test_stay_when_saving_them_is_called_off(self, desk: Desk) -> None:
        desk.edit()

        def save_then_cancel(dialog: QDialog) -> None:
            if isinstance(dialog, QFileDialog):
                dialog.reject()
            else:
                pressing("Save")(dialog)

        with answering(save_then_cancel):
            assert not desk.files.confirm_leave()
        assert desk.store.is_modified

    def test_escape_stays(self, desk: Desk) -> None:
        desk.edit()
        with answering(cancelling):
            assert not desk.files.confirm_leave()

    def test_stepping_and_looking_are_none(self, desk: Desk) -> None:
        desk.step(20)
        desk.store.look(notation="signals")
        assert desk.files.confirm_leave()

    def test_what_was_undone_is_none(self, desk: Desk) -> None:
        desk.edit()
        desk.store.undo_stack.undo()
        assert desk.files.confirm_leave()


class TestRecentFiles:
    def saved(self, desk: Desk, path: Path) -> None:
        with answering(saving_to(path)):
            assert desk.files.save_as()

    def test_newest_first_each_once(self, desk: Desk, tmp_path: Path) -> None:
        for name in ("a", "b", "a"):
            self.saved(desk, tmp_path / f"{name}.nabla")
        assert [path.stem for path in recent()] == ["a", "b"]

    def test_at_most_ten(self, desk: Desk, tmp_path: Path) -> None:
        for number in range(MOST_RECENT + 3):
            path = tmp_path / f"{number}.nabla"
            path.touch()
            remember(path)
        assert len(recent()) == MOST_RECENT

    def test_those_that_are_gone_are_left_out(self, desk: Desk, tmp_path: Path) -> None:
        for name in ("a", "b"):
            self.saved(desk, tmp_path / f"{name}.nabla")
        (tmp_path / "a.nabla").unlink()
        menu = QMenu()
        desk.files.fill_recent(menu)
        assert [action.text() for action in menu.actions()[:1]] == ["&1  b.nabla"]
        assert QSettings().value(RECENT) in (
            [str(tmp_path / "b.nabla")],
            str(tmp_path / "b.nabla"),
        )
        menu.deleteLater()

    def test_open_from_the_menu(self, desk: Desk, tmp_path: Path) -> None:
        self.saved(desk, tmp_path / "a & b.nabla")
        desk.files.open_source("learning-rate")
        menu = QMenu()
        desk.files.fill_recent(menu)
        assert menu.actions()[0].text() == "&1  a && b.nabla"
        menu.actions()[0].trigger()
        assert desk.files.path == tmp_path / "a & b.nabla"
        desk.files.fill_recent(menu)
        menu.actions()[-1].trigger()
        desk.files.fill_recent(menu)
        assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [
            ("No files yet", False)
        ]
        menu.deleteLater()

    def test_survive_settings_that_make_no_sense(self, desk: Desk) -> None:
        QSettings().setValue(RECENT, 3.5)
        assert recent() == []


class TestNextLaunch:
    def again(self, qtbot: QtBot) -> Desk:
        desk = Desk(qtbot)
        desk.files.restore_last()
        return desk

    def test_the_first_one_shows_the_first_lesson(self, qtbot: QtBot) -> None:
        desk = self.again(qtbot)
        assert desk.store.document.lesson == "backprop-by-hand"
        assert desk.files.name == "Backpropagation by hand"

    def test_reopens_a_lesson_at_its_moment(self, desk: Desk, qtbot: QtBot) -> None:
        desk.files.open_source("training-loop")
        desk.step(50)
        desk.files.keep_for_next_launch()
        after = self.again(qtbot)
        assert after.store.document.lesson == "training-loop"
        assert after.store.document.cursor == Cursor(1, 50)
        assert after.files.name == "The training loop"
        assert not after.store.is_modified

    def test_reopens_a_file_at_its_moment(self, desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
        path = tmp_path / "session.nabla"
        with answering(saving_to(path)):
            desk.files.save()
        desk.step(12)
        desk.files.keep_for_next_launch()
        after = self.again(qtbot)
        assert after.files.path == path
        assert after.store.document.cursor.iteration == 12

    def test_prefers_a_file_that_has_changed_since(
        self, desk: Desk, qtbot: QtBot, tmp_path: Path
    ) -> None:
        path = tmp_path / "session.nabla"
        with answering(saving_to(path)):
            desk.files.save()
        desk.files.keep_for_next_launch()
        file.save(path, session_of(new_document(), desk.store.history))
        later = desk.files._last.stat().st_mtime + 10
        os.utime(path, (later, later))
        assert self.again(qtbot).store.document.lesson == ""

    def test_shows_a_file_that_is_gone_from_the_copy(
        self, desk: Desk, qtbot: QtBot, tmp_path: Path
    ) -> None:
        path = tmp_path / "session.nabla"
        with answering(saving_to(path)):
            desk.files.save()
        desk.step(7)
        desk.files.keep_for_next_launch()
        path.unlink()
        assert self.again(qtbot).store.document.cursor.iteration == 7

    def test_forgets_changes_that_were_thrown_away(self, desk: Desk, qtbot: QtBot) -> None:
        desk.edit()
        with answering(pressing("Don't save")):
            assert desk.files.confirm_leave()
        desk.files.keep_for_next_launch()
        assert self.again(qtbot).store.experiment.learning_rate == 1e-5

    def test_tells_when_it_cannot_be_read_and_shows_the_first_lesson(
        self, desk: Desk, qtbot: QtBot
    ) -> None:
        desk.files.keep_for_next_launch()
        desk.files._last.write_bytes(b"{")
        after = Desk(qtbot)
        with pytest.raises(NablaError) as caught:
            after.files.restore_last()
        assert caught.value.code == "session.cut"
        assert after.store.document.lesson == "backprop-by-hand"

    def test_a_folder_that_cannot_be_written_does_no_harm(
        self, desk: Desk, qtbot: QtBot, own_folder: Path
    ) -> None:
        own_folder.write_text("a file is in the way")
        desk.files.open_source("learning-rate")
        desk.step(3)
        desk.files.keep_for_next_launch()
        own_folder.unlink()
        after = self.again(qtbot)
        assert after.store.document.lesson == "learning-rate"
        assert after.store.document.cursor.iteration == 0


class TestAutosave:
    def written(self, desk: Desk, qtbot: QtBot) -> None:
        with qtbot.waitSignal(desk.files._lane.ready):
            desk.files.autosave()

    def crashed(self, desk: Desk) -> None:
        """Free the lock as the end of a process does, and leave the copy."""
        lock = desk.files._recovery._lock
        assert lock is not None
        lock.unlock()

    def test_copies_unsaved_changes_beside_the_window(
        self, desk: Desk, qtbot: QtBot, own_folder: Path
    ) -> None:
        desk.edit()
        self.written(desk, qtbot)
        (copy,) = (own_folder / "recovery").glob("*.nabla")
        assert file.load(copy).document.experiment.learning_rate == 2e-5
        # Its window is there, so nobody else takes it.
        assert orphans(own_folder / "recovery") == []

    def test_writes_nothing_without_changes(self, desk: Desk, own_folder: Path) -> None:
        desk.step(10)
        desk.files.autosave()
        assert not own_folder.exists()

    def test_writes_a_document_once(self, desk: Desk, qtbot: QtBot) -> None:
        desk.edit()
        self.written(desk, qtbot)
        desk.files.autosave()
        assert not desk.files._lane.is_busy

    def test_is_gone_after_saving(
        self, desk: Desk, qtbot: QtBot, tmp_path: Path, own_folder: Path
    ) -> None:
        desk.edit()
        self.written(desk, qtbot)
        with answering(saving_to(tmp_path / "session.nabla")):
            desk.files.save()
        assert list((own_folder / "recovery").glob("*.nabla")) == []

    def test_is_gone_after_a_proper_end(self, desk: Desk, qtbot: QtBot, own_folder: Path) -> None:
        desk.edit()
        self.written(desk, qtbot)
        with answering(pressing("Don't save")):
            desk.files.confirm_leave()
        desk.files.keep_for_next_launch()
        assert list((own_folder / "recovery").iterdir()) == []

    def test_a_late_copy_is_not_written_after_the_end(self, desk: Desk, own_folder: Path) -> None:
        desk.files._recovery.close()
        desk.files._recovery.write(b"late", "", "")
        assert not list(own_folder.rglob("*.nabla"))

    def test_that_fails_is_told(self, desk: Desk, qtbot: QtBot, own_folder: Path) -> None:
        own_folder.write_text("a file is in the way")
        desk.edit()
        with qtbot.waitSignal(desk.files.failed):
            desk.files.autosave()
        assert desk.errors == ["session.not_written"]
        own_folder.unlink()

    def test_runs_by_the_clock(self, desk: Desk) -> None:
        desk.files.start_autosave()
        assert desk.files._timer.isActive()
        assert desk.files._timer.interval() == 60_000
        desk.files.keep_for_next_launch()
        assert not desk.files._timer.isActive()

    def test_changes_come_back_after_a_crash(
        self, desk: Desk, qtbot: QtBot, own_folder: Path
    ) -> None:
        desk.edit()
        self.written(desk, qtbot)
        self.crashed(desk)
        after = Desk(qtbot)
        with answering(pressing("Restore")) as asked:
            after.files.restore_last()
        assert len(asked) == 1
        assert after.store.experiment.learning_rate == 2e-5
        assert after.store.is_modified
        assert after.files.name == "Backpropagation by hand"
        # The copy is now looked after by the new window, until it is saved.
        assert len(list((own_folder / "recovery").glob("*.nabla"))) == 1
        assert orphans(own_folder / "recovery") == []
        after.files._recovery.close()

    def test_changes_may_be_let_go_after_a_crash(
        self, desk: Desk, qtbot: QtBot, own_folder: Path
    ) -> None:
        desk.edit()
        self.written(desk, qtbot)
        self.crashed(desk)
        after = Desk(qtbot)
        with answering(pressing("Discard")):
            after.files.restore_last()
        assert after.store.experiment.learning_rate == 1e-5
        assert list((own_folder / "recovery").glob("*.nabla")) == []

    def test_a_damaged_copy_is_told_and_the_last_session_opens(
        self, desk: Desk, qtbot: QtBot, own_folder: Path
    ) -> None:
        desk.files.open_source("learning-rate")
        desk.edit()
        self.written(desk, qtbot)
        QSettings().setValue(files_module.LAST_SOURCE, "training-loop")
        (copy,) = (own_folder / "recovery").glob("*.nabla")
        copy.write_bytes(b"{}")
        self.crashed(desk)
        after = Desk(qtbot)
        with answering(pressing("Restore")), pytest.raises(NablaError) as caught:
            after.files.restore_last()
        assert caught.value.code == "session.not_a_session"
        assert after.store.document.lesson == "training-loop"
        assert not copy.exists()

    def test_a_killed_process_leaves_its_copy_free(self, qtbot: QtBot, own_folder: Path) -> None:
        program = (
            "import os, sys\n"
            "from pathlib import Path\n"
            "from gui.recovery import Recovery\n"
            "Recovery(Path(sys.argv[1])).write(b'copy', 'backprop-by-hand', 'By hand')\n"
            "os._exit(1)\n"
        )
        folder = own_folder / "recovery"
        subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
        (orphan,) = orphans(folder)
        assert (orphan.source, orphan.name) == ("backprop-by-hand", "By hand")

    def test_a_copy_without_its_note_is_untitled(self, own_folder: Path) -> None:
        folder = own_folder / "recovery"
        folder.mkdir(parents=True)
        (folder / "x.nabla").write_bytes(b"")
        (folder / "x.json").write_text('{"source": 3, "name": null}')
        (orphan,) = orphans(folder)
        assert (orphan.source, orphan.name) == ("", "")


def test_exports_tell_where_they_come_from(desk: Desk) -> None:
    desk.step(4)
    told = desk.files.metadata()
    assert any(str(value) == "4" for value in told.values())
    assert any(len(str(value)) == 12 for value in told.values())


def test_a_session_of_bytes_is_the_same_session() -> None:
    document = new_document()
    session = session_of(document, Store(document).history)
    assert from_json(json.loads(file.encoded(session))).document.experiment == document.experiment
