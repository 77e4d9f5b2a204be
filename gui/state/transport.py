"""What moves through a lab's time: the player of a training, the steps of a derivation."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance


class Transport(Protocol):
    """Steps, both ways, played or by hand.

    Signals
    -------
    playing_changed
        Play was started or has ended.
    """

    playing_changed: SignalInstance

    @property
    def is_playing(self) -> bool:
        """Whether time runs."""

    def step(self) -> object:
        """Go one step forward."""

    def back(self) -> object:
        """Go one step back."""

    def finish_phase(self) -> object:
        """Go to the end of what is in work."""

    def home(self) -> object:
        """Go to the start."""

    def end(self) -> object:
        """Go to the end."""

    def seek(self, position: int) -> object:
        """Go to an iteration, or a step."""

    def play(self) -> object:
        """Let time run."""

    def pause(self) -> object:
        """Hold time."""

    def toggle(self) -> object:
        """Play or pause."""
