"""Every icon is drawn in the theme's colour, at every size, and changes with the theme."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction, QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from gui import icons, theme


@pytest.fixture(autouse=True)
def light(qapp: QApplication) -> Iterator[None]:
    theme.set_mode("light")
    yield
    theme.set_mode("light")


def strongest(image: QImage) -> QColor:
    """The colour of the most opaque pixel."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


@pytest.mark.parametrize("name", icons.names())
def test_an_icon_fills_its_grid_in_one_stroke_style(name: str) -> None:
    source = (icons.FOLDER / f"{name}.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in source
    assert set(re.findall(r'stroke-width="([\d.]+)"', source)) == {"1.75"}
    assert not re.search(r"#[0-9A-Fa-f]{3,8}", source)
    image = icons.pixmap(name, 48, "accent").toImage()
    assert strongest(image).rgb() == theme.color("accent").rgb()
    edge = [image.pixelColor(*at).alpha() for i in range(48) for at in ((i, 0), (0, i), (i, 47))]
    assert max(edge) < 128, "it is cut off at the edge"


@pytest.mark.parametrize("size", [16, 20, 24, 32])
@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_an_icon_is_drawn_for_the_screen_it_is_on(size: int, ratio: float) -> None:
    pixmap = icons.icon("play").pixmap(QSize(size, size), ratio)
    assert pixmap.width() == round(size * ratio)
    assert pixmap.width() in icons.PIXELS


def test_a_disabled_control_shows_a_grey_icon() -> None:
    image = icons.icon("play").pixmap(QSize(24, 24), QIcon.Mode.Disabled).toImage()
    assert strongest(image).rgb() == theme.color("control").rgb()


def test_a_bound_icon_follows_the_theme() -> None:
    action = QAction("Play")
    icons.bind(action, "play")
    light = action.icon().pixmap(24).toImage()
    theme.set_mode("dark")
    dark = action.icon().pixmap(24).toImage()
    assert strongest(light).rgb() != strongest(dark).rgb()
    assert strongest(dark).rgb() == theme.color("text").rgb()


def test_a_bound_icon_keeps_nothing_alive(qtbot: object) -> None:
    gc.collect()
    before = len(icons._bindings)
    button = QPushButton()
    icons.bind(button, "pause", "accent")
    icons.bind(button, "play")
    assert len(icons._bindings) == before + 1
    del button
    gc.collect()
    assert len(icons._bindings) == before


def test_a_name_without_a_file_is_refused() -> None:
    with pytest.raises(KeyError, match="no_such_icon"):
        icons.icon("no_such_icon")


def test_the_application_has_an_icon_of_every_size(qapp: QApplication) -> None:
    icon = icons.application_icon()
    assert sorted(size.width() for size in icon.availableSizes()) == list(icons.APPLICATION_PIXELS)
