"""Labs: a few views and one inspector around one question."""

from gui.labs.derivative import DerivativeLab
from gui.labs.descent import DescentLab
from gui.labs.lab import Lab
from gui.labs.network import NetworkLab
from gui.labs.surface import SurfaceLab

LABS: tuple[type[Lab], ...] = (DerivativeLab, SurfaceLab, DescentLab, NetworkLab)
"""Every lab, in the order of the rail; a new one is added here."""

__all__ = ["LABS", "DerivativeLab", "DescentLab", "Lab", "NetworkLab", "SurfaceLab"]
