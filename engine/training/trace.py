"""The micro-steps inside one iteration: index arithmetic over lazily computed arrays.

A trace explains, it never produces state. Position 0 is the state before the iteration; position
``count`` is the state after it.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.network import Backward, Forward, Vector, sample_losses

if TYPE_CHECKING:
    from engine.training.state import TrainingState
    from engine.training.training import Training


class Phase(StrEnum):
    """What a micro-step does."""

    FORWARD = "forward"
    LOSS = "loss"
    OUTPUT_ERROR = "output_error"
    ERROR = "error"
    GRADIENT = "gradient"
    UPDATE = "update"


class Granularity(StrEnum):
    """How far one press of a key goes."""

    NEURON = "neuron"
    LAYER = "layer"
    BATCH = "batch"
    EPOCH = "epoch"


class MicroStep(NamedTuple):
    """One micro-step: its phase, the layer (from 1) and the unit's position (from 0; −1: all)."""

    phase: Phase
    layer: int
    unit: int


@dataclass(frozen=True)
class Known:
    """What is known at a position: numbers of units for each layer, the first entry is layer 1."""

    activations: tuple[int, ...]
    loss: bool
    deltas: tuple[int, ...]
    gradients: tuple[int, ...]
    updated: tuple[bool, ...]


class _Stretch(NamedTuple):
    phase: Phase
    layer: int
    steps: int
    end: int

    @property
    def start(self) -> int:
        return self.end - self.steps


