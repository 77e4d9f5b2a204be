"""The samples, and what the network says between them: boundary, fitted curve, fitted surface."""

from __future__ import annotations

import math
import time
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QMenu, QToolButton, QVBoxLayout, QWidget

from engine.data import Dataset
from engine.network import Vector
from engine.table import Table
from engine.training import Experiment
from gui import icons
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views import data_words as words
from gui.views.data_header import DataHeader
from gui.views.data_items import Entry
from gui.views.data_plot import DataPlot
from gui.views.data_samples import SampleSource
from gui.views.follow import Follower
from gui.views.own_keys import claims
from gui.views.painted import parameters_on_screen
from gui.views.plane_image import class_token, unit_scale
from gui.views.plane_map import PlaneMap, Question, plane_map, telling_features

COARSE = 48
REST_MS = 120
"""After so long without a change the fine map is made."""
CHEAP = 6e6
"""Weights times points up to which a fine map costs no more than a few milliseconds."""
OWN_KEYS = frozenset({Qt.Key.Key_N})


class DataView(DataPlot):
    """The network's output over one or two of its inputs, with the samples.

    With more inputs the header chooses two of them; the others are held where the focused sample
    has them, or at their mean. The activation of a unit that is pointed at elsewhere fills the
    plot; while a unit is selected its own may.
    """

    key: ClassVar[str] = "data"
    title: ClassVar[str] = mark("Prediction")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._axes: dict[Dataset, tuple[int, int]] = {}
        self._output = 0
        self._question: Question | None = None
        self._shows_unit = True
        self._pointed_at: int | None = None
        self._changed_at = 0.0
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._place_button)
        self.widget.scene().sigMouseClicked.connect(self._clicked)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._refine)
        self.header = DataHeader(self)
        self.header.chosen.connect(self._choose)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.setSpacing(0)
        layout.insertWidget(0, self.header)
        self.unit_button = QToolButton(self)
        self.unit_button.setCheckable(True)
        self.unit_button.setChecked(True)
        icons.bind(self.unit_button, "neuron", "text")
        for setter in ("setToolTip", "setAccessibleName"):
            bind(self.unit_button, setter, mark("Show the selected neuron's map (N)"))
        self.unit_button.toggled.connect(self.show_unit)
        self.unit_button.hide()
        self.readout = self._read
        bind(self, "setAccessibleName", "Prediction")
        aspects = Aspect.MOMENT | Aspect.SELECTION | Aspect.EXPERIMENT | Aspect.VIEW
        self._follower = Follower(self, store, aspects, self.refresh, turn=1)
        store.changed.connect(self._entitle)
        self._entitle(Aspect.EXPERIMENT)

    def _entitle(self, aspects: Aspect) -> None:
        """Take the name that fits the task, seen or not."""
        if Aspect.EXPERIMENT in aspects:
            self.setWindowTitle(self.name_now)

    # ----------------------------------------------------------------------- what is shown

    @property
    def name_now(self) -> str:
        dataset = self._store.experiment.dataset
        if dataset.n_features == 1:
            return mark("Fitted curve")
        if dataset.task == "classification":
            return mark("Decision boundary")
        return mark("Fitted surface")

    @property
    def axes(self) -> tuple[int, ...]:
        """The features on the axes."""
        dataset = self._store.experiment.dataset
        if dataset.n_features <= 2:
            return tuple(range(dataset.n_features))
        if dataset not in self._axes:
            self._axes = {dataset: telling_features(dataset)}
        return self._axes[dataset]

    @property
    def answer(self) -> PlaneMap | None:
        """The map on screen; None where there is one input."""
        return self._map.answer

    def refresh(self) -> None:
        """Read the store again."""
        experiment = self._store.experiment
        dataset, axes = experiment.dataset, self.axes
        self._output = min(self._output, dataset.n_targets - 1)
        output = self._output if dataset.task == "regression" else 0
        if self._source is None or not self._source.fits(dataset, axes, output):
            self._source = SampleSource(dataset, axes, output)
            self._zoomed = False
            self._frame()
        parameters = parameters_on_screen(self._store)
        unit = self._unit()
        self._question = Question(experiment, parameters, axes, self._held(), unit, output)
        self._points.samples = self._source.judged(experiment, parameters)
        self._points.range = self._source.value_range()
        self._points.focus = self._focus_point()
        self._points.setVisible(not (unit is not None and len(axes) == 1))
        self._name_axes()
        self.header.show_features(dataset, axes, output)
        self._answer()
        self._place_button()
        self._legend.update()
        self._note.refresh()
        self._points.update()
        self.refresh_readout()

    def _held(self) -> Vector:
        """What the network sees in the inputs that are not on an axis."""
        dataset = self._store.experiment.dataset
        focus = self._store.view.focus
        if focus is not None and focus < dataset.n_samples:
            held: Vector = dataset.inputs[focus]
            return held
        mean: Vector = dataset.train_inputs.mean(axis=0)
        return mean

    def _unit(self) -> tuple[int, int] | None:
        """The unit whose map is to be shown: a hidden one, or one output of several."""
        pointed_at = self._place_with_map(self._pointed_at, self._store.experiment)
        if pointed_at is not None:
            return pointed_at
        selection = self._store.view.selection
        if not self._shows_unit or selection is None or selection.kind != "unit":
            return None
        return self._selected_unit(self._store.experiment)

    def _selected_unit(self, experiment: Experiment) -> tuple[int, int] | None:
        selection = self._store.view.selection
        if selection is None or selection.kind != "unit":
            return None
        return self._place_with_map(selection.target[0], experiment)

    @staticmethod
    def _place_with_map(unit: int | None, experiment: Experiment) -> tuple[int, int] | None:
        """Where a unit is, if it has a map of its own: no input, and not the only output."""
        architecture = experiment.architecture
        place = None if unit is None else architecture.places.get(unit)
        if place is None or place[0] == 0:
            return None
        is_output = place[0] == len(architecture.layers)
        if is_output and architecture.widths[-1] == 1:
            return None
        return place

    def _focus_point(self) -> QPointF | None:
        """Where the focused sample is drawn: the chosen one, or the one being stepped through."""
        source, document = self._source, self._store.document
        if source is None or (document.view.focus is None and document.cursor.micro == 0):
            return None
        return QPointF(*source.point_of(self._store.moment.trace.focus))

    # -------------------------------------------------------------------------- the answer

    def _name_axes(self) -> None:
        dataset, axes = self._store.experiment.dataset, self.axes
        if len(axes) == 2:
            upwards = dataset.feature_names[axes[1]]
        elif dataset.task == "regression":
            upwards = dataset.target_names[self._output]
        else:
            upwards = tr("probability")
        self._label_axes(dataset.feature_names[axes[0]], upwards)

    def _show_colors(self) -> None:
        question = self._question
        if question is not None and question.kind == "value" and len(question.axes) == 2:
            name = question.experiment.dataset.target_names[self._output]
            self._show_bar(self._map.range, name)
        else:
            # A neuron's map has its own colours; the plot must not jump while one is pointed at.
            regression = self._store.experiment.dataset.task == "regression"
            self._show_bar(None, keeps_room=regression and len(self.axes) == 2)

    def _answer(self) -> None:
        """Ask the network: coarsely while changes follow each other, finely otherwise."""
        question = self._question
        if question is None:
            return
        if len(question.axes) == 1:
            self._map.show(None, 0.0, 1.0)
            self._show_colors()
            self._answer_along(question)
            return
        self._curve.colors = ()
        now = time.monotonic()
        # An export lays a view out twice at once; only on screen is that a movement.
        in_a_row = self.isVisible() and now - self._changed_at < REST_MS / 1000
        self._changed_at = now
        fine = self._fine_resolution()
        size = question.experiment.architecture.layout.size
        if in_a_row or fine[0] * fine[1] * size > CHEAP:
            self._make_map((COARSE, COARSE))
            self._rest.start()
        else:
            self._make_map(fine)

    def _fine_resolution(self) -> tuple[int, int]:
        frame = self.box.sceneBoundingRect()
        across, up = int(frame.width() / 3.0), int(frame.height() / 3.0)
        return min(max(across, 128), 192), min(max(up, 128), 192)

    def _refine(self) -> None:
        if self.isVisible():
            self._make_map(self._fine_resolution())

    def _make_map(self, resolution: tuple[int, int]) -> None:
        question = self._question
        if question is None or len(question.axes) != 2:
            return
        x_range, y_range = (tuple(pair) for pair in self.box.viewRange())
        known = self._map.answer
        if (
            known is not None
            and question.same_as(known.question)
            and min(np.subtract(known.resolution, resolution)) >= 0
            and (known.x[0], known.x[-1]) == x_range
            and (known.y[0], known.y[-1]) == y_range
        ):
            return
        answer = plane_map(question, x_range, y_range, resolution)
        self._map.show(answer, *self._color_range(answer))
        self._show_colors()

    def _color_range(self, answer: PlaneMap) -> tuple[float, float]:
        question = answer.question
        if question.unit is not None:
            layer = question.experiment.architecture.layers[question.unit[0] - 1]
            return unit_scale(layer.activation, answer.values)
        if question.kind == "value" and self._source is not None:
            return self._source.value_range()
        return 0.0, 1.0

    def _answer_along(self, question: Question) -> None:
        low, high = self.box.viewRange()[0]
        x = np.linspace(low, high, 400)
        values, _ = question.answer(x[:, None])
        curve = self._curve
        curve.x, curve.values = x, values
        dataset = question.experiment.dataset
        curve.level, curve.residual, curve.names = None, None, ()
        if question.kind == "unit":
            curve.colors = ("selection",)
            if not self._zoomed:
                layer = question.experiment.architecture.layers[question.unit[0] - 1]  # type: ignore[index]
                bottom, top = unit_scale(layer.activation, values)
                room = 0.08 * (top - bottom)
                self.box.setYRange(bottom - room, top + room, padding=0)
        else:
            if not self._zoomed and self._source is not None:
                self.box.setYRange(*self._source.ranges()[1], padding=0)
            if question.kind == "classes":
                curve.colors = tuple(class_token(k) for k in range(values.shape[1]))
                curve.names = dataset.classes
            else:
                curve.colors = ("forward",)
                curve.level = 0.5 if question.kind == "probability" else None
        if question.kind in ("value", "probability") and self._points.focus is not None:
            focus = self._points.focus
            value = float(question.answer(np.array([[focus.x()]]))[0][0, 0])
            if math.isfinite(value):
                curve.residual = focus.x(), focus.y(), value
        curve.update()

    # ------------------------------------------------------------------------------- words

    def _entries(self) -> list[Entry]:
        source, samples = self._source, self._points.samples
        return [] if source is None or samples is None else words.legend(source, samples)

    def _note_text(self) -> str:
        question = self._question
        if question is None:
            return ""
        return words.note(question, self._store.view.focus, self.width())

    def _read(self, x: float, y: float) -> str | None:
        question = self._question
        if question is None:
            return None
        row = self.sample_near(self.scene_point(x, y))
        if row is not None:
            return words.at_sample(question, self._store.moment.segment.training, row)
        return words.at_point(question, (x, y)[: len(question.axes)])

    # ----------------------------------------------------------------------------- pointer

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.data_at(event.scenePos()) is None:
            return
        # A click beside all samples gives the choice back to the batch.
        self._store.look(focus=self.sample_near(event.scenePos()))
        event.accept()

    # --------------------------------------------------------------------- frame and layout

    def reset_view(self) -> None:
        self._zoomed = False
        if self._source is not None:
            self._frame()
        self._follower.mark()

    def _range_changed(self, *_: Any) -> None:
        if self._question is None:
            return
        if not self.isVisible():
            self._follower.mark()
        elif len(self._question.axes) == 2:
            self._answer()
        elif not self._curve.covers(*self.box.viewRange()[0]):
            self._answer_along(self._question)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._source is not None:
            self._name_axes()
            if not self._zoomed:
                self._frame()
            self._show_colors()
        self._place_button()

    def _place_button(self, *_: Any) -> None:
        possible = self._selected_unit(self._store.experiment) is not None
        self.unit_button.setVisible(possible)
        if possible:
            self.unit_button.adjustSize()
            frame = self.box.sceneBoundingRect()
            corner = frame.topRight().toPoint() + self.widget.pos()
            self.unit_button.move(corner - QPoint(self.unit_button.width() + 6, -6))
            self.unit_button.raise_()

    def render_to(self, painter: QPainter, area: QRectF) -> None:
        self._follower.catch_up()
        super().render_to(painter, area)
        layout = self.layout()
        assert layout is not None
        # The plot was laid out over the header.
        layout.invalidate()
        layout.activate()

    def paint(self, painter: QPainter, area: QRectF) -> None:
        if self._question is not None and len(self._question.axes) == 1:
            self._answer_along(self._question)
        self._make_map(self._fine_resolution())
        super().paint(painter, area)

    def retheme(self) -> None:
        self._map.forget()
        self._points.forget()

    # --------------------------------------------------------------------------- menu, keys

    @property
    def shows_unit(self) -> bool:
        """Whether the map of a selected neuron takes the place of the output."""
        return self._shows_unit

    def show_unit(self, shown_: bool) -> None:
        """Show the map of a selected neuron, or the output whatever is selected."""
        if shown_ != self._shows_unit:
            self._shows_unit = shown_
            self.unit_button.setChecked(shown_)
            self._follower.mark()

    def point_at_unit(self, unit: int | None) -> None:
        """Fill the plot with the map of a unit, by its id, as long as it is pointed at."""
        if unit != self._pointed_at:
            before, self._pointed_at = self._unit(), unit
            if self._unit() != before:
                self._follower.mark()

    def _toggle_unit(self) -> None:
        self.show_unit(not self._shows_unit)

    def _choose(self, axes: tuple[int, int], output: int) -> None:
        dataset = self._store.experiment.dataset
        if dataset.n_features > 2:
            self._axes = {dataset: axes}
        self._output = output
        self._follower.mark()

    def menu(self) -> QMenu:
        menu = super().menu()
        first = menu.actions()[0]
        action = menu.addAction(tr("Show the selected neuron's map"))
        menu.insertAction(first, action)
        menu.insertSeparator(first)
        action.setCheckable(True)
        action.setChecked(self._shows_unit)
        action.setShortcut("N")
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(self._toggle_unit)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.modifiers() and event.key() == Qt.Key.Key_N:
            self._toggle_unit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        return claims(event, OWN_KEYS) or super().event(event)

    def table(self) -> Table:
        """The samples with their predictions: inputs in raw units, target, output, part, wrong."""
        self._follower.catch_up()
        return words.predictions(self._store.experiment, parameters_on_screen(self._store))
