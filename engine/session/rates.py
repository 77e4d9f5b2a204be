"""A learning rate that shows something, for a runner that has just come in."""

from __future__ import annotations

from engine.descent.optimizers import ALL
from engine.descent.races import tune
from engine.errors import NablaError
from engine.session.descent import Study
from engine.session.runners import Runner

_STEPS, _STEPS_OF_NETWORKS, _BUDGET = 60, 200, 16
_MOST_WORK = 5e7
"""Products of parameters, samples and steps that a search may take."""


def usual_rate(key: str, own: Study) -> float:
    """Return a learning rate found on the function, in some milliseconds.

    On the loss of a large network, and for methods that search along a line, it is the table's.
    """
    runner = Runner(key, (), ALL[key].learning_rate)
    if runner.searches or _work(own) > _MOST_WORK:
        return runner.learning_rate
    # What is best for the first steps on batches is too much later on.
    steps = _STEPS if own.ground is None else _STEPS_OF_NETWORKS
    try:
        found = tune(own.objective, own.origin, runner.method, steps, _BUDGET)
    except NablaError:
        return runner.learning_rate
    return float(f"{found.method.learning_rate:.2g}")


def _work(own: Study) -> float:
    if own.ground is None:
        return 0.0
    training = own.ground.training
    samples = len(training.experiment.dataset.train)
    return float(training.layout.size) * samples * _STEPS_OF_NETWORKS * _BUDGET
