"""What the canvas says in words: the caption, read-outs, and descriptions for screen readers."""

from __future__ import annotations

from engine.network import ALPHA, BIAS, Architecture, Key
from engine.network.activations import TABLE as ACTIVATIONS
from engine.numbers import exact
from engine.session import Selection
from engine.training import Phase
from gui.i18n import tr
from gui.views.canvas.ends import feature_label
from gui.views.canvas.figures import Figures
from gui.views.canvas.headers import title_of

MINUS = "\N{MINUS SIGN}"


def full(value: float) -> str:
    """A number with all its digits, with a typographic minus."""
    return exact(value).replace("-", MINUS)


def unit_name(architecture: Architecture, layer: int, position: int) -> str:
    """What a unit is called."""
    if layer == 0:
        return tr("Input {0}").format(position + 1)
    if layer == len(architecture.layers):
        single = len(architecture.output.units) == 1
        return tr("Output") if single else tr("Output {0}").format(position + 1)
    return tr("Neuron {1} of hidden layer {0}").format(layer, position + 1)


def caption(figures: Figures) -> str:
    """What happens at this moment."""
    step = figures.step
    architecture = figures.architecture
    if step is None:
        iteration = figures.moment.state.iteration
        if iteration == 0:
            return tr("Before the first step")
        return tr("After iteration {0}").format(iteration)
    if step.phase is Phase.LOSS:
        return tr("Loss: the prediction meets its target")
    if step.phase is Phase.UPDATE:
        title = title_of(architecture, step.layer)
        return tr("Update: old → new weights into “{0}”").format(title)
    name = unit_name(architecture, step.layer, step.unit)
    if step.phase is Phase.FORWARD:
        return tr("Forward pass: {0}").format(name)
    if step.phase is Phase.OUTPUT_ERROR:
        if len(architecture.output.units) == 1:
            return tr("Error at the output")
        return tr("Error at the output: {0}").format(name)
    if step.phase is Phase.ERROR:
        return tr("The error comes back over the old weights: {0}").format(name)
    return tr("Gradients of the weights into: {0}").format(name)


def sample_note(figures: Figures) -> str:
    """Which sample's numbers are shown; empty where there is only one."""
    trace = figures.moment.trace
    count = len(figures.moment.segment.training.experiment.dataset.inputs)
    if count == 1 or not figures.has_sample or figures.fast:
        return ""
    size = len(trace.rows)
    if size == 1:
        return tr("sample {0} of {1}").format(trace.focus + 1, count)
    note = tr("sample {0} · batch of {1}").format(trace.focus + 1, size)
    return note if trace.focus_in_batch else tr("{0}, without this one").format(note)


def parameter_symbol(figures: Figures, key: Key) -> str:
    """The LaTeX name of a parameter."""
    source, target = key
    architecture = figures.architecture
    if source == ALPHA:
        number = next(n for n, layer in enumerate(architecture.layers, 1) if layer.id == target)
        return figures.notation.alpha(number)
    layer, j = architecture.places[target]
    if source == BIAS:
        return figures.notation.bias(layer, j + 1)
    return figures.notation.weight(layer, architecture.places[source][1] + 1, j + 1)


def parameter_name(architecture: Architecture, key: Key) -> str:
    """What a parameter is, in words."""
    source, target = key
    if source == ALPHA:
        number = next(n for n, layer in enumerate(architecture.layers, 1) if layer.id == target)
        return tr("α of {0}").format(title_of(architecture, number))
    name = unit_name(architecture, *architecture.places[target])
    if source == BIAS:
        return tr("Bias of {0}").format(name)
    first = unit_name(architecture, *architecture.places[source])
    return tr("Weight from {0} to {1}").format(first, name)


def is_there(architecture: Architecture, selection: Selection) -> bool:
    """Whether what is selected is still part of the network."""
    if selection.kind == "unit":
        return selection.target[0] in architecture.places
    if selection.kind == "parameter":
        return selection.target in architecture.index
    return 0 <= selection.target[0] <= len(architecture.layers)


def describe(figures: Figures, selection: Selection | None) -> str:
    """The selection and its numbers as one sentence."""
    architecture = figures.architecture
    if selection is None or not is_there(architecture, selection):
        shape = "-".join(map(str, architecture.widths))
        return tr("Network {0}. {1}").format(shape, caption(figures))
    if selection.kind == "parameter":
        return describe_parameter(figures, selection.target)
    if selection.kind == "unit":
        return describe_unit(figures, *architecture.places[selection.target[0]])
    number = selection.target[0]
    title = title_of(architecture, number)
    if number == 0:
        return tr("{0}: {1} units").format(title, architecture.widths[0])
    label = ACTIVATIONS[architecture.layers[number - 1].activation].label
    return tr("{0}: {1} units, {2}").format(title, architecture.widths[number], tr(label))


def describe_parameter(figures: Figures, key: Key) -> str:
    """A parameter with its value, gradient and state."""
    architecture = figures.architecture
    index = architecture.index[key]
    name = parameter_name(architecture, key)
    if index in architecture.cut_indices:
        return tr("{0}: cut").format(name)
    parts = [f"{name}: {full(float(figures.parameters[index]))}"]
    gradient = figures.gradient(index)
    if gradient is not None:
        parts.append(tr("gradient {0}").format(full(gradient)))
    if key in architecture.frozen:
        parts.append(tr("frozen"))
    return ", ".join(parts)


def describe_unit(figures: Figures, layer: int, position: int) -> str:
    """A unit with the numbers that are known."""
    parts = [unit_name(figures.architecture, layer, position)]
    dataset = figures.moment.segment.training.experiment.dataset
    if layer == 0 and feature_label(dataset, position):
        parts.append(dataset.feature_names[position])
    value = figures.activation(layer, position)
    if value is not None:
        parts.append(tr("value {0}").format(full(value)))
    delta = figures.delta(layer, position)
    if delta is not None:
        parts.append(tr("error {0}").format(full(delta)))
    return ", ".join(parts)
