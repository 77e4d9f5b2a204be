"""Lessons: a prepared state, texts in both languages, and figures that can be computed anew.

Each lesson is one JSON file in ``resources/lessons``. What a step waits for and what a figure shows
is said in a small closed vocabulary (see ``engine.session.lesson_vocabulary``), so that a test can
recompute every figure and the panel can tick it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from engine.errors import NablaError
from engine.session.document import Document, View
from engine.session.fields import choice, damaged, flag, integer, number, record, sequence, text
from engine.session.lesson_vocabulary import (
    ACTIONS,
    CONDITIONS,
    LABS,
    LANGUAGES,
    QUANTITIES,
    SLOT_QUANTITIES,
    TOOLS,
)
from engine.session.slots import (
    DerivativeSlot,
    DescentSlot,
    SurfaceSlot,
    changed_slot,
    slot_to_json,
)
from engine.session.starting import first_experiment
from engine.session.stored_experiment import experiment_from_json
from engine.session.stored_view import view_from_json, view_to_json
from engine.training import Experiment, Phase

MOST_ITERATIONS = 10_000
"""How far the figures of the descent lab may ask."""

Wording = dict[str, str]
"""A text in each language."""

Changes = Mapping[str, object]
"""Some values of a slot, by their names."""


@dataclass(frozen=True)
class LessonInfo:
    """What a menu shows of a lesson."""

    id: str
    title: Wording
    order: int
    lab: str = "network"


@dataclass(frozen=True)
class Quantity:
    """What a figure shows: a quantity of the first sample or of all, at an iteration.

    Attributes
    ----------
    kind
        Key in ``QUANTITIES``, or in ``SLOT_QUANTITIES`` of the lab.
    iteration
        At the state after so many iterations.
    name
        Name of a parameter, as exported.
    layer, unit
        A unit, counted from 1; layer 0 is the input.
    rate
        A learning rate to try for one step.
    learning_rate
        The learning rate of the run, where it is not the lesson's.
    runner, coordinate
        In the descent lab: of which runner, and which of its coordinates, both from 1.
    changes
        In a calculus lab: what its slot has to be like, where that is not the lesson's.
    lab
        The lab that shows it; empty: the lesson's.
    """

    kind: str
    iteration: int = 0
    name: str = ""
    layer: int = 0
    unit: int = 0
    rate: float | None = None
    learning_rate: float | None = None
    runner: int = 1
    coordinate: int = 1
    changes: Changes = field(default_factory=dict)
    lab: str = ""


@dataclass(frozen=True)
class Figure:
    """A number that must come out, ``expected`` ± ``tolerance``; ``symbol`` is LaTeX."""

    name: Wording
    symbol: str
    at: Quantity
    expected: float
    tolerance: float


@dataclass(frozen=True)
class Condition:
    """What a step waits for: a key of ``CONDITIONS`` and its value."""

    kind: str
    value: float | str | bool


@dataclass(frozen=True)
class Action:
    """What a button does: a key of ``ACTIONS``, its value and its label.

    ``look`` changes how the lab is looked at, beside what ``slot`` changes.
    """

    kind: str
    value: float | str | bool | Changes
    label: Wording
    look: Changes = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """Something to try."""

    text: Wording
    done: Condition | None
    action: Action | None = None

    @property
    def lab(self) -> str:
        """The lab that it opens, and is about; empty: the lesson's own."""
        opens = self.action is not None and self.action.kind == "open"
        return str(self.action.value) if self.action is not None and opens else ""


@dataclass(frozen=True)
class Question:
    """A question with its answer."""

    question: Wording
    answer: Wording
    action: Action | None = None


@dataclass(frozen=True)
class Mark:
    """A learning rate that the curve over them marks, with what is written there."""

    at: float
    label: str


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson, read."""

    info: LessonInfo
    paragraphs: tuple[Wording, ...]
    steps: tuple[Step, ...]
    questions: tuple[Question, ...]
    figures: tuple[Figure, ...]
    tools: tuple[str, ...]
    marks: tuple[Mark, ...]
    experiment: Experiment
    view: View
    derivative: DerivativeSlot
    surface: SurfaceSlot
    descent: DescentSlot

    @property
    def id(self) -> str:
        """The lesson's stable name."""
        return self.info.id

    @property
    def document(self) -> Document:
        """A new document, as the lesson begins."""
        begun = Document.of(self.experiment, self.view, self.id)
        return replace(
            begun, derivative=self.derivative, surface=self.surface, descent=self.descent
        )


