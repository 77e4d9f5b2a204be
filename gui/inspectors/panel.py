"""What every page of the inspector shares: it re-reads the store, and its fields make edits."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from engine.data import DataSpec
from engine.errors import NablaError
from engine.training import Experiment
from gui import i18n
from gui.i18n import tr
from gui.inspectors.changes import with_data
from gui.inspectors.fields import SeedField
from gui.inspectors.number_field import NumberField
from gui.inspectors.rows import Page
from gui.inspectors.slider_field import SliderField
from gui.state.store import Aspect, Store

Change = Callable[[Experiment, float], Experiment]


class Panel(Page):
    """A page that shows the document and keeps none of it; hidden, it does no work."""

    aspects: ClassVar[Aspect] = Aspect.EXPERIMENT
    """What this page shows something of."""

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._stale = True
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self._on_language)

    def refresh(self) -> None:
        """Show the document as it is now."""
        raise NotImplementedError

    def _on_changed(self, aspects: Aspect) -> None:
        if aspects & self.aspects:
            self._refresh_if_seen()

    def _on_language(self) -> None:
        self._refresh_if_seen()

    def _refresh_if_seen(self) -> None:
        self._stale = True
        if self.isVisible():
            self._stale = False
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self._stale = False
            self.refresh()
        super().showEvent(event)


def attempt(
    store: Store,
    label: str,
    change: Callable[[Experiment], Experiment],
    merge_key: object = None,
    anew: bool = False,
) -> NablaError | None:
    """Edit the experiment; return why not, so that the message can stand beside the field."""
    try:
        change(store.experiment)
    except NablaError as error:
        return error
    store.edit_experiment(label, change, merge_key, anew)
    return None


def choose_data(store: Store, spec: DataSpec) -> None:
    """Train on other data from iteration 0 on, the network adapted to them; one edit."""

    def change(experiment: Experiment) -> Experiment:
        return with_data(experiment, spec)

    store.edit_experiment(tr("Choose the problem"), change, anew=True)


class NumberEdit(QObject):
    """Makes what happens in a field an edit of the experiment, one a gesture.

    Parameters
    ----------
    label
        English name of the edit, for the undo menu.
    change
        ``change(experiment, number)``: the experiment with another number; raises NablaError where
        it does not go.
    anew
        Start the run again from iteration 0.
    """

    def __init__(
        self,
        store: Store,
        field: NumberField | SliderField | SeedField,
        label: str,
        change: Change,
        anew: bool = False,
    ) -> None:
        super().__init__(field)
        self._store, self._label, self._change, self._anew = store, label, change, anew
        self._field = field if isinstance(field, NumberField) else field.field
        self._field.check = self._check
        if isinstance(field, SeedField):
            field.thrown.connect(self._throw)
        field.edited.connect(self._edit)
        field.finished.connect(store.end_merge)

    def _check(self, value: float) -> None:
        self._change(self._store.experiment, value)

    def _edit(self, value: float) -> None:
        self._apply(value, (self._label, id(self)))

    def _throw(self, value: float) -> None:
        self._apply(value, None)

    def _apply(self, value: float, merge_key: object) -> None:
        def change(experiment: Experiment) -> Experiment:
            return self._change(experiment, value)

        error = attempt(self._store, tr(self._label), change, merge_key, self._anew)
        if error is not None:
            self._field.refuse(error)
