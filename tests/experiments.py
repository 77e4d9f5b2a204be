"""Experiments that many tests use."""

from __future__ import annotations

from engine.data import FixedData, GeneratedData
from engine.descent import Optimizer
from engine.network import Architecture, Initializer
from engine.session import Document, View
from engine.training import Experiment


def by_hand() -> Experiment:
    """2-3-1 without biases, all sums: the network of the lesson backprop-by-hand."""
    return Experiment(
        FixedData(inputs=((40.0, 80.0),), targets=((60.0,),), task="regression"),
        Architecture.dense((2, 3, 1), ("identity", "identity"), bias=False),
        Initializer("values", values=(0.5,) * 6 + (1.0,) * 3),
        learning_rate=1e-5,
    )


def signals() -> Experiment:
    """2-3-2-1, all sigmoid, without biases: the network of the lesson neuron-by-neuron."""
    weights = (0.2, -0.5, 0.1, 0.4, 0.3, -0.2, 0.6, 0.2, -0.1, 0.5, 0.3, -0.4, 0.7, -0.3)
    return Experiment(
        FixedData(inputs=((1.0, 0.5),), targets=((1.0,),), task="regression"),
        Architecture.dense((2, 3, 2, 1), "sigmoid", bias=False),
        Initializer("values", values=weights),
        learning_rate=0.5,
    )


def moons(**changes: object) -> Experiment:
    """2-4-1 on two moons with Adam in mini-batches of 10."""
    values: dict[str, object] = {
        "data": GeneratedData("moons", samples=60, noise=0.1),
        "architecture": Architecture.dense((2, 4, 1), ("tanh", "sigmoid")),
        "loss": "binary_cross_entropy",
        "optimizer": Optimizer("adam"),
        "learning_rate": 0.01,
        "batch_size": 10,
    }
    return Experiment(**(values | changes))  # type: ignore[arg-type]


def document(experiment: Experiment | None = None, **view: object) -> Document:
    """A document with one run, before its first iteration."""
    return Document.of(experiment or by_hand(), View(**view))  # type: ignore[arg-type]
