"""Labs: a few views and one inspector around one question."""

from gui.labs.lab import Lab
from gui.labs.network import NetworkLab

LABS: tuple[type[Lab], ...] = (NetworkLab,)
"""Every lab, in the order of the rail; a new one is added here."""

__all__ = ["LABS", "Lab", "NetworkLab"]
