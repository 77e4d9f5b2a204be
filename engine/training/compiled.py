"""Training by the compiled kernel: an experiment laid out as the kernel wants it, and its states.

Nothing in here imports Numba: the kernel itself is handed over by whoever has loaded it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from engine.kernels.plan import (
    ACTIVATION_CODES,
    LOSS_CODES,
    NOT_FINITE,
    OPTIMIZER_CODES,
    TO_CHECK,
    aligned,
    aligned_rows,
    padded,
    plan_of,
    tile_of,
)
from engine.network import Vector
from engine.timeline import Block
from engine.training.divergence import first_non_finite
from engine.training.shuffle import seed_key
from engine.training.state import Origin, TrainingState

if TYPE_CHECKING:
    from engine.training.training import Training

Kernel = Callable[..., tuple[int, int, int]]


class Stretch(Sequence[TrainingState]):
    """States as the kernel wrote them, row by row; each is made when somebody asks for it.

    Parameters
    ----------
    start
        The state before them.
    iterations
        The iteration of each of them, ascending.
    parameters, memories
        (len(iterations), size) and (len(iterations), memories, size), read-only.
    batch_losses
        Of the iteration that led to each of them.
    """

    def __init__(
        self,
        training: Training,
        start: TrainingState | Origin,
        iterations: range,
        parameters: Vector,
        memories: Vector,
        batch_losses: Vector,
    ) -> None:
        self._training = training
        self._start = Origin(start.iteration, start.epoch, start.position, start.updates)
        self.iterations = iterations
        self.parameters = parameters
        self.memories = memories
        self.batch_losses = batch_losses

    def __len__(self) -> int:
        return len(self.iterations)

    @overload
    def __getitem__(self, index: int) -> TrainingState: ...
    @overload
    def __getitem__(self, index: slice) -> Stretch: ...
    def __getitem__(self, index: int | slice) -> TrainingState | Stretch:
        if isinstance(index, slice):
            return Stretch(
                self._training,
                self._start,
                self.iterations[index],
                self.parameters[index],
                self.memories[index],
                self.batch_losses[index],
            )
        return self._state(index, self.parameters[index], self.memories[index])

    def _state(self, index: int, parameters: Vector, memories: Vector) -> TrainingState:
        iteration = self.iterations[index]
        epoch, position = self._training.place(self._start, iteration)
        return TrainingState(
            iteration=iteration,
            epoch=epoch,
            position=position,
            updates=self._start.updates + iteration - self._start.iteration,
            parameters=_read_only(parameters),
            memory=tuple(_read_only(memories)),
            batch_loss=float(self.batch_losses[index]),
            measure=self._training.measure,
        )

    def alone(self, index: int) -> TrainingState:
        """Return a state with arrays of its own."""
        return self._state(index, self.parameters[index].copy(), self.memories[index].copy())

    def compact(self) -> Stretch:
        """Return the same states in arrays of their own, without what was left out between them."""
        return Stretch(
            self._training,
            self._start,
            self.iterations,
            _read_only(self.parameters.copy()),
            _read_only(self.memories.copy()),
            self.batch_losses.copy(),
        )


class CompiledSteps:
    """The iterations of one training by a kernel. It holds nothing that changes the outcome."""

    def __init__(self, training: Training, kernel: Kernel) -> None:
        experiment = training.experiment
        self._training, self._kernel = training, kernel
        architecture, loss = experiment.architecture, experiment.loss_function
        rule = experiment.optimizer.rule
        self._memories = len(rule.memory)
        self._size = training.layout.size
        self._padded = padded(self._size)
        inputs, targets = training.samples(experiment.dataset.train)
        batch_size = experiment.effective_batch_size
        plan, alphas = plan_of(architecture)
        codes = [
            ACTIVATION_CODES["softmax"],
            LOSS_CODES[experiment.loss],
            OPTIMIZER_CODES[experiment.optimizer.key],
            self._memories,
            loss.from_logarithms,
            loss.fused_with == architecture.output.activation,
            training.trainable is not None,
            batch_size,
            self._padded,
            tile_of(architecture),
        ]
        penalty = experiment.penalty
        numbers = [
            targets.shape[1] if loss.averaged else 1,
            penalty.l1,
            penalty.l2,
            training.harmless,
        ]
        weight_mask, trainable = aligned(self._padded), aligned(self._padded)
        weight_mask[: self._size] = training.layout.weight_mask
        trainable[: self._size] = 1.0 if training.trainable is None else training.trainable
        self._fixed = (
            plan,
            alphas,
            np.array(codes, dtype=np.int64),
            np.array(numbers, dtype=np.float64),
            np.array(list(experiment.optimizer.hyperparameters.values()), dtype=np.float64),
            # As the kernel's signature has them, so that a call finds it at once.
            _read_only(np.array(inputs, order="C")),
            _read_only(np.array(targets, order="C")),
            weight_mask,
            trainable,
        )
        stride = min(tile_of(architecture), padded(batch_size))
        units = sum(architecture.widths)
        self._scratch = 3 * units * stride + targets.shape[1] * stride + 2 * self._padded
        self._samples = len(inputs)
        self._seed_key = np.uint64(seed_key(experiment.seed))

    def advance(self, state: TrainingState, n: int, every: int = 1) -> Block[TrainingState]:
        """Return up to ``n`` further states, every so manyth and the last; see ``Training``."""
        width, memory_width = self._padded, self._padded * self._memories
        rows = 1 + -(-n // every)
        states, memories = aligned_rows(rows, width), aligned_rows(rows, memory_width)
        table = states.reshape(rows, width)[:, : self._size]
        memory_table = memories.reshape(rows, self._memories, width)[:, :, : self._size]
        states[:width], memories[:memory_width] = 0.0, 0.0
        table[0] = state.parameters
        for number, kept in enumerate(state.memory):
            memory_table[0, number] = kept
        losses, rates = np.empty(n), self._rates(state, n)
        order, scratch = np.empty(self._samples, dtype=np.int64), aligned(self._scratch)
        done, row, good = 0, 0, True
        while done < n and good:
            epoch, position = self._training.place(state, state.iteration + done)
            reached, reason, filled = self._kernel(
                *self._fixed,
                order,
                scratch,
                self._seed_key,
                np.array([epoch, position, state.updates + done, done], dtype=np.int64),
                rates[done:],
                every,
                states[row * width :],
                memories[row * memory_width :],
                losses[done:],
            )
            done, row = done + reached, row + filled
            if reason == NOT_FINITE:
                good = False
            elif reason == TO_CHECK and not self._is_finite(table[row]):
                good, done = False, done - 1
        kept = slice(1, 1 + done // every)
        stretch = Stretch(
            self._training,
            state,
            range(state.iteration + every, state.iteration + done + 1, every),
            _read_only(table[kept]),
            _read_only(memory_table[kept]),
            losses[every - 1 : done : every],
        )
        if good and done % every == 0:
            return Block(stretch)
        last = stretch[-1] if stretch else state
        # Between the states that are kept nothing is left: up to the last one, or the stop, again.
        rest = self.advance(last, done % every).states if done % every else ()
        states_found = [*stretch, *rest[-1:]] if every > 1 else stretch
        if good:
            return Block(states_found)
        before = rest[-1] if rest else last
        after, after_memory = table[row].copy(), tuple(memory_table[row].copy())
        with np.errstate(all="ignore"):
            return Block(
                states_found, first_non_finite(self._training, before, after, after_memory)
            )

    def _rates(self, state: TrainingState, n: int) -> Vector:
        """Return the learning rates of the next iterations, (n,)."""
        experiment = self._training.experiment
        if experiment.schedule.key == "constant":
            return np.full(n, experiment.learning_rate)
        factor, start = experiment.schedule.factor, state.iteration
        return experiment.learning_rate * np.array([factor(start + k) for k in range(n)])

    def _is_finite(self, parameters: Vector) -> bool:
        measures = self._training.measure(parameters, "train")
        return bool(np.isfinite(parameters).all() and measures and math.isfinite(measures.loss))


def _read_only(array: Vector) -> Vector:
    array.flags.writeable = False
    return array
