"""Keeps a view up to date with the store, and idle while nobody sees it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QDockWidget, QWidget

from gui import i18n
from gui.state.store import Aspect, Store

FRAME = Aspect.MOMENT | Aspect.RUNS
"""What changes from one frame of a training to the next."""
QUICK_SECONDS = 0.1
"""Moments that follow each other within this time are frames of a film."""
REST_MS = 100
"""The last moment of a film is read after this time at the latest."""


class Follower(QObject):
    """Calls ``refresh`` when one of the aspects changes, or the language does.

    A view that nobody sees, hidden or behind another tab, is only marked: it reads the store again
    when it comes to light, or when somebody asks for it with :meth:`catch_up`, as an export does.

    Where moments follow each other frame by frame at full speed, a view may read every second one:
    those of ``turn`` 0 and those of ``turn`` 1 then share the frames out between them.
    """

    def __init__(
        self,
        view: QWidget,
        store: Store,
        aspects: Aspect,
        refresh: Callable[[], None],
        turn: int | None = None,
    ) -> None:
        super().__init__(view)
        self._view = view
        self._store = store
        self._aspects = aspects
        self._turn = turn
        self._changed_at = -QUICK_SECONDS
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(REST_MS)
        self._pause.timeout.connect(self.mark)
        self._refresh = refresh
        self._behind = True
        self._dock: QDockWidget | None = None
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self.mark)
        view.installEventFilter(self)

    @property
    def is_behind(self) -> bool:
        """Whether something has changed that the view has not read yet."""
        return self._behind

    @property
    def is_filming(self) -> bool:
        """Whether a moment of a training at full speed has come just now, and more will follow."""
        return time.monotonic() - self._changed_at < QUICK_SECONDS

    def wait_for_turn(self) -> None:
        """Have the view read everything again when it is its turn, or when the film ends."""
        self._behind = True
        if not self._pause.isActive():
            self._pause.start()

    def mark(self) -> None:
        """Have the view read everything again, now or when it is seen."""
        self._behind = True
        if self._is_seen():
            self.catch_up()

    def _is_seen(self) -> bool:
        """Whether the view has a place in its window.

        A dock behind another tab counts as visible, but lies outside. (The view's own visible
        region does not tell: under a plot that covers it, it is always empty.)
        """
        if not self._view.isVisible():
            return False
        window = self._view.window()
        place = QRect(self._view.mapTo(window, QPoint()), self._view.size())
        return window.rect().intersects(place)

    def catch_up(self) -> None:
        """Read the store if anything has changed since the last time."""
        if self._behind:
            self._behind = False
            self._pause.stop()
            self._refresh()

    def _on_changed(self, aspects: Aspect) -> None:
        if not aspects & self._aspects:
            return
        if self._may_wait(aspects):
            self.wait_for_turn()
        else:
            self.mark()

    def _may_wait(self, aspects: Aspect) -> bool:
        """Whether this is a frame of a film in which others have their turn."""
        if self._turn is None or self._store.view.speed or aspects & ~FRAME:
            return False
        filming, self._changed_at = self.is_filming, time.monotonic()
        return filming and self._store.turn % 2 != self._turn

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            self._watch_dock()
            self.catch_up()
        elif event.type() == QEvent.Type.Paint:
            self.catch_up()
        return super().eventFilter(watched, event)

    def _watch_dock(self) -> None:
        """Learn when the dock around the view comes to the front of its tabs."""
        above: QWidget | None = self._view
        while above is not None and not isinstance(above, QDockWidget):
            above = above.parentWidget()
        if above is not None and above is not self._dock:
            self._dock = above
            above.visibilityChanged.connect(self._on_front)

    def _on_front(self, in_front: bool) -> None:
        if in_front:
            self.catch_up()
