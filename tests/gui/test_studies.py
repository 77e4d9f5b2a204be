"""From the network lab to the calculus labs, and back with one undo."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.data import GeneratedData
from engine.errors import NablaError
from engine.expression import differentiate, parse
from engine.landscape import losses_of
from engine.network import Architecture
from engine.session import Document, Selection
from engine.session.slots import SurfaceSlot, slot_from_json, slot_to_json
from engine.training import Experiment
from engine.training.formula import loss_formula
from gui import i18n
from gui.app import first_document, make_application
from gui.inspectors.surface_lab import SurfaceInspector
from gui.main_window import MainWindow
from gui.state.store import Store
from gui.views import guard
from gui.views.surface_lab_study import study_of
from gui.views.surface_panel import SurfacePanel


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    make_application()
    guard.forget()
    window = MainWindow(Store(first_document()))
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.store.undo_stack.setClean()
    window.close()
    assert guard.failures == []
    window.deleteLater()
    i18n.set_language("en")


def test_the_loss_surface_is_studied_at_the_ball(window: MainWindow) -> None:
    window.store.look(lab="network")
    window.study_surface()
    assert window.lab.key == "surface"
    study = study_of(window.store.document)
    assert study.subject.expression is None
    training = window.store.moment.segment.training
    state = window.store.moment.state
    assert study.value == pytest.approx(state.loss, rel=1e-9)
    plane = np.array(window.store.document.surface.plane).reshape(3, -1)
    gradient = plane[1:] @ training.gradient(state)
    assert study.slopes == pytest.approx(tuple(gradient), rel=1e-9)
    for view in (*window.lab.views, window.lab.derivation):
        view.grab()
        view.table()
    assert window.labs["surface"].player.count == 0  # type: ignore[attr-defined]
    window.store.undo_stack.undo()
    assert window.lab.key == "network"


def test_a_slice_whose_run_is_gone_gives_way_to_the_formula(window: MainWindow) -> None:
    window.study_surface()
    window.store.edit_slot("", "surface", run=77)
    assert study_of(window.store.document).subject.expression is not None


def test_typing_a_function_leaves_the_slice(window: MainWindow) -> None:
    from gui.views.surface_lab_intents import Intents

    window.study_surface()
    Intents(window.store).type("x y")
    assert study_of(window.store.document).subject.expression is not None
    assert window.store.document.surface.plane == ()


def test_the_menus_of_surface_and_weight_lead_to_the_labs(window: MainWindow) -> None:
    window.store.look(lab="network")
    surface, canvas = window.network.view("surface"), window.network.view("network")
    assert isinstance(surface, SurfacePanel)
    surface.source.now()
    menu = surface.contour.menu()
    next(action for action in menu.actions() if action.text() == "Study this surface").trigger()
    assert window.lab.key == "surface"
    slot = window.store.document.surface
    stored = json.loads(json.dumps(slot_to_json(slot)))
    assert slot_from_json(SurfaceSlot, "surface", stored) == slot
    window.store.look(lab="network")
    key = window.store.experiment.architecture.keys[-1]
    window.store.look(selection=Selection("parameter", key))
    menu = canvas.menu()
    next(action for action in menu.actions() if action.text() == "Study this derivative").trigger()
    assert window.lab.key == "derivative"


def test_a_button_leads_back_to_the_formula(window: MainWindow, qtbot: QtBot) -> None:
    window.study_surface()
    inspector = window.lab.inspector
    assert isinstance(inspector, SurfaceInspector)
    qtbot.waitUntil(inspector.leave.isVisible)
    inspector.leave.click()
    study = study_of(window.store.document)
    assert (study.point, study.slopes) == ((1.0, 2.0), (8.0, 1.0))
    assert inspector.expression.isVisible()


def test_the_loss_of_one_weight_is_a_formula_in_the_derivative_lab(window: MainWindow) -> None:
    window.store.look(lab="network")
    key = window.store.experiment.architecture.keys[0]
    window.store.look(selection=Selection("parameter", key))
    window.study_derivative()
    assert window.lab.key == "derivative"
    slot = window.store.document.derivative
    assert slot.point == 0.5
    loss = parse(slot.expression)
    assert loss(w=0.5) == pytest.approx(7200.0)
    assert differentiate(loss, "w").result(w=0.5) == pytest.approx(4800.0)


def test_without_a_weight_there_is_nothing_to_derive_by(window: MainWindow) -> None:
    refused: list[NablaError] = []
    window.store.refused.connect(refused.append)
    window.store.look(selection=None)
    window.study_derivative()
    assert [error.code for error in refused] == ["study.no_weight"]


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "leaky_relu", "prelu", "elu"])
@pytest.mark.parametrize("loss", ["half_squared", "mean_squared"])
def test_the_formula_of_a_weight_is_the_loss(activation: str, loss: str) -> None:
    experiment = Experiment(
        GeneratedData("sine", samples=12, noise=0.1),
        Architecture.dense((1, 3, 1), (activation, "identity")),
        loss=loss,
    )
    document = Document.of(experiment)
    training, state = document.segment.training, document.segment.state
    rows = [int(row) for row in experiment.dataset.train][:2]
    names = training.layout.names
    for index, name in enumerate(names):
        if name.startswith("alpha"):
            with pytest.raises(NablaError):
                loss_formula(training, state.parameters, index, rows)
            continue
        formula = parse(loss_formula(training, state.parameters, index, rows))
        values = np.linspace(-2.0, 2.0, 9)
        networks = np.repeat(state.parameters[None], len(values), axis=0)
        networks[:, index] = values
        from engine.network import forward, sample_losses

        inputs, targets = experiment.dataset.inputs[rows], experiment.dataset.targets[rows]
        passed = forward(experiment.architecture, networks, inputs)
        true = sample_losses(experiment.loss_function, passed, targets).mean(axis=-1)
        assert formula(w=values) == pytest.approx(true, rel=1e-6, abs=1e-8), name


def test_classes_have_a_formula_with_logarithms() -> None:
    experiment = Experiment(
        GeneratedData("circles", samples=20, noise=0.1),
        Architecture.dense((2, 3, 1), ("tanh", "sigmoid")),
        loss="binary_cross_entropy",
    )
    document = Document.of(experiment)
    training, state = document.segment.training, document.segment.state
    row = int(experiment.dataset.train[0])
    formula = parse(loss_formula(training, state.parameters, 0, [row]))
    assert "ln" in str(formula)
    whole = losses_of(training, state.parameters[None])
    assert np.isfinite(whole).all()
    assert formula(w=float(state.parameters[0])) > 0.0
