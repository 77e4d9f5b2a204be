"""Makes the picture of the moment from the store, keeping every part that has not changed."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtGui import QImage

from engine.data import Dataset
from engine.network import Architecture, Vector
from engine.session import Moment
from gui import i18n, theme
from gui.state.store import Store
from gui.views.canvas import ends
from gui.views.canvas.figures import Figures
from gui.views.canvas.layout import Plan, plan_of
from gui.views.canvas.links import Batch, DrawnLinks
from gui.views.canvas.maps import Maps
from gui.views.canvas.picture import Picture, Pointer
from gui.views.canvas.texts import Sheet
from gui.views.canvas.words import is_there


class Content:
    """The parts of a canvas' picture for one size, each kept as long as what it is made of."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._maps = Maps()
        self._plan: tuple[Architecture | None, Dataset | None, Hashable, Plan | None] = (
            None,
            None,
            (),
            None,
        )
        self._sheet: Sheet | None = None
        self._drawn: tuple[Plan | None, Vector | None, DrawnLinks | None] = (None, None, None)
        self._batches: dict[object, tuple[list[Batch], list[Batch]]] = {}
        self._figures: tuple[Moment | None, bool, Figures | None] = (None, False, None)
        self._image: tuple[Dataset | None, Hashable, QImage | None] = (None, (), None)

    def figures(self, fast: bool = False) -> Figures:
        """The numbers of the moment."""
        moment = self._store.moment
        known, as_fast, figures = self._figures
        if figures is None or known is not moment or as_fast != fast:
            figures = Figures.of(moment, fast)
            self._figures = (moment, fast, figures)
        return figures

    def picture(
        self,
        width: float,
        height: float,
        *,
        pointer: Pointer | None = None,
        zoom: float = 1.0,
        fast: bool = False,
        with_maps: bool = True,
    ) -> Picture:
        """The picture for a size in logical pixels."""
        figures = self.figures(fast)
        dataset = figures.moment.segment.training.experiment.dataset
        plan = self._plan_for(figures.architecture, dataset, width, height)
        if self._sheet is None or self._sheet.plan is not plan:
            self._sheet = Sheet(plan)
        self._sheet.update(figures)
        selection = self._store.view.selection
        if selection is not None and not is_there(figures.architecture, selection):
            selection = None
        return Picture(
            plan,
            figures,
            self._drawn_for(plan, figures.parameters),
            self._sheet,
            self._maps.of(plan, dataset, figures.parameters) if with_maps else {},
            dataset,
            selection,
            pointer,
            zoom * plan.scale,
            self._image_of(dataset, figures.moment.trace.focus),
            self._batches,
        )

    def _plan_for(
        self, architecture: Architecture, dataset: Dataset, width: float, height: float
    ) -> Plan:
        key = (width, height, i18n.current())
        known, data, size, plan = self._plan
        if plan is None or known is not architecture or data is not dataset or size != key:
            plan = plan_of(
                architecture,
                width,
                height,
                ends.tag_width(dataset),
                ends.target_width(dataset),
                ends.is_picture(dataset),
            )
            self._plan = (architecture, dataset, key, plan)
        return plan

    def _drawn_for(self, plan: Plan, parameters: Vector) -> DrawnLinks:
        known, vector, drawn = self._drawn
        if drawn is None or known is not plan or vector is not parameters:
            drawn = DrawnLinks.of(plan, parameters)
            self._drawn = (plan, parameters, drawn)
            self._batches = {}
        return drawn

    def _image_of(self, dataset: Dataset, row: int) -> QImage | None:
        key = (row, theme.scheme())
        known, before, image = self._image
        if known is not dataset or before != key:
            image = ends.thumbnail(dataset, row)
            self._image = (dataset, key, image)
        return image
