"""The descent lab: runners step together, and what is dragged, clicked or typed moves them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.descent.maps import BasinMap
from engine.descent.optimizers import ALL
from engine.formula import plain
from engine.session.runners import MOST_RUNNERS, Runner
from engine.session.slots import DescentLook, DescentSlot
from gui import i18n, theme
from gui.app import first_document, make_application
from gui.labs.descent import DescentLab
from gui.state.store import Store
from gui.views import guard
from gui.views.descent_3d import DescentSurface
from gui.views.descent_curve import DescentCurve
from gui.views.descent_inside import DescentInside, columns_of
from gui.views.descent_intents import Intents
from gui.views.descent_map import DescentMap
from gui.views.descent_maps import DescentMaps
from gui.views.descent_progress import DescentProgress
from gui.views.descent_ranking import DescentRanking
from gui.views.descent_stage import stage_of
from gui.views.view import View

Kind = TypeVar("Kind", bound=View)


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[DescentLab]:
    make_application()
    guard.forget()
    document = first_document()
    # All that belongs to the lab has one owner, as in the window, and goes when that goes.
    window = QWidget()
    store = Store(replace(document, view=replace(document.view, lab="descent")), window)
    lab = DescentLab(store, window)
    column = QVBoxLayout(window)
    row = QHBoxLayout()
    column.addLayout(row, 1)
    row.addWidget(lab, 1)
    row.addWidget(lab.inspector)
    row.addWidget(lab.derivation)
    column.addWidget(lab.transport)
    qtbot.addWidget(window)
    lab.derivation.setFixedWidth(330)
    window.resize(1800, 800)
    window.show()
    qtbot.waitExposed(window)
    yield lab
    lab.shut_down()
    assert guard.failures == []
    i18n.set_language("en")
    theme.set_mode("light")


def slot(lab: DescentLab) -> DescentSlot:
    return lab.store.document.descent


def look(lab: DescentLab) -> DescentLook:
    return lab.store.view.descent_lab


def view(lab: DescentLab, kind: type[Kind]) -> Kind:
    found = lab.view(kind.key)
    assert isinstance(found, kind)
    return found


def text(lab: DescentLab) -> str:
    return "\n".join(plain(line) for line in lab.derivation.lines)


def run(lab: DescentLab, *runners: Runner, function: str = "bowl") -> None:
    lab.store.edit_slot("test", "descent", function=function, start=(3.0, 2.0), runners=runners)
    lab.player.home()


# ------------------------------------------------------------------------------------- time


def test_a_step_moves_every_runner_and_back_brings_the_same_numbers(lab: DescentLab) -> None:
    before = [course.points[0].copy() for course in lab.player.study.courses]
    assert lab.player.step()
    assert look(lab).iteration == 1
    places = [lane.point.tolist() for lane in stage_of(lab.store).lanes]
    assert all(place != start.tolist() for place, start in zip(places, before, strict=True))
    lab.player.step()
    lab.player.back()
    assert [lane.point.tolist() for lane in stage_of(lab.store).lanes] == places
    assert not lab.store.is_modified


def test_inside_an_iteration_the_micro_steps_of_the_chosen_runner_are_gone_through(
    lab: DescentLab,
) -> None:
    run(lab, Runner("adam", (), 0.1))
    lab.transport.granularity.buttons["inside"].click()
    assert look(lab).inside
    seen = []
    while look(lab).iteration == 0:
        lab.transport.step.click()
        seen.append(look(lab).micro)
    assert seen == [1, 2, 3, 4, 0]
    lab.transport.back.click()
    assert (look(lab).iteration, look(lab).micro) == (0, 4)


def test_finishing_a_phase_goes_over_all_kinds_of_memory(lab: DescentLab) -> None:
    run(lab, Runner("adam", (), 0.1))
    lab.player.finish_phase()
    assert look(lab).micro == 1
    lab.player.finish_phase()
    assert look(lab).micro == 3
    assert "Squared gradients" in text(lab)


def test_play_runs_until_everybody_has_ended(lab: DescentLab, qtbot: QtBot) -> None:
    run(lab, Runner("newton"), Runner("gradient_descent", (), 0.25))
    lab.store.look(speed=0.0)
    lab.player.play()
    qtbot.waitUntil(lambda: not lab.player.is_playing, timeout=10_000)
    assert lab.player.study.ends_by(look(lab).iteration)
    assert not lab.player.step()
    lab.player.home()
    assert look(lab).iteration == 0
    lab.player.end()
    assert look(lab).iteration == lab.player.newest > 0


def test_typing_an_iteration_goes_there(lab: DescentLab) -> None:
    lab.transport.iteration.setValue(25)
    lab.transport.iteration.editingFinished.emit()
    assert look(lab).iteration == 25
    assert lab.transport.scrub.value() == 25


def test_an_export_goes_whole_iterations_on(lab: DescentLab) -> None:
    lab.store.look_in("descent_lab", inside=True)
    lab.advance(10)
    assert look(lab).iteration == 10


# --------------------------------------------------------------------------------- gestures


def test_a_click_on_the_map_puts_the_start_there(lab: DescentLab, qtbot: QtBot) -> None:
    map_ = view(lab, DescentMap)
    place = map_.scene_point(2.0, -1.0).toPoint()
    qtbot.mouseClick(map_.widget.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert slot(lab).start == pytest.approx((2.0, -1.0), abs=0.05)
    lab.store.undo_stack.undo()
    assert slot(lab).start == (-4.0, 2.0)


def drag(qtbot: QtBot, widget: object, start: QPointF, *ends: QPointF) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start.toPoint())
    for end in ends:
        qtbot.mouseMove(widget, end.toPoint())
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=ends[-1].toPoint())


def test_dragging_the_start_on_the_surface_is_one_edit_and_the_ways_follow(
    lab: DescentLab, qtbot: QtBot
) -> None:
    lab.player.seek(30)
    surface = view(lab, DescentSurface)
    ball = surface.ball_pixel()
    assert ball is not None
    ends = [ball + QPointF(8.0 * n, 5.0 * n) for n in (1, 2, 3)]
    drag(qtbot, surface, ball, *ends)
    assert slot(lab).start != (-4.0, 2.0)
    assert lab.store.undo_stack.count() == 1
    course = lab.player.study.courses[0]
    assert course.points[0].tolist() == list(slot(lab).start)
    assert course.newest >= 30


def test_the_start_is_dragged_along_a_curve(lab: DescentLab, qtbot: QtBot) -> None:
    Intents(lab.store).choose("parabola")
    curve = view(lab, DescentCurve)
    qtbot.waitUntil(curve.isVisible)
    begin = curve.start_pixel()
    end = QPointF(curve.scene_point(-2.0, 0.0).x(), begin.y())
    viewport = curve.widget.viewport()
    drag(qtbot, viewport, begin, QPointF(begin.x() - 20, begin.y()), end)
    assert slot(lab).start[0] == pytest.approx(-2.0, abs=0.1)


def test_functions_of_one_variable_show_the_curve_and_others_map_and_surface(
    lab: DescentLab,
) -> None:
    intents = Intents(lab.store)
    intents.choose("double_well")
    assert not lab.panels["descent_curve"].isHidden()
    assert lab.panels["descent_contour"].isHidden()
    assert lab.panels["descent_3d"].isHidden()
    intents.choose("beale")
    assert lab.panels["descent_curve"].isHidden()
    assert not lab.panels["descent_contour"].isHidden()
    assert "descent_curve" not in {view.key for view in lab.exported_views}


def test_a_typed_function_is_descended_from_where_the_start_was(lab: DescentLab) -> None:
    field = lab.inspector.expression
    Intents(lab.store).type("x^2 + y^4")
    assert slot(lab).function == ""
    assert slot(lab).start == (-4.0, 2.0)
    assert lab.inspector.function.value == "own"
    assert field.isVisibleTo(lab.inspector)
    lab.player.seek(3)
    assert stage_of(lab.store).subject.names == ("x", "y")


def test_a_click_on_the_plot_goes_to_that_iteration(lab: DescentLab, qtbot: QtBot) -> None:
    lab.player.seek(40)
    plot = view(lab, DescentProgress)
    inner = plot._inner(plot.picture_area())
    place = QPoint(round(inner.left() + 0.5 * inner.width()), round(inner.center().y()))
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert look(lab).iteration == pytest.approx(20, abs=1)
    assert lab.player.newest == 40


# ---------------------------------------------------------------------------------- runners


def test_runners_are_added_duplicated_and_removed_undoably(lab: DescentLab) -> None:
    panel = lab.inspector.runners
    panel.add.click()
    assert len(slot(lab).runners) == 4
    assert look(lab).runner == 3
    assert len({runner.colour for runner in slot(lab).runners}) == 4
    panel.duplicate.click()
    first, second = slot(lab).runners[3:]
    assert first == replace(second, colour=first.colour)
    panel.remove.click()
    panel.remove.click()
    assert len(slot(lab).runners) == 3
    while lab.store.undo_stack.canUndo():
        lab.store.undo_stack.undo()
    assert slot(lab) == DescentSlot()


def test_there_is_an_end_to_runners(lab: DescentLab) -> None:
    for _ in range(MOST_RUNNERS + 2):
        Intents(lab.store).add()
    assert len(slot(lab).runners) == MOST_RUNNERS
    assert not lab.inspector.runners.add.isEnabled()
    for _ in range(MOST_RUNNERS):
        Intents(lab.store).remove()
    assert slot(lab).runners == ()
    assert not lab.inspector.runners.remove.isEnabled()
    lab.player.play()
    assert not lab.player.is_playing
    assert "Add a runner" in text(lab)


@pytest.mark.parametrize("key", ALL)
def test_every_optimizer_can_be_chosen_and_steps_inside(lab: DescentLab, key: str) -> None:
    lab.inspector.runners.optimizer.chosen.emit(key)
    runner = slot(lab).runners[0]
    assert runner.optimizer == key
    assert set(lab.inspector.runners.settings.fields) == {
        parameter.key for parameter in ALL[key].hyperparameters
    }
    lab.store.look_in("descent_lab", inside=True)
    lab.panels["descent_inside"].raise_()
    trace = lab.player.trace
    assert trace is not None
    for _ in range(trace.count + 2):
        lab.player.step()
        assert text(lab)
        for picture in (lab.view(key) for key in ("descent_contour", "descent_3d")):
            picture.grab()
        view(lab, DescentInside).grab()
    assert look(lab).iteration >= 1


def test_a_hyperparameter_out_of_bounds_is_refused_at_its_field(lab: DescentLab) -> None:
    Intents(lab.store).pick(1)
    field = lab.inspector.runners.settings.fields["beta"]
    field.entry.setText("2")
    field.entry.setModified(True)
    field.entry.returnPressed.emit()
    assert field.message.text()
    assert slot(lab) == DescentSlot()


def test_tuning_says_what_it_has_spent_and_finds_better_rates(lab: DescentLab) -> None:
    Intents(lab.store).choose("himmelblau")
    panel = lab.inspector.runners
    assert "another function" in panel.found.text()
    panel.tune.click()
    assert "30" in panel.found.text()
    assert "200" in panel.found.text()
    own = lab.player.study
    own.reach(200)
    assert all(result.outcome.verdict != "diverged" for _, result in own.ranking(200))
    assert lab.store.undo_stack.count() == 2


def test_a_hidden_runner_is_not_drawn_and_still_ranked(lab: DescentLab) -> None:
    item = lab.inspector.runners.list.item(1)
    item.setCheckState(Qt.CheckState.Unchecked)
    assert not slot(lab).runners[1].visible
    assert [lane.number for lane in stage_of(lab.store).lanes] == [0, 2]
    lab.player.seek(5)
    assert len(view(lab, DescentRanking).rows) == 3


def test_the_ranking_names_outcomes_with_their_reasons(lab: DescentLab) -> None:
    rates = {"gradient_descent": 0.5, "momentum": 10.0, "newton": 1.0}
    run(lab, *(Runner(key, (), rate) for key, rate in rates.items()))
    lab.player.seek(100)
    table = view(lab, DescentRanking).table()
    verdicts = dict(zip(table.column("optimizer"), table.column("outcome"), strict=True))
    assert verdicts == {
        "newton": "converged",
        "gradient_descent": "oscillating",
        "momentum": "diverged",
    }
    assert table.column("optimizer")[0] == "newton"


# -------------------------------------------------------------------------------- geometry


def test_the_velocity_is_the_sum_of_its_fading_links(lab: DescentLab) -> None:
    run(lab, Runner("momentum", (("beta", 0.7),), 0.05))
    lab.player.seek(9)
    lab.store.look_in("descent_lab", inside=True, micro=2)
    stage = stage_of(lab.store)
    assert stage.velocity is not None
    assert np.allclose(stage.links.sum(axis=0), stage.velocity)
    lengths = np.hypot(*stage.links.T) / np.hypot(*lab.player.study.courses[0].gradients[:10].T)
    assert np.allclose(lengths[1:] / lengths[:-1], 1 / 0.7)


def test_inside_shows_memory_before_and_after(lab: DescentLab) -> None:
    run(lab, Runner("rmsprop", (), 0.05))
    lab.player.seek(3)
    found = view(lab, DescentInside).step
    assert found is not None
    columns = {column.name: column for column in columns_of(*found)}
    squares = columns["squared gradients"]
    assert squares.kind == "area"
    assert squares.before is not None
    assert (squares.now != squares.before).all()
    assert all(column.is_known for column in columns.values())


def test_the_blindfold_hides_all_but_the_patch_underfoot(lab: DescentLab) -> None:
    Intents(lab.store).choose("hills")
    lab.player.seek(4)
    lab.inspector.blindfold.click()
    stage = stage_of(lab.store)
    assert stage.surface is not None
    assert stage.chosen is not None
    seen = np.isfinite(stage.surface.z)
    assert 0.01 < seen.mean() < 0.06
    x, y = stage.chosen.point
    assert float(stage.surface.at(x, y)) == pytest.approx(
        float(stage.subject.objective.value(stage.chosen.point)), abs=1e-9
    )
    map_ = view(lab, DescentMap)
    map_.point_at(0.0, 0.0)
    assert not map_._readout_label.isVisible()
    assert map_.ball_pixel() is None
    for shown in (map_, view(lab, DescentSurface)):
        shown.grab()


# ------------------------------------------------------------------------------------ maps


def test_the_map_of_basins_gets_finer_and_a_click_sends_the_runners_there(
    lab: DescentLab, qtbot: QtBot
) -> None:
    Intents(lab.store).choose("himmelblau")
    run(lab, Runner("gradient_descent", (), 0.01), function="himmelblau")
    lab.panels["descent_maps"].raise_()
    maps = view(lab, DescentMaps)
    qtbot.waitUntil(lambda: maps.map is not None and maps.map.share == 1.0, timeout=20_000)
    picture = maps.map
    assert isinstance(picture, BasinMap)
    assert set(np.unique(picture.labels)) >= {0, 1, 2, 3}
    maps.grab()
    maps.send(-2.0, 2.5)
    assert slot(lab).start == (-2.0, 2.5)
    lab.player.seek(200)
    (left, right), (bottom, top) = picture.spans
    height, width = picture.labels.shape
    row = int((2.5 - bottom) / (top - bottom) * height)
    column = int((-2.0 - left) / (right - left) * width)
    end = stage_of(lab.store).lanes[0].point
    assert end == pytest.approx(picture.minima[int(picture.labels[row, column])], abs=1e-3)


def test_a_click_in_the_map_of_rates_sets_rate_and_momentum(lab: DescentLab, qtbot: QtBot) -> None:
    run(lab, Runner("momentum", (), 0.05))
    lab.store.look_in("descent_lab", map="rates")
    lab.panels["descent_maps"].raise_()
    maps = view(lab, DescentMaps)
    qtbot.waitUntil(lambda: maps.map is not None and maps.map.share == 1.0, timeout=20_000)
    maps.grab()
    maps.send(-1.0, 0.5)
    runner = slot(lab).runners[0]
    assert runner.learning_rate == 0.1
    assert dict(runner.settings) == {"beta": 0.5}


def test_a_search_has_no_map_and_says_so(lab: DescentLab, qtbot: QtBot) -> None:
    run(lab, Runner("bfgs"))
    lab.panels["descent_maps"].raise_()
    maps = view(lab, DescentMaps)
    qtbot.waitUntil(lambda: maps._error is not None, timeout=5_000)
    assert maps.map is None
    maps.grab()


# ------------------------------------------------------------------------ themes, languages


@pytest.mark.parametrize("function", ["hills", "waves", "saddle"])
def test_every_view_is_drawn_and_tabled_in_both_themes_and_languages(
    lab: DescentLab, function: str
) -> None:
    Intents(lab.store).choose(function)
    lab.player.seek(8)
    for mode in ("dark", "light"):
        theme.set_mode(mode)
        for language in ("zh_CN", "en"):
            i18n.set_language(language)
            for shown in lab.exported_views:
                shown.grab()
    for shown in lab.exported_views:
        assert len(shown.table()) > 0


def test_a_start_in_nan_land_is_drawn_and_named(lab: DescentLab) -> None:
    intents = Intents(lab.store)
    intents.type("sqrt(x) + y^2")
    intents.move(-2.0, 1.0)
    intents.release()
    assert not lab.player.step()
    for shown in lab.exported_views:
        shown.grab()
    ((_, _, result), *_) = view(lab, DescentRanking).rows
    assert result.outcome.verdict == "undefined"


def test_a_huge_learning_rate_is_drawn_and_named(lab: DescentLab) -> None:
    run(lab, Runner("gradient_descent", (), 1e6), function="rosenbrock")
    lab.player.seek(50)
    for shown in lab.exported_views:
        shown.grab()
    ((_, _, result), *_) = view(lab, DescentRanking).rows
    assert result.outcome.verdict == "diverged"
