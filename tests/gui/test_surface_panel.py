from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from engine.landscape import TABLE, Order, Picture, draw, losses
from engine.network import Architecture
from engine.session import Cursor, Selection, SurfaceView, edits
from engine.training import Experiment, Penalty
from gui import i18n
from gui.state import workers
from gui.state.store import Store
from gui.views import guard, surface_source
from gui.views.projection import Camera
from gui.views.surface_panel import SurfacePanel
from gui.views.view import Readout
from tests.experiments import by_hand, document, moons
from tests.gui import hand

Show = Callable[..., SurfacePanel]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Show the panel for an experiment, with settings of the surface."""
    panels: list[SurfacePanel] = []
    failures = guard.count()

    def shown(experiment: Experiment | None = None, **surface: object) -> SurfacePanel:
        settings = SurfaceView(**surface)  # type: ignore[arg-type]
        store = Store(document(experiment, surface=settings))
        panel = SurfacePanel(store)
        store.setParent(panel)
        qtbot.addWidget(panel)
        panel.resize(760, 460)
        panel.show()
        panels.append(panel)
        return panel

    yield shown
    for panel in panels:
        panel.shut_down()
    assert guard.count() == failures, guard.failures


def store_of(panel: SurfacePanel) -> Store:
    return panel._store


def step(panel: SurfacePanel, iteration: int) -> None:
    store = store_of(panel)
    store.move(Cursor(store.document.cursor.run, iteration))


def settle(qtbot: QtBot, panel: SurfacePanel) -> Picture:
    """Wait for the picture in full quality."""
    qtbot.waitUntil(lambda: panel.source.is_fine and not panel.source.lane.is_busy)
    panel._show_note()
    assert panel.source.picture is not None
    return panel.source.picture


def is_right(panel: SurfacePanel, picture: Picture) -> bool:
    """Whether a picture is that of the state on screen, in float64 and over all samples."""
    training = store_of(panel).document.segment.training
    through = store_of(panel).moment.state.parameters
    expected = losses(training, picture.plane, through, picture.xs, picture.ys)
    return bool(np.allclose(picture.heights, expected, rtol=1e-9))


# ------------------------------------------------------------------------------- what is seen


def test_the_first_picture_of_backprop_by_hand_is_exact(qtbot: QtBot, show: Show) -> None:
    panel = show()
    picture = settle(qtbot, panel)
    assert is_right(panel, picture)
    assert panel.badge.isVisible()
    assert "exact" in panel.badge.text()
    assert "loss 7200" in panel.note.text()
    assert "iteration 0" in panel.note.text()
    assert panel.contour._surface is panel.surface3d._scene.surface  # type: ignore[union-attr]


def test_steps_within_an_exact_plane_move_the_ball_and_leave_the_picture(
    qtbot: QtBot, show: Show
) -> None:
    panel = show()
    picture = settle(qtbot, panel)
    for iteration in range(1, 6):
        step(panel, iteration)
        assert panel.source.picture is picture
        assert panel.source.is_fine
    (path,) = panel.contour._ways.paths
    assert len(path.points) == 6
    assert path.current == 5
    ball = panel.contour._ways.ball
    assert ball == pytest.approx(tuple(path.points[5]))
    step(panel, 2)
    (path,) = panel.contour._ways.paths
    assert (len(path.points), path.current) == (6, 2)
    panel._show_note()
    assert panel.badge.isVisible()


def test_elsewhere_the_slice_follows_the_state(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    first = settle(qtbot, panel)
    assert not panel.badge.isVisible()
    step(panel, 20)
    second = settle(qtbot, panel)
    assert second is not first
    assert second.plane is first.plane
    assert is_right(panel, second)
    assert "true loss" in panel.note.text()
    assert "path up to" in panel.note.text()


def test_a_large_network_is_roughly_there_in_motion_and_exactly_at_rest(
    qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surface_source, "QUICK_WORK", 0.0)
    panel = show(moons())
    seen: list[tuple[int, bool]] = []
    panel.source.changed.connect(
        lambda: seen.append((panel.source.picture.order.resolution, panel.source.picture.is_rough))  # type: ignore[union-attr]
    )
    picture = settle(qtbot, panel)
    assert seen[0] == (surface_source.MOVING, True)
    assert (picture.order.resolution, picture.is_rough) == (surface_source.RESTING, False)
    assert is_right(panel, picture)


def test_a_picture_that_is_out_of_date_says_so(
    qtbot: QtBot, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel = show(moons())
    settle(qtbot, panel)
    gate = threading.Event()

    def slowly(order: Order, cancelled: Callable[[], bool]) -> Picture:
        gate.wait(10)
        return draw(order, cancelled)

    monkeypatch.setattr(surface_source, "draw", slowly)
    try:
        step(panel, 30)
        assert not panel.source.is_fine
        qtbot.waitUntil(lambda: panel.source.is_stale)
        for view in (panel.contour._surface, panel.surface3d._scene.surface):  # type: ignore[union-attr]
            assert view is not None
            assert view.stale
    finally:
        gate.set()
    settle(qtbot, panel)
    assert not panel.source.is_stale
    assert not panel.contour._surface.stale  # type: ignore[union-attr]


def test_the_frame_follows_a_path_that_leaves_it(qtbot: QtBot, show: Show) -> None:
    panel = show(replace(by_hand(), learning_rate=2e-4))
    before = settle(qtbot, panel).frame
    step(panel, 2)
    after = settle(qtbot, panel).frame
    plane = panel.source.picture.plane  # type: ignore[union-attr]
    here = plane.coordinates(store_of(panel).moment.state.parameters)
    assert not before.holds(here[None])
    assert after.holds(here[None])
    step(panel, 0)
    assert settle(qtbot, panel).frame == after
    panel.controls.fit.click()
    assert settle(qtbot, panel).frame != after


def test_the_picture_widens_to_a_larger_frame_in_small_steps(qtbot: QtBot, show: Show) -> None:
    panel = show(replace(by_hand(), learning_rate=2e-4))
    before = settle(qtbot, panel).frame
    seen = [(before.left, before.right)]
    step(panel, 2)
    after = settle(qtbot, panel).frame

    def arrived() -> bool:
        surface = panel.contour._surface
        assert surface is not None
        assert panel.surface3d._scene is not None
        assert panel.surface3d._scene.surface is surface
        seen.append(surface.x_range)
        return seen[-1] == (after.left, after.right)

    qtbot.waitUntil(arrived)
    widths = [right - left for left, right in dict.fromkeys(seen)]
    assert len(widths) > 4
    assert widths == sorted(widths)
    assert widths[1] < 1.2 * widths[0]


def test_a_ball_put_on_the_rim_by_hand_leaves_the_frame_as_it_is(qtbot: QtBot, show: Show) -> None:
    panel = show()
    frame = settle(qtbot, panel).frame
    panel.contour.ball_dragged.emit(frame.right, frame.top)
    panel.contour.ball_released.emit()
    assert settle(qtbot, panel).frame == frame


def test_a_ball_that_rolls_to_the_rim_stays_whole(qtbot: QtBot, show: Show) -> None:
    panel = show(replace(by_hand(), learning_rate=2e-4))
    settle(qtbot, panel)
    for iteration in range(1, 4):
        step(panel, iteration)
        picture = settle(qtbot, panel)
        frame = picture.frame
        x, y = picture.plane.coordinates(store_of(panel).moment.state.parameters)
        assert frame.left + 0.01 * frame.width < x < frame.right - 0.01 * frame.width
        assert frame.bottom + 0.01 * frame.height < y < frame.top - 0.01 * frame.height


def test_an_export_does_not_wait_for_a_frame_on_its_way(qtbot: QtBot, show: Show) -> None:
    panel = show(replace(by_hand(), learning_rate=2e-4))
    settle(qtbot, panel)
    step(panel, 2)
    after = settle(qtbot, panel).frame
    panel.table()
    assert panel.contour._surface is not None
    assert panel.contour._surface.x_range == pytest.approx((after.left, after.right))


def test_every_visible_run_has_its_path_in_its_colour(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    step(panel, 6)
    store = store_of(panel)
    step(panel, 3)
    store.edit_parameter("Change weight", 0, 2.0)
    settle(qtbot, panel)
    assert [path.color for path in panel.contour._ways.paths] == ["run_0", "run_1"]
    first = store.document.run(1)
    store.restore(store.document.with_run(replace(first, visible=False)))
    assert [path.color for path in panel.contour._ways.paths] == ["run_1"]


def test_another_network_gets_another_surface(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    step(panel, 5)
    before = settle(qtbot, panel)
    wider = Architecture.dense((2, 6, 1), ("tanh", "sigmoid"))
    store_of(panel).edit_experiment("Widen", lambda known: replace(known, architecture=wider))
    assert panel.contour._ways.ball is None
    after = settle(qtbot, panel)
    assert after.plane.origin.size != before.plane.origin.size
    assert panel.contour._ways.ball is not None
    store_of(panel).undo_stack.undo()
    settle(qtbot, panel)


def test_a_hidden_panel_does_nothing_until_it_is_shown(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    before = settle(qtbot, panel)
    panel.hide()
    step(panel, 12)
    assert not panel.source.lane.is_busy
    assert panel.source.picture is before
    panel.show()
    assert is_right(panel, settle(qtbot, panel))


def test_a_penalty_is_said_not_to_be_part_of_the_height(qtbot: QtBot, show: Show) -> None:
    panel = show(moons(penalty=Penalty(l2=0.1)))
    settle(qtbot, panel)
    assert "without the penalty" in panel.note.text()


# ------------------------------------------------------------------------------------ the ball


def test_dragging_the_ball_moves_the_network_in_one_edit(qtbot: QtBot, show: Show) -> None:
    panel = show()
    picture = settle(qtbot, panel)
    store = store_of(panel)
    before = store.moment.state.parameters
    start = panel.contour.ball_pixel()
    assert start is not None
    viewport = panel.contour.widget.viewport()
    hand.press(viewport, start.toPoint())
    for distance in (10, 20, 40):
        hand.move(viewport, start.toPoint() + QPoint(distance, -distance // 2))
    hand.release(viewport, start.toPoint() + QPoint(40, -20))
    after = store.moment.state.parameters
    assert not np.array_equal(after, before)
    assert picture.plane.holds(after[None], before)
    assert store.undo_stack.count() == 1
    assert store.undo_stack.undoText() == "Move on the loss surface"
    assert panel.source.picture is picture
    assert settle(qtbot, panel).plane is picture.plane
    store.undo_stack.undo()
    assert np.array_equal(store.moment.state.parameters, before)


def test_a_drag_puts_the_network_where_the_ball_is(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    step(panel, 4)
    plane = settle(qtbot, panel).plane
    for place in ((0.1, 0.2), (0.3, -0.1)):
        panel.surface3d.ball_dragged.emit(*place)
        state = store_of(panel).moment.state
        assert plane.coordinates(state.parameters) == pytest.approx(place)
    panel.surface3d.ball_released.emit()
    panel.surface3d.ball_dragged.emit(0.0, 0.0)
    assert store_of(panel).undo_stack.count() == 2


def test_a_drag_in_the_past_makes_one_new_run(qtbot: QtBot, show: Show) -> None:
    panel = show()
    step(panel, 5)
    step(panel, 2)
    settle(qtbot, panel)
    for x in (0.1, 0.15, 0.2):
        panel.contour.ball_dragged.emit(x, 0.1)
    panel.contour.ball_released.emit()
    store = store_of(panel)
    assert len(store.document.runs) == 2
    assert store.undo_stack.count() == 1


# ------------------------------------------------------------------------------------ controls


def test_axes_can_be_chosen(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    settle(qtbot, panel)
    panel.controls.chooser.click()
    assert panel.controls.popup.layers[0].isVisible()
    panel.controls.popup.axes.chosen.emit("random")
    first = settle(qtbot, panel).plane
    assert first.kind == "random"
    assert not panel.controls.popup.layers[0].isVisible()
    assert panel.controls.popup.seed.isVisible()
    panel.controls.popup.seed.dice.click()
    second = settle(qtbot, panel).plane
    assert store_of(panel).view.surface.seed != 0
    assert not np.allclose(first.directions, second.directions)
    assert store_of(panel).undo_stack.count() == 0


def test_layers_can_be_exchanged(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    first = settle(qtbot, panel).plane
    panel.controls.popup.layers[0].chosen.emit("2")
    panel.controls.popup.layers[1].chosen.emit("1")
    second = settle(qtbot, panel).plane
    assert np.array_equal(first.directions, second.directions[::-1])
    assert panel.controls.popup.layers[0].value == "2"


@pytest.mark.parametrize(
    ("bias", "whole", "short"),
    [
        (True, "Gradients of weights and biases, layer 1", "Weights and biases"),
        (False, "Two steepest weights of layer 1", "Two weights"),
    ],
)
def test_the_axes_of_a_single_layer_are_named_after_what_they_vary(
    qtbot: QtBot, show: Show, bias: bool, whole: str, short: str
) -> None:
    network = Architecture.dense((2, 1), "sigmoid", bias=bias)
    panel = show(moons(architecture=network, loss="binary_cross_entropy"))
    settle(qtbot, panel)
    assert panel.controls.popup.summaries()[0] == whole
    panel.resize(350, 340)
    assert panel.controls.chooser.text().startswith(short)


def test_two_weights_are_taken_from_the_list_or_from_the_canvas(qtbot: QtBot, show: Show) -> None:
    panel = show(moons(), axes="parameters")
    settle(qtbot, panel)
    architecture = store_of(panel).experiment.architecture
    controls = panel.controls.popup
    steepest = panel.source.pair
    assert controls.parameters[0].value == "{} {}".format(*steepest[0])
    assert set(steepest) <= set(architecture.layer_keys(len(architecture.layers)))
    assert not controls.picks[0].isEnabled()
    store_of(panel).look(selection=Selection("unit", (3, 0)))
    assert not controls.picks[0].isEnabled()
    chosen = architecture.keys[7]
    store_of(panel).look(selection=Selection("parameter", chosen))
    assert controls.picks[1].isEnabled()
    controls.picks[1].click()
    assert store_of(panel).view.surface.parameters == (steepest[0], chosen)
    plane = settle(qtbot, panel).plane
    assert plane.directions[1, 7] == 1.0
    # Asking for the other axis's weight exchanges them.
    controls.picks[0].click()
    assert store_of(panel).view.surface.parameters == (chosen, steepest[0])
    controls.parameters[0].chosen.emit("1 4")
    assert store_of(panel).view.surface.parameters[0] == (1, 4)


def test_principal_components_wait_for_three_states(qtbot: QtBot, show: Show) -> None:
    panel = show(moons(), axes="principal_components")
    qtbot.waitUntil(lambda: panel.source.error is not None)
    assert "3" in panel.message.text()
    assert panel.message.isVisible()
    step(panel, 1)
    qtbot.waitUntil(lambda: not panel.source.lane.is_busy)
    assert panel.message.isVisible()
    step(panel, 2)
    settle(qtbot, panel)
    assert not panel.message.isVisible()
    assert "variance" in panel.note.text()


def test_components_are_fitted_again_at_a_pause_or_on_request_with_the_same_signs(
    qtbot: QtBot, show: Show
) -> None:
    panel = show(moons(), axes="principal_components")
    step(panel, 10)
    first = settle(qtbot, panel).plane
    step(panel, 40)
    assert settle(qtbot, panel).plane is first
    panel.on_playing_changed(playing=True)
    assert settle(qtbot, panel).plane is first
    panel.on_playing_changed(playing=False)
    second = settle(qtbot, panel).plane
    assert second is not first
    assert (np.einsum("ij,ij->i", first.directions, second.directions) > 0.0).all()
    panel.controls.popup.refit.click()
    assert settle(qtbot, panel).plane is not second


def test_the_slice_may_stay_at_the_start(qtbot: QtBot, show: Show) -> None:
    panel = show(moons(), centre="start")
    first = settle(qtbot, panel)
    step(panel, 30)
    assert settle(qtbot, panel) is first
    panel._show_note()
    assert "slice through iteration 0" in panel.note.text()
    seen = panel.source.projection()
    assert seen is not None
    assert seen.distance > 0.0
    assert seen.true_loss == store_of(panel).moment.state.loss
    assert seen.drawn_height != pytest.approx(seen.true_loss)
    panel.controls.popup.centre.chosen.emit("current")
    assert settle(qtbot, panel) is not first


def test_heights_may_be_logarithmic(qtbot: QtBot, show: Show) -> None:
    panel = show()
    settle(qtbot, panel)
    panel.controls.log.click()
    assert store_of(panel).view.surface.log_height
    assert panel.contour.height_scale == "log"
    assert panel.surface3d.height_scale == "log"


def test_one_view_at_least_is_shown_and_the_choice_is_remembered(qtbot: QtBot, show: Show) -> None:
    panel = show()
    settle(qtbot, panel)
    assert panel.contour.isVisible()
    assert panel.surface3d.isVisible()
    panel.controls.views["contour"].click()
    assert not panel.contour.isVisible()
    panel.controls.views["surface3d"].click()
    assert panel.contour.isVisible()
    assert not panel.surface3d.isVisible()
    other = show()
    settle(qtbot, other)
    assert other.contour.isVisible()
    assert not other.surface3d.isVisible()


def test_a_narrow_panel_shows_one_view_and_a_tall_one_both(qtbot: QtBot, show: Show) -> None:
    panel = show()
    settle(qtbot, panel)
    panel.resize(430, 340)
    assert not panel.contour.isVisible()
    panel.resize(430, 760)
    assert panel.contour.isVisible()
    assert panel._splitter.orientation() is Qt.Orientation.Vertical


def test_the_camera_is_part_of_the_session(qtbot: QtBot, show: Show) -> None:
    panel = show(azimuth=10.0, elevation=50.0)
    settle(qtbot, panel)
    assert panel.surface3d.camera == Camera(10.0, 50.0, 1.0)
    panel.surface3d.set_camera(Camera(20.0, 40.0, 2.0))
    qtbot.waitUntil(lambda: store_of(panel).view.surface.azimuth == 20.0)
    store_of(panel).look_at_surface(azimuth=30.0)
    assert panel.surface3d.camera == Camera(30.0, 40.0, 2.0)


def test_every_control_has_a_name_and_help(qtbot: QtBot, show: Show) -> None:
    panel = show()
    settle(qtbot, panel)
    controls = panel.controls
    popup = controls.popup
    fields = [popup.axes, popup.centre, *popup.layers, *popup.parameters]
    buttons = [controls.chooser, controls.log, controls.fit, popup.refit, *popup.picks]
    for widget in (*fields, *buttons, *controls.views.values(), popup.seed.field.entry):
        assert widget.accessibleName()
        assert widget.toolTip()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize("axes", list(TABLE))
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_row_of_controls_reads_well_at_every_width(
    qtbot: QtBot, show: Show, axes: str, language: i18n.Language
) -> None:
    panel = show(moons(), axes=axes)
    controls = panel.controls
    i18n.set_language(language)
    try:
        for width in (260, 300, 340, 420, 560, 900):
            panel.resize(width, 340)
            assert panel.width() == width
            assert controls.height() < 40
            shown = (controls.chooser, *controls.views.values(), controls.log, controls.fit)
            for left, right in pairwise(shown):
                assert left.geometry().right() < right.geometry().left()
            assert shown[-1].geometry().right() <= width
            text = controls.chooser.text()
            room = controls.chooser.width() - controls.chooser.iconSize().width() - 16
            assert controls.chooser.fontMetrics().horizontalAdvance(text) <= room
    finally:
        i18n.set_language("en")
    assert controls.chooser.text() == controls.popup.summaries()[0]
    names = [button.toolButtonStyle() for button in controls.views.values()]
    assert names == [Qt.ToolButtonStyle.ToolButtonTextBesideIcon] * 2


def test_axes_are_chosen_with_keys_alone(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    settle(qtbot, panel)
    controls = panel.controls
    assert controls.chooser.text() == "Gradients of layers 1 and 2"
    hand.key(controls.chooser, Qt.Key.Key_Space)
    popup = controls.popup
    assert popup.isVisible()
    hand.key(popup.axes, Qt.Key.Key_Down)
    assert store_of(panel).view.surface.axes == "parameters"
    assert popup.parameters[0].isVisible()
    bottom = popup.centre.mapTo(popup, popup.centre.rect().bottomRight())
    assert popup.rect().contains(bottom)
    hand.key(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    settle(qtbot, panel)
    assert controls.chooser.text().startswith("Weights w2_")
    assert "Weights w2_" in controls.chooser.accessibleName()


# ----------------------------------------------------------------------------- words and export


def test_the_readout_is_the_models_own_loss(qtbot: QtBot, show: Show) -> None:
    panel = show()
    settle(qtbot, panel)
    read: Readout | None = panel.contour.readout
    assert read is not None
    assert (read(0.0, 0.0) or "").startswith("loss 7200\n")
    step(panel, 1)
    plane = settle(qtbot, panel).plane
    text = read(*plane.coordinates(store_of(panel).moment.state.parameters))
    assert "3225.137172" in (text or "")


def test_words_follow_the_language(qtbot: QtBot, show: Show) -> None:
    panel = show()
    settle(qtbot, panel)
    surface = panel.contour._surface
    i18n.set_language("zh_CN")
    try:
        assert panel.contour._surface is not surface
    finally:
        i18n.set_language("en")
    assert panel.contour._surface.x_label == "Layer 1: −∇L"  # type: ignore[union-attr]


def test_a_panel_that_was_never_shown_can_be_exported(qtbot: QtBot) -> None:
    store = Store(document(by_hand()))
    store.move(Cursor(1, 3))
    panel = SurfacePanel(store)
    qtbot.addWidget(panel)
    image = QImage(900, 460, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    panel.render_to(painter, QRectF(0, 0, 900, 460))
    painter.end()
    colours = {image.pixel(x, y) for x in range(0, 900, 9) for y in range(0, 460, 9)}
    assert len(colours) > 50
    table = panel.table()
    assert table.columns == ("Layer 1: −∇L", "Layer 2: −∇L", "loss")
    assert len(table.rows) == surface_source.RESTING_FINELY**2
    (path,) = panel.contour._ways.paths
    assert len(path.points) == 4
    panel.shut_down()


def test_an_export_says_why_there_is_no_surface(qtbot: QtBot) -> None:
    store = Store(document(by_hand(), surface=SurfaceView(axes="principal_components")))
    panel = SurfacePanel(store)
    qtbot.addWidget(panel)
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    panel.render_to(painter, QRectF(0, 0, 400, 300))
    painter.end()
    assert "3" in panel.message.text()
    assert len(panel.table().rows) == 0


def test_a_restart_with_other_weights_chooses_the_axes_anew(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    first = settle(qtbot, panel)
    store = store_of(panel)
    fresh = replace(store.experiment, initializer=replace(store.experiment.initializer, seed=9))
    store.edit("Reset", lambda known: edits.restart(known, fresh))
    assert settle(qtbot, panel).plane is not first.plane


def test_another_learning_rate_leaves_the_surface_as_it_is(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    first = settle(qtbot, panel)
    store_of(panel).edit_experiment("Rate", lambda known: replace(known, learning_rate=0.5))
    assert panel.source.picture is first
    assert panel.source.is_fine


def test_closing_ends_the_threads(qtbot: QtBot, show: Show) -> None:
    panel = show(moons())
    settle(qtbot, panel)
    panel.shut_down()
    assert not any(thread.name.startswith("picture-") for thread in threading.enumerate())
    assert workers.shared() is workers.shared()
