"""The surface lab: what is dragged, typed or turned moves all of its views together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.calculus.presets import SURFACES
from engine.formula import plain
from engine.session import Document
from engine.session.slots import SurfaceSlot
from gui import i18n, theme
from gui.app import first_document, make_application
from gui.inspectors.surface_lab import TOGGLES, SurfaceInspector
from gui.labs.surface import SurfaceLab
from gui.state.store import Store
from gui.views import guard
from gui.views.surface_lab_3d import LabSurface3D
from gui.views.surface_lab_cuts import SurfaceCuts
from gui.views.surface_lab_dial import SurfaceDial
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_map import LabMap
from gui.views.surface_lab_partials import SurfacePartials
from gui.views.surface_lab_second import SurfaceSecondOrder, sentence


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[SurfaceLab]:
    make_application()
    guard.forget()
    # All that belongs to the lab has one owner, as in the window, and goes when that goes.
    window = QWidget()
    lab = SurfaceLab(Store(first_document(), window), window)
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


def intents(lab: SurfaceLab) -> Intents:
    return Intents(lab.store)


def slot(lab: SurfaceLab) -> SurfaceSlot:
    return lab.store.document.surface


def view(lab: SurfaceLab, kind: type) -> object:
    found = lab.view(kind.key)  # type: ignore[attr-defined]
    assert isinstance(found, kind)
    return found


def text(lab: SurfaceLab) -> str:
    return "\n".join(plain(line) for line in lab.derivation.lines)


def drag(qtbot: QtBot, widget: object, start: QPointF, *ends: QPointF) -> None:
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start.toPoint())
    for end in ends:
        qtbot.mouseMove(widget, end.toPoint())
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=ends[-1].toPoint())


# ----------------------------------------------------------------------------------- numbers


def test_the_first_surface_has_the_figures_of_the_lessons(lab: SurfaceLab) -> None:
    study = intents(lab).study
    assert study.value == 5.0
    assert study.slopes == (8.0, 1.0)
    assert study.steepest == pytest.approx(8.062258, abs=5e-7)
    assert study.slope == pytest.approx(6.363961, abs=5e-7)
    assert study.total is not None
    assert study.total.dz == pytest.approx(1.0)
    assert study.total.delta == pytest.approx(1.05)
    assert study.tangent_plane.latex == "z = 5 + 8(x - 1) + (y - 2)"


def test_the_derivation_shows_each_number_at_the_point(lab: SurfaceLab) -> None:
    said = text(lab)
    for piece in ("= 8", "= 6.36396", "= 8.06226", "z = 5 + 8 ( x − 1 ) + 1 ( y − 2 )"):
        assert piece in said, said


@pytest.mark.parametrize("key", sorted(SURFACES))
def test_every_surface_of_the_menu_is_drawn_with_everything_on(lab: SurfaceLab, key: str) -> None:
    intents(lab).choose(key)
    lab.store.edit_slot("", "surface", shown=tuple(toggle[0] for toggle in TOGGLES))
    for shown in lab.views:
        assert not shown.grab().isNull()
        assert len(shown.table()) > 0
    study = intents(lab).study
    assert study.is_smooth
    assert study.point == SURFACES[key].point


def test_three_ways_agree_on_every_surface_of_the_menu(lab: SurfaceLab) -> None:
    from gui.views.surface_lab_derivation import ways

    for key in SURFACES:
        intents(lab).choose(key)
        study = intents(lab).study
        for index in range(len(study.names)):
            found = ways(study, index)
            assert set(found) == {"rule", "forward", "reverse", "numeric"}
            exact = [found[way] for way in ("rule", "forward", "reverse")]
            assert np.ptp(exact) <= 1e-10 * max(1.0, abs(exact[0]))
            assert found["numeric"] == pytest.approx(exact[0], rel=1e-6, abs=1e-6)


def test_the_kind_of_a_critical_point_is_told(lab: SurfaceLab) -> None:
    for key, word in (("bowl", "minimum"), ("saddle", "saddle"), ("monkey", "does not decide")):
        intents(lab).choose(key)
        lab.store.edit_slot("", "surface", point=(0.0, 0.0))
        assert word in sentence(intents(lab).study), key


# ---------------------------------------------------------------------------------- dragging


def test_dragging_the_ball_on_the_surface_moves_the_point_in_one_edit(
    lab: SurfaceLab, qtbot: QtBot
) -> None:
    surface = view(lab, LabSurface3D)
    assert isinstance(surface, LabSurface3D)
    start = surface.ball_pixel()
    assert start is not None
    drag(qtbot, surface, start, start + QPointF(20, 6), start + QPointF(40, 12))
    moved = slot(lab).point
    assert moved != (1.0, 2.0)
    here = view(lab, LabMap)
    assert isinstance(here, LabMap)
    assert here.marks.study is not None
    assert here.marks.study.point == moved
    assert lab.store.undo_stack.count() == 1
    lab.store.undo_stack.undo()
    assert slot(lab).point == (1.0, 2.0)


def test_dragging_in_a_cut_moves_one_variable_only(lab: SurfaceLab, qtbot: QtBot) -> None:
    cuts = view(lab, SurfaceCuts)
    assert isinstance(cuts, SurfaceCuts)
    first = cuts.parts(cuts.picture_area())[0]
    middle = first.center()
    drag(qtbot, cuts, middle, middle + QPointF(15, 0), middle + QPointF(25, 9))
    x, y = slot(lab).point
    assert x != 1.0
    assert y == 2.0
    assert lab.store.undo_stack.count() == 1


def test_dragging_along_u_keeps_the_point_on_the_line(lab: SurfaceLab, qtbot: QtBot) -> None:
    lab.store.edit_slot("", "surface", point=(0.0, 0.0))
    cuts = view(lab, SurfaceCuts)
    assert isinstance(cuts, SurfaceCuts)
    third = cuts.parts(cuts.picture_area())[2].center()
    drag(qtbot, cuts, third, third + QPointF(20, 0), third + QPointF(-20, 0))
    x, y = slot(lab).point
    assert x != 0.0
    assert x == pytest.approx(y)


def test_the_dial_turns_by_mouse_and_by_keys(lab: SurfaceLab, qtbot: QtBot) -> None:
    dial = view(lab, SurfaceDial)
    assert isinstance(dial, SurfaceDial)
    middle, radius = dial.circle(dial.picture_area())
    up, left = middle - QPointF(0, radius), middle - QPointF(radius, 0)
    drag(qtbot, dial, dial.knob(), up, left)
    assert slot(lab).direction == 180.0
    assert lab.store.undo_stack.count() == 1
    qtbot.keyClick(dial, Qt.Key.Key_Up)
    assert slot(lab).direction == 195.0
    qtbot.keyClick(dial, Qt.Key.Key_Right)
    assert slot(lab).direction == 194.0
    qtbot.keyClick(dial, Qt.Key.Key_G)
    study = intents(lab).study
    assert study.slope == pytest.approx(study.steepest)


def test_the_tip_of_u_can_be_dragged_on_the_map(lab: SurfaceLab, qtbot: QtBot) -> None:
    lab.store.edit_slot("", "surface", point=(0.0, 0.0), direction=0.0)
    here = view(lab, LabMap)
    assert isinstance(here, LabMap)
    here.grab()
    tip = here.marks.direction_tip()
    assert tip is not None
    viewport = here.widget.viewport()
    target = here.scene_point(0.0, 1.5)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=tip.toPoint())
    for share in (0.2, 0.5, 0.8, 1.0):
        qtbot.mouseMove(viewport, QPoint((tip + (target - tip) * share).toPoint()))
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=target.toPoint())
    assert slot(lab).direction == pytest.approx(90.0, abs=3.0)
    assert slot(lab).point == (0.0, 0.0)


def test_arrow_keys_move_the_point_on_the_map(lab: SurfaceLab, qtbot: QtBot) -> None:
    qtbot.keyClick(lab.view("surface_contour"), Qt.Key.Key_Right)
    qtbot.keyClick(lab.view("surface_contour"), Qt.Key.Key_Up)
    x, y = slot(lab).point
    assert x > 1.0
    assert y > 2.0


def test_a_right_angle_looks_like_one(lab: SurfaceLab) -> None:
    here = view(lab, LabMap)
    assert isinstance(here, LabMap)
    for size in ((300, 500), (700, 300)):
        here.resize(*size)
        here.grab()
        corner = here.scene_point(0.0, 0.0)
        across = here.scene_point(1.0, 0.0) - corner
        up = here.scene_point(0.0, 1.0) - corner
        assert abs(across.x()) == pytest.approx(abs(up.y()), rel=1e-6)


# ------------------------------------------------------------------------------ typing, steps


def test_what_is_typed_is_studied_at_once_and_errors_change_nothing(
    lab: SurfaceLab, qtbot: QtBot
) -> None:
    inspector = lab.inspector
    assert isinstance(inspector, SurfaceInspector)
    inspector.expression.entry.clear()
    qtbot.keyClicks(inspector.expression.entry, "a b c + d^2")
    assert slot(lab).expression == "a b c + d^2"
    study = intents(lab).study
    assert study.names == ("a", "b", "c", "d")
    assert study.pair == ("a", "b")
    qtbot.keyClicks(inspector.expression.entry, "+(")
    assert slot(lab).expression == "a b c + d^2"
    assert inspector.expression.error is not None
    assert "lim" in "".join(plain(line) for line in view(lab, SurfacePartials).lines)  # type: ignore[attr-defined]


def test_too_many_variables_are_refused(lab: SurfaceLab, qtbot: QtBot) -> None:
    inspector = lab.inspector
    inspector.expression.entry.clear()
    qtbot.keyClicks(inspector.expression.entry, "a+b+c+d+u+v+w+x+y")
    assert inspector.expression.error is not None
    assert inspector.expression.error.code == "surface.too_many_variables"


def test_variables_of_the_same_name_keep_their_values(lab: SurfaceLab) -> None:
    intents(lab).type("x y z")
    assert slot(lab).point == (1.0, 2.0, 1.0)
    intents(lab).type("z^2 + y")
    study = intents(lab).study
    assert dict(zip(study.names, study.point, strict=True)) == {"y": 2.0, "z": 1.0}


def test_nasty_functions_leave_gaps_and_words(lab: SurfaceLab) -> None:
    lab.store.edit_slot("", "surface", shown=tuple(toggle[0] for toggle in TOGGLES))
    for nasty in ("1/0", "log(-1) x y", "sqrt(x) + 1/y", "x^x^x^y", "tan(3x) y", "5", "|x| + |y|"):
        intents(lab).type(nasty)
        for place in ((0.0, 0.0), (-1.0, 0.0), (1.0, 1.0)):
            names = intents(lab).study.names
            lab.store.edit_slot("", "surface", point=place[: len(names)])
            for shown in (*lab.views, lab.derivation):
                shown.grab()
                shown.table()


def test_the_derivation_goes_through_every_partial_rule_by_rule(lab: SurfaceLab) -> None:
    count = lab.player.count
    assert count > 6
    for _ in range(count):
        assert lab.player.step()
        assert "=" in text(lab)
    assert "y" in lab.derivation.heading.text()
    assert not lab.player.step()
    lab.player.home()
    assert "lim" not in text(lab)
    assert lab.derivation.heading.text() == "At this point"


def test_a_nudge_shows_the_quotient_that_tends_to_the_partial(lab: SurfaceLab) -> None:
    lab.store.edit_slot("", "surface", nudged=0, nudge=0.1)
    lines = view(lab, SurfacePartials).lines  # type: ignore[attr-defined]
    said = "\n".join(plain(line) for line in lines)
    assert "= 8.3" in said
    assert "8.03" in said
    assert "= 1.05" in said


def test_four_variables_have_a_row_each(lab: SurfaceLab) -> None:
    intents(lab).choose("four")
    table = view(lab, SurfacePartials).table()  # type: ignore[attr-defined]
    partials = dict(zip(table.column("variable"), table.column("partial"), strict=True))
    assert partials == {"w": -1.0, "x": 6.0, "y": 4.0, "z": 2.0}
    assert intents(lab).study.pair == ("x", "y")
    intents(lab).draw_variables("w", "z")
    assert intents(lab).study.pair == ("w", "z")
    second = view(lab, SurfaceSecondOrder)
    assert isinstance(second, SurfaceSecondOrder)
    assert len(second.table()) > 0


# ---------------------------------------------------------------------- frames, looks, words


def test_zooming_the_map_gives_every_view_the_new_frame(lab: SurfaceLab, qtbot: QtBot) -> None:
    here = view(lab, LabMap)
    assert isinstance(here, LabMap)
    here.zoom_by(2.0)
    qtbot.waitUntil(lambda: len(lab.store.view.surface_lab.frame) == 4)
    left, right, _, _ = intents(lab).study.frame
    assert right - left < 6.0
    here.reset_view()
    assert intents(lab).study.frame == (-3, 3, -3, 3)


def test_a_point_typed_outside_widens_the_frame(lab: SurfaceLab) -> None:
    intents(lab).set_variable(0, 7.0)
    left, right, _, _ = intents(lab).study.frame
    assert left == -3
    assert right > 7.0


def test_the_camera_is_saved_and_no_edit(lab: SurfaceLab, qtbot: QtBot) -> None:
    surface = view(lab, LabSurface3D)
    assert isinstance(surface, LabSurface3D)
    before = lab.store.view.surface_lab.azimuth
    qtbot.keyClick(surface, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: lab.store.view.surface_lab.azimuth != before)
    assert lab.store.undo_stack.count() == 0


def test_every_toggle_changes_the_picture(lab: SurfaceLab) -> None:
    lab.store.edit_slot("", "surface", shown=(), point=(0.6, -0.8), change=(1.0, 1.0))
    bare = lab.view("surface_3d").grab().toImage()
    for key, *_ in TOGGLES:
        lab.store.edit_slot("", "surface", shown=(key,))
        assert lab.view("surface_3d").grab().toImage() != bare, key


def test_words_and_colours_change_live(lab: SurfaceLab) -> None:
    for language in ("zh_CN", "en"):
        for mode in ("dark", "light"):
            i18n.set_language(language)
            theme.set_mode(mode)
            for shown in lab.views:
                shown.grab()


def test_the_lab_is_saved_with_the_session(lab: SurfaceLab) -> None:
    from engine.session.slots import slot_from_json, slot_to_json

    intents(lab).choose("four")
    kept = slot_from_json(SurfaceSlot, "surface", slot_to_json(slot(lab)))
    assert kept == slot(lab)
    document: Document = replace(lab.store.document, surface=kept)
    lab.store.open(document)
    assert intents(lab).study.names == ("w", "x", "y", "z")


def test_a_view_behind_another_tab_waits_until_it_is_seen(lab: SurfaceLab, qtbot: QtBot) -> None:
    second, cuts = lab.view("surface_second_order"), lab.panels["surface_cuts"]
    assert isinstance(second, SurfaceSecondOrder)
    cuts.lower()
    cuts.raise_()
    qtbot.waitUntil(lambda: second.visibleRegion().isEmpty())
    intents(lab).choose("bowl")
    assert second._follower.is_behind
    panel = lab.panels["surface_second_order"]
    panel.lower()
    panel.raise_()
    qtbot.waitUntil(lambda: not second._follower.is_behind)


def test_the_steps_of_the_lessons_can_be_done(qtbot: QtBot) -> None:
    from engine.session.lessons import lesson, lessons
    from gui.views.lesson_progress import Progress

    make_application()
    deeds: dict[str, list[dict[str, object]]] = {
        "partial-derivatives": [{"point": (0.5, 1.0)}, {"shown": ("cuts", "plane")}],
        "partials-of-n-variables": [
            {"nudge": 0.001},
            {"nudged": 3},
            {"point": (1.0, 1.0, 2.0, 4.0)},
        ],
        "total-differential": [
            {"change": (0.05, 0.1)},
            {"change": (0.025, 0.05)},
            {"point": (1.1, 2.0)},
        ],
        "tangent-plane": [{"point": (0.01, 0.02)}, {"shown": ("paraboloid",)}],
        "directional-derivative": [
            {"direction": 7.0},
            {"direction": 97.0},
            {"point": (0.0, 1.0)},
        ],
        "gradient-on-a-hill": [{"point": (0.02, 0.05)}, {"shown": ("cuts",)}],
    }
    assert set(deeds) == {info.id for info in lessons() if info.lab == "surface"}
    for name, changes in deeds.items():
        found = lesson(name)
        store = Store(found.document)
        progress = Progress(found, store, lambda: False)
        progress.update()
        assert not progress.done, name
        for change in changes:
            store.edit_slot("", "surface", **change)
            progress.update()
        Intents(store).look(position=11)
        progress.update()
        assert progress.current is None, name


def test_the_figures_of_a_lesson_come_out_as_they_are_met(qtbot: QtBot) -> None:
    from engine.session.lessons import lesson
    from gui.views.lesson_progress import Progress

    make_application()
    found = lesson("directional-derivative")
    store = Store(found.document)
    progress = Progress(found, store, lambda: False)
    progress.update()
    assert progress.reached == {0, 1, 2, 3}
    Intents(store).turn_to_gradient()
    progress.update()
    assert progress.reached == {0, 1, 2, 3, 4}
    store.edit_slot("", "surface", point=(0.0, 0.0))
    assert progress.now(0) is None


def test_a_nudge_of_nothing_is_refused_and_shown_without_a_quotient(
    lab: SurfaceLab, qtbot: QtBot
) -> None:
    partials = view(lab, SurfacePartials)
    assert isinstance(partials, SurfacePartials)
    entry = partials.nudge.field.entry
    entry.setText("0")
    entry.setModified(True)
    qtbot.keyClick(entry, Qt.Key.Key_Return)
    assert slot(lab).nudge != 0.0
    assert partials.nudge.field.message.text()
    for nudge in (0.0, 1e-30, -0.1):
        lab.store.edit_slot("", "surface", nudge=nudge)
        assert partials.lines


def test_a_formula_that_cannot_be_read_does_no_harm(lab: SurfaceLab) -> None:
    lab.store.open(replace(lab.store.document, surface=SurfaceSlot(expression="x +* (")))
    assert intents(lab).study.value == 5.0
    for shown in lab.views:
        shown.grab()
