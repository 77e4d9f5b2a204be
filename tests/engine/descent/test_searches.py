"""Line searches, Newton's method and BFGS: what they promise, and how they compare with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize

from engine.descent import Descent, descend, optimizers
from engine.descent.functions import TABLE, Function
from engine.descent.objective import hessian
from engine.descent.second_order import updated_inverse

SMOOTH = [
    "sphere",
    "bowl",
    "stretched_bowl",
    "rosenbrock",
    "beale",
    "booth",
    "himmelblau",
    "styblinski_tang",
    "six_hump_camel",
    "narrow_valley",
    "hills",
]


@pytest.mark.parametrize("key", ["backtracking", "newton", "bfgs", "exact_line_search"])
@pytest.mark.parametrize("name", SMOOTH)
def test_a_search_never_goes_up(key: str, name: str) -> None:
    f = TABLE[name]
    values = descend(f, f.start, optimizers.method(key), 60).values
    assert (np.diff(values) <= 1e-12 * np.abs(values[:-1])).all()


def test_backtracking_takes_the_first_length_that_pays() -> None:
    descent = Descent(TABLE["rosenbrock"], (-1.2, 1.0), optimizers.backtracking(1.0))
    step = descent.step(descent.initial())
    lengths = [trial.length for trial in step.trials]
    assert lengths == [0.5**k for k in range(len(lengths))]
    assert [trial.accepted for trial in step.trials] == [False] * (len(lengths) - 1) + [True]
    assert all(t.value > t.bound for t in step.trials[:-1])
    assert step.trials[-1].value <= step.trials[-1].bound


def test_exact_line_search_ends_at_a_right_angle() -> None:
    f = TABLE["rosenbrock"]
    points = descend(f, f.start, optimizers.exact_line_search(), 5).points
    for k in range(1, 5):
        along, gradient = points[k] - points[k - 1], f.gradient(points[k])
        cosine = along @ gradient / np.sqrt((along @ along) * (gradient @ gradient))
        assert abs(cosine) < 1e-8


def test_exact_line_search_on_a_quadratic_takes_the_known_length() -> None:
    f, start = TABLE["stretched_bowl"], np.array([-4.0, 2.0])
    g = f.gradient(start)
    length = (g @ g) / (g @ f.hessian_product(start, g))
    first = descend(f, tuple(start), optimizers.exact_line_search(), 1).points[1]
    np.testing.assert_allclose(first, start - length * g, rtol=1e-10)


@pytest.mark.parametrize("name", ["sphere", "bowl", "stretched_bowl", "booth", "parabola"])
def test_newton_needs_one_step_on_a_quadratic(name: str) -> None:
    f = TABLE[name]
    end = descend(f, f.start, optimizers.newton(), 1).points[-1]
    np.testing.assert_allclose(end, f.minima[0], atol=1e-12)


def test_an_indefinite_hessian_is_named_and_left() -> None:
    f = TABLE["himmelblau"]
    descent = Descent(f, (0.0, 0.0), optimizers.newton())
    assert np.linalg.eigvalsh(hessian(f, np.zeros(2)))[0] < 0
    step = descent.step(descent.initial())
    assert [note.code for note in step.notes] == ["descent.indefinite_hessian"]
    assert step.direction is not None
    assert step.direction @ descent.initial().gradient < 0
    states = descent.advance(descent.initial(), 100)
    assert states.stop is not None
    assert states.stop.code == "descent.converged"
    assert states.states[0].notes == step.notes


def test_newton_leaves_a_saddle_that_it_does_not_start_on() -> None:
    path = descend(TABLE["saddle"], (1.0, 1e-6), optimizers.newton(), 60)
    assert path.values[-1] < -1.0


@pytest.mark.parametrize("name", SMOOTH)
def test_bfgs_reaches_scipys_minimum_in_as_many_iterations(name: str) -> None:
    f = TABLE[name]
    theirs = scipy.optimize.minimize(
        f.value, f.start, jac=f.gradient, method="BFGS", options={"gtol": 1e-8}
    )
    ours = descend(f, f.start, optimizers.bfgs(), 1000, tolerance=1e-8)
    assert ours.stop is not None
    assert ours.stop.code == "descent.converged"
    assert_as_good(f, ours.points[-1], theirs.x)
    assert len(ours.points) <= 3 * theirs.nit + 10


@pytest.mark.parametrize("name", SMOOTH)
def test_newton_reaches_scipys_minimum_in_as_many_iterations(name: str) -> None:
    f = TABLE[name]
    theirs = scipy.optimize.minimize(
        f.value,
        f.start,
        jac=f.gradient,
        hess=lambda point: hessian(f, point),
        method="trust-exact",
        options={"gtol": 1e-8},
    )
    ours = descend(f, f.start, optimizers.newton(), 1000, tolerance=1e-8)
    assert ours.stop is not None
    assert ours.stop.code == "descent.converged"
    assert_as_good(f, ours.points[-1], theirs.x)
    assert len(ours.points) <= 3 * theirs.nit + 10


def assert_as_good(f: Function, ours: np.ndarray, theirs: np.ndarray) -> None:
    """The same minimum, or another known one: from one start two methods may part."""
    distances = [float(np.abs(ours - minimum).max()) for minimum in f.minima]
    assert min(distances) < 1e-6
    if len(f.minima) == 1:
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_bfgs_learns_the_inverse_of_a_quadratics_hessian() -> None:
    f = TABLE["booth"]
    descent = Descent(f, f.start, optimizers.bfgs(), tolerance=1e-12)
    states = descent.advance(descent.initial(), 50).states
    inverse = np.linalg.inv(hessian(f, np.zeros(2)))
    np.testing.assert_allclose(states[-1].memory[0], inverse, rtol=0.05, atol=0.02)


def test_an_update_satisfies_the_secant_equation_and_stays_positive() -> None:
    rng = np.random.default_rng(8)
    inverse = np.eye(4) + 0.1
    for _ in range(20):
        step = rng.normal(size=4)
        change = step + 0.3 * rng.normal(size=4)
        if change @ step <= 0.1:
            continue
        inverse = updated_inverse(inverse, step, change)
        np.testing.assert_allclose(inverse @ change, step, rtol=1e-8, atol=1e-10)
        assert np.linalg.eigvalsh(inverse)[0] > 0


def test_negative_curvature_leaves_the_matrix_alone() -> None:
    step = np.array([1.0, 0.0])
    assert updated_inverse(np.eye(2), step, -step).tolist() == np.eye(2).tolist()


def test_a_slope_without_end_stops_no_search() -> None:
    for key in ("backtracking", "exact_line_search", "newton", "bfgs"):
        path = descend(TABLE["monkey_saddle"], (-1.0, 0.5), optimizers.method(key), 30)
        assert np.isfinite(path.points).all()
        assert path.values[-1] < path.values[0]
