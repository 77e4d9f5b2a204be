"""The lesson panel, driven as a reader would: steps tick, figures come out, words switch live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from engine.numbers import shown
from engine.session import Cursor, Selection
from engine.session.lessons import lesson
from engine.training import Granularity
from gui import i18n, theme
from gui.app import make_application
from gui.state.player import Player
from gui.state.store import Store
from gui.views import guard
from gui.views.lesson_figures import NUMBER, FigureRow
from gui.views.lesson_panel import LessonPanel
from gui.views.lesson_text import LessonText, plain_text


class Reader:
    """A panel on screen, and the hands of its reader."""

    def __init__(self, qtbot: QtBot, name: str) -> None:
        self.store = Store(lesson(name).document)
        self.player = Player(self.store)
        self.panel = LessonPanel(self.store, self.player)
        qtbot.addWidget(self.panel)
        self.panel.resize(300, 900)
        self.panel.show()
        QApplication.processEvents()

    @property
    def done(self) -> list[bool]:
        assert self.panel.page is not None
        return [row.done for row in self.panel.page.steps]

    @property
    def reached(self) -> list[bool]:
        assert self.panel.page is not None
        return [row.reached for row in self.panel.page.figures.rows]

    @property
    def now(self) -> list[float | None]:
        assert self.panel.page is not None
        return [row.now for row in self.panel.page.figures.rows]

    def step(self, times: int = 1, granularity: Granularity = Granularity.NEURON) -> None:
        for _ in range(times):
            self.player.step(granularity)


@pytest.fixture
def reader(request: pytest.FixtureRequest, qtbot: QtBot) -> Iterator[Reader]:
    make_application()
    guard.forget()
    i18n.set_language("en")
    theme.set_mode("light")
    reader = Reader(qtbot, getattr(request, "param", "backprop-by-hand"))
    yield reader
    reader.player.shut_down()
    assert guard.failures == []
    i18n.set_language("en")
    theme.set_mode("light")


def opening(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("reader", [name], indirect=True)


class TestByHand:
    def test_nothing_is_done_or_known_at_first(self, reader: Reader) -> None:
        assert not any(reader.done)
        assert not any(reader.reached)
        assert reader.now[0] is None

    def test_the_first_presses_make_the_first_number(self, reader: Reader) -> None:
        reader.step(1)
        assert reader.now[0] == 60.0
        assert reader.reached[0]
        reader.step(2)
        assert reader.done == [False] * 6
        reader.step(1)
        assert reader.done[0]
        assert reader.now[1] == 180.0

    def test_fifteen_presses_reach_the_new_loss(self, reader: Reader) -> None:
        reader.step(5)
        assert reader.done[:2] == [True, True]
        assert reader.now[2] == 7200.0
        assert reader.now[3] is None
        reader.step(4)
        assert reader.done[:3] == [True, True, True]
        reader.step(6)
        assert reader.store.document.cursor == Cursor(1, 1)
        assert reader.done[:4] == [True] * 4
        assert reader.reached[:11] == [True] * 11
        assert reader.now[10] == pytest.approx(3225.137172, abs=1e-6)

    def test_going_back_is_a_step_and_takes_back_no_mark(self, reader: Reader) -> None:
        reader.step(15)
        reader.player.back()
        assert reader.done[4]
        assert reader.now[10] is None
        assert reader.reached[10]

    def test_all_figures_come_out(self, reader: Reader) -> None:
        reader.step(19)
        assert all(reader.reached)

    def test_all_steps_can_be_done(self, reader: Reader) -> None:
        reader.step(15)
        reader.player.back()
        reader.step(40, Granularity.BATCH)
        assert all(reader.done)
        assert reader.panel.progress is not None
        assert reader.panel.progress.current is None

    def test_the_answer_is_shown_on_request(self, reader: Reader) -> None:
        assert reader.panel.page is not None
        (box,) = reader.panel.page.questions
        assert box.button is not None
        assert not box.button.isVisible()
        box.toggle.click()
        assert box.button.isVisible()
        assert box.toggle.text() == "Hide the answer"

    def test_randomize_tells_the_neurons_apart(self, reader: Reader) -> None:
        assert reader.panel.page is not None
        (box,) = reader.panel.page.questions
        box.toggle.click()
        assert box.button is not None
        box.button.click()
        first = reader.store.moment.state.parameters
        assert len(set(first.tolist())) == 9
        box.button.click()
        assert (reader.store.moment.state.parameters != first).all()
        reader.store.undo_stack.undo()
        reader.store.undo_stack.undo()
        assert set(reader.store.moment.state.parameters.tolist()) == {0.5, 1.0}

    def test_restart_puts_everything_back_and_can_be_undone(self, reader: Reader) -> None:
        reader.step(20)
        reader.panel.restart.click()
        assert reader.store.document.cursor == Cursor(1)
        assert not any(reader.done)
        assert not any(reader.reached)
        reader.store.undo_stack.undo()
        assert reader.store.document.cursor.iteration == 1

    def test_a_network_that_was_edited_does_no_harm(self, reader: Reader) -> None:
        architecture = reader.store.experiment.architecture
        smaller = type(architecture).dense((2, 1), "identity")
        reader.store.edit_experiment(
            "edit",
            lambda experiment: replace(
                experiment,
                architecture=smaller,
                initializer=type(experiment.initializer)(),
            ),
            anew=True,
        )
        reader.step(30)
        assert reader.now[4] is None


@opening("neuron-by-neuron")
class TestNeuronByNeuron:
    def test_all_figures_but_the_last_come_out_in_one_iteration(self, reader: Reader) -> None:
        reader.step(22)
        assert reader.reached == [True] * 11

    def test_the_gradient_check_agrees(self, reader: Reader) -> None:
        check = reader.panel.page.check  # type: ignore[union-attr]
        assert check is not None
        assert check.token == "success"
        assert "All 14 agree" in check.verdict.text
        assert "w_{(x1)1}" in check.verdict.text

    def test_it_turns_red_without_the_slope(self, reader: Reader) -> None:
        check = reader.panel.page.check  # type: ignore[union-attr]
        assert check is not None
        check.without_slope.click()
        assert reader.store.experiment.error_without_slope
        assert check.token == "error"
        assert "17.35 times too large" in check.verdict.text
        assert reader.done[4]
        reader.store.undo_stack.undo()
        assert not check.without_slope.isChecked()
        assert check.token == "success"

    def test_it_speaks_of_the_selected_weight(self, reader: Reader) -> None:
        check = reader.panel.page.check  # type: ignore[union-attr]
        assert check is not None
        reader.store.look(selection=Selection("parameter", (6, 8)))
        assert "w_{46}" in check.verdict.text
        assert reader.done[2]

    def test_it_follows_the_training(self, reader: Reader) -> None:
        check = reader.panel.page.check  # type: ignore[union-attr]
        assert check is not None
        before = check.verdict.text
        reader.step(3, Granularity.BATCH)
        assert check.verdict.text != before
        assert check.token == "success"


@opening("learning-rate")
class TestLearningRate:
    def curve(self, reader: Reader) -> QWidget:
        page = reader.panel.page
        assert page is not None
        assert page.rates is not None
        return page.rates

    def at(self, reader: Reader, rate: float) -> QPoint:
        curve = reader.panel.page.rates  # type: ignore[union-attr]
        assert curve is not None
        return QPoint(round(curve._x(rate)), curve.height() // 2)

    def test_the_ball_lies_on_the_curve(self, reader: Reader) -> None:
        curve = reader.panel.page.rates  # type: ignore[union-attr]
        assert curve is not None
        assert curve.loss == pytest.approx(3225.137172)

    def test_dragging_changes_the_learning_rate_in_one_edit(self, reader: Reader) -> None:
        curve = self.curve(reader)
        QTest.mousePress(curve, Qt.MouseButton.LeftButton, pos=self.at(reader, 1e-5))
        for share in (3e-5, 6e-5, 9e-5):
            QTest.mouseMove(curve, self.at(reader, share))
        QTest.mouseRelease(curve, Qt.MouseButton.LeftButton, pos=self.at(reader, 9e-5))
        assert reader.store.experiment.learning_rate == pytest.approx(9e-5, rel=0.02)
        assert reader.store.undo_stack.count() == 1
        reader.store.undo_stack.undo()
        assert reader.store.experiment.learning_rate == 1e-5

    def test_the_ball_falls_onto_the_marks(self, reader: Reader) -> None:
        curve = self.curve(reader)
        for number, rate in enumerate((1 / 28800, 1 / 6000, 29 / 144000)):
            place = self.at(reader, rate) + QPoint(3, 0)
            QTest.mouseClick(curve, Qt.MouseButton.LeftButton, pos=place)
            assert reader.store.experiment.learning_rate == rate
            assert reader.reached[number]
        assert reader.now[2] == pytest.approx(7200.0)
        assert reader.done[0]

    def test_arrow_keys_move_it(self, reader: Reader) -> None:
        curve = self.curve(reader)
        QTest.keyClick(curve, Qt.Key.Key_Right)
        assert reader.store.experiment.learning_rate > 1e-5
        QTest.keyClick(curve, Qt.Key.Key_Home)
        assert reader.store.experiment.learning_rate < 1e-6

    def test_the_wheel_is_left_to_the_panel(self, reader: Reader) -> None:
        curve = self.curve(reader)
        event = QWheelEvent(
            QPointF(20, 60),
            curve.mapToGlobal(QPointF(20, 60)),
            QPoint(0, 120),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(curve, event)
        assert reader.store.experiment.learning_rate == 1e-5

    def test_helping_once_is_not_converging(self, reader: Reader) -> None:
        page = reader.panel.page
        assert page is not None
        button = page.steps[2].button
        assert button is not None
        button.click()
        assert reader.store.experiment.learning_rate == 2e-4
        assert reader.store.document.cursor == Cursor(1)
        reader.step(1, Granularity.BATCH)
        assert reader.now[3] == pytest.approx(6525.389, abs=1e-3)
        reader.step(1, Granularity.BATCH)
        assert reader.done[3]
        assert reader.reached[3:5] == [True, True]
        reader.step(10, Granularity.BATCH)
        assert reader.done[4]
        assert reader.reached[5]
        assert reader.now[5] == 6.0

    def test_an_edit_from_elsewhere_moves_the_ball(self, reader: Reader) -> None:
        curve = reader.panel.page.rates  # type: ignore[union-attr]
        assert curve is not None
        reader.store.edit_experiment(
            "rate", lambda experiment: replace(experiment, learning_rate=1 / 6000)
        )
        assert curve.loss == pytest.approx(0.0, abs=1e-9)
        assert curve.value() == pytest.approx(1000 / 6000 / (1.15 * 29 / 144000), abs=1)

    def test_it_says_what_it_shows(self, reader: Reader) -> None:
        curve = self.curve(reader)
        assert "3225.14" in curve.accessibleName()
        assert "1e−5" in curve.accessibleName() or "1e-5" in curve.accessibleName()


@opening("training-loop")
def test_the_loop_is_followed_to_its_end(reader: Reader) -> None:
    reader.step(30)
    reader.player.play()
    reader.player.pause()
    for iteration in (1, 8, 400, 2000):
        reader.player.seek(iteration)
    assert all(reader.done)
    assert all(reader.reached)


@opening("logistic-regression")
def test_the_line_turns_until_all_is_right(reader: Reader) -> None:
    reader.step(3)
    assert reader.reached[:1] == [True]
    for iteration in (1, 20, 100):
        reader.player.seek(iteration)
    assert all(reader.done)
    assert all(reader.reached)


class TestPanel:
    def test_words_switch_with_the_language(self, reader: Reader) -> None:
        page = reader.panel.page
        assert page is not None
        assert page.title.text() == "Backpropagation by hand"
        i18n.set_language("zh_CN")
        assert page.title.text() == "手算反向传播"
        texts = [text.text for text in page.findChildren(LessonText)]
        assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in texts if text)
        assert page.figures.rows[0].name == "隐藏神经元"
        assert page.questions[0].button is not None
        assert page.questions[0].button.text() == "随机初始化"

    def test_colours_switch_with_the_theme(self, reader: Reader) -> None:
        page = reader.panel.page
        assert page is not None
        text = page.findChildren(LessonText)[0]

        def darkest() -> int:
            image = text.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
            values = [
                image.pixelColor(x, y).lightness()
                for x in range(0, image.width(), 2)
                for y in range(image.height())
            ]
            return min(values)

        theme.set_mode("light")
        light = darkest()
        theme.set_mode("dark")
        assert light > darkest() - 200
        assert text.token == "text"

    def test_leads_to_the_lessons_before_and_after(self, reader: Reader, qtbot: QtBot) -> None:
        assert "Neuron by neuron" in reader.panel.next.toolTip()
        with qtbot.waitSignal(reader.panel.lesson_requested) as asked:
            reader.panel.next.click()
        assert asked.args == ["neuron-by-neuron"]
        reader.store.open(lesson("neuron-by-neuron").document)
        with qtbot.waitSignal(reader.panel.lesson_requested) as asked:
            reader.panel.previous.click()
        assert asked.args == ["backprop-by-hand"]

    def test_shows_another_lesson_when_it_is_opened(self, reader: Reader) -> None:
        reader.store.open(lesson("learning-rate").document)
        assert reader.panel.page is not None
        assert reader.panel.page.lesson.id == "learning-rate"

    @pytest.mark.parametrize("name", ["", "a-lesson-of-another-version"])
    def test_without_a_lesson_is_empty(self, reader: Reader, name: str) -> None:
        reader.store.open(replace(reader.store.document, lesson=name))
        assert reader.panel.page is None
        assert not reader.panel.restart.isEnabled()
        reader.step(3)

    def test_hidden_does_no_work_and_catches_up(self, reader: Reader) -> None:
        reader.panel.hide()
        reader.step(15)
        assert not any(reader.done)
        reader.panel.show()
        assert reader.done[:4] == [True] * 4

    def test_everything_has_a_name_and_a_tip(self, reader: Reader) -> None:
        for control in (reader.panel.previous, reader.panel.restart, reader.panel.next):
            assert control.accessibleName()
            assert control.toolTip()
        assert reader.panel.page is not None
        row = reader.panel.page.figures.rows[2]
        assert row.accessibleName() == "loss, L, expected 7200, not known yet"
        reader.step(5)
        assert row.accessibleName() == "loss, L, expected 7200, now 7200, reached"
        assert reader.panel.page.steps[0].accessibleName().startswith("Done: ")

    @pytest.mark.parametrize("language", ["en", "zh_CN"])
    @pytest.mark.parametrize("width", [250, 300, 420])
    def test_nothing_is_cut_off(self, reader: Reader, language: i18n.Language, width: int) -> None:
        i18n.set_language(language)
        reader.panel.resize(width, 900)
        for _ in range(4):
            QApplication.processEvents()
        page = reader.panel.page
        assert page is not None
        assert page.width() <= width
        for text in page.findChildren(LessonText):
            if text.isVisible():
                assert text.height() >= text.heightForWidth(text.width())
        for row in page.figures.rows:
            assert row.height() >= row.heightForWidth(row.width())


@pytest.mark.parametrize("width", [200, 232, 260, 320, 480])
def test_names_of_figures_stand_beside_their_numbers_or_over_them(qtbot: QtBot, width: int) -> None:
    for lesson_id in ("neuron-by-neuron", "backprop-by-hand", "learning-rate"):
        for figure in lesson(lesson_id).figures:
            row = FigureRow(figure)
            qtbot.addWidget(row)
            row.set_column(46.0)
            height = row.heightForWidth(width)
            words = row._words(width, height)
            number = QFontMetricsF(row.font()).horizontalAdvance(shown(figure.expected))
            beside = words.right() <= width - NUMBER - 0.9 * number
            assert beside or words.bottom() <= height - 10.0


class TestText:
    def test_is_read_without_its_marks(self) -> None:
        text = r"The **loss** $\frac{1}{2}(y-y')^2$ is 7200."
        assert plain_text(text) == "The loss 1/2(y−y′)² is 7200."

    def test_needs_more_height_in_less_width(self, qtbot: QtBot) -> None:
        text = LessonText()
        qtbot.addWidget(text)
        text.set_text(lesson("backprop-by-hand").paragraphs[1]["en"])
        assert text.heightForWidth(200) > text.heightForWidth(400)

    def test_gives_fractions_and_sums_room_below_the_line(self, qtbot: QtBot) -> None:
        plain, deep = LessonText(), LessonText()
        for text, words in ((plain, "a $x$ b"), (deep, r"a $\sum_n x_n$ b")):
            qtbot.addWidget(text)
            text.set_text(words)
        assert deep.heightForWidth(300) > plain.heightForWidth(300)
