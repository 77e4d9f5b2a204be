"""What can be exported at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from gui.views.view import View


@dataclass(frozen=True, slots=True)
class ExportContext:
    """What can be exported at this moment, and what is known about it.

    Parameters
    ----------
    lab
        First part of proposed names, for example ``"backprop-by-hand"``.
    views
        What the dialog offers, in order.
    window
        The whole window, if it is to be offered.
    iteration
        Last part of proposed names.
    metadata
        Version, seed and hash of the experiment.
    """

    lab: str
    views: tuple[View, ...]
    window: QWidget | None = None
    iteration: int | None = None
    metadata: Mapping[str, object] = field(default_factory=dict)
