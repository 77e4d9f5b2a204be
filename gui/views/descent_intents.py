"""What a user can do in the descent lab: every gesture of every view ends in one of these."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from engine.descent.optimizers import ALL
from engine.descent.races import Tuned, tune
from engine.descent.rule import Search
from engine.errors import NablaError
from engine.session.descent import Study, chosen, iteration_of, study, study_of, subject
from engine.session.descent_network import segment_of
from engine.session.rates import usual_rate
from engine.session.runners import COLOURS, MOST_RUNNERS, Runner
from gui.i18n import tr
from gui.state.store import Aspect, Store
from gui.views.height_field import nice_step

SLOT, LOOK = "descent", "descent_lab"
PATIENCE = 0.008
"""Seconds that descents may take while the start is dragged; the rest follows at the end."""
TUNING_STEPS, TUNING_BUDGET = 200, 30

Frame = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tuning:
    """What the search for learning rates has found, one entry a runner that has one."""

    results: tuple[tuple[Runner, Tuned], ...]
    steps: int
    budget: int


class Intents:
    """Turns gestures into edits of the document."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def study(self) -> Study:
        """What the lab shows now."""
        return study_of(self.store.document)

    def _changed(self, **changes: object) -> Study:
        """What the lab would show with another slot."""
        document = self.store.document
        slot = replace(document.descent, **changes)  # type: ignore[arg-type]
        return study(slot, segment_of(document))

    @property
    def iteration(self) -> int:
        """The iteration on screen."""
        return iteration_of(self.store.view.descent_lab)

    @property
    def runner(self) -> int:
        """Number of the runner that is explained; −1: none."""
        return chosen(self.study, self.store.view.descent_lab)

    @property
    def frame(self) -> Frame:
        """Left, right, bottom and top of what is shown."""
        look = self.store.view.descent_lab.frame
        if len(look) == 4 and look[0] < look[1] and look[2] < look[3]:
            return look[0], look[1], look[2], look[3]
        return usual_frame(self.study)

    # --------------------------------------------------------------------------- the start

    def move(self, x: float, y: float = 0.0) -> None:
        """Move the start; a whole drag is one edit, in a frame that stays."""
        if not self.store.view.descent_lab.frame and self._outside:
            self.set_frame(self.frame)
        self._start((x, y)[: len(self.study.subject.names)])

    def set_coordinate(self, index: int, value: float) -> None:
        """Give one coordinate of the start another value."""
        start = list(self.study.start)
        start[index] = value
        self._start(tuple(start))

    def move_by(self, right: int, up: int) -> None:
        """Move the start by steps of the floor."""
        left, rightmost, bottom, top = self.frame
        steps = (right * nice_step(left, rightmost, 60), up * nice_step(bottom, top, 60))
        start = self.study.start
        self._start(tuple(_tidy(a + b) for a, b in zip(start, steps, strict=False)))

    @property
    def _outside(self) -> bool:
        own = self.study
        spans = zip(own.start, own.subject.domain, strict=True)
        return any(not low <= at <= high for at, (low, high) in spans)

    def _start(self, start: tuple[float, ...]) -> None:
        if not all(map(math.isfinite, start)):
            return
        # Computed before anybody draws it, as far as there is time in a frame.
        self._changed(start=start).reach(self.iteration, PATIENCE)
        self.store.edit_slot(tr("Move the start"), SLOT, (SLOT, "start"), start=start)

    def release(self) -> None:
        """The gesture has ended."""
        self.store.end_merge()

    # -------------------------------------------------------------------------- the function

    def choose(self, key: str) -> None:
        """Descend a function of the table, from where it is worth watching."""
        known = subject(key).function
        assert known is not None
        self._other(function=key, expression="", start=known.start, plane=())

    def type(self, text: str) -> None:
        """Descend another function, as typed; the start stays where it is."""
        own = subject("", text)
        now = self.study
        start = (*now.start, 2.0)[: len(own.names)]
        frame = self.store.view.descent_lab.frame
        same = len(own.names) == len(now.subject.names) and now.ground is None
        self.look(iteration=0, micro=0, frame=frame if same else ())
        label, key = tr("Change the function"), (SLOT, "expression")
        changes = {"function": "", "expression": text, "start": start, "plane": ()}
        self.store.edit_slot(label, SLOT, key, **changes)

    def _other(self, **changes: object) -> None:
        self.look(iteration=0, micro=0, frame=())
        self.store.edit_slot(tr("Choose a function"), SLOT, **changes)

    # --------------------------------------------------------------------------- the runners

    def add(self) -> None:
        """Let one more optimizer run: the next in the table that does not run yet."""
        runners = self._runners
        if len(runners) >= MOST_RUNNERS:
            return
        running = {runner.optimizer for runner in runners}
        fitting = [key for key in ALL if _takes(key, self.study)]
        key = next((key for key in fitting if key not in running), "gradient_descent")
        rate = usual_rate(key, self.study)
        self._put((*runners, Runner(key, (), rate, colour=_free_colour(runners))), len(runners))

    def duplicate(self) -> None:
        """Let a copy of the chosen runner run, to be changed."""
        runners, number = self._runners, self.runner
        if number >= 0 and len(runners) < MOST_RUNNERS:
            copy = replace(runners[number], colour=_free_colour(runners))
            self._put((*runners[: number + 1], copy, *runners[number + 1 :]), number + 1)

    def remove(self) -> None:
        """Take the chosen runner out."""
        runners, number = self._runners, self.runner
        if number >= 0:
            left = (*runners[:number], *runners[number + 1 :])
            self._put(left, min(number, len(left) - 1))

    def pick(self, number: int) -> None:
        """Explain another runner."""
        if number != self.runner:
            self.look(runner=number, micro=0)

    def change(self, label: str, merge_key: object = None, **changes: object) -> None:
        """Change the chosen runner.

        Raises
        ------
        NablaError
            A number is out of bounds.
        """
        number = self.runner
        if number >= 0:
            runner = replace(self._runners[number], **changes)  # type: ignore[arg-type]
            self._replace(label, number, runner, merge_key)

    def check(self, **changes: object) -> None:
        """Raise what ``change`` would raise."""
        number = self.runner
        if number >= 0:
            assert replace(self._runners[number], **changes).method is not None  # type: ignore[arg-type]

    def choose_optimizer(self, key: str) -> None:
        """Let the chosen runner run by another optimizer; its usual rate comes with it."""
        number = self.runner
        if number < 0 or self._runners[number].optimizer == key:
            return
        if not _takes(key, self.study):
            self.store.refused.emit(_too_many(key, self.study))
            self.store.changed.emit(Aspect.SLOTS)
            return
        runner = self._runners[number].with_optimizer(key)
        rate = usual_rate(key, self.study)
        self._replace(tr("Optimizer"), number, replace(runner, learning_rate=rate))

    def show(self, number: int, visible: bool) -> None:
        """Draw a runner, or leave it out."""
        runner = replace(self._runners[number], visible=visible)
        self._replace(tr("Show or hide a runner"), number, runner)

    def tune(self, only: int | None = None) -> Tuning:
        """Look for the best learning rate of each runner, or of one, on this very function."""
        own = self.study
        found: list[tuple[Runner, Tuned]] = []
        runners = list(self._runners)
        for number, runner in enumerate(runners):
            if runner.searches or only not in (None, number):
                continue
            result = tune(own.objective, own.origin, runner.method, TUNING_STEPS, TUNING_BUDGET)
            rate = float(f"{result.method.learning_rate:.3g}")
            runners[number] = replace(runner, learning_rate=rate)
            found.append((runners[number], result))
        self._put(tuple(runners), self.runner, tr("Tune the learning rates"))
        return Tuning(tuple(found), TUNING_STEPS, TUNING_BUDGET)

    @property
    def _runners(self) -> tuple[Runner, ...]:
        return self.store.document.descent.runners

    def _replace(self, label: str, number: int, runner: Runner, merge_key: object = None) -> None:
        assert runner.method is not None
        runners = list(self._runners)
        runners[number] = runner
        self._changed(runners=tuple(runners)).reach(self.iteration, PATIENCE)
        self.store.edit_slot(label, SLOT, merge_key, runners=tuple(runners))

    def _put(self, runners: tuple[Runner, ...], number: int, label: str = "") -> None:
        self._changed(runners=runners).reach(self.iteration, PATIENCE)
        self.store.edit_slot(label or tr("Change the runners"), SLOT, runners=runners)
        self.look(runner=max(number, 0), micro=0)

    # -------------------------------------------------------------------------------- others

    def set_noise(self, deviation: float) -> None:
        """Blur the gradients."""
        self._noise(noise=deviation)

    def set_seed(self, seed: int) -> None:
        """Blur them with other random numbers."""
        self._noise(seed=int(seed))

    def _noise(self, **changes: object) -> None:
        self._changed(**changes).reach(self.iteration, PATIENCE)
        self.store.edit_slot(tr("Change the noise"), SLOT, (SLOT, *changes), **changes)

    def set_frame(self, frame: Frame | None) -> None:
        """Show another part of the plane; None: the usual one."""
        self.look(frame=frame or ())

    def look(self, **changes: object) -> None:
        """Look at it another way."""
        self.store.look_in(LOOK, **changes)


