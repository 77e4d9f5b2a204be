from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg

from engine.data import FixedData
from engine.errors import NablaError
from engine.landscape import TABLE, AxesChoice, Plane, Request, most_states, plane_for, project
from engine.landscape.components import principal_components, thinned
from engine.network import BIAS, Architecture, Cut, Initializer, Vector
from engine.training import Experiment, Training
from tests.engine.landscape.examples import by_hand, classifier, path_of, plane_of, states

FIRST_CUT = Cut((1, 3), 0.5)
"""The connection from the first input to the first hidden unit."""


def refusal(training: Training, kind: str, **choice: object) -> NablaError:
    with pytest.raises(NablaError) as caught:
        plane_of(training, kind, **choice)
    return caught.value


# ------------------------------------------------------------------------------------ all ways


@pytest.mark.parametrize("kind", TABLE)
def test_no_direction_touches_a_cut_connection(kind: str) -> None:
    training = classifier(cut=(FIRST_CUT,))
    plane = plane_of(training, kind)
    assert not plane.directions[:, list(training.experiment.architecture.cut_indices)].any()


@pytest.mark.parametrize("kind", TABLE)
def test_the_same_request_gives_the_same_bits(kind: str) -> None:
    first, second = (plane_of(classifier(), kind, seed=4) for _ in range(2))
    assert first.directions.tobytes() == second.directions.tobytes()
    assert first.origin.tobytes() == second.origin.tobytes()


@pytest.mark.parametrize("kind", TABLE)
def test_a_network_with_one_parameter_has_no_plane(kind: str) -> None:
    training = Training(
        Experiment(
            FixedData(((1.0,),), ((2.0,),)), Architecture.dense((1, 1), "identity", bias=False)
        )
    )
    assert refusal(training, kind).code == "landscape.one_parameter"


def test_an_unknown_way_is_refused() -> None:
    assert refusal(classifier(), "tea_leaves").code == "landscape.unknown_axes"


# ----------------------------------------------------------------------- gradients of two layers


def test_the_default_plane_holds_the_whole_path_of_backprop_by_hand() -> None:
    training = by_hand()
    start, *_, last = run = states(training, 21)
    path = np.array([state.parameters for state in run])
    plane = plane_for(Request(training, AxesChoice(), start.parameters))
    for state in (start, last):
        seen = project(training, plane, start, state, path)
        assert seen.exact is True
        assert seen.drawn_height == pytest.approx(seen.true_loss, rel=1e-9)
    assert plane.coordinates(path[0]) == pytest.approx([0.0, 0.0], abs=1e-15)
    # Descent goes downhill: both coordinates grow with every step.
    assert (np.diff(plane.coordinates(path), axis=0) > 0.0).all()


def test_no_other_way_shows_that_path_exactly() -> None:
    training = by_hand()
    run = states(training, 21)
    path = np.array([state.parameters for state in run])
    for kind in ("parameters", "random"):
        plane = plane_for(Request(training, AxesChoice(kind), path[0], path))
        seen = project(training, plane, run[0], run[20], path)
        assert seen.exact is False
        assert seen.path_distance == pytest.approx(seen.distance)
        assert seen.distance > 0.1


def test_gradient_axes_are_orthogonal_unit_vectors_against_the_gradient() -> None:
    training = classifier()
    start = training.initial()
    plane = plane_for(Request(training, AxesChoice(), start.parameters))
    assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2), abs=1e-15)
    step = 1e-6
    for direction in plane.directions:
        ahead, behind = (
            training.measure(start.parameters + sign * step * direction, "train")
            for sign in (1, -1)
        )
        assert ahead is not None
        assert behind is not None
        own = np.abs(direction) > 0.0
        slope = (ahead.loss - behind.loss) / (2 * step)
        _, back = training.passes(start.parameters, training.experiment.dataset.train)
        assert slope == pytest.approx(-np.linalg.norm(back.gradient[own]), rel=1e-6)
    slots = training.layout.slots
    assert not plane.directions[0, slots[0].alpha.stop :].any()
    assert not plane.directions[1, : slots[2].weights.start].any()


def test_the_layers_can_be_chosen() -> None:
    training = classifier()
    plane = plane_of(training, layers=(2, 1))
    assert [label.details["layer"] for label in plane.labels] == [2, 1]
    slots = training.layout.slots
    assert plane.directions[0, slots[1].weights].any()
    assert plane.directions[1, slots[0].weights].any()
    assert refusal(training, "layer_gradients", layers=(1, 4)).code == "landscape.no_such_layer"


