"""The derivative lab, driven by hand: drags, keys, time, fields, exports."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.errors import NablaError
from engine.formula import Symbol, plain
from engine.session import History
from engine.session.derivative import SHOWN, study
from engine.session.sources import new_document
from engine.session.stored import from_json, session_of, to_json
from gui import i18n
from gui.cli import main
from gui.inspectors.derivative_presets import GROUPS
from gui.labs.derivative import DerivativeLab
from gui.state.store import Store
from gui.views import guard
from gui.views.derivative_curve import CurveView
from gui.views.derivative_errors import ErrorView
from gui.views.derivative_items import CurvesItem
from gui.views.derivative_quotients import QuotientView
from tests.gui import hand
from tests.gui.charts import exported, has_color_at, picture, settle

NASTY = (
    "1/0", "x^x^x^x^x", "log(-1)", "tan(x)", "1/x", "ln(x)", "sqrt(x^2 - 1)", "sin(1/x)",
    "exp(exp(x))", "10^300 x", "step(x)", "{x if x > 0 else 1/x}", "5", "x^100", "1/(x - x)",
)  # fmt: skip


@pytest.fixture
def lab(qtbot: QtBot) -> Iterator[DerivativeLab]:
    store = Store(new_document())
    made = DerivativeLab(store)
    store.setParent(made)
    qtbot.addWidget(made)
    made.resize(1000, 760)
    made.show()
    settle()
    guard.forget()
    yield made
    assert not guard.failures, guard.failures[0].trace
    made.shut_down()


def curve_of(lab: DerivativeLab) -> CurveView:
    view = lab.view("curve")
    assert isinstance(view, CurveView)
    return view


def put(lab: DerivativeLab, **changes: object) -> None:
    lab.store.edit_slot("", "derivative", **changes)
    settle()


def look(lab: DerivativeLab, **changes: object) -> None:
    lab.store.look_in("derivative_lab", **changes)
    settle()


def drag(view: CurveView, key: str, to_x: float) -> None:
    """Drag a handle to a place on the x axis, by the mouse."""
    viewport = view.widget.viewport()
    start = view.handle_pixel(key).toPoint()
    end = QPoint(round(view.scene_point(to_x, 0.0).x()), start.y())
    hand.move(viewport, start)
    hand.press(viewport, start)
    for share in (0.2, 0.5, 0.8, 1.0):
        hand.move(viewport, QPoint(round(start.x() + share * (end.x() - start.x())), start.y()))
        # A plot answers at most so many moves a second.
        QTest.qWait(20)
    hand.release(viewport, end)
    settle()


# ------------------------------------------------------------------------------------ the curve


def test_a_drag_of_the_point_is_one_edit(lab: DerivativeLab) -> None:
    view = curve_of(lab)
    drag(view, "point", -1.5)
    assert lab.store.document.derivative.point == pytest.approx(-1.5, abs=0.02)
    assert lab.store.undo_stack.count() == 1
    lab.store.undo_stack.undo()
    assert lab.store.document.derivative.point == 1.0


def test_a_dragged_point_rests_on_zero_where_it_is_near(lab: DerivativeLab) -> None:
    view = curve_of(lab)
    (left, right), _ = view.box.viewRange()
    view.drag_to("point", 2.0 * (right - left) / view.box.width())
    assert lab.store.document.derivative.point == 0.0


def test_h_is_dragged_by_the_second_point_also_to_the_left(lab: DerivativeLab) -> None:
    drag(curve_of(lab), "step", 0.25)
    assert lab.store.document.derivative.step == pytest.approx(-0.75, abs=0.02)


def test_dragging_h_goes_on_from_where_its_fall_has_led(lab: DerivativeLab) -> None:
    look(lab, approach=2)
    drag(curve_of(lab), "step", 2.5)
    assert lab.store.view.derivative_lab.approach == 0
    assert lab.store.document.derivative.step == pytest.approx(1.5, abs=0.03)


def test_the_limits_of_the_area_are_dragged(lab: DerivativeLab) -> None:
    put(lab, shown=("area",), point=-3.0)
    drag(curve_of(lab), "end", 1.2)
    drag(curve_of(lab), "start", -1.0)
    slot = lab.store.document.derivative
    assert (slot.start, slot.end) == pytest.approx((-1.0, 1.2), abs=0.03)


def test_a_drag_elsewhere_pans_and_reset_goes_back(lab: DerivativeLab) -> None:
    view = curve_of(lab)
    before = view.box.viewRange()
    viewport = view.widget.viewport()
    hand.press(viewport, QPoint(120, 60))
    for x in (140, 180, 220):
        hand.move(viewport, QPoint(x, 90))
        QTest.qWait(20)
    hand.release(viewport, QPoint(220, 90))
    settle()
    assert len(lab.store.view.derivative_lab.frame) == 4
    assert view.box.viewRange()[0][0] < before[0][0]
    view.reset_view()
    settle()
    assert not lab.store.view.derivative_lab.frame
    assert np.allclose(view.box.viewRange(), before)


def test_brackets_move_the_point(lab: DerivativeLab) -> None:
    view = curve_of(lab)
    before = lab.store.document.derivative.point
    hand.key(view, Qt.Key.Key_BracketRight)
    assert lab.store.document.derivative.point > before


def test_the_readout_names_values_and_units(lab: DerivativeLab) -> None:
    put(lab, expression="5t^2", unit_in="s", unit_out="m")
    view = curve_of(lab)
    assert view.readout is not None
    text = view.readout(2.0, 0.0)
    assert text == "t = 2 s · s(t) = 20 m · s′(t) = 20 m/s"
    put(lab, expression="ln(t)")
    assert "no value" in str(view.readout(-1.0, 0.0))


def test_tangent_and_curve_are_drawn_where_the_numbers_say(lab: DerivativeLab) -> None:
    put(lab, shown=("tangent",))
    view = curve_of(lab)
    pixels = picture(view)
    assert has_color_at(pixels, view.scene_point(-1.0, 1.0), "text")
    assert has_color_at(pixels, view.scene_point(2.2, 3.4), "tangent")


def test_no_line_is_drawn_across_a_pole(lab: DerivativeLab) -> None:
    put(lab, expression="1/x", shown=(), point=2.0)
    look(lab, frame=(-3.0, 3.0, -4.0, 4.0))
    view = curve_of(lab)
    path = next(item for item in view._items if isinstance(item, CurvesItem))
    curve = path.curve(0, view.box.sceneBoundingRect())
    known = np.isfinite(curve.y)
    joined = known[:-1] & known[1:]
    assert not np.any(joined & (curve.y[:-1] * curve.y[1:] < 0.0))
    assert any(gap.kind == "pole" for gap in curve.gaps)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_functions_leave_gaps_and_nothing_worse(lab: DerivativeLab, text: str) -> None:
    put(lab, expression=text, shown=SHOWN, point=0.0)
    for view in (*lab.views, lab.derivation):
        view.grab()
        view.table()
    put(lab, point=1.5, step=-0.5, start=1.0, end=-1.0, parts=1000)
    for time in ("tenth", "rules"):
        look(lab, time=time, approach=5, position=2)
        for view in (*lab.views, lab.derivation):
            view.grab()


# ------------------------------------------------------------------------------------------ time


def test_time_halves_h_or_divides_it_by_ten(lab: DerivativeLab) -> None:
    lab.player.step()
    lab.player.step()
    assert curve_of(lab).scene.study.step == 0.25
    hand.press(lab.transport.meaning.buttons["tenth"], QPoint(5, 5))
    hand.release(lab.transport.meaning.buttons["tenth"], QPoint(5, 5))
    assert curve_of(lab).scene.study.step == 1.0
    lab.player.step()
    assert curve_of(lab).scene.study.step == 0.1
    assert lab.store.undo_stack.count() == 0
    lab.player.back()
    assert curve_of(lab).scene.study.step == 1.0


def test_playing_lets_the_secant_become_the_tangent(qtbot: QtBot, lab: DerivativeLab) -> None:
    lab.store.look(speed=30.0)
    lab.player.play()
    qtbot.waitUntil(lambda: lab.player.position >= 12, timeout=10_000)
    lab.player.pause()
    own = curve_of(lab).scene.study
    assert abs(own.quotient - own.slope) < 1e-3


def test_in_rules_mode_each_step_is_one_rule(lab: DerivativeLab) -> None:
    put(lab, expression="x^2 sin(x)")
    look(lab, time="rules")
    count = lab.player.count
    names = []
    while lab.player.step():
        names.append(lab.where())
    assert len(names) == count
    assert names[0] == "Product rule"
    lines = [plain(line) for line in lab.derivation.derived.lines]
    assert any("0.540302" in line or "2.22324" in line for line in lines)


def test_the_part_in_work_is_set_off(lab: DerivativeLab) -> None:
    put(lab, expression="x^2 + sin(x)")
    look(lab, time="rules", position=1)
    pieces = [piece for line in lab.derivation.derived.lines for piece in line.pieces]
    assert any(isinstance(piece, Symbol) and piece.role == "accent" for piece in pieces)


def test_the_bar_says_where_h_stands(lab: DerivativeLab) -> None:
    look(lab, approach=3)
    assert "h = 0.125" in lab.transport.steps._place.text()


# -------------------------------------------------------------------------- table, errors, verdict


def test_the_table_holds_h_quotients_and_errors_of_both_sides(lab: DerivativeLab) -> None:
    view = lab.view("quotients")
    assert isinstance(view, QuotientView)
    first = view.rows[0]
    assert (first.left, first.right) == (1.0, 3.0)
    assert (first.left_error, first.right_error) == (-1.0, 1.0)
    assert [row.step for row in view.rows[:3]] == [1.0, 0.5, 0.25]
    look(lab, approach=2)
    assert view.current == 2
    assert view.table().columns[0] == "h"


def test_a_click_on_a_row_goes_there(lab: DerivativeLab) -> None:
    view = lab.view("quotients")
    hand.press(view, QPoint(60, 42 + 24 * 3 + 10))
    assert lab.store.view.derivative_lab.approach == 3


def test_a_step_lost_in_rounding_has_no_quotient(lab: DerivativeLab) -> None:
    put(lab, expression="x", point=1e9)
    look(lab, time="tenth")
    view = lab.view("quotients")
    assert isinstance(view, QuotientView)
    assert math.isnan(view.rows[-1].right)


def test_the_error_is_known_with_its_best_step(lab: DerivativeLab) -> None:
    put(lab, expression="exp(x)")
    view = lab.view("error")
    assert isinstance(view, ErrorView)
    errors = view.scene.errors
    assert errors is not None
    assert 1e-9 < errors.best_step < 1e-7
    kinds = set(view.table().column("quotient"))
    assert kinds == {"forward", "backward", "central"}
    put(lab, expression="|x|", point=0.0)
    assert view.scene.errors is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("|x|", "corner"),
        ("step(x)", "jumps"),
        ("cbrt(x)", "vertical"),
        ("sqrt(|x|)", "cusp"),
        ("1/x", "no value"),
        ("x |x|", "differentiable"),
    ],
)
def test_the_panel_says_why_there_is_no_derivative(
    lab: DerivativeLab, text: str, word: str
) -> None:
    put(lab, expression=text, point=0.0)
    assert word in " ".join(plain(line) for line in lab.derivation.derived.lines)


def test_three_ways_lead_to_one_number(lab: DerivativeLab) -> None:
    put(lab, expression="exp(sin(x))", point=0.7)
    ways = study(lab.store.document.derivative).ways
    assert ways is not None
    assert ways.forward == pytest.approx(ways.rule, rel=1e-14)
    assert ways.reverse == pytest.approx(ways.rule, rel=1e-14)
    assert abs(ways.central - ways.rule) <= 10 * ways.central_error
    text = " ".join(plain(line) for line in lab.derivation.derived.lines)
    for word in ("by rule", "forward", "reverse", "central"):
        assert word in text


# ------------------------------------------------------------------------------------- inspector


def test_a_function_is_typed_and_one_undo_takes_it_back(qtbot: QtBot, lab: DerivativeLab) -> None:
    inspector = lab.inspector
    # Out of the lab's keeping, as into a window.
    inspector.setParent(None)
    qtbot.addWidget(inspector)
    inspector.show()
    inspector.expression.entry.selectAll()
    qtbot.keyClicks(inspector.expression.entry, "sin(x)")
    qtbot.keyClick(inspector.expression.entry, Qt.Key.Key_Return)
    assert lab.store.document.derivative.expression == "sin(x)"
    assert curve_of(lab).scene.study.slope == pytest.approx(math.cos(1.0))
    lab.store.undo_stack.undo()
    assert lab.store.document.derivative.expression == "x^2"
    assert inspector.expression.entry.text() == "x^2"


def test_boxes_choose_what_is_drawn(qtbot: QtBot, lab: DerivativeLab) -> None:
    inspector = lab.inspector
    # Out of the lab's keeping, as into a window.
    inspector.setParent(None)
    qtbot.addWidget(inspector)
    inspector.show()
    inspector.toggles["first"].click()
    inspector.toggles["secant"].click()
    assert lab.store.document.derivative.shown == ("tangent", "first")
    assert curve_of(lab).scene.shown == {"tangent", "first"}


def test_every_preset_shows_its_point(lab: DerivativeLab) -> None:
    for _, scenes in GROUPS:
        for scene in scenes:
            lab.inspector.choose(scene)
            own = curve_of(lab).scene.study
            (left, right), (bottom, top) = curve_of(lab).box.viewRange()
            assert left < own.point < right, scene.text
            if math.isfinite(own.value):
                assert bottom < own.value < top, scene.text


def test_every_control_has_a_name_and_a_tip(qtbot: QtBot, lab: DerivativeLab) -> None:
    qtbot.addWidget(lab.inspector)
    lab.inspector.show()
    for box in lab.inspector.toggles.values():
        assert box.accessibleName()
        assert box.toolTip()
    for button in lab.transport.meaning.buttons.values():
        assert button.toolTip()
    assert lab.inspector.expression.entry.accessibleName()
    assert lab.inspector.point.entry.accessibleName()


# --------------------------------------------------------------------------------------- exports


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_everything_is_drawn_in_both_languages(lab: DerivativeLab, language: str) -> None:
    put(lab, shown=SHOWN)
    i18n.set_language(language)  # type: ignore[arg-type]
    try:
        for view in (*lab.views, lab.derivation):
            exported(view)
    finally:
        i18n.set_language("en")


def test_a_lesson_of_this_lab_is_exported_without_a_screen(
    tmp_path: Path, qapp: QApplication
) -> None:
    del qapp
    arguments = ["export", "derivative-definition", "--steps", "3", "--out", str(tmp_path)]
    assert main([*arguments, "--format", "svg", "--format", "csv", "--format", "png"]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    for key in ("curve", "quotients", "error", "derivation"):
        assert {f"{key}.svg", f"{key}.csv", f"{key}.png"} <= names
    assert "parameters.csv" not in names
    rows = (tmp_path / "quotients.csv").read_text().splitlines()
    assert rows[0].startswith("h,quotient_left")
    assert len(rows) == 42


def test_hovering_a_handle_offers_to_drag_it(lab: DerivativeLab) -> None:
    view = curve_of(lab)
    hand.move(view.widget.viewport(), view.handle_pixel("point").toPoint())
    view._mouse_moved(QPointF(view.handle_pixel("point")))
    assert view.scene.over == "point"
    view._mouse_moved(QPointF(view.handle_pixel("point") + QPointF(80, 60)))
    assert view.scene.over == ""


def test_a_session_with_a_function_that_cannot_be_read_is_damaged() -> None:
    content = json.loads(json.dumps(to_json(session_of(new_document(), History()))))
    content["derivative"]["expression"] = "(((("
    with pytest.raises(NablaError) as caught:
        from_json(content)
    assert caught.value.code == "session.damaged"
    assert "derivative" in str(caught.value.details["place"])
