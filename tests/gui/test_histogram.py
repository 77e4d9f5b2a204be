"""How weights and gradients are spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine import numbers
from engine.network import Architecture
from engine.session import Cursor
from gui import theme
from gui.state.store import Store
from gui.views import guard
from gui.views.histogram import Histogram, HistogramView
from tests.gui import charts, hand


@pytest.fixture(autouse=True)
def no_failed_paint() -> Iterator[None]:
    theme.set_mode("light")
    before = guard.count()
    yield
    assert guard.count() == before, guard.failures
    theme.set_mode("light")


def view_of(qtbot: QtBot, store: Store, width: int = 640, height: int = 420) -> HistogramView:
    view = HistogramView(store)
    qtbot.addWidget(view)
    store.setParent(view)
    charts.shown(view, width, height)
    return view


def test_each_layer_has_a_histogram_of_its_weights(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    layout = store.experiment.architecture.layout
    parameters = store.moment.state.parameters
    assert len(view.histograms) == 2
    for histogram, slots in zip(view.histograms, layout.slots, strict=True):
        weights = parameters[slots.weights]
        assert np.array_equal(histogram.values, weights)
        assert histogram.counts(weights).sum() == weights.size
        assert histogram.mean == pytest.approx(weights.mean())
        assert histogram.deviation == pytest.approx(weights.std())


def test_zero_is_an_edge_so_that_signs_stay_apart() -> None:
    histogram = Histogram.of(1, np.array([-0.3, 0.2, 0.9]), np.empty(0), np.empty(0))
    assert 0.0 in histogram.edges.round(12).tolist()
    assert histogram.reach == 1.0
    negative = histogram.edges[:-1] < -1e-12
    counts = histogram.counts(histogram.values)
    assert counts[negative].sum() == 1
    assert counts[~negative].sum() == 2


def test_the_scale_changes_only_now_and_then() -> None:
    reaches = {
        Histogram.of(1, np.array([size]), np.empty(0), np.empty(0)).reach
        for size in np.linspace(0.51, 0.99, 20).tolist()
    }
    assert reaches == {1.0}
    assert Histogram.of(1, np.zeros(3), np.empty(0), np.empty(0)).reach == 1.0
    nothing = np.array([np.nan, np.inf])
    assert Histogram.of(1, nothing, np.empty(0), np.empty(0)).counts(nothing).sum() == 0


def test_gradients_are_those_of_the_batch(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    view.kinds.buttons["gradients"].click()
    slots = store.experiment.architecture.layout.slots[0]
    gradient = store.moment.trace.gradient
    assert np.array_equal(view.histograms[0].values, gradient[slots.weights])
    hand.key(view, Qt.Key.Key_G)
    assert view.kinds.current == "weights"


def test_biases_are_shown_on_request(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    assert view.histograms[0].biases.size == 0
    hand.key(view, Qt.Key.Key_B)
    assert view.biases.isChecked()
    slots = store.experiment.architecture.layout.slots[0]
    assert np.array_equal(view.histograms[0].biases, store.moment.state.parameters[slots.bias])
    charts.picture(view)
    by_hand = view_of(qtbot, charts.store_of(charts.by_hand()))
    assert not by_hand.biases.isEnabled()


def test_the_start_of_the_run_stays_as_an_outline(qtbot: QtBot) -> None:
    store = charts.store_of(charts.by_hand())
    view = view_of(qtbot, store)
    assert view.histograms[0].start.size == 0
    store.move(Cursor(1, 1))
    assert view.histograms[0].start.tolist() == [0.5] * 6
    wider = Architecture.dense((2, 4, 1), ("identity", "identity"), bias=False)
    store.edit_experiment(
        "wider",
        lambda e: replace(e, architecture=wider, initializer=type(e.initializer)("uniform")),
    )
    assert view.histograms[0].start.size == 0


def test_bars_stand_where_the_weights_are(qtbot: QtBot) -> None:
    store = charts.store_of(charts.by_hand())
    view = view_of(qtbot, store)
    pixels = charts.picture(view)
    cell = view.cells(view.picture_area())[0]
    frame = view.frame(cell)
    histogram = view.histograms[0]
    x = frame.center().x() + 0.5 / histogram.reach * frame.width() / 2
    blue = charts.near(pixels, "positive", 40)
    columns = np.flatnonzero(blue[round(frame.center().y())])
    assert columns.size
    assert columns.min() - 2 <= x <= columns.max() + 2


def test_signs_have_their_colours(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    pixels = charts.picture(view)
    frame = view.frame(view.cells(view.picture_area())[0])
    middle = round(frame.center().x())
    rows = slice(round(frame.top()), round(frame.bottom()))
    left = pixels[rows, round(frame.left()) : middle - 2]
    right = pixels[rows, middle + 3 : round(frame.right())]
    assert charts.near(left, "negative", 40).sum() > 50
    assert not charts.near(left, "positive", 40).any()
    assert charts.near(right, "positive", 40).sum() > 50


def test_the_pointer_reads_counts_mean_and_range(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    cell = view.cells(view.picture_area())[1]
    hand.move(view, view.frame(cell).center().toPoint())
    charts.settle()
    text = view._readout_label.text()
    histogram = view.histograms[1]
    assert text.startswith("layer 2")
    assert numbers.shown(histogram.mean) in text
    assert numbers.shown(float(histogram.values.max())) in text


def test_the_table_has_a_row_a_bin(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    table = view.table()
    assert table.columns == ("layer", "from", "to", "count")
    total = sum(int(str(count)) for count in table.column("count"))
    assert total == sum(histogram.values.size for histogram in view.histograms)


def test_a_hidden_view_counts_nothing(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20)
    view = view_of(qtbot, store)
    view.hide()
    before = view.histograms
    store.move(Cursor(1, 25))
    assert view.histograms is before
    view.show()
    assert view.histograms is not before


@pytest.mark.parametrize("size", [(300, 220), (640, 420), (160, 120)])
@pytest.mark.parametrize("layers", [1, 3, 12])
def test_as_many_layers_as_fit_are_drawn_side_by_side(
    qtbot: QtBot, size: tuple[int, int], layers: int
) -> None:
    widths = (2, *[3] * (layers - 1), 1)
    activations = ["tanh"] * (layers - 1) + ["sigmoid"]
    experiment = charts.moons(architecture=Architecture.dense(widths, activations))
    view = view_of(qtbot, charts.store_of(experiment), *size)
    area = view.picture_area()
    cells = view.cells(area)
    assert 1 <= len(cells) <= layers
    for index, cell in enumerate(cells):
        assert area.contains(cell)
        assert not any(cell.intersects(other) for other in cells[:index])
    assert np.ptp(charts.picture(view)) > 60
