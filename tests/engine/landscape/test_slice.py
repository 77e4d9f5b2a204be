from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import BundledData
from engine.descent import Optimizer, Schedule
from engine.landscape import (
    TABLE,
    AxesChoice,
    CancelledError,
    Request,
    learning_rate_curve,
    line,
    losses,
    losses_of,
    plane_for,
)
from engine.landscape import slice as slices
from engine.network import Architecture, Cut, Initializer, Vector
from engine.training import Experiment, Penalty, Training
from tests.engine.landscape.examples import by_hand, classifier, path_of, plane_of, states


def one_by_one(training: Training, networks: Vector) -> Vector:
    """The loss of each network, measured alone."""
    measures = [training.measure(network, "train") for network in networks]
    return np.array([measured.loss for measured in measures if measured is not None])


def assert_right(training: Training, kind: str, **choice: object) -> None:
    plane = plane_of(training, kind, **choice)
    through = path_of(training, 4)[3]
    x, y = plane.coordinates(through)
    xs, ys = np.linspace(x - 2.0, x + 1.0, 7), np.linspace(y - 1.0, y + 3.0, 5)
    grid = losses(training, plane, through, xs, ys)
    assert grid.shape == (5, 7)
    networks = np.array([plane.point(through, x, y) for y in ys for x in xs])
    expected = one_by_one(training, networks)
    assert grid.ravel() == pytest.approx(expected, rel=1e-12, abs=1e-14)
    assert losses_of(training, networks) == pytest.approx(expected, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("kind", TABLE)
@pytest.mark.parametrize(
    "activations",
    [
        ("tanh", "tanh", "sigmoid"),
        ("prelu", "prelu", "sigmoid"),
        ("relu", "elu", "sigmoid"),
        ("leaky_relu", "identity", "sigmoid"),
    ],
    ids="-".join,
)
def test_a_slice_holds_the_losses_of_single_networks(
    kind: str, activations: tuple[str, ...]
) -> None:
    assert_right(classifier(*activations), kind)


@pytest.mark.parametrize("layers", [(1, 2), (2, 3), (3, 1), (2, 1), (3, 2), (2, 2), (3, 3)])
def test_it_does_so_whichever_layers_vary(layers: tuple[int, int]) -> None:
    assert_right(classifier("prelu", "tanh", "sigmoid"), "layer_gradients", layers=layers)


def test_it_does_so_with_cut_connections() -> None:
    for kind in TABLE:
        assert_right(classifier(cut=(Cut((1, 3), 0.5), Cut((4, 9), 0.5))), kind)


@given(
    st.integers(1, 50_000),
    st.integers(100, 100_000),
    st.sampled_from(sorted(TABLE)),
)
def test_the_size_of_the_pieces_changes_nothing(block: int, store: int, kind: str) -> None:
    training = classifier()
    plane = plane_of(training, kind)
    through = training.initial().parameters
    xs, ys = np.linspace(-1.0, 1.0, 6), np.linspace(-1.0, 1.0, 4)
    whole = losses(training, plane, through, xs, ys)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "_BLOCK", block)
        patch.setattr(slices, "_STORE", store)
        pieces = losses(training, plane, through, xs, ys)
        networks = np.repeat(through[None], 5, axis=0)
        apart = losses_of(training, networks)
    assert pieces == pytest.approx(whole, rel=1e-12)
    assert apart == pytest.approx(losses_of(training, networks), rel=1e-12)


@pytest.mark.parametrize("kind", TABLE)
def test_the_slice_through_a_state_has_its_loss_at_its_coordinates(kind: str) -> None:
    training = classifier()
    plane = plane_of(training, kind)
    for state in states(training, 4):
        x, y = plane.coordinates(state.parameters)
        value = losses(training, plane, state.parameters, np.array([x]), np.array([y]))
        assert value[0, 0] == pytest.approx(state.loss, rel=1e-12)


@pytest.mark.parametrize("kind", TABLE)
def test_single_precision_is_good_enough_for_a_picture_that_moves(kind: str) -> None:
    training = classifier(samples=250)
    plane = plane_of(training, kind)
    through = training.initial().parameters
    x, y = plane.coordinates(through)
    xs, ys = np.linspace(x - 1.0, x + 1.0, 24), np.linspace(y - 1.0, y + 1.0, 24)
    exact = losses(training, plane, through, xs, ys)
    rough = losses(training, plane, through, xs, ys, float32=True)
    assert exact.dtype == np.float64
    assert np.abs(rough - exact).max() < 1e-5 * np.ptp(exact)


def test_a_picture_that_moves_may_take_a_part_of_the_samples_always_the_same() -> None:
    training = classifier(samples=250)
    plane = plane_of(training)
    through = training.initial().parameters
    axis = np.linspace(-1.0, 1.0, 3)
    part, again = (losses(training, plane, through, axis, axis, samples=60) for _ in range(2))
    whole = losses(training, plane, through, axis, axis)
    assert part.tobytes() == again.tobytes()
    assert not np.array_equal(part, whole)
    assert part == pytest.approx(whole, rel=0.3)
    everything = losses(training, plane, through, axis, axis, samples=10_000)
    assert everything.tobytes() == whole.tobytes()


