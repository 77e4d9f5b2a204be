"""Tips for the first launch: small balloons that point at one thing after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from engine.numbers import shown
from engine.session import Document
from engine.session.lessons import lesson
from gui import i18n
from gui.balloon import Balloon
from gui.i18n import mark, tr
from gui.state import settings
from gui.state.player import Player
from gui.state.store import Store

NEVER = "coach/never"
FIRST_LESSON = "backprop-by-hand"
LOSS_DIGITS = 7


@dataclass(frozen=True)
class Tip:
    """One balloon.

    Attributes
    ----------
    target
        Key of the widget that it points at.
    text
        What it says.
    done
        ``done(coach, document when it appeared)``: whether the user has done it.
    figure
        A large line above the text.
    """

    target: str
    text: str
    done: Callable[[Coach, Document], bool]
    figure: Callable[[Coach], str] | None = None


class Coach(QObject):
    """Leads through the first steps; a tip goes on when the user does what it says.

    Parameters
    ----------
    window
        Holds the balloons.
    targets
        What tips point at: step, play, canvas, loss, surface, derivation, learning_rate, export.
    """

    def __init__(
        self, store: Store, player: Player, window: QWidget, targets: dict[str, QWidget]
    ) -> None:
        super().__init__(window)
        self.store = store
        self.player = player
        self._window = window
        self._targets = targets
        self._number: int | None = None
        self._start: Document = store.document
        self._watched: list[QWidget] = []
        self.balloon = Balloon(window)
        self.balloon.next_pressed.connect(self._advance)
        self.balloon.skipped.connect(self.stop)
        self.balloon.never_changed.connect(self._remember)
        # After the change has reached all views, so that they have their new place and size.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._look)
        store.changed.connect(self._on_event)
        player.playing_changed.connect(self._on_event)
        i18n.notifier.changed.connect(self._word)

    @property
    def tip(self) -> Tip | None:
        """The tip on screen."""
        return None if self._number is None else TIPS[self._number]

    def start_if_first_launch(self) -> None:
        """Begin, unless that was done to the end, or was not wanted any more."""
        # The tips speak of this very network, with or without the lesson's panel beside it.
        first = lesson(FIRST_LESSON).document.experiment
        if settings.flag(NEVER) or self.store.experiment != first:
            return
        # The window has to be laid out first.
        QTimer.singleShot(0, self, self.restart)

    def restart(self) -> None:
        """Begin with the first tip."""
        self.balloon.set_never(settings.flag(NEVER))
        self._show(0)

    def stop(self) -> None:
        """Take the tips away."""
        self._number = None
        self._watch(None)
        self.balloon.hide()

    # ------------------------------------------------------------------------------ the chain

    def _show(self, number: int) -> None:
        """Show a tip, or the first one after it whose target is on screen."""
        while number < len(TIPS) and not self._is_shown(TIPS[number]):
            number += 1
        if number == len(TIPS):
            self._finish()
            return
        self._number = number
        self._start = self.store.document
        self._word()
        self._watch(self._targets[TIPS[number].target])
        self.balloon.present()
        self._place()

    def _is_shown(self, tip: Tip) -> bool:
        target = self._targets.get(tip.target)
        return target is not None and target.isVisible()

    def _advance(self) -> None:
        if self._number is not None:
            self._show(self._number + 1)

    def _finish(self) -> None:
        settings.remember(NEVER, True)
        self.stop()

    def _remember(self, never: bool) -> None:
        settings.remember(NEVER, never)

    def _on_event(self, _: object) -> None:
        if self._number is not None:
            self._later.start()

    def _look(self) -> None:
        """Go on if the user has done what the tip says; what comes next may be done as well."""
        tip = self.tip
        if tip is None:
            return
        if tip.done(self, self._start):
            self._advance()
            return
        document = self.store.document
        if document.segment.training is not self._start.segment.training:
            # Other rules, as when η is dragged on: what comes is compared with that from now on.
            self._start = document
        self._word()

    def _word(self) -> None:
        tip = self.tip
        if tip is None or self._number is None:
            return
        figure = "" if tip.figure is None else tip.figure(self)
        last = self._number == len(TIPS) - 1
        self.balloon.say(tr(tip.text), figure, self._number + 1, len(TIPS), last)
        self._place()

    # ------------------------------------------------------------------------------ its place

    def _place(self) -> None:
        tip = self.tip
        if tip is not None:
            self.balloon.point_at(self._targets[tip.target])

    def _watch(self, target: QWidget | None) -> None:
        """Follow a widget, and all that it lies in, when they move or change their size."""
        for widget in self._watched:
            widget.removeEventFilter(self)
        self._watched = []
        while target is not None:
            self._watched.append(target)
            target = None if target is self._window else target.parentWidget()
        if self._watched and self._window not in self._watched:
            self._watched.append(self._window)
        for widget in self._watched:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isValid(self._window):
            # The window is going, and its children hide one after the other.
            return False
        kind = event.type()
        if watched is self._window and isinstance(event, QKeyEvent):
            return self._key(event)
        if kind in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._later.start()
            self._place()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        """Take Esc, before the window's shortcut does."""
        if event.key() != Qt.Key.Key_Escape or not self.balloon.isVisible():
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self.stop()
        return True


