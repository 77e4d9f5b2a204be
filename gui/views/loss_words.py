"""What the loss curve says in words: the figures above it, and what stands under the pointer."""

from __future__ import annotations

from engine.numbers import shown
from engine.session import Run
from engine.training import Training, TrainingState
from gui.i18n import tr


def run_name(run: Run) -> str:
    """What a run is called on screen."""
    return run.name or tr("Run {0}").format(run.id)


def percent(share: float) -> str:
    """A share from 0 to 1 as per cent."""
    return tr("{0} %").format(shown(100.0 * share, 4))


def _epoch(training: Training, state: TrainingState) -> list[str]:
    if training.experiment.iterations_per_epoch == 1:
        return []
    return [tr("epoch {0}").format(state.epoch + 1)]


def figures(training: Training, state: TrainingState) -> tuple[str, ...]:
    """What stands above the plot, the most important first."""
    texts = [tr("iteration {0}").format(state.iteration)]
    if training.experiment.penalty:
        texts.append(tr("penalty {0}").format(shown(training.penalty(state.parameters), 4)))
    texts.append(tr("η {0}").format(shown(training.learning_rate(state), 4)))
    return (*texts, *_epoch(training, state))


def reading(training: Training, state: TrainingState, edited: bool) -> str:
    """All measures of one state; the penalty told apart from the loss."""
    first = [tr("iteration {0}").format(state.iteration), *_epoch(training, state)]
    lines = [" · ".join(first), tr("loss {0}").format(shown(state.loss))]
    if training.experiment.penalty:
        lines.append(tr("+ penalty {0}").format(shown(training.penalty(state.parameters))))
    if state.test_loss is not None:
        lines.append(tr("test loss {0}").format(shown(state.test_loss)))
    if state.accuracy is not None:
        lines.append(tr("accuracy {0}").format(percent(state.accuracy)))
    if state.test_accuracy is not None:
        lines.append(tr("test accuracy {0}").format(percent(state.test_accuracy)))
    lines.append(tr("η {0}").format(shown(training.learning_rate(state))))
    if edited:
        lines.append(tr("edited here"))
    return "\n".join(lines)
