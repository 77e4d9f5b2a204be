"""The camera of the 3-D pictures: pure NumPy, orthographic, seen from above.

Orthographic on purpose. Equal heights look equal wherever they stand, so axes can be read; and a
vertical column of the picture is one vertical slice of the world, which is what makes drawing
(:mod:`gui.views.height_raster`) and picking a matter of one dimension.

World coordinates are those of a box: x and y from -1 to 1, z from -HEIGHT to HEIGHT. ``right``
runs across the picture and ``ahead`` into it, both in the plane of the floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

HEIGHT = 0.62
"""Half the height of the box; its base has half a side of 1."""

LOWEST_ELEVATION, HIGHEST_ELEVATION = 4.0, 88.0
LEAST_ZOOM, MOST_ZOOM = 0.4, 8.0


@dataclass(frozen=True, slots=True)
class Camera:
    """Where one looks from: azimuth and elevation in degrees, zoom as a factor."""

    azimuth: float = -32.0
    elevation: float = 30.0
    zoom: float = 1.0

    def rotated(self, azimuth: float, elevation: float) -> Camera:
        """Turn by these degrees; the elevation stays between the floor and the zenith."""
        raised = min(max(self.elevation + elevation, LOWEST_ELEVATION), HIGHEST_ELEVATION)
        turned = (self.azimuth + azimuth + 180.0) % 360.0 - 180.0
        return replace(self, azimuth=turned, elevation=raised)

    def zoomed(self, factor: float) -> Camera:
        """Come nearer by a factor, within bounds."""
        return replace(self, zoom=min(max(self.zoom * factor, LEAST_ZOOM), MOST_ZOOM))


@dataclass(frozen=True, slots=True)
class Projection:
    """From the box to pixels: u to the right, v down.

    Parameters
    ----------
    camera
        Directions; its zoom is already part of ``scale`` when made by :func:`fitted`.
    center_u, center_v
        Pixels at which the middle of the box is drawn.
    scale
        Pixels for one unit of the box, down the picture.
    stretch
        Across the picture a unit has this many times the pixels, so that the box fills wide and
        narrow pictures alike. Heights and depths keep their common scale.
    """

    camera: Camera
    center_u: float
    center_v: float
    scale: float
    stretch: float = 1.0

    @property
    def scale_u(self) -> float:
        """Pixels for one unit of the box, across the picture."""
        return self.scale * self.stretch

    @property
    def turn(self) -> tuple[float, float]:
        """Cosine and sine of the azimuth."""
        angle = math.radians(self.camera.azimuth)
        return math.cos(angle), math.sin(angle)

    @property
    def tilt(self) -> tuple[float, float]:
        """Cosine and sine of the elevation."""
        angle = math.radians(self.camera.elevation)
        return math.cos(angle), math.sin(angle)

    def scaled(self, factor: float) -> Projection:
        """The same picture with this many times the pixels."""
        return Projection(
            self.camera,
            self.center_u * factor,
            self.center_v * factor,
            self.scale * factor,
            self.stretch,
        )

    def right_ahead(self, x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
        """Turn floor coordinates by the azimuth; broadcasts."""
        cos, sin = self.turn
        x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        return cos * x + sin * y, cos * y - sin * x

    def project(self, points: ArrayLike) -> tuple[Floats, Floats]:
        """Pixels and depth of points of the box.

        Parameters
        ----------
        points
            (n, 3) coordinates in the box.

        Returns
        -------
        pixels : (n, 2)
        ahead : (n,)
            How far into the picture. Of two points at one pixel, the one with less is in front.
        """
        points = np.asarray(points, dtype=float).reshape(-1, 3)
        right, ahead = self.right_ahead(points[:, 0], points[:, 1])
        cos, sin = self.tilt
        pixels = np.empty((len(points), 2))
        pixels[:, 0] = self.center_u + self.scale_u * right
        pixels[:, 1] = self.center_v - self.scale * (cos * points[:, 2] + sin * ahead)
        return pixels, ahead

    def span(self, right: float) -> tuple[float, float] | None:
        """Where the slice at this ``right`` enters and leaves the base, or None if it misses it."""
        cos, sin = self.turn
        enter, leave = -math.inf, math.inf
        for start, slope in ((cos * right, -sin), (sin * right, cos)):
            if abs(slope) < 1e-12:
                if abs(start) > 1.0:
                    return None
                continue
            near, far = sorted(((-1.0 - start) / slope, (1.0 - start) / slope))
            enter, leave = max(enter, near), min(leave, far)
        return (enter, leave) if enter < leave else None

    def floor_point(self, right: ArrayLike, ahead: ArrayLike) -> tuple[Floats, Floats]:
        """Box coordinates x and y of a point ``right`` and ``ahead``; broadcasts."""
        cos, sin = self.turn
        right, ahead = np.asarray(right, dtype=float), np.asarray(ahead, dtype=float)
        return cos * right - sin * ahead, sin * right + cos * ahead

    def unproject(
        self, u: float, v: float, heights: NDArray[np.floating], nearest: bool = False
    ) -> tuple[float, float] | None:
        """The point of a height field that is seen at a pixel.

        Parameters
        ----------
        u, v
            The pixel.
        heights
            (m, n) heights in the box on an even grid over its base, y down the rows; cells with a
            value that is not finite are holes.
        nearest
            Where the pixel shows no part of the surface, take the point of its slice that is drawn
            nearest to it, rather than give None. That is how a ball follows the mouse.

        Returns
        -------
        (x, y) in the box, or None.
        """
        right = (u - self.center_u) / self.scale_u
        span = self.span(right)
        if span is None:
            if not nearest:
                return None
            edge = abs(self.turn[0]) + abs(self.turn[1])
            right = math.copysign(edge * (1.0 - 1e-9), right)
            span = self.span(right) or (0.0, 0.0)
        rows, columns = heights.shape
        # Four samples a cell: a slice crosses at most rows + columns cells.
        ahead = np.linspace(*span, 4 * (rows + columns))
        x, y = self.floor_point(right, ahead)
        height = bilinear(heights, x, y)
        cos, sin = self.tilt
        above = self.center_v - self.scale * (cos * height + sin * ahead) - v
        signs = np.sign(above)
        with np.errstate(invalid="ignore"):
            crossing = np.flatnonzero(signs[:-1] * signs[1:] <= 0.0)
        if crossing.size:
            first = int(crossing[0])
            before, after = above[first], above[first + 1]
            share = 0.0 if before == after else before / (before - after)
            return float(x[first] + share * (x[first + 1] - x[first])), float(
                y[first] + share * (y[first + 1] - y[first])
            )
        if not nearest or not np.isfinite(above).any():
            return None
        closest = int(np.nanargmin(np.abs(above)))
        return float(x[closest]), float(y[closest])


def fitted(
    camera: Camera,
    left: float,
    top: float,
    width: float,
    height: float,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Projection:
    """The projection that fits the box into a rectangle, the same at every azimuth.

    ``stretch`` holds the least and the most by which the box may be wider than it is.
    """
    elevation = math.radians(camera.elevation)
    half_width = math.sqrt(2.0)
    half_height = math.sqrt(2.0) * math.sin(elevation) + HEIGHT * math.cos(elevation)
    across, down = max(width, 1.0) / (2 * half_width), max(height, 1.0) / (2 * half_height)
    wider = min(max(across / down, stretch[0]), stretch[1])
    scale = max(min(down, across / wider), 1e-3) * camera.zoom
    return Projection(camera, left + width / 2, top + height / 2, scale, wider)


def bilinear(heights: NDArray[np.floating], x: Floats, y: Floats) -> Floats:
    """Interpolate an even grid over the base of the box; NaN in holes, clamped at the rim.

    Parameters
    ----------
    heights
        (m, n) values, y down the rows.
    x, y
        Coordinates from -1 to 1, of one shape.
    """
    rows, columns = heights.shape
    across = np.clip((x + 1.0) * ((columns - 1) / 2), 0, columns - 1)
    down = np.clip((y + 1.0) * ((rows - 1) / 2), 0, rows - 1)
    column = np.minimum(np.nan_to_num(across).astype(np.intp), columns - 2)
    row = np.minimum(np.nan_to_num(down).astype(np.intp), rows - 2)
    across, down = across - column, down - row
    with np.errstate(invalid="ignore"):
        upper = heights[row, column] * (1 - across) + heights[row, column + 1] * across
        lower = heights[row + 1, column] * (1 - across) + heights[row + 1, column + 1] * across
        result: Floats = upper * (1 - down) + lower * down
    return result
