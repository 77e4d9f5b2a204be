"""Races: rates within a budget, a ranking that counts what was asked for."""

from __future__ import annotations

import math

import pytest

from engine.descent import descend, optimizers
from engine.descent.functions import TABLE
from engine.descent.outcome import Verdict
from engine.descent.races import Race, race, reached, tune
from engine.errors import NablaError
from engine.table import csv_text

BOWL = TABLE["stretched_bowl"]


@pytest.mark.parametrize("key", optimizers.TABLE)
def test_tuning_beats_the_default(key: str) -> None:
    method = optimizers.method(key)
    tuned = tune(BOWL, BOWL.start, method, 100)
    assert tuned.is_tuned
    assert len(tuned.tried) == 30
    before = descend(BOWL, BOWL.start, method, 100).values[-1]
    after = descend(BOWL, BOWL.start, tuned.method, 100).values[-1]
    assert after <= before
    assert tuned.method.optimizer == method.optimizer


def test_tuning_finds_the_rate_that_theory_names() -> None:
    tuned = tune(BOWL, BOWL.start, optimizers.gradient_descent(), 200, budget=60)
    assert tuned.method.learning_rate == pytest.approx(2 / 21, rel=0.1)


def test_a_search_says_what_was_tried() -> None:
    tuned = tune(BOWL, BOWL.start, optimizers.gradient_descent(), 50, budget=20)
    rates = [rate for rate, _ in tuned.tried]
    assert rates == sorted(rates)
    assert len(rates) == 20
    assert (min(rates), max(rates)) == (1e-6, 1e2)
    assert any(not math.isfinite(value) or value > 1e6 for _, value in tuned.tried)


@pytest.mark.parametrize("key", ["backtracking", "exact_line_search", "newton", "bfgs"])
def test_who_searches_along_a_line_has_nothing_to_tune(key: str) -> None:
    method = optimizers.method(key)
    tuned = tune(BOWL, BOWL.start, method, 50)
    assert not tuned.is_tuned
    assert tuned.method == method


def test_a_budget_that_makes_no_sense_is_refused() -> None:
    for budget in (0, 3, 1000):
        with pytest.raises(NablaError) as caught:
            tune(BOWL, BOWL.start, optimizers.adam(), 50, budget)
        assert caught.value.code == "setting.out_of_bounds"


def run() -> Race:
    methods = [
        optimizers.gradient_descent(0.05),
        optimizers.gradient_descent(1.0),
        optimizers.newton(),
        optimizers.momentum(0.05),
        optimizers.bfgs(),
    ]
    return race(BOWL, BOWL.start, methods, 400)


def test_who_arrives_first_wins_and_who_diverges_is_last() -> None:
    results = run().results
    assert [result.method.optimizer.key for result in results] == [
        "newton",
        "bfgs",
        "gradient_descent",
        "momentum",
        "gradient_descent",
    ]
    assert results[0].iterations_to_goal == 1
    assert results[-1].outcome.verdict is Verdict.DIVERGED
    assert results[-1].iterations_to_goal is None


def test_a_table_tells_the_ranking() -> None:
    table = run().table
    assert table.column("place") == (1, 2, 3, 4, 5)
    assert table.column("hessian_calls")[0] != 0
    assert table.column("hessian_calls")[1] == 0
    assert table.column("gradient_calls")[2] == table.column("iterations")[2]
    assert table.column("outcome")[-1] == "diverged"
    assert csv_text(table).startswith("place,optimizer,learning_rate,value,")


def test_who_leaves_the_goal_again_has_not_reached_it() -> None:
    path = descend(TABLE["parabola"], (1.0,), optimizers.momentum(0.5, beta=0.5), 100)
    assert path.values[1] == 0.0
    found = reached(path, 1e-3)
    assert found is not None
    assert found > 1
    assert (path.values[found:] <= 1e-3).all()
    assert path.values[found - 1] > 1e-3
