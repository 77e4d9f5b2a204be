"""The figures of the lessons, recomputed by the engine."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from engine.data import FixedData, GeneratedData
from engine.network import Architecture, Initializer
from engine.numbers import exact, shown
from engine.timeline import EndOfRunError, Timeline
from engine.training import Experiment, Training
from tests.engine.training.examples import by_hand


def named(training: Training, vector: object) -> dict[str, float]:
    return dict(zip(training.layout.names, np.asarray(vector).tolist(), strict=True))


class TestBackpropByHand:
    def test_forward(self) -> None:
        training = by_hand()
        trace = training.trace(training.initial())
        assert trace.sample_forward.activations[1].tolist() == [[60.0, 60.0, 60.0]]
        assert trace.sample_forward.output.tolist() == [[180.0]]
        assert trace.sample_loss == trace.batch_loss == training.initial().loss == 7200.0

    def test_backward(self) -> None:
        training = by_hand()
        trace = training.trace(training.initial())
        assert trace.sample_backward.errors[-1].tolist() == [[120.0]]
        gradient = named(training, trace.gradient)
        assert [gradient[f"w2_{j}1"] for j in (1, 2, 3)] == [7200.0] * 3
        assert [gradient[f"w1_1{j}"] for j in (1, 2, 3)] == [4800.0] * 3
        assert [gradient[f"w1_2{j}"] for j in (1, 2, 3)] == [9600.0] * 3

    def test_update(self) -> None:
        training = by_hand()
        weights = named(training, Timeline(training)[1].parameters)
        assert {shown(weights[f"w2_{j}1"]) for j in (1, 2, 3)} == {"0.928"}
        assert {shown(weights[f"w1_1{j}"]) for j in (1, 2, 3)} == {"0.452"}
        assert {shown(weights[f"w1_2{j}"]) for j in (1, 2, 3)} == {"0.404"}

    def test_the_loss_after_one_step(self) -> None:
        training = by_hand()
        timeline = Timeline(training)
        passed = training.trace(timeline[1]).sample_forward
        assert passed.activations[1][0].tolist() == pytest.approx([50.4] * 3, rel=1e-15)
        assert passed.output[0, 0] == pytest.approx(140.3136, rel=1e-15)
        # ½ (140.3136 − 60)², exactly.
        assert timeline[1].loss == pytest.approx(float(Fraction(803136, 10**4) ** 2 / 2), rel=1e-14)
        assert shown(timeline[1].loss, 10) == "3225.137172"
        assert timeline[1].batch_loss == 7200.0
        assert exact(timeline[0].loss) == "7200"
        assert exact(timeline[1].loss).startswith("3225.137")

    def test_the_hidden_neurons_stay_equal(self) -> None:
        training = by_hand()
        first = training.layout.views(Timeline(training)[50].parameters)[0]
        assert (first.weights == first.weights[:, :1]).all()


class TestNeuronByNeuron:
    EXPERIMENT = Experiment(
        FixedData(inputs=((1.0, 0.5),), targets=((1.0,),)),
        Architecture.dense((2, 3, 2, 1), "sigmoid", bias=False),
        Initializer(
            "values",
            values=(0.2, -0.5, 0.1, 0.4, 0.3, -0.2, 0.6, 0.2, -0.1, 0.5, 0.3, -0.4, 0.7, -0.3),
        ),
        loss="half_squared",
        learning_rate=0.5,
    )

    def test_the_error_goes_back_neuron_by_neuron(self) -> None:
        training = Training(self.EXPERIMENT)
        trace = training.trace(training.initial())
        assert shown(trace.sample_forward.output[0, 0]) == "0.567325"
        # This lesson's δ is target − y, carried back: the engine's ∂L/∂a with the other sign.
        back = [-errors[0] for errors in trace.sample_backward.errors]
        assert shown(back[2][0]) == "0.432675"
        assert [f"{delta:.6f}" for delta in back[1]] == ["0.074345", "-0.031862"]
        assert f"{back[0][0]:.6f}" == "0.008976"

    def test_the_weights_move_and_the_loss_falls(self) -> None:
        training = Training(self.EXPERIMENT)
        timeline = Timeline(training)
        weights = named(training, timeline[1].parameters)
        assert f"{weights['w3_11']:.6f}" == "0.732652"
        assert f"{weights['w1_11']:.6f}" == "0.201078"
        assert f"{timeline[0].loss:.6f}" == "0.093604"
        assert f"{timeline[1].loss:.6f}" == "0.089772"

    def test_without_the_slope_a_step_comes_out_far_too_large(self) -> None:
        right, wrong = (
            named(training, training.gradient(training.initial()))
            for training in (
                Training(self.EXPERIMENT),
                Training(replace(self.EXPERIMENT, error_without_slope=True)),
            )
        )
        assert f"{wrong['w1_11'] / right['w1_11']:.2f}" == "17.35"
        # Nothing lies between the output and its own weights.
        assert wrong["w3_11"] == right["w3_11"]
        assert wrong["w3_21"] == right["w3_21"]

    def test_without_the_slope_the_gradient_check_fails(self) -> None:
        for without, agrees in ((False, True), (True, False)):
            training = Training(replace(self.EXPERIMENT, error_without_slope=without))
            start = training.initial()
            shifts = 1e-5 * np.eye(training.layout.size)
            differences = [
                (
                    training.state(start.parameters + shift).loss
                    - training.state(start.parameters - shift).loss
                )
                / 2e-5
                for shift in shifts
            ]
            error = np.abs(training.gradient(start) - differences).max()
            assert (error < 1e-9) == agrees


class TestLearningRate:
    def after_one_step(self, learning_rate: float) -> float:
        return Timeline(by_hand(learning_rate=learning_rate))[1].loss

    def test_two_rates_lead_to_zero_at_once(self) -> None:
        assert self.after_one_step(1 / 28800) == pytest.approx(0.0, abs=1e-20)
        assert self.after_one_step(1 / 6000) == pytest.approx(0.0, abs=1e-20)

    def test_one_step_helps_up_to_a_limit(self) -> None:
        limit = 29 / 144000
        assert self.after_one_step(limit) == pytest.approx(7200.0, rel=1e-9)
        assert self.after_one_step(limit * 0.999) < 7200.0 < self.after_one_step(limit * 1.001)

    def test_helping_once_is_not_converging(self) -> None:
        timeline = Timeline(by_hand(learning_rate=2e-4))
        with pytest.raises(EndOfRunError) as caught:
            timeline[1000]
        losses = [state.loss for state in timeline]
        assert losses[0] == 7200.0
        assert f"{losses[1]:.3f}" == "6525.389"
        assert f"{losses[2]:.1f}" == "105139.6"
        assert losses[1:] == sorted(losses[1:])
        assert all(math.isfinite(loss) for loss in losses)
        stop = caught.value.stop
        assert stop.code == "training.diverged"
        assert stop.iteration == timeline.newest == len(losses) - 1
        assert stop.details["overflow_iteration"] == stop.iteration + 1
        # Sums and errors are still finite there; it is the square that overflows.
        assert stop.details["operation"] == "next_loss"
        assert (stop.details["layer"], stop.details["unit"]) == (2, 0)

    def test_the_divergence_is_that_of_a_plain_recursion(self) -> None:
        """By symmetry three numbers tell all: p and q into each hidden neuron, v out of it."""
        timeline = Timeline(by_hand(learning_rate=2e-4))
        with pytest.raises(EndOfRunError):
            timeline[1000]
        largest = Fraction(sys.float_info.max)
        rate = Fraction(2, 10**4)
        p, q, v = Fraction(1, 2), Fraction(1, 2), Fraction(1)
        for state in [*timeline, None]:
            hidden = 40 * p + 80 * q
            error = 3 * v * hidden - 60
            loss = error**2 / 2
            if state is None:
                assert abs(error) < largest < loss
            else:
                assert state.loss == pytest.approx(float(loss), rel=1e-9)
            p, q, v = (
                p - rate * error * v * 40,
                q - rate * error * v * 80,
                v - rate * error * hidden,
            )


class TestLogisticRegression:
    TRAINING = Training(
        Experiment(
            GeneratedData("gaussians", samples=80, seed=1, test_share=0.25),
            Architecture.dense((2, 1), "sigmoid"),
            Initializer("constant", (("value", 0.0),)),
            loss="binary_cross_entropy",
            learning_rate=0.5,
        )
    )

    def test_the_first_cost_is_the_logarithm_of_two(self) -> None:
        start = self.TRAINING.initial()
        assert start.loss == pytest.approx(math.log(2), rel=1e-15)
        assert shown(start.loss) == "0.693147"

    def test_the_gradient_is_the_mean_of_error_times_input(self) -> None:
        dataset = self.TRAINING.experiment.dataset
        x, y = dataset.inputs[dataset.train], dataset.targets[dataset.train]
        error = 0.5 - y
        expected = [*(error * x).mean(axis=0), error.mean()]
        gradient = self.TRAINING.gradient(self.TRAINING.initial())
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-16)

    def test_the_line_turns_while_the_cost_falls(self) -> None:
        timeline = Timeline(self.TRAINING)
        losses = [timeline[i].loss for i in range(0, 60, 10)]
        assert losses == sorted(losses, reverse=True)
        accuracy = timeline[60].accuracy
        assert accuracy is not None
        assert accuracy > 0.9
