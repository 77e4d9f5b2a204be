"""Formulas: typeset once, numbers live, broken at relation signs, coloured by meaning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.formula import Line, Number, Piece, Symbol, Text
from gui import i18n, theme
from gui.formula import FormulaView, LaidOut, layout, number_font, paint, symbol_path, typeset

EQUALS = Symbol("=")
DOT = Symbol(r"\cdot")
GRADIENT = Symbol(r"\frac{\partial L}{\partial w^{1}_{11}}", "gradient", "w1_11")
RULE = Line(
    (
        GRADIENT,
        EQUALS,
        Symbol(r"\frac{\partial L}{\partial \hat{y}}", "backward"),
        DOT,
        Symbol(r"\frac{\partial \hat{y}}{\partial z_1}", "backward"),
        DOT,
        Symbol(r"\frac{\partial z_1}{\partial w^{1}_{11}}", "forward"),
    )
)
NUMBERS = Line(
    (
        EQUALS,
        Number(120.0, "backward"),
        DOT,
        Number(-1.0, "backward", parentheses=True),
        DOT,
        Number(40.0, "forward"),
        EQUALS,
        Number(-4800.0, "gradient", target="w1_11"),
    ),
    "numbers",
)


@pytest.fixture(autouse=True)
def plain_surroundings(qapp: QApplication) -> Iterator[None]:
    theme.set_mode("light")
    i18n.set_language("en")
    yield
    theme.set_mode("light")
    i18n.set_language("en")


def painted(laid_out: LaidOut, scale: int = 3) -> QImage:
    image = QImage(
        round(laid_out.width * scale) + 20,
        round(laid_out.height * scale) + 20,
        QImage.Format.Format_RGB32,
    )
    image.fill(theme.color("panel"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    paint(painter, laid_out, QPointF(2, 2))
    painter.end()
    return image


def colors(image: QImage) -> set[int]:
    return {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}


# ------------------------------------------------------------------------------- typesetting


def test_an_atom_is_typeset_once() -> None:
    symbol_path(r"w^{7}_{89}", 18)
    before = typeset.typeset.cache_info()
    first = symbol_path(r"w^{7}_{89}", 18)
    second = symbol_path(r"w^{7}_{89}", 30)
    after = typeset.typeset.cache_info()
    assert after.misses == before.misses
    assert second[1] == pytest.approx(first[1] * 30 / 18)


def test_live_numbers_never_fill_the_cache() -> None:
    layout(NUMBERS, 400, 20)
    before = typeset.typeset.cache_info().misses
    for value in range(50):
        layout(Line((EQUALS, Number(value / 7))), 400, 20)
    assert typeset.typeset.cache_info().misses == before


def test_digits_are_all_equally_wide() -> None:
    metrics = QFontMetricsF(number_font(20))
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


@pytest.mark.parametrize(
    "latex",
    [
        "",
        "\\",
        "{",
        "}",
        r"\frac{",
        r"\frac{a}",
        r"\frac{a}{b",
        r"\frac{a}{b}}",
        r"\frac{\{}{b}",
        r"\nosuchcommand{x}",
        r"\begin{matrix}",
        "x^",
        "^_^",
        r"\left(",
        "a & b \\\\",
        "<script>",
        "&amp;",
        "\x00",
        "中文",
        "{" * 400,
        "x" * 5000,
        r"\frac{" * 50,
    ],
)
def test_what_cannot_be_typeset_is_shown_as_it_is(latex: str) -> None:
    path, advance, ascent, descent = symbol_path(latex, 20)
    assert advance >= 0
    assert ascent >= 0
    assert descent >= 0
    if not latex.strip():
        assert path.isEmpty()


def test_a_fraction_stands_on_the_height_of_a_minus_sign() -> None:
    minus, *_ = symbol_path("-", 100)
    _, _, ascent, descent = symbol_path(r"\frac{1}{2}", 100)
    middle = -minus.boundingRect().center().y()
    assert middle == pytest.approx(25.8, abs=2)
    assert descent < middle + 60
    assert ascent > descent


def test_a_fraction_is_as_wide_as_its_wider_part() -> None:
    _, wide, *_ = symbol_path(r"\partial w^{1}_{11}", 20)
    _, whole, *_ = symbol_path(r"\frac{\partial L}{\partial w^{1}_{11}}", 20)
    assert wide < whole < wide + 10


# ------------------------------------------------------------------------------------ layout


def test_symbols_and_numbers_share_one_baseline() -> None:
    laid_out = layout(Line(RULE.pieces + NUMBERS.pieces), 2000, 20)
    assert len({box.baseline for box in laid_out.boxes}) == 1
    assert all(
        first.x + first.width <= second.x
        for first, second in zip(laid_out.boxes, laid_out.boxes[1:], strict=False)
    )


def test_a_digit_is_as_high_as_a_typeset_one() -> None:
    path, *_ = symbol_path("8", 100)
    live = QFontMetricsF(number_font(100)).tightBoundingRect("8")
    assert live.height() == pytest.approx(path.boundingRect().height(), abs=2)


@pytest.mark.parametrize("width", [120, 200, 300, 500])
def test_a_line_is_broken_to_the_width_and_loses_nothing(width: int) -> None:
    line = Line(RULE.pieces + NUMBERS.pieces)
    laid_out = layout(line, width, 20)
    assert tuple(box.piece for box in laid_out.boxes) == line.pieces
    assert laid_out.width <= width


def test_a_line_is_broken_before_a_relation_sign_and_hangs_under_the_first() -> None:
    line = Line(RULE.pieces + NUMBERS.pieces)
    single = layout(line, 2000, 20)
    laid_out = layout(line, single.width * 0.7, 20)
    rows = sorted({box.baseline for box in laid_out.boxes})
    assert len(rows) == 2
    first = next(box for box in laid_out.boxes if box.baseline == rows[1])
    assert first.piece == EQUALS
    assert first.x == laid_out.relation > 0


def test_a_long_sum_is_broken_before_a_plus() -> None:
    pieces: list[Piece] = [Symbol("z"), EQUALS]
    for index in range(8):
        pieces += [Symbol(f"w_{index}"), DOT, Number(index + 0.5), Symbol("+")]
    laid_out = layout(Line((*pieces, Symbol("b"))), 220, 20)
    rows = sorted({box.baseline for box in laid_out.boxes})
    assert len(rows) > 1
    for row in rows[1:]:
        first = next(box for box in laid_out.boxes if box.baseline == row)
        assert first.piece == Symbol("+")


def test_a_leading_minus_stays_with_what_it_negates() -> None:
    tight = layout(Line((Symbol("x"), EQUALS, Symbol("-"), Symbol("y"))), 500, 20).boxes
    loose = layout(Line((Symbol("x"), Symbol("-"), Symbol("y"))), 500, 20).boxes
    assert tight[3].x - (tight[2].x + tight[2].width) == pytest.approx(0)
    assert loose[2].x - (loose[1].x + loose[1].width) > 3


def test_numbers_stand_under_the_equals_sign_of_their_rule() -> None:
    above = layout(RULE, 500, 20)
    below = layout(NUMBERS, 500, 20, under=above.relation)
    assert below.boxes[0].x == above.relation > 0


def test_words_are_broken_in_both_languages() -> None:
    for words in ("the mean of all samples " * 4, "所有样本的均值" * 8):
        laid_out = layout(Line((Text(words.strip()),), "note"), 150, 20)
        assert laid_out.width <= 150
        assert len({box.baseline for box in laid_out.boxes}) > 2
        assert "".join(box.runs[0].text for box in laid_out.boxes) == words.replace(" ", "")


def test_a_power_of_ten_is_raised() -> None:
    (box,) = layout(Line((Number(1e-5),)), 500, 20).boxes
    assert [run.text.replace("\u2009", "") for run in box.runs] == ["1×10", "−5"]
    assert box.runs[1].rise > 0


# ---------------------------------------------------------------------------------- painting


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_pieces_are_painted_in_the_colour_of_their_role(mode: theme.Mode) -> None:
    theme.set_mode(mode)
    for line, roles in (
        (RULE, ("gradient", "backward", "forward", "text")),
        (NUMBERS, ("gradient", "backward", "forward", "text")),
        (Line((Text("a note"),), "note"), ("muted",)),
        (Line((Symbol("x", "no such role"),)), ("text",)),
    ):
        seen = colors(painted(layout(line, 1000, 20)))
        for role in roles:
            assert theme.color(role).rgb() in seen, role


def test_one_layout_is_painted_in_either_theme() -> None:
    laid_out = layout(RULE, 1000, 20)
    light = colors(painted(laid_out))
    theme.set_mode("dark")
    dark = colors(painted(laid_out))
    assert QColor("#E77FC0").rgb() in dark - light


# ---------------------------------------------------------------------------------- the view


@pytest.fixture
def view(qtbot: QtBot) -> FormulaView:
    widget = FormulaView()
    qtbot.addWidget(widget)
    widget.set_lines([RULE, NUMBERS, Line((Text("mean of {0}", arguments=(10,)),), "note")])
    widget.resize(400, widget.heightForWidth(400))
    widget.show()
    return widget


def test_a_narrow_view_is_higher(view: FormulaView) -> None:
    assert view.hasHeightForWidth()
    assert view.heightForWidth(140) > view.heightForWidth(400)


def test_a_click_hands_out_the_target(view: FormulaView, qtbot: QtBot) -> None:
    laid_out, top = view._arranged(400.0)[1]
    place = laid_out.boxes[-1].rectangle.center() + QPointF(12, top)
    with qtbot.waitSignal(view.piece_clicked) as clicked:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())
    assert clicked.args == ["w1_11"]
    with qtbot.assertNotEmitted(view.piece_clicked):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(399, 1))


def test_the_keyboard_reaches_every_target(view: FormulaView, qtbot: QtBot) -> None:
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.piece_clicked) as clicked:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert clicked.args == ["w1_11"]


def test_the_hovered_piece_is_underlined(view: FormulaView, qtbot: QtBot) -> None:
    laid_out, top = view._arranged(400.0)[0]
    place = laid_out.boxes[0].rectangle.center() + QPointF(12, top)
    before = view.grab().toImage()
    QTest.mouseMove(view, place.toPoint())
    qtbot.waitUntil(lambda: view.cursor().shape() == Qt.CursorShape.PointingHandCursor)
    assert view.grab().toImage() != before


def test_the_view_is_copied_and_read_aloud(view: FormulaView, qtbot: QtBot) -> None:
    text = "∂L/∂w¹₁₁ = ∂L/∂ŷ · ∂ŷ/∂z₁ · ∂z₁/∂w¹₁₁\n= 120 · (−1) · 40 = −4800\nmean of 10"
    assert view.accessibleDescription() == text
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == text
    for action in view.copy_menu(view).actions():
        action.trigger()
    assert r"\frac{\partial L}{\partial w^{1}_{11}} =" in QGuiApplication.clipboard().text()


def test_a_switch_of_language_rewords_the_notes(
    view: FormulaView, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = view.grab().toImage()
    chinese = i18n.catalogue("zh_CN")
    monkeypatch.setattr(
        chinese, "gettext", lambda text: {"mean of {0}": "{0} 个的均值"}.get(text, text)
    )
    i18n.set_language("zh_CN")
    assert view.accessibleDescription().endswith("10 个的均值")
    assert view.grab().toImage() != before


def test_other_numbers_do_not_move_the_window(view: FormulaView) -> None:
    height = view.heightForWidth(400)
    view.set_lines([RULE, Line((EQUALS, Number(-3225.137172)), "numbers"), view.lines[2]])
    assert view.heightForWidth(400) == height
