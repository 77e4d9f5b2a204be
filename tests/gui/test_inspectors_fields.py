"""Fields take numbers as people write them, refuse others in place, make one edit a gesture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import NablaError
from engine.training import Experiment
from gui import i18n
from gui.inspectors.fields import ChoiceField, SeedField
from gui.inspectors.header import Header
from gui.inspectors.rows import Row, Section
from gui.inspectors.scales import Scale, parse_number
from gui.inspectors.slider_field import ScaleSlider, SliderField
from gui.state.player import Player
from gui.state.store import Store
from tests.experiments import by_hand, document
from tests.gui import hand
from tests.gui.hand import key
from tests.gui.inspecting import click, enter, write


@pytest.fixture
def store(qapp: QApplication) -> Iterator[Store]:
    store = Store(document(by_hand()))
    yield store
    store.deleteLater()


@pytest.fixture
def player(store: Store) -> Iterator[Player]:
    player = Player(store)
    yield player
    player.shut_down()


@pytest.fixture
def header(qtbot: QtBot, store: Store, player: Player) -> Header:
    header = Header(store, player)
    qtbot.addWidget(header)
    header.resize(320, 120)
    with qtbot.waitActive(header):
        header.show()
    return header


def drag(slider: ScaleSlider, *places: float) -> None:
    """Press the handle, move it over shares of the width, let it go."""
    middle = slider.height() // 2
    start = QPoint(round(8 + slider.sliderPosition() / 1000 * (slider.width() - 16)), middle)
    hand.press(slider, start)
    at = start
    for share in places:
        at = QPoint(round(share * (slider.width() - 1)), middle)
        hand.move(slider, at)
    hand.release(slider, at)


# ------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        (" 1e-5 ", 1e-5),
        ("1E-5", 1e-5),
        ("-3", -3.0),
        ("－０．５", -0.5),
        ("−3", -3.0),
        (".5", 0.5),
        ("1/28800", 1 / 28800),
        ("1e999", float("inf")),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "number.empty"),
        ("  ", "number.empty"),
        ("abc", "number.not_a_number"),
        ("1_000", "number.not_a_number"),
        ("nan", "number.not_a_number"),
        ("inf", "number.not_a_number"),
        ("1/0", "number.not_a_number"),
        ("1/2/3", "number.not_a_number"),
        ("٣", "number.not_a_number"),
        ("0,01", "number.comma"),
    ],
)
def test_what_is_no_number_is_told_apart(text: str, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        parse_number(text)
    assert caught.value.code == code


def test_a_whole_number_has_no_decimals() -> None:
    assert parse_number("1e3", whole=True) == 1000
    with pytest.raises(NablaError) as caught:
        parse_number("2.5", whole=True)
    assert caught.value.code == "number.not_whole"


def test_a_logarithmic_scale_goes_through_round_numbers() -> None:
    scale = Scale(1e-6, 10.0, logarithmic=True)
    value, seen = 0.01, []
    for _ in range(11):
        value = scale.stepped(value, 1)
        seen.append(value)
    assert seen == [0.012, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12]
    for _ in range(11):
        value = scale.stepped(value, -1)
    assert value == 0.01
    assert scale.stepped(0.011, -1) == 0.01
    assert scale.stepped(0.011, 1) == 0.012
    assert scale.stepped(10.0, 1) == 10.0
    assert scale.stepped(1e-6, -1) == 1e-6


def test_places_and_numbers_of_a_scale_belong_together() -> None:
    for scale in (Scale(1e-6, 10.0, logarithmic=True), Scale(0.0, 0.5, step=0.01)):
        for share in (0.0, 0.25, 0.5, 1.0):
            assert scale.share_of(scale.value_at(share)) == pytest.approx(share, abs=0.02)


def test_a_whole_scale_never_stands_still() -> None:
    scale = Scale(1, 1000, logarithmic=True, whole=True)
    assert scale.stepped(1, 1) == 2
    assert scale.stepped(2, -1) == 1
    assert scale.value_at(0.33) == round(scale.value_at(0.33))


# --------------------------------------------------------------------------------------- typing


def test_a_typed_learning_rate_takes_effect(store: Store, header: Header) -> None:
    enter(header.rate.field.entry, "2e-4")
    assert store.experiment.learning_rate == 2e-4
    assert store.undo_stack.count() == 1
    store.undo_stack.undo()
    assert store.experiment.learning_rate == 1e-5
    assert header.rate.field.entry.text() == "1e−5"


@pytest.mark.parametrize("text", ["abc", "-1", "0", "1e9", "", "nan", "1e999"])
def test_a_bad_learning_rate_is_refused_in_place(store: Store, header: Header, text: str) -> None:
    before = store.document
    field = header.rate.field
    enter(field.entry, text)
    assert store.document is before
    assert field.message.isVisible()
    assert "went wrong" not in field.message.text() or text in ("abc", "", "nan")
    assert field.entry.property("state") == "error"
    # What was typed stays to be mended, and goes with Escape.
    assert field.entry.text() == text
    key(field.entry, Qt.Key.Key_Escape)
    assert field.entry.text() == "1e−5"
    assert not field.message.isVisible()


def test_a_field_that_is_left_shows_the_number_in_force(store: Store, header: Header) -> None:
    field = header.rate.field
    write(field.entry, "abc")
    header.reset.setFocus()
    assert field.entry.text() == "1e−5"
    assert field.message.isVisible()
    assert store.undo_stack.count() == 0


def test_a_message_is_worded_anew_when_the_language_changes(header: Header) -> None:
    enter(header.rate.field.entry, "1e9")
    english = header.rate.field.message.text()
    i18n.set_language("zh_CN")
    try:
        assert header.rate.field.message.text() != english
        assert header.rate.field.entry.text() == "1e9"
    finally:
        i18n.set_language("en")


def test_typing_is_not_disturbed_by_a_step(store: Store, header: Header) -> None:
    entry = header.rate.field.entry
    write(entry, "0.0")
    store.edit_experiment("Other", lambda e: replace(e, seed=7))
    assert entry.text() == "0.0"
    store.edit_experiment("Rate", lambda e: replace(e, learning_rate=0.5))
    assert entry.text() == "0.5"


def test_steps_that_follow_each_other_are_one_edit(
    qtbot: QtBot, store: Store, header: Header
) -> None:
    entry = header.rate.field.entry
    entry.setFocus()
    for _ in range(3):
        key(entry, Qt.Key.Key_Up)
    assert store.experiment.learning_rate == 2e-5
    assert store.undo_stack.count() == 1
    with qtbot.waitSignal(header.rate.finished, timeout=5000):
        pass
    key(entry, Qt.Key.Key_Down)
    assert store.undo_stack.count() == 2


def test_enter_without_typing_rounds_nothing(store: Store, header: Header) -> None:
    store.edit_experiment("Rate", lambda e: replace(e, learning_rate=1 / 28800))
    header.rate.field.entry.setFocus()
    key(header.rate.field.entry, Qt.Key.Key_Return)
    assert store.experiment.learning_rate == 1 / 28800


# --------------------------------------------------------------------------------------- slider


def test_a_drag_is_live_and_one_edit(store: Store, header: Header) -> None:
    seen: list[float] = []

    def note() -> None:
        seen.append(store.experiment.learning_rate)

    store.changed.connect(note)
    drag(header.rate.slider, 0.4, 0.5, 0.6, 0.7)
    assert len(set(seen)) >= 4
    assert seen == sorted(seen)
    assert store.undo_stack.count() == 1
    assert header.rate.field.value == store.experiment.learning_rate == seen[-1]
    drag(header.rate.slider, 0.5)
    assert store.undo_stack.count() == 2
    store.undo_stack.undo()
    store.undo_stack.undo()
    assert store.experiment.learning_rate == 1e-5


def test_a_click_on_the_groove_goes_there(store: Store, header: Header) -> None:
    slider = header.rate.slider
    where = QPoint(slider.width() - 2, slider.height() // 2)
    hand.press(slider, where)
    hand.release(slider, where)
    assert store.experiment.learning_rate == 10.0
    assert store.undo_stack.count() == 1


def test_a_slider_is_turned_by_keys(store: Store, header: Header) -> None:
    slider = header.rate.slider
    slider.setFocus()
    key(slider, Qt.Key.Key_Right)
    assert store.experiment.learning_rate == 1.2e-5
    key(slider, Qt.Key.Key_End)
    assert store.experiment.learning_rate == 10.0
    assert store.undo_stack.count() == 1


def test_a_slider_takes_no_focus_from_the_mouse(store: Store, header: Header) -> None:
    drag(header.rate.slider, 0.5)
    assert not header.rate.slider.hasFocus()


# ------------------------------------------------------------------------------- other fields


def test_reset_goes_back_to_the_first_weights(store: Store, header: Header) -> None:
    first = store.moment.state.parameters.tolist()
    store.edit_parameter("Change", 0, 3.0)
    click(header.reset)
    assert store.document.cursor.iteration == 0
    assert store.moment.state.parameters.tolist() == first
    store.undo_stack.undo()
    assert store.moment.state.parameters[0] == 3.0


def test_reset_holds_time(store: Store, player: Player, header: Header) -> None:
    player.play()
    click(header.reset)
    assert not player.is_playing
    assert store.document.cursor.iteration == 0


def test_export_is_asked_for(qtbot: QtBot, header: Header) -> None:
    with qtbot.waitSignal(header.export_requested):
        click(header.export)


def test_a_choice_speaks_the_language_of_the_moment(qtbot: QtBot) -> None:
    field = ChoiceField([("sigmoid", "Sigmoid"), ("identity", "Identity")])
    qtbot.addWidget(field)
    field.set_value("identity")
    assert field.currentText() == "Identity"
    i18n.set_language("zh_CN")
    try:
        assert field.currentText() == i18n.tr("Identity")
        assert field.value == "identity"
    finally:
        i18n.set_language("en")


def test_a_choice_that_is_disabled_says_why(qtbot: QtBot) -> None:
    field = ChoiceField([("a", "A"), ("b", "B")])
    qtbot.addWidget(field)
    field.disable({"b": lambda: "It does not fit."})
    assert not field.model().flags(field.model().index(1, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert field.itemData(1, Qt.ItemDataRole.ToolTipRole) == "It does not fit."
    assert field.itemData(0, Qt.ItemDataRole.ToolTipRole) is None


def test_the_dice_throw_another_seed(qtbot: QtBot) -> None:
    field = SeedField()
    qtbot.addWidget(field)
    field.set_value(3)
    with qtbot.waitSignal(field.thrown) as thrown:
        click(field.dice)
    assert thrown.args[0] != 3
    assert 0 <= thrown.args[0] <= 9999


def test_a_row_names_its_field(qtbot: QtBot) -> None:
    field = SliderField(Scale(0.0, 1.0, step=0.1))
    row = Row("Noise", field, "How far the samples are scattered about the clean pattern")
    qtbot.addWidget(row)
    assert row.label.buddy() is field
    assert field.field.entry.accessibleName() == "Noise"
    assert field.slider.accessibleName() == "Noise"
    assert "scattered" in field.field.entry.toolTip()


def test_a_section_remembers_whether_it_was_open(qtbot: QtBot) -> None:
    section = Section("test")
    qtbot.addWidget(section)
    assert not section.is_open
    section.header.click()
    assert section.is_open
    again = Section("test")
    qtbot.addWidget(again)
    assert again.is_open


def test_refusals_of_the_experiment_are_worded_by_the_engine(store: Store) -> None:
    with pytest.raises(NablaError) as caught:
        change(store.experiment, -1.0)
    assert caught.value.code == "learning_rate.out_of_bounds"


def change(experiment: Experiment, rate: float) -> Experiment:
    return replace(experiment, learning_rate=rate)
