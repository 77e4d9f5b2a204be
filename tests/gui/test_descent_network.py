"""Optimizers race on the network of the network lab, and one undo leads back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.data import GeneratedData
from engine.descent import Optimizer
from engine.descent.functions import TABLE
from engine.errors import NablaError
from engine.network import Architecture, Initializer
from engine.session import Cursor, Document
from engine.session.descent import study, study_of
from engine.session.runners import Runner
from engine.session.slots import DescentSlot, slot_from_json, slot_to_json
from engine.training import Experiment, Penalty, Training
from gui import i18n
from gui.app import first_document, make_application
from gui.inspectors.descent import NETWORK, OWN, DescentInspector
from gui.main_window import MainWindow
from gui.state.races import race_on_network
from gui.state.store import Store
from gui.views import guard
from gui.views.descent_intents import Intents
from gui.views.descent_stage import stage_of

EXPERIMENT = Experiment(
    GeneratedData("circles", 60, 0.1, 3, 0.25),
    Architecture.dense((2, 4, 1), activations=("tanh", "sigmoid")),
    Initializer("xavier_uniform", seed=5),
    "binary_cross_entropy",
    learning_rate=0.3,
    batch_size=16,
    seed=7,
)
RACERS = (
    Runner("gradient_descent", (), 0.3),
    Runner("adam", (), 0.05, colour=1),
)


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    make_application()
    guard.forget()
    window = MainWindow(Store(Document.of(EXPERIMENT)))
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.store.undo_stack.setClean()
    window.close()
    assert guard.failures == []
    window.deleteLater()
    i18n.set_language("en")


def raced(document: Document, iteration: int = 0) -> Store:
    make_application()
    store = Store(document)
    if iteration:
        store.move(Cursor(1, iteration))
    assert race_on_network(store)
    store.edit_slot("test", "descent", runners=RACERS)
    return store


def assert_like_training(store: Store, experiment: Experiment, begin: int) -> None:
    for number, runner in enumerate(RACERS):
        method = runner.method
        training = Training(
            replace(experiment, optimizer=method.optimizer, learning_rate=method.learning_rate)
        )
        moment = store.moment.state
        state = training.state(
            moment.parameters, iteration=begin, epoch=moment.epoch, position=moment.position
        )
        states = [state, *training.advance(state, 50).states]
        course = study_of(store.document).courses[number]
        course.reach(50)
        losses = [own.loss for own in states]
        np.testing.assert_allclose(course.values[:51], losses, rtol=0.0, atol=1e-12)


def test_each_runner_has_the_losses_of_a_training_with_its_optimizer() -> None:
    store = raced(Document.of(EXPERIMENT))
    assert_like_training(store, EXPERIMENT, 0)


def test_a_race_from_the_middle_takes_the_batches_that_follow() -> None:
    store = raced(Document.of(EXPERIMENT), 7)
    assert store.document.descent.iteration == 7
    assert_like_training(store, EXPERIMENT, 7)


def test_the_network_s_own_optimizer_is_the_first_runner() -> None:
    make_application()
    store = Store(Document.of(replace(EXPERIMENT, optimizer=Optimizer("adam"), learning_rate=0.01)))
    assert race_on_network(store)
    first, *others = store.document.descent.runners
    assert (first.optimizer, first.learning_rate) == ("adam", 0.01)
    assert {runner.optimizer for runner in others} == {"gradient_descent", "momentum"}


def test_paths_start_in_the_middle_of_the_slice_and_the_slice_is_the_loss() -> None:
    store = raced(Document.of(replace(EXPERIMENT, penalty=Penalty(0.01, 0.02))))
    own = study_of(store.document)
    own.reach(20)
    assert own.ground is not None
    for course in own.courses:
        assert course.points[0].tolist() == [0.0, 0.0]
        full = own.ground.objective.full(course.state(20).point)
        assert course.points[20] == pytest.approx(own.ground.plane.coordinates(full))
    heights = own.subject.objective.value(np.array([[0.0, 0.0], [0.3, -0.2]]))
    moved = np.array(own.ground.start((0.3, -0.2)))
    expected = own.ground.objective.value(np.array([own.origin, moved]))
    assert heights == pytest.approx(expected, rel=1e-12)
    here, nudge = np.array([0.1, 0.2]), 1e-6
    slope = own.subject.objective.gradient(here)
    steps = nudge * np.eye(2)
    objective = own.subject.objective
    rise = (objective.value(here + steps) - objective.value(here - steps)) / (2.0 * nudge)
    assert slope == pytest.approx(rise, rel=1e-5)


def test_the_menu_opens_the_lab_with_paths_and_undo_returns(window: MainWindow) -> None:
    window.store.look(lab="network")
    before = window.store.document.descent
    window.race_optimizers()
    assert window.lab.key == "descent"
    assert stage_of(window.store).study.ground is not None
    window.lab.player.seek(30)
    stage = stage_of(window.store)
    assert [lane.at for lane in stage.lanes] == [30, 30, 30]
    assert all(np.ptp(lane.past, axis=0).max() > 0.0 for lane in stage.lanes)
    for view in (*window.lab.exported_views, window.lab.derivation):
        view.grab()
        view.table()
    window.store.look_in("descent_lab", inside=True, micro=2, blindfold=True)
    assert not stage_of(window.store).is_blind
    for view in (*window.lab.exported_views, window.lab.derivation):
        view.grab()
    window.store.undo_stack.undo()
    assert window.lab.key == "network"
    assert window.store.document.descent == before


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_maps_and_blindfold_are_hidden_and_the_inspector_says_why(
    window: MainWindow, language: i18n.Language
) -> None:
    i18n.set_language(language)
    window.race_optimizers()
    inspector = window.lab.inspector
    assert isinstance(inspector, DescentInspector)
    assert window.lab.panels["descent_maps"].isHidden()
    assert "descent_maps" not in [view.key for view in window.lab.exported_views]
    assert inspector.blindfold.isHidden()
    assert inspector.expression.isHidden()
    word = {"en": "No maps and no blindfold", "zh_CN": "眼罩"}[language]
    assert word in inspector.idea.text()
    Intents(window.store).choose("bowl")
    assert not window.lab.panels["descent_maps"].isHidden()
    assert not inspector.blindfold.isHidden()


def test_the_list_of_functions_leads_to_a_formula_and_back(window: MainWindow) -> None:
    window.race_optimizers()
    inspector = window.lab.inspector
    assert isinstance(inspector, DescentInspector)
    inspector._choose(OWN)
    assert window.store.document.descent.plane == ()
    assert study_of(window.store.document).subject.expression is not None
    inspector._choose(NETWORK)
    assert study_of(window.store.document).ground is not None
    inspector._choose("rosenbrock")
    assert study_of(window.store.document).subject.function is TABLE["rosenbrock"]


def test_the_start_is_moved_within_the_slice() -> None:
    store = raced(Document.of(EXPERIMENT))
    Intents(store).move(0.5, -0.25)
    own = study_of(store.document)
    assert own.ground is not None
    assert own.courses[0].points[0] == pytest.approx([0.5, -0.25])
    assert own.courses[0].values[0] == own.ground.objective.value(np.array(own.origin))


def test_cut_and_frozen_parameters_stay_where_they_are() -> None:
    architecture = EXPERIMENT.architecture
    keys = architecture.keys
    held = replace(architecture, frozen=frozenset({keys[0], keys[-1]}))
    store = raced(Document.of(replace(EXPERIMENT, architecture=held)))
    own = study_of(store.document)
    assert own.ground is not None
    indices = list(held.frozen_indices)
    assert len(own.origin) == held.layout.size - 2
    assert not own.ground.plane.directions[:, indices].any()


def test_the_slot_is_saved_and_older_sessions_are_read() -> None:
    store = raced(Document.of(EXPERIMENT))
    slot = store.document.descent
    content = json.loads(json.dumps(slot_to_json(slot)))
    assert slot_from_json(DescentSlot, "descent", content) == slot
    for name in ("run", "iteration", "plane"):
        del content[name]
    old = slot_from_json(DescentSlot, "descent", content)
    assert old == replace(slot, run=0, iteration=0, plane=())


def test_a_race_whose_run_is_gone_gives_way_to_the_function() -> None:
    store = raced(first_document())
    store.edit_slot("", "descent", run=77)
    own = study_of(store.document)
    assert own.ground is None
    assert own.subject.function is TABLE[store.document.descent.function]


def test_a_plane_that_is_none_gives_way_to_the_function() -> None:
    store = raced(Document.of(EXPERIMENT))
    size = len(store.document.descent.plane)
    store.edit_slot("", "descent", plane=(0.0,) * size)
    assert study_of(store.document).ground is None
    assert study(store.document.descent).ground is None


def test_a_network_that_cannot_move_is_refused() -> None:
    make_application()
    architecture = EXPERIMENT.architecture
    store = Store(
        Document.of(
            replace(
                EXPERIMENT, architecture=replace(architecture, frozen=frozenset(architecture.keys))
            )
        )
    )
    refused: list[NablaError] = []
    store.refused.connect(refused.append)
    assert not race_on_network(store)
    assert [error.code for error in refused] == ["landscape.no_plane"]


def test_an_optimizer_that_cannot_take_so_many_parameters_is_refused() -> None:
    wide = Architecture.dense((2, 200, 1), activations=("tanh", "sigmoid"))
    store = raced(Document.of(replace(EXPERIMENT, architecture=wide)))
    refused: list[NablaError] = []
    store.refused.connect(refused.append)
    intents = Intents(store)
    intents.choose_optimizer("newton")
    assert [error.code for error in refused] == ["descent.too_many_dimensions"]
    assert store.document.descent.runners == RACERS
    for _ in range(9):
        intents.add()
    assert study_of(store.document).ground is not None