class Trace:
    """All micro-steps of the iteration that follows a state.

    Attributes
    ----------
    before
        The state before the iteration.
    focus
        Row of the data set whose own numbers are shown.
    rows
        Rows of the data set in the batch.
    """

    def __init__(self, training: Training, before: TrainingState, focus: int | None) -> None:
        self.training = training
        self.before = before
        self.rows = training.batch(before)
        self.focus = int(self.rows[0]) if focus is None else focus
        widths = training.experiment.architecture.widths[1:]
        layers = range(1, len(widths) + 1)
        plan = [(Phase.FORWARD, layer, widths[layer - 1]) for layer in layers]
        plan += [(Phase.LOSS, len(widths), 1), (Phase.OUTPUT_ERROR, len(widths), widths[-1])]
        plan += [(Phase.ERROR, layer, widths[layer - 1]) for layer in reversed(layers[:-1])]
        plan += [(Phase.GRADIENT, layer, widths[layer - 1]) for layer in reversed(layers)]
        plan += [(Phase.UPDATE, layer, 1) for layer in reversed(layers)]
        self._stretches: list[_Stretch] = []
        end = 0
        for phase, layer, count in plan:
            end += count
            self._stretches.append(_Stretch(phase, layer, count, end))
        self._ends = [stretch.end for stretch in self._stretches]

    @property
    def count(self) -> int:
        """Number of micro-steps."""
        return self._ends[-1]

    def step(self, position: int) -> MicroStep:
        """Return the micro-step that leads to ``position`` (1 … count).

        Raises
        ------
        IndexError
            No step leads to that position.
        """
        if not 1 <= position <= self.count:
            raise IndexError(f"no step leads to position {position} of {self.count}")
        stretch = self._stretches[bisect_left(self._ends, position)]
        if stretch.phase in (Phase.LOSS, Phase.UPDATE):
            return MicroStep(stretch.phase, stretch.layer, -1)
        return MicroStep(stretch.phase, stretch.layer, position - stretch.start - 1)

    def position(self, step: MicroStep) -> int:
        """Return the position that a micro-step leads to."""
        for stretch in self._stretches:
            if (stretch.phase, stretch.layer) == (step.phase, step.layer):
                return stretch.start + max(step.unit, 0) + 1
        raise ValueError(f"no {step} in this trace")

    def after(self, position: int, granularity: Granularity) -> int:
        """Return the next position at neuron or layer granularity, ``count`` at the end."""
        if granularity is Granularity.NEURON:
            return min(position + 1, self.count)
        if granularity is Granularity.LAYER:
            return next((end for end in self._ends if end > position), self.count)
        return self.count

    def ahead_of(self, position: int, granularity: Granularity) -> int:
        """Return the previous position at neuron or layer granularity, 0 at the start."""
        if granularity is Granularity.NEURON:
            return max(position - 1, 0)
        if granularity is Granularity.LAYER:
            return max((end for end in self._ends if end < position), default=0)
        return 0

    def phase_end(self, position: int) -> int:
        """Return where the phase in work ends (forward, loss, errors, gradients, updates)."""
        following = min(position + 1, self.count)
        groups = {Phase.OUTPUT_ERROR: Phase.ERROR}
        phase = self.step(following).phase
        phase = groups.get(phase, phase)
        return max(s.end for s in self._stretches if groups.get(s.phase, s.phase) is phase)

    def known(self, position: int) -> Known:
        """Return what is known at a position."""
        layers = len(self.training.experiment.architecture.layers)
        counts = {
            kind: [0] * layers
            for kind in (Phase.FORWARD, Phase.ERROR, Phase.GRADIENT, Phase.UPDATE)
        }
        loss = False
        for stretch in self._stretches:
            done = min(max(position - stretch.start, 0), stretch.steps)
            if stretch.phase is Phase.LOSS:
                loss = done > 0
            else:
                kind = Phase.ERROR if stretch.phase is Phase.OUTPUT_ERROR else stretch.phase
                counts[kind][stretch.layer - 1] = done
        return Known(
            tuple(counts[Phase.FORWARD]),
            loss,
            tuple(counts[Phase.ERROR]),
            tuple(counts[Phase.GRADIENT]),
            tuple(count > 0 for count in counts[Phase.UPDATE]),
        )

    @property
    def focus_in_batch(self) -> bool:
        """Whether the focused sample belongs to this batch."""
        return bool((self.rows == self.focus).any())

    @cached_property
    def _sample(self) -> tuple[Forward, Backward]:
        with np.errstate(all="ignore"):
            return self.training.passes(
                self.before.parameters, np.array([self.focus], dtype=np.intp)
            )

    @property
    def sample_forward(self) -> Forward:
        """Forward pass of the focused sample, arrays of shape (1, units)."""
        return self._sample[0]

    @property
    def sample_backward(self) -> Backward:
        """Backward pass of the focused sample; its gradient is this sample's own term."""
        return self._sample[1]

    @property
    def target(self) -> Vector:
        """Targets of the focused sample, (n_outputs,)."""
        targets = self.training.experiment.dataset.targets
        own: Vector = targets[self.focus]
        return own

    @cached_property
    def sample_loss(self) -> float:
        """Loss of the focused sample."""
        with np.errstate(all="ignore"):
            losses = sample_losses(
                self.training.experiment.loss_function, self.sample_forward, self.target[None, :]
            )
        return float(losses[0])

    @cached_property
    def _batch(self) -> tuple[Forward, Backward]:
        if len(self.rows) == 1 and self.focus_in_batch:
            return self._sample
        with np.errstate(all="ignore"):
            return self.training.passes(self.before.parameters, self.rows)

    @cached_property
    def batch_loss(self) -> float:
        """Mean loss of the batch."""
        targets = self.training.experiment.dataset.targets[self.rows]
        with np.errstate(all="ignore"):
            losses = sample_losses(self.training.experiment.loss_function, self._batch[0], targets)
        return float(losses.mean())

    @property
    def data_gradient(self) -> Vector:
        """Mean over the batch of the samples' gradients, flat."""
        return self._batch[1].gradient

    @cached_property
    def gradient(self) -> Vector:
        """The gradient that the optimizer sees, penalty included, flat."""
        with np.errstate(all="ignore"):
            return self.training.objective_gradient(self.before.parameters, self.data_gradient)

    @cached_property
    def _updated(self) -> tuple[Vector, tuple[Vector, ...]]:
        with np.errstate(all="ignore"):
            return self.training.update(self.before, self.gradient)

    @property
    def new_parameters(self) -> Vector:
        """Parameters after the update, flat."""
        return self._updated[0]

    @property
    def new_memory(self) -> tuple[Vector, ...]:
        """The optimizer's memory after the update."""
        return self._updated[1]

    def parameters_at(self, position: int) -> Vector:
        """Return the parameters at a position: new in the updated layers, old elsewhere."""
        known = self.known(position)
        if not any(known.updated):
            return self.before.parameters
        mixed = self.before.parameters.copy()
        for done, slots in zip(known.updated, self.training.layout.slots, strict=True):
            if done:
                whole = slice(slots.weights.start, slots.alpha.stop)
                mixed[whole] = self.new_parameters[whole]
        mixed.flags.writeable = False
        return mixed
