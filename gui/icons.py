"""Nabla's own icons: one stroke on a 24 × 24 grid, in the colours of the theme.

The files in ``resources/icons`` are drawn in ``currentColor``; here a token takes its place.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from gui import theme

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"

# The usual logical sizes (16, 18, 20, 24, 32) on screens of 1, 1.5 and 2 pixels a point: each is
# drawn from the curves, none is scaled from another.
PIXELS = (16, 18, 20, 24, 27, 30, 32, 36, 40, 48, 64)
APPLICATION_PIXELS = (16, 24, 32, 48, 64, 128, 256, 512)


@dataclass(frozen=True, slots=True)
class _Binding:
    target: weakref.ref[QObject]
    name: str
    token: str


_bindings: dict[int, _Binding] = {}


@cache
def names() -> tuple[str, ...]:
    """The names of all icons."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem != "nabla"))


def icon(name: str, token: str = "text") -> QIcon:
    """An icon in the colour of a token; greyed where its control is disabled.

    Raises ``KeyError`` for a name that has no file. Use :func:`bind` for what stays on screen.
    """
    return _icon(name, theme.tokens[token], theme.tokens["control"])


def pixmap(name: str, size: int, token: str = "text", ratio: float = 1.0) -> QPixmap:
    """An icon as a picture of ``size`` points on a screen of ``ratio`` pixels a point."""
    result = _drawn(_renderer(name, theme.tokens[token]), round(size * ratio))
    result.setDevicePixelRatio(ratio)
    return result


def paint(painter: QPainter, rectangle: QRectF, name: str, token: str = "text") -> None:
    """Draw an icon as curves, for canvases and vector export."""
    _renderer(name, theme.tokens[token]).render(painter, rectangle)


def bind(target: QObject, name: str, token: str = "text") -> None:
    """Give an action or a button its icon, now and after every change of theme.

    A further call for the same object replaces the icon. The object is held weakly.
    """
    key = id(target)

    def forget(_: object) -> None:
        _bindings.pop(key, None)

    binding = _Binding(weakref.ref(target, forget), name, token)
    _bindings[key] = binding
    _apply(binding)


def application_icon() -> QIcon:
    """The sign of Nabla, sharp from 16 to 512 pixels."""
    result = QIcon()
    for size in APPLICATION_PIXELS:
        result.addPixmap(QPixmap(str(FOLDER / f"nabla-{size}.png")))
    return result


def _apply(binding: _Binding) -> bool:
    """Set one icon; false when its object is gone."""
    target = binding.target()
    if target is None or not isValid(target):
        return False
    setter: Callable[[QIcon], object] = target.setIcon  # type: ignore[attr-defined]
    setter(icon(binding.name, binding.token))
    return True


def _refresh() -> None:
    # Only the keys: pairs are new objects, and making them may let old ones go meanwhile.
    for key in list(_bindings):
        binding = _bindings.get(key)
        if binding is not None and not _apply(binding):
            _bindings.pop(key, None)


theme.notifier.changed.connect(_refresh)


@lru_cache(maxsize=512)
def _icon(name: str, color: str, disabled: str) -> QIcon:
    result = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        renderer = _renderer(name, shade)
        for size in PIXELS:
            result.addPixmap(_drawn(renderer, size), mode)
    return result


@lru_cache(maxsize=512)
def _renderer(name: str, color: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", color).encode()))


@cache
def _source(name: str) -> str:
    if name not in names():
        raise KeyError(f"no icon {name!r}")
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


def _drawn(renderer: QSvgRenderer, pixels: int) -> QPixmap:
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return result
