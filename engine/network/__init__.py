"""Networks: architecture, parameters, forward pass, backpropagation and its explanation."""

from engine.network.architecture import ALPHA, BIAS, Architecture, Cut, Key, Layer
from engine.network.initializers import Initializer
from engine.network.layout import LayerParameters, Layout, Vector
from engine.network.passes import Backward, Forward, backward, forward, sample_losses
from engine.network.transplant import transplant

__all__ = [
    "ALPHA",
    "BIAS",
    "Architecture",
    "Backward",
    "Cut",
    "Forward",
    "Initializer",
    "Key",
    "Layer",
    "LayerParameters",
    "Layout",
    "Vector",
    "backward",
    "forward",
    "sample_losses",
    "transplant",
]
