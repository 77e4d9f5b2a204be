from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.views import contour_items, guard
from gui.views.contour import ContourView
from gui.views.contour_items import level_color
from gui.views.contours import levels_of, line_at, lines_of
from gui.views.height_field import Surface, SurfacePath, scale_of
from gui.views.surface_painter import cap_color
from tests.gui import hand

Floats = NDArray[np.float64]
SIZE = (600, 450)


def surface_of(function: object, n: int = 48, **more: object) -> Surface:
    x, y = np.linspace(-3.0, 3.0, n), np.linspace(-2.0, 2.0, n)
    return Surface(x, y, function(*np.meshgrid(x, y)), **more)  # type: ignore[operator,arg-type]


def bowl(x: Floats, y: Floats) -> Floats:
    return x**2 + 2 * y**2


def rosenbrock(x: Floats, y: Floats) -> Floats:
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


@pytest.fixture(autouse=True)
def no_failed_paint() -> Iterator[None]:
    theme.set_mode("light")
    before = guard.count()
    yield
    assert guard.count() == before, guard.failures
    theme.set_mode("light")


@pytest.fixture
def view(qtbot: QtBot) -> ContourView:
    view = ContourView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.set_height_scale("linear")
    view.show_surface(surface_of(bowl))
    view.show()
    settle()
    return view


def settle() -> None:
    QApplication.processEvents()


def picture(view: ContourView) -> QImage:
    settle()
    return view.grab().toImage()


def at(view: ContourView, x: float, y: float) -> QPoint:
    return view.scene_point(x, y).toPoint()


def distance(first: QColor, second: QColor) -> int:
    return max(
        abs(first.red() - second.red()),
        abs(first.green() - second.green()),
        abs(first.blue() - second.blue()),
    )


# ------------------------------------------------------------------------------- the field


@pytest.mark.parametrize("kind", ["linear", "log", "quantile"])
def test_each_place_has_the_colour_of_its_value(view: ContourView, kind: str) -> None:
    view.set_height_scale(kind)  # type: ignore[arg-type]
    image = picture(view)
    surface = surface_of(bowl)
    scale = scale_of(surface.z, kind)  # type: ignore[arg-type]
    hits = 0
    generator = np.random.default_rng(3)
    for x, y in generator.uniform((-2.9, -1.9), (2.9, 1.9), (60, 2)):
        expected = level_color(scale, float(surface.at(x, y)))
        hits += distance(image.pixelColor(at(view, x, y)), expected) < 12
    # Some of the places lie on a line or under a label.
    assert hits > 40


def test_north_is_up(view: ContourView) -> None:
    view.show_surface(surface_of(lambda x, y: y + 0 * x))
    image = picture(view)
    assert image.pixelColor(at(view, 1.3, 1.9)).green() > 200
    assert image.pixelColor(at(view, 1.3, -1.9)).green() < 60


def test_a_gap_shows_the_ground_with_hatching(view: ContourView) -> None:
    z = surface_of(bowl).z.copy()
    z[20:30, 5:15] = np.nan
    z[40, 40] = np.inf
    surface = Surface(np.linspace(-3, 3, 48), np.linspace(-2, 2, 48), z)
    view.show_surface(surface)
    image = picture(view)
    x, y = float(surface.x[10]), float(surface.y[25])
    middle = at(view, x, y)
    seen = {
        image.pixelColor(middle.x() + i, middle.y() + j).name()
        for i in range(-6, 7)
        for j in range(-6, 7)
    }
    assert theme.color("background").name() in seen
    assert len(seen) > 1


def test_what_lies_above_the_cap_is_grey(view: ContourView) -> None:
    view.show_surface(surface_of(lambda x, y: np.where(x > 1.0, 1e30, y), cap=2.0))
    color = picture(view).pixelColor(at(view, 2.0, 0.3))
    assert distance(color, cap_color()) < 3


def test_level_lines_are_round_increasing_and_where_the_function_has_the_value() -> None:
    surface = surface_of(bowl, 96)
    for kind in ("linear", "log", "quantile"):
        scale = scale_of(surface.z, kind)
        levels = levels_of(scale)
        assert 5 <= len(levels) <= 16
        assert list(levels) == sorted(set(levels))
        assert all(float(f"{level:.2g}") == level for level in levels)
        for level, points in lines_of(surface, levels):
            np.testing.assert_allclose(bowl(*points.T), level, atol=0.01)


