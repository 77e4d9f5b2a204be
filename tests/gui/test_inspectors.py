"""The inspector shows the experiment under the cursor, and each control makes one edit of it."""

from __future__ import annotations

import functools
import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.data import BundledData, DataSpec, FixedData, GeneratedData
from engine.descent import Optimizer, Schedule
from engine.descent.optimizers import TABLE as OPTIMIZERS
from engine.network import Architecture, Initializer
from engine.session import Cursor, Selection
from engine.session.starting import experiment_for
from engine.training import Experiment
from gui import i18n
from gui.inspectors import Inspector
from gui.inspectors.changes import with_data
from gui.inspectors.sparkline import horizon
from gui.state.player import Player
from gui.state.store import Store
from tests.experiments import by_hand, document, moons
from tests.gui.hand import key
from tests.gui.inspecting import click, enter, pick, write

Maker = Callable[[Experiment], tuple[Store, Inspector]]


@pytest.fixture
def make(qtbot: QtBot) -> Iterator[Maker]:
    made: list[tuple[Store, Player, Inspector]] = []

    def maker(experiment: Experiment) -> tuple[Store, Inspector]:
        store = Store(document(experiment))
        player = Player(store)
        inspector = Inspector(store, player)
        made.append((store, player, inspector))
        qtbot.addWidget(inspector)
        inspector.resize(320, 760)
        with qtbot.waitActive(inspector):
            inspector.show()
        return store, inspector

    yield maker
    for store, player, _ in made:
        player.shut_down()
        store.deleteLater()


def widths(store: Store) -> tuple[int, ...]:
    return store.experiment.architecture.widths


def data(store: Store) -> DataSpec:
    return store.experiment.data


# ------------------------------------------------------------------------------------------ data


def test_choosing_a_problem_adapts_the_network_in_one_edit(make: Maker) -> None:
    store, inspector = make(by_hand())
    click(inspector.data.problems.tile("bundled", "iris"))
    experiment = store.experiment
    assert experiment.architecture.widths == (4, 3, 3)
    assert experiment.architecture.output.activation == "softmax"
    assert experiment.loss == "cross_entropy"
    assert store.undo_stack.count() == 1
    click(inspector.data.problems.tile("generated", "xor"))
    assert widths(store) == (2, 3, 1)
    assert store.experiment.architecture.output.activation == "sigmoid"
    assert store.experiment.loss == "binary_cross_entropy"
    click(inspector.data.problems.tile("generated", "sine"))
    assert widths(store) == (1, 3, 1)
    assert store.experiment.architecture.output.activation == "identity"
    assert store.experiment.loss == "half_squared"
    for _ in range(3):
        store.undo_stack.undo()
    assert store.experiment == by_hand()


def test_a_new_problem_starts_the_run_again(make: Maker) -> None:
    store, inspector = make(moons())
    store.move(Cursor(1, 20))
    click(inspector.data.problems.tile("generated", "circles"))
    assert store.document.cursor == Cursor(1, 0)
    assert len(store.document.runs) == 1
    store.undo_stack.undo()
    assert store.document.cursor == Cursor(1, 20)


def test_the_same_task_keeps_output_and_loss() -> None:
    experiment = moons(loss="half_squared")
    changed = with_data(experiment, GeneratedData("circles"))
    assert changed.loss == "half_squared"
    assert changed.architecture == experiment.architecture


def test_digits_get_a_network_for_pictures_and_circles_their_own_again(make: Maker) -> None:
    store, inspector = make(experiment_for(GeneratedData("circles")))
    click(inspector.data.problems.tile("bundled", "digits"))
    assert widths(store) == (64, 32, 10)
    assert store.experiment.architecture.layers[0].activation == "relu"
    assert store.experiment.initializer.key == "he_normal"
    click(inspector.data.problems.tile("generated", "circles"))
    assert widths(store) == (2, 8, 1)
    assert store.experiment.architecture.layers[0].activation == "tanh"
    store.undo_stack.undo()
    assert widths(store) == (64, 32, 10)


