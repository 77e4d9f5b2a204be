"""The one place that holds the document: every change goes in here, and one signal comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Flag, auto

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from engine.errors import NablaError
from engine.session import Cursor, Document, History, Moment, View, edits, moment
from engine.timeline import EndOfRunError
from engine.training import Experiment
from gui.state.edit import Edit


class Aspect(Flag):
    """What has changed about the document."""

    EXPERIMENT = auto()
    """Data, network, loss, optimizer: anything in the experiment under the cursor."""
    MOMENT = auto()
    """The state or micro-step on screen."""
    RUNS = auto()
    """Which runs there are, their names, colours, visibility, or how far they have come."""
    SELECTION = auto()
    VIEW = auto()
    """Any view setting: focus, granularity, speed, notation, surface."""
    LESSON = auto()
    LAB = auto()
    """Which lab is in front."""
    SLOTS = auto()
    """What a calculus lab shows, or how it is looked at."""

    @classmethod
    def everything(cls) -> Aspect:
        """Return all aspects."""
        return cls(~cls(0))


class Store(QObject):
    """The document of a window, with undo.

    Signals
    -------
    changed
        Emitted with the aspects that changed, after the document was replaced.
    refused
        Emitted with the NablaError of an edit that could not be made; the document is as it was.
    modified
        Emitted when "has unsaved edits" changes.
    """

    changed = Signal(object)
    refused = Signal(object)
    modified = Signal(bool)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = History()
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(200)
        self.undo_stack.cleanChanged.connect(self._on_clean_changed)
        self._document = document
        self._moment: Moment | None = None
        self.turn = 0
        """How many changes there have been, by which views take turns."""

    @property
    def document(self) -> Document:
        """The document as it is now."""
        return self._document

    @property
    def experiment(self) -> Experiment:
        """The experiment under the cursor."""
        return self._document.experiment

    @property
    def view(self) -> View:
        """The view settings."""
        return self._document.view

    @property
    def moment(self) -> Moment:
        """The moment under the cursor, looked up once for each document."""
        if self._moment is None or self._moment.document is not self._document:
            self._moment = moment(self._document, self.history)
        return self._moment

    @property
    def is_modified(self) -> bool:
        """Whether there are edits that are not saved."""
        return not self.undo_stack.isClean()

    def open(self, document: Document, history: History | None = None) -> None:
        """Show another document, as on opening a file: no undo leads back.

        ``history`` is what is already known of it.
        """
        self.history = history or History()
        self.undo_stack.clear()
        self._replace(document, Aspect.everything())

    def saved(self) -> None:
        """Take note that the document is now on disk."""
        self.undo_stack.setClean()

    def edit(
        self,
        label: str,
        change: Callable[[Document], Document],
        merge_key: object = None,
    ) -> bool:
        """Change the document, undoably; ``label`` names the edit, in the user's language.

        Successive edits with the same ``merge_key`` (not None) make one. A NablaError is passed on
        through ``refused``, and False comes back.
        """
        before = self._document
        try:
            after = change(before)
        except NablaError as error:
            self.refused.emit(error)
            return False
        if after is before:
            return True
        self.undo_stack.push(Edit(self, before, after, label, merge_key))
        return True

    def edit_experiment(
        self,
        label: str,
        change: Callable[[Experiment], Experiment],
        merge_key: object = None,
        anew: bool = False,
    ) -> bool:
        """Change the experiment under the cursor; ``anew`` starts the run again from 0."""

        def changed(document: Document) -> Document:
            experiment = change(document.experiment)
            if anew:
                return edits.restart(document, experiment)
            return edits.change_experiment(document, self.moment.state, experiment)

        return self.edit(label, changed, merge_key)

    def edit_parameter(
        self, label: str, index: int, value: float, merge_key: object = None
    ) -> bool:
        """Give one parameter under the cursor another value."""

        def changed(document: Document) -> Document:
            state = self.moment.state
            parameters = state.parameters.copy()
            parameters[index] = value
            return edits.change_parameters(document, state, parameters)

        return self.edit(label, changed, merge_key)

    def edit_slot(self, label: str, slot: str, merge_key: object = None, **changes: object) -> bool:
        """Change fields of a calculus lab's slot (such as ``"derivative"``)."""

        def changed(document: Document) -> Document:
            old = getattr(document, slot)
            new = replace(old, **changes)
            return document if new == old else replace(document, **{slot: new})

        return self.edit(label, changed, merge_key)

    def look_in(self, look: str, **changes: object) -> None:
        """Change how a calculus lab is looked at (such as ``"derivative_lab"``)."""
        self.look(**{look: replace(getattr(self.view, look), **changes)})

    def end_merge(self) -> None:
        """End a drag: a later edit with the same key is another edit."""
        count = self.undo_stack.count()
        if count:
            command = self.undo_stack.command(count - 1)
            if isinstance(command, Edit):
                command.close()

    def look(self, **changes: object) -> None:
        """Change view settings (fields of ``View``); not undoable."""
        view = replace(self._document.view, **changes)  # type: ignore[arg-type]
        if view != self._document.view:
            self.restore(replace(self._document, view=view))

    def look_at_surface(self, **changes: object) -> None:
        """Change settings of the loss surface (fields of ``SurfaceView``); not undoable."""
        self.look(surface=replace(self._document.view.surface, **changes))  # type: ignore[arg-type]

    def move(self, cursor: Cursor) -> bool:
        """Go to another moment, computing what is missing; False if the run ends before it."""
        document = self._document
        run = document.run(cursor.run)
        if cursor.iteration > run.newest:
            timeline = self.history.timeline(run.segments[-1])
            reached = True
            try:
                timeline[cursor.iteration]
            except EndOfRunError as end:
                cursor = Cursor(run.id, end.stop.iteration)
                reached = False
            document = document.with_run(replace(run, newest=max(run.newest, cursor.iteration)))
            self.restore(replace(document, cursor=cursor))
            return reached
        if cursor != document.cursor:
            self.restore(replace(document, cursor=cursor))
        return True

    def restore(self, document: Document) -> None:
        """Replace the document without a trace on the undo stack, and tell what changed."""
        self._replace(document, _difference(self._document, document))

    def _replace(self, document: Document, aspects: Aspect) -> None:
        self._document = document
        self.turn += 1
        if aspects:
            self.changed.emit(aspects)

    def _on_clean_changed(self, clean: bool) -> None:
        self.modified.emit(not clean)


