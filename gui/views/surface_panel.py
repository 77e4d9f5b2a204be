"""The loss surface of the network on screen: contours and 3-D, live, with a ball to drag."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFont, QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.errors import NablaError
from engine.landscape import TABLE, Picture, Plane, Projection, losses_of
from engine.numbers import exact, shown
from engine.session import Document, Run, SurfaceView, edits
from engine.table import Table
from gui import theme
from gui.i18n import bind, mark, tr
from gui.state.races import race_on_network
from gui.state.store import Aspect, Store
from gui.state.studies import study_surface
from gui.views.contour import ContourView
from gui.views.follow import Follower
from gui.views.height_field import Surface, SurfacePath
from gui.views.projection import Camera
from gui.views.surface3d import Surface3DView
from gui.views.surface_controls import SurfaceControls
from gui.views.surface_glide import Glide
from gui.views.surface_note import NoteLabel
from gui.views.surface_source import SurfaceSource
from gui.views.surface_trails import stretch
from gui.views.view import View
from gui.wording import describe, say

NOTE_MS, CAMERA_MS = 100, 250
_FAR = 20.0
"""A path that leaves the frame is drawn up to this many frames away."""

_AROUND = 76
"""Pixels of height that the controls and the note take."""
_LOW = 280
"""A panel lower than this has room for one line of notes."""
_SMALLEST = (300, 220)
"""Pixels of one of two views, side by side or above each other."""


class SurfacePanel(View):
    """The loss over a plane through the parameters of the network under the cursor."""

    key: ClassVar[str] = "surface"
    title: ClassVar[str] = mark("Loss surface")

    def __init__(self, store: Store, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._surface: Surface | None = None
        self._drawn: Picture | None = None
        self._camera: Camera | None = None
        self._picture_waits = False
        self.source = SurfaceSource(store, self)
        self.source.changed.connect(self._take_picture)
        self.source.refused.connect(self._show_refusal)
        self._glide = Glide(self)
        self._glide.moved.connect(self._follow_frame)
        self._note_timer, self._camera_timer = QTimer(self), QTimer(self)
        for timer, interval, slot in (
            (self._note_timer, NOTE_MS, self._show_note),
            (self._camera_timer, CAMERA_MS, self._save_camera),
        ):
            timer.setSingleShot(True)
            timer.setInterval(interval)
            timer.timeout.connect(slot)
        self._build()
        self._follower = Follower(
            self,
            store,
            Aspect.EXPERIMENT | Aspect.MOMENT | Aspect.RUNS | Aspect.VIEW | Aspect.SELECTION,
            self._read,
            turn=0,
        )

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.controls = SurfaceControls(self._store)
        self.contour, self.surface3d = ContourView(), Surface3DView()
        first = SurfaceView()
        self.surface3d.home = Camera(first.azimuth, first.elevation, first.zoom)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        for view in (self.contour, self.surface3d):
            bind(view, "setAccessibleName", view.title)
            view.readout = self._read_out
            view.ball_dragged.connect(self._drag)
            view.ball_released.connect(self._store.end_merge)
            view.menu_extras.append((mark("Study this surface"), self.study))
            view.menu_extras.append((mark("Race optimizers on this network"), self.race))
            view.export_requested.connect(self.export_requested)
            view.copy_requested.connect(self.copy_requested)
            self._splitter.addWidget(view)
        self.surface3d.camera_changed.connect(self._camera_timer.start)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setMargin(24)
        theme.set_role(self.message, "muted")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._splitter)
        self._pages.addWidget(self.message)
        self.badge, self.note = QLabel(), NoteLabel()
        self.badge.setObjectName("exact")
        bind(self.badge, "setText", "✓ exact")
        bind(
            self.badge,
            "setToolTip",
            "The whole path lies in this slice: every height on it is the true loss",
        )
        line = QHBoxLayout()
        line.setContentsMargins(8, 2, 8, 4)
        line.setSpacing(8)
        line.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.note, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.controls)
        column.addWidget(self._pages, 1)
        column.addLayout(line)
        self.controls.fit_asked.connect(self.fit)
        self.controls.refit_asked.connect(self.source.refit)
        self.controls.views_changed.connect(self._choose_views)
        self._dress()
        self._choose_views()

    # --------------------------------------------------------------------- what a user can do

    def fit(self) -> None:
        """Fit the frame to the path and the ball."""
        self.contour.reset_view()
        self.source.fit()

    def on_playing_changed(self, playing: bool) -> None:
        """Fit principal components to the path again at a pause."""
        kind = self._store.view.surface.axes
        if not playing and kind in TABLE and TABLE[kind].needs_path and self.isVisible():
            self.source.refit()

    def study(self) -> None:
        """Open the surface lab on the slice on screen."""
        study_surface(self._store, self._drawn)

    def race(self) -> None:
        """Open the descent lab on the network's loss, over the plane on screen."""
        race_on_network(self._store, self._drawn)

    def reset_view(self) -> None:
        self.contour.reset_view()
        self.surface3d.reset_view()

    def _drag(self, x: float, y: float) -> None:
        """Move the network within the slice through its state; a whole drag is one edit."""
        plane = None if self._drawn is None else self._drawn.plane
        if plane is None or not self.source.fits(plane):
            return

        def moved(document: Document) -> Document:
            state = self._store.moment.state
            return edits.change_parameters(document, state, plane.point(state.parameters, x, y))

        self._store.edit(tr("Move on the loss surface"), moved, ("surface", id(self)))

    # -------------------------------------------------------------------------- following

    def _read(self) -> None:
        """Follow the document."""
        surface = self._store.view.surface
        self.controls.refresh(self.source.pair)
        camera = Camera(surface.azimuth, surface.elevation, surface.zoom)
        if camera != self._camera:
            self._camera = camera
            self.surface3d.set_camera(camera)
            self._camera_timer.stop()
        self.contour.set_height_scale("log" if surface.log_height else "auto")
        self.surface3d.set_height_scale("log" if surface.log_height else "linear")
        self.source.follow()
        if self._picture_waits:
            self._show_picture()
        else:
            self._draw_ways()
        if not self._note_timer.isActive():
            self._note_timer.start()

    def _save_camera(self) -> None:
        self._camera = camera = self.surface3d.camera
        self._store.look_at_surface(
            azimuth=camera.azimuth, elevation=camera.elevation, zoom=camera.zoom
        )

    # ---------------------------------------------------------------------------- drawing

    @property
    def shown_views(self) -> tuple[ContourView | Surface3DView, ...]:
        """The views that are switched on."""
        chosen = self.controls.shown_views
        contour = (self.contour,) if "contour" in chosen else ()
        return (*contour, self.surface3d) if "surface3d" in chosen else contour

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.note.allow(1 if self.height() < _LOW else 2)
        width, height = self.width(), self.height() - _AROUND
        upright = height > width
        self._splitter.setOrientation(
            Qt.Orientation.Vertical if upright else Qt.Orientation.Horizontal
        )
        self.controls.offer_room(
            height >= 2 * _SMALLEST[1] if upright else width >= 2 * _SMALLEST[0]
        )

    def _choose_views(self) -> None:
        for view in (self.contour, self.surface3d):
            view.setVisible(view in self.shown_views)
        if self._surface is not None:
            self._show_surface(self._surface)

    def _take_picture(self) -> None:
        """Show a picture; a rough one with the next moment, so that both are painted at once."""
        picture = self.source.picture
        if picture is not None and picture.is_rough and self._follower.is_filming:
            self._picture_waits = True
            self._follower.wait_for_turn()
        else:
            self._show_picture()

    def _show_picture(self) -> None:
        self._picture_waits = False
        picture = self.source.picture
        if picture is None:
            return
        if picture is self._drawn and self._surface is not None:
            surface = replace(self._surface, stale=self.source.is_stale)
        else:
            first, second = (say(label.code, label.details) for label in picture.plane.labels)
            surface = Surface(
                picture.xs,
                picture.ys,
                picture.heights,
                first,
                second,
                tr("Loss"),
                stale=self.source.is_stale,
            )
        if picture is not self._drawn:
            self.controls.refresh(self.source.pair)
            same_plane = self._drawn is not None and self._drawn.plane is picture.plane
            self._glide.go(picture.frame, smoothly=same_plane and self.isVisible())
        self._drawn, self._surface = picture, surface
        self._pages.setCurrentWidget(self._splitter)
        self._show_surface(surface)
        if not self._note_timer.isActive():
            self._note_timer.start()

    def _show_surface(self, surface: Surface) -> None:
        """Show the part of a surface that is in the frame at this moment."""
        frame = self._glide.frame
        if self._glide.is_under_way and frame is not None:
            surface = surface.within((frame.left, frame.right), (frame.bottom, frame.top))
        for view in self.shown_views:
            # Paths of the picture before would be laid over the new one for nothing.
            view.show_paths(())
            view.show_surface(surface)
        self._draw_ways()

    def _follow_frame(self) -> None:
        if self._surface is not None:
            self._show_surface(self._surface)

    def _show_refusal(self, error: NablaError) -> None:
        self._drawn = self._surface = None
        for view in (self.contour, self.surface3d):
            view.show_surface(None)
            view.show_paths(())
            view.show_ball(None)
        self._show_note()

    def _draw_ways(self) -> None:
        """Lay the runs' paths and the ball over the picture, in its own axes."""
        picture, document = self._drawn, self._store.document
        if picture is None:
            return
        paths: list[SurfacePath] = []
        ball: tuple[float, float] | None = None
        if self.source.fits(picture.plane):
            others = (run for run in document.runs if run.visible and run is not document.active)
            for run in (*others, document.active):
                path = self._path(document, run, picture)
                if path is not None:
                    paths.append(path)
            x, y = picture.plane.coordinates(self._store.moment.state.parameters)
            ball = float(x), float(y)
        for view in self.shown_views:
            view.show_paths(tuple(paths))
            if ball is None:
                view.show_ball(None)
            else:
                view.show_ball(*ball)

    def _path(self, document: Document, run: Run, picture: Picture) -> SurfacePath | None:
        segments = stretch(document, run)
        if not segments:
            return None
        plane, frame = picture.plane, picture.frame
        iterations, points = self.source.trails.points(self._store.history, run, segments, plane)
        current = None
        if run is document.active:
            at = document.cursor.iteration
            current = int(np.searchsorted(iterations, at, side="right")) - 1
            if current < 0 or iterations[current] != at:
                # The state on screen was thinned out of the path.
                current += 1
                here = plane.coordinates(self._store.moment.state.parameters)
                points = np.insert(points, current, here, axis=0)
        away = _FAR * np.array([frame.width, frame.height])
        low = np.array([frame.left, frame.bottom]) - away
        high = np.array([frame.right, frame.top]) + away
        name = run.name or tr("Run {0}").format(document.runs.index(run) + 1)
        return SurfacePath(
            np.clip(points, low, high), color=f"run_{run.colour}", current=current, name=name
        )

    # ------------------------------------------------------------------------------- words

    def _show_note(self) -> None:
        """Say what the picture hides, or why there is none."""
        seen = None if self.source.error is not None else self.source.projection()
        if self.source.error is not None:
            self.message.setText(describe(self.source.error))
            self._pages.setCurrentWidget(self.message)
        self.badge.setVisible(seen is not None and seen.exact)
        sentences: list[str] = []
        if seen is not None and self.source.picture is not None:
            sentences = self._sentences(seen, self.source.picture.plane)
        self.note.say(sentences)

    def _sentences(self, seen: Projection, plane: Plane) -> list[str]:
        result = [tr("slice through iteration {0}").format(seen.centre_iteration)]
        if seen.exact:
            result.append(tr("loss {0}").format(shown(seen.true_loss)))
        else:
            true, drawn = shown(seen.true_loss), shown(seen.drawn_height)
            result.append(tr("true loss {0}, drawn at {1}").format(true, drawn))
            ball, path = _distance(seen.distance), _distance(seen.path_distance)
            result.append(tr("beside the slice: ball {0}, path up to {1}").format(ball, path))
        if seen.explained is not None:
            first, second = (shown(100.0 * share, 4) for share in seen.explained)
            result.append(tr("{0} % + {1} % of the path's variance").format(first, second))
        result += [say(note.code, note.details) for note in plane.notes]
        if self._store.experiment.penalty:
            result.append(tr("without the penalty"))
        return result

    def _read_out(self, x: float, y: float) -> str | None:
        """Compute the loss at a point from the model, never from the picture."""
        picture = self._drawn
        if picture is None or not self.source.fits(picture.plane):
            return None
        network = picture.plane.point(picture.order.through, x, y)
        loss = float(losses_of(self._store.document.segment.training, network[None])[0])
        text = exact(loss) if math.isfinite(loss) else shown(loss)
        return tr("loss {0}\nat {1}, {2}").format(text, shown(x), shown(y))

    def reword(self) -> None:
        self._drawn = None
        self._show_picture()
        self._show_note()

    def _dress(self) -> None:
        super()._dress()
        if hasattr(self, "badge"):
            self.badge.setStyleSheet(
                f"#exact {{ color: {theme.tokens['success']}; font-weight: 600; padding: 0 6px;"
                f" border: 1px solid {theme.tokens['success']}; border-radius: 4px; }}"
            )

    def shut_down(self) -> None:
        """End what is being computed for this view."""
        self.source.shut_down()

    # ------------------------------------------------------------------------------ export

    def bring_up_to_date(self) -> None:
        """Show the picture of this very moment in full quality, computed here and now."""
        self._follower.catch_up()
        self.source.now()
        if self._glide.finish():
            self._follow_frame()
        self._show_note()

    def export_size(self) -> QSize:
        size = super().export_size()
        return size if self.isVisible() else QSize(560 * len(self.shown_views), 460)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        self.bring_up_to_date()
        font = QFont(self.font())
        font.setPixelSize(12)
        painter.setFont(font)
        painter.setPen(theme.color("muted"))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        if self.source.error is not None:
            painter.drawText(area.adjusted(24, 24, -24, -24), flags, self.message.text())
            return
        words = self.note.whole
        if not self.badge.isHidden():
            words = f"{self.badge.text()} · {words}"
        line = QRectF(area.left() + 10, area.bottom() - 36, area.width() - 20, 34)
        painter.drawText(line, flags, words)
        views = self.shown_views
        width = area.width() / len(views)
        for number, view in enumerate(views):
            left = area.left() + number * width
            view.render_to(painter, QRectF(left, area.top(), width, area.height() - 38))

    def table(self) -> Table:
        """One row a point of the grid: both coordinates and the loss."""
        self.bring_up_to_date()
        if self._surface is None:
            return Table(("x", "y", "loss"), ())
        return replace(self._surface, z_label="loss").table()


def _distance(value: float) -> str:
    return shown(value, 3) if value > 1e-12 else "0"
