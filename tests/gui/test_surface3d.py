from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QPainter
from pytestqt.qtbot import QtBot

from gui import palette, theme
from gui.views import guard, surface3d
from gui.views.height_field import Surface, SurfacePath, nice_ticks, scale_of
from gui.views.height_raster import rasterize
from gui.views.projection import HEIGHT, Camera, bilinear, fitted
from gui.views.surface3d import STRETCH, Surface3DView
from gui.views.surface_box import Box
from gui.views.surface_painter import arrows, cap_color, dots
from gui.views.surface_scene import Scene
from tests.gui import hand

Floats = NDArray[np.float64]
SIZE = (600, 450)
SIZES = st.sampled_from([SIZE, (600, 200), (300, 500)])
CAMERAS = st.builds(Camera, st.floats(-180, 180), st.floats(8, 85))


def surface_of(function: object, n: int = 40, **more: object) -> Surface:
    x, y = np.linspace(-3.0, 3.0, n), np.linspace(-2.0, 2.0, n)
    return Surface(x, y, function(*np.meshgrid(x, y)), **more)  # type: ignore[operator,arg-type]


def bowl(x: Floats, y: Floats) -> Floats:
    return x**2 + 2 * y**2


def hills(x: Floats, y: Floats) -> Floats:
    return np.sin(2 * x) * np.cos(1.5 * y)


@pytest.fixture(autouse=True)
def no_failed_paint() -> Iterator[None]:
    theme.set_mode("light")
    before = guard.count()
    yield
    assert guard.count() == before, guard.failures
    theme.set_mode("light")


@pytest.fixture
def view(qtbot: QtBot) -> Surface3DView:
    view = Surface3DView()
    qtbot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    view.show_surface(surface_of(bowl))
    return view


def picture(view: Surface3DView) -> QImage:
    return view.grab().toImage()


def point(position: QPointF) -> QPoint:
    return position.toPoint()


# ---------------------------------------------------------------------------- projection


@given(CAMERAS, st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), SIZES)
def test_what_is_seen_at_the_pixel_of_a_point_is_that_point_or_one_in_front(
    camera: Camera, x: float, y: float, size: tuple[int, int]
) -> None:
    heights = Scene.of(surface_of(hills), "linear").heights
    projection = fitted(camera, 0, 0, *size, stretch=STRETCH)
    z = float(bilinear(heights, np.array(x), np.array(y)))
    pixels, ahead = projection.project([[x, y, z]])
    found = projection.unproject(float(pixels[0, 0]), float(pixels[0, 1]), heights)
    assert found is not None
    in_front = float(projection.right_ahead(*found)[1])
    again = projection.project([[*found, float(bilinear(heights, *map(np.array, found)))]])[0]
    assert np.hypot(*(again[0] - pixels[0])) < 0.75
    assert in_front <= ahead[0] + 0.02


@given(CAMERAS, st.sampled_from([1.0, 2.0]))
def test_every_pixel_of_the_picture_shows_what_a_ray_through_it_meets(
    camera: Camera, stretch: float
) -> None:
    heights = Scene.of(surface_of(hills), "linear").heights
    projection = fitted(camera, 0, 0, 200, 150, (stretch, stretch))
    raster = rasterize(heights, projection, 200, 150)
    rows, columns = heights.shape
    generator = np.random.default_rng(1)

    def met(row: int, column: int) -> list[tuple[float, float] | None]:
        """What rays through a pixel meet: at a crest or a rim a hair decides."""
        return [
            projection.unproject(column + 0.5, row + 0.5 + shift, heights)
            for shift in (0.0, -0.5, 0.5)
        ]

    for index in generator.choice(len(raster.pixels), 25):
        row, column = divmod(int(raster.pixels[index]), 200)
        x = raster.across[index] / (columns - 1) * 2 - 1
        y = raster.down[index] / (rows - 1) * 2 - 1
        depth = raster.depth[row, column]
        assert any(
            found is not None
            and (
                math.hypot(x - found[0], y - found[1]) < 0.08
                or abs(depth - projection.right_ahead(*found)[1]) < 0.1
            )
            for found in met(row, column)
        )
    for row, column in zip(*(generator.integers(0, n, 40) for n in (150, 200)), strict=True):
        if not np.isfinite(raster.depth[row, column]):
            assert None in met(int(row), int(column))


