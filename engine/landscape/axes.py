"""Ways to choose a plane through the space of parameters, in one table.

Cut connections stay at 0 in every direction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.errors import NablaError
from engine.landscape.components import principal_components
from engine.landscape.plane import Message, Plane, are_independent
from engine.network import Key, Vector
from engine.training import Training


@dataclass(frozen=True)
class AxesChoice:
    """What the user chose; settings of the other ways are kept.

    Attributes
    ----------
    kind
        Key in ``TABLE``.
    layers
        The two layers whose gradients are taken, from 1; 0: the first and the last. One layer
        named twice: its weights and its biases.
    parameters
        Keys of two parameters; those left out are the steepest weights of the last layer.
    seed
        Of the random directions.
    """

    kind: str = "layer_gradients"
    layers: tuple[int, int] = (0, 0)
    parameters: tuple[Key, ...] = ()
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Request:
    """All that a choice of axes may look at.

    Attributes
    ----------
    reference
        (size,), the parameters at which gradients are taken and from which coordinates count.
    path
        (k, size), the states of the path, oldest first; only principal components need it.
    previous
        The plane before, of the same kind, with which signs are aligned.
    """

    training: Training
    choice: AxesChoice
    reference: Vector
    path: Vector | None = None
    previous: Plane | None = None


@dataclass(frozen=True)
class Axes:
    """One way to choose a plane.

    Attributes
    ----------
    build
        Makes the plane; raises NablaError where there is none.
    needs_path
        Whether it depends on the path, and so may be fitted again as the path grows.
    """

    key: str
    label: str
    build: Callable[[Request], Plane]
    needs_path: bool = False
    source: str = ""


def plane_for(request: Request) -> Plane:
    """Return the plane that a request asks for.

    Raises
    ------
    NablaError
        ``landscape.…``: there is no such plane, and why.
    """
    if request.choice.kind not in TABLE:
        raise NablaError("landscape.unknown_axes", key=request.choice.kind, known=", ".join(TABLE))
    if request.training.layout.size < 2:
        raise NablaError("landscape.one_parameter")
    return TABLE[request.choice.kind].build(request)


def _free(training: Training) -> Vector:
    """1 where a parameter is not cut."""
    free = np.ones(training.layout.size)
    free[list(training.experiment.architecture.cut_indices)] = 0.0
    return free


# ---------------------------------------------------------------------- gradients of two layers


def _layer_gradients(request: Request) -> Plane:
    """Take the loss's gradient over all training samples, in two layers, as unit vectors.

    The axes point *downhill*, along −∂L/∂(parameters of the layer). Parameters that training leaves
    alone are left out, unless nothing else is in the layer. The layers share no parameter, so the
    axes are orthogonal.
    """
    training = request.training
    last = len(training.experiment.architecture.layers)
    chosen = [
        layer or default for layer, default in zip(request.choice.layers, (1, last), strict=True)
    ]
    for layer in chosen:
        if not 1 <= layer <= last:
            raise NablaError("landscape.no_such_layer", layer=layer, layers=last)
    gradient = _gradient(training, request.reference)
    if chosen[0] == chosen[1]:
        return _one_layer(request, chosen[0], gradient)
    directions: list[Vector] = []
    labels: list[Message] = []
    notes: list[Message] = []
    for layer in chosen:
        slots = training.layout.slots[layer - 1]
        own = slice(slots.weights.start, slots.alpha.stop)
        direction, note = _downhill(request, gradient, own, layer)
        directions.append(direction)
        notes += note
        labels.append(Message("landscape.axis.layer_gradient", {"layer": layer}))
    return Plane(
        "layer_gradients",
        np.array(directions),
        request.reference,
        (labels[0], labels[1]),
        tuple(notes),
    )


def _one_layer(request: Request, layer: int, gradient: Vector) -> Plane:
    """Take one layer's weights against its biases, or without biases its two steepest weights."""
    training = request.training
    slots = training.layout.slots[layer - 1]
    if slots.bias.stop > slots.bias.start:
        weights, note = _downhill(request, gradient, slots.weights, layer)
        biases, other = _downhill(request, gradient, slots.bias, layer)
        return Plane(
            "layer_gradients",
            np.array([weights, biases]),
            request.reference,
            (
                Message("landscape.axis.weight_gradient", {"layer": layer}),
                Message("landscape.axis.bias_gradient", {"layer": layer}),
            ),
            (*note, *other),
        )
    free = _free(training)
    candidates = [index for index in range(slots.weights.start, slots.weights.stop) if free[index]]
    if len(candidates) < 2:
        raise NablaError("landscape.nothing_to_vary", layer=layer)
    steepest = sorted(candidates, key=lambda index: -abs(gradient[index]))[:2]
    return _along(
        "layer_gradients",
        training,
        sorted(steepest),
        (Message("landscape.steepest_weights", {"layer": layer}),),
    )


