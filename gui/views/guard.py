"""Keeps a mistake in a paint method from ending the program.

Qt calls paint methods from C++, where a Python exception has nowhere to go: the process crashes.
``@guarded`` catches it, records it once, and paints a short notice in place of the picture.
"""

from __future__ import annotations

import functools
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from PySide6.QtCore import QObject, QRectF, Qt, Signal, SignalInstance
from PySide6.QtGui import QPaintDevice, QPainter
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from gui import theme
from gui.i18n import tr

log = logging.getLogger(__name__)

Self = TypeVar("Self")
Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Failure:
    """One way in which a paint method failed."""

    place: str
    message: str
    trace: str


class Notifier(QObject):
    """Tells of a failure when it is seen for the first time."""

    failed: SignalInstance = Signal(object)  # type: ignore[assignment]


notifier = Notifier()
failures: list[Failure] = []
"""What has failed since the start, each place and kind of error once."""

_counts: dict[tuple[str, str, int], int] = {}


def count() -> int:
    """How many paints have failed so far, repetitions included."""
    return sum(_counts.values())


def forget() -> None:
    """Empty the record, so that a failure counts as new again."""
    failures.clear()
    _counts.clear()


def guarded(
    paint: Callable[Concatenate[Self, Arguments], None],
) -> Callable[Concatenate[Self, Arguments], None]:
    """Wrap ``paintEvent`` of a widget or ``paint`` of a graphics item."""

    @functools.wraps(paint)
    def safely(self: Self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        painter = next((value for value in args if isinstance(value, QPainter)), None)
        transform = painter.transform() if painter is not None else None
        try:
            paint(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 — whatever it is, it must not reach Qt
            _record(self, paint.__qualname__, error)
            # A painter that lives on in a frame of the traceback would keep the device busy.
            traceback.clear_frames(error.__traceback__)
            if painter is not None and transform is not None:
                painter.setTransform(transform)
                _notice_on_item(self, painter)
            elif isinstance(self, QWidget):
                _notice_on_widget(self)

    return cast("Callable[Concatenate[Self, Arguments], None]", safely)


def _record(owner: object, name: str, error: Exception) -> None:
    last = traceback.extract_tb(error.__traceback__)[-1]
    key = (f"{type(owner).__name__}: {name}", type(error).__name__, last.lineno or 0)
    _counts[key] = _counts.get(key, 0) + 1
    if _counts[key] > 1:
        return
    trace = "".join(traceback.format_exception(error))
    failure = Failure(key[0], f"{type(error).__name__}: {error}", trace)
    failures.append(failure)
    log.error("a picture could not be drawn (%s)\n%s", failure.place, trace)
    notifier.failed.emit(failure)


def _notice_on_widget(widget: QWidget) -> None:
    # What scrolls paints on its viewport, also from its own paint method.
    target = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    painter = QPainter()
    if painter.begin(cast("QPaintDevice", target)):
        paint_notice(painter, QRectF(target.rect()))
        painter.end()


def _notice_on_item(item: Any, painter: QPainter) -> None:
    view_box = getattr(item, "getViewBox", None)
    try:
        box = view_box() if callable(view_box) else None
        scene = item.scene()
        # In the pixels of the scene, so that letters keep their size in a zoomed plot.
        to_scene = item.sceneTransform().inverted()[0]
        painter.setTransform(to_scene * painter.transform())
        area = (box or item).sceneBoundingRect() if scene is not None else item.boundingRect()
        paint_notice(painter, area)
    except Exception:
        log.exception("not even the notice could be drawn")


def paint_notice(painter: QPainter, area: QRectF) -> None:
    """Write that there is no picture."""
    painter.save()
    painter.setOpacity(1.0)
    painter.fillRect(area, theme.color("panel"))
    painter.setPen(theme.color("muted"))
    text = tr("This picture could not be drawn")
    painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)
    painter.restore()
