"""Formulas on screen: symbols typeset once, numbers painted live, coloured by meaning.

What stands on a line is said in :mod:`engine.formula`.
"""

from gui.formula.arrange import LaidOut, layout, paint
from gui.formula.typeset import number_font, symbol_path
from gui.formula.view import FormulaView

__all__ = ["FormulaView", "LaidOut", "layout", "number_font", "paint", "symbol_path"]