def _moved(coach: Coach, start: Document) -> bool:
    return coach.store.document.cursor != start.cursor


def _loss_known(coach: Coach, start: Document) -> bool:
    del start
    return coach.store.moment.known.loss


def _errors_known(coach: Coach, start: Document) -> bool:
    if coach.store.document.cursor.iteration > start.cursor.iteration:
        return True
    widths = coach.store.experiment.architecture.widths[1:]
    return coach.store.moment.known.deltas == widths


def _updated(coach: Coach, start: Document) -> bool:
    return coach.store.document.cursor.iteration > start.cursor.iteration


def _playing(coach: Coach, start: Document) -> bool:
    del start
    return coach.player.is_playing


def _rate_changed(coach: Coach, start: Document) -> bool:
    return coach.store.experiment.learning_rate != start.experiment.learning_rate


def _weights_moved(coach: Coach, start: Document) -> bool:
    """Whether parameters were edited: another state begins a segment, under the same rules."""
    now = coach.store.document.segment
    return now.training is start.segment.training and now.state is not start.segment.state


def _by_button(coach: Coach, start: Document) -> bool:
    del coach, start
    return False


def _loss(coach: Coach) -> str:
    """The loss of the iteration in work."""
    return shown(coach.store.moment.trace.batch_loss, LOSS_DIGITS)


def _known_loss(coach: Coach) -> str:
    return _loss(coach) if coach.store.moment.known.loss else ""


def _before_and_after(coach: Coach) -> str:
    run, iteration = coach.store.document.active, coach.store.document.cursor.iteration
    before, after = (
        shown(coach.store.history.state(run, i).loss, LOSS_DIGITS)
        for i in (max(iteration - 1, 0), iteration)
    )
    return f"{before} → {after}"


TIPS: tuple[Tip, ...] = (
    Tip(
        "step",
        mark("Press →. Each press computes one thing and shows where it comes from."),
        _moved,
    ),
    Tip(
        "canvas",
        mark("The numbers flow forward. Go on with → until the loss is known."),
        _loss_known,
    ),
    Tip(
        "derivation",
        mark(
            "That is the loss: how far off the prediction is. "
            "Every number is derived here. Go on with →."
        ),
        _moved,
        _known_loss,
    ),
    Tip(
        "canvas",
        mark("Now the error goes back, over the same connections. Follow it with →."),
        _errors_known,
    ),
    Tip(
        "canvas",
        mark(
            "From errors come gradients, and from gradients the update: "
            "old and new weights stand side by side. Go on with →."
        ),
        _updated,
    ),
    Tip("loss", mark("One iteration, and the loss has changed."), _by_button, _before_and_after),
    Tip("play", mark("Let it run: press Space, or click here."), _playing),
    Tip(
        "learning_rate",
        mark("Drag the learning rate η: how far each step goes. Too far, and the loss explodes."),
        _rate_changed,
    ),
    Tip(
        "surface",
        mark("This is the loss over the weights. Drag the ball, and the network changes with it."),
        _weights_moved,
    ),
    Tip("export", mark("Every view can be exported: PNG, SVG, PDF, CSV."), _by_button),
)
