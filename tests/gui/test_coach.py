"""Coach marks: the first launch, from the first press of → to the export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGridLayout, QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from engine.session.lessons import lesson
from engine.session.sources import new_document
from gui import i18n, theme
from gui.app import make_application
from gui.balloon import BEAK, Side, place
from gui.coach import NEVER, TIPS, Coach
from gui.state import settings
from gui.state.player import Player
from gui.state.store import Store
from gui.views import guard

KEYS = ("step", "play", "canvas", "loss", "surface", "derivation", "learning_rate", "export")


class Stage:
    """A window with something to point at for each key, and its coach."""

    def __init__(self, qtbot: QtBot) -> None:
        self.store = Store(lesson("backprop-by-hand").document)
        self.player = Player(self.store)
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        middle = QWidget()
        grid = QGridLayout(middle)
        self.targets: dict[str, QWidget] = {}
        for number, key in enumerate(KEYS):
            self.targets[key] = QPushButton(key)
            grid.addWidget(self.targets[key], number // 3, number % 3)
        self.window.setCentralWidget(middle)
        self.window.resize(1100, 700)
        self.coach = Coach(self.store, self.player, self.window, self.targets)
        self.window.show()
        QApplication.processEvents()

    def settle(self) -> None:
        for _ in range(3):
            QApplication.processEvents()

    def press_until(self, target: str, most: int = 20) -> None:
        """Press → until the tip points at a target."""
        for _ in range(most):
            if self.coach.tip is not None and self.coach.tip.target == target:
                return
            self.player.step()
            self.settle()
        raise AssertionError(f"no tip points at {target}")


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    make_application()
    guard.forget()
    i18n.set_language("en")
    stage = Stage(qtbot)
    yield stage
    stage.player.shut_down()
    assert guard.failures == []
    i18n.set_language("en")
    theme.set_mode("light")


def number(stage: Stage) -> int:
    assert stage.coach.tip is not None
    return TIPS.index(stage.coach.tip)


class TestFirstLaunch:
    def test_begins_by_itself(self, stage: Stage) -> None:
        stage.coach.start_if_first_launch()
        stage.settle()
        assert stage.coach.balloon.isVisible()
        assert number(stage) == 0
        assert "Press →" in stage.coach.balloon.text.text()

    def test_begins_in_the_first_lesson_only(self, stage: Stage) -> None:
        stage.store.open(new_document())
        stage.coach.start_if_first_launch()
        stage.settle()
        assert not stage.coach.balloon.isVisible()

    def test_does_not_begin_when_it_is_not_wanted(self, stage: Stage) -> None:
        settings.remember(NEVER, True)
        stage.coach.start_if_first_launch()
        stage.settle()
        assert not stage.coach.balloon.isVisible()

    def test_is_asked_for_in_the_help_menu_all_the_same(self, stage: Stage) -> None:
        settings.remember(NEVER, True)
        stage.coach.restart()
        assert stage.coach.balloon.isVisible()
        assert stage.coach.balloon.never.isChecked()


class TestChain:
    def test_goes_on_with_what_the_user_does(self, stage: Stage) -> None:
        coach, store = stage.coach, stage.store
        coach.restart()
        stage.player.step()
        stage.settle()
        assert number(stage) == 1
        stage.press_until("derivation")
        assert store.moment.known.loss
        assert coach.balloon.figure.text() == "7200"
        stage.player.step()
        stage.settle()
        assert number(stage) == 3
        stage.press_until("loss")
        assert store.document.cursor.iteration == 1
        assert coach.balloon.figure.text() == "7200 → 3225.137"
        assert coach.balloon.figure.isVisible()
        coach.balloon.next.click()
        assert number(stage) == 6
        stage.player.play()
        stage.settle()
        stage.player.pause()
        stage.settle()
        assert number(stage) == 7
        store.edit_experiment("η", lambda e: replace(e, learning_rate=2e-5))
        stage.settle()
        assert number(stage) == 8
        store.edit_parameter("weight", 0, 0.6)
        stage.settle()
        assert number(stage) == 9
        assert coach.balloon.next.text() == "Done"
        coach.balloon.next.click()
        assert not coach.balloon.isVisible()
        assert settings.flag(NEVER)

    def test_sees_the_ball_move_after_the_learning_rate_was_dragged_on(self, stage: Stage) -> None:
        stage.coach.restart()
        while stage.coach.tip is not None and stage.coach.tip.target != "learning_rate":
            stage.coach.balloon.next.click()
        for rate in (2e-5, 3e-5, 4e-5):
            stage.store.edit_experiment("η", partial(replace, learning_rate=rate), merge_key="drag")
            stage.settle()
        stage.store.end_merge()
        assert stage.coach.tip is not None
        assert stage.coach.tip.target == "surface"
        stage.store.edit_parameter("weight", 0, 0.6)
        stage.settle()
        assert stage.coach.tip.target == "export"

    def test_can_be_read_by_pressing_next_alone(self, stage: Stage) -> None:
        stage.coach.restart()
        for expected in range(len(TIPS)):
            assert number(stage) == expected
            stage.coach.balloon.next.click()
        assert stage.coach.tip is None

    def test_waits_while_something_else_is_done(self, stage: Stage) -> None:
        stage.coach.restart()
        stage.store.look(notation="signals")
        stage.settle()
        assert number(stage) == 0

    def test_passes_over_what_is_not_on_screen(self, stage: Stage) -> None:
        stage.targets["canvas"].hide()
        stage.coach.restart()
        stage.coach.balloon.next.click()
        assert stage.coach.tip is not None
        assert stage.coach.tip.target == "derivation"

    def test_ends_when_nothing_is_left_to_point_at(self, stage: Stage) -> None:
        for target in stage.targets.values():
            target.hide()
        stage.coach.restart()
        assert stage.coach.tip is None


class TestDismissing:
    def test_skip_ends_it_for_now(self, stage: Stage) -> None:
        stage.coach.restart()
        stage.coach.balloon.skip.click()
        assert not stage.coach.balloon.isVisible()
        assert not settings.flag(NEVER)

    def test_never_again_is_remembered(self, stage: Stage) -> None:
        stage.coach.restart()
        stage.coach.balloon.never.click()
        stage.coach.balloon.skip.click()
        assert settings.flag(NEVER)
        stage.coach.restart()
        stage.coach.balloon.never.click()
        assert not settings.flag(NEVER)

    def test_escape_ends_it_and_goes_no_further(self, stage: Stage) -> None:
        pressed: list[bool] = []
        action = stage.window.addAction("Deselect")
        action.setShortcut(QKeySequence(Qt.Key.Key_Escape))
        action.triggered.connect(lambda: pressed.append(True))
        stage.coach.restart()
        stage.window.activateWindow()
        QTest.keyClick(stage.targets["canvas"], Qt.Key.Key_Escape)
        assert not stage.coach.balloon.isVisible()
        assert pressed == []
        QTest.keyClick(stage.targets["canvas"], Qt.Key.Key_Escape)
        assert pressed == [True]

    def test_nothing_is_watched_afterwards(self, stage: Stage) -> None:
        stage.coach.restart()
        stage.coach.stop()
        stage.player.step()
        stage.window.resize(900, 600)
        stage.settle()
        assert not stage.coach.balloon.isVisible()


class TestPlace:
    def check(self, stage: Stage) -> None:
        tip = stage.coach.tip
        assert tip is not None
        target = stage.targets[tip.target]
        aim = QRect(target.mapTo(stage.window, QPoint(0, 0)), target.size())
        own = stage.coach.balloon.geometry()
        assert not own.intersects(aim), tip.target
        assert stage.window.rect().contains(own), tip.target

    def test_is_inside_the_window_and_beside_the_target(self, stage: Stage) -> None:
        stage.coach.restart()
        while stage.coach.tip is not None:
            self.check(stage)
            stage.coach.balloon.next.click()

    def test_follows_the_window(self, stage: Stage) -> None:
        stage.coach.restart()
        before = stage.coach.balloon.pos()
        stage.window.resize(1250, 800)
        stage.settle()
        assert stage.coach.balloon.pos() != before
        self.check(stage)

    def test_of_a_target_in_a_window_of_its_own_is_visible(self, stage: Stage) -> None:
        stage.targets["step"].setParent(None)
        stage.targets["step"].show()
        stage.coach.restart()
        assert stage.window.rect().contains(stage.coach.balloon.geometry())
        stage.targets["step"].close()

    @given(
        st.integers(0, 900),
        st.integers(0, 600),
        st.integers(10, 400),
        st.integers(10, 300),
    )
    def test_covers_nothing_where_there_is_room(
        self, left: int, top: int, width: int, height: int
    ) -> None:
        room = QRect(8, 8, 1264, 784)
        aim = QRect(left, top, width, height) & room
        size = QSize(324, 140)
        _, corner = place(aim, size, room)
        own = QRect(corner, size)
        assert room.contains(own)
        assert not own.intersects(aim)

    def test_covers_the_least_where_there_is_none(self) -> None:
        room = QRect(8, 8, 400, 300)
        side, corner = place(QRect(60, 60, 300, 230), QSize(324, 140), room)
        assert side is Side.ABOVE
        assert room.contains(QRect(corner, QSize(324, 140)))


class TestLook:
    def test_speaks_both_languages(self, stage: Stage) -> None:
        stage.coach.restart()
        english = stage.coach.balloon.text.text()
        i18n.set_language("zh_CN")
        # Whether the words are translated is another test's business.
        assert stage.coach.balloon.text.text() == i18n.tr(TIPS[0].text)
        i18n.set_language("en")
        assert stage.coach.balloon.text.text() == english

    @pytest.mark.parametrize("mode", ["light", "dark"])
    def test_is_painted_in_the_colours_of_the_theme(self, stage: Stage, mode: theme.Mode) -> None:
        theme.set_mode(mode)
        stage.coach.restart()
        picture = stage.coach.balloon.grab().toImage()
        middle = QColor(picture.pixel(BEAK + 6, picture.height() // 2))
        assert middle == theme.color("raised")

    def test_everything_has_a_name_and_takes_no_focus_by_a_click(self, stage: Stage) -> None:
        stage.coach.restart()
        balloon = stage.coach.balloon
        assert "Press" in balloon.accessibleName()
        for control in (balloon.skip, balloon.next, balloon.never):
            assert control.accessibleName()
            assert control.toolTip()
            assert control.focusPolicy() == Qt.FocusPolicy.TabFocus
