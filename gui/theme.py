"""Light and dark theme: colours by meaning, palette and style sheet, plots and colour maps.

``color("forward")`` gives the colour of a meaning in the theme of the moment. Who paints asks at
paint time and repaints on ``notifier.changed``; who keeps pens is styled by :func:`style_plot`.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from gui import palette
from gui.palette import Scheme
from gui.style_sheet import style_sheet

Mode = Literal["system", "light", "dark"]
MODES: tuple[Mode, ...] = ("system", "light", "dark")


CHINESE_FACES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
)


class Notifier(QObject):
    """Tells that the colours have changed."""

    changed: SignalInstance = Signal()  # type: ignore[assignment]


notifier = Notifier()

tokens: dict[str, str] = dict(palette.LIGHT)
"""The colours of the theme of the moment, ``#RRGGBB`` by name; kept up to date in place."""


@dataclass(slots=True)
class _State:
    mode: Mode = "system"
    scheme: Scheme = "light"
    system_is_dark: bool = False


_state = _State()
_styled: list[weakref.ref[QObject]] = []


def mode() -> Mode:
    """What was asked for: the system's choice, light or dark."""
    return _state.mode


def scheme() -> Scheme:
    """What is on screen: ``"light"`` or ``"dark"``."""
    return _state.scheme


def color(name: str, alpha: float = 1.0) -> QColor:
    """The colour of a meaning in the theme of the moment; ``alpha`` from 0 to 1.

    Raises ``KeyError`` for a name that is not in the table.
    """
    result = QColor(tokens[name])
    if alpha != 1.0:
        result.setAlphaF(alpha)
    return result


def install(application: QApplication, mode: Mode = "system") -> None:
    """Give an application its style, palette and style sheet, and follow the system's scheme."""
    application.setStyle("Fusion")
    application.setFont(_with_chinese(application.font()))
    # Where the platform does not say which scheme it has, its own palette tells.
    window = application.palette().color(QPalette.ColorRole.Window)
    _state.system_is_dark = window.lightnessF() < 0.5
    application.styleHints().colorSchemeChanged.connect(_system_changed)
    set_mode(mode)


def _with_chinese(font: QFont) -> QFont:
    """The same font with simplified Chinese faces to fall back on.

    Left to itself, the fall-back may take Japanese shapes of the characters, or a bold face.
    """
    result = QFont(font)
    result.setFamilies([QFontInfo(font).family(), *CHINESE_FACES])
    return result


def set_mode(mode: Mode) -> None:
    """Show the light theme, the dark one, or the one of the system, now and live."""
    _state.mode = mode
    application = QGuiApplication.instance()
    if isinstance(application, QGuiApplication):
        asked = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        # Where the platform supports it, window frames and native dialogs follow too.
        application.styleHints().setColorScheme(asked.get(mode, Qt.ColorScheme.Unknown))
    _apply()


@contextmanager
def painting_in(scheme: Scheme) -> Iterator[None]:
    """Paint in another scheme for a moment, for example a file in the light one.

    Colours, plots and views change; the application's palette and style sheet stay.
    """
    before = _state.scheme
    _dress(scheme)
    try:
        yield
    finally:
        _dress(before)


def _dress(scheme: Scheme) -> None:
    if scheme == _state.scheme:
        return
    _state.scheme = scheme
    tokens.update(palette.TABLES[scheme])
    _restyle()
    notifier.changed.emit()


def _system_changed(_: object) -> None:
    _apply()


def _resolved() -> Scheme:
    if _state.mode != "system":
        return _state.mode
    if isinstance(QGuiApplication.instance(), QGuiApplication):
        reported = QGuiApplication.styleHints().colorScheme()
        if reported != Qt.ColorScheme.Unknown:
            return "dark" if reported == Qt.ColorScheme.Dark else "light"
    return "dark" if _state.system_is_dark else "light"


def _apply() -> None:
    before = _state.scheme
    _state.scheme = _resolved()
    tokens.update(palette.TABLES[_state.scheme])
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.setPalette(qt_palette())
        sheet = style_sheet(tokens, _state.scheme)
        if application.styleSheet() != sheet:
            application.setStyleSheet(sheet)
    if _state.scheme != before:
        _restyle()
        notifier.changed.emit()


