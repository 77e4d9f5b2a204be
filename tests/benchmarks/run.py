"""Measure Nabla: `python -m tests.benchmarks.run [--turns N] [--peers FOLDER] [--out FILE]`.

Prints a table and writes `out/bench.json`. Each group is timed in turns in one run; ratios are to
its first row, Nabla's own. They say more than the times, which belong to one machine at one hour.
Peers come from the extra `bench`, or from further folders of installed packages (`--peers`, or the
environment variable NABLA_BENCH_PEERS); one that is missing is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

# One thread each, as a step on the screen has it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from engine.data import BundledData, GeneratedData
from engine.descent import Optimizer
from engine.kernels.backend import BACKEND
from engine.kernels.cache import numba_version
from engine.landscape import AxesChoice, Plane, Request, first_frame, losses, plane_for
from engine.network import Architecture, Initializer, Vector
from engine.timeline import Timeline
from engine.training import COMPILED, Experiment, Training
from engine.training import REFERENCE as REFERENCE_KEY
from tests.benchmarks import peers
from tests.benchmarks.by_hand import HandWritten
from tests.benchmarks.measure import Contender, Measured, compare

BATCH = 10
STEPS = 50
KERNEL_STEPS = 2000
NABLA = "Nabla"
REFERENCE = "Nabla's NumPy reference"
Group = Mapping[str, Contender]


def experiment(
    widths: tuple[int, ...],
    optimizer: str = "gradient_descent",
    batch_size: int | None = BATCH,
) -> Experiment:
    """A classifier of 250 points in the plane: tanh inside, sigmoid at the output."""
    activations = ["tanh"] * (len(widths) - 2) + ["sigmoid"]
    return Experiment(
        data=GeneratedData("circles", samples=250, seed=1, test_share=0.0),
        architecture=Architecture.dense(widths, activations=activations),
        initializer=Initializer("xavier_uniform", seed=1),
        loss="binary_cross_entropy",
        optimizer=Optimizer(optimizer),
        learning_rate=0.1 if optimizer == "gradient_descent" else 0.001,
        batch_size=batch_size,
        seed=1,
    )


def digits(optimizer: str = "gradient_descent") -> Experiment:
    """Handwritten digits, 64-32-10 with softmax, in batches of 32."""
    return Experiment(
        data=BundledData("digits"),
        architecture=Architecture.dense((64, 32, 10), ("tanh", "softmax")),
        initializer=Initializer("xavier_uniform", seed=1),
        loss="cross_entropy",
        optimizer=Optimizer(optimizer),
        learning_rate=0.1 if optimizer == "gradient_descent" else 0.001,
        batch_size=32,
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


def training_steps(specification: Experiment, hand_written: bool, notes: list[str]) -> Group:
    """One iteration of an experiment, by everybody who is here."""
    contenders: dict[str, Contender] = {}
    if BACKEND.ready():
        compiled = Training(specification, COMPILED)
        start = compiled.initial()
        contenders[NABLA] = Contender(partial(compiled.advance, start, KERNEL_STEPS), KERNEL_STEPS)
    training = Training(specification)
    contenders[REFERENCE] = Contender(partial(training.advance, training.initial(), STEPS), STEPS)
    if hand_written:
        hand, rows = by_hand(training), list(peers.batches(training, STEPS))
        contenders["NumPy by hand"] = Contender(lambda: hand.steps(rows), STEPS)
    plain = specification.optimizer.key == "gradient_descent"
    for name, needs, make in (
        ("PyTorch, eager", "torch", peers.torch_eager),
        ("PyTorch, torch.compile", "torch", peers.torch_compiled if plain else None),
        ("JAX, one scan", "jax", peers.jax_scan),
    ):
        if peers.has(needs) and make is not None:
            _add(contenders, name, partial(make, training), notes)
    return contenders


def surface(widths: tuple[int, ...], side: int, notes: list[str]) -> Group:
    """The loss over a slice of side × side networks along two random directions, where no layer is
    spared, in both precisions, and along the default axes.
    """
    training = Training(experiment(widths))
    start = training.initial().parameters
    contenders: dict[str, Contender] = {}
    for kind, name in (("random", NABLA), ("layer_gradients", "Nabla, layers' gradients")):
        plane = plane_for(Request(training, AxesChoice(kind), start))
        xs, ys = first_frame(training, plane, start).grid(side)
        for float32, precision in ((True, "float32"), (False, "float64")):
            at_once = partial(losses, training, plane, start, xs, ys, float32=float32)
            contenders[f"{name}, {precision}"] = Contender(at_once)
    plane = plane_for(Request(training, AxesChoice("random"), start))
    xs, ys = first_frame(training, plane, start).grid(side)
    if side <= 64:
        one_by_one = partial(losses_one_by_one, training, plane, xs, ys)
        contenders["NumPy, network by network"] = Contender(one_by_one)
    networks = np.array([plane.point(start, x, y) for y in ys for x in xs])
    single = partial(peers.jax_vmap, single=True)
    for name, needs, make in (
        ("PyTorch, loop", "torch", peers.torch_loop if side <= 64 else None),
        ("PyTorch, vmap", "torch", peers.torch_vmap),
        ("JAX, vmap, float32", "jax", single),
        ("JAX, vmap, float64", "jax", peers.jax_vmap),
    ):
        if peers.has(needs) and make is not None:
            _add(contenders, name, partial(make, training, networks), notes)
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


def growth() -> Group:
    """One iteration while the inner layers become two, four and eight times as wide."""
    contenders = {}
    for width in (8, 16, 32, 64):
        training = Training(experiment((2, width, width, 1)), COMPILED)
        if not BACKEND.ready():
            training = Training(training.experiment)
        steps = KERNEL_STEPS // width if BACKEND.ready() else STEPS
        advance = partial(training.advance, training.initial(), steps)
        contenders[f"2-{width}-{width}-1"] = Contender(advance, steps)
    return contenders


def starts() -> Group:
    """Processes from the start until a room of the engine is loaded."""

    def run(code: str) -> None:
        subprocess.run([sys.executable, "-c", code], check=True)

    return {
        "Python alone": Contender(partial(run, "pass")),
        "import engine": Contender(partial(run, "import engine")),
        "import engine.training": Contender(partial(run, "import engine.training")),
    }


def _add(
    contenders: dict[str, Contender], name: str, make: Callable[[], Contender], notes: list[str]
) -> None:
    try:
        contender = make()
        contender.call()
    except Exception as error:
        reason = str(error).strip().splitlines() or [""]
        notes.append(f"{name}: {type(error).__name__} {reason[0][:100]}")
        return
    contenders[name] = contender


SHAPES: tuple[tuple[str, Callable[[str], Experiment]], ...] = (
    ("2-4-2-1, batch 10", partial(experiment, (2, 4, 2, 1))),
    ("2-8-8-1, batch 10", partial(experiment, (2, 8, 8, 1))),
    ("2-8×6-1, batch 10", partial(experiment, (2, *(8,) * 6, 1))),
    ("2-8-8-1, all 250", partial(experiment, (2, 8, 8, 1), batch_size=None)),
    ("64-32-10, batch 32", digits),
)


def groups(notes: list[str]) -> dict[str, Callable[[], Group]]:
    """What is measured, under the heading that the table shows."""
    found: dict[str, Callable[[], Group]] = {}
    for name, make in SHAPES:
        for optimizer, label in (("gradient_descent", "SGD"), ("adam", "Adam")):
            found[f"training step, {name}, {label}"] = partial(
                training_steps, make(optimizer), "64" not in name and label == "SGD", notes
            )
    for side in (64, 256):
        heading = f"loss surface {side} × {side}, 2-8-8-1, 250 samples"
        found[heading] = partial(surface, (2, 8, 8, 1), side, notes)
    return {**found, "training step, growth": growth, "start": starts}


def history(iterations: int) -> dict[str, float]:
    """Megabytes that the history of so many iterations of 2-8-8-1 holds, and milliseconds to look
    up any of them, and its neighbour.
    """
    training = Training(experiment((2, 8, 8, 1)), COMPILED if BACKEND.ready() else REFERENCE_KEY)
    before = _resident()
    timeline = Timeline(training)
    while timeline.newest < iterations:
        timeline.append(training.advance(timeline.last, min(10_000, iterations - timeline.newest)))
    held = _resident() - before
    places = np.random.default_rng(1).integers(0, iterations, 100).tolist()
    taken: dict[int, list[float]] = {0: [], 1: []}
    for place in places:
        for ahead, times in taken.items():
            started = time.perf_counter()
            timeline[place + ahead]
            times.append(1e3 * (time.perf_counter() - started))
    return {
        "iterations": iterations,
        "megabytes": held * 1e-6,
        "any, median ms": median(taken[0]),
        "any, worst ms": max(taken[0]),
        "neighbour, worst ms": max(taken[1]),
    }


def start_up(turns: int = 3) -> dict[str, float]:
    """Median seconds from starting a process to the painted window, and to the imported engine.

    The window is a stranger to the user's settings; what one launch keeps, the next one finds.
    """
    with tempfile.TemporaryDirectory() as folder:
        homes = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
        strange = {**os.environ, **dict.fromkeys(homes, folder)}

        def painted() -> float:
            started = time.time()
            command = [sys.executable, "-m", "tests.benchmarks.start"]
            output = subprocess.run(command, check=True, env=strange, capture_output=True)
            return float(output.stdout.split()[-1]) - started

        def imported() -> float:
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", "import engine"], check=True)
            return time.perf_counter() - started

        painted()
        return {
            "window": median(painted() for _ in range(turns)),
            "import engine": median(imported() for _ in range(turns)),
        }


def frame_times(seconds: float = 4.0) -> dict[str, dict[str, float]]:
    """Frame times by view, in a process that has no other work; see ``tests.benchmarks.frames``."""
    command = [sys.executable, "-m", "tests.benchmarks.frames", "--seconds", str(seconds)]
    output = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, dict[str, float]] = json.loads(output.stdout)
    return found


def window(notes: list[str]) -> dict[str, Any]:
    """Measure and print what a user waits for; where there is no window, a note says so."""
    try:
        begun, frames = start_up(), frame_times()
    except (subprocess.CalledProcessError, OSError) as error:
        told = getattr(error, "stderr", None) or str(error)
        last = (told.decode() if isinstance(told, bytes) else told).strip().splitlines()[-1:]
        notes.append(f"window: {' '.join(last)[:100]}")
        return {}
    print(f"{'start-up':<52}{'median':>12}")
    print(f"  {'python main.py, to the painted window':<50}{duration(begun['window']):>12}")
    print(f"  {'import engine':<50}{duration(begun['import engine']):>12}")
    heading = "frames at 1400 × 900 while training plays"
    print(f"{heading:<52}{'median':>12}{'99 %':>12}{'work':>12}{'training':>10}")
    for name, one in frames.items():
        times = (one["median"], one["p99"], one["work, median"])
        columns = "".join(f"{duration(seconds):>12}" for seconds in times)
        print(f"  {name:<50}{columns}{one['share']:>10.0%}")
    print("  work: of the window's thread alone; training: share of its speed without a window")
    return {"start_up": begun, "frames": frames}


def _resident() -> int:
    """Bytes of this process in memory; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="utf-8").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def operations(specification: Experiment) -> int:
    """Multiplications and additions of one iteration's products of matrices."""
    widths = specification.architecture.widths
    products = [i * j for i, j in pairwise(widths)]
    return 2 * specification.effective_batch_size * (3 * sum(products) - products[0])


