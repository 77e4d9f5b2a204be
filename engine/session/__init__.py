"""Sessions: the document, its edits, and the memory of what was computed."""

from engine.session.document import (
    Cursor,
    Document,
    Run,
    Segment,
    Selection,
    SurfaceView,
    View,
)
from engine.session.history import History, Moment, Point, granularities, moment

__all__ = [
    "Cursor",
    "Document",
    "History",
    "Moment",
    "Point",
    "Run",
    "Segment",
    "Selection",
    "SurfaceView",
    "View",
    "granularities",
    "moment",
]