def lessons() -> tuple[LessonInfo, ...]:
    """Return all lessons in their order."""
    return tuple(lesson.info for lesson in _all())


def lesson(lesson_id: str) -> Lesson:
    """Return a lesson.

    Raises
    ------
    NablaError
        ``lesson.unknown``.
    """
    for known in _all():
        if known.id == lesson_id:
            return known
    names = ", ".join(known.id for known in _all())
    raise NablaError("lesson.unknown", id=lesson_id[:40], known=names)


@cache
def _all() -> tuple[Lesson, ...]:
    folder = files("resources").joinpath("lessons")
    found = [
        lesson_from_json(json.loads(entry.read_text(encoding="utf-8")))
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    ]
    return tuple(sorted(found, key=lambda known: known.info.order))


def lesson_from_json(content: object) -> Lesson:
    """Read a lesson from what ``json.load`` returned.

    Raises
    ------
    NablaError
        ``session.damaged``, naming the place.
    """
    fields = record(
        "lesson",
        content,
        ("id", "order", "lab", "title", "paragraphs", "state", "figures"),
        ("steps", "questions", "tools", "marks"),
    )
    name = text("id", fields["id"], 40)
    lab = choice(f"{name}.lab", fields["lab"], LABS)
    needed = ("experiment",) if lab == "network" else (lab,)
    state = record(
        f"{name}.state",
        fields["state"],
        needed,
        ("experiment", "view", "derivative", "surface", "descent"),
    )
    experiment = (
        experiment_from_json(f"{name}.state.experiment", state["experiment"])
        if "experiment" in state
        else first_experiment()
    )
    view = _view(name, lab, state.get("view", {}))
    return Lesson(
        info=LessonInfo(
            name,
            _wording(f"{name}.title", fields["title"]),
            integer(f"{name}.order", fields["order"]),
            lab,
        ),
        paragraphs=tuple(
            _wording(place, entry) for place, entry in _entries(name, fields, "paragraphs")
        ),
        steps=tuple(_step(lab, place, entry) for place, entry in _entries(name, fields, "steps")),
        questions=tuple(
            _question(lab, place, entry) for place, entry in _entries(name, fields, "questions")
        ),
        figures=tuple(
            _figure(lab, place, entry) for place, entry in _entries(name, fields, "figures")
        ),
        tools=tuple(
            choice(place, entry, TOOLS) for place, entry in _entries(name, fields, "tools")
        ),
        marks=tuple(_mark(place, entry) for place, entry in _entries(name, fields, "marks")),
        experiment=experiment,
        view=view,
        derivative=changed_slot(
            DerivativeSlot(), f"{name}.state.derivative", state.get("derivative", {})
        ),
        surface=changed_slot(SurfaceSlot(), f"{name}.state.surface", state.get("surface", {})),
        descent=changed_slot(DescentSlot(), f"{name}.state.descent", state.get("descent", {})),
    )


def _view(name: str, lab: str, content: object) -> View:
    """Read view settings; of these a lesson says only what differs."""
    usual = view_to_json(View(lab=lab))
    given = dict(record(f"{name}.state.view", content, (), usual))
    for key, value in usual.items():
        if isinstance(value, dict) and key in given:
            given[key] = value | dict(record(f"{name}.state.view.{key}", given[key], (), value))
    return view_from_json(f"{name}.state.view", usual | given)


def _entries(name: str, fields: Any, key: str) -> list[tuple[str, object]]:
    place = f"{name}.{key}"
    entries = sequence(place, fields.get(key, []), 0, 100)
    return [(f"{place}[{index}]", entry) for index, entry in enumerate(entries)]


def _wording(place: str, content: object) -> Wording:
    fields = record(place, content, LANGUAGES)
    return {language: text(place, fields[language], 2000) for language in LANGUAGES}


def _question(lab: str, place: str, content: object) -> Question:
    fields = record(place, content, ("question", "answer"), ("action",))
    return Question(
        _wording(f"{place}.question", fields["question"]),
        _wording(f"{place}.answer", fields["answer"]),
        _action(lab, f"{place}.action", fields["action"]) if "action" in fields else None,
    )


def _mark(place: str, content: object) -> Mark:
    fields = record(place, content, ("at", "label"))
    return Mark(number(f"{place}.at", fields["at"]), text(f"{place}.label", fields["label"], 40))


