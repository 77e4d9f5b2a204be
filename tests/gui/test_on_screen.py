"""The window on a real window system; every other test draws offscreen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Waits until the window system has shown the window, says what it sees, and closes the window.
SCRIPT = """
import sys
from PySide6.QtCore import QTimer
from gui import app

application = app.make_application()

def look():
    for widget in application.topLevelWidgets():
        handle = widget.windowHandle()
        if handle is not None and handle.isExposed() and widget.windowTitle():
            print(application.platformName(), widget.windowTitle())
            application.closeAllWindows()
            return

timer = QTimer()
timer.setInterval(50)
timer.timeout.connect(look)
timer.start()
sys.exit(app.run("backprop-by-hand"))
"""


@pytest.mark.screen
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks for X11")
def test_the_window_opens_on_the_screen_without_a_complaint() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "xcb"}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("xcb ")
    assert result.stderr == ""
