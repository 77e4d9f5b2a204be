"""Pictures that get finer: every eighth pixel first, then those between, none computed twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.descent.swarm import Cancelled

Integers = NDArray[np.int32]
Result = TypeVar("Result")

CHUNK = 4096
"""Pixels that are computed together, so that their numbers stay in the processor's cache."""
STRIDES = (8, 4, 2, 1)
WORKERS = 2


class Stage(Generic[Result]):
    """Some pixels that have just been computed.

    Attributes
    ----------
    rows, columns
        Their places.
    result
        What the computation has returned for them.
    whole
        Stride of the coarsest grid of which every pixel is computed now; 0 while there is none.
    share
        Part of all pixels that are computed.
    """

    __slots__ = ("columns", "result", "rows", "share", "whole")

    def __init__(
        self, rows: Integers, columns: Integers, result: Result, whole: int, share: float
    ) -> None:
        self.rows, self.columns, self.result = rows, columns, result
        self.whole, self.share = whole, share


def stages(
    shape: tuple[int, int],
    compute: Callable[[Integers, Integers, Callable[[], bool]], Result],
    cancelled: Callable[[], bool] | None = None,
    workers: int = WORKERS,
) -> Iterator[Stage[Result]]:
    """Compute a picture's pixels by chunks, on a few threads.

    Parameters
    ----------
    shape
        Height and width.
    compute
        ``compute(rows, columns, cancelled)`` of some pixels; may raise ``Cancelled``.
    cancelled
        Asked now and then; once true, the generator ends early. Closing it does the same.
    """
    stop = Event()

    def ended() -> bool:
        return stop.is_set() or (cancelled is not None and cancelled())

    done, total, whole = 0, shape[0] * shape[1], 0
    executor = ThreadPoolExecutor(workers)
    try:
        for stride, rows, columns in _grids(shape):
            # At least a chunk for each thread, as long as these are worth the trouble.
            size = min(CHUNK, max(512, -(-len(rows) // workers)))
            futures = {
                executor.submit(compute, rows[k : k + size], columns[k : k + size], ended): k
                for k in range(0, len(rows), size)
            }
            left = len(futures)
            for future in as_completed(futures):
                k = futures[future]
                result = future.result()
                left -= 1
                done += len(rows[k : k + size])
                whole = whole if left else stride
                yield Stage(rows[k : k + size], columns[k : k + size], result, whole, done / total)
    except Cancelled:
        return
    finally:
        stop.set()
        executor.shutdown(wait=True, cancel_futures=True)


def _grids(shape: tuple[int, int]) -> Iterator[tuple[int, Integers, Integers]]:
    seen = np.zeros(shape, dtype=bool)
    for stride in STRIDES:
        wanted = np.zeros(shape, dtype=bool)
        wanted[::stride, ::stride] = True
        rows, columns = np.nonzero(wanted & ~seen)
        seen |= wanted
        if len(rows):
            yield stride, rows.astype(np.int32), columns.astype(np.int32)


class Canvas:
    """An array of pixels that fills up; those not computed yet look like a computed neighbour."""

    def __init__(self, shape: tuple[int, int], dtype: Any) -> None:
        self.pixels = np.zeros(shape, dtype=dtype)
        self._done = np.zeros(shape, dtype=bool)

    def put(self, rows: Integers, columns: Integers, values: Any) -> None:
        """Write pixels."""
        self.pixels[rows, columns] = values
        self._done[rows, columns] = True

    def picture(self, whole: int) -> Any:
        """Return the picture, with the gaps filled from a grid that is whole; read-only."""
        height, width = self.pixels.shape
        if whole == 1:
            picture = self.pixels.copy()
        else:
            coarse = self.pixels[::whole, ::whole]
            picture = coarse.repeat(whole, axis=0).repeat(whole, axis=1)[:height, :width]
            picture[self._done] = self.pixels[self._done]
        picture.flags.writeable = False
        return picture