def _step(lab: str, place: str, content: object) -> Step:
    fields = record(place, content, ("text",), ("done", "action"))
    done = None
    if "done" in fields:
        done = Condition(*_one(f"{place}.done", fields["done"], CONDITIONS))
    return Step(
        _wording(f"{place}.text", fields["text"]),
        done,
        _action(lab, f"{place}.action", fields["action"]) if "action" in fields else None,
    )


def _action(lab: str, place: str, content: object) -> Action:
    fields = record(place, content, ("label", "do"), ("look",))
    label = _wording(f"{place}.label", fields["label"])
    do = record(f"{place}.do", fields["do"], (), ACTIONS)
    if "slot" in do:
        changes = _changes(_usual_slot(lab, place), f"{place}.do.slot", do["slot"])
        look = getattr(View(), f"{lab}_lab")
        return Action(
            "slot", changes, label, _changes(look, f"{place}.look", fields.get("look", {}))
        )
    kind, value = _one(f"{place}.do", do, ACTIONS)
    if "look" in fields:
        raise damaged(place)
    return Action(kind, value, label)


def _usual_slot(lab: str, place: str) -> object:
    match lab:
        case "derivative":
            return DerivativeSlot()
        case "surface":
            return SurfaceSlot()
        case "descent":
            return DescentSlot()
    raise damaged(place)


def _changes(slot: object, place: str, content: object) -> Changes:
    """Read some values of a slot, and make sure that it takes them."""
    changes = dict(record(place, content, (), slot_to_json(slot)))
    changed_slot(slot, place, changes)
    return changes


def _one(place: str, content: object, kinds: dict[str, str]) -> tuple[str, float | str | bool]:
    """Read an object with one field whose name says the kind of its value."""
    fields = record(place, content, (), kinds)
    if len(fields) != 1:
        raise damaged(place)
    (kind, value), *_ = fields.items()
    match kinds[kind]:
        case "number":
            return kind, number(place, value)
        case "flag":
            return kind, flag(place, value)
        case "text":
            return kind, text(place, value, 200)
        case "lab":
            return kind, choice(place, value, LABS)
    return kind, choice(place, value, [phase.value for phase in Phase])


def _figure(lab: str, place: str, content: object) -> Figure:
    fields = record(place, content, ("name", "at", "expected", "tolerance"), ("symbol",))
    return Figure(
        _wording(f"{place}.name", fields["name"]),
        text(f"{place}.symbol", fields.get("symbol", ""), 200),
        _quantity(lab, f"{place}.at", fields["at"]),
        number(f"{place}.expected", fields["expected"]),
        number(f"{place}.tolerance", fields["tolerance"]),
    )


def _quantity(lab: str, place: str, content: object) -> Quantity:
    own = ""
    if isinstance(content, dict) and "lab" in content:
        # Of another lab than the lesson's.
        lab = own = choice(f"{place}.lab", content["lab"], LABS)
        content = {key: entry for key, entry in content.items() if key != "lab"}
    if lab != "network":
        more = ("iteration", "runner", "coordinate") if lab == "descent" else ()
        fields = dict(record(place, content, ("quantity",), ("with", *more)))
        return Quantity(
            choice(f"{place}.quantity", fields["quantity"], SLOT_QUANTITIES[lab]),
            integer(f"{place}.iteration", fields.get("iteration", 0), 0, MOST_ITERATIONS),
            runner=integer(f"{place}.runner", fields.get("runner", 1), 1),
            coordinate=integer(f"{place}.coordinate", fields.get("coordinate", 1), 1),
            changes=_changes(_usual_slot(lab, place), f"{place}.with", fields.get("with", {})),
            lab=own,
        )
    fields = dict(record(place, content, ("quantity",), ("iteration", "learning_rate", *_PARTS)))
    kind = choice(f"{place}.quantity", fields["quantity"], QUANTITIES)
    record(place, fields, ("quantity", *QUANTITIES[kind]), ("iteration", "learning_rate"))
    rate = fields.get("learning_rate")
    return Quantity(
        kind,
        integer(f"{place}.iteration", fields.get("iteration", 0)),
        text(f"{place}.name", fields.get("name", ""), 40),
        integer(f"{place}.layer", fields.get("layer", 0)),
        integer(f"{place}.unit", fields.get("unit", 0)),
        number(f"{place}.rate", fields["rate"]) if "rate" in fields else None,
        None if rate is None else number(f"{place}.learning_rate", rate),
    )


_PARTS = ("name", "layer", "unit", "rate")
