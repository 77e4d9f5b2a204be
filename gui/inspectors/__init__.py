"""The right-hand side of the window: learning rate, data, network, training, the selection."""

from gui.inspectors.inspector import Inspector

__all__ = ["Inspector"]
