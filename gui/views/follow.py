"""Keeps a view up to date with the store, and idle while nobody sees it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect
from PySide6.QtWidgets import QDockWidget, QWidget

from gui import i18n
from gui.state.store import Aspect, Store


class Follower(QObject):
    """Calls ``refresh`` when one of the aspects changes, or the language does.

    A view that nobody sees, hidden or behind another tab, is only marked: it reads the store again
    when it comes to light, or when somebody asks for it with :meth:`catch_up`, as an export does.
    """

    def __init__(
        self, view: QWidget, store: Store, aspects: Aspect, refresh: Callable[[], None]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._aspects = aspects
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
            self._refresh()

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & self._aspects:
            self.mark()

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
