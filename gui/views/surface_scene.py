"""From a surface and paths in the axes of the data to the box that is drawn; no painting."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gui.views.height_field import (
    HeightScale,
    ScaleKind,
    Surface,
    SurfacePath,
    nice_step,
    scale_of,
)
from gui.views.height_raster import Raster
from gui.views.projection import HEIGHT, Projection, bilinear

Floats = NDArray[np.float64]

FLOOR = -HEIGHT
BOTTOM = -0.62 * HEIGHT
"""Where the lowest value is drawn: above the floor, so that shadows and level lines show on it."""

_MOST_PARTS = 1000
"""Pieces of the line that follows the surface along a path."""

# Where the light comes from, seen from the camera: from the left, from above, from behind the eye.
_LIGHT = np.array([-0.48, -0.42, 0.77])


@dataclass(frozen=True, eq=False)
class Scene:
    """A surface with the scale of its heights, ready to be projected."""

    surface: Surface
    scale: HeightScale
    look: object = field(default_factory=object)
    """The same for scenes that look the same."""

    @classmethod
    def of(cls, surface: Surface, kind: ScaleKind) -> Scene:
        """Choose the scale for a surface."""
        return cls(surface, scale_of(surface.z, kind, surface.cap))

    def said_of(self, surface: Surface) -> Scene:
        """Return the same scene for a surface of the same look."""
        return replace(self, surface=surface)

    @cached_property
    def heights(self) -> Floats:
        """(m, n) heights in the box; NaN in gaps."""
        z = np.where(np.isfinite(self.surface.z), self.surface.z, np.nan)
        return self.height(z)

    def height(self, values: ArrayLike) -> Floats:
        """Heights in the box at which values are drawn, held inside it."""
        return BOTTOM + self.scale.share(values) * (HEIGHT - BOTTOM)

    def share(self, heights: NDArray[np.floating]) -> NDArray[np.floating]:
        """Undo :meth:`height`, up to the share of the drawn range."""
        result: NDArray[np.floating] = (heights - BOTTOM) / (HEIGHT - BOTTOM)
        return result

    @cached_property
    def _slopes(self) -> tuple[Floats, Floats]:
        down, across = np.gradient(self.heights)
        rows, columns = self.heights.shape
        return across * ((columns - 1) / 2), down * ((rows - 1) / 2)

    def light(self, projection: Projection) -> Floats:
        """(m, n) cosine between normal and light, from -1 to 1; the light turns with the camera."""
        cos, sin = projection.turn
        x = cos * _LIGHT[0] - sin * _LIGHT[1]
        y = sin * _LIGHT[0] + cos * _LIGHT[1]
        slope_x, slope_y = self._slopes
        with np.errstate(invalid="ignore"):
            length = np.sqrt(slope_x**2 + slope_y**2 + 1.0)
            result: Floats = (_LIGHT[2] - x * slope_x - y * slope_y) / length
        # Beside a gap there is no slope; light such points as if they were flat.
        return np.where(np.isnan(result), _LIGHT[2], result)

    @cached_property
    def mesh(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """For x and y, (start, slope) of the number of mesh lines as a function of grid cells."""
        result = []
        for axis in (self.surface.x, self.surface.y):
            low, high = float(axis[0]), float(axis[-1])
            step = nice_step(low, high, 16)
            result.append((low / step, (high - low) / (len(axis) - 1) / step))
        return result[0], result[1]

    def place(self, x: float, y: float, z: float | None) -> Floats | None:
        """Box coordinates (3,) of a point; None outside the base or over a gap."""
        across, up = self.surface.to_box(x, y)
        if max(abs(float(across)), abs(float(up))) > 1 + 1e-9:
            return None
        height = bilinear(self.heights, across, up) if z is None else self.height(z)
        point = np.array([float(across), float(up), float(height)])
        return point if np.isfinite(point).all() else None

    def lift(self, path: SurfacePath) -> LiftedPath:
        """Lay a path over the surface."""
        count = len(path.points)
        if not count:
            nothing = np.empty((0, 3))
            return LiftedPath(path, nothing, nothing, 0)
        # A run that diverges leaves by a long way, but not by one that no picture can count.
        far = 1e6
        across, up = (
            np.clip(axis, -far, far)
            for axis in self.surface.to_box(path.points[:, 0], path.points[:, 1])
        )
        ground = bilinear(self.heights, across, up)
        own = ground if path.heights is None else self.height(path.heights)
        steps = np.hypot(np.diff(across), np.diff(up))
        # Between two points the path follows the surface, a bit finer than its grid; a straight
        # line would dive under every ridge.
        finest = 1.5 / max(self.heights.shape)
        with np.errstate(invalid="ignore"):
            parts = np.clip(np.nan_to_num(np.ceil(steps / finest), nan=1.0), 1, 60).astype(int)
        total = int(parts.sum())
        if total > _MOST_PARTS:
            parts = np.maximum(parts * _MOST_PARTS // total, 1)
        starts = np.cumsum(parts) - parts
        within = np.arange(int(parts.sum())) - np.repeat(starts, parts)
        where = np.append(
            np.repeat(np.arange(count - 1), parts) + within / np.repeat(parts, parts), count - 1.0
        )
        index = np.arange(count)
        fine_across, fine_up = np.interp(where, index, across), np.interp(where, index, up)
        above = np.interp(where, index, own - ground)
        line = np.stack(
            [fine_across, fine_up, bilinear(self.heights, fine_across, fine_up) + above], axis=1
        )
        points = np.stack([across, up, own], axis=1)
        for array in (line, points):
            outside = (np.abs(array[:, :2]) > 1 + 1e-9).any(axis=1)
            array[outside] = np.nan
            array[:, 2] = np.clip(array[:, 2], FLOOR, HEIGHT)
        return LiftedPath(path, points, line, int(parts[: max(path.now, 0)].sum()))


@dataclass(frozen=True, eq=False)
class LiftedPath:
    """A path in the box: its own points, and a finer line through them that hugs the surface."""

    path: SurfacePath
    points: Floats
    line: Floats
    now: int


def surface_pixels(
    scene: Scene,
    raster: Raster,
    projection: Projection,
    colors: NDArray[np.uint8],
    cap_color: tuple[int, int, int],
    mesh_color: tuple[int, int, int],
) -> NDArray[np.uint32]:
    """Colour what a raster sees.

    Parameters
    ----------
    colors
        (256, 4) lookup table over shares of the drawn range.
    cap_color, mesh_color
        Red, green, blue of what was cut off at the cap, and of the mesh lines.

    Returns
    -------
    (height, width) ARGB, 0 where there is no surface.
    """
    share = scene.share(raster.level).astype(np.float32)
    index = np.clip(share * np.float32(255) + np.float32(0.5), 0, 255).astype(np.uint8)
    red_green_blue = colors[:, :3].astype(np.float32).take(index, axis=0)
    if scene.scale.capped:
        red_green_blue[share > 1 - 1e-4] = cap_color
    light = _at_pixels(scene.light(projection), raster)
    light = np.where(raster.below, np.float32(0.55), brightness(light))
    red_green_blue *= light[:, None]
    line = _mesh_lines(scene, raster)
    red_green_blue += (np.array(mesh_color, dtype=np.float32) - red_green_blue) * line[:, None]
    np.clip(red_green_blue, 0, 255, out=red_green_blue)
    channels = red_green_blue.astype(np.uint32)
    image = np.zeros(raster.width * raster.height, dtype=np.uint32)
    image[raster.pixels] = (
        np.uint32(0xFF000000) | (channels[:, 0] << 16) | (channels[:, 1] << 8) | channels[:, 2]
    )
    return image.reshape(raster.height, raster.width)


def brightness(light: NDArray[np.floating]) -> NDArray[np.floating]:
    """The factor on a colour for a cosine between normal and light."""
    result: NDArray[np.floating] = 0.66 + 0.42 * np.maximum(light, 0.0)
    return result.astype(np.float32)


def _at_pixels(field: Floats, raster: Raster) -> NDArray[np.float32]:
    rows, columns = field.shape
    column = np.minimum(raster.across.astype(np.int32), columns - 2)
    row = np.minimum(raster.down.astype(np.int32), rows - 2)
    right, lower = raster.across - column, raster.down - row
    flat = field.astype(np.float32).reshape(-1)
    corner = row * columns + column
    one, other = flat.take(corner), flat.take(corner + 1)
    above = one + (other - one) * right
    one, other = flat.take(corner + columns), flat.take(corner + columns + 1)
    result: NDArray[np.float32] = above + (one + (other - one) * right - above) * lower
    return result


def _mesh_lines(scene: Scene, raster: Raster) -> NDArray[np.float32]:
    """(k,) how much of a pixel is covered by a mesh line, from 0 to a subtle 0.3."""
    cover = np.zeros(len(raster.pixels), dtype=np.float32)
    grid = np.full(raster.width * (raster.height + 1) + 1, np.nan, dtype=np.float32)
    for cells, (start, slope) in zip((raster.across, raster.down), scene.mesh, strict=True):
        lines = np.float32(start) + np.float32(slope) * cells
        grid[raster.pixels] = lines
        # How many lines go by from this pixel to the next, across and down: the width of a pixel.
        step = np.abs(grid.take(raster.pixels + 1) - lines)
        np.fmax(step, np.abs(grid.take(raster.pixels + raster.width) - lines), out=step)
        np.nan_to_num(step, copy=False, nan=1.0)
        distance = np.abs(lines - np.rint(lines)) / np.maximum(step, np.float32(1e-6))
        # Where lines crowd, as on a slope seen along itself, they fade instead of turning grey.
        fade = np.clip(1.4 - 3.5 * step, 0.0, 1.0)
        np.maximum(cover, np.clip(1.0 - distance, 0.0, 1.0) * fade, out=cover)
    return cover * np.float32(0.3)
