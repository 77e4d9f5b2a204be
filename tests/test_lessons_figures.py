"""Every figure of every lesson is computed anew and comes out; the texts speak of no other."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from engine.errors import NablaError
from engine.session.lesson_figures import MOST_ITERATIONS, figure_value, figures, known_from
from engine.session.lessons import Lesson, lesson, lesson_from_json, lessons
from engine.training import Training

IDS = (
    "backprop-by-hand",
    "neuron-by-neuron",
    "learning-rate",
    "training-loop",
    "logistic-regression",
)

PLAN = {
    "network": ("why-calculus", *IDS),
    "derivative": (
        "instantaneous-velocity",
        "slope-of-a-line",
        "slope-of-a-parabola",
        "derivative-definition",
        "when-the-limit-fails",
        "table-of-derivatives",
        "rules",
        "differential",
        "integral",
        "tangent-line",
    ),
    "surface": (
        "partial-derivatives",
        "partials-of-n-variables",
        "total-differential",
        "tangent-plane",
        "directional-derivative",
        "gradient-on-a-hill",
    ),
    "descent": ("downhill-blindfolded", "descent-on-a-curve", "descent-on-a-surface"),
}
ALL = tuple(info.id for info in lessons())

# The figures that the project has promised, by lesson: (quantity as in the lesson's file, value).
# They were computed independently of the program, six digits and more.
PROMISED: dict[str, dict[str, float]] = {
    "backprop-by-hand": {
        "activation 1 1 at 0": 60,
        "activation 2 1 at 0": 180,
        "loss at 0": 7200,
        "error 2 1 at 0": 120,
        "gradient w2_11 at 0": 7200,
        "gradient w1_11 at 0": 4800,
        "gradient w1_21 at 0": 9600,
        "parameter w2_11 at 1": 0.928,
        "parameter w1_11 at 1": 0.452,
        "parameter w1_21 at 1": 0.404,
        "activation 1 1 at 1": 50.4,
        "activation 2 1 at 1": 140.3136,
        "loss at 1": 3225.137172,
    },
    "neuron-by-neuron": {
        "activation 3 1 at 0": 0.567325,
        "error 3 1 at 0": 0.432675,
        "error 2 1 at 0": 0.074345,
        "error 2 2 at 0": -0.031862,
        "error 1 1 at 0": 0.008976,
        "parameter w3_11 at 1": 0.732652,
        "parameter w1_11 at 1": 0.201078,
        "loss at 0": 0.093604,
        "loss at 1": 0.089772,
        "slope_ratio w1_11 at 0": 17.35,
    },
    "learning-rate": {
        f"loss_after_step {1 / 28800:.6g} at 0": 0,
        f"loss_after_step {1 / 6000:.6g} at 0": 0,
        f"loss_after_step {29 / 144000:.6g} at 0": 7200,
        "loss at 1, η 0.0002": 6525.389,
        "loss at 2, η 0.0002": 105139.6,
    },
    "training-loop": {},
    "logistic-regression": {"loss at 0": 0.693147},
}


def described(given: Lesson) -> dict[str, float]:
    """The figures of a lesson by a short description, with what the lesson expects."""
    result = {}
    for figure in given.figures:
        at = figure.at
        parts = [at.kind]
        parts += [at.name] if at.name else []
        parts += [f"{at.layer} {at.unit}"] if at.unit else []
        parts += [f"{at.rate:.6g}"] if at.rate is not None else []
        text = f"{' '.join(parts)} at {at.iteration}"
        if at.learning_rate is not None:
            text += f", η {at.learning_rate:g}"
        result[text] = figure.expected
    return result


@pytest.mark.parametrize("lab", PLAN)
def test_the_lessons_of_a_lab_are_those_of_the_plan_in_their_order(lab: str) -> None:
    assert tuple(info.id for info in lessons() if info.lab == lab) == PLAN[lab]


@pytest.mark.parametrize("name", ALL)
def test_every_figure_comes_out(name: str) -> None:
    given = lesson(name)
    assert given.figures
    for figure, value in zip(given.figures, figures(given), strict=True):
        assert value == pytest.approx(figure.expected, rel=0, abs=max(figure.tolerance, 1e-300)), (
            figure.name["en"]
        )


@pytest.mark.parametrize("name", IDS)
def test_the_promised_figures_are_among_them(name: str) -> None:
    shown = described(lesson(name))
    for text, value in PROMISED[name].items():
        assert shown[text] == value, text


@pytest.mark.parametrize("name", ALL)
def test_tolerances_are_as_fine_as_the_digits(name: str) -> None:
    for figure in lesson(name).figures:
        digits = f"{figure.expected:.12g}".partition(".")[2]
        assert figure.tolerance <= 1.001 * 10.0 ** -len(digits), figure.name["en"]


def test_all_hidden_neurons_and_both_layers_have_equal_numbers() -> None:
    training = Training(lesson("backprop-by-hand").experiment)
    state = training.initial()
    trace = training.trace(state)
    assert trace.sample_forward.activations[1].tolist() == [[60.0, 60.0, 60.0]]
    assert trace.gradient.tolist() == [4800.0] * 3 + [9600.0] * 3 + [7200.0] * 3
    assert trace.count == 15


def test_the_gradient_of_logistic_regression_is_the_mean_error_times_input() -> None:
    training = Training(lesson("logistic-regression").experiment)
    dataset = training.experiment.dataset
    errors = 0.5 - dataset.targets[:, 0]
    expected = [*(errors[:, None] * dataset.inputs).mean(axis=0), errors.mean()]
    assert training.gradient(training.initial()) == pytest.approx(expected)


def test_one_step_helps_up_to_the_last_mark_and_not_beyond() -> None:
    given = lesson("learning-rate")
    last = given.marks[-1].at
    figure = given.figures[2]
    assert figure.at.rate == last
    for factor, helps in ((0.999, True), (1.001, False)):
        at = type(figure.at)("loss_after_step", rate=factor * last)
        tried = type(figure)(figure.name, "", at, 0.0, 0.0)
        assert (figure_value(given, tried) < 7200) == helps


def test_a_run_that_does_not_overflow_has_no_last_iteration_but_the_bound() -> None:
    given = lesson("backprop-by-hand")
    figure = given.figures[0]
    at = type(figure.at)("last_iteration")
    assert figure_value(given, type(figure)(figure.name, "", at, 0, 0)) == MOST_ITERATIONS


@pytest.mark.parametrize("name", IDS)
def test_a_figure_is_seen_within_its_iteration(name: str) -> None:
    training = Training(lesson(name).experiment)
    state = training.initial()
    for figure in lesson(name).figures:
        assert 0 <= known_from(figure.at, training, state) <= training.trace(state).count


# ------------------------------------------------------------------------------------- texts


def wordings(content: object) -> list[dict[str, str]]:
    """All texts of a lesson's file, both languages."""
    if isinstance(content, dict):
        if content.keys() == {"en", "zh_CN"}:
            return [content]
        return [found for value in content.values() for found in wordings(value)]
    if isinstance(content, list):
        return [found for value in content for found in wordings(value)]
    return []


