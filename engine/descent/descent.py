"""A descent as a simulation: a pure function from one state to the next."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.descent.critical import Kind, kind_of
from engine.descent.objective import Objective, Vector, dimension
from engine.descent.optimizers import Method
from engine.descent.rule import Memory, Search
from engine.descent.state import DescentState, length
from engine.descent.step import Here, Step
from engine.descent.stepping import start, take_step
from engine.descent.trace import Trace
from engine.errors import NablaError
from engine.timeline import Block, Stop

TOLERANCE = 1e-8
_ROUNDING = 1e-14

CONVERGED = "descent.converged"
CRITICAL = {
    Kind.MINIMUM: CONVERGED,
    Kind.UNKNOWN: CONVERGED,
    Kind.SADDLE: "descent.stuck_at_saddle",
    Kind.MAXIMUM: "descent.stuck_at_maximum",
    Kind.FLAT: "descent.stuck_on_flat",
}
"""Reason for the end at a point without slope, by its kind."""


@dataclass(frozen=True, eq=False)
class Descent:
    """The descent of one method on one objective from one start. It holds nothing that changes.

    Attributes
    ----------
    start
        A number for each coordinate.
    tolerance
        The descent ends where gradient and step are no longer than this; with None it goes on
        for ever, and stands still where there is no way down.
    """

    objective: Objective
    start: Sequence[float]
    method: Method = field(default_factory=Method)
    tolerance: float | None = TOLERANCE

    def __post_init__(self) -> None:
        """Check that the parts fit together.

        Raises
        ------
        NablaError
            The start has another number of coordinates, or one that is not finite; the method
            cannot take so many.
        """
        size = dimension(self.objective)
        if len(self.start) != size:
            raise NablaError("descent.wrong_dimension", given=len(self.start), expected=size)
        for name, value in zip(self.objective.names, self.start, strict=True):
            if not math.isfinite(value):
                raise NablaError("descent.start_not_finite", name=name, value=float(value))
        entry = self.method.optimizer.entry
        if isinstance(entry, Search) and entry.most_dimensions is not None:
            most = entry.most_dimensions
            if size > most:
                raise NablaError(
                    "descent.too_many_dimensions", name=entry.label, given=size, most=most
                )

    def initial(self) -> DescentState:
        """Return the state before the first iteration; also where the value there is NaN."""
        point = np.array(self.start, dtype=np.float64)
        return self.state(point)

    def state(
        self,
        point: Vector,
        iteration: int = 0,
        updates: int = 0,
        memory: Memory | None = None,
        came: Step | None = None,
        before: DescentState | None = None,
    ) -> DescentState:
        """Return the state at a point: fresh, or after the step ``came`` from the state before."""
        with np.errstate(all="ignore"):
            value = float(self.objective.value(point))
            gradient = self.objective.at(iteration).gradient(point)
        if memory is None:
            memory = start(self.method.optimizer, point.size)
        for array in (point, gradient, *memory):
            array.flags.writeable = False
        if came is None or before is None:
            return DescentState(iteration, updates, point, memory, value, gradient)
        return DescentState(
            iteration,
            updates,
            point,
            memory,
            value,
            gradient,
            length(point - before.point),
            before.evaluations.plus(came.evaluations),
            came.notes,
        )

    def adopt(self, state: DescentState, of: Descent) -> DescentState:
        """Return a state of another descent as one of this: the place, and memory that still fits.

        Memory survives where the optimizer is the same; other dimensions start afresh.
        """
        if state.point.size != dimension(self.objective):
            return self.initial()
        same = of.method.optimizer.key == self.method.optimizer.key
        fresh = self.state(
            np.array(state.point),
            state.iteration,
            state.updates if same else 0,
            tuple(np.array(array) for array in state.memory) if same else None,
        )
        return replace(fresh, evaluations=state.evaluations)

    def seen(self, state: DescentState) -> Here:
        """Return what the optimizer looks at in the iteration that follows a state."""
        return Here(
            self.objective.at(state.iteration),
            state.point,
            self.method.clipped(state.gradient),
        )

    def step(self, state: DescentState) -> Step:
        """Return the step that follows a state."""
        return take_step(
            self.method.optimizer,
            self.seen(state),
            state.memory,
            state.updates + 1,
            self.method.rate(state.iteration),
        )

    def advance(self, state: DescentState, n: int) -> Block[DescentState]:
        """Return up to ``n`` further states; fewer, with the reason, where the descent ends."""
        states: list[DescentState] = []
        for _ in range(n):
            following = self._next(state)
            if isinstance(following, Stop):
                return Block(states, following)
            states.append(following)
            state = following
        return Block(states)

    def _next(self, state: DescentState) -> DescentState | Stop:
        end = self._end(state)
        if end is not None:
            return end
        step = self.step(state)
        if step.stuck is not None and self.tolerance is not None:
            return self._stuck(state, step)
        following = self.state(
            np.array(step.point), state.iteration + 1, state.updates + 1, step.memory, step, state
        )
        return self._overflow(following) or following

    def _end(self, state: DescentState) -> Stop | None:
        """Return why no step follows a state, if none does."""
        if not (math.isfinite(state.value) and np.isfinite(state.gradient).all()):
            details = {"value": state.value, **_named(self.objective, state.point)}
            return Stop("descent.start_undefined", state.iteration, details)
        if self.tolerance is None or state.gradient_norm > self.tolerance:
            return None
        if state.step_length is None:
            kind = kind_of(self.objective, state.point)
            details = {"kind": kind.value, **_named(self.objective, state.point)}
            return Stop("descent.zero_gradient", state.iteration, details)
        if state.step_length > self.tolerance * max(1.0, length(state.point)):
            return None
        return self._arrived(state)

    def _arrived(self, state: DescentState) -> Stop:
        kind = kind_of(self.objective, state.point)
        details: dict[str, object] = {
            "kind": kind.value,
            "value": state.value,
            "gradient": state.gradient_norm,
            **_named(self.objective, state.point),
        }
        return Stop(CRITICAL[kind], state.iteration, details)

    def _stuck(self, state: DescentState, step: Step) -> Stop:
        """Return why a search finds nothing: it has arrived as exactly as can be, or it is lost."""
        assert step.stuck is not None
        assert step.direction is not None
        with np.errstate(all="ignore"):
            gain = abs(float(state.gradient @ step.direction))
        if not math.isfinite(gain):
            return Stop("descent.diverged", state.iteration, {"what": "slope", "value": gain})
        if gain <= _ROUNDING * max(1.0, abs(state.value)) or state.gradient_norm == 0.0:
            return self._arrived(state)
        details = {"trials": len(step.trials), "gradient": state.gradient_norm}
        return Stop(step.stuck, state.iteration, details)

    def _overflow(self, state: DescentState) -> Stop | None:
        """Return where the first number that is not finite has appeared, if any has."""
        before = state.iteration - 1
        for what, array in (
            ("point", state.point),
            *zip(self.method.optimizer.entry.memory, state.memory, strict=True),
            ("value", np.array([state.value])),
            ("gradient", state.gradient),
        ):
            finite = np.isfinite(array)
            if not finite.all():
                place = int(np.argmin(finite.reshape(-1)))
                names = self.objective.names
                details: dict[str, object] = {
                    "what": what,
                    "value": float(array.reshape(-1)[place]),
                }
                if array.size == len(names):
                    details["name"] = names[place]
                return Stop("descent.diverged", before, details)
        return None

    def trace(self, state: DescentState, focus: int | None = None) -> Trace:
        """Return the micro-steps of the iteration that follows a state (``focus`` is not used)."""
        here = self.seen(state)
        return Trace(
            self.method,
            self.objective.names,
            state,
            here,
            self.step(state),
        )


def _named(objective: Objective, point: Vector) -> dict[str, object]:
    names = objective.names[:3]
    return {"point": ", ".join(f"{n} = {v:.6g}" for n, v in zip(names, point, strict=False))}
