"""The canvas shows what is known at a moment and no more, in either theme and in every export."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot

from engine.network import Architecture
from engine.network.topology import cut, freeze
from engine.session import Cursor, Document, Selection, View
from gui import i18n, palette, theme
from gui.state.store import Store
from gui.views import guard
from gui.views.canvas import NetworkCanvas
from gui.views.canvas.card import rows_for
from gui.views.canvas.figures import Figures
from gui.views.canvas.hits import Hit
from gui.views.canvas.words import caption, describe
from tests.experiments import by_hand, document, moons, signals


@pytest.fixture(autouse=True)
def no_picture_fails() -> Iterator[None]:
    guard.forget()
    yield
    assert not guard.failures, guard.failures[0].trace


def shown(qtbot: QtBot, store: Store, size: tuple[int, int] = (620, 420)) -> NetworkCanvas:
    canvas = NetworkCanvas(store)
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    canvas.show()
    return canvas


def at(store: Store, iteration: int, micro: int = 0) -> Figures:
    assert store.move(Cursor(1, iteration))
    assert store.move(Cursor(1, iteration, micro))
    return Figures.of(store.moment)


def texts(canvas: NetworkCanvas) -> list[str]:
    """What the labels on the connections say, from the first weight to the last."""
    return [
        " ".join(text.strip() for row in label.rows for text, _ in row)
        for label in sorted(canvas.picture.labels, key=lambda label: label.link)
    ]


def test_before_the_first_step_only_the_data_and_the_weights_are_known(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    figures = canvas.picture.figures
    assert figures.input(0) == 40.0
    assert figures.target(0) == 60.0
    assert figures.activation(1, 0) is None
    assert figures.sample_loss is None
    assert figures.loss_change is None
    assert texts(canvas) == ["0.5"] * 6 + ["1"] * 3


def test_one_number_appears_with_every_step(qtbot: QtBot) -> None:
    store = Store(document())
    figures = at(store, 0, 2)
    assert [figures.activation(1, j) for j in range(3)] == [60.0, 60.0, None]
    assert figures.is_lit(1, 1)
    assert not figures.is_lit(1, 0)
    assert at(store, 0, 4).activation(2, 0) == 180.0
    assert at(store, 0, 5).sample_loss == 7200.0
    assert at(store, 0, 5).delta(2, 0) is None
    assert at(store, 0, 6).delta(2, 0) == 120.0


def test_gradients_stand_under_their_weights(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    at(store, 0, 13)
    assert texts(canvas) == ["0.5 ∂ 4800"] * 3 + ["0.5 ∂ 9600"] * 3 + ["1 ∂ 7200"] * 3


def test_an_update_shows_old_beside_new_and_only_where_it_has_been(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    at(store, 0, 14)
    assert texts(canvas)[6:] == ["1 → 0.928 ∂ 7200"] * 3
    assert texts(canvas)[0] == "0.5 ∂ 4800"


def test_after_an_iteration_all_weights_and_the_loss_are_compared(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    store.move(Cursor(1, 1))
    assert texts(canvas) == ["0.5 → 0.452"] * 3 + ["0.5 → 0.404"] * 3 + ["1 → 0.928"] * 3
    before, now = canvas.picture.figures.loss_change or (None, 0.0)
    assert before == 7200.0
    assert now == pytest.approx(3225.137172, abs=1e-6)


def test_quick_moments_show_values_alone_until_they_rest(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    for iteration in range(1, 8):
        store.move(Cursor(1, iteration))
    quick = canvas.picture.figures
    assert quick.fast
    assert quick.replaced is None
    assert not any("→" in text for text in texts(canvas))
    qtbot.waitUntil(lambda: not canvas.picture.figures.fast)
    assert canvas.picture.figures.replaced is not None


def test_numbers_run_to_the_output_and_errors_come_back_over_their_own_connections(
    qtbot: QtBot,
) -> None:
    store = Store(document(signals()))
    canvas = shown(qtbot, store)
    links = canvas.picture.plan.links
    figures = at(store, 0, 4)
    (layer,) = set(links.layer[figures.lit_links(links)].tolist())
    assert (layer, figures.direction) == (2, 1)
    # Six units forward, the loss, the output, then neuron 2 of the second hidden layer.
    figures = at(store, 0, 10)
    lit = figures.lit_links(links)
    assert set(zip(links.layer[lit].tolist(), links.source[lit].tolist(), strict=True)) == {(3, 1)}
    assert figures.direction == -1


def test_errors_are_those_of_the_notation(qtbot: QtBot) -> None:
    store = Store(Document.of(signals(), View(notation="signals")))
    figures = at(store, 0, 8)
    assert figures.delta(3, 0) == pytest.approx(0.432675, abs=1e-6)


def test_with_several_samples_the_inputs_wait_until_one_is_looked_at(qtbot: QtBot) -> None:
    store = Store(document(moons()))
    assert Figures.of(store.moment).input(0) is None
    assert at(store, 0, 1).input(0) is not None
    store.move(Cursor(1))
    store.look(focus=3)
    assert Figures.of(store.moment).input(0) == store.experiment.dataset.inputs[3, 0]


def test_neurons_of_two_inputs_carry_their_map_which_follows_the_weights(qtbot: QtBot) -> None:
    store = Store(document(moons()))
    canvas = shown(qtbot, store)
    maps = canvas.picture.maps
    assert set(maps) == {(1, 0), (1, 1), (1, 2), (1, 3), (2, 0)}
    store.move(Cursor(1, 0, 1))
    assert canvas.picture.maps is maps
    store.move(Cursor(1, 1))
    assert canvas.picture.maps is not maps
    canvas.show_maps(False)
    assert canvas.picture.maps == {}
    assert shown(qtbot, Store(document())).picture.maps == {}


def test_cut_frozen_learned_and_biased_parts_can_all_be_drawn(qtbot: QtBot) -> None:
    architecture = Architecture.dense((2, 4, 1), ("prelu", "sigmoid"))
    architecture = freeze(cut(architecture, {(1, 3): 0.5}), architecture.layer_keys(2))
    store = Store(document(moons(architecture=architecture)))
    canvas = shown(qtbot, store)
    for micro in range(store.moment.trace.count):
        store.move(Cursor(1, 0, micro))
        canvas.grab()
    for selection in (Selection("layer", (1, 0)), Selection("parameter", (-1, 1)), None):
        store.look(selection=selection)
        canvas.grab()


def test_every_thing_has_a_read_out_with_all_digits(qtbot: QtBot) -> None:
    store = Store(document())
    figures = at(store, 0, 14)
    rows = rows_for(figures, Hit("parameter", (3, 6)))
    assert [row.text for row in rows[1:]] == ["1 → 0.9279999999999999", "7200"]
    unit = rows_for(figures, Hit("unit", (6, 0)))
    assert [row.text for row in unit] == ["Output", "180", "180", "120"]
    assert rows_for(figures, Hit("loss"))[1].text == "7200"
    assert rows_for(figures, Hit("add_unit", (1, 0)))
    assert "3 units" in rows_for(figures, Hit("layer", (1, 0)))[0].text
    assert rows_for(figures, None) == ()


def test_captions_say_what_happens(qtbot: QtBot) -> None:
    store = Store(document())
    assert caption(at(store, 0)) == "Before the first step"
    assert caption(at(store, 0, 1)) == "Forward pass: Neuron 1 of hidden layer 1"
    assert caption(at(store, 0, 14)) == "Update: old → new weights into “Output”"
    assert caption(at(store, 3)) == "After iteration 3"


def test_a_screen_reader_hears_the_selection(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    assert canvas.accessibleName() == "Network"
    assert "2-3-1" in canvas.accessibleDescription()
    store.look(selection=Selection("parameter", (1, 3)))
    at(store, 0, 13)
    assert canvas.accessibleDescription() == (
        "Weight from Input 1 to Neuron 1 of hidden layer 1: 0.5, gradient 4800"
    )
    store.look(selection=Selection("unit", (999, 0)))
    assert "2-3-1" in describe(Figures.of(store.moment), store.view.selection)
    canvas.grab()


def test_a_hidden_canvas_catches_up_when_it_is_shown(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    canvas.hide()
    store.move(Cursor(1, 1))
    canvas.show()
    assert canvas.picture.figures.moment is store.moment
    assert "After iteration 1" in canvas.accessibleDescription()


def test_the_table_lists_all_parameters_with_the_gradients_known_by_now(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = NetworkCanvas(store)
    qtbot.addWidget(canvas)
    at(store, 0, 10)
    table = canvas.table()
    assert table.columns == ("name", "value", "gradient")
    assert table.rows[0] == ("w1_11", 0.5, None)
    assert table.rows[6] == ("w2_11", 1.0, 7200.0)


def test_a_canvas_that_was_never_shown_can_be_exported_as_vectors(qtbot: QtBot) -> None:
    canvas = NetworkCanvas(Store(document()))
    qtbot.addWidget(canvas)
    at(canvas.store, 0, 5)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(720, 480))
    painter = QPainter(generator)
    canvas.render_to(painter, QRectF(0, 0, 720, 480))
    painter.end()
    svg = bytes(data.data()).decode()
    assert "<image" not in svg
    for text in (">7200<", ">180<", ">0.5<", ">Hidden 1<"):
        assert text in svg


def test_an_export_fills_the_rectangle_it_is_given(qtbot: QtBot) -> None:
    canvas = NetworkCanvas(Store(document()))
    qtbot.addWidget(canvas)
    image = QImage(900, 600, QImage.Format.Format_RGB32)
    image.fill(QColor("magenta"))
    painter = QPainter(image)
    canvas.render_to(painter, QRectF(100, 50, 700, 500))
    painter.end()
    assert image.pixelColor(99, 300) == QColor("magenta")
    assert image.pixelColor(801, 300) == QColor("magenta")
    assert image.pixelColor(110, 60) == theme.color("panel")


def test_theme_and_language_change_the_picture_at_once(qtbot: QtBot) -> None:
    store = Store(document())
    canvas = shown(qtbot, store)
    light = canvas.grab().toImage()
    try:
        theme.set_mode("dark")
        dark = canvas.grab().toImage()
        i18n.set_language("zh_CN")
        canvas.grab()
    finally:
        i18n.set_language("en")
        theme.set_mode("light")
    assert dark.pixelColor(5, 5) == QColor(palette.DARK["panel"])
    assert light.pixelColor(5, 5) == QColor(palette.LIGHT["panel"])


@pytest.mark.parametrize("size", [(240, 180), (320, 700), (1400, 300)])
def test_every_size_can_be_drawn(qtbot: QtBot, size: tuple[int, int]) -> None:
    for experiment in (by_hand(), moons(architecture=Architecture.dense((2, 40, 40, 1)))):
        store = Store(document(experiment))
        canvas = shown(qtbot, store, size)
        at(store, 1, 30 if len(store.experiment.architecture.widths) == 4 else 3)
        canvas.hover(QPointF(size[0] / 2, size[1] / 2))
        canvas.grab()


@pytest.mark.parametrize(("width", "lines"), [(800, 1), (300, 2)])
def test_the_mean_over_the_batch_reaches_no_neuron(qtbot: QtBot, width: int, lines: int) -> None:
    store = Store(document(moons()))
    at(store, 2, store.moment.trace.count - 1)
    canvas = shown(qtbot, store, (width, 360))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    canvas.render_to(painter, QRectF(canvas.rect()))
    painter.end()
    svg = bytes(data.data()).decode()
    assert ("mean of 10:" in svg) is (lines == 1)
    assert ("mean of 10<" in svg) is (lines == 2)
