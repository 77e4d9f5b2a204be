"""Measure the engine: `python -m tests.benchmarks.run [--turns N] [--out FILE]`.

Prints a table and writes `out/bench.json`. Ratios are to the first row of each group, taken in the
same run: they say more than the times, which belong to one machine at one hour.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Mapping
from functools import partial
from pathlib import Path

# One thread each, as a step on the screen has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from engine.data import GeneratedData
from engine.descent import Optimizer
from engine.landscape import AxesChoice, Plane, Request, first_frame, losses, plane_for
from engine.network import Architecture, Initializer, Vector
from engine.training import Experiment, Training
from tests.benchmarks.by_hand import HandWritten
from tests.benchmarks.measure import Contender, Measured, compare

BATCH = 10
STEPS = 50
Group = Mapping[str, Contender]


def experiment(widths: tuple[int, ...], optimizer: str = "gradient_descent") -> Experiment:
    """A classifier of 250 points in the plane: tanh inside, sigmoid at the output."""
    activations = ["tanh"] * (len(widths) - 2) + ["sigmoid"]
    return Experiment(
        data=GeneratedData("circles", samples=250, seed=1, test_share=0.0),
        architecture=Architecture.dense(widths, activations=activations),
        initializer=Initializer("xavier_uniform", seed=1),
        loss="binary_cross_entropy",
        optimizer=Optimizer(optimizer),
        learning_rate=0.1,
        batch_size=BATCH,
        seed=1,
    )


def by_hand(training: Training) -> HandWritten:
    """The same network with the same first weights, written by hand."""
    dataset = training.experiment.dataset
    return HandWritten(
        training.layout.views(training.initial().parameters),
        dataset.inputs,
        dataset.targets,
        training.experiment.learning_rate,
    )


def training_steps(widths: tuple[int, ...]) -> Group:
    """One iteration: by hand, in the engine, and in the engine with Adam."""
    training, adam = Training(experiment(widths)), Training(experiment(widths, "adam"))
    start, adam_start, hand = training.initial(), adam.initial(), by_hand(training)
    orders = np.random.default_rng(1).permutation(250).reshape(-1, BATCH)
    rows = [orders[step % len(orders)] for step in range(STEPS)]
    return {
        "by hand": Contender(lambda: hand.steps(rows), STEPS),
        "engine": Contender(lambda: training.advance(start, STEPS), STEPS),
        "engine, Adam": Contender(lambda: adam.advance(adam_start, STEPS), STEPS),
    }


def surface(widths: tuple[int, ...], side: int = 64) -> Group:
    """The loss over a slice of side × side networks, along the default axes and along two random
    directions, where no layer is spared.
    """
    training = Training(experiment(widths))
    start = training.initial().parameters
    contenders: dict[str, Contender] = {}
    for name, kind in (("random directions", "random"), ("layer gradients", "layer_gradients")):
        plane = plane_for(Request(training, AxesChoice(kind), start))
        xs, ys = first_frame(training, plane, start).grid(side)
        if not contenders:
            one_by_one = partial(losses_one_by_one, training, plane, xs, ys)
            contenders["network by network"] = Contender(one_by_one)
        for precision, float32 in (("float64", False), ("float32", True)):
            at_once = partial(losses, training, plane, start, xs, ys, float32=float32)
            contenders[f"{name}, {precision}"] = Contender(at_once)
    return contenders


def losses_one_by_one(training: Training, plane: Plane, xs: Vector, ys: Vector) -> Vector:
    """The same surface from one forward pass after the other."""
    start = training.initial().parameters
    heights = np.empty((len(ys), len(xs)))
    for row, y in enumerate(ys):
        for column, x in enumerate(xs):
            measured = training.measure(plane.point(start, x, y), "train")
            assert measured is not None
            heights[row, column] = measured.loss
    return heights


def groups() -> dict[str, Group]:
    """What is measured, under the heading that the table shows."""
    steps = {
        f"training step, {'-'.join(map(str, widths))}, batch {BATCH}": training_steps(widths)
        for widths in ((2, 4, 2, 1), (2, 8, 8, 1))
    }
    return {**steps, "loss surface 64 × 64, 2-8-8-1, 250 samples": surface((2, 8, 8, 1))}


def duration(seconds: float) -> str:
    """Write a time with four digits."""
    return f"{seconds * 1e3:.4g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.4g} µs"


def table(results: Mapping[str, Mapping[str, Measured]]) -> str:
    """Lay the results out in columns."""
    lines = []
    for heading, measured in results.items():
        lines.append(f"{heading:<48}{'median':>12}{'fastest':>12}{'ratio':>9}")
        first = next(iter(measured.values())).median
        lines += [
            f"  {name:<46}{duration(one.median):>12}{duration(one.fastest):>12}"
            f"{one.median / first:>9.3f}"
            for name, one in measured.items()
        ]
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure Nabla's engine.")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--out", type=Path, default=Path("out/bench.json"))
    options = parser.parse_args(arguments)
    results = {heading: compare(group, options.turns) for heading, group in groups().items()}
    print(table(results))
    report = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "turns": options.turns,
        "seconds": {
            heading: {
                name: {"median": one.median, "fastest": one.fastest}
                for name, one in measured.items()
            }
            for heading, measured in results.items()
        },
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    print(f"The figures are in {options.out}")


if __name__ == "__main__":
    main()
