"""Where compiled kernels are kept, and what they belong to.

A changed rule leaves a stale kernel behind that Numba would not notice, so each version of the
sources, of Python and Numba, and each processor has a folder of its own. This module needs no
Numba.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ENGINE = Path(__file__).resolve().parent.parent
SOURCES = (
    "kernels/*.py",
    "network/activations.py",
    "network/losses.py",
    "descent/optimizers.py",
    "descent/elementwise.py",
    "descent/adaptive.py",
    "splitmix.py",
)
"""Files that kernels are compiled from, within the engine."""
MARK = "complete"
"""A file that stands in a cache folder once everything in it is compiled."""
KEPT = 4
"""How many cache folders are kept; older ones belong to versions that are gone."""


class Kernels(NamedTuple):
    """The compiled functions."""

    train: Callable[..., Any]
    slice_double: Callable[..., Any]
    slice_single: Callable[..., Any]
    networks: Callable[..., Any]


def key(engine: Path = ENGINE) -> str:
    """Return what a cache belongs to: sources, Python, Numba and processor, hashed."""
    digest = hashlib.sha256()
    for pattern in SOURCES:
        for path in sorted(engine.glob(pattern)):
            digest.update(path.relative_to(engine).as_posix().encode())
            digest.update(path.read_bytes())
    for part in (sys.version, numba_version(), _version("llvmlite"), _processor()):
        digest.update(part.encode())
    return digest.hexdigest()[:16]


def folder() -> Path:
    """Return where the kernels of this version are kept, ``NABLA_CACHE`` before all others."""
    return _caches() / key()


@cache
def numba_version() -> str:
    """Return the version of Numba without importing it; empty where there is none."""
    return _version("numba")


def tidy(current: Path) -> None:
    """Remove the oldest cache folders beside the current one."""
    others = sorted(
        (path for path in current.parent.iterdir() if path.is_dir() and path != current),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    for path in others[KEPT - 1 :]:
        _remove(path)


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    """Return the kind of processor and what it can do."""
    told = [platform.machine(), platform.processor()]
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    except OSError:
        lines = []
    told += [line for line in lines if line.startswith(("model name", "flags", "Features"))]
    return "\n".join(told)


def _caches() -> Path:
    import tempfile

    wanted: Iterable[str | None] = (
        os.environ.get("NABLA_CACHE"),
        os.environ.get("XDG_CACHE_HOME"),
        os.environ.get("LOCALAPPDATA"),
    )
    places = [Path(place) for place in wanted if place]
    try:
        places.append(Path.home() / ".cache")
    except RuntimeError:
        pass
    places.append(Path(tempfile.gettempdir()))
    for place in places:
        caches = place / "nabla-kernels"
        try:
            caches.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(caches, os.W_OK):
            return caches
    return places[-1] / "nabla-kernels"


def _remove(path: Path) -> None:
    import shutil

    shutil.rmtree(path, ignore_errors=True)
