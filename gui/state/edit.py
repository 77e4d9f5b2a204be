"""The only undo command: a memento of the document before and after."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

from engine.session import Document

if TYPE_CHECKING:
    from gui.state.store import Store


class Edit(QUndoCommand):
    """One edit; stepping and training that followed it come back with redo.

    View settings are not part of an edit: undo and redo leave them as they are, but bring the lab
    to the front in which the edit was made.
    """

    def __init__(
        self, store: Store, before: Document, after: Document, label: str, merge_key: object
    ) -> None:
        super().__init__(label)
        self._store = store
        self._before = before
        self._after = after
        self._merge_key = merge_key
        self._lab = before.view.lab

    def id(self) -> int:
        """Return the kind of command, for Qt to offer merging."""
        return 1

    def close(self) -> None:
        """Let no later edit merge into this one."""
        self._merge_key = None

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take in a following edit of the same drag."""
        if (
            not isinstance(other, Edit)
            or self._merge_key is None
            or other._merge_key != self._merge_key
        ):
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        """Put the document after the edit on screen."""
        # What was trained since the undo is not lost either.
        self._before = self._store.document
        self._show(self._after)

    def undo(self) -> None:
        """Put the document before the edit on screen."""
        self._after = self._store.document
        self._show(self._before)

    def _show(self, document: Document) -> None:
        view = replace(self._store.document.view, lab=self._lab)
        self._store.restore(replace(document, view=view))
