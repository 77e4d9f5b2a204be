"""The player: any granularity, both ways, to the same bits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.kernels.backend import Backend, Status
from engine.session import Cursor
from engine.timeline import Block, Stop
from engine.training import Granularity, Training, TrainingState
from gui.state.player import Player
from gui.state.store import Store
from tests.experiments import by_hand, document, moons


@pytest.fixture
def lesson(qtbot: QtBot) -> Iterator[Player]:
    yield from _player(Store(document(by_hand())))


@pytest.fixture
def training(qtbot: QtBot) -> Iterator[Player]:
    yield from _player(Store(document(moons())))


def _player(store: Store) -> Iterator[Player]:
    player = Player(store, store)
    yield player
    player.shut_down()
    store.deleteLater()


def store_of(player: Player) -> Store:
    store = player.parent()
    assert isinstance(store, Store)
    return store


def cursor_of(player: Player) -> Cursor:
    return store_of(player).document.cursor


def test_fifteen_presses_make_an_iteration_of_2_3_1(lesson: Player) -> None:
    for press in range(1, 15):
        lesson.step()
        assert cursor_of(lesson) == Cursor(1, 0, press)
    lesson.step()
    assert cursor_of(lesson) == Cursor(1, 1)
    assert store_of(lesson).moment.state.loss == pytest.approx(3225.13717248, abs=1e-9)


def test_back_goes_through_the_same_places(lesson: Player) -> None:
    places = []
    for _ in range(40):
        places.append(cursor_of(lesson))
        lesson.step()
    for place in reversed(places):
        lesson.back()
        assert cursor_of(lesson) == place


def test_a_layer_at_a_time_takes_nine_presses(lesson: Player) -> None:
    store_of(lesson).look(granularity=Granularity.LAYER)
    presses = 0
    while cursor_of(lesson).iteration == 0:
        lesson.step()
        presses += 1
    # Two layers forward, loss, output error, error back, two gradients, two updates.
    assert presses == 9


def test_phases_end_after_forward_errors_gradients_and_updates(lesson: Player) -> None:
    ends = []
    while cursor_of(lesson).iteration == 0:
        lesson.finish_phase()
        ends.append(cursor_of(lesson).micro)
    assert ends == [4, 5, 9, 13, 0]


def test_an_epoch_is_as_many_iterations_as_there_are_batches(training: Player) -> None:
    store = store_of(training)
    batches = store.experiment.iterations_per_epoch
    store.look(granularity=Granularity.EPOCH)
    training.step()
    assert cursor_of(training).iteration == batches
    training.step()
    assert cursor_of(training).iteration == 2 * batches
    training.seek(batches + 2)
    training.back()
    assert cursor_of(training).iteration == batches
    training.back()
    assert cursor_of(training).iteration == 0


def test_a_granularity_that_is_not_offered_falls_back_to_the_next_finer(lesson: Player) -> None:
    store_of(lesson).look(granularity=Granularity.EPOCH)
    assert lesson.granularity is Granularity.BATCH


def test_a_step_back_and_forward_gives_the_same_bits(training: Player) -> None:
    store = store_of(training)
    training.seek(200)
    chance = random.Random(1)
    for _ in range(100):
        micro = chance.randrange(store.moment.trace.count)
        training.seek(chance.randrange(200), micro)
        before = store.moment
        training.step(Granularity.NEURON)
        training.back(Granularity.NEURON)
        assert store.document.cursor == before.document.cursor
        after = store.moment
        assert np.array_equal(after.state.parameters, before.state.parameters)
        assert all(map(np.array_equal, after.state.memory, before.state.memory))
        assert np.array_equal(after.trace.gradient, before.trace.gradient)
        assert np.array_equal(after.trace.rows, before.trace.rows)


def test_play_goes_on_by_itself_and_pause_holds(training: Player, qtbot: QtBot) -> None:
    store = store_of(training)
    store.look(granularity=Granularity.BATCH, speed=60.0)
    training.play()
    qtbot.waitUntil(lambda: cursor_of(training).iteration >= 3)
    training.pause()
    held = cursor_of(training)
    qtbot.wait(60)
    assert cursor_of(training) == held


def test_playing_as_fast_as_it_goes_gives_the_same_states(training: Player, qtbot: QtBot) -> None:
    store = store_of(training)
    store.look(speed=0.0)
    training.play()
    qtbot.waitUntil(lambda: cursor_of(training).iteration >= 300)
    training.pause()
    run = store.document.active
    fresh = run.segments[0].training
    state = fresh.advance(fresh.initial(), 250).states[-1]
    assert np.array_equal(store.history.state(run, 250).parameters, state.parameters)


@pytest.mark.parametrize("speed", [0.0, 500.0])
def test_a_diverging_run_stops_at_its_last_finite_state(
    lesson: Player, qtbot: QtBot, speed: float
) -> None:
    store = store_of(lesson)
    store.edit_experiment("η", lambda e: replace(e, learning_rate=2e-4))
    store.look(speed=speed, granularity=Granularity.BATCH)
    stops: list[Stop] = []
    lesson.stopped.connect(stops.append)
    lesson.play()
    qtbot.waitUntil(lambda: bool(stops))
    assert not lesson.is_playing
    assert stops[0].code == "training.diverged"
    assert cursor_of(lesson).iteration == stops[0].iteration
    assert np.isfinite(store.moment.state.loss)
    assert {"operation", "layer", "unit"} <= set(stops[0].details)


def test_an_edit_while_it_plays_takes_effect_at_once(training: Player, qtbot: QtBot) -> None:
    store = store_of(training)
    store.look(speed=0.0)
    training.play()
    qtbot.waitUntil(lambda: cursor_of(training).iteration >= 50)
    store.edit_experiment("η", lambda e: replace(e, learning_rate=0.05))
    changed_at = store.document.segment.start
    qtbot.waitUntil(lambda: cursor_of(training).iteration >= changed_at + 50)
    training.pause()
    assert store.experiment.learning_rate == 0.05
    assert len(store.document.runs) == 1


def test_home_and_end_go_to_the_ends(training: Player) -> None:
    training.seek(30)
    training.home()
    assert cursor_of(training) == Cursor(1, 0)
    training.end()
    assert cursor_of(training) == Cursor(1, 30)


class TestCompiledKernels:
    """Play at full speed goes on by compiled kernels, and waits where they are on their way."""

    @pytest.fixture
    def backend(self, monkeypatch: pytest.MonkeyPatch) -> Backend:
        backend = Backend()
        monkeypatch.setattr("gui.state.player.BACKEND", backend)
        return backend

    def test_play_waits_and_then_starts_by_itself(
        self, training: Player, qtbot: QtBot, backend: Backend
    ) -> None:
        waits: list[bool] = []
        training.waiting_changed.connect(waits.append)
        store_of(training).look(speed=0.0)
        backend.status = Status.COMPILING
        training.play()
        qtbot.wait(120)
        assert (training.is_playing, waits) == (True, [True])
        assert cursor_of(training).iteration == 0
        training.step()
        assert cursor_of(training) != Cursor(1), "stepping does not wait"
        backend.status = Status.FAILED
        qtbot.waitUntil(lambda: cursor_of(training).iteration > 10)
        assert waits == [True, False]

    def test_pause_ends_the_waiting(self, training: Player, backend: Backend) -> None:
        waits: list[bool] = []
        training.waiting_changed.connect(waits.append)
        store_of(training).look(speed=0.0)
        backend.status = Status.LOADING
        training.play()
        training.pause()
        assert waits == [True, False]
        assert not training.is_playing

    def test_slow_play_does_not_wait(
        self, training: Player, qtbot: QtBot, backend: Backend
    ) -> None:
        backend.status = Status.COMPILING
        store_of(training).look(speed=60.0, granularity=Granularity.BATCH)
        training.play()
        qtbot.waitUntil(lambda: cursor_of(training).iteration > 2)

    def test_a_run_goes_on_by_another_backend_in_a_segment_of_its_own(
        self, training: Player, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = store_of(training)
        training.seek(5)
        store.look(speed=0.0)
        monkeypatch.setattr("engine.session.edits.chosen_backend", lambda experiment: "compiled")
        monkeypatch.setattr("engine.training.training.Training.advance", reference_advance)
        training.play()
        qtbot.waitUntil(lambda: cursor_of(training).iteration > 20)
        training.pause()
        first, second = store.document.active.segments
        assert (first.training.backend, second.training.backend) == ("reference", "compiled")
        assert second.start == 5
        assert store.document.active.edits == (), "nobody has edited anything"
        assert store.undo_stack.count() == 0


ADVANCE = Training.advance


def reference_advance(training: Training, state: TrainingState, n: int) -> Block[TrainingState]:
    """What the compiled kernels would compute, to the last few bits."""
    return ADVANCE(Training(training.experiment, "reference"), state, n)
