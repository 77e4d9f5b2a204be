"""A timeline gives every state of a simulation, to the bit, within its memory."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.timeline import Block, EndOfRunError, Stop, Timeline

SIZE = 100
"""Bytes of a state; a budget of 48 states is the smallest that a timeline keeps to."""
SMALLEST = 3 * 16 * SIZE


@dataclass(frozen=True)
class Mixed:
    """A state whose value depends on all states before it."""

    iteration: int
    value: int

    @property
    def nbytes(self) -> int:
        return SIZE


@dataclass
class Mixer:
    """A simulation that counts how often it is asked for a state, and may stop."""

    key: int = 1
    end: int | None = None
    computed: list[int] = field(default_factory=list)
    largest_block: int = 0

    def initial(self) -> Mixed:
        return Mixed(0, self.key)

    def advance(self, state: Mixed, n: int) -> Block[Mixed]:
        states: list[Mixed] = []
        for _ in range(n):
            if state.iteration == self.end:
                return Block(states, Stop("mixer.stopped", state.iteration))
            mixed = (state.value * 6364136223846793005 + self.key) % 2**64
            state = Mixed(state.iteration + 1, mixed)
            self.computed.append(state.iteration)
            states.append(state)
        self.largest_block = max(self.largest_block, len(states))
        return Block(states)

    def adopt(self, state: Mixed, of: object) -> Mixed:
        return state

    def trace(self, state: Mixed, focus: int) -> None:
        return None


TRUTH = [Mixer().initial(), *Mixer().advance(Mixer().initial(), 3000).states]


def remembered(timeline: Timeline[Mixed]) -> int:
    """How many states a timeline holds, found by the references it keeps."""
    held = {timeline.newest}
    waiting: list[object] = list(vars(timeline).values())
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mixed):
            held.add(found.iteration)
        elif isinstance(found, dict):
            waiting += found.values()
        elif isinstance(found, list | tuple):
            waiting += found
    return len(held)


@given(st.lists(st.integers(0, 3000), max_size=30), st.integers(0, 40 * SMALLEST))
def test_every_order_of_asking_gives_the_same_states(asked: list[int], budget: int) -> None:
    timeline = Timeline(Mixer(), budget=budget)
    assert [timeline[iteration] for iteration in asked] == [TRUTH[iteration] for iteration in asked]


@given(st.integers(0, 2500), st.lists(st.integers(-3, 3), max_size=60))
def test_scrubbing_back_and_forth_gives_the_same_states(start: int, moves: list[int]) -> None:
    timeline = Timeline(Mixer(), budget=SMALLEST)
    timeline.extend(2700)
    place = start
    for move in moves:
        place = max(0, place + move)
        assert timeline[place] == TRUTH[place]


def test_walking_all_the_way_back_gives_the_same_states() -> None:
    timeline = Timeline(Mixer(), budget=SMALLEST)
    timeline.extend(1000)
    assert [timeline[i] for i in range(1000, -1, -1)] == TRUTH[1000::-1]


def test_memory_stays_within_the_budget() -> None:
    mixer = Mixer()
    timeline = Timeline(mixer, budget=SMALLEST)
    for _ in range(30):
        timeline.extend(100)
    mixer.largest_block = 0
    for iteration in (5, 1700, 900, 2999, 64, 1):
        assert timeline[iteration] == TRUTH[iteration]
        assert remembered(timeline) <= 48 + 1
    assert mixer.largest_block <= 16


def test_within_the_budget_nothing_is_computed_twice() -> None:
    mixer = Mixer()
    timeline = Timeline(mixer)
    timeline.extend(2000)
    for iteration in (0, 1999, 7, 1234):
        assert timeline[iteration] == TRUTH[iteration]
    assert mixer.computed == list(range(1, 2001))


def test_scrubbing_on_after_a_look_back_costs_little() -> None:
    mixer = Mixer()
    timeline = Timeline(mixer, budget=SMALLEST)
    timeline.extend(3000)
    mixer.computed.clear()
    for iteration in range(512, 512 + 256):
        assert timeline[iteration] == TRUTH[iteration]
    assert len(mixer.computed) <= 2 * 256 + 256


def test_states_of_another_thread_are_appended_in_order() -> None:
    timeline = Timeline(Mixer())
    timeline.append(Block(TRUTH[1:11]))
    assert timeline.newest == 10
    assert timeline.last == TRUTH[10]
    with pytest.raises(ValueError, match="state 12 does not follow 10"):
        timeline.append(Block(TRUTH[12:13]))
    assert timeline.newest == 10


def test_a_stop_ends_the_run_at_its_last_state() -> None:
    timeline = Timeline(Mixer(end=300))
    assert timeline[299] == TRUTH[299]
    assert timeline.stop is None
    with pytest.raises(EndOfRunError) as caught:
        timeline[301]
    assert caught.value.stop == timeline.stop == Stop("mixer.stopped", 300)
    assert timeline[300] == TRUTH[300] == timeline.last
    assert timeline.extend(5) == Block((), timeline.stop)
    assert timeline[12] == TRUTH[12]


def test_before_the_start_is_nothing() -> None:
    fork = Timeline(Mixer()).fork(at=60)
    with pytest.raises(IndexError, match="59 lies before the start, 60"):
        fork[59]


def test_a_fork_goes_the_same_way_by_the_same_rules() -> None:
    fork = Timeline(Mixer()).fork(at=60)
    assert (fork.start, fork.newest, len(fork)) == (60, 60, 1)
    assert [fork[i] for i in (90, 60, 75)] == [TRUTH[i] for i in (90, 60, 75)]


def test_a_fork_with_other_rules_goes_its_own_way_and_leaves_the_first_alone() -> None:
    timeline = Timeline(Mixer())
    fork = timeline.fork(at=60, simulation=Mixer(key=9))
    assert fork[60] == TRUTH[60]
    assert fork[61] != TRUTH[61]
    assert timeline[61] == TRUTH[61]


def test_a_fork_may_start_from_another_state() -> None:
    fork = Timeline(Mixer()).fork(at=60, state=Mixed(60, 5))
    assert fork[60] == Mixed(60, 5)
    assert fork[61] == Mixer().advance(Mixed(60, 5), 1).states[0]


@given(st.integers(60, 2000), st.integers(0, 3 * SMALLEST))
def test_keyframes_of_a_fork_count_from_its_start(asked: int, budget: int) -> None:
    fork = Timeline(Mixer(), TRUTH[60], budget=budget)
    fork.extend(2000 - 60)
    assert fork[asked] == TRUTH[asked]


def test_iterating_gives_what_is_known_and_ends() -> None:
    timeline = Timeline(Mixer(), budget=SMALLEST)
    timeline.extend(200)
    assert list(timeline) == TRUTH[:201]
    assert len(timeline) == 201


class TestRemember:
    @given(
        st.integers(0, 300),
        st.sets(st.integers(1, 900), min_size=1, max_size=6),
        st.integers(0, 600),
        st.lists(st.integers(0, 1800), max_size=20),
    )
    def test_states_from_a_file_change_nothing_that_is_computed(
        self, before: int, gaps: set[int], after: int, asked: list[int]
    ) -> None:
        timeline = Timeline(Mixer(), budget=SMALLEST)
        timeline.extend(before)
        places = [before + gap for gap in sorted(gaps)]
        timeline.remember([TRUTH[place] for place in places])
        assert timeline.newest == places[-1]
        timeline.extend(after)
        assert timeline.last == TRUTH[places[-1] + after]
        assert [timeline[place] for place in asked] == [TRUTH[place] for place in asked]

    def test_what_is_given_is_there_at_once_and_for_good(self) -> None:
        mixer = Mixer()
        timeline = Timeline(mixer, budget=SMALLEST)
        timeline.remember([TRUTH[500], TRUTH[1000]])
        assert (timeline[500], timeline[1000], len(mixer.computed)) == (TRUTH[500], TRUTH[1000], 0)
        timeline.extend(2000)
        mixer.computed.clear()
        assert (timeline[500], timeline[1000], len(mixer.computed)) == (TRUTH[500], TRUTH[1000], 0)

    def test_what_lies_between_is_computed_from_the_nearest_state_before(self) -> None:
        mixer = Mixer()
        timeline = Timeline(mixer)
        timeline.remember([TRUTH[500], TRUTH[1000]])
        assert timeline[510] == TRUTH[510]
        assert min(mixer.computed) == 501
        assert max(mixer.computed) <= 1000

    def test_in_a_fork_as_well(self) -> None:
        fork = Timeline(Mixer(), TRUTH[60], budget=SMALLEST)
        fork.remember([TRUTH[400]])
        assert [fork[i] for i in (399, 60, 61, 700)] == [TRUTH[i] for i in (399, 60, 61, 700)]

    def test_out_of_order_is_refused(self) -> None:
        timeline = Timeline(Mixer())
        timeline.extend(10)
        with pytest.raises(ValueError, match="state 10 does not come after 10"):
            timeline.remember([TRUTH[10]])

    def test_a_sample_holds_them_without_computing(self) -> None:
        mixer = Mixer()
        timeline = Timeline(mixer)
        timeline.remember([TRUTH[500], TRUTH[1000]])
        assert timeline.sample(5) == [TRUTH[0], TRUTH[500], TRUTH[1000]]
        assert mixer.computed == []

    def test_where_the_rules_do_not_lead_the_last_state_on_the_way_stands_in(self) -> None:
        timeline = Timeline(Mixer(end=300))
        timeline.remember([TRUTH[500]])
        assert timeline[299] == TRUTH[299]
        assert timeline[400] == TRUTH[300]
        assert timeline[500] == TRUTH[500]


class TestSample:
    def test_holds_everything_if_there_is_room(self) -> None:
        timeline = Timeline(Mixer())
        timeline.extend(50)
        assert timeline.sample(100) == TRUTH[:51]

    def test_of_a_start_is_the_start(self) -> None:
        assert Timeline(Mixer()).sample(10) == TRUTH[:1]

    @given(st.integers(2, 40), st.integers(0, 2500), st.integers(0, 2500))
    def test_is_ordered_and_has_both_ends(self, at_most: int, length: int, until: int) -> None:
        timeline = Timeline(Mixer(), budget=SMALLEST)
        timeline.extend(length)
        sample = timeline.sample(at_most, until)
        places = [state.iteration for state in sample]
        assert len(places) <= at_most
        assert places == sorted(set(places))
        assert (places[0], places[-1]) == (0, min(until, length))
        assert sample == [TRUTH[place] for place in places]

    def test_is_spread_evenly_over_the_run(self) -> None:
        timeline = Timeline(Mixer())
        timeline.extend(3000)
        places = [state.iteration for state in timeline.sample(101)]
        assert places == list(range(0, 3001, 30))

    def test_computes_nothing_anew(self) -> None:
        mixer = Mixer()
        timeline = Timeline(mixer, budget=SMALLEST)
        timeline.extend(3000)
        mixer.computed.clear()
        timeline.sample(500)
        assert mixer.computed == []


def test_scrubbing_between_two_given_states_computes_the_stretch_once() -> None:
    mixer = Mixer()
    timeline = Timeline(mixer, budget=100 * SMALLEST)
    timeline.remember([TRUTH[100], TRUTH[400], TRUTH[2000]])
    for iteration in range(101, 400):
        assert timeline[iteration] == TRUTH[iteration]
    assert mixer.computed == list(range(101, 401))
