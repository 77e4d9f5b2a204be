"""A stored session comes back bit for bit, with all that was computed near at hand."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NablaError
from engine.session import Cursor, Document, History, moment, stored
from engine.session.edits import MOST_RUNS
from engine.session.history import CURVE_POINTS
from engine.session.stored import KEYFRAMES, Session, from_json, session_of, to_json
from engine.session.stored_experiment import (
    experiment_from_json,
    experiment_hash,
    experiment_to_json,
)
from engine.training import Experiment, Training, TrainingState
from tests.engine.session.documents import busy, small, table, trained, with_everything


def through_json(document: Document, history: History) -> Session:
    return from_json(json.loads(json.dumps(to_json(session_of(document, history)))))


def assert_same_state(ours: TrainingState, theirs: TrainingState) -> None:
    for name in ("iteration", "epoch", "position", "updates", "batch_loss"):
        assert getattr(ours, name) == getattr(theirs, name), name
    for one, other in zip(
        (ours.parameters, *ours.memory), (theirs.parameters, *theirs.memory), strict=True
    ):
        assert one.tobytes() == other.tobytes()
        assert not other.flags.writeable


@pytest.mark.parametrize("experiment", [small().experiment, busy(), table()])
def test_an_experiment_comes_back_equal(experiment: Experiment) -> None:
    content = json.loads(json.dumps(experiment_to_json(experiment)))
    assert experiment_from_json("experiment", content) == experiment


def test_a_document_comes_back_as_it_was() -> None:
    document, history = with_everything()
    session = through_json(document, history)
    back = session.document
    assert back.cursor == document.cursor
    assert back.view == document.view
    assert [(r.id, r.name, r.colour, r.visible, r.newest) for r in back.runs] == [
        (r.id, r.name, r.colour, r.visible, r.newest) for r in document.runs
    ]
    for ours, theirs in zip(document.runs, back.runs, strict=True):
        assert len(ours.segments) == len(theirs.segments)
        for one, other in zip(ours.segments, theirs.segments, strict=True):
            assert one.training.experiment == other.training.experiment
            assert_same_state(one.state, other.state)
    assert not session.other_engine


def test_every_state_comes_back_to_the_bit() -> None:
    document, history = with_everything()
    session = through_json(document, history)
    again = session.history()
    for ours, theirs in zip(document.runs, session.document.runs, strict=True):
        for iteration in range(ours.newest, -1, -7):
            assert_same_state(history.state(ours, iteration), again.state(theirs, iteration))


def test_training_goes_on_to_the_same_bits() -> None:
    document, history = with_everything()
    session = through_json(document, history)
    ahead = trained(document, history, 40)
    again = session.history()
    assert_same_state(
        history.state(ahead.active, ahead.active.newest),
        again.state(session.document.active, ahead.active.newest),
    )


def test_what_runs_share_is_stored_once_and_shared_again() -> None:
    document, history = with_everything()
    content = to_json(session_of(document, history))
    assert len(content["segments"]) == 3  # type: ignore[arg-type]
    assert len(content["experiments"]) == 2  # type: ignore[arg-type]
    assert len(content["data"]) == 1  # type: ignore[arg-type]
    first, second = from_json(content).document.runs
    assert first.segments[0] is second.segments[0]
    assert first.segments[0].training is second.segments[1].training


def test_opening_computes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    document, history = with_everything()
    content = to_json(session_of(document, history))

    def refuse(self: Training, state: TrainingState, n: int) -> None:
        raise AssertionError("a state was computed")

    monkeypatch.setattr(Training, "advance", refuse)
    session = from_json(content)
    again = session.history()
    moment(session.document, again)
    for run in session.document.runs:
        again.curve(run)
        again.path(run, run.newest)
        again.state(run, run.newest)
    cursor = session.document.cursor
    for back in range(stored.BEFORE_CURSOR):
        again.state(session.document.active, cursor.iteration - back)


def test_the_loss_curve_is_there_at_once() -> None:
    document, history = with_everything()
    for run in document.runs:
        history.curve(run)
    session = through_json(document, history)
    again = session.history()
    for ours, theirs in zip(document.runs, session.document.runs, strict=True):
        assert again.curve(theirs) == history.curve(ours)


def test_a_curve_that_nobody_looked_at_is_stored_thinned() -> None:
    history = History()
    document = trained(small(), history, 1900)
    session = through_json(document, history)
    points = session.history().curve(session.document.active)
    assert len(points) <= 40
    assert (points[0].iteration, points[-1].iteration) == (0, 1900)


def test_a_long_run_keeps_few_states() -> None:
    history = History()
    document = trained(small(), history, 3000)
    (kept,) = session_of(document, history).remembered.values()
    assert len(kept.states) <= KEYFRAMES + stored.BEFORE_CURSOR + 1
    assert len(kept.points) <= CURVE_POINTS
    assert kept.states[-1].iteration == 3000


def test_a_large_network_keeps_fewer_states() -> None:
    history = History()
    wide = replace(busy(), architecture=replace(busy().architecture, cut=(), frozen=frozenset()))
    wide = replace(wide, architecture=type(wide.architecture).dense((2, 250, 250, 1)))
    document = trained(Document.of(wide), history, 12)
    (kept,) = session_of(document, history).remembered.values()
    assert sum(state.nbytes for state in kept.states) < 3 * stored.STATE_BYTES


def test_states_beyond_the_newest_are_not_stored() -> None:
    history = History()
    document = trained(small(), history, 20)
    # The trainer was ahead when the user paused.
    history.state(document.active, 90)
    session = through_json(document, history)
    assert session.history().timeline(session.document.segment).newest == 20


def test_a_moment_inside_an_iteration_comes_back() -> None:
    document = replace(small(), cursor=Cursor(1, 0, 9))
    session = through_json(document, History())
    assert session.document.cursor == Cursor(1, 0, 9)
    assert moment(session.document, session.history()).known.loss


def test_what_is_selected_but_gone_is_not_selected() -> None:
    document, history = with_everything()
    content = to_json(session_of(document, history))
    content["view"]["selection"] = ["unit", 400, 0]  # type: ignore[index]
    content["view"]["focus"] = 4000  # type: ignore[index]
    view = from_json(content).document.view
    assert view.selection is None
    assert view.focus is None


def test_a_lesson_that_is_gone_is_closed() -> None:
    content = to_json(session_of(replace(small(), lesson="no-such-lesson"), History()))
    assert from_json(content).document.lesson == ""


class TestAnotherEngine:
    def stored(self) -> dict[str, object]:
        document, history = with_everything()
        return to_json(session_of(document, history)) | {"engine": "another one"}

    def test_is_told(self) -> None:
        assert from_json(self.stored()).other_engine

    def test_goes_on_in_a_new_run_that_shares_the_past(self) -> None:
        document, _ = with_everything()
        back = from_json(self.stored()).document
        assert len(back.runs) == len(document.runs) + 1
        old, new = back.run(document.cursor.run), back.active
        assert back.cursor == replace(document.cursor, run=new.id)
        assert new is back.runs[-1]
        assert new.segments == old.segments
        assert new.colour != old.colour
        assert new.newest == old.newest

    def test_begins_every_run_anew_at_its_stored_newest_state(self) -> None:
        document, history = with_everything()
        back = from_json(self.stored())
        for ours, theirs in zip(document.runs, back.document.runs, strict=False):
            last = theirs.segments[-1]
            assert last.start == ours.newest
            assert_same_state(history.state(ours, ours.newest), last.state)

    def test_keeps_the_stored_states(self) -> None:
        document, history = with_everything()
        session = from_json(self.stored())
        again = session.history()
        run = document.active
        assert_same_state(history.state(run, 75), again.state(session.document.active, 75))
        assert again.curve(session.document.active)[-1].iteration == run.newest

    def test_of_a_run_that_has_not_begun_changes_nothing(self) -> None:
        content = to_json(session_of(small(), History())) | {"engine": "another one"}
        back = from_json(content).document
        assert len(back.runs) == 1
        assert len(back.active.segments) == 1

    def test_with_no_room_for_a_run_goes_on_in_place(self) -> None:
        history = History()
        document = trained(small(), history, 5)
        run = document.active
        runs = tuple(replace(run, id=number) for number in range(1, MOST_RUNS + 1))
        content = to_json(session_of(replace(document, runs=runs), history))
        back = from_json(content | {"engine": "another one"}).document
        assert len(back.runs) == MOST_RUNS
        assert back.active.segments[-1].start == 5


def test_the_fingerprint_names_what_states_depend_on() -> None:
    assert np.__version__ in stored.fingerprint()


class TestVersions:
    def test_a_newer_one_is_told(self) -> None:
        content = to_json(session_of(small(), History())) | {"version": stored.VERSION + 1}
        with pytest.raises(NablaError) as caught:
            from_json(content)
        assert caught.value.code == "session.newer_version"
        assert caught.value.details["version"] == stored.VERSION + 1

    def test_an_older_one_is_upgraded_step_by_step(self, monkeypatch: pytest.MonkeyPatch) -> None:
        content = to_json(session_of(small(), History()))
        monkeypatch.setattr(stored, "VERSION", 3)
        monkeypatch.setattr(
            stored,
            "UPGRADES",
            {
                1: lambda old: {k: v for k, v in old.items() if k != "title"} | {"remark": ""},
                2: lambda old: {k: v for k, v in old.items() if k != "remark"},
            },
        )
        session = from_json(content | {"title": "old"})
        assert session.document.experiment == small().experiment

    @pytest.mark.parametrize("content", [None, [], {}, {"format": "other"}, "text", 3])
    def test_something_else_is_no_session(self, content: object) -> None:
        with pytest.raises(NablaError) as caught:
            from_json(content)
        assert caught.value.code == "session.not_a_session"


class TestHash:
    def test_is_the_same_for_equal_experiments(self) -> None:
        assert experiment_hash(busy()) == experiment_hash(busy())

    def test_is_short_hexadecimal(self) -> None:
        assert len(experiment_hash(busy())) == 12
        int(experiment_hash(busy()), 16)

    @given(st.floats(1e-6, 10.0))
    def test_changes_with_the_learning_rate(self, rate: float) -> None:
        changed = replace(busy(), learning_rate=rate)
        assert (experiment_hash(changed) == experiment_hash(busy())) == (rate == 0.02)


class TestDamage:
    """A fault is refused where it is, before anything is computed."""

    def refused(self, change: object) -> str:
        document, history = with_everything()
        content = json.loads(json.dumps(to_json(session_of(document, history))))
        change(content)  # type: ignore[operator]
        with pytest.raises(NablaError) as caught:
            from_json(content)
        assert caught.value.code == "session.damaged"
        return str(caught.value.details["place"])

    def test_a_missing_field(self) -> None:
        assert self.refused(lambda c: c.pop("runs")) == "session.runs"

    def test_an_unknown_field(self) -> None:
        assert self.refused(lambda c: c["runs"][0].update(extra=1)) == "runs[0].extra"

    def test_a_learning_rate_below_zero(self) -> None:
        change = {"learning_rate": -1.0}
        assert self.refused(lambda c: c["experiments"][1].update(change)) == "experiments[1]"

    def test_a_number_that_no_float_holds(self) -> None:
        place = self.refused(lambda c: c["experiments"][0].update(learning_rate=10**400))
        assert place == "experiments[0].learning_rate"

    def test_an_array_of_another_length(self) -> None:
        def cut(content: dict[str, list[dict[str, dict[str, str]]]]) -> None:
            state = content["segments"][0]["state"]
            state["parameters"] = state["parameters"][:-12]

        assert self.refused(cut) == "segments[0].state.parameters"

    def test_a_parameter_that_is_no_number(self) -> None:
        def spoil(content: dict[str, list[dict[str, dict[str, str]]]]) -> None:
            state = content["segments"][0]["state"]
            # The first float64 gets an exponent of all ones.
            data = bytearray(base64.b64decode(state["parameters"]))
            data[6:8] = b"\xf8\x7f"
            state["parameters"] = base64.b64encode(bytes(data)).decode()

        assert self.refused(spoil) == "segments[0].state.parameters"

    def test_a_run_without_its_newest_state(self) -> None:
        place = self.refused(lambda c: c["runs"][0].update(newest=10**12))
        assert place == "segments.keyframes"

    def test_a_position_outside_the_batches(self) -> None:
        place = self.refused(lambda c: c["segments"][0]["state"].update(position=10**6))
        assert place == "segments[0].state.position"

    def test_a_cursor_on_no_state(self) -> None:
        assert self.refused(lambda c: c.update(cursor=[2, 33, 0])) == "cursor"

    def test_a_cursor_behind_the_last_micro_step(self) -> None:
        assert self.refused(lambda c: c.update(cursor=[2, 75, 10**9])) == "cursor"

    def test_two_runs_of_one_id(self) -> None:
        assert self.refused(lambda c: c["runs"][1].update(id=1)) == "runs"

    def test_segments_out_of_order(self) -> None:
        place = self.refused(lambda c: c["runs"][0].update(segments=[1, 0]))
        assert place == "runs[0].segments"
