from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import FixedData
from engine.landscape import (
    TABLE,
    Frame,
    first_frame,
    fitted,
    grown,
    losses,
)
from engine.training import Training
from tests.engine.landscape.examples import by_hand, classifier, path_of, plane_of

coordinate = st.floats(-1e6, 1e6)
points = st.lists(st.tuples(coordinate, coordinate), max_size=8).map(
    lambda pairs: np.array(pairs).reshape(-1, 2)
)
frames = st.builds(
    lambda x, y, width, height: Frame(x, x + width, y, y + height),
    st.floats(-100, 100),
    st.floats(-100, 100),
    st.floats(0.1, 100),
    st.floats(0.1, 100),
)


@given(frames, points)
def test_a_grown_frame_holds_the_points_and_the_frame_before(
    frame: Frame, path: np.ndarray
) -> None:
    after = grown(frame, path)
    assert after.holds(path)
    corners = np.array([[frame.left, frame.bottom], [frame.right, frame.top]])
    assert after.holds(corners)
    for before, now in ((frame.width, after.width), (frame.height, after.height)):
        doublings = np.log2(now / before)
        assert doublings == pytest.approx(round(doublings), abs=1e-6)


@given(frames, st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=8))
def test_a_frame_stays_as_it_is_while_the_path_is_inside(
    frame: Frame, shares: list[tuple[float, float]]
) -> None:
    inside = np.array(
        [
            (
                min(frame.left + x * frame.width, frame.right),
                min(frame.bottom + y * frame.height, frame.top),
            )
            for x, y in shares
        ]
    ).reshape(-1, 2)
    assert grown(frame, inside) == frame


@given(points, st.floats(1e-3, 10), st.floats(1e-3, 10))
def test_a_fitted_frame_holds_the_points_and_is_no_smaller_than_asked(
    path: np.ndarray, width: float, height: float
) -> None:
    frame = fitted(path, (width, height))
    assert frame.holds(path)
    assert frame.width >= width * (1 - 1e-6)
    assert frame.height >= height * (1 - 1e-6)


def test_points_that_are_not_finite_do_not_count() -> None:
    frame = Frame(0.0, 1.0, 0.0, 1.0)
    assert grown(frame, np.array([[np.inf, 0.0], [np.nan, 3.0]])) == frame
    assert fitted(np.array([[np.nan, 0.0]]), (1.0, 2.0)) == Frame(-0.5, 0.5, -1.0, 1.0)


def test_a_grid_has_its_borders_on_the_frame() -> None:
    xs, ys = Frame(0.0, 1.0, 2.0, 5.0).grid(3, 4)
    assert xs.tolist() == [0.0, 0.5, 1.0]
    assert ys.tolist() == [2.0, 3.0, 4.0, 5.0]


def test_before_any_step_the_frame_of_backprop_by_hand_shows_the_valley_and_the_first_steps() -> (
    None
):
    training = by_hand()
    plane = plane_of(training)
    path = path_of(training, 21)
    frame = first_frame(training, plane, path[0])
    assert frame.holds(plane.coordinates(path))
    heights = losses(training, plane, path[0], *frame.grid(64))
    assert heights.min() < 0.01 * 7200.0
    assert heights.max() > 7200.0
    # The first step is neither a speck nor the whole picture.
    dx, dy = plane.coordinates(path[1]) - plane.coordinates(path[0])
    assert 0.05 < dx / frame.width < 0.5
    assert 0.05 < dy / frame.height < 0.5


@pytest.mark.parametrize("kind", TABLE)
def test_a_first_frame_is_around_the_state(kind: str) -> None:
    training = classifier()
    plane = plane_of(training, kind)
    through = training.initial().parameters
    frame = first_frame(training, plane, through)
    x, y = plane.coordinates(through)
    assert frame.left < x < frame.right
    assert frame.bottom < y < frame.top


def test_where_there_is_no_slope_the_frame_is_as_large_as_the_weights() -> None:
    flat = replace(by_hand().experiment, data=FixedData(((0.0, 0.0),), ((0.0,),)))
    training = Training(flat)
    plane = plane_of(training, "parameters", parameters=flat.architecture.keys[:2])
    start = training.initial().parameters
    frame = first_frame(training, plane, start)
    assert frame.width == pytest.approx(1.0 * np.linalg.norm([0.5, 0.5]))
    assert frame.height == pytest.approx(frame.width)


def test_an_endless_descent_is_shown_as_far_as_most_of_it_is_done() -> None:
    training = classifier("sigmoid", widths=(2, 1))
    apart = Training(
        replace(
            training.experiment,
            data=FixedData(((1.0, 0.0), (-1.0, 0.0)), ((1.0,), (0.0,)), "classification"),
        )
    )
    plane = plane_of(apart)
    start = apart.initial().parameters
    frame = first_frame(apart, plane, start)
    heights = losses(apart, plane, start, *frame.grid(32))
    assert heights.min() < 0.2 * heights.max()
    assert frame.width < 50.0
