"""A run that overflows stops at its last finite state and says where the first number was lost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from engine.data import FixedData
from engine.descent import Optimizer
from engine.network import Architecture, Initializer
from engine.timeline import EndOfRunError, Stop, Timeline
from engine.training import Experiment, Penalty, Training
from tests.engine.training.examples import by_hand, shuffled


def training_of(
    architecture: Architecture,
    values: tuple[float, ...],
    x: float = 1.0,
    target: float = 0.0,
    **changes: object,
) -> Training:
    """One sample with one input and one target."""
    experiment = Experiment(
        FixedData(((x,),), ((target,),)),
        architecture,
        Initializer("values", values=values),
        learning_rate=1e-3,
    )
    return Training(replace(experiment, **changes))  # type: ignore[arg-type]


def stop_of(training: Training) -> Stop:
    """Why the very first iteration fails."""
    block = training.advance(training.initial(), 3)
    assert list(block.states) == []
    assert block.stop is not None
    return block.stop


def place(stop: Stop) -> tuple[object, object, object]:
    return stop.details["operation"], stop.details["layer"], stop.details["unit"]


def chain(length: int, activation: str = "identity", bias: bool = False) -> Architecture:
    return Architecture.dense((1,) * (length + 1), activation, bias)


class TestTheFirstNumberThatIsLost:
    def test_a_sum_that_overflows(self) -> None:
        stop = stop_of(training_of(chain(3), (1e200, 1e200, 1.0)))
        assert place(stop) == ("pre_activation", 2, 1)

    def test_the_unit_in_its_layer(self) -> None:
        wide = Architecture.dense((1, 3, 1), "identity", bias=False)
        stop = stop_of(training_of(wide, (1.0, 2.0, 1e300, 0.0, 0.0, 0.0), x=1e9))
        assert place(stop) == ("pre_activation", 1, 3)

    def test_an_activation_that_overflows(self) -> None:
        architecture = chain(1, "prelu")
        stop = stop_of(training_of(architecture, (-1e200, 1e200)))
        assert place(stop) == ("activation", 1, 1)

    def test_a_square_that_overflows(self) -> None:
        stop = stop_of(training_of(chain(2), (1e100, 1e100)))
        assert place(stop) == ("loss", 2, 0)

    def test_an_error_on_its_way_back(self) -> None:
        # y = 0, so the loss is ½ · 1e200; the error 1e100 meets a weight of 1e250.
        stop = stop_of(training_of(chain(2), (0.0, 1e250), x=0.0, target=1e100))
        assert place(stop) == ("error", 1, 1)

    def test_a_gradient(self) -> None:
        # Both hidden neurons give 1e210 and cancel out; times the error, 1e100, it is too much.
        architecture = Architecture.dense((1, 2, 1), "identity", bias=False)
        values = (1e110, 1e110, 1.0, -1.0)
        stop = stop_of(training_of(architecture, values, x=1e100, target=1e100))
        assert place(stop) == ("gradient", 2, 1)

    def test_the_memory_of_an_optimizer(self) -> None:
        # g = 1e160 is finite, g² is not.
        stop = stop_of(
            training_of(chain(1), (0.0,), x=1e80, target=1e80, optimizer=Optimizer("rmsprop"))
        )
        assert place(stop) == ("memory", 1, 1)

    def test_an_update(self) -> None:
        training = training_of(
            chain(1), (1e306,), x=0.0, penalty=Penalty(l2=150.0), learning_rate=1000.0
        )
        assert place(stop_of(training)) == ("update", 1, 1)

    def test_a_bias_that_is_updated(self) -> None:
        training = Training(
            Experiment(
                FixedData(((0.0,),), ((0.0, 0.0),)),
                Architecture.dense((1, 2), "identity"),
                optimizer=Optimizer("momentum"),
                learning_rate=1000.0,
            )
        )
        velocity = np.array([0.0, 0.0, 0.0, 1e306])
        state = training.state(np.zeros(4), memory=(velocity,))
        block = training.advance(state, 1)
        assert block.stop is not None
        assert place(block.stop) == ("update", 1, 2)

    def test_the_loss_at_the_new_parameters(self) -> None:
        # The step is 1e156: everything before is finite, the next square is not.
        stop = stop_of(training_of(chain(1), (1e153,), learning_rate=1000.0))
        assert place(stop) == ("next_loss", 1, 0)

    def test_a_sum_at_the_new_parameters(self) -> None:
        """A deep chain: after one step each weight is harmless, but not their product."""
        training = training_of(chain(32), (1.0,) * 32, x=1.0, target=1e11, learning_rate=1.0)
        stop = stop_of(training)
        assert stop.details["operation"] == "pre_activation"
        assert stop.details["layer"] == math.ceil(308.25 / 11)


class TestTheRun:
    def test_stops_at_the_last_finite_state(self) -> None:
        timeline = Timeline(by_hand(learning_rate=1e-3))
        with pytest.raises(EndOfRunError) as caught:
            timeline[100]
        stop = caught.value.stop
        assert stop.code == "training.diverged"
        assert stop.iteration == timeline.newest
        assert stop.details["overflow_iteration"] == timeline.newest + 1
        assert all(np.isfinite(state.parameters).all() for state in timeline)
        assert all(math.isfinite(state.loss) for state in timeline)

    @pytest.mark.parametrize("penalty", [Penalty(), Penalty(1.0, 1.0)])
    def test_can_be_looked_at_where_it_stops_without_a_warning(self, penalty: Penalty) -> None:
        training = by_hand(learning_rate=1e-3, penalty=penalty)
        for state in [training.initial(), *training.advance(training.initial(), 100).states]:
            trace = training.trace(state)
            assert math.isfinite(trace.batch_loss)
            assert trace.parameters_at(trace.count).shape == (9,)
            assert training.penalty(state.parameters) >= 0.0
        assert not math.isfinite(training.state(trace.new_parameters).loss)

    def test_stops_at_the_same_place_whatever_the_block(self) -> None:
        training = by_hand(learning_rate=1e-3)
        whole = training.advance(training.initial(), 100)
        state = training.initial()
        while (block := training.advance(state, 1)).stop is None:
            state = block.states[-1]
        assert block.stop == whole.stop
        assert state.iteration == whole.states[-1].iteration

    @pytest.mark.parametrize("loss", ["half_squared", "mean_squared"])
    @pytest.mark.parametrize("hidden", ["relu", "elu", "leaky_relu", "prelu", "identity"])
    def test_no_state_of_it_has_an_infinite_loss(self, hidden: str, loss: str) -> None:
        architecture = Architecture.dense((2, 6, 6, 6, 1), (hidden, hidden, hidden, "identity"))
        for rate in (0.5, 3.0, 50.0, 1000.0):
            training = shuffled(
                architecture=architecture,
                loss=loss,
                optimizer=Optimizer(),
                learning_rate=rate,
                batch_size=3,
            )
            block = training.advance(training.initial(), 300)
            assert all(math.isfinite(state.loss) for state in block.states)
            assert block.stop is None or block.stop.iteration == len(block.states)

    def test_bounded_outputs_survive_a_learning_rate_far_too_high(self) -> None:
        architecture = Architecture.dense((2, 4, 2, 1), ("tanh", "sigmoid", "sigmoid"))
        training = shuffled(architecture=architecture, learning_rate=1000.0, optimizer=Optimizer())
        block = training.advance(training.initial(), 200)
        assert block.stop is None
        assert math.isfinite(block.states[-1].loss)

    def test_a_frozen_parameter_cannot_end_it(self) -> None:
        architecture = replace(chain(1, bias=True), frozen=frozenset({(1, 2)}))
        training = training_of(
            architecture, (0.0, 0.0), x=1e80, target=1e80, optimizer=Optimizer("rmsprop")
        )
        # The frozen weight's gradient is 1e160; its square would overflow.
        assert training.advance(training.initial(), 1).stop is None

    def test_an_edit_back_to_a_finite_state_goes_on(self) -> None:
        timeline = Timeline(by_hand(learning_rate=1e-3))
        with pytest.raises(EndOfRunError):
            timeline[100]
        fork = timeline.fork(at=2, simulation=by_hand(learning_rate=1e-8))
        assert fork[5].iteration == 5
        assert fork.stop is None
