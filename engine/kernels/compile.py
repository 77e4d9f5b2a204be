"""Compile the kernels into a cache folder, or load them from it.

`python -m engine.kernels.compile [FOLDER]` compiles, prints the folder, and marks it as complete.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.kernels.cache import MARK, Kernels, folder, tidy


def load(place: Path) -> Kernels:
    """Return the kernels from a cache folder; what is missing there is compiled and kept."""
    import numba

    before = numba.config.CACHE_DIR
    # Where a function is kept is settled when it is declared.
    numba.config.CACHE_DIR = str(place)
    try:
        from engine.kernels import landscape, training

        return Kernels(
            train=_declared(training.train, training.SIGNATURE),
            # One function for each precision: a kernel in the cache has one signature.
            slice_double=_declared(landscape.slice_losses, landscape.SLICE_DOUBLE),
            slice_single=_declared(landscape.slice_losses, landscape.SLICE_SINGLE),
            networks=_declared(landscape.network_losses, landscape.NETWORKS),
        )
    finally:
        numba.config.CACHE_DIR = before


def _declared(function: Any, signature: Any) -> Callable[..., Any]:
    import numba

    declare: Any = numba.njit(signature, nogil=True, error_model="numpy", cache=True)
    compiled: Callable[..., Any] = declare(function)
    return compiled


def main(arguments: list[str]) -> None:
    """Compile what is not there yet."""
    place = Path(arguments[0]) if arguments else folder()
    place.mkdir(parents=True, exist_ok=True)
    load(place)
    (place / MARK).touch()
    tidy(place)
    sys.stdout.write(f"{place}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
