"""What a user can do in the surface lab: every gesture of every view ends in one of these."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.calculus.presets import SURFACES, Span
from engine.session import Document
from gui.i18n import tr
from gui.state.store import Store
from gui.views.height_field import nice_step
from gui.views.surface_lab_study import Study, carried_over, study_of
from gui.views.surface_lab_subject import subject_of, subject_of_text

SLOT, LOOK = "surface", "surface_lab"


class Intents:
    """Turns gestures into edits of the document."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def study(self) -> Study:
        """What the lab shows now."""
        return study_of(self.store.document)

    def move(self, x: float, y: float) -> None:
        """Move the point on the floor; a whole drag is one edit."""
        study = self.study
        self._point(study.moved(*study.clamped(x, y)))

    def move_by(self, right: int, up: int) -> None:
        """Move the point by steps of the floor."""
        study = self.study
        left, rightmost, bottom, top = study.frame
        across, upwards = nice_step(left, rightmost, 60), nice_step(bottom, top, 60)
        self.move(_tidy(study.x + right * across), _tidy(study.y + up * upwards))

    def set_variable(self, index: int, value: float) -> None:
        """Give one variable another value; the frame grows where the point would leave it."""
        study = self.study
        values = list(study.point)
        values[index] = value
        self._point(tuple(values))
        if index in (study.across, study.up):
            left, right, bottom, top = study.frame
            moved = self.study
            grown = (
                min(left, moved.x - 0.1 * (right - left)) if moved.x < left else left,
                max(right, moved.x + 0.1 * (right - left)) if moved.x > right else right,
                min(bottom, moved.y - 0.1 * (top - bottom)) if moved.y < bottom else bottom,
                max(top, moved.y + 0.1 * (top - bottom)) if moved.y > top else top,
            )
            if grown != study.frame:
                self.set_frame(grown)

    def _point(self, point: tuple[float, ...]) -> None:
        self.store.edit_slot(tr("Move the point"), SLOT, (SLOT, "point"), point=point)

    def turn(self, degrees: float) -> None:
        """Look along another direction."""
        self.store.edit_slot(
            tr("Turn the direction"), SLOT, (SLOT, "direction"), direction=degrees % 360.0
        )

    def turn_to_gradient(self) -> None:
        """Look along the gradient, where it is steepest."""
        a, b = self.study.slopes
        if math.isfinite(a) and math.isfinite(b) and (a or b):
            self.turn(math.degrees(math.atan2(b, a)))
            self.release()

    def set_change(self, index: int, value: float) -> None:
        """Choose dx, dy or another change."""
        changes = list(self.study.changes)
        changes[index] = value
        self.store.edit_slot(tr("Change dx and dy"), SLOT, (SLOT, "change"), change=tuple(changes))

    def set_nudge(self, value: float) -> None:
        """Choose by how much the one variable is nudged."""
        self.store.edit_slot(tr("Change the nudge"), SLOT, (SLOT, "nudge"), nudge=value)

    def nudge_variable(self, index: int) -> None:
        """Nudge another variable."""
        self.store.edit_slot(tr("Nudge another variable"), SLOT, nudged=index)

    def draw_variables(self, first: str, second: str) -> None:
        """Draw another pair of variables."""
        study = self.study
        if first == second:
            # Both places cannot show one variable: the other one moves over.
            one, other = study.pair
            second = one if first == other else other
        self.store.edit_slot(tr("Draw other variables"), SLOT, axes=(first, second))

    def toggle(self, key: str, on: bool) -> None:
        """Draw a part of the picture, or leave it out."""
        shown = self.study.shown
        keys = tuple(sorted(shown | {key} if on else shown - {key}))
        self.store.edit_slot(tr("Show or hide a part"), SLOT, shown=keys)

    def type(self, text: str) -> None:
        """Study another function; variables of the same name keep their values."""
        study = self.study
        names = subject_of_text(text).names
        self.store.edit_slot(
            tr("Change the function"),
            SLOT,
            (SLOT, "expression"),
            expression=text,
            plane=(),
            point=carried_over(study.names, study.point, names),
            change=carried_over(study.names, study.changes, names, 0.1),
        )
        if not study.subject.expression:
            self.set_frame(None)

    def leave_slice(self) -> None:
        """Study the formula again that was there before a slice of a loss."""
        document = self.store.document
        subject = subject_of(replace(document, surface=replace(document.surface, plane=())))
        count = len(subject.names)
        self.store.edit_slot(
            tr("Change the function"),
            SLOT,
            plane=(),
            axes=(),
            point=(1.0,) * count if subject.preset is None else subject.preset.point,
            change=(0.1,) * count,
        )
        self.set_frame(None)

    def choose(self, key: str) -> None:
        """Study a function of the menu, from where it is seen best."""
        preset = SURFACES[key]
        count = len(preset.point)

        def changed(document: Document) -> Document:
            slot = document.surface
            slot = replace(
                slot,
                expression=preset.expression,
                plane=(),
                point=preset.point,
                axes=(),
                change=(*slot.change[:count], *(0.1,) * (count - len(slot.change))),
                nudged=min(slot.nudged, count - 1),
            )
            return replace(document, surface=slot)

        self.store.edit(tr("Choose a function"), changed)
        self.look(frame=(), position=0, log_height=preset.log_height)

    def set_frame(self, frame: Span | None) -> None:
        """Show another part of the plane; None: the usual one."""
        self.store.look_in(LOOK, frame=frame or ())

    def look(self, **changes: object) -> None:
        """Look at it another way: camera, height scale, place in the derivation."""
        self.store.look_in(LOOK, **changes)

    def release(self) -> None:
        """The gesture has ended."""
        self.store.end_merge()


def _tidy(value: float) -> float:
    return float(f"{value:.10g}")