def test_level_lines_are_computed_once_a_surface() -> None:
    surface = surface_of(rosenbrock)
    levels = levels_of(scale_of(surface.z, "auto", levels=True))
    assert lines_of(surface, levels) is lines_of(surface, levels)
    assert lines_of(surface_of(rosenbrock), levels) is not lines_of(surface, levels)


def test_a_valley_gets_as_many_lines_as_the_slopes() -> None:
    surface = surface_of(rosenbrock)
    scale = scale_of(surface.z, "auto", levels=True)
    assert scale.kind == "quantile"
    below_median = [level for level in levels_of(scale) if level < np.median(surface.z)]
    assert 4 <= len(below_median) <= 8
    assert scale_of(surface_of(bowl).z, "auto", levels=True).kind == "linear"


def test_a_flat_surface_is_drawn_without_lines(view: ContourView) -> None:
    view.show_surface(surface_of(lambda x, y: 5.0 + 0 * x + 0 * y))
    picture(view)
    view.show_surface(surface_of(lambda x, y: np.nan * x))
    picture(view)


# --------------------------------------------------------------------------- what moves


def test_the_ball_and_paths_are_drawn_where_they_are(view: ContourView) -> None:
    before = picture(view)
    view.show_ball(1.0, -1.0)
    view.show_paths((SurfacePath(np.array([[-2.0, 1.0], [-1.0, 1.0]]), color="run_1"),))
    image = picture(view)
    assert distance(image.pixelColor(at(view, 1.0, -1.0)), QColor("#F2F4F8")) < 20
    middle = at(view, -1.7, 1.0)
    assert distance(image.pixelColor(middle), theme.color("run_1")) < 20
    assert image.pixelColor(at(view, 2.5, 1.5)) == before.pixelColor(at(view, 2.5, 1.5))


def test_what_is_to_come_is_fainter_than_what_has_been(view: ContourView) -> None:
    path = np.array([[-2.0, 1.0], [0.0, 1.0], [2.0, 1.0]])
    view.show_paths((SurfacePath(path, color="run_1", current=1),))
    image = picture(view)
    color = theme.color("run_1")
    past = distance(image.pixelColor(at(view, -1.5, 1.0)), color)
    future = distance(image.pixelColor(at(view, 1.5, 1.0)), color)
    assert past < 20 < future


