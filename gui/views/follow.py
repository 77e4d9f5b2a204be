"""Keeps a view up to date with the store, and idle while nobody sees it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from gui import i18n
from gui.state.store import Aspect, Store


class Follower(QObject):
    """Calls ``refresh`` when one of the aspects changes, or the language does.

    A hidden view is only marked: it reads the store again when it is shown, or when somebody asks
    for it with :meth:`catch_up`, as an export does.
    """

    def __init__(
        self, view: QWidget, store: Store, aspects: Aspect, refresh: Callable[[], None]
    ) -> None:
        super().__init__(view)
        self._view = view
        self._aspects = aspects
        self._refresh = refresh
        self._behind = True
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
        if self._view.isVisible():
            self.catch_up()

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
            self.catch_up()
        return super().eventFilter(watched, event)
