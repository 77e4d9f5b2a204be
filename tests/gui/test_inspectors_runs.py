"""Runs are compared, named, shown, duplicated and deleted in one small table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.session import Cursor
from gui import i18n
from gui.inspectors.runs_panel import ITERATIONS, LOSS, NAME, SHOWN, RunsPanel
from gui.state.store import Store
from tests.experiments import by_hand, document
from tests.gui.hand import key
from tests.gui.inspecting import click


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(document(by_hand()))
    store.move(Cursor(1, 4))
    store.move(Cursor(1, 2))
    store.edit_parameter("Change", 0, 0.25)
    store.move(Cursor(2, 3))
    yield store
    store.deleteLater()


@pytest.fixture
def panel(qtbot: QtBot, store: Store) -> RunsPanel:
    panel = RunsPanel(store)
    qtbot.addWidget(panel)
    panel.resize(320, 220)
    with qtbot.waitActive(panel):
        panel.show()
    return panel


def cell(panel: RunsPanel, row: int, column: int) -> str:
    return str(panel.model.data(panel.model.index(row, column)))


def click_cell(panel: RunsPanel, row: int, column: int) -> None:
    middle: QPoint = panel.table.visualRect(panel.model.index(row, column)).center()
    QTest.mouseClick(
        panel.table.viewport(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        middle,
    )


def test_each_run_has_a_line(panel: RunsPanel, store: Store) -> None:
    assert panel.model.rowCount() == 2
    assert [cell(panel, row, NAME) for row in range(2)] == ["Run 1", "Run 2"]
    assert [cell(panel, row, ITERATIONS) for row in range(2)] == ["4", "3"]
    assert cell(panel, 1, LOSS) == f"{store.moment.state.loss:.4g}"
    assert panel.table.currentIndex().row() == 1


def test_a_click_goes_to_the_newest_state_of_a_run(panel: RunsPanel, store: Store) -> None:
    click_cell(panel, 0, LOSS)
    assert store.document.cursor == Cursor(1, 4)
    store.move(Cursor(2, 3))
    assert panel.table.currentIndex().row() == 1


def test_a_run_is_named_in_place(panel: RunsPanel, store: Store) -> None:
    assert panel.model.setData(panel.model.index(0, NAME), " First try ")
    assert store.document.run(1).name == "First try"
    assert cell(panel, 0, NAME) == "First try"
    store.undo_stack.undo()
    assert cell(panel, 0, NAME) == "Run 1"
    # The name that stood there by itself does not become the user's.
    assert not panel.model.setData(panel.model.index(0, NAME), "Run 1")
    assert store.document.run(1).name == ""


def test_a_run_is_hidden_and_shown(panel: RunsPanel, store: Store) -> None:
    index = panel.model.index(0, SHOWN)
    panel.model.setData(index, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert not store.document.run(1).visible
    assert store.document.cursor.run == 2
    panel.model.setData(index, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert store.document.run(1).visible


def test_a_run_starts_from_the_start_of_another(panel: RunsPanel, store: Store) -> None:
    click(panel.duplicate)
    assert len(store.document.runs) == 3
    assert store.document.cursor == Cursor(3, 0)
    assert panel.table.currentIndex().row() == 2


def test_runs_are_deleted_but_the_last(panel: RunsPanel, store: Store) -> None:
    panel.table.setFocus()
    key(panel.table, Qt.Key.Key_Delete)
    assert [run.id for run in store.document.runs] == [1]
    assert not panel.delete.isEnabled()
    key(panel.table, Qt.Key.Key_Delete)
    assert len(store.document.runs) == 1
    assert panel.message.isVisible()
    store.undo_stack.undo()
    assert len(store.document.runs) == 2
    assert panel.delete.isEnabled()


def test_training_does_not_reset_the_table(panel: RunsPanel, store: Store) -> None:
    resets: list[bool] = []
    panel.model.modelReset.connect(lambda: resets.append(True))
    store.move(Cursor(2, 9))
    assert cell(panel, 1, ITERATIONS) == "9"
    assert not resets


def test_names_that_nobody_gave_follow_the_language(panel: RunsPanel) -> None:
    i18n.set_language("zh_CN")
    try:
        assert cell(panel, 0, NAME) == i18n.tr("Run {0}").format(1)
    finally:
        i18n.set_language("en")
