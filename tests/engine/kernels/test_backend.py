"""Kernels come from a cache that belongs to exactly one version of everything, or not at all."""

from __future__ import annotations

import importlib.util
import inspect
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import NablaError
from engine.kernels import cache
from engine.kernels import compile as compiling
from engine.kernels.backend import CLAIM, Backend, Status
from engine.session import Cursor, Document, History, edits
from engine.session.stored import fingerprint, from_json, session_of, to_json
from engine.training import Training, can_be_compiled, chosen_backend
from tests.engine.training.examples import SHUFFLED


def copied(folder: Path) -> Path:
    """The sources of the kernels, where they can be changed."""
    for pattern in cache.SOURCES:
        for path in cache.ENGINE.glob(pattern):
            target = folder / path.relative_to(cache.ENGINE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return folder


@pytest.mark.parametrize(
    "name",
    ["kernels/training.py", "network/activations.py", "network/losses.py", "splitmix.py"],
)
def test_a_changed_source_has_another_cache(name: str, tmp_path: Path) -> None:
    engine = copied(tmp_path)
    before = cache.key(engine)
    assert cache.key(engine) == before == cache.key()
    path = engine / name
    path.write_bytes(path.read_bytes().replace(b"0.0", b"0.00", 1) + b"\n")
    assert cache.key(engine) != before


def test_another_numba_or_processor_has_another_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache.key()
    monkeypatch.setattr(cache, "numba_version", lambda: "0.0")
    other = cache.key()
    monkeypatch.setattr(cache, "_processor", lambda: "abacus")
    assert len({before, other, cache.key()}) == 3


def test_every_rule_that_is_compiled_comes_from_a_source_of_the_key(backend: Backend) -> None:
    from engine.kernels import rules

    sources = {path for pattern in cache.SOURCES for path in cache.ENGINE.glob(pattern)}
    used = {Path(inspect.getfile(function)).resolve() for function in rules._known}
    assert used <= sources


def test_a_backend_without_numba_is_missing_and_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "numba" else find(name)
    )
    backend = Backend()
    assert not backend.ready()
    assert not backend.wait()
    assert (backend.status, backend.is_decided) == (Status.MISSING, True)


def test_kernels_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NABLA_KERNELS", "off")
    backend = Backend()
    assert not backend.wait()
    assert (backend.status, backend.reason) == (Status.MISSING, "NABLA_KERNELS=off")


def test_two_processes_do_not_compile_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one waits for the mark of the first, and loads."""
    pytest.importorskip("numba")
    kernels = cache.Kernels(*([lambda: None] * 4))
    monkeypatch.setattr(compiling, "load", lambda place: kernels)
    (tmp_path / CLAIM).mkdir()
    backend = Backend(tmp_path)
    backend.start()
    assert not backend.wait(0.3)
    assert backend.status is Status.COMPILING
    (tmp_path / cache.MARK).touch()
    assert backend.wait()
    assert backend.kernels is kernels


def test_a_backend_that_cannot_load_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    (tmp_path / cache.MARK).touch()

    def broken(place: Path) -> cache.Kernels:
        raise OSError("no room")

    monkeypatch.setattr(compiling, "load", broken)
    backend = Backend(tmp_path)
    assert not backend.wait()
    assert (backend.status, backend.reason) == (Status.FAILED, "OSError: no room")


def test_a_compilation_that_fails_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(sys, "executable", shutil.which("false") or "false")
    backend = Backend(tmp_path)
    assert not backend.wait()
    assert backend.status is Status.FAILED


def test_old_caches_are_cleared_away(tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / str(number)).mkdir()
        os.utime(tmp_path / str(number), (number, number))
    cache.tidy(tmp_path / "0")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "5", "6", "7"]


def test_loading_ready_kernels_imports_them_in_this_process_only(backend: Backend) -> None:
    """A process that does not ask for kernels never loads Numba."""
    script = (
        "import sys\n"
        "from engine.session import Document\n"
        "from tests.engine.training.examples import SHUFFLED\n"
        "document = Document.of(SHUFFLED)\n"
        "document.segment.training.advance(document.segment.state, 3)\n"
        "print('numba' in sys.modules, document.segment.training.backend)\n"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script],
        cwd=cache.ENGINE.parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert printed == ["False", "reference"]


class TestChoice:
    def test_what_can_be_compiled_is_once_the_kernels_are_ready(self, compiled: Backend) -> None:
        assert chosen_backend(SHUFFLED) == "compiled"
        other = replace(SHUFFLED, error_without_slope=True)
        assert not can_be_compiled(other)
        assert chosen_backend(other) == "reference"
        assert Document.of(SHUFFLED).segment.training.backend == "compiled"

    def test_without_kernels_a_run_is_the_references(self) -> None:
        assert chosen_backend(SHUFFLED) == "reference"

    def test_an_untouched_start_changes_in_place_and_a_run_gets_a_segment(
        self, backend: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fresh = Document.of(SHUFFLED)
        history = History()
        run = replace(fresh.active, newest=5)
        stepped = replace(fresh.with_run(run), cursor=Cursor(run.id, 5))
        behind = replace(fresh.with_run(run), cursor=Cursor(run.id, 2))
        assert edits.choose_backend(fresh, fresh.segment.state) is fresh
        monkeypatch.setattr("engine.training.backends.BACKEND", backend)
        (segment,) = edits.choose_backend(fresh, fresh.segment.state).active.segments
        assert (segment.start, segment.training.backend) == (0, "compiled")
        first, second = edits.choose_backend(stepped, history.state(run, 5)).active.segments
        assert (first.training.backend, second.training.backend) == ("reference", "compiled")
        assert (second.start, second.state) == (5, history.state(run, 5))
        assert edits.choose_backend(behind, history.state(run, 2)) is behind

    def test_a_session_keeps_the_backend_and_its_bits(self, compiled: Backend) -> None:
        document, history = Document.of(SHUFFLED), History()
        run = replace(document.active, newest=100)
        document = replace(document.with_run(run), cursor=Cursor(run.id, 100))
        read = from_json(to_json(session_of(document, history)))
        assert not read.other_engine
        assert read.document.segment.training.backend == "compiled"
        for iteration in (3, 50, 77):
            mine = history.state(run, iteration)
            other = read.history().state(read.document.active, iteration)
            assert mine.parameters.tobytes() == other.parameters.tobytes()

    def test_a_session_of_kernels_that_are_not_here_goes_on_by_another_engine(
        self, compiled: Backend, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        document = Document.of(SHUFFLED)
        content = to_json(session_of(document, History()))
        assert fingerprint(with_kernels=True) != fingerprint()
        monkeypatch.setattr("engine.session.stored.numba_version", lambda: "")
        monkeypatch.setattr("engine.training.backends.BACKEND", Backend())
        read = from_json(content)
        assert read.other_engine
        assert read.document.segment.training.backend == "reference"

    def test_a_compiled_training_without_a_kernel_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Missing(Backend):
            def wait(self, seconds: float | None = None) -> bool:
                return False

        monkeypatch.setattr("engine.training.training.BACKEND", Missing())
        training = Training(SHUFFLED, "compiled")
        with pytest.raises(NablaError) as caught:
            training.advance(training.initial(), 1)
        assert caught.value.code == "training.no_kernel"