def test_samples_typed_by_hand_give_way_to_pictures_without_a_further_question(
    make: Maker,
) -> None:
    store, inspector = make(by_hand())
    click(inspector.data.problems.tile("bundled", "digits"))
    assert widths(store) == (64, 32, 10)
    assert not inspector.data.offer.isVisible()


def test_a_network_of_ones_own_is_kept_for_pictures(make: Maker) -> None:
    experiment = moons()
    hidden = experiment.architecture.widths[1:-1]
    store, inspector = make(experiment)
    click(inspector.data.problems.tile("bundled", "digits"))
    assert widths(store) == (64, *hidden, 10)


def test_samples_and_noise_carry_over_to_the_next_problem(make: Maker) -> None:
    store, inspector = make(moons(data=GeneratedData("moons", 77, 0.25, 5, 0.4)))
    click(inspector.data.problems.tile("generated", "circles"))
    assert data(store) == GeneratedData("circles", 77, 0.25, 5, 0.4)
    click(inspector.data.problems.tile("bundled", "iris"))
    assert data(store) == BundledData("iris", 0.4, 5, standardize=True)


def test_other_samples_leave_the_weights_alone(make: Maker) -> None:
    store, inspector = make(moons())
    store.move(Cursor(1, 20))
    weights = store.moment.state.parameters.tolist()
    enter(inspector.data.samples.field.entry, "120")
    assert len(store.experiment.dataset.inputs) == 120
    assert store.document.cursor.iteration == 20
    assert store.moment.state.parameters.tolist() == weights


@pytest.mark.parametrize("text", ["1", "-5", "1e9", "2.5", "many"])
def test_a_bad_number_of_samples_is_refused_in_place(make: Maker, text: str) -> None:
    store, inspector = make(moons())
    before = store.document
    enter(inspector.data.samples.field.entry, text)
    assert store.document is before
    assert inspector.data.samples.field.message.isVisible()


def test_standardization_is_said_and_can_be_taken_back(make: Maker) -> None:
    experiment = with_data(moons(), BundledData("iris", standardize=True))
    store, inspector = make(experiment)
    assert inspector.data.standardize.isChecked()
    assert "Standardized" in inspector.data.about.text()
    inspector.data.standardize.click()
    assert store.experiment.dataset.scaling is None
    assert "Standardized" not in inspector.data.about.text()
    store.undo_stack.undo()
    assert store.experiment.dataset.scaling is not None
    assert inspector.data.standardize.isChecked()


def test_samples_typed_by_hand_are_edited_in_a_table(make: Maker) -> None:
    store, inspector = make(by_hand())
    table = inspector.data.table
    model = table.model
    assert [model.index(0, column).data() for column in range(3)] == ["40", "80", "60"]
    assert model.setData(model.index(0, 2), "70")
    assert data(store) == FixedData(((40.0, 80.0),), ((70.0,),))
    assert not model.setData(model.index(0, 0), "abc")
    assert table.message.isVisible()
    click(table.add_button)
    assert len(store.experiment.dataset.inputs) == 2
    click(table.remove_button)
    assert len(store.experiment.dataset.inputs) == 1
    assert not table.remove_button.isEnabled()


def test_leaving_the_worked_example_offers_settings_that_learn(make: Maker) -> None:
    store, inspector = make(by_hand())
    click(inspector.data.problems.tile("generated", "circles"))
    assert inspector.data.offer.isVisible()
    assert store.experiment.learning_rate == 1e-5
    click(inspector.data.offer.yes)
    assert store.experiment.learning_rate == 0.1
    assert store.experiment.architecture.layers[0].activation == "tanh"
    assert store.undo_stack.count() == 2
    assert not inspector.data.offer.isVisible()


