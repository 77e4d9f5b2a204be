from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.table import Table
from gui.views import guard
from gui.views.guard import guarded
from gui.views.scene_item import SceneItem
from gui.views.view import PlotView


@pytest.fixture(autouse=True)
def clean_record() -> Iterator[None]:
    guard.forget()
    yield
    guard.forget()


class Broken(QWidget):
    """Fails with its painter open and several states saved."""

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), "red")
        raise RuntimeError("no picture")


class BrokenScroll(QScrollArea):
    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        raise RuntimeError("nothing to scroll")


class BrokenItem(SceneItem):
    def paint_pixels(self, painter: QPainter, area: QRectF) -> None:
        raise ZeroDivisionError("no item")


class BrokenPlot(PlotView):
    def __init__(self) -> None:
        super().__init__()
        self.plot.addItem(BrokenItem(), ignoreBounds=True)

    def table(self) -> Table:
        return Table((), ())


def test_a_failing_paint_leaves_a_notice_and_the_program_alive(qtbot: QtBot) -> None:
    widget = Broken()
    qtbot.addWidget(widget)
    widget.resize(300, 100)
    image = widget.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(0, 300, 2) for y in range(30, 70, 2)}
    assert "#ff0000" not in colors
    # Letters on the panel.
    assert len(colors) > 2
    # The painter that was open is closed: a further paint works as well.
    widget.grab()


def test_a_failure_is_recorded_once_and_told_once(
    qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[guard.Failure] = []
    guard.notifier.failed.connect(told.append)
    widget = Broken()
    qtbot.addWidget(widget)
    for _ in range(3):
        widget.grab()
    guard.notifier.failed.disconnect(told.append)
    assert [failure.message for failure in guard.failures] == ["RuntimeError: no picture"]
    assert told == guard.failures
    assert guard.count() == 3
    assert sum("could not be drawn" in record.message for record in caplog.records) == 1


def test_a_failing_item_spoils_its_plot_only(qtbot: QtBot) -> None:
    plot = BrokenPlot()
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    plot.show()
    plot.grab()
    assert "no item" in guard.failures[0].message


def test_what_scrolls_gets_its_notice_too(qtbot: QtBot) -> None:
    widget = BrokenScroll()
    qtbot.addWidget(widget)
    widget.resize(300, 100)
    widget.grab()
    assert "nothing to scroll" in guard.failures[0].message
