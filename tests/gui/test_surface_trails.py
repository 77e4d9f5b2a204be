from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.landscape import AxesChoice, Plane, Request, plane_for
from engine.network import Architecture
from engine.session import Cursor, Document, History, edits
from engine.timeline import Timeline
from gui.views import surface_trails
from gui.views.surface_trails import Trails, stretch
from tests.experiments import document, moons


@pytest.fixture
def history() -> History:
    return History()


def advanced(document: Document, history: History, iteration: int) -> Document:
    """The document with its active run trained up to an iteration, the cursor there."""
    run = document.active
    history.state(run, iteration)
    changed = document.with_run(replace(run, newest=max(run.newest, iteration)))
    return replace(changed, cursor=Cursor(run.id, iteration))


def plane_of(document: Document) -> Plane:
    segment = document.segment
    return plane_for(Request(segment.training, AxesChoice("random"), segment.state.parameters))


def test_a_trail_holds_a_runs_states(history: History) -> None:
    shown = advanced(document(moons()), history, 30)
    trail = Trails().trail(history, shown.active, stretch(shown, shown.active))
    assert trail.iterations.tolist() == list(range(31))
    expected = [history.state(shown.active, i).parameters for i in range(31)]
    assert np.array_equal(trail.vectors, expected)


def test_its_points_are_the_coordinates_of_its_states(history: History) -> None:
    trails = Trails()
    shown = document(moons())
    for plane in (plane_of(shown), plane_of(shown)):
        for newest in (5, 30, 31):
            shown = advanced(shown, history, newest)
            run, segments = shown.active, stretch(shown, shown.active)
            iterations, points = trails.points(history, run, segments, plane)
            trail = trails.trail(history, run, segments)
            assert np.array_equal(iterations, trail.iterations)
            assert points == pytest.approx(plane.coordinates(trail.vectors), abs=1e-12)


def test_a_long_trail_is_thinned_between_its_ends(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface_trails, "MOST_POINTS", 16)
    shown = document(moons())
    slowly, trails = Trails(), Trails()
    for newest in range(0, 203, 7):
        shown = advanced(shown, history, newest)
        grown = slowly.trail(history, shown.active, stretch(shown, shown.active))
        assert len(grown.iterations) <= 17
    at_once = trails.trail(history, shown.active, stretch(shown, shown.active))
    assert at_once.iterations.tolist() == grown.iterations.tolist()
    assert at_once.iterations[0] == 0
    assert at_once.iterations[-1] == shown.active.newest
    assert (np.diff(at_once.iterations[:-1]) == 16).all()


def test_an_edit_of_a_weight_is_part_of_the_trail(history: History) -> None:
    shown = advanced(document(moons()), history, 4)
    before = history.state(shown.active, 4)
    moved = before.parameters + 1.0
    shown = edits.change_parameters(shown, before, moved)
    shown = advanced(shown, history, 6)
    trail = Trails().trail(history, shown.active, stretch(shown, shown.active))
    assert trail.iterations.tolist() == [0, 1, 2, 3, 4, 4, 5, 6]
    assert np.array_equal(trail.vectors[4], before.parameters)
    assert np.array_equal(trail.vectors[5], moved)


def test_a_fork_shares_the_trail_up_to_the_edit(history: History) -> None:
    shown = advanced(document(moons()), history, 8)
    shown = replace(shown, cursor=Cursor(1, 3))
    state = history.state(shown.active, 3)
    forked = edits.change_parameters(shown, state, state.parameters - 1.0)
    trails = Trails()
    first, second = (trails.trail(history, run, stretch(forked, run)) for run in forked.runs)
    assert first.iterations.tolist() == list(range(9))
    assert second.iterations.tolist() == [0, 1, 2, 3, 3]
    assert np.array_equal(first.vectors[:4], second.vectors[:4])


def test_only_states_of_the_network_on_screen_belong_together(history: History) -> None:
    shown = advanced(document(moons()), history, 3)
    wider = replace(
        shown.experiment, architecture=Architecture.dense((2, 5, 1), ("tanh", "sigmoid"))
    )
    changed = edits.change_experiment(shown, history.state(shown.active, 3), wider)
    assert [known.start for known in stretch(changed, changed.active)] == [3]
    earlier = replace(changed, cursor=Cursor(1, 2))
    assert [known.start for known in stretch(earlier, earlier.active)] == [0]
    other = edits.duplicate(changed)
    assert stretch(other, other.run(1)) == ()


def test_states_that_nobody_has_computed_yet_are_left_out(history: History) -> None:
    shown = document(moons())
    shown = shown.with_run(replace(shown.active, newest=50))
    trail = Trails().trail(history, shown.active, stretch(shown, shown.active))
    assert trail.iterations.tolist() == [0]


def test_a_run_that_nobody_has_looked_at_is_not_computed_again(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface_trails, "FAR_BEHIND", 100)
    shown = document(moons())
    source = Timeline(shown.segment.training)
    history.timeline(shown.segment).remember([source[i] for i in (70, 140, 300)])
    shown = replace(shown.with_run(replace(shown.active, newest=300)), cursor=Cursor(1, 300))
    trails = Trails()
    with monkeypatch.context() as patch:
        patch.setattr(type(shown.segment.training), "advance", never)
        trail = trails.trail(history, shown.active, stretch(shown, shown.active))
    assert trail.iterations.tolist() == [0, 70, 140, 300]
    shown = advanced(shown, history, 303)
    longer = trails.trail(history, shown.active, stretch(shown, shown.active))
    assert longer.iterations.tolist() == [0, 70, 140, 300, 301, 302, 303]


def never(*_: object) -> None:
    raise AssertionError("nothing needs to be computed")
