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
from pathlib import Path

# One thread each, as a step on the screen has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from engine.data import GeneratedData
from engine.descent import Optimizer
from engine.network import Architecture, Initializer
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


def groups() -> dict[str, Group]:
    """What is measured, under the heading that the table shows."""
    return {
        f"training step, {'-'.join(map(str, widths))}, batch {BATCH}": training_steps(widths)
        for widths in ((2, 4, 2, 1), (2, 8, 8, 1))
    }


def table(results: Mapping[str, Mapping[str, Measured]]) -> str:
    """Lay the results out in columns."""
    lines = []
    for heading, measured in results.items():
        lines.append(f"{heading:<42}{'median':>12}{'fastest':>12}{'ratio':>9}")
        first = next(iter(measured.values())).median
        lines += [
            f"  {name:<40}{one.median * 1e6:>9.1f} µs{one.fastest * 1e6:>9.1f} µs"
            f"{one.median / first:>9.2f}"
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
