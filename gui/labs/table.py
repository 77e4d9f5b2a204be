"""The table of labs: what stands in the rail, and where its code is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.i18n import mark

if TYPE_CHECKING:
    from gui.labs.lab import Lab


@dataclass(frozen=True)
class LabEntry:
    """A lab in the rail and the menus; its code is loaded when it is first opened.

    Attributes
    ----------
    key
        Of the lab in documents and settings; the same as its class's.
    title
        English, marked for translation.
    icon
        Name of its icon.
    load
        Imports the lab and returns its class.
    """

    key: str
    title: str
    icon: str
    load: Callable[[], type[Lab]]


def _derivative() -> type[Lab]:
    from gui.labs.derivative import DerivativeLab

    return DerivativeLab


def _surface() -> type[Lab]:
    from gui.labs.surface import SurfaceLab

    return SurfaceLab


def _descent() -> type[Lab]:
    from gui.labs.descent import DescentLab

    return DescentLab


def _network() -> type[Lab]:
    from gui.labs.network import NetworkLab

    return NetworkLab


LABS: tuple[LabEntry, ...] = (
    LabEntry("derivative", mark("Derivative"), "lab_derivative", _derivative),
    LabEntry("surface", mark("Surface"), "lab_surface", _surface),
    LabEntry("descent", mark("Descent"), "lab_descent", _descent),
    LabEntry("network", mark("Network"), "lab_network", _network),
)
"""Every lab, in the order of the rail; a new one is added here."""

NETWORK = "network"
"""The lab that is there from the start, and in place of one that does not exist."""


def entry(key: str) -> LabEntry:
    """Return a lab's entry; that of the network lab for a key that is not known."""
    known = {lab.key: lab for lab in LABS}
    return known.get(key, known[NETWORK])
