"""The loss over time: what is drawn, what is read, and time moved by dragging in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot

from engine import numbers
from engine.session import Cursor, Point, Run
from engine.training import Penalty
from gui import theme
from gui.state.store import Store
from gui.views import guard
from gui.views.loss_curve import LossCurve
from gui.views.loss_lines import LOSS, STEP, Curve, Line, decimated, fitted_range, spread
from gui.views.scale_axis import tick_texts, ticks
from tests.gui import charts, hand


@pytest.fixture(autouse=True)
def no_failed_paint() -> Iterator[None]:
    theme.set_mode("light")
    before = guard.count()
    yield
    assert guard.count() == before, guard.failures
    theme.set_mode("light")


def curve_of(qtbot: QtBot, store: Store) -> LossCurve:
    view = LossCurve(store)
    qtbot.addWidget(view)
    store.setParent(view)
    charts.shown(view)
    return view


def place(view: LossCurve, step: float, value: float | None = None) -> QPoint:
    """The point of the plot's viewport at an iteration (and a height, or half-way up)."""
    low, high = view.box.viewRange()[1]
    where = view.scene_point(step, (low + high) / 2 if value is None else value)
    return where.toPoint()


def click(view: LossCurve, where: QPoint) -> None:
    target = view.widget.viewport()
    hand.move(target, where)
    hand.press(target, where)
    hand.release(target, where)
    charts.settle()


# --------------------------------------------------------------------------------- picture


def test_before_the_first_step_the_loss_stands_there_large(qtbot: QtBot) -> None:
    view = curve_of(qtbot, charts.store_of(charts.by_hand()))
    picture = view._item.drawing
    assert picture.single
    assert [mark.text for mark in picture.marks] == ["7200"]
    pixels = charts.picture(view)
    assert charts.has_color_at(pixels, view.scene_point(0, 7200), "train")
    # The figure beside the dot is larger than any other text.
    rows = np.flatnonzero(charts.near(pixels, "train").any(axis=1))
    assert np.ptp(rows) > 20


def test_a_training_that_diverges_is_drawn_up_to_its_last_finite_loss(qtbot: QtBot) -> None:
    experiment = replace(charts.by_hand(), learning_rate=2e-4)
    view = curve_of(qtbot, charts.store_of(experiment, 6))
    last = view._store.moment.state.loss
    assert last > 1e128
    pixels = charts.picture(view)
    assert charts.has_color_at(pixels, view.scene_point(6, last), "train")
    assert charts.has_color_at(pixels, view.scene_point(2.5, 0.0), "train")


def test_training_is_solid_and_test_is_dashed_and_both_are_named(qtbot: QtBot) -> None:
    view = curve_of(qtbot, charts.store_of(charts.moons(), 60))
    lines = {line.label: line for line in view._item.drawing.loss}
    assert not lines["train"].dashed
    assert lines["test"].dashed
    assert {lines["train"].color, lines["test"].color} == {"train", "test"}
    pixels = charts.picture(view)
    for label, line in lines.items():
        assert charts.has_color_at(pixels, view.scene_point(30, line.at(30)), line.color), label


def test_a_dashed_line_has_gaps_where_a_solid_one_has_none(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 400)
    view = curve_of(qtbot, store)
    pixels = charts.picture(view)

    def seen(line: Line) -> float:
        steps = range(40, 360, 2)
        return float(
            np.mean(
                [
                    charts.has_color_at(pixels, view.scene_point(s, line.at(s)), line.color, 0)
                    for s in steps
                ]
            )
        )

    shares = {line.label: seen(line) for line in view._item.drawing.loss}
    assert shares["train"] > 0.7
    assert 0.3 < shares["test"] < shares["train"] - 0.15


def test_the_cursor_has_a_line_a_dot_and_the_exact_value(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 80)
    store.move(Cursor(1, 33))
    view = curve_of(qtbot, store)
    state = store.moment.state
    texts = {mark.name: mark.text for mark in view._item.drawing.marks}
    assert state.test_loss is not None
    assert texts == {
        "train": numbers.shown(state.loss),
        "test": numbers.shown(state.test_loss),
    }
    pixels = charts.picture(view)
    assert charts.has_color_at(pixels, view.scene_point(33, state.loss), "train")
    bottom = view.box.viewRange()[1][0]
    above = view.scene_point(33, bottom) - QPointF(0, 12)
    column = pixels[round(above.y()), round(above.x()) - 2 : round(above.x()) + 3]
    assert (np.ptp(column, axis=1) > 40).any()


def test_accuracy_stands_above_for_a_classification_and_can_be_hidden(qtbot: QtBot) -> None:
    view = curve_of(qtbot, charts.store_of(charts.moons(), 40))
    with_strip = view._strip.rect().height()
    assert with_strip >= 40
    hand.key(view, Qt.Key.Key_A)
    charts.settle()
    assert view._strip.rect().height() == 0
    assert not view._item.drawing.accuracy
    regression = curve_of(qtbot, charts.store_of(charts.sine(), 10))
    assert not regression._item.drawing.accuracy


