"""The numbers that a network's picture shows at one moment: what is known by then, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.network import Architecture, Vector
from engine.network.notation import Notation, notation_of
from engine.session import Moment
from engine.training import MicroStep, Phase
from gui.views.canvas.layout import Links

Mask = NDArray[np.bool_]

TOKENS: dict[Phase, str] = {
    Phase.FORWARD: "forward",
    Phase.LOSS: "forward",
    Phase.OUTPUT_ERROR: "backward",
    Phase.ERROR: "backward",
    Phase.GRADIENT: "gradient",
    Phase.UPDATE: "update",
}
"""The colour in which each phase is lit."""


@dataclass(frozen=True, eq=False)
class Figures:
    """One moment, ready to be drawn. Layers count from 1, units from 0.

    Attributes
    ----------
    fast
        Moments follow each other quickly: only values are shown, no comparisons.
    """

    moment: Moment
    notation: Notation
    fast: bool = False

    @classmethod
    def of(cls, moment: Moment, fast: bool = False) -> Figures:
        """Read a moment in the document's notation."""
        widths = moment.segment.training.experiment.architecture.widths
        return cls(moment, notation_of(moment.document.view.notation, widths), fast)

    @property
    def architecture(self) -> Architecture:
        """The network."""
        return self.moment.segment.training.experiment.architecture

    @property
    def micro(self) -> int:
        """How many micro-steps of the iteration are done."""
        return self.moment.document.cursor.micro

    @cached_property
    def step(self) -> MicroStep | None:
        """The micro-step that led here; None between two iterations."""
        return self.moment.trace.step(self.micro) if self.micro > 0 else None

    # ------------------------------------------------------------------------ parameters

    @cached_property
    def parameters(self) -> Vector:
        """The weights on screen: new ones in the layers that are updated."""
        return self.moment.trace.parameters_at(self.micro)

    @cached_property
    def replaced(self) -> tuple[Vector, Mask] | None:
        """Old parameters and where they stand beside the new ones; None where nowhere."""
        if self.fast:
            return None
        previous = self.moment.previous
        if previous is not None:
            if previous.parameters.shape != self.parameters.shape:
                return None
            return previous.parameters, np.ones(len(self.parameters), dtype=bool)
        if not any(self.moment.known.updated):
            return None
        mask = np.zeros(len(self.parameters), dtype=bool)
        slots = self.architecture.layout.slots
        for done, own in zip(self.moment.known.updated, slots, strict=True):
            if done:
                mask[own.weights.start : own.alpha.stop] = True
        return self.moment.trace.before.parameters, mask

    def old(self, index: int) -> float | None:
        """The value that a parameter had, where it is shown beside the new one."""
        if self.replaced is None or not self.replaced[1][index]:
            return None
        return float(self.replaced[0][index])

    @cached_property
    def gradients_known(self) -> Mask:
        """Of which parameters the gradient is known, flat."""
        mask = np.zeros(len(self.parameters), dtype=bool)
        layout = self.architecture.layout
        for count, number, own in zip(
            self.moment.known.gradients, range(1, len(layout.widths)), layout.slots, strict=True
        ):
            if count:
                shape = (layout.widths[number - 1], layout.widths[number])
                mask[own.weights].reshape(shape)[:, :count] = True
                mask[own.bias][:count] = True
                # One α a layer: it needs all units.
                mask[own.alpha] = count == layout.widths[number]
        return mask

    def gradient(self, index: int) -> float | None:
        """The gradient of a parameter that the optimizer sees; None as long as it is not known."""
        known = bool(self.gradients_known[index])
        return float(self.moment.trace.gradient[index]) if known else None

    # ----------------------------------------------------------------------------- units

    @property
    def has_sample(self) -> bool:
        """Whether one sample's own numbers are shown: it is in focus, or a pass is on its way."""
        several = len(self.moment.trace.rows) > 1
        return self.micro > 0 or not several or self.moment.document.view.focus is not None

    def input(self, position: int) -> float | None:
        """Value of an input of the sample that is shown."""
        if not self.has_sample or (self.fast and self.micro == 0):
            return None
        trace = self.moment.trace
        inputs = self.moment.segment.training.experiment.dataset.inputs
        return float(inputs[trace.focus, position])

    def target(self, position: int) -> float | None:
        """Target of the sample that is shown."""
        if not self.has_sample or (self.fast and self.micro == 0):
            return None
        return float(self.moment.trace.target[position])

    def activation(self, layer: int, position: int) -> float | None:
        """Value of a unit (layer 0: an input); None as long as it is not known."""
        if layer == 0:
            return self.input(position)
        if position >= self.moment.known.activations[layer - 1]:
            return None
        return float(self.moment.trace.sample_forward.activations[layer][0, position])

    def pre_activation(self, layer: int, position: int) -> float | None:
        """The weighted sum at a unit; None as long as it is not known."""
        if layer == 0 or position >= self.moment.known.activations[layer - 1]:
            return None
        return float(self.moment.trace.sample_forward.pre_activations[layer - 1][0, position])

    def delta(self, layer: int, position: int) -> float | None:
        """The error of a unit, as the notation counts it; None as long as it is not known."""
        if layer == 0 or position >= self.moment.known.deltas[layer - 1]:
            return None
        errors = self.notation.errors(self.moment.trace.sample_backward, layer)
        return float(errors[0, position])

    # ------------------------------------------------------------------------------ loss

    @property
    def sample_loss(self) -> float | None:
        """Loss of the sample that is shown; None as long as it is not known."""
        return self.moment.trace.sample_loss if self.moment.known.loss else None

    @cached_property
    def loss_change(self) -> tuple[float | None, float] | None:
        """Loss over the training set before and after an iteration that has just ended."""
        if self.micro > 0 or (self.moment.previous is None and self.moment.state.iteration == 0):
            return None
        now = self.moment.state.loss
        if self.moment.previous is None or self.fast:
            return None, now
        return self.moment.previous.loss, now

    # -------------------------------------------------------------------- what is in work

    def is_lit(self, layer: int, position: int) -> bool:
        """Whether a unit is in work."""
        step = self.step
        if step is None or step.phase is Phase.LOSS or step.layer != layer:
            return False
        return step.unit in (-1, position)

    @property
    def token(self) -> str:
        """The colour of the phase in work; that of text between two iterations."""
        return TOKENS[self.step.phase] if self.step is not None else "text"

    def lit_links(self, links: Links) -> Mask:
        """Which connections are in work: numbers run over them, or they are being changed."""
        step = self.step
        if step is None or step.phase in (Phase.LOSS, Phase.OUTPUT_ERROR):
            return np.zeros(len(links), dtype=bool)
        if step.phase is Phase.ERROR:
            mask: Mask = (links.layer == step.layer + 1) & (links.source == step.unit)
        elif step.phase is Phase.UPDATE:
            mask = links.layer == step.layer
        else:
            mask = (links.layer == step.layer) & (links.target == step.unit)
        return mask

    @property
    def direction(self) -> int:
        """Where numbers run: 1 to the output, −1 back, 0 nowhere."""
        if self.step is None or self.step.phase in (Phase.GRADIENT, Phase.UPDATE):
            return 0
        return 1 if self.step.phase in (Phase.FORWARD, Phase.LOSS) else -1
