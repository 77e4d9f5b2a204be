"""Which class is taken for which, and one sample at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from engine import numbers
from engine.network import forward
from engine.session import Cursor
from gui import palette, theme
from gui.state.store import Store
from gui.views import guard
from gui.views.confusion import ConfusionView, cell_color, ink_for
from gui.views.outcomes import Confusion, classes_of, probabilities_of
from gui.views.pictures import picture_shape, shape_of_names
from gui.views.sample_view import SampleView, short_share
from tests.gui import charts, hand


@pytest.fixture(autouse=True)
def no_failed_paint() -> Iterator[None]:
    theme.set_mode("light")
    before = guard.count()
    yield
    assert guard.count() == before, guard.failures
    theme.set_mode("light")


def matrix_of(qtbot: QtBot, store: Store, width: int = 640, height: int = 420) -> ConfusionView:
    view = ConfusionView(store)
    qtbot.addWidget(view)
    store.setParent(view)
    charts.shown(view, width, height)
    return view


def sample_of(qtbot: QtBot, store: Store, width: int = 640, height: int = 420) -> SampleView:
    view = SampleView(store)
    qtbot.addWidget(view)
    store.setParent(view)
    charts.shown(view, width, height)
    return view


def counted(view: ConfusionView) -> Confusion:
    assert view.confusion is not None
    return view.confusion


def click(view: ConfusionView, true: int, predicted: int) -> None:
    where = view.grid(view.picture_area()).cell(true, predicted).center().toPoint()
    hand.press(view, where)
    hand.release(view, where)
    charts.settle()


# --------------------------------------------------------------------------------- numbers


def test_counts_shares_precision_and_recall() -> None:
    true = np.array([0, 0, 0, 1, 1, 2])
    predicted = np.array([0, 0, 1, 1, 1, 0])
    known = Confusion(np.arange(10, 16), true, predicted, 3)
    assert known.counts.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]
    assert known.accuracy == pytest.approx(4 / 6)
    assert known.recall.tolist() == pytest.approx([2 / 3, 1.0, 0.0])
    assert known.precision[:2].tolist() == pytest.approx([2 / 3, 2 / 3])
    assert np.isnan(known.precision[2])
    assert known.samples(0, 1).tolist() == [12]


def test_one_output_stands_for_two_classes() -> None:
    outputs = np.array([[0.2], [0.5], [0.9]])
    assert classes_of(outputs).tolist() == [0, 0, 1]
    assert probabilities_of(outputs).tolist() == [[0.8, 0.2], [0.5, 0.5], pytest.approx([0.1, 0.9])]


@pytest.mark.parametrize("part", ["train", "test"])
def test_the_matrix_counts_what_the_network_says(qtbot: QtBot, part: str) -> None:
    store = charts.store_of(charts.iris(), 120)
    view = matrix_of(qtbot, store)
    view.parts.buttons[part].click()
    dataset, experiment = store.experiment.dataset, store.experiment
    rows = dataset.train if part == "train" else dataset.test
    passed = forward(experiment.architecture, store.moment.state.parameters, dataset.inputs[rows])
    right = passed.output.argmax(axis=1) == dataset.class_indices[rows]
    assert counted(view).total == len(rows)
    assert counted(view).accuracy == pytest.approx(right.mean())
    state = store.moment.state
    assert counted(view).accuracy == pytest.approx(
        state.accuracy if part == "train" else state.test_accuracy
    )


# --------------------------------------------------------------------------------- drawing


def test_cells_are_coloured_by_share_and_their_text_can_be_read(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 120)
    view = matrix_of(qtbot, store)
    pixels = charts.picture(view)
    grid = view.grid(view.picture_area())
    for true in range(3):
        for predicted in range(3):
            corner = grid.cell(true, predicted).bottomRight()
            seen = pixels[round(corner.y()) - 7, round(corner.x()) - 7]
            wanted = cell_color(true == predicted, float(counted(view).shares[true, predicted]))
            assert np.abs(seen - (wanted.red(), wanted.green(), wanted.blue())).max() <= 2
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        for right in (True, False):
            for share in np.linspace(0.0, 1.0, 41).tolist():
                ground = cell_color(right, share)
                assert palette.contrast(ink_for(ground).name(), ground.name()) >= 4.5


def test_all_cells_fit_into_the_area(qtbot: QtBot) -> None:
    store = charts.store_of(charts.digits())
    for width, height in ((300, 220), (640, 420), (200, 160)):
        view = matrix_of(qtbot, store, width, height)
        area = view.picture_area()
        grid = view.grid(area)
        assert area.contains(grid.cell(0, 0))
        assert area.contains(grid.cell(9, 9))
        charts.picture(view)


def test_a_regression_has_no_classes_and_says_so(qtbot: QtBot) -> None:
    store = charts.store_of(charts.sine())
    view = matrix_of(qtbot, store)
    assert view.confusion is None
    assert len(view.table()) == 0
    charts.picture(view)


def test_the_matrix_follows_time_and_stays_idle_when_hidden(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons())
    view = matrix_of(qtbot, store)
    first = counted(view)
    store.move(Cursor(1, 30))
    second = counted(view)
    assert second is not first
    store.look(speed=2.0)
    assert counted(view) is second
    view.hide()
    store.move(Cursor(1, 31))
    assert counted(view) is second
    view.show()
    assert counted(view) is not second


def test_without_held_out_samples_only_training_is_offered(qtbot: QtBot) -> None:
    from engine.data import GeneratedData

    data = GeneratedData("moons", samples=30, test_share=0.0)
    view = matrix_of(qtbot, charts.store_of(charts.moons(data=data)))
    assert not view.parts.buttons["test"].isEnabled()
    assert view.parts.current == "train"
    assert counted(view).total == 30


# --------------------------------------------------------------------------------- samples


def test_clicks_on_a_cell_walk_through_its_samples(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons())
    view = matrix_of(qtbot, store)
    cell = np.unravel_index(int(counted(view).counts.argmax()), (2, 2))
    true, predicted = int(cell[0]), int(cell[1])
    rows = counted(view).samples(true, predicted).tolist()
    visited = []
    for _ in range(len(rows) + 1):
        click(view, true, predicted)
        visited.append(store.view.focus)
    assert visited == [*rows, rows[0]]
    outline = view.grid(view.picture_area()).cell(true, predicted).topLeft()
    assert charts.has_color_at(charts.picture(view), outline, "accent", reach=6)


def test_an_empty_cell_leaves_the_focus_alone(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 300, focus=4)
    view = matrix_of(qtbot, store)
    assert counted(view).counts[0, 2] == 0
    click(view, 0, 2)
    assert store.view.focus == 4


def test_the_keyboard_reaches_every_cell(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 100)
    view = matrix_of(qtbot, store)
    view.setFocus(Qt.FocusReason.TabFocusReason)
    hand.key(view, Qt.Key.Key_Right)
    hand.key(view, Qt.Key.Key_Down)
    hand.key(view, Qt.Key.Key_Right)
    hand.key(view, Qt.Key.Key_Return)
    assert view.cell_of(store.view.focus) == (1, 1)
    hand.key(view, Qt.Key.Key_T)
    assert view.parts.current == "train"
    charts.picture(view)


def test_the_pointer_reads_counts_and_samples(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 100)
    view = matrix_of(qtbot, store)
    where = view.grid(view.picture_area()).cell(0, 0).center().toPoint()
    hand.move(view, where)
    charts.settle()
    text = view._readout_label.text()
    assert "true setosa, predicted setosa" in text
    assert f"{counted(view).counts[0, 0]} samples" in text
    assert str(int(counted(view).samples(0, 0)[0]) + 1) in text
    assert view.rect().contains(view._readout_label.geometry())


def test_the_table_has_a_row_a_cell(qtbot: QtBot) -> None:
    view = matrix_of(qtbot, charts.store_of(charts.iris(), 100))
    table = view.table()
    assert table.columns == ("true", "predicted", "count", "share")
    assert sum(int(str(count)) for count in table.column("count")) == counted(view).total


# ------------------------------------------------------------------------------ one sample


def test_a_digit_is_shown_as_its_picture(qtbot: QtBot) -> None:
    store = charts.store_of(charts.digits(), 5, focus=8)
    view = sample_of(qtbot, store)
    assert picture_shape(store.experiment) == (8, 8)
    image = view._picture((8, 8))
    inputs = store.experiment.dataset.inputs[8].reshape(8, 8)
    dark = np.array([[255 - image.pixelColor(x, y).green() for x in range(8)] for y in range(8)])
    assert np.corrcoef(dark.ravel(), inputs.ravel())[0, 1] > 0.999
    assert "r1c1" in view.table().column("name")


def test_bars_have_the_lengths_of_the_probabilities(qtbot: QtBot) -> None:
    store = charts.store_of(charts.iris(), 200, focus=60)
    view = sample_of(qtbot, store)
    shares = view.outputs
    pixels = charts.picture(view)
    lengths = [
        np.abs(pixels - _rgb(f"class_{k}")).max(axis=2)[:, 400:].__le__(12).sum(axis=1).max()
        for k in range(3)
    ]
    order = np.argsort(shares)
    assert np.argsort(lengths).tolist() == order.tolist()
    assert lengths[order[-1]] / max(shares[order[-1]], 1e-9) > 60


def _rgb(token: str) -> tuple[int, int, int]:
    color = QColor(theme.tokens[token])
    return color.red(), color.green(), color.blue()


def test_the_sample_has_the_loss_of_the_trace(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 20, focus=11)
    view = sample_of(qtbot, store)
    assert view.row == 11
    assert view.loss == pytest.approx(store.moment.trace.sample_loss)
    values = dict(zip(view.table().column("kind"), view.table().column("value"), strict=True))
    assert values["loss"] == view.loss


def test_buttons_and_keys_go_to_the_neighbours(qtbot: QtBot) -> None:
    store = charts.store_of(charts.moons(), 3, focus=0)
    view = sample_of(qtbot, store)
    view.next.click()
    assert store.view.focus == 1
    view.previous.click()
    view.previous.click()
    assert store.view.focus == store.experiment.dataset.n_samples - 1
    hand.key(view, Qt.Key.Key_PageDown)
    assert store.view.focus == 0
    assert view.row == 0


def test_a_regression_shows_target_and_output(qtbot: QtBot) -> None:
    store = charts.store_of(charts.sine(), 30, focus=5)
    view = sample_of(qtbot, store)
    charts.picture(view)
    output = numbers.shown(float(view.outputs[0]))
    assert f"output y = {output}" == view._read(0, 0)


def test_pictures_are_told_by_the_names_of_their_inputs() -> None:
    assert shape_of_names(tuple(f"pixel_{k}" for k in range(16))) == (4, 4)
    assert shape_of_names(tuple(f"r{r}c{c}" for r in range(4) for c in range(6))) == (4, 6)
    assert shape_of_names(tuple(f"age{k}" for k in range(16))) is None
    assert shape_of_names(("p1", "p2", "p3", "p4")) is None
    assert short_share(0.00012) == "<0.001"
    assert short_share(0.5) == "0.500"


@pytest.mark.parametrize("size", [(300, 220), (640, 420), (160, 120)])
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_sample_can_be_drawn_in_any_size_and_theme(
    qtbot: QtBot, size: tuple[int, int], mode: theme.Mode
) -> None:
    theme.set_mode(mode)
    for experiment in (charts.digits(), charts.iris(), charts.sine(), charts.moons()):
        view = sample_of(qtbot, charts.store_of(experiment), *size)
        assert np.ptp(charts.picture(view)) > 60
        assert np.ptp(charts.exported(view)) > 60
