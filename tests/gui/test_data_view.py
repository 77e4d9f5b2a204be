"""The data and what the network says between them: drawn, hovered, clicked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine import numbers
from engine.data import FixedData
from engine.network import Architecture, forward
from engine.session import Cursor, Selection
from engine.training import Experiment
from gui import theme
from gui.state.store import Store
from gui.views import guard, sample_marks
from gui.views.applicable import views_for
from gui.views.data_samples import SampleSource
from gui.views.data_view import COARSE, DataView
from gui.views.outcomes import classes_of, outputs_of
from gui.views.plane_image import unit_scale, value_color
from gui.views.plane_map import Question, boundaries, plane_map, round_up, telling_features
from tests.gui import charts, hand


@pytest.fixture(autouse=True)
def no_failed_paint() -> Iterator[None]:
    theme.set_mode("light")
    before = guard.count()
    yield
    assert guard.count() == before, guard.failures
    theme.set_mode("light")


def view_of(qtbot: QtBot, store: Store, width: int = 640, height: int = 420) -> DataView:
    view = DataView(store)
    qtbot.addWidget(view)
    store.setParent(view)
    charts.shown(view, width, height)
    return view


def output(store: Store, *raw: float) -> NDArray[np.float64]:
    """What the model says about raw inputs, on its own way."""
    experiment, scaling = store.experiment, store.experiment.dataset.scaling
    seen = np.array([raw])
    if scaling is not None:
        seen = scaling.apply(seen)
    passed = forward(experiment.architecture, store.moment.state.parameters, seen)
    result: NDArray[np.float64] = passed.output[0]
    return result


def point_to(view: DataView, x: float, y: float) -> str:
    """Move the pointer to a place of the axes and read what it says."""
    for where in (QPoint(5, 5), view.scene_point(x, y).toPoint()):
        hand.move(view.widget.viewport(), where)
        # A plot answers at most so many moves a second.
        QTest.qWait(20)
    return view._readout_label.text()


def click(view: DataView, where: QPointF) -> None:
    target, point = view.widget.viewport(), where.toPoint()
    hand.move(target, point)
    hand.press(target, point)
    hand.release(target, point)
    charts.settle()


def lonely_row(view: DataView) -> int:
    """A sample with no other near it."""
    samples = view._points.samples
    assert samples is not None
    gaps = np.hypot(*(samples.points[:, None, :] - samples.points[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    return int(samples.rows[gaps.min(axis=1).argmax()])


def empty_place(view: DataView) -> tuple[float, float]:
    """A place with no sample near it."""
    samples = view._points.samples
    assert samples is not None
    (left, right), (bottom, top) = view.box.viewRange()
    grid = np.array(
        [
            (x, y)
            for x in np.linspace(left, right, 22)[1:-1]
            for y in np.linspace(bottom, top, 22)[1:-1]
        ]
    )
    gaps = np.hypot(*(grid[:, None, :] - samples.points[None, :, :]).transpose(2, 0, 1))
    x, y = grid[gaps.min(axis=1).argmax()].tolist()
    return x, y


# ------------------------------------------------------------------------------------ maps


def test_a_binary_map_has_the_colours_of_its_classes_on_both_sides(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 300)
    view = view_of(qtbot, store)
    answer = view.answer
    assert answer is not None
    probability = answer.values[:, :, 0]
    pixels = charts.exported(view)
    for extreme, bluer in ((probability.max(), True), (probability.min(), False)):
        row, column = np.argwhere(probability == extreme)[0]
        where = view.scene_point(answer.x[column], answer.y[row])
        color = pixels[min(max(round(where.y()), 30), 380), min(max(round(where.x()), 65), 620)]
        assert bool(color[2] > color[0]) == bluer


def test_the_boundary_runs_where_the_output_is_one_half(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 300)
    view = view_of(qtbot, store)
    answer = view.answer
    assert answer is not None
    pieces = boundaries(answer)
    assert pieces
    for point in np.concatenate(pieces)[::7].tolist():
        assert output(store, *point)[0] == pytest.approx(0.5, abs=0.01)


def test_boundaries_of_three_classes_run_where_two_are_equally_likely(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 200)
    view = view_of(qtbot, store)
    answer = view.answer
    assert answer is not None
    assert answer.question.kind == "classes"
    pieces = boundaries(answer)
    assert pieces
    for point in np.concatenate(pieces)[::9]:
        shares = np.sort(answer.question.answer(point[None, :])[0][0])
        assert shares[-1] - shares[-2] < 0.02


def test_a_fitted_surface_wears_the_colours_of_its_samples(qtbot: QtBot) -> None:
    store = charts.store_of(charts.bump(), 20)
    view = view_of(qtbot, store)
    low, high = view._map.range
    x, y = empty_place(view)
    value = float(output(store, x, y)[0])
    where = view.scene_point(x, y)
    pixels = charts.picture(view)
    seen = pixels[round(where.y()), round(where.x())]
    wanted = value_color(value, low, high)
    assert np.abs(seen - (wanted.red(), wanted.green(), wanted.blue())).max() < 40
    assert view._bar.rect().width() > 0
    targets = store.experiment.dataset.targets
    assert low < targets.min() < targets.max() < high


def test_a_fitted_curve_goes_through_the_values_of_the_model(qtbot: QtBot) -> None:
    store = charts.store_of(charts.sine(), 100)
    view = view_of(qtbot, store)
    assert view.answer is None
    pixels = charts.picture(view)
    seen = [
        charts.has_color_at(pixels, view.scene_point(x, float(output(store, x)[0])), "forward")
        for x in np.linspace(-2.5, 2.5, 15).tolist()
    ]
    assert np.mean(seen) > 0.7


def test_the_view_is_called_after_the_task(qtbot: QtBot) -> None:
    headings = {
        view_of(qtbot, charts.store_of(experiment)).windowTitle()
        for experiment in (charts.moons(), charts.sine(), charts.bump())
    }
    assert headings == {"Decision boundary", "Fitted curve", "Fitted surface"}


def test_the_map_is_coarse_in_motion_and_fine_at_rest(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 40)
    view = view_of(qtbot, store)
    for iteration in (10, 11, 12):
        store.move(Cursor(1, iteration))
    assert view.answer is not None
    assert view.answer.resolution == (COARSE, COARSE)
    qtbot.waitUntil(lambda: view.answer is not None and min(view.answer.resolution) >= 128)
    assert view.answer.question.parameters is store.moment.state.parameters


def test_the_same_state_is_not_asked_for_twice(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 5)
    view = view_of(qtbot, store)
    qtbot.waitUntil(lambda: view.answer is not None and min(view.answer.resolution) >= 128)
    before = view.answer
    store.look(speed=2.0)
    view.refresh()
    assert view.answer is before


def test_a_hidden_view_asks_nothing(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 5)
    view = view_of(qtbot, store)
    view.hide()
    before = view.answer
    store.move(Cursor(1, 20))
    assert view.answer is before
    view.show()
    charts.settle()
    assert view.answer is not before


def test_an_update_layer_by_layer_is_seen_layer_by_layer(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 3)
    view = view_of(qtbot, store)
    trace = store.moment.trace
    store.move(Cursor(1, 3, trace.count - 1))
    assert view._question is not None
    assert np.array_equal(view._question.parameters, trace.parameters_at(trace.count - 1))


# --------------------------------------------------------------------------------- samples


def test_samples_have_the_shape_and_colour_of_their_class(qtbot: QtBot) -> None:
    view = view_of(qtbot, charts.store_of(charts.moons(), 5))
    samples = view._points.samples
    assert samples is not None
    pixels = charts.picture(view)
    for index in np.flatnonzero(~samples.test)[:20].tolist():
        where = view.scene_point(*samples.points[index].tolist())
        assert charts.has_color_at(pixels, where, f"class_{samples.kinds[index]}")
    assert sample_marks.shape(0) != sample_marks.shape(1)
    paths = [sample_marks.shape(k) for k in range(10)]
    assert all(a != b for i, a in enumerate(paths) for b in paths[:i])


def test_test_samples_are_hollow(qtbot: QtBot) -> None:
    view = view_of(qtbot, charts.store_of(charts.sine(), 5))
    pixels = charts.picture(view)
    samples = view._points.samples
    assert samples is not None
    middles = [
        pixels[round(where.y()), round(where.x())]
        for where in (view.scene_point(*point) for point in samples.points.tolist())
    ]
    blue = charts.near(np.array([middles]), "train")[0]
    assert blue[~samples.test].mean() > 0.9
    assert blue[samples.test].mean() < 0.4


def test_what_is_wrong_is_ringed_and_counted(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons())
    view = view_of(qtbot, store)
    experiment, parameters = store.experiment, store.moment.state.parameters
    dataset = experiment.dataset
    outputs = outputs_of(experiment.architecture, parameters, dataset.inputs)
    expected = set(np.flatnonzero(classes_of(outputs) != dataset.class_indices).tolist())
    samples = view._points.samples
    assert samples is not None
    assert set(samples.rows[samples.wrong].tolist()) == expected
    assert f"{len(expected)} wrong" in [entry.text for entry in view._entries()]
    row = next(iter(expected))
    pixels = charts.picture(view)
    where = view.sample_pixel(row)
    assert charts.has_color_at(pixels, where, "error", reach=12)


def test_a_click_on_a_sample_puts_it_in_focus(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 5)
    view = view_of(qtbot, store)
    row = lonely_row(view)
    before = charts.picture(view)
    where = view.sample_pixel(row)
    assert not charts.has_color_at(before, where, "accent", reach=14)
    click(view, where)
    assert store.view.focus == row
    assert charts.has_color_at(charts.picture(view), where, "accent", reach=14)
    click(view, view.scene_point(*empty_place(view)))
    assert store.view.focus is None


def test_the_sample_being_stepped_through_is_shown(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 5)
    view = view_of(qtbot, store)
    assert view._points.focus is None
    store.move(Cursor(1, 5, 1))
    focus = store.moment.trace.focus
    x, y = store.experiment.dataset.inputs[focus].tolist()
    assert view._points.focus == QPointF(x, y)


def test_many_samples_are_thinned_and_it_is_said(qtbot: QtBot) -> None:
    from engine.data import GeneratedData

    store = charts.store_of(charts.moons(data=GeneratedData("moons", samples=2500)))
    view = view_of(qtbot, store)
    samples = view._points.samples
    assert samples is not None
    assert len(samples.rows) == 2000
    assert "2000 of 2500 samples drawn" in [entry.text for entry in view._entries()]


# --------------------------------------------------------------------------------- reading


def test_the_pointer_reads_the_output_of_the_model(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 50)
    view = view_of(qtbot, store)
    text = point_to(view, *empty_place(view))
    assert view._pointer is not None
    value = float(output(store, *view._pointer)[0])
    assert f"P(1) = {numbers.shown(value)}" in text


def test_over_a_sample_it_reads_target_output_and_loss(qtbot: QtBot) -> None:
    store = charts.store_of(charts.bump(), 50)
    view = view_of(qtbot, store)
    row = lonely_row(view)
    dataset = store.experiment.dataset
    text = point_to(view, *dataset.inputs[row].tolist())
    value = float(output(store, *dataset.inputs[row].tolist())[0])
    target = float(dataset.targets[row, 0])
    assert f"sample {row + 1}" in text
    assert f"target {numbers.shown(target)}" in text
    assert f"output y = {numbers.shown(value)}" in text
    assert f"loss {numbers.shown(0.5 * (target - value) ** 2)}" in text


def test_axes_and_read_out_are_in_raw_units(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 50)
    view = view_of(qtbot, store)
    dataset = store.experiment.dataset
    assert dataset.scaling is not None
    low, high = view.box.viewRange()[0]
    raw = dataset.raw_inputs[:, view.axes[0]]
    assert low < raw.min() < raw.max() < high
    x, y = empty_place(view)
    text = point_to(view, x, y)
    assert view._pointer is not None
    inputs = dataset.scaling.mean.copy()
    inputs[list(view.axes)] = view._pointer
    likeliest = int(np.argmax(output(store, *inputs.tolist())))
    share = float(output(store, *inputs.tolist())[likeliest])
    assert f"P({dataset.classes[likeliest]}) = {numbers.shown(share)}" in text


# -------------------------------------------------------------------------- more than two


def test_the_header_chooses_among_more_inputs(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 20)
    view = view_of(qtbot, store)
    assert view.header.isVisible()
    assert view.axes == telling_features(store.experiment.dataset) == (2, 3)
    view.header.across.setCurrentIndex(0)
    view.header.across.activated.emit(0)
    assert view.axes == (0, 3)
    assert view._question is not None
    assert view._question.axes == (0, 3)
    # One input cannot stand on both axes.
    view.header.up.setCurrentIndex(0)
    view.header.up.activated.emit(0)
    assert view.axes[0] != view.axes[1]
    assert not view_of(qtbot, charts.store_of(charts.moons())).header.isVisible()


def test_the_other_inputs_are_held_and_it_is_said_where(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 20)
    view = view_of(qtbot, store)
    assert "held at the mean: sepal length (cm)" in view._note_text()
    store.look(focus=7)
    dataset = store.experiment.dataset
    assert view._question is not None
    assert np.array_equal(view._question.held, dataset.inputs[7])
    raw = dataset.raw_inputs[7]
    assert f"sample 8: sepal length (cm) = {numbers.shown(raw[0], 4)}" in view._note_text()


def test_the_header_comes_back_after_an_export(qtbot: QtBot) -> None:
    view = view_of(qtbot, charts.store_of(charts.iris(), 20))
    before = view.widget.geometry()
    charts.exported(view, 900, 500)
    charts.settle()
    assert view.widget.geometry() == before
    assert view.header.geometry().bottom() < view.widget.geometry().top()


# --------------------------------------------------------------------------- single units


def test_a_selected_neuron_fills_the_plot_and_a_button_gives_it_back(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    view = view_of(qtbot, store)
    assert not view.unit_button.isVisible()
    unit = store.experiment.architecture.layers[0].units[1]
    store.look(selection=Selection("unit", (unit, 0)))
    assert view.unit_button.isVisible()
    assert "Neuron 2, layer 1, Tanh" in view._note_text()
    text = point_to(view, *empty_place(view))
    assert view._pointer is not None
    experiment = store.experiment
    passed = forward(
        experiment.architecture, store.moment.state.parameters, np.array([view._pointer])
    )
    assert f"activation {numbers.shown(passed.activations[1][0, 1])}" in text
    hand.key(view, Qt.Key.Key_N)
    assert not view.shows_unit
    assert not view.unit_button.isChecked()
    assert kind_of(view) == "probability"
    view.unit_button.click()
    assert kind_of(view) == "unit"


def test_a_neuron_that_is_pointed_at_fills_the_plot_until_the_pointer_leaves(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    view = view_of(qtbot, store)
    architecture = store.experiment.architecture
    first, second = architecture.layers[0].units[:2]
    store.look(selection=Selection("unit", (first, 0)))
    frame = view.box.sceneBoundingRect()
    view.point_at_unit(second)
    assert "Neuron 2, layer 1, Tanh" in view._note_text()
    charts.settle()
    assert view.box.sceneBoundingRect() == frame, "the plot does not jump"
    view.point_at_unit(architecture.output.units[0])
    assert "Neuron 1, layer 1, Tanh" in view._note_text()
    view.show_unit(False)
    view.point_at_unit(second)
    assert kind_of(view) == "unit"
    view.point_at_unit(None)
    assert kind_of(view) == "probability"


def test_the_colour_bar_of_a_regression_keeps_its_room_while_a_neuron_is_pointed_at(
    qtbot: QtBot,
) -> None:
    store = charts.store_of(charts.bump(), 20)
    view = view_of(qtbot, store)
    charts.settle()
    frame = view.box.sceneBoundingRect()
    view.point_at_unit(store.experiment.architecture.layers[0].units[0])
    charts.settle()
    assert kind_of(view) == "unit"
    assert view._bar.scale is None
    assert view.box.sceneBoundingRect() == frame
    view.point_at_unit(None)
    charts.settle()
    assert view._bar.scale is not None
    assert view.box.sceneBoundingRect() == frame


def kind_of(view: DataView) -> str:
    assert view._question is not None
    return view._question.kind


def test_inputs_and_a_single_output_have_no_map_of_their_own(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    view = view_of(qtbot, store)
    architecture = store.experiment.architecture
    for unit in (architecture.inputs[0], architecture.output.units[0]):
        store.look(selection=Selection("unit", (unit, 0)))
        assert not view.unit_button.isVisible()
        assert view._question is not None
        assert view._question.kind == "probability"
    # A unit that has been removed is no unit any more.
    store.look(selection=Selection("unit", (999, 0)))
    assert not view.unit_button.isVisible()


def test_the_scale_of_a_unit_fits_its_activation() -> None:
    values = np.array([-0.2, 3.4])
    assert unit_scale("tanh", values) == (-1.0, 1.0)
    assert unit_scale("sigmoid", values) == (0.0, 1.0)
    assert unit_scale("relu", values) == (-5.0, 5.0)
    assert round_up(0.0) == 1.0
    assert round_up(2.0) == 2.0


# ------------------------------------------------------------------------------- the rest


def test_the_table_says_what_comes_out_for_each_sample(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    table = view_of(qtbot, store).table()
    assert table.columns == ("sample", "part", "x1", "x2", "class", "predicted", "P(1)")
    assert len(table) == store.experiment.dataset.n_samples
    x = store.experiment.dataset.inputs[3]
    assert table.rows[3][6] == pytest.approx(output(store, *x.tolist())[0])
    regression = view_of(qtbot, charts.store_of(charts.sine(), 3)).table()
    assert regression.columns == ("sample", "part", "x", "y", "predicted y")


def test_drawn_before_it_was_ever_shown_it_is_fine(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 30)
    view = DataView(store)
    qtbot.addWidget(view)
    pixels = charts.exported(view)
    assert view.answer is not None
    assert min(view.answer.resolution) >= 128
    assert charts.near(pixels, "class_0").sum() > 30
    assert charts.near(pixels, "class_1").sum() > 30
    store.deleteLater()


def test_both_axes_have_one_scale_where_they_measure_alike(qtbot: QtBot) -> None:
    view = view_of(qtbot, charts.store_of(charts.moons()), 700, 300)
    across = view.scene_point(1, 0).x() - view.scene_point(0, 0).x()
    up = view.scene_point(0, 0).y() - view.scene_point(0, 1).y()
    assert across == pytest.approx(up, rel=0.02)


def test_other_data_bring_another_frame(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons())
    view = view_of(qtbot, store)
    store.edit_experiment("data", lambda e: charts.sine(), anew=True)
    charts.settle()
    assert view.answer is None
    assert view._points.samples is not None
    assert view._points.samples.points.shape == (40, 2)
    low, high = view.box.viewRange()[1]
    assert low > -3.0
    assert high < 3.0


def test_the_theme_changes_live(qtbot: QtBot) -> None:
    view = view_of(qtbot, charts.store_of(charts.moons(), 30))
    light = charts.picture(view).mean()
    theme.set_mode("dark")
    assert charts.picture(view).mean() < light - 60


def test_constant_data_have_a_frame_too() -> None:
    data = FixedData(((1.0, 2.0), (1.0, 2.0)), ((3.0,), (3.0,)))
    experiment = Experiment(data, Architecture.dense((2, 1), "identity"))
    source = SampleSource(experiment.dataset, (0, 1), 0)
    assert source.ranges() == ((0.0, 2.0), (1.0, 3.0))
    low, high = source.value_range()
    assert low < 3.0 < high


def test_outputs_that_are_not_finite_leave_the_view_standing(qtbot: QtBot) -> None:
    experiment = replace(charts.bump(), architecture=Architecture.dense((2, 3, 1), "identity"))
    question = Question(
        experiment, np.full(experiment.architecture.layout.size, 1e200), (0, 1), np.zeros(2)
    )
    answer = plane_map(question, (-1.0, 1.0), (-1.0, 1.0), (8, 8))
    assert not np.isfinite(answer.values).all()
    view = view_of(qtbot, charts.store_of(charts.bump()))
    view._map.show(answer, 0.0, 1.0)
    charts.picture(view)


FEW = {"network", "surface", "loss"}
MORE = FEW | {"weights", "parameters"}


@pytest.mark.parametrize(
    ("make", "keys"),
    [
        (charts.by_hand, FEW),
        (charts.one_sample, FEW),
        (charts.moons, MORE | {"data", "confusion"}),
        (charts.sine, MORE | {"data"}),
        (charts.iris, MORE | {"data", "confusion", "sample"}),
        (charts.digits, MORE | {"confusion", "sample"}),
    ],
)
def test_only_views_that_make_sense_are_offered(
    make: Callable[[], Experiment], keys: set[str]
) -> None:
    assert set(views_for(make())) == keys


def test_the_unit_button_stays_inside_the_plot(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 3)
    view = view_of(qtbot, store, 300, 220)
    unit = store.experiment.architecture.layers[0].units[0]
    store.look(selection=Selection("unit", (unit, 0)))
    charts.settle()
    frame = view.box.sceneBoundingRect().toRect().translated(view.widget.pos())
    assert frame.contains(view.unit_button.geometry())
    assert view.unit_button.geometry().topRight().x() > frame.center().x() + QPoint(20, 0).x()
