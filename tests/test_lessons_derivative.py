"""The figures of the derivative lessons that the project has promised, and what steps wait for."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from engine.session.derivative import study
from engine.session.derivative_figures import VALUES
from engine.session.lesson_figures import figure_now, slot_value
from engine.session.lesson_vocabulary import SLOT_QUANTITIES
from engine.session.lessons import Figure, Quantity, lesson, lessons

Changes = dict[str, object]

# Computed independently of the program: lesson, quantity, what differs, value.
PROMISED: list[tuple[str, str, Changes, float]] = [
    ("instantaneous-velocity", "quotient", {"step": 1.0}, 15),
    ("instantaneous-velocity", "quotient", {"step": 0.1}, 10.5),
    ("instantaneous-velocity", "quotient", {"step": 0.01}, 10.05),
    ("instantaneous-velocity", "slope", {}, 10),
    ("slope-of-a-line", "delta", {"step": 0.001}, 0.003),
    ("slope-of-a-line", "slope", {"point": 2.0}, 3),
    ("slope-of-a-line", "slope", {"point": -7.5}, 3),
    ("slope-of-a-parabola", "slope", {"point": 2.0}, 4),
    ("slope-of-a-parabola", "slope", {"point": 5.0}, 10),
    ("slope-of-a-parabola", "quotient", {"point": 2.0, "step": 0.001}, 4.001),
    ("slope-of-a-parabola", "quotient", {"point": 5.0, "step": 0.001}, 10.001),
    ("when-the-limit-fails", "limit_left", {"expression": "|x|"}, -1),
    ("when-the-limit-fails", "limit_right", {"expression": "relu(x)"}, 1),
    ("when-the-limit-fails", "differentiable", {"expression": "step(x)"}, 0),
    ("when-the-limit-fails", "differentiable", {"expression": "cbrt(x)"}, 0),
    ("when-the-limit-fails", "differentiable", {"point": 1.0}, 1),
    ("rules", "slope", {"expression": "x^2 + sin(x)"}, 2.540302),
    ("rules", "slope", {"expression": "x^2 sin(x)"}, 2.223244),
    ("rules", "slope", {"expression": "x^2/sin(x)"}, 1.613730),
    ("differential", "differential", {}, 2),
    ("differential", "delta", {}, 2.25),
    ("integral", "sum", {"rule": "left"}, 1.75),
    ("integral", "sum", {"rule": "right"}, 3.75),
    ("integral", "sum", {"rule": "midpoint"}, 2.625),
    ("integral", "sum", {"rule": "trapezoid"}, 2.75),
    ("integral", "integral", {}, 8 / 3),
]
TABLE: dict[str, Callable[[float], float]] = {
    "x^5": lambda x: 5 * x**4,
    "e^x": math.exp,
    "2^x": lambda x: 2**x * math.log(2),
    "ln(x)": lambda x: 1 / x,
    "log(x, 2)": lambda x: 1 / (x * math.log(2)),
    "sin(x)": math.cos,
    "cos(x)": lambda x: -math.sin(x),
    "tan(x)": lambda x: 1 / math.cos(x) ** 2,
    "arcsin(x)": lambda x: 1 / math.sqrt(1 - x * x),
    "arccos(x)": lambda x: -1 / math.sqrt(1 - x * x),
    "arctan(x)": lambda x: 1 / (1 + x * x),
}


def asked(name: str, kind: str, changes: Changes) -> float:
    given = lesson(name)
    figure = Figure({"en": "", "zh_CN": ""}, "", Quantity(kind, changes=changes), 0.0, 0.0)
    return slot_value(given, figure, given.document)


@pytest.mark.parametrize(("name", "kind", "changes", "value"), PROMISED)
def test_what_was_promised_comes_out(name: str, kind: str, changes: Changes, value: float) -> None:
    assert asked(name, kind, changes) == pytest.approx(value, abs=5e-7)


@pytest.mark.parametrize("text", TABLE)
def test_the_table_of_derivatives_is_right_and_derived_step_by_step(text: str) -> None:
    changes: Changes = {"expression": text, "point": 0.6}
    assert asked("table-of-derivatives", "slope", changes) == pytest.approx(TABLE[text](0.6))
    assert asked("table-of-derivatives", "steps", changes) >= 1


def test_the_gap_of_the_differential_shrinks_like_the_square() -> None:
    gaps = [asked("differential", "remainder", {"step": 0.5 / 2**k}) for k in range(5)]
    assert [a / b for a, b in pairwise(gaps)] == pytest.approx([4] * 4)


def test_every_quantity_of_the_vocabulary_can_be_computed() -> None:
    assert set(SLOT_QUANTITIES["derivative"]) == set(VALUES)
    own = study(lesson("derivative-definition").derivative)
    for kind, value in VALUES.items():
        assert math.isfinite(value(own)), kind


def test_a_figure_is_known_only_while_its_slot_is_on_screen() -> None:
    given = lesson("instantaneous-velocity")
    tenth = given.figures[1]
    assert figure_now(given, given.figures[0], given.document) == 15.0
    assert figure_now(given, tenth, given.document) is None


@pytest.mark.parametrize("info", [i for i in lessons() if i.lab == "derivative"], ids=str)
def test_a_lesson_opens_its_lab_with_a_frame_that_shows_the_point(info: object) -> None:
    given = lesson(info.id)  # type: ignore[attr-defined]
    assert given.document.view.lab == "derivative"
    left, right, bottom, top = given.view.derivative_lab.frame
    own = study(given.derivative)
    assert left < own.point < right
    assert bottom < own.value < top
