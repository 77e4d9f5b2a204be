from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import NablaError
from engine.landscape import TABLE, AxesChoice, CancelledError, Order, draw, losses
from tests.engine.landscape.examples import by_hand, classifier, path_of


def order_of(kind: str = "layer_gradients", steps: int = 21, **changes: object) -> Order:
    training = by_hand()
    path = path_of(training, steps)
    order = Order(training, AxesChoice(kind), path[-1], path[0], path, resolution=12)
    return replace(order, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", TABLE)
def test_a_picture_holds_the_path_and_the_slice_through_its_centre(kind: str) -> None:
    order = order_of(kind)
    picture = draw(order)
    assert picture.plane.kind == kind
    assert picture.frame.holds(picture.plane.coordinates(order.states))
    expected = losses(order.training, picture.plane, order.through, picture.xs, picture.ys)
    assert picture.heights.tobytes() == expected.tobytes()
    assert picture.heights.shape == (12, 12)


def test_the_frame_does_not_depend_on_how_far_the_path_has_come() -> None:
    assert draw(order_of(steps=1)).frame == draw(order_of(steps=21)).frame


def test_a_frame_can_be_fitted_to_the_path() -> None:
    fitted = draw(order_of(fit=True)).frame
    assert fitted.width < draw(order_of()).frame.width
    alone = order_of(steps=1, fit=True)
    assert draw(alone).frame == draw(replace(alone, fit=False)).frame


def test_plane_and_frame_are_kept_where_they_are_given() -> None:
    first = draw(order_of())
    second = draw(order_of(plane=first.plane, frame=first.frame))
    assert second.plane is first.plane
    assert second.frame is first.frame


def test_a_picture_shows_every_state_within_its_slice_and_no_other() -> None:
    order = order_of()
    picture = draw(order)
    assert picture.shows(picture.plane, picture.frame, order.reference)
    beside = order.reference + np.linspace(0.0, 1.0, 9)
    assert not picture.shows(picture.plane, picture.frame, beside)
    assert not picture.shows(None, picture.frame, order.reference)
    assert not picture.shows(picture.plane, None, order.reference)


def test_a_picture_knows_that_it_is_rough() -> None:
    training = classifier()
    path = path_of(training, 2)
    order = Order(training, AxesChoice(), path[0], path[0], path, resolution=5)
    assert not draw(order).is_rough
    assert not draw(replace(order, samples=10_000)).is_rough
    assert draw(replace(order, samples=10)).is_rough
    assert draw(replace(order, float32=True)).is_rough


def test_an_order_may_be_impossible_or_not_wanted_any_more() -> None:
    with pytest.raises(NablaError):
        draw(order_of("principal_components", steps=2))
    with pytest.raises(CancelledError):
        draw(order_of(), lambda: True)
