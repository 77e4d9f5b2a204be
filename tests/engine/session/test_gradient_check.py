"""Nudging each parameter finds the same gradient as the chain rule, and finds out a wrong one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.session.gradient_check import MOST_PARAMETERS, check_gradient
from engine.session.lessons import lesson
from engine.training import Experiment, Training
from tests.engine.session.documents import busy, small


@pytest.mark.parametrize(
    "experiment", [small().experiment, busy(), lesson("neuron-by-neuron").experiment]
)
def test_the_chain_rule_agrees(experiment: Experiment) -> None:
    # The weights of a cut connection are held at 0; nudging them is of no interest.
    bare = replace(experiment, architecture=replace(experiment.architecture, cut=()))
    training = Training(bare)
    check = check_gradient(training, training.initial())
    assert check.agrees.all()
    assert len(check.agrees) == training.layout.size


def test_errors_without_slope_are_found_out() -> None:
    experiment = replace(lesson("neuron-by-neuron").experiment, error_without_slope=True)
    training = Training(experiment)
    check = check_gradient(training, training.initial())
    index = training.layout.names.index("w1_11")
    assert not check.agrees[index]
    assert check.by_chain_rule[index] / check.by_differences[index] == pytest.approx(
        17.35, abs=5e-3
    )


def test_of_a_large_network_the_first_parameters_are_checked() -> None:
    experiment = replace(busy(), architecture=type(busy().architecture).dense((2, 300, 1)))
    training = Training(experiment)
    assert len(check_gradient(training, training.initial()).agrees) == MOST_PARAMETERS
