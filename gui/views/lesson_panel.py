"""The panel of a lesson: what to look at, what to try, and the figures that must come out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import NablaError
from engine.network import Initializer
from engine.session import Document
from engine.session.lessons import Action, Lesson, lesson, lessons
from engine.session.slots import changed_slot
from engine.training import Experiment
from gui import i18n, icons
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.lesson_check import GradientCheckBox
from gui.views.lesson_figures import FigureTable
from gui.views.lesson_progress import Progress
from gui.views.lesson_rates import RateCurve
from gui.views.lesson_steps import QuestionBox, StepRow, worded
from gui.views.lesson_text import LessonText

WIDTH = 300
MARGIN = 14


class Clock(Protocol):
    """What makes time pass in a lab."""

    playing_changed: SignalInstance

    @property
    def is_playing(self) -> bool:
        """Whether time runs."""

    def pause(self) -> object:
        """Hold time."""


class LessonPanel(QWidget):
    """Shows the lesson of the document and follows how far somebody has come.

    Signals
    -------
    lesson_requested
        Emitted with the id of a lesson to open instead.
    """

    lesson_requested: SignalInstance = Signal(str)  # type: ignore[assignment]

    def __init__(self, store: Store, player: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._clocks: list[Clock] = []
        self.progress: Progress | None = None
        self._is_behind = False
        bind(self, "setAccessibleName", "Lesson")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Space and arrow keys belong to the time, wherever they are pressed.
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self.area, 1)
        column.addWidget(self._make_footer())
        self._page: _Page | None = None
        store.changed.connect(self._on_changed)
        self.follow(player)
        i18n.notifier.changed.connect(self._reword)
        self._open()

    def follow(self, clock: Clock) -> None:
        """Take note of the time of a further lab."""
        self._clocks.append(clock)
        clock.playing_changed.connect(self._follow)

    def _is_playing(self) -> bool:
        return any(clock.is_playing for clock in self._clocks)

    def _pause(self) -> None:
        for clock in self._clocks:
            clock.pause()

    @property
    def page(self) -> _Page | None:
        """What is shown of the lesson; None while there is none."""
        return self._page

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)

    def _make_footer(self) -> QWidget:
        footer = QFrame(self)
        footer.setProperty("role", "panel")
        row = QHBoxLayout(footer)
        row.setContentsMargins(MARGIN, 8, MARGIN, 8)
        row.setSpacing(8)
        self.previous = QToolButton(footer)
        icons.bind(self.previous, "chevron_left")
        self.previous.clicked.connect(self._go_back)
        self.restart = QPushButton(footer)
        icons.bind(self.restart, "reset")
        bind(self.restart, "setText", "Restart lesson")
        bind(self.restart, "setToolTip", "Begin this lesson anew, as it was at first")
        bind(self.restart, "setAccessibleName", "Restart lesson")
        self.restart.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restart.clicked.connect(self.begin_anew)
        self.next = QToolButton(footer)
        icons.bind(self.next, "chevron_right")
        self.next.clicked.connect(self._go_on)
        for widget in (self.previous, self.restart, self.next):
            row.addWidget(widget)
        return footer

    # ------------------------------------------------------------------------------ content

    def _open(self) -> None:
        """Show the lesson that the document names."""
        name = self._store.document.lesson
        try:
            opened = lesson(name) if name else None
        except NablaError:
            # A session may name a lesson of another version.
            opened = None
        if opened is None:
            self.progress = self._page = None
            self.area.setWidget(QWidget())
        else:
            self.progress = Progress(opened, self._store, self._is_playing)
            self._page = _Page(opened, self._store)
            self._page.asked.connect(self._act)
            self._page.answered.connect(self._answered)
            self.area.setWidget(self._page)
        self._name_neighbours()
        self._follow()

    def _neighbours(self) -> tuple[str, str]:
        """Ids of the lessons before and after this one; empty where there is none."""
        ids = [info.id for info in lessons()]
        name = self._store.document.lesson
        if name not in ids:
            return "", ids[0]
        place = ids.index(name)
        return (
            ids[place - 1] if place else "",
            ids[place + 1] if place + 1 < len(ids) else "",
        )

    def _name_neighbours(self) -> None:
        for button, name, text in zip(
            (self.previous, self.next),
            self._neighbours(),
            (mark("Previous lesson: {0}"), mark("Next lesson: {0}")),
            strict=True,
        ):
            button.setEnabled(bool(name))
            title = worded(lesson(name).info.title) if name else "–"
            words = tr(text).format(title)
            button.setToolTip(words)
            button.setAccessibleName(words)
        self.restart.setEnabled(self._page is not None)

    def _reword(self) -> None:
        self._name_neighbours()
        if self._page is not None:
            self._page.reword()

    def _follow(self) -> None:
        """Bring steps and figures up to date."""
        if self._page is None or self.progress is None:
            return
        self._is_behind = not self.isVisible()
        if self._is_behind:
            return
        self.progress.update()
        self._page.show_progress(self.progress)

    def _on_changed(self, aspects: Aspect) -> None:
        if Aspect.LESSON in aspects:
            self._open()
        else:
            self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_behind:
            self._follow()

    # ------------------------------------------------------------------------------ intents

    def begin_anew(self) -> None:
        """Put everything back to how the lesson begins; an edit that can be undone."""
        if self._page is None:
            return
        opened = self._page.lesson
        self._pause()
        self._store.edit(tr("Restart lesson"), lambda _: opened.document)
        self._open()
        self.area.verticalScrollBar().setValue(0)

    def _go_back(self) -> None:
        self.lesson_requested.emit(self._neighbours()[0])

    def _go_on(self) -> None:
        self.lesson_requested.emit(self._neighbours()[1])

    def _answered(self, number: int) -> None:
        if self.progress is not None:
            self.progress.answered.add(number)
            self._follow()

    def _act(self, action: Action) -> None:
        """Do what a button of the lesson says."""
        self._pause()
        label = worded(action.label)
        match action.kind:
            case "randomize":
                self._store.edit_experiment(label, _randomized, anew=True)
            case "learning_rate" if isinstance(action.value, float | int):
                rate = float(action.value)
                self._store.edit_experiment(
                    label, lambda experiment: replace(experiment, learning_rate=rate), anew=True
                )
            case "restart":
                self.begin_anew()
            case "open" if self._page is not None:
                self._open_lab(label, self._page.lesson, str(action.value))
            case "slot" if self._page is not None:
                lab = self._page.lesson.info.lab
                self._store.edit(label, lambda document: _with_slot(document, lab, action))

    def _open_lab(self, label: str, opened: Lesson, lab: str) -> None:
        """Show a lab as the lesson has prepared it; a training goes on where it is."""
        if lab == "network":
            self._store.look(lab=lab, selection=opened.view.selection)
            return
        prepared = getattr(opened, lab)

        def changed(document: Document) -> Document:
            as_it_is = getattr(document, lab) == prepared
            return document if as_it_is else replace(document, **{lab: prepared})

        if self._store.edit(label, changed):
            look = f"{lab}_lab"
            self._store.look(lab=lab, **{look: getattr(opened.view, look)})


def _randomized(experiment: Experiment) -> Experiment:
    """Return the experiment with first weights drawn at random, other ones each time."""
    seed = experiment.initializer.seed + 1
    return replace(experiment, initializer=Initializer("uniform", (("bound", 0.5),), seed))


def _with_slot(document: Document, lab: str, action: Action) -> Document:
    """Return the document with what an action changes in a calculus lab; its time starts anew."""
    slot: Any = changed_slot(getattr(document, lab), lab, action.value)
    look_name = f"{lab}_lab"
    look: Any = getattr(document.view, look_name)
    begun = {"position": 0, "approach": 0} if hasattr(look, "approach") else {"position": 0}
    look = changed_slot(look, look_name, begun | dict(action.look))
    view: Any = replace(document.view, **{look_name: look})
    return replace(document, view=view, **{lab: slot})


class _Page(QWidget):
    """The scrolled part: title, paragraphs, steps, figures, questions."""

    asked: SignalInstance = Signal(object)  # type: ignore[assignment]
    answered: SignalInstance = Signal(int)  # type: ignore[assignment]

    def __init__(self, opened: Lesson, store: Store) -> None:
        super().__init__()
        self.lesson = opened
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 12, MARGIN, 16)
        column.setSpacing(10)
        place = [info.id for info in lessons()].index(opened.id) + 1
        number = QLabel(self)
        number.setProperty("role", "muted")
        bind(number, "setText", "Lesson {0} of {1}", place, len(lessons()))
        column.addWidget(number)
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        column.addWidget(self.title)
        self._paragraphs = [LessonText(self) for _ in opened.paragraphs]
        for paragraph in self._paragraphs:
            column.addWidget(paragraph)
        self.steps = [StepRow(n, step, self) for n, step in enumerate(opened.steps, 1)]
        if self.steps:
            column.addWidget(_heading(mark("Try"), self))
        steps = QVBoxLayout()
        steps.setSpacing(0)
        column.addLayout(steps)
        for row in self.steps:
            row.asked.connect(self.asked)
            steps.addWidget(row)
        self.check: GradientCheckBox | None = None
        if "gradient_check" in opened.tools:
            names = [figure.at.name for figure in opened.figures if figure.at.name]
            self.check = GradientCheckBox(store, names[-1] if names else "", self)
            column.addWidget(self.check)
        self.rates: RateCurve | None = None
        if "learning_rate_curve" in opened.tools:
            self.rates = RateCurve(store, opened.marks, self)
            column.addWidget(self.rates)
        self.figures = FigureTable(self)
        self.figures.set_figures(opened.figures)
        if opened.figures:
            column.addWidget(_heading(mark("Figures"), self))
        column.addWidget(self.figures)
        self.figures.setVisible(bool(opened.figures))
        self.questions = [QuestionBox(question, self) for question in opened.questions]
        if self.questions:
            column.addWidget(_heading(mark("A question"), self))
        for box in self.questions:
            box.asked.connect(self.asked)
            box.answered.connect(self._tell_answered)
            column.addWidget(box)
        column.addStretch(1)
        self.reword()

    def reword(self) -> None:
        """Word everything in the language of the moment."""
        self.title.setText(worded(self.lesson.info.title))
        for paragraph, wording in zip(self._paragraphs, self.lesson.paragraphs, strict=True):
            paragraph.set_text(worded(wording))
        for row in self.steps:
            row.reword()
        for box in self.questions:
            box.reword()

    def show_progress(self, progress: Progress) -> None:
        """Show which steps are done and which figures have come out."""
        current = progress.current
        for number, row in enumerate(self.steps):
            row.show_state(number in progress.done, number == current)
        for number in range(len(self.lesson.figures)):
            reached = number in progress.reached
            self.figures.show_value(number, progress.now(number), reached)

    def _tell_answered(self) -> None:
        box = self.sender()
        if isinstance(box, QuestionBox):
            self.answered.emit(self.questions.index(box))


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setProperty("role", "heading")
    label.setContentsMargins(0, 6, 0, 0)
    bind(label, "setText", text)
    return label
