"""What a training leaves behind, as tables: losses and parameters, every digit."""

from __future__ import annotations

from collections.abc import Iterator

from engine.session.document import Run
from engine.session.history import History
from engine.table import Table
from engine.training import TrainingState


def loss_table(run: Run, history: History, steps: int, every: int = 1) -> Table:
    """Return the training loss of each iteration from 0 to ``steps``: columns step, loss."""
    states = _states(run, history, steps, every)
    return Table(("step", "loss"), [(state.iteration, state.loss) for state in states])


def parameter_table(run: Run, history: History, steps: int, every: int = 1) -> Table:
    """Return each parameter's value and gradient: columns step, name, value, gradient.

    The gradient is the one that the next iteration would use, at this step's parameters.
    """
    rows: list[tuple[object, ...]] = []
    for state in _states(run, history, steps, every):
        training = run.segment(state.iteration).training
        gradient = training.gradient(state)
        names = training.layout.names
        rows += [
            (state.iteration, name, float(value), float(slope))
            for name, value, slope in zip(names, state.parameters, gradient, strict=True)
        ]
    return Table(("step", "name", "value", "gradient"), rows)


def _states(run: Run, history: History, steps: int, every: int) -> Iterator[TrainingState]:
    """Yield every ``every``-th state of a run, and the last one."""
    for iteration in range(0, steps + 1, every):
        yield history.state(run, iteration)
    if steps % every:
        yield history.state(run, steps)