def content(name: str) -> dict[str, object]:
    path = files("resources").joinpath("lessons", f"{name}.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ALL)
def test_both_languages_say_the_same_numbers(name: str) -> None:
    for wording in wordings(content(name)):
        numbers = [
            sorted(re.findall(r"\d+(?:\.\d+)?", re.sub(r"\\frac\{\d+\}\{\d+\}", "", text)))
            for text in wording.values()
        ]
        long = [[number for number in found if len(number) > 2] for found in numbers]
        assert long[0] == long[1], wording


@pytest.mark.parametrize("name", ALL)
def test_texts_are_complete_and_their_marks_are_closed(name: str) -> None:
    for wording in wordings(content(name)):
        for language, text in wording.items():
            assert text.strip() == text != "", wording
            assert text.count("$") % 2 == 0, wording
            assert text.count("**") % 2 == 0, wording
            is_chinese = bool(re.search(r"[\u4e00-\u9fff]", text))
            assert is_chinese == (language == "zh_CN"), wording


@pytest.mark.parametrize("name", ALL)
def test_a_lesson_is_short(name: str) -> None:
    given = lesson(name)
    assert sum(len(text["en"].split()) for text in given.paragraphs) < 280
    assert given.steps
    assert given.questions


def test_a_lesson_that_is_not_there_is_told() -> None:
    with pytest.raises(NablaError) as caught:
        lesson("no-such-lesson")
    assert caught.value.code == "lesson.unknown"


@pytest.mark.parametrize(
    "change",
    [
        {"lab": "kitchen"},
        {"title": {"en": "only English"}},
        {"figures": [{"name": {"en": "a", "zh_CN": "b"}, "at": {"quantity": "joy"}}]},
        {"steps": [{"text": {"en": "a", "zh_CN": "b"}, "done": {"iteration": 1, "played": True}}]},
        {"tools": ["hammer"]},
        {
            "questions": [
                {
                    "question": {"en": "a", "zh_CN": "b"},
                    "answer": {"en": "a", "zh_CN": "b"},
                    "action": {"label": {"en": "a", "zh_CN": "b"}, "do": {"open": "kitchen"}},
                }
            ]
        },
        {"more": 1},
    ],
)
def test_a_lesson_that_asks_for_what_there_is_not_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(NablaError) as caught:
        lesson_from_json(content("backprop-by-hand") | change)
    assert caught.value.code == "session.damaged"