def peak() -> float:
    """Operations a second of this machine's quickest product of matrices, on one core."""
    a = np.random.default_rng(1).normal(size=(512, 512))
    taken = compare({"product": Contender(lambda: a @ a)}, turns=5)["product"].fastest
    return 2.0 * 512**3 / taken


def rates(results: Mapping[str, Mapping[str, Measured]], most: float) -> dict[str, float]:
    """Share of that peak which Nabla's training steps reach in their products alone."""
    found = {}
    for name, make in SHAPES:
        measured = results.get(f"training step, {name}, SGD", {}).get(NABLA)
        if measured is not None:
            found[name] = operations(make("gradient_descent")) / measured.fastest / most
    return found


def duration(seconds: float) -> str:
    """Write a time with four digits."""
    return f"{seconds * 1e3:.4g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.4g} µs"


def table(heading: str, measured: Mapping[str, Measured]) -> str:
    """Lay one group out in columns."""
    lines = [f"{heading:<52}{'median':>12}{'fastest':>12}{'ratio':>9}"]
    lines += [
        f"  {name:<50}{duration(one.median):>12}{duration(one.fastest):>12}{one.ratio:>9.3g}"
        for name, one in measured.items()
    ]
    return "\n".join(lines)


def machine() -> str:
    """Name the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure Nabla.")
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--iterations", type=int, default=1_000_000, help="of the history")
    parser.add_argument("--only", default="", help="groups whose heading holds this text")
    parser.add_argument("--engine", action="store_true", help="leave out the window")
    parser.add_argument("--peers", action="append", default=[], help="a folder of packages")
    parser.add_argument("--out", type=Path, default=Path("out/bench.json"))
    options = parser.parse_args(arguments)
    extra = os.environ.get("NABLA_BENCH_PEERS")
    versions = peers.find([*options.peers, *([extra] if extra else [])])
    if not BACKEND.wait():
        print(f"No compiled kernels: {BACKEND.status.value} {BACKEND.reason}")
    notes = [f"{name}: {told}" for name, told in versions.items() if told.startswith("missing")]
    results = {}
    for heading, make in groups(notes).items():
        if options.only in heading:
            results[heading] = compare(make(), options.turns)
            print(table(heading, results[heading]), flush=True)
    most = peak()
    shares = rates(results, most)
    print(f"One core's peak: {most * 1e-9:.3g} GFLOP/s (product of matrices, float64)")
    for name, share in shares.items():
        print(f"  {name:<50}{share:>12.1%} of it in the products of a step")
    seen = window(notes) if not options.engine else {}
    past = history(options.iterations)
    print(
        f"History of {past['iterations']:,} iterations of 2-8-8-1: {past['megabytes']:.0f} MB; "
        f"any in {past['any, median ms']:.2g} ms (worst {past['any, worst ms']:.2g} ms), "
        f"the next one in {past['neighbour, worst ms']:.2g} ms at worst"
    )
    for note in notes:
        print(note)
    report: dict[str, Any] = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "numba": numba_version(),
        **versions,
        "processor": machine(),
        "cores": os.cpu_count(),
        "turns": options.turns,
        "notes": notes,
        "peak": most,
        "share_of_peak": shares,
        "history": past,
        **seen,
        "seconds": {
            heading: {
                name: {"median": one.median, "fastest": one.fastest, "ratio": one.ratio}
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
