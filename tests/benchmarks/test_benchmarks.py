"""The benchmarks compare like with like, and they run."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import numpy as np
import pytest

from engine.kernels.backend import BACKEND
from engine.landscape import AxesChoice, Request, losses, plane_for
from engine.training import Training
from tests.benchmarks import frames
from tests.benchmarks.run import by_hand, experiment, losses_one_by_one, main, start_up


def test_the_training_by_hand_computes_what_the_engine_computes() -> None:
    training = Training(experiment((2, 8, 8, 1)))
    state, hand = training.initial(), by_hand(training)
    for _ in range(30):
        hand.step(training.batch(state))
        (state,) = training.advance(state, 1).states
    np.testing.assert_allclose(hand.flat, state.parameters, rtol=1e-12, atol=1e-14)


def test_the_surface_network_by_network_is_the_surface_at_once() -> None:
    training = Training(experiment((2, 8, 8, 1)))
    start = training.initial().parameters
    plane = plane_for(Request(training, AxesChoice("random"), start))
    xs, ys = np.linspace(-1.0, 1.0, 5), np.linspace(-2.0, 2.0, 4)
    at_once = losses(training, plane, start, xs, ys)
    np.testing.assert_allclose(losses_one_by_one(training, plane, xs, ys), at_once, rtol=1e-12)


def test_a_run_prints_a_table_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # By the reference alone: compiling, and having kernels from here on, belongs to other tests.
    monkeypatch.setattr(BACKEND, "wait", lambda: False)
    main(
        [
            "--only",
            "2-8-8-1, batch",
            "--turns",
            "1",
            "--iterations",
            "2000",
            "--engine",
            "--out",
            str(tmp_path / "new" / "bench.json"),
        ]
    )
    report = json.loads((tmp_path / "new" / "bench.json").read_text())
    printed = capsys.readouterr().out
    for heading, measured in report["seconds"].items():
        assert heading in printed
        assert all(times["median"] > 0 and times["ratio"] > 0 for times in measured.values())
    assert "PyTorch" in printed or "torch: missing" in printed


def test_frames_are_counted_while_the_window_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BACKEND, "wait", lambda: False)
    monkeypatch.setattr(frames, "WARM_UP", 0.1)
    try:
        (measured,) = frames.measure(0.4, only="loss curve").values()
    finally:
        gc.unfreeze()
    assert 0 < measured["median"] <= measured["p99"]
    assert measured["frames"] > 0
    assert measured["share"] > 0


def test_the_start_is_timed_to_the_painted_window() -> None:
    begun = start_up(turns=1)
    assert 0 < begun["import engine"] < begun["window"]
