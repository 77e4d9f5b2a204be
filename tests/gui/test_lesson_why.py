"""The red thread: one weight, followed through every lab by the buttons of its lesson."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.expression import parse
from engine.session.derivative import slot_at, study
from engine.session.descent import study as descents
from engine.session.lessons import lesson, lessons
from engine.training.formula import loss_formula
from gui import i18n
from gui.app import make_application
from gui.main_window import MainWindow
from gui.state.store import Store
from gui.views import guard
from gui.views.lesson_panel import _Page
from gui.views.surface_lab_study import study_of

NAME = "why-calculus"


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    make_application()
    guard.forget()
    i18n.set_language("en")
    window = MainWindow(Store(lesson(NAME).document))
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.store.undo_stack.setClean()
    window.close()
    assert guard.failures == []
    window.deleteLater()


def page(window: MainWindow) -> _Page:
    shown = window.lesson.page
    assert shown is not None
    return shown


def press(window: MainWindow, step: int) -> None:
    """Press the button of a step, counted from 1."""
    button = page(window).steps[step - 1].button
    assert button is not None
    button.click()
    QApplication.processEvents()


def done(window: MainWindow) -> list[bool]:
    return [row.done for row in page(window).steps]


def forward(window: MainWindow, times: int) -> None:
    for _ in range(times):
        window.lab.player.step()


def test_it_is_the_first_of_all_lessons() -> None:
    assert lessons()[0].id == NAME


def test_it_begins_on_the_very_weight_with_nothing_done(window: MainWindow) -> None:
    store = window.store
    assert window.lab.key == "network"
    selection = store.view.selection
    assert selection is not None
    index = store.experiment.architecture.index[selection.target]
    assert store.moment.segment.training.layout.names[index] == "w1_11"
    assert store.moment.trace.gradient[index] == 4800.0
    assert not any(done(window))
    assert not any(row.reached for row in page(window).figures.rows)


def test_the_derivative_lab_has_the_loss_over_it_as_the_network_lab_writes_it(
    window: MainWindow,
) -> None:
    press(window, 2)
    assert window.lab.key == "derivative"
    own = study(window.store.document.derivative)
    assert (own.value, own.slope) == (7200.0, 4800.0)
    moment = window.store.moment
    text = loss_formula(moment.segment.training, moment.state.parameters, 0, [0])
    assert parse(window.store.document.derivative.expression) == parse(text)


def test_the_surface_lab_has_both_slopes_at_the_point(window: MainWindow) -> None:
    press(window, 3)
    assert window.lab.key == "surface"
    own = study_of(window.store.document)
    assert own.value == 7200.0
    assert own.slopes == pytest.approx((7200.0, 4800.0))


def test_the_descent_lab_takes_the_step_of_the_network(window: MainWindow) -> None:
    press(window, 4)
    assert window.lab.key == "descent"
    course = descents(window.store.document.descent).courses[0]
    course.reach(1)
    assert course.points[:2, 0].tolist() == pytest.approx([0.5, 0.452])
    assert course.values[:2].tolist() == pytest.approx([7200.0, 6971.4432])


def test_every_step_is_done_in_its_own_lab_and_every_figure_comes_out(window: MainWindow) -> None:
    press(window, 1)
    assert window.lab.key == "network"
    forward(window, 14)
    assert done(window) == [True, False, False, False, False]
    press(window, 2)
    forward(window, 3)
    slot = slot_at(window.store.document.derivative, window.store.view.derivative_lab)
    assert study(slot).slope == 4800.0
    assert done(window)[1]
    press(window, 3)
    steepest = math.degrees(math.atan2(4800.0, 7200.0))
    assert not done(window)[2]
    window.store.edit_slot("", "surface", direction=steepest)
    assert done(window)[2]
    press(window, 4)
    forward(window, 1)
    assert done(window)[3]
    press(window, 5)
    assert window.lab.key == "network"
    assert window.store.document.cursor.iteration == 0
    assert not done(window)[4]
    forward(window, 1)
    assert window.store.moment.state.loss == pytest.approx(3225.137172, abs=1e-6)
    assert done(window) == [True] * 5
    assert all(row.reached for row in page(window).figures.rows)


def test_a_lab_is_put_back_to_the_weight_and_one_undo_leads_back(window: MainWindow) -> None:
    press(window, 2)
    assert window.store.undo_stack.count() == 0
    window.store.edit_slot("", "derivative", expression="sin(x)")
    press(window, 2)
    assert study(window.store.document.derivative).slope == 4800.0
    window.store.undo_stack.undo()
    assert window.store.document.derivative.expression == "sin(x)"
