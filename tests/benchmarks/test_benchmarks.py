"""The benchmarks compare like with like, and they run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.training import Training
from tests.benchmarks.run import by_hand, experiment, main


def test_the_training_by_hand_computes_what_the_engine_computes() -> None:
    training = Training(experiment((2, 8, 8, 1)))
    state, hand = training.initial(), by_hand(training)
    for _ in range(30):
        hand.step(training.batch(state))
        (state,) = training.advance(state, 1).states
    np.testing.assert_allclose(hand.flat, state.parameters, rtol=1e-12, atol=1e-14)


def test_a_run_prints_a_table_and_writes_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--turns", "1", "--out", str(tmp_path / "new" / "bench.json")])
    report = json.loads((tmp_path / "new" / "bench.json").read_text())
    printed = capsys.readouterr().out
    for heading, measured in report["seconds"].items():
        assert heading in printed
        assert all(times["median"] > 0 for times in measured.values())
