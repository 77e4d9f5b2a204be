"""The history remembers what was computed, and everything in it comes out the same again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.descent import Optimizer
from engine.session import Cursor, History, edits, granularities, moment
from engine.session.tables import loss_table, parameter_table
from engine.timeline import Timeline
from engine.training import Granularity, Training
from tests.experiments import by_hand, document, moons


def test_a_curve_has_the_loss_of_every_iteration_while_it_is_short() -> None:
    history = History()
    run = replace(document(moons()).active, newest=50)
    points = history.curve(run)
    assert [point.iteration for point in points] == list(range(51))
    assert all(point.loss == history.state(run, point.iteration).loss for point in points)
    assert all(point.test_loss is not None and point.accuracy is not None for point in points)


def test_a_long_curve_is_thinned_and_ends_at_the_newest_state() -> None:
    history = History()
    run = replace(document(by_hand()).active, newest=5003)
    points = history.curve(run, at_most=500)
    assert len(points) <= 500
    assert (points[0].iteration, points[-1].iteration) == (0, 5003)
    for point in points[::50]:
        assert point.loss == history.state(run, point.iteration).loss


def test_a_run_with_edits_has_one_curve_over_all_its_segments() -> None:
    history = History()
    before = document(by_hand())
    run = replace(before.active, newest=3)
    state = history.state(run, 3)
    at_three = replace(before.with_run(run), cursor=Cursor(run.id, 3))
    after = edits.change_experiment(at_three, state, replace(before.experiment, learning_rate=2e-5))
    longer = replace(after.active, newest=6)
    points = history.curve(longer)
    assert [point.iteration for point in points] in ([0, 1, 2, 3, 3, 4, 5, 6], list(range(7)))
    assert points[-1].loss == history.state(longer, 6).loss


@given(st.lists(st.integers(0, 300), min_size=1, max_size=12))
def test_states_are_the_same_bits_in_whatever_order_they_are_asked_for(order: list[int]) -> None:
    run = document(moons()).active
    tight, wide = History(budget=60_000), History()
    for iteration in order:
        mine, other = tight.state(run, iteration), wide.state(run, iteration)
        assert np.array_equal(mine.parameters, other.parameters)
        assert all(map(np.array_equal, mine.memory, other.memory))
        assert (mine.epoch, mine.position) == (other.epoch, other.position)


def test_the_moment_knows_the_step_before_only_between_two_iterations() -> None:
    history = History()
    start = document(by_hand())
    run = replace(start.active, newest=1)
    assert moment(start, history).previous is None
    rested = replace(start.with_run(run), cursor=Cursor(run.id, 1))
    previous = moment(rested, history).previous
    assert previous is not None
    assert previous.loss == 7200.0
    busy = replace(rested, cursor=Cursor(run.id, 1, 2))
    assert moment(busy, history).previous is None


def test_granularities_that_make_no_difference_are_not_offered() -> None:
    full = document(by_hand()).segment
    assert granularities(full) == (Granularity.NEURON, Granularity.LAYER, Granularity.BATCH)
    assert Granularity.EPOCH in granularities(document(moons()).segment)


def test_tables_hold_the_figures_of_the_lesson() -> None:
    run = replace(document(by_hand()).active, newest=1)
    history = History()
    losses = loss_table(run, history, 1)
    assert losses.columns == ("step", "loss")
    assert losses.rows[0] == (0, 7200.0)
    assert abs(losses.rows[1][1] - 3225.13717248) < 1e-9  # type: ignore[operator]
    rows = parameter_table(run, history, 1).rows
    assert rows[0] == (0, "w1_11", 0.5, 4800.0)
    assert (0, "w2_11", 1.0, 7200.0) in rows
    assert [row[2] for row in rows if row[0] == 1][:1] == [0.452]


def test_tables_can_skip_iterations_but_not_the_last() -> None:
    run = replace(document(by_hand()).active, newest=7)
    steps = [row[0] for row in loss_table(run, History(), 7, every=3).rows]
    assert steps == [0, 3, 6, 7]


def test_a_fork_with_another_experiment_measures_by_its_own_rules() -> None:
    experiment = moons()
    timeline = Timeline(Training(experiment))
    changed = replace(experiment, optimizer=Optimizer("gradient_descent"), loss="half_squared")
    other = Training(changed)
    fork = timeline.fork(at=12, simulation=other)
    assert fork.start == 12
    assert np.array_equal(fork[12].parameters, timeline[12].parameters)
    assert fork[12].loss == other.measure(timeline[12].parameters, "train").loss  # type: ignore[union-attr]
    assert fork[20].iteration == 20
    assert timeline.fork(at=12)[20].loss == timeline[20].loss
