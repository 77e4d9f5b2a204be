"""The frame of the data view: axes, layers, legend, note and colour bar, and where samples are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QWidget

from gui import theme
from gui.views.color_bar import ColorBar, NoteLine
from gui.views.data_items import CurveItem, Entry, Legend, MapItem, SamplesItem
from gui.views.data_samples import SampleSource
from gui.views.height_field import HeightScale
from gui.views.scale_axis import ScaleAxis
from gui.views.view import PlotView

REACH = 10.0
"""Pixels within which a click or a hover means a sample."""
ROOM_FOR_NAMES = 300
"""Pixels of height from which on the axes are named."""
ROOM_FOR_BAR = 380
"""Pixels of width from which on there is a colour bar."""


class DataPlot(PlotView):
    """A map or a curve below, samples above; a subclass says what they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: SampleSource | None = None
        self._zoomed = False
        self._bottom, self._left = ScaleAxis("bottom", 58.0), ScaleAxis("left", 34.0)
        self._bottom.setStyle(hideOverlappingLabels=False)
        self.plot.setAxisItems({"bottom": self._bottom, "left": self._left})
        self._left.setWidth(44)
        self._set_fonts()
        theme.style_plot(self.widget)
        self._map, self._curve, self._points = MapItem(), CurveItem(), SamplesItem()
        for layer, item in enumerate((self._map, self._curve, self._points)):
            item.setZValue(layer)
            self.plot.addItem(item, ignoreBounds=True)
        self._legend = Legend(self._entries)
        self._note = NoteLine(self._note_text)
        self._bar = ColorBar()
        self._bar.setFixedWidth(0.0)
        layout = self.plot.layout
        layout.removeItem(self.plot.titleLabel)
        layout.addItem(self._legend, 0, 0, 1, 4)
        layout.addItem(self._bar, 2, 3)
        layout.addItem(self._note, 4, 0, 1, 4)
        self.plot.setContentsMargins(4, 6, 12, 4)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._zoomed_by_hand)

    def _entries(self) -> Sequence[Entry]:
        """What stands in the legend."""
        raise NotImplementedError

    def _note_text(self) -> str:
        """What stands under the plot."""
        raise NotImplementedError

    def _label_axes(self, across: str, upwards: str) -> None:
        """Name the axes, where there is room for names."""
        named = self.height() >= ROOM_FOR_NAMES
        for axis, name in ((self._bottom, across), (self._left, upwards)):
            if (axis.labelText, axis.label.isVisible()) != (name, named):
                axis.setLabel(name)
                axis.showLabel(named)
        self._left.setWidth(60 if named else 44)

    def _show_bar(
        self, scale: tuple[float, float] | None, name: str = "", *, keeps_room: bool = False
    ) -> None:
        """Show the colours of a range of values, or no colour bar; its room may be kept."""
        fits = self.width() >= ROOM_FOR_BAR
        if scale is not None and fits:
            self._bar.show(HeightScale("linear", *scale), name)
        else:
            self._bar.show(None, "")
        width = ColorBar.WIDTH if fits and (scale is not None or keeps_room) else 0.0
        if self._bar.minimumWidth() != width:
            self._bar.setFixedWidth(width)

    def sample_near(self, position: QPointF) -> int | None:
        """The row of the sample that is drawn nearest to a point of the scene, within reach."""
        samples = self._points.samples
        if samples is None or not self._points.isVisible():
            return None
        pixels = self._points.to_pixels(samples.points)
        distance = np.hypot(pixels[:, 0] - position.x(), pixels[:, 1] - position.y())
        index = int(distance.argmin())
        return int(samples.rows[index]) if distance[index] <= REACH else None

    def sample_pixel(self, row: int) -> QPointF:
        """Where on the plot a sample is drawn."""
        assert self._source is not None
        return self._points.to_pixel(*self._source.point_of(row))

    def _frame(self) -> None:
        """Show all samples; both axes in one scale where they measure alike."""
        assert self._source is not None
        x_range, y_range = self._source.ranges()
        spans = x_range[1] - x_range[0], y_range[1] - y_range[0]
        alike = len(self._source.axes) == 2 and max(spans) < 3.0 * min(spans)
        self.box.setAspectLocked(alike and self._source.dataset.n_features == 2)
        self.box.setRange(xRange=x_range, yRange=y_range, padding=0)

    def zoom_by(self, factor: float) -> None:
        self._zoomed = True
        super().zoom_by(factor)

    def turn_by(self, right: int, up: int) -> None:
        self._zoomed = True
        super().turn_by(right, up)

    def _zoomed_by_hand(self, _: Any) -> None:
        self._zoomed = True

    def readout_corner(self) -> QPoint:
        inside, header = super().readout_corner(), self.widget.pos()
        return QPoint(inside.x() + header.x(), inside.y() + header.y())