def _gradient(training: Training, parameters: Vector) -> Vector:
    """Return the gradient over all training samples, penalty included, 0 where it overflows."""
    with np.errstate(all="ignore"):
        _, back = training.passes(parameters, training.experiment.dataset.train)
        gradient = training.objective_gradient(parameters, back.gradient)
    return np.where(np.isfinite(gradient), gradient, 0.0)


def _downhill(
    request: Request, gradient: Vector, own: slice, layer: int
) -> tuple[Vector, tuple[Message, ...]]:
    """Return the unit vector against the gradient in a slice of the parameters.

    Where the gradient is zero: along the parameters themselves (scaling the layer), and where
    these are zero too, along all of them alike.
    """
    training = request.training
    inside = np.zeros(training.layout.size)
    inside[own] = 1.0
    inside *= _free(training)
    if not inside.any():
        raise NablaError("landscape.nothing_to_vary", layer=layer)
    moving = inside if training.trainable is None else inside * training.trainable
    note = Message("landscape.no_gradient", {"layer": layer})
    for direction, notes in (
        (-gradient * moving, ()),
        (-gradient * inside, ()),
        (request.reference * inside, (note,)),
        (inside, (note,)),
    ):
        # Scaled first: squares of very small or large gradients would vanish or overflow.
        size = float(np.abs(direction).max())
        if size > 0.0:
            scaled = direction / size
            return scaled / np.linalg.norm(scaled), notes
    raise AssertionError("a mask that is not empty has a length")


# ------------------------------------------------------------------------------- two parameters


def _parameters(request: Request) -> Plane:
    """Take two parameters themselves: a coordinate is the parameter's value."""
    training = request.training
    architecture = training.experiment.architecture
    free = _free(training)
    indices = []
    for key in request.choice.parameters[:2]:
        if key not in architecture.index:
            raise NablaError("landscape.unknown_parameter")
        index = architecture.index[key]
        if not free[index]:
            raise NablaError("landscape.cut_parameter", name=training.layout.names[index])
        indices.append(index)
    notes: tuple[Message, ...] = ()
    if not indices:
        notes = (Message("landscape.default_weights"),)
    for index in _steepest(request):
        if len(indices) < 2 and index not in indices:
            indices.append(index)
    if len(indices) < 2:
        raise NablaError("landscape.one_parameter")
    if indices[0] == indices[1]:
        raise NablaError("landscape.same_parameter", name=training.layout.names[indices[0]])
    return _along("parameters", training, indices, notes)


def _steepest(request: Request) -> list[int]:
    """Return the indices of all parameters that may vary, those first that say most.

    Weights of the last layer with a gradient come first, the steepest ones leading, then those of
    the layer before, and so on; then biases and α; what has no gradient, such as the weights from
    an input that is always 0, comes last.
    """
    training = request.training
    layout = training.layout
    steep = np.abs(_gradient(training, request.reference))
    if training.trainable is not None:
        steep *= training.trainable
    layer = np.zeros(layout.size)
    for number, slots in enumerate(layout.slots):
        layer[slots.weights] = number + 1
    # Gradients that differ only by rounding are equal: the first ones lead.
    steep = np.round(steep / (steep.max(initial=0.0) or 1.0), 9)
    order = np.lexsort((-steep, -layer, steep == 0.0))
    free = _free(training)
    return [int(index) for index in order if free[index]]


