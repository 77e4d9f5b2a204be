"""The inspector of the surface lab: the function, the point, the direction, what is drawn."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QWidget

from engine.calculus.presets import SURFACES
from engine.expression import Expression
from engine.expression.typesetting import variable
from gui import theme
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import CheckField, ChoiceField, claims_key, heading, note
from gui.inspectors.number_field import NumberField
from gui.inspectors.panel import Panel
from gui.inspectors.rows import GAP, Section
from gui.inspectors.scales import Scale
from gui.inspectors.slider_field import SliderField
from gui.state.store import Aspect, Store
from gui.views.expression_field import ExpressionField, Preset, PresetGroup
from gui.views.surface_lab_intents import Intents
from gui.views.surface_lab_study import Study
from gui.views.surface_lab_subject import MOST_VARIABLES, subject_of_text

NARROWEST, USUAL, WIDEST = 300, 320, 360
DEGREES = Scale(0.0, 360.0, step=1.0)

TOGGLES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "cuts",
        mark("Cuts"),
        ("partial_x", "partial_y"),
        mark("The curves over the two lines through the point, each with its tangent"),
    ),
    ("plane", mark("Tangent plane"), ("tangent",), mark("The plane that touches at the point")),
    ("gradient", mark("Gradient"), ("gradient",), mark("The arrow ∇f on the floor: steepest way")),
    (
        "legs",
        mark("Legs"),
        ("partial_x", "partial_y"),
        mark("The partial derivatives as legs, the gradient as hypotenuse"),
    ),
    ("direction", mark("Direction u"), ("direction",), mark("An arrow of length 1, and its cut")),
    ("level", mark("Level line"), ("text",), mark("Through the point, square to the gradient")),
    ("fan", mark("Fan"), ("muted",), mark("Curves through the point in all directions")),
    (
        "differential",
        mark("dz and Δz"),
        ("tangent", "error"),
        mark("The step (dx, dy): on the tangent plane and on the surface"),
    ),
    (
        "paraboloid",
        mark("Paraboloid"),
        ("accent",),
        mark("The surface up to second order around the point, with its axes"),
    ),
)
"""What can be drawn: key, label, colours, help."""


def read(text: str) -> Expression:
    """Read a function as the lab does.

    Raises
    ------
    NablaError
        It is no expression, or has too many variables.
    """
    expression = subject_of_text(text).expression
    assert expression is not None
    return expression


def _prefix(expression: Expression) -> str:
    names = subject_of_text(str(expression)).names
    return rf"f({', '.join(variable(name) for name in names)}) = "


class SurfaceInspector(Panel):
    """Everything of the surface lab that can be typed, slid or ticked."""

    aspects = Aspect.SLOTS

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(store, parent)
        self.intents = intents = Intents(store)
        self.setMinimumWidth(NARROWEST)
        self.setMaximumWidth(WIDEST)
        presets = tuple(
            Preset(key, preset.expression, preset.label) for key, preset in SURFACES.items()
        )
        self.expression = ExpressionField(
            read, (PresetGroup(mark("Surfaces"), presets),), prefix=_prefix
        )
        self.expression.describe_to(
            mark("Function of two or more variables"),
            mark("Such as 3x^2 + xy, sin(x) cos(y) or a^2 + b c d. ↑: before"),
        )
        self.expression.edited.connect(intents.type)
        self.expression.finished.connect(intents.release)
        self.expression.preset_chosen.connect(intents.choose)
        self.source = note()
        self.leave = QPushButton()
        self.leave.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        bind(self.leave, "setText", "Back to the formula")
        bind(self.leave, "setToolTip", "Study the function again that was typed before")
        self.leave.clicked.connect(intents.leave_slice)
        self.add(self.expression, self.source, self.leave, heading(mark("Point")))
        self.coordinates = [SliderField(Scale(-3.0, 3.0)) for _ in range(MOST_VARIABLES)]
        self.names = [_VariableRow(field) for field in self.coordinates]
        for index, field in enumerate(self.coordinates):
            field.edited.connect(partial(intents.set_variable, index))
            field.finished.connect(intents.release)
        self.add(*self.names)
        self.pair = _Pair(intents)
        self.add(self.pair)
        self.direction = SliderField(DEGREES)
        self.direction.edited.connect(intents.turn)
        self.direction.finished.connect(intents.release)
        self.direction_row = _VariableRow(self.direction)
        self.add(self.direction_row)
        self._make_toggles()
        self._make_changes()
        self._make_frame()
        theme.notifier.changed.connect(self._dress_toggles)

    def _make_toggles(self) -> None:
        self.add(heading(mark("Show")))
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GAP)
        grid.setVerticalSpacing(4)
        self.toggles: dict[str, CheckField] = {}
        for number, (key, label, _, help_text) in enumerate(TOGGLES):
            box = CheckField(label, help_text)
            box.setIconSize(QSize(14, 14))
            box.chosen.connect(partial(self.intents.toggle, key))
            self.toggles[key] = box
            grid.addWidget(box, number // 2, number % 2)
        self._dress_toggles()
        self.rows.addLayout(grid)

    def _dress_toggles(self) -> None:
        for key, _, tokens, _ in TOGGLES:
            self.toggles[key].setIcon(swatch(*(theme.color(token) for token in tokens)))

    def _make_changes(self) -> None:
        section = Section("surface_lab/changes", mark("Total differential"))
        self.changes = [NumberField(Scale(step=0.05)) for _ in range(MOST_VARIABLES)]
        self.change_rows = [_VariableRow(field) for field in self.changes]
        for index, field in enumerate(self.changes):
            field.edited.connect(partial(self.intents.set_change, index))
            field.finished.connect(self.intents.release)
        section.add(*self.change_rows)
        self.add(section)

    def _make_frame(self) -> None:
        section = Section("surface_lab/frame", mark("Frame and heights"))
        self.frame = [NumberField(Scale(), check=partial(_check_frame, self, i)) for i in range(4)]
        self.frame_rows = []
        for place in (0, 2):
            line = QWidget()
            row = QHBoxLayout(line)
            row.setContentsMargins(0, 0, 0, 0)
            to = QLabel("…")
            row.addWidget(self.frame[place])
            row.addWidget(to)
            row.addWidget(self.frame[place + 1])
            self.frame_rows.append(_VariableRow(line))
        for index, field in enumerate(self.frame):
            field.edited.connect(partial(self._set_frame, index))
        self.log = CheckField(
            mark("Logarithmic heights"), mark("Where no height is negative: valleys become visible")
        )
        self.log.chosen.connect(self._set_log)
        section.add(*self.frame_rows, self.log)
        self.add(section)

    def sizeHint(self) -> QSize:
        return QSize(USUAL, 720)

    # ---------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        study = self.intents.study
        slot = self.store.document.surface
        own = study.subject.expression is not None
        self.expression.set_text(slot.expression)
        self.expression.setVisible(own)
        self.source.setVisible(not own)
        self.leave.setVisible(not own)
        self.source.setText(
            tr("A slice of the loss of the network, as it was at iteration {0}.").format(
                slot.iteration
            )
        )
        for index, (row, field) in enumerate(zip(self.names, self.coordinates, strict=True)):
            row.setVisible(index < len(study.names))
            if index < len(study.names):
                self._show_coordinate(study, index, row, field)
        for index, (row, number) in enumerate(zip(self.change_rows, self.changes, strict=True)):
            row.setVisible(index < len(study.names))
            if index < len(study.names):
                name = f"d{study.names[index]}"
                row.name(name, tr("Change of {0}").format(study.names[index]))
                number.set_value(study.changes[index])
        self.pair.refresh(study)
        self.direction.set_value(study.degrees)
        help_text = tr("Direction u in degrees, from {0} towards {1}").format(*study.pair)
        self.direction_row.name("u °", help_text, "direction")
        for key, box in self.toggles.items():
            box.set_value(key in study.shown)
        for field_, value in zip(self.frame, study.frame, strict=True):
            field_.set_value(value)
        for row, name in zip(self.frame_rows, study.pair, strict=True):
            row.name(name, tr("Part of the {0} axis that is shown").format(name))
        self.log.set_value(study.log_height)

    def _show_coordinate(
        self, study: Study, index: int, row: _VariableRow, field: SliderField
    ) -> None:
        low, high = -3.0, 3.0
        if index == study.across:
            low, high = study.frame[:2]
        elif index == study.up:
            low, high = study.frame[2:]
        field.set_scale(Scale(low, high))
        field.set_value(study.point[index])
        token = {study.across: "partial_x", study.up: "partial_y"}.get(index, "text")
        labels = study.subject.labels or study.names
        row.name(study.names[index], labels[index], token)

    def _set_frame(self, index: int, value: float) -> None:
        frame = list(self.intents.study.frame)
        frame[index] = value
        self.intents.set_frame((frame[0], frame[1], frame[2], frame[3]))

    def _set_log(self, on: bool) -> None:
        self.intents.look(log_height=on)

    def event(self, event: QEvent) -> bool:
        # Who has come to a field by Tab steers it with the keys that else step through time.
        if claims_key(event):
            event.accept()
            return True
        return super().event(event)


class _VariableRow(QWidget):
    """A row whose label is the name of a variable, which is no word to be translated."""

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.label = QLabel()
        self.label.setFixedWidth(34)
        self.label.setBuddy(field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(field, 1)
        self.label.setMinimumHeight(28)

    def name(self, name: str, help_text: str, token: str = "text") -> None:
        """Name the row."""
        if self.label.text() != name:
            self.label.setText(name)
        style = f"font-weight: 600; color: {theme.tokens[token]};"
        if self.label.styleSheet() != style:
            self.label.setStyleSheet(style)
        describe = getattr(self.field, "describe_to", None)
        if describe is not None:
            describe(name, help_text)
        else:
            for child in self.field.findChildren(NumberField):
                child.describe_to(name, help_text)


class _Pair(QWidget):
    """Which two of several variables are drawn."""

    def __init__(self, intents: Intents, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._intents = intents
        self.first, self.second = ChoiceField(), ChoiceField()
        for field in (self.first, self.second):
            field.setMinimumContentsLength(1)
        label = QLabel()
        bind(label, "setText", "Drawn")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(label)
        row.addWidget(self.first, 1)
        row.addWidget(self.second, 1)
        self.first.chosen.connect(self._choose_first)
        self.second.chosen.connect(self._choose_second)

    def refresh(self, study: Study) -> None:
        """Show the pair of a study; with two variables there is nothing to choose."""
        self.setVisible(len(study.names) > 2)
        for field, name, help_text in (
            (self.first, study.pair[0], tr("Variable drawn to the right")),
            (self.second, study.pair[1], tr("Variable drawn upwards")),
        ):
            field.set_entries((known, known) for known in study.names)
            field.set_value(name)
            field.describe_to(help_text, tr("All others are held"))

    def _choose_first(self, name: str) -> None:
        self._intents.draw_variables(name, self._intents.study.pair[1])

    def _choose_second(self, name: str) -> None:
        pair = self._intents.study.pair
        self._intents.draw_variables(pair[1] if name == pair[0] else pair[0], name)


def _check_frame(inspector: SurfaceInspector, index: int, value: float) -> None:
    """Refuse an end of the frame that lies beyond the other.

    Raises
    ------
    NablaError
        ``calculus.bounds``.
    """
    from engine.errors import NablaError

    frame = list(inspector.intents.study.frame)
    frame[index] = value
    for low, high in ((frame[0], frame[1]), (frame[2], frame[3])):
        if not low < high:
            raise NablaError("calculus.bounds", a=low, b=high)


def swatch(*colors: QColor) -> QIcon:
    """A small round sample of one colour or of two."""
    picture = QPixmap(28, 28)
    picture.setDevicePixelRatio(2.0)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for number, color in enumerate(colors):
        painter.setBrush(color)
        part = 360 * 16 // len(colors)
        painter.drawPie(1, 1, 12, 12, 90 * 16 + number * part, part)
    painter.end()
    return QIcon(picture)
