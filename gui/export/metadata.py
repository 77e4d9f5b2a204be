"""What every export says about where it comes from."""

from __future__ import annotations

from engine.session import Document
from engine.session.stored_experiment import experiment_hash
from gui.about import program_version


def metadata(document: Document) -> dict[str, str]:
    """Return version, seed, hash of the experiment, and iteration."""
    return {
        "version": program_version(),
        "seed": str(document.experiment.seed),
        "experiment": experiment_hash(document.experiment),
        "iteration": str(document.cursor.iteration),
    }
