"""Edits lead from one document to the next, and lose nothing that survives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.data import GeneratedData
from engine.descent import Optimizer
from engine.errors import NablaError
from engine.network import Architecture, Cut
from engine.network.architecture import Layer
from engine.session import Cursor, Document, History, edits, moment
from engine.training import TrainingState
from tests.experiments import by_hand, document, moons


def trained(history: History, until: int, at: int) -> tuple[Document, TrainingState]:
    """A document whose run has come to ``until``, with the cursor at ``at``."""
    start = document(moons())
    run = replace(start.active, newest=until)
    history.state(run, until)
    moved = replace(start.with_run(run), cursor=Cursor(run.id, at))
    return moved, history.state(run, at)


def test_an_edit_at_the_newest_state_adds_a_segment_to_the_run() -> None:
    history = History()
    before, state = trained(history, 20, 20)
    after = edits.change_experiment(before, state, replace(before.experiment, learning_rate=0.5))
    assert len(after.runs) == 1
    assert [segment.start for segment in after.active.segments] == [0, 20]
    assert np.array_equal(history.state(after.active, 20).parameters, state.parameters)
    assert history.state(after.active, 19) is history.state(before.active, 19)


def test_an_edit_in_the_past_starts_a_run_that_shares_the_prefix() -> None:
    history = History()
    before, state = trained(history, 20, 7)
    after = edits.change_experiment(before, state, replace(before.experiment, learning_rate=0.5))
    first, second = after.runs
    assert first is before.active
    assert after.cursor == Cursor(second.id, 7)
    assert second.newest == 7
    assert second.colour != first.colour
    assert history.state(second, 5) is history.state(first, 5)
    assert not np.array_equal(
        history.state(second, 8).parameters, history.state(first, 8).parameters
    )


def test_two_edits_at_the_same_moment_leave_one_segment() -> None:
    history = History()
    before, state = trained(history, 5, 5)
    once = edits.change_experiment(before, state, replace(before.experiment, learning_rate=0.5))
    twice = edits.change_experiment(
        once, moment(once, history).state, replace(once.experiment, learning_rate=0.25)
    )
    assert [segment.start for segment in twice.active.segments] == [0, 5]
    assert twice.experiment.learning_rate == 0.25


def test_optimizer_memory_survives_a_new_learning_rate_but_not_another_optimizer() -> None:
    history = History()
    before, state = trained(history, 5, 5)
    faster = edits.change_experiment(before, state, replace(before.experiment, learning_rate=0.5))
    kept = moment(faster, history).state
    assert all(map(np.array_equal, kept.memory, state.memory))
    assert kept.updates == state.updates
    other = edits.change_experiment(
        before, state, replace(before.experiment, optimizer=Optimizer("momentum"))
    )
    fresh = moment(other, history).state
    assert fresh.updates == 0
    assert not np.any(fresh.memory[0])


def test_what_survives_a_new_unit_keeps_weight_and_memory() -> None:
    history = History()
    before, state = trained(history, 9, 9)
    old = before.experiment.architecture
    hidden, output = old.layers
    wider = Architecture(
        old.inputs, (replace(hidden, units=(*hidden.units, 99)), output), old.cut, old.frozen
    )
    after = edits.change_experiment(before, state, replace(before.experiment, architecture=wider))
    new = moment(after, history).state
    for key, index in old.index.items():
        assert new.parameters[wider.index[key]] == state.parameters[index]
        for fresh, kept in zip(new.memory, state.memory, strict=True):
            assert fresh[wider.index[key]] == kept[index]
    assert new.parameters[wider.index[1, 99]] != 0.0


def test_a_joined_connection_gets_its_weight_back() -> None:
    history = History()
    before = document(by_hand())
    old = before.experiment.architecture
    key = old.keys[1]
    weight = float(moment(before, history).state.parameters[1])
    cut = edits.change_experiment(
        before,
        moment(before, history).state,
        replace(before.experiment, architecture=replace(old, cut=(Cut(key, weight),))),
    )
    state = history.state(replace(cut.active, newest=5), 5)
    assert state.parameters[1] == 0.0
    joined = edits.change_experiment(cut, moment(cut, history).state, before.experiment)
    assert moment(joined, history).state.parameters[1] == weight


def test_a_parameter_is_set_to_the_bit_and_nothing_else_changes() -> None:
    history = History()
    before, state = trained(history, 4, 4)
    wanted = state.parameters.copy()
    wanted[3] = 0.1 + 0.2
    after = edits.change_parameters(before, state, wanted)
    new = moment(after, history).state
    assert new.parameters[3] == 0.1 + 0.2
    assert all(map(np.array_equal, new.memory, state.memory))
    assert new.iteration == 4


def test_an_edit_that_changes_nothing_is_no_edit() -> None:
    before, state = trained(History(), 4, 2)
    assert edits.change_experiment(before, state, moons()) is before
    assert edits.change_parameters(before, state, state.parameters) is before


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_parameter_that_is_not_finite_is_refused(value: float) -> None:
    before, state = trained(History(), 1, 1)
    wanted = state.parameters.copy()
    wanted[0] = value
    with pytest.raises(NablaError, match=r"parameter\.not_finite"):
        edits.change_parameters(before, state, wanted)


def test_restart_goes_back_to_the_first_weights_of_the_same_run() -> None:
    history = History()
    before, _ = trained(history, 6, 6)
    after = edits.restart(before)
    assert after.cursor == Cursor(before.active.id, 0)
    assert after.active.newest == 0
    first = history.state(before.active, 0).parameters
    assert np.array_equal(history.state(after.active, 0).parameters, first)


def test_other_data_begin_a_new_epoch() -> None:
    before, state = trained(History(), 3, 3)
    assert state.position > 0
    other = replace(before.experiment, data=GeneratedData("moons", samples=60, seed=5))
    after = edits.change_experiment(before, state, other)
    assert after.segment.state.position == 0
    assert np.array_equal(after.segment.state.parameters, state.parameters)


def test_runs_are_renamed_duplicated_and_deleted_but_never_the_last() -> None:
    before, _ = trained(History(), 3, 3)
    named = edits.rename(before, 1, "  slow  ")
    assert named.active.name == "slow"
    two = edits.duplicate(named)
    assert two.active.newest == 0
    assert {run.colour for run in two.runs} == {0, 1}
    one = edits.delete(two, two.active.id)
    assert one.cursor == Cursor(1, 3)
    with pytest.raises(NablaError, match=r"run\.last_one"):
        edits.delete(one, 1)


def test_too_many_runs_are_refused() -> None:
    full = document()
    for _ in range(edits.MOST_RUNS - 1):
        full = edits.duplicate(full)
    with pytest.raises(NablaError, match=r"run\.too_many"):
        edits.duplicate(full)


def test_a_new_layer_between_keeps_the_weights_of_the_others() -> None:
    history = History()
    before, state = trained(history, 2, 2)
    old = before.experiment.architecture
    deeper = Architecture(old.inputs, (old.layers[0], Layer(7, (50, 51), "tanh"), old.layers[1]))
    after = edits.change_experiment(before, state, replace(before.experiment, architecture=deeper))
    new = moment(after, history).state
    for key in old.layer_keys(1):
        assert new.parameters[deeper.index[key]] == state.parameters[old.index[key]]
