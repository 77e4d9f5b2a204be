"""The whole window, driven as a person would."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QTabBar, QToolButton
from pytestqt.qtbot import QtBot

from engine.formula import plain
from engine.session import Cursor
from gui import i18n, theme
from gui.app import first_document, make_application
from gui.labs.panel import FLOAT_SIZE
from gui.main_window import MainWindow
from gui.state.store import Store
from gui.views import guard
from gui.views.canvas import NetworkCanvas
from gui.views.canvas.hits import Hit
from gui.views.data_view import DataView
from tests.gui import hand


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    make_application()
    guard.forget()
    window = MainWindow(Store(first_document()))
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    yield window
    window.store.undo_stack.setClean()
    window.close()
    assert guard.failures == []
    window.deleteLater()
    i18n.set_language("en")
    theme.set_mode("light")


def shown(window: MainWindow) -> set[str]:
    return {key for key, panel in window.lab.panels.items() if panel.isVisible()}


def test_the_first_launch_shows_canvas_surface_loss_and_derivation(window: MainWindow) -> None:
    assert {"network", "surface", "loss"} <= shown(window)
    assert not {"data", "confusion", "sample"} & shown(window)
    assert window.network.derivation.isVisible()
    assert window.store.document.cursor == Cursor(1)


def test_the_middle_keeps_more_than_half_of_a_small_window(
    window: MainWindow, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: window.lab.width() >= 0.55 * window.width())
    assert not window.docks["lesson"].isVisible()
    window.menus.lesson_actions[0].trigger()
    qtbot.waitUntil(window.docks["lesson"].isVisible)
    qtbot.waitUntil(lambda: window.lab.width() >= 0.55 * window.width())


def test_the_window_fits_a_small_screen(window: MainWindow) -> None:
    for source in ("backprop-by-hand", "training-loop"):
        window.files.open_source(source)
        hint: QSize = window.minimumSizeHint()
        assert hint.width() <= 1272
        assert hint.height() <= 720


def test_pressing_right_fifteen_times_makes_one_iteration(window: MainWindow, qtbot: QtBot) -> None:
    pictures = []
    for _ in range(15):
        qtbot.keyClick(window, Qt.Key.Key_Right)
        pictures.append(window.lab.view("network").grab().toImage())
    assert window.store.document.cursor == Cursor(1, 1)
    assert window.network.derivation.figure.text() == "7200 → 3225.14"
    changed = [a != b for a, b in itertools.pairwise(pictures)]
    assert all(changed), "each press changes the picture of the network"
    qtbot.keyClick(window, Qt.Key.Key_Left)
    assert window.store.document.cursor == Cursor(1, 0, 14)


def test_every_figure_of_the_lesson_appears_in_the_derivation(
    window: MainWindow, qtbot: QtBot
) -> None:
    seen = ""
    for _ in range(15):
        qtbot.keyClick(window, Qt.Key.Key_Right)
        seen += "\n".join(plain(line) for line in window.network.derivation.formulas.lines) + "\n"
    for figure in ("60", "180", "7200", "120", "4800", "9600", "0.928", "0.452", "0.404"):
        assert f"= {figure}" in seen


def test_menus_have_words_in_both_languages(window: MainWindow) -> None:
    english = [action.text() for action in window.menuBar().actions()]
    i18n.set_language("zh_CN")
    chinese = [action.text() for action in window.menuBar().actions()]
    assert all(english)
    assert all(chinese)
    assert not set(english) & set(chinese)


def test_the_theme_changes_live(window: MainWindow) -> None:
    theme.set_mode("light")
    light = window.grab().toImage()
    theme.set_mode("dark")
    dark = window.grab().toImage()
    corner = (window.width() - 5, 5)
    assert light.pixelColor(*corner).lightness() > 150
    assert dark.pixelColor(*corner).lightness() < 100


def test_a_refused_edit_is_told_above_the_lab(window: MainWindow) -> None:
    from dataclasses import replace

    window.store.edit_experiment("η", lambda e: replace(e, learning_rate=-1.0))
    assert window.notice.isVisible()
    assert "0" in window.notice.message.text()


def test_maximizing_gives_a_panel_the_lab_and_back(window: MainWindow, qtbot: QtBot) -> None:
    before = shown(window)
    panel = window.lab.panels["surface"]
    qtbot.mouseDClick(panel.titleBarWidget(), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(window) == {"surface"})
    qtbot.mouseDClick(panel.titleBarWidget(), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(window) == before)


def test_every_action_has_a_text_and_every_button_a_name(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton

    for action in window.findChildren(type(window.menuBar().actions()[0])):
        if action.isSeparator() or not action.parent():
            continue
        if isinstance(action.parent(), QMenu | MainWindow) and not action.menu():
            assert action.text(), action
    for button in window.findChildren(QAbstractButton):
        if button.isVisible() and not button.objectName().startswith("qt_"):
            assert button.accessibleName() or button.text(), button


def test_no_two_actions_have_the_same_shortcut(window: MainWindow) -> None:
    actions = window.findChildren(QAction)
    keys = [key.toString() for action in actions for key in action.shortcuts()]
    assert "Ctrl+Q" in keys
    assert sorted(keys) == sorted(set(keys))


def test_space_plays_and_pauses(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.player.is_playing
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not window.player.is_playing


def test_keys_typed_into_a_field_do_not_step(window: MainWindow, qtbot: QtBot) -> None:
    field = window.network.transport.iteration
    field.setFocus()
    QApplication.processEvents()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_Left):
        qtbot.keyClick(field, key)
    assert window.store.document.cursor == Cursor(1)


def test_lessons_open_from_their_menu(window: MainWindow) -> None:
    titles = [action.text() for action in window.menus.lesson_actions]
    assert len(titles) >= 5
    window.menus.lesson_actions[-1].trigger()
    assert window.store.document.lesson == window.menus.lesson_actions[-1].data().id
    assert window.docks["lesson"].isVisible()


def test_a_neuron_under_the_pointer_shows_its_map_in_the_main_plot(window: MainWindow) -> None:
    window.files.open_source("training-loop")
    QApplication.processEvents()
    data, canvas = window.network.view("data"), window.network.view("network")
    assert isinstance(data, DataView)
    assert isinstance(canvas, NetworkCanvas)
    unit = window.store.experiment.architecture.layers[0].units[1]
    place = canvas.place_of(Hit("unit", (unit, 0)))
    assert place is not None
    hand.move(canvas, place.toPoint())
    assert data.answer is not None
    assert data.answer.question.unit == (1, 1)
    hand.move(canvas, QPoint(3, canvas.height() - 3))
    assert data.answer.question.unit is None


def test_a_panel_that_was_closed_stays_closed_at_the_next_launch(window: MainWindow) -> None:
    window.files.open_source("training-loop")
    window.network.panels["weights"].close()
    window.network.panels["loss"].close()
    window.lab.toggle_maximized(window.network.panels["surface"])
    window.close()
    again = MainWindow(Store(first_document()))
    again.files.restore_last()
    again.show()
    QApplication.processEvents()
    assert {"network", "surface", "data", "parameters"} <= again.network.panels.keys()
    assert again.network.panels["surface"].isVisible()
    assert again.network.panels["network"].isVisible()
    assert again.network.panels["loss"].isHidden()
    assert again.network.panels["weights"].isHidden()
    again.network.panels["loss"].toggleViewAction().trigger()
    again.files.open_source("logistic-regression")
    assert again.network.panels["loss"].isVisible()
    assert again.network.panels["weights"].isHidden()
    again.arrange()
    assert not again.network.panels["weights"].isHidden()
    again.close()
    again.deleteLater()


def test_runs_are_listed_as_long_as_there_are_several(window: MainWindow) -> None:
    runs = window.docks["runs"]
    window.new_run()
    assert runs.isVisible()
    runs.close()
    window.store.move(Cursor(2, 1))
    assert not runs.isVisible()
    window.new_run()
    assert not runs.isVisible()
    for _ in range(2):
        window.store.undo_stack.undo()
    window.new_run()
    assert runs.isVisible()
    window.store.undo_stack.undo()
    assert not runs.isVisible()


@pytest.mark.parametrize(("source", "tabs"), [("training-loop", 2), ("backprop-by-hand", 0)])
def test_tab_stops_nowhere_out_of_sight(
    window: MainWindow, qtbot: QtBot, source: str, tabs: int
) -> None:
    window.files.open_source("training-loop")
    QApplication.processEvents()
    window.files.open_source(source)

    def stops() -> list[QTabBar]:
        bars = window.lab.findChildren(QTabBar)
        return [bar for bar in bars if bar.focusPolicy() != Qt.FocusPolicy.NoFocus]

    qtbot.waitUntil(lambda: len(stops()) == tabs)
    assert all(bar.accessibleName() for bar in stops())


def test_a_view_that_appears_gets_half_of_its_column(window: MainWindow, qtbot: QtBot) -> None:
    window.files.open_source("training-loop")
    panels = [window.network.panels[key] for key in ("surface", "data")]
    qtbot.waitUntil(lambda: abs(panels[0].height() - panels[1].height()) < 60)


def test_a_lesson_takes_the_place_of_the_rail_at_the_next_launch_too(window: MainWindow) -> None:
    window.files.open_source("training-loop")
    QApplication.processEvents()
    assert not window.rail_is_shown
    window.close()
    again = MainWindow(Store(first_document()))
    again.files.restore_last()
    again.show()
    QApplication.processEvents()
    assert again.docks["lesson"].isVisible()
    assert not again.rail_is_shown
    again.close()
    again.deleteLater()


def test_a_panel_that_floats_stands_beside_its_old_place_large_enough(window: MainWindow) -> None:
    panel = window.network.panels["loss"]
    before = panel.mapToGlobal(QPoint(0, 0))
    button = next(b for b in panel.findChildren(QToolButton) if "Float" in b.toolTip())
    button.click()
    assert panel.isFloating()
    assert panel.width() >= FLOAT_SIZE.width()
    assert panel.height() >= FLOAT_SIZE.height()
    assert panel.pos() != before
    room = panel.screen().availableGeometry()
    assert room.contains(panel.geometry()) or panel.pos() == room.topLeft()
    button.click()
    assert not panel.isFloating()


def test_a_restored_arrangement_leaves_no_tabs_of_the_one_before(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.files.open_source("training-loop")
    qtbot.wait(50)
    lab = window.network
    lab.restore(lab.arrangement(1), 1, ())
    qtbot.wait(50)
    bars = lab.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    seen = [bar for bar in bars if bar.isVisible() and bar.count()]
    titles = [tuple(bar.tabText(i) for i in range(bar.count())) for bar in seen]
    assert len(titles) == len(set(titles)) == 2
