"""How far somebody has come in a lesson: steps done, figures seen."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from math import isclose
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from engine.session import Document, Segment
from engine.session.lesson_figures import (
    figure_now,
    known_from,
    lab_of,
    same_formula,
    slot_on_screen,
    value,
)
from engine.session.lesson_vocabulary import SLOT_QUANTITIES
from engine.session.lessons import Condition, Lesson
from engine.training import Phase
from gui.state.store import Store

if TYPE_CHECKING:
    from engine.session import descent
    from engine.session.derivative import Study, Subject
    from engine.session.slots import DerivativeSlot, DescentSlot, SurfaceSlot

SAME_RATE = 1e-6
"""Learning rates that differ by less, relatively, are the same."""
STEEPEST, LEVEL, FLAT = 0.9995, 0.02, 0.25
"""Shares of the steepest slope, and the length of a gradient, that count as found by hand."""
SAME_PLACE = 0.005
"""A point that was dragged so close to where it belongs is there."""
LEVEL_SLOPE = 0.05
"""A slope that the hand can hardly make smaller."""


# The calculus behind a lab is loaded when one of its lessons asks.


def _study(slot: DerivativeSlot) -> Study:
    from engine.session.derivative import study

    return study(slot)


def _subject(expression: str) -> Subject:
    from engine.session.derivative import subject

    return subject(expression)


def _descents(slot: DescentSlot) -> descent.Study:
    from engine.session.descent import study

    return study(slot)


def _surface_value(slot: SurfaceSlot, name: str) -> float:
    from engine.session.surface_figures import surface_value

    return surface_value(slot, name)


class Progress:
    """Follows store and player through one lesson; what was done stays done until a restart."""

    def __init__(self, lesson: Lesson, store: Store, is_playing: Callable[[], bool]) -> None:
        self.lesson = lesson
        self._store = store
        self._is_playing = is_playing
        self.done: set[int] = set()
        self.reached: set[int] = set()
        self.answered: set[int] = set()
        # The lab that the step is about that is looked at.
        self._lab = lesson.info.lab
        self._before: Document | None = None
        self._values: WeakKeyDictionary[Segment, dict[int, float | None]] = WeakKeyDictionary()

    def update(self) -> None:
        """Look at the moment: which steps are done by now, which figures have come out."""
        before, document = self._before, self._store.document
        went_back = (
            before is not None
            and before.cursor.run == document.cursor.run
            and (document.cursor.iteration, document.cursor.micro)
            < (before.cursor.iteration, before.cursor.micro)
        )
        self._before = document
        for number, step in enumerate(self.lesson.steps):
            if number in self.done or step.done is None:
                continue
            if step.lab and step.lab != document.view.lab:
                continue
            self._lab = step.lab or self.lesson.info.lab
            if went_back if step.done.kind == "went_back" else self._holds(step.done):
                self.done.add(number)
        for number, figure in enumerate(self.lesson.figures):
            if number in self.reached:
                continue
            rate = figure.at.rate
            now = self.now(number) if rate is None or self._has_rate(rate) else None
            if now is not None and abs(now - figure.expected) <= figure.tolerance:
                self.reached.add(number)

    @property
    def current(self) -> int | None:
        """Number of the first step that is not done; None if all are."""
        open_steps = (n for n in range(len(self.lesson.steps)) if n not in self.done)
        return next(open_steps, None)

    def now(self, number: int) -> float | None:
        """Return a figure's value in the run on screen; None while it is not known yet."""
        figure = self.lesson.figures[number]
        if lab_of(self.lesson, figure) in SLOT_QUANTITIES:
            return figure_now(self.lesson, figure, self._store.document)
        at, document = figure.at, self._store.document
        run, cursor = document.active, document.cursor
        if at.learning_rate is not None and not self._has_rate(at.learning_rate):
            return None
        if at.kind == "last_iteration":
            stop = self._store.history.stop(run)
            return None if stop is None else float(stop.iteration)
        if cursor.iteration < at.iteration:
            return None
        segment = run.segment(at.iteration)
        training, state = segment.training, self._store.history.state(run, at.iteration)
        try:
            here = cursor.iteration == at.iteration and at.kind != "loss_after_step"
            if here and cursor.micro < known_from(at, training, state):
                return None
            known = self._values.setdefault(segment, {})
            if number not in known:
                # Of a step with another rate the loss at the rate on screen is shown.
                asked = replace(at, rate=None)
                known[number] = value(asked, training, state, self.lesson.view.notation)
        except (ValueError, IndexError):
            # The network was edited, and has no such neuron any more.
            return None
        return known[number]

    def _has_rate(self, rate: float) -> bool:
        return isclose(self._store.experiment.learning_rate, rate, rel_tol=SAME_RATE)

    def _holds(self, condition: Condition) -> bool:
        return _HOLDS[condition.kind](self, condition.value)

    def _phase_done(self, phase: object) -> bool:
        document, moment = self._store.document, self._store.moment
        if document.cursor.iteration > 0:
            return True
        known, widths = moment.known, document.experiment.architecture.widths[1:]
        match phase:
            case Phase.FORWARD:
                return known.activations == widths
            case Phase.LOSS:
                return known.loss
            case Phase.OUTPUT_ERROR:
                return known.deltas[-1] == widths[-1]
            case Phase.ERROR:
                return known.deltas == widths
            case Phase.GRADIENT:
                return known.gradients == widths
        return all(known.updated)

    def _accuracy(self, least: object) -> bool:
        accuracy = self._store.moment.state.accuracy
        return accuracy is not None and accuracy >= float(str(least))

    def _stopped(self) -> bool:
        document = self._store.document
        stop = self._store.history.stop(document.active)
        return stop is not None and document.cursor.iteration >= stop.iteration

    @property
    def _loss(self) -> float:
        return self._store.moment.state.loss

    # ---------------------------------------------------------------------- the calculus labs

    @property
    def _slot(self) -> Any:
        return slot_on_screen(self._lab, self._store.document)

    @property
    def _look(self) -> Any:
        return getattr(self._store.view, f"{self._lab}_lab")

    def _share_of_steepest(self) -> float:
        """How steep the direction on the dial is, as a share of the steepest one."""
        norm = _surface_value(self._slot, "gradient_norm")
        return _surface_value(self._slot, "directional") / norm if norm else math.nan

    def _derived(self) -> bool:
        """Whether the derivation has come to its end."""
        if self._lab != "derivative":
            return False
        first = _subject(self._slot.expression).first
        return first is not None and self._look.position >= len(first.steps)

    def _all_stopped(self) -> bool:
        """Whether nobody has a further step, a few having been made."""
        iteration = self._look.iteration
        return iteration > 0 and _descents(self._slot).ends_by(iteration)


