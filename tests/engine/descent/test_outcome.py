"""Verdicts on descents, each with its reason."""

from __future__ import annotations

import numpy as np
import pytest

from engine.descent import Method, descend, optimizers
from engine.descent.functions import TABLE
from engine.descent.outcome import Verdict, distance_to_minimum, outcome_of

gd = optimizers.gradient_descent


@pytest.mark.parametrize(
    ("name", "start", "method", "verdict", "reason"),
    [
        ("bowl", (3, 2), gd(0.2), Verdict.CONVERGED, "descent.at_minimum"),
        ("bowl", (3, 2), gd(1e-5), Verdict.STUCK, "descent.crawling"),
        ("bowl", (3, 2), gd(0.4999999), Verdict.OSCILLATING, "descent.oscillating"),
        ("bowl", (3, 2), gd(0.55), Verdict.DIVERGED, "descent.growing"),
        ("bowl", (3, 2), gd(1e6), Verdict.DIVERGED, "descent.diverged"),
        ("saddle", (2.5, 0.001), gd(0.05), Verdict.DIVERGED, "descent.without_bottom"),
        ("saddle", (2.5, 0.0), gd(0.25), Verdict.STUCK, "descent.crawling"),
        ("hills", (4.0, 4.0), gd(0.2), Verdict.STUCK, "descent.local_minimum"),
        ("plateau", (5.0, 4.0), gd(0.1), Verdict.STUCK, "descent.crawling"),
        ("rosenbrock", (-1.2, 1.0), gd(1e-3), Verdict.ON_THE_WAY, "descent.on_the_way"),
        ("parabola", (3.0,), gd(1.0), Verdict.OSCILLATING, "descent.oscillating"),
        ("bowl", (3, 2), optimizers.adam(0.1), Verdict.CONVERGED, "descent.at_minimum"),
    ],
)
def test_how_it_has_gone(
    name: str, start: tuple[float, ...], method: Method, verdict: Verdict, reason: str
) -> None:
    f = TABLE[name]
    found = outcome_of(f, descend(f, start, method, 200))
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("name", "start", "method", "verdict", "reason"),
    [
        ("bowl", (3, 2), gd(0.2), Verdict.CONVERGED, "descent.converged"),
        ("hills", (4.0, 4.0), gd(0.4), Verdict.STUCK, "descent.local_minimum"),
        ("saddle", (0.0, 0.0), gd(0.2), Verdict.STUCK, "descent.zero_gradient"),
        ("sphere", (0.0, 0.0), gd(0.2), Verdict.CONVERGED, "descent.zero_gradient"),
        ("saddle", (1.0, 0.0), gd(0.4), Verdict.STUCK, "descent.stuck_at_saddle"),
    ],
)
def test_how_it_has_stopped(
    name: str, start: tuple[float, ...], method: Method, verdict: Verdict, reason: str
) -> None:
    f = TABLE[name]
    found = outcome_of(f, descend(f, start, method, 3000, tolerance=1e-8))
    assert (found.verdict, found.reason) == (verdict, reason)


def test_a_verdict_names_the_minimum_reached() -> None:
    f = TABLE["styblinski_tang"]
    found = outcome_of(f, descend(f, (1.0, 1.0), gd(0.01), 500))
    assert found.verdict is Verdict.STUCK
    assert found.minimum is not None
    assert f.minima[found.minimum] == (2.746802770990837, 2.746802770990837)
    assert found.details["above"] == pytest.approx(28.273, abs=1e-2)


def test_a_swing_names_its_coordinate() -> None:
    f = TABLE["stretched_bowl"]
    found = outcome_of(f, descend(f, (-4.0, 2.0), gd(0.1), 300))
    assert found.reason == "descent.oscillating"
    assert found.details["coordinate"] == 2
    assert found.details["width"] == pytest.approx(4.0)


def test_the_distance_to_the_nearest_minimum() -> None:
    points = np.array([[3.0, 2.0], [3.0, 4.0], [-4.0, -3.283185991286169]])
    found = distance_to_minimum(TABLE["himmelblau"], points)
    assert found == pytest.approx([0.0, 2.0, 0.220689746622253])
    assert distance_to_minimum(TABLE["saddle"], points) is None
