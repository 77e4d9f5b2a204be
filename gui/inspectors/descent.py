"""The inspector of the descent lab: the function, the start, who runs, and how the ground is."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QWidget

from engine.descent.functions import TABLE
from engine.expression import Expression
from engine.expression.typesetting import variable
from engine.numbers import shown
from engine.session.descent import Study, Subject, subject, subject_of
from gui.i18n import mark, tr
from gui.inspectors.descent_runners import RunnersPanel
from gui.inspectors.fields import CheckField, ChoiceField, SeedField, claims_key, heading, note
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import Panel
from gui.inspectors.rows import Row, Section
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.races import race_on_network
from gui.state.store import Aspect, Store
from gui.views.descent_intents import Intents
from gui.views.expression_field import ExpressionField, Preset, PresetGroup

NARROWEST, USUAL, WIDEST = 300, 320, 360
OWN, NETWORK = "own", "network"


def read(text: str) -> Expression:
    """Read a function as the lab does.

    Raises
    ------
    NablaError
        It is no expression, or has no variable or too many.
    """
    expression = subject("", text).expression
    assert expression is not None
    return expression


def _prefix(expression: Expression) -> str:
    return rf"f({', '.join(variable(name) for name in expression.variables)}) = "


class DescentInspector(Panel):
    """Everything of the descent lab that can be typed, slid or ticked."""

    aspects = Aspect.SLOTS

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.intents = intents = Intents(store)
        self._shown: object = None
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        entries = [(key, known.label) for key, known in TABLE.items()]
        others = [(OWN, mark("A function of your own")), (NETWORK, mark("The network's loss"))]
        self.function = ChoiceField([*entries, *others])
        self.function.chosen.connect(self._choose)
        presets = tuple(Preset(key, known.text, known.label) for key, known in TABLE.items())
        self.expression = ExpressionField(
            read, (PresetGroup(mark("Test functions"), presets),), prefix=_prefix
        )
        self.expression.describe_to(
            mark("Function of one or two variables"),
            mark("Such as x^2 + 3y^2, x^4 - 2x^2 or sin(x) cos(y). ↑: before"),
        )
        self.expression.edited.connect(intents.type)
        self.expression.finished.connect(intents.release)
        self.expression.preset_chosen.connect(intents.choose)
        self.idea = note()
        self.add(Row(mark("Function"), self.function), self.expression, self.idea)
        self.start = [SliderField(Scale(-4.0, 4.0)) for _ in range(2)]
        self.start_rows = [Row(mark("Start x"), self.start[0]), Row(mark("Start y"), self.start[1])]
        for index, field in enumerate(self.start):
            field.edited.connect(partial(intents.set_coordinate, index))
            field.finished.connect(intents.release)
        self.blindfold = CheckField(
            mark("Blindfold"), mark("See nothing but the ground underfoot, as the optimizer does")
        )
        self.blindfold.chosen.connect(self._set_blindfold)
        self.runners = RunnersPanel(store, intents)
        self.add(heading(mark("Runners")), self.runners)
        self.add(heading(mark("Start")), *self.start_rows, self.blindfold)
        self._make_ground()

    def _make_ground(self) -> None:
        section = Section("descent/ground", mark("Noise, heights, curvature"))
        self.noise = NumberField(Scale(0.0, 1e6, step=0.1), _check_noise)
        self.noise.edited.connect(self.intents.set_noise)
        self.noise.finished.connect(self.intents.release)
        self.seed = SeedField()
        for signal in (self.seed.edited, self.seed.thrown):
            signal.connect(self.intents.set_seed)
        self.seed.finished.connect(self.intents.release)
        self.log = CheckField(
            mark("Logarithmic heights"), mark("Where no height is negative: valleys become visible")
        )
        self.log.chosen.connect(self._set_log)
        self.curvature = note()
        help_text = mark("Standard deviation of what blurs each component of the gradient")
        section.add(
            Row(mark("Noise"), self.noise, help_text),
            Row(mark("Seed"), self.seed, mark("Other seeds give other noise")),
            self.log,
            self.curvature,
        )
        self.add(section)

    def sizeHint(self) -> QSize:
        return QSize(USUAL, 720)

    def _on_language(self) -> None:
        self._shown = None
        super()._on_language()

    def refresh(self) -> None:
        slot, look = self.store.document.descent, self.store.view.descent_lab
        own = self.intents.study
        shown_ = (slot, own.ground, look.runner, look.blindfold, look.log_height, look.frame)
        if shown_ == self._shown:
            # Time goes by; nothing of that is shown here.
            return
        self._shown = shown_
        known = own.subject.function
        on_network = own.ground is not None
        if on_network:
            self.function.set_value(NETWORK)
            self.idea.setText(_network_text(self.store, own))
        else:
            self.function.set_value(OWN if known is None else known.key)
            self.expression.set_text(slot.expression if known is None else known.text)
        self.expression.setVisible(not on_network)
        self.blindfold.setVisible(not on_network)
        self.idea.setVisible(known is not None or on_network)
        if known is not None:
            source = tr("Source: {0}").format(known.source) if known.source else ""
            self.idea.setText("\n".join(part for part in (tr(known.idea), source) if part))
        frame = self.intents.frame
        for index, (row, field) in enumerate(zip(self.start_rows, self.start, strict=True)):
            row.setVisible(index < len(own.start))
            if index < len(own.start):
                low, high = frame[2 * index : 2 * index + 2]
                field.set_scale(Scale(low, high))
                field.set_value(own.start[index])
                row.label.setText(own.subject.names[index])
        self.blindfold.set_value(look.blindfold)
        self.noise.set_value(slot.noise)
        self.seed.set_value(slot.seed)
        self.log.set_value(look.log_height)
        self.curvature.setText(_curvature_text(own.subject))
        self.runners.refresh()

    def _choose(self, key: str) -> None:
        if key == OWN:
            self._own_formula()
            return
        if key == NETWORK:
            if self.intents.study.ground is None and not race_on_network(self.store):
                self._shown = None
                self.refresh()
            return
        self.intents.choose(key)

    def _own_formula(self) -> None:
        """Go on with the formula on screen, or after a network with the last one."""
        own = self.intents.study
        known = own.subject.function
        if own.ground is not None:
            before = self.store.document.descent
            known = None if before.expression else subject_of(before).function
            self.intents.type(before.expression if known is None else known.text)
        elif known is not None:
            self.intents.type(known.text)
        self.intents.release()

    def _set_blindfold(self, on: bool) -> None:
        self.intents.look(blindfold=on)

    def _set_log(self, on: bool) -> None:
        self.intents.look(log_height=on)

    def event(self, event: QEvent) -> bool:
        # Who has come to a field by Tab steers it with the keys that else step through time.
        if claims_key(event):
            event.accept()
            return True
        return super().event(event)


def _check_noise(value: float) -> None:
    """Refuse a negative deviation.

    Raises
    ------
    NablaError
        ``setting.out_of_bounds``.
    """
    from engine.descent import Noisy

    Noisy(TABLE["sphere"], value)


def _network_text(store: Store, own: Study) -> str:
    """What is descended, and what the picture leaves out."""
    text = tr(
        "The loss of the network in the network lab: all {0} parameters start at iteration {1} of"
        " run {2} and take the same batches. The picture is a slice through the start, with the"
        " paths projected onto it; values, ranking and plots are those of the true loss."
    )
    hidden = tr(
        "No maps and no blindfold here: both need a function of one or two variables,"
        " and a slice does not show where the other parameters go."
    )
    slot = store.document.descent
    return text.format(len(own.origin), slot.iteration, slot.run) + "\n" + hidden


def _curvature_text(own: Subject) -> str:
    """What theory says about a quadratic function."""
    if own.expression is None:
        return ""
    curved = own.curvature
    if curved is None:
        return tr("The function is not quadratic: its curvature changes from place to place.")
    values = ", ".join(shown(float(value)) for value in curved.eigenvalues)
    if curved.smallest <= 0.0:
        return tr("Quadratic. Eigenvalues of the Hessian: {0}.").format(values)
    text = tr(
        "Quadratic. Eigenvalues of the Hessian: {0}; condition number {1}."
        " Plain descent converges for η < 2/λ = {2}, fastest with η = {3}."
    )
    best = 2.0 / (curved.smallest + curved.largest)
    limit = 2.0 / curved.largest
    return text.format(values, shown(curved.condition_number), shown(limit), shown(best))
