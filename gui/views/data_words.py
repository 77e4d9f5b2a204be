"""What the data view says in words: its legend, its note, and what stands under the pointer."""

from __future__ import annotations

import numpy as np

from engine.network import Vector
from engine.network.activations import TABLE as ACTIVATIONS
from engine.numbers import shown
from engine.table import Table
from engine.training import Experiment, Training
from gui.i18n import tr
from gui.views.data_items import Entry, Samples
from gui.views.data_samples import SampleSource
from gui.views.outcomes import classes_of, outputs_of
from gui.views.plane_image import class_token
from gui.views.plane_map import Question

NARROW = 420
"""Below this width in pixels the note is short."""


def legend(source: SampleSource, samples: Samples) -> list[Entry]:
    """What the marks mean, and how many of them are wrong or left out."""
    dataset, flat = source.dataset, len(source.axes) == 2
    entries = [
        Entry(name, kind % 10, class_token(kind)) for kind, name in enumerate(dataset.classes)
    ]
    if dataset.task == "regression":
        entries.append(Entry(tr("train"), 0, "muted" if flat else "train"))
    if samples.test.any():
        color = "muted" if dataset.classes or flat else "train"
        entries.append(Entry(tr("test"), 0, color, hollow=True))
    if dataset.task == "classification":
        entries.append(Entry(tr("{0} wrong").format(int(samples.wrong.sum())), ring=True))
    if source.total > len(samples.rows):
        text = tr("{0} of {1} samples drawn")
        entries.append(Entry(text.format(len(samples.rows), source.total)))
    return entries


def note(question: Question, focus: int | None, width: int) -> str:
    """Which unit is shown, and at which values the inputs are held that are on no axis."""
    dataset = question.experiment.dataset
    parts = []
    if question.unit is not None:
        layer, unit = question.unit
        activation = question.experiment.architecture.layers[layer - 1].activation
        name = tr(ACTIVATIONS[activation].label)
        parts.append(tr("Neuron {0}, layer {1}, {2}").format(unit + 1, layer, name))
        if len(question.axes) == 2:
            parts.append(tr("dashed: z = 0"))
    others = [k for k in range(dataset.n_features) if k not in question.axes]
    if others:
        held = question.held
        if dataset.scaling is not None:
            held = dataset.scaling.undo(held)
        names = ", ".join(f"{dataset.feature_names[k]} = {shown(held[k], 4)}" for k in others[:4])
        if len(others) > 4:
            names += " …"
        if width < NARROW:
            text = tr("others at the mean") if focus is None else tr("others as in sample {0}")
        elif focus is None:
            text = tr("held at the mean: {1}")
        else:
            text = tr("held as in sample {0}: {1}")
        parts.append(text.format("" if focus is None else focus + 1, names))
    return " · ".join(parts)


def at_point(question: Question, point: tuple[float, ...]) -> str:
    """The place under the pointer and what the model says there."""
    names = question.experiment.dataset.feature_names
    lines = [
        f"{names[feature]} = {shown(value, 4)}"
        for feature, value in zip(question.axes, point, strict=True)
    ]
    values = question.answer(np.array([point]))[0][0]
    return "\n".join([*lines, *_worded(question, values)])


def at_sample(question: Question, training: Training, row: int) -> str:
    """A sample: where it is, what it should be, what comes out, its loss."""
    dataset = question.experiment.dataset
    part = tr("test") if row in dataset.test else tr("train")
    lines = [tr("sample {0} ({1})").format(row + 1, part)]
    raw = dataset.raw_inputs[row]
    lines += [f"{dataset.feature_names[k]} = {shown(raw[k])}" for k in question.axes]
    with np.errstate(all="ignore"):
        passed, _ = training.passes(question.parameters, np.array([row], dtype=np.intp))
        losses = training.experiment.loss_function.value(
            passed.pre_activations[-1], passed.output, dataset.targets[row : row + 1]
        )
    output = passed.output[0]
    if dataset.task == "classification":
        lines.append(tr("class {0}").format(dataset.classes[dataset.class_indices[row]]))
    else:
        lines.append(tr("target {0}").format(shown(dataset.targets[row, question.output])))
        output = output[question.output : question.output + 1]
    lines += _worded(question.with_unit(None), output)
    lines.append(tr("loss {0}").format(shown(float(losses[0]))))
    return "\n".join(lines)


def _worded(question: Question, values: Vector) -> list[str]:
    dataset = question.experiment.dataset
    if question.kind == "unit":
        return [tr("activation {0}").format(shown(float(values[0])))]
    if question.kind == "value":
        name = dataset.target_names[question.output]
        return [tr("output {0} = {1}").format(name, shown(float(values[0])))]
    if question.kind == "probability":
        return [tr("P({0}) = {1}").format(dataset.classes[1], shown(float(values[0])))]
    order = np.argsort(-values, kind="stable")[:3]
    return [tr("P({0}) = {1}").format(dataset.classes[k], shown(float(values[k]))) for k in order]


def predictions(experiment: Experiment, parameters: Vector) -> Table:
    """One row a sample: its number, part, raw inputs, what it should be, and what comes out."""
    dataset = experiment.dataset
    outputs = outputs_of(experiment.architecture, parameters, dataset.inputs)
    held_out = set(dataset.test.tolist())
    classifies = dataset.task == "classification"
    single = outputs.shape[1] == 1
    columns = ["sample", "part", *dataset.feature_names]
    if classifies:
        columns += ["class", "predicted"]
        columns += [f"P({dataset.classes[1]})"] if single else [f"P({n})" for n in dataset.classes]
    else:
        columns += [*dataset.target_names, *(f"predicted {n}" for n in dataset.target_names)]
    guessed = classes_of(outputs) if classifies else np.zeros(len(outputs), dtype=np.int64)
    rows = []
    for row in range(dataset.n_samples):
        part = "test" if row in held_out else "train"
        judged: list[object]
        if classifies:
            judged = [
                dataset.classes[dataset.class_indices[row]],
                dataset.classes[guessed[row]],
                *outputs[row].tolist(),
            ]
        else:
            judged = [*dataset.targets[row].tolist(), *outputs[row].tolist()]
        rows.append((row + 1, part, *dataset.raw_inputs[row].tolist(), *judged))
    return Table(tuple(columns), tuple(rows))