_HOLDS: dict[str, Callable[[Progress, Any], bool]] = {
    "iteration": lambda p, n: p._store.document.cursor.iteration >= n,
    "phase": Progress._phase_done,
    "played": lambda p, _: p._is_playing(),
    "went_back": lambda p, _: False,
    "selected": lambda p, _: p._store.view.selection is not None,
    "initializer_changed": lambda p, _: (
        p._store.experiment.initializer != p.lesson.experiment.initializer
    ),
    "without_slope": lambda p, on: p._store.experiment.error_without_slope == on,
    "learning_rate": lambda p, rate: p._has_rate(rate),
    "loss_below": lambda p, loss: p._loss < loss,
    "loss_above": lambda p, loss: p._loss > loss,
    "accuracy": Progress._accuracy,
    "stopped": lambda p, _: p._stopped(),
    "asked": lambda p, number: number in p.answered,
    "expression": lambda p, text: same_formula(p._slot.expression, text),
    "point": lambda p, a: isclose(p._slot.point, a, rel_tol=SAME_PLACE, abs_tol=SAME_PLACE),
    "moved": lambda p, _: p._slot.point != getattr(p.lesson, p._lab).point,
    "step_below": lambda p, h: abs(p._slot.step) <= h * (1 + SAME_RATE),
    "approach": lambda p, n: p._look.time != "rules" and p._look.approach >= n,
    "position": lambda p, n: p._look.position >= n,
    "derived": lambda p, _: p._derived(),
    "level": lambda p, _: abs(_study(p._slot).slope) < LEVEL_SLOPE,
    "time": lambda p, key: p._look.time == key,
    "shown": lambda p, key: key in p._slot.shown,
    "rule": lambda p, key: p._slot.rule == key,
    "parts": lambda p, n: p._slot.parts >= n,
    "end": lambda p, b: isclose(p._slot.end, b, rel_tol=SAME_PLACE, abs_tol=SAME_PLACE),
    "steps_done": lambda p, n: p._look.iteration >= n,
    "step_inside": lambda p, _: p._look.inside and p._look.micro > 0,
    "started_elsewhere": lambda p, _: p._slot.start != p.lesson.descent.start,
    "blindfold": lambda p, on: p._look.blindfold == on,
    "function": lambda p, key: p._slot.function == key,
    "runners": lambda p, n: len(p._slot.runners) >= n,
    "all_stopped": lambda p, _: p._all_stopped(),
    "runner_rate": lambda p, rate: any(
        isclose(runner.learning_rate, rate, rel_tol=SAME_RATE) for runner in p._slot.runners
    ),
    "nudged": lambda p, number: p._slot.nudged == number,
    "nudge_below": lambda p, h: abs(p._slot.nudge) <= h * (1 + SAME_RATE),
    "remainder_below": lambda p, most: abs(_surface_value(p._slot, "remainder")) <= most,
    "steepest": lambda p, _: p._share_of_steepest() >= STEEPEST,
    "along_level": lambda p, _: abs(p._share_of_steepest()) <= LEVEL,
    "critical": lambda p, _: _surface_value(p._slot, "gradient_norm") <= FLAT,
}
"""How to tell each condition of ``engine.session.lesson_vocabulary.CONDITIONS``."""
