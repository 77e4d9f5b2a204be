"""What every test shares: a place of its own, no screen, the same random numbers everywhere."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# All of this has to stand before Qt or NumPy is loaded.

# A test never meets the settings, caches and files of whoever runs it.
_home = tempfile.TemporaryDirectory(prefix="nabla-tests-", ignore_cleanup_errors=True)
for _variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
    _folder = Path(_home.name, _variable.lower())
    _folder.mkdir()
    os.environ[_variable] = str(_folder)
# The same language, scale and style on every desktop.
os.environ.pop("LANGUAGE", None)
os.environ["LC_ALL"] = "C.UTF-8"
for _variable in (
    "QT_SCALE_FACTOR",
    "QT_FONT_DPI",
    "QT_STYLE_OVERRIDE",
    "QT_QPA_PLATFORMTHEME",
    "QT_LOGGING_RULES",
):
    os.environ.pop(_variable, None)
# Workers that share a virtual screen take the keyboard focus from each other; offscreen each has
# its own. What needs a window system is marked `screen` and runs in a process of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Several workers with several BLAS threads each only wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples in every run: a failure can be repeated, and no run fails by luck. The search
# for new ones is `make soak`'s.
settings.register_profile(
    "check",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=40,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("ci", parent=settings.get_profile("check"), max_examples=100)
settings.register_profile(
    "soak", parent=settings.get_profile("check"), derandomize=False, max_examples=2000
)


def pytest_configure(config: pytest.Config) -> None:
    """Choose the number of examples: few at the desk, more in CI, many new ones in a soak."""
    soaking = config.getoption("markexpr") == "soak"
    settings.load_profile("soak" if soaking else "ci" if os.environ.get("CI") else "check")


def pytest_unconfigure() -> None:
    _home.cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs a window system where there is none."""
    if os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"):
        return
    for item in items:
        if item.get_closest_marker("screen"):
            item.add_marker(pytest.mark.skip(reason="there is no screen here, not even Xvfb"))


@pytest.fixture(autouse=True)
def own_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each test that uses Qt starts with empty settings in a file of its own."""
    if "qapp" not in request.fixturenames and "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QSettings

    folder = str(tmp_path_factory.mktemp("settings"))
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    for file_format in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
        for scope in (QSettings.Scope.UserScope, QSettings.Scope.SystemScope):
            QSettings.setPath(file_format, scope, folder)


@pytest.fixture(autouse=True)
def garbage_is_collected_between_tests() -> Iterator[None]:
    """As in the program: a collection in a worker, or amid a call of Qt, may end the process."""
    gc.disable()
    yield
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            break


@pytest.fixture(autouse=True)
def nothing_is_left_over() -> Iterator[None]:
    """A test that leaves a thread running, or the current folder changed, fails."""
    threads_before = set(threading.enumerate())
    folder_before = Path.cwd()
    yield
    folder_after = Path.cwd()
    os.chdir(folder_before)
    assert folder_after == folder_before, "the test has changed the current folder"
    left = [
        thread
        for thread in threading.enumerate()
        if thread not in threads_before and not thread.daemon and thread.is_alive()
    ]
    assert not left, f"the test has left threads running: {left}"