def test_tiles_are_walked_with_arrow_keys(make: Maker) -> None:
    store, inspector = make(moons())
    problems = inspector.data.problems
    problems.tile("generated", "circles").setFocus()
    key(problems.tile("generated", "circles"), Qt.Key.Key_Right)
    assert problems.tile("generated", "xor").hasFocus()
    assert data(store) == moons().data
    key(problems.tile("generated", "xor"), Qt.Key.Key_Space)
    assert data(store) == GeneratedData("xor", samples=60, noise=0.1)
    assert problems.tile("generated", "xor").isChecked()


def test_what_is_being_typed_is_taken_when_another_tab_comes(make: Maker) -> None:
    store, inspector = make(moons())
    write(inspector.data.samples.field.entry, "120")
    inspector.tabs.setCurrentIndex(1)
    assert data(store) == GeneratedData("moons", samples=120, noise=0.1)


# --------------------------------------------------------------------------------------- network


def test_neurons_come_and_go_at_the_buttons(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    line = inspector.network.layers.lines[1]
    before = store.moment.state.parameters.reshape(-1)[:8].reshape(2, 4)
    click(line.width_field.more)
    assert widths(store) == (2, 5, 1)
    after = store.moment.state.parameters[:10].reshape(2, 5)
    assert after[:, :4].tolist() == before.tolist()
    click(line.width_field.less)
    click(line.width_field.less)
    assert widths(store) == (2, 3, 1)
    assert store.undo_stack.count() == 3
    enter(line.width_field.field.entry, "12")
    assert widths(store) == (2, 12, 1)


@pytest.mark.parametrize("text", ["0", "-1", "1e9", "abc", "2.5"])
def test_a_bad_width_is_refused_in_place(make: Maker, text: str) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    before = store.document
    field = inspector.network.layers.lines[1].width_field.field
    enter(field.entry, text)
    assert store.document is before
    assert field.message.isVisible()


def test_widths_of_input_and_output_belong_to_the_data(make: Maker) -> None:
    _, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    for line in (inspector.network.layers.lines[0], inspector.network.layers.lines[-1]):
        assert not line.width_field.field.entry.isEnabled()
        assert not line.width_field.more.isVisible()


def test_layers_are_added_moved_and_removed(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    layers = inspector.network.layers
    click(layers.add_button)
    assert widths(store) == (2, 4, 4, 1)
    assert len(layers.lines) == 4
    enter(layers.lines[2].width_field.field.entry, "7")
    layers.lines[2].width_field.field.entry.setFocus()
    QTest.keyClick(layers.lines[2], Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert widths(store) == (2, 7, 4, 1)
    menu = layers.lines[1].menu
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions()}
    assert not actions["Move towards the input"].isEnabled()
    actions["Remove this layer"].trigger()
    assert widths(store) == (2, 4, 1)
    assert len(layers.lines) == 3


def test_a_network_needs_no_hidden_layer(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    inspector.network.layers.remove(1)
    assert widths(store) == (2, 1)
    assert not inspector.network.layers.message.isVisible()
    inspector.network.layers.remove(1)
    assert widths(store) == (2, 1)
    assert inspector.network.layers.message.isVisible()


def test_an_output_activation_brings_its_loss(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    activation = inspector.network.layers.lines[2].activation
    assert activation is not None
    pick(activation, "tanh")
    assert store.experiment.architecture.output.activation == "tanh"
    assert store.experiment.loss == "half_squared"
    assert inspector.network.loss.value == "half_squared"


def test_softmax_stays_at_the_output(make: Maker) -> None:
    _, inspector = make(with_data(moons(), BundledData("iris")))
    inspector.tabs.setCurrentWidget(inspector.network)
    hidden = inspector.network.layers.lines[1].activation
    output = inspector.network.layers.lines[2].activation
    assert hidden is not None
    assert output is not None
    assert hidden.findData("softmax") == -1
    assert output.value == "softmax"


def test_losses_that_do_not_fit_say_why(make: Maker) -> None:
    _, inspector = make(by_hand())
    inspector.tabs.setCurrentWidget(inspector.network)
    loss = inspector.network.loss
    row = loss.findData("cross_entropy")
    assert not loss.model().flags(loss.model().index(row, 0)) & Qt.ItemFlag.ItemIsEnabled
    assert "Categorical cross-entropy" in loss.itemData(row, Qt.ItemDataRole.ToolTipRole)
    pick(loss, "mean_squared")


def test_biases_are_switched_for_all_layers(make: Maker) -> None:
    store, inspector = make(by_hand())
    inspector.tabs.setCurrentWidget(inspector.network)
    inspector.network.biases.click()
    assert all(layer.bias for layer in store.experiment.architecture.layers)
    layers = store.experiment.architecture.layers
    mixed = (replace(layers[0], bias=False), layers[1])
    store.edit_experiment(
        "Mixed",
        lambda e: replace(
            e,
            architecture=e.architecture.pruned(layers=mixed),
            initializer=Initializer(),
        ),
    )
    assert inspector.network.biases.checkState() == Qt.CheckState.PartiallyChecked


def test_randomizing_starts_again_with_other_weights(make: Maker) -> None:
    store, inspector = make(by_hand())
    inspector.tabs.setCurrentWidget(inspector.network)
    click(inspector.network.seed.dice)
    assert store.experiment.initializer.key == "xavier_uniform"
    weights = store.moment.state.parameters
    assert len(set(weights.tolist())) == 9
    assert store.undo_stack.count() == 1
    assert inspector.network.initializer.findData("values") == -1


def test_an_initializer_brings_its_settings(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    pick(inspector.network.initializer, "constant")
    assert set(inspector.network.settings.fields) == {"value"}
    enter(inspector.network.settings.fields["value"].entry, "0.25")
    first = store.experiment.architecture.layout.views(store.moment.state.parameters)[0]
    assert set(first.weights.ravel().tolist()) == {0.25}
    pick(inspector.network.initializer, "he_normal")
    assert not inspector.network.settings.isVisible()


def test_penalties_are_under_more(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.network)
    assert not inspector.network.l2.isVisible()
    inspector.network.more.header.click()
    enter(inspector.network.l2.entry, "0.01")
    assert store.experiment.penalty.l2 == 0.01
    enter(inspector.network.l1.entry, "-1")
    assert inspector.network.l1.message.isVisible()
    assert store.experiment.penalty.l1 == 0.0


# -------------------------------------------------------------------------------------- training


@pytest.mark.parametrize("key", list(OPTIMIZERS))
def test_every_optimizer_brings_formula_idea_and_numbers(make: Maker, key: str) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.training)
    if key != "adam":
        pick(inspector.training.optimizer, key)
    rule = OPTIMIZERS[key]
    assert store.experiment.optimizer.key == key
    assert len(inspector.training.formula.lines) == len(rule.latex)
    assert inspector.training.idea.text() == rule.idea
    shown = inspector.training.settings.fields | inspector.training.more_settings.fields
    assert set(shown) == {parameter.key for parameter in rule.hyperparameters}
    for parameter in rule.hyperparameters:
        assert shown[parameter.key].value == parameter.default


def test_a_hyperparameter_is_checked_by_the_engine(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.training)
    field = inspector.training.settings.fields["beta_1"]
    enter(field.entry, "0.5")
    assert store.experiment.optimizer.hyperparameters["beta_1"] == 0.5
    enter(field.entry, "1.5")
    assert field.message.isVisible()
    assert store.experiment.optimizer.hyperparameters["beta_1"] == 0.5


def test_numbers_of_the_same_name_survive_a_change_of_optimizer(make: Maker) -> None:
    store, inspector = make(moons(optimizer=Optimizer("adam", (("beta_1", 0.5),))))
    inspector.tabs.setCurrentWidget(inspector.training)
    pick(inspector.training.optimizer, "adamw")
    assert store.experiment.optimizer.hyperparameters["beta_1"] == 0.5
    pick(inspector.training.optimizer, "gradient_descent")
    assert store.experiment.optimizer.settings == ()


def test_a_learning_rate_of_ones_own_is_left_alone(make: Maker) -> None:
    store, inspector = make(moons(learning_rate=0.02))
    inspector.tabs.setCurrentWidget(inspector.training)
    pick(inspector.training.optimizer, "rmsprop")
    assert not inspector.training.offer.isVisible()
    assert store.experiment.learning_rate == 0.02


def test_the_default_learning_rate_gets_an_offer(make: Maker) -> None:
    store, inspector = make(moons(learning_rate=0.001))
    inspector.tabs.setCurrentWidget(inspector.training)
    pick(inspector.training.optimizer, "rmsprop")
    assert store.experiment.learning_rate == 0.001
    assert "RMSprop" in inspector.training.offer.text.text()
    click(inspector.training.offer.yes)
    assert store.experiment.learning_rate == 0.01
    assert not inspector.training.offer.isVisible()
    pick(inspector.training.optimizer, "adam")
    assert inspector.training.offer.isVisible()
    store.undo_stack.undo()
    assert not inspector.training.offer.isVisible()


def test_a_schedule_brings_its_settings_and_a_curve(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.training)
    training = inspector.training
    assert not training.sparkline.isVisible()
    pick(training.schedule, "step")
    assert training.sparkline.isVisible()
    enter(training.schedule_settings.fields["period"].entry, "50")
    assert training.sparkline.rate(49) == 0.01
    assert training.sparkline.rate(50) == 0.005
    enter(training.schedule_settings.fields["period"].entry, "2.5")
    assert training.schedule_settings.fields["period"].message.isVisible()
    assert store.experiment.schedule.hyperparameters["period"] == 50


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule("cosine", (("period", 100.0),)), 130),
        (Schedule("warm_up", (("period", 100.0),)), 130),
        (Schedule("step", (("period", 100.0),)), 400),
    ],
)
def test_a_curve_goes_as_far_as_there_is_something_to_see(
    schedule: Schedule, expected: int
) -> None:
    assert horizon(schedule) == expected


def test_an_exponential_curve_goes_down_far_enough() -> None:
    schedule = Schedule("exponential", (("gamma", 0.99),))
    assert schedule.factor(horizon(schedule)) < 0.25


def test_batches_go_from_one_sample_to_all(make: Maker) -> None:
    store, inspector = make(moons())
    inspector.tabs.setCurrentWidget(inspector.training)
    training = inspector.training
    samples = len(store.experiment.dataset.train)
    training.batch_size.slider.setFocus()
    key(training.batch_size.slider, Qt.Key.Key_End)
    assert store.experiment.batch_size == samples
    key(training.batch_size.slider, Qt.Key.Key_Home)
    assert store.experiment.batch_size == 1
    training.full_batch.click()
    assert store.experiment.batch_size is None
    assert not training.batch_size.isEnabled()
    enter(training.batch_size.field.entry, "0")
    training.full_batch.click()
    assert store.experiment.batch_size == 10


def test_one_sample_has_one_batch(make: Maker) -> None:
    _, inspector = make(by_hand())
    inspector.tabs.setCurrentWidget(inspector.training)
    assert not inspector.training.full_batch.isEnabled()
    assert not inspector.training.batch_size.isEnabled()


def test_at_most_six_controls_are_in_sight(make: Maker) -> None:
    for optimizer in OPTIMIZERS:
        for schedule in ("constant", "cosine"):
            experiment = moons(optimizer=Optimizer(optimizer), schedule=Schedule(schedule))
            _, inspector = make(experiment)
            inspector.tabs.setCurrentWidget(inspector.training)
            training = inspector.training
            fields = len(training.settings.fields) + len(training.schedule_settings.fields)
            assert fields + 3 <= 6, (optimizer, schedule)


# ------------------------------------------------------------------------------------- selection


def test_what_is_selected_takes_the_place_of_the_tabs(make: Maker) -> None:
    store, inspector = make(moons())
    for selection in (
        Selection("unit", (3, 0)),
        Selection("parameter", (1, 3)),
        Selection("layer", (1, 0)),
    ):
        store.look(selection=selection)
        assert inspector.panels[selection.kind].isVisible()
        assert not inspector.tabs.isVisible()
        click(inspector.back)
        assert store.view.selection is None
        assert inspector.tabs.isVisible()


def test_a_selection_that_is_gone_gives_the_tabs_back(make: Maker) -> None:
    store, inspector = make(moons())
    store.look(selection=Selection("unit", (6, 0)))
    assert inspector.panels["unit"].isVisible()
    inspector.network.layers.take()
    inspector.network.layers.lines[1].width_field._by(-1)
    assert inspector.tabs.isVisible()
    store.undo_stack.undo()
    assert inspector.panels["unit"].isVisible()


def test_escape_deselects(make: Maker) -> None:
    store, inspector = make(moons())
    store.look(selection=Selection("unit", (3, 0)))
    key(inspector.panels["unit"], Qt.Key.Key_Escape)
    assert store.view.selection is None


# ----------------------------------------------------------------------------- accessible, alive


def controls(inspector: Inspector) -> list[QWidget]:
    return [
        widget
        for widget in inspector.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and type(widget).__name__ not in ("QScrollArea", "QLineEdit", "QStackedWidget")
    ]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("state", [0, 1, 2, "unit", "parameter", "layer"])
def test_every_control_has_a_name_and_help(
    make: Maker, state: int | str, language: i18n.Language
) -> None:
    i18n.set_language(language)
    try:
        store, inspector = make(moons(schedule=Schedule("cosine")))
        targets = {"unit": (3, 0), "parameter": (1, 3), "layer": (1, 0)}
        if isinstance(state, int):
            inspector.tabs.setCurrentIndex(state)
            inspector.network.more.set_open(True)
            inspector.training.more.set_open(True)
        else:
            store.look(selection=Selection(state, targets[state]))
        found = controls(inspector)
        assert len(found) > 6
        for widget in found:
            name = widget.accessibleName() or getattr(widget, "text", lambda: "")()
            assert name, widget
            if type(widget).__name__ not in ("QTabBar", "QTabWidget", "ParameterList"):
                assert widget.toolTip(), name
    finally:
        i18n.set_language("en")


def test_hidden_pages_do_no_work(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    store, inspector = make(moons())
    calls: list[str] = []
    for name in ("data", "network", "training"):
        page = getattr(inspector, name)
        monkeypatch.setattr(page, "refresh", functools.partial(calls.append, name))
    store.edit_experiment("Seed", lambda e: replace(e, seed=5))
    store.move(Cursor(1, 5))
    assert calls == ["data"]
    inspector.tabs.setCurrentIndex(2)
    assert calls == ["data", "training"]


def test_a_large_network_is_edited_as_well(make: Maker) -> None:
    experiment = Experiment(
        BundledData("digits"),
        Architecture.dense((64, 32, 10), ("relu", "softmax")),
        loss="cross_entropy",
    )
    store, inspector = make(experiment)
    for index in range(3):
        inspector.tabs.setCurrentIndex(index)
    store.look(selection=Selection("unit", (65, 0)))
    assert inspector.panels["unit"].incoming.model().rowCount() == 64  # type: ignore[attr-defined]


def test_nothing_keeps_an_inspector_alive(qapp: QApplication) -> None:
    store = Store(document(moons()))
    player = Player(store)
    inspector = Inspector(store, player)
    inspector.show()
    qapp.processEvents()
    alive = weakref.ref(inspector)
    inspector.close()
    inspector.deleteLater()
    del inspector
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert alive() is None
    player.shut_down()
    store.deleteLater()
