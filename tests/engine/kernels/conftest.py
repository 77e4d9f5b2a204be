"""Kernels for the tests: compiled once, kept beside the results, and in force only where asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.kernels import cache
from engine.kernels.backend import Backend

pytest.importorskip("numba", reason="without Numba there are no kernels")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def backend() -> Backend:
    """A backend that is ready."""
    found = Backend(ROOT / "out" / "kernels" / cache.key())
    assert found.wait(), found.reason
    return found


@pytest.fixture
def compiled(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The application's backend is ready, while the test runs."""
    for module in ("training.training", "training.backends", "landscape.compiled"):
        monkeypatch.setattr(f"engine.{module}.BACKEND", backend)
    return backend
