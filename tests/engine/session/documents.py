"""Documents for the tests of sessions: small, quick, and with everything in them."""

from __future__ import annotations

from dataclasses import replace

from engine.data import FixedData, GeneratedData, TableData
from engine.descent import Optimizer, Schedule
from engine.network import Architecture, Cut, Initializer
from engine.network.architecture import ALPHA, BIAS
from engine.session import Cursor, Document, History, Selection, View, edits
from engine.training import Experiment, Granularity, Penalty


def small() -> Document:
    """One sample, nine weights, before the first step."""
    return Document.of(
        Experiment(
            FixedData(inputs=((40.0, 80.0),), targets=((60.0,),), task="regression"),
            Architecture.dense((2, 3, 1), "identity", bias=False),
            Initializer("values", values=(0.5,) * 6 + (1.0,) * 3),
            learning_rate=1e-5,
        ),
        View(notation="slides"),
        lesson="backprop-by-hand",
    )


def busy() -> Experiment:
    """An experiment in which nothing is as by default."""
    network = Architecture.dense((2, 4, 3, 1), ("prelu", "tanh", "sigmoid"))
    network = replace(
        network,
        cut=(Cut((1, 3), 0.25),),
        frozen=frozenset({(BIAS, 4), (ALPHA, 1), (2, 3)}),
    )
    return Experiment(
        GeneratedData("moons", samples=40, noise=0.15, seed=3, test_share=0.25),
        network,
        Initializer("normal", (("deviation", 0.75),), seed=5),
        loss="binary_cross_entropy",
        penalty=Penalty(1e-4, 1e-3),
        optimizer=Optimizer("adam", (("beta_1", 0.8),)),
        learning_rate=0.02,
        schedule=Schedule("cosine", (("period", 500),)),
        batch_size=7,
        seed=11,
    )


def table() -> Experiment:
    """An experiment on an imported table of four rows."""
    values = b"".join(
        int(bits).to_bytes(8, "little")
        for bits in (0, 0, 0, 0x3FF0000000000000, 0, 0, 0, 0x3FF0000000000000, 0, 0, 0, 0)
    )
    data = TableData("points", ("a", "b"), "class", values, "classification", ("no", "yes"), 0.0)
    return Experiment(data, Architecture.dense((2, 1)), loss="binary_cross_entropy")


def trained(document: Document, history: History, iterations: int) -> Document:
    """The document after playing on from the newest state, the cursor at the end."""
    run = document.active
    newest = run.newest + iterations
    history.state(run, newest)
    document = document.with_run(replace(run, newest=newest))
    return replace(document, cursor=Cursor(run.id, newest))


def with_everything() -> tuple[Document, History]:
    """Two runs that share a past, three segments, two experiments, a moment in the middle."""
    history = History()
    document = trained(Document.of(busy()), history, 130)
    # An edit at the newest state …
    state = history.state(document.active, 130)
    slower = replace(document.experiment, learning_rate=0.01)
    document = trained(edits.change_experiment(document, state, slower), history, 70)
    # … and one in the past.
    document = replace(document, cursor=Cursor(1, 60))
    parameters = history.state(document.active, 60).parameters.copy()
    parameters[3] = 1.5
    state = history.state(document.active, 60)
    document = trained(edits.change_parameters(document, state, parameters), history, 25)
    document = edits.rename(document, 2, "with a larger weight")
    view = View(
        selection=Selection("parameter", (2, 4)),
        focus=12,
        granularity=Granularity.LAYER,
        speed=60.0,
        notation="signals",
        log_loss=True,
        surface=replace(View().surface, axes="random", seed=4, azimuth=12.5, zoom=1.25),
    )
    return replace(document, cursor=Cursor(2, 75, 4), view=view), history