def test_a_hill_in_front_hides_what_stands_behind_it() -> None:
    scene = Scene.of(surface_of(lambda x, y: np.exp(-4 * (y + 0.5) ** 2) + 0 * x), "linear")
    camera = Camera(azimuth=0, elevation=12)
    projection = fitted(camera, 0, 0, *SIZE)
    raster = rasterize(scene.heights, projection, *SIZE)
    surface = scene.surface
    hidden = []
    for y in (-1.8, -0.6, 0.6):
        place = scene.place(0.0, y, None)
        assert place is not None
        pixels, ahead = projection.project(place[None])
        hidden.append(bool(raster.hides(pixels[:, 0], pixels[:, 1], ahead)[0]))
    assert surface.x_range == (-3.0, 3.0)
    assert hidden == [False, False, True]


@pytest.mark.parametrize("size", [(400, 180), (300, 220), (450, 260), (760, 460), (300, 600)])
@pytest.mark.parametrize("azimuth", [-150.0, -90.0, -32.0, 3.0, 45.0, 118.0])
@pytest.mark.parametrize("elevation", [8.0, 30.0, 70.0])
def test_words_around_the_box_are_whole_and_apart(
    qtbot: QtBot, size: tuple[int, int], azimuth: float, elevation: float
) -> None:
    view = Surface3DView()
    qtbot.addWidget(view)
    view.set_camera(Camera(azimuth, elevation))
    names: dict[str, Any] = {"x_label": "Layer 1: −∇L", "y_label": "Weights of layer 2: −∇L"}
    scene = Scene.of(surface_of(lambda x, y: 1e4 * bowl(x, y), **names), "linear")
    area = QRectF(0, 0, *size)
    box = Box(scene, view.projection(*size), view.font(), area)
    image = QImage(*size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    box.paint(painter)
    painter.end()
    assert len(box.labels) >= 4
    for number, label in enumerate(box.labels):
        assert area.contains(label)
        assert not any(label.intersects(other) for other in box.labels[:number])
    for part in (part for name in box.names for part in name):
        assert area.contains(part)
        assert not any(part.intersects(label) for label in box.labels)
    assert box.names
    if azimuth == -32.0 and elevation == 30.0:
        assert len(box.names) == 2


@pytest.mark.parametrize("size", [(400, 180), (300, 220), (450, 260), (300, 420)])
def test_the_box_fills_its_picture(qtbot: QtBot, size: tuple[int, int]) -> None:
    view = Surface3DView()
    qtbot.addWidget(view)
    corners = [[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-HEIGHT, HEIGHT)]
    pixels, _ = view.projection(*size).project(corners)
    assert (pixels >= 0.0).all()
    assert (pixels <= size).all()
    across, down = np.ptp(pixels, axis=0) / size
    assert across > 0.68
    assert down > 0.5


def test_arrows_on_a_noisy_path_are_few_and_apart_and_dots_only_on_a_short_one() -> None:
    generator = np.random.default_rng(2)
    noisy = np.cumsum(generator.normal([0.3, 0.1], 6.0, (800, 2)), axis=0)
    places = np.array([[where.x(), where.y()] for where, _ in arrows(noisy)])
    assert len(places) <= 12
    gaps = np.hypot(*(places[:, None] - places[None]).T)
    assert (gaps[~np.eye(len(places), dtype=bool)] >= 40.0).all()
    assert len(dots(noisy, len(noisy))) == 0
    straight = np.array([[0.0, 0.0], [60.0, 0.0], [120.0, 0.0]])
    assert len(dots(straight, 3)) == 3
    ((where, angle),) = arrows(straight)
    assert (where.x(), angle) == (60.0, 0.0)


# -------------------------------------------------------------------------------- heights


@pytest.mark.parametrize("kind", ["linear", "log", "quantile"])
def test_a_scale_gives_back_the_value_of_a_share(kind: str) -> None:
    scale = scale_of(surface_of(bowl, 41).z + 0.5, kind)  # type: ignore[arg-type]
    shares = np.linspace(0.0, 1.0, 9)
    values = [scale.value(share) for share in shares]
    assert values == sorted(values)
    np.testing.assert_allclose(scale.share(values), shares, atol=1e-6)


def test_logarithmic_heights_need_values_that_are_not_negative() -> None:
    assert scale_of(surface_of(bowl).z, "log").kind == "log"
    assert scale_of(surface_of(hills).z, "log").kind == "linear"


def test_an_exploding_loss_is_capped_and_an_ordinary_one_is_not() -> None:
    assert not scale_of(surface_of(bowl).z, "linear").capped
    exploding = scale_of(surface_of(lambda x, y: np.exp(x**2 + y**4)).z, "linear")
    assert exploding.capped
    assert exploding.high < 1e4


def test_a_flat_surface_and_one_of_gaps_only_have_a_scale_too() -> None:
    flat = scale_of(np.full((3, 3), 5.0), "linear")
    assert flat.low < 5.0 < flat.high
    assert scale_of(np.full((3, 3), np.nan), "linear").share(0.5) == 0.5


def test_ticks_are_round_and_inside() -> None:
    assert nice_ticks(-1.0, 1.0, 4) == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert nice_ticks(0.1, 0.32, 5) == [0.1, 0.15, 0.2, 0.25, 0.3]
    assert nice_ticks(2.0, 2.0, 5) == []


def test_an_uneven_or_misshapen_grid_is_refused() -> None:
    x = np.array([0.0, 1.0, 3.0])
    with pytest.raises(ValueError, match="even"):
        Surface(x, x, np.zeros((3, 3)))
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        Surface(x[:2], x[:2], np.zeros((3, 2)))


# ----------------------------------------------------------------------------- the picture


def test_a_drag_turns_the_surface_and_r_turns_it_back(view: Surface3DView) -> None:
    at_first = picture(view)
    start = QPoint(200, 300)
    hand.press(view, start)
    hand.move(view, start + QPoint(60, 25))
    hand.release(view, start + QPoint(60, 25))
    assert view.camera != view.home
    assert picture(view) != at_first
    hand.key(view, Qt.Key.Key_R)
    assert view.camera == view.home
    assert picture(view) == at_first


def test_the_surface_follows_the_hand(view: Surface3DView) -> None:
    def corner() -> float:
        projection = view.projection(*SIZE)
        return float(projection.project([[0.0, -1.0, 0.0]])[0][0, 0])

    before = corner()
    hand.press(view, QPoint(200, 300))
    hand.move(view, QPoint(240, 300))
    hand.release(view, QPoint(240, 300))
    assert corner() > before


def test_arrow_keys_turn_and_plus_and_minus_zoom(view: Surface3DView) -> None:
    hand.key(view, Qt.Key.Key_Right)
    assert view.camera.azimuth == view.home.azimuth + 7.5
    hand.key(view, Qt.Key.Key_Up)
    assert view.camera.elevation == view.home.elevation + 5.0
    hand.key(view, Qt.Key.Key_Plus)
    assert view.camera.zoom > 1.0
    for _ in range(40):
        hand.key(view, Qt.Key.Key_Down)
        hand.key(view, Qt.Key.Key_Minus)
    assert view.camera.elevation > 0.0
    assert view.camera.zoom > 0.3


@pytest.mark.parametrize("azimuth", [-150.0, -32.0, 60.0])
def test_a_dragged_ball_stays_under_the_mouse(
    view: Surface3DView, qtbot: QtBot, azimuth: float
) -> None:
    view.set_camera(Camera(azimuth, 40.0))
    view.show_ball(0.5, 0.25)
    start = view.ball_pixel()
    assert start is not None
    dragged: list[tuple[float, float]] = []
    view.ball_dragged.connect(lambda x, y: dragged.append((x, y)))
    hand.press(view, point(start))
    for move in (QPoint(8, 5), QPoint(30, 12), QPoint(50, -6)):
        target = point(start) + move
        hand.move(view, target)
        ball = view.ball_pixel()
        assert ball is not None
        offset = ball - (start + QPointF(move))
        assert math.hypot(offset.x(), offset.y()) < 1.0
    with qtbot.waitSignal(view.ball_released):
        hand.release(view, target)
    assert len(dragged) == 3
    # What was told is the place of the surface that is drawn there.
    place = view._scene.place(*dragged[-1], None)  # type: ignore[union-attr]
    assert place is not None
    pixels = view.projection(*SIZE).project(place[None])[0][0]
    end = start + QPointF(50, -6)
    assert np.hypot(pixels[0] - end.x(), pixels[1] - end.y()) < 1.0
    assert view.camera == Camera(azimuth, 40.0)


def test_a_ball_dragged_beyond_the_rim_stays_on_the_surface(
    view: Surface3DView, qtbot: QtBot
) -> None:
    view.show_ball(0.0, 0.0)
    start = view.ball_pixel()
    assert start is not None
    with qtbot.waitSignal(view.ball_dragged) as dragged:
        hand.press(view, point(start))
        hand.move(view, QPoint(2, 440))
    x, y = dragged.args
    assert -3.0 <= x <= 3.0
    assert -2.0 <= y <= 2.0


def test_moving_the_ball_or_a_path_does_not_draw_the_surface_again(
    view: Surface3DView, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(view)
    calls: list[int] = []
    monkeypatch.setattr(surface3d, "rasterize", lambda *_: calls.append(1))
    before = picture(view)
    view.show_ball(1.0, 0.5)
    path = SurfacePath(np.array([[1.0, 0.5], [0.5, 0.2], [0.0, 0.0]]))
    view.show_paths((path,))
    assert picture(view) != before
    assert not calls


def test_hovering_tells_the_place_and_asks_the_model_for_its_number(
    view: Surface3DView, qtbot: QtBot
) -> None:
    asked: list[tuple[float, float]] = []

    def readout(x: float, y: float) -> str:
        asked.append((x, y))
        return "L = 12.5"

    view.readout = readout
    place = view._scene.place(1.0, -0.5, None)  # type: ignore[union-attr]
    assert place is not None
    pixels = view.projection(*SIZE).project(place[None])[0][0]
    with qtbot.waitSignal(view.hovered):
        hand.move(view, QPoint(round(pixels[0]), round(pixels[1])))
    assert asked[-1] == pytest.approx((1.0, -0.5), abs=0.05)
    assert view._readout_label.text() == "L = 12.5"
    assert view._readout_label.isVisible()
    with qtbot.waitSignal(view.left):
        hand.move(view, QPoint(3, 3))
    assert not view._readout_label.isVisible()


def test_where_values_are_not_finite_there_is_a_hole(view: Surface3DView) -> None:
    whole = view._scene
    assert whole is not None
    z = whole.surface.z.copy()
    z[15:25, 15:25] = np.nan
    z[0, 0] = np.inf
    view.show_surface(Surface(whole.surface.x, whole.surface.y, z))
    picture(view)
    assert view._base is not None
    raster = view._base[2]
    assert view.pick(view_pixel(view, 2.5, 0.0)) is not None
    seen = raster.across[(raster.across > 16) & (raster.across < 23)]
    down = raster.down[(raster.across > 16) & (raster.across < 23)]
    assert seen.size
    assert not ((down > 16) & (down < 23)).any()


def view_pixel(view: Surface3DView, x: float, y: float) -> QPointF:
    assert view._scene is not None
    place = view._scene.place(x, y, None)
    assert place is not None
    return QPointF(*view.projection(*SIZE).project(place[None])[0][0].tolist())


def test_what_is_cut_off_at_the_cap_is_flat_and_grey(view: Surface3DView) -> None:
    view.show_surface(surface_of(lambda x, y: np.where(x > 1.0, 1e30, y), cap=2.0))
    view.set_camera(Camera(0.0, 70.0))
    image = picture(view)
    color = image.pixelColor(point(view_pixel(view, 2.2, 0.1)))
    grey = cap_color()
    ratios = [a / b for a, b in zip(rgb(color), rgb(grey), strict=True)]
    assert max(ratios) - min(ratios) < 0.05


def rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def test_low_is_dark_violet_and_high_is_yellow(view: Surface3DView) -> None:
    view.set_camera(Camera(0.0, 80.0))
    image = picture(view)
    low = image.pixelColor(point(view_pixel(view, 0.1, 0.1)))
    high = image.pixelColor(point(view_pixel(view, 2.9, 1.9)))
    assert low.blue() > low.green()
    assert high.green() > 2 * high.blue()


def test_light_and_dark_theme_differ_and_switch_live(view: Surface3DView) -> None:
    light = picture(view)
    theme.set_mode("dark")
    dark = picture(view)
    assert light.pixelColor(3, 3) == QColor(palette.LIGHT["panel"])
    assert dark.pixelColor(3, 3) == QColor(palette.DARK["panel"])


def test_a_surface_that_is_out_of_date_says_so(view: Surface3DView) -> None:
    fresh = view._scene.surface  # type: ignore[union-attr]
    before = picture(view)
    view.show_surface(Surface(fresh.x, fresh.y, fresh.z, stale=True))
    badge = picture(view)
    changed = [
        (x, y)
        for x in range(0, SIZE[0], 3)
        for y in range(0, SIZE[1], 3)
        if badge.pixel(x, y) != before.pixel(x, y)
    ]
    assert changed
    assert all(x > SIZE[0] / 2 and y < 60 for x, y in changed)


def test_a_path_follows_the_surface_between_its_points() -> None:
    scene = Scene.of(surface_of(hills), "linear")
    lifted = scene.lift(SurfacePath(np.array([[-2.0, -1.0], [2.0, 1.0]])))
    ground = bilinear(scene.heights, lifted.line[:, 0], lifted.line[:, 1])
    assert len(lifted.line) > 20
    np.testing.assert_allclose(lifted.line[:, 2], ground, atol=1e-12)


def test_a_path_that_leaves_the_frame_or_is_empty_is_drawn_as_far_as_it_goes(
    view: Surface3DView,
) -> None:
    leaving = np.array([[0.0, 0.0], [2.0, 1.0], [9.0, 9.0], [np.nan, 0.0], [1e300, 1.0]])
    view.show_paths(
        (
            SurfacePath(np.empty((0, 2))),
            SurfacePath(leaving, color="run_1", current=2),
            SurfacePath(np.array([[1.0, 1.0]]), np.array([1e9])),
        )
    )
    view.show_ball(9.0, 9.0)
    assert view.ball_pixel() is None
    picture(view)


def test_heights_can_be_logarithmic(view: Surface3DView) -> None:
    linear = picture(view)
    view.set_height_scale("log")
    assert picture(view) != linear


def test_the_table_holds_the_grid(view: Surface3DView) -> None:
    table = view.table()
    assert table.columns == ("x", "y", "z")
    assert len(table) == 1600
    assert table.rows[0] == (-3.0, -2.0, 17.0)
    assert table.rows[-1] == (3.0, 2.0, 17.0)


def test_an_empty_view_says_so_and_does_not_fail(qtbot: QtBot) -> None:
    view = Surface3DView()
    qtbot.addWidget(view)
    view.show_ball(1.0, 2.0)
    view.resize(*SIZE)
    picture(view)
    hand.move(view, QPoint(200, 200))
    assert len(view.table()) == 0
    assert view.pick(QPointF(200, 200)) is None


def test_arrow_keys_stay_free_for_stepping_until_one_comes_by_tab(
    view: Surface3DView,
) -> None:
    def claims() -> bool:
        event = QKeyEvent(
            QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier
        )
        event.ignore()
        view.event(event)
        return event.isAccepted()

    def enter(reason: Qt.FocusReason) -> None:
        view.focusInEvent(QFocusEvent(QEvent.Type.FocusIn, reason))

    enter(Qt.FocusReason.MouseFocusReason)
    assert not claims()
    enter(Qt.FocusReason.TabFocusReason)
    assert claims()
