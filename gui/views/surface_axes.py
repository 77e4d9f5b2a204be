"""Everything that decides how the loss is cut, in a small panel that pops up under its button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.landscape import TABLE
from engine.network import Key
from gui import icons, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import ChoiceField, SeedField, heading, labels_of, note, tool_button
from gui.state.store import Store

CENTRES = (("current", mark("through the current state")), ("start", mark("through the start")))
LAYER = mark("Layer {0}")
MOST_NAMES = 500
"""Parameters offered in a list; any other can be picked on the canvas."""
_WIDTH = 324
_LABEL = 78


class AxesPopup(QFrame):
    """Shows the settings of the axes in the document, and changes them.

    Signals
    -------
    refit_asked
        The button "Refit" was pressed.
    """

    refit_asked: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        # A click on the button that opened the panel closes it, and does not open it again.
        self.setAttribute(Qt.WidgetAttribute.WA_NoMouseReplay)
        theme.set_role(self, "card")
        bind(self, "setAccessibleName", "Axes of the loss surface")
        self._store = store
        self._keys: tuple[Key, ...] | None = None
        self._in_force: tuple[Key, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(8)
        column.addWidget(heading("Axes of the loss surface"))
        self.axes = ChoiceField(labels_of(dict(TABLE)))
        bind(self.axes, "setAccessibleName", "Axes of the loss surface")
        bind(self.axes, "setToolTip", "Along which directions the loss is cut")
        self.axes.chosen.connect(self._choose_axes)
        column.addWidget(self.axes)
        self._pages = {
            "layer_gradients": self._layer_page(),
            "parameters": self._parameter_page(),
            "random": self._random_page(),
            "principal_components": self._component_page(),
        }
        for page in self._pages.values():
            column.addWidget(page)
        self.centre = ChoiceField(CENTRES)
        bind(self.centre, "setAccessibleName", "State that the slice goes through")
        bind(
            self.centre,
            "setToolTip",
            "The slice follows the state on screen, or stays where the run started",
        )
        self.centre.chosen.connect(self._choose_centre)
        page, grid = _page()
        _add_row(grid, mark("Slice"), self.centre)
        column.addWidget(page)

    # --------------------------------------------------------------------------- on screen

    def open_under(self, button: QWidget) -> None:
        """Show the panel under a button, within its screen."""
        self.fit_content()
        corner = button.mapToGlobal(QPoint(0, button.height() + 4))
        room = button.screen().availableGeometry()
        corner.setX(max(room.left(), min(corner.x(), room.right() - self.width())))
        if corner.y() + self.height() > room.bottom():
            corner.setY(button.mapToGlobal(QPoint(0, -4)).y() - self.height())
        self.move(corner)
        self.show()
        self.axes.setFocus(Qt.FocusReason.PopupFocusReason)

    def fit_content(self) -> None:
        """Take the size that the fields on show need."""
        self.setFixedWidth(_WIDTH)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        # A layout without wrapped text answers -1 to the first question.
        height = max(layout.totalHeightForWidth(_WIDTH), layout.totalMinimumSize().height())
        self.setFixedHeight(height)

    def refresh(self, in_force: tuple[Key, ...]) -> None:
        """Show the settings in the document.

        Parameters
        ----------
        in_force
            Keys of the two weights that are the axes now, where weights are.
        """
        document = self._store.document
        surface = document.view.surface
        architecture = document.experiment.architecture
        kind = surface.axes if surface.axes in TABLE else "layer_gradients"
        self._in_force = in_force
        self.axes.set_value(kind)
        for key, page in self._pages.items():
            page.setVisible(key == kind)
        self.centre.set_value(surface.centre)
        if kind == "layer_gradients":
            last = len(architecture.layers)
            entries = [str(number) for number in range(1, last + 1)]
            for field, chosen, default in zip(self.layers, surface.layers, (1, last), strict=True):
                field.set_numbers(entries)
                field.set_value(str(chosen or default))
        elif kind == "parameters":
            self._refresh_parameters()
        elif kind == "random":
            self.seed.set_value(surface.seed)
        if self.isVisible():
            self.fit_content()

    def _refresh_parameters(self) -> None:
        document = self._store.document
        architecture = document.experiment.architecture
        chosen = self.chosen_parameters()
        offered = dict.fromkeys((*architecture.keys[:MOST_NAMES], *chosen))
        cut = {known.key for known in document.experiment.architecture.cut}
        names = architecture.layout.names
        keys = tuple(key for key in offered if key in architecture.index and key not in cut)
        if keys != self._keys:
            self._keys = keys
            entries = [(_text(key), names[architecture.index[key]]) for key in keys]
            for field in self.parameters:
                field.set_entries(entries)
        for field, key in zip(self.parameters, chosen, strict=False):
            field.set_value(_text(key))
        selected = self._selected()
        for button in self.picks:
            button.setEnabled(selected is not None)

    # ------------------------------------------------------------------------------- words

    def summaries(self) -> tuple[str, ...]:
        """Say in words which axes are chosen, from the longest wording to the shortest."""
        surface = self._store.view.surface
        kind = self.axes.value
        if kind == "layer_gradients":
            layers = [field.value for field in self.layers]
            if len(set(layers)) == 1:
                return self._of_one_layer(int(layers[0]))
            wordings = (
                tr("Gradients of layers {0} and {1}"),
                tr("Layers {0} and {1}"),
                tr("Layers {0}, {1}"),
            )
            return tuple(wording.format(*layers) for wording in wordings)
        if kind == "parameters":
            architecture = self._store.experiment.architecture
            indices = [architecture.index[key] for key in self.chosen_parameters()]
            if len(indices) < 2:
                return (tr("Two weights"),)
            names = [architecture.layout.names[index] for index in indices]
            return (
                tr("Weights {0} and {1}").format(*names),
                tr("{0}, {1}").format(*names),
                tr("Weights"),
            )
        if kind == "random":
            return (
                tr("Random directions, seed {0}").format(surface.seed),
                tr("Random, seed {0}").format(surface.seed),
                tr("Random"),
            )
        return tr("Principal components of the path"), tr("Principal components"), tr("PCA")

    def _of_one_layer(self, number: int) -> tuple[str, ...]:
        """Say what is varied where both axes are of one layer."""
        if self._store.experiment.architecture.layers[number - 1].bias:
            wordings = (
                tr("Gradients of weights and biases, layer {0}"),
                tr("Weights and biases, layer {0}"),
                tr("Weights and biases"),
                tr("Layer {0}"),
            )
        else:
            wordings = (
                tr("Two steepest weights of layer {0}"),
                tr("Two weights, layer {0}"),
                tr("Two weights"),
                tr("Layer {0}"),
            )
        return tuple(wording.format(number) for wording in wordings)

    # ------------------------------------------------------------------------------- pages

    def _layer_page(self) -> QWidget:
        page, grid = _page()
        self.layers = (LayerField(), LayerField())
        for number, field in enumerate(self.layers):
            name = (mark("Layer along the first axis"), mark("Layer along the second axis"))[number]
            bind(field, "setAccessibleName", name)
            bind(field, "setToolTip", name)
            field.chosen.connect((self._choose_first_layer, self._choose_second_layer)[number])
            _add_row(grid, _AXES[number], field)
        return page

    def _parameter_page(self) -> QWidget:
        page, grid = _page()
        self.parameters = (ChoiceField(), ChoiceField())
        self.picks = (tool_button("weight"), tool_button("weight"))
        chosen = (self._choose_first_parameter, self._choose_second_parameter)
        picked = (self._pick_first, self._pick_second)
        names = (mark("Weight along the first axis"), mark("Weight along the second axis"))
        tips = (
            mark("First axis: take the weight that is selected on the canvas"),
            mark("Second axis: take the weight that is selected on the canvas"),
        )
        for number, (field, button) in enumerate(zip(self.parameters, self.picks, strict=True)):
            bind(field, "setAccessibleName", names[number])
            bind(field, "setToolTip", names[number])
            bind(button, "setAccessibleName", tips[number])
            bind(button, "setToolTip", tips[number])
            field.chosen.connect(chosen[number])
            button.clicked.connect(picked[number])
            _add_row(grid, _AXES[number], field, button)
        hint = note()
        bind(hint, "setText", "Select a weight on the canvas, then press the button beside an axis")
        grid.addWidget(hint, 2, 0, 1, 3)
        return page

    def _random_page(self) -> QWidget:
        page, grid = _page()
        self.seed = SeedField()
        bind(self.seed.field.entry, "setAccessibleName", "Seed of the random directions")
        bind(self.seed.field.entry, "setToolTip", "Each seed gives two other directions")
        self.seed.edited.connect(self._choose_seed)
        self.seed.thrown.connect(self._choose_seed)
        _add_row(grid, mark("Seed"), self.seed)
        return page

    def _component_page(self) -> QWidget:
        page, grid = _page()
        self.refit = QToolButton()
        self.refit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.refit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.refit.setIconSize(QSize(16, 16))
        icons.bind(self.refit, "reset")
        bind(self.refit, "setText", "Refit")
        bind(self.refit, "setAccessibleName", "Refit")
        bind(self.refit, "setToolTip", "Fit the components to the path as it is now")
        self.refit.clicked.connect(self.refit_asked)
        grid.addWidget(self.refit, 0, 1, Qt.AlignmentFlag.AlignLeft)
        return page

    # ----------------------------------------------------------------------------- intents

    def _choose_axes(self, key: str) -> None:
        self._store.look_at_surface(axes=key)

    def _choose_centre(self, key: str) -> None:
        self._store.look_at_surface(centre=key)

    def _choose_seed(self, seed: int) -> None:
        self._store.look_at_surface(seed=seed)

    def _choose_first_layer(self, number: str) -> None:
        _, second = self._store.view.surface.layers
        self._store.look_at_surface(layers=(int(number), second))

    def _choose_second_layer(self, number: str) -> None:
        first, _ = self._store.view.surface.layers
        self._store.look_at_surface(layers=(first, int(number)))

    def _choose_first_parameter(self, text: str) -> None:
        self._choose_parameter(0, _key(text))

    def _choose_second_parameter(self, text: str) -> None:
        self._choose_parameter(1, _key(text))

    def _pick_first(self) -> None:
        selected = self._selected()
        if selected is not None:
            self._choose_parameter(0, selected)

    def _pick_second(self) -> None:
        selected = self._selected()
        if selected is not None:
            self._choose_parameter(1, selected)

    def _choose_parameter(self, place: int, key: Key) -> None:
        chosen = list(self.chosen_parameters())
        if len(chosen) < 2:
            return
        # Who asks for the other axis's weight wants them exchanged.
        if chosen[1 - place] == key:
            chosen[1 - place] = chosen[place]
        chosen[place] = key
        self._store.look_at_surface(parameters=tuple(chosen))

    def chosen_parameters(self) -> tuple[Key, ...]:
        """Return the keys of both axes: the chosen ones, those in force, the first free ones."""
        architecture = self._store.experiment.architecture
        cut = set(architecture.cut_indices)
        wanted = [key for key in self._store.view.surface.parameters if key in architecture.index]
        others = (
            key
            for key in (*self._in_force, *architecture.keys)
            if key in architecture.index and architecture.index[key] not in cut
        )
        return tuple(dict.fromkeys((*wanted, *others)))[:2]

    def _selected(self) -> Key | None:
        selection = self._store.view.selection
        if selection is None or selection.kind != "parameter":
            return None
        architecture = self._store.experiment.architecture
        index = architecture.index.get(selection.target)
        if index is None or index in architecture.cut_indices:
            return None
        return selection.target


_AXES = (mark("First axis"), mark("Second axis"))


class LayerField(ChoiceField):
    """One of the network's layers, by its number."""

    def set_numbers(self, numbers: list[str]) -> None:
        """Offer layers; the words around the numbers follow the language."""
        self.set_entries([(number, number) for number in numbers])

    def _word(self) -> None:
        for row, (key, _) in enumerate(self._entries):
            self.setItemText(row, tr(LAYER).format(key))


def _page() -> tuple[QWidget, QGridLayout]:
    page = QWidget()
    grid = QGridLayout(page)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, _LABEL)
    grid.setColumnStretch(1, 1)
    return page, grid


def _add_row(grid: QGridLayout, text: str, field: QWidget, button: QWidget | None = None) -> None:
    label = QLabel()
    theme.set_role(label, "muted")
    bind(label, "setText", text)
    label.setBuddy(field)
    row = grid.rowCount() if grid.count() else 0
    grid.addWidget(label, row, 0)
    grid.addWidget(field, row, 1)
    if button is not None:
        grid.addWidget(button, row, 2)


def _text(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def _key(text: str) -> Key:
    source, target = text.split()
    return int(source), int(target)
