"""Time: a simulation is a pure function from state to state, a timeline remembers the states.

A timeline never holds anything that the simulation could not compute again. It keeps what makes going
back quick (recent states, keyframes that get sparser with age, the stretch around the last look-up)
within a budget of memory, and everything else is recomputed, to the same bits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar


class State(Protocol):
    """What a timeline needs to know about a state."""

    @property
    def iteration(self) -> int:
        """How many iterations lie behind this state."""

    @property
    def nbytes(self) -> int:
        """Memory that the state's arrays take, in bytes."""


S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Stop:
    """Why a run ends: a message code with its details, and the last good iteration."""

    code: str
    iteration: int
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Block(Generic[S]):
    """Consecutive states that follow a given one; ``stop`` says why there are fewer than asked."""

    states: Sequence[S]
    stop: Stop | None = None


class Simulation(Protocol[S]):
    """A pure function from one immutable state to the next."""

    def initial(self) -> S:
        """Return the state before the first iteration."""

    def advance(self, state: S, n: int) -> Block[S]:
        """Return up to ``n`` states that follow ``state``."""

    def trace(self, state: S, focus: int) -> Any:
        """Return the micro-steps inside the iteration that follows ``state``."""


class EndOfRunError(IndexError):
    """The state asked for lies behind the point at which the simulation stopped."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        super().__init__(f"{stop.code} after iteration {stop.iteration}")


class Timeline(Generic[S]):
    """All states of one simulation from a start on, by iteration.

    Parameters
    ----------
    simulation
        Gives the states.
    state
        First state; ``simulation.initial()`` if left out.
    budget
        Memory for remembered states, in bytes.
    """

    def __init__(
        self, simulation: Simulation[S], state: S | None = None, budget: int = 256 * 2**20
    ) -> None:
        self.simulation = simulation
        first = simulation.initial() if state is None else state
        self.start = first.iteration
        self.stop: Stop | None = None
        self._keyframes: dict[int, S] = {first.iteration: first}
        self._newest = first
        self._recent: dict[int, S] = {}
        self._stretch: dict[int, S] = {}
        self._stride = 1
        # A third of the budget for each kind of memory.
        self._capacity = max(16, budget // 3 // max(1, first.nbytes))

    @property
    def newest(self) -> int:
        """The largest iteration that has been computed."""
        return self._newest.iteration

    @property
    def last(self) -> S:
        """The state at ``newest``."""
        return self._newest

    def __len__(self) -> int:
        """Return how many states are known, the first one included."""
        return self.newest - self.start + 1

    def __getitem__(self, iteration: int) -> S:
        """Return the state after ``iteration`` iterations, computing what is missing.

        Raises
        ------
        IndexError
            The iteration lies before the start, or (``EndOfRunError``) behind the simulation's end.
        """
        if iteration < self.start:
            raise IndexError(f"iteration {iteration} lies before the start, {self.start}")
        while iteration > self.newest:
            self.extend(min(256, iteration - self.newest))
            if self.stop is not None and iteration > self.newest:
                raise EndOfRunError(self.stop)
        if iteration == self.newest:
            return self._newest
        for memory in (self._recent, self._keyframes, self._stretch):
            if iteration in memory:
                return memory[iteration]
        return self._recompute(iteration)

    def extend(self, n: int) -> Block[S]:
        """Compute ``n`` more states at the end and remember them."""
        if self.stop is not None:
            return Block((), self.stop)
        block = self.simulation.advance(self._newest, n)
        self.append(block)
        return block

    def append(self, block: Block[S]) -> None:
        """Remember states that follow the newest one (as computed in another thread)."""
        for state in block.states:
            if state.iteration != self.newest + 1:
                raise ValueError(f"state {state.iteration} does not follow {self.newest}")
            self._remember(state)
        if block.stop is not None:
            self.stop = block.stop

    def fork(
        self, at: int, simulation: Simulation[S] | None = None, state: S | None = None
    ) -> Timeline[S]:
        """Return a new timeline that starts at iteration ``at`` of this one.

        ``simulation`` and ``state`` replace this timeline's rules and its state there.
        """
        return Timeline(simulation or self.simulation, self[at] if state is None else state)

    def sample(self, at_most: int, until: int | None = None) -> list[S]:
        """Return remembered states in order, evenly thinned, the first and the last included."""
        limit = self.newest if until is None else min(until, self.newest)
        known = sorted(
            i for i in {*self._keyframes, *self._recent, *self._stretch, self.newest} if i <= limit
        )
        if len(known) > at_most:
            step = (len(known) - 1) / (at_most - 1)
            known = [known[round(k * step)] for k in range(at_most)]
        states = [self[i] for i in known]
        if states[-1].iteration != limit:
            states.append(self[limit])
        return states

    def _remember(self, state: S) -> None:
        previous = self._newest
        self._newest = state
        self._recent[previous.iteration] = previous
        if len(self._recent) > self._capacity:
            del self._recent[next(iter(self._recent))]
        if (previous.iteration - self.start) % self._stride == 0:
            self._keyframes[previous.iteration] = previous
            if len(self._keyframes) > self._capacity:
                self._stride *= 2
                self._keyframes = {
                    i: s for i, s in self._keyframes.items() if (i - self.start) % self._stride == 0
                }

    def _recompute(self, iteration: int) -> S:
        frames = sorted({*self._keyframes, *(self._stretch or ())})
        base = frames[bisect_right(frames, iteration) - 1]
        state = self._stretch[base] if base in self._stretch else self._keyframes[base]
        # Fill to the next keyframe, so that scrubbing on costs nothing more.
        reach = min(self._stride, self.newest - base, self._capacity)
        block = self.simulation.advance(state, max(reach, iteration - base))
        kept = block.states[-self._capacity :]
        self._stretch = {s.iteration: s for s in kept}
        return block.states[iteration - base - 1]
