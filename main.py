"""Start Nabla: ``main.py [SOURCE]`` opens the window, ``main.py export ...`` works without one.

This file holds no logic. It has to parse on any Python 3, so that an old one can be told so.
"""

import sys
from importlib.util import find_spec


def explain_what_is_missing() -> None:
    """Leave with one line when this Python is too old or lacks Nabla's dependencies."""
    advice = "To install what Nabla needs and start it, type: make run"
    if sys.version_info < (3, 11):
        found = ".".join(str(number) for number in sys.version_info[:2])
        sys.exit("Nabla needs Python 3.11 or newer; this is {}. {}".format(found, advice))
    for package in ("numpy", "PySide6", "pyqtgraph", "contourpy", "ziamath"):
        if find_spec(package) is None:
            sys.exit("This Python has no {}. {}".format(package, advice))


if __name__ == "__main__":
    explain_what_is_missing()

    from gui.cli import main

    sys.exit(main())
