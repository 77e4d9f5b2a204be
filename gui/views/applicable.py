"""Which views of the network lab make sense for an experiment."""

from __future__ import annotations

from engine.training import Experiment
from gui.views.pictures import picture_shape

MOST_FEATURES = 16
"""A plane through more inputs than these says little about the network."""


def views_for(experiment: Experiment) -> tuple[str, ...]:
    """Keys of the views worth showing, the most important first.

    One sample has no boundary and no classes to confuse; pictures have no plane to be drawn in;
    regression has no confusion matrix.
    """
    dataset = experiment.dataset
    keys = ["network", "surface", "loss"]
    if dataset.n_samples == 1:
        return tuple(keys)
    is_picture = picture_shape(experiment) is not None
    classifies = dataset.task == "classification"
    if not is_picture and dataset.n_features <= MOST_FEATURES:
        keys.append("data")
    if classifies:
        keys.append("confusion")
    if is_picture or dataset.n_features > 2:
        keys.append("sample")
    return (*keys, "weights", "parameters")
