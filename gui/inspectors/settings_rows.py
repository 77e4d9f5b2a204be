"""Rows for the hyperparameters of a rule in the engine's tables: whatever a rule has, appears."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.formula import as_unicode
from engine.hyperparameters import Hyperparameter
from engine.training import Experiment
from gui import i18n
from gui.i18n import tr
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import NumberEdit
from gui.inspectors.rows import GAP, Row
from gui.inspectors.scales import Scale
from gui.state.store import Store

SetOne = Callable[[Experiment, str, float], Experiment]


def scale_of(parameter: Hyperparameter) -> Scale:
    """Return how the arrow keys step a hyperparameter: by its size where it spans many powers."""
    low, high = parameter.minimum, parameter.maximum
    if low > 0 and high / low > 1e4:
        return Scale(low, high, logarithmic=True, whole=parameter.whole)
    if high <= 1.0:
        return Scale(low, high, step=0.01)
    return Scale(low, high, whole=parameter.whole, step=1.0 if parameter.whole else 0.0)


class _Setting(NumberEdit):
    """The edit of one hyperparameter."""

    def __init__(
        self, store: Store, field: NumberField, label: str, key: str, change: SetOne, anew: bool
    ) -> None:
        self._key, self._set_one = key, change
        super().__init__(store, field, label, self._set, anew)

    def _set(self, experiment: Experiment, value: float) -> Experiment:
        return self._set_one(experiment, self._key, value)


class HyperparameterRows(QWidget):
    """Label, symbol and field for each of some hyperparameters; a subclass makes the fields."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Hyperparameter, ...] = ()
        self.fields: dict[str, NumberField] = {}
        self._lines: list[tuple[Row, Hyperparameter]] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(GAP)
        i18n.notifier.changed.connect(self._word)
        self.hide()

    def make_field(self, parameter: Hyperparameter) -> NumberField:
        """Return a field that sets a hyperparameter."""
        raise NotImplementedError

    def take(self, parameters: Sequence[Hyperparameter], values: Mapping[str, float]) -> None:
        """Show hyperparameters with their values; the fields are made anew only for others."""
        if tuple(parameters) != self._shown:
            self._shown = tuple(parameters)
            self._build()
        for parameter in self._shown:
            self.fields[parameter.key].set_value(values[parameter.key])
        self.setVisible(bool(self._shown))

    def _build(self) -> None:
        for line, _ in self._lines:
            self._rows.removeWidget(line)
            line.hide()
            line.deleteLater()
        self._lines, self.fields = [], {}
        for parameter in self._shown:
            field = self.make_field(parameter)
            line = Row(parameter.label, field)
            self._rows.addWidget(line)
            self._lines.append((line, parameter))
            self.fields[parameter.key] = field
        self._word()

    def _word(self) -> None:
        for line, parameter in self._lines:
            name = tr(parameter.label)
            symbol = as_unicode(parameter.latex) if parameter.latex else ""
            if symbol and symbol not in name:
                line.label.setText(f"{name} {symbol}")
            line.field.setToolTip("")
            field = self.fields[parameter.key]
            help_text = tr("{0} to {1}; usually {2}").format(
                *(
                    _short(number)
                    for number in (parameter.minimum, parameter.maximum, parameter.default)
                )
            )
            field.describe_to(name, help_text)
            line.label.setToolTip(help_text)


class SettingsRows(HyperparameterRows):
    """Rows that change the experiment in a store.

    Parameters
    ----------
    change
        ``change(experiment, key, number)``: the experiment with one of them set.
    anew
        Whether a change starts the run again.
    """

    def __init__(
        self,
        store: Store,
        change: SetOne,
        anew: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._store, self._change, self._anew = store, change, anew

    def make_field(self, parameter: Hyperparameter) -> NumberField:
        field = NumberField(scale_of(parameter))
        _Setting(self._store, field, parameter.label, parameter.key, self._change, self._anew)
        return field


def _short(number: float) -> str:
    from engine.numbers import shown

    return shown(number)
