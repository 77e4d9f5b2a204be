"""Small experiments that several tests train."""

from __future__ import annotations

from dataclasses import replace

from engine.data import FixedData, GeneratedData
from engine.descent import Optimizer
from engine.network import Architecture, Initializer
from engine.training import Experiment, Training

BY_HAND = Experiment(
    FixedData(inputs=((40.0, 80.0),), targets=((60.0,),)),
    Architecture.dense((2, 3, 1), "identity", bias=False),
    Initializer("values", values=(0.5,) * 6 + (1.0,) * 3),
    loss="half_squared",
    learning_rate=1e-5,
)

SHUFFLED = Experiment(
    GeneratedData("xor", samples=40, noise=0.1, seed=3, test_share=0.25),
    Architecture.dense((2, 4, 2, 1), ("tanh", "prelu", "sigmoid")),
    Initializer("xavier_uniform", seed=2),
    loss="binary_cross_entropy",
    optimizer=Optimizer("adam"),
    learning_rate=0.02,
    batch_size=7,
    seed=11,
)
"""30 training samples in batches of 7: the last one of an epoch has 2."""


def by_hand(**changes: object) -> Training:
    return Training(replace(BY_HAND, **changes))  # type: ignore[arg-type]


def shuffled(**changes: object) -> Training:
    return Training(replace(SHUFFLED, **changes))  # type: ignore[arg-type]