def test_the_scale_turns_logarithmic_with_a_key(qtbot: QtBot) -> None:
    store = charts.store_of(charts.by_hand(), 5)
    view = curve_of(qtbot, store)
    hand.key(view, Qt.Key.Key_L)
    charts.settle()
    assert store.view.log_loss
    loss = store.moment.state.loss
    assert charts.has_color_at(
        charts.picture(view), view.scene_point(5, float(np.log10(loss))), "train"
    )
    hand.key(view, Qt.Key.Key_L)
    assert not store.view.log_loss


def test_the_menu_offers_both_switches(qtbot: QtBot) -> None:
    view = curve_of(qtbot, charts.store_of(charts.moons(), 3))
    menu = view.menu()
    texts = {action.text(): action for action in menu.actions() if action.text()}
    assert texts["Show accuracy"].isChecked()
    texts["Logarithmic loss"].trigger()
    assert view._store.view.log_loss
    menu.close()


def test_an_edit_is_marked_where_it_was_made(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    store.edit_experiment("rate", lambda e: replace(e, learning_rate=0.1))
    store.move(Cursor(1, 40))
    view = curve_of(qtbot, store)
    assert view._item.drawing.edits == (20,)
    foot = view.scene_point(20, view.box.viewRange()[1][0])
    pixels = charts.picture(view)
    assert charts.has_color_at(pixels, foot - QPointF(0, 3), "muted")
    assert "edited here" in str(view._read(20.2, 0.0))


def test_visible_runs_have_their_own_colours_and_names(qtbot: QtBot) -> None:
    store = two_runs()
    view = curve_of(qtbot, store)
    lines = view._item.drawing.loss
    assert {line.color for line in lines} == {"run_0", "run_1"}
    assert {line.label for line in lines if not line.dashed} == {"Run 1", "Run 2"}
    hidden = replace(store.document.run(1), visible=False)
    store.restore(store.document.with_run(hidden))
    assert {line.color for line in view._item.drawing.loss} == {"train", "test"}


def two_runs() -> Store:
    store = charts.store_of(charts.moons(), 60)
    store.move(Cursor(1, 20))
    store.edit_experiment("rate", lambda e: replace(e, learning_rate=0.2))
    store.move(Cursor(2, 60))
    return store


# ---------------------------------------------------------------------------------- moving


def test_a_click_goes_to_that_iteration(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 80)
    view = curve_of(qtbot, store)
    click(view, place(view, 25))
    assert store.document.cursor == Cursor(1, 25)


def test_a_drag_scrubs_time_and_stays_within_the_run(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 80)
    view = curve_of(qtbot, store)
    target = view.widget.viewport()
    start, middle, far = place(view, 70), place(view, 40), place(view, 70) + QPoint(4000, 0)
    hand.move(target, start)
    hand.press(target, start)
    for where in (start - QPoint(9, 0), middle):
        hand.move(target, where)
        # A plot answers at most so many moves a second.
        qtbot.wait(20)
    assert store.document.cursor.iteration == 40
    hand.move(target, far)
    qtbot.wait(20)
    assert store.document.cursor.iteration == 80
    hand.release(target, far)
    assert store.document.active.newest == 80


def test_a_click_on_another_run_takes_the_cursor_there(qtbot: QtBot) -> None:
    store = two_runs()
    view = curve_of(qtbot, store)
    other = store.history.state(store.document.run(1), 50)
    click(view, place(view, 50, other.loss))
    assert store.document.cursor == Cursor(1, 50)


def test_arrow_keys_walk_through_time(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 80)
    view = curve_of(qtbot, store)
    view.turn_by(-1, 0)
    assert store.document.cursor.iteration == 79
    view.turn_by(0, -1)
    assert store.document.cursor.iteration == 75
    view.turn_by(0, 5)
    assert store.document.cursor.iteration == 80


def test_zooming_keeps_the_heights_in_the_frame_and_r_shows_all(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 80)
    view = curve_of(qtbot, store)
    view.zoom_by(4.0)
    charts.settle()
    low, high = view.box.viewRange()[0]
    assert high - low < 25
    store.move(Cursor(1, 90))
    assert view.box.viewRange()[0] == [low, high]
    hand.key(view, Qt.Key.Key_R)
    charts.settle()
    assert view.box.viewRange()[0][1] >= 90


# --------------------------------------------------------------------------------- reading


def test_the_pointer_reads_the_model_and_not_the_picture(qtbot: QtBot) -> None:
    store = charts.store_of(replace(charts.moons(), penalty=Penalty(l2=0.1)), 50)
    view = curve_of(qtbot, store)
    hand.move(view.widget.viewport(), place(view, 31))
    charts.settle()
    state = store.history.state(store.document.active, 31)
    text = view._readout_label.text()
    assert view._readout_label.isVisible()
    assert "iteration 31" in text
    assert f"loss {numbers.shown(state.loss)}" in text
    training = store.moment.segment.training
    assert f"+ penalty {numbers.shown(training.penalty(state.parameters))}" in text
    assert f"η {numbers.shown(training.learning_rate(state))}" in text
    assert state.accuracy is not None
    assert f"accuracy {numbers.shown(100 * state.accuracy, 4)} %" in text


def test_the_table_has_the_columns_that_apply(qtbot: QtBot) -> None:
    by_hand = curve_of(qtbot, charts.store_of(charts.by_hand(), 1)).table()
    assert by_hand.columns == ("step", "loss")
    assert by_hand.rows[0] == (0, 7200.0)
    assert by_hand.rows[1] == (1, pytest.approx(3225.137172))
    moons = curve_of(qtbot, charts.store_of(charts.moons(), 5)).table()
    assert moons.columns == ("step", "loss", "test_loss", "accuracy", "test_accuracy")
    assert [row[0] for row in moons.rows] == [0, 1, 2, 3, 4, 5]
    runs = curve_of(qtbot, two_runs()).table()
    assert runs.columns[-1] == "run"
    assert set(runs.column("run")) == {"Run 1", "Run 2"}


def test_an_export_works_unseen_and_keeps_text_as_text(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    view = LossCurve(store)
    qtbot.addWidget(view)
    pixels = charts.exported(view)
    assert charts.near(pixels, "train").sum() > 50
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    view.render_to(painter, QRectF(0, 0, 640, 420))
    painter.end()
    text = bytes(buffer.data().data()).decode()
    assert ">train</text>" in text
    assert "<image" not in text
    store.deleteLater()


def test_in_a_low_chart_names_and_values_share_their_lines(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    view = LossCurve(store)
    qtbot.addWidget(view)

    def words(height: float) -> str:
        buffer = QBuffer()
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        painter = QPainter(generator)
        view.render_to(painter, QRectF(0, 0, 360, height))
        painter.end()
        return bytes(buffer.data().data()).decode()

    tall, low = words(420), words(105)
    value = view._item.drawing.marks[0].text
    assert ">train</text>" in tall
    assert f">{value}</text>" in tall
    assert ">train</text>" not in low
    assert f"{value}</text>" in low
    store.deleteLater()


# ----------------------------------------------------------------------------------- costs


def test_a_hidden_view_does_nothing_until_it_is_seen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = charts.store_of(charts.moons(), 10)
    view = curve_of(qtbot, store)
    calls: list[int] = []
    original = view._read_curves

    def counted(runs: list[Run]) -> None:
        calls.append(len(runs))
        original(runs)

    monkeypatch.setattr(view, "_read_curves", counted)
    view.hide()
    store.move(Cursor(1, 20))
    assert not calls
    view.show()
    charts.settle()
    assert calls
    assert view._item.drawing.cursor == 20


def test_points_that_are_known_are_not_read_again() -> None:
    points = [Point(i, 1.0 / (i + 1), None, None, None) for i in range(100)]
    curve = Curve()
    curve.update(points)
    kept = curve._rows
    curve.update([*points, Point(100, 0.5, None, None, None)])
    assert curve._rows is kept
    assert len(curve) == 101
    assert curve.column(STEP)[-1] == 100
    assert not curve.has(LOSS + 1)
    # After the stride has doubled, only every second point is left.
    curve.update(points[::2])
    assert curve.column(STEP).tolist() == list(range(0, 100, 2))


def test_a_thinned_line_keeps_its_extremes() -> None:
    x = np.linspace(0, 200, 20_000)
    y = np.sin(x)
    y[7_777] = 50.0
    across, up = decimated(x, y)
    assert len(across) <= 2 * 201
    assert up.max() == 50.0
    assert up.min() == y.min()


def test_labels_leave_each_other_room() -> None:
    places = spread([10.0, 11.0, 12.0, 90.0], 14.0, 5.0, 100.0)
    assert all(b - a >= 13.999 for a, b in pairwise(places))
    assert places[-1] <= 100.0


def test_the_frame_shows_all_lines_between_two_iterations() -> None:
    steps = np.arange(5.0)
    line = Line(steps, np.array([100.0, 3.0, 2.0, np.nan, 1.0]), "train")
    low, high = fitted_range([line], 0, 4, log=False)
    assert low <= 0 < 100 < high
    low, high = fitted_range([line], 1.0, 4.0, log=True)
    assert low < 0.0
    assert high > 0.47


@pytest.mark.parametrize(
    ("low", "high", "log", "texts"),
    [
        (0.0, 1.0, False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (0.0, 7200.0, False, ["0", "2000", "4000", "6000"]),
        (-3.0, 0.1, True, ["0.001", "0.01", "0.1", "1"]),
    ],
)
def test_marks_of_the_axes_are_few_and_round(
    low: float, high: float, log: bool, texts: list[str]
) -> None:
    assert tick_texts(ticks(low, high, 5, log), log) == texts
