"""Time: a simulation is a pure function from state to state, a timeline remembers the states.

A timeline never holds anything that the simulation could not compute again. It keeps what makes
going back quick (recent states, keyframes that get sparser with age, the stretch around the last
look-up) within a budget of memory, and everything else is recomputed, to the same bits.

States come in blocks, and a block may make each of its states only when somebody asks for it: so
nothing in here goes through a block state by state.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
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
    """Consecutive states that follow a given one; ``stop`` says why there are fewer than asked.

    ``states`` may be a sequence that makes its states on demand, from arrays that they share; then
    it has ``alone(index)``, a state that keeps no other alive, and ``compact()``, the same sequence
    with arrays of its own.
    """

    states: Sequence[S]
    stop: Stop | None = None


class Simulation(Protocol[S]):
    """A pure function from one immutable state to the next."""

    def initial(self) -> S:
        """Return the state before the first iteration."""

    def advance(self, state: S, n: int) -> Block[S]:
        """Return up to ``n`` states that follow ``state``."""

    def adopt(self, state: S, of: Any) -> S:
        """Return a state of another simulation of the same kind as one of this."""

    def trace(self, state: S, focus: int) -> Any:
        """Return the micro-steps inside the iteration that follows ``state``."""


MOST_KEYFRAMES = 4096
"""More would only take memory: a million iterations are then 256 from one to the next."""


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
        self._recent: list[Sequence[S]] = []  # ascending; the oldest are dropped
        self._stretch: Sequence[S] = ()
        self._given: dict[int, S] = {}  # ascending
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
        known = self._known(iteration)
        return self._recompute(iteration) if known is None else known

    def __iter__(self) -> Iterator[S]:
        """Give the states computed so far, in order."""
        return (self[iteration] for iteration in range(self.start, self.newest + 1))

    def extend(self, n: int) -> Block[S]:
        """Compute ``n`` more states at the end and remember them."""
        if self.stop is not None:
            return Block((), self.stop)
        block = self.simulation.advance(self._newest, n)
        self.append(block)
        return block

    def append(self, block: Block[S]) -> None:
        """Remember states that follow the newest one (as computed in another thread)."""
        states = block.states
        if states:
            for state, expected in ((states[0], 1), (states[-1], len(states))):
                if state.iteration != self.newest + expected:
                    raise ValueError(f"state {state.iteration} does not follow {self.newest}")
            self._remember(states)
        if block.stop is not None:
            self.stop = block.stop

    def remember(self, states: Sequence[S]) -> None:
        """Take in a few states that were computed before, far between, as from a file.

        They follow the newest state in ascending order; the last one becomes the newest. They are
        kept for good; what lies between them is recomputed when somebody asks for it.

        Raises
        ------
        ValueError
            The states are not in order.
        """
        for state in states:
            if state.iteration <= self.newest:
                raise ValueError(f"state {state.iteration} does not come after {self.newest}")
            self._given[self.newest] = self._newest
            self._newest = self._given[state.iteration] = state

    def fork(
        self, at: int, simulation: Simulation[S] | None = None, state: S | None = None
    ) -> Timeline[S]:
        """Return a new timeline that starts at iteration ``at`` of this one.

        Another ``simulation`` adopts this one's state there, unless it is given a ``state``.
        """
        rules = self.simulation if simulation is None else simulation
        if state is None:
            state = self[at] if simulation is None else rules.adopt(self[at], self.simulation)
        return Timeline(rules, state)

    def sample(self, at_most: int, until: int | None = None) -> list[S]:
        """Return up to ``at_most`` (2 or more) remembered states, the first and the last included.

        They are spread evenly over the iterations up to ``until``, as far as older states are
        still remembered; nothing is computed anew, unless ``until`` itself is forgotten.
        """
        last = self.newest if until is None else max(self.start, min(until, self.newest))
        steps = min(at_most - 1, last - self.start)
        wanted = (self.start + k * (last - self.start) // steps for k in range(steps))
        near = {i if self._known(i) is not None else self._base(i).iteration for i in wanted}
        return [self[i] for i in sorted(near | {last})]

    def remembers(self, iteration: int) -> bool:
        """Tell whether a state is there without being computed again."""
        return self._known(iteration) is not None

    def _known(self, iteration: int) -> S | None:
        """Return a state if it is remembered."""
        if iteration == self.newest:
            return self._newest
        for memory in (self._keyframes, self._given):
            if iteration in memory:
                return memory[iteration]
        place = bisect_right(self._recent, iteration, key=_first) - 1
        for states in (self._recent[place] if place >= 0 else (), self._stretch):
            if states and 0 <= iteration - _first(states) < len(states):
                return states[iteration - _first(states)]
        return None

    def _base(self, iteration: int) -> S:
        """Return the last keyframe, or state given, up to an iteration."""
        place = iteration - (iteration - self.start) % self._stride
        given = self._given_before(iteration)
        if place in self._keyframes and place >= given:
            return self._keyframes[place]
        # Before the last of the given states only these are there, and the start.
        return self._given[given] if given >= self.start else self._keyframes[self.start]

    def _given_before(self, iteration: int) -> int:
        """Return the last iteration up to this one whose state was given; −1 if there is none."""
        places = list(self._given)
        index = bisect_right(places, iteration) - 1
        return places[index] if index >= 0 else -1

    def _remember(self, states: Sequence[S]) -> None:
        start, first, previous = self.start, self.newest + 1, self._newest
        self._newest = states[-1]
        most = min(self._capacity, MOST_KEYFRAMES)
        # The newest state is no keyframe yet: it is known anyway.
        last = self.newest - 1
        stride = self._stride
        while (last - start) // stride >= most:
            stride *= 2
        if stride != self._stride:
            self._stride = stride
            self._keyframes = {
                i: s for i, s in self._keyframes.items() if (i - start) % stride == 0
            }
        if (first - 1 - start) % stride == 0:
            self._keyframes[first - 1] = self._last_alone(previous)
        ahead = start + -(-(first - start) // stride) * stride
        for iteration in range(ahead, last + 1, stride):
            self._keyframes[iteration] = _alone(states, iteration - first)
        self._recent.append(_newest_of(states, self._capacity))
        excess = sum(map(len, self._recent)) - self._capacity
        while excess > 0:
            oldest = self._recent.pop(0)
            if len(oldest) > excess:
                # What is left out stays in memory until the rest goes: one block at most.
                self._recent.insert(0, oldest[excess:])
            excess -= len(oldest)

    def _last_alone(self, newest: S) -> S:
        """Return the state that was the newest so far without the block that it came in."""
        if self._recent:
            states = self._recent[-1]
            if _first(states) + len(states) - 1 == newest.iteration:
                return _alone(states, len(states) - 1)
        return newest

    def _following(self, base: int) -> int:
        """Return where the next keyframe, or state given, stands after the one at ``base``."""
        ahead = base + self._stride - (base - self.start) % self._stride
        if ahead in self._keyframes:
            return ahead
        return min((place for place in self._given if place > base), default=self.newest)

    def _recompute(self, iteration: int) -> S:
        state = self._base(iteration)
        end = self._following(state.iteration)
        if self._stretch and state.iteration < self._stretch[-1].iteration <= iteration:
            state = self._stretch[-1]
        # Not more at once than may be remembered.
        while state.iteration + self._capacity < iteration:
            states = self.simulation.advance(state, self._capacity).states
            if not states:
                return state
            state = states[-1]
        # Up to the next keyframe, so that scrubbing on costs nothing more.
        end = min(end, state.iteration + self._capacity)
        self._stretch = self.simulation.advance(state, end - state.iteration).states
        if state.iteration + len(self._stretch) < iteration:
            # Only states given from elsewhere can lie where these rules do not lead; the last one
            # on the way stands in for what nobody can compute.
            return self._stretch[-1] if self._stretch else state
        return self._stretch[iteration - state.iteration - 1]


def _first(states: Sequence[State]) -> int:
    """Return the iteration of the first of some consecutive states."""
    iterations = getattr(states, "iterations", None)
    return int(states[0].iteration if iterations is None else iterations[0])


def _alone(states: Sequence[S], index: int) -> S:
    """Return a state that keeps no others in memory."""
    alone = getattr(states, "alone", None)
    state: S = states[index] if alone is None else alone(index)
    return state


def _newest_of(states: Sequence[S], most: int) -> Sequence[S]:
    """Return the last states of a block, without the memory of the others."""
    if len(states) <= most:
        return states
    rest = states[-most:]
    compact = getattr(rest, "compact", None)
    return rest if compact is None else compact()
