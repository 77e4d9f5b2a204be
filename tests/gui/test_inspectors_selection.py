"""What is selected can be read and edited, in the panels and in the table of all parameters."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from engine.data import BundledData
from engine.network import Architecture
from engine.session import Cursor, Selection
from engine.training import Experiment, Granularity
from gui.inspectors import Inspector
from gui.inspectors.layer_panel import LayerPanel
from gui.inspectors.parameter_model import GRADIENT, NAME, STATE, VALUE
from gui.inspectors.parameter_panel import ParameterPanel
from gui.inspectors.parameter_table import ParameterTable
from gui.inspectors.parameters import numbers, symbol
from gui.inspectors.unit_panel import UnitPanel
from gui.state.player import Player
from gui.state.store import Store
from tests.experiments import by_hand, document, moons, signals
from tests.gui.hand import key
from tests.gui.inspecting import click, enter, pick

X1, X2, H1, H2, H3, OUT = 1, 2, 3, 4, 5, 6


class Lab:
    """A store, its player and an inspector on screen."""

    def __init__(self, qtbot: QtBot, experiment: Experiment) -> None:
        self.store = Store(document(experiment))
        self.player = Player(self.store)
        self.inspector = Inspector(self.store, self.player)
        qtbot.addWidget(self.inspector)
        self.inspector.resize(320, 760)
        with qtbot.waitActive(self.inspector):
            self.inspector.show()

    def select(self, kind: str, first: int, second: int = 0) -> None:
        self.store.look(selection=Selection(kind, (first, second)))
        QApplication.processEvents()

    @property
    def unit(self) -> UnitPanel:
        panel = self.inspector.panels["unit"]
        assert isinstance(panel, UnitPanel)
        return panel

    @property
    def parameter(self) -> ParameterPanel:
        panel = self.inspector.panels["parameter"]
        assert isinstance(panel, ParameterPanel)
        return panel

    @property
    def layer(self) -> LayerPanel:
        panel = self.inspector.panels["layer"]
        assert isinstance(panel, LayerPanel)
        return panel

    def value(self, source: int, target: int) -> float:
        index = self.store.experiment.architecture.index[source, target]
        return float(self.store.moment.state.parameters[index])


Start = Callable[[Experiment], Lab]


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Start]:
    labs: list[Lab] = []

    def maker(experiment: Experiment) -> Lab:
        labs.append(Lab(qtbot, experiment))
        return labs[-1]

    yield maker
    for lab in labs:
        lab.player.shut_down()
        lab.store.deleteLater()


# ------------------------------------------------------------------------------------ parameter


def test_a_weight_is_typed(start: Start) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    assert lab.parameter.title.text() == "w¹₁₁"
    enter(lab.parameter.value.entry, "0.75")
    assert lab.value(X1, H1) == 0.75
    assert lab.store.undo_stack.count() == 1


@pytest.mark.parametrize("text", ["abc", "", "1e999", "1e"])
def test_a_bad_weight_is_refused_in_place(start: Start, text: str) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    before = lab.store.document
    enter(lab.parameter.value.entry, text)
    assert lab.store.document is before
    assert lab.parameter.value.message.isVisible()


def test_steps_at_a_weight_are_one_edit(start: Start) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    lab.parameter.value.entry.setFocus()
    for _ in range(5):
        key(lab.parameter.value.entry, Qt.Key.Key_Up)
    assert lab.value(X1, H1) == 0.55
    assert lab.store.undo_stack.count() == 1


def test_a_gradient_is_shown_once_it_is_known(start: Start) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    assert lab.parameter.gradient.value.text() == "–"
    for _ in range(10):
        lab.player.step(Granularity.NEURON)
    assert lab.parameter.gradient.value.text() == "–"
    for _ in range(3):
        lab.player.step(Granularity.NEURON)
    assert lab.parameter.gradient.value.text() == "4800"
    for _ in range(2):
        lab.player.step(Granularity.NEURON)
    assert lab.store.document.cursor == Cursor(1, 1)
    assert lab.parameter.gradient.value.text() == "4800"
    assert lab.parameter.facts.title.text() == "In the last iteration"
    assert lab.parameter.change.value.text() == "−0.048"
    assert lab.parameter.value.entry.text() == "0.452"


def test_a_connection_is_cut_and_joined(start: Start) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    click(lab.parameter.cut_button)
    assert lab.value(X1, H1) == 0.0
    assert not lab.parameter.value.isEnabled()
    assert lab.parameter.cut_button.text() == "Join the connection"
    click(lab.parameter.cut_button)
    assert lab.value(X1, H1) == 0.5
    assert lab.parameter.value.isEnabled()
    assert lab.store.undo_stack.count() == 2


def test_a_frozen_weight_stands_still(start: Start) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    lab.parameter.frozen.click()
    lab.player.step(Granularity.BATCH)
    assert lab.value(X1, H1) == 0.5
    assert lab.value(X2, H1) != 0.5
    lab.parameter.frozen.click()
    assert not lab.store.experiment.architecture.frozen


def test_buttons_lead_to_the_ends_of_a_connection(start: Start) -> None:
    lab = start(by_hand())
    lab.select("parameter", X1, H1)
    assert lab.parameter.source_button.text() == "From x₁"
    click(lab.parameter.source_button)
    assert lab.store.view.selection == Selection("unit", (X1, 0))
    lab.select("parameter", X1, H1)
    click(lab.parameter.target_button)
    assert lab.store.view.selection == Selection("unit", (H1, 0))


def test_a_learned_slope_is_a_parameter_like_others(start: Start) -> None:
    lab = start(moons(architecture=Architecture.dense((2, 4, 1), ("prelu", "sigmoid"))))
    layer = lab.store.experiment.architecture.layers[0]
    lab.select("parameter", -1, layer.id)
    assert lab.parameter.title.text() == "α¹"
    assert not lab.parameter.cut_button.isVisible()
    enter(lab.parameter.value.entry, "0.1")
    assert lab.value(-1, layer.id) == 0.1
    click(lab.parameter.target_button)
    assert lab.store.view.selection == Selection("layer", (1, 0))


def test_names_follow_the_notation(start: Start) -> None:
    lab = start(signals())
    lab.select("parameter", X1, H1)
    assert lab.parameter.title.text() == "w¹₁₁"
    lab.store.look(notation="signals")
    assert lab.parameter.title.text() == "w₍ₓ₁₎₁"
    wide = Architecture.dense((64, 32, 10))
    assert symbol(wide, (64, 65 + 11), "standard") == "w¹₆₄‚₁₂"


# ----------------------------------------------------------------------------------------- unit


def test_a_neuron_shows_what_is_known(start: Start) -> None:
    lab = start(by_hand())
    lab.select("unit", H1)
    assert [fact.value.text() for fact in lab.unit.facts] == ["–", "–", "–"]
    lab.player.step(Granularity.NEURON)
    assert [fact.value.text() for fact in lab.unit.facts] == ["60", "60", "–"]
    lab.player.step(Granularity.BATCH)
    assert [fact.value.text() for fact in lab.unit.facts] == ["60", "60", "120"]
    assert lab.unit.facts_card.title.text() == "In the last iteration"


def test_a_neuron_is_edited(start: Start) -> None:
    lab = start(moons())
    lab.select("unit", H1)
    enter(lab.unit.bias.entry, "0.5")
    assert lab.value(0, H1) == 0.5
    pick(lab.unit.activation, "relu")
    assert lab.store.experiment.architecture.layers[0].activation == "relu"
    lab.unit.frozen.click()
    assert len(lab.store.experiment.architecture.frozen) == 3
    assert lab.unit.incoming.parameters.rowCount() == 2
    click(lab.unit.remove)
    assert lab.store.experiment.architecture.widths == (2, 3, 1)
    assert lab.store.view.selection == Selection("layer", (1, 0))


def test_a_partly_frozen_neuron_says_so_and_freezes_wholly(start: Start) -> None:
    lab = start(moons())
    lab.select("parameter", X1, H1)
    lab.parameter.frozen.click()
    lab.select("unit", H1)
    assert lab.unit.frozen.checkState() == Qt.CheckState.PartiallyChecked
    lab.unit.frozen.click()
    assert len(lab.store.experiment.architecture.frozen) == 3
    assert lab.unit.frozen.checkState() == Qt.CheckState.Checked


def test_incoming_weights_are_edited_in_place(start: Start) -> None:
    lab = start(moons())
    lab.select("unit", H1)
    model = lab.unit.incoming.parameters
    assert model.setData(model.index(1, VALUE), "0.125")
    assert lab.value(X2, H1) == 0.125
    assert not model.setData(model.index(1, VALUE), "abc")
    assert lab.unit.message.isVisible()


def test_an_input_says_what_it_is(start: Start) -> None:
    lab = start(by_hand())
    lab.select("unit", X2)
    assert "x2" in lab.unit.subtitle.text()
    assert lab.unit.facts[0].value.text() == "80"
    assert not lab.unit.activation_row.isVisible()
    assert not lab.unit.remove.isVisible()


def test_the_last_neuron_and_an_output_stay(start: Start) -> None:
    lab = start(moons(architecture=Architecture.dense((2, 1, 1), ("tanh", "sigmoid"))))
    lab.select("unit", 3)
    assert not lab.unit.remove.isEnabled()
    lab.select("unit", 4)
    assert not lab.unit.remove.isVisible()


# ---------------------------------------------------------------------------------------- layer


def test_a_layer_is_edited(start: Start) -> None:
    lab = start(moons())
    lab.select("layer", 1)
    click(lab.layer.units.more)
    assert lab.store.experiment.architecture.widths == (2, 5, 1)
    pick(lab.layer.activation, "elu")
    assert lab.store.experiment.architecture.layers[0].activation == "elu"
    lab.layer.biases.click()
    assert not lab.store.experiment.architecture.layers[0].bias
    lab.layer.frozen.click()
    assert len(lab.store.experiment.architecture.frozen) == 10
    click(lab.layer.insert)
    assert len(lab.store.experiment.architecture.layers) == 3
    click(lab.layer.remove)
    assert len(lab.store.experiment.architecture.layers) == 2
    for _ in range(6):
        lab.store.undo_stack.undo()
    assert lab.store.experiment == moons()


def test_the_output_layer_stays(start: Start) -> None:
    lab = start(moons())
    lab.select("layer", 2)
    assert not lab.layer.remove.isVisible()
    assert not lab.layer.units.more.isVisible()
    lab.select("layer", 0)
    assert not lab.layer.activation_row.isVisible()
    assert "x1, x2" in lab.layer.about.text()


# ---------------------------------------------------------------------------------------- table


@pytest.fixture
def table(qtbot: QtBot) -> Iterator[ParameterTable]:
    store = Store(document(by_hand()))
    table = ParameterTable(store)
    qtbot.addWidget(table)
    table.resize(400, 400)
    with qtbot.waitActive(table):
        table.show()
    yield table
    store.deleteLater()


def cell(table: ParameterTable, row: int, column: int) -> str:
    model = table.list.parameters
    return str(model.data(model.index(row, column)))


def test_the_table_lists_all_parameters(table: ParameterTable) -> None:
    assert table.list.parameters.rowCount() == 9
    assert cell(table, 0, NAME) == "w¹₁₁"
    assert cell(table, 0, VALUE) == "0.5"
    assert cell(table, 0, GRADIENT) == "–"
    table._store.move(Cursor(1, 1))
    assert cell(table, 0, VALUE) == "0.452"
    assert cell(table, 0, GRADIENT) == "4800"


def test_the_table_is_exported_with_all_digits(table: ParameterTable) -> None:
    table._store.move(Cursor(1, 1))
    exported = table.table()
    assert exported.columns == ("name", "value", "gradient", "state")
    assert exported.rows[0] == ("w1_11", 0.452, 4800.0, "")
    table._store.move(Cursor(1, 0))
    assert table.table().rows[0] == ("w1_11", 0.5, None, "")


def test_the_selection_is_the_same_in_table_and_store(table: ParameterTable) -> None:
    table.list.selectRow(4)
    assert table._store.view.selection == Selection("parameter", (X2, H2))
    table._store.look(selection=Selection("parameter", (H3, OUT)))
    assert table.list.currentIndex().row() == 8
    table._store.look(selection=Selection("unit", (H1, 0)))
    assert not table.list.selectionModel().hasSelection()
    assert table._store.view.selection == Selection("unit", (H1, 0))


def test_a_value_is_typed_into_the_table(table: ParameterTable) -> None:
    table.list.setFocus()
    table.list.selectRow(2)
    key(table.list, Qt.Key.Key_7)
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    QTest.keyClicks(editor, ".5")
    key(editor, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert table._store.moment.state.parameters[2] == 7.5
    assert table._store.undo_stack.count() == 1


def test_a_bad_value_is_refused_below_the_table(table: ParameterTable) -> None:
    model = table.list.parameters
    before = table._store.document
    assert not model.setData(model.index(0, VALUE), "abc")
    assert table.message.isVisible()
    assert not model.setData(model.index(0, VALUE), "1e999")
    assert table._store.document is before
    assert model.setData(model.index(0, VALUE), "1")
    assert not table.message.isVisible()


def test_leaving_the_editor_rounds_nothing(table: ParameterTable) -> None:
    table._store.edit_parameter("Change", 0, 1 / 3)
    model = table.list.parameters
    assert model.setData(model.index(0, VALUE), "0.333333")
    assert table._store.moment.state.parameters[0] == 1 / 3


def test_keys_freeze_and_cut(table: ParameterTable) -> None:
    table.list.setFocus()
    table.list.selectRow(0)
    key(table.list, Qt.Key.Key_F)
    assert cell(table, 0, STATE) == "frozen"
    key(table.list, Qt.Key.Key_Delete)
    assert cell(table, 0, STATE) == "cut"
    assert cell(table, 0, VALUE) == "0"
    flags = table.list.parameters.flags(table.list.parameters.index(0, VALUE))
    assert not flags & Qt.ItemFlag.ItemIsEditable
    key(table.list, Qt.Key.Key_Delete)
    key(table.list, Qt.Key.Key_F)
    assert cell(table, 0, STATE) == ""
    assert cell(table, 0, VALUE) == "0.5"
    assert [action.text() for action in table.list.menu().actions()] == [
        "Change the value",
        "Freeze",
        "Cut the connection",
    ]


def test_parameters_are_found_by_name(qtbot: QtBot, table: ParameterTable) -> None:
    QTest.keyClicks(table.search, "w2")
    qtbot.waitUntil(lambda: table.list.parameters.rowCount() == 3)
    assert cell(table, 0, NAME) == "w²₁₁"
    table._store.look(selection=Selection("parameter", (X1, H1)))
    assert not table.list.selectionModel().hasSelection()
    table.search.clear()
    qtbot.waitUntil(lambda: table.list.parameters.rowCount() == 9)


def test_steps_do_not_reset_the_table(table: ParameterTable) -> None:
    resets: list[bool] = []
    table.list.parameters.modelReset.connect(lambda: resets.append(True))
    table._store.move(Cursor(1, 3))
    table._store.edit_parameter("Change", 0, 1.0)
    assert not resets
    table.list.parameters.setData(table.list.parameters.index(1, VALUE), "2")
    assert not resets


def test_a_table_of_thousands_follows_quickly(qtbot: QtBot) -> None:
    experiment = Experiment(
        BundledData("digits"),
        Architecture.dense((64, 32, 10), ("relu", "softmax")),
        loss="cross_entropy",
        batch_size=32,
    )
    store = Store(document(experiment))
    table = ParameterTable(store)
    qtbot.addWidget(table)
    table.resize(400, 600)
    assert table.list.parameters.rowCount() == 0
    table.show()
    assert table.list.parameters.rowCount() == 2410
    player = Player(store)

    def seconds(steps: int) -> float:
        started = time.perf_counter()
        for _ in range(steps):
            player.step(Granularity.BATCH)
            QApplication.processEvents()
        return (time.perf_counter() - started) / steps

    followed = seconds(20)
    names = table.list.parameters
    started = time.perf_counter()
    for row in range(names.rowCount()):
        for column in range(4):
            names.data(names.index(row, column))
    everything = time.perf_counter() - started
    # Only what is in sight is asked for.
    assert followed < everything / 2
    player.shut_down()
    store.deleteLater()


def test_a_hidden_table_does_no_work(table: ParameterTable) -> None:
    changes: list[bool] = []
    table.list.parameters.dataChanged.connect(lambda *_: changes.append(True))
    table.hide()
    table._store.move(Cursor(1, 3))
    assert not changes
    table.show()
    assert changes
    assert cell(table, 0, VALUE) != "0.5"


def test_the_table_is_drawn_for_export(table: ParameterTable) -> None:
    picture = QPixmap(300, 200)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    table.render_to(painter, QRectF(0, 0, 300, 200))
    painter.end()
    image = picture.toImage()
    colours = {image.pixel(QPoint(x, y)) for x in range(300) for y in range(200)}
    assert len(colours) > 20


def test_gradients_include_the_penalty_and_wait_for_their_unit() -> None:
    store = Store(document(by_hand()))
    store.move(Cursor(1, 0, 10))
    gradient = numbers(store).gradient
    known = store.moment.known.gradients
    assert known[1] == 1
    assert gradient[6:].tolist() == [7200.0, 7200.0, 7200.0]
    assert all(value != value for value in gradient[:6].tolist())
    store.deleteLater()
