"""Editing the network on its canvas, with mouse and keys, as a person does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from engine.errors import NablaError
from engine.network import ALPHA, BIAS, Architecture, Key
from engine.session import Cursor, Selection
from gui.state.store import Store
from gui.views import guard
from gui.views.canvas import NetworkCanvas
from gui.views.canvas.camera import Camera
from gui.views.canvas.edits import parse_number
from gui.views.canvas.hits import Hit
from tests.experiments import document, moons
from tests.gui import hand

WEIGHT: Key = (1, 3)
"""From the first input to the first hidden neuron."""
EMPTY = QPoint(150, 395)


@pytest.fixture(autouse=True)
def no_picture_fails() -> Iterator[None]:
    guard.forget()
    yield
    assert not guard.failures, guard.failures[0].trace


@pytest.fixture
def canvas(qtbot: QtBot) -> NetworkCanvas:
    """The network 2-3-1 of the lesson, before its first step."""
    return shown(qtbot, Store(document()))


def shown(qtbot: QtBot, store: Store) -> NetworkCanvas:
    canvas = NetworkCanvas(store)
    qtbot.addWidget(canvas)
    canvas.resize(620, 420)
    canvas.show()
    qtbot.waitExposed(canvas)
    canvas.activateWindow()
    canvas.setFocus()
    return canvas


def place(canvas: NetworkCanvas, kind: str, target: tuple[int, int]) -> QPoint:
    point = canvas.place_of(Hit(kind, target))
    assert point is not None
    return point.toPoint()


def click(canvas: NetworkCanvas, kind: str, target: tuple[int, int]) -> None:
    at = place(canvas, kind, target)
    hand.press(canvas, at)
    hand.release(canvas, at)


def value(canvas: NetworkCanvas, key: Key) -> float:
    return canvas.edits.value(key)


def wheel(
    canvas: NetworkCanvas,
    at: QPoint,
    notches: int,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def entries(menu: QMenu) -> dict[str, QAction]:
    return {action.text(): action for action in menu.actions() if action.text()}


def menu_of(canvas: NetworkCanvas, kind: str, target: tuple[int, int]) -> dict[str, QAction]:
    canvas.store.look(selection=Selection(kind, target))
    return entries(canvas.menu())


# ------------------------------------------------------------------------------- selecting


def test_a_click_selects_and_a_click_on_nothing_lets_go(canvas: NetworkCanvas) -> None:
    click(canvas, "unit", (4, 0))
    assert canvas.store.view.selection == Selection("unit", (4, 0))
    click(canvas, "layer", (1, 0))
    assert canvas.store.view.selection == Selection("layer", (1, 0))
    hand.press(canvas, EMPTY)
    hand.release(canvas, EMPTY)
    assert canvas.store.view.selection is None


def test_a_line_can_be_hit_anywhere_along_its_way(canvas: NetworkCanvas) -> None:
    links = canvas.picture.plan.links
    label = next(label for label in canvas.picture.labels if label.link == 0)
    for share in (0.1, 0.25, 0.9):
        x, y = links.start[0] + share * (links.end[0] - links.start[0])
        assert canvas.hit(QPointF(x, y)) == Hit("parameter", WEIGHT)
        assert abs(label.x - x) > 2 or abs(label.y - y) > 2


def test_hovering_marks_what_is_under_the_pointer(canvas: NetworkCanvas) -> None:
    units: list[int | None] = []
    canvas.unit_hovered.connect(units.append)
    canvas.hover(QPointF(place(canvas, "unit", (6, 0))))
    assert canvas.picture.over == Hit("unit", (6, 0))
    assert len(canvas.picture.emphasis.foremost) == 3
    assert canvas.cursor().shape() == Qt.CursorShape.PointingHandCursor
    canvas.grab()
    canvas.hover(None)
    assert canvas.picture.over is None
    assert units == [6, None]


def test_arrow_keys_walk_over_the_network(canvas: NetworkCanvas) -> None:
    for code in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Right):
        hand.key(canvas, code)
    assert canvas.store.view.selection == Selection("unit", (6, 0))
    hand.key(canvas, Qt.Key.Key_Up)
    assert canvas.store.view.selection == Selection("layer", (2, 0))
    hand.key(canvas, Qt.Key.Key_Left)
    assert canvas.store.view.selection == Selection("layer", (1, 0))
    hand.key(canvas, Qt.Key.Key_Down)
    assert canvas.store.view.selection == Selection("unit", (3, 0))
    hand.key(canvas, Qt.Key.Key_Escape)
    assert canvas.store.view.selection is None


def test_from_a_weight_the_arrows_lead_to_its_neighbours_and_ends(qtbot: QtBot) -> None:
    canvas = shown(qtbot, Store(document(moons())))
    canvas.store.look(selection=Selection("parameter", WEIGHT))
    hand.key(canvas, Qt.Key.Key_Down)
    assert canvas.store.view.selection == Selection("parameter", (2, 3))
    hand.key(canvas, Qt.Key.Key_Down)
    assert canvas.store.view.selection == Selection("parameter", (BIAS, 3))
    hand.key(canvas, Qt.Key.Key_Right)
    assert canvas.store.view.selection == Selection("unit", (3, 0))


# --------------------------------------------------------------------------- typing a weight


def test_a_clicked_weight_is_typed(canvas: NetworkCanvas, qtbot: QtBot) -> None:
    click(canvas, "parameter", WEIGHT)
    assert canvas.editor.isVisible()
    assert canvas.editor.field.text() == "0.5"
    QTest.keyClicks(canvas.editor.field, "1/4")
    QTest.keyClick(canvas.editor.field, Qt.Key.Key_Return)
    assert value(canvas, WEIGHT) == 0.25
    assert not canvas.editor.isVisible()
    canvas.store.undo_stack.undo()
    assert value(canvas, WEIGHT) == 0.5


def test_escape_leaves_the_weight_as_it_was(canvas: NetworkCanvas, qtbot: QtBot) -> None:
    click(canvas, "parameter", WEIGHT)
    QTest.keyClicks(canvas.editor.field, "3")
    QTest.keyClick(canvas.editor.field, Qt.Key.Key_Escape)
    assert value(canvas, WEIGHT) == 0.5
    assert not canvas.editor.isVisible()
    assert canvas.store.undo_stack.count() == 0


def test_what_is_no_number_is_said_and_changes_nothing(canvas: NetworkCanvas, qtbot: QtBot) -> None:
    click(canvas, "parameter", WEIGHT)
    QTest.keyClicks(canvas.editor.field, "abc")
    QTest.keyClick(canvas.editor.field, Qt.Key.Key_Return)
    assert canvas.editor.isVisible()
    assert "abc" in canvas.editor.message.text()
    assert canvas.rect().contains(canvas.editor.geometry())
    assert value(canvas, WEIGHT) == 0.5
    QTest.keyClick(canvas.editor.field, Qt.Key.Key_Backspace)
    assert canvas.editor.message.isHidden()


def test_enter_edits_the_first_weight_of_the_selected_neuron(
    canvas: NetworkCanvas, qtbot: QtBot
) -> None:
    canvas.store.look(selection=Selection("unit", (4, 0)))
    hand.key(canvas, Qt.Key.Key_Return)
    assert canvas.editor.parameter == (1, 4)
    QTest.keyClick(canvas.editor.field, Qt.Key.Key_Up)
    assert value(canvas, (1, 4)) == 0.51
    assert canvas.editor.field.text() == "0.51"
    QTest.keyClick(canvas.editor.field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert value(canvas, (1, 4)) == 0.509


def test_a_bias_and_an_alpha_are_typed_like_weights(qtbot: QtBot) -> None:
    architecture = Architecture.dense((2, 3, 1), ("prelu", "sigmoid"))
    canvas = shown(qtbot, Store(document(moons(architecture=architecture))))
    for key in ((BIAS, 3), (ALPHA, 1)):
        click(canvas, "parameter", key)
        assert canvas.editor.parameter == key
        QTest.keyClicks(canvas.editor.field, "-0.75")
        QTest.keyClick(canvas.editor.field, Qt.Key.Key_Return)
        assert value(canvas, key) == -0.75


@pytest.mark.parametrize(
    ("text", "number"), [("0.5", 0.5), (" −2e-3 ", -0.002), ("1/3", 1 / 3), ("-3 / 4", -0.75)]
)
def test_numbers_and_simple_fractions_are_read(text: str, number: float) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "abc", "1/0", "1/2/3", "nan", "inf", "1e10", "2+2", "1/"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(NablaError):
        parse_number(text)


# ------------------------------------------------------------------------- drag and wheel


def test_dragging_a_selected_weight_changes_it_live_as_one_edit(canvas: NetworkCanvas) -> None:
    canvas.store.look(selection=Selection("parameter", WEIGHT))
    at = place(canvas, "parameter", WEIGHT)
    hand.press(canvas, at)
    seen = []
    for up in (10, 20, 30):
        hand.move(canvas, at - QPoint(0, up))
        seen.append(value(canvas, WEIGHT))
    hand.release(canvas, at - QPoint(0, 30))
    assert seen == [0.6, 0.7, 0.8]
    assert canvas.store.undo_stack.count() == 1
    canvas.store.undo_stack.undo()
    assert value(canvas, WEIGHT) == 0.5


def test_two_drags_are_two_edits(canvas: NetworkCanvas) -> None:
    canvas.store.look(selection=Selection("parameter", WEIGHT))
    for _ in range(2):
        at = place(canvas, "parameter", WEIGHT)
        hand.press(canvas, at)
        hand.move(canvas, at - QPoint(0, 10))
        hand.release(canvas, at - QPoint(0, 10))
    assert canvas.store.undo_stack.count() == 2


def test_the_wheel_changes_a_selected_weight_and_shift_makes_it_fine(
    canvas: NetworkCanvas,
) -> None:
    canvas.store.look(selection=Selection("parameter", WEIGHT))
    at = place(canvas, "parameter", WEIGHT)
    wheel(canvas, at, 1)
    assert value(canvas, WEIGHT) == 0.55
    wheel(canvas, at, -1, Qt.KeyboardModifier.ShiftModifier)
    assert value(canvas, WEIGHT) == 0.545
    assert canvas.store.undo_stack.count() == 1
    assert canvas.camera == Camera()


def test_elsewhere_the_wheel_zooms_about_the_pointer_and_a_drag_pans(
    canvas: NetworkCanvas,
) -> None:
    at = place(canvas, "unit", (4, 0))
    wheel(canvas, at, 3)
    assert canvas.camera.zoom > 1.5
    moved = place(canvas, "unit", (4, 0)) - at
    assert moved.manhattanLength() <= 2
    before = place(canvas, "unit", (4, 0))
    hand.press(canvas, EMPTY)
    hand.move(canvas, EMPTY + QPoint(30, -20))
    hand.release(canvas, EMPTY + QPoint(30, -20))
    assert (place(canvas, "unit", (4, 0)) - before - QPoint(30, -20)).manhattanLength() <= 2
    assert canvas.store.view.selection is None
    assert canvas.store.undo_stack.count() == 0


def test_a_double_click_on_nothing_and_the_key_r_show_all(canvas: NetworkCanvas) -> None:
    hand.key(canvas, Qt.Key.Key_Plus)
    assert canvas.camera.zoom == 1.25
    button, nothing = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(canvas, button, nothing, EMPTY)
    assert canvas.camera == Camera()
    hand.key(canvas, Qt.Key.Key_Plus)
    hand.key(canvas, Qt.Key.Key_R)
    assert canvas.camera == Camera()


def test_after_zooming_the_same_things_are_hit(canvas: NetworkCanvas) -> None:
    wheel(canvas, QPoint(300, 200), 4)
    click(canvas, "unit", (4, 0))
    assert canvas.store.view.selection == Selection("unit", (4, 0))


# ----------------------------------------------------------------------------- the topology


def test_the_buttons_over_a_layer_add_and_remove_neurons(canvas: NetworkCanvas) -> None:
    before = canvas.store.moment.state.parameters
    click(canvas, "add_unit", (1, 0))
    assert canvas.edits.architecture.widths == (2, 4, 1)
    assert [value(canvas, key) for key in ((1, 3), (2, 5), (5, 6))] == [0.5, 0.5, 1.0]
    click(canvas, "remove_unit", (1, 0))
    assert canvas.edits.architecture.widths == (2, 3, 1)
    assert canvas.store.moment.state.parameters.tolist() == before.tolist()
    canvas.store.undo_stack.undo()
    assert canvas.edits.architecture.widths == (2, 4, 1)


def test_the_minus_takes_the_selected_neuron(canvas: NetworkCanvas) -> None:
    canvas.store.look(selection=Selection("unit", (3, 0)))
    click(canvas, "remove_unit", (1, 0))
    assert canvas.edits.architecture.units(1) == (4, 5)
    assert canvas.store.view.selection == Selection("unit", (4, 0))


def test_the_plus_between_two_layers_inserts_one(canvas: NetworkCanvas) -> None:
    canvas.hover(QPointF(place(canvas, "insert_layer", (2, 0))))
    assert canvas.picture.over == Hit("insert_layer", (2, 0))
    canvas.grab()
    click(canvas, "insert_layer", (2, 0))
    assert canvas.edits.architecture.widths == (2, 3, 3, 1)


def test_delete_cuts_a_connection_and_a_click_joins_it_with_its_weight(
    canvas: NetworkCanvas,
) -> None:
    canvas.store.look(selection=Selection("parameter", WEIGHT))
    hand.key(canvas, Qt.Key.Key_Delete)
    assert canvas.edits.is_cut(WEIGHT)
    assert value(canvas, WEIGHT) == 0.0
    canvas.grab()
    click(canvas, "parameter", WEIGHT)
    assert not canvas.edits.is_cut(WEIGHT)
    assert value(canvas, WEIGHT) == 0.5
    assert not canvas.editor.isVisible()


def test_delete_removes_a_neuron_and_selects_its_neighbour(canvas: NetworkCanvas) -> None:
    canvas.store.look(selection=Selection("unit", (5, 0)))
    hand.key(canvas, Qt.Key.Key_Delete)
    assert canvas.edits.architecture.widths == (2, 2, 1)
    assert canvas.store.view.selection == Selection("unit", (4, 0))
    hand.key(canvas, Qt.Key.Key_Delete)
    refused: list[NablaError] = []
    canvas.store.refused.connect(refused.append)
    hand.key(canvas, Qt.Key.Key_Delete)
    assert [error.code for error in refused] == ["network.last_unit"]
    assert canvas.edits.architecture.units(1) == (3,)


def test_a_removed_weight_is_no_longer_selected_nor_edited(canvas: NetworkCanvas) -> None:
    click(canvas, "parameter", WEIGHT)
    canvas.edits.remove_unit(3)
    assert canvas.store.view.selection is None
    assert not canvas.editor.isVisible()


def test_f_freezes_and_thaws_a_weight_a_neuron_a_layer(canvas: NetworkCanvas) -> None:
    for selection, count in (
        (Selection("parameter", WEIGHT), 1),
        (Selection("unit", (4, 0)), 2),
        (Selection("layer", (1, 0)), 6),
    ):
        canvas.store.look(selection=selection)
        hand.key(canvas, Qt.Key.Key_F)
        assert len(canvas.edits.architecture.frozen) == count
        canvas.grab()
        hand.key(canvas, Qt.Key.Key_F)
        assert not canvas.edits.architecture.frozen


def test_the_chip_offers_the_activations(canvas: NetworkCanvas, qtbot: QtBot) -> None:
    click(canvas, "activation", (1, 0))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = entries(menu)
    assert "Softmax" not in offered
    assert offered["Identity"].isChecked()
    offered["PReLU"].trigger()
    menu.close()
    assert canvas.edits.architecture.layers[0].activation == "prelu"
    assert canvas.box_of(Hit("parameter", (ALPHA, 1))) is not None


def test_another_output_activation_brings_a_loss_that_fits(qtbot: QtBot) -> None:
    canvas = shown(qtbot, Store(document(moons())))
    canvas.edits.set_activation(2, "tanh")
    assert canvas.store.experiment.loss == "half_squared"
    canvas.store.undo_stack.undo()
    assert canvas.store.experiment.loss == "binary_cross_entropy"


def test_the_menu_offers_what_can_be_done(canvas: NetworkCanvas, qtbot: QtBot) -> None:
    offered = menu_of(canvas, "parameter", WEIGHT)
    assert {"Type its value…", "Cut connection", "Freeze weight"} <= offered.keys()
    offered["Cut connection"].trigger()
    offered = menu_of(canvas, "parameter", WEIGHT)
    assert not offered["Type its value…"].isEnabled()
    offered["Join connection"].trigger()
    assert value(canvas, WEIGHT) == 0.5
    assert "Remove neuron" in menu_of(canvas, "unit", (4, 0))
    assert "Remove neuron" not in menu_of(canvas, "unit", (6, 0))
    layer = menu_of(canvas, "layer", (1, 0))
    assert not layer["Move layer left"].isEnabled()
    layer["Insert layer after"].trigger()
    menu_of(canvas, "layer", (1, 0))["Move layer right"].trigger()
    assert canvas.store.view.selection == Selection("layer", (2, 0))
    assert [len(layer.units) for layer in canvas.edits.architecture.layers] == [3, 3, 1]
    menu_of(canvas, "layer", (2, 0))["Biases"].trigger()
    assert [layer.bias for layer in canvas.edits.architecture.layers] == [False, True, False]
    menu_of(canvas, "layer", (1, 0))["Remove layer"].trigger()
    assert canvas.edits.architecture.widths == (2, 3, 1)
    canvas.store.look(selection=None)
    assert {"Biases everywhere", "Neuron maps", "Export…"} <= entries(canvas.menu()).keys()


def test_the_menu_opens_on_what_was_clicked_and_by_key_on_the_selection(
    canvas: NetworkCanvas,
) -> None:
    at = place(canvas, "unit", (4, 0))
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        QApplication.sendEvent(canvas, QContextMenuEvent(reason, at, canvas.mapToGlobal(at)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert "Remove neuron" in entries(menu)
        menu.close()
        assert canvas.store.view.selection == Selection("unit", (4, 0))


def test_an_edit_in_the_past_forks_and_the_canvas_follows(canvas: NetworkCanvas) -> None:
    canvas.store.move(Cursor(1, 3))
    canvas.store.move(Cursor(1, 1))
    canvas.edits.set_value(WEIGHT, 2.0)
    assert canvas.store.document.cursor.run == 2
    assert canvas.picture.figures.parameters[0] == 2.0


def test_keys_of_the_canvas_do_not_reach_the_window(canvas: NetworkCanvas, qtbot: QtBot) -> None:
    taken: list[bool] = []
    action = QAction(canvas)
    action.setShortcut("M")
    action.triggered.connect(taken.append)
    canvas.addAction(action)
    hand.key(canvas, Qt.Key.Key_M)
    assert not canvas.maps_shown
    assert taken == []
