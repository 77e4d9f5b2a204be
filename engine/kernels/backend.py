"""Whether compiled kernels can be had, and how they come: from a cache, or compiled aside.

Compiling takes some seconds and would freeze a window, so it is done by another process, once for
each version of the engine, of Numba, and each processor. Loading what it leaves behind is quick.
This module needs no Numba.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import threading
import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from engine.kernels.cache import ENGINE, MARK, Kernels, folder

if TYPE_CHECKING:
    from subprocess import Popen


CLAIM = "compiling"
"""A folder that stands in a cache folder while a process compiles for it."""
LONGEST = 120.0
"""Seconds after which a claim is taken to be left behind by a process that died."""


class Status(StrEnum):
    """How far the kernels are."""

    IDLE = "idle"
    COMPILING = "compiling"
    LOADING = "loading"
    READY = "ready"
    MISSING = "missing"
    """Numba is not installed, or NABLA_KERNELS is "off": the reference computes everything."""
    FAILED = "failed"
    """Numba is there, but could not compile or load; ``Backend.reason`` says why."""


class Backend:
    """The kernels of this process, and how far they are. Ask it from any thread.

    ``start()`` begins to bring them, ``ready()`` says whether they have come, ``status`` what is
    going on and ``reason`` why there are none, and ``wait()`` holds until it is decided.
    """

    def __init__(self, place: Path | None = None) -> None:
        self._place = place
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: Popen[str] | None = None
        self._kernels: Kernels | None = None
        self.status = Status.IDLE
        self.reason = ""

    def ready(self) -> bool:
        """Whether the kernels are loaded."""
        return self._kernels is not None

    @property
    def is_decided(self) -> bool:
        """Whether nothing more will come: the kernels are there, or never will be."""
        return self.status in (Status.READY, Status.MISSING, Status.FAILED)

    @property
    def kernels(self) -> Kernels:
        """The kernels; to be asked for once they are ready."""
        assert self._kernels is not None, f"kernels are {self.status}"
        return self._kernels

    def start(self) -> None:
        """Begin to compile or load, in a thread of its own; at once again is harmless."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._bring, name="kernels", daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Start if need be, hold until it is decided, and return whether kernels are ready."""
        self.start()
        assert self._thread is not None
        self._thread.join(seconds)
        return self.ready()

    def stop(self) -> None:
        """End a compilation that is under way, because the program ends."""
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()

    def _bring(self) -> None:
        if self._place is None and os.environ.get("NABLA_KERNELS") == "off":
            self.status, self.reason = Status.MISSING, "NABLA_KERNELS=off"
            return
        if importlib.util.find_spec("numba") is None:
            self.status, self.reason = Status.MISSING, "Numba is not installed"
            return
        try:
            place = self._place or folder()
            if not (place / MARK).exists():
                self.status = Status.COMPILING
                self._compile(place)
            self.status = Status.LOADING
            from engine.kernels.compile import load

            self._kernels = load(place)
        except Exception as error:  # noqa: BLE001 - whatever it is, the reference computes on
            self.reason = f"{type(error).__name__}: {error}"
            self.status = Status.FAILED
            return
        self.status = Status.READY

    def _compile(self, place: Path) -> None:
        """Compile in another process, or wait for one that does so already."""
        claim = place / CLAIM
        place.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        while time.monotonic() - started < LONGEST:
            try:
                claim.mkdir()
            except FileExistsError:
                if (place / MARK).exists():
                    return
                time.sleep(0.1)
            else:
                break
        try:
            self._run(place)
        finally:
            if claim.exists():
                claim.rmdir()

    def _run(self, place: Path) -> None:
        import subprocess

        paths = [str(ENGINE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "engine.kernels.compile", str(place)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _, complaint = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError(complaint.strip().splitlines()[-1] if complaint else "no kernels")


BACKEND = Backend()
"""The one of this process."""
