"""Draws a height field into an image with NumPy alone: every pixel, front before back.

A column of pixels is a vertical slice of the world (see :mod:`gui.views.projection`), in which the
surface is a curve. The curve is sampled from far to near; each piece between two samples covers a
run of pixels of its column, and later pieces, which are nearer, overwrite earlier ones. What is
left at a pixel is the piece seen there and the exact place on it: coordinates, height and side
follow by interpolation, so colour, light and mesh lines are computed once a pixel, never hidden.
For 48 × 48 values at 600 × 450 that takes a few milliseconds, and hardly more for 96 × 96.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gui.views.projection import Projection

Singles = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Raster:
    """What is seen of a height field at each pixel that shows some of it.

    Parameters
    ----------
    width, height
        Size in pixels.
    pixels
        (k,) flat indices of the pixels, row by row.
    across, down
        (k,) position in units of grid cells along the columns and the rows of the field.
    level
        (k,) height in the box.
    below
        (k,) True where the underside is seen.
    depth
        (height, width) ``ahead`` of what is seen; infinite where nothing is.
    """

    width: int
    height: int
    pixels: NDArray[np.intp]
    across: Singles
    down: Singles
    level: Singles
    below: NDArray[np.bool_]
    depth: Singles

    def hides(
        self,
        u: NDArray[np.float64],
        v: NDArray[np.float64],
        ahead: NDArray[np.float64],
        tolerance: float = 0.03,
    ) -> NDArray[np.bool_]:
        """Which points, given by pixel and depth, lie behind the surface. Outside none does."""
        column, row = np.floor(u).astype(np.intp), np.floor(v).astype(np.intp)
        # A point on the surface must not be hidden by its own neighbourhood.
        around = np.array([-1, 0, 1]).reshape(3, *[1] * row.ndim)
        rows = np.minimum(np.maximum(row + around, 0), self.height - 1)
        columns = np.minimum(np.maximum(column + around, 0), self.width - 1)
        farthest = self.depth[rows[:, None], columns[None]].max(axis=(0, 1))
        outside = (column < 0) | (row < 0) | (column >= self.width) | (row >= self.height)
        hidden: NDArray[np.bool_] = ~outside & (ahead > farthest + tolerance)
        return hidden


def rasterize(
    heights: NDArray[np.floating], projection: Projection, width: int, height: int
) -> Raster:
    """See a height field.

    Parameters
    ----------
    heights
        (m, n) heights in the box over its whole base, y down the rows; a cell with a value that is
        not finite is left out.
    projection
        Whose pixels are those of the image.
    width, height
        Size of the image.
    """
    field = np.ascontiguousarray(heights, dtype=np.float32)
    rows, columns = field.shape
    # A gap ends where a sample falls into it, so its rim needs finer ones.
    finer = 2 if np.isfinite(field).all() else 8
    right, ahead = _slices(projection, width, finer * max(rows, columns))
    visible = right[1]
    samples = _sample(field, projection, right[0], ahead)
    v, level, across, down = samples
    wide = visible.size
    depth = np.full((height, width), np.inf, dtype=np.float32)
    empty = np.empty(0, dtype=np.float32)
    if not wide or not height:
        nothing = np.empty(0, dtype=np.intp)
        return Raster(width, height, nothing, empty, empty, empty, nothing > 0, depth)

    seen = _front_pieces(v, height)
    spots = np.flatnonzero(seen >= 0)
    piece = seen.take(spots)
    row, column = np.divmod(spots, wide)
    pixels = row * width + visible.take(column)

    flat = v.reshape(-1)
    far, near = flat.take(piece), flat.take(piece + wide)
    rise = near - far
    center = row.astype(np.float32) + np.float32(0.5)
    share = ((center - far) / np.where(rise == 0, 1, rise)).astype(np.float32)

    def between(values: Singles) -> Singles:
        values = values.reshape(-1)
        start = values.take(piece)
        result: Singles = start + (values.take(piece + wide) - start) * share
        return result

    depth.reshape(-1)[pixels] = between(ahead)
    # Going nearer, a surface seen from above moves down the picture.
    return Raster(
        width, height, pixels, between(across), between(down), between(level), rise < 0, depth
    )


def _slices(
    projection: Projection, width: int, steps: int
) -> tuple[tuple[Singles, NDArray[np.intp]], Singles]:
    """Which columns meet the base, at which ``right``; and the samples ``ahead``, far to near."""
    cos, sin = projection.turn
    right = (np.arange(width) + 0.5 - projection.center_u) / projection.scale_u
    enter, leave = np.full(width, -np.inf), np.full(width, np.inf)
    for start, slope in ((cos * right, -sin), (sin * right, cos)):
        if abs(slope) < 1e-12:
            leave = np.where(np.abs(start) > 1.0, -np.inf, leave)
            continue
        one, other = (-1.0 - start) / slope, (1.0 - start) / slope
        enter = np.maximum(enter, np.minimum(one, other))
        leave = np.minimum(leave, np.maximum(one, other))
    visible = np.flatnonzero(leave > enter)
    enter, leave = enter[visible].astype(np.float32), leave[visible].astype(np.float32)
    shares = np.linspace(1.0, 0.0, steps + 1, dtype=np.float32)[:, None]
    return (right[visible].astype(np.float32), visible), enter + (leave - enter) * shares


def _sample(
    field: Singles, projection: Projection, right: Singles, ahead: Singles
) -> tuple[Singles, Singles, Singles, Singles]:
    """Row in the picture, height and position in the grid, each (samples, columns)."""
    rows, columns = field.shape
    cos, sin = (np.float32(value) for value in projection.turn)
    half_across, half_down = np.float32((columns - 1) / 2), np.float32((rows - 1) / 2)
    across = (cos * right - sin * ahead + np.float32(1)) * half_across
    down = (sin * right + cos * ahead + np.float32(1)) * half_down
    np.clip(across, 0, columns - 1, out=across)
    np.clip(down, 0, rows - 1, out=down)
    column = np.minimum(across.astype(np.int32), columns - 2)
    row = np.minimum(down.astype(np.int32), rows - 2)
    right_share, lower_share = across - column, down - row
    corner = row * columns + column
    flat = field.reshape(-1)
    with np.errstate(invalid="ignore"):
        one, other = flat.take(corner), flat.take(corner + 1)
        upper = one + (other - one) * right_share
        one, other = flat.take(corner + columns), flat.take(corner + columns + 1)
        lower = one + (other - one) * right_share
        level = upper + (lower - upper) * lower_share
        tilt_cos, tilt_sin = (np.float32(value) for value in projection.tilt)
        v = np.float32(projection.center_v) - np.float32(projection.scale) * (
            tilt_cos * level + tilt_sin * ahead
        )
    return v, level, across, down


def _front_pieces(v: Singles, height: int) -> NDArray[np.int32]:
    """(height · columns,) index of the nearest piece at each pixel's centre, -1 for none."""
    wide = v.shape[1]
    half = np.float32(0.5)
    with np.errstate(invalid="ignore"):
        first = np.ceil(np.minimum(v[:-1], v[1:]) - half)
        last = np.floor(np.maximum(v[:-1], v[1:]) - half)
        np.clip(first, 0, height, out=first)
        np.clip(last, -1, height - 1, out=last)
        # A comparison with NaN is false, so a piece that ends in a gap covers nothing.
        counts = np.where(last >= first, last - first + 1, 0).astype(np.int32).reshape(-1)
    pieces = np.flatnonzero(counts)
    counts = counts.take(pieces)
    begins = np.cumsum(counts) - counts
    offsets = first.reshape(-1).take(pieces).astype(np.int32) - begins
    rows = np.arange(int(counts.sum()), dtype=np.int32) + np.repeat(offsets, counts)
    owners = np.repeat(pieces.astype(np.int32), counts)
    seen = np.full(height * wide, -1, dtype=np.int32)
    # Of several values for one pixel the last assigned stays: the nearest, as pieces are ordered.
    seen[rows * wide + owners % wide] = owners
    return seen