def qt_palette() -> QPalette:
    """The theme of the moment as Qt's palette, for what the style sheet does not reach."""
    roles = QPalette.ColorRole
    result = QPalette()
    for role, name in {
        roles.Window: "background",
        roles.WindowText: "text",
        roles.Base: "panel",
        roles.AlternateBase: "raised",
        roles.ToolTipBase: "raised",
        roles.ToolTipText: "text",
        roles.Text: "text",
        roles.Button: "raised",
        roles.ButtonText: "text",
        roles.BrightText: "error",
        roles.Light: "raised",
        roles.Midlight: "hover",
        roles.Mid: "border",
        roles.Dark: "control",
        roles.Shadow: "border",
        roles.Highlight: "accent",
        roles.HighlightedText: "on_accent",
        roles.Link: "accent",
        roles.LinkVisited: "accent",
        roles.PlaceholderText: "muted",
        roles.Accent: "accent",
    }.items():
        result.setColor(role, color(name))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, color("control"))
    return result


def set_role(widget: QWidget, role: str) -> None:
    """Choose a variant of the style sheet (``primary`` …) for a widget, also on screen."""
    if widget.property("role") == role:
        return
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


# ------------------------------------------------------------------------------------ plots


def style_plot(plot: QObject) -> None:
    """Dress a pyqtgraph ``PlotWidget`` or ``PlotItem``, now and after every change of theme.

    The plot is held weakly: binding it does not keep it alive.
    """
    _style_plot(plot)
    _styled.append(weakref.ref(plot))


def _restyle() -> None:
    from shiboken6 import isValid

    alive: list[weakref.ref[QObject]] = []
    for reference in _styled:
        plot = reference()
        if plot is not None and isValid(plot):
            _style_plot(plot)
            alive.append(reference)
    _styled[:] = alive


def _style_plot(plot: QObject) -> None:
    import pyqtgraph as pg

    if isinstance(plot, pg.GraphicsView):
        plot.setBackground(color("panel"))
    item = plot.getPlotItem() if isinstance(plot, pg.PlotWidget) else plot
    if not isinstance(item, pg.PlotItem):
        return
    for entry in item.axes.values():
        axis = entry["item"]
        axis.setPen(pg.mkPen(color("control")))
        axis.setTickPen(pg.mkPen(color("control")))
        axis.setTextPen(pg.mkPen(color("muted")))
    item.titleLabel.setText(item.titleLabel.text, color=tokens["text"])
    if item.legend is not None:
        item.legend.setLabelTextColor(color("text"))
        item.legend.setBrush(pg.mkBrush(color("panel", 0.85)))
        item.legend.setPen(pg.mkPen(color("border")))
        for _, label in item.legend.items:
            label.setText(label.text, color=tokens["text"])


# ------------------------------------------------------------------------------ colour maps


def colormap(name: str) -> NDArray[np.uint8]:
    """Lookup table, (256, 4) bytes of red, green, blue and alpha; read-only and shared.

    ``"diverging"`` runs from negative (orange) over the theme's neutral tone to positive (blue).
    ``"sequential"`` is for heights and losses. Any other name is one of pyqtgraph's bundled maps,
    such as ``"viridis"`` or ``"cividis"``.
    """
    return (
        _diverging(_state.scheme) if name == "diverging" else _bundled(_SEQUENTIAL.get(name, name))
    )


_SEQUENTIAL = {"sequential": "viridis"}


@lru_cache(maxsize=16)
def _bundled(name: str) -> NDArray[np.uint8]:
    import pyqtgraph as pg

    table: NDArray[np.uint8] = np.asarray(
        pg.colormap.get(name).getLookupTable(nPts=256, alpha=True), dtype=np.uint8
    )
    table.setflags(write=False)
    return table


@lru_cache(maxsize=2)
def _diverging(scheme: Scheme) -> NDArray[np.uint8]:
    stops = np.array([palette.channels(stop) for stop in palette.DIVERGING[scheme]], dtype=float)
    where = np.linspace(0.0, len(stops) - 1.0, 256)
    # Mixed as light rather than as bytes, so that no dark seam shows between two hues.
    linear = (stops / 255.0) ** 2.2
    mixed = np.stack([np.interp(where, np.arange(len(stops)), c) for c in linear.T], axis=1)
    table = np.full((256, 4), 255, dtype=np.uint8)
    table[:, :3] = np.rint(255.0 * mixed ** (1 / 2.2)).astype(np.uint8)
    table.setflags(write=False)
    return table