def _along(
    kind: str, training: Training, indices: Sequence[int], notes: tuple[Message, ...]
) -> Plane:
    size = training.layout.size
    directions = np.zeros((2, size))
    directions[0, indices[0]] = directions[1, indices[1]] = 1.0
    first, second = (
        Message("landscape.axis.parameter", {"name": training.layout.names[index]})
        for index in indices
    )
    return Plane(kind, directions, np.zeros(size), (first, second), notes)


# --------------------------------------------------------------------------- random directions


_DRAWS = 16
"""In a very small network two directions may happen to be parallel: they are drawn again."""


def _random(request: Request) -> Plane:
    """Draw two directions, each unit's incoming weights as long as the unit's own (filter norm).

    Biases and α are left alone, as in the paper. A unit whose weights are all 0 does not move;
    where that is every unit, all get length 1.
    """
    training = request.training
    generator = np.random.default_rng([request.choice.seed, 1])
    free = _free(training)
    for _ in range(_DRAWS):
        directions = generator.standard_normal((2, training.layout.size))
        directions *= free * training.layout.weight_mask
        lengths = [
            np.linalg.norm(own.weights, axis=-2) for own in training.layout.views(request.reference)
        ]
        notes: tuple[Message, ...] = ()
        if not any(length.any() for length in lengths):
            lengths = [np.ones_like(length) for length in lengths]
            notes = (Message("landscape.zero_weights"),)
        for own, length in zip(training.layout.views(directions), lengths, strict=True):
            drawn = np.linalg.norm(own.weights, axis=-2)
            scale = np.divide(length, drawn, out=np.zeros_like(drawn), where=drawn > 0.0)
            own.weights[...] *= scale[..., None, :]
        if are_independent(*directions):
            first, second = (
                Message("landscape.axis.random", {"number": number}) for number in (1, 2)
            )
            return Plane("random", directions, request.reference, (first, second), notes)
    raise NablaError("landscape.no_plane")


# ------------------------------------------------------------------------- principal components


def _principal_components(request: Request) -> Plane:
    """Take the two directions in which the path is widest."""
    path = request.path if request.path is not None else request.reference[None]
    previous = request.previous.directions if request.previous is not None else None
    if previous is not None and previous.shape[1] != path.shape[1]:
        previous = None
    found = principal_components(path, previous)
    directions = found.directions
    notes: tuple[Message, ...] = ()
    if found.straight:
        # The path is a line, so its second axis is free: go downhill across it.
        notes = (Message("landscape.straight_path"),)
        directions = np.array([directions[0], _across(request, directions[0], path[-1])])
    first, second = (Message("landscape.axis.principal", {"number": number}) for number in (1, 2))
    return Plane(
        "principal_components", directions, path[0], (first, second), notes, found.explained
    )


def _across(request: Request, along: Vector, at: Vector) -> Vector:
    """Return the unit vector downhill at ``at`` and orthogonal to ``along``."""
    free = _free(request.training)
    nearest_axis = np.zeros_like(along)
    nearest_axis[int(np.argmin(np.abs(along) + 2.0 * (1.0 - free)))] = 1.0
    for candidate in (-_gradient(request.training, at), nearest_axis):
        size = float(np.abs(candidate).max())
        if size > 0.0 and are_independent(along, candidate / size):
            across = candidate / size
            across = across - (across @ along) * along
            return across / np.linalg.norm(across)
    raise NablaError("landscape.no_plane")


TABLE: dict[str, Axes] = {
    axes.key: axes
    for axes in (
        Axes("layer_gradients", "Gradients of two layers", _layer_gradients),
        Axes("parameters", "Two weights", _parameters),
        Axes("random", "Random directions", _random, source="Li et al. 2018"),
        Axes(
            "principal_components",
            "Principal components of the path",
            _principal_components,
            needs_path=True,
            source="Lorch 2016; Li et al. 2018",
        ),
    )
}
