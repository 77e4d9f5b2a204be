from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NablaError
from engine.landscape import Message, Plane

LABELS = (Message("one"), Message("two"))


def random_plane(seed: int, size: int = 7) -> tuple[Plane, np.random.Generator]:
    generator = np.random.default_rng(seed)
    plane = Plane("test", generator.normal(size=(2, size)), generator.normal(size=size), LABELS)
    return plane, generator


@given(st.integers(0, 1000), st.floats(-5, 5), st.floats(-5, 5))
def test_a_point_of_a_slice_has_the_coordinates_that_it_was_made_from(
    seed: int, x: float, y: float
) -> None:
    plane, generator = random_plane(seed)
    through = generator.normal(size=7)
    point = plane.point(through, x, y)
    assert plane.coordinates(point) == pytest.approx([x, y], abs=1e-7)
    assert plane.distance(point, through) == pytest.approx(0.0, abs=1e-7)


@given(st.integers(0, 1000))
def test_coordinates_do_not_depend_on_what_the_slice_goes_through(seed: int) -> None:
    plane, generator = random_plane(seed)
    vectors = generator.normal(size=(4, 7))
    for through in generator.normal(size=(3, 7)):
        for vector in vectors:
            x, y = plane.coordinates(vector)
            moved = plane.point(through, x, y)
            assert plane.coordinates(moved) == pytest.approx([x, y], abs=1e-7)


@given(st.integers(0, 1000))
def test_coordinates_and_distance_are_those_of_least_squares(seed: int) -> None:
    plane, generator = random_plane(seed)
    vectors, through = generator.normal(size=(5, 7)), generator.normal(size=7)
    expected, *_ = np.linalg.lstsq(plane.directions.T, (vectors - plane.origin).T, rcond=None)
    assert plane.coordinates(vectors) == pytest.approx(expected.T, abs=1e-8)
    _, squares, *_ = np.linalg.lstsq(plane.directions.T, (vectors - through).T, rcond=None)
    assert plane.distance(vectors, through) == pytest.approx(np.sqrt(squares), abs=1e-8)


def test_directions_of_very_different_length_do_no_harm() -> None:
    generator = np.random.default_rng(1)
    directions = generator.normal(size=(2, 9)) * np.array([[1e6], [1e-6]])
    plane = Plane("test", directions, np.zeros(9), LABELS)
    lengths = np.linalg.norm(directions, axis=1)
    errors = np.abs(plane.coordinates(directions) - np.eye(2)) * lengths
    assert (errors <= 1e-14 * lengths[:, None]).all()


def test_a_path_in_the_plane_is_held_and_one_beside_it_is_not() -> None:
    plane, generator = random_plane(3)
    through = generator.normal(size=7)
    inside = np.array([plane.point(through, x, -x) for x in range(5)])
    assert plane.holds(inside, through)
    beside = inside.copy()
    beside[3] += 1e-6 * generator.normal(size=7)
    assert not plane.holds(beside, through)
    assert plane.holds(beside, through, tolerance=1e-4)


def test_a_single_point_lies_in_every_plane_through_it() -> None:
    plane, generator = random_plane(4)
    through = 1e6 * generator.normal(size=7)
    assert plane.holds(through[None], through)


@pytest.mark.parametrize(
    "directions",
    [
        np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]),
        np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]),
        np.array([[1.0, np.nan, 3.0], [0.0, 1.0, 0.0]]),
    ],
    ids=["parallel", "zero", "not finite"],
)
def test_directions_that_span_no_plane_are_refused(directions: np.ndarray) -> None:
    with pytest.raises(NablaError) as caught:
        Plane("test", directions, np.zeros(3), LABELS)
    assert caught.value.code == "landscape.no_plane"


def test_a_plane_cannot_be_written_into() -> None:
    plane, _ = random_plane(5)
    with pytest.raises(ValueError, match="read-only"):
        plane.directions[0, 0] = 1.0
