"""The gradient check of a lesson, and the check box that spoils the gradient."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QVBoxLayout, QWidget

from engine.network.notation import notation_of
from engine.numbers import shown
from engine.session.gradient_check import MOST_PARAMETERS, check_gradient
from engine.training import Experiment, TrainingState
from gui import i18n
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.lesson_text import LessonText


class GradientCheckBox(QFrame):
    """Backpropagation against small nudges, live, for one parameter in words and for all."""

    def __init__(self, store: Store, name: str, parent: QWidget | None = None) -> None:
        """``name`` is the parameter to speak of while none is selected."""
        super().__init__(parent)
        self._store = store
        self._name = name
        self._checked_for: tuple[TrainingState, Experiment] | None = None
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        self.without_slope = QCheckBox(self)
        bind(self.without_slope, "setText", "Carry the error back without f′")
        tip = mark("Leave out the slope of the activation on the way back, to see what goes wrong")
        bind(self.without_slope, "setToolTip", tip)
        bind(self.without_slope, "setAccessibleName", "Carry the error back without f′")
        self.without_slope.clicked.connect(self._spoil)
        column.addWidget(self.without_slope)
        self.verdict = LessonText(self)
        column.addWidget(self.verdict)
        store.changed.connect(self._on_changed)
        i18n.notifier.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Check the gradient at the moment."""
        moment, experiment = self._store.moment, self._store.experiment
        self.without_slope.setChecked(experiment.error_without_slope)
        training = moment.segment.training
        names = training.layout.names
        index = self._index(names)
        check = check_gradient(training, moment.state)
        ours, theirs = float(check.by_chain_rule[index]), float(check.by_differences[index])
        agrees = check.agrees
        symbol = f"${self._symbol(index)}$"
        if agrees.all():
            text = tr("**Gradient check** of {0}: chain rule {1}, nudging {2}. All {3} agree.")
            text = text.format(symbol, shown(ours), shown(theirs), len(agrees))
        else:
            text = tr("**Gradient check** of {0}: chain rule {1}, but nudging gives {2}.").format(
                symbol, shown(ours), shown(theirs)
            )
            if theirs != 0.0 and not agrees[index]:
                text += " " + tr("That is {0} times too large.").format(f"{ours / theirs:.4g}")
            wrong = int((~agrees).sum())
            text += " " + tr("{0} of {1} gradients are wrong.").format(wrong, len(agrees))
        self.verdict.set_text(text)
        self.verdict.set_token("success" if agrees.all() else "error")

    @property
    def token(self) -> str:
        """The colour of the verdict: ``"success"`` or ``"error"``."""
        return self.verdict.token

    def _index(self, names: tuple[str, ...]) -> int:
        """The selected parameter, or else the one of the lesson, or the first."""
        selection = self._store.view.selection
        if selection is not None and selection.kind == "parameter":
            index = self._store.experiment.architecture.index.get(selection.target, -1)
            if 0 <= index < MOST_PARAMETERS:
                return index
        return names.index(self._name) if self._name in names else 0

    def _symbol(self, index: int) -> str:
        architecture = self._store.experiment.architecture
        source, target = architecture.keys[index]
        notation = notation_of(self._store.view.notation, architecture.widths)
        layer = architecture.layout.layer_of(index)
        if source < 0:
            return notation.alpha(layer)
        place = architecture.places[target][1] + 1
        return notation.parameter(layer, architecture.places[source][1] + 1 if source else 0, place)

    def _spoil(self, on: bool) -> None:
        self._store.edit_experiment(
            tr("Carry the error back without f′"),
            lambda experiment: replace(experiment, error_without_slope=on),
        )

    def _on_changed(self, aspects: Aspect) -> None:
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
