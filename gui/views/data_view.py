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
from engine.network.activations import TABLE as ACTIVATIONS
from engine.numbers import shown
from engine.table import Table
from engine.training import Experiment
from gui import icons, theme
from gui.i18n import bind, mark, tr
from gui.state.store import Aspect, Store
from gui.views.color_bar import ColorBar, NoteLine
from gui.views.data_header import DataHeader
from gui.views.data_items import CurveItem, Entry, Legend, MapItem, SamplesItem
from gui.views.data_samples import SampleSource
from gui.views.follow import Follower
from gui.views.height_field import HeightScale
from gui.views.own_keys import claims
from gui.views.painted import parameters_on_screen
from gui.views.plane_image import class_token, unit_scale
from gui.views.plane_map import PlaneMap, Question, plane_map, telling_features
from gui.views.scale_axis import ScaleAxis
from gui.views.view import PlotView

COARSE = 48
REST_MS = 120
"""After so long without a change the fine map is made."""
CHEAP = 6e6
"""Weights times points up to which a fine map costs no more than a few milliseconds."""
OWN_KEYS = frozenset({Qt.Key.Key_N})
REACH = 10.0
"""Pixels within which a click or a hover means a sample."""


class DataView(PlotView):
    """The network's output over one or two of its inputs, with the samples.

    With more inputs the header chooses two of them; the others are held where the focused sample
    has them, or at their mean. While a unit is selected its own activation may fill the plot.
    """

    key: ClassVar[str] = "data"
    title: ClassVar[str] = mark("Prediction")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._axes: dict[Dataset, tuple[int, int]] = {}
        self._output = 0
        self._source: SampleSource | None = None
        self._question: Question | None = None
        self._shows_unit = True
        self._zoomed = False
        self._changed_at = 0.0
        self._make_plot()
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
        self._follower = Follower(self, store, aspects, self.refresh)
        store.changed.connect(self._entitle)
        self._entitle(Aspect.EXPERIMENT)

    def _entitle(self, aspects: Aspect) -> None:
        """Take the name that fits the task, seen or not."""
        if Aspect.EXPERIMENT in aspects:
            self.setWindowTitle(self.heading)

    def _make_plot(self) -> None:
        self._bottom, self._left = ScaleAxis("bottom", 58.0), ScaleAxis("left", 34.0)
        self._bottom.setStyle(hideOverlappingLabels=False)
        self.plot.setAxisItems({"bottom": self._bottom, "left": self._left})
        self._left.setWidth(44)
        self._set_fonts()
        theme.style_plot(self.widget)
        self._map, self._curve, self._points = MapItem(), CurveItem(), SamplesItem()
        for layer, item in enumerate((self._map, self._curve, self._points)):
            item.setZValue(layer)
            self.plot.addItem(item, ignoreBounds=True)
        self._legend = Legend(self._entries)
        self._note = NoteLine(self._note_text)
        self._bar = ColorBar()
        self._bar.setFixedWidth(0.0)
        layout = self.plot.layout
        layout.removeItem(self.plot.titleLabel)
        layout.addItem(self._legend, 0, 0, 1, 4)
        layout.addItem(self._bar, 2, 3)
        layout.addItem(self._note, 4, 0, 1, 4)
        self.plot.setContentsMargins(4, 6, 12, 4)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._zoomed_by_hand)
        self.box.sigRangeChanged.connect(self._range_changed)
        self.box.sigResized.connect(self._place_button)
        self.widget.scene().sigMouseClicked.connect(self._clicked)

    # ----------------------------------------------------------------------- what is shown

    @property
    def heading(self) -> str:
        """What this view is called for the task at hand, in English."""
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
        self._label_axes()
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
        selection = self._store.view.selection
        if not self._shows_unit or selection is None or selection.kind != "unit":
            return None
        return self._selected_unit(self._store.experiment)

    def _selected_unit(self, experiment: Experiment) -> tuple[int, int] | None:
        selection = self._store.view.selection
        if selection is None or selection.kind != "unit":
            return None
        architecture = experiment.architecture
        place = architecture.places.get(selection.target[0])
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

    def _label_axes(self) -> None:
        dataset, axes = self._store.experiment.dataset, self.axes
        if len(axes) == 2:
            upwards = dataset.feature_names[axes[1]]
        elif dataset.task == "regression":
            upwards = dataset.target_names[self._output]
        else:
            upwards = tr("probability")
        named = self.height() >= 300
        for axis, name in ((self._bottom, dataset.feature_names[axes[0]]), (self._left, upwards)):
            if (axis.labelText, axis.label.isVisible()) != (name, named):
                axis.setLabel(name)
                axis.showLabel(named)
        self._left.setWidth(60 if named else 44)

    # -------------------------------------------------------------------------- the answer

    def _answer(self) -> None:
        """Ask the network: coarsely while changes follow each other, finely otherwise."""
        question = self._question
        if question is None:
            return
        if len(question.axes) == 1:
            self._map.show(None, 0.0, 1.0)
            self._show_bar()
            self._answer_along(question)
            return
        self._curve.colors = ()
        now = time.monotonic()
        in_a_row = now - self._changed_at < REST_MS / 1000
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
        self._show_bar()

    def _color_range(self, answer: PlaneMap) -> tuple[float, float]:
        question = answer.question
        if question.unit is not None:
            layer = question.experiment.architecture.layers[question.unit[0] - 1]
            return unit_scale(layer.activation, answer.values)
        if question.kind == "value" and self._source is not None:
            return self._source.value_range()
        return 0.0, 1.0

    def _show_bar(self) -> None:
        question = self._question
        wide = self.width() >= 380
        if question is not None and question.kind == "value" and len(question.axes) == 2 and wide:
            low, high = self._map.range
            name = self._store.experiment.dataset.target_names[self._output]
            self._bar.show(HeightScale("linear", low, high), name)
            width = ColorBar.WIDTH
        else:
            self._bar.show(None, "")
            width = 0.0
        if self._bar.minimumWidth() != width:
            self._bar.setFixedWidth(width)

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
        source = self._source
        if source is None:
            return []
        dataset, samples = source.dataset, self._points.samples
        entries = [
            Entry(name, kind % 10, class_token(kind)) for kind, name in enumerate(dataset.classes)
        ]
        if dataset.task == "regression":
            entries.append(Entry(tr("train"), 0, "train" if len(source.axes) == 1 else "muted"))
        if samples is not None and samples.test.any():
            color = "muted" if dataset.classes or len(source.axes) == 2 else "train"
            entries.append(Entry(tr("test"), 0, color, hollow=True))
        if samples is not None and dataset.task == "classification":
            count = int(samples.wrong.sum())
            entries.append(Entry(tr("{0} wrong").format(count), ring=True))
        if source.total > len(source.samples.rows):
            text = tr("{0} of {1} samples drawn")
            entries.append(Entry(text.format(len(source.samples.rows), source.total)))
        return entries

    def _note_text(self) -> str:
        question = self._question
        if question is None:
            return ""
        dataset = question.experiment.dataset
        parts = []
        if question.unit is not None:
            layer, unit = question.unit
            name = tr(
                ACTIVATIONS[question.experiment.architecture.layers[layer - 1].activation].label
            )
            parts.append(tr("Neuron {0}, layer {1}, {2}").format(unit + 1, layer, name))
            if len(question.axes) == 2:
                parts.append(tr("dashed: z = 0"))
        others = [k for k in range(dataset.n_features) if k not in question.axes]
        if others:
            focus = self._store.view.focus
            held = question.held
            if dataset.scaling is not None:
                held = dataset.scaling.undo(held)
            names = ", ".join(
                f"{dataset.feature_names[k]} = {shown(held[k], 4)}" for k in others[:4]
            )
            if len(others) > 4:
                names += " …"
            if self.width() < 420:
                text = tr("others at the mean") if focus is None else tr("others as in sample {0}")
            elif focus is None:
                text = tr("held at the mean: {1}")
            else:
                text = tr("held as in sample {0}: {1}")
            parts.append(text.format("" if focus is None else focus + 1, names))
        return " · ".join(parts)

    def _read(self, x: float, y: float) -> str | None:
        question, source = self._question, self._source
        if question is None or source is None:
            return None
        dataset = question.experiment.dataset
        row = self.sample_near(self.scene_point(x, y))
        if row is not None:
            return self._read_sample(question, row)
        names = dataset.feature_names
        point = np.array([[x, y][: len(question.axes)]])
        lines = [
            f"{names[feature]} = {shown(value, 4)}"
            for feature, value in zip(question.axes, (x, y), strict=False)
        ]
        values = question.answer(point)[0][0]
        return "\n".join([*lines, *self._worded(question, values)])

    def _worded(self, question: Question, values: Vector) -> list[str]:
        dataset = question.experiment.dataset
        if question.kind == "unit":
            return [tr("activation {0}").format(shown(float(values[0])))]
        if question.kind == "value":
            name = dataset.target_names[self._output]
            return [tr("output {0} = {1}").format(name, shown(float(values[0])))]
        if question.kind == "probability":
            return [tr("P({0}) = {1}").format(dataset.classes[1], shown(float(values[0])))]
        order = np.argsort(-values, kind="stable")[:3]
        return [
            tr("P({0}) = {1}").format(dataset.classes[k], shown(float(values[k]))) for k in order
        ]

    def _read_sample(self, question: Question, row: int) -> str:
        dataset = question.experiment.dataset
        training = self._store.moment.segment.training
        part = tr("test") if row in dataset.test else tr("train")
        lines = [tr("sample {0} ({1})").format(row + 1, part)]
        raw = dataset.raw_inputs[row]
        lines += [f"{dataset.feature_names[k]} = {shown(raw[k])}" for k in question.axes]
        passed, _ = training.passes(question.parameters, np.array([row], dtype=np.intp))
        if dataset.task == "classification":
            lines.append(tr("class {0}").format(dataset.classes[dataset.class_indices[row]]))
        else:
            lines.append(tr("target {0}").format(shown(dataset.targets[row, self._output])))
        about_outputs = question.with_unit(None)
        output = passed.output[0]
        if dataset.task == "regression":
            output = output[self._output : self._output + 1]
        lines += self._worded(about_outputs, output)
        loss = training.experiment.loss_function
        value = loss.value(
            passed.pre_activations[-1], passed.output, dataset.targets[row : row + 1]
        )
        lines.append(tr("loss {0}").format(shown(float(value[0]))))
        return "\n".join(lines)

    # ----------------------------------------------------------------------------- pointer

    def sample_near(self, position: QPointF) -> int | None:
        """The row of the sample that is drawn nearest to a point of the scene, within reach."""
        samples = self._points.samples
        if samples is None or not self._points.isVisible():
            return None
        pixels = self._points.to_pixels(samples.points)
        distance = np.hypot(pixels[:, 0] - position.x(), pixels[:, 1] - position.y())
        index = int(distance.argmin())
        return int(samples.rows[index]) if distance[index] <= REACH else None

    def sample_pixel(self, row: int) -> QPointF:
        """Where on the plot a sample is drawn."""
        assert self._source is not None
        return self._points.to_pixel(*self._source.point_of(row))

    def _clicked(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self.data_at(event.scenePos()) is None:
            return
        # A click beside all samples gives the choice back to the batch.
        self._store.look(focus=self.sample_near(event.scenePos()))
        event.accept()

    def readout_corner(self) -> QPoint:
        inside, header = super().readout_corner(), self.widget.pos()
        return QPoint(inside.x() + header.x(), inside.y() + header.y())

    # --------------------------------------------------------------------- frame and layout

    def _frame(self) -> None:
        """Show all samples; both axes in one scale where they measure alike."""
        assert self._source is not None
        x_range, y_range = self._source.ranges()
        spans = x_range[1] - x_range[0], y_range[1] - y_range[0]
        alike = len(self._source.axes) == 2 and max(spans) < 3.0 * min(spans)
        self.box.setAspectLocked(alike and self._source.dataset.n_features == 2)
        self.box.setRange(xRange=x_range, yRange=y_range, padding=0)

    def reset_view(self) -> None:
        self._zoomed = False
        if self._source is not None:
            self._frame()
        self._follower.mark()

    def zoom_by(self, factor: float) -> None:
        self._zoomed = True
        super().zoom_by(factor)

    def turn_by(self, right: int, up: int) -> None:
        self._zoomed = True
        super().turn_by(right, up)

    def _zoomed_by_hand(self, _: Any) -> None:
        self._zoomed = True

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
            self._label_axes()
            if not self._zoomed:
                self._frame()
            self._show_bar()
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
        return predictions(self._store.experiment, parameters_on_screen(self._store))


def predictions(experiment: Experiment, parameters: Vector) -> Table:
    """One row a sample: its number, part, raw inputs, what it should be, and what comes out."""
    from gui.views.outcomes import classes_of, outputs_of

    dataset = experiment.dataset
    outputs = outputs_of(experiment.architecture, parameters, dataset.inputs)
    held_out = set(dataset.test.tolist())
    classifies = dataset.task == "classification"
    single = outputs.shape[1] == 1
    columns = ["sample", "part", *dataset.feature_names]
    if classifies:
        columns += ["class", "predicted"]
        columns += [f"P({dataset.classes[1]})"] if single else [f"P({n})" for n in dataset.classes]
    else:
        columns += [*dataset.target_names, *(f"predicted {n}" for n in dataset.target_names)]
    guessed = classes_of(outputs) if classifies else np.zeros(len(outputs), dtype=np.int64)
    rows = []
    for row in range(dataset.n_samples):
        part = "test" if row in held_out else "train"
        judged: list[object]
        if classifies:
            judged = [
                dataset.classes[dataset.class_indices[row]],
                dataset.classes[guessed[row]],
                *outputs[row].tolist(),
            ]
        else:
            judged = [*dataset.targets[row].tolist(), *outputs[row].tolist()]
        rows.append((row + 1, part, *dataset.raw_inputs[row].tolist(), *judged))
    return Table(tuple(columns), tuple(rows))
