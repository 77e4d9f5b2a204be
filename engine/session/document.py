"""Everything that a session holds, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from engine.session.slots import (
    DerivativeLook,
    DerivativeSlot,
    DescentLook,
    DescentSlot,
    SurfaceLook,
    SurfaceSlot,
)
from engine.training import Experiment, Granularity, Training, TrainingState, chosen_backend


@dataclass(frozen=True, eq=False)
class Segment:
    """A stretch of a run under the same rules, from a state to the start of the next one."""

    training: Training
    state: TrainingState

    @property
    def start(self) -> int:
        """Iteration of the first state."""
        return self.state.iteration


@dataclass(frozen=True, eq=False)
class Run:
    """One training, edits included.

    Attributes
    ----------
    id
        Stable, unique in the document.
    name
        The user's; empty: named by its number.
    colour
        Number of its colour.
    segments
        In order of their starts; the first one starts at 0.
    newest
        How far the run has come.
    """

    id: int
    segments: tuple[Segment, ...]
    newest: int = 0
    name: str = ""
    colour: int = 0
    visible: bool = True

    @property
    def edits(self) -> tuple[int, ...]:
        """Iterations at which something was changed by hand.

        A segment that goes on from the very state, by compiled code, is no edit.
        """
        return tuple(
            later.start
            for earlier, later in pairwise(self.segments)
            if later.training.backend == earlier.training.backend
            or later.training.experiment is not earlier.training.experiment
        )

    def segment(self, iteration: int) -> Segment:
        """Return the segment in force at an iteration: the last one that starts no later."""
        return next(s for s in reversed(self.segments) if s.start <= iteration)


@dataclass(frozen=True)
class Cursor:
    """A moment: iteration and micro-step of a run. The end of a trace is the next iteration's 0."""

    run: int
    iteration: int = 0
    micro: int = 0


@dataclass(frozen=True)
class Selection:
    """What is selected on the canvas.

    Attributes
    ----------
    kind
        ``"unit"``: ``target`` is (unit id, 0); ``"parameter"``: a parameter's key;
        ``"layer"``: (layer number, 0), 0 for the inputs.
    """

    kind: str
    target: tuple[int, int]


@dataclass(frozen=True)
class SurfaceView:
    """How the loss surface is cut and seen.

    Attributes
    ----------
    axes
        Key of the way to choose the plane.
    layers
        The two layers of the gradient axes, from 1; 0: the default.
    parameters
        Keys of the two weights; empty: the steepest ones of the last layer.
    seed
        Of the random directions.
    centre
        ``"current"``: the slice goes through the state on screen; ``"start"``: through the first.
    log_height
        Whether heights are logarithmic.
    azimuth, elevation, zoom
        The camera, in degrees.
    """

    axes: str = "layer_gradients"
    layers: tuple[int, int] = (0, 0)
    parameters: tuple[tuple[int, int], ...] = ()
    seed: int = 0
    centre: str = "current"
    log_height: bool = False
    azimuth: float = 60.0
    elevation: float = 30.0
    zoom: float = 1.0


@dataclass(frozen=True)
class View:
    """What is looked at: saved with the session, never on the undo stack.

    Attributes
    ----------
    selection
        None: nothing.
    focus
        Row of the focused sample; None: the first of each batch.
    granularity
        How far a step goes.
    speed
        Steps a second while playing; 0: as fast as it goes.
    notation
        Key of the notation.
    lab
        Key of the lab in front.
    derivative_lab, surface_lab, descent_lab
        How the calculus labs are looked at.
    """

    selection: Selection | None = None
    focus: int | None = None
    granularity: Granularity = Granularity.NEURON
    speed: float = 4.0
    notation: str = "standard"
    log_loss: bool = False
    surface: SurfaceView = field(default_factory=SurfaceView)
    lab: str = "network"
    derivative_lab: DerivativeLook = field(default_factory=DerivativeLook)
    surface_lab: SurfaceLook = field(default_factory=SurfaceLook)
    descent_lab: DescentLook = field(default_factory=DescentLook)


@dataclass(frozen=True, eq=False)
class Document:
    """All of a session: the runs, the moment on screen, and how it is looked at.

    Attributes
    ----------
    lesson
        Id of the lesson whose panel is open; empty: none.
    derivative, surface, descent
        What the calculus labs show.
    """

    runs: tuple[Run, ...]
    cursor: Cursor
    view: View = field(default_factory=View)
    lesson: str = ""
    derivative: DerivativeSlot = field(default_factory=DerivativeSlot)
    surface: SurfaceSlot = field(default_factory=SurfaceSlot)
    descent: DescentSlot = field(default_factory=DescentSlot)

    @classmethod
    def of(cls, experiment: Experiment, view: View | None = None, lesson: str = "") -> Document:
        """Return a document with one run of an experiment, before its first iteration."""
        training = Training(experiment, chosen_backend(experiment))
        run = Run(1, (Segment(training, training.initial()),))
        return cls((run,), Cursor(run.id), view or View(), lesson)

    def run(self, run_id: int) -> Run:
        """Return a run by its id."""
        return next(run for run in self.runs if run.id == run_id)

    @property
    def active(self) -> Run:
        """The run under the cursor."""
        return self.run(self.cursor.run)

    @property
    def segment(self) -> Segment:
        """The segment under the cursor."""
        return self.active.segment(self.cursor.iteration)

    @property
    def experiment(self) -> Experiment:
        """The experiment under the cursor."""
        return self.segment.training.experiment

    def with_run(self, run: Run) -> Document:
        """Return a copy in which the run of the same id is replaced."""
        return replace(
            self, runs=tuple(run if known.id == run.id else known for known in self.runs)
        )
