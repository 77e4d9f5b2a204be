"""Lessons: a prepared state, texts in both languages, and figures that can be computed anew.

Each lesson is one JSON file in ``resources/lessons``. What a step waits for and what a figure shows
is said in a small closed vocabulary (see ``engine.session.lesson_figures``), so that a test can
recompute every figure and the panel can tick it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from engine.errors import NablaError
from engine.session.document import Document, View
from engine.session.fields import choice, damaged, flag, integer, number, record, sequence, text
from engine.session.stored_experiment import experiment_from_json
from engine.session.stored_view import view_from_json, view_to_json
from engine.training import Experiment, Phase

LANGUAGES = ("en", "zh_CN")
LABS = ("network",)
TOOLS = ("gradient_check", "learning_rate_curve")
"""What a lesson may put into its panel, besides texts and figures."""

QUANTITIES: dict[str, tuple[str, ...]] = {
    "loss": (),
    "test_loss": (),
    "accuracy": (),
    "test_accuracy": (),
    "parameter": ("name",),
    "gradient": ("name",),
    "pre_activation": ("layer", "unit"),
    "activation": ("layer", "unit"),
    "error": ("layer", "unit"),
    "loss_after_step": ("rate",),
    "slope_ratio": ("name",),
    "micro_steps": (),
    "last_iteration": (),
}
"""What a figure can show, and what more it has to say for that."""

CONDITIONS: dict[str, str] = {
    "iteration": "number",
    "phase": "phase",
    "played": "flag",
    "went_back": "flag",
    "selected": "flag",
    "initializer_changed": "flag",
    "without_slope": "flag",
    "learning_rate": "number",
    "loss_below": "number",
    "loss_above": "number",
    "accuracy": "number",
    "stopped": "flag",
    "asked": "number",
}
"""What a step can wait for, and the kind of value that goes with it."""

ACTIONS: dict[str, str] = {
    "randomize": "flag",
    "learning_rate": "number",
    "restart": "flag",
}
"""What a button in a step does."""

Wording = dict[str, str]
"""A text in each language."""


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
        Key in ``QUANTITIES``.
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
    """

    kind: str
    iteration: int = 0
    name: str = ""
    layer: int = 0
    unit: int = 0
    rate: float | None = None
    learning_rate: float | None = None


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
    """What a button does: a key of ``ACTIONS``, its value and its label."""

    kind: str
    value: float | bool
    label: Wording


@dataclass(frozen=True)
class Step:
    """Something to try."""

    text: Wording
    done: Condition | None
    action: Action | None = None


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

    @property
    def id(self) -> str:
        """The lesson's stable name."""
        return self.info.id

    @property
    def document(self) -> Document:
        """A new document, as the lesson begins."""
        return Document.of(self.experiment, self.view, self.id)


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
    state = record(f"{name}.state", fields["state"], ("experiment",), ("view",))
    # Of the view a lesson says only what differs.
    view = view_to_json(View()) | dict(
        record(f"{name}.view", state.get("view", {}), (), view_to_json(View()))
    )
    return Lesson(
        info=LessonInfo(
            name,
            _wording(f"{name}.title", fields["title"]),
            integer(f"{name}.order", fields["order"]),
            choice(f"{name}.lab", fields["lab"], LABS),
        ),
        paragraphs=tuple(
            _wording(place, entry) for place, entry in _entries(name, fields, "paragraphs")
        ),
        steps=tuple(_step(place, entry) for place, entry in _entries(name, fields, "steps")),
        questions=tuple(
            _question(place, entry) for place, entry in _entries(name, fields, "questions")
        ),
        figures=tuple(_figure(place, entry) for place, entry in _entries(name, fields, "figures")),
        tools=tuple(
            choice(place, entry, TOOLS) for place, entry in _entries(name, fields, "tools")
        ),
        marks=tuple(_mark(place, entry) for place, entry in _entries(name, fields, "marks")),
        experiment=experiment_from_json(f"{name}.state.experiment", state["experiment"]),
        view=view_from_json(f"{name}.state.view", view),
    )


def _entries(name: str, fields: Any, key: str) -> list[tuple[str, object]]:
    place = f"{name}.{key}"
    entries = sequence(place, fields.get(key, []), 0, 100)
    return [(f"{place}[{index}]", entry) for index, entry in enumerate(entries)]


def _wording(place: str, content: object) -> Wording:
    fields = record(place, content, LANGUAGES)
    return {language: text(place, fields[language], 2000) for language in LANGUAGES}


def _question(place: str, content: object) -> Question:
    fields = record(place, content, ("question", "answer"), ("action",))
    return Question(
        _wording(f"{place}.question", fields["question"]),
        _wording(f"{place}.answer", fields["answer"]),
        _action(f"{place}.action", fields["action"]) if "action" in fields else None,
    )


def _mark(place: str, content: object) -> Mark:
    fields = record(place, content, ("at", "label"))
    return Mark(number(f"{place}.at", fields["at"]), text(f"{place}.label", fields["label"], 40))


def _step(place: str, content: object) -> Step:
    fields = record(place, content, ("text",), ("done", "action"))
    done = None
    if "done" in fields:
        done = Condition(*_one(f"{place}.done", fields["done"], CONDITIONS))
    return Step(
        _wording(f"{place}.text", fields["text"]),
        done,
        _action(f"{place}.action", fields["action"]) if "action" in fields else None,
    )


def _action(place: str, content: object) -> Action:
    fields = record(place, content, ("label", "do"))
    kind, value = _one(f"{place}.do", fields["do"], ACTIONS)
    if isinstance(value, str):
        raise damaged(place)
    return Action(kind, value, _wording(f"{place}.label", fields["label"]))


def _one(place: str, content: object, kinds: dict[str, str]) -> tuple[str, float | str | bool]:
    """Read an object with one field whose name says the kind of its value."""
    fields = record(place, content, (), kinds)
    if len(fields) != 1:
        raise damaged(place)
    (kind, value), *_ = fields.items()
    if kinds[kind] == "number":
        return kind, number(place, value)
    if kinds[kind] == "flag":
        return kind, flag(place, value)
    return kind, choice(place, value, [phase.value for phase in Phase])


def _figure(place: str, content: object) -> Figure:
    fields = record(place, content, ("name", "at", "expected", "tolerance"), ("symbol",))
    return Figure(
        _wording(f"{place}.name", fields["name"]),
        text(f"{place}.symbol", fields.get("symbol", ""), 200),
        _quantity(f"{place}.at", fields["at"]),
        number(f"{place}.expected", fields["expected"]),
        number(f"{place}.tolerance", fields["tolerance"]),
    )


def _quantity(place: str, content: object) -> Quantity:
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
