"""The same work by PyTorch and JAX, where they are installed: each the way its users write it.

All in float64 unless said otherwise. PyTorch trains on one thread, with which such small networks
are quickest; JAX gets its own choice of threads and the whole run as one compiled loop.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from engine.network import Vector
from engine.training import Training
from tests.benchmarks.measure import Contender

EAGER_STEPS = 20
SCAN_STEPS = 1000
PEERS = ("torch", "jax")


def find(places: list[str]) -> dict[str, str]:
    """Look for the peers, also in further folders of packages; version, or why there is none."""
    sys.path += places
    found = {}
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    for name in PEERS:
        try:
            module = importlib.import_module(name)
        except Exception as error:
            found[name] = f"missing ({error})"
            continue
        found[name] = str(module.__version__)
        if name == "jax":
            module.config.update("jax_enable_x64", True)
        else:
            module.set_num_threads(1)
            module.set_default_dtype(module.float64)
    return found


def has(name: str) -> bool:
    """Whether a peer is loaded."""
    return name in sys.modules


def batches(training: Training, steps: int) -> Any:
    """Rows of the first batches, (steps, batch size), whole ones only."""
    size = training.experiment.effective_batch_size
    n = len(training.experiment.dataset.train)
    if size == n:
        return np.tile(np.arange(n), (steps, 1))
    generator = np.random.default_rng(1)
    per_epoch = n // size
    epochs = -(-steps // per_epoch)
    orders = [generator.permutation(n)[: per_epoch * size] for _ in range(epochs)]
    return np.concatenate(orders).reshape(-1, size)[:steps]


# ------------------------------------------------------------------------------------ training


def torch_eager(training: Training) -> Contender:
    """The usual loop: zero_grad, forward, backward, step."""
    import torch

    experiment, dataset = training.experiment, training.experiment.dataset
    widths, layers = experiment.architecture.widths, []
    for number, own in enumerate(training.layout.views(training.initial().parameters)):
        linear = torch.nn.Linear(widths[number], widths[number + 1])
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(own.weights.T.copy()))
            linear.bias.copy_(torch.tensor(np.array(own.bias)))
        layers += [linear, torch.nn.Tanh()]
    model = torch.nn.Sequential(*layers[:-1])
    rate = experiment.learning_rate
    optimizer: Any = (
        torch.optim.Adam(model.parameters(), lr=rate)
        if experiment.optimizer.key == "adam"
        else torch.optim.SGD(model.parameters(), lr=rate)
    )
    inputs, targets = torch.tensor(dataset.train_inputs), torch.tensor(dataset.train_targets)
    criterion: Any = torch.nn.BCEWithLogitsLoss()
    if experiment.loss == "cross_entropy":
        criterion, targets = torch.nn.CrossEntropyLoss(), targets.argmax(dim=1)
    rows = [torch.tensor(batch) for batch in batches(training, EAGER_STEPS)]

    def run() -> None:
        for batch in rows:
            optimizer.zero_grad()
            criterion(model(inputs[batch]), targets[batch]).backward()
            optimizer.step()

    return Contender(run, EAGER_STEPS)


def torch_compiled(training: Training) -> Contender:
    """A step as one function of parameters, compiled; plain gradient descent only."""
    import torch

    torch.compiler.reset()
    experiment, dataset = training.experiment, training.experiment.dataset
    state = [
        tensor
        for own in training.layout.views(training.initial().parameters)
        for tensor in (torch.tensor(np.array(own.weights)), torch.tensor(np.array(own.bias)))
    ]
    inputs, targets = torch.tensor(dataset.train_inputs), torch.tensor(dataset.train_targets)
    rate = experiment.learning_rate
    rows = [torch.tensor(batch) for batch in batches(training, EAGER_STEPS)]

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        for k in range(0, len(parameters), 2):
            x = x @ parameters[k] + parameters[k + 1]
            if k + 2 < len(parameters):
                x = torch.tanh(x)
        if experiment.loss == "cross_entropy":
            return torch.nn.functional.cross_entropy(x, y)
        return torch.nn.functional.binary_cross_entropy_with_logits(x, y)

    def step(parameters: Any, x: Any, y: Any) -> Any:
        slopes = torch.func.grad(loss)(parameters, x, y)
        return [p - rate * g for p, g in zip(parameters, slopes, strict=True)]

    compiled: Any = torch.compile(step)

    def run() -> None:
        parameters = state
        for batch in rows:
            parameters = compiled(parameters, inputs[batch], targets[batch])

    run()
    return Contender(run, EAGER_STEPS)


def _jax_loss(loss: str, parameters: Any, x: Any, y: Any) -> Any:
    import jax
    import jax.numpy as jnp

    for number, (weights, bias) in enumerate(parameters):
        x = x @ weights + bias
        if number < len(parameters) - 1:
            x = jnp.tanh(x)
    if loss == "cross_entropy":
        return -(y * jax.nn.log_softmax(x)).sum(axis=-1).mean()
    return (jnp.maximum(x, 0.0) - x * y + jnp.log1p(jnp.exp(-jnp.abs(x)))).mean()


def jax_scan(training: Training) -> Contender:
    """The whole run in one warm, compiled scan."""
    import jax
    import jax.numpy as jnp

    experiment, dataset = training.experiment, training.experiment.dataset
    inputs, targets = jnp.array(dataset.train_inputs), jnp.array(dataset.train_targets)
    rate, with_adam = experiment.learning_rate, experiment.optimizer.key == "adam"
    start = [
        (jnp.array(own.weights), jnp.array(own.bias))
        for own in training.layout.views(training.initial().parameters)
    ]
    zeros = jax.tree.map(jnp.zeros_like, start)
    rows = jnp.array(batches(training, SCAN_STEPS))
    slope = jax.grad(partial(_jax_loss, experiment.loss))

    def step(carry: Any, batch: Any) -> Any:
        parameters, mean, squares, t = carry
        gradient = slope(parameters, inputs[batch], targets[batch])
        if not with_adam:
            moved = jax.tree.map(lambda p, g: p - rate * g, parameters, gradient)
            return (moved, mean, squares, t), None
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        squares = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, squares, gradient)

        def move(p: Any, m: Any, v: Any) -> Any:
            corrected = jnp.sqrt(v / (1.0 - 0.999**t)) + 1e-8
            return p - rate * m / (1.0 - 0.9**t) / corrected

        return (jax.tree.map(move, parameters, mean, squares), mean, squares, t + 1.0), None

    whole: Any = jax.jit(lambda carry: jax.lax.scan(step, carry, rows)[0])
    carry = (start, zeros, zeros, 1.0)

    def run() -> None:
        jax.block_until_ready(whole(carry))

    run()
    return Contender(run, SCAN_STEPS)


# ----------------------------------------------------------------------------------- landscapes


def _stacked(training: Training, networks: Vector) -> list[tuple[Vector, Vector]]:
    """Weights (k, fan_in, fan_out) and biases (k, 1, fan_out) of k networks."""
    return [
        (np.ascontiguousarray(own.weights), np.ascontiguousarray(own.bias)[:, None, :])
        for own in training.layout.views(networks)
        if own.bias is not None
    ]


def _torch_networks(training: Training, networks: Vector) -> tuple[Any, Any, Callable[..., Any]]:
    import torch

    dataset = training.experiment.dataset
    inputs, targets = torch.tensor(dataset.train_inputs), torch.tensor(dataset.train_targets)

    def loss(*parameters: Any) -> Any:
        x = inputs
        for k in range(0, len(parameters), 2):
            x = x @ parameters[k] + parameters[k + 1]
            if k + 2 < len(parameters):
                x = torch.tanh(x)
        return torch.nn.functional.binary_cross_entropy_with_logits(x, targets)

    flat = [torch.tensor(array) for pair in _stacked(training, networks) for array in pair]
    return torch, flat, loss


def torch_loop(training: Training, networks: Vector) -> Contender:
    """One network after the other."""
    torch, flat, loss = _torch_networks(training, networks)

    def run() -> None:
        torch.set_num_threads(2)
        with torch.no_grad():
            for k in range(len(networks)):
                loss(*(array[k] for array in flat))
        torch.set_num_threads(1)

    return Contender(run)


def torch_vmap(training: Training, networks: Vector) -> Contender:
    """All networks by vmap."""
    torch, flat, loss = _torch_networks(training, networks)
    all_at_once = torch.func.vmap(loss)

    def run() -> None:
        torch.set_num_threads(2)
        with torch.no_grad():
            all_at_once(*flat)
        torch.set_num_threads(1)

    return Contender(run)


def jax_vmap(training: Training, networks: Vector, single: bool = False) -> Contender:
    """All networks by vmap, compiled."""
    import jax
    import jax.numpy as jnp

    kind = jnp.float32 if single else jnp.float64
    dataset = training.experiment.dataset
    inputs = jnp.array(dataset.train_inputs, dtype=kind)
    targets = jnp.array(dataset.train_targets, dtype=kind)
    parameters = [
        (jnp.array(weights, dtype=kind), jnp.array(bias, dtype=kind))
        for weights, bias in _stacked(training, networks)
    ]
    loss = training.experiment.loss
    all_at_once: Any = jax.jit(jax.vmap(lambda own: _jax_loss(loss, own, inputs, targets)))

    def run() -> None:
        jax.block_until_ready(all_at_once(parameters))

    run()
    return Contender(run)
