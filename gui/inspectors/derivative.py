"""The inspector of the derivative lab: the function, its point, h, and what is drawn."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from engine.calculus.quotients import KINDS
from engine.calculus.sums import RULES
from engine.errors import NablaError
from engine.expression import Expression
from engine.expression.typesetting import variable as typeset_variable
from engine.session.derivative import SHOWN, read_function, step_at, study
from gui.i18n import bind, mark, tr
from gui.inspectors.derivative_presets import SCENES, Scene, menu_groups
from gui.inspectors.fields import ChoiceField, heading
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import Panel
from gui.inspectors.rows import Row, Section
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.store import Aspect, Store
from gui.views.expression_field import ExpressionField

MOST_PARTS = 1000
LONGEST_UNIT = 12
FARTHEST = 1e9

RULE_LABELS: dict[str, str] = {
    "left": mark("left"),
    "right": mark("right"),
    "midpoint": mark("midpoint"),
    "trapezoid": mark("trapezoid"),
    "simpson": mark("Simpson"),
}
KIND_LABELS: dict[str, str] = {
    "forward": mark("forward"),
    "backward": mark("backward"),
    "central": mark("central"),
}
TOGGLES: dict[str, tuple[str, str]] = {
    "secant": (mark("Secant"), mark("The line through both points, with rise and run")),
    "tangent": (mark("Tangent"), mark("The line that touches the curve; at a kink one a side")),
    "one_sided": (mark("From both sides"), mark("Secants to a − h and to a + h")),
    "differential": (mark("Differential"), mark("The triangle of dx, df and Δf; dx is h")),
    "first": (mark("f′"), mark("The derivative as a curve")),
    "second": (mark("f″"), mark("The derivative of the derivative as a curve")),
    "area": (mark("Area"), mark("The area under f between two limits, in parts")),
    "growth": (mark("Area as it grows"), mark("F(x), the area from the first limit to x")),
}


class DerivativeInspector(Panel):
    """Edits the slot of the derivative lab."""

    aspects: ClassVar[Aspect] = Aspect.SLOTS

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.expression = ExpressionField(read_function, menu_groups(), self._prefix)
        self.expression.edited.connect(self._type)
        self.expression.finished.connect(store.end_merge)
        self.expression.preset_chosen.connect(self._choose)
        self.point = NumberField(Scale(-FARTHEST, FARTHEST), _check_place)
        self.step = SliderField(Scale(1e-12, 4.0, logarithmic=True), _check_step, width=84)
        _Edit(store, self.point, mark("Move the point"), "point")
        self.step.edited.connect(self._set_step)
        self.step.finished.connect(store.end_merge)
        self.add(self.expression)
        self.add(Row(mark("Point a"), self.point, mark("Where the slope is looked for")))
        self.add(
            Row("h", self.step, mark("How far the second point is away; − for the other side"))
        )
        self.toggles: dict[str, QCheckBox] = {}
        self.add(heading(mark("Draw")), self._make_toggles())
        self.area = Section("derivative-area", mark("Area"))
        self._fill_area(store)
        self.more = Section("derivative-more", mark("More"))
        self._fill_more(store)
        self.add(self.area, self.more)

    def _make_toggles(self) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(4)
        for number, key in enumerate(SHOWN):
            name, tip = TOGGLES[key]
            box = QCheckBox()
            bind(box, "setText", name)
            bind(box, "setAccessibleName", name)
            bind(box, "setToolTip", tip)
            box.clicked.connect(self._toggle)
            grid.addWidget(box, number // 2, number % 2)
            self.toggles[key] = box
        return body

    def _fill_area(self, store: Store) -> None:
        self.start = NumberField(Scale(-FARTHEST, FARTHEST), _check_place, width=60)
        self.end = NumberField(Scale(-FARTHEST, FARTHEST), _check_place, width=60)
        _Edit(store, self.start, mark("Change the interval"), "start")
        _Edit(store, self.end, mark("Change the interval"), "end")
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.start)
        row.addWidget(self.end)
        self.start.describe_to(tr("Start of the interval"), "")
        self.end.describe_to(tr("End of the interval"), "")
        self.parts = SliderField(Scale(1, 200, logarithmic=True, whole=True), _check_parts)
        _Edit(store, self.parts, mark("Change the number of parts"), "parts", whole=True)
        self.rule = ChoiceField([(key, RULE_LABELS[key]) for key in RULES])
        self.rule.chosen.connect(self._choose_rule)
        self.area.add(
            Row(mark("Interval"), both, mark("The limits of the area; drag them in the plot too")),
            Row(mark("Parts n"), self.parts, mark("Number of pieces of equal width")),
            Row(mark("Sum"), self.rule, mark("Where each piece takes its height")),
        )

    def _fill_more(self, store: Store) -> None:
        self.quotient = ChoiceField([(key, KIND_LABELS[key]) for key in KINDS])
        self.quotient.chosen.connect(self._choose_quotient)
        self.units = tuple(QLineEdit() for _ in range(2))
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        for unit, name in zip(
            self.units, (mark("Unit of the variable"), mark("Unit of the function")), strict=True
        ):
            unit.setMaxLength(LONGEST_UNIT)
            unit.setMinimumWidth(40)
            bind(unit, "setAccessibleName", name)
            bind(unit, "setToolTip", name)
            unit.editingFinished.connect(self._set_units)
            row.addWidget(unit)
        self.more.add(
            Row(mark("Quotient"), self.quotient, mark("Whose error is plotted against h")),
            Row(mark("Units"), both, mark("Of the variable and of the function, such as s and m")),
        )

    # -------------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        slot, look = self.store.document.derivative, self.store.view.derivative_lab
        self.expression.set_text(slot.expression)
        self.point.set_value(slot.point)
        self.step.set_value(step_at(slot, look))
        for key, box in self.toggles.items():
            box.setChecked(key in slot.shown)
        self.start.set_value(slot.start)
        self.end.set_value(slot.end)
        self.parts.set_value(slot.parts)
        self.rule.set_value(slot.rule)
        self.quotient.set_value(slot.quotient)
        for field, text in zip(self.units, (slot.unit_in, slot.unit_out), strict=True):
            if not field.isModified():
                field.setText(text)

    def _prefix(self, expression: Expression) -> str:
        names = expression.variables
        name = study(self.store.document.derivative).name
        return f"{name}({typeset_variable(names[0] if names else 'x')}) ="

    # -------------------------------------------------------------------------------- intents

    def _edit(self, label: str, merge_key: object = None, **changes: object) -> None:
        self.store.edit_slot(tr(label), "derivative", merge_key, **changes)

    def _type(self, text: str) -> None:
        self._edit(mark("Type a function"), ("derivative", "expression"), expression=text)
        self._begin_anew()

    def _begin_anew(self, frame: tuple[float, ...] = ()) -> None:
        """Another function is looked at from the start."""
        self.store.look_in("derivative_lab", position=0, approach=0, frame=frame)

    def _choose(self, key: str) -> None:
        self.choose(SCENES[key])

    def choose(self, scene: Scene) -> None:
        """Look into one of the presets."""
        self._edit(
            mark("Choose a function"),
            expression=scene.text,
            point=scene.point,
            step=scene.step,
            unit_in=scene.unit_in,
            unit_out=scene.unit_out,
        )
        self._begin_anew(scene.frame)

    def _set_step(self, value: float) -> None:
        self.store.look_in("derivative_lab", approach=0)
        self._edit(mark("Change h"), ("derivative", "step"), step=value)

    def _toggle(self) -> None:
        shown = tuple(key for key in SHOWN if self.toggles[key].isChecked())
        self._edit(mark("Choose what is drawn"), shown=shown)
        if "area" in shown or "growth" in shown:
            self.area.set_open(True)

    def _choose_rule(self, key: str) -> None:
        self._edit(mark("Choose the sum"), rule=key)

    def _choose_quotient(self, key: str) -> None:
        self._edit(mark("Choose the quotient"), quotient=key)

    def _set_units(self) -> None:
        first, second = (field.text().strip() for field in self.units)
        for field in self.units:
            field.setModified(False)
        self._edit(mark("Change the units"), unit_in=first, unit_out=second)


class _Edit(QObject):
    """Makes what happens in a field an edit of the slot, one a gesture."""

    def __init__(
        self,
        store: Store,
        field: NumberField | SliderField,
        label: str,
        name: str,
        whole: bool = False,
    ) -> None:
        super().__init__(field)
        self._store, self._label, self._name, self._whole = store, label, name, whole
        field.edited.connect(self._edit)
        field.finished.connect(store.end_merge)

    def _edit(self, value: float) -> None:
        self._store.edit_slot(
            tr(self._label),
            "derivative",
            ("derivative", self._name),
            **{self._name: int(value) if self._whole else value},
        )


def _check_place(value: float) -> None:
    if not abs(value) <= FARTHEST:
        raise NablaError(
            "setting.out_of_bounds", name="a", value=value, minimum=-FARTHEST, maximum=FARTHEST
        )


def _check_step(value: float) -> None:
    _check_place(value)
    if value == 0.0:
        raise NablaError("derivative.zero_step")


def _check_parts(value: float) -> None:
    if not (1 <= value <= MOST_PARTS and value == int(value)):
        raise NablaError(
            "setting.out_of_bounds", name="n", value=value, minimum=1, maximum=MOST_PARTS
        )
