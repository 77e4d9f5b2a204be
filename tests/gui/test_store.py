"""The store: one document, undoable edits, and a signal that says what changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from engine.errors import NablaError
from engine.session import Cursor, Selection
from gui.state.store import Aspect, Store
from tests.experiments import by_hand, document, moons


@pytest.fixture
def store(qapp: QApplication) -> Iterator[Store]:
    store = Store(document(by_hand()))
    yield store
    store.deleteLater()


def aspects_of(store: Store) -> list[Aspect]:
    seen: list[Aspect] = []
    store.changed.connect(seen.append)
    return seen


def test_an_edit_is_undone_and_redone_to_the_bit(store: Store) -> None:
    before = store.moment.state.parameters
    store.edit_parameter("Change weight", 0, 0.25)
    after = store.moment.state.parameters
    store.undo_stack.undo()
    assert np.array_equal(store.moment.state.parameters, before)
    store.undo_stack.redo()
    assert np.array_equal(store.moment.state.parameters, after)


def test_a_drag_makes_one_edit(store: Store) -> None:
    for value in (0.6, 0.7, 0.8):
        store.edit_parameter("Change weight", 0, value, merge_key="drag")
    store.end_merge()
    store.edit_parameter("Change weight", 0, 0.9, merge_key="drag")
    assert store.undo_stack.count() == 2
    store.undo_stack.undo()
    assert store.moment.state.parameters[0] == 0.8
    store.undo_stack.undo()
    assert store.moment.state.parameters[0] == 0.5


def test_a_drag_in_the_past_makes_one_run(store: Store) -> None:
    store.move(Cursor(1, 4))
    store.move(Cursor(1, 2))
    for value in (0.6, 0.7, 0.8):
        store.edit_parameter("Change weight", 0, value, merge_key="drag")
    assert len(store.document.runs) == 2
    store.undo_stack.undo()
    assert len(store.document.runs) == 1
    assert store.document.cursor == Cursor(1, 2)
    assert store.document.active.newest == 4


def test_stepping_is_not_on_the_undo_stack(store: Store) -> None:
    store.move(Cursor(1, 3))
    assert store.undo_stack.count() == 0
    assert not store.is_modified


def test_what_was_trained_after_an_edit_comes_back_with_redo(store: Store) -> None:
    store.edit_experiment("Learning rate", lambda e: replace(e, learning_rate=2e-5))
    store.move(Cursor(1, 9))
    store.undo_stack.undo()
    assert store.document.active.newest == 0
    store.undo_stack.redo()
    assert store.document.active.newest == 9
    assert store.document.cursor == Cursor(1, 9)


def test_view_settings_are_not_undone(store: Store) -> None:
    store.edit_parameter("Change weight", 0, 0.25)
    store.look(notation="signals")
    store.undo_stack.undo()
    assert store.view.notation == "signals"


def test_a_refused_edit_leaves_the_document_as_it_was(store: Store) -> None:
    refused: list[NablaError] = []
    store.refused.connect(refused.append)
    before = store.document
    assert not store.edit_experiment("Learning rate", lambda e: replace(e, learning_rate=-1.0))
    assert store.document is before
    assert refused[0].code == "learning_rate.out_of_bounds"
    assert store.undo_stack.count() == 0


def test_the_signal_says_what_changed(store: Store) -> None:
    seen = aspects_of(store)
    store.look(selection=Selection("parameter", (1, 3)))
    store.move(Cursor(1, 0, 3))
    store.edit_experiment("Learning rate", lambda e: replace(e, learning_rate=2e-5))
    assert seen[0] == Aspect.VIEW | Aspect.SELECTION
    assert seen[1] == Aspect.MOMENT
    assert Aspect.EXPERIMENT in seen[2]
    assert Aspect.RUNS in seen[2]


def test_the_moment_is_looked_up_once(store: Store) -> None:
    assert store.moment is store.moment


def test_moving_behind_the_end_of_a_diverging_run_stops_at_its_last_state(store: Store) -> None:
    store.edit_experiment("Learning rate", lambda e: replace(e, learning_rate=1.0))
    assert not store.move(Cursor(1, 5000))
    stop = store.history.stop(store.document.active)
    assert stop is not None
    assert store.document.cursor.iteration == stop.iteration
    assert np.isfinite(store.moment.state.loss)


def test_opening_another_document_empties_the_undo_stack(store: Store) -> None:
    store.edit_parameter("Change weight", 0, 0.25)
    seen = aspects_of(store)
    store.open(document(moons()))
    assert store.undo_stack.count() == 0
    assert seen == [Aspect.everything()]
    assert not store.is_modified