def _difference(before: Document, after: Document) -> Aspect:
    """Tell two documents apart, by the identity of their parts."""
    aspects = Aspect(0)
    if before.segment is not after.segment:
        aspects |= Aspect.MOMENT
        if before.experiment is not after.experiment:
            aspects |= Aspect.EXPERIMENT
    if before.cursor != after.cursor:
        aspects |= Aspect.MOMENT
        if before.cursor.run != after.cursor.run:
            aspects |= Aspect.RUNS
    if before.runs is not after.runs:
        aspects |= Aspect.RUNS
    if before.view != after.view:
        aspects |= Aspect.VIEW
        if before.view.selection != after.view.selection:
            aspects |= Aspect.SELECTION
        if before.view.focus != after.view.focus:
            aspects |= Aspect.MOMENT
        if before.view.lab != after.view.lab:
            aspects |= Aspect.LAB
    slots = (
        (before.derivative, after.derivative),
        (before.surface, after.surface),
        (before.view.derivative_lab, after.view.derivative_lab),
        (before.view.surface_lab, after.view.surface_lab),
        (before.descent, after.descent),
        (before.view.descent_lab, after.view.descent_lab),
    )
    if any(old != new for old, new in slots):
        aspects |= Aspect.SLOTS
    if before.runs is not after.runs and [r.id for r in before.runs] != [r.id for r in after.runs]:
        # The calculus labs may show the loss of a run.
        aspects |= Aspect.SLOTS
    if before.lesson != after.lesson:
        aspects |= Aspect.LESSON
    return aspects
