"""The transport bar and the derivation panel follow the moment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.formula import plain
from engine.session import Cursor, Selection
from engine.training import Granularity
from gui import i18n
from gui.state.player import Player
from gui.state.store import Store
from gui.views.derivation import DerivationView
from gui.views.transport_bar import TransportBar
from tests.experiments import by_hand, document, moons


@pytest.fixture
def bar(qtbot: QtBot) -> Iterator[TransportBar]:
    store = Store(document(by_hand(), notation="slides"))
    player = Player(store, store)
    bar = TransportBar(store, player)
    bar.store, bar.player = store, player  # type: ignore[attr-defined]
    qtbot.addWidget(bar)
    bar.resize(1280, 48)
    bar.show()
    yield bar
    player.shut_down()


def test_the_step_button_steps_and_back_becomes_possible(bar: TransportBar, qtbot: QtBot) -> None:
    assert not bar.back.isEnabled()
    qtbot.mouseClick(bar.step, Qt.MouseButton.LeftButton)
    assert bar.store.document.cursor == Cursor(1, 0, 1)  # type: ignore[attr-defined]
    qtbot.mouseClick(bar.back, Qt.MouseButton.LeftButton)
    assert bar.store.document.cursor == Cursor(1)  # type: ignore[attr-defined]
    assert not bar.back.isEnabled()


def test_equal_granularities_are_hidden(bar: TransportBar) -> None:
    assert not bar.granularity[Granularity.EPOCH].isVisible()
    bar.store.open(document(moons()))  # type: ignore[attr-defined]
    assert bar.granularity[Granularity.EPOCH].isVisible()


def test_choosing_a_granularity_changes_how_far_a_press_goes(
    bar: TransportBar, qtbot: QtBot
) -> None:
    qtbot.mouseClick(bar.granularity[Granularity.BATCH], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(bar.step, Qt.MouseButton.LeftButton)
    assert bar.store.document.cursor == Cursor(1, 1)  # type: ignore[attr-defined]


def test_a_typed_iteration_goes_there(bar: TransportBar, qtbot: QtBot) -> None:
    bar.iteration.setFocus()
    bar.iteration.selectAll()
    qtbot.keyClicks(bar.iteration, "12")
    qtbot.keyClick(bar.iteration, Qt.Key.Key_Return)
    assert bar.store.document.cursor.iteration == 12  # type: ignore[attr-defined]
    assert bar.scrub.value() == 12


def test_scrubbing_moves_time_and_keeps_the_future(bar: TransportBar) -> None:
    bar.player.seek(20)  # type: ignore[attr-defined]
    bar.scrub.setValue(5)
    assert bar.store.document.cursor.iteration == 5  # type: ignore[attr-defined]
    assert bar.store.document.active.newest == 20  # type: ignore[attr-defined]


def test_the_bar_says_where_time_stands_in_both_languages(bar: TransportBar) -> None:
    bar.player.step()  # type: ignore[attr-defined]
    english = bar._place.text()
    assert english == "forward · step 1 of 15"
    i18n.set_language("zh_CN")
    try:
        assert bar._place.text() != english
        assert "15" in bar._place.text()
    finally:
        i18n.set_language("en")


@pytest.fixture
def panel(qtbot: QtBot) -> DerivationView:
    store = Store(document(by_hand(), notation="slides"))
    panel = DerivationView(store)
    panel.store = store  # type: ignore[attr-defined]
    store.setParent(panel)
    qtbot.addWidget(panel)
    panel.resize(330, 400)
    panel.show()
    return panel


def texts(panel: DerivationView) -> list[str]:
    return [plain(line) for line in panel.formulas.lines]


def test_the_panel_explains_the_last_step(panel: DerivationView) -> None:
    panel.store.move(Cursor(1, 0, 5))  # type: ignore[attr-defined]
    assert texts(panel)[-1].endswith("= 7200")
    assert panel.heading.text() == "Compare: the loss"


def test_a_finished_iteration_shows_the_loss_before_and_after(panel: DerivationView) -> None:
    panel.store.move(Cursor(1, 1))  # type: ignore[attr-defined]
    assert panel.figure.isVisible()
    assert panel.figure.text() == "7200 → 3225.14"


def test_a_selected_weight_is_explained_with_the_numbers_of_the_moment(
    panel: DerivationView,
) -> None:
    store = panel.store  # type: ignore[attr-defined]
    store.look(selection=Selection("parameter", store.experiment.architecture.keys[0]))
    assert len(texts(panel)) == 2, "before the first step only the rules are known"
    store.move(Cursor(1, 0, 11))
    assert "= 120 · 1 · 40 = 4800" in texts(panel)
    store.move(Cursor(1, 1))
    assert texts(panel)[-1].endswith("= 0.452")


def test_a_selection_that_is_gone_does_no_harm(panel: DerivationView) -> None:
    panel.store.look(selection=Selection("unit", (99, 0)))  # type: ignore[attr-defined]
    assert panel.heading.text()


def test_the_table_of_the_panel_holds_text_and_latex(panel: DerivationView) -> None:
    panel.store.move(Cursor(1, 0, 1))  # type: ignore[attr-defined]
    table = panel.table()
    assert table.columns == ("kind", "text", "latex")
    assert any(r"\cdot" in str(row[2]) for row in table.rows)


def test_a_hidden_panel_does_no_work(panel: DerivationView) -> None:
    before = texts(panel)
    panel.hide()
    panel.store.move(Cursor(1, 0, 3))  # type: ignore[attr-defined]
    assert texts(panel) == before
    panel.show()
    assert texts(panel) != before


def test_a_long_place_in_time_gives_way_and_is_read_as_a_tip(bar: TransportBar) -> None:
    least = bar.minimumSizeHint().width()
    bar._place.setText("error back · step 1234 of 123456, and more than there is room for")
    assert bar.minimumSizeHint().width() == least
    bar.resize(least, 48)
    bar.grab()
    assert bar._place.toolTip() == bar._place.text()
    bar._place.setText("loss")
    bar.grab()
    assert bar._place.toolTip() == ""
