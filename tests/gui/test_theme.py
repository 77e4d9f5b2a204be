"""Colours mean something, can be read, and change live."""

from __future__ import annotations

import gc
import itertools
import re
from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QPushButton

from gui import palette, theme
from gui.style_sheet import GLYPHS, style_sheet

# Machado, Oliveira and Fernandes (2009), severity 1: protanopia, deuteranopia, tritanopia.
EYES = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
# What is seen side by side.
COMPANIES = (
    ("forward", "backward", "gradient", "update"),
    ("positive", "negative", "gradient", "backward"),
    ("secant", "tangent"),
    ("partial_x", "partial_y", "direction", "gradient"),
    ("train", "test"),
    tuple(f"class_{number}" for number in range(10)),
    tuple(f"run_{number}" for number in range(8)),
)


def as_lab(hexadecimal: str, eye: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIE L*a*b* of a colour as an eye sees it."""
    share = np.array(palette.channels(hexadecimal)) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    xyz = to_xyz @ np.clip(eye @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    theme.set_mode("light")
    yield
    theme.set_mode("light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_and_marks_be_seen(scheme: palette.Scheme) -> None:
    table = palette.TABLES[scheme]
    for surface in palette.SURFACES:
        for name in palette.TEXT_TOKENS:
            assert palette.contrast(table[name], table[surface]) >= 4.5, (name, surface)
        for name in palette.GRAPHIC_TOKENS:
            assert palette.contrast(table[name], table[surface]) >= 3, (name, surface)
    for surface in ("raised", "hover"):
        assert palette.contrast(table["text"], table[surface]) >= 7
    assert palette.contrast(table["on_accent"], table["accent"]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("eye", EYES)
def test_neighbours_stay_apart_for_every_eye(scheme: palette.Scheme, eye: str) -> None:
    table = palette.TABLES[scheme]
    for company in COMPANIES:
        for first, second in itertools.combinations(company, 2):
            apart = as_lab(table[first], EYES[eye]) - as_lab(table[second], EYES[eye])
            assert np.linalg.norm(apart) > 8, (first, second)


def test_both_themes_name_the_same_colours() -> None:
    assert palette.LIGHT.keys() == palette.DARK.keys()
    assert all(re.fullmatch("#[0-9A-F]{6}", c) for c in [*palette.LIGHT.values()])
    assert all(re.fullmatch("#[0-9A-F]{6}", c) for c in [*palette.DARK.values()])


def test_a_switch_is_told_once_and_changes_the_application(qapp: QApplication) -> None:
    told: list[str] = []

    def note() -> None:
        told.append(theme.scheme())

    theme.notifier.changed.connect(note)
    theme.set_mode("dark")
    theme.set_mode("dark")
    theme.notifier.changed.disconnect(note)
    assert told == ["dark"]
    assert theme.color("panel") == QColor(palette.DARK["panel"])
    assert qapp.palette().window().color() == theme.color("background")
    assert theme.tokens["text"] in qapp.styleSheet()


def test_a_plot_wears_the_theme_and_is_not_kept_alive(qapp: QApplication) -> None:
    plot = pg.PlotWidget()
    theme.style_plot(plot)
    assert plot.backgroundBrush().color() == theme.color("panel")
    theme.set_mode("dark")
    assert plot.backgroundBrush().color() == theme.color("panel")
    assert plot.getAxis("left").textPen().color() == theme.color("muted")
    count = len(theme._styled)
    plot.close()
    del plot
    gc.collect()
    theme.set_mode("light")
    assert len(theme._styled) < count


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_diverging_map_is_neutral_in_the_middle(scheme: theme.Mode) -> None:
    theme.set_mode(scheme)
    table = theme.colormap("diverging").astype(int)
    assert table.shape == (256, 4)
    assert np.ptp(table[127:129, :3], axis=1).max() < 16
    assert table[40, 0] > table[40, 2]  # negative is orange
    assert table[215, 2] > table[215, 0]  # positive is blue


@pytest.mark.parametrize("name", ["sequential", "viridis", "cividis"])
def test_the_sequential_maps_grow_lighter_all_the_way(name: str) -> None:
    table = theme.colormap(name)
    assert table.dtype == np.uint8
    assert table.shape == (256, 4)
    luminance = [palette.luminance(f"#{r:02X}{g:02X}{b:02X}") for r, g, b, _ in table]
    assert np.all(np.diff(luminance) > -1e-3)


def test_every_glyph_of_the_style_sheet_is_there() -> None:
    for scheme in ("light", "dark"):
        for path in re.findall(r"url\((.+?)\)", style_sheet(palette.TABLES[scheme], scheme)):
            assert path.startswith(GLYPHS.as_posix())
            assert GLYPHS.joinpath(path.rsplit("/", 1)[1]).is_file(), path


def test_a_role_can_be_changed_on_screen(qtbot: object) -> None:
    button = QPushButton("Step")
    theme.set_role(button, "primary")
    assert button.property("role") == "primary"
    button.deleteLater()