def test_moving_the_ball_or_a_path_does_not_draw_the_field_again(
    view: ContourView, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(view)
    calls: list[int] = []
    for name in ("lines_of", "field_image"):
        monkeypatch.setattr(contour_items, name, lambda *_: calls.append(1))
    view.show_ball(1.0, 0.5)
    view.show_paths((SurfacePath(np.array([[1.0, 0.5], [0.0, 0.0]])),))
    picture(view)
    assert not calls


def test_a_dragged_ball_tells_the_coordinates_under_the_mouse(
    view: ContourView, qtbot: QtBot
) -> None:
    view.show_ball(0.5, 0.25)
    settle()
    start = view.ball_pixel()
    assert start is not None
    viewport = view.widget.viewport()
    dragged: list[tuple[float, float]] = []
    view.ball_dragged.connect(lambda x, y: dragged.append((x, y)))
    range_before = view.box.viewRange()
    hand.move(viewport, start.toPoint())
    hand.press(viewport, start.toPoint())
    end = start.toPoint() + QPoint(90, -60)
    for step in (QPoint(20, -10), QPoint(60, -40), QPoint(90, -60)):
        hand.move(viewport, start.toPoint() + step)
        # A plot answers at most so many moves a second.
        qtbot.wait(20)
    with qtbot.waitSignal(view.ball_released):
        hand.release(viewport, end)
    ball = view.ball_pixel()
    assert ball is not None
    offset = ball - (start + QPointF(90, -60))
    assert math.hypot(offset.x(), offset.y()) < 1.0
    drawn = view.scene_point(*dragged[-1])
    assert math.hypot(drawn.x() - end.x(), drawn.y() - end.y()) < 1.5
    assert view.box.viewRange() == range_before


def test_a_drag_beside_the_ball_pans_and_r_shows_everything_again(
    view: ContourView, qtbot: QtBot
) -> None:
    view.show_ball(0.0, 0.0)
    settle()
    before = view.box.viewRange()
    start = at(view, 2.0, 1.0)
    viewport = view.widget.viewport()
    hand.move(viewport, start)
    hand.press(viewport, start)
    for step in (QPoint(-20, 5), QPoint(-40, 10), QPoint(-60, 15)):
        hand.move(viewport, start + step)
        qtbot.wait(20)
    hand.release(viewport, start + QPoint(-60, 15))
    assert view.box.viewRange() != before
    hand.key(view, Qt.Key.Key_R)
    np.testing.assert_allclose(view.box.viewRange(), before)


def test_the_frame_follows_the_surface_unless_one_has_zoomed(view: ContourView) -> None:
    moved = surface_of(bowl)
    view.show_surface(Surface(moved.x + 10.0, moved.y, moved.z))
    np.testing.assert_allclose(view.box.viewRange()[0], (7.0, 13.0))
    hand.key(view, Qt.Key.Key_Plus)
    zoomed = view.box.viewRange()
    view.show_surface(moved)
    np.testing.assert_allclose(view.box.viewRange(), zoomed)
    view.reset_view()
    np.testing.assert_allclose(view.box.viewRange()[0], (-3.0, 3.0))


def test_the_line_of_the_value_under_the_pointer_stands_out(
    view: ContourView, qtbot: QtBot
) -> None:
    before = picture(view)
    x, y = 1.5, 0.5
    hand.move(view.widget.viewport(), QPoint(5, 5))
    qtbot.wait(20)
    with qtbot.waitSignal(view.hovered) as hovered:
        hand.move(view.widget.viewport(), at(view, x, y))
    assert hovered.args == pytest.approx((x, y), abs=0.02)
    image = picture(view)
    # On the other side of the bowl, where the value is the same.
    other = at(view, -hovered.args[0], -hovered.args[1])
    assert distance(image.pixelColor(other), QColor("#FFFFFF")) < 40
    assert distance(before.pixelColor(other), QColor("#FFFFFF")) > 60
    view.point_away()
    assert picture(view) == before


def test_the_readout_is_the_models_and_follows_a_step(view: ContourView) -> None:
    numbers = iter(["7200", "3225.14"])
    view.readout = lambda x, y: next(numbers)
    view.point_at(0.5, 0.5)
    assert view._readout_label.text() == "7200"
    view.refresh_readout()
    assert view._readout_label.text() == "3225.14"
    view.point_away()
    assert not view._readout_label.isVisible()


def test_a_surface_that_is_out_of_date_says_so(view: ContourView) -> None:
    fresh = surface_of(bowl)
    view.show_surface(fresh)
    before = picture(view)
    view.show_surface(Surface(fresh.x, fresh.y, fresh.z, stale=True))
    assert picture(view) != before


def test_a_note_stands_under_the_plot(view: ContourView) -> None:
    fresh = surface_of(bowl)
    without = picture(view)
    view.show_surface(Surface(fresh.x, fresh.y, fresh.z, note="explained variance 98.3 %"))
    note = picture(view)
    strip = [
        note.pixelColor(x, y) != without.pixelColor(x, y)
        for x in range(60, 300, 2)
        for y in range(SIZE[1] - 22, SIZE[1] - 4, 2)
    ]
    assert any(strip)


def test_switching_the_theme_dresses_axes_and_ground(view: ContourView) -> None:
    picture(view)
    theme.set_mode("dark")
    assert picture(view).pixelColor(2, 2) == theme.color("panel")


def test_the_line_at_a_value_passes_through_the_point_with_that_value() -> None:
    surface = surface_of(bowl)
    pieces = line_at(surface, float(surface.at(1.0, 0.7)))
    nearest = min(float(np.hypot(*(piece - (1.0, 0.7)).T).min()) for piece in pieces)
    assert nearest < 0.1


def test_an_empty_view_says_so_and_does_not_fail(qtbot: QtBot) -> None:
    view = ContourView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    picture(view)
    view.point_at(0.5, 0.5)
    assert len(view.table()) == 0
