"""What a lesson asks to try, with a mark at each step that is done; and its questions."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from engine.session.lessons import Action, Question, Step, Wording
from gui import i18n, icons, theme
from gui.i18n import bind, mark, tr
from gui.views.guard import guarded
from gui.views.lesson_text import LessonText, plain_text

MARK = 20


def worded(wording: Wording) -> str:
    """A text of a lesson in the language of the moment."""
    return wording.get(i18n.current(), wording["en"])


class _Mark(QWidget):
    """A number in a ring, a check mark when the step is done."""

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._number = number
        self.done = False
        self.current = False
        self.setFixedSize(QSize(MARK, MARK))
        theme.notifier.changed.connect(self.update)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ring = QRectF(1.0, 1.0, MARK - 2.0, MARK - 2.0)
        if self.done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("success", 0.16))
            painter.drawEllipse(ring)
            icons.paint(painter, QRectF(3, 3, MARK - 6, MARK - 6), "check", "success")
        else:
            painter.setPen(QPen(theme.color("accent" if self.current else "control"), 1.5))
            if self.current:
                painter.setBrush(theme.color("accent"))
            painter.drawEllipse(ring)
            painter.setPen(theme.color("on_accent" if self.current else "muted"))
            font = painter.font()
            font.setPixelSize(11)
            font.setBold(self.current)
            painter.setFont(font)
            painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.end()


class ActionButton(QPushButton):
    """A button that does what a lesson proposes."""

    asked: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, action: Action, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        if action.kind == "randomize":
            icons.bind(self, "dice")
        elif action.kind == "restart":
            icons.bind(self, "reset")
        elif action.kind == "open":
            icons.bind(self, f"lab_{action.value}")
        self.clicked.connect(self._ask)
        self.reword()

    def reword(self) -> None:
        """Word it in the language of the moment."""
        label = worded(self._action.label)
        self.setText(label)
        self.setAccessibleName(label)
        self.setToolTip(label)

    def _ask(self) -> None:
        self.asked.emit(self._action)


class StepRow(QWidget):
    """Something to try."""

    asked: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, number: int, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = step
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 3)
        row.setSpacing(8)
        self.mark = _Mark(number, self)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        row.addLayout(column, 1)
        self._text = LessonText(self)
        column.addWidget(self._text)
        self.button: ActionButton | None = None
        if step.action is not None:
            self.button = ActionButton(step.action, self)
            self.button.asked.connect(self.asked)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.reword()

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.mark.done

    def show_state(self, done: bool, current: bool) -> None:
        """Show whether it was done, and whether it comes next."""
        if (done, current) == (self.mark.done, self.mark.current):
            return
        self.mark.done, self.mark.current = done, current
        self.mark.update()
        self._text.set_token("muted" if done else "text")
        self._describe()

    def reword(self) -> None:
        """Word it in the language of the moment."""
        self._text.set_text(worded(self._step.text))
        if self.button is not None:
            self.button.reword()
        self._describe()

    def _describe(self) -> None:
        text = plain_text(worded(self._step.text))
        self.setAccessibleName(tr("Done: {0}").format(text) if self.mark.done else text)


class QuestionBox(QWidget):
    """A question; its answer is shown on request.

    Signals
    -------
    answered
        The answer was asked for.
    asked
        Emitted with the action of the button under the answer.
    """

    answered: SignalInstance = Signal()  # type: ignore[assignment]
    asked: SignalInstance = Signal(object)  # type: ignore[assignment]

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._text = LessonText(self)
        column.addWidget(self._text)
        self.toggle = QToolButton(self)
        self.toggle.setCheckable(True)
        self.toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggle.toggled.connect(self._show_answer)
        column.addWidget(self.toggle, 0, Qt.AlignmentFlag.AlignLeft)
        self._answer = LessonText(self)
        self._answer.hide()
        column.addWidget(self._answer)
        self.button: ActionButton | None = None
        if question.action is not None:
            self.button = ActionButton(question.action, self)
            self.button.asked.connect(self.asked)
            self.button.hide()
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self._word_toggle()
        self.reword()

    def reword(self) -> None:
        """Word it in the language of the moment."""
        self._text.set_text(worded(self._question.question))
        self._answer.set_text(worded(self._question.answer))
        if self.button is not None:
            self.button.reword()

    def _show_answer(self, on: bool) -> None:
        self._answer.setVisible(on)
        if self.button is not None:
            self.button.setVisible(on)
        self._word_toggle()
        if on:
            self.answered.emit()

    def _word_toggle(self) -> None:
        shown = self.toggle.isChecked()
        icons.bind(self.toggle, "chevron_down" if shown else "chevron_right")
        text = mark("Hide the answer") if shown else mark("Show the answer")
        for setter in ("setText", "setToolTip", "setAccessibleName"):
            bind(self.toggle, setter, text)
