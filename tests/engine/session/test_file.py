"""Session files: what was saved opens again; whatever else is in one gives a message, no more."""

from __future__ import annotations

import copy
import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NablaError
from engine.session import Document, History, file, moment
from engine.session.file import decoded, encoded, load, save
from engine.session.stored import session_of
from tests.engine.session.documents import small, table, trained, with_everything


@cache
def valid() -> bytes:
    return encoded(session_of(*with_everything()))


@cache
def others() -> tuple[bytes, ...]:
    history = History()
    return (
        encoded(session_of(trained(small(), history, 9), history)),
        encoded(session_of(Document.of(table()), History())),
    )


def opens_or_is_refused(data: bytes) -> None:
    """Open a file; if that works, look at what the window would look at."""
    session = refused = None
    try:
        session = decoded(data)
    except NablaError as error:
        refused = error.code
    if session is None:
        assert str(refused).startswith("session.")
        return
    history = session.history()
    seen = moment(session.document, history)
    assert seen.state.iteration == session.document.cursor.iteration
    for run in session.document.runs:
        history.curve(run)
        history.path(run, run.newest)
        history.timeline(run.segments[-1]).extend(2)
        history.state(run, run.newest * 2 // 3)


def nodes(content: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values in a JSON tree."""
    found = [path]
    if isinstance(content, dict):
        for key, value in content.items():
            found += nodes(value, (*path, key))
    elif isinstance(content, list):
        for index, value in enumerate(content):
            found += nodes(value, (*path, index))
    return found


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-3, 40)
    | st.just(10**400)
    | st.floats()
    | st.sampled_from(["", "adam", "softmax", "\ud800", "x" * 300, "AAAAAAAA+H8=", "table"])
    | st.text(max_size=8)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.integers(0, 2), st.randoms(use_true_random=False), values, st.integers(0, 3))
def test_a_file_with_any_value_replaced(
    number: int, chance: random.Random, value: object, kind: int
) -> None:
    content = json.loads((valid(), *others())[number])
    *path, last = chance.choice(nodes(content)[1:])
    parent = content
    for step in path:
        parent = parent[step]
    if kind == 0:
        del parent[last]
    elif kind == 1:
        parent[last] = copy.deepcopy(chance.choice([parent, content]))
    elif kind == 2 and isinstance(parent[last], int | float):
        parent[last] = chance.choice([-parent[last], parent[last] + 1, parent[last] * 10**6])
    else:
        parent[last] = value
    opens_or_is_refused(json.dumps(content).encode())


@given(st.data())
def test_a_file_with_bytes_changed(data: st.DataObject) -> None:
    content = bytearray(valid())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    opens_or_is_refused(bytes(content))


@given(st.data())
def test_a_file_with_letters_exchanged(data: st.DataObject) -> None:
    content = valid().decode()
    first, second = (data.draw(st.integers(0, len(content) - 1)) for _ in range(2))
    letters = list(content)
    letters[first], letters[second] = letters[second], letters[first]
    opens_or_is_refused("".join(letters).encode())


@given(st.binary(max_size=200))
def test_a_file_of_anything(data: bytes) -> None:
    opens_or_is_refused(data)


@given(st.integers(0, 10**6))
def test_a_file_that_is_cut(length: int) -> None:
    data = valid()[: length % len(valid())]
    with pytest.raises(NablaError) as caught:
        decoded(data)
    assert caught.value.code == ("session.cut" if data else "session.not_a_session")


def refusal(data: bytes) -> str:
    with pytest.raises(NablaError) as caught:
        decoded(data)
    return caught.value.code


def test_deep_nesting_is_refused() -> None:
    assert refusal(b"[" * 100_000 + b"]" * 100_000) == "session.not_a_session"


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    assert refusal(b'{"format": ' + b"9" * 10_000 + b"}") == "session.not_a_session"


def test_what_json_does_not_know_is_refused() -> None:
    damaged = valid().replace(b'"version":1', b'"version":NaN')
    assert refusal(damaged) == "session.not_a_session"


def test_a_file_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MOST_BYTES", 1000)
    assert refusal(valid()) == "session.too_big"


def test_more_entries_than_memory_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "MOST_ENTRIES", 100)
    assert refusal(b"[" + b"0," * 200 + b"0]") == "session.damaged"


def test_a_mark_at_the_start_of_a_file_does_no_harm() -> None:
    assert decoded(b"\xef\xbb\xbf" + valid()).document.cursor.run == 2


def test_a_file_is_plain_text_without_anything_that_runs() -> None:
    content = json.loads(valid().decode("ascii"))
    assert content["format"] == "nabla-session"


def test_what_was_saved_opens_again(tmp_path: Path) -> None:
    document, history = with_everything()
    path = tmp_path / "a session.nabla"
    save(path, session_of(document, history))
    session = load(path)
    assert session.document.cursor == document.cursor
    assert encoded(session_of(session.document, session.history())) == path.read_bytes()


def test_saving_again_replaces_the_file(tmp_path: Path) -> None:
    path = tmp_path / "session.nabla"
    save(path, session_of(*with_everything()))
    save(path, session_of(small(), History()))
    assert load(path).document.lesson == "backprop-by-hand"
    assert [entry.name for entry in tmp_path.iterdir()] == ["session.nabla"]


def test_a_failure_leaves_the_old_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "session.nabla"
    save(path, session_of(small(), History()))
    before = path.read_bytes()

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(NablaError) as caught:
        save(path, session_of(*with_everything()))
    assert caught.value.code == "session.not_written"
    assert caught.value.details["reason"] == "No space left on device"
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_what_no_file_can_hold_is_not_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "MOST_BYTES", 1000)
    with pytest.raises(NablaError) as caught:
        save(tmp_path / "session.nabla", session_of(*with_everything()))
    assert caught.value.code == "session.too_large"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "code"),
    [("gone.nabla", "session.not_found"), (".", "session.not_readable"), ("a\0b", "session.")],
)
def test_what_is_not_there_is_told_with_its_path(tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(NablaError) as caught:
        load(tmp_path / name)
    assert caught.value.code.startswith(code)
    assert caught.value.details["path"] == str(tmp_path / name)


def test_a_fault_in_a_file_is_told_with_its_path(tmp_path: Path) -> None:
    path = tmp_path / "session.nabla"
    path.write_bytes(valid()[:-500])
    with pytest.raises(NablaError) as caught:
        load(path)
    assert caught.value.code == "session.cut"
    assert caught.value.details["path"] == str(path)
