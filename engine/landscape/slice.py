"""The loss of very many networks at once: over a slice, along one parameter, over learning rates.

A slice is evaluated in pieces that fit the processor's cache, and what does not vary over the slice
is computed once: layers in front of the first that varies, and layers that vary along one axis only
(with the gradients of the first and the last layer as axes, that is nearly all). The first layer
that varies along the other axis has pre-activations that are affine in that coordinate,
z(x, y) = A(x) + (y − y₀) B(x), so it needs no further products of matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from engine.landscape import compiled
from engine.landscape.plane import Plane
from engine.network import Architecture, Vector, forward
from engine.network.activations import TABLE as ACTIVATIONS
from engine.training import Training, TrainingState

_BLOCK = 2**19
"""Bytes of the widest array in work: half of a usual second-level cache."""
_STORE = 2**25
"""Bytes of what is computed once and kept for a whole slice."""
_PARAMETERS = 2**23
"""Bytes of the parameters of the networks in work."""
_SAMPLING_STREAM = 3
"""Keeps the choice of samples apart from other random numbers."""

Array = Any
Cancelled = Callable[[], bool]


class CancelledError(Exception):
    """The caller wants no result any more."""


def losses(
    training: Training,
    plane: Plane,
    through: Vector,
    xs: Vector,
    ys: Vector,
    *,
    float32: bool = False,
    samples: int | None = None,
    penalty: bool = False,
    cancelled: Cancelled | None = None,
) -> Vector:
    """Return the mean loss over the training samples on a grid of a slice, (len(ys), len(xs)).

    Parameters
    ----------
    plane, through
        The slice: along the plane, through these parameters (size,).
    xs, ys
        Coordinates of the grid, (n,) and (m,).
    float32
        Compute in single precision, for a picture that moves.
    samples
        Take at most this many samples (always the same ones), for a picture that moves.
    penalty
        Add the penalty of the weights.
    cancelled
        Asked between pieces of a few milliseconds.

    Values that overflow are inf or NaN, without a warning.

    Raises
    ------
    CancelledError
        ``cancelled`` returned true.
    """
    xs, ys = np.asarray(xs, dtype=np.float64), np.asarray(ys, dtype=np.float64)
    _warm_allocator()
    grid = _Grid(training, plane, through, xs, ys, np.float32 if float32 else np.float64)
    inputs, targets = _samples(training, samples)
    result = np.zeros((len(ys), len(xs)))
    with np.errstate(all="ignore"):
        if compiled.can_run(training.experiment.architecture):
            grid.add_compiled(result, inputs, targets, cancelled)
        else:
            for rows in _pieces(len(inputs), grid.rows_at_once(len(inputs))):
                grid.add(result, inputs[rows], targets[rows], cancelled)
        result /= len(inputs)
        if penalty and training.experiment.penalty:
            result += grid.penalties()
    return result


def line(
    training: Training, through: Vector, index: int, values: Vector, *, penalty: bool = False
) -> Vector:
    """Return the training loss as a function of one parameter, the others held, (len(values),)."""

    def varied(piece: slice) -> Vector:
        networks = np.repeat(through[None], len(values[piece]), axis=0)
        networks[:, index] = values[piece]
        return networks

    return _over_networks(training, len(values), varied, penalty)


def learning_rate_curve(
    training: Training, state: TrainingState, rates: Vector, *, penalty: bool = False
) -> Vector:
    """Return the training loss after the next iteration, for each learning rate, (len(rates),).

    Optimizer, memory, batch and schedule are those of the state; ``rates`` stand in the place of
    the experiment's learning rate. Rate 0 gives the loss before the iteration.
    """
    rates = np.asarray(rates, dtype=np.float64)
    experiment = training.experiment
    gradient = training.gradient(state)
    effective: Array = rates * experiment.schedule.factor(state.iteration)

    def stepped(piece: slice) -> Vector:
        points, _ = experiment.optimizer.step(
            state.parameters, gradient, state.memory, state.updates + 1, effective[piece, None]
        )
        if training.trainable is not None:
            points = np.where(training.trainable, points, state.parameters)
        networks: Vector = points
        return networks

    return _over_networks(training, len(rates), stepped, penalty)


def losses_of(
    training: Training,
    networks: Vector,
    *,
    samples: int | None = None,
    penalty: bool = False,
    cancelled: Cancelled | None = None,
) -> Vector:
    """Return the training loss of each network, (k, size) → (k,); arguments as in ``losses``."""
    return _over_networks(
        training, len(networks), lambda piece: networks[piece], penalty, cancelled, samples
    )


class _Grid:
    """A slice, taken apart into what is still, what varies along one axis, and the rest."""

    def __init__(
        self, training: Training, plane: Plane, through: Vector, xs: Vector, ys: Vector, dtype: type
    ) -> None:
        self._training = training
        self._architecture = training.experiment.architecture
        self._loss = training.experiment.loss_function
        self._through = through
        self._dtype = dtype
        slots = self._architecture.layout.slots
        self._starts = [*(own.weights.start for own in slots), slots[-1].alpha.stop]
        varying = [
            [bool(direction[own.weights.start : own.alpha.stop].any()) for own in slots]
            for direction in plane.directions
        ]
        first = [flags.index(True) for flags in varying]
        # The inner axis varies in the layers in front of the first that the outer one varies in.
        outer = int(first[1] >= first[0])
        inner = 1 - outer
        self._transposed = inner == 1
        self._still, self._affine = min(first), first[outer]
        start = plane.coordinates(through)
        axes = (xs, ys)
        self._inner, self._outer = axes[inner] - start[inner], axes[outer] - start[outer]
        self._along_inner, self._along_outer = plane.directions[inner], plane.directions[outer]

    def rows_at_once(self, n_samples: int) -> int:
        """Return how many samples are taken at a time."""
        widest = max(self._architecture.widths)
        size = np.dtype(self._dtype).itemsize
        kept = 2 * len(self._inner) * self._architecture.widths[self._affine + 1]
        return int(min(n_samples, max(16, min(_BLOCK // (widest * size), _STORE // (kept * size)))))

    def add(
        self, result: Vector, inputs: Vector, targets: Vector, cancelled: Cancelled | None
    ) -> None:
        """Add the sum of some samples' losses to each point of ``result``, (len(ys), len(xs))."""
        inputs, targets = inputs.astype(self._dtype), targets.astype(self._dtype)
        if self._still:
            inputs = self._run(0, self._still, self._through, inputs)
        base, slope = self._affine_parts(inputs, cancelled)
        out = result.T if self._transposed else result
        for outer, inner in self._blocks(len(targets)):
            _check(cancelled)
            shift = self._outer[outer].astype(self._dtype)[:, None, None, None]
            # A slope that is the same for all inner coordinates has length 1 there.
            own_slope = slope if len(slope) == 1 else slope[inner]
            z = base[inner] + shift * own_slope
            out[outer, inner] += self._finish(z, targets, outer, inner)

    def add_compiled(
        self, result: Vector, inputs: Vector, targets: Vector, cancelled: Cancelled | None
    ) -> None:
        """Do what ``add`` does by the compiled kernel, for all samples."""
        inputs = inputs.astype(self._dtype)
        if self._still:
            inputs = self._run(0, self._still, self._through, inputs)
        own = slice(self._starts[self._still], None)
        compiled.add_slice(
            result.T if self._transposed else result,
            self._part(self._still, len(self._architecture.layers)),
            self._loss,
            inputs,
            targets.astype(self._dtype),
            self._through[own],
            self._along_inner[own],
            self._along_outer[own],
            self._inner,
            self._outer,
            self._affine - self._still,
            partial(_check, cancelled),
        )

    def penalties(self) -> Vector:
        """Return l1 Σ|w| + ½ l2 Σ w² over the grid, (len(ys), len(xs))."""
        penalty, mask = self._training.experiment.penalty, self._training.layout.weight_mask > 0.0
        result = np.empty((len(self._outer), len(self._inner)))
        for outer, inner in self._blocks(max(1, int(mask.sum()) // self._widest)):
            weights = self._parameters(slice(None), outer, inner)[..., mask]
            result[outer, inner] = penalty.l1 * np.abs(weights).sum(axis=-1)
            result[outer, inner] += 0.5 * penalty.l2 * np.square(weights).sum(axis=-1)
        return result.T if self._transposed else result

    @property
    def _widest(self) -> int:
        return max(self._architecture.widths[self._affine + 1 :])

    @property
    def _networks_at_once(self) -> int:
        return max(1, _PARAMETERS // (8 * len(self._through)))

    def _blocks(self, n_samples: int) -> Iterator[tuple[slice, slice]]:
        """Cut the grid into blocks of networks whose widest layer fits the cache."""
        size = np.dtype(self._dtype).itemsize
        networks = max(1, _BLOCK // (n_samples * self._widest * size))
        networks = min(networks, self._networks_at_once)
        across = min(len(self._inner), networks)
        for outer in _pieces(len(self._outer), max(1, networks // across)):
            for inner in _pieces(len(self._inner), across):
                yield outer, inner

    def _affine_parts(self, inputs: Array, cancelled: Cancelled | None) -> tuple[Array, Array]:
        """Return A and B of z = A + (outer coordinate) · B, (inner or 1, n_samples, units)."""
        layer = slice(self._starts[self._affine], self._starts[self._affine + 1])
        # The layer alone, without its activation: what it makes of an input is its z.
        part = self._part(self._affine, self._affine + 1)
        slope_at = self._along_outer[layer].astype(self._dtype)
        if self._affine == self._still:
            base = forward(part, self._through[layer].astype(self._dtype), inputs)
            along = forward(part, self._along_inner[layer].astype(self._dtype), inputs)
            slope = forward(part, slope_at, inputs)
            shift = self._inner.astype(self._dtype)[:, None, None]
            return (
                base.pre_activations[0] + shift * along.pre_activations[0],
                slope.pre_activations[0][None],
            )
        bases, slopes = [], []
        size = np.dtype(self._dtype).itemsize
        widest = max(self._architecture.widths[self._still : self._affine + 2])
        networks = max(1, _BLOCK // (len(inputs) * widest * size))
        for inner in _pieces(len(self._inner), min(networks, self._networks_at_once)):
            _check(cancelled)
            parameters = self._through + self._inner[inner, None] * self._along_inner
            passed = self._run(self._still, self._affine, parameters, inputs)
            own = parameters[:, layer].astype(self._dtype)
            bases.append(forward(part, own, passed).pre_activations[0])
            slopes.append(forward(part, slope_at, passed).pre_activations[0])
        return np.concatenate(bases), np.concatenate(slopes)

    def _finish(self, z: Array, targets: Array, outer: slice, inner: slice) -> Vector:
        """Return the sum of the samples' losses from the pre-activations of the affine layer."""
        number = self._affine
        layer, slots = self._architecture.layers[number], self._architecture.layout.slots[number]
        activation = ACTIVATIONS[layer.activation]
        alpha: Array = activation.alpha
        if slots.alpha.stop > slots.alpha.start:
            alpha = self._parameters(slots.alpha, outer, inner)[..., None, :].astype(self._dtype)
        last = number + 1 == len(self._architecture.layers)
        if last and self._loss.fused_with == activation.key:
            # The loss is computed from z alone.
            a = z
        else:
            a = activation.value(z, alpha)
        if not last:
            behind = slice(self._starts[number + 1], None)
            part = self._part(number + 1, len(self._architecture.layers))
            if self._along_inner[behind].any() or self._along_outer[behind].any():
                parameters = self._parameters(behind, outer, inner)
            else:
                parameters = self._through[behind]
            passed = forward(part, parameters.astype(self._dtype), a)
            z, a = passed.pre_activations[-1], passed.output
        values: Vector = self._loss.value(z, a, targets).sum(axis=-1, dtype=np.float64)
        return values

    def _parameters(self, own: slice, outer: slice, inner: slice) -> Vector:
        """Return some parameters of a block of networks, (outer, inner, …), in float64."""
        along: Vector = self._through[own] + self._inner[inner, None] * self._along_inner[own]
        networks: Vector = along + self._outer[outer, None, None] * self._along_outer[own]
        return networks

    def _part(self, first: int, last: int) -> Architecture:
        """Return the layers from ``first`` to before ``last`` as a network of their own."""
        return Architecture(self._architecture.units(first), self._architecture.layers[first:last])

    def _run(self, first: int, last: int, parameters: Vector, inputs: Array) -> Array:
        """Carry inputs through the layers from ``first`` to before ``last``."""
        own: Array = parameters[..., self._starts[first] : self._starts[last]].astype(self._dtype)
        return forward(self._part(first, last), own, inputs).output


def _over_networks(
    training: Training,
    count: int,
    networks: Callable[[slice], Vector],
    penalty: bool,
    cancelled: Cancelled | None = None,
    samples: int | None = None,
) -> Vector:
    """Return the training loss of ``count`` networks, made piece by piece."""
    _warm_allocator()
    architecture, loss = training.experiment.architecture, training.experiment.loss_function
    inputs, targets = _samples(training, samples)
    widest = max(architecture.widths)
    rows_at_once = min(len(inputs), max(16, _BLOCK // (8 * widest)))
    at_once = max(
        1, min(_BLOCK // (8 * rows_at_once * widest), _PARAMETERS // (8 * training.layout.size))
    )
    result = np.zeros(count)
    by_kernel = compiled.can_run(architecture)
    if by_kernel:
        at_once = max(1, _PARAMETERS // (8 * training.layout.size))
    with np.errstate(all="ignore"):
        for piece in _pieces(count, at_once):
            parameters = networks(piece)
            if by_kernel:
                check = partial(_check, cancelled)
                result[piece] = compiled.network_sums(
                    architecture, loss, inputs, targets, parameters, check
                )
            for rows in () if by_kernel else _pieces(len(inputs), rows_at_once):
                _check(cancelled)
                passed = forward(architecture, parameters, inputs[rows])
                values = loss.value(passed.pre_activations[-1], passed.output, targets[rows])
                result[piece] += values.sum(axis=-1)
            result[piece] /= len(inputs)
            if penalty and training.experiment.penalty:
                result[piece] += [training.penalty(network) for network in parameters]
    return result


def _samples(training: Training, most: int | None) -> tuple[Vector, Vector]:
    """Return inputs and targets of the training samples, or of a fixed choice of ``most``."""
    dataset = training.experiment.dataset
    rows = dataset.train
    if most is not None and len(rows) > most:
        generator = np.random.default_rng([len(rows), _SAMPLING_STREAM])
        rows = np.sort(generator.choice(rows, most, replace=False))
        return dataset.inputs[rows], dataset.targets[rows]
    return dataset.train_inputs, dataset.train_targets


def _pieces(count: int, at_once: int) -> Iterator[slice]:
    for start in range(0, count, at_once):
        yield slice(start, min(start + at_once, count))


def _check(cancelled: Cancelled | None) -> None:
    if cancelled is not None and cancelled():
        raise CancelledError


def _warm_allocator() -> None:
    """Free one large array, untouched: glibc then serves smaller ones from its heap.

    Until a program has freed an array of that size, each array of more than 128 KiB is mapped and
    unmapped anew, which made a slice four times slower (measured). Elsewhere it costs nothing.
    """
    np.empty(2**24, dtype=np.uint8)
