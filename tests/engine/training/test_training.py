"""The simulation: batches, epochs, learning rates, and the measures of a state."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import BundledData, FixedData, GeneratedData
from engine.descent import Optimizer, Schedule
from engine.errors import NablaError
from engine.network import Architecture, Initializer
from engine.timeline import Timeline
from engine.training import Experiment, Training, correct
from tests.engine.training.examples import by_hand, shuffled


class TestBatches:
    @given(st.integers(1, 40), st.integers(0, 1000))
    def test_an_epoch_uses_every_training_sample_once(self, size: int, seed: int) -> None:
        training = shuffled(batch_size=size, seed=seed, learning_rate=1e-6)
        state = training.initial()
        used: Counter[int] = Counter()
        for _ in range(2 * training.experiment.iterations_per_epoch):
            used.update(training.batch(state).tolist())
            state = training.advance(state, 1).states[0]
        assert used == dict.fromkeys(training.experiment.dataset.train.tolist(), 2)
        assert (state.epoch, state.position) == (2, 0)

    def test_the_last_batch_of_an_epoch_may_be_smaller(self) -> None:
        training = shuffled()
        states = [training.initial(), *training.advance(training.initial(), 9).states]
        sizes = [len(training.batch(state)) for state in states]
        assert sizes == [7, 7, 7, 7, 2] * 2

    def test_epoch_and_position_count_along(self) -> None:
        training = shuffled()
        states = [training.initial(), *training.advance(training.initial(), 6).states]
        assert [(state.epoch, state.position) for state in states] == [
            *((0, 0), (0, 7), (0, 14), (0, 21), (0, 28), (1, 0), (1, 7)),
        ]
        assert [state.iteration for state in states] == list(range(7))
        assert [state.updates for state in states] == list(range(7))

    def test_a_full_batch_takes_the_samples_in_their_order(self) -> None:
        training = shuffled(batch_size=None)
        state = training.advance(training.initial(), 3).states[-1]
        assert training.batch(state).tolist() == training.experiment.dataset.train.tolist()
        assert (state.epoch, state.position) == (3, 0)

    def test_held_out_samples_are_never_used(self) -> None:
        training = shuffled()
        assert not set(training.experiment.dataset.test) & set(training.experiment.dataset.train)
        state = training.initial()
        for _ in range(10):
            assert not set(training.batch(state)) & set(training.experiment.dataset.test)
            state = training.advance(state, 1).states[0]

    def test_a_batch_size_changed_in_the_middle_of_an_epoch_ends_it_soundly(self) -> None:
        state = shuffled().advance(shuffled().initial(), 3).states[-1]
        assert state.position == 21
        for size, epoch, position in ((4, 0, 25), (20, 1, 0), (None, 1, 0)):
            following = shuffled(batch_size=size).advance(state, 1).states[0]
            assert (following.epoch, following.position) == (epoch, position)


class TestMeasures:
    def test_the_loss_is_that_of_all_training_samples(self) -> None:
        training = shuffled()
        state = training.advance(training.initial(), 20).states[-1]
        dataset = training.experiment.dataset
        losses = [training.trace(state, int(row)).sample_loss for row in dataset.train]
        assert state.loss == pytest.approx(np.mean(losses), rel=1e-13)
        held_out = [training.trace(state, int(row)).sample_loss for row in dataset.test]
        assert state.test_loss == pytest.approx(np.mean(held_out), rel=1e-13)

    def test_the_batch_loss_is_that_before_the_update(self) -> None:
        training = shuffled(batch_size=None)
        start = training.initial()
        assert start.batch_loss is None
        following = training.advance(start, 1).states[0]
        assert following.batch_loss == pytest.approx(start.loss, rel=1e-14)
        assert following.loss != following.batch_loss

    def test_the_penalty_is_told_apart(self) -> None:
        from engine.training import Penalty

        assert shuffled(penalty=Penalty(l2=1.0)).initial().loss == shuffled().initial().loss

    def test_accuracy_is_the_share_that_is_right(self) -> None:
        training = shuffled()
        state = training.advance(training.initial(), 300).states[-1]
        dataset = training.experiment.dataset
        right = [
            (training.trace(state, int(row)).sample_forward.output[0, 0] > 0.5)
            == (dataset.targets[row, 0] > 0.5)
            for row in dataset.train
        ]
        assert state.accuracy == np.mean(right)
        assert state.accuracy is not None
        assert state.accuracy > 0.6

    def test_regression_has_no_accuracy_and_no_held_out_samples_no_measures(self) -> None:
        start = by_hand().initial()
        assert start.accuracy is None
        assert start.test is None
        assert start.test_loss is None
        assert start.test_accuracy is None

    def test_the_most_likely_class_counts(self) -> None:
        output = np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]])
        targets = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
        assert correct(output, targets).tolist() == [True, False]

    def test_half_is_not_enough_for_the_second_class(self) -> None:
        output = np.array([[0.5], [0.5], [0.51]])
        assert correct(output, np.array([[0.0], [1.0], [1.0]])).tolist() == [True, False, True]


class TestStates:
    def test_a_state_with_other_parameters_keeps_its_place(self) -> None:
        training = shuffled()
        state = training.advance(training.initial(), 12).states[-1]
        edited = training.state(state.parameters * 1.5, like=state)
        assert (edited.iteration, edited.epoch, edited.position) == (12, 2, 14)
        assert edited.updates == 12
        assert edited.memory is state.memory
        assert edited.loss != state.loss

    def test_the_given_array_is_copied(self) -> None:
        training = by_hand()
        given_parameters = np.ones(9)
        state = training.state(given_parameters)
        given_parameters[0] = 5.0
        assert state.parameters.tolist() == [1.0] * 9
        assert not state.parameters.flags.writeable

    def test_a_wrong_number_of_parameters_is_refused(self) -> None:
        with pytest.raises(NablaError) as caught:
            by_hand().state(np.ones(8))
        assert caught.value.code == "initializer.values_count"

    def test_size_in_memory_counts_the_optimizers_arrays(self) -> None:
        size = shuffled().layout.size * 8
        assert shuffled().initial().nbytes == 3 * size + 512

    def test_running_backward_in_time_is_left_to_the_timeline(self) -> None:
        training = shuffled()
        start = training.initial()
        training.advance(start, 5)
        assert start.iteration == 0
        assert start.parameters.tobytes() == training.initial().parameters.tobytes()


class TestLearningRate:
    def test_follows_the_schedule_of_iterations(self) -> None:
        training = by_hand(schedule=Schedule("warm_up", (("period", 4),)), learning_rate=8e-6)
        timeline = Timeline(training)
        rates = [training.learning_rate(timeline[i]) for i in range(5)]
        assert rates == [2e-6, 4e-6, 6e-6, 8e-6, 8e-6]
        step = (timeline[0].parameters - timeline[1].parameters) / training.gradient(timeline[0])
        np.testing.assert_allclose(step, 2e-6, rtol=1e-9)

    def test_a_new_memory_counts_updates_anew_while_the_schedule_goes_on(self) -> None:
        training = shuffled(schedule=Schedule("exponential", (("gamma", 0.5),)))
        state = training.advance(training.initial(), 3).states[-1]
        size = training.layout.size
        state = training.state(
            state.parameters, like=state, updates=0, memory=(np.zeros(size), np.zeros(size))
        )
        assert training.learning_rate(state) == 0.02 * 0.5**3
        following = training.advance(state, 1).states[0]
        # The first step of Adam is as long as the learning rate, by its correction for t = 1.
        moved = np.abs(following.parameters - state.parameters)
        np.testing.assert_allclose(moved, 0.02 * 0.5**3, rtol=1e-3)
        assert (following.iteration, following.updates) == (4, 1)

    def test_may_change_in_the_middle_of_a_run(self) -> None:
        timeline = Timeline(shuffled())
        fork = timeline.fork(at=10, simulation=shuffled(learning_rate=0.001))
        assert np.array_equal(fork[10].parameters, timeline[10].parameters)
        assert all(map(np.array_equal, fork[10].memory, timeline[10].memory))
        assert (fork[11].parameters != timeline[11].parameters).any()
        assert fork[11].memory[0].tobytes() == timeline[11].memory[0].tobytes()


def test_a_small_classifier_learns() -> None:
    training = Training(
        Experiment(
            GeneratedData("circles", samples=100, noise=0.05, seed=1),
            Architecture.dense((2, 8, 1), ("tanh", "sigmoid")),
            Initializer(seed=1),
            loss="binary_cross_entropy",
            learning_rate=1.0,
            batch_size=10,
        )
    )
    state = training.advance(training.initial(), 800).states[-1]
    assert state.test_accuracy is not None
    assert state.test_accuracy >= 0.9
    assert state.test_loss is not None
    assert state.test_loss < 0.3


def test_a_single_unit_fits_a_line_exactly() -> None:
    inputs = tuple((float(x),) for x in range(-3, 4))
    targets = tuple((2.0 * x[0] - 1.0,) for x in inputs)
    training = Training(
        Experiment(FixedData(inputs, targets), Architecture.dense((1, 1), "identity"))
    )
    state = training.advance(training.initial(), 400).states[-1]
    np.testing.assert_allclose(state.parameters, [2.0, -1.0], rtol=1e-10)


def test_handwritten_digits_are_told_in_ten_epochs() -> None:
    experiment = Experiment(
        BundledData("digits", standardize=True),
        Architecture.dense((64, 32, 10), ("relu", "softmax")),
        loss="cross_entropy",
        optimizer=Optimizer("adam"),
        learning_rate=0.01,
        batch_size=32,
    )
    training = Training(experiment)
    block = training.advance(training.initial(), 10 * experiment.iterations_per_epoch)
    accuracy = block.states[-1].test_accuracy
    assert accuracy is not None
    assert accuracy > 0.95