@pytest.mark.parametrize("kind", TABLE)
def test_the_penalty_can_be_added(kind: str) -> None:
    training = classifier(penalty=Penalty(0.01, 0.1))
    plane = plane_of(training, kind)
    through = training.initial().parameters
    xs, ys = np.linspace(-1.0, 1.0, 3), np.linspace(-1.0, 1.0, 4)
    bare = losses(training, plane, through, xs, ys)
    full = losses(training, plane, through, xs, ys, penalty=True)
    expected = [[training.penalty(plane.point(through, x, y)) for x in xs] for y in ys]
    assert full - bare == pytest.approx(np.array(expected))


def test_overflow_is_kept_as_such_without_a_warning() -> None:
    training = by_hand()
    plane = plane_of(training)
    through = training.initial().parameters
    axis = np.array([0.0, 1e100, 1e300])
    values = losses(training, plane, through, axis, axis)
    assert values[0, 0] == 7200.0
    assert not np.isfinite(values[2, 2])
    assert not np.isfinite(losses_of(training, np.full((1, 9), 1e200))[0])


def test_nobody_waits_for_a_slice_that_is_not_wanted_any_more() -> None:
    training = classifier()
    plane = plane_of(training, "random")
    axis = np.linspace(-1.0, 1.0, 64)
    asked: list[bool] = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(CancelledError):
        losses(training, plane, training.initial().parameters, axis, axis, cancelled=cancelled)
    assert len(asked) == 3


def test_several_classes_with_softmax_are_right_too() -> None:
    training = Training(
        Experiment(
            BundledData("iris", standardize=True),
            Architecture.dense((4, 5, 3), ("relu", "softmax")),
            loss="cross_entropy",
        )
    )
    for kind in TABLE:
        assert_right(training, kind)


def test_squared_loss_behind_softmax_is_right_too() -> None:
    training = Training(
        Experiment(
            BundledData("iris", standardize=True),
            Architecture.dense((4, 5, 3), ("relu", "softmax")),
            loss="mean_squared",
        )
    )
    assert_right(training, "layer_gradients")


# --------------------------------------------------------------------------- one parameter, rates


def test_a_line_is_the_loss_as_a_function_of_one_parameter() -> None:
    training = by_hand()
    through = training.initial().parameters
    values = np.array([0.5, 1.0, -1.0])
    # ŷ = 180 + 40 (w¹₁₁ − 0.5)
    expected = 0.5 * (60.0 - (180.0 + 40.0 * (values - 0.5))) ** 2
    assert line(training, through, 0, values) == pytest.approx(expected)
    penalized = Training(replace(training.experiment, penalty=Penalty(l1=2.0)))
    added = line(penalized, through, 0, values, penalty=True) - expected
    assert added == pytest.approx(2.0 * (np.abs(values) + 2.5 + 3.0))


def test_the_figures_of_the_lesson_about_the_learning_rate() -> None:
    training = by_hand()
    start = training.initial()
    rates = np.array([0.0, 1e-5, 1 / 28800, 1 / 6000, 29 / 144000, 2e-4])
    curve = learning_rate_curve(training, start, rates)
    assert curve[0] == 7200.0
    assert curve[1] == pytest.approx(3225.137172, abs=1e-6)
    assert curve[2:4] == pytest.approx([0.0, 0.0], abs=1e-20)
    assert curve[4] == pytest.approx(7200.0)
    assert curve[5] == pytest.approx(6525.389, abs=1e-3)
    inside = learning_rate_curve(training, start, np.linspace(1e-7, 29 / 144000 * 0.999, 500))
    assert (inside < 7200.0).all()
    beyond = learning_rate_curve(training, start, np.linspace(29 / 144000 * 1.001, 1e-3, 100))
    assert (beyond > 7200.0).all()


@pytest.mark.parametrize("key", ["gradient_descent", "momentum", "adam", "adamw", "rmsprop"])
def test_a_learning_rate_curve_is_what_each_rate_leads_to(key: str) -> None:
    training = Training(
        replace(
            classifier(frozen=frozenset({(1, 3)})).experiment,
            optimizer=Optimizer(key),
            schedule=Schedule("exponential"),
        )
    )
    state = states(training, 8)[7]
    rates = np.array([1e-4, 0.02, 0.7])
    expected = []
    for rate in rates:
        other = Training(replace(training.experiment, learning_rate=float(rate)))
        expected.append(other.advance(other.state(state.parameters, like=state), 1).states[0].loss)
    assert learning_rate_curve(training, state, rates) == pytest.approx(expected, rel=1e-12)


def test_a_network_without_hidden_layers_has_its_slices_too() -> None:
    training = classifier("sigmoid", widths=(2, 1))
    zero = Training(
        replace(training.experiment, initializer=Initializer("constant", (("value", 0.0),)))
    )
    start = zero.initial()
    plane = plane_for(Request(zero, AxesChoice(), start.parameters))
    value = losses(zero, plane, start.parameters, np.zeros(1), np.zeros(1))
    assert value[0, 0] == pytest.approx(0.693147, abs=1e-6)