def test_a_single_layer_shows_its_weights_against_its_biases() -> None:
    training = classifier("sigmoid", widths=(2, 1))
    plane = plane_of(training)
    assert not plane.directions[0, 2:].any()
    assert not plane.directions[1, :2].any()
    codes = [label.code for label in plane.labels]
    assert codes == ["landscape.axis.weight_gradient", "landscape.axis.bias_gradient"]


def test_a_single_layer_without_biases_shows_its_two_steepest_weights() -> None:
    training = Training(
        Experiment(
            FixedData(((1.0, 3.0, 2.0),), ((5.0,),)),
            Architecture.dense((3, 1), "identity", bias=False),
        )
    )
    plane = plane_of(training)
    assert [label.details["name"] for label in plane.labels] == ["w1_21", "w1_31"]
    assert plane.notes[0].code == "landscape.steepest_weights"


def test_a_zero_gradient_falls_back_on_scaling_the_layer_and_says_so() -> None:
    training = by_hand()
    solved = replace(training.experiment, initializer=Initializer("constant", (("value", 1.0),)))
    flat = Training(replace(solved, data=FixedData(((0.0, 0.0),), ((0.0,),))))
    plane = plane_of(flat)
    assert [note.code for note in plane.notes] == ["landscape.no_gradient"] * 2
    assert plane.directions[0, :6] == pytest.approx(np.full(6, 6**-0.5))
    zero = Training(
        replace(flat.experiment, initializer=Initializer("constant", (("value", 0.0),)))
    )
    assert plane_of(zero).directions[1, 6:] == pytest.approx(np.full(3, 3**-0.5))


def test_frozen_parameters_are_left_out_of_the_gradient_axes() -> None:
    frozen = frozenset({(1, 3)})
    training = classifier(frozen=frozen)
    index = training.experiment.architecture.index[1, 3]
    assert plane_of(training).directions[0, index] == 0.0
    layer = training.experiment.architecture.layer_keys(1)
    assert plane_of(classifier(frozen=layer)).directions[0, index] != 0.0


def test_a_layer_that_is_cut_off_has_no_axis() -> None:
    architecture = Architecture.dense((2, 3, 1), "identity", bias=False)
    cut = tuple(Cut(key, 1.0) for key in architecture.layer_keys(2))
    training = by_hand()
    cut_off = Training(replace(training.experiment, architecture=replace(architecture, cut=cut)))
    error = refusal(cut_off, "layer_gradients")
    assert (error.code, error.details) == ("landscape.nothing_to_vary", {"layer": 2})


# --------------------------------------------------------------------------------- two parameters


def test_coordinates_of_two_parameters_are_their_values() -> None:
    training = classifier()
    keys = ((BIAS, 4), (2, 5))
    plane = plane_of(training, "parameters", parameters=keys)
    index = training.experiment.architecture.index
    for vector in path_of(training, 4):
        x, y = plane.coordinates(vector)
        assert (x, y) == (vector[index[keys[0]]], vector[index[keys[1]]])
    assert [label.details["name"] for label in plane.labels] == ["b1_2", "w1_23"]


def test_parameters_left_out_are_the_steepest_weights_of_the_last_layer() -> None:
    training = classifier()
    plane = plane_of(training, "parameters")
    assert plane.notes[0].code == "landscape.default_weights"
    start = training.initial().parameters
    _, back = training.passes(start, training.experiment.dataset.train)
    last = training.layout.slots[-1].weights
    own = np.abs(back.gradient[last])
    steepest = last.start + np.argsort(-own)[:2]
    assert np.argmax(plane.directions, axis=1).tolist() == steepest.tolist()
    one = plane_of(training, "parameters", parameters=((1, 3),))
    assert one.labels[0].details["name"] == "w1_11"
    assert np.argmax(one.directions[1]) == steepest[0]
    assert not one.notes


def test_parameters_left_out_are_never_cut_and_have_a_gradient() -> None:
    architecture = classifier().experiment.architecture
    cut = tuple(Cut(key, 1.0) for key in architecture.layer_keys(3) if key[0] != BIAS)[1:]
    training = classifier(cut=cut)
    plane = plane_of(training, "parameters")
    kept = next(key for key in architecture.layer_keys(3) if key not in {c.key for c in cut})
    assert plane.directions[0, architecture.index[kept]] == 1.0
    assert str(plane.labels[1].details["name"]).startswith("w2_")


def test_parameters_that_make_no_plane_are_refused() -> None:
    training = classifier(cut=(FIRST_CUT,))
    same = ((2, 3), (2, 3))
    for keys, code in (
        (same, "landscape.same_parameter"),
        (((1, 3), (2, 3)), "landscape.cut_parameter"),
        (((1, 99), (2, 3)), "landscape.unknown_parameter"),
    ):
        assert refusal(training, "parameters", parameters=keys).code == code


