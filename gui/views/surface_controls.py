"""The controls over the loss surface: its axes, its centre, its heights, and how it is seen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from engine.landscape import TABLE
from engine.network import Key
from gui import icons, theme
from gui.i18n import bind, mark, tr
from gui.inspectors.fields import ChoiceField, SeedField, labels_of, tool_button
from gui.state import settings
from gui.state.store import Store

CENTRES = (("current", mark("through the current state")), ("start", mark("through the start")))
LAYER = mark("Layer {0}")
MOST_NAMES = 500
"""Parameters offered in a list; any other can be picked on the canvas."""
VIEWS_SETTING = "surface/views"
VIEWS = ("contour", "surface3d")


class SurfaceControls(QWidget):
    """Shows the surface's settings in the document, and changes them.

    Signals
    -------
    fit_asked, refit_asked
        The buttons "Fit frame" and "Refit" were pressed.
    views_changed
        Another choice of contours, 3-D or both.
    """

    fit_asked: SignalInstance = Signal()  # type: ignore[assignment]
    refit_asked: SignalInstance = Signal()  # type: ignore[assignment]
    views_changed: SignalInstance = Signal()  # type: ignore[assignment]

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._keys: tuple[Key, ...] | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(4)
            column.addLayout(row)

        self.axes = ChoiceField(labels_of(dict(TABLE)))
        bind(self.axes, "setAccessibleName", "Axes of the loss surface")
        bind(self.axes, "setToolTip", "Along which directions the loss is cut")
        self.axes.chosen.connect(self._choose_axes)
        first.addWidget(self.axes, 3)
        self._pages = {
            "layer_gradients": self._layer_page(),
            "parameters": self._parameter_page(),
            "random": self._random_page(),
            "principal_components": self._component_page(),
        }
        for page in self._pages.values():
            first.addWidget(page, 4)

        self.centre = ChoiceField(CENTRES)
        bind(self.centre, "setAccessibleName", "State that the slice goes through")
        bind(
            self.centre,
            "setToolTip",
            "The slice follows the state on screen, or stays where the run started",
        )
        self.centre.chosen.connect(self._choose_centre)
        second.addWidget(self.centre, 1)
        self.log = self._toggle(mark("log"), mark("Logarithmic heights"))
        self.log.clicked.connect(self._choose_log)
        second.addWidget(self.log)
        self.views: dict[str, QToolButton] = {}
        remembered = settings.text(VIEWS_SETTING).split()
        self._chosen_by_hand = bool(set(remembered) & set(VIEWS))
        shown = remembered if self._chosen_by_hand else VIEWS
        for key, name, tip in (
            ("contour", mark("Contours"), mark("Show the loss from above, as contours")),
            ("surface3d", mark("3-D"), mark("Show the loss as a surface that can be turned")),
        ):
            button = self._toggle(name, tip)
            button.setChecked(key in shown)
            button.clicked.connect(self._choose_views)
            self.views[key] = button
            second.addWidget(button)
        self.fit = tool_button("fit")
        bind(self.fit, "setToolTip", "Fit the frame to the path")
        bind(self.fit, "setAccessibleName", "Fit the frame to the path")
        self.fit.clicked.connect(self.fit_asked)
        second.addWidget(self.fit)

    @property
    def shown_views(self) -> tuple[str, ...]:
        """Keys of the views to be shown, one at least."""
        return tuple(key for key, button in self.views.items() if button.isChecked())

    def refresh(self) -> None:
        """Show the settings in the document."""
        document = self._store.document
        surface = document.view.surface
        architecture = document.experiment.architecture
        kind = surface.axes if surface.axes in TABLE else "layer_gradients"
        self.axes.set_value(kind)
        for key, page in self._pages.items():
            page.setVisible(key == kind)
        self.centre.set_value(surface.centre)
        self.log.setChecked(surface.log_height)
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

    def _refresh_parameters(self) -> None:
        document = self._store.document
        architecture = document.experiment.architecture
        chosen = self._chosen_parameters()
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

    # ------------------------------------------------------------------------------- pages

    def _layer_page(self) -> QWidget:
        page, row = _page()
        self.layers = (LayerField(), LayerField())
        for number, field in enumerate(self.layers):
            name = (mark("Layer along the first axis"), mark("Layer along the second axis"))[number]
            bind(field, "setAccessibleName", name)
            bind(field, "setToolTip", name)
            field.chosen.connect((self._choose_first_layer, self._choose_second_layer)[number])
            row.addWidget(field, 1)
        return page

    def _parameter_page(self) -> QWidget:
        page, row = _page()
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
            row.addWidget(field, 1)
            row.addWidget(button)
        return page

    def _random_page(self) -> QWidget:
        page, row = _page()
        label = QLabel()
        theme.set_role(label, "muted")
        bind(label, "setText", "Seed")
        self.seed = SeedField()
        bind(self.seed.field.entry, "setAccessibleName", "Seed of the random directions")
        bind(self.seed.field.entry, "setToolTip", "Each seed gives two other directions")
        label.setBuddy(self.seed)
        self.seed.edited.connect(self._choose_seed)
        self.seed.thrown.connect(self._choose_seed)
        row.addWidget(label)
        row.addWidget(self.seed, 1)
        return page

    def _component_page(self) -> QWidget:
        page, row = _page()
        self.refit = QToolButton()
        self.refit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.refit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.refit.setIconSize(QSize(16, 16))
        icons.bind(self.refit, "reset")
        bind(self.refit, "setText", "Refit")
        bind(self.refit, "setAccessibleName", "Refit")
        bind(self.refit, "setToolTip", "Fit the components to the path as it is now")
        self.refit.clicked.connect(self.refit_asked)
        row.addWidget(self.refit)
        row.addStretch(1)
        return page

    def _toggle(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.set_role(button, "segment")
        bind(button, "setText", text)
        bind(button, "setAccessibleName", tip)
        bind(button, "setToolTip", tip)
        return button

    # ----------------------------------------------------------------------------- intents

    def _choose_axes(self, key: str) -> None:
        self._store.look_at_surface(axes=key)

    def _choose_centre(self, key: str) -> None:
        self._store.look_at_surface(centre=key)

    def _choose_log(self, on: bool) -> None:
        self._store.look_at_surface(log_height=on)

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
        chosen = list(self._chosen_parameters())
        if len(chosen) < 2:
            return
        # Who asks for the other axis's weight wants them exchanged.
        if chosen[1 - place] == key:
            chosen[1 - place] = chosen[place]
        chosen[place] = key
        self._store.look_at_surface(parameters=tuple(chosen))

    def _chosen_parameters(self) -> tuple[Key, ...]:
        """Return the keys in force: the chosen ones, then the first that are free."""
        architecture = self._store.experiment.architecture
        chosen = [key for key in self._store.view.surface.parameters if key in architecture.index][
            :2
        ]
        cut = set(architecture.cut_indices)
        for number, key in enumerate(architecture.keys):
            if len(chosen) >= 2:
                break
            if number not in cut and key not in chosen:
                chosen.append(key)
        return tuple(chosen)

    def _selected(self) -> Key | None:
        selection = self._store.view.selection
        if selection is None or selection.kind != "parameter":
            return None
        architecture = self._store.experiment.architecture
        index = architecture.index.get(selection.target)
        if index is None or index in architecture.cut_indices:
            return None
        return selection.target

    def offer_room(self, for_both: bool) -> None:
        """Show both views where there is room for two, until the user has chosen."""
        if not self._chosen_by_hand and self.views["contour"].isChecked() is not for_both:
            self.views["contour"].setChecked(for_both)
            self.views_changed.emit()

    def _choose_views(self) -> None:
        if not self.shown_views:
            # The one that was just switched off gives way to the other.
            sender = self.sender()
            other = "surface3d" if sender is self.views["contour"] else "contour"
            self.views[other].setChecked(True)
        self._chosen_by_hand = True
        settings.remember(VIEWS_SETTING, " ".join(self.shown_views))
        self.views_changed.emit()


class LayerField(ChoiceField):
    """One of the network's layers, by its number."""

    def set_numbers(self, numbers: list[str]) -> None:
        """Offer layers; the words around the numbers follow the language."""
        self.set_entries([(number, number) for number in numbers])

    def _word(self) -> None:
        for row, (key, _) in enumerate(self._entries):
            self.setItemText(row, tr(LAYER).format(key))


def _page() -> tuple[QWidget, QHBoxLayout]:
    page = QWidget()
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(4)
    return page, row


def _text(key: Key) -> str:
    return f"{key[0]} {key[1]}"


def _key(text: str) -> Key:
    source, target = text.split()
    return int(source), int(target)
