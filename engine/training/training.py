"""Training as a simulation: a pure function from one state to the next."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.errors import NablaError
from engine.kernels.backend import BACKEND
from engine.network import (
    Backward,
    Forward,
    Vector,
    backward,
    forward,
    sample_losses,
    transplant,
)
from engine.network.layout import Layout
from engine.network.transplant import rejoined
from engine.timeline import Block, Stop
from engine.training.backends import COMPILED, REFERENCE, can_be_compiled
from engine.training.compiled import CompiledSteps
from engine.training.divergence import first_non_finite
from engine.training.experiment import Experiment
from engine.training.shuffle import batch_order
from engine.training.state import Measures, Origin, TrainingState
from engine.training.trace import Trace


class Training:
    """The simulation of one experiment. It holds nothing that changes.

    Attributes
    ----------
    backend
        ``"reference"`` or ``"compiled"``: what computes the states, and never changes. A trace, an
        explanation and the measures are always the reference's.
    """

    def __init__(self, experiment: Experiment, backend: str = REFERENCE) -> None:
        self.experiment = experiment
        self.backend = backend if can_be_compiled(experiment) else REFERENCE
        dataset = experiment.dataset
        self._parts = {
            part: (dataset.inputs[rows], dataset.targets[rows])
            for part, rows in (("train", dataset.train), ("test", dataset.test))
        }

    @property
    def layout(self) -> Layout:
        """Names of the flat parameters."""
        return self.experiment.architecture.layout

    @cached_property
    def trainable(self) -> NDArray[np.bool_] | None:
        """Which parameters an update may change; None if all."""
        held = [
            *self.experiment.architecture.cut_indices,
            *self.experiment.architecture.frozen_indices,
        ]
        if not held:
            return None
        mask = np.ones(self.layout.size, dtype=bool)
        mask[held] = False
        return mask

    @cached_property
    def harmless(self) -> float:
        """Size of the parameters up to which no loss can overflow; beyond it each one is computed.

        Activations grow at most by the factor (fan_in + 1) · parameter a layer, once more by a
        learned α, and a loss at most squares the outputs and sums them.
        """
        architecture, (inputs, targets) = self.experiment.architecture, self._parts["train"]
        factors = sum(1 + (s.alpha.stop > s.alpha.start) for s in self.layout.slots)
        start = max(1.0, float(np.abs(inputs).max()), float(np.abs(targets).max()))
        return float((1e145 / start) ** (1.0 / factors) / (max(architecture.widths) + 1))

    def place(self, state: TrainingState | Origin, iteration: int) -> tuple[int, int]:
        """Return epoch and position at an iteration after ``state``."""
        size, ahead = self.experiment.effective_batch_size, iteration - state.iteration
        left = -(-(len(self.experiment.dataset.train) - state.position) // size)
        if ahead < left:
            return state.epoch, state.position + ahead * size
        epochs, batches = divmod(ahead - left, self.experiment.iterations_per_epoch)
        return state.epoch + 1 + epochs, batches * size

    def initial(self) -> TrainingState:
        """Return the state before the first iteration."""
        parameters = self.experiment.initializer.draw(self.experiment.architecture)
        return self.state(parameters)

    def state(
        self, parameters: Vector, like: TrainingState | None = None, **changes: object
    ) -> TrainingState:
        """Return a state with the given parameters: a fresh one, or one in the place of ``like``.

        Cut connections are an exact 0 in it, whatever is given. ``changes`` replaces other fields.

        Raises
        ------
        NablaError
            The number of parameters is not the network's.
        """
        values: dict[str, object] = {
            "iteration": 0,
            "epoch": 0,
            "position": 0,
            "updates": 0,
            "memory": self.experiment.optimizer.start(self.layout.size),
            "batch_loss": None,
        }
        if like is not None:
            values = {name: getattr(like, name) for name in values}
        values |= changes
        parameters = np.array(parameters, dtype=np.float64)
        if parameters.shape != (self.layout.size,):
            raise NablaError(
                "initializer.values_count", expected=self.layout.size, given=parameters.size
            )
        parameters[list(self.experiment.architecture.cut_indices)] = 0.0
        parameters.flags.writeable = False
        return TrainingState(parameters=parameters, measure=self.measure, **values)  # type: ignore[arg-type]

    def adopt(self, state: TrainingState, of: Training) -> TrainingState:
        """Return a state of another training as one of this, with all that survives.

        Optimizer memory survives as long as the optimizer does; a joined connection gets its weight
        back; other data start a new epoch.
        """
        before, after = of.experiment, self.experiment
        fresh = self.initial()
        parameters = transplant(
            before.architecture, after.architecture, state.parameters, fresh.parameters
        ).copy()
        for index, weight in rejoined(before.architecture, after.architecture).items():
            parameters[index] = weight
        changes: dict[str, object] = {}
        if after.optimizer.key == before.optimizer.key:
            changes["memory"] = tuple(
                transplant(before.architecture, after.architecture, kept, empty)
                for kept, empty in zip(state.memory, fresh.memory, strict=True)
            )
        else:
            changes |= {"memory": fresh.memory, "updates": 0}
        if after.data != before.data:
            changes["position"] = 0
        return self.state(parameters, like=state, **changes)

    def measure(self, parameters: Vector, part: str) -> Measures | None:
        """Return loss and accuracy on ``"train"`` or ``"test"``; None without samples."""
        inputs, targets = self._parts[part]
        if not len(inputs):
            return None
        with np.errstate(all="ignore"):
            passed = forward(self.experiment.architecture, parameters, inputs)
            losses = sample_losses(self.experiment.loss_function, passed, targets)
        accuracy = None
        if self.experiment.dataset.task == "classification":
            accuracy = float(np.mean(correct(passed.output, targets)))
        return Measures(float(losses.mean()), accuracy)

    def penalty(self, parameters: Vector) -> float:
        """Return l1 Σ|w| + ½ l2 Σ w² over the weights."""
        weights = parameters * self.layout.weight_mask
        penalty = self.experiment.penalty
        with np.errstate(all="ignore"):
            return float(
                penalty.l1 * np.abs(weights).sum() + 0.5 * penalty.l2 * np.square(weights).sum()
            )

    def batch(self, state: TrainingState) -> NDArray[np.intp]:
        """Return the rows of the data set that the next iteration uses, in their order."""
        rows: NDArray[np.intp] = self.experiment.dataset.train
        size = self.experiment.effective_batch_size
        if size == len(rows):
            return rows
        order = batch_order(len(rows), self.experiment.seed, state.epoch)
        return rows[order[state.position : state.position + size]]

    def samples(self, rows: NDArray[np.intp]) -> tuple[Vector, Vector]:
        """Return inputs and targets of some rows of the data set."""
        dataset = self.experiment.dataset
        if rows is dataset.train:
            return self._parts["train"]
        return dataset.inputs.take(rows, axis=0), dataset.targets.take(rows, axis=0)

    def passes(self, parameters: Vector, rows: NDArray[np.intp]) -> tuple[Forward, Backward]:
        """Run the network over some rows, forward and back."""
        return self._passes(parameters, *self.samples(rows))

    def _passes(
        self, parameters: Vector, inputs: Vector, targets: Vector, output_error: bool = True
    ) -> tuple[Forward, Backward]:
        experiment = self.experiment
        passed = forward(experiment.architecture, parameters, inputs)
        back = backward(
            experiment.architecture,
            parameters,
            passed,
            experiment.loss_function,
            targets,
            with_slope=not experiment.error_without_slope,
            output_error=output_error,
        )
        return passed, back

    def objective_gradient(self, parameters: Vector, data_gradient: Vector) -> Vector:
        """Return the gradient that the optimizer sees: data and penalty, 0 at cut connections."""
        gradient = data_gradient
        penalty = self.experiment.penalty
        if penalty:
            weights = parameters * self.layout.weight_mask
            gradient = gradient + penalty.l2 * weights + penalty.l1 * np.sign(weights)
        cut = self.experiment.architecture.cut_indices
        if cut:
            gradient = gradient.copy()
            gradient[list(cut)] = 0.0
        return gradient

    def gradient(self, state: TrainingState) -> Vector:
        """Return the gradient of the next iteration's batch at a state."""
        with np.errstate(all="ignore"):
            _, back = self.passes(state.parameters, self.batch(state))
            return self.objective_gradient(state.parameters, back.gradient)

    def learning_rate(self, state: TrainingState) -> float:
        """Return the learning rate of the next iteration."""
        return self.experiment.learning_rate * self.experiment.schedule.factor(state.iteration)

    def update(self, state: TrainingState, gradient: Vector) -> tuple[Vector, tuple[Vector, ...]]:
        """Return parameters and memory after the optimizer's step, read-only."""
        point, memory = self.experiment.optimizer.step(
            state.parameters,
            gradient,
            state.memory,
            state.updates + 1,
            self.learning_rate(state),
        )
        if self.trainable is not None:
            # What is held keeps its value, and its memory stands still.
            point = np.where(self.trainable, point, state.parameters)
            memory = tuple(
                np.where(self.trainable, new, old)
                for new, old in zip(memory, state.memory, strict=True)
            )
        for array in (point, *memory):
            array.flags.writeable = False
        return point, memory

    def advance(self, state: TrainingState, n: int) -> Block[TrainingState]:
        """Return up to ``n`` further states; fewer, with the reason, if a number overflows.

        A compiled training waits for its kernel where that is not ready yet.

        Raises
        ------
        NablaError
            ``training.no_kernel``: it is compiled, and there is no kernel.
        """
        if self.backend == COMPILED:
            return self._compiled.advance(state, n)
        states: list[TrainingState] = []
        with np.errstate(all="ignore"):
            for _ in range(n):
                following = self._next(state)
                if isinstance(following, Stop):
                    return Block(states, following)
                states.append(following)
                state = following
        return Block(states)

    def thinned(self, state: TrainingState, n: int, every: int) -> Block[TrainingState]:
        """Return what ``advance`` returns, but only every so manyth state, and the last one."""
        if self.backend == COMPILED:
            return self._compiled.advance(state, n, every)
        kept: list[TrainingState] = []
        stop = None
        for done in range(0, n, every):
            block = self.advance(state, min(every, n - done))
            kept += block.states[-1:]
            stop = block.stop
            if stop is not None:
                break
            state = kept[-1]
        return Block(kept, stop)

    @cached_property
    def _compiled(self) -> CompiledSteps:
        if not BACKEND.wait():
            raise NablaError("training.no_kernel", reason=BACKEND.reason or BACKEND.status.value)
        return CompiledSteps(self, BACKEND.kernels.train)

    def _next(self, state: TrainingState) -> TrainingState | Stop:
        rows = self.batch(state)
        inputs, targets = self.samples(rows)
        passed, back = self._passes(state.parameters, inputs, targets, output_error=False)
        losses = sample_losses(self.experiment.loss_function, passed, targets)
        batch_loss = float(np.add.reduce(losses)) / len(rows)
        gradient = self.objective_gradient(state.parameters, back.gradient)
        parameters, memory = self.update(state, gradient)
        finite = math.isfinite(batch_loss) and all(_is_finite(array) for array in memory)
        if finite and not float(parameters @ parameters) <= self.harmless**2:
            measures = self.measure(parameters, "train")
            finite = _is_finite(parameters) and bool(measures and math.isfinite(measures.loss))
        if not finite:
            return first_non_finite(self, state, parameters, memory)
        position = state.position + len(rows)
        ended = position >= len(self.experiment.dataset.train)
        return TrainingState(
            iteration=state.iteration + 1,
            epoch=state.epoch + ended,
            position=0 if ended else position,
            updates=state.updates + 1,
            parameters=parameters,
            memory=memory,
            batch_loss=batch_loss,
            measure=self.measure,
        )

    def trace(self, state: TrainingState, focus: int | None = None) -> Trace:
        """Return the micro-steps of the iteration that follows ``state``.

        ``focus`` is a row of the data set; the first of the batch if left out.
        """
        return Trace(self, state, focus)


def _is_finite(array: Vector) -> bool:
    # The scalar product is quick, but may overflow by itself.
    return math.isfinite(float(array @ array)) or bool(np.isfinite(array).all())


def correct(output: Vector, targets: Vector) -> NDArray[np.bool_]:
    """Return which samples are classified right: (n,) from outputs and targets (n, k)."""
    if targets.shape[-1] == 1:
        right: NDArray[np.bool_] = (output[..., 0] > 0.5) == (targets[..., 0] > 0.5)
        return right
    best: NDArray[np.bool_] = output.argmax(axis=-1) == targets.argmax(axis=-1)
    return best
