"""The field for a formula: live, with the fault under the very character."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from engine.expression import parse
from engine.session.derivative import read_function
from gui.inspectors.derivative_presets import GROUPS, menu_groups
from gui.views.expression_field import ExpressionField


@pytest.fixture
def field(qtbot: QtBot) -> ExpressionField:
    made = ExpressionField(read_function, menu_groups(), lambda _: "f(x) =")
    qtbot.addWidget(made)
    made.set_text("x^2")
    made.resize(320, 120)
    made.show()
    qtbot.waitExposed(made)
    return made


def typed(qtbot: QtBot, field: ExpressionField, text: str) -> None:
    field.entry.selectAll()
    qtbot.keyClicks(field.entry, text)


def test_what_can_be_read_is_told_at_each_key(qtbot: QtBot, field: ExpressionField) -> None:
    told: list[str] = []
    field.edited.connect(told.append)
    typed(qtbot, field, "3x")
    assert told == ["3", "3x"]
    assert field.text == "3x"
    assert field.error is None


def test_the_fault_stands_under_its_character(qtbot: QtBot, field: ExpressionField) -> None:
    typed(qtbot, field, "2x + foo(x)")
    assert field.error is not None
    assert field.entry.fault is not None
    start, length = field.entry.fault
    assert "2x + foo(x)"[start : start + length].startswith("foo")
    span = field.entry.fault_span()
    assert span is not None
    metrics = field.entry.fontMetrics()
    # From the first character on, wherever the frame of the line begins.
    assert span[0] - metrics.horizontalAdvance("2x + ") == pytest.approx(
        field.entry.cursorRect().center().x() - metrics.horizontalAdvance("2x + foo(x)"), abs=2
    )
    assert field.message.isVisible()
    assert not field.preview.isVisible()
    assert field.text != "2x + foo(x)"


def test_two_variables_are_one_too_many(qtbot: QtBot, field: ExpressionField) -> None:
    typed(qtbot, field, "x + y")
    assert field.error is not None
    assert field.error.code == "expression.several_variables"
    assert field.entry.fault == (4, 1)


def test_escape_takes_back_what_was_typed(qtbot: QtBot, field: ExpressionField) -> None:
    typed(qtbot, field, "2x +")
    qtbot.keyClick(field.entry, Qt.Key.Key_Escape)
    assert field.entry.text() == field.text
    assert field.error is None


def test_what_was_typed_before_comes_back(qtbot: QtBot, field: ExpressionField) -> None:
    for text in ("sin(x)", "cos(x)"):
        typed(qtbot, field, text)
        qtbot.keyClick(field.entry, Qt.Key.Key_Return)
    qtbot.keyClick(field.entry, Qt.Key.Key_Up)
    qtbot.keyClick(field.entry, Qt.Key.Key_Up)
    assert field.text == "sin(x)"
    assert any(action.data() == ("typed", "cos(x)") for action in field.menu().actions())


@pytest.mark.parametrize(
    "text",
    [
        "((((",
        "__import__('os')",
        "x" * 10_000,
        "1/0",
        "ｘ＾２",
        "x^x^x^x^x",
        "|",
        "²",
        "\U0001d465 +",
    ],
)
def test_nothing_that_is_typed_does_harm(field: ExpressionField, text: str) -> None:
    field.entry.setText(text)
    field.entry.textEdited.emit(text)
    field.grab()
    assert field.text in (text, "x^2")


def test_every_preset_can_be_read_and_chosen(field: ExpressionField) -> None:
    chosen: list[str] = []
    field.preset_chosen.connect(chosen.append)
    menu = field.menu()
    for group in menu.actions():
        inner = group.menu()
        assert isinstance(inner, QMenu)
        for action in inner.actions():
            field._choose(action)
    assert chosen == [scene.text for _, scenes in GROUPS for scene in scenes]
    for text in chosen:
        assert len(parse(text).variables) == 1
