"""After an edit the parts of an experiment still go together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.data import BundledData, FixedData
from engine.network import Architecture, Initializer
from engine.network.activations import TABLE as ACTIVATIONS
from engine.network.losses import TABLE as LOSSES
from engine.network.topology import adapt, add_unit, remove_unit, set_activation
from engine.training import Experiment
from engine.training.fitting import fitting_loss, fitting_output, loss_fits, with_architecture

BY_HAND = Experiment(
    FixedData(inputs=((40.0, 80.0),), targets=((60.0,),), task="regression"),
    Architecture.dense((2, 3, 1), "identity", bias=False),
    Initializer("values", values=(0.5,) * 6 + (1.0,) * 3),
)
IRIS = Experiment(
    BundledData("iris"), Architecture.dense((4, 6, 3), ("tanh", "softmax")), loss="cross_entropy"
)


def test_a_loss_that_fits_stays() -> None:
    assert fitting_loss("mean_squared", "tanh", 1, "regression") == "mean_squared"
    assert fitting_loss("half_squared", "softmax", 3, "classification") == "half_squared"


@pytest.mark.parametrize("task", ["regression", "classification"])
@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_there_is_a_fitting_loss_for_every_output(
    activation: str, n_outputs: int, task: str
) -> None:
    for loss in (*LOSSES, "unknown"):
        chosen = fitting_loss(loss, activation, n_outputs, task)
        assert loss_fits(chosen, activation, n_outputs, task)


def test_probabilities_are_judged_by_their_own_cross_entropy() -> None:
    assert fitting_loss("binary_cross_entropy", "softmax", 3, "classification") == "cross_entropy"
    assert fitting_loss("cross_entropy", "sigmoid", 1, "classification") == "binary_cross_entropy"
    assert fitting_loss("cross_entropy", "tanh", 3, "classification") == "half_squared"
    assert fitting_loss("binary_cross_entropy", "sigmoid", 1, "regression") == "half_squared"


def test_the_output_can_reach_the_targets() -> None:
    assert fitting_output("tanh", 1, "classification") == "sigmoid"
    assert fitting_output("sigmoid", 3, "classification") == "sigmoid"
    assert fitting_output("identity", 3, "classification") == "softmax"
    assert fitting_output("softmax", 1, "classification") == "sigmoid"
    assert fitting_output("softmax", 1, "regression") == "identity"
    assert fitting_output("relu", 1, "regression") == "relu"


def test_another_output_activation_brings_its_loss() -> None:
    changed = with_architecture(IRIS, set_activation(IRIS.architecture, 2, "tanh"))
    assert changed.loss == "half_squared"


def test_given_first_weights_survive_a_new_neuron() -> None:
    wider = with_architecture(BY_HAND, add_unit(BY_HAND.architecture, 1))
    first = wider.initializer.draw(wider.architecture)
    index = wider.architecture.index
    assert [first[index[key]] for key in BY_HAND.architecture.keys] == [0.5] * 6 + [1.0] * 3
    narrower = remove_unit(wider.architecture, wider.architecture.units(1)[-1])
    assert with_architecture(wider, narrower) == BY_HAND


def test_drawn_first_weights_are_drawn_anew() -> None:
    drawn = replace(BY_HAND, initializer=Initializer("he_normal"))
    assert with_architecture(drawn, add_unit(drawn.architecture, 1)).initializer == (
        drawn.initializer
    )


def test_a_network_for_other_data_is_refused() -> None:
    with pytest.raises(ValueError, match="inputs_mismatch"):
        with_architecture(BY_HAND, adapt(BY_HAND.architecture, 3, 1))
