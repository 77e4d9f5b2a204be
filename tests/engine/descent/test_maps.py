"""Maps: what thousands of descents at once say is what each one says alone."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine.descent import Noisy, descend, optimizers
from engine.descent.expressions import ExpressionObjective
from engine.descent.functions import TABLE
from engine.descent.maps import DIVERGED, UNSETTLED, BasinMap, basins, convergence
from engine.descent.objective import Objective
from engine.descent.optimizers import Method, Optimizer
from engine.descent.swarm import Cancelled, swarm
from engine.errors import NablaError
from engine.expression import parse


@pytest.mark.parametrize("key", optimizers.TABLE)
def test_a_swarm_goes_where_each_one_goes_alone(key: str) -> None:
    f, method = TABLE["himmelblau"], optimizers.method(key, 0.01, clip=50.0)
    starts = np.random.default_rng(2).uniform(-4, 4, (7, 2))
    together = swarm(f, method, starts, 60, tolerance=1e-6)
    for start, end in zip(starts, together.points, strict=True):
        alone = descend(f, tuple(start), method, 60).points[-1]
        np.testing.assert_allclose(end, alone, rtol=1e-9, atol=1e-12)


def test_rates_and_settings_may_differ_in_a_swarm() -> None:
    f = TABLE["bowl"]
    rates, betas = np.array([0.1, 0.02, 0.05]), np.array([0.0, 0.5, 0.9])
    starts = np.tile((3.0, 2.0), (3, 1))
    together = swarm(
        f,
        optimizers.momentum(1.0),
        starts,
        40,
        tolerance=1e-3,
        learning_rates=rates,
        settings={"beta": betas},
    )
    for rate, beta, end in zip(rates, betas, together.points, strict=True):
        alone = descend(f, (3.0, 2.0), optimizers.momentum(rate, beta=beta), 40).points[-1]
        np.testing.assert_allclose(end, alone, rtol=1e-10)


@pytest.mark.parametrize("key", optimizers.TABLE)
def test_every_hyperparameter_may_differ_in_a_swarm(key: str) -> None:
    f, method = TABLE["bowl"], optimizers.method(key, 0.02)
    for parameter in method.entry.hyperparameters:
        values = np.array([parameter.minimum, 0.7 * parameter.default, parameter.default])
        starts = np.tile((3.0, 2.0), (3, 1))
        settings = {parameter.key: values}
        ends = swarm(f, method, starts, 12, tolerance=1e-9, settings=settings).points
        for value, end in zip(values, ends, strict=True):
            own = Method(Optimizer(key, ((parameter.key, float(value)),)), 0.02)
            alone = descend(f, (3.0, 2.0), own, 12).points[-1]
            np.testing.assert_allclose(end, alone, rtol=1e-7)


def test_noise_is_the_same_in_a_swarm() -> None:
    noisy = Noisy(TABLE["bowl"], 0.4, seed=3)
    end = swarm(noisy, optimizers.adam(0.1), np.array([[3.0, 2.0]]), 30, tolerance=1e-9).points[0]
    np.testing.assert_allclose(end, descend(noisy, (3, 2), optimizers.adam(0.1), 30).points[-1])


def test_what_overflows_is_left_behind() -> None:
    f = TABLE["rosenbrock"]
    starts = np.array([[1.1, 1.2], [100.0, 100.0], [1.0, 1.0]])
    ends = swarm(f, optimizers.gradient_descent(1e-3), starts, 200, tolerance=1e-2)
    assert np.isfinite(ends.points[[0, 2]]).all()
    assert not np.isfinite(ends.points[1]).all()
    assert ends.arrivals[1] == -1
    assert ends.arrivals[2] == 0


def last(objective: Objective, method: Method, pixels: int = 48, steps: int = 300) -> BasinMap:
    spans = ((-4.0, 4.0),) * len(objective.names)
    *_, final = basins(objective, method, spans, pixels=pixels, steps=steps)
    return final


def test_a_basin_map_tells_where_each_start_ends() -> None:
    f, method = TABLE["himmelblau"], optimizers.gradient_descent(0.01)
    final = last(f, method)
    assert final.labels.shape == (48, 48)
    assert final.share == 1.0
    assert set(np.unique(final.labels)) == {0, 1, 2, 3}
    rng = np.random.default_rng(1)
    for row, column in rng.integers(0, 48, (20, 2)):
        start = (-4 + 8 * (column + 0.5) / 48, -4 + 8 * (row + 0.5) / 48)
        path = descend(f, start, method, 300)
        distances = [np.abs(path.points[-1] - minimum).max() for minimum in f.minima]
        assert final.labels[row, column] == int(np.argmin(distances))
        arrival = final.iterations[row, column]
        assert path.gradient_norms[arrival] < 1.0
        assert arrival == 0 or path.gradient_norms[arrival - 5] > path.gradient_norms[arrival]


def test_pictures_get_finer_and_what_is_computed_stays() -> None:
    pictures = list(
        basins(TABLE["himmelblau"], optimizers.adam(0.1), ((-4, 4), (-4, 4)), pixels=64)
    )
    shares = [picture.share for picture in pictures]
    assert shares == sorted(shares)
    assert shares[0] == 1 / 64
    assert shares[-1] == 1.0
    assert (pictures[0].labels[::8, ::8] == pictures[-1].labels[::8, ::8]).all()
    assert (pictures[0].labels[:8, :8] == pictures[0].labels[0, 0]).all()


def test_the_order_of_threads_changes_nothing() -> None:
    f, spans = TABLE["hills"], ((-6.0, 6.0), (-6.0, 6.0))
    *_, one = basins(f, optimizers.adam(0.1), spans, pixels=40, workers=1)
    *_, two = basins(f, optimizers.adam(0.1), spans, pixels=40, workers=2)
    assert one.labels.tolist() == two.labels.tolist()
    assert one.iterations.tolist() == two.iterations.tolist()


def test_minima_that_nobody_knew_are_found() -> None:
    f = TABLE["himmelblau"]
    final = last(ExpressionObjective(parse(f.text)), optimizers.gradient_descent(0.01), 24)
    assert len(final.minima) == 4
    for minimum in f.minima:
        assert np.abs(final.minima - minimum).max(axis=1).min() < 1e-9


def test_a_saddle_is_no_minimum() -> None:
    final = last(TABLE["saddle"], optimizers.gradient_descent(0.1), 16, steps=2000)
    assert len(final.minima) == 0
    assert set(np.unique(final.labels)) <= {UNSETTLED, DIVERGED}


def test_a_function_of_one_variable_has_a_strip() -> None:
    final = last(TABLE["double_well"], optimizers.gradient_descent(0.05))
    assert final.labels.shape == (1, 48)
    assert set(np.unique(final.labels)) == {0, 1}


def test_a_map_can_be_cancelled_at_any_time() -> None:
    f, spans = TABLE["hills"], ((-6.0, 6.0), (-6.0, 6.0))
    calls = 0

    def cancelled() -> bool:
        nonlocal calls
        calls += 1
        return calls > 40

    pictures = list(basins(f, optimizers.adam(0.1), spans, cancelled=cancelled))
    assert all(picture.share < 1.0 for picture in pictures)
    threads = threading.active_count()
    closing = basins(f, optimizers.adam(0.1), spans)
    next(closing)
    closing.close()  # type: ignore[attr-defined]
    assert threading.active_count() == threads
    with pytest.raises(Cancelled):
        swarm(f, optimizers.adam(), np.zeros((3, 2)), 5, tolerance=1.0, cancelled=lambda: True)


@pytest.mark.parametrize("key", ["momentum", "nesterov", "gradient_descent"])
@pytest.mark.parametrize("name", ["bowl", "stretched_bowl", "booth"])
def test_theory_draws_the_boundary_of_convergence(key: str, name: str) -> None:
    f = TABLE[name]
    method = optimizers.method(key, 0.1)
    *_, final = convergence(
        f,
        method,
        f.start,
        rates=(1e-3, 1.0),
        settings=(0.0, 0.9) if key != "gradient_descent" else None,
        steps=4000,
        pixels=40,
    )
    assert final.boundary is not None
    for row, limit in enumerate(final.boundary):
        # Close to the boundary no number of steps is enough.
        below, above = final.rates < 0.97 * limit, final.rates > 1.03 * limit
        assert (final.labels[row, above] == DIVERGED).all()
        clear = below & (final.rates > 0.02 * limit)
        assert (final.labels[row, clear] == 0).all()


def test_theory_is_silent_about_what_it_does_not_know() -> None:
    f = TABLE["rosenbrock"]
    *_, final = convergence(f, optimizers.momentum(0.01), f.start, pixels=8, steps=20)
    assert final.boundary is None
    *_, final = convergence(TABLE["bowl"], optimizers.adam(0.01), (3, 2), pixels=8, steps=20)
    assert final.boundary is None
    assert final.name == "beta_1"
    *_, final = convergence(TABLE["saddle"], optimizers.momentum(0.01), (3, 2), pixels=8, steps=20)
    assert final.boundary is None


@pytest.mark.parametrize("key", ["newton", "bfgs", "backtracking", "exact_line_search"])
def test_maps_are_for_elementwise_rules(key: str) -> None:
    method = optimizers.method(key)
    for make in (
        lambda: basins(TABLE["bowl"], method, ((-1, 1), (-1, 1))),
        lambda: convergence(TABLE["bowl"], method, (1, 1)),
    ):
        with pytest.raises(NablaError) as caught:
            make()
        assert caught.value.code == "optimizer.not_elementwise"


def test_maps_that_make_no_sense_are_refused_at_once() -> None:
    bowl, adam = TABLE["bowl"], optimizers.adam()
    for make, code in (
        (lambda: basins(bowl, adam, ((1.0, 1.0), (0.0, 1.0))), "map.empty_span"),
        (lambda: basins(bowl, adam, ((0.0, 1.0),)), "map.dimensions"),
        (lambda: basins(bowl, adam, ((0, 1), (0, 1)), pixels=4), "setting.out_of_bounds"),
        (lambda: convergence(bowl, adam, (1, 1), rates=(0.0, 1.0)), "map.empty_span"),
        (lambda: convergence(bowl, adam, (1, 1), name="beta"), "setting.unknown"),
        (lambda: convergence(bowl, adam, (1, 1), settings=(0.5, 0.5)), "map.empty_span"),
    ):
        with pytest.raises(NablaError) as caught:
            make()
        assert caught.value.code == code