def usual_frame(own: Study) -> Frame:
    """The part of the plane to look at first; a start outside of it makes it larger."""
    (left, right), *others = own.subject.domain
    bottom, top = others[0] if others else (0.0, 0.0)
    spans = []
    for (low, high), at in zip(((left, right), (bottom, top)), (*own.start, 0.0), strict=False):
        margin = 0.1 * (high - low)
        inside = low <= at <= high
        spans += [low, high] if inside else [min(low, at - margin), max(high, at + margin)]
    return spans[0], spans[1], spans[2], spans[3]


def _free_colour(runners: tuple[Runner, ...]) -> int:
    taken = {runner.colour for runner in runners}
    return next((c for c in range(COLOURS) if c not in taken), len(runners) % COLOURS)


def _takes(key: str, own: Study) -> bool:
    """Whether an optimizer can take so many coordinates."""
    most = _most(key)
    return most is None or len(own.origin) <= most


def _most(key: str) -> int | None:
    entry = ALL[key]
    return entry.most_dimensions if isinstance(entry, Search) else None


def _too_many(key: str, own: Study) -> NablaError:
    return NablaError(
        "descent.too_many_dimensions",
        name=ALL[key].label,
        given=len(own.origin),
        most=_most(key),
    )


def _tidy(value: float) -> float:
    return float(f"{value:.10g}")


__all__ = ["LOOK", "SLOT", "Frame", "Intents", "Tuning", "usual_frame"]
