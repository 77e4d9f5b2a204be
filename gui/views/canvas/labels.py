"""Where the labels of weights stand, so that none hides another or a foreign line.

A label lies on its own line, at a share of the way. Between two layers all labels stand at the same
share if that can be, because labels in a row are read more easily; otherwise each has its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gui.views.canvas.layout import Links

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

SHARES = np.linspace(0.14, 0.86, 25)
MOST_LABELS = 42
"""With more connections between two layers none is labelled for good."""
AIR = 1.5
_MOST_TRIALS = 300


def place_all(links: Links, layer: int, sizes: Floats) -> Floats | None:
    """Place a label on every connection that leads to a layer.

    Parameters
    ----------
    sizes
        (n, 2) widths and heights, in the order of the links of this layer.

    Returns
    -------
    (n, 2) middles; None where they cannot all stand free.
    """
    own = links.layer == layer
    start, end = links.start[own], links.end[own]
    if not 0 < len(start) <= MOST_LABELS:
        return None
    centers = _centers(start, end)
    half = sizes / 2 + AIR
    free = _inside(centers, start, end, half) & ~_crossed(centers, half, start, end)
    shares = _uniform(centers, half, free)
    if shares is None:
        shares = _each(centers, half, free)
    return None if shares is None else centers[np.arange(len(start)), shares]


def place_some(
    start: Floats,
    end: Floats,
    sizes: Floats,
    order: Sequence[int],
    taken_before: Sequence[tuple[float, float, float, float]] = (),
) -> list[tuple[int, float, float]]:
    """Place labels on some lines, the first in ``order`` first, leaving out what finds no room.

    These labels may cover other lines, but neither each other nor the ends of their own.

    Parameters
    ----------
    taken_before
        Middles and half sizes of what they may not cover either: (x, y, half width, half height).

    Returns
    -------
    (number of the line, x, y) of each label that has found a place.
    """
    if not len(start):
        return []
    centers = _centers(start, end)
    half = sizes / 2 + AIR
    free = _inside(centers, start, end, half)
    for x, y, wide, high in taken_before:
        apart = np.abs(centers - (x, y)) >= half[:, None, :] + (wide, high)
        free &= apart.any(axis=2)
    uniform = _uniform(centers, half, free)
    if uniform is not None:
        return [
            (i, float(centers[i, uniform[i], 0]), float(centers[i, uniform[i], 1])) for i in order
        ]
    placed: list[tuple[int, float, float]] = []
    taken: list[tuple[float, float, float, float]] = []
    preferred = np.argsort(np.abs(SHARES - 0.5), kind="stable")
    for i in order:
        for share in preferred:
            x, y = (float(v) for v in centers[i, share])
            wide, high = (float(v) for v in half[i])
            if free[i, share] and all(
                abs(x - u) >= wide + w or abs(y - v) >= high + h for u, v, w, h in taken
            ):
                taken.append((x, y, wide, high))
                placed.append((i, x, y))
                break
    return placed


def _centers(start: Floats, end: Floats) -> Floats:
    """Points of each line at each share, (n, shares, 2)."""
    points: Floats = start[:, None, :] + SHARES[None, :, None] * (end - start)[:, None, :]
    return points


def _inside(centers: Floats, start: Floats, end: Floats, half: Floats) -> Mask:
    """Which labels stay between the two columns, (n, shares)."""
    x = centers[:, :, 0]
    wide = half[:, :1]
    inside: Mask = (x - wide >= start[:, :1]) & (x + wide <= end[:, :1])
    return inside


def _crossed(centers: Floats, half: Floats, start: Floats, end: Floats) -> Mask:
    """Which labels a line of another connection runs through, (n, shares)."""
    n = len(start)
    direction = end - start
    # Where line k enters and leaves the slab of label i: times along the line, (i, share, k).
    with np.errstate(divide="ignore", invalid="ignore"):
        offset = centers[:, :, None, :] - start[None, None, :, :]
        reach = half[:, None, None, :]
        first = (offset - reach) / direction
        second = (offset + reach) / direction
    low, high = np.minimum(first, second), np.maximum(first, second)
    # A level line is in the vertical slab always or never.
    level = direction[:, 1] == 0.0
    within = np.abs(offset[..., 1]) < reach[..., 1]
    low[..., 1] = np.where(level, np.where(within, -np.inf, np.inf), low[..., 1])
    high[..., 1] = np.where(level, np.where(within, np.inf, -np.inf), high[..., 1])
    enters = np.maximum(low.max(axis=-1), 0.0)
    leaves = np.minimum(high.min(axis=-1), 1.0)
    hit = enters < leaves
    hit[np.arange(n), :, np.arange(n)] = False
    crossed: Mask = hit.any(axis=2)
    return crossed


def _uniform(centers: Floats, half: Floats, free: Mask) -> NDArray[np.intp] | None:
    """One share for all labels: free, and with the most air between them."""
    best, most = None, -np.inf
    order = np.argsort(centers[:, 0, 1] + 0.0, kind="stable")
    for share in range(len(SHARES)):
        if not free[:, share].all():
            continue
        order = np.argsort(centers[:, share, 1], kind="stable")
        y, high = centers[order, share, 1], half[order, 1]
        air = float((np.diff(y) - high[1:] - high[:-1]).min()) if len(y) > 1 else 20.0
        if air < 0.0:
            continue
        # Enough air is enough: then rather near the middle.
        score = min(air, 12.0) - 10.0 * abs(SHARES[share] - 0.5)
        if score > most:
            best, most = share, score
    if best is None:
        return None
    return np.full(len(centers), best, dtype=np.intp)


def _each(centers: Floats, half: Floats, free: Mask) -> NDArray[np.intp] | None:
    """A share for each label, found by trying; None if there is none, or not soon."""
    n = len(centers)
    if not free.any(axis=1).all():
        return None
    options = [
        sorted(np.flatnonzero(free[i]), key=lambda share: abs(SHARES[share] - 0.5))
        for i in range(n)
    ]
    order = sorted(range(n), key=lambda i: len(options[i]))
    chosen = np.zeros(n, dtype=np.intp)
    trials = 0

    def fits(i: int, share: int, depth: int) -> bool:
        placed = order[:depth]
        distance = np.abs(centers[placed, chosen[placed]] - centers[i, share])
        return bool((distance >= half[placed] + half[i]).any(axis=1).all())

    def search(depth: int) -> bool:
        nonlocal trials
        if depth == n:
            return True
        i = order[depth]
        for share in options[i]:
            trials += 1
            if trials > _MOST_TRIALS:
                return False
            if fits(i, int(share), depth):
                chosen[i] = share
                if search(depth + 1):
                    return True
        return False

    return chosen if search(0) else None