# ------------------------------------------------------------------------------ random directions


def test_random_directions_have_the_norm_of_each_units_weights() -> None:
    training = classifier(cut=(FIRST_CUT,))
    plane = plane_of(training, "random")
    weights = training.initial().parameters
    for direction in plane.directions:
        for own, drawn in zip(
            training.layout.views(weights), training.layout.views(direction), strict=True
        ):
            expected = np.linalg.norm(own.weights, axis=0)
            assert np.linalg.norm(drawn.weights, axis=0) == pytest.approx(expected)
            assert drawn.bias is not None
            assert not drawn.bias.any()


def test_each_seed_gives_other_random_directions() -> None:
    first, second = (plane_of(classifier(), "random", seed=seed) for seed in (1, 2))
    assert not np.allclose(first.directions, second.directions)


def test_random_directions_of_zero_weights_have_length_one_and_say_so() -> None:
    training = classifier("sigmoid", widths=(2, 1))
    zero = Training(
        replace(training.experiment, initializer=Initializer("constant", (("value", 0.0),)))
    )
    plane = plane_of(zero, "random")
    assert plane.notes[0].code == "landscape.zero_weights"
    assert np.linalg.norm(plane.directions, axis=1) == pytest.approx([1.0, 1.0])


def test_a_tiny_network_draws_until_the_directions_differ() -> None:
    experiment = Experiment(
        FixedData(((1.0,),), ((2.0,),)), Architecture.dense((1, 1, 1), "identity", bias=False)
    )
    for seed in range(20):
        assert isinstance(plane_of(Training(experiment), "random", seed=seed), Plane)


# --------------------------------------------------------------------------- principal components


def test_principal_components_agree_with_the_covariance_of_the_path() -> None:
    path = path_of(classifier(), 60)
    found = principal_components(path)
    variances, vectors = scipy.linalg.eigh(np.cov(path.T))
    for number in range(2):
        expected = vectors[:, -1 - number]
        assert abs(found.directions[number] @ expected) == pytest.approx(1.0, abs=1e-9)
        share = variances[-1 - number] / variances.sum()
        assert found.explained[number] == pytest.approx(share, rel=1e-9)


def test_the_path_starts_at_the_origin_of_its_principal_components() -> None:
    training = classifier()
    path = path_of(training, 20)
    plane = plane_for(Request(training, AxesChoice("principal_components"), path[0], path))
    assert plane.coordinates(path[0]) == pytest.approx([0.0, 0.0], abs=1e-15)
    assert plane.explained is not None
    assert 0.0 < plane.explained[1] <= plane.explained[0] <= 1.0


def test_a_new_fit_keeps_the_signs_of_the_one_before() -> None:
    path = path_of(classifier(), 60)
    before = principal_components(path[:50])
    flipped: Vector = -before.directions
    assert before.directions.max(axis=1) == pytest.approx(np.abs(before.directions).max(axis=1))
    for previous in (before.directions, flipped):
        after = principal_components(path, previous)
        assert (np.einsum("ij,ij->i", after.directions, previous) > 0.0).all()


def test_principal_components_need_three_distinct_states() -> None:
    training = classifier()
    path = path_of(training, 3)[[0, 0, 1, 1, 1]]
    with pytest.raises(NablaError) as caught:
        plane_for(Request(training, AxesChoice("principal_components"), path[0], path))
    assert caught.value.code == "landscape.short_path"
    assert caught.value.details == {"states": 2, "needed": 3}
    enough = path_of(training, 3)
    plane = plane_for(Request(training, AxesChoice("principal_components"), path[0], enough))
    assert plane.holds(enough, enough[0])


def test_a_straight_path_gets_a_second_axis_downhill_across_it() -> None:
    training = classifier()
    start = training.initial().parameters
    along = np.ones_like(start)
    path = start + np.arange(5.0)[:, None] * along
    plane = plane_for(Request(training, AxesChoice("principal_components"), start, path))
    assert plane.notes[0].code == "landscape.straight_path"
    assert plane.directions @ plane.directions.T == pytest.approx(np.eye(2), abs=1e-12)
    assert plane.holds(path, start)


def test_a_long_path_is_thinned_between_its_ends() -> None:
    path = np.arange(30_000.0).reshape(5000, 6)
    few = thinned(path)
    assert len(few) == most_states(6) == 2000
    assert (few[0] == path[0]).all()
    assert (few[-1] == path[-1]).all()
    assert most_states(200_000) >= 3
